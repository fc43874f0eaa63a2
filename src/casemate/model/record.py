"""`dataclass`, as in the standard library, for modules that are imported at every start.

The standard library writes and compiles some seven functions a class, about a millisecond; a scan of one template
imports 150 such classes, and makes objects of few. Here the methods are shared closures over the names of the fields,
and `__init__` is compiled when the first object is made. For everything else (fields, defaults, `replace`, matching,
pickling) the classes are dataclasses like any other, and mypy sees only those.
"""

from __future__ import annotations

import sys
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, cast, final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from dataclasses import dataclass, field, replace
else:

    def dataclass(
        cls: type | None = None, *, frozen: bool = False, slots: bool = False, eq: bool = True, kw_only: bool = False
    ) -> object:
        """Make a class a dataclass. The options mean what they mean in the standard library."""

        def wrap(cls: type) -> type:
            return _made(cls, frozen=frozen, slots=slots, eq=eq, kw_only=kw_only)

        return wrap if cls is None else wrap(cls)

    def field(**said: object) -> _Field:
        """What is said of one field. The keywords mean what they mean in the standard library."""
        return _Field(**said)

    def replace(one: object, /, **changes: object) -> object:
        """A copy with other values in some fields. Raises `TypeError` for a field that there is not."""
        fields = _FIELDS_OF.get(type(one))
        if fields is None:
            from dataclasses import replace as replaced

            return replaced(one, **changes)
        for each in fields:
            if each.init and each.name not in changes:
                changes[each.name] = getattr(one, each.name)
        return type(one)(**changes)


__all__ = ["dataclass", "field", "replace"]

_MISSING: Final = object()
_SAID: Final = ("default", "default_factory", "init", "repr", "hash", "compare", "kw_only")
_REFUSED = ("ClassVar", "InitVar", "KW_ONLY")
_FIELDS_OF: dict[type, tuple[_Field, ...]] = {}


@final
class _Field:
    """As `dataclasses.Field`, whose module takes longer to import than most of ours together."""

    __slots__ = ("compare", "default", "default_factory", "hash", "init", "kw_only", "name", "repr", "type")

    def __init__(
        self,
        *,
        default: object = _MISSING,
        default_factory: Any = _MISSING,  # noqa: ANN401 - a function without parameters
        init: bool = True,
        repr: bool = True,  # noqa: A002 - the standard library's name
        hash: bool | None = None,  # noqa: A002 - the standard library's name
        compare: bool = True,
        kw_only: bool | None = None,
    ) -> None:
        self.name = self.type = ""
        self.default, self.default_factory = default, default_factory
        self.init, self.repr, self.hash, self.compare, self.kw_only = init, repr, hash, compare, kw_only


@final
class _Standard:
    """What the standard library reads from a dataclass, made when it is read for the first time."""

    __slots__ = ("name", "options", "owner")

    def __init__(self, name: str, owner: type, options: dict[str, bool]) -> None:
        self.name, self.owner, self.options = name, owner, options

    def __get__(self, _one: object, _cls: type) -> object:
        import dataclasses

        own: list[tuple[str, Any, Any]] = []
        for each in _FIELDS_OF[self.owner]:
            said: dict[str, Any] = {name: getattr(each, name) for name in _SAID if getattr(each, name) is not _MISSING}
            own.append((each.name, each.type, dataclasses.field(**said)))
        like = dataclasses.make_dataclass(self.owner.__name__, own, **cast("Any", self.options))
        for name in ("__dataclass_fields__", "__dataclass_params__"):
            setattr(self.owner, name, getattr(like, name))
        return getattr(like, self.name)


def _made(cls: type, *, frozen: bool, slots: bool, eq: bool, kw_only: bool) -> type:
    own = set(vars(cls))
    fields = _fields(cls, kw_only=kw_only)
    for one in fields:
        if one.name in own:
            if one.default is _MISSING:
                delattr(cls, one.name)
            else:
                setattr(cls, one.name, one.default)
    made = _with_slots(cls, fields, frozen=frozen) if slots else cls
    _FIELDS_OF[made] = fields
    methods: dict[str, Any] = {"__repr__": _repr([one.name for one in fields if one.repr])}
    if eq:
        hashed = [one.name for one in fields if (one.compare if one.hash is None else one.hash)]
        methods["__eq__"] = _eq([one.name for one in fields if one.compare])
        methods["__hash__"] = _hash(hashed) if frozen else None
    if frozen:
        methods["__setattr__"] = _frozen(made, fields, "assign to", object.__setattr__)
        methods["__delattr__"] = _frozen(made, fields, "delete", object.__delattr__)
    methods["__init__"] = _late(made, fields, frozen=frozen)
    for name, method in methods.items():
        if name not in own:
            _put(made, name, method)
    standard: dict[str, object] = {"__match_args__": tuple(one.name for one in fields if one.init and not one.kw_only)}
    options = {"frozen": frozen, "slots": slots, "eq": eq}
    for name in ("__dataclass_fields__", "__dataclass_params__"):
        standard[name] = _Standard(name, made, options)
    for name, value in standard.items():
        setattr(made, name, value)
    return made


def _fields(cls: type, *, kw_only: bool) -> tuple[_Field, ...]:
    """The fields of the parents, then the class's own, in the order in which they stand."""
    found: dict[str, _Field] = {}
    for parent in cls.__mro__[-1:0:-1]:
        for one in _FIELDS_OF.get(parent, ()):
            found[one.name] = one
        if parent not in _FIELDS_OF and "__dataclass_fields__" in vars(parent):
            message = f"{cls.__qualname__}: a parent is a dataclass of the standard library"
            raise TypeError(message)
    for name, annotation in cls.__annotations__.items():
        if any(word in str(annotation) for word in _REFUSED):
            message = f"{cls.__qualname__}.{name}: {annotation} is for dataclasses of the standard library"
            raise TypeError(message)
        one = _declared(vars(cls).get(name, _MISSING))
        one.name, one.type = name, annotation
        one.kw_only = kw_only if one.kw_only is None else one.kw_only
        found[name] = one
    return tuple(found.values())


def _declared(default: object) -> _Field:
    """From what stands behind the name of a field, which may be the standard library's `field`, to ours."""
    if isinstance(default, _Field):
        return default
    standard = sys.modules.get("dataclasses")
    if standard is None or not isinstance(default, standard.Field):
        if isinstance(default, list | dict | set | bytearray):
            message = f"a {type(default).__name__} as a default would be shared: use default_factory"
            raise ValueError(message)
        return _Field(default=default)
    said = {name: getattr(default, name) for name in _SAID if getattr(default, name) is not standard.MISSING}
    return _Field(**said)


def _put(made: type, name: str, method: Any) -> None:  # noqa: ANN401 - a function, or None
    if method is not None:
        method.__qualname__ = f"{made.__qualname__}.{name}"
    setattr(made, name, method)


def _getter(names: list[str]) -> Callable[[Any], Any]:
    """From an object to what its fields hold."""
    return attrgetter(*names) if names else lambda _: ()


def _repr(names: list[str]) -> Callable[[Any], str]:
    def method(self: Any) -> str:  # noqa: ANN401 - an object of the class
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return method


def _eq(names: list[str]) -> Callable[[Any, object], object]:
    held = _getter(names)

    def method(self: Any, other: object) -> object:  # noqa: ANN401 - an object of the class
        if other.__class__ is self.__class__:
            return held(self) == held(other)
        return NotImplemented

    return method


def _hash(names: list[str]) -> Callable[[Any], int]:
    held = _getter(names)

    def method(self: Any) -> int:  # noqa: ANN401 - an object of the class
        return hash(held(self))

    return method


def _frozen(made: type, fields: Iterable[_Field], verb: str, otherwise: Callable[..., None]) -> Callable[..., None]:
    """What is called to change an attribute: refused for fields; a subclass may have attributes of its own."""
    names = frozenset(one.name for one in fields)

    def method(self: Any, name: str, *value: object) -> None:  # noqa: ANN401 - an object of the class
        if type(self) is made or name in names:
            from dataclasses import FrozenInstanceError

            message = f"cannot {verb} field {name!r}"
            raise FrozenInstanceError(message)
        otherwise(self, name, *value)

    return method


# -- slots
def _with_slots(made: type, fields: Iterable[_Field], *, frozen: bool) -> type:
    """The class anew, with a slot for each field that no parent has: slots cannot be given to a class that exists."""
    inherited = {name for parent in made.__mro__[1:] for name in _slots_of(parent)}
    space = {name: value for name, value in vars(made).items() if name not in {"__dict__", "__weakref__"}}
    space["__slots__"] = tuple(one.name for one in fields if one.name not in inherited)
    for one in fields:
        space.pop(one.name, None)  # the default, which would hide the slot
    if frozen:
        space.setdefault("__getstate__", _state)
        space.setdefault("__setstate__", _restore)
    again = type(made)(made.__name__, made.__bases__, space)
    again.__qualname__ = made.__qualname__
    return again


def _slots_of(parent: type) -> tuple[str, ...]:
    slots = vars(parent).get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _owner(cls: type) -> type:
    return next(each for each in cls.__mro__ if each in _FIELDS_OF)


def _state(self: Any) -> list[object]:  # noqa: ANN401 - an object of any such class
    return [getattr(self, one.name) for one in _FIELDS_OF[_owner(type(self))]]


def _restore(self: Any, state: list[object]) -> None:  # noqa: ANN401 - an object of any such class
    for one, value in zip(_FIELDS_OF[_owner(type(self))], state, strict=True):
        object.__setattr__(self, one.name, value)


# -- the constructor
def _late(made: type, fields: Iterable[_Field], *, frozen: bool) -> Callable[..., None]:
    """A constructor that puts the compiled one in its place, and calls it."""

    def method(self: Any, *args: object, **keywords: object) -> None:  # noqa: ANN401 - an object of the class
        compiled = _constructor(made, fields, frozen=frozen)
        _put(made, "__init__", compiled)
        compiled(self, *args, **keywords)

    return method


def _constructor(made: type, fields: Iterable[_Field], *, frozen: bool) -> Callable[..., None]:
    space: dict[str, object] = {"_missing": _MISSING, "_set": object.__setattr__}
    positional: list[str] = []
    named: list[str] = []
    body: list[str] = []
    for one in fields:
        name = one.name
        value = name
        if one.default_factory is not _MISSING:
            space[f"_make_{name}"] = one.default_factory
            value = f"(_make_{name}() if {name} is _missing else {name})" if one.init else f"_make_{name}()"
            default = " = _missing"
        elif one.default is not _MISSING:
            space[f"_default_{name}"] = one.default
            value = name if one.init else f"_default_{name}"
            default = f" = _default_{name}"
        elif not one.init:
            continue
        else:
            default = ""
        if one.init:
            (named if one.kw_only else positional).append(name + default)
        body.append(f"  _set(self, {name!r}, {value})" if frozen else f"  self.{name} = {value}")
    if hasattr(made, "__post_init__"):
        body.append("  self.__post_init__()")
    parameters = ", ".join(["self", *positional, *(["*", *named] if named else [])])
    exec(f"def __init__({parameters}):\n" + ("\n".join(body) or "  pass"), space)  # noqa: S102 - names of fields only
    return cast("Callable[..., None]", space["__init__"])
