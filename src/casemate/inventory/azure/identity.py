"""Role assignments and definitions, managed identities with their federations.

Sources: Azure documentation, "Azure built-in roles" (ids), "Understand Azure role definitions", "Understand scope for
Azure RBAC", "Workload identity federation".
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Literal as OneOf

from casemate.inventory.azure.entity import about, children, parent
from casemate.inventory.reading import Props
from casemate.model.policy import Binding, Condition, Principal, Role, Statement, Term
from casemate.model.value import Reference, display, references, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource
    from casemate.model.value import Value

ScopeKind = OneOf["organisation", "subscription", "project", "resource-group", "resource", "unknown"]

BUILT_IN = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7": "Reader",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
    "17d1049b-9a84-46fb-8f53-869881c3d3ab": "Storage Account Contributor",
    "81a9662b-bebf-436f-a333-f67b29880f12": "Storage Account Key Operator Service Role",
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "19e7f393-937e-4f77-808e-94535e297925": "Storage Queue Data Reader",
    "8a0f0c08-91a1-4084-bc3d-661d67233fed": "Storage Queue Data Message Processor",
    "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a": "Storage Queue Data Message Sender",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
    "00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
    "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": "Key Vault Secrets Officer",
    "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
    "21090545-7ca7-4776-b22c-e363652d74d2": "Key Vault Reader",
    "f25e0fa2-a7c8-4377-a976-54943a77a395": "Key Vault Contributor",
    "090c5cfd-751d-490a-894a-3ce6f1109419": "Azure Service Bus Data Owner",
    "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39": "Azure Service Bus Data Sender",
    "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0": "Azure Service Bus Data Receiver",
    "f526a384-b230-433a-b45c-95f59c4a2dec": "Azure Event Hubs Data Owner",
    "2b629674-e913-4c01-ae53-ef4638d8f975": "Azure Event Hubs Data Sender",
    "a638d3c7-ab3a-418d-83e6-5f17a39d4fde": "Azure Event Hubs Data Receiver",
    "7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
    "8311e382-0749-4cb8-b61a-304f252e45ec": "AcrPush",
    "5bd9cd88-fe45-4216-938b-f97437e15450": "DocumentDB Account Contributor",
    "de139f84-1756-47ae-9be6-808fbbe84772": "Website Contributor",
    "9980e02c-c2be-4d73-94e8-173b1dc7cf3c": "Virtual Machine Contributor",
    "4d97b98b-1d4f-4787-a291-c67834d212e7": "Network Contributor",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
}
"""Names of built-in roles by their id."""


def assignment(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Authorization/roleAssignments`."""
    props = context.props(resource)
    defined = props.find("properties.roleDefinitionId")
    named = props.find("properties.roleDefinitionName")
    member = props.find("properties.principalId")
    if defined is None and named is None:
        return
    scope, kind = _scope(resource, context, props)
    condition = props.find("properties.condition")
    yield Binding(
        **about(resource, context),
        role=_role(defined, context) if defined is not None else context.term(named or member or resource.properties),
        members=(_member(member, context),) if member is not None else (),
        scope=scope,
        scope_kind=kind,
        condition_text=None if condition is None else display(condition),
    )


def _role(value: Value, context: Context) -> Term:
    """A role by its name: built-in ones by id, declared ones by theirs."""
    declared = context.resource(value)
    if declared is not None:
        name = text_of(context.props(declared).find("properties.roleName")) or declared.name
        return Term(name, value.at, (context.id(declared.key),))
    term = context.term(value)
    known = BUILT_IN.get(term.text.rpartition("/")[2].lower())
    if known is not None:
        return Term(known, value.at)
    return term


def _member(value: Value, context: Context) -> Term:
    """A system-assigned identity is `ID/identity`, beside the resource that has it."""
    term = context.term(value)
    own = [
        f"{target}/identity"
        for reference in references(value)
        if "identity" in (reference.attribute or "") and (target := context.resolve(reference))
    ]
    return Term(term.text, term.at, (*term.targets, *own), term.known)


def _scope(resource: Resource, context: Context, props: Props) -> tuple[Term, ScopeKind]:
    """The resource that an assignment extends, the `scope` that is written, else the resource group deployed to."""
    above = parent(resource, context)
    if above is not None:
        kind: ScopeKind = "resource-group" if above.type == "Microsoft.Resources/resourceGroups" else "resource"
        return Term(above.name, resource.at, (context.id(above.key),)), kind
    value = props.find("scope") or props.find("properties.scope")
    if value is None:
        return Term("the resource group that is deployed to", resource.at), "resource-group"
    term = context.term(value)
    declared = context.resource(value)
    if declared is not None:
        return term, "resource-group" if declared.type == "Microsoft.Resources/resourceGroups" else "resource"
    return term, scope_kind(value)


def scope_kind(value: Value) -> ScopeKind:
    """How wide a scope is, by its text: `/subscriptions/ID[/resourceGroups/NAME[/providers/…]]` or wider."""
    text = display(value).lower()
    if "managementgroups" in text or "management_group" in text or text == "/":
        return "organisation"
    if "/providers/" in text:
        return "resource"
    if "resourcegroups/" in text or "resourcegroup()" in text or "resource_group" in text:
        return "resource-group"
    if "subscription" in text:
        return "subscription"
    return "resource" if isinstance(value, Reference) else "unknown"


def definition(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Authorization/roleDefinitions`: a policy whose statements are its permissions."""
    props = context.props(resource)
    scopes = tuple(context.term(value) for _, value in props.each("properties.assignableScopes"))
    everywhere = scopes or (Term("the resource group that is deployed to", resource.at),)
    statements = []
    for permission in props.sections("properties.permissions"):
        for allowed, denied in (("actions", "notActions"), ("dataActions", "notDataActions")):
            actions = tuple(context.term(value) for _, value in permission.each(allowed))
            if not actions:
                continue
            excluded = tuple(context.term(value) for _, value in permission.each(denied))
            condition = Condition("Except", denied, excluded, permission.key_at(denied)) if excluded else None
            statements.append(
                Statement(
                    effect="Allow",
                    at=permission.key_at(allowed),
                    owner=resource.name,
                    origin=f"{allowed} of the role definition",
                    actions=actions,
                    resources=everywhere,
                    conditions=(condition,) if condition else (),
                )
            )
    yield Role(**about(resource, context), kind="policy", statements=tuple(statements))


def managed_identity(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.ManagedIdentity/userAssignedIdentities` with its federated credentials as trust."""
    trust = [
        statement
        for child in children(
            resource, context, "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"
        )
        for statement in _federation(child, context)
    ]
    yield Role(**about(resource, context), kind="identity", trust=tuple(trust))


def _federation(resource: Resource, context: Context) -> Iterator[Statement]:
    props = context.props(resource)
    issuer = props.find("properties.issuer")
    if issuer is None:
        return
    conditions = tuple(
        Condition(
            "StringEquals",
            key,
            tuple(context.term(value) for _, value in props.each(f"properties.{path}")),
            props.key_at(f"properties.{path}"),
        )
        for key, path in (("sub", "subject"), ("aud", "audiences"))
        if props.find(f"properties.{path}") is not None
    )
    yield Statement(
        effect="Allow",
        at=resource.at,
        owner=resource.name,
        origin="federated identity credential",
        principals=(Principal("Federated", context.term(issuer)),),
        conditions=conditions,
    )


BUILDERS: dict[str, Builder] = {
    "Microsoft.Authorization/roleAssignments": assignment,
    "Microsoft.Authorization/roleDefinitions": definition,
    "Microsoft.ManagedIdentity/userAssignedIdentities": managed_identity,
}
