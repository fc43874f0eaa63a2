"""Modules of JavaScript and TypeScript, rewritten as the older form that any Node.js loads: lines stay where they are.

Types are replaced by blanks, `import` and `export` by `require` and `exports`. What only a compiler can do
(decorators) stays as it is, and the loader says that it does not understand it. Sources: ECMAScript 2024, 16.2
(modules); TypeScript handbook, "Enums", "Namespaces", "Parameter Properties"; TypeScript 5.8 release notes,
"erasableSyntaxOnly".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.prove.controllers import injected, may_go
from casemate.prove.sites import Insertion

if TYPE_CHECKING:
    from tree_sitter import Node

Cut = tuple[int, int, str]
_BLANK = frozenset({
    "type_annotation", "type_parameters", "type_arguments", "interface_declaration", "type_alias_declaration",
    "accessibility_modifier", "override_modifier", "implements_clause", "function_signature",
    "abstract_method_signature",
    "index_signature", "type_predicate_annotation", "asserts_annotation", "ambient_declaration", "method_signature",
    "omitting_type_annotation", "opting_type_annotation",
})  # fmt: skip
_META = {"import.meta.url": "require('url').pathToFileURL(__filename).href", "import.meta.dirname": "__dirname",
         "import.meta.filename": "__filename"}  # fmt: skip
INJECTED = "_casemate_injected_"
READY = "_casemate_ready_"
"""The export that a file has which waits for something before its exports are complete."""
_WORD = re.compile(rb"[A-Za-z_$][\w$]*")


class _Rewriting:
    """One file."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.cuts: list[Cut] = []
        self.insertions: list[Insertion] = []
        self.exports: list[tuple[str, str]] = []
        self.is_module = False
        self.wanted: set[str] = set()

    def text(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def blank(self, start: int, end: int) -> None:
        """Blanks in the place of everything but line ends."""
        kept = re.sub(rb"[^\r\n]", b" ", self.source[start:end]).decode()
        self.cuts.append((start, end, kept))

    def replace(self, node: Node, text: str) -> None:
        """Other text, with as many line ends as before."""
        lines = self.source[node.start_byte : node.end_byte].count(b"\n") - text.count("\n")
        self.cuts.append((node.start_byte, node.end_byte, text + "\n" * max(0, lines)))

    # -- types
    def types(self, root: Node) -> None:
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if node.type in _BLANK or (node.type == "decorator" and may_go(self.text(node), self.source)):
                self.blank(node.start_byte, node.end_byte)
                continue
            self._typed(node)
            waiting.extend(node.children)

    def _typed(self, node: Node) -> None:
        kind = node.type
        if kind in {"as_expression", "satisfies_expression"} or kind == "non_null_expression":
            self.blank(node.named_children[0].end_byte, node.end_byte)
        elif (
            (kind in {"readonly", "abstract", "declare"} and not node.is_named)
            or (
                kind == "?"
                and node.parent is not None
                and node.parent.type in {"optional_parameter", "public_field_definition", "method_definition"}
            )
            or (
                kind == "!"
                and node.parent is not None
                and node.parent.type in {"public_field_definition", "variable_declarator"}
            )
        ):
            self.blank(node.start_byte, node.end_byte)
        elif kind == "enum_declaration":
            self._enum(node)
        elif kind == "internal_module":
            self._namespace(node)
        elif kind == "method_definition":
            self._properties(node)
            self._injected(node)

    def _enum(self, node: Node) -> None:
        body = node.child_by_field_name("body")
        name = node.child_by_field_name("name")
        if body is None or name is None:
            return
        number = 0
        members = []
        for member in body.named_children:
            if member.type == "enum_assignment":
                key, value = member.named_children[0], member.named_children[-1]
                said = self.text(value)
                members.append(f"{self.text(key)}: {said}")
                number = int(said) + 1 if said.isdigit() else number
            elif member.type == "property_identifier":
                members.append(f"{self.text(member)}: {number}")
                number += 1
        self.replace(node, f"var {self.text(name)} = {{ {', '.join(members)} }};")

    def _namespace(self, node: Node) -> None:
        """`namespace N { export const a = 1 }` -> `var N = (function () { const a = 1; return { a }; })();`."""
        body = node.child_by_field_name("body")
        name = node.child_by_field_name("name")
        if body is None or name is None:
            return
        names: list[str] = []
        for one in body.named_children:
            if one.type == "export_statement":
                declared = one.child_by_field_name("declaration")
                if declared is not None:
                    names += self._declared(declared)
                    self.cuts.append((one.start_byte, declared.start_byte, ""))
        self.cuts.append((node.start_byte, body.start_byte, f"var {self.text(name)} = (function () "))
        self.insertions.append(Insertion(body.end_byte - 1, (0, 0), f"; return {{ {', '.join(names)} }}; "))
        self.insertions.append(Insertion(body.end_byte, (0, 0), ")();"))

    def _properties(self, node: Node) -> None:
        """Parameters of a constructor that are fields: assigned at its start, after a call of the parent's."""
        body, parameters = node.child_by_field_name("body"), node.child_by_field_name("parameters")
        if body is None or parameters is None:
            return
        fields = []
        for one in parameters.named_children:
            pattern = one.child_by_field_name("pattern")
            if pattern is not None and any(
                child.type in {"accessibility_modifier", "readonly"} for child in one.children
            ):
                fields.append(self.text(pattern))
        if fields:
            first = body.named_children[0] if body.named_child_count else None
            parent = first is not None and self.text(first).startswith("super(")
            at = first.end_byte if parent and first is not None else body.start_byte + 1
            self.insertions.append(Insertion(at, (0, 0), "".join(f" this.{name} = {name};" for name in fields)))

    def _injected(self, node: Node) -> None:
        """The class says which classes its constructor is given, where a decorator says that a framework makes it."""
        cls = node.parent.parent if node.parent is not None else None
        name = cls.child_by_field_name("name") if cls is not None else None
        if cls is None or name is None or self.text(node.child_by_field_name("name") or node) != "constructor":
            return
        above = cls.parent if cls.parent is not None and cls.parent.type == "export_statement" else cls
        if not any(one.type == "decorator" for one in (*cls.children, *above.children)):
            return
        names = injected(node, self.source)
        self.wanted |= {one for one in names if one}
        listed = ", ".join(f"typeof {one} === 'undefined' ? undefined : {one}" if one else "undefined" for one in names)
        if "default" not in {child.type for child in above.children}:
            self.insertions.append(
                Insertion(cls.end_byte, (0, 0), f"; {self.text(name)}.{INJECTED} = () => [{listed}];")
            )

    # -- modules
    def modules(self, root: Node) -> None:
        for node in root.named_children:
            if node.type == "import_statement":
                self.is_module = True
                self._import(node)
            elif node.type == "export_statement":
                self.is_module = True
                self._export(node)
        waiting = [root]
        while waiting:
            node = waiting.pop()
            said = _META.get(self.text(node)) if node.type == "member_expression" and node.named_child_count else None
            if said is not None:
                self.replace(node, said)
            waiting.extend(node.children)

    def _import(self, node: Node) -> None:
        source = node.child_by_field_name("source")
        clause = next((one for one in node.named_children if one.type == "import_clause"), None)
        required = next((one for one in node.named_children if one.type == "import_require_clause"), None)
        if required is not None:
            name = required.named_children[0]
            inner = required.child_by_field_name("source")
            self.replace(node, f"const {self.text(name)} = require({self.text(inner) if inner else ''});")
            return
        if source is None:
            return
        target = f"require({self.text(source)})"
        if any(child.type == "type" for child in node.children):
            self.blank(node.start_byte, node.end_byte)
            return
        if clause is None:
            self.replace(node, f"{target};")
            return
        parts = []
        for one in clause.named_children:
            if one.type == "identifier" and self._used(self.text(one), node):
                parts.append(f"{self.text(one)} = _casemate_default_({target})")
            elif one.type == "namespace_import" and self._used(self.text(one.named_children[0]), node):
                parts.append(f"{self.text(one.named_children[0])} = {target}")
            elif one.type == "named_imports":
                names = [self._imported(each) for each in one.named_children if each.type == "import_specifier"
                         and not any(child.type == "type" for child in each.children)
                         and self._used(self.text(each.named_children[-1]), node)]  # fmt: skip
                if names:
                    parts.append(f"{{ {', '.join(names)} }} = {target}")
        self.replace(node, f"const {', '.join(parts)};" if parts else "")

    def _imported(self, node: Node) -> str:
        names = [self.text(one) for one in node.named_children]
        return names[0] if len(names) == 1 else f"{names[0]}: {names[1]}"

    def _used(self, name: str, statement: Node) -> bool:
        """Whether a name stands anywhere but in types and in its own import: what is only a type is not loaded."""
        if name in self.wanted:
            return True
        word = name.encode()
        blanked = [(start, end) for start, end, text in self.cuts if not text.strip()]
        for match in _WORD.finditer(self.source):
            at = match.start()
            if match.group() == word and not statement.start_byte <= at < statement.end_byte and not any(
                start <= at < end for start, end in blanked
            ):  # fmt: skip
                return True
        return False

    def _export(self, node: Node) -> None:
        source, declared = node.child_by_field_name("source"), node.child_by_field_name("declaration")
        value = node.child_by_field_name("value")
        words = {child.type for child in node.children}
        start = next((child.start_byte for child in node.children if child.type == "export"), node.start_byte)
        clause = next((one for one in node.named_children if one.type == "export_clause"), None)
        if "type" in words or (declared is not None and declared.type in _BLANK):
            self.blank(start, declared.start_byte if declared is not None else node.end_byte)
        elif clause is not None or "*" in words:
            self._re_export(node, clause, source)
        elif "default" in words and declared is not None and declared.child_by_field_name("name") is not None:
            self.cuts.append((start, declared.start_byte, ""))
            self.exports += [("default", name) for name in self._declared(declared)]
        elif "default" in words and (value or declared) is not None:
            inner = value if value is not None else declared
            assert inner is not None  # noqa: S101 - one of them is
            self.cuts.append((start, inner.start_byte, "exports.default = "))
        elif "=" in words and node.named_child_count:
            self.cuts.append((start, node.named_children[0].start_byte, "module.exports = "))
        elif declared is not None:
            self.cuts.append((start, declared.start_byte, ""))
            self.exports += [(name, name) for name in self._declared(declared)]

    def _re_export(self, node: Node, clause: Node | None, source: Node | None) -> None:
        target = f"require({self.text(source)})" if source is not None else ""
        if clause is None:
            inner = next((one for one in node.named_children if one.type == "namespace_export"), None)
            name = self.text(inner.named_children[0]) if inner is not None else None
            self.replace(node, f"exports.{name} = {target};" if name else f"Object.assign(exports, {target});")
            return
        pairs = []
        for one in clause.named_children:
            if one.type == "export_specifier":
                names = [self.text(each) for each in one.named_children]
                pairs.append((names[-1], names[0]))
        if source is not None:
            self.replace(node, " ".join(f"exports.{name} = {target}.{inner};" for name, inner in pairs))
        else:
            self.replace(node, "")
            self.exports += pairs

    def _declared(self, node: Node) -> list[str]:
        """The names that a declaration makes."""
        name = node.child_by_field_name("name")
        if name is not None and name.type != "object_pattern":
            return [self.text(name)]
        found: list[str] = []
        for one in node.named_children:
            inner = one.child_by_field_name("name") if one.type == "variable_declarator" else None
            if inner is not None and inner.type == "identifier":
                found.append(self.text(inner))
            elif inner is not None:
                found += re.findall(r"\b([A-Za-z_$][\w$]*)\s*(?=[,}\]=])", self.text(inner))
        return found


def as_script(root: Node, source: bytes, *, typed: bool) -> tuple[list[Insertion], list[Cut]]:
    """Insertions and replacements that make a script of the file; none for what is one already."""
    work = _Rewriting(source)
    if typed:
        work.types(root)
    work.modules(root)
    if work.is_module:
        start = source.find(b"\n") + 1 if source.startswith(b"#!") else 0
        text = "Object.defineProperty(exports, '__esModule', { value: true });"
        hoisted = "".join(
            f" exports.{name} = {inner};" for name, inner in work.exports if _is_function(root, inner, source)
        )
        work.insertions.append(Insertion(start, (-1, 0), text + hoisted))
        tail = "".join(f"\nexports.{name} = {inner};" for name, inner in work.exports)
        if _waits(root):
            work.insertions.append(Insertion(start, (-1, 1), f" exports.{READY} = (async () => {{"))
            tail += "\n})();"
        work.insertions.append(Insertion(len(source), (2, 0), f"{tail}\n"))
    return work.insertions, work.cuts


def _is_function(root: Node, name: str, source: bytes) -> bool:
    """Whether a function is declared by this name: it is there before the first line runs, in loops of imports too."""
    for node in root.named_children:
        inner = node.child_by_field_name("declaration") if node.type == "export_statement" else node
        if inner is not None and inner.type in {"function_declaration", "generator_function_declaration"}:
            found = inner.child_by_field_name("name")
            if found is not None and source[found.start_byte : found.end_byte].decode("utf-8", "replace") == name:
                return True
    return False


def _waits(root: Node) -> bool:
    """Whether something is awaited outside of every function."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "await_expression" or (node.type == "for_in_statement" and any(
            child.type == "await" for child in node.children
        )):  # fmt: skip
            return True
        if "function" not in node.type and node.type not in {"method_definition", "class_static_block"}:
            waiting.extend(node.children)
    return False
