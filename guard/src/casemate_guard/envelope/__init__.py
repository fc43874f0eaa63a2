"""Envelope encryption: `Envelope("aws-kms://…").encrypt(data, {"tenant": "42"})`; format in docs/envelope-format.md."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from casemate_guard.envelope.envelope import Envelope as Envelope
    from casemate_guard.envelope.fields import decrypt_fields as decrypt_fields
    from casemate_guard.envelope.fields import encrypt_fields as encrypt_fields
    from casemate_guard.envelope.format import EnvelopeError as EnvelopeError
    from casemate_guard.envelope.index import Index as Index

_PLACES = {"Envelope": "envelope", "EnvelopeError": "format", "Index": "index"}
_PLACES |= {"encrypt_fields": "fields", "decrypt_fields": "fields"}


def __getattr__(name: str) -> object:
    """Imported with the first use."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
