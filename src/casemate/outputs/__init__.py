"""Reports: one file is one format, a pure function of a `Report` and an `OutputContext`.

`render` imports only the module of the wanted format, so that `--format json` pays for no HTML. A format is a module of
this package with `render(report, context) -> str`; its name is the name the user gives. No format reads a clock, a file
or the environment: two runs on the same input are byte-identical.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Literal

from casemate.errors import UsageError
from casemate.outputs.escaping import inert

if TYPE_CHECKING:
    from casemate.model.finding import Report
    from casemate.outputs.context import OutputContext

FORMATS = ("text", "json", "sarif", "junit", "gitlab", "markdown", "html", "csv", "github", "ocsf", "cyclonedx")
"""Every format, in the order of the documentation."""

TIMED = frozenset({"gitlab", "ocsf"})
"""Formats that demand a time: `OutputContext.now` must be given."""

_KINDS: dict[str, Literal["plain", "json", "markup"]] = {
    "text": "plain",
    "csv": "plain",
    "json": "json",
    "sarif": "json",
    "gitlab": "json",
    "ocsf": "json",
    "cyclonedx": "json",
    "junit": "markup",
    "markdown": "markup",
    "html": "markup",
}
"""How each format is made inert in the log of a CI job; `github` consists of commands and escapes what is in them."""


def render(format: str, report: Report, context: OutputContext) -> str:  # noqa: A002 - the user's word, `--format`
    """The report in one format, as text that is written as UTF-8. Ends with a newline unless it is empty.

    Raises `UsageError` for an unknown format, and for one of `TIMED` without a time.
    """
    if format not in FORMATS:
        raise UsageError(f"unknown format {format!r}", hint=_hint(format))
    if format in TIMED and context.now is None:
        raise UsageError(f"the format {format} needs a time", hint="pass --now or set SOURCE_DATE_EPOCH")
    text: str = import_module(f"casemate.outputs.{format}").render(report, context)
    kind = _KINDS.get(format)
    return text if kind is None else inert(text, kind)


def _hint(wanted: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(wanted, FORMATS, 1)
    return f"did you mean {close[0]}?" if close else f"one of {', '.join(FORMATS)}"
