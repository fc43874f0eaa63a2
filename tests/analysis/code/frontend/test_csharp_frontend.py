from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.code.frontend.outline import lowered, outline

from casemate.analysis.code import ir
from casemate.analysis.code.frontend import lower


def inside(text: str) -> str:
    """The body of a method that holds `text`."""
    found = outline("A.cs", f"class A : B {{ public static void F() {{ {text} }} }}")[-1]
    return found.removeprefix("class A(B) {static def A.F() {").removesuffix("}}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r'var a = "x\n\u0041\x42" + b + 1;', "a = <'x\\nAB', b, 1>"),
        ('var a = $"{b:D2} {{c}} {d.E,5}";', "a = <b, ' {c} ', d.E>"),
        ('var a = @"c:\\d""e" + $@"{f}\\g";', "a = <'c:\\\\d\"e', f, '\\\\g'>"),
        ('var a = """b "c" d""";', "a = 'b \"c\" d'"),
        ("int a = 0x1F, b = 1_0; var c = 1.5m;", "a: int = 31; b: int = 10; c = 1.5"),
        ("a += b; i++; a[1] = c; d.E = f; g ??= h;", "a = (a + b); i = (i + 1); a[1] = c; d.E = f; g = (g ?? h)"),
        ('var a = new[] { "x", b }; int[] c = { 1 }; int[] d = [1, ..e];', "a = ['x', b]; c: int = [1]; d: int = [1, *e]"),
        ("var a = new Dictionary<string, X> { [b] = c, }; var d = new List<X> { e };", "a = {b: c}; d = [e]"),
        ("var a = new P(1, b: 2) { C = 3, D = { E = 4 } };", "a = new P(1, b=2, C=3, D={'E': 4})"),
        ("P a = new() { B = 1 }; var c = new { d = 1, e.f, g };", "a: P = new P(B=1); c = {'d': 1, 'f': e.f, 'g': g}"),
        ("var a = b with { C = 1 };", "a = {*b, 'C': 1}"),
        ("var a = b?.C?.D(1); var e = b?[0];", "a = b.C.D(1); e = b[0]"),
        ("var a = b! ?? (string) c; var d = e as F;", "a = (b ?? (c as string)); d = (e as F)"),
        ("var (a, b) = c; (d, _) = e;", "[a, b] = c; [d, ] = e"),
        ("if (a) g.X(); else if (b) { h.X(); } else i.X();", "if a {g.X()} else {if b {h.X()} else {i.X()}}"),
        ("for (int i = 0; i < 3; i++) { if (a) continue; }", "i: int = 0; while (i < 3) {if a {continue}; i = (i + 1)}"),
        ("foreach (var s in a) g.X(s); foreach (var (k, v) in d) g.X(k);",
         "for s in values a {g.X(s)}; for [k, v] in values d {g.X(k)}"),
        ("while (true) { break; } do { g.X(); } while (a);", "while - {break}; while - {g.X(); if (not a) {break}}"),
        ('switch (a) { case "x": case "y": g.X(); break; default: h.X(); break; }',
         "if ((a == 'x') or (a == 'y')) {g.X()} else {h.X()}"),
        ("switch (a) { case int n when n > 1: g.X(); break; }", "if (?pattern((n := a)) and (n > 1)) {g.X()}"),
        ('var a = b switch { 1 => "x", > 5 and < 9 => "y", _ => "z" };',
         "a = ((b == 1) ? 'x' : (((b > 5) and (b < 9)) ? 'y' : 'z'))"),
        ("if (a is string b && b.Length > 1) g.X();", "if (?pattern((b := a)) and (b.Length > 1)) {g.X()}"),
        ('if (a is { B: "x" } or null) g.X();', "if ((?pattern(a) and (a.B == 'x')) or (a == None)) {g.X()}"),
        ("try { g.X(); } catch (B e) when (e.C) { throw; } finally { h.X(); }",
         "try {g.X()} catch B e {raise -} finally {h.X()}"),
        ("using (var a = g.X()) { a.Y(); } using var b = h.X(); lock (c) { g.X(); }",
         "with g.X() as a {a.Y()}; b = h.X(); g.X()"),
        ('a.Select(x => x + "!").Where((y, z) => { return y; });',
         "a.Select(arrow def (x) {return <x, '!'>}).Where(arrow def (y, z) {return y})"),
        ("var a = from x in b where x.C select x.D;",
         "a = b.Where(arrow def (x) {return x.C}).Select(arrow def (x) {return x.D})"),
        ("int.TryParse(a, out var b); c.TryGetValue(d, out var e);",
         "Int32.TryParse(a, (b := Int32.Parse(a))); c.TryGetValue(d, (e := c.GetValueOrDefault(d)))"),
        ("var a = await b.C().ConfigureAwait(false); var d = e.F().GetAwaiter().GetResult(); var g = h.I().Result;",
         "a = await await b.C(); d = await e.F(); g = h.I()"),
        ("var a = nameof(b.C); var d = typeof(E); var f = default(int);", "a = 'C'; d = E; f = None"),
        ("string L(string x) => x; g.X(L(a));", "arrow def L(x: string) {return x}; g.X(L(a))"),
        ("a.B += (s, e) => g.X(e);", "a.add_B(arrow def (s, e) {return g.X(e)})"),
        ("h.ServerCertificateCustomValidationCallback = (a, b, c, d) => true;",
         "h.ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator"),
        ("var a = JsonSerializer.Deserialize<P>(b);", "a = (JsonSerializer.Deserialize(b) as P)"),
        ("#if DEBUG\ng.X();\n#endif\n h.X();", "g.X(); h.X()"),
    ],
)  # fmt: skip
def test_statements(text: str, expected: str) -> None:
    assert inside(text) == expected


def test_members_without_their_owner() -> None:
    text = """class A {
        private static readonly string T = "t"; private readonly Db db; public string N { get; set; } = "n";
        public string Full => N + T;
        public A(Db db) { this.db = db; }
        public void F(string p) { G(T + p); db.Q(p); var T2 = p; H(T2, Full); }
        public static void G(string x) { G(T); }
        public void H(string y, string z) {}
    }"""
    assert outline("A.cs", text)[-1] == (
        "class A() {T: string = 't'; db: Db = ?declaration(); N: string = 'n'; "
        "@property def A.Full() {return (this.N + A.T)}; def A.constructor(db: Db) {this.db = db}; "
        "def A.F(p: string) {A.G((A.T + p)); this.db.Q(p); T2 = p; this.H(T2, this.Full)}; "
        "static def A.G(x: string) {A.G(A.T)}; def A.H(y: string, z: string) {}}"
    )


def test_well_known_types_are_imported_and_own_ones_are_not() -> None:
    text = "using System.IO; namespace X.Y; class Process {} class A { void F() { File.Delete(Process.Z); System.Net.Dns.Q(); } }"
    assert lowered("A.cs", text).package == "X.Y"
    assert outline("A.cs", text)[:2] == ["import System.IO File as File", "import System.Net Dns as Dns"]


def test_attributes_of_classes_methods_and_parameters() -> None:
    text = '[ApiController, Route("x")] class A { [HttpGet(Name = "y")] public string F([FromQuery(Name = "q")] string q, int n = 1, params string[] r) => q; }'
    assert outline("A.cs", text)[-1] == (
        "@ApiController @Route('x') class A() {@HttpGet(Name='y') def A.F(@FromQuery(Name='q') q: string, "
        "n: int = 1, *r: string[]) {return q}}"
    )


def test_records_primary_constructors_enums_and_extensions() -> None:
    assert outline(
        "A.cs", "record P(string A, int B); enum E { X, Y } class Q(Db db) : R(db) { public void F() => db.G(); }"
    ) == [
        "class P() {def P.constructor(A: string, B: int) {this.A: string = A; this.B: int = B}}",
        "class E() {X = 'X'; Y = 'Y'}",
        "class Q(R) {def Q.constructor(db: Db) {this.db: Db = db; super(db)}; def Q.F() {return this.db.G()}}",
    ]
    assert outline("A.cs", "static class T { public static string U(this string s) => s; }") == [
        "class T() {static def T.U(s: string) {return s}}", "extension U = T.U",
    ]  # fmt: skip


def test_top_level_statements() -> None:
    text = 'var app = WebApplication.Create(args); app.MapGet("/", (string q) => F(q)); static string F(string x) => x;'
    assert outline("Program.cs", text)[1:] == [
        "arrow def F(x: string) {return x}",
        "app = WebApplication.Create(args)",
        "app.MapGet('/', arrow def (q: string) {return F(q)})",
    ]


def test_deep_nesting_is_bounded_and_said() -> None:
    for text in (
        "x = " + "(" * 3000 + "a" + ")" * 3000 + ";",
        "{" * 3000 + "}" * 3000,
        "f(() => " * 1000 + "1" + ")" * 1000 + ";",
        "x = a is " + "not " * 3000 + "b;",
        "x = " + "a?.b(" * 1000 + ")" * 1000 + ";",
    ):
        assert lowered("A.cs", "class A { void F() { " + text + " } }") is not None
    module = lowered("A.cs", "class A {" * 1000 + "}" * 1000)
    assert module.errors
    assert isinstance(module.body[-1], ir.ClassDef)


@given(
    st.text(alphabet="(){}[]<>=,.;:'\"$@?*+-!&|# \nclass voidstatic switch case new record is not when=>", max_size=120)
)
def test_no_text_raises(text: str) -> None:
    assert lower("A.cs", text.encode()) is not None
    assert lower("A.cs", ("class A { void F() { " + text + " } }").encode()) is not None
