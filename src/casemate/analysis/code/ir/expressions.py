"""Expressions of the intermediate representation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from casemate.analysis.code.ir.statements import Function

At = tuple[int, int]
"""A byte range of the file: start, end (exclusive)."""


@dataclass(slots=True)
class Const:
    """A literal: text, bytes, number, truth value, or None (`null`, `nil`, `undefined` too). `...` is `Opaque`."""

    value: str | bytes | int | float | bool | None
    at: At


@dataclass(slots=True)
class Name:
    """A variable. `this` and `self` are names like any other."""

    id: str
    at: At


@dataclass(slots=True)
class Attr:
    """`target.name`. `optional` chaining is the same thing: an absent target only ends the flow."""

    target: Expr
    name: str
    at: At


@dataclass(slots=True)
class Index:
    """`target[key]`; a slice has a `Slice` as its key."""

    target: Expr
    key: Expr
    at: At


@dataclass(slots=True)
class Slice:
    """`lower:upper:step` in an index."""

    lower: Expr | None
    upper: Expr | None
    step: Expr | None
    at: At


@dataclass(slots=True)
class Call:
    """A call, or with `new` the construction of an object.

    `arguments` by position; a spread (`*xs`, `...xs`) is a `Spread` among them; `keywords`: (name, value), with `""`
    for `**mapping`. A tagged template is a call of its tag with one `Join` argument.
    """

    function: Expr
    arguments: list[Expr]
    keywords: list[tuple[str, Expr]]
    at: At
    new: bool = False


@dataclass(slots=True)
class Spread:
    """`*value` or `...value` in arguments and displays."""

    value: Expr
    at: At


@dataclass(slots=True)
class Unary:
    """`operator` is `not`, `-`, `+`, `~`, `typeof`, `void`, `&` (address), `*` (what a pointer points to)."""

    operator: str
    value: Expr
    at: At


@dataclass(slots=True)
class Binary:
    """Arithmetic and comparison, spelled as in Python.

    `+ - * / // % ** | & ^ << >> == != < <= > >= in not-in is is-not`. JavaScript's `===` is `==`; `instanceof` keeps
    its name.
    """

    operator: str
    left: Expr
    right: Expr
    at: At


@dataclass(slots=True)
class Logical:
    """`and`, `or`, and `??` (the left unless it is None): the right side may not be evaluated."""

    operator: Literal["and", "or", "??"]
    left: Expr
    right: Expr
    at: At


@dataclass(slots=True)
class Conditional:
    """`then if test else otherwise`."""

    test: Expr
    then: Expr
    otherwise: Expr
    at: At


@dataclass(slots=True)
class Join:
    """Text built in place from parts: an f-string, a template literal. Literal pieces are `Const`s.

    `specs`: for each part the conversion or format that is applied to it (`""`, `!r`, `:d`), literal pieces `""`.
    """

    parts: list[Expr]
    at: At
    specs: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Display:
    """A list, tuple, set, array: `kind` says which; `items` may hold a `Spread`."""

    kind: Literal["list", "tuple", "set"]
    items: list[Expr]
    at: At


@dataclass(slots=True)
class Record:
    """A dict or object literal, or a Go struct literal. A spread (`**x`, `...x`) is an entry with key None."""

    entries: list[tuple[Expr | None, Expr]]
    at: At


@dataclass(slots=True)
class Comprehension:
    """`element for target in iterable if condition …`; for a dict comprehension `key` is set."""

    kind: Literal["list", "set", "dict", "generator"]
    element: Expr
    key: Expr | None
    clauses: list[Clause]
    at: At


@dataclass(slots=True)
class Clause:
    """One `for target in iterable` of a comprehension with its conditions."""

    target: Expr
    iterable: Expr
    conditions: list[Expr]


@dataclass(slots=True)
class Lambda:
    """A function as a value: a lambda, an arrow function, a function expression, a method given by reference."""

    function: Function
    at: At


@dataclass(slots=True)
class Await:
    """`await value` (a promise's value), or with `iterate` the delegation `yield from`."""

    value: Expr
    at: At


@dataclass(slots=True)
class Yield:
    """`yield value`."""

    value: Expr | None
    at: At


@dataclass(slots=True)
class AssignExpr:
    """An assignment that is an expression (`:=`, JavaScript's `=`)."""

    target: Expr
    value: Expr
    at: At


@dataclass(slots=True)
class Cast:
    """A conversion to a type by syntax: Java `(int) x`, Go `[]byte(x)`, TypeScript `x as T` (which does nothing)."""

    type: str
    value: Expr
    at: At


@dataclass(slots=True)
class Opaque:
    """What the front end has no node for, with the expressions inside: data flows from each of them to the result."""

    kind: str
    parts: list[Expr]
    at: At


Expr = (
    Const | Name | Attr | Index | Slice | Call | Spread | Unary | Binary | Logical | Conditional | Join | Display
    | Record | Comprehension | Lambda | Await | Yield | AssignExpr | Cast | Opaque
)  # fmt: skip
