"""The operations whose IAM action is not their own name, or that need more than one.

`?` marks a conditional need, `from P` the parameter that names the resource. Sources: Service Authorization Reference;
Amazon S3 API reference ("Permissions" of each operation) and user guide "Required permissions for Amazon S3 API
operations"; DynamoDB developer guide "Using IAM with PartiQL" and "Transactions: IAM"; SQS and SNS API references;
Lambda API reference; Bedrock API reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_S3: Mapping[str, tuple[str, ...]] = {
    "AbortMultipartUpload": ("s3:AbortMultipartUpload",),
    "CompleteMultipartUpload": ("s3:PutObject",),
    "CopyObject": ("s3:GetObject from CopySource", "s3:PutObject", "?s3:GetObjectTagging from CopySource",
                   "?s3:PutObjectTagging", "?s3:GetObjectVersion from CopySource", "?s3:ListBucket from CopySource"),
    "CreateBucketMetadataConfiguration": ("s3:CreateBucketMetadataTableConfiguration",),
    "CreateMultipartUpload": ("s3:PutObject",),
    "CreateSession": ("s3express:CreateSession",),
    "DeleteBucketAnalyticsConfiguration": ("s3:PutAnalyticsConfiguration",),
    "DeleteBucketCors": ("s3:PutBucketCORS",),
    "DeleteBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "DeleteBucketIntelligentTieringConfiguration": ("s3:PutIntelligentTieringConfiguration",),
    "DeleteBucketInventoryConfiguration": ("s3:PutInventoryConfiguration",),
    "DeleteBucketLifecycle": ("s3:PutLifecycleConfiguration",),
    "DeleteBucketMetricsConfiguration": ("s3:PutMetricsConfiguration",),
    "DeleteBucketOwnershipControls": ("s3:PutBucketOwnershipControls",),
    "DeleteBucketReplication": ("s3:PutReplicationConfiguration",),
    "DeleteBucketTagging": ("s3:PutBucketTagging",),
    "DeleteObject": ("s3:DeleteObject",),
    "DeleteObjects": ("s3:DeleteObject", "?s3:DeleteObjectVersion"),
    "DeletePublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "GetBucketAccelerateConfiguration": ("s3:GetAccelerateConfiguration",),
    "GetBucketAnalyticsConfiguration": ("s3:GetAnalyticsConfiguration",),
    "GetBucketCors": ("s3:GetBucketCORS",),
    "GetBucketEncryption": ("s3:GetEncryptionConfiguration",),
    "GetBucketIntelligentTieringConfiguration": ("s3:GetIntelligentTieringConfiguration",),
    "GetBucketInventoryConfiguration": ("s3:GetInventoryConfiguration",),
    "GetBucketLifecycle": ("s3:GetLifecycleConfiguration",),
    "GetBucketLifecycleConfiguration": ("s3:GetLifecycleConfiguration",),
    "GetBucketMetadataConfiguration": ("s3:GetBucketMetadataTableConfiguration",),
    "GetBucketMetricsConfiguration": ("s3:GetMetricsConfiguration",),
    "GetBucketNotificationConfiguration": ("s3:GetBucketNotification",),
    "GetBucketReplication": ("s3:GetReplicationConfiguration",),
    "GetObject": ("s3:GetObject", "?s3:ListBucket"),
    "GetObjectAttributes": ("s3:GetObject", "s3:GetObjectAttributes", "?s3:ListBucket"),
    "GetObjectLockConfiguration": ("s3:GetBucketObjectLockConfiguration",),
    "GetPublicAccessBlock": ("s3:GetBucketPublicAccessBlock",),
    "HeadBucket": ("s3:ListBucket",),
    "HeadObject": ("s3:GetObject", "?s3:ListBucket"),
    "ListBucketAnalyticsConfigurations": ("s3:GetAnalyticsConfiguration",),
    "ListBucketIntelligentTieringConfigurations": ("s3:GetIntelligentTieringConfiguration",),
    "ListBucketInventoryConfigurations": ("s3:GetInventoryConfiguration",),
    "ListBucketMetricsConfigurations": ("s3:GetMetricsConfiguration",),
    "ListBuckets": ("s3:ListAllMyBuckets",),
    "ListDirectoryBuckets": ("s3express:ListAllMyDirectoryBuckets",),
    "ListMultipartUploads": ("s3:ListBucketMultipartUploads",),
    "ListObjectVersions": ("s3:ListBucketVersions",),
    "ListObjects": ("s3:ListBucket",),
    "ListObjectsV2": ("s3:ListBucket",),
    "ListParts": ("s3:ListMultipartUploadParts",),
    "PutBucketAccelerateConfiguration": ("s3:PutAccelerateConfiguration",),
    "PutBucketAnalyticsConfiguration": ("s3:PutAnalyticsConfiguration",),
    "PutBucketCors": ("s3:PutBucketCORS",),
    "PutBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "PutBucketIntelligentTieringConfiguration": ("s3:PutIntelligentTieringConfiguration",),
    "PutBucketInventoryConfiguration": ("s3:PutInventoryConfiguration",),
    "PutBucketLifecycle": ("s3:PutLifecycleConfiguration",),
    "PutBucketLifecycleConfiguration": ("s3:PutLifecycleConfiguration",),
    "PutBucketMetricsConfiguration": ("s3:PutMetricsConfiguration",),
    "PutBucketNotificationConfiguration": ("s3:PutBucketNotification",),
    "PutBucketReplication": ("s3:PutReplicationConfiguration", "?iam:PassRole"),
    "PutObject": ("s3:PutObject",),
    "PutObjectLockConfiguration": ("s3:PutBucketObjectLockConfiguration",),
    "PutPublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "RenameObject": ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
    "RestoreObject": ("s3:RestoreObject",),
    "SelectObjectContent": ("s3:GetObject",),
    "UploadPart": ("s3:PutObject",),
    "UploadPartCopy": ("s3:GetObject from CopySource", "s3:PutObject"),
    "WriteGetObjectResponse": ("s3-object-lambda:WriteGetObjectResponse",),
}  # fmt: skip

QUERY_DATA, QUERY_RESULTS = "(the tables)", "(the results)"
"""Parameters that `sessions.py` makes up for queries of Athena: where the tables and the results are (Athena user
guide, "Control access to Amazon S3 from Athena", "Configure access to databases and tables in the Glue catalog")."""
TASK_ROLES = "(the task's roles)"
"""The same for what a task definition of the template names."""
_READ_ITEMS = "dynamodb:GetItem"
_PARTIQL = (
    "?dynamodb:PartiQLSelect", "?dynamodb:PartiQLInsert", "?dynamodb:PartiQLUpdate", "?dynamodb:PartiQLDelete",
)  # fmt: skip
"""Which of the four it is says the statement's text: `partiql` in `calls.py` makes that one required."""

EXCEPTIONS: Mapping[str, tuple[str, ...]] = {
    **{f"s3:{name}": actions for name, actions in _S3.items()},
    "dynamodb:BatchExecuteStatement": _PARTIQL,
    "dynamodb:ExecuteStatement": _PARTIQL,
    "dynamodb:ExecuteTransaction": _PARTIQL,
    "dynamodb:TransactGetItems": (_READ_ITEMS,),
    "dynamodb:TransactWriteItems": (
        "?dynamodb:PutItem", "?dynamodb:UpdateItem", "?dynamodb:DeleteItem", "?dynamodb:ConditionCheckItem",
    ),
    "dynamodb:CreateGlobalTable": ("dynamodb:CreateGlobalTable",),
    "sqs:SendMessageBatch": ("sqs:SendMessage",),
    "sqs:DeleteMessageBatch": ("sqs:DeleteMessage",),
    "sqs:ChangeMessageVisibilityBatch": ("sqs:ChangeMessageVisibility",),
    "sns:PublishBatch": ("sns:Publish",),
    "lambda:Invoke": ("lambda:InvokeFunction",),
    "lambda:InvokeAsync": ("lambda:InvokeFunction",),
    "lambda:InvokeWithResponseStream": ("lambda:InvokeFunction",),
    "lambda:GetLayerVersionByArn": ("lambda:GetLayerVersion",),
    "lambda:CreateFunction": ("lambda:CreateFunction", "iam:PassRole from Role"),
    "lambda:UpdateFunctionConfiguration": ("lambda:UpdateFunctionConfiguration", "?iam:PassRole from Role"),
    "bedrock-runtime:Converse": ("bedrock:InvokeModel",),
    "bedrock-runtime:ConverseStream": ("bedrock:InvokeModelWithResponseStream",),
    "bedrock-runtime:InvokeModelWithBidirectionalStream": ("bedrock:InvokeModel",),
    "bedrock-runtime:StartAsyncInvoke": ("bedrock:InvokeModel",),
    "bedrock-runtime:InvokeModelWithResponseStream": ("bedrock:InvokeModelWithResponseStream",),
    "bedrock-agent-runtime:RetrieveAndGenerate": ("bedrock:RetrieveAndGenerate", "bedrock:Retrieve",
                                                  "?bedrock:InvokeModel"),
    "bedrock-agent-runtime:RetrieveAndGenerateStream": ("bedrock:RetrieveAndGenerate", "bedrock:Retrieve",
                                                        "?bedrock:InvokeModelWithResponseStream"),
    "bedrock-agent-runtime:InvokeFlow": ("bedrock:InvokeFlow",),
    "kms:ReEncrypt": ("kms:ReEncryptFrom from SourceKeyId", "kms:ReEncryptTo from DestinationKeyId"),
    "timestream-query:Query": ("timestream:Select", "timestream:DescribeEndpoints"),
    "timestream-write:WriteRecords": ("timestream:WriteRecords", "timestream:DescribeEndpoints"),
    "timestream-query:DescribeEndpoints": ("timestream:DescribeEndpoints",),
    "logs:GetLogObject": ("logs:GetLogRecord",),
    "logs:FilterLogEvents": ("logs:FilterLogEvents",),
    "events:PutTargets": ("events:PutTargets", "?iam:PassRole"),
    "scheduler:CreateSchedule": ("scheduler:CreateSchedule", "iam:PassRole from Target.RoleArn"),
    "scheduler:UpdateSchedule": ("scheduler:UpdateSchedule", "iam:PassRole from Target.RoleArn"),
    "pipes:CreatePipe": ("pipes:CreatePipe", "iam:PassRole from RoleArn"),
    "stepfunctions:CreateStateMachine": ("states:CreateStateMachine", "iam:PassRole from roleArn"),
    "stepfunctions:UpdateStateMachine": ("states:UpdateStateMachine", "?iam:PassRole from roleArn"),
    "ecs:RunTask": ("ecs:RunTask", f"?iam:PassRole from {TASK_ROLES}"),
    "ecs:RegisterTaskDefinition": ("ecs:RegisterTaskDefinition", "?iam:PassRole from executionRoleArn"),
    "batch:CancelJobs": ("batch:CancelJob",),
    "batch:TerminateJobs": ("batch:TerminateJob",),
    "sagemaker:CreateTrainingJob": ("sagemaker:CreateTrainingJob", "iam:PassRole from RoleArn"),
    "sagemaker:CreateModel": ("sagemaker:CreateModel", "iam:PassRole from ExecutionRoleArn"),
    "glue:CreateJob": ("glue:CreateJob", "iam:PassRole from Role"),
    "transcribe:StartTranscriptionJob": ("transcribe:StartTranscriptionJob",
                                         "s3:GetObject from Media.MediaFileUri", "?s3:PutObject from OutputBucketName"),
    "textract:StartDocumentTextDetection": ("textract:StartDocumentTextDetection",
                                            "s3:GetObject from DocumentLocation.S3Object", "?iam:PassRole"),
    "textract:StartDocumentAnalysis": ("textract:StartDocumentAnalysis",
                                       "s3:GetObject from DocumentLocation.S3Object", "?iam:PassRole"),
    "textract:StartExpenseAnalysis": ("textract:StartExpenseAnalysis",
                                      "s3:GetObject from DocumentLocation.S3Object", "?iam:PassRole"),
    "mediaconvert:CreateJob": ("mediaconvert:CreateJob", "iam:PassRole from Role"),
    "mediaconvert:GetJobsQueryResults": ("mediaconvert:GetJob",),
    "athena:StartQueryExecution": ("athena:StartQueryExecution", "glue:GetTable", "?glue:GetDatabase",
                                   "?glue:GetPartitions", *(f"{action} from {QUERY_DATA}" for action in (
                                       "s3:GetObject", "s3:ListBucket")),
                                   *(f"{action} from {QUERY_RESULTS}" for action in (
                                       "s3:GetBucketLocation", "s3:PutObject", "s3:GetObject",
                                       "?s3:AbortMultipartUpload", "?s3:ListMultipartUploadParts"))),
    "athena:GetQueryResults": ("athena:GetQueryResults", f"s3:GetObject from {QUERY_RESULTS}"),
    "rds-data:ExecuteStatement": ("rds-data:ExecuteStatement",
                                  "secretsmanager:GetSecretValue from secretArn"),
    "rds-data:BatchExecuteStatement": ("rds-data:BatchExecuteStatement",
                                       "secretsmanager:GetSecretValue from secretArn"),
    "rds-data:BeginTransaction": ("rds-data:BeginTransaction", "secretsmanager:GetSecretValue from secretArn"),
    "rds-data:CommitTransaction": ("rds-data:CommitTransaction", "secretsmanager:GetSecretValue from secretArn"),
    "rds-data:RollbackTransaction": ("rds-data:RollbackTransaction", "secretsmanager:GetSecretValue from secretArn"),
    "rds-data:ExecuteSql": ("rds-data:ExecuteSql", "secretsmanager:GetSecretValue from awsSecretStoreArn"),
    "redshift-data:ExecuteStatement": ("redshift-data:ExecuteStatement", "?redshift:GetClusterCredentials",
                                       "?secretsmanager:GetSecretValue from SecretArn",
                                       "?redshift-serverless:GetCredentials"),
    "ses:SendTemplatedEmail": ("ses:SendTemplatedEmail",),
    "ses:SendBulkTemplatedEmail": ("ses:SendBulkTemplatedEmail",),
    "sesv2:SendEmail": ("ses:SendEmail", "?ses:SendRawEmail", "?ses:SendTemplatedEmail"),
    "sesv2:SendBulkEmail": ("ses:SendBulkEmail", "?ses:SendBulkTemplatedEmail"),
    "appsync:EvaluateCode": ("appsync:EvaluateCode",),
    "cloudfront:CreateDistributionWithTags": ("cloudfront:CreateDistribution", "cloudfront:TagResource"),
    "cognito-idp:GetUser": (), "cognito-idp:InitiateAuth": (), "cognito-idp:SignUp": (),
    "cognito-idp:ConfirmSignUp": (), "cognito-idp:ForgotPassword": (), "cognito-idp:ConfirmForgotPassword": (),
    "cognito-idp:ResendConfirmationCode": (), "cognito-idp:RespondToAuthChallenge": (),
    "cognito-idp:ChangePassword": (), "cognito-idp:GlobalSignOut": (), "cognito-idp:RevokeToken": (),
    "cognito-idp:UpdateUserAttributes": (), "cognito-idp:DeleteUser": (), "cognito-idp:AssociateSoftwareToken": (),
    "cognito-idp:VerifySoftwareToken": (), "cognito-idp:SetUserMFAPreference": (),
    "cognito-idp:GetUserAttributeVerificationCode": (), "cognito-idp:VerifyUserAttribute": (),
    "cognito-idp:DeleteUserAttributes": (), "cognito-idp:GetUserAuthFactors": (),
    "cognito-idp:StartWebAuthnRegistration": (), "cognito-idp:CompleteWebAuthnRegistration": (),
    "cognito-idp:ListWebAuthnCredentials": (), "cognito-idp:DeleteWebAuthnCredential": (),
    "cognito-identity:GetId": (), "cognito-identity:GetCredentialsForIdentity": (),
    "cognito-identity:GetOpenIdToken": (), "cognito-identity:UnlinkIdentity": (),
    "sts:GetCallerIdentity": (), "sts:AssumeRoleWithWebIdentity": (), "sts:AssumeRoleWithSAML": (),
    "sts:GetSessionToken": (), "sts:GetAccessKeyInfo": (),
    "verifiedpermissions:BatchIsAuthorized": ("verifiedpermissions:IsAuthorized",),
    "verifiedpermissions:BatchIsAuthorizedWithToken": ("verifiedpermissions:IsAuthorizedWithToken",),
    "verifiedpermissions:BatchGetPolicy": ("verifiedpermissions:GetPolicy",),
    "iot-data:Publish": ("iot:Publish",),
    "polly:SynthesizeSpeech": ("polly:SynthesizeSpeech",),
    "polly:StartSpeechSynthesisTask": ("polly:StartSpeechSynthesisTask", "s3:PutObject from OutputS3BucketName",
                                       "?sns:Publish from SnsTopicArn"),
    "comprehend:StartEntitiesDetectionJob": ("comprehend:StartEntitiesDetectionJob",
        "iam:PassRole from DataAccessRoleArn"),
    "translate:TranslateText": ("translate:TranslateText", "?comprehend:DetectDominantLanguage"),
    "ssm:GetParameter": ("ssm:GetParameter",),
    "budgets:DescribeBudgets": ("budgets:ViewBudget",), "budgets:DescribeBudget": ("budgets:ViewBudget",),
    "budgets:CreateBudget": ("budgets:ModifyBudget",), "budgets:UpdateBudget": ("budgets:ModifyBudget",),
    "budgets:DeleteBudget": ("budgets:ModifyBudget",), "budgets:CreateNotification": ("budgets:ModifyBudget",),
    "cloudformation:CreateStack": ("cloudformation:CreateStack", "?iam:PassRole from RoleARN"),
    "cloudformation:UpdateStack": ("cloudformation:UpdateStack", "?iam:PassRole from RoleARN"),
    "codebuild:StartBuild": ("codebuild:StartBuild",),
    "opensearch:UpdateClone": ("es:UpdateElasticsearchDomainConfig",),
    "cloudcontrol:CreateResource": ("cloudformation:CreateResource",),
    "s3control:GetPublicAccessBlock": ("s3:GetAccountPublicAccessBlock",),
    "s3control:PutPublicAccessBlock": ("s3:PutAccountPublicAccessBlock",),
    "s3control:DeletePublicAccessBlock": ("s3:PutAccountPublicAccessBlock",),
    "s3control:CreateJob": ("s3:CreateJob", "iam:PassRole from RoleArn"),
    "ec2:RunInstances": ("ec2:RunInstances", "?iam:PassRole from IamInstanceProfile.Arn", "?ec2:CreateTags"),
    "dynamodb:DescribeEndpoints": ("dynamodb:DescribeEndpoints",),
    "dynamodb:ExportTableToPointInTime": ("dynamodb:ExportTableToPointInTime", "s3:PutObject from S3Bucket",
                                          "?s3:AbortMultipartUpload from S3Bucket", "?s3:PutObjectAcl from S3Bucket"),
    "connect:UpdateOutboundEmailContactMessage": ("connect:UpdateContact",),
}  # fmt: skip
"""`service:Operation` (botocore's names) -> actions. Empty: the operation is signed by nobody, or needs no
permission."""

_IMAGES = (
    "DetectLabels", "DetectText", "DetectFaces", "DetectModerationLabels", "DetectCustomLabels", "IndexFaces",
    "RecognizeCelebrities", "DetectProtectiveEquipment", "SearchFacesByImage", "SearchUsersByImage",
)  # fmt: skip
_VIDEOS = (
    "StartLabelDetection", "StartFaceDetection", "StartContentModeration", "StartTextDetection", "StartFaceSearch",
    "StartCelebrityRecognition", "StartPersonTracking", "StartSegmentDetection",
)  # fmt: skip
"""Amazon Rekognition reads an object in S3 with the caller's rights ("Amazon Rekognition: S3Object")."""

WITH_PARAMETER: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    **{f"rekognition:{one}": {"Image.S3Object": ("s3:GetObject from Image.S3Object",)} for one in _IMAGES},
    **{f"rekognition:{one}": {
        "Video.S3Object": ("s3:GetObject from Video.S3Object",),
        "NotificationChannel": ("iam:PassRole from NotificationChannel.RoleArn",)} for one in _VIDEOS},
    "rekognition:CompareFaces": {
        "SourceImage.S3Object": ("s3:GetObject from SourceImage.S3Object",),
        "TargetImage.S3Object": ("s3:GetObject from TargetImage.S3Object",),
    },
    **{f"textract:{one}": {"Document.S3Object": ("s3:GetObject from Document.S3Object",)} for one in (
        "DetectDocumentText", "AnalyzeDocument", "AnalyzeExpense")},
    **{f"bedrock-runtime:{one}": {"guardrailIdentifier": ("bedrock:ApplyGuardrail from guardrailIdentifier",)}
       for one in ("InvokeModel", "InvokeModelWithResponseStream")},
    **{f"bedrock-runtime:{one}": {"guardrailConfig.guardrailIdentifier": (
        "bedrock:ApplyGuardrail from guardrailConfig.guardrailIdentifier",)} for one in ("Converse", "ConverseStream")},
    "s3:GetObject": {"VersionId": ("s3:GetObject=>s3:GetObjectVersion",)},
    "s3:HeadObject": {"VersionId": ("s3:GetObject=>s3:GetObjectVersion",)},
    "s3:DeleteObject": {
        "VersionId": ("s3:DeleteObject=>s3:DeleteObjectVersion",),
        "BypassGovernanceRetention": ("s3:BypassGovernanceRetention",),
    },
    "s3:DeleteObjects": {"Delete.Objects.VersionId": ("s3:DeleteObjectVersion",)},
    "s3:GetObjectTagging": {"VersionId": ("s3:GetObjectTagging=>s3:GetObjectVersionTagging",)},
    "s3:PutObjectTagging": {"VersionId": ("s3:PutObjectTagging=>s3:PutObjectVersionTagging",)},
    "s3:DeleteObjectTagging": {"VersionId": ("s3:DeleteObjectTagging=>s3:DeleteObjectVersionTagging",)},
    "s3:GetObjectAcl": {"VersionId": ("s3:GetObjectAcl=>s3:GetObjectVersionAcl",)},
    "s3:PutObjectAcl": {"VersionId": ("s3:PutObjectAcl=>s3:PutObjectVersionAcl",)},
    "s3:PutObject": {
        "SSEKMSKeyId": ("kms:GenerateDataKey from SSEKMSKeyId", "?kms:Decrypt from SSEKMSKeyId"),
        "ACL": ("s3:PutObjectAcl",), "GrantRead": ("s3:PutObjectAcl",), "GrantFullControl": ("s3:PutObjectAcl",),
        "Tagging": ("s3:PutObjectTagging",),
        "ObjectLockMode": ("s3:PutObjectRetention",), "ObjectLockLegalHoldStatus": ("s3:PutObjectLegalHold",),
    },
    "s3:CopyObject": {
        "SSEKMSKeyId": ("kms:GenerateDataKey from SSEKMSKeyId",),
        "ACL": ("s3:PutObjectAcl",),
        "Tagging": ("s3:PutObjectTagging",),
        "ObjectLockMode": ("s3:PutObjectRetention",),
    },
    "s3:CreateMultipartUpload": {
        "SSEKMSKeyId": ("kms:GenerateDataKey from SSEKMSKeyId", "kms:Decrypt from SSEKMSKeyId"),
        "ACL": ("s3:PutObjectAcl",), "Tagging": ("s3:PutObjectTagging",),
    },
    "s3:CreateBucket": {"ACL": ("s3:PutBucketAcl",), "ObjectOwnership": ("s3:PutBucketOwnershipControls",)},
    "sqs:CreateQueue": {"tags": ("sqs:TagQueue",)},
    "sns:CreateTopic": {"Tags": ("sns:TagResource",)},
    "dynamodb:CreateTable": {"Tags": ("dynamodb:TagResource",)},
    "lambda:CreateFunction": {
        "Layers": ("lambda:GetLayerVersion",), "Tags": ("lambda:TagResource",),
        "VpcConfig": ("?ec2:DescribeSubnets", "?ec2:DescribeSecurityGroups", "?ec2:DescribeVpcs"),
    },
    "lambda:UpdateFunctionConfiguration": {"Layers": ("lambda:GetLayerVersion",), "Role": ("iam:PassRole from Role",)},
    "secretsmanager:CreateSecret": {"Tags": ("secretsmanager:TagResource",)},
    "secretsmanager:BatchGetSecretValue": {"SecretIdList": ("secretsmanager:GetSecretValue from SecretIdList",)},
    "ssm:PutParameter": {"Tags": ("ssm:AddTagsToResource",)},
    "logs:CreateLogGroup": {"tags": ("logs:TagResource",)},
    "events:PutRule": {"Tags": ("events:TagResource",)},
    "textract:StartDocumentTextDetection": {"NotificationChannel": ("iam:PassRole from NotificationChannel.RoleArn",)},
    "textract:StartDocumentAnalysis": {"NotificationChannel": ("iam:PassRole from NotificationChannel.RoleArn",)},
    "transcribe:StartTranscriptionJob": {"OutputBucketName": ("s3:PutObject from OutputBucketName",)},
    "ec2:RunInstances": {
        "IamInstanceProfile": ("iam:PassRole from IamInstanceProfile.Arn",), "TagSpecifications": ("ec2:CreateTags",),
    },
}  # fmt: skip
"""What a parameter adds when it is set; `A=>B`: B instead of A. `Media`/`Document` objects in S3: see `calls.py`."""

ONLY_WITH: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "s3:CopyObject": {"s3:GetObjectVersion": ("CopySource.VersionId",)},
    "s3:DeleteObjects": {"s3:DeleteObjectVersion": ("Delete.Objects.VersionId",)},
    "polly:StartSpeechSynthesisTask": {"sns:Publish": ("SnsTopicArn",)},
    "sesv2:SendEmail": {"ses:SendRawEmail": ("Content.Raw",), "ses:SendTemplatedEmail": ("Content.Template",)},
    "transcribe:StartTranscriptionJob": {"s3:PutObject": ("OutputBucketName",)},
    **{f"textract:{one}": {"iam:PassRole": ("NotificationChannel",)} for one in (
        "StartDocumentTextDetection", "StartDocumentAnalysis", "StartExpenseAnalysis")},
    **{f"redshift-data:{one}": {"secretsmanager:GetSecretValue": ("SecretArn",),
                                "redshift:GetClusterCredentials": ("ClusterIdentifier",),
                                "redshift-serverless:GetCredentials": ("WorkgroupName",)} for one in (
        "ExecuteStatement", "BatchExecuteStatement")},
    "ec2:RunInstances": {"iam:PassRole": ("IamInstanceProfile",), "ec2:CreateTags": ("TagSpecifications",)},
    "dynamodb:ExportTableToPointInTime": {"s3:PutObjectAcl": ("S3BucketOwner",)},
    "lambda:UpdateFunctionConfiguration": {"iam:PassRole": ("Role",)},
    "stepfunctions:UpdateStateMachine": {"iam:PassRole": ("roleArn",)},
    **{f"cloudformation:{one}": {"iam:PassRole": ("RoleARN",)} for one in ("CreateStack", "UpdateStack")},
}  # fmt: skip
"""Conditional needs that are none where the call is known not to set these parameters."""

HIGH_LEVEL: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "s3": {
        "uploadfile": ("s3:PutObject", "?s3:AbortMultipartUpload"),
        "uploadfileobj": ("s3:PutObject", "?s3:AbortMultipartUpload"),
        "upload": ("s3:PutObject", "?s3:AbortMultipartUpload"),
        "downloadfile": ("s3:GetObject", "?s3:ListBucket"),
        "downloadfileobj": ("s3:GetObject", "?s3:ListBucket"),
        "copy": ("s3:GetObject from CopySource", "s3:PutObject", "?s3:GetObjectTagging from CopySource",
                 "?s3:PutObjectTagging", "?s3:AbortMultipartUpload"),
        "generatepresignedpost": ("s3:PutObject",),
        "createpresignedpost": ("s3:PutObject",),
    },
    "rds": {"generatedbauthtoken": ("rds-db:connect",)},
    "dsql": {
        "generatedbconnectauthtoken": ("dsql:DbConnect",), "generatedbconnectadminauthtoken": ("dsql:DbConnectAdmin",),
    },
}  # fmt: skip
"""Helpers of SDKs by squashed name: boto3's transfer methods, `Upload` of `@aws-sdk/lib-storage`, `S3.upload` of v2."""
