"""Which policies and groups reach an identity from elsewhere: other stacks, and the groups that a user is in.

Source: AWS CloudFormation Template Reference, "AWS::IAM::Policy" (Roles, Users, Groups),
"AWS::IAM::UserToGroupAddition".
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from casemate.inventory.reading import Props

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from casemate.inventory.context import Context
    from casemate.inventory.world import World
    from casemate.model.resource import Resource

MANAGED = "AWS::IAM::ManagedPolicy"
ATTACHMENT = "Casemate::IAM::PolicyAttachment"
"""A managed policy (`PolicyArn`) put on identities that its own stack does not declare; only Terraform writes such."""
_ADDITION = "AWS::IAM::UserToGroupAddition"
ROLE, USER, GROUP = "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"
ATTACHED: dict[str, tuple[tuple[str, str], ...]] = {
    ROLE: (("AWS::IAM::Policy", "Roles"), ("AWS::IAM::RolePolicy", "RoleName"), (MANAGED, "Roles")),
    USER: (("AWS::IAM::Policy", "Users"), ("AWS::IAM::UserPolicy", "UserName"), (MANAGED, "Users")),
    GROUP: (("AWS::IAM::Policy", "Groups"), ("AWS::IAM::GroupPolicy", "GroupName"), (MANAGED, "Groups")),
}
"""Type of identity -> (type of a policy, its property that names identities)."""
HOLDERS: dict[str, str] = {
    "Roles": ROLE,
    "RoleName": ROLE,
    "Users": USER,
    "UserName": USER,
    "Groups": GROUP,
    "GroupName": GROUP,
}
"""Property of a policy that names identities -> their type."""
_POLICIES = frozenset({type_ for found in ATTACHED.values() for type_, _ in found} | {ATTACHMENT})


@lru_cache(maxsize=1)
def from_elsewhere(world: World) -> Mapping[str, Sequence[tuple[str, Resource]]]:
    """Id of an identity -> (stack, policy) of the policies in other stacks that name it."""
    found: dict[str, list[tuple[str, Resource]]] = {}
    for stack in world.stacks:
        for resource in stack.resources.values():
            if resource.type not in _POLICIES:
                continue
            props = Props(resource.properties, resource.at)
            named = {
                id_: None
                for property_, type_ in HOLDERS.items()
                for _, value in props.each(property_)
                for id_ in world.targets(value, stack, (type_,))
            }
            for id_ in named:
                if id_.rpartition("#")[0] != stack.path or resource.type == ATTACHMENT:
                    found.setdefault(id_, []).append((stack.path, resource))
    return found


def groups_of(resource: Resource, context: Context) -> Iterator[tuple[Resource, Context]]:
    """The groups that a user is in, of whatever stack; nothing else is in groups."""
    if resource.type != USER:
        return
    for id_ in _memberships(context.world).get(context.id(resource.key), ()):
        group = context.world.resource(id_)
        path = id_.rpartition("#")[0]
        if group is not None:
            yield group, context if path == context.stack.path else context.world.context(path)


@lru_cache(maxsize=1)
def _memberships(world: World) -> Mapping[str, Sequence[str]]:
    """Id of a user -> ids of its groups."""
    found: dict[str, dict[str, None]] = {}
    for stack in world.stacks:
        for resource in stack.resources.values():
            props = Props(resource.properties, resource.at)
            users: list[str] = []
            groups = ""
            if resource.type == USER:
                users, groups = [f"{stack.path}#{resource.key}"], "Groups"
            elif resource.type == _ADDITION:
                groups = "GroupName"
                users = [id_ for _, value in props.each("Users") for id_ in world.targets(value, stack, (USER,))]
            for _, value in props.each(groups) if users else ():
                for group in world.targets(value, stack, (GROUP,)):
                    for user in users:
                        found.setdefault(user, {})[group] = None
    return {user: tuple(groups) for user, groups in found.items()}


@lru_cache(maxsize=1)
def held_elsewhere(world: World) -> frozenset[str]:
    """Ids of the managed policies that an identity of another stack imports or names."""
    return frozenset(
        id_
        for stack in world.stacks
        for resource in stack.resources.values()
        if resource.type in ATTACHED
        for _, value in Props(resource.properties, resource.at).each("ManagedPolicyArns")
        for id_ in world.targets(value, stack, (MANAGED,))
    )
