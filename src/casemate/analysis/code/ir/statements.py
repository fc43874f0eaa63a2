"""Statements of the intermediate representation, functions and classes among them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from casemate.analysis.code.ir.expressions import At, Expr


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
class Field:
    """A field of a class as it is declared: its type as written, and its decorators (TypeScript)."""

    name: str
    type: str
    decorators: list[Expr] = field(default_factory=list)


@dataclass(slots=True)
class ClassDef:
    """A class, or a Go struct with the methods that its file gives it. Fields with a value are `Assign`s in `body`.

    `fields`: those with a type or decorators, where a declaration without a value is no statement (TypeScript).
    """

    name: str
    bases: list[Expr]
    body: list[Stmt]
    at: At
    decorators: list[Expr] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)


Stmt = (
    Assign | ExprStmt | Delete | Return | Raise | If | Loop | Jump | Try | With | Import | Export | Scoped | FunctionDef
    | ClassDef
)  # fmt: skip
