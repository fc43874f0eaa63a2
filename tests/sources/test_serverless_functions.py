from __future__ import annotations

from tests.sources.serverless_reading import HEAD, entry, functions, reading, shown, stack, statements, value

from casemate.model.value import Reference, Unknown
from casemate.sources.source import Options

SERVICE = """\
service: shop
frameworkVersion: '3'
provider:
  name: aws
  runtime: nodejs6.10
  memorySize: 512
  kmsKeyArn: arn:aws:kms:us-east-1:1:key/k
  environment:
    SHARED: one
    BOTH: provider
  tracing: {lambda: true}
  vpc: {securityGroupIds: [sg-1], subnetIds: [subnet-1]}
functions:
  my-fn_1:
    handler: src/a.b
    timeout: 30
    environment: {BOTH: function}
    reservedConcurrency: 0
    onError: arn:aws:sns:us-east-1:1:dead
    layers: [{Ref: UtilLambdaLayer}]
  plain:
    handler: src/c.d
    vpc: ~
    tracing: false
    disableLogs: true
layers:
  util: {path: layer, allowedAccounts: ['*']}
"""
KEY = "MyDashfnUnderscore1LambdaFunction"


def test_settings_come_from_function_provider_and_framework() -> None:
    found = stack(SERVICE)
    assert found.resources[KEY].name == "my-fn_1"
    assert found.resources[KEY].at[1:3] == (14, 3)
    for path, expected in {
        "Runtime": "nodejs6.10", "MemorySize": "512", "Timeout": "30", "Handler": "src/a.b", "Code": ".", "ReservedConcurrentExecutions": "0",
        "Environment.Variables.SHARED": "one", "Environment.Variables.BOTH": "function", "KmsKeyArn": "arn:aws:kms:us-east-1:1:key/k",
        "TracingConfig.Mode": "Active", "VpcConfig.SubnetIds": "[subnet-1]", "DeadLetterConfig.TargetArn": "arn:aws:sns:us-east-1:1:dead",
        "FunctionName": "shop-dev-my-fn_1", "Role": "${IamRoleLambdaExecution.Arn}", "Layers": "[${UtilLambdaLayer}]",
    }.items():  # fmt: skip
        assert shown(found, KEY, path) == expected, path
    plain = "PlainLambdaFunction"
    assert shown(found, plain, "Timeout") == "6"
    assert shown(found, plain, "VpcConfig") is None
    assert shown(found, plain, "TracingConfig.Mode") == "PassThrough"
    assert "PlainLogGroup" not in found.resources
    assert "MyDashfnUnderscore1LogGroup" in found.resources
    assert shown(found, "UtilWildLambdaLayerPermission", "Principal") == "*"


def test_provider_settings_stay_in_the_provider_block() -> None:
    found = stack(SERVICE)
    scopes = {scope.name: scope.span for scope in found.scopes}
    for path in ("Runtime", "Environment.Variables.SHARED", "KmsKeyArn", "VpcConfig.SubnetIds", "TracingConfig"):
        got = entry(found, KEY, path)
        assert got is not None
        assert scopes["provider"].covers(got.value.at), path
    own = entry(found, KEY, "Environment.Variables.BOTH")
    assert own is not None
    assert not scopes["provider"].covers(own.value.at)


def test_a_missing_runtime_is_not_guessed() -> None:
    found = stack("service: s\nprovider: {name: aws}\nfunctions: {f: {handler: a.b}}\n")
    assert isinstance(value(found, "FLambdaFunction", "Runtime"), Unknown)


def test_images() -> None:
    found = stack(
        HEAD
        + "  ecr: {images: {app: {path: ./app, file: Dockerfile.prod}}}\nfunctions:\n  a: {image: app}\n  b: {image: 1.dkr.ecr.eu-west-1.amazonaws.com/x:1}\n"
    )
    assert isinstance(value(found, "ALambdaFunction", "Code.ImageUri"), Unknown)
    metadata = found.resources["ALambdaFunction"].metadata
    assert metadata is not None
    assert shown(found, "BLambdaFunction", "Code.ImageUri") == "1.dkr.ecr.eu-west-1.amazonaws.com/x:1"
    assert shown(found, "BLambdaFunction", "Runtime") is None


def test_function_urls() -> None:
    found = functions("""
        open: {handler: a.b, url: true}
        cors:
          handler: a.b
          url:
            cors: true
        safe:
          handler: a.b
          url:
            authorizer: aws_iam
            cors: {allowedOrigins: [https://a.example], allowCredentials: true}
    """)
    assert shown(found, "OpenLambdaFunctionUrl", "AuthType") == "NONE"
    assert found.resources["OpenLambdaFunctionUrl"].implied_by == "OpenLambdaFunction"
    assert shown(found, "CorsLambdaFunctionUrl", "Cors.AllowOrigins") == "[*]"
    assert value(found, "CorsLambdaFunctionUrl", "Cors.AllowOrigins").at.start_line == 10
    assert shown(found, "SafeLambdaFunctionUrl", "AuthType") == "AWS_IAM"
    assert value(found, "SafeLambdaFunctionUrl", "AuthType").at.start_line == 14
    assert shown(found, "SafeLambdaFunctionUrl", "Cors.AllowOrigins") == "[https://a.example]"
    assert "OpenLambdaPermissionFnUrl" in found.resources
    assert "SafeLambdaPermissionFnUrl" not in found.resources


def test_destinations_and_retries() -> None:
    found = functions("""
        a: {handler: a.b, maximumRetryAttempts: 0, destinations: {onFailure: b, onSuccess: {type: sqs, arn: !GetAtt Q.Arn}}}
        b: {handler: a.b}
    """)
    assert shown(found, "ALambdaEvConf", "MaximumRetryAttempts") == "0"
    assert shown(found, "ALambdaEvConf", "DestinationConfig.OnFailure.Destination") == "${BLambdaFunction.Arn}"
    assert ("added by the framework", "[sqs:SendMessage]", "[${Q.Arn}]") in statements(found, "IamRoleLambdaExecution")


# -- roles ----------------------------------------------------------------------------------------------------------------
ROLES = """\
service: shop
frameworkVersion: '3'
plugins: [serverless-iam-roles-per-function]
provider:
  name: aws
  runtime: nodejs22.x
  iamRoleStatements:
    - {Effect: Allow, Action: 's3:*', Resource: '*'}
  iamManagedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess']
functions:
  shared: {handler: a.b}
  own:
    handler: a.b
    iamRoleStatements:
      - {Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt Q.Arn}
  inherits:
    handler: a.b
    iamRoleStatementsInherit: true
    iamRoleStatements: []
  named: {handler: a.b, role: MyRole}
  arn: {handler: a.b, role: 'arn:aws:iam::1:role/x'}
"""


def test_the_shared_role_and_the_functions_own() -> None:
    found = stack(ROLES)
    role = found.resources["IamRoleLambdaExecution"]
    assert (role.name, role.at.start_line) == ("provider", 7)
    rows = statements(found, "IamRoleLambdaExecution")
    assert rows[0] == ("provider.iamRoleStatements", "s3:*", "*")
    assert {name for name, _, _ in rows[1:]} == {"added by the framework"}
    assert (
        shown(found, "IamRoleLambdaExecution", "ManagedPolicyArns") == "[arn:aws:iam::aws:policy/AdministratorAccess]"
    )
    assert statements(found, "OwnIamRoleLambdaExecution")[0] == (
        "functions.own.iamRoleStatements",
        "sqs:SendMessage",
        "${Q.Arn}",
    )
    assert found.resources["OwnIamRoleLambdaExecution"].at.start_line == 14
    assert ("provider.iamRoleStatements", "s3:*", "*") in statements(found, "InheritsIamRoleLambdaExecution")
    assert shown(found, "NamedLambdaFunction", "Role") == "${MyRole.Arn}"
    assert shown(found, "ArnLambdaFunction", "Role") == "arn:aws:iam::1:role/x"


def test_without_the_plugin_version_3_ignores_a_functions_statements() -> None:
    found = stack(ROLES.replace("plugins: [serverless-iam-roles-per-function]\n", ""))
    assert shown(found, "OwnLambdaFunction", "Role") == "${IamRoleLambdaExecution.Arn}"
    newer = stack(ROLES.replace("plugins: [serverless-iam-roles-per-function]\n", "").replace("'3'", "'^4'"))
    assert shown(newer, "OwnLambdaFunction", "Role") == "${OwnIamRoleLambdaExecution.Arn}"


def test_a_role_for_each_function_by_mode() -> None:
    found = stack(
        HEAD
        + "  iam: {role: {mode: perFunction, statements: [{Effect: Allow, Action: 'sns:*', Resource: '*'}]}}\nfunctions:\n  a: {handler: a.b}\n  b: {handler: a.b, iam: {inheritStatements: false, role: {permissionsBoundary: arn:x}}}\n"
    )
    assert "IamRoleLambdaExecution" not in found.resources
    assert ("provider.iam.role.statements", "sns:*", "*") in statements(found, "AIamRoleLambdaExecution")
    assert not [row for row in statements(found, "BIamRoleLambdaExecution") if row[1] == "sns:*"]
    assert shown(found, "BIamRoleLambdaExecution", "PermissionsBoundary") == "arn:x"


def test_a_role_of_the_user_for_all() -> None:
    for given, expected in (
        ("iam: {role: 'arn:aws:iam::1:role/x'}", "arn:aws:iam::1:role/x"),
        ("iam: {role: !GetAtt R.Arn}", "${R.Arn}"),
        ("role: R", "${R.Arn}"),
    ):
        found = stack(f"{HEAD}  {given}\nfunctions: {{a: {{handler: a.b}}}}\n")
        assert shown(found, "ALambdaFunction", "Role") == expected
        assert "IamRoleLambdaExecution" not in found.resources


def test_what_the_framework_adds_is_marked() -> None:
    found = functions("""
        a:
          handler: a.b
          tracing: Active
          vpc: {securityGroupIds: [sg], subnetIds: [s]}
          events:
            - sqs: arn:aws:sqs:us-east-1:1:q
            - stream: {type: kinesis, arn: !GetAtt K.Arn}
            - stream: arn:aws:dynamodb:us-east-1:1:table/t/stream/x
            - websocket: $connect
            - schedule: {rate: rate(1 day), method: scheduler}
    """)
    rows = {
        actions: resources
        for name, actions, resources in statements(found, "IamRoleLambdaExecution")
        if name == "added by the framework"
    }
    assert rows["[xray:PutTraceSegments, xray:PutTelemetryRecords]"] == "[*]"
    assert rows["[sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes]"] == "[arn:aws:sqs:us-east-1:1:q]"
    assert any(
        actions.startswith("[kinesis:GetRecords") and resources == "[${K.Arn}]" for actions, resources in rows.items()
    )
    assert any(actions.startswith("[dynamodb:GetRecords") for actions in rows)
    assert "[execute-api:ManageConnections]" in rows
    assert "AWSLambdaVPCAccessExecutionRole" in (shown(found, "IamRoleLambdaExecution", "ManagedPolicyArns") or "")
    assert "scheduler.amazonaws.com" in (shown(found, "IamRoleLambdaExecution", "AssumeRolePolicyDocument") or "")


# -- resources ------------------------------------------------------------------------------------------------------------
def test_resources_lie_over_what_the_framework_makes() -> None:
    found = stack(
        HEAD
        + """\
functions: {a: {handler: a.b, environment: {T: !Ref Table}, events: [{s3: {bucket: !Ref Bucket, existing: true}}]}}
resources:
  - Resources:
      Table:
        Type: AWS::DynamoDB::Table
        Properties: {TableName: !Sub '${self:service}-${AWS::Region}-${sls:stage}'}
      Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: mine}}
      IamRoleLambdaExecution: {Properties: {Path: /x/}}
    extensions:
      ALogGroup: {Properties: {RetentionInDays: 7}}
  - ${file(more.yml)}
  - Outputs: {TableName: {Value: !Ref Table, Export: {Name: table}}}
""",
        files={"more.yml": "Resources:\n  Topic: {Type: AWS::SNS::Topic}\n"},
    )
    assert shown(found, "Table", "TableName") == "shop-${AWS::Region}-dev"
    assert shown(found, "ALambdaFunction", "Environment.Variables.T") == "${Table}"
    assert shown(found, "Bucket", "BucketName") == "mine"
    assert (
        shown(found, "Bucket", "NotificationConfiguration.LambdaConfigurations.0.Function") == "${ALambdaFunction.Arn}"
    )
    assert shown(found, "IamRoleLambdaExecution", "Path") == "/x/"
    assert shown(found, "ALogGroup", "RetentionInDays") == "7"
    assert found.resources["Topic"].at.path == "more.yml"
    assert isinstance(found.exports["table"], Reference)
    assert isinstance(found.exports["shop-dev.TableName"], Reference)


def test_a_sub_with_an_unknown_variable_keeps_its_references() -> None:
    found = stack(
        HEAD
        + "functions: {a: {handler: a.b}}\nresources: {Resources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub '${aws:accountId}-${env:X}-${Other.Arn}'}}}}\n"
    )
    assert shown(found, "T", "TopicName") == "${AWS::AccountId}-${env:X}-${Other.Arn}"


def test_pseudo_parameters_of_the_plugin() -> None:
    found = stack(
        HEAD
        + "plugins: [serverless-pseudo-parameters]\nfunctions: {a: {handler: a.b, environment: {A: 'arn:#{AWS::Region}:#{T.Arn}'}}}\n"
    )
    assert shown(found, "ALambdaFunction", "Environment.Variables.A") == "arn:${AWS::Region}:${T.Arn}"


def test_conditions_settled_by_the_user() -> None:
    text = (
        HEAD
        + "functions: {a: {handler: a.b}}\nresources: {Parameters: {P: {Type: String}}, Conditions: {C: !Equals [!Ref P, x]}, Resources: {T: {Type: AWS::SNS::Topic, Condition: C}}}\n"
    )
    assert stack(text).resources["T"].condition == "if C"
    assert "T" not in stack(text, Options(parameters={"P": "y"})).resources


def test_sections_that_are_programs_are_noted() -> None:
    read = reading(HEAD + "functions: ${file(f.js)}\n", files={"f.js": ""})
    assert read.inputs[0].status == "partial"
    assert "program" in (read.inputs[0].reason or "")
    assert {d.level for d in read.diagnostics} == {"note"}
