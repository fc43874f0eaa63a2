"""Sinks that tell what they are given, in both languages, without a line moving."""

from __future__ import annotations

import ast

import pytest

from casemate.model.location import Span
from casemate.prove.scripts import as_script
from casemate.prove.sites import applied, edits, tree_of


def changed(path: str, text: str, needle: str, kind: str = "command") -> tuple[str, tuple[str, ...]]:
    """The text with one site, and the names of its arguments."""
    start = text.index(needle)
    line = text.count("\n", 0, start) + 1
    column = start - (text.rfind("\n", 0, start) + 1) + 1
    last, end = line + needle.count("\n"), start + len(needle)
    span = Span(path, line, column, last, end - (text.rfind("\n", 0, end) + 1) + 1)
    source = text.encode()
    root = tree_of(path, source)
    found = edits(root, source, [(7, kind, span)])
    more, cuts = as_script(root, source, typed=path.endswith(".ts")) if not path.endswith(".py") else ([], [])
    return applied(source, (*found.insertions, *more), cuts).decode(), found.slots.get(7, ())


@pytest.mark.parametrize(
    ("text", "needle", "wanted", "names"),
    [
        ("os.system(x)", "os.system(x)", "os.system(_casemate_seen_(7,0,(x)))", ("0",)),
        ("f(a, b=c)", "f(a, b=c)", "f(_casemate_seen_(7,0,(a)), b=_casemate_seen_(7,1,(c)))", ("0", "b")),
        ("f(*a, **b)", "f(*a, **b)", "f(*_casemate_seen_(7,0,(a)), **_casemate_seen_(7,1,(b)))", ("*0", "*0")),
        ("f(i for i in x)", "f(i for i in x)", "f(_casemate_seen_(7,0,(i for i in x)))", ("0",)),
        ("return a + b", "return a + b", "return _casemate_seen_(7,0,(a + b))", ("value",)),
        ("s[k] = v", "s[k] = v", "s[_casemate_seen_(7,0,(k))] = _casemate_seen_(7,1,(v))", ("key", "value")),
    ],
)
def test_python(text: str, needle: str, wanted: str, names: tuple[str, ...]) -> None:
    found, slots = changed("a.py", text, needle)
    assert (found, slots) == (wanted, names)


def test_columns_count_code_points_and_lines_stay() -> None:
    text = "a = 'äöü'; os.system(\n    x,\n)\nb = 1\n"
    found, _ = changed("a.py", text, "os.system(\n    x,\n)")
    assert found.count("\n") == text.count("\n")
    assert "_casemate_seen_(7,0,(x))" in found
    ast.parse(found)


def test_the_object_of_a_path_is_seen_and_the_result_of_a_reader() -> None:
    assert changed("a.py", "p.read_text()", "p.read_text()", "path")[1] == ("(receiver)", "(result)")
    assert changed("a.py", "f(x)", "f(x)", "xxe")[1] == ("0", "(result)")


def test_scripts() -> None:
    text = "const { a } = b; cp.exec(`ls ${a}`, { shell: true }, () => {});\n"
    found, names = changed("a.js", text, "cp.exec(`ls ${a}`, { shell: true }, () => {})")
    assert names == ("0", "1", "2")
    assert "_casemate_seen_(7,0,(`ls ${a}`))" in found


def test_a_field_in_short_form_keeps_its_name() -> None:
    found, _ = changed("a.js", "f({ body });\n", "body", "xss")
    assert found == "f({ body: _casemate_seen_(7,0,(body)) });\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "import a, { b as c } from 'm';\na(c);",
            "const a = _casemate_default_(require('m')), { b: c } = require('m');",
        ),
        ("import * as n from 'm';\nn.x();", "const n = require('m');"),
        ("import 'm';", "require('m');"),
        ("import type { T } from 'm';\nlet a: T;", "let a   ;"),
        ("import { T } from 'm';\nlet a: T;", "let a   ;"),
        ("export const h = 1;", "exports.h = h;"),
        ("export default async () => 1;", "exports.default = async () => 1;"),
        ("export { a } from 'm';", "exports.a = require('m').a;"),
        ("export * from 'm';", "Object.assign(exports, require('m'));"),
        ("const x = (y as string)!;", "const x = (y          ) ;"),
        ("enum E { A = 'a', B = 'b' }", "var E = { A: 'a', B: 'b' };"),
        ("class C { constructor(private readonly a: string) { f(); } }", "this.a = a;"),
        ("namespace N { export const t = 1; }", "return { t };"),
        ("function f<T>(a?: T): T { return a!; }", "function f   (a    )    { return a ; }"),
    ],
)
def test_modules_and_types_become_scripts(text: str, wanted: str) -> None:
    source = text.encode()
    root = tree_of("a.ts", source)
    more, cuts = as_script(root, source, typed=True)
    found = applied(source, more, cuts).decode()
    assert wanted in found
    assert not any(word in found for word in ("import ", "export ", "interface "))
