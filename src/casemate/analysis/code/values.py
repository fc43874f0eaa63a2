"""Abstract values: what the interpreter knows of a value, and which data of an attacker is in it.

A value is immutable, except for those with `fields` (`Mapping`, `Sequence`, `Instance`, `Class`, `ModuleValue`), whose
fields are cells that are written only through the interpreter's `Trail`, so that a branch can be undone and joined.

Taint is a tuple of `Label`s. A label names its `Origin` (one thing that an attacker can choose: a field of an event, a
parameter of a request), what it has been cured of, and the way it came.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final, get_args

from casemate.model.flow import FlowKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping as Map

    from casemate.analysis.code import ir

KINDS: Final[tuple[str, ...]] = get_args(FlowKind)
BIT: Final[Map[str, int]] = {kind: 1 << number for number, kind in enumerate(KINDS)}
EVERY: Final = (1 << len(KINDS)) - 1
"""Cures are sets of kinds of sinks, as bits: most labels have none."""

MAX_LABELS = 12
MAX_OPTIONS = 8
MAX_PARTS = 32
MAX_TEXT = 20_000
MAX_STEPS = 14

# How a label's text relates to the data as it came in: what a check of it then says about the data.
WHOLE, HOST, PLACE, PART = range(4)
"""The data itself (trimmed, in another case); the host of a URL in it; it as a normalised path; some text of it."""


class Origin:
    """One thing that an attacker can choose. `key`: equal for equal things; `what`: for people; `kind` as in models."""

    __slots__ = ("key", "kind", "what")

    def __init__(self, key: str, what: str, kind: str = "request") -> None:
        self.key = key
        self.what = what
        self.kind = kind

    def __repr__(self) -> str:
        return f"Origin({self.key!r})"


class Trace:
    """The way of a label, newest stop first. `call`: whether the stop is where a call was made."""

    __slots__ = ("at", "label", "length", "module", "previous")

    def __init__(self, module: ir.Module, at: ir.At, label: str, previous: Trace | None = None) -> None:
        self.module = module
        self.at = at
        self.label = label
        self.previous = previous
        self.length: int = 1 if previous is None else previous.length + 1


class Label:
    """Data of one origin in a value.

    `cured`: the kinds of sinks it is harmless for (bits); `quoted`: the cure holds only outside (inside) of quotes;
    `form`: how the text relates to the data; `sure`: False once it went through something that is only supposed to
    hand it on.
    """

    __slots__ = ("cured", "form", "key", "origin", "quoted", "sure", "trace")

    def __init__(
        self, origin: Origin, trace: Trace, *, cured: int = 0, quoted: str = "", form: int = WHOLE, sure: bool = True
    ) -> None:
        self.origin = origin
        self.trace = trace
        self.cured = cured
        self.quoted = quoted
        self.form = form
        self.sure = sure
        self.key = (origin.key, cured, quoted, form, sure)

    def with_step(self, module: ir.Module, at: ir.At, label: str) -> Label:
        """The same label one stop further on."""
        trace = self.trace
        if trace.length >= MAX_STEPS or (trace.module is module and trace.at == at):
            return self
        return Label(
            self.origin,
            Trace(module, at, label, trace),
            cured=self.cured,
            quoted=self.quoted,
            form=self.form,
            sure=self.sure,
        )

    def derived(self, *, cured: int = 0, quoted: str = "", form: int | None = None, sure: bool = True) -> Label:
        """The label of what was made of the data."""
        return Label(
            self.origin,
            self.trace,
            cured=self.cured | cured,
            quoted=quoted or self.quoted,
            form=self.form if form is None else form,
            sure=self.sure and sure,
        )

    def __repr__(self) -> str:
        return f"Label({self.origin.key}, cured={self.cured:b}, form={self.form})"


Taint = tuple[Label, ...]


def merge(left: Taint, right: Taint) -> Taint:
    """The labels of both; of two with one key the one with the shorter way."""
    if not right or left is right:
        return left
    if not left:
        return right
    table = {label.key: label for label in left}
    for label in right:
        known = table.get(label.key)
        if known is None or label.trace.length < known.trace.length:
            table[label.key] = label
    if len(table) > MAX_LABELS:
        return tuple(table.values())[:MAX_LABELS]
    return tuple(table.values())


def as_part(taint: Taint) -> Taint:
    """The labels of a text that only contains the data, or was cut out of it."""
    if all(label.form == PART for label in taint):
        return taint
    return tuple(label if label.form == PART else label.derived(form=PART) for label in taint)


class Value:
    """Anything. `taint`: the labels of the value itself (for containers, see `taint_of`)."""

    __slots__ = ("taint",)
    taint: Taint


class Const(Value):
    """A known scalar."""

    __slots__ = ("value",)

    def __init__(self, value: str | bytes | float | bool | None) -> None:
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

    `index`: it is a position (`indexOf`), and holds where that is not negative.
    """

    __slots__ = ("index", "no", "yes")

    def __init__(self, yes: Guards = (), no: Guards = (), taint: Taint = (), *, index: bool = False) -> None:
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
    """One of several values."""

    __slots__ = ("options",)

    def __init__(self, options: tuple[Value, ...]) -> None:
        self.options = options
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


class Shape:
    """What an input looks like, lazily: `children` by key (`*` for the others), or an attacker's text.

    `what`: the words for the data if it is an attacker's (None: it is not), `kind` as in models; `element`: of a list;
    `opaque`: whatever is inside is the attacker's as well.
    """

    __slots__ = ("children", "element", "kind", "sort", "what")

    def __init__(
        self,
        what: str | None = None,
        children: Map[str, Shape] | None = None,
        *,
        element: Shape | None = None,
        kind: str = "request",
        sort: str = "",
    ) -> None:
        self.what = what
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
    """A dict or an object literal. `shape` says what is behind keys that nobody wrote, `key` is its origin's."""

    __slots__ = ("key", "path", "shape")

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


class Class(Holder):
    """A class of the project. `bases` are classes of the project or `Thing`s; `initial`: fields each object begins with."""

    __slots__ = ("bases", "initial", "name")

    def __init__(self, name: str, bases: tuple[Value, ...]) -> None:
        super().__init__()
        self.initial: dict[str, Value] = {}
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


def unknown(taint: Taint = (), sort: str = "") -> Value:
    """Something of which only the labels are known."""
    return Thing(None, taint, sort=sort) if taint or sort else UNKNOWN


def key_of(value: Value, depth: int = 0) -> object:
    """What makes two values the same, for memos, joins and fixpoints. Objects are themselves only."""
    if isinstance(value, Const):
        return (value.value.__class__, value.value)
    if isinstance(value, Thing):
        return (value.path, value.made, value.sort, taint_key(value.taint), value.receiver and id(value.receiver))
    if isinstance(value, (Text, Union)) and depth < 4:
        inner = value.parts if isinstance(value, Text) else value.options
        return (value.__class__, tuple(key_of(part, depth + 1) for part in inner))
    if isinstance(value, Environment):
        return (Environment, value.name)
    if isinstance(value, Verdict):
        return (Verdict, value.yes, value.no, taint_key(value.taint))
    if isinstance(value, Closure):
        return (id(value.function), id(value.scope), id(value.receiver))
    if isinstance(value, Method):
        return (Method, value.name, id(value.receiver))
    if isinstance(value, Row):
        rest = value.rest and key_of(value.rest, depth + 1)
        return (Row, tuple(key_of(item, depth + 1) for item in value.items), rest)
    if isinstance(value, Client):
        bound = tuple((name, key_of(part, depth + 1)) for name, part in value.bound.items()) if depth < 4 else ()
        return (Client, value.service, value.kind, value.operation, bound)
    return id(value)


def taint_key(taint: Taint) -> object:
    """What makes two taints the same."""
    return frozenset(label.key for label in taint) if taint else None


def options_of(value: Value) -> tuple[Value, ...]:
    """Each value that it may be."""
    return value.options if isinstance(value, Union) else (value,)


def join(left: Value, right: Value) -> Value:
    """A value that stands for both."""
    if left is right:
        return left
    if left.__class__ is Const and right.__class__ is Const:
        one, other = left.value, right.value  # type: ignore[attr-defined]  # both are Const
        if one.__class__ is other.__class__ and one == other:
            return left
        return Union((left, right))
    if isinstance(left, Row) and isinstance(right, Row):
        return _join_rows(left, right)
    return union((*options_of(left), *options_of(right)))


def union(values: Iterable[Value]) -> Value:
    """One of the values; too many become one that is not known but has all of their labels."""
    table: dict[object, Value] = {}
    loose: dict[object, Thing] = {}
    for value in values:
        for option in options_of(value):
            if isinstance(option, Thing) and option.receiver is None:
                place = (option.path, option.made, option.sort)
                known = loose.get(place)
                loose[place] = (
                    option
                    if known is None
                    else Thing(option.path, merge(known.taint, option.taint), made=option.made, sort=option.sort)
                )
                continue
            table.setdefault(key_of(option), option)
    found: list[Value] = [*table.values(), *loose.values()]
    if not found:
        return UNKNOWN
    if len(found) == 1:
        return found[0]
    if len(found) > MAX_OPTIONS:
        holders = [value for value in found if not isinstance(value, (Const, Text, Thing, Verdict, Environment))]
        taint: Taint = ()
        for value in found:
            taint = merge(taint, value.taint)
        if len(holders) < MAX_OPTIONS:
            sorts = {sort_of(value) for value in found if value not in holders}
            return Union((*holders, unknown(taint, sorts.pop() if len(sorts) == 1 else "")))
        for value in holders[MAX_OPTIONS - 1 :]:
            taint = merge(taint, taint_of(value))
        return Union((*holders[: MAX_OPTIONS - 1], unknown(taint)))
    return Union(tuple(found))


def _join_rows(left: Row, right: Row) -> Row:
    """Positions that both have stay apart; whatever only one has may be there."""
    count = min(len(left.items), len(right.items))
    items = tuple(join(one, other) for one, other in zip(left.items[:count], right.items[:count], strict=True))
    more = [*left.items[count:], *right.items[count:]]
    more.extend(rest for rest in (left.rest, right.rest) if rest is not None)
    return Row(items, union(more) if more else None)


MAX_LOOKED_AT = 300


def taint_of(value: Value) -> Taint:
    """The labels of the value and of everything in it, each object looked at once and no more than a bound of them."""
    if not isinstance(value, (Holder, Row, Union)):
        return value.taint
    taint: Taint = ()
    seen: set[int] = set()
    stack: list[Value] = [value]
    left = MAX_LOOKED_AT
    while stack and left:
        current = stack.pop()
        if isinstance(current, Holder):
            if id(current) in seen:
                continue
            seen.add(id(current))
            left -= 1
            if not isinstance(current, (Class, ModuleValue)):
                stack.extend(current.fields.values())
        elif isinstance(current, Row):
            stack.extend(current.items)
            if current.rest is not None:
                stack.append(current.rest)
        elif isinstance(current, Union):
            stack.extend(option for option in current.options if isinstance(option, Holder))
        if current.taint and current.taint is not taint:
            taint = merge(taint, current.taint)
    return taint


def sort_of(value: Value) -> str:
    """The language's own type of the value (`str`, `int`, `list` …), empty when it is not known."""
    if isinstance(value, Const):
        return "" if value.value is None else value.value.__class__.__name__
    if isinstance(value, Text):
        return "str"
    if isinstance(value, Environment):
        return "str"
    if isinstance(value, Thing):
        return value.sort
    if isinstance(value, Mapping):
        return "dict"
    if isinstance(value, Sequence):
        return value.kind
    if isinstance(value, Verdict):
        return "bool"
    if isinstance(value, Union):
        sorts = {sort_of(option) for option in value.options}
        return sorts.pop() if len(sorts) == 1 else ""
    return ""


def concat(values: Iterable[Value]) -> Value:
    """Text made of the values in a row."""
    parts: list[Value] = []
    for value in values:
        for part in value.parts if isinstance(value, Text) else (value,):
            if isinstance(part, Const):
                text = as_text(part)
                last = parts[-1] if parts else None
                if isinstance(last, Const) and isinstance(last.value, str):
                    if len(last.value) + len(text) > MAX_TEXT:
                        continue
                    parts[-1] = Const(last.value + text)
                else:
                    parts.append(Const(text))
            else:
                parts.append(part)
    parts = [part for part in parts if not (isinstance(part, Const) and part.value == "")]
    if not parts:
        return EMPTY
    if len(parts) == 1 and isinstance(parts[0], Const):
        return parts[0]
    if len(parts) > MAX_PARTS:
        taint: Taint = ()
        for part in parts[MAX_PARTS - 1 :]:
            taint = merge(taint, taint_of(part))
        parts = [*parts[: MAX_PARTS - 1], unknown(as_part(taint), "str")]
    return Text(tuple(_flat(part) for part in parts))


def _flat(part: Value) -> Value:
    """A part of a text with all of its labels on itself."""
    if isinstance(part, (Holder, Row)) or (
        isinstance(part, Union) and any(isinstance(o, Holder) for o in part.options)
    ):
        return unknown(as_part(taint_of(part)), "str")
    return part


def as_text(value: Const) -> str:
    """A known scalar as text."""
    inner = value.value
    if isinstance(inner, str):
        return inner
    if isinstance(inner, bytes):
        return inner.decode("utf-8", "replace")
    return "" if inner is None else str(inner)


def known_text(value: Value) -> str | None:
    """The text, if it is completely known."""
    return value.value if isinstance(value, Const) and isinstance(value.value, str) else None


NEVER: Final = Const("never")
"""What a call gives that does not come back (`sys.exit`)."""
