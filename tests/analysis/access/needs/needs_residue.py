"""Operations of botocore whose action is not in the catalogue, or that need none, each with the reason.

Everything else has an action that AWS lists. A row that is no longer true fails the test: take it out then.
"""

from __future__ import annotations

NEWER: dict[str, str] = {
    "account-access-runtime": "GetRoleCredentials ListRoles",
    "agent-registry": "BatchGetDiscoverableRegistryRecord",
    "appstream": "DrainSessionInstance UpdateImageBuilder",
    "athena": (
        "CreateSystemTableConfiguration DeleteSystemTableConfiguration GetSystemTableConfiguration "
        "ListSystemTableStatuses UpdateSystemTableConfiguration"
    ),
    "batch": "TerminateServiceJobs",
    "bcm-pricing-calculator": (
        "BatchCreateBillScenarioCommitmentModification BatchCreateBillScenarioUsageModification "
        "BatchCreateWorkloadEstimateUsage BatchDeleteBillScenarioCommitmentModification "
        "BatchDeleteBillScenarioUsageModification BatchDeleteWorkloadEstimateUsage "
        "BatchUpdateBillScenarioCommitmentModification BatchUpdateBillScenarioUsageModification "
        "BatchUpdateWorkloadEstimateUsage"
    ),
    "bedrock-agent": "CreateVpcConfiguration DeleteVpcConfiguration GetVpcConfiguration ListVpcConfigurations",
    "bedrock-agentcore": (
        "DeleteDatasetGeneration GetAgentInsight GetDatasetGeneration InvokeBrowser ListAgentInsights "
        "ListDatasetGenerations StartDatasetGeneration UpdateAgentInsight"
    ),
    "bedrock-agentcore-control": "GetAgentInsightStore ListAgentInsightStores RotatePaymentConnectorCredentials UpdateAgentInsightStore",
    "cloudformation": "RemoveAlias SetAlias",
    "cloudfront": "ListDistributionsByOwnedResource",
    "cloudtrail": "ListInsightsMetricData",
    "cloudwatch": (
        "AssociateDatasetKmsKey DeleteMetricDataQueryDefinition DescribeAlarmContributors "
        "DisassociateDatasetKmsKey GetMetricDataQueryDefinition ListMetricDataQueryDefinitions "
        "PutMetricDataQueryDefinition"
    ),
    "cloudwatchomni": "GetSpaceDataAccess",
    "cognito-idp": (
        "AdminListUserSessions AdminRevokeUserSession DescribeTermsByClient GetClientToken GetDerivedToken "
        "GetUserPoolClientSessionConfiguration GetUserPoolSessionConfiguration ListUserSessions RevokeUserSession "
        "SetUserPoolClientSessionConfiguration SetUserPoolSessionConfiguration"
    ),
    "comprehendmedical": "DetectEntities",
    "connect": (
        "AssociateHoursOfOperations CreateAuthCode CreateContactFlowAlias CreateTestCase DeleteAllEntitySessions "
        "DeleteContactData DeleteContactFlowAlias DeleteSession DeleteTestCase DescribeContactFlowAlias "
        "DescribeTestCase DisassociateHoursOfOperations GetTestCaseExecutionSummary ListChildHoursOfOperations "
        "ListContactFlowAliases ListReplicationFindings ListTestCaseExecutionRecords ListTestCaseExecutions "
        "ListTestCases SearchTestCases StartAssistantContact StartTestCaseExecution StopTestCaseExecution "
        "UpdateContactFlowAlias UpdateContactTaskTemplate UpdateTestCase UpdateUserConfig"
    ),
    "connectcases": "BatchCreateRelatedItem BatchUpdateCase GetMergeCasesStatus StartMergeCases",
    "connecthealth": (
        "CreateDataset DeleteDataset GetDataset GetMedicalCodingJob ListDatasets StartMedicalCodingJob SubmitFeedback"
    ),
    "connectscheduling": "ApproveTimeOff CancelTimeOff CreateTimeOff GetTimeOff PutTimeOffBalance RejectTimeOff",
    "customer-profiles": "BatchPutProfileObject SearchRecommendations",
    "datazone": "UpdateRootDomainUnitOwner",
    "deadline": (
        "BatchGetJob BatchGetSession BatchGetSessionAction BatchGetStep BatchGetTask BatchGetWorker "
        "BatchUpdateJob BatchUpdateTask"
    ),
    "devops-agent": "GetChat UpdateChat",
    "docdb": "DescribeServerlessV2PlatformVersions",
    "dynamodb": "CancelBulkOperation DescribeBulkOperation ListBulkOperations StartBulkPutItems",
    "ec2": (
        "AssociateKmsKeyId AssociateNetworkingFlexCostAllocationPolicy CreateCapacityReservationDateChangeQuote "
        "CreateMetricCategory CreateNetworkingFlexCostAllocationPolicy "
        "CreateTransitGatewayNetworkFunctionAttachment DeleteClientVpnEndpointAuthorizationPolicy "
        "DeleteMetricCategory DeleteNetworkingFlexCostAllocationPolicies "
        "DeleteTransitGatewayNetworkFunctionAttachment DescribeCapacityReservationDateChangeQuotes "
        "DescribeMetricCategories DescribeNetworkingFlexCostAllocationPolicies "
        "DescribeNetworkingFlexCostAllocationPolicyAssociations DescribeTransitGatewayNetworkFunctionAttachments "
        "DisassociateKmsKeyId DisassociateNetworkingFlexCostAllocationPolicy "
        "GetCapacityManagerSupportabilityScores GetClientVpnEndpointAuthorizationPolicy GetImageFindings "
        "GetNetworkingFlexCostAllocationPolicyVersions GetTransitGatewayAttachmentNatConfiguration "
        "ModifyClientVpnEndpointAuthorizationPolicy ModifyMetricCategory ModifyNetworkingFlexCostAllocationPolicy "
        "ModifyTransitGatewayAttachmentNatConfiguration ModifyTransitGatewayNetworkFunctionAttachment "
        "ModifyTransitGatewayPeeringAttachment"
    ),
    "ecr": "ListImageReferrers",
    "elasticache": "PrepareMigration StopMigration",
    "elementalinference": (
        "CreateFunction CreateQuestionSet CreateQuestionSetVersion CreateScheduleAction DeleteFunction "
        "DeleteQuestionSet DeleteQuestionSetVersion DeleteScheduleAction GetFixture GetFunction GetQuestionSet "
        "ListFunctions ListQuestionSetVersions ListQuestionSets ListScheduleActions SearchFixtures UpdateFunction "
        "UpdateQuestionSet"
    ),
    "emr-containers": "UpdateVirtualCluster",
    "es": "UpdateClone",
    "glue": (
        "AssociateGlossaryTerms BatchGetDataQualityResultV2 BatchGetIterableForms "
        "CreateDataQualityEvaluationConfig CreateGlossary CreateGlossaryTerm DeleteAsset DeleteAssetType "
        "DeleteAttachment DeleteDataQualityEvaluationConfig DeleteFormType DeleteGlossary DeleteGlossaryTerm "
        "DisassociateGlossaryTerms GetAsset GetAssetType GetDataCatalogExportConfiguration "
        "GetDataQualityEvaluationConfig GetDataQualityResultV2 GetFormType GetGlossary GetGlossaryTerm "
        "GetMaterializedViewRefreshTaskRun GetUnfilteredPartitionMetadata GetUnfilteredPartitionsMetadata "
        "GetUnfilteredTableMetadata ListAssetTypes ListDataQualityEvaluationConfigs ListDataQualityResultsV2 "
        "ListDataQualityStatisticAnnotations ListDataQualityStatistics ListFormTypes ListGlossaries "
        "ListGlossaryTerms ListIntegrationTableProperties ListIterableForms ListMaterializedViewRefreshTaskRuns "
        "PublishDataQualityResultV2 PutAsset PutAssetType PutAttachment PutDataCatalogExportConfiguration "
        "PutFormType SearchAssets StartMaterializedViewRefreshTaskRun StopMaterializedViewRefreshTaskRun "
        "UpdateAsset UpdateDataQualityEvaluationConfig UpdateGlossary UpdateGlossaryTerm"
    ),
    "guardduty": "ListInvestigationRecords",
    "health": (
        "ConfigureTags ConfigureTagsForOrganization DescribeServiceLifecycle DescribeTagKeys "
        "DescribeTagKeysForOrganization DescribeTags DescribeTagsForOrganization DescribeTagsOnboardingStatus "
        "DescribeTagsOnboardingStatusForOrganization DisableTags DisableTagsForOrganization EnableTags "
        "EnableTagsForOrganization"
    ),
    "iam": "AcquireRole UpdateDelegationRequest",
    "iam-toolbox": "GetRequestAuthorizationDetails GetRequestAuthorizationPolicy",
    "inspector2": "GetOnDemandScanStatus ListOnDemandScans StartOnDemandScan",
    "iot-jobs-data": "StartCommandExecution",
    "iotfleetwise": "BatchCreateVehicle BatchUpdateVehicle",
    "kafkaconnect": "PauseConnector RestartConnector ResumeConnector",
    "kinesis": (
        "AcknowledgeDeadLetterQueueRecords AcknowledgeQueueRecords CreateQueue DeleteQueue DescribeQueue "
        "ListQueues ReceiveDeadLetterQueueRecords ReceiveQueueRecords RestoreDeadLetterQueueRecords "
        "UpdateDeadLetterQueueRecordsVisibility UpdateQueue UpdateQueueRecordsVisibility"
    ),
    "kinesisanalyticsv2": (
        "CreateSnapshot DeleteSnapshot DescribeSnapshot DescribeSnapshotOperation ExportSnapshot ImportSnapshot "
        "ListSnapshotOperations ListSnapshots"
    ),
    "lakeformation": (
        "AssumeDecoratedRoleWithSAML GetGlueFunctionSessionContext GetTemporaryDataLocationCredentials "
        "GetTemporaryGlueFunctionCredentials"
    ),
    "lambda": "DeleteDurableExecution PauseDurableExecution ResumeDurableExecution",
    "lambda-core": (
        "CreateRuntime CreateRuntimeAlias CreateRuntimeVersion DeleteRuntime DeleteRuntimeAlias "
        "DeleteRuntimeVersion GetRuntime GetRuntimeAlias GetRuntimeVersion ListRuntimeAliases ListRuntimeVersions "
        "ListRuntimes RestoreRuntime UpdateRuntime UpdateRuntimeAlias UpdateRuntimeVersion"
    ),
    "lexv2-models": "ListBotAnalyzerHistory ListUtteranceAnalyticsData ListUtteranceMetrics",
    "lightsail": (
        "CheckSubdomainAvailability CreateSubdomain DeleteSubdomain GetProfile GetSubdomains UpdateSubdomainAssociation"
    ),
    "marketplace-agreement": (
        "AcceptAgreementApproval GetAgreementApproval GetAgreementContacts GetAgreementRequestApprovalPlans "
        "GetAgreementRequestTerms ListAgreementApprovals RejectAgreementApproval StartAgreementApprovals"
    ),
    "marketplace-catalog": "BatchDescribeEntities",
    "mediaconnect": (
        "BatchGetDestinationEndpoint BatchGetRouterInput BatchGetRouterNetworkInterface BatchGetRouterOutput "
        "BatchGetSourceEndpoint ConnectEndpoints DeregisterDestinationEndpoint DeregisterSourceEndpoint "
        "DisconnectEndpoints GetDestinationEndpoint GetSourceEndpoint ListDestinationEndpoints "
        "ListSourceEndpoints ListTagsForGlobalResource RegisterDestinationEndpoint RegisterSourceEndpoint "
        "TagGlobalResource UntagGlobalResource UpdateDestinationEndpoint UpdateSourceEndpoint"
    ),
    "mediaconvert": "StartJobsQuery",
    "mediatailor": "DeleteFunction GetFunction ListFunctions PutFunction",
    "mgn": (
        "CreateRemoteSourceAction DeleteRemoteSourceAction GetLaunchConfigurationDefaults "
        "ListNetworkMigrationInsights ListRemoteSourceActionInvocationResults ListRemoteSourceActionInvocations "
        "ListRemoteSourceActionJobs ListRemoteSourceActions StartRemoteSourceActionJob "
        "UpdateLaunchConfigurationDefaults UpdateRemoteSourceAction"
    ),
    "mwaa-serverless": "CreateAirflowUiUrl",
    "neptunedata": "CancelIndexRebuild GetIndexRebuildStatus GetStorageInfo ListIndexRebuilds StartIndexRebuild",
    "network-firewall": "ListContextStores ListResourcesInContextStore UpdateProxySettings",
    "networkflowmonitor": (
        "CreatePerformanceMonitor DeletePerformanceMonitor GetMonitorScopeSuggestions GetPerformanceMonitor "
        "GetQueryResultsPerformanceMonitor GetQueryStatusPerformanceMonitor ListPerformanceMonitors "
        "StartQueryPerformanceMonitor StopQueryPerformanceMonitor UpdatePerformanceMonitor"
    ),
    "networkmanager": (
        "AssociateContextStore CreateContextStore DeleteContextStore DisassociateContextStore GetContextStore "
        "GetContextStoreAssociation GetContextVersion ListContextChanges ListContextStoreAssociations "
        "ListContextStores ListContexts UpdateContextStore"
    ),
    "observabilityadmin": (
        "CreateConnector DeleteConnector GetConnector GetConnectorTelemetryManifest GetConnectorTelemetrySetup "
        "GetThirdPartyTelemetryEnrichment ListConnectors ListResourcesByConnector "
        "ListThirdPartyTelemetryEnrichments PutConnectorTelemetryManifest StartTelemetryPipelineRefresh "
        "StartThirdPartyTelemetryEnrichment StopThirdPartyTelemetryEnrichment"
    ),
    "odb": (
        "AssociateVirtualMachinesToCloudVmCluster DisassociateVirtualMachinesFromCloudVmCluster "
        "UpdateCloudAutonomousVmCluster UpdateCloudExadataInfrastructureStorageCapacity UpdateCloudVmCluster "
        "UpdateExascaleCloudExadataInfrastructure"
    ),
    "opensearchmemory": (
        "BatchGetEvent CreateEvent CreateMemory CreateSpace DeleteEvent DeleteMemory DeleteSpace GetEvent "
        "GetMemory GetSpace ListEvents ListMemories ListSpaces ListTagsForResource SearchEvents SearchMemories "
        "TagResource UntagResource UpdateMemory UpdateSpace"
    ),
    "outposts": "StartOutpostDecommission",
    "polly": "ListTagsForResource TagResource UntagResource",
    "qapps": "CreatePresignedUrl",
    "quicksight": (
        "CreateTopicV2 DeleteTopicV2 DescribeAnalysisDefinition DescribeDashboardDefinition "
        "DescribeResourcePermissions DescribeTemplateDefinition DescribeTopicPermissionsV2 DescribeTopicV2 "
        "ListTopicsV2 SearchTopicsV2 UpdateTopicPermissionsV2 UpdateTopicV2"
    ),
    "ram": "UpdatePermission",
    "rds": "DescribeServerlessV2PlatformVersions",
    "resource-explorer-2": "ListResources",
    "route53": "CreateResourceRecordSetProtections DeleteResourceRecordSetProtections ListResourceRecordSetProtections",
    "route53domains": "RestoreDomain",
    "route53globalresolver": (
        "CreateCoreNetworkEndpoint DeleteCoreNetworkEndpoint GetCoreNetworkEndpoint ListCoreNetworkEndpoints "
        "ListSharedDNSViews UpdateCoreNetworkEndpoint"
    ),
    "route53profiles": "UpdateProfileAssociation",
    "route53resolver": "BatchCreateFirewallRule BatchDeleteFirewallRule BatchUpdateFirewallRule",
    "s3tables": (
        "CompleteTableMigration GetTableBucketLogging GetTableMigration ListTableMigrations PutTableBucketLogging "
        "StartTableMigration SyncTableMigration UpdateTableMigration"
    ),
    "s3vectors": "UpdateMetadataConfiguration",
    "sagemaker": (
        "CreateClusterExtension CreateInferenceRouter DeleteClusterExtension DeleteEndpointPolicy "
        "DeleteInferenceRouter DescribeClusterExtension DescribeClusterOperation DescribeInferenceRouter "
        "GetEndpointPolicy ListClusterExtensionVersions ListClusterExtensions ListClusterOperations "
        "ListInferenceRouters PutEndpointPolicy UpdateClusterExtension UpdateInferenceRouter"
    ),
    "sagemaker-featurestore-runtime": "UpdateRecord",
    "sagemaker-inference-router-runtime": "InvokeInferenceRouter InvokeInferenceRouterAsync",
    "secretsmanager": "AssociateCrossAccountReplica DisassociateCrossAccountReplica ListResourcePolicies",
    "securityhub": "GetSoftwareResourcesV2 GetSoftwareStatisticsV2 GetSoftwareV2 RegisterConnectorV2",
    "signin": (
        "CreateBearerToken CreateOAuth2TokenWithIAM CreateOAuth2TokenWithTokenExchange "
        "IntrospectOAuth2TokenWithIAM RevokeOAuth2TokenWithIAM"
    ),
    "ssm": "DeregisterDefaultHostManagementConfiguration RegisterDefaultHostManagementConfiguration",
    "support": (
        "CompleteAttachmentUpload DescribeAttachmentUploadStatus GetAttachmentDownloadLink GetAttachmentUploadLinks"
    ),
    "taxsettings": "BatchGetTaxExemptions GetTaxExemptionTypes ListTaxExemptions PutTaxExemption",
    "vpc-lattice": "BatchUpdateRule",
    "wellarchitected": (
        "CreateAgentBasicProfile CreateAgentOrganizationalProfile CreateAgentOrganizationalReport "
        "DeleteAgentOrganizationalReport DeleteAgentProfilePolicy DeleteAgentRecommendationPolicy "
        "GetAgentOrganizationalReport GetAgentOrganizationalReportData GetAgentPreferences GetAgentProfilePolicy "
        "GetAgentRecommendationPolicy ListAgentOrganizationalReports PutAgentPreferences PutAgentProfilePolicy "
        "PutAgentRecommendationPolicy SendAgentOrganizationalReportDataToS3 UpdateAgentOrganizationalProfile"
    ),
    "wickr": "UpdateNetwork",
}
"""In botocore, and not yet in the Service Authorization Reference of the recorded day: the action of its own name is taken,
as AWS names nearly all."""

RETIRED: dict[str, str] = {
    "applicationcostprofiler": (
        "DeleteReportDefinition GetReportDefinition ImportApplicationUsage ListReportDefinitions "
        "PutReportDefinition UpdateReportDefinition"
    ),
    "cloudhsm": (
        "AddTagsToResource CreateHapg CreateLunaClient DeleteHapg DeleteLunaClient DescribeHapg DescribeHsm "
        "DescribeLunaClient GetConfig ListAvailableZones ListHapgs ListHsms ListLunaClients ListTagsForResource "
        "ModifyHapg ModifyHsm ModifyLunaClient RemoveTagsFromResource"
    ),
    "iotthingsgraph": (
        "AssociateEntityToThing CreateFlowTemplate CreateSystemInstance CreateSystemTemplate DeleteFlowTemplate "
        "DeleteNamespace DeleteSystemInstance DeleteSystemTemplate DeploySystemInstance DeprecateFlowTemplate "
        "DeprecateSystemTemplate DescribeNamespace DissociateEntityFromThing GetEntities GetFlowTemplate "
        "GetFlowTemplateRevisions GetNamespaceDeletionStatus GetSystemInstance GetSystemTemplate "
        "GetSystemTemplateRevisions GetUploadStatus ListFlowExecutionMessages ListTagsForResource SearchEntities "
        "SearchFlowExecutions SearchFlowTemplates SearchSystemInstances SearchSystemTemplates SearchThings "
        "TagResource UndeploySystemInstance UntagResource UpdateFlowTemplate UpdateSystemTemplate "
        "UploadEntityDefinitions"
    ),
}
"""Services that AWS has shut down: their actions left the reference, their clients are still there."""

NOTHING: dict[str, tuple[str, str]] = {
    "codecatalyst": (
        "a token of CodeCatalyst authorises it",
        (
            "CreateAccessToken CreateDevEnvironment CreateProject CreateSourceRepository "
            "CreateSourceRepositoryBranch DeleteAccessToken DeleteDevEnvironment DeleteProject "
            "DeleteSourceRepository DeleteSpace GetDevEnvironment GetProject GetSourceRepository "
            "GetSourceRepositoryCloneUrls GetSpace GetSubscription GetUserDetails GetWorkflow GetWorkflowRun "
            "ListAccessTokens ListDevEnvironmentSessions ListDevEnvironments ListEventLogs ListProjects "
            "ListSourceRepositories ListSourceRepositoryBranches ListSpaces ListWorkflowRuns ListWorkflows "
            "StartDevEnvironment StartDevEnvironmentSession StartWorkflowRun StopDevEnvironment "
            "StopDevEnvironmentSession UpdateDevEnvironment UpdateProject UpdateSpace VerifySession"
        ),
    ),
    "cognito-identity": (
        "nobody signs it: whoever has the pool's id may ask",
        "GetCredentialsForIdentity GetId GetOpenIdToken UnlinkIdentity",
    ),
    "cognito-idp": (
        "a token of the user authorises it, or nobody signs it",
        (
            "AssociateSoftwareToken ChangePassword CompleteWebAuthnRegistration ConfirmDevice "
            "ConfirmForgotPassword ConfirmSignUp DeleteUser DeleteUserAttributes DeleteWebAuthnCredential "
            "ForgetDevice ForgotPassword GetDevice GetTokensFromRefreshToken GetUser "
            "GetUserAttributeVerificationCode GetUserAuthFactors GlobalSignOut InitiateAuth ListDevices "
            "ListWebAuthnCredentials ResendConfirmationCode RespondToAuthChallenge RevokeToken "
            "SetUserMFAPreference SetUserSettings SignUp StartWebAuthnRegistration UpdateAuthEventFeedback "
            "UpdateDeviceStatus UpdateUserAttributes VerifySoftwareToken VerifyUserAttribute"
        ),
    ),
    "geo-maps": ("nobody signs it: style files are public", "GetGlyphs GetSprites GetStyleDescriptor"),
    "sso": ("the portal's token authorises it", "GetRoleCredentials ListAccountRoles ListAccounts Logout"),
    "sso-oidc": ("nobody signs it", "CreateToken RegisterClient StartDeviceAuthorization"),
    "sts": (
        "every identity may ask, or a token authorises it",
        "AssumeRoleWithSAML AssumeRoleWithWebIdentity GetAccessKeyInfo GetCallerIdentity GetSessionToken",
    ),
}
"""Service -> why, and the operations that need no permission of anybody."""
