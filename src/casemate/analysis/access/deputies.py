"""AWS services that act for their customers, and what they say about whose resource they act for.

A policy can demand `aws:SourceArn` or `aws:SourceAccount` only from a service that sends it; from others the condition
would lock the service out. Reviewed by hand against the pages named beside each row (names of pages of AWS
documentation, most of them called "Cross-service confused deputy prevention"). A service that is not listed has not
been reviewed, and nothing is demanded of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from casemate.model.record import dataclass

Key = Literal["aws:SourceArn", "aws:SourceAccount"]
_BOTH: tuple[Key, ...] = ("aws:SourceArn", "aws:SourceAccount")
_ACCOUNT: tuple[Key, ...] = ("aws:SourceAccount",)


@dataclass(frozen=True, slots=True)
class Deputy:
    """One service.

    `sends`: the keys it sends; `page`: the page that says so; `instead`: for one that sends none, by what else it is
    bound.
    """

    sends: tuple[Key, ...]
    page: str
    instead: str = ""


ON_RESOURCES: Mapping[str, Deputy] = MappingProxyType(
    {
        "apigateway.amazonaws.com": Deputy(_BOTH, "Lambda Developer Guide, Permissions for API Gateway"),
        "bedrock.amazonaws.com": Deputy(_BOTH, "Bedrock User Guide, Cross-service confused deputy prevention"),
        "budgets.amazonaws.com": Deputy(_BOTH, "Cost Management Guide, Creating an SNS topic for budget notifications"),
        "cloudfront.amazonaws.com": Deputy(
            ("aws:SourceArn",), "CloudFront Guide, Restrict access with origin access control"
        ),
        "cloudtrail.amazonaws.com": Deputy(("aws:SourceArn",), "CloudTrail User Guide, Amazon S3 bucket policy"),
        "cloudwatch.amazonaws.com": Deputy(_BOTH, "CloudWatch User Guide, Notifying users on alarm changes"),
        "codecommit.amazonaws.com": Deputy(_BOTH, "CodeCommit User Guide, Create a trigger for a Lambda function"),
        "codestar-notifications.amazonaws.com": Deputy(_ACCOUNT, "Developer Tools Console Guide, Configure SNS topics"),
        "cognito-idp.amazonaws.com": Deputy(
            _BOTH, "Cognito Developer Guide, Customizing workflows with Lambda triggers"
        ),
        "config.amazonaws.com": Deputy(_BOTH, "Config Developer Guide, Permissions for the S3 bucket"),
        "connect.amazonaws.com": Deputy(_BOTH, "Connect Administrator Guide, Cross-service confused deputy prevention"),
        "cost-optimization-hub.bcm.amazonaws.com": Deputy(_BOTH, "Data Exports Guide, Setting up an S3 bucket"),
        "delivery.logs.amazonaws.com": Deputy(_BOTH, "CloudWatch Logs User Guide, Logging from AWS services"),
        "events.amazonaws.com": Deputy(_BOTH, "EventBridge User Guide, Using resource-based policies"),
        "iot.amazonaws.com": Deputy(_BOTH, "IoT Core Developer Guide, Lambda rule action"),
        "lambda.alarms.cloudwatch.amazonaws.com": Deputy(
            _BOTH, "CloudWatch User Guide, Invoke a Lambda function from an alarm"
        ),
        "lex.amazonaws.com": Deputy(_BOTH, "Lex Developer Guide, Cross-service confused deputy prevention"),
        "lexv2.amazonaws.com": Deputy(_BOTH, "Lex V2 Developer Guide, Cross-service confused deputy prevention"),
        "logging.s3.amazonaws.com": Deputy(_BOTH, "S3 User Guide, Enabling server access logging"),
        "logs.amazonaws.com": Deputy(_BOTH, "CloudWatch Logs User Guide, Subscription filters"),
        "rds.amazonaws.com": Deputy(_BOTH, "RDS User Guide, Cross-service confused deputy prevention"),
        "s3-object-lambda.amazonaws.com": Deputy(_BOTH, "S3 User Guide, Object Lambda access points"),
        "s3.amazonaws.com": Deputy(_BOTH, "S3 User Guide, Granting permissions to publish event notification messages"),
        "scheduler.amazonaws.com": Deputy(_BOTH, "EventBridge Scheduler Guide, Confused deputy prevention"),
        "secretsmanager.amazonaws.com": Deputy(_ACCOUNT, "Secrets Manager User Guide, Rotation function permissions"),
        "ses.amazonaws.com": Deputy(_BOTH, "SES Developer Guide, Giving permissions for email receiving"),
        "sns.amazonaws.com": Deputy(_BOTH, "SNS Developer Guide, Fanout to Lambda functions and queues"),
        # -- which send nothing, or are bound by something else
        "alexa-appkit.amazon.com": Deputy(
            (), "Lambda Developer Guide, Alexa skills", "the skill's id as event source token"
        ),
        "alexa-connectedhome.amazon.com": Deputy(
            (), "Lambda Developer Guide, Alexa skills", "the skill's id as event source token"
        ),
        "edgelambda.amazonaws.com": Deputy((), "CloudFront Guide, Lambda@Edge permissions", "the distribution's owner"),
        "elasticloadbalancing.amazonaws.com": Deputy(
            (), "ALB Guide, Lambda functions as targets", "the target group, whose ARN one template cannot name in time"
        ),
        "replicator.lambda.amazonaws.com": Deputy(
            (), "CloudFront Guide, Lambda@Edge permissions", "the distribution's owner"
        ),
        "lambda.amazonaws.com": Deputy((), "Lambda Developer Guide, Execution role", "the function's own role"),
        "autoscaling.amazonaws.com": Deputy(
            (), "EC2 Auto Scaling Guide, Service-linked roles", "its service-linked role"
        ),
    },
)
"""Service principal in a resource policy -> what it sends."""

ON_TRUST: Mapping[str, Deputy] = MappingProxyType(
    {
        "appsync.amazonaws.com": Deputy(_BOTH, "AppSync Developer Guide, Cross-service confused deputy prevention"),
        "batch.amazonaws.com": Deputy(_BOTH, "Batch User Guide, Cross-service confused deputy prevention"),
        "bedrock.amazonaws.com": Deputy(_BOTH, "Bedrock User Guide, Cross-service confused deputy prevention"),
        "cloudformation.amazonaws.com": Deputy(
            _BOTH, "CloudFormation User Guide, Cross-service confused deputy prevention"
        ),
        "codebuild.amazonaws.com": Deputy(_BOTH, "CodeBuild User Guide, Cross-service confused deputy prevention"),
        "codepipeline.amazonaws.com": Deputy(
            _BOTH, "CodePipeline User Guide, Cross-service confused deputy prevention"
        ),
        "dms.amazonaws.com": Deputy(_BOTH, "DMS User Guide, Cross-service confused deputy prevention"),
        "ecs-tasks.amazonaws.com": Deputy(_BOTH, "ECS Developer Guide, Task IAM role"),
        "events.amazonaws.com": Deputy(_BOTH, "EventBridge User Guide, Roles for targets"),
        "firehose.amazonaws.com": Deputy(
            _BOTH, "Data Firehose Developer Guide, Cross-service confused deputy prevention"
        ),
        "glue.amazonaws.com": Deputy(_BOTH, "Glue Developer Guide, Cross-service confused deputy prevention"),
        "iot.amazonaws.com": Deputy(_BOTH, "IoT Core Developer Guide, Cross-service confused deputy prevention"),
        "kinesisanalytics.amazonaws.com": Deputy(
            _BOTH, "Managed Service for Flink Guide, Cross-service confused deputy prevention"
        ),
        "pipes.amazonaws.com": Deputy(_BOTH, "EventBridge User Guide, Permissions for Pipes"),
        "sagemaker.amazonaws.com": Deputy(_BOTH, "SageMaker Developer Guide, Cross-service confused deputy prevention"),
        "scheduler.amazonaws.com": Deputy(_BOTH, "EventBridge Scheduler Guide, Confused deputy prevention"),
        "ssm.amazonaws.com": Deputy(_BOTH, "Systems Manager User Guide, Cross-service confused deputy prevention"),
        "states.amazonaws.com": Deputy(
            _BOTH, "Step Functions Developer Guide, Cross-service confused deputy prevention"
        ),
        "transfer.amazonaws.com": Deputy(_BOTH, "Transfer Family User Guide, Cross-service confused deputy prevention"),
        "vpc-flow-logs.amazonaws.com": Deputy(_BOTH, "VPC User Guide, IAM role for publishing flow logs"),
        # -- which send nothing
        "ec2.amazonaws.com": Deputy(
            (), "IAM User Guide, Roles for EC2 instances", "iam:PassRole of who starts the instance"
        ),
        "lambda.amazonaws.com": Deputy(
            (), "Lambda Developer Guide, Execution role", "iam:PassRole of who makes the function"
        ),
        "edgelambda.amazonaws.com": Deputy((), "CloudFront Guide, Permissions for Lambda@Edge", "iam:PassRole"),
        "s3.amazonaws.com": Deputy((), "S3 User Guide, Setting up permissions for live replication", "iam:PassRole"),
        "apigateway.amazonaws.com": Deputy((), "API Gateway Developer Guide, CloudWatch logging", "iam:PassRole"),
        "cognito-idp.amazonaws.com": Deputy((), "Cognito Developer Guide, SMS messages", "sts:ExternalId"),
    },
)
"""Service principal in a role's trust policy -> what it sends when it assumes the role."""


def sent_by(service: str, *, to_assume: bool = False) -> tuple[Key, ...]:
    """The keys that a service is known to send; none for a service that was not reviewed. Regional names count."""
    table = ON_TRUST if to_assume else ON_RESOURCES
    found = table.get(service)
    if found is None:  # logs.eu-west-1.amazonaws.com
        parts = service.split(".")
        found = table.get(".".join((parts[0], *parts[2:]))) if len(parts) > 3 else None
    return () if found is None else found.sends
