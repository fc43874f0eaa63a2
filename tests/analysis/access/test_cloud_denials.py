"""Deny assignments of Azure and deny policies of Google, and grants under a condition: yes, no or not known."""

from __future__ import annotations

import pytest
from tests.analysis.access.needs.needs_applications import system

from casemate.analysis.access.cloud_denials import denials
from casemate.analysis.access.cloud_escalation import escalating

GOOGLE = """
resource "google_service_account" "worker" {
  account_id = "worker"
}
resource "google_service_account" "other" {
  account_id = "other"
}
resource "google_project_iam_member" "roles" {
  project = "shop"
  role    = "roles/iam.roleAdmin"
  member  = "serviceAccount:${google_service_account.worker.email}"
}
resource "google_iam_deny_policy" "roles" {
  parent = PARENT
  name   = "no-roles"
  rules {
    deny_rule {
      denied_principals  = [WHO]
      denied_permissions = ["PERMISSION"]
      EXTRA
    }
  }
}
"""
SHOP = '"cloudresourcemanager.googleapis.com%2Fprojects%2Fshop"'
ALL = '"principalSet://goog/public:all"'
UPDATE = "iam.googleapis.com/roles.update"


def google(who: str = ALL, permission: str = UPDATE, parent: str = SHOP, extra: str = "") -> tuple[int, int]:
    """How many ways are open for sure, and how many in doubt."""
    text = GOOGLE.replace("PARENT", parent).replace("WHO", who).replace("PERMISSION", permission)
    found = escalating(system({"main.tf": text.replace("EXTRA", extra)}))
    return sum(len(one.ways) for one in found), sum(len(one.doubtful) for one in found)


def test_what_is_denied_to_everyone_is_closed() -> None:
    assert google() == (0, 0)
    assert google(permission="iam.googleapis.com/roles.*") == (0, 0)


def test_another_permission_or_account_closes_nothing() -> None:
    assert google(permission="iam.googleapis.com/roles.delete") == (1, 0)
    other = '"principal://iam.googleapis.com/projects/-/serviceAccounts/${google_service_account.other.email}"'
    assert google(who=other) == (1, 0)


def test_the_account_itself_is_named_by_reference() -> None:
    own = '"principal://iam.googleapis.com/projects/-/serviceAccounts/${google_service_account.worker.email}"'
    assert google(who=own) == (0, 0)


@pytest.mark.parametrize(
    "extra",
    [
        'exception_principals = ["principalSet://goog/group/ops@example.com"]',
        "denial_condition {\n expression = \"!resource.matchTag('1/env', 'dev')\"\n }",
    ],
)
def test_exceptions_and_conditions_leave_a_doubt(extra: str) -> None:
    assert google(extra=extra) == (0, 1)


def test_a_policy_on_another_place_leaves_a_doubt() -> None:
    assert google(parent='"cloudresourcemanager.googleapis.com%2Ffolders%2F123"') == (0, 1)


def test_a_permission_that_is_spared_is_not_denied() -> None:
    extra = f'exception_permissions = ["{UPDATE}"]'
    assert google(permission="iam.googleapis.com/roles.*", extra=extra) == (1, 0)


ARM = """
{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {"type": "Microsoft.Web/sites", "apiVersion": "2023-12-01", "name": "shop", "kind": "functionapp",
     "location": "westeurope", "identity": {"type": "SystemAssigned"}, "properties": {}},
    {"type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "own",
     "properties": {
       "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'f1a07417-d97a-45cb-824c-7a7467783830')]",
       CONDITION
       "principalId": "[reference(resourceId('Microsoft.Web/sites', 'shop'), '2023-12-01', 'full').identity.principalId]"}},
    {"type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "name": "web",
     "properties": {
       "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'de139f84-1756-47ae-9be6-808fbbe84772')]",
       CONDITION
       "principalId": "[reference(resourceId('Microsoft.Web/sites', 'shop'), '2023-12-01', 'full').identity.principalId]"}}
    DENIAL
  ]
}
"""
DENIAL = """, {"type": "Microsoft.Authorization/denyAssignments", "apiVersion": "2022-04-01", "name": "d", "properties": {
  "permissions": [{"actions": ["ACTIONS"], "notActions": []}],
  "principals": [{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}],
  "excludePrincipals": [EXCLUDED]}}
"""


def azure(actions: str | None = None, excluded: str = "", condition: str = "") -> tuple[bool, bool]:
    """Whether a way is open for sure, and whether one is in doubt."""
    denial = DENIAL.replace("ACTIONS", actions).replace("EXCLUDED", excluded) if actions is not None else ""
    text = ARM.replace("DENIAL", denial).replace("CONDITION", condition)
    found = escalating(system({"azuredeploy.json": text}))
    return any(one.ways for one in found), any(one.doubtful for one in found)


def test_a_deny_assignment_for_everyone_wins_over_every_role() -> None:
    assert azure()[0]
    assert azure("*") == (False, False)
    assert azure("Microsoft.Storage/*")[0]


def test_excluded_principals_leave_a_doubt() -> None:
    assert azure("*", excluded='{"id": "11111111-1111-1111-1111-111111111111", "type": "ServicePrincipal"}') == (
        False,
        True,
    )


def test_a_condition_of_the_assignment_leaves_a_doubt() -> None:
    condition = '"condition": "@Resource[x:y] StringEquals \'a\'", "conditionVersion": "2.0",'
    assert azure(condition=condition) == (False, True)


def test_denials_are_read_once_a_system() -> None:
    made = system({"azuredeploy.json": ARM.replace("DENIAL", DENIAL.replace("EXCLUDED", "")).replace("CONDITION", "")})
    assert denials(made) is denials(made)
