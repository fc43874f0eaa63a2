"""The SDK that a runtime brings along, outside of any lock.

Its exact version changes when the cloud patches the runtime, and no file of the project states it: so it is named,
never guessed. Sources: Lambda developer guide, "Runtime-included SDK versions" of Python, Node.js and Ruby.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casemate.model.function import Function

_NODE = re.compile(r"nodejs(\d+)")


def included_sdk(function: Function) -> str | None:
    """What the function's runtime includes, in words; None when it includes none, or it is not known."""
    if function.kind != "lambda" or function.code.image is not None:
        return None
    for runtime in function.runtime.values():
        found = _of(runtime or "")
        if found:
            return f"{found}, in a version that AWS sets and changes; no file of the project states it"
    return None


def _of(runtime: str) -> str | None:
    if runtime.startswith("python"):
        return "boto3 and botocore"
    if runtime.startswith("ruby"):
        return "the AWS SDK for Ruby (aws-sdk-* gems)"
    node = _NODE.match(runtime)
    if node:
        return "the AWS SDK for JavaScript v3 (@aws-sdk/*)" if int(node[1]) >= 18 else "aws-sdk (JavaScript, v2)"
    return None
