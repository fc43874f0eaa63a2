"""Machines and containers beside the functions: virtual machines, scale sets, container groups, container apps.

Sources: Azure documentation, template reference of each type; "Azure Instance Metadata Service"; "Overview of managed
disk encryption options".
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from casemate.inventory.azure.entity import about
from casemate.inventory.entity import is_empty
from casemate.inventory.logic import negated
from casemate.inventory.reading import Props
from casemate.model.function import Variable
from casemate.model.network import Host
from casemate.model.secret import Secret
from casemate.model.setting import Declared, Defaulted, Setting
from casemate.model.value import Literal, Value, display, references, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity, Link
    from casemate.model.resource import Resource

_ENCRYPTED = "Azure encrypts managed disks with a key of Microsoft"
_METADATA = "Azure's metadata service always demands a header"


def machine(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Compute/virtualMachines`, and its administrator's password where one is written."""
    props = context.props(resource)
    yield _machine(resource, context, props.section("properties"), props, _public_address(props, context))
    yield from _password(resource, context, props.section("properties.osProfile"))


def scale_set(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.Compute/virtualMachineScaleSets`."""
    props = context.props(resource)
    profile = props.section("properties.virtualMachineProfile")
    yield _machine(resource, context, profile, props, None)
    yield from _password(resource, context, profile.section("osProfile"))


def _machine(resource: Resource, context: Context, profile: Props, props: Props, address: Setting[bool] | None) -> Host:
    return Host(
        **about(resource, context),
        kind="machine",
        user_data=_decoded(profile.find("osProfile.customData") or profile.find("userData")),
        public_address=address,
        metadata_v2=Defaulted("metadata", resource.at, True, _METADATA),
        disk_encryption=_disks(profile, props),
        password_login=None if "azurerm_windows_" in resource.key else _password_login(profile),
        role=_role(props, context),
    )


def _password_login(profile: Props) -> Setting[bool] | None:
    """Linux only: Windows has no other way."""
    if _is_windows(profile):
        return None
    source = "disablePasswordAuthentication: false unless set"
    return negated(profile.flag("osProfile.linuxConfiguration.disablePasswordAuthentication", False, source))


def _is_windows(profile: Props) -> bool:
    if profile.find("osProfile.windowsConfiguration") is not None:
        return True
    publisher = text_of(profile.find("storageProfile.imageReference.publisher")) or ""
    kind = text_of(profile.find("storageProfile.osDisk.osType")) or ""
    return kind.lower() == "windows" or publisher.lower().startswith(("microsoftwindows", "microsoftsqlserver"))


def _disks(profile: Props, props: Props) -> Setting[bool]:
    """Encrypted always; an unmanaged disk is as its storage account is."""
    at_host = props.find("properties.securityProfile.encryptionAtHost")
    if at_host is not None:
        return Declared("securityProfile.encryptionAtHost", at_host.at, True)
    return Defaulted("storageProfile.osDisk", profile.at, True, _ENCRYPTED)


def _decoded(value: Value | None) -> Value | None:
    """Start-up data is base64; a text that is none is kept."""
    text = text_of(value)
    if text is None or value is None:
        return value
    try:
        return Literal(base64.b64decode(text, validate=True).decode(), value.at)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return value


def _public_address(props: Props, context: Context) -> Setting[bool] | None:
    """Whether an interface of the machine has a public address, as far as interfaces are declared here."""
    for _, entry in props.each("properties.networkProfile.networkInterfaces"):
        interface = context.resource(entry)
        if interface is None or interface.type != "Microsoft.Network/networkInterfaces":
            continue
        for configuration in context.props(interface).sections("properties.ipConfigurations"):
            for path in ("properties.publicIPAddress", "publicIPAddress"):
                value = configuration.find(path)
                if value is not None and not is_empty(value):
                    return Declared("publicIPAddress", value.at, True)
        return Defaulted("publicIPAddress", props.at, False, "its interface has no public address")
    return None


def _password(resource: Resource, context: Context, profile: Props) -> Iterator[Entity]:
    value = profile.find("adminPassword")
    if value is not None and not is_empty(value):
        shared = about(resource, context, "administrator", at=profile.key_at("adminPassword"))
        kept = Defaulted("adminPassword", value.at, True, "kept by the machine")
        yield Secret(**shared, kind="credential", value=value, encrypted=kept)


def _role(props: Props, context: Context) -> Link | None:
    value = props.find("identity.userAssignedIdentities")
    return context.link(value) if value is not None and any(True for _ in references(value)) else None


def container_group(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.ContainerInstance/containerGroups`: `secureValue`s are kept apart by the service."""
    props = context.props(resource)
    variables = [
        variable
        for container in props.sections("properties.containers")
        for variable in _variables(container, "properties.environmentVariables")
    ]
    address = props.read(
        "properties.ipAddress.type",
        lambda value: display(value).lower() == "public",
        False,
        "no address unless asked for",
    )
    yield Host(
        **about(resource, context),
        kind="container",
        environment=tuple(variables),
        public_address=address,
        role=_role(props, context),
    )


def container_app(resource: Resource, context: Context) -> Iterator[Entity]:
    """`Microsoft.App/containerApps` and jobs."""
    props = context.props(resource)
    variables = [
        variable
        for container in props.sections("properties.template.containers")
        for variable in _variables(container, "env")
    ]
    external = props.flag("properties.configuration.ingress.external", False, "external: false unless set")
    yield Host(
        **about(resource, context),
        kind="container",
        environment=tuple(variables),
        public_address=external,
        role=_role(props, context),
        https_only=negated(
            props.flag("properties.configuration.ingress.allowInsecure", False, "allowInsecure: false unless set")
        ),
    )
    for entry in props.sections("properties.configuration.secrets"):
        value, name = entry.find("value"), entry.find("name")
        if value is not None and name is not None:
            kept = Defaulted("value", value.at, True, "kept by the service")
            shared = about(resource, context, display(name), at=name.at, name=display(name))
            yield Secret(**shared, kind="secret", value=value, encrypted=kept)


def _variables(container: Props, path: str) -> Iterator[Variable]:
    for entry in container.sections(path):
        name, value = entry.find("name"), entry.find("value")
        if name is not None and value is not None:
            yield Variable(display(name), value, name.at)


BUILDERS: dict[str, Builder] = {
    "Microsoft.Compute/virtualMachines": machine,
    "Microsoft.Compute/virtualMachineScaleSets": scale_set,
    "Microsoft.ContainerInstance/containerGroups": container_group,
    "Microsoft.App/containerApps": container_app,
    "Microsoft.App/jobs": container_app,
}
