from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.code.frontend.outline import lowered, outline

from casemate.analysis.code import ir
from casemate.analysis.code.frontend import lower


def inside(text: str) -> str:
    """The body of a method that holds `text`."""
    found = outline("A.java", f"class A extends B {{ static void f() {{ {text} }} }}")[-1]
    return found.removeprefix("class A(B) {static def A.f() {").removesuffix("}}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r'var a = "x\n\u0041\101" + b + 1;', "a: var = <'x\\nAA', b, 1>"),
        ("String a = b; int c = 0x1F, d = 017, e = 1_0;", "a: String = b; c: int = 31; d: int = 15; e: int = 10"),
        ("List<String> a = new ArrayList<>();", "a: List = new ArrayList()"),
        ("a += b; i++; a[1] = c; d.e = f;", "a = (a + b); i = (i + 1); a[1] = c; d.e = f"),
        ('String[] a = new String[]{"x", b}; int[] c = {1};', "a: String[] = ['x', b]; c: int[] = [1]"),
        ("var a = b ? (String) c : d;", "a: var = (b ? (c as String) : d)"),
        ("if (a) g.x(); else if (b) { h.x(); } else i.x();", "if a {g.x()} else {if b {h.x()} else {i.x()}}"),
        ("for (int i = 0; i < 3; i++) { if (a) continue; }", "i: int = 0; while (i < 3) {if a {continue}; i = (i + 1)}"),
        ("for (String s : a) g.x(s);", "for s in values a {g.x(s)}"),
        ("while (true) { break; } do { g.x(); } while (a);", "while - {break}; while - {g.x(); if (not a) {break}}"),
        ('switch (a) { case "x": case "y": g.x(); break; default: h.x(); }',
         "if ((a == 'x') or (a == 'y')) {g.x()} else {h.x()}"),
        ('switch (a) { case "x", "y" -> g.x(); default -> { h.x(); } }', "if (a in ['x', 'y']) {g.x()} else {h.x()}"),
        ('var a = switch (b) { case 1 -> "x"; default -> { yield "y"; } };', "a: var = ((b == 1) ? 'x' : 'y')"),
        ("try (var a = g.x()) { a.y(); } catch (B | C e) { throw e; } finally { h.x(); }",
         "try {with g.x() as a {a.y()}} catch B|C e {raise e} finally {h.x()}"),
        ("synchronized (a) { g.x(); }", "g.x()"),
        ('a.map(x -> x + "!").filter((y, z) -> { return y; });',
         "a.map(arrow def (x) {return <x, '!'>}).filter(arrow def (y, z) {return y})"),
        ("a.map(String::trim).map(B::new);", "a.map(String.trim).map(B)"),
        ("if (a instanceof C c && c.d()) { c.e(); }", "if (((c := a) instanceof C) and c.d()) {c.e()}"),
        ('var a = """\n  x\n    y\n  """;', "a: var = 'x\\n  y\\n'"),
        ("var a = java.io.File.separator;", "a: var = java.io.File.separator"),
    ],
)  # fmt: skip
def test_statements(text: str, expected: str) -> None:
    assert inside(text) == expected


def test_members_without_their_owner() -> None:
    text = """class A {
        private static final String T = "t"; Db db;
        A(Db db) { this.db = db; }
        void f(String p) { g(T + p); db.q(p); String T = p; h(T); }
        static void g(String x) { g(T); }
        void h(String y) {}
    }"""
    assert outline("A.java", text)[-1] == (
        "class A() {T: String = 't'; db: Db = ?declaration(); def A.constructor(db: Db) {this.db = db}; "
        "def A.f(p: String) {A.g((A.T + p)); this.db.q(p); T: String = p; this.h(T)}; "
        "static def A.g(x: String) {A.g(A.T)}; def A.h(y: String) {}}"
    )


def test_imports_and_the_names_of_the_language() -> None:
    text = "package x.y; import a.b.*; import java.sql.Statement; import static a.B.c; class A { void f() { Runtime.getRuntime(); c(); } }"
    assert lowered("A.java", text).package == "x.y"
    assert outline("A.java", text) == [
        "import java.lang Runtime as Runtime", "import a.b * as *", "import java.sql Statement as Statement",
        "import a.B c as c", "class A() {def A.f() {Runtime.getRuntime(); c()}}",
    ]  # fmt: skip


def test_annotations_of_classes_methods_and_parameters() -> None:
    text = '@RestController class A { @GetMapping(path = "/x") String f(@RequestParam("q") String q, @Valid @RequestBody Dto d) { return q; } }'
    assert outline("A.java", text)[-1] == (
        "@RestController class A() {@GetMapping(path='/x') def A.f(@RequestParam('q') q: String, "
        "@Valid @RequestBody d: Dto) {return q}}"
    )


def test_records_enums_and_anonymous_classes() -> None:
    assert outline("A.java", "record P(String a) {} enum E { X, Y }")[-2:] == [
        "class P() {def P.constructor(a: String) {this.a: String = a}; def P.a() {return this.a}}",
        "class E() {X = 'X'; Y = 'Y'}",
    ]
    assert inside("Runnable r = new Runnable() { public void run() { q.x(); } };") == (
        "class class 1(Runnable) {def class 1.run() {q.x()}}; r: Runnable = new class 1()"
    )


def test_deep_nesting_is_bounded_and_said() -> None:
    for text in (
        "x = " + "(" * 3000 + "a" + ")" * 3000 + ";",
        "{" * 3000 + "}" * 3000,
        "f(() -> " * 1000 + "1" + ")" * 1000 + ";",
    ):
        assert lowered("A.java", "class A { void f() { " + text + " } }").errors
    module = lowered("A.java", "class A {" * 1000 + "}" * 1000)
    assert module.errors
    assert isinstance(module.body[-1], ir.ClassDef)


@given(st.text(alphabet="(){}[]<>=,.;:'\"/*+-!&|@ \nclass voidstatic switch case new return->", max_size=120))
def test_no_text_raises(text: str) -> None:
    assert lower("A.java", text.encode()) is not None
