"""Redaction of what leaves a function by itself: log records, print, standard error, exceptions."""

from __future__ import annotations

import logging
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from casemate_guard.redaction.redactor import Redactor

_LONGEST_CHAIN = 16


class RedactingFormatter(logging.Formatter):
    """Formats as another formatter does, tracebacks and extra fields included, and redacts the text that comes out."""

    def __init__(self, inner: logging.Formatter | None, redactor: Redactor) -> None:
        super().__init__()
        self.inner = inner or logging.Formatter()
        self.redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """The inner formatter's text, redacted."""
        return self.redactor.redact(self.inner.format(record))

    def __getattr__(self, name: str) -> object:
        """What else the inner formatter can do: Powertools' logger appends its keys through the formatter."""
        return getattr(self.inner, name)


class RedactingFilter(logging.Filter):
    """For a handler whose formatter must stay: redacts the message and the texts among the extra fields of a record.

    A traceback is formatted here, redacted, and kept as `exc_text`, which `logging.Formatter` prints; a formatter that
    formats `exc_info` itself needs `RedactingFormatter`.
    """

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self.redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact the record in place; let it through."""
        redact = self.redactor.redact
        record.msg, record.args = redact(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        for name, value in list(record.__dict__.items()):
            if isinstance(value, str) and name not in _OWN:
                record.__dict__[name] = redact(value)
        return True


_OWN = frozenset(vars(logging.LogRecord("", 0, "", 0, "", None, None)))


class RedactingStream:
    """A text stream that redacts whole lines; what has no line end yet waits for it, or for `flush`."""

    def __init__(self, stream: TextIO, redactor: Redactor) -> None:
        self._stream = stream
        self._redactor = redactor
        self._rest = ""

    def write(self, text: str) -> int:
        """Write the lines that are whole, redacted."""
        whole, newline, rest = (self._rest + text).rpartition("\n")
        self._rest = rest
        if newline:
            self._stream.write(self._redactor.redact(whole) + "\n")
        if len(self._rest) > 1 << 20:  # no line has a megabyte: what waits must not grow for ever
            self.flush()
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Write what waits, and flush the stream."""
        if self._rest:
            rest, self._rest = self._rest, ""
            self._stream.write(self._redactor.redact(rest))
        self._stream.flush()

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def install(redactor: Redactor) -> None:
    """Redact all log handlers there are, and standard output and error. Doing it again changes nothing."""
    loggers = [logging.getLogger(), *(each for each in logging.root.manager.loggerDict.values())]
    for logger in loggers:
        for handler in getattr(logger, "handlers", ()):
            if not isinstance(handler.formatter, RedactingFormatter):
                handler.setFormatter(RedactingFormatter(handler.formatter, redactor))
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, RedactingStream):
            setattr(sys, name, RedactingStream(stream, redactor))


def redacted(value: object, redactor: Redactor, depth: int = 64) -> object:
    """A response with every string redacted, keys left as they are; what lies deeper than `depth` is masked whole."""
    if isinstance(value, str):
        return redactor.redact(value)
    if isinstance(value, dict | list | tuple) and not depth:
        return "[redacted:depth]"
    if isinstance(value, dict):
        return {name: redacted(one, redactor, depth - 1) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(one, redactor, depth - 1) for one in value]
    return value


def redact_exception(error: BaseException, redactor: Redactor) -> None:
    """Redact the texts of an exception, of its notes, and of those that caused it, in place."""
    seen: set[int] = set()
    pending: list[BaseException] = [error]
    while pending and len(seen) < _LONGEST_CHAIN:
        one = pending.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        one.args = tuple(redactor.redact(each) if isinstance(each, str) else each for each in one.args)
        notes = getattr(one, "__notes__", None)
        if notes:
            one.__notes__ = [redactor.redact(str(note)) for note in notes]
        pending += [each for each in (one.__cause__, one.__context__) if each is not None]
