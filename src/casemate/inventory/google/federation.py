"""Workload identity federation: who outside of Google Cloud may become one of its identities.

A provider trusts every token of its issuer that meets `attribute_condition`, a CEL expression over `assertion.NAME`
(the token) and `attribute.NAME` (what the mapping makes of it). Source: Google Cloud documentation, "Best practices for
using Workload Identity Federation", "Configure Workload Identity Federation with deployment pipelines".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.inventory.google.entity import about
from casemate.model.policy import Condition, Principal, Role, Statement, Term
from casemate.model.value import Absent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.resource import Resource
    from casemate.model.value import Value

_TEST = re.compile(
    r"""(?:assertion|attribute|google)\.(\w{1,60})(?:\.(?:startsWith|endsWith|matches|contains))?\s{0,4}(==|in\b|\()?\s{0,4}"""
    r"""[\[(]?\s{0,4}(?:"([^"\n]{0,300})"|'([^'\n]{0,300})')?"""
)
_NAMES = {"subject": "sub"}


def provider(resource: Resource, context: Context) -> Iterator[Role]:
    """`google_iam_workload_identity_pool_provider` with an OIDC issuer: an identity that tokens of the issuer get."""
    props = context.props(resource)
    issuer = props.find("oidc.issuer_uri")
    if issuer is None:
        return
    written = props.find("attribute_condition")
    conditions = () if written is None or isinstance(written, Absent) else tuple(_conditions(written, context))
    trust = Statement(
        effect="Allow",
        at=issuer.at,
        owner=resource.name,
        origin="attribute_condition",
        principals=(Principal("Federated", context.term(issuer)),),
        conditions=conditions,
    )
    yield Role(**about(resource, context), kind="identity", trust=(trust,))


def _conditions(written: Value, context: Context) -> Iterator[Condition]:
    """The tests that an expression makes; one that is not known may make any."""
    term = context.term(written)
    found = False
    for match in _TEST.finditer(term.text):
        value = match[3] if match[3] is not None else match[4] or ""
        found = True
        key = _NAMES.get(match[1], match[1])
        yield Condition("StringLike", f"token:{key}", (Term(value, written.at, known=term.known),), written.at)
    if not found and not term.known:
        yield Condition("StringLike", "?", (term,), written.at)


BUILDERS: dict[str, Builder] = {"google_iam_workload_identity_pool_provider": provider}
