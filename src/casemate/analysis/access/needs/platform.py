"""What a function needs besides its own calls, because of how it is set up.

*Required* is what Lambda demands before it accepts a setting, or without which the setting does nothing: network
interfaces, traces, polling of queues and streams, dead-letter targets and destinations, the key of the variables.
*Conditional* is what the function runs without: its logs are lost then.

Sources: Lambda developer guide, "Defining Lambda function permissions with an execution role" (managed policies for
Lambda features), "Configuring a Lambda function to access resources in a VPC", "Using Lambda with SQS / Kinesis /
DynamoDB / MSK", "Capturing records of asynchronous invocations".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.access.needs.statements import Needed
from casemate.model.value import Fields, Reference, Value, references, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.system import System
    from casemate.model.function import Function
    from casemate.model.trigger import Trigger

_LOG_GROUP = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/%s"
_NETWORK = (
    "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
)  # fmt: skip
_SOMETIMES = frozenset({"ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses", "ec2:DescribeSubnets"})
"""Lambda asks for these without refusing a role that lacks them."""
_TRACING = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")

_POLLING: dict[str, tuple[str, ...]] = {
    "queue": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "stream": ("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream",
               "kinesis:DescribeStreamSummary", "kinesis:ListShards"),
    "table": ("dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"),
    "kafka": ("kafka:DescribeCluster", "kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers"),
    "message-broker": ("mq:DescribeBroker",),
    "document-store": ("rds:DescribeDBClusters", "rds:DescribeDBClusterParameters", "rds:DescribeDBSubnetGroups"),
}  # fmt: skip
"""Trigger kinds that the function's own role polls; the others are pushed, and stand in the function's policy."""

_CONFIGURES = frozenset({"AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping"})
_BY_SERVICE = {
    "sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction", "events": "events:PutEvents",
    "s3": "s3:PutObject",
}  # fmt: skip
_SENDS: dict[str, tuple[str, ...]] = {
    "AWS::SQS::Queue": ("sqs:SendMessage",), "AWS::SNS::Topic": ("sns:Publish",),
    "AWS::Lambda::Function": ("lambda:InvokeFunction",), "AWS::Events::EventBus": ("events:PutEvents",),
    "AWS::S3::Bucket": ("s3:PutObject",),
}  # fmt: skip
"""What Lambda needs to hand a record on to a destination of this type."""

_ADDED_LATER = frozenset({"kinesis:DescribeStreamSummary", "kinesis:ListShards", "dynamodb:ListStreams"})
"""What AWS asks for today, and the older managed policies, with which functions still run, do not hold."""

_IN_NETWORK = frozenset({"kafka", "message-broker", "document-store"})


def platform_needs(function: Function, system: System) -> Iterator[Needed]:
    """The needs that follow from the function's settings and triggers, each at the place that asks for it."""
    if function.kind != "lambda":
        return
    at = (function.at,)
    name = function.resource.properties.get("FunctionName")
    made = "${AWS::StackName}-*" if name is None else "*"  # no reference to the function: it refers to the role itself
    group = _LOG_GROUP % (text_of(name) or made)
    reason = "its log group"
    yield Needed("logs:CreateLogStream", f"{group}:*", conditional=True, because=at, reason=reason)
    yield Needed("logs:PutLogEvents", f"{group}:*", conditional=True, because=at, reason=reason)
    if function.log_group is None:
        yield Needed("logs:CreateLogGroup", f"{group}:*", conditional=True, because=at, reason=reason)
    if function.tracing.ever(bool):
        for action in _TRACING:
            yield Needed(action, "*", conditional=False, because=(function.tracing.at,), reason="X-Ray tracing")
    if function.in_network.ever(bool):
        for action in _NETWORK:
            yield Needed(
                action,
                "*",
                conditional=action in _SOMETIMES,
                because=(function.in_network.at,),
                reason="network interfaces",
            )
    yield from _destination(function, system)
    yield from _asynchronous(function, system)
    key = function.environment_key.values()
    if any(key):
        text = _arn(function.resource.properties.get("KmsKeyArn"))
        yield Needed(
            "kms:Decrypt", text, conditional=False, because=(function.environment_key.at,), reason="its own key"
        )
    for trigger in system.triggers_of(function):
        yield from _polling(trigger)


def _asynchronous(function: Function, system: System) -> Iterator[Needed]:
    """Destinations of asynchronous calls and of failed batches: Lambda sends to them as the function.

    It refuses the setting when the role may not.
    """
    stack = system.stack_of(function)
    if stack is None:
        return
    for resource in stack.resources.values():
        name = resource.properties.get("FunctionName") if resource.type in _CONFIGURES else None
        if name is None or all(reference.target != function.resource.key for reference in references(name)):
            continue
        block = resource.properties.get("DestinationConfig")
        for outcome in ("OnFailure", "OnSuccess"):
            branch = block.get(outcome) if isinstance(block, Fields) else None
            target = branch.get("Destination") if isinstance(branch, Fields) else None
            if target is None:
                continue
            known = [stack.resources[one.target].type for one in references(target) if one.target in stack.resources]
            actions = _SENDS.get(known[0] if known else "") or _sends(text_of(target) or "")
            for action in actions:
                arn = f"{_arn(target)}/*" if action == "s3:PutObject" else _arn(target)
                unsure = len(actions) > 1
                yield Needed(action, arn, conditional=unsure, because=(target.at,), reason=f"its destination {outcome}")


def _sends(text: str) -> tuple[str, ...]:
    """By the service in an ARN; all that come into question when it is not known."""
    named = tuple(action for service, action in _BY_SERVICE.items() if f":{service}:" in text)
    return named or tuple(_BY_SERVICE.values())[:2]


def _destination(function: Function, system: System) -> Iterator[Needed]:
    reason = "its dead-letter target"
    block = function.resource.properties.get("DeadLetterConfig")
    value = block.get("TargetArn") if isinstance(block, Fields) else None
    if value is None:
        return
    arn = _arn(value)
    known = text_of(value) or ""
    stack = system.stack_of(function)
    types = (
        {stack.resources[one.target].type for one in references(value) if one.target in stack.resources}
        if stack
        else set()
    )
    if types == {"AWS::SQS::Queue"} or ":sqs:" in known:
        actions: tuple[str, ...] = ("sqs:SendMessage",)
    elif types == {"AWS::SNS::Topic"} or ":sns:" in known:
        actions = ("sns:Publish",)
    else:
        actions = ("sqs:SendMessage", "sns:Publish")
    for action in actions:  # Lambda refuses the setting when the role may not
        yield Needed(action, arn, conditional=len(actions) > 1, because=(value.at,), reason=reason)


def _polling(trigger: Trigger) -> Iterator[Needed]:
    actions = _POLLING.get(trigger.kind, ())
    if not actions or trigger.source is None or trigger.resource.type == "AWS::Pipes::Pipe":
        return  # a pipe polls with a role of its own
    key = trigger.source.target.partition("#")[2] if trigger.source.target else None
    if key is None:
        arn = trigger.source.text if trigger.source.text.startswith(("arn:", "${")) else "*"
    else:
        arn = f"${{{key}.StreamArn}}" if trigger.kind == "table" else f"${{{key}.Arn}}"
    for action in actions:
        resource = "*" if action == "dynamodb:ListStreams" else arn
        yield Needed(
            action,
            resource,
            conditional=False,
            because=(trigger.at,),
            reason=f"polling of {trigger.name}",
            enforced=action not in _ADDED_LATER,
        )
    if trigger.kind in _IN_NETWORK:
        for action in (*_NETWORK[:2], "ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups"):
            yield Needed(
                action, "*", conditional=trigger.kind == "message-broker", because=(trigger.at,),
                reason=f"polling of {trigger.name}",
            )  # fmt: skip
        yield Needed(
            "secretsmanager:GetSecretValue", "*", conditional=True, because=(trigger.at,), reason="its credentials"
        )
        yield Needed("kms:Decrypt", "*", conditional=True, because=(trigger.at,), reason="the key of its credentials")


def _arn(value: Value | None) -> str:
    if isinstance(value, Reference) and not value.target.startswith("AWS::"):
        return f"${{{value.target}.Arn}}"
    return text_of(value) or "*"
