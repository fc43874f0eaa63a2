"""Abstract values: what the interpreter knows of a value, and which data of an attacker is in it.

A value is immutable, except for those with `fields` (`Mapping`, `Sequence`, `Instance`, `Class`, `ModuleValue`), whose
fields are cells that are written only through the interpreter's `Trail`, so that a branch can be undone and joined.

Taint is a tuple of `Label`s. A label names its `Origin` (one thing that an attacker can choose: a field of an event, a
parameter of a request), what it has been cured of, and the way it came.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as Map

    from casemate.analysis.code import ir

from casemate.analysis.code.labels import Taint, as_part, merge


class Value:
    """Anything. `taint`: the labels of the value itself (for containers, see `taint_of`)."""

    __slots__ = ("taint",)
    taint: Taint


class Const(Value):
    """A known scalar."""

    __slots__ = ("value",)

    def __init__(self, value: str | bytes | float | bool | None) -> None:  # noqa: FBT001 - a scalar
        self.value = value
        self.taint = ()

    def __repr__(self) -> str:
        return f"Const({self.value!r})"


class Text(Value):
    """Text put together from parts, of which at least one is not known."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Value, ...]) -> None:
        self.parts = parts
        taint: Taint = ()
        for part in parts:
            taint = merge(taint, as_part(part.taint)) if part.taint else taint
        self.taint = taint

    def __repr__(self) -> str:
        return f"Text({self.parts!r})"


class Thing(Value):
    """What is not known, or is known by its library name only.

    `path`: the name of a library's member (`os.system`) or of the type of an object (`sqlite3.Cursor`), None when
    nothing is known; `made`: an object of that type, not the member itself; `receiver`: of a method; `sort`: the
    language's own type where it is known (`str`, `int`, `bool`, `bytes`, `list`, `dict`).
    """

    __slots__ = ("made", "path", "receiver", "sort")

    def __init__(
        self,
        path: str | None = None,
        taint: Taint = (),
        *,
        made: bool = False,
        receiver: Value | None = None,
        sort: str = "",
    ) -> None:
        self.path = path
        self.taint = taint
        self.made = made
        self.receiver = receiver
        self.sort = sort

    def __repr__(self) -> str:
        return f"Thing({self.path}{' *' if self.taint else ''}{' ' + self.sort if self.sort else ''})"


Guards = tuple[tuple[str, int], ...]
"""(key of an origin, kinds of sinks that its data is harmless for) pairs."""


class Verdict(Value):
    """The unknown outcome of a check: what is harmless where it holds (`yes`) and where it does not (`no`).

    `index`: it is a position (`indexOf`), and holds where that is not negative; `start`: what is harmless where it is
    the very first.
    """

    __slots__ = ("index", "no", "start", "yes")

    def __init__(
        self, yes: Guards = (), no: Guards = (), taint: Taint = (), *, index: bool = False, start: Guards = ()
    ) -> None:
        self.start = start
        self.yes = yes
        self.no = no
        self.taint = taint
        self.index = index

    def __repr__(self) -> str:
        return f"Verdict({self.yes}, {self.no})"


class Environment(Value):
    """The value of an environment variable."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name
        self.taint = ()

    def __repr__(self) -> str:
        return f"Environment({self.name})"


class Union(Value):
    """One of several values. `check`: what is known where it holds, and where it does not (`is_ok(x) or other`)."""

    __slots__ = ("check", "options")

    def __init__(self, options: tuple[Value, ...], check: Verdict | None = None) -> None:
        self.options = options
        self.check = check
        taint: Taint = ()
        for option in options:
            taint = merge(taint, option.taint) if option.taint else taint
        self.taint = taint

    def __repr__(self) -> str:
        return f"Union({self.options!r})"


class Row(Value):
    """The content of a sequence: its first items in order, then any number of `rest` (None: that is all)."""

    __slots__ = ("items", "rest")

    def __init__(self, items: tuple[Value, ...], rest: Value | None = None) -> None:
        self.items = items
        self.rest = rest
        self.taint = ()


_numbers = count(1)


class Cells(dict[object, Value]):
    """Fields of an object, variables of a scope. Written only through `Trail.set`.

    `serial`: in the order of making, so that what a call has made can be told from what was there.
    """

    __slots__ = ("serial",)

    def __init__(self, content: Iterable[tuple[object, Value]] = ()) -> None:
        super().__init__(content)
        self.serial = next(_numbers)


class _Cell:
    """A field that no program can name."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<{self.name}>"


ITEMS: Final = _Cell("items")
REST: Final = _Cell("rest")
"""In a mapping: what was written under keys that are not known."""
KEYS: Final = _Cell("keys")
"""In a mapping: the keys that are not known, as one value."""
FRESH: Final = _Cell("fresh")
"""In a mapping with a `REST`: the known keys that were written after it, so that it says nothing of them."""


class Shape:
    """What an input looks like, lazily: `children` by key (`*` for the others), or an attacker's text.

    `what`: the words for the data if it is an attacker's (None: it is not), `kind` as in models; `element`: of a list;
    `opaque`: whatever is inside is the attacker's as well; `path`: a name for what the platform puts there.
    """

    __slots__ = ("children", "element", "kind", "path", "sort", "what")

    def __init__(
        self,
        what: str | None = None,
        children: Map[str, Shape] | None = None,
        *,
        element: Shape | None = None,
        kind: str = "request",
        sort: str = "",
        path: str | None = None,
    ) -> None:
        self.what = what
        self.path = path
        self.children = children or {}
        self.element = element
        self.kind = kind
        self.sort = sort


class Holder(Value):
    """An object with fields."""

    __slots__ = ("fields",)

    def __init__(self, fields: Cells | None = None) -> None:
        self.fields: Cells = Cells() if fields is None else fields
        self.taint = ()


class Mapping(Holder):
    """A dict or an object literal.

    `shape` says what is behind keys that nobody wrote, `key` is its origin's; `factory` makes what is asked for and is
    not there (`defaultdict`).
    """

    __slots__ = ("factory", "key", "path", "shape")

    def __init__(
        self,
        fields: Cells | None = None,
        shape: Shape | None = None,
        key: str = "",
        taint: Taint = (),
        path: str | None = None,
    ) -> None:
        super().__init__(fields)
        self.shape = shape
        self.key = key
        self.taint = taint
        self.path = path
        self.factory: Value | None = None

    def __repr__(self) -> str:
        return f"Mapping({list(self.fields)!r})"


class Sequence(Holder):
    """A list, tuple, set or array."""

    __slots__ = ("kind",)

    def __init__(self, items: Iterable[Value] = (), rest: Value | None = None, kind: str = "list") -> None:
        super().__init__(Cells(((ITEMS, Row(tuple(items), rest)),)))
        self.kind = kind

    @property
    def row(self) -> Row:
        """The content."""
        row = self.fields[ITEMS]
        assert isinstance(row, Row)  # noqa: S101 - the only thing that is written there
        return row

    def __repr__(self) -> str:
        return f"Sequence({self.row.items!r}, {self.row.rest!r})"


class Scope:
    """The variables of a function or module. `outer`: names that belong to another scope (`global`, `nonlocal`)."""

    __slots__ = ("fields", "outer", "parent")

    def __init__(self, parent: Scope | None = None) -> None:
        self.fields = Cells()
        self.parent = parent
        self.outer: dict[str, Scope] = {}


class ModuleValue(Holder):
    """A loaded module of the project: `fields` are its variables (Python) or exports (JavaScript)."""

    __slots__ = ("language", "module", "scope")

    def __init__(self, module: ir.Module, scope: Scope, fields: Cells) -> None:
        super().__init__(fields)
        self.module = module
        self.scope = scope
        self.language = module.language


class Closure(Value):
    """A function of the project with the scope it was made in; `receiver`: what it is bound to."""

    __slots__ = ("cls", "function", "module", "receiver", "scope", "wraps")

    def __init__(
        self,
        function: ir.Function,
        module: ir.Module,
        scope: Scope,
        receiver: Value | None = None,
        cls: Class | None = None,
        wraps: Value | None = None,
    ) -> None:
        self.function = function
        self.module = module
        self.scope = scope
        self.receiver = receiver
        self.cls = cls
        self.wraps = wraps
        self.taint = ()

    def bound(self, receiver: Value) -> Closure:
        """The method of `receiver`."""
        return Closure(self.function, self.module, self.scope, receiver, self.cls, self.wraps)

    def __repr__(self) -> str:
        return f"Closure({self.function.name})"


class Declared(NamedTuple):
    """A field as a class declares it: its type as written, the value written there, its decorators."""

    type: str
    value: ir.Expr | None = None
    notes: tuple[ir.Expr, ...] = ()


class Class(Holder):
    """A class of the project.

    `declared`: its fields by name, `home` and `module`: where the names of their types are looked up. `bases` are
    classes of the project or `Thing`s; `initial`: the fields that each object begins with; `types`: their
    declared types, where a language has them (C#); `overloads`: methods of one name, where a language has them.
    """

    __slots__ = ("bases", "declared", "home", "initial", "module", "name", "overloads", "types")

    def __init__(self, name: str, bases: tuple[Value, ...]) -> None:
        super().__init__()
        self.declared: dict[str, Declared] = {}
        self.home: Scope | None = None
        self.module: ir.Module | None = None
        self.initial: dict[str, Value] = {}
        self.types: dict[str, str] = {}
        self.overloads: dict[str, list[Closure]] = {}
        self.name = name
        self.bases = bases

    def find(self, name: str, depth: int = 0) -> Value | None:
        """A member, also of a base class."""
        found = self.fields.get(name)
        if found is not None or depth > 8:
            return found
        for base in self.bases:
            if isinstance(base, Class):
                found = base.find(name, depth + 1)
                if found is not None:
                    return found
        return None

    def library_base(self, depth: int = 0) -> str | None:
        """The name of the library class that it extends, if it does."""
        for base in self.bases:
            if isinstance(base, Thing) and base.path:
                return base.path
            if isinstance(base, Class) and depth < 8:
                found = base.library_base(depth + 1)
                if found:
                    return found
        return None

    def __repr__(self) -> str:
        return f"Class({self.name})"


class Instance(Holder):
    """An object of a class of the project."""

    __slots__ = ("cls",)

    def __init__(self, cls: Class) -> None:
        super().__init__()
        self.cls = cls

    def __repr__(self) -> str:
        return f"Instance({self.cls.name})"


class Method(Value):
    """A method of a value that the language itself defines (`str.format`, `list.append`), not yet called."""

    __slots__ = ("name", "receiver")

    def __init__(self, receiver: Value, name: str) -> None:
        self.receiver = receiver
        self.name = name
        self.taint = ()

    def __repr__(self) -> str:
        return f"Method({self.receiver!r}.{self.name})"


class Partial(Value):
    """A function with its first arguments given (`functools.partial`, `bind`)."""

    __slots__ = ("arguments", "function", "keywords")

    def __init__(self, function: Value, arguments: tuple[Value, ...], keywords: Map[str, Value]) -> None:
        self.function = function
        self.arguments = arguments
        self.keywords = dict(keywords)
        self.taint = ()


class Super(Value):
    """`super()`: members of the bases of `cls` for `receiver`."""

    __slots__ = ("cls", "receiver")

    def __init__(self, cls: Class, receiver: Value) -> None:
        self.cls = cls
        self.receiver = receiver
        self.taint = ()


class Client(Value):
    """An SDK client or resource object. `service`, `kind` (`client`, `resource`, `Table`, `command`) and what it names.

    `bound`: parameters that calls through it have (`TableName`); `operation`: of a command, paginator or waiter.
    """

    __slots__ = ("bound", "kind", "operation", "sdk", "service")

    def __init__(
        self,
        sdk: str,
        service: str,
        kind: str = "client",
        bound: Map[str, Value] | None = None,
        operation: str = "",
    ) -> None:
        self.sdk = sdk
        self.service = service
        self.kind = kind
        self.bound = dict(bound or {})
        self.operation = operation
        self.taint = ()

    def __repr__(self) -> str:
        return f"Client({self.service}.{self.kind}{'.' + self.operation if self.operation else ''})"


NONE: Final = Const(None)
TRUE: Final = Const(True)
FALSE: Final = Const(False)
UNKNOWN: Final = Thing()
EMPTY: Final = Const("")


NEVER: Final = Const("never")
"""What a call gives that does not come back (`sys.exit`)."""
