"""Regular expressions and globs of Terraform, run by RE2 as Terraform itself does: in linear time, whoever wrote them.

Source: Terraform documentation, "regex", "regexall", "replace", "fileset"; the syntax is that of Go's `regexp` (RE2).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.value import Absent, Entry, Fields, Items, Literal, Value
from casemate.sources.terraform.arguments import text_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from casemate.model.location import Span

MAX_PATTERN = 2_000
MAX_MATCHES = 10_000
_GROUP = re.compile(r"\$(?:\{(\w{1,40})\}|(\w{1,40}))")
_GLOB = re.compile(r"\*\*/|\*\*|\*|\?|\[[^\]/]{1,60}\]|\{|\}|,|[^*?\[{},]+|\[")


def compiled(pattern: str) -> Any:  # noqa: ANN401 - re2 has no types
    """The expression. Raises `ValueError` for one that RE2 refuses or that is very long."""
    import re2

    if len(pattern) > MAX_PATTERN:
        raise ValueError
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise ValueError from error


def regex(arguments: Sequence[Value], at: Span) -> Value:
    """`regex(pattern, text)`: the first match, its groups as a list, or its named groups as a map."""
    match = compiled(text_of(arguments[0])).search(text_of(arguments[1]))
    if match is None:
        raise ValueError
    return _found(match, at)


def regex_all(arguments: Sequence[Value], at: Span) -> Value:
    """`regexall(pattern, text)`: the same of every match."""
    found: list[Value] = []
    for match in compiled(text_of(arguments[0])).finditer(text_of(arguments[1])):
        found.append(_found(match, at))
        if len(found) > MAX_MATCHES:
            raise ValueError
    return Items(found, at)


def _found(match: Any, at: Span) -> Value:  # noqa: ANN401 - re2 has no types
    def group(text: str | None) -> Value:
        return Absent(at) if text is None else Literal(text, at)

    named = match.groupdict()
    if named:
        return Fields({name: Entry(at, group(text)) for name, text in named.items()}, at)
    groups = match.groups()
    return Items([group(text) for text in groups], at) if groups else Literal(match[0], at)


def substituted(text: str, pattern: str, new: str, most: int) -> str:
    """`replace(text, "/pattern/", new)`; `$1` and `${name}` in `new` are groups. Raises `ValueError` beyond `most`."""
    expression = compiled(pattern)
    parts: list[str] = []
    last = size = 0
    for match in expression.finditer(text):
        groups = {**{str(number): group for number, group in enumerate(match.groups(), 1)}, **match.groupdict()}
        groups["0"] = match[0]
        made = _GROUP.sub(lambda name, groups=groups: groups.get(name[1] or name[2]) or "", new)  # type: ignore[misc]
        parts += [text[last : match.start()], made]
        size += len(parts[-1]) + len(parts[-2])
        last = match.end()
        if size > most:
            raise ValueError
    return "".join([*parts, text[last:]])


def glob(pattern: str) -> Any:  # noqa: ANN401 - re2 has no types
    """A pattern of `fileset` (`*`, `**`, `?`, `[a-z]`, `{a,b}`) as an expression for whole paths."""
    plain = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    inside = 0
    pieces: list[str] = []
    for part in _GLOB.findall(pattern):
        match part:
            case "{":
                inside += 1
                pieces.append("(?:")
            case "}" if inside:
                inside -= 1
                pieces.append(")")
            case "," if inside:
                pieces.append("|")
            case _ if part.startswith("[") and len(part) > 2:
                pieces.append(part.replace("[!", "[^", 1))
            case _:
                pieces.append(plain.get(part) or re.escape(part))
    return compiled("".join(pieces) + ")" * inside)
