"""Function apps written for .NET: the project file says which runtime they need.

Resource type `Casemate::DotnetFunctionApp`, one a project that is a function app, named after its file. Properties:

- `TargetFramework`: `net8.0`, `net6.0`, `netcoreapp3.1` (or `TargetFrameworks`: the list, split), at its own text;
- `AzureFunctionsVersion`: `v4`, `v3` …, at its own text;
- `OutputType`: `Exe` for the isolated worker model;
- `packages`: name -> version of each PackageReference.

Source: Azure documentation, "Guide for running C# Azure Functions in an isolated worker process", "Azure Functions
runtime versions overview". A property that MSBuild computes (`$(Framework)`) is resolved when the same file sets it,
else unknown.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from casemate.model.diagnostic import Diagnostic, Input
from casemate.model.location import Span
from casemate.model.resource import Reading, Resource, Stack
from casemate.model.value import Entry, Fields, Items, Literal, Unknown, Value
from casemate.sources.syntax.document import decode, whole
from casemate.sources.tree import folder_of

if TYPE_CHECKING:
    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

KIND = "dotnet"
_SUFFIXES = (".csproj", ".fsproj", ".vbproj")
_FUNCTION_APP = re.compile(
    rb"<AzureFunctionsVersion\b|Microsoft\.NET\.Sdk\.Functions|Microsoft\.Azure\.Functions\.Worker", re.IGNORECASE
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PROPERTY = re.compile(r"<([A-Za-z_][\w.]*)(?:\s[^<>]*)?>([^<>]*)</\1\s*>")
_PACKAGE = re.compile(r"<PackageReference\b([^<>]*?)/?>(?:\s*<Version>([^<>]*)</Version>)?")
_ATTRIBUTE = re.compile(r"""\b(Include|Version)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""")
_VARIABLE = re.compile(r"\$\((\w+)\)")
_WANTED = ("TargetFramework", "TargetFrameworks", "AzureFunctionsVersion", "OutputType")


def claims(path: str, data: bytes) -> bool:
    """A project file that names Azure Functions; any other project is not serverless."""
    return path.endswith(_SUFFIXES) and _FUNCTION_APP.search(data) is not None


def read(tree: Tree, paths: tuple[str, ...], options: Options) -> Reading:  # noqa: ARG001 - nothing depends on the deployment
    """Each project by itself. Elements are found by pattern, not by an XML parser: no entity is ever expanded."""
    stacks: list[Stack] = []
    inputs: list[Input] = []
    diagnostics: list[Diagnostic] = []
    for path in paths:
        data = tree.read(path)
        unreadable = (Diagnostic("unreadable", "cannot be read", whole(path)),)
        text, problems = decode(data, path) if data is not None else (None, unreadable)
        diagnostics.extend(problems)
        if text is None:
            inputs.append(Input(path, KIND, "failed", problems[0].message))
            continue
        stacks.append(_project(path, text))
        inputs.append(Input(path, KIND, "understood"))
    return Reading(tuple(stacks), tuple(inputs), tuple(diagnostics))


def _project(path: str, text: str) -> Stack:
    name = re.sub(r"\.\w+proj$", "", path.rpartition("/")[2])
    clean = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    lines = [0, *(match.end() for match in re.finditer("\n", clean))]

    def span(start: int, end: int) -> Span:
        first, last = bisect_right(lines, start) - 1, bisect_right(lines, end) - 1
        return Span(path, first + 1, start - lines[first] + 1, last + 1, end - lines[last] + 1)

    known: dict[str, str] = {}
    entries: dict[str, Entry] = {}
    for match in _PROPERTY.finditer(clean):
        value = match[2].strip()
        known.setdefault(match[1], value)
        if match[1] in _WANTED and value:
            start = match.start(2) + len(match[2]) - len(match[2].lstrip())
            at = span(start, start + len(value))
            entries[match[1]] = Entry(
                span(match.start(1), match.end(1)), _value(value, known, at, many=match[1].endswith("s"))
            )
    packages: dict[str, Entry] = {}
    for match in _PACKAGE.finditer(clean):
        attributes = {
            found[1]: found[2] if found[2] is not None else found[3] for found in _ATTRIBUTE.finditer(match[1])
        }
        if "Include" in attributes:
            at = span(match.start(), match.end())
            packages[attributes["Include"]] = Entry(at, Literal(attributes.get("Version") or match[2] or "", at))
    at = whole(path)
    entries["packages"] = Entry(at, Fields(packages, at))
    end = span(len(text), len(text))
    body = at.to(end)
    resource = Resource(
        type="Casemate::DotnetFunctionApp",
        name=name,
        key=name,
        at=at,
        body=body,
        properties=Fields(entries, body),
        dialect="dotnet",
    )
    return Stack(name=path, path=path, root=folder_of(path), dialect="dotnet", resources={name: resource})


def _value(text: str, known: dict[str, str], at: Span, *, many: bool) -> Value:
    if many and ";" in text:
        return Items([_value(part.strip(), known, at, many=False) for part in text.split(";") if part.strip()], at)
    resolved = _VARIABLE.sub(lambda match: known.get(match[1], match[0]), text)
    if "$(" in resolved:
        return Unknown(f"{text} is computed by MSBuild", at, "function", text)
    return Literal(resolved, at)
