"""A function that feeds its own trigger.

What it does
------------
Reports functions that may write to the bucket, queue, topic, stream or table that triggers them, directly or through
other functions of the system, when no filter on the trigger keeps what they write out. A function whose code was
followed whole and writes nothing of the kind is left out; where the right comes from a role that other functions share,
and the code is not known, the doubt is said (low confidence).

Why it matters
--------------
One event makes the next: the loop runs at the speed of the cloud until somebody looks at the bill. AWS stops some
loops after 16 rounds, not those over buckets and tables with a detour.

How to fix
----------
Write to another bucket or under a prefix that the trigger excludes, send results to another queue, or limit the
rights to what is needed (read only).

When to allow it
----------------
Loops with an end by design, such as a paginated export over a queue, with a limit on rounds in the message.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, LOW, MEDIUM, Outcome, Violation, bad, good, rule
from casemate.model.function import Function
from casemate.model.location import Span
from casemate.model.policy import Statement
from casemate.model.trigger import Trigger
from casemate.model.value import Fields, Items, text_of

_CARRIES = {
    "bucket": ("s3:put", "s3:*", "s3:copy", "s3:restore"),
    "queue": ("sqs:send", "sqs:*"),
    "topic": ("sns:publish", "sns:*"),
    "stream": ("kinesis:put", "kinesis:*"),
    "table": (
        "dynamodb:put",
        "dynamodb:update",
        "dynamodb:batchwrite",
        "dynamodb:delete",
        "dynamodb:transactwrite",
        "dynamodb:partiql",
        "dynamodb:*",
    ),
    "bus": ("events:putevents", "events:*"),
}
"""Kind of trigger -> the beginnings of actions that make a new event of it."""
_MOST_STEPS = 6


@rule(
    "recursion-loop",
    weakness="recursion-loop",
    severity=HIGH,
    confidence="medium",
    tags=["cwe-835", "cwe-674", "owasp-sls-08"],
)
def check(trigger: Trigger, system: System) -> Iterator[Outcome]:
    source = trigger.source.target if trigger.source else None
    function = system.inventory.find(trigger.function.target, Function)
    if function is not None and (output := _own_output(function, trigger)) is not None:
        name, place = output
        yield Violation(
            f"{function.name} writes to the {trigger.kind} {name} that triggers it: an endless loop",
            trigger.at,
            related=((place, "its output binding"),),
            resource=function,
            cause=name,
        )
        return
    if source is None or function is None or trigger.filters or not trigger.enabled.ever(bool):
        return
    path = _way_back(function, source, trigger.kind, system)
    if path is None:
        return
    names, statement = path
    role = system.role_of(function)
    shared = len(names) == 1 and role is not None and len(system.functions_of(role)) > 1
    store = system.inventory.by_id.get(source)
    yield Violation(
        f"{' → '.join(names)} may write to the {trigger.kind} {store.name if store else source} that triggers it: an endless loop",
        trigger.at,
        severity=LOW if shared else HIGH if len(names) == 1 else MEDIUM,
        confidence="low" if shared else None,
        evidence={"written by": statement.origin},
        related=((statement.at, "allows to write there"),),
        resource=function,
        cause=store.name if store else source,
    )


_BINDINGS: dict[str, tuple[str, str]] = {
    "queuetrigger": ("queue", "queueName"),
    "servicebustrigger": ("servicebus", "queueName"),
    "eventhubtrigger": ("eventhub", "eventHubName"),
    "cosmosdbtrigger": ("cosmosdb", "containerName"),
    "blobtrigger": ("blob", "path"),
}
"""Trigger of Azure Functions -> the output binding to the same place, and the property that names it."""


def _own_output(function: Function, trigger: Trigger) -> tuple[str, Span] | None:
    """An output binding of an Azure function that names what its trigger reads."""
    bindings = _listed(function.resource.properties)
    taken = next((one for one in bindings if one.at == trigger.at), None)
    known = _BINDINGS.get((text_of(taken.get("type")) or "").lower()) if taken is not None else None
    if taken is None or known is None:
        return None
    type_, argument = known
    name = text_of(taken.get(argument))
    for other in bindings:
        if (
            name
            and (text_of(other.get("type")) or "").lower() == type_
            and (text_of(other.get("direction")) or "").lower() in {"out", "inout"}
            and text_of(other.get(argument)) == name
            and text_of(other.get("connection")) == text_of(taken.get("connection"))
        ):
            return name, other.at
    return None


def _listed(properties: Fields) -> list[Fields]:
    """The bindings of a function.json, or of a function in a template."""
    inner = properties.get("properties")
    config = inner.get("config") if isinstance(inner, Fields) else properties
    found = config.get("bindings") if isinstance(config, Fields) else None
    return [item for item in found.items if isinstance(item, Fields)] if isinstance(found, Items) else []


def _way_back(start: Function, source: str, kind: str, system: System) -> tuple[list[str], Statement] | None:
    """The functions on the shortest way from `start` back to `source`, and the statement that closes it."""
    queue: list[tuple[Function, list[str]]] = [(start, [start.name])]
    seen = {start.id}
    while queue:
        function, names = queue.pop(0)
        for statement, target, target_kind in _written(function, system):
            if target == source and target_kind == kind:
                return names, statement
            if len(names) < _MOST_STEPS and target != source:
                for following in _triggered(target, target_kind, system):
                    if following.id not in seen:
                        seen.add(following.id)
                        queue.append((following, [*names, following.name]))
    return None


def _written(function: Function, system: System) -> Iterator[tuple[Statement, str, str]]:
    """(statement, store, kind of event it makes) for each store that the function's role may write to by name."""
    role = system.role_of(function)
    for statement in role.statements if role else ():
        if statement.effect != "Allow":
            continue
        actions = [term.text.lower() for term in statement.actions if term.known]
        for term in statement.resources:
            for target in term.targets:
                for kind, beginnings in _CARRIES.items():
                    if any(action.startswith(beginnings) for action in actions) and _may_write(
                        function, beginnings, system
                    ):
                        yield statement, target, kind


def _may_write(function: Function, beginnings: tuple[str, ...], system: System) -> bool:
    """False only where all of its code was followed and needs no such action."""
    needs = system.needs.get(function.id) if system.has_code else None
    return (
        needs is None or not needs.complete or any(one.action.lower().startswith(beginnings) for one in needs.all)
    )  # fmt: skip


def _triggered(source: str, kind: str, system: System) -> Iterator[Function]:
    for trigger in system.inventory.triggers:
        if trigger.source and trigger.source.target == source and trigger.kind == kind and not trigger.filters:
            function = system.inventory.find(trigger.function.target, Function)
            if function is not None:
                yield function


CASES = [
    bad(
        "sam",
        """
        Resize:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Policies:
              - S3CrudPolicy: {BucketName: !Ref Pictures}
            Events:
              Upload:  # <- here
                Type: S3
                Properties: {Bucket: !Ref Pictures, Events: s3:ObjectCreated:*}
        Pictures:
          Type: AWS::S3::Bucket
        """,
    ),
    good(
        "sam",
        """
        Resize:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            Policies:
              - S3ReadPolicy: {BucketName: !Ref Pictures}
              - S3WritePolicy: {BucketName: !Ref Thumbnails}
            Events:
              Upload:
                Type: S3
                Properties: {Bucket: !Ref Pictures, Events: s3:ObjectCreated:*}
        Pictures:
          Type: AWS::S3::Bucket
        Thumbnails:
          Type: AWS::S3::Bucket
        """,
    ),
    bad(
        "sam",
        """
        Worker:
          Type: AWS::Serverless::Function
          Properties:
            Handler: index.handler
            Runtime: python3.13
            InlineCode: |
              import boto3
              def handler(event, context):
                  boto3.client("sqs").send_message(QueueUrl=event["queue"], MessageBody="again")
            Policies:
              - SQSSendMessagePolicy: {QueueName: !GetAtt Jobs.QueueName}
            Events:
              Job:  # <- here
                Type: SQS
                Properties: {Queue: !GetAtt Jobs.Arn}
        Jobs: {Type: AWS::SQS::Queue}
        """,
    ),
    good(
        "sam",
        """
        Worker:
          Type: AWS::Serverless::Function
          Properties:
            Handler: index.handler
            Runtime: python3.13
            InlineCode: |
              def handler(event, context):
                  return len(event["Records"])
            Policies:
              - SQSSendMessagePolicy: {QueueName: !GetAtt Jobs.QueueName}
            Events:
              Job:
                Type: SQS
                Properties: {Queue: !GetAtt Jobs.Arn}
        Jobs: {Type: AWS::SQS::Queue}
        """,
    ),
    bad(
        "functionjson",
        """
        {
          "bindings": [
            {"type": "queueTrigger", "direction": "in", "name": "item", "queueName": "jobs", "connection": "Storage"}, // <- here
            {"type": "queue", "direction": "out", "name": "again", "queueName": "jobs", "connection": "Storage"}
          ]
        }
        """,
    ),
    good(
        "functionjson",
        """
        {
          "bindings": [
            {"type": "queueTrigger", "direction": "in", "name": "item", "queueName": "jobs", "connection": "Storage"},
            {"type": "queue", "direction": "out", "name": "next", "queueName": "done", "connection": "Storage"}
          ]
        }
        """,
    ),
]
