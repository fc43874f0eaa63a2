"""Environment variables that `casemate guard encrypt-env` encrypted: decrypted when they are read, in memory only.

A value is `casemate-env/1:NAME:MESSAGE`, the message in base64url: an envelope under the key that `CASEMATE_KEK`
names, with `function` (NAME, which the key's service sees, so that a policy of the key can demand it) and the
variable's name as context. `os.environ` keeps the encrypted text, and child processes that inherit it get that; a copy
(`dict(os.environ)`) holds the values. Installed with the first import of `casemate_guard.guard`, or by `install()`.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from casemate_guard.envelope import Envelope

MARK = "casemate-env/1:"
KEK = "CASEMATE_KEK"

_plain: dict[tuple[str, str], str] = {}
_envelopes: dict[str, Envelope] = {}


def sealed(envelope: Envelope, function: str, name: str, value: str) -> str:
    """The text that stands for a value; the envelope's context is `{"function": function}`."""
    from base64 import urlsafe_b64encode

    message = envelope.encrypt(value.encode(), {"variable": name})
    return f"{MARK}{function}:{urlsafe_b64encode(message).decode()}"


def opened(name: str, text: str) -> str:
    """The value behind the text. Raises `EnvelopeError`: there is no value without its key."""
    found = _plain.get((name, text))
    if found is None:
        from base64 import urlsafe_b64decode

        from casemate_guard.envelope import Envelope, EnvelopeError

        function, _, message = text.removeprefix(MARK).rpartition(":")
        envelope = _envelopes.get(function)
        if envelope is None:
            kek = os.environ.get(KEK)
            if not kek:
                raise EnvelopeError(f"{name} is encrypted, and {KEK} names no key")
            envelope = _envelopes[function] = Envelope(kek, context={"function": function})
        try:
            data = urlsafe_b64decode(message)
        except ValueError:
            raise EnvelopeError(f"{name} is not what was encrypted") from None
        found = _plain[name, text] = envelope.decrypt(data, {"variable": name}).decode()
    return found


def install() -> bool:
    """Let `os.environ` and `os.getenv` give the values; whether there are any."""
    if not any(value.startswith(MARK) for value in os.environ.values()):
        return False
    kind = type(os.environ)
    if kind.__name__ != "Opening":

        class Opening(kind):  # type: ignore[valid-type, misc]  # the class of `os.environ`
            """The environment, with what is encrypted opened as it is read."""

            def __getitem__(self, key: str) -> str:
                value: str = super().__getitem__(key)
                return opened(key, value) if value.startswith(MARK) else value

        os.environ.__class__ = Opening
    return True
