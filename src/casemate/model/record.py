"""`dataclass`, as in the standard library, for modules that are imported at every start.

The standard library writes and compiles some seven functions a class, about a millisecond; a scan of one template
imports 150 such classes, and makes objects of few. Here the methods are shared closures over the names of the fields,
and `__init__` is compiled when the first object is made. For everything else (fields, defaults, `replace`, matching,
pickling) the classes are dataclasses like any other, and mypy sees only those.
"""

from __future__ import annotations

import dataclasses
from dataclasses import FrozenInstanceError
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass
else:

    def dataclass(
        cls: type | None = None, *, frozen: bool = False, slots: bool = False, eq: bool = True, kw_only: bool = False
    ) -> object:
        """Make a class a dataclass. The options mean what they mean in the standard library."""

        def wrap(cls: type) -> type:
            return _made(cls, frozen=frozen, slots=slots, eq=eq, kw_only=kw_only)

        return wrap if cls is None else wrap(cls)


__all__ = ["dataclass"]


def _made(cls: type, *, frozen: bool, slots: bool, eq: bool, kw_only: bool) -> type:
    own = set(vars(cls))
    made: type = dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(cls)
    fields = dataclasses.fields(cast("Any", made))
    if slots:
        made = _with_slots(made, fields, frozen=frozen)
    methods: dict[str, Any] = {"__repr__": _repr([field.name for field in fields if field.repr])}
    if eq:
        hashed = [field.name for field in fields if (field.compare if field.hash is None else field.hash)]
        methods["__eq__"] = _eq([field.name for field in fields if field.compare])
        methods["__hash__"] = _hash(hashed) if frozen else None
    if frozen:
        methods["__setattr__"] = _frozen(made, fields, "assign to", object.__setattr__)
        methods["__delattr__"] = _frozen(made, fields, "delete", object.__delattr__)
    methods["__init__"] = _late(made, fields, frozen=frozen)
    for name, method in methods.items():
        if name not in own:
            _put(made, name, method)
    return made


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


def _frozen(
    made: type, fields: tuple[dataclasses.Field[Any], ...], verb: str, otherwise: Callable[..., None]
) -> Callable[..., None]:
    """What is called to change an attribute: refused for fields; a subclass may have attributes of its own."""
    names = frozenset(field.name for field in fields)

    def method(self: Any, name: str, *value: object) -> None:  # noqa: ANN401 - an object of the class
        if type(self) is made or name in names:
            message = f"cannot {verb} field {name!r}"
            raise FrozenInstanceError(message)
        otherwise(self, name, *value)

    return method


# -- slots
def _with_slots(made: type, fields: tuple[dataclasses.Field[Any], ...], *, frozen: bool) -> type:
    """The class anew, with a slot for each field that no parent has: slots cannot be given to a class that exists."""
    inherited = {name for parent in made.__mro__[1:] for name in _slots_of(parent)}
    space = {name: value for name, value in vars(made).items() if name not in {"__dict__", "__weakref__"}}
    space["__slots__"] = tuple(field.name for field in fields if field.name not in inherited)
    for field in fields:
        space.pop(field.name, None)  # the default, which would hide the slot
    if frozen:
        space.setdefault("__getstate__", _state)
        space.setdefault("__setstate__", _restore)
    again = type(made)(made.__name__, made.__bases__, space)
    again.__qualname__ = made.__qualname__
    return again


def _slots_of(parent: type) -> tuple[str, ...]:
    slots = vars(parent).get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _state(self: Any) -> list[object]:  # noqa: ANN401 - an object of any such class
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _restore(self: Any, state: list[object]) -> None:  # noqa: ANN401 - an object of any such class
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


# -- the constructor
def _late(made: type, fields: tuple[dataclasses.Field[Any], ...], *, frozen: bool) -> Callable[..., None]:
    """A constructor that puts the compiled one in its place, and calls it."""

    def method(self: Any, *args: object, **keywords: object) -> None:  # noqa: ANN401 - an object of the class
        compiled = _constructor(made, fields, frozen=frozen)
        _put(made, "__init__", compiled)
        compiled(self, *args, **keywords)

    return method


def _constructor(made: type, fields: tuple[dataclasses.Field[Any], ...], *, frozen: bool) -> Callable[..., None]:
    space: dict[str, object] = {"_missing": dataclasses.MISSING, "_set": object.__setattr__}
    positional: list[str] = []
    named: list[str] = []
    body: list[str] = []
    for field in fields:
        name = field.name
        value = name
        if field.default_factory is not dataclasses.MISSING:
            space[f"_make_{name}"] = field.default_factory
            value = f"(_make_{name}() if {name} is _missing else {name})" if field.init else f"_make_{name}()"
            default = " = _missing"
        elif field.default is not dataclasses.MISSING:
            space[f"_default_{name}"] = field.default
            value = name if field.init else f"_default_{name}"
            default = f" = _default_{name}"
        elif not field.init:
            continue
        else:
            default = ""
        if field.init:
            (named if field.kw_only else positional).append(name + default)
        body.append(f"  _set(self, {name!r}, {value})" if frozen else f"  self.{name} = {value}")
    if hasattr(made, "__post_init__"):
        body.append("  self.__post_init__()")
    parameters = ", ".join(["self", *positional, *(["*", *named] if named else [])])
    exec(f"def __init__({parameters}):\n" + ("\n".join(body) or "  pass"), space)  # noqa: S102 - names of fields only
    return cast("Callable[..., None]", space["__init__"])
