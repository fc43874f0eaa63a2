"""The decision: which policies are in force for a request, and what they come to together.

IAM User Guide, "Policy evaluation logic", "Cross-account policy evaluation logic"; the exceptions name their own page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from casemate.analysis.access.catalogue import supports_rcp
from casemate.analysis.access.evaluation import publicity
from casemate.analysis.access.evaluation.principals import Grade
from casemate.analysis.access.evaluation.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.access.evaluation.compiled import Group, Hit
    from casemate.analysis.access.evaluation.policies import Policies

Answer = Literal["allowed", "explicit-deny", "implicit-deny"]

_ASSUMING = frozenset(
    {
        "sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession",
        "sts:setsourceidentity", "sts:setcontext",
    },
)  # fmt: skip
"""What a role's trust policy decides. IAM User Guide, "How IAM roles differ from resource-based policies"."""
_FREE = "sts:getcalleridentity"
_URL, _BEHIND_URL = "lambda:invokefunctionurl", "lambda:InvokeFunction"
_VIA_URL = "lambda:invokedviafunctionurl"
_OUTSIDERS = frozenset({"service", "identity-provider", "anonymous", "other"})
"""Callers without policies of their own in an account: the resource's policy alone decides."""


class Because(NamedTuple):
    """One reason: a statement that decided, or, without one, what is missing, in words."""

    text: str
    hit: Hit | None = None
    group: Group | None = None


class Decision(NamedTuple):
    """The answer and its reasons. `request`: what was decided last, where one call asks for two actions."""

    answer: Answer
    because: tuple[Because, ...]
    request: Request


def decide(request: Request, policies: Policies) -> Decision:
    """What AWS would answer.

    An explicit deny in whatever is in force wins; then every level of the organisation, the VPC endpoint, and
    identity and resource policies have to allow, as far as each is in force for this caller.
    """
    if request.action == _FREE:
        # STS API Reference, GetCallerIdentity: no permission is needed, and a deny has no effect.
        return Decision(
            "allowed", (Because("sts:GetCallerIdentity needs no permission, and no policy can deny it"),), request
        )
    first = _one(request, policies)
    if request.action != _URL:
        return first
    # Lambda Developer Guide, "Control access to Lambda function URLs": both actions since October 2025.
    behind = Request(
        request.caller.text,
        _BEHIND_URL,
        request.resource,
        request.resource_account,
        {**request.given, _VIA_URL: ("true",)},
    )
    second = _one(behind, policies)
    if first.answer == "explicit-deny" or (first.answer != "allowed" and second.answer != "explicit-deny"):
        return first
    if second.answer != "allowed":
        note = Because("a function URL also needs lambda:InvokeFunction, with lambda:InvokedViaFunctionUrl true")
        return Decision(second.answer, (note, *second.because), behind)
    return Decision("allowed", (*first.because, *second.because), request)


def _one(request: Request, policies: Policies) -> Decision:
    outside = request.caller.kind in _OUTSIDERS
    request.bounded = policies.boundary is not None and not outside
    action = request.action
    waiting: list[Group] = []
    for group in _gates(request, policies):
        denies, _, sure = group.by_action.get(action) or group.speaking(action)
        if denies and (denial := group.denial(request)) is not None:
            return _denied(request, group, denial)
        if not sure:
            waiting.append(group)
    for asked in (
        (policies.resource,) if outside else (policies.resource, policies.identity, policies.boundary, policies.session)
    ):
        if (
            asked is not None
            and (asked.by_action.get(action) or asked.speaking(action))[0]
            and (denial := asked.denial(request)) is not None
        ):
            return _denied(request, asked, denial)
    for group in waiting:
        if group.allowance(request) is None:
            return Decision("implicit-deny", (Because(f"not allowed by the {group.label}", None, group),), request)
    return _granted(request, policies)


def _denied(request: Request, group: Group, denial: Hit) -> Decision:
    return Decision("explicit-deny", (Because(f"denied by the {group.label}", denial, group),), request)


def in_force(request: Request, policies: Policies) -> Iterator[Group]:
    """Every group of policies whose denies bind this caller."""
    yield from _gates(request, policies)
    if policies.resource is not None:
        yield policies.resource
    if request.caller.kind not in _OUTSIDERS:
        yield policies.identity
        if policies.boundary is not None:
            yield policies.boundary
        if policies.session is not None:
            yield policies.session


def _gates(request: Request, policies: Policies) -> tuple[Group, ...]:
    """What has to allow whatever else does: organisation and endpoint."""
    found: tuple[Group, ...] = ()
    if policies.scps and scps_bind(request, policies):
        found = policies.scps
    if policies.rcps and rcps_bind(request, policies):
        found += policies.rcps
    return found if policies.endpoint is None else (*found, policies.endpoint)


def scps_bind(request: Request, policies: Policies) -> bool:
    """Whether service control policies bind the caller.

    They bind users, roles and root of member accounts; not the management account, not service-linked roles, and nobody
    who belongs to no account (Organizations User Guide, "Service control policies").
    """
    who = request.caller
    if who.kind in _OUTSIDERS or who.service_linked:
        return False
    managing = policies.management_account
    return managing is not True and managing != who.account


def rcps_bind(request: Request, policies: Policies) -> bool:
    """Whether resource control policies bind the request.

    They bind whoever reaches a member account's resource in a service that supports them; not service-linked roles, and
    not kms:RetireGrant (Organizations User Guide, "Resource control policies").
    """
    if request.caller.service_linked or request.action == "kms:retiregrant" or not supports_rcp(request.service):
        return False
    managing = policies.management_account
    if managing is True:
        return not request.same_account
    return managing is None or managing is False or managing != request.resource_account


def _granted(request: Request, policies: Policies) -> Decision:
    """Identity and resource policies, boundary and session policy, after all denies and gates."""
    who = request.caller
    given = None if policies.resource is None else policies.resource.allowance(request)
    if given is not None and policies.block_public_access and publicity.blocked(request, policies.resource):
        return _implicit(
            request, "S3 Block Public Access sets the public bucket policy aside for this caller", policies.resource
        )
    if who.kind in _OUTSIDERS:
        if given is not None:
            return _allowed(request, policies.resource, given)
        return _implicit(request, f"no resource policy allows {_called(request)}", policies.resource)
    if who.kind == "root" and request.action == "sts:assumerole":
        # STS API Reference, AssumeRole: root users cannot assume roles.
        return _implicit(request, "an account's root user cannot assume roles", None)
    if request.same_account:
        return _within_account(request, policies, given)
    if given is None:
        words = f"the resource's account {request.resource_account or '(unknown)'} does not allow {_called(request)}"
        return _implicit(request, words, policies.resource)
    return _by_identity(request, policies, given)


def _within_account(request: Request, policies: Policies, given: Hit | None) -> Decision:
    """One account: identity or resource policy suffices, save where the resource has to agree itself."""
    if given is not None and given.grade is Grade.DIRECT:
        return _allowed(request, policies.resource, given)
    if given is not None and given.grade is Grade.ROLE:
        limit = _limit(request, policies)
        return _allowed(request, policies.resource, given) if limit is None else limit
    if given is None and _must_agree(request, policies):
        what = "the key policy" if request.service == "kms" else "the role's trust policy"
        return _implicit(
            request, f"{what} neither allows {_called(request)} nor delegates to its account", policies.resource
        )
    return _by_identity(request, policies, given if _must_agree(request, policies) else None)


def _must_agree(request: Request, policies: Policies) -> bool:
    """Whether an identity policy alone never suffices.

    So it is with KMS keys, whose policy may delegate to the account, and with role trust (IAM User Guide, "Policy
    evaluation logic"; KMS Developer Guide, "Key policies").
    """
    if request.service == "kms":
        return policies.resource is not None or ":key/" in request.resource
    return request.action in _ASSUMING


def _by_identity(request: Request, policies: Policies, given: Hit | None) -> Decision:
    """The caller's own policies have to allow; `given`: what the resource's policy contributes."""
    reasons = () if given is None else (_because(policies.resource, given),)
    allowance = policies.identity.allowance(request)
    if allowance is not None:
        reasons = (_because(policies.identity, allowance), *reasons)
    elif request.caller.kind == "root" and not policies.identity.count:
        # "By default, all requests are implicitly denied with the exception of the AWS account root user".
        reasons = (Because("the root user has all rights of its account"), *reasons)
    else:
        return _implicit(request, "not allowed by the identity policy", policies.identity)
    limit = _limit(request, policies)
    return Decision("allowed", reasons, request) if limit is None else limit


def _limit(request: Request, policies: Policies) -> Decision | None:
    for group in (policies.boundary, policies.session):
        if group is not None and group.allowance(request) is None:
            return _implicit(request, f"not allowed by the {group.label}", group)
    return None


def _allowed(request: Request, group: Group | None, hit: Hit) -> Decision:
    return Decision("allowed", (_because(group, hit),), request)


def _because(group: Group | None, hit: Hit) -> Because:
    return Because(f"allowed by the {group.label if group else 'policy'}", hit, group)


def _implicit(request: Request, text: str, group: Group | None) -> Decision:
    return Decision("implicit-deny", (Because(text, None, group),), request)


def _called(request: Request) -> str:
    return "anonymous callers" if request.caller.kind == "anonymous" else request.caller.text
