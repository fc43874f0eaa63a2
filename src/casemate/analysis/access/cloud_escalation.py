"""The ways in which an identity of Azure or Google gets rights that it was not given.

A way is open when one action of each of its steps is granted. Sources: Azure documentation, "Azure permissions" by
resource provider, "Deployment technologies in Azure Functions" (what publishing replaces), "Elevate access";
Google Cloud documentation, "Roles for service account authentication", "Attach service accounts to resources", "Use IAM
securely" (the same list of permissions is in each product's page on acting as a service account).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from casemate.analysis.access.cloud_denials import denials
from casemate.analysis.access.permissions import identity_of, members_of
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.analysis.access.cloud_denials import Denial
    from casemate.analysis.access.permissions import Granted, Member
    from casemate.analysis.system import System


@dataclass(frozen=True, slots=True)
class Way:
    """One way. `steps`: of each tuple one action must be granted; `gains`: the end of "… can"."""

    id: str
    gains: str
    steps: tuple[tuple[str, ...], ...]


_WEB = "Microsoft.Web/sites"
_IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
AZURE: tuple[Way, ...] = (
    Way("assign-role", "give itself any role", (("Microsoft.Authorization/roleAssignments/write",),)),
    Way("define-role", "widen the custom roles it has", (("Microsoft.Authorization/roleDefinitions/write",),)),
    Way("elevate", "take over every subscription", (("Microsoft.Authorization/elevateAccess/action",),)),
    Way(
        "deploy-as-identity",
        "run its own code as any managed identity",
        (
            (f"{_IDENTITY}/assign/action", f"{_IDENTITY}/any/assign/action"),
            (
                f"{_WEB}/write",
                "Microsoft.Compute/virtualMachines/write",
                "Microsoft.App/containerApps/write",
                "Microsoft.ContainerInstance/containerGroups/write",
                "Microsoft.Logic/workflows/write",
                "Microsoft.Automation/automationAccounts/write",
                "Microsoft.Resources/deploymentScripts/write",
                "Microsoft.ContainerService/managedClusters/write",
            ),
        ),
    ),
    Way(
        "federate-identity",
        "become any managed identity through a provider of its own",
        ((f"{_IDENTITY}/federatedIdentityCredentials/write",),),
    ),
    Way(
        "publish-code",
        "replace the code of every app and so run as its identity",
        (
            (
                f"{_WEB}/publishxml/action",
                f"{_WEB}/publish/action",
                f"{_WEB}/config/list/action",
                f"{_WEB}/extensions/write",
                f"{_WEB}/host/listkeys/action",
                f"{_WEB}/functions/write",
            ),
        ),
    ),
    Way(
        "run-on-machine",
        "run commands as the identity of every virtual machine",
        (
            (
                "Microsoft.Compute/virtualMachines/runCommand/action",
                "Microsoft.Compute/virtualMachines/runCommands/write",
                "Microsoft.Compute/virtualMachines/extensions/write",
            ),
        ),
    ),
    Way(
        "change-runbook",
        "run its own code as the identity of an automation account",
        (
            (
                "Microsoft.Automation/automationAccounts/runbooks/write",
                "Microsoft.Automation/automationAccounts/runbooks/draft/write",
            ),
            (
                "Microsoft.Automation/automationAccounts/jobs/write",
                "Microsoft.Automation/automationAccounts/runbooks/publish/action",
            ),
        ),
    ),
    Way("change-workflow", "send requests as the identity of every logic app", (("Microsoft.Logic/workflows/write",),)),
    Way(
        "open-vault",
        "let itself into every key vault that has access policies",
        (("Microsoft.KeyVault/vaults/accessPolicies/write", "Microsoft.KeyVault/vaults/write"),),
    ),
)

_ACT = "iam.serviceAccounts.actAs"
GOOGLE: tuple[Way, ...] = (
    Way("get-token", "get tokens of other service accounts", (("iam.serviceAccounts.getAccessToken",),)),
    Way("sign", "sign as other service accounts", (("iam.serviceAccounts.signBlob", "iam.serviceAccounts.signJwt"),)),
    Way("delegate", "get tokens through chains of service accounts", (("iam.serviceAccounts.implicitDelegation",),)),
    Way(
        "create-key",
        "make keys of other service accounts",
        (("iam.serviceAccountKeys.create", "storage.hmacKeys.create"),),
    ),
    Way("change-role", "widen the custom roles it has", (("iam.roles.update",),)),
    Way(
        "set-policy",
        "give itself any role",
        (
            (
                "resourcemanager.projects.setIamPolicy",
                "resourcemanager.folders.setIamPolicy",
                "resourcemanager.organizations.setIamPolicy",
                "iam.serviceAccounts.setIamPolicy",
            ),
        ),
    ),
    Way(
        "change-constraints",
        "switch off constraints of the organisation",
        (("orgpolicy.policy.set", "orgpolicy.policies.update"),),
    ),
    Way(
        "deploy-as-account",
        "run its own code as other service accounts",
        (
            (_ACT,),
            (
                "cloudfunctions.functions.create",
                "cloudfunctions.functions.update",
                "run.services.create",
                "run.services.update",
                "run.jobs.create",
                "run.jobs.update",
                "compute.instances.create",
                "compute.instances.setServiceAccount",
                "cloudbuild.builds.create",
                "cloudscheduler.jobs.create",
                "cloudscheduler.jobs.update",
                "cloudtasks.tasks.create",
                "workflows.workflows.create",
                "workflows.workflows.update",
                "dataflow.jobs.create",
                "dataproc.clusters.create",
                "composer.environments.create",
                "aiplatform.customJobs.create",
                "notebooks.instances.create",
                "eventarc.triggers.create",
                "appengine.versions.create",
                "batch.jobs.create",
            ),
        ),
    ),
    Way(
        "deploy-templates",
        "deploy as the deployment service's own account, an editor",
        (("deploymentmanager.deployments.create", "deploymentmanager.deployments.update"),),
    ),
    Way(
        "log-in-to-machine",
        "run commands as the service account of every machine",
        (
            (
                "compute.instances.setMetadata",
                "compute.projects.setCommonInstanceMetadata",
                "compute.instances.osAdminLogin",
            ),
        ),
    ),
)

WAYS: Mapping[str, tuple[Way, ...]] = MappingProxyType({"azure": AZURE, "google": GOOGLE})


@dataclass(frozen=True, slots=True)
class Opened:
    """A way that is open, with the action and the grant that takes each step.

    `doubts`: why it may be closed all the same: the step's grant holds under a condition, or something may deny it.
    """

    way: Way
    steps: tuple[tuple[str, Granted], ...]
    doubts: tuple[str, ...] = ()


def opened(granted: Sequence[Granted], denials: Sequence[Denial] = (), member: str = "") -> tuple[Opened, ...]:
    """The ways that these grants of one identity open together, whatever their scopes, minus what is denied to it."""
    if not granted:
        return ()
    found: list[Opened] = []
    for way in WAYS.get(granted[0].binding.cloud, ()):
        steps = [_step(actions, granted, denials, member) for actions in way.steps]
        known = [step for step in steps if step is not None]
        if len(known) == len(steps):
            doubts = tuple(dict.fromkeys(doubt for _, _, doubt in known if doubt))
            found.append(Opened(way, tuple((action, grant) for action, grant, _ in known), doubts))
    return tuple(found)


def _step(
    actions: tuple[str, ...], granted: Sequence[Granted], denials: Sequence[Denial], member: str
) -> tuple[str, Granted, str] | None:
    """(action, grant, why that is in doubt or nothing): one without a doubt before the others."""
    doubtful: tuple[str, Granted, str] | None = None
    for each in granted:
        for action in actions:
            if not each.permissions.may(action):
                continue
            answers = {one.answer(action, each, member): one for one in denials}
            if "yes" in answers:
                continue
            doubt = ""
            if each.binding.condition_text is not None:
                doubt = f"{each.binding.name} holds under a condition: {each.binding.condition_text[:120]}"
            elif "maybe" in answers:
                at = answers["maybe"].at
                doubt = f"{action} may be denied by {at.path}:{at.start_line}"
            if not doubt:
                return action, each, ""
            doubtful = doubtful or (action, each, doubt)
    return doubtful


BROAD: Mapping[str, int] = MappingProxyType(
    {
        "roles/owner": 3,
        "roles/editor": 3,
        "roles/iam.securityadmin": 3,
        "roles/resourcemanager.projectiamadmin": 3,
        "roles/resourcemanager.folderiamadmin": 3,
        "roles/resourcemanager.organizationadmin": 3,
        "roles/iam.serviceaccounttokencreator": 3,
        "roles/iam.serviceaccountuser": 2,
        "roles/iam.serviceaccountadmin": 3,
        "roles/iam.serviceaccountkeyadmin": 3,
        "roles/storage.admin": 2,
        "roles/secretmanager.admin": 2,
        "roles/compute.admin": 2,
        "roles/cloudfunctions.admin": 2,
        "roles/run.admin": 2,
        "owner": 3,
        "contributor": 3,
        "user access administrator": 3,
        "role based access control administrator": 3,
    },
)
"""Roles (lower case) that are too much on a whole project or subscription by their name: 3 is high, 2 medium. Sources:
Google Cloud, "Basic and predefined roles reference"; Azure, "Azure built-in roles"."""
_AGENT = re.compile(r"serviceAccount:service-[^@]+@[\w.-]+\.iam\.gserviceaccount\.com")


def is_service_agent(member: str) -> bool:
    """Whether a member is Google's own agent for a product: it needs its roles, and nobody can log in as it.

    Google Cloud documentation, "Service agents": `service-PROJECT_NUMBER@gcp-sa-….iam.gserviceaccount.com`.
    """
    return _AGENT.fullmatch(member) is not None


WIDE = frozenset({"organisation", "subscription", "project", "resource-group"})
"""Scopes that hold many resources."""


def is_broad(granted: Granted) -> bool:
    """Whether its role is too much by its name, on a wide scope."""
    binding = granted.binding
    name = binding.role.text.rpartition("/")[2] if binding.cloud == "azure" else binding.role.text
    return binding.scope_kind in WIDE and name.lower() in BROAD


@dataclass(frozen=True, slots=True)
class Escalating:
    """A member of bindings with the ways that are open to it, and those of which that is not known; at least one."""

    member: Member
    ways: tuple[Opened, ...]
    doubtful: tuple[Opened, ...] = ()


_escalating: WeakKeyDictionary[System, tuple[Escalating, ...]] = WeakKeyDictionary()


def escalating(system: System) -> tuple[Escalating, ...]:
    """Who can get rights that it was not given, by grants on wide scopes or on an identity that has more.

    Left out: members that have a role which is too much by its name, and Google's own agents. What is granted under a
    condition, or may be denied, is in doubt. Computed once a system.
    """
    known = _escalating.get(system)
    if known is None:
        members = members_of(system)
        strong = {
            each.identity.id for each in members if each.identity is not None and any(map(is_broad, each.granted))
        }
        strong |= {
            function.id
            for function in (system.inventory.functions if strong else ())
            if (identity := identity_of(function, system)) is not None and identity.id in strong
        }
        found: list[Escalating] = []
        for member in members:
            if any(map(is_broad, member.granted)) or is_service_agent(member.name):
                continue
            reaching = [each for each in member.granted if _reaches(each, strong)]
            ways = opened(reaching, denials(system), member.name)
            if ways:
                sure = tuple(way for way in ways if not way.doubts)
                found.append(Escalating(member, sure, tuple(way for way in ways if way.doubts)))
        known = _escalating[system] = tuple(found)
    return known


def _reaches(granted: Granted, strong: set[str]) -> bool:
    binding = granted.binding
    return binding.scope_kind in WIDE or any(target in strong for target in binding.scope.targets)
