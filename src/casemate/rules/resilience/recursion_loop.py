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
from casemate.model.policy import Statement
from casemate.model.trigger import Trigger

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
]
