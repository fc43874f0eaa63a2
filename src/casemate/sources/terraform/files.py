"""Files that a module reads while it is evaluated: `file`, `templatefile`; only inside of the root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.location import Span
from casemate.model.value import Absent, Fields, Items, Literal, Unknown, Value, display
from casemate.sources.syntax.document import decode
from casemate.sources.terraform.expressions import Scope
from casemate.sources.terraform.text import Written
from casemate.sources.tree import inside

if TYPE_CHECKING:
    from casemate.sources.terraform.modules import Module
    from casemate.sources.tree import Tree

MAX_SET = 1_000
MAX_FILE = 262_144
"""Larger files are no policy, template or definition."""


def text_file(tree: Tree, base: str, name: Value, at: Span) -> Value:
    """The text of a file; each line keeps its place in that file."""
    path, problem = _locate(tree, base, name, at)
    if path is None:
        return problem
    text = _text(tree, path)
    if text is None:
        return Unknown(f"{path} is not a text that can be read", at, "attribute", f"file({path})")
    return _written(text, path, at)


def _written(text: str, path: str, at: Span) -> Written:
    lines = [
        Literal(line, Span(path, number, 1, number, len(line.rstrip("\n")) + 1))
        for number, line in enumerate(_lines(text), 1)
    ]
    return Written("".join(display(line) for line in lines), lines, at)


def _lines(text: str) -> list[str]:
    return [f"{line}\n" for line in text.replace("\r\n", "\n").split("\n")[:-1]] + [
        line for line in text.split("\n")[-1:] if line
    ]


def template_file(module: Module, name: Value, variables: Value, at: Span) -> Value:
    """A template file filled in; its parts keep their places in that file."""
    tree = module.project.tree
    path, problem = _locate(tree, module.base, name, at)
    if path is None:
        return problem
    text = _text(tree, path)
    if text is None:
        return Unknown(f"{path} is not a text that can be read", at, "attribute", f"templatefile({path})")
    if path in module.project.templates_open:
        return Unknown(f"{path} includes itself", at, "error")
    if "${" not in text and "%{" not in text:
        return _written(text, path, at)
    module.project.templates_open.add(path)
    try:
        return _filled(module, text, path, variables, at)
    finally:
        module.project.templates_open.discard(path)


def fill_template(module: Module, template: Value, variables: Value, at: Span) -> Value:
    """`data "template_file"`: the text of a file (or heredoc) as a template."""
    if not isinstance(template, Literal):
        return Unknown("a template that is not known", at, "function")
    text = display(template)
    if "${" not in text and "%{" not in text:
        return template
    path = template.lines[0].at.path if isinstance(template, Written) and template.lines else at.path
    return _filled(module, text, path, variables, at)


def _filled(module: Module, text: str, path: str, variables: Value, at: Span) -> Value:
    from casemate.sources.syntax.hcl import parse_template_file

    if not isinstance(variables, Fields):
        return Unknown("a template with variables that are not known", at, "function", f"templatefile({path})")
    key = (path, text)
    node = module.project.templates.get(key)
    if node is None:
        node = module.project.templates[key] = parse_template_file(text, path)
    scope = Scope(_Only(module), {name: entry.value for name, entry in variables.entries.items()})
    return module.project.evaluator.evaluate(node, scope)


class _Only:
    """The names a template sees: none but its variables."""

    def __init__(self, module: Module) -> None:
        self._module = module

    def named(self, root: str, steps: object, at: Span) -> tuple[Value, int] | None:  # noqa: ARG002 - the protocol of names
        return None

    def words(self, at: Span) -> str:
        return self._module.words(at)

    def rests_on_default(self, at: Span) -> bool:
        return self._module.rests_on_default(at)

    def text_file(self, name: Value, at: Span) -> Value:
        return self._module.text_file(name, at)

    def template_file(self, name: Value, variables: Value, at: Span) -> Value:
        return self._module.template_file(name, variables, at)

    def exists(self, name: Value, at: Span) -> Value:
        return self._module.exists(name, at)

    def file_set(self, folder: Value, pattern: Value, at: Span) -> Value:
        return self._module.file_set(folder, pattern, at)

    def file_digest(self, function: str, name: Value, at: Span) -> Value:
        return self._module.file_digest(function, name, at)


def exists(tree: Tree, base: str, name: Value, at: Span) -> Value:
    """`fileexists`."""
    if not isinstance(name, Literal):
        return Unknown("a file name that is not known", at, "function", "fileexists(…)")
    path = inside(base, display(name))
    return (
        Unknown("a path outside of the root", at, "function")
        if path is None
        else Literal(tree.size(path) is not None, at)
    )


def file_set(module: Module, folder: Value, pattern: Value, at: Span) -> Value:
    """`fileset`: paths below `folder`, sorted.

    Files that git ignores or that a build writes are not among what is scanned, so that where nothing fits, nothing is
    known either.
    """
    from casemate.sources.terraform.patterns import glob

    if not isinstance(folder, Literal) or not isinstance(pattern, Literal):
        return Unknown("files of a folder that is not known", at, "function", "fileset(…)")
    base = inside(module.base, display(folder))
    source = f"fileset({display(folder)[:80]}, {display(pattern)[:80]})"
    if base is None:
        return Unknown("a path outside of the root", at, "attribute", source)
    try:
        expression = glob(display(pattern))
    except ValueError:
        return Unknown("fileset() with a pattern that does not fit", at, "error", source)
    start = f"{base}/" if base else ""
    found = [path.removeprefix(start) for path in module.project.listing() if path.startswith(start)]
    fitting = [path for path in found if expression.fullmatch(path)]
    if not fitting or len(fitting) > MAX_SET:
        return Unknown(f"which files fit {display(pattern)[:80]} is known only at deployment", at, "attribute", source)
    return Items([Literal(path, at) for path in fitting], at)


def file_digest(module: Module, function: str, name: Value, at: Span) -> Value:
    """`filemd5`, `filesha256`, `filebase64sha256` and their kin."""
    from casemate.sources.terraform.functions import hashed

    path, problem = _locate(module.project.tree, module.base, name, at)
    data = module.project.tree.read(path) if path is not None else None
    if data is None:
        return problem if path is None else Unknown(f"{path} cannot be read", at, "attribute", f"{function}({path})")
    kind = function.removeprefix("file")
    return Literal(hashed(kind.removeprefix("base64"), data, raw=kind.startswith("base64")), at)


def _locate(tree: Tree, base: str, name: Value, at: Span) -> tuple[str | None, Value]:
    if not isinstance(name, Literal):
        kind = name.kind if isinstance(name, Unknown) else "function"
        return None, Unknown("a file name that is not known", at, kind, "file(…)")
    path = inside(base, display(name))
    if path is None:
        return None, Unknown("a path outside of the root", at, "attribute", f"file({display(name)[:80]})")
    size = tree.size(path)
    if size is None or size > MAX_FILE:
        what = "does not exist" if size is None else "is too large"
        return None, Unknown(f"{path} {what}", at, "attribute", f"file({path})")
    return path, Absent(at)


def _text(tree: Tree, path: str) -> str | None:
    data = tree.read(path)
    if data is None or b"\0" in data:
        return None
    text, _ = decode(data, path)
    return text


__all__ = ["exists", "file_digest", "file_set", "fill_template", "template_file", "text_file"]
