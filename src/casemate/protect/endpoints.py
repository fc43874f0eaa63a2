"""The hosts that the AWS SDK reaches for a service.

Source: AWS General Reference, "AWS service endpoints"; botocore's `endpointPrefix`. A region is not known when a policy
is compiled, so `*` stands for it; buckets, accounts and APIs have their own names in front.
"""

from __future__ import annotations

_PREFIXES: dict[str, str] = {
    "apigatewaymanagementapi": "execute-api", "apigatewayv2": "apigateway", "cloudwatch": "monitoring",
    "connectparticipant": "participant.connect", "dynamodbstreams": "streams.dynamodb", "ecr": "api.ecr",
    "efs": "elasticfilesystem", "elb": "elasticloadbalancing", "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce", "iot-data": "iot", "iot-jobs-data": "iot", "keyspaces": "cassandra",
    "lex-models": "models.lex", "lex-runtime": "runtime.lex", "lexv2-models": "models-v2-lex",
    "lexv2-runtime": "runtime-v2-lex", "location": "geo", "mediastore-data": "data.mediastore",
    "meteringmarketplace": "metering.marketplace", "neptune": "rds", "docdb": "rds", "neptunedata": "neptune-db",
    "opensearch": "es", "opensearchserverless": "aoss", "pinpoint-sms-voice-v2": "sms-voice", "pricing": "api.pricing",
    "resourcegroupstaggingapi": "tagging", "s3control": "s3-control", "sagemaker": "api.sagemaker",
    "sagemaker-runtime": "runtime.sagemaker", "sagemaker-featurestore-runtime": "featurestore-runtime.sagemaker",
    "service-quotas": "servicequotas", "ses": "email", "sesv2": "email", "sso": "portal.sso", "sso-oidc": "oidc",
    "stepfunctions": "states", "timestream-query": "query.timestream", "timestream-write": "ingest.timestream",
    "kinesis-video-media": "kinesisvideo", "kinesis-video-archived-media": "kinesisvideo",
}  # fmt: skip
"""Services whose endpoints have another name than botocore gives them; those that functions call."""
_ALIASES: dict[str, tuple[str, ...]] = {
    "dynamodb": ("*.ddb.*.amazonaws.com",),
    "sqs": ("*.queue.amazonaws.com", "queue.amazonaws.com"),
    "s3": ("*.s3.amazonaws.com", "*.s3-accesspoint.*.amazonaws.com", "*.s3express-*.*.amazonaws.com"),
}
"""Other endpoints: DynamoDB's by account, old queue URLs, buckets without a region, access points, Express zones."""


def hosts_of(service: str) -> tuple[str, ...]:
    """Patterns of the hosts of one service, by botocore's name of it, in the standard partition."""
    name = _PREFIXES.get(service, service)
    own = (f"{name}.*.amazonaws.com", f"*.{name}.*.amazonaws.com", f"{name}.amazonaws.com")
    return (*own, *_ALIASES.get(service, ()))
