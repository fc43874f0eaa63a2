"""Which statements have to allow a request together: the combination of policies as layers of boxes.

The same rules as in `casemate.analysis.access.evaluation.evaluate` (IAM User Guide, "Policy evaluation logic" and
"Cross-account policy evaluation logic"), written down a second time as a formula over all requests: an alternative is a
list of layers, and a request is allowed when for some alternative every layer has a statement that allows it, and no
Deny applies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from casemate.analysis.access.evaluation import publicity
from casemate.analysis.access.evaluation.evaluate import in_force, rcps_bind, scps_bind
from casemate.analysis.access.evaluation.principals import Grade

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.analysis.access.evaluation.compiled import Group
    from casemate.analysis.access.evaluation.policies import Policies
    from casemate.analysis.access.evaluation.request import Request
    from casemate.analysis.access.proving.boxes import Drawing
    from casemate.analysis.access.proving.cubes import Box
    from casemate.analysis.access.proving.domains import Value

Layer = list["Box"]

OUTSIDERS: Final = frozenset({"service", "identity-provider", "anonymous", "other"})
ASSUMING: Final = frozenset(
    {
        "sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession",
        "sts:setsourceidentity", "sts:setcontext",
    },
)  # fmt: skip
URL: Final = "lambda:invokefunctionurl"
BEHIND_URL: Final = "lambda:InvokeFunction"
VIA_URL: Final = "lambda:invokedviafunctionurl"


@dataclass(frozen=True, slots=True)
class Formula:
    """Alternatives of layers, and the denies that hold for all of them."""

    alternatives: tuple[tuple[Layer, ...], ...]
    denies: tuple[Box, ...]


def formula(request: Request, policies: Policies, drawing: Drawing) -> Formula:
    """What it takes that a request like `request` (its caller, action and accounts; not its resource) is allowed."""
    first = _one(request, policies, drawing, {})
    if request.action != URL:
        return first
    from casemate.analysis.access.evaluation.request import Request as Made

    behind = Made(request.caller.text, BEHIND_URL, request.resource, request.resource_account, request.given)
    second = _one(behind, policies, drawing, {VIA_URL: ("true",)})
    return Formula(
        tuple((*one, *other) for one in first.alternatives for other in second.alternatives),
        (*first.denies, *second.denies),
    )


def _one(request: Request, policies: Policies, drawing: Drawing, fixed: Mapping[str, Value]) -> Formula:
    request.bounded = policies.boundary is not None and request.caller.kind not in OUTSIDERS
    drawer = _Drawer(request, drawing, fixed)
    denies = [box for group in in_force(request, policies) for box in drawer.denies(group)]
    gates = [drawer.allows(group) for group in _gates(request, policies)]
    alternatives = []
    for layers in _ways(request, policies, drawer):
        whole = (*layers, *gates)
        if all(whole):
            alternatives.append(whole)
    return Formula(tuple(alternatives), tuple(denies))


class _Drawer:
    def __init__(self, request: Request, drawing: Drawing, fixed: Mapping[str, Value]) -> None:
        self._request = request
        self._drawing = drawing
        self._fixed = fixed

    def denies(self, group: Group) -> Layer:
        return self._boxes(group, Grade.ACCOUNT, 0)

    def allows(self, group: Group | None, least: Grade = Grade.ACCOUNT) -> Layer:
        return [] if group is None else self._boxes(group, least, 1)

    def _boxes(self, group: Group, least: Grade, which: int) -> Layer:
        found = []
        for compiled in group.about(self._request.action)[which]:
            if compiled.grade(self._request) >= least:
                box = self._drawing.box(compiled, self._fixed)
                if box is not None:
                    found.append(box)
        return found


def _gates(request: Request, policies: Policies) -> list[Group]:
    found: list[Group] = []
    if policies.scps and scps_bind(request, policies):
        found += policies.scps
    if policies.rcps and rcps_bind(request, policies):
        found += policies.rcps
    if policies.endpoint is not None:
        found.append(policies.endpoint)
    return found


def _ways(request: Request, policies: Policies, drawer: _Drawer) -> list[list[Layer]]:
    who = request.caller
    resource = policies.resource
    shut = policies.block_public_access and publicity.blocked(request, resource)
    given = [] if shut else drawer.allows(resource)
    if who.kind in OUTSIDERS:
        return [[given]]
    if who.kind == "root" and request.action == "sts:assumerole":
        return []
    own: list[Layer] = []
    if not (who.kind == "root" and not policies.identity.policies):
        own.append(drawer.allows(policies.identity))
    limits = [drawer.allows(group) for group in (policies.boundary, policies.session) if group is not None]
    if not request.same_account:
        return [[given, *own, *limits]]
    ways: list[list[Layer]] = [[drawer.allows(resource, Grade.DIRECT)], [drawer.allows(resource, Grade.ROLE), *limits]]
    ways.append([given, *own, *limits] if _must_agree(request, policies) else [*own, *limits])
    return ways


def _must_agree(request: Request, policies: Policies) -> bool:
    """Whether the resource has to agree: KMS keys, and role trust.

    Without its policy a key's ARN says that it is one; `prove` rules those out.
    """
    if request.service == "kms":
        return policies.resource is not None or ":key/" in request.resource
    return request.action in ASSUMING
