"""What a role is granted, as one set.

Every statement that reaches it, AWS managed policies written out, denies and boundary applied.

This answers coarse questions ("may it do X on any resource?"); the full decision engine is another capability.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from casemate.analysis.access import managed
from casemate.analysis.access.catalogue import expand
from casemate.analysis.access.evaluation.patterns import wildcard
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.model.inventory import Inventory
    from casemate.model.location import Span
    from casemate.model.policy import Role, Statement

_ARN_PARTS = 6
_ARN_SERVICE = 2
_TYPES_OF = {
    "aoss": {"opensearchserverless"}, "cloudwatch": {"cloudwatch", "logs"}, "cognito-idp": {"cognito"},
    "elasticfilesystem": {"efs"}, "elasticloadbalancing": {"elasticloadbalancing", "elasticloadbalancingv2"},
    "es": {"elasticsearch", "opensearchservice"}, "execute-api": {"apigateway", "apigatewayv2", "serverless"},
    "apigateway": {"apigateway", "apigatewayv2", "serverless"}, "firehose": {"kinesisfirehose"}, "kafka": {"msk"},
    "kafka-cluster": {"msk"}, "dynamodb": {"dynamodb", "serverless", "dax"}, "lambda": {"lambda", "serverless"},
    "neptune-db": {"neptune"}, "rds-data": {"rds"}, "rds-db": {"rds"}, "s3-object-lambda": {"s3objectlambda"},
    "states": {"stepfunctions", "serverless"},
}  # fmt: skip
"""Services whose prefix in actions is not the (only) name in the types of CloudFormation and SAM."""
_NAMED_FIRST = frozenset({"sqs", "sns", "execute-api", "codecommit"})
"""Services whose ARNs name the resource where others name its type (Service Authorization Reference)."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One allowed (or denied) set of actions on a set of resources.

    `resources`: patterns with `${Name.Attribute}` for what deployment fills in; `targets`: ids of the entities that
    they refer to; `conditions`: (operator, key, values), lower-case keys. A grant on everything but `not_resources` has
    the resources `*` when it allows, and none when it denies.
    """

    allow: bool
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    targets: tuple[str, ...]
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]
    origin: str
    owner: str
    at: Span
    known: bool = True
    not_resources: tuple[str, ...] = ()

    def covers(self, action: str) -> bool:
        """Whether the grant speaks of `action` (`iam:PassRole`)."""
        if self.not_actions:
            return not any(matches(pattern, action) for pattern in self.not_actions)
        return any(matches(pattern, action) for pattern in self.actions)

    @property
    def unlimited(self) -> bool:
        """Whether it holds on every resource of its kind: `*`, or an ARN whose resource part is only wildcards."""
        return any(is_unlimited(resource) for resource in self.resources)

    def passes_to(self, service: str) -> bool:
        """Whether a condition on `iam:PassedToService`, if there is one, allows this service."""
        for operator, key, values in self.conditions:
            kind = operator.lower().split(":")[-1]
            if key != "iam:passedtoservice" or kind == "null":
                continue
            if any(matches(value, service) for value in values) == ("not" in kind):
                return False
        return True


def _may_be_of(arn: str, service: str) -> bool:
    """Whether an ARN, maybe a pattern or with references in it, may be of this service. A `*` crosses colons."""
    parts = arn.split(":", _ARN_SERVICE + 1)
    if len(parts) <= _ARN_SERVICE + 1 or any("*" in part for part in parts[:_ARN_SERVICE]):
        return True
    written = parts[_ARN_SERVICE].lower()
    head, star, _ = written.partition("*")
    return "$" in written or wildcard(head + star)(service)


class Grants:
    """Everything that one role is granted and denied."""

    def __init__(self, role: Role, inventory: Inventory) -> None:
        self.role = role
        self._inventory = inventory

    @cached_property
    def all(self) -> tuple[Grant, ...]:
        """Every grant, in the order of the files; managed policies last."""
        return (*_granted(self.role.statements), *_managed(self.role))

    @cached_property
    def boundary(self) -> tuple[Grant, ...] | None:
        """The grants of the permissions boundary, or None when there is none or it is not known."""
        boundary = self.role.boundary
        if boundary is None:
            return None
        from casemate.analysis.access.boundaries import boundary_statements

        found = boundary_statements(self.role, self._inventory)
        if found is not None:
            return tuple(_granted(found))
        statements = managed.managed_policy(boundary.text)
        return (
            None if statements is None else tuple(_written_out(statements, boundary.text, self.role.name, boundary.at))
        )

    @cached_property
    def _denies(self) -> tuple[Grant, ...]:
        """What is denied whatever the request says, by the role's policies and by its boundary."""
        return tuple(
            grant
            for grant in (*self.all, *(self.boundary or ()))
            if not grant.allow and not grant.conditions and grant.known
        )

    def allowing(self, action: str) -> tuple[Grant, ...]:
        """The Allow grants for `action`, without those that the boundary or an unconditional Deny takes away whole.

        A Deny on some resources takes away the grants on no others, and those on everything only if it is itself on
        everything.
        """
        found = tuple(grant for grant in self.all if grant.allow and grant.covers(action))
        if not found:
            return ()
        if self.boundary is not None and not any(grant.allow and grant.covers(action) for grant in self.boundary):
            return ()
        denies = [grant for grant in self._denies if grant.covers(action)]
        return tuple(grant for grant in found if not _denied(grant, denies)) if denies else found

    def reaches(self, grant: Grant, action: str) -> bool:
        """Whether any resource of the grant may be of the action's service; True when that cannot be told."""
        service = action.partition(":")[0].lower()
        types = {
            entity.resource.type.split("::")[1].lower()
            for target in grant.targets
            if (entity := self._inventory.by_id.get(target)) is not None and entity.resource.type.count("::") > 1
        }
        for resource in grant.resources:
            if resource.startswith("arn:"):
                if _may_be_of(resource.replace("${AWS::", "${"), service):
                    return True
            elif not resource.startswith("${") or not types or not types.isdisjoint(_TYPES_OF.get(service, {service})):
                return True
        return not grant.resources

    @cached_property
    def admin(self) -> bool:
        """Whether it may do everything on everything: what a policy allows, less what is denied, in the boundary.

        A Deny that leaves a way to more rights does not change the answer: one on a few resources, under a condition,
        or of actions that hand out no rights. Without the rights over identities nobody is an administrator.
        """
        declared = any(managed.is_admin(policy.term.text) for policy in self.role.managed) or any(
            grant.allow and not grant.conditions and "*" in grant.resources and _everything(grant) for grant in self.all
        )
        if not declared:
            return False
        if self.boundary is not None and not any(
            grant.allow
            and not grant.conditions
            and "*" in grant.resources
            and (_everything(grant) or (grant.not_actions and not _takes_rights(grant.not_actions)))
            for grant in self.boundary
        ):
            return False
        return not any(grant.unlimited and _denies_rights(grant) for grant in self._denies)


def _denied(grant: Grant, denies: list[Grant]) -> bool:
    """Whether these denies leave nothing of a grant."""
    if any(deny.unlimited for deny in denies):
        return True
    patterns = [resource for deny in denies for resource in deny.resources]
    return all(
        any(_within(resource, pattern) for pattern in patterns)
        or any(
            deny.not_resources and not any(_overlap(resource, pattern) for pattern in deny.not_resources)
            for deny in denies
        )
        for resource in grant.resources
    )


def _within(narrow: str, wide: str) -> bool:
    """Whether every resource of one pattern is one of the other; references are compared as they are written."""
    from casemate.analysis.access.proving.languages import TooLargeError, includes, wild

    try:
        return narrow == wide or includes([wild(wide)], [wild(narrow)])
    except TooLargeError:
        return False


def _overlap(one: str, other: str) -> bool:
    """Whether some resource may be in both: a reference may turn out to be any name."""
    from casemate.analysis.access.proving.languages import TooLargeError, empty, wild

    try:
        return not empty([[wild(_REFERENCE.sub("*", one))], [wild(_REFERENCE.sub("*", other))]])
    except TooLargeError:
        return True


_REFERENCE = re.compile(r"\$\{[^}]*\}")

_RIGHTS = (
    "iam:AttachRolePolicy",
    "iam:CreatePolicyVersion",
    "iam:PassRole",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
)
"""What an administrator hands out rights with. Who is denied all of them has at most a way *to* an administrator."""


def _takes_rights(patterns: tuple[str, ...]) -> bool:
    """Whether action patterns cover every way to more rights."""
    return all(any(matches(pattern, action) for pattern in patterns) for action in _RIGHTS)


def _denies_rights(deny: Grant) -> bool:
    if deny.not_actions:
        return not any(matches(pattern, action) for pattern in deny.not_actions for action in _RIGHTS)
    return _takes_rights(deny.actions)


def _everything(grant: Grant) -> bool:
    return any(pattern in {"*", "*:*"} for pattern in grant.actions)


def _granted(statements: Iterable[Statement]) -> Iterator[Grant]:
    for statement in statements:
        known = all(term.known for term in (*statement.actions, *statement.not_actions))
        yield Grant(
            allow=statement.effect == "Allow",
            actions=tuple(term.text for term in statement.actions if term.known),
            not_actions=tuple(term.text for term in statement.not_actions if term.known),
            # everything but a few may be allowed like everything; denied, it still leaves the few
            resources=tuple(term.text for term in statement.resources)
            or (("*",) if statement.not_resources and statement.effect == "Allow" else ()),
            not_resources=tuple(term.text for term in statement.not_resources),
            targets=tuple(target for term in statement.resources for target in term.targets),
            conditions=tuple(
                (condition.operator, condition.key.lower(), tuple(term.text for term in condition.values))
                for condition in statement.conditions
            ),
            origin=statement.origin,
            owner=statement.owner,
            at=statement.at,
            known=known,
        )


def _managed(role: Role) -> Iterator[Grant]:
    for policy in role.managed:
        statements = managed.managed_policy(policy.term.text)
        if statements is not None:
            yield from _written_out(statements, policy.term.text, policy.owner, policy.term.at)


def _written_out(statements: tuple[managed.ManagedStatement, ...], name: str, owner: str, at: Span) -> Iterator[Grant]:
    for statement in statements:
        yield Grant(
            allow=statement.effect == "Allow",
            actions=statement.actions,
            not_actions=statement.not_actions,
            resources=statement.resources or (("*",) if statement.effect == "Allow" else ()),
            not_resources=statement.not_resources,
            targets=(),
            conditions=tuple(
                (condition.operator, condition.key.lower(), condition.values) for condition in statement.conditions
            ),
            origin=f"managed policy {name.rsplit('/', 1)[-1]}",
            owner=owner,
            at=at,
        )


def trusts(role: Role, service: str) -> bool:
    """Whether a role's trust policy lets a service take it."""
    return any(
        statement.effect == "Allow"
        and any(
            principal.term.text in {service, "*"}
            for principal in statement.principals
            if principal.type in {"Service", "*"}
        )
        for statement in role.trust
    )


@lru_cache(maxsize=65_536)
def matches(pattern: str, text: str) -> bool:
    """IAM's wildcard match, without case: `*` any run, `?` one character.

    >>> matches("iam:Pass*", "iam:PassRole")
    True
    """
    return wildcard(pattern.lower())(text.lower())


_FILLED_IN = re.compile(r"\$\{[^{}]*\}")
"""What deployment fills in."""


def is_unlimited(resource: str) -> bool:
    """Whether a resource pattern fixes no resource.

    `*`, `arn:aws:iam::*:role/*`, `arn:aws:lambda:eu-west-1:123456789012:function:*`.

    The resource type may be named; everything after it must be wildcards.
    """
    if resource == "*":
        return True
    parts = _FILLED_IN.sub("x", resource).split(":", 5)  # the colons of `${AWS::Region}` are none of the ARN's
    if len(parts) < _ARN_PARTS:
        return False
    tail = re.split(r"[:/]", parts[5])
    named_first = parts[2] in _NAMED_FIRST or (parts[2] == "s3" and not parts[4])  # a bucket, not `accesspoint/…`
    rest = tail[:1] if named_first else tail[1:] if len(tail) > 1 else tail
    return all(piece == "" or not piece.strip("*") for piece in rest)


def service_wildcards(pattern: str) -> str | None:
    """The service of a pattern that stands for all of its actions (`s3:*`), else None."""
    service, colon, name = pattern.partition(":")
    return service.lower() if colon and name and not name.strip("*") else None


def includes_permissions_management(pattern: str) -> bool:
    """Whether a partial wildcard (`iam:*Policy`) reaches actions that change who may do what."""
    from casemate.analysis.access.catalogue import levels

    return "*" in pattern and bool(expand(pattern)) and "Permissions management" in levels(pattern)
