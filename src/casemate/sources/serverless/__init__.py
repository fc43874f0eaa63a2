"""The Serverless Framework, versions 1 to 4: serverless.yml and its kin, lowered to what the framework deploys.

`expressions.py` finds `${…}` in texts, `variables.py` and `lookups.py` give them values, `service.py` reads a
service, and for AWS `functions.py`, `roles.py`, `rest.py`, `gateway_v2.py`, `messages.py`, `rules.py`, `edge.py` and
`plugins.py` build the CloudFormation that the framework would, with its own logical ids (`naming.py`), so that
references from `resources` (`declared.py`) hit. `google.py` and `azure.py` do the same for the other providers.
Configurations that are programs (serverless.js, serverless.ts) are never run: they become excluded inputs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.pattern import late

if TYPE_CHECKING:
    from casemate.sources.source import Options, Reading
    from casemate.sources.tree import Tree

KIND = "serverless"
PROGRAM = late(r"(^|/)serverless(\.[\w-]+)*\.(js|ts|cjs|mjs)$")
COMPOSE = late(r"(^|/)serverless-compose\.(ya?ml|json)$")
_NAMED = late(r"(^|/)serverless(\.[\w-]+)?\.ya?ml$")
_SERVICE = late(rb"""^["']?service["']?\s*:""", re.MULTILINE)
_PROVIDER = late(
    rb"""^["']?provider["']?\s*:[ \t]*(?:["']?(?:aws|google|azure|openwhisk|kubeless|cloudflare)\b|\$\{|\{|"""
    rb"""[^\n]*\n(?:[ \t]*(?:\#[^\n]*)?\r?\n)*[ \t]+[\w"'<])""",
    re.MULTILINE,
)
_PROVIDER_NAME = late(
    rb"""^[ \t]+["']?name["']?\s*:\s*["']?(?:aws|google|azure|openwhisk|kubeless|cloudflare|fn|knative|tencent)\b""",
    re.MULTILINE,
)
_ANY_KEY = late(rb"""^["']?(?:service|provider|functions|component)["']?\s*:""", re.MULTILINE)
_JSON = late(
    rb'"provider"\s*:\s*(?:"(?:aws|google|azure)"|\{[^{}]*"name"\s*:\s*"(?:aws|google|azure)")|\{[^{}]*"name"\s*:\s*"(?:aws|google|azure)"[^{}]*\}'
)


def claims(path: str, data: bytes) -> bool:
    """A file with `service` and a `provider` of the framework at its top level.

    Also a configuration that is a program, and compose files.
    """
    if path.endswith((".yml", ".yaml")):
        if _NAMED.search(path):
            return _ANY_KEY.search(data) is not None
        if COMPOSE.search(path):
            return b"services" in data
        if b"provider" not in data or _SERVICE.search(data) is None:
            return False
        found = _PROVIDER.search(data)
        return found is not None and (
            _PROVIDER_NAME.search(data, found.start()) is not None
            or b"aws" in found[0]
            or b"$" in found[0]
            or b"{" in found[0]
        )
    if path.endswith(".json"):
        if COMPOSE.search(path):
            return b'"services"' in data
        return b'"service"' in data and b'"provider"' in data and _JSON.search(data) is not None
    return PROGRAM.search(path) is not None


def read(tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:
    """Every service; files that a service includes are named as inputs of it."""
    from casemate.sources.serverless.reader import read_services  # heavy: only where a service was found

    return read_services(tree, paths, options)
