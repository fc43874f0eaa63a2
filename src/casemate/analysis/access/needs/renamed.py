"""More operations whose action has another name, of services that few functions call; beside `exceptions`.

Sources: Service Authorization Reference of each service; Amazon Keyspaces developer guide, "Amazon Keyspaces actions";
Neptune user guide, "IAM actions for data access"; AWS Security Hub API reference (V2 operations say which action they
use); Amazon Cognito developer guide, "Unauthenticated and token-authorized API operations"; DMS user guide, "Actions";
S3 on Outposts user guide; IAM Identity Center OIDC and portal API references (signed by nobody).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIXES: Mapping[str, str] = {"mturk": "mechanicalturk"}
"""Services whose name in requests is not the one in policies."""

_NEPTUNE = {
    "CancelGremlinQuery": "CancelQuery", "CancelOpenCypherQuery": "CancelQuery", "ExecuteFastReset": "ResetDatabase",
    "DeletePropertygraphStatistics": "DeleteStatistics", "DeleteSparqlStatistics": "DeleteStatistics",
    "ExecuteGremlinExplainQuery": "ReadDataViaQuery", "ExecuteGremlinProfileQuery": "ReadDataViaQuery",
    "ExecuteOpenCypherExplainQuery": "ReadDataViaQuery", "GetGremlinQueryStatus": "GetQueryStatus",
    "GetOpenCypherQueryStatus": "GetQueryStatus", "GetMLDataProcessingJob": "GetMLDataProcessingJobStatus",
    "GetMLEndpoint": "GetMLEndpointStatus", "GetMLModelTrainingJob": "GetMLModelTrainingJobStatus",
    "GetMLModelTransformJob": "GetMLModelTransformJobStatus", "GetPropertygraphStatistics": "GetStatisticsStatus",
    "GetSparqlStatistics": "GetStatisticsStatus", "GetPropertygraphStream": "GetStreamRecords",
    "GetSparqlStream": "GetStreamRecords", "GetPropertygraphSummary": "GetGraphSummary",
    "GetRDFGraphSummary": "GetGraphSummary", "ListGremlinQueries": "GetQueryStatus",
    "ListOpenCypherQueries": "GetQueryStatus", "ManagePropertygraphStatistics": "ManageStatistics",
    "ManageSparqlStatistics": "ManageStatistics",
}  # fmt: skip
_KEYSPACES = {
    "CreateKeyspace": "Create", "CreateTable": "Create", "CreateType": "Create", "DeleteKeyspace": "Drop",
    "DeleteTable": "Drop", "DeleteType": "Drop", "GetKeyspace": "Select", "GetTable": "Select", "GetType": "Select",
    "GetTableAutoScalingSettings": "Select", "ListKeyspaces": "Select", "ListTables": "Select", "ListTypes": "Select",
    "ListTagsForResource": "Select", "RestoreTable": "Restore", "UpdateKeyspace": "Alter", "UpdateTable": "Alter",
}  # fmt: skip
_MIGRATION = {
    "DescribeDataProviders": "ListDataProviders", "DescribeExtensionPackAssociations": "ListExtensionPacks",
    "DescribeInstanceProfiles": "ListInstanceProfiles", "DescribeMigrationProjects": "ListMigrationProjects",
    "DescribeMetadataModelAssessments": "ListMetadataModelAssessments",
    "DescribeMetadataModelConversions": "ListMetadataModelConversions",
    "DescribeMetadataModelExportsAsScript": "ListMetadataModelExports",
    "DescribeMetadataModelExportsToTarget": "ListMetadataModelExports",
    "ModifyConversionConfiguration": "UpdateConversionConfiguration", "ModifyDataProvider": "UpdateDataProvider",
    "ModifyInstanceProfile": "UpdateInstanceProfile", "ModifyMigrationProject": "UpdateMigrationProject",
    "StartExtensionPackAssociation": "AssociateExtensionPack",
    "StartMetadataModelExportAsScript": "StartMetadataModelExportAsScripts",
}  # fmt: skip
_BUDGETS = {
    **dict.fromkeys((
        "CreateSubscriber", "DeleteNotification", "DeleteSubscriber", "UpdateNotification", "UpdateSubscriber",
    ), "ModifyBudget"),
    **dict.fromkeys((
        "DescribeBudgetNotificationsForAccount", "DescribeBudgetPerformanceHistory", "DescribeNotificationsForBudget",
        "DescribeSubscribersForNotification",
    ), "ViewBudget"),
}  # fmt: skip
_OUTPOSTS = {
    "DeleteBucketLifecycleConfiguration": "PutLifecycleConfiguration", "DeleteBucketTagging": "PutBucketTagging",
    "DeleteBucketReplication": "PutReplicationConfiguration", "GetBucket": "GetBucket",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration", "ListRegionalBuckets": "ListRegionalBuckets",
    "GetBucketReplication": "GetReplicationConfiguration", "PutBucketReplication": "PutReplicationConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
}  # fmt: skip
_TOKENS: Mapping[str, tuple[str, ...]] = {
    "cognito-idp": (
        "ConfirmDevice", "ForgetDevice", "GetDevice", "ListDevices", "UpdateDeviceStatus", "SetUserSettings",
        "UpdateAuthEventFeedback", "GetTokensFromRefreshToken",
    ),
    "sso": ("GetRoleCredentials", "ListAccountRoles", "ListAccounts", "Logout"),
    "sso-oidc": ("CreateToken", "RegisterClient", "StartDeviceAuthorization"),
    "geo-maps": ("GetGlyphs", "GetSprites", "GetStyleDescriptor"),
    "codecatalyst": (
        "CreateAccessToken", "CreateDevEnvironment", "CreateProject", "CreateSourceRepository",
        "CreateSourceRepositoryBranch", "DeleteAccessToken", "DeleteDevEnvironment", "DeleteProject",
        "DeleteSourceRepository", "DeleteSpace", "GetDevEnvironment", "GetProject", "GetSourceRepository",
        "GetSourceRepositoryCloneUrls", "GetSpace", "GetSubscription", "GetUserDetails", "GetWorkflow",
        "GetWorkflowRun", "ListAccessTokens", "ListDevEnvironmentSessions", "ListDevEnvironments", "ListEventLogs",
        "ListProjects", "ListSourceRepositories", "ListSourceRepositoryBranches", "ListSpaces", "ListWorkflowRuns",
        "ListWorkflows", "StartDevEnvironment", "StartDevEnvironmentSession", "StartWorkflowRun", "StopDevEnvironment",
        "StopDevEnvironmentSession", "UpdateDevEnvironment", "UpdateProject", "UpdateSpace", "VerifySession",
    ),
}  # fmt: skip
"""Operations that a token authorises, or nothing at all."""

RENAMED: Mapping[str, tuple[str, ...]] = {
    **{f"neptunedata:{name}": (f"neptune-db:{action}",) for name, action in _NEPTUNE.items()},
    **{f"neptunedata:{name}": (
        "neptune-db:ReadDataViaQuery", "?neptune-db:WriteDataViaQuery", "?neptune-db:DeleteDataViaQuery",
    ) for name in ("ExecuteGremlinQuery", "ExecuteOpenCypherQuery")},
    "neptune-graph:ExecuteQuery": (
        "neptune-graph:ReadDataViaQuery", "?neptune-graph:WriteDataViaQuery", "?neptune-graph:DeleteDataViaQuery",
    ),
    "neptune-graph:GetQuery": ("neptune-graph:GetQueryStatus",),
    **{f"keyspaces:{name}": (f"cassandra:{action}",) for name, action in _KEYSPACES.items()},
    **{f"dms:{name}": (f"dms:{action}",) for name, action in _MIGRATION.items()},
    **{f"budgets:{name}": (f"budgets:{action}",) for name, action in _BUDGETS.items()},
    **{f"s3control:{name}": (f"s3-outposts:{action}",) for name, action in _OUTPOSTS.items()},
    "s3control:GetAccessPointScope": ("s3express:GetAccessPointScope",),
    "s3control:PutAccessPointScope": ("s3express:PutAccessPointScope",),
    "s3control:DeleteAccessPointScope": ("s3express:DeleteAccessPointScope",),
    "s3control:ListAccessPointsForDirectoryBuckets": ("s3express:ListAccessPointsForDirectoryBuckets",),
    "s3:DeleteBucketMetadataConfiguration": ("s3:DeleteBucketMetadataTableConfiguration",),
    "securityhub:GetFindingsV2": ("securityhub:GetFindings",),
    "securityhub:GetFindingStatisticsV2": ("securityhub:GetAdhocInsightResults",),
    "securityhub:BatchUpdateFindingsV2": ("securityhub:BatchUpdateFindings",),
    "accessanalyzer:GetFindingV2": ("access-analyzer:GetFinding",),
    "accessanalyzer:ListFindingsV2": ("access-analyzer:ListFindings",),
    "detective:ListOrganizationAdminAccounts": ("detective:ListOrganizationAdminAccount",),
    "redshift-data:GetStatementResultV2": ("redshift-data:GetStatementResult",),
    "cloudsearchdomain:UploadDocuments": ("cloudsearch:document",),
    "cloudsearchdomain:Search": ("cloudsearch:search",), "cloudsearchdomain:Suggest": ("cloudsearch:suggest",),
    "glue:BatchGetDataQualityResult": ("glue:GetDataQualityResult",),
    "glue:BatchGetDataQualityRulesetEvaluationRun": ("glue:GetDataQualityRulesetEvaluationRun",),
    "glue:BatchPutDataQualityStatisticAnnotation": ("glue:PutDataQualityStatisticAnnotation",),
    **{f"{service}:{name}": () for service, names in _TOKENS.items() for name in names},
}  # fmt: skip
"""`service:Operation` (botocore's names) -> actions, as in `exceptions.EXCEPTIONS`."""
