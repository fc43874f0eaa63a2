"""The `@rule` decorator: metadata beside the logic, read by discovery without any registry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from casemate.errors import ContentError
from casemate.model.finding import WEAKNESSES
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.analysis.system import System
    from casemate.authoring.outcome import Outcome
    from casemate.model.finding import Confidence, Profile, Severity, Weakness

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CWE = re.compile(r"cwe-\d+")

SUBJECTS: dict[str, str] = {
    "Function": "functions",
    "Role": "roles",
    "Binding": "bindings",
    "ResourcePolicy": "policies",
    "Api": "apis",
    "Authorizer": "authorizers",
    "Route": "routes",
    "Trigger": "triggers",
    "Store": "stores",
    "Secret": "secrets",
    "Key": "keys",
    "Network": "networks",
    "Host": "hosts",
    "StateMachine": "state_machines",
    "UserPool": "user_pools",
    "Pipeline": "pipelines",
    "Monitor": "monitors",
    "Stack": "stacks",
    "Flow": "flows",
    "Leak": "leaks",
    "Dependency": "dependencies",
    "System": "",
}
"""Class name of a rule's first argument -> the inventory's collection it runs on (`System`: once)."""

DERIVED = frozenset({"Flow", "Leak", "Dependency"})
"""Subjects that the `System` derives from code and files when a selected rule asks for them."""


class Check(Protocol):
    """A rule's logic."""

    __name__: str
    __module__: str

    def __call__(self, subject: Any, system: System, /) -> Iterator[Outcome]:  # noqa: ANN401 - any subject of SUBJECTS
        """Judge one subject."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its metadata and its logic. `subjects`: class names of what it runs on; `module`: where it lives."""

    name: str
    weakness: Weakness
    severity: Severity
    confidence: Confidence
    profile: Profile
    tags: tuple[str, ...]
    since: str
    subjects: tuple[str, ...]
    check: Check
    module: str

    @property
    def cwe(self) -> tuple[str, ...]:
        """The CWE ids among the tags, as `CWE-306`."""
        return tuple(tag.upper() for tag in self.tags if _CWE.fullmatch(tag))


def rule(
    name: str,
    *,
    weakness: Weakness,
    severity: Severity,
    confidence: Confidence = "high",
    tags: tuple[str, ...] | list[str] = (),
    since: str = "0.1",
    profile: Profile = "default",
) -> Callable[[Callable[..., Iterator[Outcome]]], Rule]:
    """Make a generator a rule. The type of its first argument selects what it runs on (a union selects several).

    Raises `ContentError` for a name that is not kebab-case, an unknown weakness, no CWE tag, or an unknown subject.
    """

    def make(check: Callable[..., Iterator[Outcome]]) -> Rule:
        place = f"{check.__module__}.{check.__name__}"
        if not _NAME.fullmatch(name):
            message = f"{place}: rule name {name!r} is not kebab-case"
            raise ContentError(message)
        if weakness not in WEAKNESSES:
            message = f"{place}: unknown weakness {weakness!r}"
            raise ContentError(message, hint="the closed set is `casemate.model.finding.Weakness`")
        annotations = list(check.__annotations__.values())
        subjects = tuple(part.strip() for part in str(annotations[0]).split("|")) if annotations else ()
        unknown = [subject for subject in subjects if subject not in SUBJECTS]
        if unknown or not subjects:
            given = ", ".join(unknown) or "untyped"
            message = f"{place}: the first argument must be one of {', '.join(SUBJECTS)}, not {given}"
            raise ContentError(message, hint="start the file with `from __future__ import annotations`")
        if not any(_CWE.fullmatch(tag) for tag in tags):
            message = f"{place}: a rule needs a tag `cwe-NNN`"
            raise ContentError(message)
        return Rule(
            name, weakness, severity, confidence, profile, tuple(tags), since, subjects, check, check.__module__
        )

    return make
