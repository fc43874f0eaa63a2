"""The one error base of the library, and its few children.

The library raises these and never exits or prints; `casemate.cli.main` catches them once, at the edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casemate.model.location import Span


class CasemateError(Exception):
    """A problem that stops the run: what happened, what the user can do about it, and where.

    Problems of one *scanned file* are never exceptions but `casemate.model.diagnostic.Diagnostic`s.
    """

    def __init__(self, message: str, *, hint: str | None = None, at: Span | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.at = at


class UsageError(CasemateError):
    """The command line is wrong: an unknown rule, a path that does not exist."""


class ConfigurationError(CasemateError):
    """A configuration file or variable is wrong: unknown key, wrong type."""


class ContentError(CasemateError):
    """A rule (or other content) is malformed: missing docs, wrong decorator, broken case."""


class BaselineError(CasemateError):
    """A baseline file cannot be read or is of another schema."""


class RepositoryError(CasemateError):
    """Git refused: not a repository, unknown revision."""


class EditError(CasemateError):
    """A fix cannot be applied safely; nothing was written."""


class MissingExtraError(CasemateError):
    """A capability wants a library that is installed on demand; the hint is the command that installs it."""

    def __init__(self, what: str, *, extra: str) -> None:
        super().__init__(
            f"{what} needs a library that is not installed",
            hint=f"pip install 'casemate[{extra}]' (the extra `{extra}`)",
        )
