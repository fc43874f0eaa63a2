"""Key vaults, their secrets and keys, and who may use them.

Sources: Azure documentation, "Microsoft.KeyVault vaults" (template reference), "Azure Key Vault soft-delete overview"
(on always since 2025-02, 90 days), "Key Vault access policies", "Configure key rotation".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.azure.entity import about, ancestor, network_restricted, parent, public_access
from casemate.inventory.entity import is_empty
from casemate.inventory.logic import fixed, negated
from casemate.inventory.reading import Props, as_text
from casemate.model.policy import Binding, Term
from casemate.model.secret import Key, Secret
from casemate.model.setting import Declared, Defaulted, Setting
from casemate.model.value import Literal, display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource
    from casemate.model.value import Value

_VAULT = "Microsoft.KeyVault/vaults"


def vault(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.KeyVault/vaults`, and a `Binding` for each access policy."""
    props = context.props(resource)
    routable = public_access(props)
    yield Key(
        **about(resource, context),
        kind="vault",
        rotation=None,
        symmetric=fixed("symmetric", resource.at, False, "a vault"),
        deletion_days=props.number(
            "properties.softDeleteRetentionInDays", 90, "softDeleteRetentionInDays: 90 unless set"
        ),
        purge_protected=props.flag("properties.enablePurgeProtection", False, "enablePurgeProtection: off unless set"),
        network_restricted=negated(routable) if routable.always(lambda value: not value) else network_restricted(props),
    )
    yield from _policies(resource, resource, context, props)


def access_policies(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.KeyVault/vaults/accessPolicies`."""
    above = parent(resource, context) or resource
    yield from _policies(resource, above, context, context.props(resource))


def _policies(resource: Resource, target: Resource, context: Context, props: Props) -> Iterator[Entity]:
    """One binding a policy; the role is the list of permissions, `secrets/get`, `keys/*` for `all`."""
    scope = Term(target.name, resource.at, (context.id(target.key),))
    for number, policy in enumerate(props.sections("properties.accessPolicies")):
        member = policy.find("objectId")
        at = policy.at
        granted: list[str] = []
        known = True
        for kind, key_at, _ in policy.items("permissions"):
            for _, permission in policy.each(f"permissions.{kind}"):
                known = known and isinstance(permission, Literal)
                text = display(permission).lower()
                granted.append(f"{kind}/{'*' if text in {'all', '*'} else text}")
                at = key_at
        if granted:
            yield Binding(
                **about(resource, context, f"policy-{number}"),
                role=Term(", ".join(granted), at, (), known),
                members=(context.term(member),) if member is not None else (),
                scope=scope,
                scope_kind="resource",
            )


def secret(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.KeyVault/vaults/secrets`."""
    props = context.props(resource)
    yield Secret(
        **about(resource, context),
        kind="vault-secret",
        value=props.find("properties.value"),
        encrypted=fixed("encryption", resource.at, True, "a key vault encrypts"),
        expires=_expires(props, "properties.attributes.exp"),
    )


def key(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.KeyVault/vaults/keys`."""
    props = context.props(resource)
    above = ancestor(resource, context, _VAULT)
    rotating = props.find("properties.rotationPolicy.lifetimeActions")
    rotation: Setting[bool] = fixed("rotationPolicy", resource.at, False, "no rotation policy is declared")
    if not is_empty(rotating) and rotating is not None:
        rotation = Declared("rotationPolicy.lifetimeActions", rotating.at, _rotates(rotating))
    vaulted = context.props(above) if above is not None else None
    yield Key(
        **about(resource, context),
        kind="key",
        rotation=rotation,
        symmetric=props.read("properties.kty", _is_symmetric, False, "kty: RSA unless set"),
        purge_protected=vaulted.flag("properties.enablePurgeProtection", False, "the vault's setting")
        if vaulted is not None
        else None,
        expires=_expires(props, "properties.attributes.exp"),
    )


def _rotates(value: Value) -> bool:
    """Whether there is an action `rotate`; azurerm's `automatic` block has a trigger and no other action than that."""
    for section in Props(value, value.at).sections():
        kind = section.find("action.type") or section.find("action")
        if display(kind).lower() == "rotate" if kind is not None else section.find("trigger") is not None:
            return True
    return False


def automation_variable(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Automation/automationAccounts/variables`."""
    props = context.props(resource)
    encrypted = props.flag("properties.isEncrypted", False, "isEncrypted: false unless set")
    yield Secret(
        **about(resource, context), kind="parameter", value=props.find("properties.value"), encrypted=encrypted
    )


def _is_symmetric(value: Value) -> bool:
    return as_text(value).lower().startswith("oct")


def _expires(props: Props, path: str) -> Setting[bool]:
    value = props.find(path)
    if value is None or is_empty(value):
        return Defaulted(path, props.at, False, "never expires unless an expiry date is set")
    return Declared(path, value.at, True)


BUILDERS: dict[str, Builder] = {
    _VAULT: vault,
    f"{_VAULT}/accessPolicies": access_policies,
    f"{_VAULT}/secrets": secret,
    f"{_VAULT}/keys": key,
    "Microsoft.Automation/automationAccounts/variables": automation_variable,
}
