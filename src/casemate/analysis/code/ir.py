"""The intermediate representation: what Python, JavaScript, TypeScript, Go and Java have in common, and nothing else.

One front end a language (`python.py`, `javascript.py`, …) lowers a tree-sitter tree into a `Module`; everything that
looks at code (what it needs, where attacker-controlled data goes) looks at this. The IR keeps structure (branches and
loops are nested, not a graph) because the interpreter walks it as the program runs, joining states where branches meet.

Places are byte ranges `(start, end)` of the file, as tree-sitter gives them: `Module.span` makes lines and columns of
those that are reported. What a front end does not understand becomes `Opaque` with the expressions inside of it, so
that data still flows through; what the parser did not understand stands in `Module.errors`.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from casemate.model.location import Span

Language = Literal["python", "javascript", "typescript", "go", "java"]
At = tuple[int, int]
"""A byte range of the file: start, end (exclusive)."""


# -- expressions
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


# -- statements
@dataclass(slots=True)
class Assign:
    """`target = value`.

    Unpacking has a `Display` (positions) or a `Record` (JavaScript's `{a, b: c}`) as its target; a default (`{a =
    1}`) is a `Logical("??")` in the target's place: left the target, right the default. An augmented
    assignment is an assignment of a `Binary`. A declaration without a value assigns nothing and is not there. `type`:
    the declared type, as written, where there is one. `declares`: the names are new in the innermost scope
    (JavaScript's
    `const`, `let`, `var`, Go's `:=`); in Python every assignment declares, so it says nothing there.
    """

    target: Expr
    value: Expr
    at: At
    type: str | None = None
    declares: bool = False


@dataclass(slots=True)
class ExprStmt:
    """An expression for its effect."""

    value: Expr
    at: At


@dataclass(slots=True)
class Delete:
    """`del target`."""

    target: Expr
    at: At


@dataclass(slots=True)
class Return:
    """`return value`."""

    value: Expr | None
    at: At


@dataclass(slots=True)
class Raise:
    """`raise value`, `throw value`, `panic(value)`."""

    value: Expr | None
    at: At


@dataclass(slots=True)
class If:
    """A branch.

    A `match` or `switch` is a chain of these: a pattern is a comparison (`==`, `in`) of the subject, and what it binds
    is assigned at the head of `body`; fall-through is written out.
    """

    test: Expr
    body: list[Stmt]
    otherwise: list[Stmt]
    at: At


@dataclass(slots=True)
class Loop:
    """`for target in iterable` when `target` is set, else `while test` (None: endless).

    A C-style `for` is a `while` after its initialiser, its step at the end of `body`. `over`: what the target takes:
    the `values` of the iterable
    (Python, `for … of`), its `keys` (`for … in`), or `items` (Go's `range`: a `Display` of key and value).
    """

    target: Expr | None
    iterable: Expr | None
    test: Expr | None
    body: list[Stmt]
    otherwise: list[Stmt]
    at: At
    over: Literal["values", "keys", "items"] = "values"
    label: str | None = None


@dataclass(slots=True)
class Jump:
    """`break` or `continue`; `label` is the loop it names, if it names one."""

    kind: Literal["break", "continue"]
    at: At
    label: str | None = None


@dataclass(slots=True)
class Handler:
    """One `except`/`catch`: the exception's `types` as written (empty: all), what it is bound to, and the body."""

    types: list[str]
    name: str | None
    body: list[Stmt]


@dataclass(slots=True)
class Try:
    """`try` with its handlers, `else` (no exception) and `finally`."""

    body: list[Stmt]
    handlers: list[Handler]
    otherwise: list[Stmt]
    finish: list[Stmt]
    at: At


@dataclass(slots=True)
class With:
    """`with context as target`, Java's try with resources, Go's `defer`red close (which is an `ExprStmt`)."""

    items: list[tuple[Expr, Expr | None]]
    body: list[Stmt]
    at: At


@dataclass(slots=True)
class Import:
    """Names from another module, as the language means them.

    `module`: as written (`os.path`, `./lib/db`, `github.com/aws/aws-sdk-go-v2/service/s3`, `com.amazonaws…`), with
    Python's leading dots kept. `names`: (name in the module, local name); the name `*` binds everything, the name `""`
    the module itself. Python's `import a.b` binds `a` (local name `a`, module `a`) and also loads `a.b`: two imports,
    the second without names. CommonJS `const {x} = require("m")` at any level is an Import too when its argument is
    constant; otherwise it stays a call.
    """

    module: str
    names: list[tuple[str, str]]
    at: At


@dataclass(slots=True)
class Export:
    """JavaScript: `export {local as name}`; `default` is a name; `exports.name = …` too.

    `module.exports = value` has the name `""`: the module itself, as in `Import` (its written-out fields are exported
    by
    name as well).

    `value` is what is exported.
    `module`: for a re-export (`export {a as b} from "./m"`, name `*` for all): `value` is then a `Name` in that module.
    """

    name: str
    value: Expr
    at: At
    module: str | None = None


@dataclass(slots=True)
class Scoped:
    """`global`/`nonlocal` names: assignments go to the outer scope."""

    names: list[str]
    at: At


@dataclass(slots=True)
class Parameter:
    """One parameter.

    `kind`: by position or name, `*rest`, `**rest`, or name only; `pattern`: what it is unpacked into (JavaScript's
    `({a, b}) =>`), as an assignment target; `type`: as written.
    """

    name: str
    default: Expr | None = None
    kind: Literal["plain", "rest", "keywords", "named"] = "plain"
    pattern: Expr | None = None
    type: str | None = None
    decorators: tuple[Expr, ...] = ()


@dataclass(slots=True)
class Function:
    """A function, method, lambda or arrow function. `name` is `""` for one without a name.

    `receiver`: Go's method receiver (variable, type); `owner`: the class that a method is written in. `captures_this`:
    an arrow function.
    """

    name: str
    parameters: list[Parameter]
    body: list[Stmt]
    at: At
    decorators: list[Expr] = field(default_factory=list)
    is_async: bool = False
    is_generator: bool = False
    is_static: bool = False
    captures_this: bool = False
    owner: str | None = None
    receiver: tuple[str, str] | None = None
    name_at: At | None = None
    returns: str | None = None


@dataclass(slots=True)
class FunctionDef:
    """A function declared by a statement."""

    function: Function


@dataclass(slots=True)
class ClassDef:
    """A class, or a Go struct with the methods that its file gives it. Fields with a value are `Assign`s in `body`."""

    name: str
    bases: list[Expr]
    body: list[Stmt]
    at: At
    decorators: list[Expr] = field(default_factory=list)


Stmt = (
    Assign | ExprStmt | Delete | Return | Raise | If | Loop | Jump | Try | With | Import | Export | Scoped | FunctionDef
    | ClassDef
)  # fmt: skip


@dataclass(slots=True)
class Comment:
    """A comment, for suppressions and directives."""

    text: str
    at: At


@dataclass
class Module:
    """One file. `errors`: where the parser was lost (the rest is there); `package`: Go's and Java's package name."""

    path: str
    language: Language
    source: bytes
    body: list[Stmt]
    errors: list[At] = field(default_factory=list)
    package: str | None = None

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        find = self.source.find
        position = find(b"\n")
        while position >= 0:
            starts.append(position + 1)
            position = find(b"\n", position + 1)
        return starts

    def line(self, position: int) -> int:
        """The 1-based line of a byte."""
        return bisect_right(self._starts, position)

    def span(self, at: At) -> Span:
        """The place in lines and columns (code points), for a report."""
        return Span(self.path, *self._place(at[0]), *self._place(at[1]))

    def _place(self, position: int) -> tuple[int, int]:
        line = bisect_right(self._starts, position)
        start = self._starts[line - 1]
        return line, len(self.source[start:position].decode("utf-8", "replace")) + 1
