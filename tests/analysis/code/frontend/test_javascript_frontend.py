from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.code.frontend.outline import lowered, outline

from casemate.analysis.code import ir
from casemate.analysis.code.frontend import language_of, lower
from casemate.analysis.code.frontend.lowering import MAX_DEPTH
from casemate.analysis.code.frontend.minified import is_minified


def one(text: str, path: str = "a.js") -> str:
    (only,) = outline(path, text)
    return only


def value(text: str, path: str = "a.js") -> str:
    return outline(path, f"x = {text}")[-1].removeprefix("x = ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0x1F", "31"),
        ("1_000n", "1000"),
        ("1.5e3", "1500.0"),
        ("017", "15"),
        (r'"a\n\x41\u{1F600}\u0042\
c"', repr("a\nA\U0001f600Bc")),
        (r'"\ud83d\ude00"', repr("\U0001f600")),
        ("undefined", "None"),
        ("void 0", "None"),
        ("!0", "True"),
        ("-2", "-2"),
        ("`a${b}c${d.e}`", "<'a', b, 'c', d.e>"),
        ("`plain`", "'plain'"),
        ("sql`a ${b}`", "sql(<'a ', b>)"),
        ("'a' + 'b'", "'ab'"),
        ("'a' + b + 'c' + 'd' + e", "<'a', b, 'cd', e>"),
        ("a + b + 'c'", "<(a + b), 'c'>"),
        ("a + 1 + b", "((a + 1) + b)"),
        ("a === b && c !== d", "((a == b) and (c != d))"),
        ("(a ?? b) || c", "((a ?? b) or c)"),
        ("a?.b?.[c]?.(d)", "a.b[c](d)"),
        ("new Map([[1, 2]])", "new Map([[1, 2]])"),
        ("/a\\/b/gi.test(c)", "new RegExp('a\\\\/b', 'gi').test(c)"),
        ("c ? d : e", "(c ? d : e)"),
        ("{a, 'b': 1, [c]: 2, d() { return 1 }, ...e, 3: 4}",
         "{'a': a, 'b': 1, c: 2, 'd': def d() {return 1}, *e, '3': 4}"),
        ("{get a() { return b }, set a(v) {}}", "{'a': def a() {return b}()}"),
        ("f(...a, b)", "f(*a, b)"),
        ("[...a, b]", "[*a, b]"),
        ("async ({a, b: [c = 1], ...d}, e = 2, ...f) => await g(a)",
         "async arrow def x({'a': a, 'b': [(c ?? 1)], *d}, e = 2, *f) {return await g(a)}"),
        ("function* named() { yield* a; yield b }", "generator def named() {yield *a; yield b}"),
        ("(0, m.f)(b)", "m.f(b)"),
        ("typeof a", "(typeof a)"),
        ("this.a", "this.a"),
        ("import(a)", "import(a)"),
        ("a instanceof B", "(a instanceof B)"),
    ],
)  # fmt: skip
def test_expressions(text: str, expected: str) -> None:
    assert value(text) == expected


def test_what_a_sequence_does_happens_before() -> None:
    assert outline("a.js", "x = (a(), b)") == ["a()", "x = b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("const x = 1, {a, b: c = 2} = d", ["x = 1", "{'a': a, 'b': (c ?? 2)} = d"]),
        ("let x", []),
        ("a = b = c()", ["b = c()", "a = b"]),
        ("a += 'x'", ["a = <a, 'x'>"]),
        ("a ||= b", ["a = (a or b)"]),
        ("a++", ["a = (a + 1)"]),
        ("delete a.b", ["del a.b"]),
        ("[a, , b, ...c] = d", ["[a, , b, *c] = d"]),
        ("if (a) b(); else if (c) d(); else { e() }", ["if a {b()} else {if c {d()} else {e()}}"]),
        ("for (let i = 0; i < n; i++) f(i)", ["i = 0", "while (i < n) {f(i); i = (i + 1)}"]),
        ("for (;;) f()", ["while - {f()}"]),
        ("while (true) { break }", ["while - {break}"]),
        ("do { f() } while (a)", ["while - {f(); if (not a) {break}}"]),
        ("for (const [k, v] of Object.entries(o)) f(k)", ["for [k, v] in values Object.entries(o) {f(k)}"]),
        ("for (var k in o) f(o[k])", ["for k in keys o {f(o[k])}"]),
        ("a: for (const x of y) { for (;;) { continue a } }", ["a: for x in values y {while - {continue a}}"]),
        ("a: { if (b) break a; c() }", ["a: while - {if b {break a}; c(); break}"]),
        ("try { a() } catch (e) { b(e) } finally { c() }", ["try {a()} catch  e {b(e)} finally {c()}"]),
        ("try { a() } catch { b() }", ["try {a()} catch  None {b()}"]),
        ("throw new Error('x')", ["raise new Error('x')"]),
        ("f(); function f() { return 1 }", ["def f() {return 1}", "f()"]),
        ("'use strict'; f()", ["f()"]),
        ("for await (const x of y) f(x)", ["for x in values y {f(x)}"]),
    ],
)
def test_statements(text: str, expected: list[str]) -> None:
    assert outline("a.js", text) == expected


def test_a_switch_is_a_chain_with_fall_through_written_out() -> None:
    text = "switch (x) { case 1: case 2: a(); break; case 3: b(); default: c() }"
    assert one(text) == "if (x in [1, 2]) {a()} else {if (x == 3) {b(); c()} else {c()}}"


def test_the_default_is_last_wherever_it_stands() -> None:
    assert one("switch (x) { default: a(); break; case 1: b() }") == "if (x == 1) {b()} else {a()}"
    assert outline("a.js", "switch (x.y) { case 1: case 2: default: a() }") == ["switch 1 = x.y", "a()"]


def test_a_switch_on_true_tests_its_cases() -> None:
    assert one("switch (true) { case a > 1: b() }") == "if (a > 1) {b()}"


def test_a_break_inside_a_case_leaves_the_switch_and_continue_goes_past_it() -> None:
    text = "for (const x of y) { switch (x) { case 1: if (a) break; if (b) continue; c() } d() }"
    assert one(text) == (
        "loop 2: for x in values y {switch 1: while - {if (x == 1) {if a {break switch 1}; "
        "if b {continue loop 2}; c()}; break}; d()}"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a, {b as c} from 'm'; import * as d from './n'; import 'o'",
         ["import m default as a, b as c", "import ./n ./n as d", "import o"]),
        ("const a = require('m'), {b, c: d} = require('n')", ["import m m as a", "import n b as b, c as d"]),
        ("const a = require('m').b", ["import m b as a"]),
        ("const {a: {b}} = require('m')", ["import m m as import m", "{'a': {'b': b}} = import m"]),
        ("const a = require('m')(1)", ["import m m as import m", "a = import m(1)"]),
        ("f(() => require('m').g())", ["f(arrow def () {import m m as import m; return import m.g()})"]),
        ("const a = await import('m')", ["import m m as a"]),
        ("const {a} = await import('m')", ["import m a as a"]),
        ("const a = require(b)", ["a = require(b)"]),
        ("const m_1 = __importDefault(require('m')); m_1.default.get()", ["import m m as m_1", "m_1.get()"]),
        ("const o_1 = require('./o'); o_1.default()", ["import ./o ./o as o_1", "o_1.default()"]),
        ("__exportStar(require('./m'), exports)", ["export * = * of ./m"]),
        ("Object.defineProperty(exports, 'a', {enumerable: true, get: function () { return m.a }})",
         ["export a = m.a"]),
        ("Object.defineProperty(exports, '__esModule', {value: true}); exports.a = exports.b = void 0", []),
        ("exports.h = async e => e", ["exports.h = async arrow def h(e) {return e}", "export h = exports.h"]),
        ("module.exports.h = 1; module.exports.h()", ["exports.h = 1", "export h = exports.h", "exports.h()"]),
        ("module.exports = f", ["module.exports = f", "export module = module.exports"]),
        ("exports = module.exports = {a, b() {}}",
         ["module.exports = {'a': a, 'b': def b() {}}", "export module = module.exports", "exports.a = a",
          "export a = exports.a", "exports.b = module.exports.b", "export b = exports.b", "exports = module.exports"]),
        ("export const a = 1, {b, c: [d]} = e",
         ["a = 1", "{'b': b, 'c': [d]} = e", "export a = a", "export d = d", "export b = b"]),
        ("export function f() {}", ["def f() {}", "export f = f"]),
        ("export default async e => e", ["export default = async arrow def default(e) {return e}"]),
        ("export {a as b, c}; export * from './m'; export * as n from './n'; export {d as default} from './o'",
         ["export b = a", "export c = c", "export * = * of ./m", "export n =  of ./n", "export default = d of ./o"]),
        ("module.exports = class A {}", ["class A() {}", "module.exports = A", "export module = module.exports"]),
    ],
)  # fmt: skip
def test_modules(text: str, expected: list[str]) -> None:
    assert outline("a.js", text) == expected


def test_classes() -> None:
    text = """
    class A extends m.B {
        static n = 1
        #p = 'x'
        constructor(a) { super(a); this.#p = a }
        get v() { return this.#p }
        set v(x) { this.#p = x }
        static async s() {}
        *[Symbol.iterator]() { yield 1 }
        static { A.n = 2 }
    }"""
    assert one(text) == (
        "class A(m.B) {n = 1; #p = 'x'; def A.constructor(a) {super(a); this.#p = a}; "
        "@property def A.v() {return this.#p}; def A.set v(x) {this.#p = x}; async static def A.s() {}; "
        "generator def A.() {yield 1}; A.n = 2}"
    )


def test_jsx_makes_elements() -> None:
    assert value("<div id='a' {...p} b={c}>hi {d}<E.F /></div>", "a.jsx") == (
        "React.createElement('div', {'id': 'a', *p, 'b': c}, 'hi', d, React.createElement(E.F, {}))"
    )
    assert value("<b>{x as string}</b>", "a.tsx") == "React.createElement('b', {}, (x as string))"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import type {A} from 'a'; import {type B} from 'b'; interface C {} type D = 1; declare const e: any", []),
        ("import {type B, c} from 'b'", ["import b c as c"]),
        ("import m = require('m'); import n = A.B", ["import m m as m", "n = A.B"]),
        ("export = f", ["module.exports = f", "export module = module.exports"]),
        ("const a: Foo<string>[] = b!", ["a: Foo<string>[] = b"]),
        ("const a = <Foo>b, c = d as Bar, e = f satisfies G, h = 'x' as const",
         ["a = (b as Foo)", "c = (d as Bar)", "e = f", "h = 'x'"]),
        ("enum E { A, B = 5, C, D = 'd' }", ["E = {'A': 0, 'B': 5, 'C': 6, 'D': 'd'}"]),
        ("namespace N { export const a = 1; const b = 2 }", ["a = 1", "b = 2", "N = {'a': a}"]),
        ("function f(this: X, a?: string, b: number = 1): Promise<void> {}",
         ["def f(a: string, b: number = 1) {}"]),
        ("abstract class A { abstract f(): void; constructor(private readonly db: Db) {} }",
         ["class A() {def A.constructor(db: Db) {this.db: Db = db}}"]),
        ("@Controller('x') class A { @Get(':id') get(@Param('id') id: string) {} }",
         ["@Controller('x') class A() {@Get(':id') def A.get(@Param('id') id: string) {}}"]),
        ("@Injectable() export class A {}", ["@Injectable() class A() {}", "export A = A"]),
        ("f<string>(a)", ["f(a)"]),
    ],
)  # fmt: skip
def test_typescript(text: str, expected: list[str]) -> None:
    assert outline("a.ts", text) == expected


def test_the_suffix_chooses_the_grammar() -> None:
    assert [language_of(f"a.{suffix}") for suffix in ("js", "mjs", "cjs", "jsx")] == ["javascript"] * 4
    assert [language_of(f"a.{suffix}") for suffix in ("ts", "mts", "cts", "tsx")] == ["typescript"] * 4
    assert value("f(a < b, c > (d))") == "f((a < b), (c > d))"


def test_what_the_parser_does_not_understand_is_said_and_the_rest_is_there() -> None:
    module = lowered("a.js", "f(1);\nconst x = {a: 1 b: 2};\ng(2)\n")
    assert [module.line(at[0]) for at in module.errors] == [2]
    calls = [
        each.value.function for each in module.body if isinstance(each, ir.ExprStmt) and isinstance(each.value, ir.Call)
    ]
    assert {each.id for each in calls if isinstance(each, ir.Name)} >= {"f", "g"}


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 3000 + "a" + "]" * 3000,
        "x = " + "(a" * 3000 + ")" * 3000,
        "x = " + "f(" * 3000 + "a" + ")" * 3000,
        "x = " + "!" * 3000 + "a",
        "x = a" + ".b()" * 3000,
        "{" * 3000 + "a()" + "}" * 3000,
        "if (a) " * 3000 + "b()",
        "a => " * 3000 + "b",
        "__toESM(" * 3000 + "a" + ")" * 3000,
    ],
    ids=["lists", "parentheses", "calls", "unary", "chain", "blocks", "ifs", "arrows", "interop"],
)
def test_deep_nesting_is_bounded_and_said(text: str) -> None:
    module = lowered("a.js", text)
    assert module.errors


def test_what_is_long_but_not_deep_is_lowered_whole() -> None:
    parts = " + ".join(f"'a' + b{n}" for n in range(2000))
    module = lowered("a.js", f"x = {parts}; if (a) b(); " + "else if (c) d(); " * 2000)
    assign = module.body[0]
    assert isinstance(assign, ir.Assign)
    assert isinstance(assign.value, ir.Join)
    assert len(assign.value.parts) == 4000
    assert not module.errors


def test_a_deep_expression_keeps_its_variables() -> None:
    text = "x = " + "[" * (MAX_DEPTH + 5) + "tainted" + "]" * (MAX_DEPTH + 5)
    assert "tainted" in repr(lowered("a.js", text).body)


@given(
    st.text(alphabet="(){}[]<>=,.;:'\"`$/*+-!?&|aexport class functio\n", max_size=120),
    st.sampled_from(["a.js", "b.ts", "c.tsx"]),
)
def test_no_text_raises(text: str, path: str) -> None:
    assert lower(path, text.encode()) is not None


def test_places_are_those_of_the_file() -> None:
    module = lowered("a.js", "const a = 1;\n\nexec(`é ${a}`);\n")
    call = module.body[-1]
    assert isinstance(call, ir.ExprStmt)
    span = module.span(call.value.at)
    assert span[1:] == (3, 1, 3, 15)


def test_minified_code_is_recognised() -> None:
    dense = "!function(e,t){var n={};function r(i){if(n[i])return n[i].exports}" * 100
    assert is_minified(dense.encode())
    assert is_minified(b"/* licence */\n" + dense.encode())


def test_source_with_long_data_is_not_minified() -> None:
    readable = "exports.handler = async (event) => {\n    return event.body;\n};\n" * 30
    assert not is_minified(readable.encode())
    assert not is_minified(readable.encode() + b'const image = "data:image/png;base64,' + b"QUJD" * 5000 + b'";\n')
    assert not is_minified(b"")
