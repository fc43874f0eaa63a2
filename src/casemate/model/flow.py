"""What was found in code: data of an attacker at a place where it does harm, or a dangerous use of a library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casemate.model.record import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.model.finding import Confidence
    from casemate.model.location import Span

FlowKind = Literal[
    "command", "code", "sql", "nosql", "path", "ssrf", "xxe", "deserialization", "xss", "redirect", "template",
    "xpath", "ldap", "log", "header", "regex", "prompt", "trust-boundary", "dynamic-import", "chosen-resource",
    "sensitive-log", "verbose-error", "cookie", "weak-hash", "weak-cipher", "weak-randomness", "hardcoded-key",
    "tls-off", "token-unverified", "tmp-reuse", "foreign-object", "authorizer-ignored", "public-object",
]  # fmt: skip
"""What a sink does with the data. The first seventeen need data that an attacker controls (`foreign-object` too: an
object's id from the event without the caller's identity beside it); the others are uses of a library that are wrong
by themselves."""

CodeExposure = Literal["public", "authenticated", "internal", "unknown"]
"""Who can send the data: anyone, a caller who proved who they are, only the system itself, or not known (code whose
trigger was not scanned)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One stop on the way. `label`: what happens there, for people; `function`: the id of the function it runs in."""

    at: Span
    label: str
    function: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One path from where data comes in to where it does harm; a single step where the use itself is wrong.

    `name`: the function as the inventory names it, else its handler (`app.handler`); `callee`: the sink as code names
    it
    (`os.system`); `source`: what the data is (`the query string of an HTTP request`), None without data; `steps`: in
    order, the last one is the sink, and they may lie in several functions; `functions`: ids in the same order; `cause`:
    tells two flows into one sink apart; `origins`: keys of all the data that does harm at the sink, the one that the
    steps are of first (`event.Records[].body.name`, `stored:path:byte.Item.name`), for joining flows of functions.
    """

    kind: FlowKind
    name: str
    callee: str
    language: str
    steps: tuple[Step, ...]
    exposure: CodeExposure = "unknown"
    source: str | None = None
    functions: tuple[str, ...] = ()
    confidence: Confidence = "high"
    cwe: str | None = None
    cause: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    origins: tuple[str, ...] = ()

    @property
    def at(self) -> Span:
        """The sink: where a person edits first."""
        return self.steps[-1].at

    @property
    def kind_label(self) -> str:
        """A flow is reported of the function in which it ends."""
        return "function"
