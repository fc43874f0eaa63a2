from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.analysis.code import ir
from casemate.analysis.code.frontend import MAX_SOURCE, language_of, lower
from casemate.analysis.code.frontend.python.unit import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Sequence


def module(text: str) -> ir.Module:
    found = lower("app.py", text.encode())
    assert found is not None
    return found


def statements(text: str) -> str:
    """The statements of a program, written out as an outline."""
    found = module(text)
    assert found.errors == []
    return block(found.body)


def expression(text: str) -> str:
    found = module(f"x = {text}")
    assert found.errors == []
    assign = found.body[-1]
    assert isinstance(assign, ir.Assign)
    return show(assign.value)


def block(body: Sequence[ir.Stmt]) -> str:
    return "; ".join(statement(each) for each in body)


def statement(node: ir.Stmt) -> str:  # noqa: C901 - one line a node
    match node:
        case ir.Assign(target, value, _, type_):
            return f"{show(target)}{': ' + type_ if type_ else ''} = {show(value)}"
        case ir.ExprStmt(value):
            return show(value)
        case ir.If(test, body, otherwise):
            return f"if {show(test)} {{{block(body)}}}" + (f" else {{{block(otherwise)}}}" if otherwise else "")
        case ir.Loop(target, iterable, test, body, otherwise):
            head = f"for {show(target)} in {show(iterable)}" if target and iterable else f"while {show(test)}"
            return f"{head} {{{block(body)}}}" + (f" else {{{block(otherwise)}}}" if otherwise else "")
        case ir.Try(body, handlers, otherwise, finish):
            caught = "".join(f" except {'|'.join(h.types)} as {h.name} {{{block(h.body)}}}" for h in handlers)
            return f"try {{{block(body)}}}{caught} else {{{block(otherwise)}}} finally {{{block(finish)}}}"
        case ir.With(items, body):
            return f"with {', '.join(f'{show(c)} as {show(t)}' for c, t in items)} {{{block(body)}}}"
        case ir.Import(name, names):
            return f"import {name} {names}"
        case ir.FunctionDef(function):
            return function_text(function)
        case ir.ClassDef(name, bases, body, _, decorators):
            head = "".join(f"@{show(each)} " for each in decorators)
            return f"{head}class {name}({', '.join(map(show, bases))}) {{{block(body)}}}"
        case ir.Return(value) | ir.Raise(value):
            return f"{type(node).__name__.lower()} {show(value)}"
        case ir.Delete(target):
            return f"del {show(target)}"
        case ir.Jump(kind):
            return kind
        case ir.Scoped(names):
            return f"scoped {names}"
    raise AssertionError(node)


def function_text(function: ir.Function) -> str:
    marks = {"plain": "", "rest": "*", "keywords": "**", "named": "!"}
    taken = ", ".join(
        marks[each.kind]
        + each.name
        + (f": {each.type}" if each.type else "")
        + (f"={show(each.default)}" if each.default else "")
        for each in function.parameters
    )
    flags = "".join(f" {name[3:]}" for name in ("is_async", "is_generator", "is_static") if getattr(function, name)) + (
        f" of {function.owner}" if function.owner else ""
    )
    head = "".join(f"@{show(each)} " for each in function.decorators)
    return f"{head}def {function.name}({taken}){flags} {{{block(function.body)}}}"


def show(node: ir.Expr | None) -> str:  # noqa: C901 - one line a node
    match node:
        case None:
            return "-"
        case ir.Const(value):
            return repr(value)
        case ir.Name(name):
            return name
        case ir.Attr(target, name):
            return f"{show(target)}.{name}"
        case ir.Index(target, key):
            return f"{show(target)}[{show(key)}]"
        case ir.Slice(lower_, upper, step):
            return ":".join(show(each) for each in (lower_, upper, step))
        case ir.Call(function, arguments, keywords):
            given_ = [show(each) for each in arguments] + [f"{name}={show(value)}" for name, value in keywords]
            return f"{show(function)}({', '.join(given_)})"
        case ir.Spread(value):
            return f"*{show(value)}"
        case ir.Unary(operator, value):
            return f"({operator} {show(value)})"
        case ir.Binary(operator, left, right) | ir.Logical(operator, left, right):
            return f"({show(left)} {operator} {show(right)})"
        case ir.Conditional(test, then, otherwise):
            return f"({show(test)} ? {show(then)} : {show(otherwise)})"
        case ir.Join(parts, _, specs):
            return "f<" + ", ".join(show(p) + s for p, s in zip(parts, specs, strict=True)) + ">"
        case ir.Display(kind, items):
            return f"{kind}({', '.join(map(show, items))})"
        case ir.Record(entries):
            return "{" + ", ".join(f"{show(k)}: {show(v)}" for k, v in entries) + "}"
        case ir.Comprehension(kind, element, key, clauses):
            loops = " ".join(
                f"for {show(c.target)} in {show(c.iterable)}" + "".join(f" if {show(i)}" for i in c.conditions)
                for c in clauses
            )
            return f"{kind}<{show(key)}: {show(element)} {loops}>"
        case ir.Lambda(function):
            return function_text(function)
        case ir.Await(value):
            return f"await {show(value)}"
        case ir.Yield(value):
            return f"yield {show(value)}"
        case ir.AssignExpr(target, value):
            return f"({show(target)} := {show(value)})"
        case ir.Opaque(kind, parts):
            return f"?{kind}({', '.join(map(show, parts))})"
        case _:
            raise AssertionError(node)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a.b[1].c(d, *e, f=g, **h)", "a.b[1].c(d, *e, f=g, =h)"),
        ("a[1:2, ::3]", "a[tuple(1:2:-, -:-:3)]"),
        ("f(i for i in j)", "f(generator<-: i for i in j>)"),
        ("-1", "-1"),
        ("not a is not b", "(not (a is-not b))"),
        ("a < b <= c", "((a < b) and (b <= c))"),
        ("a not in b or c and d", "((a not-in b) or (c and d))"),
        ("1 + 2 * 3 - 4", "((1 + (2 * 3)) - 4)"),
        ("2 ** 3 ** 4", "(2 ** (3 ** 4))"),
        ("a @ b", "?@(a, b)"),
        ("b if a else c", "(a ? b : c)"),
        ("(y := f(1))", "(y := f(1))"),
        ("[*a, (b, c), {d}, {}]", "list(*a, tuple(b, c), set(d), {})"),
        ("{'a': 1, **b}", "{'a': 1, -: b}"),
        ("[a for b in c if d if e for f in g]", "list<-: a for b in c if d if e for f in g>"),
        ("{k: v for k, v in c}", "dict<k: v for tuple(k, v) in c>"),
        ("lambda a, *b, c=1, **d: a", "def (a, *b, !c=1, **d) {return a}"),
        ("lambda: (yield)", "def () generator {return yield -}"),
        ("await f()", "await f()"),
        ("...", "?ellipsis()"),
        ("3j", "?number()"),
        ("0x_ff + 0o17 + 0777 + 10L + 1_0.5e1", "((((255 + 15) + 511) + 10) + 105.0)"),
        ("(  # why\n a # what\n + b)", "(a + b)"),
        ("f(a, # first\n b)", "f(a, b)"),
    ],
)
def test_an_expression_keeps_its_meaning(text: str, meaning: str) -> None:
    assert expression(text) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("f'a{b!r}c{d:>10}{{}}'", "f<'a', b!r, 'c', d:>10, '{}'>"),
        ("f'{a:{w}.{p}}'", "f<?format(a, w, p):{w}.{p}>"),
        ("f'{a=}'", "f<'a=', a!r>"),
        ("f'{d[\"k\"]}{f'{x}'}'", "f<d['k'], f<x>>"),  # PEP 701: the same quotes within
        ("f'plain'", "'plain'"),
        ("f''", "''"),
        ("rf'\\d{a}'", "f<'\\\\d', a>"),
        ("'a' f'{b}' 'c'", "f<'a', b, 'c'>"),
        ("'a' \"b\"", "'ab'"),
        ("b'a' b'\\xff\\n'", "b'a\\xff\\n'"),
        ("t'a{b}'", "?template-string(f<'a', b>)"),
        ("f'{a, b}{lambda: 1}'", None),
    ],
)
def test_text_is_built_of_its_parts(text: str, meaning: str | None) -> None:
    assert meaning is None or expression(text) == meaning


@given(st.one_of(st.text(), st.binary(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
def test_literals_have_the_value_that_python_gives_them(value: str | bytes | float) -> None:
    written = repr(value)
    found = module(f"x = {written}").body
    if isinstance(value, str) and "\0" in written:
        return
    assert isinstance(found[0], ir.Assign)
    assert isinstance(found[0].value, ir.Const)
    assert found[0].value.value == ast.literal_eval(written)


@pytest.mark.parametrize(
    "written",
    [r"'\x41\101\u0041\U00000041\N{BULLET}\q\''", r"'a\
b'", "'''a\n'b' \"c\"\n'''", r"r'\x41\''", r"b'\101\x41\q\u0041'", 'u"\u00e4"', r"'\N{BULLET}\a\b\f\v\t\\'"],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_escapes_are_read_as_python_reads_them(written: str) -> None:
    assert expression(written) == repr(ast.literal_eval(written))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a = b = c.d()", "assign@0 = c.d(); a = assign@0; b = assign@0"),
        ("a = b = 1", "a = 1; b = 1"),
        ("a, (b, *c) = d", "tuple(a, tuple(b, *c)) = d"),
        ("a = b, *c", "a = tuple(b, *c)"),
        ("a.b[c] += d", "a.b[c] = (a.b[c] + d)"),
        ("a: dict[str, int] = b", "a: dict[str, int] = b"),
        ("a: int", ""),
        ("class C:\n  a: int\n  b: str = 'x'", "class C() {a: int = ?declaration(); b: str = 'x'}"),
        ("del a, b[0]", "del a; del b[0]"),
        ("assert a, 'b'", "if (not a) {raise AssertionError('b')}"),
        ("'doc'\nf()", "f()"),
        ("raise A(b) from c", "raise A(b)"),
        ("raise", "raise -"),
        ("def f():\n  global a, b\n  nonlocal c", "def f() {scoped ['a', 'b']; scoped ['c']}"),
        ("type A[T] = list[T]", "A = ?type()"),
        ("print 'a', b\nprint >>f, c\nexec d in e", "print('a', b); print(c, file=f); exec(d, e)"),
        ("a; b", "a; b"),
        (
            "async def f(a, /, b: int = 1, *, c, **d) -> str:\n  yield a",
            "def f(a, b: int=1, !c, **d) async generator {yield a}",
        ),
        ("def f():\n  yield from a", "def f() generator {yield *a}"),
        ("def f():\n  def g():\n    yield 1\n  return g", "def f() {def g() generator {yield 1}; return g}"),
        (
            "@a.b('c')\nclass D(E, metaclass=F):\n  @staticmethod\n  def g(h): pass\n  def i(self):\n    def j(): pass",
            "@a.b('c') class D(E) {@staticmethod def g(h) static of D {}; def i(self) of D {def j() {}}}",
        ),
        ("def f[T: int](x: T) -> T: return x", "def f(x: T) {return x}"),
        ("while a:\n  break\nelse:\n  b", "while a {break} else {b}"),
        ("async for a, b in c: continue", "for tuple(a, b) in c {continue}"),
        ("for a in b, c: pass\nelse: d", "for a in tuple(b, c) {} else {d}"),
        ("if a: b\nelif c: d\nelse: e", "if a {b} else {if c {d} else {e}}"),
        (
            "try: a\nexcept* (B, c.D) as e: f\nexcept G, H: i\nexcept: j\nelse: k\nfinally: l",
            "try {a} except B|c.D as e {f} except G|H as None {i} except  as None {j} else {k} finally {l}",
        ),
        ("with a as b, c: d", "with a as b, c as - {d}"),
        ("with (a as b, c as (d, e)): f", "with a as b, c as tuple(d, e) {f}"),
        ("async with (a as b): c", "with a as b {c}"),
    ],
)
def test_a_statement_keeps_its_meaning(text: str, meaning: str) -> None:
    assert statements(text) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("import a", "import a [('', 'a')]"),
        ("import a.b.c", "import a [('', 'a')]; import a.b.c []"),
        ("import a.b as c, d", "import a.b [('', 'c')]; import d [('', 'd')]"),
        ("from a.b import c, d as e", "import a.b [('c', 'c'), ('d', 'e')]"),
        ("from ..a import (b,)", "import ..a [('b', 'b')]"),
        ("from . import a", "import . [('a', 'a')]"),
        ("from a import *", "import a [('*', '*')]"),
        ("from __future__ import annotations", ""),
    ],
)
def test_an_import_says_what_it_binds(text: str, meaning: str) -> None:
    assert statements(text) == meaning


@pytest.mark.parametrize(
    ("case", "meaning"),
    [
        ("1", "if (x == 1) {y}"),
        ("-1.5", "if (x == -1.5) {y}"),
        ("'a' 'b'", "if (x == 'ab') {y}"),
        ("None", "if (x is None) {y}"),
        ("a.B", "if (x == a.B) {y}"),
        ("_", "if True {y}"),
        ("a", "if True {a = x; y}"),
        ("1 | -2 | 'c'", "if (x in tuple(1, -2, 'c')) {y}"),
        ("1 | None", "if ((x == 1) or (x is None)) {y}"),
        ("a if a > 1", "a = x; if (a > 1) {y}"),
        ("1 if z", "if ((x == 1) and z) {y}"),
        ("[1, a]", "if ((len(x) == 2) and (x[0] == 1)) {a = x[1]; y}"),
        ("a, *b, c", "if (len(x) >= 2) {a = x[0]; b = x[1:-1:-]; c = x[-1]; y}"),
        ("[*_]", "if (len(x) >= 0) {y}"),
        ("(1)", "if (x == 1) {y}"),
        ("{'k': 1, 'l': a, **b}", "if (((isinstance(x, dict) and ('k' in x)) and (x['k'] == 1)) and ('l' in x)) {a = x['l']; b = x; y}"),
        ("str(a)", "if isinstance(x, str) {a = x; y}"),
        ("a.B(1, c=d)", "if (isinstance(x, a.B) and (?match-argument(x) == 1)) {d = x.c; y}"),
        ("[1, 2] as a", "if (((len(x) == 2) and (x[0] == 1)) and (x[1] == 2)) {a = x; y}"),
        (
            "[a, 1] | {'b': a}",
            "if (((len(x) == 2) and (x[1] == 1)) or (isinstance(x, dict) and ('b' in x))) {a = (((len(x) == 2) and (x[1] == 1)) ? x[0] : x['b']); y}",
        ),
    ],
)  # fmt: skip
def test_a_pattern_is_a_test_and_what_it_binds(case: str, meaning: str) -> None:
    found = statements(f"match x:\n  case {case}: y\n")
    assert found == meaning


def test_the_subject_of_a_match_is_evaluated_once() -> None:
    assert statements("match f():\n case 1: a\n case _: b") == (
        "match@0 = f(); if (match@0 == 1) {a} else {if True {b}}"
    )
    assert statements("match a, b:\n case 1, c: d").startswith("match@0 = tuple(a, b); if ((len(match@0) == 2)")


def test_what_was_not_understood_is_listed_and_the_rest_kept() -> None:
    found = module("a = 1\nb = ]\nc = f(2)\n")
    assert found.errors
    assert "f(2)" in block(found.body)


def test_broken_text_is_no_reason_to_stop() -> None:
    for source in (
        b"",
        b"\xff\xfe\x00x",
        b"x = '\xff'\ny = 1",
        b"\xef\xbb\xbfx = 1",
        b"x = '''never closed",
        b"\0" * 10,
    ):
        assert lower("a.py", source) is not None
    found = lower("a.py", b"x = '\xff'")
    assert found is not None
    assert block(found.body) == "x = '�'"


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(source: bytes) -> None:
    assert lower("a.py", source) is not None


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 3000 + "a" + ")" * 3000,
        "x = " + "-" * 3000 + "a",
        "x = a" + ".b()" * 3000,
        "x = " + "[" * 3000 + "a" + "]" * 3000,
        "x = " + "f(lambda: " * 500 + "a" + ")" * 500,
        "".join(" " * depth + "if a:\n" for depth in range(300)) + " " * 300 + "b",
        "x = " + "not " * 3000 + "a",
        "match x:\n case " + "[" * 1000 + "a" + "]" * 1000 + ": pass",
    ],
)
def test_deep_nesting_is_bounded_and_said(text: str) -> None:
    assert module(text).errors


def test_long_chains_are_no_nesting() -> None:
    for text in ("'a'" + " + b" * 5000, "a" + " or b" * 5000, "a" + " - b" * 5000):
        found = module(f"x = {text}")
        assert found.errors == []
    elifs = module("if a: b\n" + "elif c: d\n" * 2000)
    assert elifs.errors == []


def test_deep_code_keeps_its_names() -> None:
    found = module("x = " + "[" * (MAX_DEPTH + 10) + "secret" + "]" * (MAX_DEPTH + 10))
    value = found.body[0]
    assert isinstance(value, ir.Assign)
    inner: ir.Expr = value.value
    while isinstance(inner, ir.Display):
        inner = inner.items[0]
    assert show(inner) == "?deep(secret)"


def test_a_place_is_the_line_that_people_see() -> None:
    found = module("a = 1\n\nfür = f(\n  2)\n")
    span = found.span(found.body[1].at)  # type: ignore[union-attr]
    assert (span.start_line, span.start_column, span.end_line, span.end_column) == (3, 1, 4, 5)


def test_the_suffix_chooses_the_language() -> None:
    assert language_of("src/app.PY") == "python"
    assert language_of("README.md") is None
    assert lower("README.md", b"x") is None


def test_a_file_that_nobody_wrote_by_hand_is_one_error() -> None:
    found = lower("a.py", b"#" * (MAX_SOURCE + 1))
    assert found is not None
    assert found.errors == [(0, MAX_SOURCE + 1)]
    assert found.body == []
