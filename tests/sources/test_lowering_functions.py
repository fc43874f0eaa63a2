from __future__ import annotations

from tests.sources.lowering_values import lowered, plain, properties, raw, span

from casemate.model.value import Cases, Fields, Literal, Unknown

ROLE = raw("aws_iam_role.r", {"name": "worker"})


def test_a_function_has_the_names_of_cloudformation() -> None:
    function = raw(
        "aws_lambda_function.f",
        {
            "function_name": "worker",
            "runtime": "python3.12",
            "role": "${aws_iam_role.r.arn}",
            "timeout": 30,
            "memory_size": 512,
            "reserved_concurrent_executions": 5,
            "kms_key_arn": "${aws_kms_key.k.arn}",
            "environment": [{"variables": {"TABLE": "${aws_dynamodb_table.t.name}"}}],
            "vpc_config": [
                {"subnet_ids": ["${aws_subnet.s.id}"], "security_group_ids": ["${aws_security_group.g.id}"]}
            ],
            "tracing_config": [{"mode": "Active"}],
            "dead_letter_config": [{"target_arn": "${aws_sqs_queue.q.arn}"}],
            "image_config": [{"command": ["app.handler"]}],
            "image_uri": "1.dkr.ecr.eu-west-1.amazonaws.com/app:1",
            "ephemeral_storage": [{"size": 1024}],
            "tags": {"team": "a"},
        },
    )
    others = [raw(f"{type_}.{name}") for type_, name in (("aws_kms_key", "k"), ("aws_dynamodb_table", "t"), ("aws_subnet", "s"),
                                                         ("aws_security_group", "g"), ("aws_sqs_queue", "q"))]  # fmt: skip
    made = lowered(ROLE, function, *others)["aws_lambda_function.f"]
    assert made.type == "AWS::Lambda::Function"
    assert made.dialect == "terraform"
    assert plain(made.properties) == {
        "Code": {"ImageUri": "1.dkr.ecr.eu-west-1.amazonaws.com/app:1"},
        "ReservedConcurrentExecutions": 5,
        "FunctionName": "worker",
        "Role": "${aws_iam_role.r.Arn}",
        "DeadLetterConfig": {"TargetArn": "${aws_sqs_queue.q.Arn}"},
        "Environment": {"Variables": {"TABLE": "${aws_dynamodb_table.t}"}},
        "EphemeralStorage": {"Size": 1024},
        "ImageConfig": {"Command": ["app.handler"]},
        "KmsKeyArn": "${aws_kms_key.k.Arn}",
        "MemorySize": 512,
        "Runtime": "python3.12",
        "Tags": [{"Key": "team", "Value": "a"}],
        "Timeout": 30,
        "TracingConfig": {"Mode": "Active"},
        "VpcConfig": {"SecurityGroupIds": ["${aws_security_group.g.GroupId}"], "SubnetIds": ["${aws_subnet.s}"]},
    }


def test_values_keep_their_places() -> None:
    function = raw("aws_lambda_function.f", {"timeout": 30, "tracing_config": [{"mode": "Active"}]})
    made = lowered(function)["aws_lambda_function.f"]
    written = function.attributes.entries["timeout"]
    assert made.properties.entries["Timeout"].value is written.value
    assert made.properties.entries["Timeout"].key_at == written.key_at
    assert made.at == function.at
    tracing = made.properties.entries["TracingConfig"]
    assert tracing.key_at == function.attributes.entries["tracing_config"].key_at
    assert isinstance(tracing.value, Fields)


def test_minus_one_is_no_reserved_concurrency_and_null_is_nothing() -> None:
    assert (
        properties(
            raw("aws_lambda_function.f", {"reserved_concurrent_executions": -1, "timeout": None}),
            of="aws_lambda_function.f",
        )
        == {}
    )


def test_both_sides_of_a_condition_stay() -> None:
    at = span()
    either = Cases([("if var.prod", Literal(1, at)), ("unless var.prod", Literal(-1, at))], at)
    block = Cases([("if var.traced", raw("aws_x.y", {"mode": "Active"}).attributes), ("else", Literal(None, at))], at)
    made = properties(
        raw("aws_lambda_function.f", {"reserved_concurrent_executions": either, "tracing_config": block}),
        of="aws_lambda_function.f",
    )
    assert made == {
        "ReservedConcurrentExecutions": {"if var.prod": 1, "unless var.prod": None},
        "TracingConfig": {"if var.traced": {"Mode": "Active"}, "else": None},
    }


def test_what_is_not_known_stays_unknown() -> None:
    unknown = Unknown("variable x has no default", span())
    made = properties(
        raw("aws_lambda_function.f", {"vpc_config": unknown, "tags": unknown, "timeout": unknown}),
        of="aws_lambda_function.f",
    )
    words = "?variable x has no default"
    assert made == {"VpcConfig": words, "Tags": words, "Timeout": words}


def test_code_is_the_folder_that_is_packed() -> None:
    archive = raw("data.archive_file.zip", {"type": "zip", "source_dir": "./src", "output_path": "build.zip"})
    by_reference = raw("aws_lambda_function.f", {"filename": "${data.archive_file.zip.output_path}"})
    by_path = raw("aws_lambda_function.g", {"filename": "build.zip"})
    thing = raw("aws_s3_object.o", {"bucket": "b", "key": "k", "source": "${data.archive_file.zip.output_path}"})
    by_object = raw("aws_lambda_function.h", {"s3_bucket": "b", "s3_key": "${aws_s3_object.o.key}"})
    elsewhere = raw("aws_lambda_function.i", {"s3_bucket": "b", "s3_key": "app.zip"})
    made = lowered(archive, by_reference, by_path, thing, by_object, elsewhere)
    assert "data.archive_file.zip" not in made
    for name in "fgh":
        assert plain(made[f"aws_lambda_function.{name}"].properties) == {"Code": "./src"}
    assert plain(made["aws_lambda_function.i"].properties) == {"Code": {"S3Bucket": "b", "S3Key": "app.zip"}}


def test_an_open_url_brings_its_permission() -> None:
    function = raw("aws_lambda_function.f", {"function_name": "worker"})
    url = raw("aws_lambda_function_url.u", {"function_name": "${aws_lambda_function.f.function_name}", "authorization_type": "NONE",
                                            "cors": [{"allow_origins": ["*"]}]})  # fmt: skip
    made = lowered(function, url)
    assert made["aws_lambda_function_url.u"].type == "AWS::Lambda::Url"
    assert plain(made["aws_lambda_function_url.u"].properties) == {
        "TargetFunctionArn": "${aws_lambda_function.f}",
        "AuthType": "NONE",
        "Cors": {"AllowOrigins": ["*"]},
    }
    permission = made["aws_lambda_function_url.u/permission"]
    assert permission.type == "AWS::Lambda::Permission"
    assert permission.implied_by == "aws_lambda_function_url.u"
    assert plain(permission.properties) == {
        "FunctionName": "${aws_lambda_function.f}",
        "Action": "lambda:InvokeFunctionUrl",
        "Principal": "*",
        "FunctionUrlAuthType": "NONE",
    }
    closed = raw("aws_lambda_function_url.c", {"function_name": "worker", "authorization_type": "AWS_IAM"})
    assert list(lowered(closed)) == ["aws_lambda_function_url.c"]


def test_an_event_source_and_its_failures() -> None:
    mapping = raw(
        "aws_lambda_event_source_mapping.m",
        {
            "event_source_arn": "arn:aws:sqs:eu-west-1:1:q",
            "function_name": "f",
            "destination_config": [{"on_failure": [{"destination_arn": "arn:aws:sqs:eu-west-1:1:dead"}]}],
            "filter_criteria": [{"filter": [{"pattern": "{}"}, {"pattern": "[]"}]}],
        },
    )
    assert properties(mapping, of="aws_lambda_event_source_mapping.m") == {
        "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:eu-west-1:1:dead"}},
        "FilterCriteria": {"Filters": [{"Pattern": "{}"}, {"Pattern": "[]"}]},
        "EventSourceArn": "arn:aws:sqs:eu-west-1:1:q",
        "FunctionName": "f",
    }


def test_provisioned_concurrency_belongs_to_the_alias_or_version() -> None:
    function = raw("aws_lambda_function.f", {"function_name": "f"})
    alias = raw("aws_lambda_alias.live", {"name": "live", "function_name": "f", "function_version": "1"})
    on_alias = raw("aws_lambda_provisioned_concurrency_config.a", {"function_name": "f", "qualifier": "${aws_lambda_alias.live.name}",
                                                                   "provisioned_concurrent_executions": 3})  # fmt: skip
    on_version = raw("aws_lambda_provisioned_concurrency_config.v", {"function_name": "${aws_lambda_function.f.function_name}",
                                                                     "qualifier": "${aws_lambda_function.f.version}",
                                                                     "provisioned_concurrent_executions": 2})  # fmt: skip
    made = lowered(function, alias, on_alias, on_version)
    live = plain(made["aws_lambda_alias.live"].properties)
    assert isinstance(live, dict)
    assert live["ProvisionedConcurrencyConfig"] == {"ProvisionedConcurrentExecutions": 3}
    version = made["aws_lambda_provisioned_concurrency_config.v"]
    assert version.type == "AWS::Lambda::Version"
    assert plain(version.properties) == {
        "FunctionName": "${aws_lambda_function.f}",
        "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 2},
    }


def test_a_state_machine_logs_to_a_group() -> None:
    group = raw("aws_cloudwatch_log_group.g", {"name": "machine"})
    machine = raw(
        "aws_sfn_state_machine.m",
        {
            "definition": {"StartAt": "A"},
            "logging_configuration": [{"level": "ALL", "log_destination": "${aws_cloudwatch_log_group.g.arn}:*"}],
            "tracing_configuration": [{"enabled": True}],
        },
    )
    assert properties(group, machine, of="aws_sfn_state_machine.m") == {
        "DefinitionString": {"StartAt": "A"},
        "LoggingConfiguration": {
            "Level": "ALL",
            "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": "${aws_cloudwatch_log_group.g.Arn}:*"}}],
        },
        "TracingConfiguration": {"Enabled": True},
    }
