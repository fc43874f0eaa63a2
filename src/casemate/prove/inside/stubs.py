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
from collections.abc import Callable, Iterator
from typing import Any

NOTHING = "1"
CONTENT = [NOTHING]
"""What every stub says as a text: the number one, or a payload where what is stored is the attacker's."""
FAILING: list[str | None] = [None]
"""The words of the error that calls of services end with, None where they succeed."""
SUCCEEDING = [0]
"""How many calls go well before."""
FOREIGN: set[str] = set()
"""Packages that are not installed and of which nothing is known: what they would do with the data cannot be guessed."""
TOKENS: list[str] = []
GIVEN: list[Callable[[str], None]] = []
"""Told of each such package that is given the data, or a function or class of the code."""
_ACTING: set[str] = set()
_MAKERS = frozenset({
    "client", "resource", "session", "create_client", "connect", "cursor", "get_paginator", "get_waiter",
    "get_available_subresources", "register", "meta",
})  # fmt: skip
_EXCEPTIONS: dict[str, type[Exception]] = {}
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
_OF_TEXTS = frozenset({
    "replace", "strip", "lstrip", "rstrip", "lower", "upper", "title", "casefold", "capitalize", "swapcase", "split",
    "rsplit", "partition", "rpartition", "splitlines", "startswith", "endswith", "translate", "removeprefix",
    "removesuffix", "zfill", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "isnumeric",
    "isprintable", "isspace", "islower", "isupper", "istitle",
})  # fmt: skip
"""Methods of texts that no client of a service has."""
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
        if CONTENT[0] != NOTHING and name in _OF_TEXTS:  # what checks or changes the data that is stored does so
            return getattr(str.__str__(self), name)
        return attribute(f"{self._stub_name}.{name}", name)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        first = arguments[0] if len(arguments) == 1 and not keywords else None
        _noticed(self._stub_name, (*arguments, *keywords.values()))
        if isinstance(first, (types.FunctionType, type)):
            return first  # a decorator
        if FAILING[0] is not None and _acts(self._stub_name):
            if SUCCEEDING[0] <= 0:
                raise _failure(FAILING[0])
            SUCCEEDING[0] -= 1
        return Stub(f"{self._stub_name}()", (arguments, keywords))

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice) and CONTENT[0] != NOTHING:
            return str.__str__(self)[key]
        return Stub(f"{self._stub_name}[]")

    def __setitem__(self, key: Any, value: Any) -> None:
        """Forget it."""

    def __delitem__(self, key: Any) -> None:
        """Forget it."""

    def __iter__(self) -> Iterator[Any]:
        return iter((Stub(f"{self._stub_name}[]"),))

    def __next__(self) -> Any:
        return Stub(f"{self._stub_name}[]")

    def __contains__(self, item: object) -> bool:
        _noticed(self._stub_name, (item,))
        return isinstance(item, str) and str.__contains__(self, item)

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
        _noticed(self._stub_name, (Stub,))  # what a class inherits may be called with anything
        return (Stub,) if not any(base is Stub for base in bases) else ()


def attribute(path: str, name: str) -> Any:
    """A stub, or an exception class by its name."""
    if name[:1].isupper() and name.endswith(_EXCEPTION):
        made = type(name, (Exception,), {"response": {"Error": {"Code": "Stub"}}})
        if len(_EXCEPTIONS) < MAX_EXCEPTIONS:
            _EXCEPTIONS.setdefault(path, made)
        return made
    return Stub(path)


MAX_EXCEPTIONS = 100


def _acts(name: str) -> bool:
    """Whether a call is one of a service, and not one that only makes a client."""
    parts = name.split(".")
    last = parts[-1].rstrip("()[]")
    root = any(".".join(parts[: count + 1]).partition("(")[0] in _ACTING for count in range(2))
    return root and last[:1].islower() and last not in _MAKERS


def _failure(words: str) -> Exception:
    """An error that every `except` of the stood-in packages takes."""
    response = {"Error": {"Code": "ServiceError", "Message": words}}
    made: type[Exception] = type("ServiceError", tuple(_EXCEPTIONS.values()) or (Exception,), {"response": response})
    return made(words)


def _noticed(name: str, values: tuple[Any, ...]) -> None:
    """Say when a package of which nothing is known gets the data, or code to call."""
    for package in FOREIGN:
        if (name == package or name.startswith((f"{package}.", f"{package}("))) and any(
            _is_told(one) for one in values
        ):
            for tell in GIVEN:
                tell(package)


def _is_told(value: Any, depth: int = 0) -> bool:
    if isinstance(value, (types.FunctionType, types.MethodType, type)):
        return True
    if isinstance(value, (bytes, bytearray)):
        value = bytes(value).decode("latin-1")
    if isinstance(value, str):
        return any(str.__contains__(value, token) for token in TOKENS)
    if depth > 5:
        return True
    if isinstance(value, dict):
        return any(_is_told(one, depth + 1) for pair in dict.items(value) for one in pair)
    if isinstance(value, (list, tuple, set, frozenset)):
        return any(_is_told(one, depth + 1) for one in value)
    inner = getattr(value, "__dict__", None)
    return isinstance(inner, dict) and bool(inner) and _is_told(inner, depth + 1)


class Module(types.ModuleType):
    """A module that has everything."""

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            return "1.0.0"
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


def install(always: frozenset[str], missing: frozenset[str], foreign: frozenset[str], unknown: list[str]) -> None:
    """Put both finders in place."""
    _ACTING.update(always)
    FOREIGN.update(foreign)
    sys.meta_path.insert(0, Finder(always))
    sys.meta_path.append(Finder(missing | foreign, unknown))
