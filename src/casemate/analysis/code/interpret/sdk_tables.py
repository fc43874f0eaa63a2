"""What SDKs call their operations, services and objects: facts for `sdk.py`.

Sources: Boto3 reference ("Resources", "Waiters", the customisations of S3 and DynamoDB); AWS SDK for JavaScript v2 and
v3 developer guides; @aws-sdk/lib-dynamodb, README.
"""

from __future__ import annotations

import re

SESSIONS = frozenset({
    "boto3.Session", "boto3.session.Session", "aioboto3.Session", "aiobotocore.session.get_session",
    "botocore.session.get_session", "aiobotocore.get_session",
})  # fmt: skip
TRANSFERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "upload_file": (("PutObject",), ("Filename", "Bucket", "Key")),
    "upload_fileobj": (("PutObject",), ("Fileobj", "Bucket", "Key")),
    "download_file": (("HeadObject", "GetObject"), ("Bucket", "Key", "Filename")),
    "download_fileobj": (("HeadObject", "GetObject"), ("Bucket", "Key", "Fileobj")),
    "copy": (("HeadObject", "CopyObject"), ("CopySource", "Bucket", "Key")),
}
"""boto3's own methods of S3 -> the operations behind them, and their positional parameters."""
OBJECT = {
    "get": ("GetObject",), "put": ("PutObject",), "delete": ("DeleteObject",), "load": ("HeadObject",),
    "reload": ("HeadObject",), "copy_from": ("CopyObject",), "upload_file": ("PutObject",),
    "upload_fileobj": ("PutObject",),
    "download_file": ("HeadObject", "GetObject"), "download_fileobj": ("HeadObject", "GetObject"),
    "copy": ("HeadObject", "CopyObject"), "initiate_multipart_upload": ("CreateMultipartUpload",),
    "restore_object": ("RestoreObject",),
    "content_length": ("HeadObject",), "last_modified": ("HeadObject",),
}  # fmt: skip
BUCKET = {
    "upload_file": ("PutObject",), "upload_fileobj": ("PutObject",), "put_object": ("PutObject",),
    "download_file": ("HeadObject", "GetObject"), "download_fileobj": ("HeadObject", "GetObject"),
    "delete_objects": ("DeleteObjects",), "copy": ("HeadObject", "CopyObject"), "create": ("CreateBucket",),
    "delete": ("DeleteBucket",),
    "all": ("ListObjects",), "filter": ("ListObjects",), "limit": ("ListObjects",), "load": ("ListBuckets",),
}  # fmt: skip
NAMED: dict[tuple[str, str], tuple[str, ...]] = {
    ("dynamodb", "Table"): ("TableName",), ("s3", "Bucket"): ("Bucket",), ("s3", "Object"): ("Bucket", "Key"),
    ("s3", "ObjectSummary"): ("Bucket", "Key"), ("sqs", "Queue"): ("QueueUrl",), ("sqs", "Message"): ("QueueUrl",
    "ReceiptHandle"),
    ("sns", "Topic"): ("TopicArn",), ("sns", "PlatformEndpoint"): ("TargetArn",), ("ec2", "Instance"): ("InstanceIds",),
    ("iam", "Role"): ("RoleName",), ("iam", "User"): ("UserName",), ("iam", "Policy"): ("PolicyArn",),
    ("cloudformation", "Stack"): ("StackName",), ("cloudwatch", "Alarm"): ("AlarmNames",), ("s3",
    "BucketPolicy"): ("Bucket",),
}  # fmt: skip
"""Resource objects of boto3 -> the parameters that they stand for."""
RESOURCE_METHODS: dict[tuple[str, str], tuple[str, ...]] = {
    ("Queue", "receive_messages"): ("ReceiveMessage",), ("Queue", "send_messages"): ("SendMessageBatch",),
    ("Queue", "delete_messages"): ("DeleteMessageBatch",), ("Queue", "purge"): ("PurgeQueue",), ("Message",
    "delete"): ("DeleteMessage",),
    ("Queue", "delete"): ("DeleteQueue",), ("Queue", "load"): ("GetQueueAttributes",), ("Topic",
    "load"): ("GetTopicAttributes",),
    ("Table", "load"): ("DescribeTable",), ("Table", "reload"): ("DescribeTable",), ("Table",
    "delete"): ("DeleteTable",),
    ("Table", "wait_until_exists"): ("DescribeTable",), ("Instance", "start"): ("StartInstances",), ("Instance",
    "stop"): ("StopInstances",),
    ("Instance", "terminate"): ("TerminateInstances",), ("Instance", "reboot"): ("RebootInstances",), ("Role",
    "load"): ("GetRole",),
    ("batch_writer", "put_item"): ("BatchWriteItem",), ("batch_writer", "delete_item"): ("BatchWriteItem",),
    ("Role", "attach_policy"): ("AttachRolePolicy",), ("BucketPolicy", "put"): ("PutBucketPolicy",), ("Stack",
    "delete"): ("DeleteStack",),
}  # fmt: skip
COLLECTIONS = {
    ("s3", "objects"): ("ListObjects", "ObjectSummary", ("DeleteObjects",)), ("s3", "buckets"): ("ListBuckets",
    "Bucket", ()),
    ("s3", "object_versions"): ("ListObjectVersions", "ObjectVersion", ("DeleteObjects",)),
    ("sqs", "queues"): ("ListQueues", "Queue", ()), ("sns", "topics"): ("ListTopics", "Topic", ()),
    ("dynamodb", "tables"): ("ListTables", "Table", ()), ("ec2", "instances"): ("DescribeInstances", "Instance", ()),
    ("cloudformation", "stacks"): ("DescribeStacks", "Stack", ()), ("iam", "roles"): ("ListRoles", "Role", ()),
}  # fmt: skip
"""Collections of boto3's resource objects -> the operation that lists, what the elements are, what deleting them
calls."""
LOADED: dict[str, tuple[str, frozenset[str]]] = {
    "Table": (
        "DescribeTable",
        frozenset(
            {
                "item_count",
                "table_status",
                "table_size_bytes",
                "key_schema",
                "attribute_definitions",
                "creation_date_time",
                "global_secondary_indexes",
                "latest_stream_arn",
                "provisioned_throughput",
                "billing_mode_summary",
            }
        ),
    ),
    "Object": (
        "HeadObject",
        frozenset(
            {"content_length", "last_modified", "e_tag", "content_type", "metadata", "storage_class", "version_id"}
        ),
    ),
    "Queue": ("GetQueueAttributes", frozenset({"attributes"})),
    "Topic": ("GetTopicAttributes", frozenset({"attributes"})),
    "Bucket": ("ListBuckets", frozenset({"creation_date"})),
    "Instance": ("DescribeInstances", frozenset({"state", "public_ip_address", "private_ip_address", "tags"})),
}
"""Attributes of resource objects that are asked for when they are first read (Boto3 guide, "Resources: Attributes")."""
WAITERS = {
    "bucket_exists": "HeadBucket", "bucket_not_exists": "HeadBucket", "object_exists": "HeadObject",
    "object_not_exists": "HeadObject", "table_exists": "DescribeTable", "table_not_exists": "DescribeTable",
    "function_active": "GetFunctionConfiguration", "function_active_v2": "GetFunction",
    "function_updated": "GetFunctionConfiguration",
    "function_updated_v2": "GetFunction", "function_exists": "GetFunction", "stack_create_complete": "DescribeStacks",
    "stack_update_complete": "DescribeStacks", "stack_delete_complete": "DescribeStacks",
    "stack_exists": "DescribeStacks",
    "instance_running": "DescribeInstances", "instance_stopped": "DescribeInstances",
    "instance_terminated": "DescribeInstances",
    "instance_exists": "DescribeInstances", "instance_status_ok": "DescribeInstanceStatus",
    "image_available": "DescribeImages",
    "snapshot_completed": "DescribeSnapshots", "volume_available": "DescribeVolumes",
    "command_executed": "GetCommandInvocation",
    "services_stable": "DescribeServices", "tasks_running": "DescribeTasks", "tasks_stopped": "DescribeTasks",
    "cluster_available": "DescribeClusters", "cluster_active": "DescribeCluster",
    "db_instance_available": "DescribeDBInstances",
    "distribution_deployed": "GetDistribution", "invalidation_completed": "GetInvalidation",
    "certificate_validated": "DescribeCertificate",
    "stream_exists": "DescribeStream", "role_exists": "GetRole", "user_exists": "GetUser", "policy_exists": "GetPolicy",
}  # fmt: skip
NO_OPERATION = frozenset({
    "close", "can_paginate", "meta", "exceptions", "get_available_subresources", "get_available_services", "from_",
    "get_credentials", "get_available_regions", "set_stream_logger", "get_frozen_credentials", "middlewareStack",
    "destroy", "resolveMiddleware",
})  # fmt: skip
STORED = re.compile(
    r"^(?:Get|BatchGet|Query|Scan|Receive|List|Search|Execute|Transact(?:Get|ion)|Describe|Select|Read|Peek|Invoke)"
)
"""Operations that give back what somebody stored: data of the system, an attacker's if another function put it
there."""
SECRETS = {("secretsmanager", "getsecretvalue"), ("ssm", "getparameter"), ("ssm", "getparameters"), ("kms", "decrypt")}

# The names of services in package names of SDK v3 and class names of v2 that differ from boto3's.
SERVICES = {
    "cognito-identity-provider": "cognito-idp", "cognitoidentityserviceprovider": "cognito-idp",
    "eventbridge": "events",
    "cloudwatchevents": "events", "cloudwatch-logs": "logs", "cloudwatchlogs": "logs", "sfn": "stepfunctions",
    "stepfunctions": "stepfunctions",
    "secrets-manager": "secretsmanager", "secretsmanager": "secretsmanager", "elastic-load-balancing-v2": "elbv2",
    "cost-explorer": "ce",
    "cognito-identity": "cognito-identity", "cognitoidentity": "cognito-identity",
    "dynamodb-streams": "dynamodbstreams",
    "api-gateway": "apigateway", "apigatewaymanagementapi": "apigatewaymanagementapi",
    "bedrock-runtime": "bedrock-runtime",
    "bedrockruntime": "bedrock-runtime", "rds-data": "rds-data", "rdsdataservice": "rds-data",
    "iot-data-plane": "iot-data", "iotdata": "iot-data",
    "lex-runtime-v2": "lexv2-runtime", "timestream-write": "timestream-write", "timestreamwrite": "timestream-write",
    "timestream-query": "timestream-query", "redshift-data": "redshift-data", "redshiftdata": "redshift-data",
    "application-auto-scaling":
    "application-autoscaling", "auto-scaling": "autoscaling", "elasticache": "elasticache", "location": "location",
    "kinesis-video": "kinesisvideo",
    "database-migration-service": "dms", "cloudwatch": "cloudwatch", "transcribe": "transcribe",
    "transcribeservice": "transcribe",
}  # fmt: skip
DOCUMENT = {
    "Get": "GetItem", "Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "Query": "Query",
    "Scan": "Scan",
    "BatchGet": "BatchGetItem", "BatchWrite": "BatchWriteItem", "TransactGet": "TransactGetItems",
    "TransactWrite": "TransactWriteItems",
    "ExecuteStatement": "ExecuteStatement", "BatchExecuteStatement": "BatchExecuteStatement",
    "ExecuteTransaction": "ExecuteTransaction",
}  # fmt: skip
"""Commands and methods of the document client -> operations."""
SIGNERS = {
    ("rds-signer", "getAuthToken"): ("rds", "GenerateDbAuthToken"),
    ("dsql-signer", "getDbConnectAuthToken"): ("dsql", "GenerateDbConnectAuthToken"),
    ("dsql-signer", "getDbConnectAdminAuthToken"): ("dsql", "GenerateDbConnectAdminAuthToken"),
}  # fmt: skip
"""Signers of `@aws-sdk/*-signer`: their tokens log in where the role may."""


def pascal(name: str) -> str:
    """`get_object` -> `GetObject`, `getObject` -> `GetObject`."""
    if "_" in name:
        return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    return name[:1].upper() + name[1:]
