from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.code.frontend.outline import lowered, outline

from casemate.analysis.code.frontend import lower


def inside(text: str) -> str:
    """The body of a function that holds `text`."""
    (only,) = outline("a.go", f"func f() {{ {text} }}")
    return only.removeprefix("def f() {").removesuffix("}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a := "x\\n\\u00e9" + b + `c`', "a = <'x\\né', b, 'c'>"),
        ("a, err := g(1)", "[a, err] = g(1)"),
        ("a, b = b, a", "[a, b] = [b, a]"),
        ("a += 'x'", "a = <a, 'x'>"),
        ("a |= 2; a++", "a = (a | 2); a = (a + 1)"),
        ("var a, b int = 0x1F, 1_0", "[a, b]: int = [31, 10]"),
        ("const a = true", "a = True"),
        ("_, b := m[k]", "[, b] = m[k]"),
        ("x := y[1:n]", "x = y[1:n:-]"),
        ("x := []byte(y)", "x = (y as []byte)"),
        ("x := string(y)", "x = (y as string)"),
        ("x := y.(string)", "x = (y as string)"),
        ('x := []string{"a", b}', "x = ['a', b]"),
        ('x := map[string]string{"a": b, c: d}', "x = {'a': b, c: d}"),
        ("x := &http.Cookie{Name: a}", "x = (& ({'Name': a} as http.Cookie))"),
        ("x := T{}; y := T{A: b}", "x = new T(); y = new T(A=b)"),
        ("x := p.T{A: b}", "x = ({'A': b} as p.T)"),
        ("x := []T{{A: b}}", "x = [{'A': b}]"),
        ("if a, ok := g(); ok && !a { h() } else if b { i() } else { j() }",
         "[a, ok] = g(); if (ok and (not a)) {h()} else {if b {i()} else {j()}}"),
        ("for i := 0; i < n; i++ { g(i) }", "i = 0; while (i < n) {g(i); i = (i + 1)}"),
        ("for { break }", "while - {break}"),
        ("for k, v := range m { g(k, v) }", "for [k, v] in items m {g(k, v)}"),
        ("for k := range m { g(k) }", "for k in keys m {g(k)}"),
        ("for ok { g() }", "while ok {g()}"),
        ('switch a { case "x", "y": g(); case "z": h(); fallthrough; default: i() }',
         "if (a in ['x', 'y']) {g()} else {if (a == 'z') {h(); i()} else {i()}}"),
        ("switch { case a > 1: g() }", "if (a > 1) {g()}"),
        ("switch a { case 1: if b { break }; g() }",
         "switch 1: while - {if (a == 1) {if b {break switch 1}; g()}; break}"),
        ("L: for a { for b { continue L } }", "L: while a {while b {continue L}}"),
        ("defer a.Close(); go g(x)", "a.Close(); g(x)"),
        ("go func(x string) { g(x) }(y)", "def (x: string) {g(x)}(y)"),
        ('panic("x")', "raise 'x'"),
        ("return a, nil", "return [a, None]"),
        ("g(a...)", "g(*a)"),
        ("c <- a", "?send(c, a)"),
        ("a := <-c", "a = ?receive(c)"),
    ],
)  # fmt: skip
def test_statements(text: str, expected: str) -> None:
    assert inside(text) == expected


def test_imports() -> None:
    text = """package main
    import (
        "os/exec"
        h "net/http"
        _ "github.com/lib/pq"
        . "fmt"
        "github.com/golang-jwt/jwt/v5"
        "gopkg.in/yaml.v3"
    )"""
    module = lowered("a.go", text)
    assert module.package == "main"
    assert outline("a.go", text) == [
        "import os/exec os/exec as exec", "import net/http net/http as h", "import github.com/lib/pq", "import fmt * as *",
        "import github.com/golang-jwt/jwt/v5 github.com/golang-jwt/jwt/v5 as jwt",
        "import gopkg.in/yaml.v3 gopkg.in/yaml.v3 as yaml",
    ]  # fmt: skip


def test_methods_stand_in_their_type_and_functions_before_variables() -> None:
    text = "var x = f()\nfunc f() int { return 1 }\ntype S struct { Base; a, b string }\nfunc (s *S) M(v string) { s.a = v }"
    assert outline("a.go", text) == [
        "def f() {return 1}",
        "class S(Base) {a: string = ?declaration(); b: string = ?declaration(); def (s *S) S.M(v: string) {s = this; s.a = v}}",
        "x = f()",
    ]


def test_a_method_of_a_type_of_another_file_is_a_function_with_a_receiver() -> None:
    assert outline("a.go", "func (s *S) M() {}") == ["def (s *S) S.M() {s = this}"]


def test_deep_nesting_is_bounded_and_said() -> None:
    assert lowered("a.go", "func f() { x = " + "(" * 3000 + "a" + ")" * 3000 + " }").errors
    assert lowered("a.go", "func f() { " + "{" * 3000 + "a()" + "}" * 3000 + " }").errors


@given(st.text(alphabet="(){}[]<>=,.;:'\"`/*+-!&| \nfunc typ struc switch case range defer", max_size=120))
def test_no_text_raises(text: str) -> None:
    assert lower("a.go", text.encode()) is not None
