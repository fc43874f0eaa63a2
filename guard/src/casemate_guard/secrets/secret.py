"""A value that never prints, and what is said where there is none."""

from __future__ import annotations

import hmac

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

_SHOWN = "Secret(…)"


class SecretError(LookupError):
    """There is no such secret, or it cannot be read now. `reason`: `missing`, `denied`, `unavailable`, `malformed`."""

    def __init__(self, name: str, reason: str, detail: str = "") -> None:
        super().__init__(f"secret {name!r} is {reason}" + (f": {detail}" if detail else ""))
        self.name = name
        self.reason = reason
        self.detail = detail


class Secret:
    """A secret value. `reveal()` gives it; `repr`, `str`, `format`, `%`, tracebacks of locals and logs do not.

    Two secrets compare in constant time. Pickling and copying into JSON raise. `version` is the store's name of it.
    """

    __slots__ = ("__value", "version")

    def __init__(self, value: str | bytes, version: str = "") -> None:
        self.__value = value
        self.version = version

    def reveal(self) -> str:
        """The value as text."""
        return self.__value if isinstance(self.__value, str) else self.__value.decode()

    def reveal_bytes(self) -> bytes:
        """The value as bytes (text as UTF-8)."""
        return self.__value if isinstance(self.__value, bytes) else self.__value.encode()

    def field(self, name: str) -> Secret:
        """One member of a value that is a JSON object. Raises `SecretError`, which does not quote it."""
        from json import dumps, loads

        try:
            found = loads(self.__value)
        except ValueError:  # its `doc` would be the secret
            found = None
        if not isinstance(found, dict):
            raise SecretError(f"#{name}", "malformed", "the value is no JSON object")
        if name not in found:
            raise SecretError(f"#{name}", "missing", "the value has no such member")
        one = found[name]
        return Secret(one if isinstance(one, str) else dumps(one), self.version)

    def __repr__(self) -> str:
        return _SHOWN

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return _SHOWN

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.reveal_bytes(), other.reveal_bytes())

    __hash__ = None  # type: ignore[assignment]  # a hash would tell two values apart

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("a secret is not pickled or copied")

    def __getstate__(self) -> NoReturn:
        raise TypeError("a secret is not pickled or copied")
