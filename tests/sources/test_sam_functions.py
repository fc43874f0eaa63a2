"""What a SAM function stands for: its native properties, role, URL, alias; where each of them is located."""

from __future__ import annotations

from casemate.model.location import Span
from casemate.model.resource import Resource, Stack
from casemate.model.value import Fields, Items, Literal, Reference, Value, display
from casemate.sources.cloudformation import source
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree

HEAD = "Transform: AWS::Serverless-2016-10-31\n"


def read(text: str) -> Stack:
    return source.read(MemoryTree({"t.yaml": (HEAD + text).encode()}), ("t.yaml",), Options()).stacks[0]


def word(text: str, at: Span) -> str:
    """The stretch of `HEAD + text` that a span covers."""
    line = (HEAD + text).splitlines()[at.start_line - 1]
    return line[at.start_column - 1 : at.end_column - 1]


def get(resource: Resource, *path: str | int) -> Value:
    value: Value | None = resource.properties
    for key in path:
        if isinstance(key, int):
            assert isinstance(value, Items)
            value = value.items[key]
        else:
            assert isinstance(value, Fields), f"{key} of {value!r}"
            value = value.get(key)
    assert value is not None, path
    return value


PLAIN = """
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      CodeUri: src/
"""


def test_a_function_keeps_its_name_and_gets_a_role() -> None:
    stack = read(PLAIN)
    function, role = stack.resources["Fn"], stack.resources["FnRole"]
    assert (function.type, function.name, function.implied_by, function.dialect) == (
        "AWS::Lambda::Function",
        "Fn",
        None,
        "sam",
    )
    assert (role.type, role.name, role.implied_by) == ("AWS::IAM::Role", "Fn", "Fn")
    assert get(function, "Role").__class__ is Reference
    assert display(get(function, "Role")) == "${FnRole.Arn}"
    assert [display(item) for item in get(role, "ManagedPolicyArns").items] == [  # type: ignore[attr-defined]
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    ]
    assert (
        display(get(role, "AssumeRolePolicyDocument", "Statement", 0, "Principal", "Service"))
        == "[lambda.amazonaws.com]"
    )


def test_what_sam_adds_stands_at_the_name_and_behind_what_the_user_wrote() -> None:
    text = PLAIN + "      Policies: [AmazonS3ReadOnlyAccess]\n      Tracing: Active\n"
    role = read(text).resources["FnRole"]
    managed = get(role, "ManagedPolicyArns")
    assert isinstance(managed, Items)
    assert [(display(item).rsplit("/", 1)[-1], word(text, item.at)) for item in managed.items] == [
        ("AmazonS3ReadOnlyAccess", "AmazonS3ReadOnlyAccess"),
        ("AWSLambdaBasicExecutionRole", "Fn"),
        ("AWSXrayWriteOnlyAccess", "Fn"),
    ]
    assert word(text, role.at) == "Policies"


def test_a_managed_policy_that_the_user_names_is_not_added_again() -> None:
    arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    role = read(PLAIN + f"      Policies: [{arn}]\n").resources["FnRole"]
    assert display(get(role, "ManagedPolicyArns")) == f"[{arn}]"


def test_a_policy_template_fills_in_the_value_at_its_place() -> None:
    text = PLAIN + "      Policies:\n        - S3ReadPolicy:\n            BucketName: my-bucket\n"
    policy = get(read(text).resources["FnRole"], "Policies", 0)
    assert isinstance(policy, Fields)
    assert display(policy.get("PolicyName") or Literal("", policy.at)) == "SAM policy template S3ReadPolicy"
    statement = get(read(text).resources["FnRole"], "Policies", 0, "PolicyDocument", "Statement", 0)
    assert word(text, statement.at) == "S3ReadPolicy"
    assert isinstance(statement, Fields)
    resources = statement.get("Resource")
    assert isinstance(resources, Items)
    assert [display(item) for item in resources.items] == [
        "arn:${AWS::Partition}:s3:::my-bucket",
        "arn:${AWS::Partition}:s3:::my-bucket/*",
    ]
    assert {word(text, item.at) for item in resources.items} == {"my-bucket"}


def test_a_policy_template_refers_to_the_resource_it_was_given() -> None:
    text = (
        PLAIN + "      Policies: [DynamoDBCrudPolicy: {TableName: !Ref Table}]\n  Table: {Type: AWS::DynamoDB::Table}\n"
    )
    resource = get(read(text).resources["FnRole"], "Policies", 0, "PolicyDocument", "Statement", 0, "Resource", 0)
    assert display(resource) == "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Table}"


def test_a_value_that_depends_on_a_condition_keeps_both_cases() -> None:
    text = (
        PLAIN
        + "      Policies: [SQSPollerPolicy: {QueueName: !If [Prod, live, test]}]\nConditions: {Prod: !Equals [!Ref AWS::Region, eu-west-1]}\n"
    )
    resource = get(read(text).resources["FnRole"], "Policies", 0, "PolicyDocument", "Statement", 0, "Resource")
    assert [(words, display(case).rsplit(":", 1)[-1]) for words, case in resource.options()] == [
        ("if Prod", "live"),
        ("else of Prod", "test"),
    ]


def test_policies_that_depend_on_a_condition() -> None:
    text = (
        PLAIN
        + "      Policies: [!If [Prod, S3ReadPolicy: {BucketName: b}, !Ref AWS::NoValue], !If [Prod, AmazonS3FullAccess, !Ref AWS::NoValue]]\n"
    )
    role = read(text + "Conditions: {Prod: !Equals [!Ref AWS::Region, eu-west-1]}\n").resources["FnRole"]
    assert [words for words, _ in get(role, "Policies", 0).options()] == ["if Prod", "otherwise"]
    assert [words for words, _ in get(role, "ManagedPolicyArns", 0).options()] == ["if Prod", "otherwise"]


def test_an_unknown_policy_template_is_not_silently_nothing() -> None:
    document = get(
        read(PLAIN + "      Policies: [S3ReedPolicy: {BucketName: b}]\n").resources["FnRole"],
        "Policies",
        0,
        "PolicyDocument",
    )
    assert "no policy template S3ReedPolicy" in repr(document)


def test_a_given_role_is_the_only_role() -> None:
    stack = read(PLAIN + "      Role: arn:aws:iam::123456789012:role/own\n      Policies: [AmazonS3FullAccess]\n")
    assert "FnRole" not in stack.resources
    assert display(get(stack.resources["Fn"], "Role")) == "arn:aws:iam::123456789012:role/own"


def test_code_in_each_of_its_forms() -> None:
    def code(properties: str, more: str = "") -> str:
        text = f"\nResources:\n  Fn:\n    Type: AWS::Serverless::Function\n{more}    Properties:\n      {properties}\n"
        return display(get(read(text).resources["Fn"], "Code"))

    assert code("CodeUri: src/") == "src/"
    assert (
        code("CodeUri: s3://bucket/some/key?versionId=v1") == "{S3Bucket: bucket, S3Key: some/key, S3ObjectVersion: v1}"
    )
    assert code("CodeUri: {Bucket: b, Key: k}") == "{S3Bucket: b, S3Key: k}"
    assert code("InlineCode: x = 1") == "{ZipFile: x = 1}"
    assert code("{PackageType: Image, ImageUri: repo/image:1}") == "{ImageUri: repo/image:1}"
    assert code("PackageType: Image", "    Metadata: {Dockerfile: Dockerfile, DockerContext: ./app}\n") == "./app"


def test_a_public_url_brings_its_two_permissions() -> None:
    text = PLAIN + "      FunctionUrlConfig:\n        AuthType: NONE\n        Cors: {AllowOrigins: ['*']}\n"
    stack = read(text)
    url = stack.resources["FnUrl"]
    assert (word(text, url.at), word(text, get(url, "AuthType").at)) == ("FunctionUrlConfig", "NONE")
    public, through = stack.resources["FnUrlPublicPermissions"], stack.resources["FnURLInvokeAllowPublicAccess"]
    assert (display(get(public, "Principal")), display(get(public, "FunctionUrlAuthType"))) == ("*", "NONE")
    assert display(get(through, "InvokedViaFunctionUrl")) == "true"
    closed = read(PLAIN + "      FunctionUrlConfig: {AuthType: AWS_IAM}\n")
    assert not [key for key, resource in closed.resources.items() if resource.type == "AWS::Lambda::Permission"]


def test_an_alias_can_be_referred_to() -> None:
    text = (
        PLAIN
        + "      AutoPublishAlias: live\n  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Fn.Alias, TopicName: !GetAtt Fn.Version.Version}}\n"
    )
    stack = read(text)
    assert display(get(stack.resources["Topic"], "DisplayName")) == "${FnAliaslive}"
    assert display(get(stack.resources["Topic"], "TopicName")) == "${FnVersion.Version}"
    assert display(get(stack.resources["FnAliaslive"], "FunctionName")) == "${Fn}"


def test_a_condition_holds_for_what_is_implied() -> None:
    text = "\nResources:\n  Fn:\n    Type: AWS::Serverless::Function\n    Condition: Prod\n    Properties: {Handler: a.b, Runtime: python3.13, CodeUri: x}\n"
    assert read(text).resources["FnRole"].condition == "if Prod"


def test_a_resource_of_the_template_wins_over_an_implied_one() -> None:
    text = PLAIN + "  FnRole: {Type: AWS::IAM::Role, Properties: {RoleName: mine}}\n"
    assert display(get(read(text).resources["FnRole"], "RoleName")) == "mine"


def test_globals_are_merged_and_keep_their_place() -> None:
    text = (
        "\nGlobals:\n  Function:\n    Timeout: 30\n    Environment: {Variables: {A: global, B: global}}\n    Layers: [l1]\n    Policies: [Ignored]\n"
        "Resources:\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: a.b\n      Layers: [l2]\n      Environment: {Variables: {B: own}}\n"
    )
    function = read(text).resources["Fn"]
    assert display(get(function, "Environment", "Variables")) == "{A: global, B: own}"
    assert display(get(function, "Layers")) == "[l1, l2]"
    assert word(text, get(function, "Timeout").at) == "30"
    assert get(function, "Timeout").at.start_line < function.at.start_line
    assert "Ignored" not in display(read(text).resources["FnRole"].properties)
    assert [scope.name for scope in read(text).scopes] == ["Globals.Function"]


def test_a_resource_can_leave_globals_out() -> None:
    text = (
        "\nGlobals: {Function: {Timeout: 30, MemorySize: 512}}\nResources:\n  A: {Type: AWS::Serverless::Function, IgnoreGlobals: '*', Properties: {Handler: a.b}}\n"
        "  B: {Type: AWS::Serverless::Function, IgnoreGlobals: [Timeout], Properties: {Handler: a.b}}\n"
    )
    stack = read(text)
    assert "Timeout" not in stack.resources["A"].properties.entries
    assert {"Timeout", "MemorySize"} & set(stack.resources["B"].properties.entries) == {"MemorySize"}


def test_dead_letters_and_destinations_are_permitted() -> None:
    text = PLAIN + (
        "      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Queue.Arn}\n"
        "      EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SNS}}}\n  Queue: {Type: AWS::SQS::Queue}\n"
    )
    stack = read(text)
    policies = get(stack.resources["FnRole"], "Policies")
    assert isinstance(policies, Items)
    names = [display(policy.get("PolicyName") or policy) for policy in policies.items if isinstance(policy, Fields)]
    assert names == ["SAM policy for DeadLetterQueue", "SAM policy for EventInvokeConfig OnFailure"]
    assert stack.resources["FnEventInvokeConfigOnFailureTopic"].type == "AWS::SNS::Topic"
    assert display(get(stack.resources["Fn"], "DeadLetterConfig")) == "{TargetArn: ${Queue.Arn}}"


def test_a_template_that_forgets_the_transform_is_still_sam() -> None:
    stack = source.read(MemoryTree({"t.yaml": PLAIN.encode()}), ("t.yaml",), Options()).stacks[0]
    assert (stack.dialect, stack.resources["Fn"].type) == ("sam", "AWS::Lambda::Function")


def test_types_of_later_versions_are_kept() -> None:
    stack = read("\nResources:\n  New: {Type: AWS::Serverless::Something, Properties: {A: b}}\n")
    assert stack.resources["New"].type == "AWS::Serverless::Something"
