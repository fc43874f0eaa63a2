"""Roles, users, groups and policies: every statement that reaches an identity, and where it came from.

Source: AWS CloudFormation Template Reference, "AWS::IAM::Role" and its kin; IAM API reference, "PutRolePolicy" (names).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws.attached import (
    ATTACHED,
    ATTACHMENT,
    HOLDERS,
    MANAGED,
    from_elsewhere,
    groups_of,
    held_elsewhere,
)
from casemate.inventory.aws.embedded import tree
from casemate.inventory.aws.entity import attachments
from casemate.inventory.aws.linking import identity
from casemate.inventory.policies import statements
from casemate.model.policy import ManagedPolicy, Role, RoleKind, Statement
from casemate.model.record import replace
from casemate.model.value import Fields, Literal, display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.policy import Term
    from casemate.model.resource import Resource
    from casemate.model.value import Value


def _holder(kind: RoleKind) -> Builder:
    def build(resource: Resource, context: Context) -> Iterator[Role]:
        props = context.props(resource)
        boundary = props.find("PermissionsBoundary")
        found = identity(resource, context)
        trust = tree(props.find("AssumeRolePolicyDocument"))
        yield Role(
            **found,
            kind=kind,
            trust=tuple(statements(trust, context, owner=found["name"], origin="trust policy")),
            statements=tuple(_effective(resource, context)),
            managed=tuple(_managed(resource, context)),
            boundary=None if boundary is None else context.term(boundary),
            implied=resource.implied_by is not None,
        )

    return build


# -- statements --------------------------------------------------------------------------------------------------------
def _effective(resource: Resource, context: Context) -> Iterator[Statement]:
    yield from _own(resource, context)
    for group, there in groups_of(resource, context):
        yield from _own(group, there)


def _own(resource: Resource, context: Context) -> Iterator[Statement]:
    """What the identity itself is given, without its groups."""
    yield from _inline(resource, context)
    seen: set[str] = set()
    for type_, path in ATTACHED[resource.type]:
        for policy in attachments(resource, context, type_, path):
            if policy.key not in seen:
                seen.add(policy.key)
                yield from _of_policy(policy, context)
    for words, value in context.props(resource).each("ManagedPolicyArns"):
        declared = _declared(value, context)
        if declared is not None and context.id(declared.key) not in seen:
            seen.add(context.id(declared.key))
            yield from _under(words, _of_policy(declared, context))
        elif declared is None and (elsewhere := _declared_elsewhere(value, context)) is not None:
            yield from _under(words, _of_policy(*elsewhere))
    for path, policy in from_elsewhere(context.world).get(context.id(resource.key), ()):
        if policy.type != ATTACHMENT:
            yield from _of_policy(policy, context.world.context(path))


def _inline(resource: Resource, context: Context) -> Iterator[Statement]:
    """The policies in the identity itself.

    In a role that a framework makes, a name that IAM would not take (with a space) says that nobody wrote the
    policy, and how it came to be.
    """
    owner = identity(resource, context)["name"]
    for words, value in context.props(resource).each("Policies"):
        if not isinstance(value, Fields):
            continue
        name = display(value.get("PolicyName") or Literal("", value.at))
        made_up = resource.implied_by is not None and " " in name
        origin = _origin(name, implied=resource.implied_by is not None)
        document = tree(value.get("PolicyDocument"))
        yield from _under(words, statements(document, context, owner=owner, origin=origin, implied=made_up))


def _origin(name: str, *, implied: bool) -> str:
    """In words. Sources name policies of implied roles after where they stand: `provider.iam.role.statements`."""
    if not implied:
        return f"inline policy {name!r}" if name else "inline policy"
    return name if " " in name or "." in name else "Policies"


def _of_policy(policy: Resource, context: Context) -> Iterator[Statement]:
    """The statements of a policy that is a resource of its own."""
    kind = "managed policy" if policy.type == MANAGED else "policy"
    document = tree(policy.properties.get("PolicyDocument"))
    owner = identity(policy, context)["name"]
    implied = policy.implied_by is not None
    yield from _under(
        policy.condition, statements(document, context, owner=owner, origin=f"{kind} {owner}", implied=implied)
    )


def _under(words: str | None, found: Iterator[Statement]) -> Iterator[Statement]:
    """The statements, under one more condition."""
    for statement in found:
        if words is None:
            yield statement
        else:
            yield replace(
                statement, condition=words if statement.condition is None else f"{words} and {statement.condition}"
            )


def _declared(value: Value, context: Context) -> Resource | None:
    """The managed policy of this stack that an attachment refers to."""
    found = context.resource(value)
    return found if found is not None and found.type == MANAGED else None


def _declared_elsewhere(value: Value, context: Context) -> tuple[Resource, Context] | None:
    """The managed policy of another stack that an attachment imports or names, and that stack."""
    id_ = next(context.world.targets(value, context.stack, (MANAGED,)), None)
    found = None if id_ is None else context.world.resource(id_)
    if id_ is None or found is None:
        return None
    return found, context.world.context(id_.rpartition("#")[0])


def _managed(resource: Resource, context: Context) -> Iterator[ManagedPolicy]:
    for holder, there in ((resource, context), *groups_of(resource, context)):
        owner = identity(holder, there)["name"]
        for _, value in there.props(holder).each("ManagedPolicyArns"):
            if _declared(value, there) is None and _declared_elsewhere(value, there) is None:
                yield ManagedPolicy(there.term(value), owner, "ManagedPolicyArns")
        for path, policy in from_elsewhere(context.world).get(there.id(holder.key), ()):
            if policy.type == ATTACHMENT:
                yield from _attached(policy, context.world.context(path), owner)


def _attached(attachment: Resource, context: Context, owner: str) -> Iterator[ManagedPolicy]:
    """The policy that an attachment puts on an identity of another stack (`owner`), or on one that was not scanned."""
    for _, value in context.props(attachment).each("PolicyArn"):
        yield ManagedPolicy(context.term(value), owner, "attachment")


# -- policies that nothing scanned holds -------------------------------------------------------------------------------
def policy(resource: Resource, context: Context) -> Iterator[Role]:
    """A policy whose statements no identity that was scanned carries; those of the others stand with who holds them.

    A managed policy that only bounds permissions (`PermissionsBoundary`) grants nothing, and is left out.
    """
    if _is_held(resource, context) or _only_bounds(resource, context):
        return
    yield Role(
        **identity(resource, context),
        kind="policy",
        statements=tuple(_of_policy(resource, context)),
        implied=resource.implied_by is not None,
    )


def attachment(resource: Resource, context: Context) -> Iterator[Role]:
    """A managed policy on an identity that nothing scanned declares: what it grants is granted to somebody."""
    if not _is_held(resource, context):
        yield Role(
            **identity(resource, context), kind="policy", managed=tuple(_attached(resource, context, resource.name))
        )


def _is_held(resource: Resource, context: Context) -> bool:
    props = context.props(resource)
    for property_, type_ in HOLDERS.items():
        for _, value in props.each(property_):
            if any(True for _ in context.world.targets(value, context.stack, (type_,))):
                return True
    if resource.type != MANAGED:
        return False
    for holder in context.referrers(resource.key, *ATTACHED):
        for _, value in context.props(holder).each("ManagedPolicyArns"):
            if _declared(value, context) is resource:
                return True
    return context.id(resource.key) in held_elsewhere(context.world)


def _only_bounds(resource: Resource, context: Context) -> bool:
    if resource.type != MANAGED:
        return False
    for holder in context.referrers(resource.key):
        bounds = holder.properties.get("PermissionsBoundary")
        if bounds is not None and context.resource(bounds) is resource:
            return True
    return False


def permission_set(resource: Resource, context: Context) -> Iterator[Role]:
    """`AWS::SSO::PermissionSet`: the role that people get through IAM Identity Center."""
    props = context.props(resource)
    terms: list[Term] = [context.term(value) for _, value in props.each("ManagedPolicies")]
    document = tree(props.find("InlinePolicy"))
    yield Role(
        **identity(resource, context),
        kind="role",
        statements=tuple(statements(document, context, owner=resource.name, origin="InlinePolicy")),
        managed=tuple(ManagedPolicy(term, resource.name, "ManagedPolicies") for term in terms),
    )


BUILDERS: dict[str, Builder] = {
    "AWS::IAM::Role": _holder("role"),
    "AWS::IAM::User": _holder("user"),
    "AWS::IAM::Group": _holder("group"),
    "AWS::IAM::ManagedPolicy": policy,
    "AWS::IAM::Policy": policy,
    "AWS::IAM::RolePolicy": policy,
    "AWS::IAM::UserPolicy": policy,
    "AWS::IAM::GroupPolicy": policy,
    ATTACHMENT: attachment,
    "AWS::SSO::PermissionSet": permission_set,
}
