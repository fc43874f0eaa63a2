"""Stand-ins for clients of services: every call gives something that can be used like most things.

A `Stub` is a text (`1`), has every attribute and item, can be called, iterated (once), entered, awaited and compared.
It keeps the arguments that it was made with, so that a request object can be looked into. A name that ends like an
exception's is an exception class, so that `except` clauses work.
"""
# ruff: noqa: ANN401, SLOT000 - anything goes in, anything comes out

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Iterator
from typing import Any

CONTENT = ["1"]
"""What every stub says as a text: the number one, or a payload where what is stored is the attacker's."""
_PLAIN = frozenset({
    "__class__", "__dict__", "__init__", "__new__", "__str__", "__repr__", "__hash__", "__eq__", "__ne__", "__doc__",
    "__reduce__", "__reduce_ex__", "__getstate__", "__sizeof__", "__format__", "__module__", "__len__", "__add__",
    "__radd__", "__mod__", "__contains__", "__lt__", "__gt__", "__le__", "__ge__", "__mul__", "__rmul__", "__bool__",
    "__call__", "__getitem__", "__setitem__", "__delitem__", "__iter__", "__next__", "__enter__", "__exit__",
    "__aenter__",
    "__aexit__", "__await__", "__aiter__", "__anext__", "__int__", "__float__", "__index__", "__mro_entries__",
    "__buffer__",
    "__getattribute__", "__setattr__", "__delattr__", "__subclasshook__", "__init_subclass__", "__dir__", "__fspath__",
})  # fmt: skip
_ABSENT = frozenset({"__html__", "__html_format__", "__array__", "__wrapped__", "__get__", "__set__", "__set_name__",
                     "__dataclass_fields__", "__attrs_attrs__", "_fields", "__origin__", "__args__",
                     "__prepare__"})  # fmt: skip
_EXCEPTION = ("Error", "Exception", "Warning", "Timeout", "NotFound", "Failure", "Expired")


class Stub(str):
    """Something of a library that is not there, or must not act."""

    _stub_name: str
    _stub_given: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, name: str = "stub", given: Any = ((), {})) -> Any:
        made = str.__new__(cls, CONTENT[0])
        object.__setattr__(made, "_stub_name", name)
        object.__setattr__(made, "_stub_given", given)
        return made

    def __init__(self, *_: Any, **__: Any) -> None:
        """Take anything: classes that inherit from a stub are made with their own arguments."""

    def __init_subclass__(cls, **_: Any) -> None:
        """Inherit with any keyword."""

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("_stub") or name in _PLAIN:
            return object.__getattribute__(self, name)
        if name in _ABSENT:
            raise AttributeError(name)
        try:
            mine = object.__getattribute__(self, "__dict__")
        except AttributeError:
            mine = {}
        if name in mine:
            return mine[name]
        cls = type(self)
        if cls is not Stub:
            for one in cls.__mro__:
                if one is Stub:
                    break
                if name in one.__dict__:
                    return object.__getattribute__(self, name)
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return attribute(f"{self._stub_name}.{name}", name)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        first = arguments[0] if len(arguments) == 1 and not keywords else None
        if isinstance(first, (types.FunctionType, type)):
            return first  # a decorator
        return Stub(f"{self._stub_name}()", (arguments, keywords))

    def __getitem__(self, key: Any) -> Any:
        return Stub(f"{self._stub_name}[]")

    def __setitem__(self, key: Any, value: Any) -> None:
        """Forget it."""

    def __delitem__(self, key: Any) -> None:
        """Forget it."""

    def __iter__(self) -> Iterator[Any]:
        return iter((Stub(f"{self._stub_name}[]"),))

    def __next__(self) -> Any:
        return Stub(f"{self._stub_name}[]")

    def __len__(self) -> int:
        return 1

    def __bool__(self) -> bool:
        return True

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""

    async def __aenter__(self) -> Any:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing to close."""

    def __await__(self) -> Any:
        yield from ()
        return self

    async def __aiter__(self) -> Any:
        yield Stub(f"{self._stub_name}[]")

    def __int__(self) -> int:
        return 1

    def __float__(self) -> float:
        return 1.0

    def __index__(self) -> int:
        return 1

    def __lt__(self, other: Any) -> bool:
        return str.__lt__(self, other) if isinstance(other, str) else False

    def __gt__(self, other: Any) -> bool:
        return str.__gt__(self, other) if isinstance(other, str) else False

    def __le__(self, other: Any) -> bool:
        return str.__le__(self, other) if isinstance(other, str) else True

    def __ge__(self, other: Any) -> bool:
        return str.__ge__(self, other) if isinstance(other, str) else True

    def __mro_entries__(self, bases: Any) -> tuple[type, ...]:
        return (Stub,) if not any(base is Stub for base in bases) else ()


def attribute(path: str, name: str) -> Any:
    """A stub, or an exception class by its name."""
    if name[:1].isupper() and name.endswith(_EXCEPTION):
        return type(name, (Exception,), {"response": {"Error": {"Code": "Stub"}}})
    return Stub(path)


class Module(types.ModuleType):
    """A module that has everything."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = attribute(f"{self.__name__}.{name}", name)
        setattr(self, name, found)
        return found


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules of the packages that are stood in for: `always` first of all, `missing` when nobody else does.

    What nobody has is remembered in `unknown`.
    """

    def __init__(self, names: frozenset[str], unknown: list[str] | None = None) -> None:
        self.names = names
        self.unknown = unknown

    def find_spec(self, fullname: str, path: Any = None, _target: Any = None) -> Any:
        """A module of ours, or None."""
        parts = fullname.split(".")
        if any(".".join(parts[: count + 1]) in self.names for count in range(len(parts))):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        if self.unknown is not None and path is None:
            self.unknown.append(parts[0])
        return None

    def create_module(self, spec: Any) -> Any:
        """An empty module."""
        return Module(spec.name)

    def exec_module(self, module: Any) -> None:
        """Nothing has to be run."""


def install(always: frozenset[str], missing: frozenset[str], unknown: list[str]) -> None:
    """Put both finders in place."""
    sys.meta_path.insert(0, Finder(always))
    sys.meta_path.append(Finder(missing, unknown))
