"""Findings, fixes, suppressions and the report: one for every scanner."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Literal, get_args

from casemate.model.record import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from casemate.model.diagnostic import Diagnostic, Input
    from casemate.model.location import Location, Span

Weakness = Literal[
    "over-permissive-iam", "wildcard-resource", "shared-role", "privilege-escalation", "confused-deputy",
    "hardcoded-secret",
    "plaintext-env-secret", "public-access", "missing-auth", "missing-encryption-at-rest",
    "missing-encryption-in-transit",
    "code-injection", "command-injection", "sql-injection", "nosql-injection", "path-traversal", "ssrf", "xxe",
    "deserialization",
    "xss", "open-redirect", "template-injection", "xpath-injection", "ldap-injection", "log-injection",
    "prompt-injection", "redos",
    "trust-boundary", "insecure-cookie", "unverified-token", "header-injection", "weak-crypto", "weak-randomness",
    "broken-access-control", "vulnerable-dependency", "unpinned-dependency", "malicious-dependency",
    "missing-validation",
    "sensitive-data-logging", "verbose-errors", "missing-logging", "missing-tracing", "missing-concurrency-limit",
    "missing-dlq",
    "excessive-timeout", "outdated-runtime", "open-network", "missing-waf", "missing-throttling", "recursion-loop",
    "denial-of-wallet", "tmp-reuse", "cors-wildcard", "unsigned-code", "untraceable-deployment", "missing-key-rotation",
    "missing-backup", "missing-alarm", "separation-of-duties", "unused-permission", "missing-permission",
]  # fmt: skip
WEAKNESSES: frozenset[str] = frozenset(get_args(Weakness))
Confidence = Literal["low", "medium", "high"]
Profile = Literal["default", "strict"]


class Severity(IntEnum):
    """How bad; ordered."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """The word of the report: `low` … `critical`."""
        return self.name.lower()


LOW, MEDIUM, HIGH, CRITICAL = Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL


@dataclass(frozen=True, slots=True)
class Change:
    """A dialect-neutral change: do `op` to the setting `path` of the entity `entity` (an id).

    `path` is in the native spelling of the resource's type (`("FunctionUrlConfig", "AuthType")`); `value` is JSON-like.
    """

    entity: str
    op: Literal["set", "add", "remove"]
    path: tuple[str, ...]
    value: object = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes `start_byte`..`end_byte` (end exclusive) of a file by `text`."""

    path: str
    start_byte: int
    end_byte: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair. Safe: changes nothing but the weakness; unsafe: may change what the system does. `text`.

    The same as a snippet or sentence
    in the user's own dialect, for where no edit can be made (a CDK program).
    """

    title: str
    safe: bool
    changes: tuple[Change, ...] = ()
    edits: tuple[Edit, ...] = ()
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Why a finding does not count."""

    kind: Literal["inline", "file", "baseline", "policy", "vex"]
    reason: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Suppression:
    """A wish to ignore: rule (`*` never), scope, the required reason, expiry, and where it was declared.

    `span`: the lines it covers for an inline one; `resource`/`path`: globs for one from the configuration.
    """

    kind: Literal["inline", "file", "policy"]
    rule: str
    reason: str
    at: Span | None
    until: date | None = None
    span: Span | None = None
    resource: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class ResourceName:
    """What a finding is about: kind of thing and its name as its author wrote it."""

    type: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One weakness at one place. Built only with a primary location."""

    rule: str
    weakness: Weakness
    severity: Severity
    confidence: Confidence
    message: str
    resource: ResourceName
    primary: Location
    related: tuple[Location, ...] = ()
    flow: tuple[Location, ...] | None = None
    cwe: tuple[str, ...] = ()
    evidence: Mapping[str, str] = field(default_factory=dict)
    fixes: tuple[Fix, ...] = ()
    fingerprint: str = ""
    suppressed: Suppressed | None = None
    proof: Mapping[str, str | None] | None = None
    cause: str = ""

    def __post_init__(self) -> None:
        """Refuse a finding without an exact place."""
        if self.primary.kind != "primary":
            message = f"finding {self.rule} needs a primary location"
            raise ValueError(message)

    @property
    def locations(self) -> tuple[Location, ...]:
        """The primary location first, then the related ones."""
        return (self.primary, *self.related)


@dataclass(frozen=True, slots=True)
class Undecided:
    """A rule could not judge a setting, because its value is not known from the files."""

    rule: str
    resource: ResourceName
    setting: str
    reason: str
    at: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What every output prints. `withheld`: findings per rule that the profile keeps back; `notes`.

    What was not evaluated.
    """

    version: str
    inputs: tuple[Input, ...]
    findings: tuple[Finding, ...]
    undecided: tuple[Undecided, ...]
    diagnostics: tuple[Diagnostic, ...]
    withheld: Mapping[str, int] = field(default_factory=dict)
    rules_run: int = 0
    functions: int = 0
    complete: bool = True
    unused_suppressions: tuple[Suppression, ...] = ()

    @property
    def open(self) -> tuple[Finding, ...]:
        """Findings that are not suppressed."""
        return tuple(finding for finding in self.findings if finding.suppressed is None)
