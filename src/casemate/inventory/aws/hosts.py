"""Machines and containers beside the functions: EC2, launch templates, ECS tasks, Batch jobs, App Runner, notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws.entity import about, attachments
from casemate.inventory.aws.linking import linked
from casemate.inventory.aws.storage import disk
from casemate.inventory.logic import every, negated, some
from casemate.inventory.reading import Props, word
from casemate.model.function import Variable
from casemate.model.network import Host
from casemate.model.setting import Declared, Defaulted, Setting, Unresolved, convert
from casemate.model.value import display, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.model.entity import Entity, Link
    from casemate.model.resource import Resource
    from casemate.model.value import Value

_UNENCRYPTED = (
    "EBS User Guide, 'Amazon EBS encryption': volumes are not encrypted unless asked for or by the account's default"
)
_OPTIONAL = (
    "EC2 User Guide, 'Configure instance metadata options': tokens are optional unless required here or by the image"
)
_BY_SUBNET = "not set: the subnet decides"


def instance(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::EC2::Instance`; what it does not say itself, its launch template may."""
    props = context.props(resource)
    template = _template(props, context)
    yield Host(
        **about(resource, context),
        kind="machine",
        user_data=props.find("UserData") or (template.find("UserData") if template else None),
        public_address=_public_address(props, resource, context),
        metadata_v2=_metadata(props, template),
        disk_encryption=_disks(props, template),
        role=_profile_role(props.find("IamInstanceProfile"), context),
    )


def _template(props: Props, context: Context) -> Props | None:
    found = context.resource(props.find("LaunchTemplate.LaunchTemplateId")) or context.resource(
        props.find("LaunchTemplate.LaunchTemplateName")
    )
    if found is None or found.type != "AWS::EC2::LaunchTemplate":
        return None
    return context.props(found).section("LaunchTemplateData")


def launch_template(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::EC2::LaunchTemplate`."""
    props = context.props(resource).section("LaunchTemplateData")
    interfaces = _interfaces(props, resource)
    profile = props.find("IamInstanceProfile.Arn") or props.find("IamInstanceProfile.Name")
    yield Host(
        **about(resource, context),
        kind="template",
        user_data=props.find("UserData"),
        public_address=some(*interfaces) if interfaces else None,
        metadata_v2=_metadata(props, None),
        disk_encryption=_disks(props, None),
        role=_profile_role(profile, context),
    )


def launch_configuration(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::AutoScaling::LaunchConfiguration`."""
    props = context.props(resource)
    path = "AssociatePublicIpAddress"
    public: Setting[bool] = (
        Unresolved(path, resource.at, _BY_SUBNET) if props.find(path) is None else props.flag(path, False)
    )
    yield Host(
        **about(resource, context),
        kind="template",
        user_data=props.find("UserData"),
        public_address=public,
        metadata_v2=_metadata(props, None),
        disk_encryption=_disks(props, None),
        role=_profile_role(props.find("IamInstanceProfile"), context),
    )


def _metadata(props: Props, template: Props | None) -> Setting[bool]:
    """Whether the metadata service demands a token, or is off."""
    chosen = props if props.find("MetadataOptions") is not None or template is None else template
    return some(
        chosen.read("MetadataOptions.HttpTokens", word("required"), False, _OPTIONAL),
        chosen.read("MetadataOptions.HttpEndpoint", word("disabled"), False, _OPTIONAL),
    )


def _disks(props: Props, template: Props | None) -> Setting[bool]:
    """Whether every mapped disk is encrypted; with none mapped, what the account does by default."""
    chosen = props if props.find("BlockDeviceMappings") is not None or template is None else template
    name = "BlockDeviceMappings.Ebs.Encrypted"
    found: list[Setting[bool]] = []
    for mapping in chosen.sections("BlockDeviceMappings"):
        ebs = mapping.section("Ebs")
        if ebs.value is not None:
            section = Props(ebs.value, mapping.key_at("Ebs"), ebs.prefix)
            found.append(convert(disk(section), lambda encryption: encryption != "none"))
    return every(*found) if found else Defaulted(name, props.at, False, _UNENCRYPTED)


def _interfaces(props: Props, resource: Resource) -> list[Setting[bool]]:
    """`AssociatePublicIpAddress` of each network interface that sets it."""
    path = "AssociatePublicIpAddress"
    sections = (Props(section.value, resource.at, section.prefix) for section in props.sections("NetworkInterfaces"))
    return [section.flag(path, False) for section in sections if section.find(path) is not None]


def _public_address(props: Props, resource: Resource, context: Context) -> Setting[bool]:
    for type_ in ("AWS::EC2::EIP", "AWS::EC2::EIPAssociation"):
        address = next(attachments(resource, context, type_, "InstanceId"), None)
        if address is not None:
            return Declared("InstanceId", address.at, True)
    interfaces = _interfaces(props, resource)
    if interfaces:
        return some(*interfaces)
    place = props.find("SubnetId") or next(
        (found for section in props.sections("NetworkInterfaces") if (found := section.find("SubnetId"))), None
    )
    subnet = context.resource(place)
    if subnet is not None and subnet.type == "AWS::EC2::Subnet":
        return context.props(subnet).flag(
            "MapPublicIpOnLaunch", False, "AWS::EC2::Subnet MapPublicIpOnLaunch: false by default"
        )
    return Unresolved("NetworkInterfaces.AssociatePublicIpAddress", resource.at, _BY_SUBNET)


def _profile_role(value: Value | None, context: Context) -> Link | None:
    """The role of an instance profile, or the profile itself when it was not scanned."""
    profile = context.resource(value)
    if profile is not None and profile.type == "AWS::IAM::InstanceProfile":
        role = next((role for _, role in context.props(profile).each("Roles")), None)
        return linked(role, context)
    return linked(value, context)


def task(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::ECS::TaskDefinition`: one host a container, all with the task's role."""
    props = context.props(resource)
    role = linked(props.find("TaskRoleArn"), context)
    public = _task_address(resource, context)
    names: set[str] = set()
    for number, container in enumerate(props.sections("ContainerDefinitions")):
        name = text_of(container.find("Name")) or str(number + 1)
        name = f"{name}/{number + 1}" if name in names else name
        names.add(name)
        section = Props(container.value, resource.at, container.prefix)
        yield Host(
            **about(resource, context, f"container/{name}" if number else ""),
            kind="container",
            environment=tuple(_named_variables(section, "Environment")),
            public_address=public,
            privileged=section.flag("Privileged", False, "AWS::ECS::TaskDefinition Privileged: false by default"),
            role=role,
        )


def _task_address(resource: Resource, context: Context) -> Setting[bool] | None:
    """Whether a service gives the tasks public addresses; None when no service of the stack runs them."""
    path = "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp"
    off = "AWS::ECS::Service AssignPublicIp: DISABLED by default"
    services = [
        context.props(service) for service in attachments(resource, context, "AWS::ECS::Service", "TaskDefinition")
    ]
    settings = [
        props.read(path, word("ENABLED"), False, off) for props in services if props.find("NetworkConfiguration")
    ]
    return some(*settings) if settings else None


def job(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::Batch::JobDefinition`."""
    props = context.props(resource)
    section = props.section("ContainerProperties")
    off = "AWS::Batch::JobDefinition Privileged: false by default"
    yield Host(
        **about(resource, context),
        kind="container",
        environment=tuple(_named_variables(section, "Environment")),
        privileged=section.flag("Privileged", False, off),
        role=linked(section.find("JobRoleArn"), context),
    )


def app_runner(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::AppRunner::Service`: public unless its ingress is private."""
    props = context.props(resource)
    source = "SourceConfiguration"
    image, code = (
        f"{source}.ImageRepository.ImageConfiguration",
        f"{source}.CodeRepository.CodeConfiguration.CodeConfigurationValues",
    )
    yield Host(
        **about(resource, context),
        kind="container",
        environment=tuple(
            variable
            for path in (image, code)
            for variable in _named_variables(props, f"{path}.RuntimeEnvironmentVariables")
        ),
        public_address=props.flag(
            "NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible",
            True,
            "AWS::AppRunner::Service: public by default",
        ),
        role=linked(props.find("InstanceConfiguration.InstanceRoleArn"), context),
    )


def _named_variables(props: Props, path: str) -> Iterator[Variable]:
    """Variables that are listed as `{Name, Value}`."""
    for entry in props.sections(path):
        name, value = entry.find("Name"), entry.find("Value")
        if name is not None and value is not None:
            yield Variable(display(name), value, name.at)


def notebook(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::SageMaker::NotebookInstance`.

    `public_address`: direct internet access; `privileged`: its users are root (both are the default).
    """
    props = context.props(resource)
    open_ = "AWS::SageMaker::NotebookInstance DirectInternetAccess: Enabled by default"
    root = "AWS::SageMaker::NotebookInstance RootAccess: Enabled by default"
    yield Host(
        **about(resource, context),
        kind="machine",
        public_address=negated(props.read("DirectInternetAccess", word("Disabled"), False, open_)),
        privileged=negated(props.read("RootAccess", word("Disabled"), False, root)),
        role=linked(props.find("RoleArn"), context),
    )


def elastic_map_reduce(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::EMR::Cluster`: machines with the role of its job flow profile."""
    props = context.props(resource)
    yield Host(**about(resource, context), kind="cluster", role=_profile_role(props.find("JobFlowRole"), context))


BUILDERS: dict[str, Builder] = {
    "AWS::EC2::Instance": instance,
    "AWS::EC2::LaunchTemplate": launch_template,
    "AWS::AutoScaling::LaunchConfiguration": launch_configuration,
    "AWS::ECS::TaskDefinition": task,
    "AWS::Batch::JobDefinition": job,
    "AWS::AppRunner::Service": app_runner,
    "AWS::SageMaker::NotebookInstance": notebook,
    "AWS::EMR::Cluster": elastic_map_reduce,
}
