"""What calls of many services need, each in a handler of its own."""

from __future__ import annotations

import pytest
from tests.analysis.access.needs.needs_applications import needs

HEAD = "import boto3, os\ndef c(n): return boto3.client(n)\ndef handler(event, context):\n"
CALLS: dict[str, tuple[str, ...]] = {
    'c("rds").generate_db_auth_token(DBHostname="h", Port=5432, DBUsername="u")': ("rds-db:connect",),
    's=c("stepfunctions")\ns.send_task_success(taskToken="t", output="{}")\ns.send_task_failure(taskToken="t")\ns.send_task_heartbeat(taskToken="t")': (
        "states:SendTaskFailure",
        "states:SendTaskHeartbeat",
        "states:SendTaskSuccess",
    ),
    'boto3.client("apigatewaymanagementapi", endpoint_url=os.environ["E"]).post_to_connection(ConnectionId="x", Data=b"")': (
        "execute-api:ManageConnections",
    ),
    'c("iot-data").publish(topic="a/b", payload=b"")\nc("iot-data").update_thing_shadow(thingName="t", payload=b"")\nc("iot").describe_endpoint(endpointType="iot:Data-ATS")': (
        "iot:DescribeEndpoint",
        "iot:Publish",
        "iot:UpdateThingShadow",
    ),
    's=c("ssm")\nr=s.send_command(InstanceIds=["i"], DocumentName="AWS-RunShellScript")\ns.get_waiter("command_executed").wait(CommandId=r["Command"]["CommandId"], InstanceId="i")': (
        "ssm:GetCommandInvocation",
        "ssm:SendCommand",
    ),
    'a=c("athena")\nq=a.start_query_execution(QueryString="SELECT 1", ResultConfiguration={"OutputLocation": "s3://b/"})\na.get_query_execution(QueryExecutionId=q["QueryExecutionId"])\na.get_query_results(QueryExecutionId=q["QueryExecutionId"])': (
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:StartQueryExecution",
        "s3:GetBucketLocation",
        "s3:GetObject",
        "s3:PutObject",
    ),
    'c("ecs").run_task(cluster="c", taskDefinition="t", launchType="FARGATE")': ("ecs:RunTask",),
    'b=c("bedrock-runtime")\nb.invoke_model(modelId="anthropic.claude-3", body="{}")\nb.converse_stream(modelId="x", messages=[])': (
        "bedrock:InvokeModel",
        "bedrock:InvokeModelWithResponseStream",
    ),
    'd=c("dynamodbstreams")\ns=d.describe_stream(StreamArn="a")\nd.get_records(ShardIterator=d.get_shard_iterator(StreamArn="a", ShardId="s", ShardIteratorType="LATEST")["ShardIterator"])': (
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
    ),
    'c("route53").change_resource_record_sets(HostedZoneId="z", ChangeBatch={})\nc("cloudfront").create_invalidation(DistributionId="d", InvalidationBatch={})': (
        "cloudfront:CreateInvalidation",
        "route53:ChangeResourceRecordSets",
    ),
    'c("sts").get_caller_identity()["Account"]': (),
    's=c("s3")\ns.delete_object(Bucket="b", Key="k", VersionId=event["v"])\ns.list_object_versions(Bucket="b")\ns.get_bucket_versioning(Bucket="b")': (
        "s3:DeleteObjectVersion",
        "s3:GetBucketVersioning",
        "s3:ListBucketVersions",
    ),
    's=c("s3")\ns.select_object_content(Bucket="b", Key="k", Expression="x", ExpressionType="SQL", InputSerialization={}, OutputSerialization={})\ns.restore_object(Bucket="b", Key="k")': (
        "s3:GetObject",
        "s3:RestoreObject",
    ),
    'c("cloudwatch").get_metric_data(MetricDataQueries=[], StartTime=0, EndTime=1)\nc("logs").start_query(logGroupName="g", startTime=0, endTime=1, queryString="x")\nc("logs").get_query_results(queryId="q")': (
        "cloudwatch:GetMetricData",
        "logs:GetQueryResults",
        "logs:StartQuery",
    ),
    'i=c("cognito-idp")\ni.admin_get_user(UserPoolId="p", Username="u")\ni.list_users(UserPoolId="p")\ni.initiate_auth(AuthFlow="X", ClientId="c")': (
        "cognito-idp:AdminGetUser",
        "cognito-idp:ListUsers",
    ),
    'c("kinesis").put_record(StreamName="s", Data=b"", PartitionKey="p")\nc("firehose").put_record(DeliveryStreamName="d", Record={"Data": b""})': (
        "firehose:PutRecord",
        "kinesis:PutRecord",
    ),
    'c("ses").send_raw_email(RawMessage={"Data": b""})\nc("pinpoint").send_messages(ApplicationId="a", MessageRequest={})\nc("sns").publish(PhoneNumber="+1", Message="x")': (
        "mobiletargeting:SendMessages",
        "ses:SendRawEmail",
        "sns:Publish",
    ),
    'c("codepipeline").put_job_success_result(jobId="j")\nc("config").put_evaluations(ResultToken="t")\nc("codebuild").start_build(projectName="p")': (
        "codebuild:StartBuild",
        "codepipeline:PutJobSuccessResult",
        "config:PutEvaluations",
    ),
    'c("comprehend").detect_sentiment(Text="x", LanguageCode="en")\nc("translate").translate_text(Text="x", SourceLanguageCode="en", TargetLanguageCode="de")\nc("polly").synthesize_speech(Text="x", OutputFormat="mp3", VoiceId="J")': (
        "comprehend:DetectSentiment",
        "polly:SynthesizeSpeech",
        "translate:TranslateText",
    ),
    'c("rekognition").detect_labels(Image={"S3Object": {"Bucket": "b", "Name": "k"}})\nc("textract").detect_document_text(Document={"Bytes": b""})': (
        "rekognition:DetectLabels",
        "s3:GetObject",
        "textract:DetectDocumentText",
    ),
    'k=c("kms")\nk.encrypt(KeyId="alias/a", Plaintext=b"")\nk.generate_data_key(KeyId="alias/a", KeySpec="AES_256")\nk.re_encrypt(CiphertextBlob=b"", DestinationKeyId="alias/b")\nk.sign(KeyId="x", Message=b"", SigningAlgorithm="ECDSA_SHA_256")': (
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:Sign",
    ),
    'a=c("appconfigdata")\nt=a.start_configuration_session(ApplicationIdentifier="a", EnvironmentIdentifier="e", ConfigurationProfileIdentifier="p")["InitialConfigurationToken"]\na.get_latest_configuration(ConfigurationToken=t)': (
        "appconfig:GetLatestConfiguration",
        "appconfig:StartConfigurationSession",
    ),
    's=c("sqs")\nu=s.get_queue_url(QueueName="q")["QueueUrl"]\ns.receive_message(QueueUrl=u)\ns.delete_message_batch(QueueUrl=u, Entries=[])': (
        "sqs:DeleteMessage",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
    ),
    'l=c("lambda")\nl.invoke(FunctionName="f", Qualifier="live", Payload=b"{}")\nl.update_function_configuration(FunctionName="f", MemorySize=1)\nl.get_function(FunctionName="f")': (
        "lambda:GetFunction",
        "lambda:InvokeFunction",
        "lambda:UpdateFunctionConfiguration",
    ),
    'c("resourcegroupstaggingapi").get_resources(TagFilters=[])\nc("ec2").create_tags(Resources=["i"], Tags=[])\nc("autoscaling").set_desired_capacity(AutoScalingGroupName="a", DesiredCapacity=1)': (
        "autoscaling:SetDesiredCapacity",
        "ec2:CreateTags",
        "tag:GetResources",
    ),
    'd=c("dynamodb")\nd.describe_table(TableName="t")\nd.update_time_to_live(TableName="t", TimeToLiveSpecification={})\nd.query(TableName="t", IndexName="i", KeyConditionExpression="x")\nd.batch_write_item(RequestItems={"t": []})': (
        "dynamodb:BatchWriteItem",
        "dynamodb:DescribeTable",
        "dynamodb:Query",
        "dynamodb:UpdateTimeToLive",
    ),
    'e=c("events")\ne.put_rule(Name="r", ScheduleExpression="rate(1 day)")\ne.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": "a"}])\ne.remove_targets(Rule="r", Ids=["1"])\ne.delete_rule(Name="r")': (
        "events:DeleteRule",
        "events:PutRule",
        "events:PutTargets",
        "events:RemoveTargets",
    ),
    'c("rds-data").execute_statement(resourceArn="arn:aws:rds:eu-west-1:1:cluster:c", secretArn="arn:aws:secretsmanager:eu-west-1:1:secret:s", sql="x")': (
        "rds-data:ExecuteStatement",
        "secretsmanager:GetSecretValue",
    ),
    'c("timestream-write").write_records(DatabaseName="d", TableName="t", Records=[])\nc("timestream-query").query(QueryString="SELECT 1")': (
        "timestream:DescribeEndpoints",
        "timestream:Select",
        "timestream:WriteRecords",
    ),
    'p=c("ecr").get_paginator("describe_images")\nlist(p.paginate(repositoryName="r"))\nc("ecr").get_authorization_token()\nlist(c("stepfunctions").get_paginator("list_executions").paginate(stateMachineArn="a"))': (
        "ecr:DescribeImages",
        "ecr:GetAuthorizationToken",
        "states:ListExecutions",
    ),
}


@pytest.mark.parametrize("body", CALLS)
def test_exactly_these_actions(body: str) -> None:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    (found,) = needs({"app.py": HEAD + lines}).values()
    assert found.code.required == tuple(sorted(CALLS[body]))


def test_signers_of_javascript_log_in() -> None:
    code = """
import { Signer } from "@aws-sdk/rds-signer";
import { DsqlSigner } from "@aws-sdk/dsql-signer";
const signer = new Signer({ hostname: "h", port: 3306, username: "app" });
export const handler = async () => [await signer.getAuthToken(), await new DsqlSigner({}).getDbConnectAdminAuthToken()];
"""
    (found,) = needs({"app.mjs": code}).values()
    assert found.code.required == ("dsql:DbConnectAdmin", "rds-db:connect")
