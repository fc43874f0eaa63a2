"""AWS: the event classes of Powertools, and calls through boto3 in which an attacker chooses the resource.

Sources: Powertools for AWS Lambda (Python) documentation, "Event Source Data Classes", "REST API", "Parser"; Boto3
reference. Roles, functions and targets chosen by the caller let them act with the function's own rights (CWE-639,
CWE-441); keys of objects are names in a flat space, so they are no paths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.models import Makes, Misuse, Model, Sink, Source, Test

if TYPE_CHECKING:
    from casemate.model.finding import Confidence

_CLASSES = "aws_lambda_powertools.utilities.data_classes"
_RESOLVERS = (
    "APIGatewayRestResolver", "APIGatewayHttpResolver", "ALBResolver", "LambdaFunctionUrlResolver",
    "VPCLatticeResolver", "VPCLatticeV2Resolver", "ApiGatewayResolver", "BedrockAgentResolver",
)  # fmt: skip
_HTTP = (
    ("body", "the body"),
    ("json_body", "the body"),
    ("decoded_body", "the body"),
    ("headers", "a header"),
    ("query_string_parameters", "the query string"),
    ("multi_value_query_string_parameters", "the query string"),
    ("path_parameters", "the path"),
    ("path", "the path"),
    ("raw_path", "the path"),
    ("raw_query_string", "the query string"),
    ("cookies", "a cookie"),
    ("get_query_string_value", "the query string"),
    ("get_header_value", "a header"),
    ("get_multi_value_query_string_values", "the query string"),
    ("resolved_query_string_parameters", "the query string"),
    ("resolved_headers_field", "a header"),
    ("multi_value_headers", "a header"),
    ("stage_variables", "a stage variable"),
)
_HTTP_EVENTS = (
    "APIGatewayProxyEvent", "APIGatewayProxyEventV2", "ALBEvent", "LambdaFunctionUrlEvent", "VPCLatticeEvent",
    "VPCLatticeEventV2", "api_gateway_proxy_event.APIGatewayProxyEvent",
    "api_gateway_proxy_event.APIGatewayProxyEventV2",
)  # fmt: skip
_RECORDS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "SQSEvent": (
        "sqs_event.SQSRecord",
        (
            ("body", "a message"),
            ("json_body", "a message"),
            ("message_attributes", "a message"),
            ("decoded_nested_sns_event", "a message"),
            ("decoded_nested_s3_event", "a message"),
        ),
    ),
    "SNSEvent": ("sns_event.SNSEventRecord", (("sns", "a notification"),)),
    "S3Event": ("s3_event.S3EventRecord", (("s3", "the key of an object"),)),
    "DynamoDBStreamEvent": ("dynamo_db_stream_event.DynamoDBRecord", (("dynamodb", "an item of a table"),)),
    "KinesisStreamEvent": ("kinesis_stream_event.KinesisStreamRecord", (("kinesis", "a record of a stream"),)),
    "KafkaEvent": (
        "kafka_event.KafkaEventRecord",
        (
            ("value", "a record of a topic"),
            ("decoded_value", "a record of a topic"),
            ("json_value", "a record of a topic"),
            ("key", "a record of a topic"),
            ("decoded_key", "a record of a topic"),
        ),
    ),
    "SESEvent": ("ses_event.SESEventRecord", (("ses", "a mail"),)),
}
_CHOSEN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("sts.assume_role", ("RoleArn",)),
    ("sts.assume_role_with_web_identity", ("RoleArn",)),
    ("iam.pass_role", ("RoleName",)),
    ("iam.attach_role_policy", ("RoleName", "PolicyArn")),
    ("iam.attach_user_policy", ("UserName", "PolicyArn")),
    ("iam.put_role_policy", ("RoleName", "PolicyDocument")),
    ("iam.put_user_policy", ("UserName", "PolicyDocument")),
    ("iam.create_access_key", ("UserName",)),
    ("iam.update_assume_role_policy", ("RoleName", "PolicyDocument")),
    ("lambda.invoke", ("FunctionName",)),
    ("lambda.invoke_async", ("FunctionName",)),
    ("lambda.update_function_code", ("FunctionName", "S3Bucket", "S3Key", "ZipFile", "ImageUri")),
    ("lambda.add_permission", ("FunctionName", "Principal")),
    ("stepfunctions.start_execution", ("stateMachineArn",)),
    ("ecs.run_task", ("taskDefinition", "cluster", "overrides")),
    ("ec2.run_instances", ("ImageId", "UserData", "IamInstanceProfile")),
    ("ssm.send_command", ("InstanceIds", "DocumentName", "Parameters", "Targets")),
    ("secretsmanager.get_secret_value", ("SecretId",)),
    ("kms.decrypt", ("KeyId",)),
    ("kms.create_grant", ("KeyId", "GranteePrincipal")),
    ("events.put_events", ("Entries.0.EventBusName",)),
    ("s3.put_bucket_policy", ("Bucket", "Policy")),
    ("cloudformation.create_stack", ("TemplateURL", "TemplateBody", "RoleARN")),
    ("codebuild.start_build", ("projectName", "buildspecOverride")),
    ("organizations.move_account", ("DestinationParentId",)),
)
_PLACES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ssm.get_parameter", ("Name",)),
    ("ssm.get_parameters", ("Names",)),
    ("ssm.get_parameters_by_path", ("Path",)),
    ("sns.publish", ("TopicArn", "TargetArn")),
    ("sqs.send_message", ("QueueUrl",)),
    ("s3.get_object", ("Bucket",)),
    ("s3.put_object", ("Bucket",)),
    ("s3.delete_object", ("Bucket",)),
    ("s3.copy_object", ("Bucket", "CopySource")),
    ("s3.download_file", ("Bucket", "0")),
    ("s3.upload_file", ("Bucket", "1")),
    ("dynamodb.get_item", ("TableName",)),
    ("dynamodb.put_item", ("TableName",)),
    ("dynamodb.delete_item", ("TableName",)),
    ("dynamodb.scan", ("TableName",)),
    ("dynamodb.query", ("TableName",)),
)
"""Where to read from or write to is often part of the message itself (an S3 event in a queue)."""
_TRUST: tuple[tuple[tuple[tuple[str, tuple[str, ...]], ...], Confidence], ...] = ((_CHOSEN, "medium"), (_PLACES, "low"))

MODELS: tuple[Model, ...] = (
    # Powertools: resolvers and data classes.
    *(Makes(f"aws_lambda_powertools.event_handler.{name}", "aws_lambda_powertools.Resolver") for name in _RESOLVERS),
    *(
        Makes(f"aws_lambda_powertools.event_handler.api_gateway.{name}", "aws_lambda_powertools.Resolver")
        for name in _RESOLVERS
    ),
    Makes("aws_lambda_powertools.Resolver.current_event", f"{_CLASSES}.APIGatewayProxyEvent"),
    *(Source(f"{_CLASSES}.{event}.{name}", what) for event in _HTTP_EVENTS for name, what in _HTTP),
    *(
        Source(f"{_CLASSES}.{event}.request_context", "the context of the request", "identity")
        for event in _HTTP_EVENTS
    ),
    Source("aws_lambda_powertools.Resolver.current_event.json_body", "the body"),
    *(Source(f"{_CLASSES}.{name}.records", reads[0][1]) for name, (_, reads) in _RECORDS.items()),
    *(Source(f"{_CLASSES}.{record}.{name}", what) for record, reads in _RECORDS.values() for name, what in reads),
    *(
        Source(f"{_CLASSES}.{name}", what)
        for name, what in (
            ("EventBridgeEvent.detail", "an event"),
            ("S3Event.object_key", "the key of an object"),
            ("event_bridge_event.EventBridgeEvent.detail", "an event"),
            ("AppSyncResolverEvent.arguments", "an argument of a query"),
            ("CloudWatchLogsEvent.parse_logs_data", "a log"),
            ("ConnectContactFlowEvent.parameters", "a contact"),
            ("S3EventBridgeNotificationEvent.detail", "the key of an object"),
        )
    ),
    Makes("aws_lambda_powertools.Logger", "aws_lambda_powertools.Logger"),
    Makes("aws_lambda_powertools.logging.Logger", "aws_lambda_powertools.Logger"),
    # Responses of Powertools.
    Sink(
        "redirect", "aws_lambda_powertools.event_handler.Response", ("headers.Location",), part="whole", cwe="CWE-601"
    ),
    # Resources that the caller chooses.
    *(
        Sink(
            "chosen-resource",
            f"boto3.{operation}",
            arguments,
            part="whole",
            confidence=confidence,
            cwe="CWE-441",
        )
        for operations, confidence in _TRUST
        for operation, arguments in operations
    ),
    Sink("chosen-resource", "boto3.resource", ("endpoint_url",), part="whole", cwe="CWE-918"),
    Sink("chosen-resource", "boto3.client", ("endpoint_url",), part="whole", cwe="CWE-918"),
    # Files of this machine, by name.
    *(Sink("path", f"boto3.s3.{name}", (2, "Filename"), cwe="CWE-22") for name in ("download_file",)),
    *(Sink("path", f"boto3.s3.{name}", (0, "Filename"), cwe="CWE-22") for name in ("upload_file",)),
    # A message that another function takes for the program's own is followed over the system's edges, not here.
    # Objects that everybody may read, whatever the bucket's policy says.
    *(
        Misuse(
            "public-object",
            f"boto3.s3.{operation}",
            "the object is made readable by everybody",
            (Test(argument, "is", ("public-read", "public-read-write")),),
            cwe="CWE-732",
        )
        for operation, argument in (
            ("put_object", "ACL"),
            ("copy_object", "ACL"),
            ("put_object_acl", "ACL"),
            ("create_bucket", "ACL"),
            ("put_bucket_acl", "ACL"),
            ("create_multipart_upload", "ACL"),
            ("upload_file", "ExtraArgs.ACL"),
            ("upload_fileobj", "ExtraArgs.ACL"),
        )
    ),
)
