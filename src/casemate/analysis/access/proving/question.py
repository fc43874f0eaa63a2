"""What is asked, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.analysis.access.evaluation.compiled import Compiled
    from casemate.analysis.access.proving.domains import Value

Verdict = Literal["safe", "reachable", "unknown"]


@dataclass(frozen=True, slots=True)
class Question:
    """Whether `principal` may do some action of `action` on some resource of `resources`.

    `action` and `resources` may have wildcards. `context`: keys whose value is fixed, lower case; every other key may
    have any value that such a request can carry. `acts_on`: resources stand for a thing by its name (a bucket is its
    own ARN and those of its objects), and only what an action really acts on counts; else every string does.
    """

    principal: str
    action: str
    resources: tuple[str, ...]
    resource_account: str | None = None
    context: Mapping[str, Value] = field(default_factory=dict)
    acts_on: bool = False


@dataclass(frozen=True, slots=True)
class Witness:
    """A request that is allowed, as `access decide` takes it, and the statements that allow it."""

    principal: str
    action: str
    resource: str
    resource_account: str | None
    context: Mapping[str, Value]
    statements: tuple[Compiled, ...]
    unusual: bool = False
    """Whether the resource is none that the action acts on: the policies allow it, the service has no such request."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The answer. `because`: for `unknown` what keeps it open, for `safe` what was ruled out, in words."""

    verdict: Verdict
    witness: Witness | None = None
    because: tuple[str, ...] = ()
    statements: tuple[Compiled, ...] = ()
    """For `unknown`: the statements that keep it open."""
