"""Roles, users, groups and policies: every statement that reaches an identity, and where it came from.

Source: AWS CloudFormation Template Reference, "AWS::IAM::Role" and its kin; IAM API reference, "PutRolePolicy" (names).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from casemate.inventory.aws.embedded import tree
from casemate.inventory.aws.entity import attachments
from casemate.inventory.aws.linking import identity
from casemate.inventory.policies import statements
from casemate.model.policy import ManagedPolicy, Role, RoleKind, Statement
from casemate.model.value import Fields, Literal, display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.policy import Term
    from casemate.model.resource import Resource
    from casemate.model.value import Value

MANAGED = "AWS::IAM::ManagedPolicy"
_IDENTITIES = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
_ATTACHED: dict[str, tuple[tuple[str, str], ...]] = {
    "AWS::IAM::Role": (("AWS::IAM::Policy", "Roles"), ("AWS::IAM::RolePolicy", "RoleName"), (MANAGED, "Roles")),
    "AWS::IAM::User": (("AWS::IAM::Policy", "Users"), ("AWS::IAM::UserPolicy", "UserName"), (MANAGED, "Users")),
    "AWS::IAM::Group": (("AWS::IAM::Policy", "Groups"), ("AWS::IAM::GroupPolicy", "GroupName"), (MANAGED, "Groups")),
}
"""Type of identity -> (type of a policy, its property that names identities)."""
_HOLDERS = ("Roles", "Users", "Groups", "RoleName", "UserName", "GroupName")


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
    yield from _inline(resource, context)
    seen: set[str] = set()
    for type_, path in _ATTACHED[resource.type]:
        for policy in attachments(resource, context, type_, path):
            if policy.key not in seen:
                seen.add(policy.key)
                yield from _of_policy(policy, context)
    for words, value in context.props(resource).each("ManagedPolicyArns"):
        declared = _declared(value, context)
        if declared is not None and declared.key not in seen:
            seen.add(declared.key)
            yield from _under(words, _of_policy(declared, context))


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


def _managed(resource: Resource, context: Context) -> Iterator[ManagedPolicy]:
    owner = identity(resource, context)["name"]
    for _, value in context.props(resource).each("ManagedPolicyArns"):
        if _declared(value, context) is None:
            yield ManagedPolicy(context.term(value), owner, "ManagedPolicyArns")


# -- policies that nothing scanned holds -------------------------------------------------------------------------------
def policy(resource: Resource, context: Context) -> Iterator[Role]:
    """A policy whose statements no identity of this stack carries; those of the others stand with who holds them.

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


def _is_held(resource: Resource, context: Context) -> bool:
    props = context.props(resource)
    for path in _HOLDERS:
        for _, value in props.each(path):
            if _names_identity(value, context):
                return True
    if resource.type != MANAGED:
        return False
    for holder in context.referrers(resource.key, *_IDENTITIES):
        for _, value in context.props(holder).each("ManagedPolicyArns"):
            if _declared(value, context) is resource:
                return True
    return False


def _names_identity(value: Value, context: Context) -> bool:
    found = context.resource(value)
    if found is None and isinstance(value, Literal):
        path, _, key = (context.world.names.get(display(value)) or "").rpartition("#")
        found = context.stack.resources.get(key) if path == context.stack.path else None
    return found is not None and found.type in _IDENTITIES


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
    "AWS::SSO::PermissionSet": permission_set,
}
