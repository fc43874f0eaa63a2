from __future__ import annotations

from tests.sources.lowering_values import Plain, lowered, plain, properties, raw


def test_policies_attached_to_a_role_are_listed_on_it() -> None:
    role = raw(
        "aws_iam_role.r",
        {
            "name": "worker",
            "assume_role_policy": {"Statement": []},
            "managed_policy_arns": ["arn:aws:iam::aws:policy/A"],
        },
    )
    policy = raw("aws_iam_policy.p", {"name": "own", "policy": {"Statement": []}})
    by_reference = raw(
        "aws_iam_role_policy_attachment.a", {"role": "${aws_iam_role.r.name}", "policy_arn": "${aws_iam_policy.p.arn}"}
    )
    by_name = raw(
        "aws_iam_role_policy_attachment.b",
        {"role": "worker", "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"},
    )
    many = raw(
        "aws_iam_policy_attachment.c", {"roles": ["${aws_iam_role.r.name}"], "policy_arn": "arn:aws:iam::aws:policy/B"}
    )
    made = lowered(role, policy, by_reference, by_name, many)
    assert list(made) == ["aws_iam_role.r", "aws_iam_policy.p"]
    assert plain(made["aws_iam_role.r"].properties) == {
        "RoleName": "worker",
        "AssumeRolePolicyDocument": {"Statement": []},
        "ManagedPolicyArns": [
            "arn:aws:iam::aws:policy/A",
            "${aws_iam_policy.p}",
            "arn:aws:iam::aws:policy/AdministratorAccess",
            "arn:aws:iam::aws:policy/B",
        ],
    }


def test_a_policy_attached_to_a_role_of_elsewhere_names_it() -> None:
    policy = raw("aws_iam_policy.p", {"policy": {"Statement": []}})
    attachment = raw("aws_iam_role_policy_attachment.a", {"role": "elsewhere", "policy_arn": "${aws_iam_policy.p.arn}"})
    assert properties(policy, attachment, of="aws_iam_policy.p") == {
        "PolicyDocument": {"Statement": []},
        "Roles": ["elsewhere"],
    }


def test_an_inline_policy_is_a_policy_on_its_role() -> None:
    role = raw("aws_iam_role.r", {"name": "worker"})
    policy = raw(
        "aws_iam_role_policy.p",
        {"role": "${aws_iam_role.r.id}", "name": "extra", "policy": {"Statement": [{"Effect": "Allow"}]}},
    )
    made = lowered(role, policy)["aws_iam_role_policy.p"]
    assert made.type == "AWS::IAM::Policy"
    assert plain(made.properties) == {
        "PolicyName": "extra",
        "PolicyDocument": {"Statement": [{"Effect": "Allow"}]},
        "Roles": ["${aws_iam_role.r}"],
    }


def test_a_managed_policy_by_name_of_a_data_source() -> None:
    role = raw(
        "aws_iam_role.r",
        {"managed_policy_arns": ["${data.aws_iam_policy.admin.arn}", "${data.aws_iam_policy.own.arn}"]},
    )
    admin = raw("data.aws_iam_policy.admin", {"name": "AdministratorAccess"})
    own = raw("data.aws_iam_policy.own", {"name": "mine"})
    made = properties(role, admin, own, of="aws_iam_role.r")
    assert made == {
        "ManagedPolicyArns": [
            "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess",
            "${data.aws_iam_policy.own.arn}",
        ]
    }


def test_the_parts_of_a_bucket_come_together() -> None:
    bucket = raw("aws_s3_bucket.b", {"bucket": "data"})
    key = raw("aws_kms_key.k")
    by_id = "${aws_s3_bucket.b.id}"
    block = raw(
        "aws_s3_bucket_public_access_block.p",
        {"bucket": by_id, "block_public_acls": True, "restrict_public_buckets": False},
    )
    parts = [
        raw("aws_s3_bucket_versioning.v", {"bucket": by_id, "versioning_configuration": [{"status": "Enabled"}]}),
        raw("aws_s3_bucket_server_side_encryption_configuration.e", {"bucket": by_id, "rule": [{"apply_server_side_encryption_by_default": [
            {"sse_algorithm": "aws:kms", "kms_master_key_id": "${aws_kms_key.k.arn}"}]}]}),
        block,
        raw("aws_s3_bucket_acl.a", {"bucket": "data", "acl": "public-read"}),
        raw("aws_s3_bucket_cors_configuration.c", {"bucket": by_id, "cors_rule": [{"allowed_origins": ["*"], "allowed_methods": ["GET"]}]}),
        raw("aws_s3_bucket_logging.l", {"bucket": "${aws_s3_bucket_public_access_block.p.bucket}", "target_bucket": "logs"}),
        raw("aws_s3_bucket_website_configuration.w", {"bucket": by_id, "index_document": [{"suffix": "index.html"}]}),
    ]  # fmt: skip
    made = lowered(bucket, key, *parts)
    assert list(made) == ["aws_s3_bucket.b", "aws_kms_key.k"]
    assert plain(made["aws_s3_bucket.b"].properties) == {
        "BucketName": "data",
        "VersioningConfiguration": {"Status": "Enabled"},
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "${aws_kms_key.k.Arn}"}}
            ]
        },
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "RestrictPublicBuckets": False},
        "AccessControl": "PublicRead",
        "CorsConfiguration": {"CorsRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
        "LoggingConfiguration": {"DestinationBucketName": "logs"},
        "WebsiteConfiguration": {"IndexDocument": "index.html"},
    }
    section = made["aws_s3_bucket.b"].properties.entries["PublicAccessBlockConfiguration"]
    assert section.key_at == block.attributes.entries["block_public_acls"].key_at


def test_each_instance_gets_its_own_part() -> None:
    made = lowered(
        raw('aws_s3_bucket.b["x"]', {"bucket": "x"}),
        raw('aws_s3_bucket.b["y"]', {"bucket": "y"}),
        raw('aws_s3_bucket_acl.a["x"]', {"bucket": '${aws_s3_bucket.b["x"].id}', "acl": "private"}),
        raw(
            "aws_s3_bucket_versioning.v",
            {"bucket": "${aws_s3_bucket.b.id}", "versioning_configuration": [{"status": "Enabled"}]},
        ),
    )
    assert plain(made['aws_s3_bucket.b["x"]'].properties) == {
        "BucketName": "x",
        "AccessControl": "Private",
        "VersioningConfiguration": {"Status": "Enabled"},
    }
    assert plain(made['aws_s3_bucket.b["y"]'].properties) == {
        "BucketName": "y",
        "VersioningConfiguration": {"Status": "Enabled"},
    }


def test_a_part_of_something_from_elsewhere_stays_as_it_is() -> None:
    part = raw(
        "aws_s3_bucket_versioning.v", {"bucket": "elsewhere", "versioning_configuration": [{"status": "Enabled"}]}
    )
    made = lowered(part)["aws_s3_bucket_versioning.v"]
    assert made.type == "aws_s3_bucket_versioning"
    assert plain(made.properties) == {"bucket": "elsewhere", "versioning_configuration": [{"status": "Enabled"}]}


def test_grants_to_everybody_are_a_public_acl() -> None:
    bucket = raw("aws_s3_bucket.b", {"bucket": "data"})
    everybody = "http://acs.amazonaws.com/groups/global/AllUsers"
    acl = raw("aws_s3_bucket_acl.a", {"bucket": "${aws_s3_bucket.b.id}", "access_control_policy": [
        {"grant": [{"permission": "READ", "grantee": [{"type": "Group", "uri": everybody}]}]}]})  # fmt: skip
    old = raw("aws_s3_bucket.old", {"grant": [{"permissions": ["READ", "WRITE"], "uri": everybody}]})
    made = lowered(bucket, acl, old)
    assert plain(made["aws_s3_bucket.b"].properties) == {"BucketName": "data", "AccessControl": "PublicRead"}
    assert plain(made["aws_s3_bucket.old"].properties) == {"AccessControl": "PublicReadWrite"}


def test_a_notification_is_an_entry_for_each_event() -> None:
    bucket = raw("aws_s3_bucket.b", {})
    function = raw("aws_lambda_function.f", {})
    notification = raw("aws_s3_bucket_notification.n", {"bucket": "${aws_s3_bucket.b.id}", "lambda_function": [
        {"lambda_function_arn": "${aws_lambda_function.f.arn}", "events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"], "filter_suffix": ".png"}]})  # fmt: skip
    rules = {"Filter": {"S3Key": {"Rules": [{"Name": "suffix", "Value": ".png"}]}}}
    assert properties(bucket, function, notification, of="aws_s3_bucket.b") == {
        "NotificationConfiguration": {
            "LambdaConfigurations": [
                {"Event": "s3:ObjectCreated:*", "Function": "${aws_lambda_function.f.Arn}", **rules},
                {"Event": "s3:ObjectRemoved:*", "Function": "${aws_lambda_function.f.Arn}", **rules},
            ]
        }
    }


def test_a_policy_on_the_thing_itself_is_a_policy_resource() -> None:
    document: dict[str, Plain] = {"Statement": [{"Principal": "*"}]}
    made = lowered(
        raw("aws_s3_bucket.b", {"policy": dict(document)}),
        raw("aws_sqs_queue.q", {"policy": dict(document)}),
        raw("aws_sns_topic.t", {"policy": dict(document)}),
        raw("aws_secretsmanager_secret.s", {"policy": dict(document)}),
    )
    found = {
        key: (resource.type, plain(resource.properties)) for key, resource in made.items() if key.endswith("/policy")
    }
    assert found == {
        "aws_s3_bucket.b/policy": (
            "AWS::S3::BucketPolicy",
            {"Bucket": "${aws_s3_bucket.b}", "PolicyDocument": document},
        ),
        "aws_sqs_queue.q/policy": (
            "AWS::SQS::QueuePolicy",
            {"Queues": ["${aws_sqs_queue.q}"], "PolicyDocument": document},
        ),
        "aws_sns_topic.t/policy": (
            "AWS::SNS::TopicPolicy",
            {"Topics": ["${aws_sns_topic.t}"], "PolicyDocument": document},
        ),
        "aws_secretsmanager_secret.s/policy": (
            "AWS::SecretsManager::ResourcePolicy",
            {"SecretId": "${aws_secretsmanager_secret.s}", "ResourcePolicy": document},
        ),
    }


def test_a_secret_and_its_version_are_one() -> None:
    made = lowered(
        raw("aws_secretsmanager_secret.s", {"name": "db"}),
        raw("aws_secretsmanager_secret_version.v", {"secret_id": "${aws_secretsmanager_secret.s.id}", "secret_string": "hidden"}),
        raw("aws_lambda_function.f", {"environment": [{"variables": {
            "ARN": "${aws_secretsmanager_secret_version.v.arn}", "VALUE": "${aws_secretsmanager_secret_version.v.secret_string}"}}]}),
    )  # fmt: skip
    assert plain(made["aws_secretsmanager_secret.s"].properties) == {"Name": "db", "SecretString": "hidden"}
    assert plain(made["aws_lambda_function.f"].properties) == {
        "Environment": {
            "Variables": {
                "ARN": "${aws_secretsmanager_secret.s}",
                "VALUE": "${aws_secretsmanager_secret.s.SecretString}",
            }
        }
    }


def test_what_a_secret_store_keeps_is_not_known() -> None:
    stored = raw("data.aws_secretsmanager_secret_version.v", {"secret_id": "db"})
    function = raw(
        "aws_lambda_function.f",
        {"environment": [{"variables": {"P": "${data.aws_secretsmanager_secret_version.v.secret_string}"}}]},
    )
    assert properties(stored, function, of="aws_lambda_function.f") == {
        "Environment": {"Variables": {"P": "?read from data.aws_secretsmanager_secret_version.v at deployment"}}
    }


def test_rules_and_their_targets_are_one() -> None:
    rule = raw("aws_cloudwatch_event_rule.r", {"schedule_expression": "rate(1 hour)", "is_enabled": False})
    target = raw("aws_cloudwatch_event_target.t", {"rule": "${aws_cloudwatch_event_rule.r.name}", "target_id": "f", "arn": "${aws_lambda_function.f.arn}",
                                                   "dead_letter_config": [{"arn": "arn:aws:sqs:eu-west-1:1:q"}]})  # fmt: skip
    permission = raw("aws_lambda_permission.p", {"function_name": "${aws_lambda_function.f.function_name}", "action": "lambda:InvokeFunction",
                                                 "principal": "events.amazonaws.com", "source_arn": "${aws_cloudwatch_event_rule.r.arn}"})  # fmt: skip
    made = lowered(rule, target, raw("aws_lambda_function.f"), permission)
    assert plain(made["aws_cloudwatch_event_rule.r"].properties) == {
        "State": "DISABLED",
        "ScheduleExpression": "rate(1 hour)",
        "Targets": [
            {"Id": "f", "DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-west-1:1:q"}, "Arn": "${aws_lambda_function.f.Arn}"}
        ],
    }
    assert plain(made["aws_lambda_permission.p"].properties) == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": "${aws_lambda_function.f}",
        "Principal": "events.amazonaws.com",
        "SourceArn": "${aws_cloudwatch_event_rule.r.Arn}",
    }


def test_a_table_has_its_keys_and_encryption() -> None:
    table = raw(
        "aws_dynamodb_table.t",
        {
            "name": "orders",
            "hash_key": "id",
            "range_key": "at",
            "attribute": [{"name": "id", "type": "S"}, {"name": "at", "type": "N"}],
            "server_side_encryption": [{"enabled": True, "kms_key_arn": "${aws_kms_key.k.arn}"}],
            "point_in_time_recovery": [{"enabled": True}],
            "stream_enabled": True,
            "stream_view_type": "NEW_IMAGE",
        },
    )
    assert properties(table, raw("aws_kms_key.k"), of="aws_dynamodb_table.t") == {
        "TableName": "orders",
        "AttributeDefinitions": [
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "N"},
        ],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "SSESpecification": {"SSEEnabled": True, "KMSMasterKeyId": "${aws_kms_key.k.Arn}", "SSEType": "KMS"},
    }


def test_what_the_provider_sends_unasked_stands_at_the_name() -> None:
    database = raw("aws_db_instance.d", {"storage_encrypted": True})
    made = lowered(database)["aws_db_instance.d"].properties
    assert plain(made) == {"StorageEncrypted": True, "BackupRetentionPeriod": 0}
    assert made.entries["BackupRetentionPeriod"].value.at == database.at


def test_retention_of_zero_days_is_for_ever() -> None:
    assert properties(
        raw("aws_cloudwatch_log_group.g", {"name": "a", "retention_in_days": 0}), of="aws_cloudwatch_log_group.g"
    ) == {"LogGroupName": "a"}


def test_echoes_of_arguments_but_never_of_secrets() -> None:
    made = lowered(
        raw("aws_ssm_parameter.p", {"name": "/db", "type": "String", "value": "hidden"}),
        raw("aws_sqs_queue.q", {"kms_master_key_id": "alias/own", "visibility_timeout_seconds": 30}),
        raw(
            "aws_lambda_function.f",
            {"timeout": "${aws_sqs_queue.q.visibility_timeout_seconds}", "description": "${aws_ssm_parameter.p.value}"},
        ),
    )
    assert plain(made["aws_lambda_function.f"].properties) == {
        "Timeout": 30,
        "Description": "${aws_ssm_parameter.p.Value}",
    }


def test_arguments_that_refer_to_each_other_end() -> None:
    made = lowered(
        raw("aws_sqs_queue.a", {"delay_seconds": "${aws_sqs_queue.b.delay_seconds}"}),
        raw("aws_sqs_queue.b", {"delay_seconds": "${aws_sqs_queue.a.delay_seconds}"}),
    )
    assert set(made) == {"aws_sqs_queue.a", "aws_sqs_queue.b"}


def test_types_that_nobody_translates_stay_as_they_are() -> None:
    made = lowered(
        raw("aws_no_such_thing.x", {"arn": "a"}),
        raw(
            "google_storage_bucket.b",
            {"location": "EU", "logging": [{"log_bucket": "${google_storage_bucket.c.name}"}]},
        ),
        raw("google_storage_bucket.c", {}),
        raw("random_id.r", {"byte_length": 4}),
    )
    assert {key: resource.type for key, resource in made.items()} == {
        "aws_no_such_thing.x": "aws_no_such_thing",
        "google_storage_bucket.b": "google_storage_bucket",
        "google_storage_bucket.c": "google_storage_bucket",
        "random_id.r": "random_id",
    }
    assert plain(made["google_storage_bucket.b"].properties) == {
        "location": "EU",
        "logging": [{"log_bucket": "${google_storage_bucket.c.name}"}],
    }
