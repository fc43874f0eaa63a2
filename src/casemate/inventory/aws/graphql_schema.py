"""Who may call which fields of a GraphQL schema: AppSync's directives in it.

Only what decides that is read: the root types, their fields, and the directives on both. Values, descriptions and
arguments are skipped, and a schema that is not valid gives what could be read of it.

Source: AWS AppSync developer guide, "Configuring authorization and authentication" ("Using additional authorization
modes": a directive on a field counts before one on its type; where there is none, the API's default mode holds).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from casemate.model.api import AuthKind

MAX_TEXT = 1_048_576
"""AppSync takes schemas up to 1 MB."""

DIRECTIVES: dict[str, AuthKind] = {
    "aws_api_key": "api-key",
    "aws_iam": "iam",
    "aws_cognito_user_pools": "cognito",
    "aws_auth": "cognito",
    "aws_oidc": "oidc",
    "aws_lambda": "lambda",
}
_ROOTS = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
_WORD = re.compile(
    r'"""(?:[^"]|"(?!""))*(?:"""|$)|"(?:\\.|[^"\\\n])*"?|\#[^\n]*|[_A-Za-z][_A-Za-z0-9]*|[{}()@:!\[\]|&=]'
)
_SKIPPED = ('"', "#")


class RootField(NamedTuple):
    """A field that clients can ask for: `Query.orders`. `kinds`: what its directives say; empty for the default."""

    name: str
    kinds: frozenset[AuthKind]


def root_fields(text: str) -> tuple[RootField, ...] | None:
    """Every root field of a schema, in order; None when none could be read."""
    if len(text) > MAX_TEXT:
        return None
    words = [word for word in _WORD.findall(text) if not word.startswith(_SKIPPED)]
    roots = _roots(words)
    found: list[RootField] = []
    at = 0
    while at < len(words):
        # `type` also names fields and arguments: a definition's is followed by a name, and stands outside of braces
        if words[at] == "type" and at + 1 < len(words):
            name = words[at + 1]
            end, fields = _definition(words, at + 2)
            if name in roots:
                found.extend(RootField(f"{name}.{field}", kinds) for field, kinds in fields)
            at = end
        elif words[at] == "{":
            at = _closed(words, at, "{", "}")
        elif words[at] == "(":
            at = _closed(words, at, "(", ")")
        else:
            at += 1
    return tuple(found) or None


def _roots(words: list[str]) -> frozenset[str]:
    """The names of the root types; `schema { query: Shop }` may call them otherwise."""
    roots = dict(_ROOTS)
    if "schema" in words:
        at = words.index("schema")
        for number in range(at, min(at + 40, len(words) - 2)):
            if words[number] in roots and words[number + 1] == ":":
                roots[words[number]] = words[number + 2]
            if words[number] == "}":
                break
    return frozenset(roots.values())


def _definition(words: list[str], at: int) -> tuple[int, list[tuple[str, frozenset[AuthKind]]]]:
    """(index after the type, its fields with their own directives or the type's)."""
    whole: set[AuthKind] = set()
    while at < len(words) and words[at] != "{":
        if words[at] in {"type", "input", "enum", "interface", "union", "scalar", "schema", "extend", "directive"}:
            return at, []  # a type without fields
        if words[at] == "(":
            at = _closed(words, at, "(", ")")
            continue
        if words[at] == "@" and at + 1 < len(words) and words[at + 1] in DIRECTIVES:
            whole.add(DIRECTIVES[words[at + 1]])
        at += 1
    fields: list[tuple[str, set[AuthKind]]] = []
    at += 1
    while at < len(words) and words[at] != "}":
        word = words[at]
        if word == "(":
            at = _closed(words, at, "(", ")")
            continue
        if word == "@":
            if fields and at + 1 < len(words) and words[at + 1] in DIRECTIVES:
                fields[-1][1].add(DIRECTIVES[words[at + 1]])
            at += 2
            continue
        if word.isidentifier() and at + 1 < len(words) and words[at + 1] in {":", "("}:
            fields.append((word, set()))
            if words[at + 1] == ":":
                at += 1
        at += 1
    return at + 1, [(name, frozenset(own or whole)) for name, own in fields]


def _closed(words: list[str], at: int, opening: str, closing: str) -> int:
    """The index after what closes the bracket at `at`."""
    depth = 0
    while at < len(words):
        if words[at] == opening:
            depth += 1
        elif words[at] == closing:
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return at
