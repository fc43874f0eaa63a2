from __future__ import annotations

import textwrap

from casemate.inventory.build import build
from casemate.model.inventory import Inventory
from casemate.model.setting import Defaulted, Unresolved
from casemate.model.trigger import Trigger
from casemate.sources.cloudformation import source
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

HELLO = "Hello: {Type: AWS::Lambda::Function, Properties: {FunctionName: hello}}\n"


def inventory(resources: str, head: str = "") -> Inventory:
    text = f"{head}Resources:\n{textwrap.indent(HELLO + textwrap.dedent(resources).lstrip(), '  ')}"
    reading = source.read(MemoryTree({"t.yaml": text.encode()}), ("t.yaml",), Options())
    built = build([reading])
    assert [found for found in built.diagnostics if found.level == "error"] == []
    return built


def triggers(resources: str, head: str = "") -> tuple[Trigger, ...]:
    found = inventory(resources, head).triggers
    assert all(trigger.function.target == "t.yaml#Hello" for trigger in found)
    return found


def test_mappings_take_their_kind_from_the_source() -> None:
    found = triggers(
        """
    Queue: {Type: AWS::SQS::Queue}
    Table: {Type: AWS::DynamoDB::Table}
    Q: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Hello, EventSourceArn: !GetAtt Queue.Arn}}
    T: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: hello, EventSourceArn: !GetAtt Table.StreamArn, StartingPosition: LATEST}}
    K: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !GetAtt Hello.Arn, EventSourceArn: !Sub "arn:${AWS::Partition}:kinesis:eu-west-1:1:stream/s"}}
    M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Hello, EventSourceArn: !Ref Any, Topics: [t]}}
    B: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Hello, EventSourceArn: !Ref Any, Queues: [q]}}
    D: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Hello, EventSourceArn: !Ref Any, DocumentDBEventSourceConfig: {DatabaseName: d}}}
    """,
        "Parameters: {Any: {Type: String}}\n",
    )
    assert [trigger.kind for trigger in found] == [
        "queue",
        "table",
        "stream",
        "kafka",
        "message-broker",
        "document-store",
    ]
    assert found[0].source is not None
    assert found[0].source.target == "t.yaml#Queue"


def test_failures_of_a_queue_are_kept_by_the_queue() -> None:
    plain, kept, outside = triggers("""
    Plain: {Type: AWS::SQS::Queue}
    Kept: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Plain.Arn, maxReceiveCount: 3}}}
    A: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Hello, EventSourceArn: !GetAtt Plain.Arn}}
    B: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Hello, EventSourceArn: !GetAtt Kept.Arn}}
    C: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Hello, EventSourceArn: "arn:aws:sqs:eu-west-1:1:q"}}
    """)
    assert isinstance(plain.dead_letter, Defaulted)
    assert (plain.dead_letter.value, plain.dead_letter.at.start_line) == (False, 3)
    assert kept.dead_letter.value is True
    assert isinstance(outside.dead_letter, Unresolved)


def test_attempts_destination_and_filters_of_a_stream() -> None:
    endless, bounded = triggers("""
    S: {Type: AWS::Kinesis::Stream}
    A: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Hello, EventSourceArn: !GetAtt S.Arn, MaximumRetryAttempts: -1, Enabled: false}}
    B:
      Type: AWS::Lambda::EventSourceMapping
      Properties:
        FunctionName: !Ref Hello
        EventSourceArn: !GetAtt S.Arn
        MaximumRetryAttempts: 2
        DestinationConfig: {OnFailure: {Destination: !GetAtt Failed.Arn}}
        FilterCriteria: {Filters: [{Pattern: '{"data": {"kind": ["x"]}}'}]}
    """)
    assert (endless.retries.value, endless.enabled.value, endless.dead_letter.value) == (None, False, False)
    assert (bounded.retries.value, bounded.dead_letter.value) == (2, True)
    assert bounded.filters == ('{"data": {"kind": ["x"]}}',)


def test_pushes_of_other_resources() -> None:
    found = triggers("""
    Topic: {Type: AWS::SNS::Topic}
    Group: {Type: AWS::Logs::LogGroup}
    Sub: {Type: AWS::SNS::Subscription, Properties: {Protocol: lambda, Endpoint: !GetAtt Hello.Arn, TopicArn: !Ref Topic}}
    Mail: {Type: AWS::SNS::Subscription, Properties: {Protocol: email, Endpoint: a@example.com, TopicArn: !Ref Topic}}
    Hourly: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 hour), State: DISABLED, Targets: [{Id: a, Arn: !GetAtt Hello.Arn}]}}
    Bus: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [x]}, Targets: [{Id: q, Arn: "arn:aws:sqs:eu-west-1:1:q"}, {Id: a, Arn: !GetAtt Hello.Arn, DeadLetterConfig: {Arn: q}, RetryPolicy: {MaximumRetryAttempts: 4}}]}}
    Daily: {Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: rate(1 day), Target: {Arn: !GetAtt Hello.Arn, RoleArn: r}}}
    Filter: {Type: AWS::Logs::SubscriptionFilter, Properties: {LogGroupName: !Ref Group, DestinationArn: !GetAtt Hello.Arn, FilterPattern: ""}}
    Things: {Type: AWS::IoT::TopicRule, Properties: {TopicRulePayload: {Sql: "SELECT *", Actions: [{Lambda: {FunctionArn: !GetAtt Hello.Arn}}], ErrorAction: {Sqs: {QueueUrl: u}}}}}
    Post: {Type: AWS::SES::ReceiptRule, Properties: {RuleSetName: r, Rule: {Enabled: true, Actions: [{LambdaAction: {FunctionArn: !GetAtt Hello.Arn}}]}}}
    Check: {Type: AWS::Config::ConfigRule, Properties: {Source: {Owner: CUSTOM_LAMBDA, SourceIdentifier: !GetAtt Hello.Arn}}}
    """)
    assert [(trigger.name, trigger.kind) for trigger in found] == [
        ("Sub", "topic"), ("Hourly", "schedule"), ("Bus", "bus"), ("Daily", "schedule"), ("Filter", "logs"), ("Things", "iot"),
        ("Post", "mail"), ("Check", "config"),
    ]  # fmt: skip
    by_name = {trigger.name: trigger for trigger in found}
    assert by_name["Hourly"].enabled.value is False
    assert (by_name["Bus"].dead_letter.value, by_name["Bus"].retries.value) == (True, 4)
    assert by_name["Things"].dead_letter.value is True
    assert by_name["Sub"].dead_letter.value is False


def test_pipes_call_functions_as_targets_and_to_enrich() -> None:
    (target, enrichment) = triggers("""
    Queue: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: d}}}
    A: {Type: AWS::Pipes::Pipe, Properties: {Source: !GetAtt Queue.Arn, Target: !GetAtt Hello.Arn, RoleArn: r}}
    B: {Type: AWS::Pipes::Pipe, Properties: {Source: "arn:aws:kinesis:eu-west-1:1:stream/s", Enrichment: !GetAtt Hello.Arn, Target: "arn:aws:sqs:eu-west-1:1:q", RoleArn: r}}
    """)
    assert (target.kind, target.dead_letter.value) == ("queue", True)
    assert (enrichment.kind, enrichment.dead_letter.value) == ("stream", False)


def test_triggers_in_the_properties_of_their_source() -> None:
    found = triggers("""
    Bucket:
      Type: AWS::S3::Bucket
      Properties:
        NotificationConfiguration:
          LambdaConfigurations:
            - Event: s3:ObjectCreated:*
              Function: !Sub "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:hello"
              Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}
    Topic: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: lambda, Endpoint: !GetAtt Hello.Arn}]}}
    Pool: {Type: AWS::Cognito::UserPool, Properties: {LambdaConfig: {PreSignUp: !GetAtt Hello.Arn, CustomSMSSender: {LambdaArn: !GetAtt Hello.Arn}, KMSKeyID: k}}}
    Rotation: {Type: AWS::SecretsManager::RotationSchedule, Properties: {SecretId: s, RotationLambdaARN: !GetAtt Hello.Arn}}
    Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmActions: [!GetAtt Hello.Arn]}}
    Made: {Type: Custom::Thing, Properties: {ServiceToken: !GetAtt Hello.Arn}}
    Cdk: {Type: Custom::S3BucketNotifications, Properties: {ServiceToken: arn, BucketName: !Ref Bucket, NotificationConfiguration: {LambdaFunctionConfigurations: [{LambdaFunctionArn: !GetAtt Hello.Arn}]}}}
    """)
    assert [(trigger.name, trigger.kind, trigger.filters) for trigger in found] == [
        ("Bucket", "bucket", ("prefix=in/",)),
        ("Topic", "topic", ()),
        ("Pool", "user-pool", ("PreSignUp",)),
        ("Pool", "user-pool", ("CustomSMSSender",)),
        ("Rotation", "other", ()),
        ("Alarm", "alarm", ()),
        ("Made", "custom-resource", ("Custom::Thing",)),
        ("Cdk", "bucket", ()),
    ]
    assert found[0].at.start_line == 8
    assert found[0].source is not None
    assert found[0].source.target == "t.yaml#Bucket"
    assert len({trigger.id for trigger in found}) == len(found)


def test_an_alexa_skill_is_told_by_its_permission() -> None:
    (trigger,) = triggers("""
    Skill: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Hello, Action: lambda:InvokeFunction, Principal: alexa-appkit.amazon.com, EventSourceToken: amzn1.skill}}
    """)
    assert (trigger.kind, trigger.filters) == ("alexa", ("amzn1.skill",))


def test_the_dead_letter_queue_of_the_function_counts_for_pushes() -> None:
    text = """
    Kept: {Type: AWS::Lambda::Function, Properties: {DeadLetterConfig: {TargetArn: q}}}
    Rule: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 hour), Targets: [{Id: a, Arn: !GetAtt Kept.Arn}]}}
    """
    (trigger,) = inventory(text).triggers
    assert trigger.dead_letter.value is True


def test_aliases_and_versions_are_their_function() -> None:
    (trigger,) = triggers("""
    Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Hello, FunctionVersion: "1", Name: live}}
    Rule: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 hour), Targets: [{Id: a, Arn: !Ref Live}]}}
    """)
    assert trigger.kind == "schedule"
