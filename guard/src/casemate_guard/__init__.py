"""The part of Casemate that runs inside a function. It has no dependencies and imports nothing until asked."""

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from casemate_guard.handler import Guard as Guard
    from casemate_guard.handler import guard as guard


def __getattr__(name: str) -> object:
    """`from casemate_guard import guard` imports the handler's modules only then."""
    if name in {"guard", "Guard"}:
        from casemate_guard import handler

        return getattr(handler, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
