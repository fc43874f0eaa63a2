"""Role assignments of Azure and bindings of Google as text: Terraform, Bicep, or JSON."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from casemate.analysis.access.needs.azure_operations import is_data
from casemate.analysis.access.roles.plan import place
from casemate.model.value import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from casemate.analysis.access.roles.assigning import Assignment
    from casemate.model.policy import Role
    from casemate.model.resource import Resource

_OWNER = re.compile(r"^\$\{([^}]+)\}(.*)$", re.DOTALL)
_PLACES = 4
_GOOGLE_MEMBERS = {
    "google_storage_bucket": ("google_storage_bucket_iam_member", "bucket", "name"),
    "google_pubsub_topic": ("google_pubsub_topic_iam_member", "topic", "id"),
    "google_pubsub_subscription": ("google_pubsub_subscription_iam_member", "subscription", "id"),
    "google_secret_manager_secret": ("google_secret_manager_secret_iam_member", "secret_id", "id"),
    "google_kms_crypto_key": ("google_kms_crypto_key_iam_member", "crypto_key_id", "id"),
    "google_cloud_tasks_queue": ("google_cloud_tasks_queue_iam_member", "name", "id"),
    "google_bigquery_dataset": ("google_bigquery_dataset_iam_member", "dataset_id", "dataset_id"),
    "google_spanner_database": ("google_spanner_database_iam_member", "database", "name"),
    "google_cloud_run_v2_job": ("google_cloud_run_v2_job_iam_member", "name", "name"),
}  # fmt: skip
"""Type of a resource -> the type of its own bindings, the argument that names it, and the attribute that it takes."""


def assignments_text(
    found: Iterable[Assignment], dialect: str, name: str, identity: Role | None, resources: Mapping[str, Resource]
) -> str:
    """The text. `name`: of the function, begins the names; `identity`: whom the roles are given to."""
    listed = tuple(found)
    if dialect == "terraform":
        return "\n".join(_terraform(listed, name, identity, resources))
    if dialect == "bicep":
        return "\n".join(_bicep(listed, name, identity, resources))
    return json.dumps([_plain(one) for one in listed], indent=2, ensure_ascii=False) + "\n"


def _plain(one: Assignment) -> dict[str, object]:
    found: dict[str, object] = {"role": one.role, "scope": one.resource, "needed": list(one.actions)}
    if one.custom:
        found["custom"] = True
        if one.cloud == "azure":
            found["actions"] = [action for action in one.actions if not is_data(action)]
            found["dataActions"] = [action for action in one.actions if is_data(action)]
    elif one.rest:
        found["also grants"] = list(one.rest)
    found["because"] = [{"path": at.path, "line": at.start_line} for need in one.because for at in need.because]
    return found


def _comment(one: Assignment) -> str:
    places = list(dict.fromkeys(place(at) for need in one.because for at in need.because))
    more = f" and {len(places) - _PLACES} more" if len(places) > _PLACES else ""
    reasons = "; ".join(dict.fromkeys(need.reason for need in one.because if need.reason))
    return _line(f"{reasons + ': ' if reasons else ''}{', '.join(places[:_PLACES])}{more}")


def _line(text: str) -> str:
    """Text of scanned files on one line of a comment."""
    return "".join(char if char.isprintable() else "?" for char in text)


def _hcl(text: str) -> str:
    """Text of scanned files inside of quotes in HCL: nothing in it is evaluated."""
    return json.dumps(text)[1:-1].replace("${", "$${").replace("%{", "%%{")


def _label(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_").lower()


# -- Terraform
def _terraform(
    found: tuple[Assignment, ...], name: str, identity: Role | None, resources: Mapping[str, Resource]
) -> Iterator[str]:
    for number, one in enumerate(found, 1):
        label = f"{_label(name.rpartition('.')[2])}_{number}"
        yield f"# {_comment(one)}"
        lines = _terraform_azure if one.cloud == "azure" else _terraform_google
        yield from lines(one, label, identity, resources)
        yield ""


def _terraform_azure(
    one: Assignment, label: str, identity: Role | None, resources: Mapping[str, Resource]
) -> Iterator[str]:
    scope, sure = _azure_scope(one.resource)
    owner = _OWNER.match(one.resource)
    principal = _principal(identity)
    if one.custom:
        group = [key for key, resource in resources.items() if resource.type == "Microsoft.Resources/resourceGroups"]
        yield f'resource "azurerm_role_definition" "{label}" {{'
        yield f"  name  = {json.dumps(one.role)}"
        yield f"  scope = {f'{group[0]}.id' if len(group) == 1 else 'var.resource_group_id'}"
        yield "  permissions {"
        for setting, wanted in (("actions", False), ("data_actions", True)):
            listed = [action for action in one.actions if is_data(action) is wanted]
            if listed:
                yield f"    {setting} = {_list(listed, '    ')}"
        yield "  }"
        yield "}"
        yield ""
    if one.role.startswith("Cosmos DB Built-in") and owner is not None:
        account = f"azurerm_cosmosdb_account.{owner[1].rpartition('.')[2]}"
        yield f'resource "azurerm_cosmosdb_sql_role_assignment" "{label}" {{  # {one.role}'
        yield f"  resource_group_name = {account}.resource_group_name"
        yield f"  account_name = {account}.name"
        yield f'  role_definition_id = "${{{account}.id}}/sqlRoleDefinitions/{one.identifier}"'
    else:
        yield f'resource "azurerm_role_assignment" "{label}" {{'
        if one.custom:
            yield f"  role_definition_id = azurerm_role_definition.{label}.role_definition_resource_id"
        else:
            yield f"  role_definition_name = {json.dumps(one.role)}"
    yield f"  scope = {scope}{'' if sure else '  # not known more exactly'}"
    yield f"  principal_id = {principal}"
    yield "}"


def _azure_scope(resource: str) -> tuple[str, bool]:
    owner = _OWNER.match(resource)
    if owner is not None:
        return (f"{owner[1]}.id", True) if not owner[2] else (f'"${{{owner[1]}.id}}{_hcl(owner[2])}"', True)
    if resource == "*":
        return "var.resource_group_id", False
    return f'"${{var.resource_group_id}}/providers/{_hcl(resource)}"', True


def _principal(identity: Role | None) -> str:
    if identity is None:
        return "var.principal_id"
    key, _, end = _identity_key(identity)
    return f"{key}.identity[0].principal_id" if end else f"{key}.principal_id"


def _terraform_google(
    one: Assignment, label: str, identity: Role | None, resources: Mapping[str, Resource]
) -> Iterator[str]:
    if one.custom:
        yield f'resource "google_project_iam_custom_role" "{label}" {{'
        yield f"  role_id     = {json.dumps(re.sub(r'[^A-Za-z0-9_.]', '_', one.role))}"
        yield f"  title       = {json.dumps(one.role)}"
        yield f"  permissions = {_list(list(one.actions), '  ')}"
        yield "}"
        yield ""
    owner = _OWNER.match(one.resource)
    resource = resources.get(owner[1]) if owner is not None else None
    known = _GOOGLE_MEMBERS.get(resource.type if resource is not None else "")
    role = f"google_project_iam_custom_role.{label}.id" if one.custom else json.dumps(one.role)
    if known is not None and owner is not None:
        type_, argument, attribute = known
        yield f'resource "{type_}" "{label}" {{'
        yield f"  {argument} = {owner[1]}.{attribute}"
    else:
        yield f'resource "google_project_iam_member" "{label}" {{'
        yield f"  project = var.project{'' if one.resource == '*' else f'  # {_line(one.resource)}'}"
    email = "${var.service_account}" if identity is None else f"${{{identity.id.partition('#')[2]}.email}}"
    yield f"  role   = {role}"
    yield f'  member = "serviceAccount:{email}"'
    yield "}"


def _list(items: list[str], indent: str) -> str:
    if len(items) == 1:
        return json.dumps(items)
    return "[\n" + "".join(f"{indent}  {json.dumps(item)},\n" for item in items) + f"{indent}]"


# -- Bicep
def _bicep(
    found: tuple[Assignment, ...], name: str, identity: Role | None, resources: Mapping[str, Resource]
) -> Iterator[str]:
    """The template that is known is the compiled one, so that what it declares is referred to as existing."""
    key, _, end = _identity_key(identity)
    owners = [match[1] for one in found if (match := _OWNER.match(one.resource)) is not None]
    for one in dict.fromkeys((*owners, *([key] if key else []))):
        yield from _existing(one, resources)
    principal = f"{_symbol(key)}.{'identity' if end else 'properties'}.principalId" if key else "principalId"
    for number, one in enumerate(found, 1):
        label = f"{_label(name)}{number}"
        owner = _OWNER.match(one.resource)
        definition = f"'{one.identifier}'"
        yield f"// {_comment(one)}"
        if one.custom:
            definition = f"{label}Role.name"
            yield f"resource {label}Role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {{"
            yield f"  name: guid(resourceGroup().id, '{one.role}')"
            yield "  properties: {"
            yield f"    roleName: '{one.role}'"
            yield "    assignableScopes: [resourceGroup().id]"
            yield "    permissions: [{"
            for setting, wanted in (("actions", False), ("dataActions", True)):
                listed = [f"'{action}'" for action in one.actions if is_data(action) is wanted]
                if listed:
                    yield f"      {setting}: [{', '.join(listed)}]"
            yield "    }]"
            yield "  }"
            yield "}"
        yield f"resource {label} 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{  // {one.role}"
        yield f"  name: guid(resourceGroup().id, '{label}', '{one.role}')"
        if owner is not None:
            yield f"  scope: {_symbol(owner[1])}{f'  // for what is below it: {_line(owner[2])}' if owner[2] else ''}"
        yield "  properties: {"
        yield f"    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', {definition})"
        yield f"    principalId: {principal}"
        yield "    principalType: 'ServicePrincipal'"
        yield "  }"
        yield "}"
        yield ""


def _identity_key(identity: Role | None) -> tuple[str, str, str]:
    """(key of the resource that has the identity, mark, `identity` where it is the resource's own)."""
    key = identity.id.partition("#")[2] if identity is not None else ""
    own = key.endswith("/identity")
    return key.removesuffix("/identity"), "/" if own else "", "identity" if own else ""


def _existing(key: str, resources: Mapping[str, Resource]) -> Iterator[str]:
    resource = resources.get(key)
    name = resource.properties.get("name") if resource is not None else None
    version = text_of(resource.properties.get("apiVersion")) if resource is not None else None
    if resource is None or "/" not in resource.type:
        return
    yield f"resource {_symbol(key)} '{resource.type}@{version or 'VERSION'}' existing = {{"
    written = text_of(name) or ""
    known = re.fullmatch(r"[\w.()${} -]{1,200}", written) is not None
    yield f"  name: '{written}'" if known else "  name: NAME  // not written out in the template"
    yield "}"


def _symbol(key: str) -> str:
    return re.sub(r"\W+", "_", key.rpartition("/")[2] if "/" in key else key)
