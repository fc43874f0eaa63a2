"""State machines of Step Functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.inventory.aws.entity import about
from casemate.inventory.aws.linking import linked
from casemate.inventory.aws.states import definition, examine
from casemate.inventory.reading import word
from casemate.model.setting import Defaulted, Setting
from casemate.model.workflow import StateMachine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.inventory.context import Builder, Context
    from casemate.inventory.reading import Props
    from casemate.model.entity import Entity
    from casemate.model.resource import Resource


def state_machine(resource: Resource, context: Context) -> Iterator[Entity]:
    """`AWS::StepFunctions::StateMachine`. A definition that lies in a bucket is not known."""
    props = context.props(resource)
    table = {key: value for key, _, value in props.items("DefinitionSubstitutions")}
    written = props.find("Definition")
    machine = definition(written if written is not None else props.find("DefinitionString"), table)
    states = examine(machine, context)
    logging = "AWS::StepFunctions::StateMachine LoggingConfiguration"
    yield StateMachine(
        **about(resource, context),
        express=props.read(
            "StateMachineType", word("EXPRESS"), False, "AWS::StepFunctions::StateMachine: STANDARD by default"
        ),
        log_level=props.text("LoggingConfiguration.Level", "OFF", f"{logging}: OFF by default"),
        logs_data=props.flag("LoggingConfiguration.IncludeExecutionData", False, f"{logging}: false by default"),
        tracing=props.flag("TracingConfiguration.Enabled", False, "X-Ray tracing is off unless set"),
        encrypted=_encrypted(props),
        role=linked(props.find("RoleArn"), context),
        definition=machine,
        invokes=tuple(states.invokes),
        uncaught=tuple(states.uncaught),
        endless=tuple(states.endless),
    )


def _encrypted(props: Props) -> Setting[bool]:
    """Always; `EncryptionConfiguration` only chooses whose key."""
    source = "Step Functions Developer Guide, 'Data at rest encryption': an AWS owned key by default"
    if props.find("EncryptionConfiguration") is None:
        return Defaulted("EncryptionConfiguration", props.at, True, source)
    return props.read("EncryptionConfiguration.Type", word("CUSTOMER_MANAGED_KMS_KEY", "AWS_OWNED_KEY"), True, source)


BUILDERS: dict[str, Builder] = {"AWS::StepFunctions::StateMachine": state_machine}
