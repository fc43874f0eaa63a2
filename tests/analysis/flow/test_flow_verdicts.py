"""How exposed and how certain: roles, callers, stacks, and data of triggers of whose writers little is known."""

from __future__ import annotations

from textwrap import dedent

from tests.analysis.flow.flow_applications import WEB, F, across, sam, seen
from tests.analysis.flow.test_flow_chains import ANY, FROM_JOBS, RESOURCES, RUNNER, SENDER


def verdict(resources: str, events: str, code: str = RUNNER, more: tuple[F, ...] = ()) -> list[tuple[str, str]]:
    """Exposure and confidence of a sink behind a trigger."""
    return [
        (one.exposure, one.confidence)
        for one in seen(sam(resources, F("Out", code, events), *more))
        if one.kind == "command"
    ]


def test_a_queue_that_nothing_scanned_writes_to() -> None:
    assert verdict("Jobs: {Type: AWS::SQS::Queue}", FROM_JOBS) == [("internal", "medium")]


def test_a_queue_beside_the_one_that_is_written_to() -> None:
    both = "Jobs: {Type: AWS::SQS::Queue}\nOther: {Type: AWS::SQS::Queue}"
    assert verdict(both, FROM_JOBS, more=(F("In", SENDER, WEB, "Q: !Ref Other", ANY),)) == [("internal", "low")]


def test_a_queue_of_another_stack() -> None:
    events = "{Type: SQS, Properties: {Queue: 'arn:aws:sqs:eu-west-1:123456789012:theirs'}}"
    assert verdict("", events) == [("internal", "medium")]


def test_a_queue_that_others_may_write_to() -> None:
    policy = """
    Jobs: {Type: AWS::SQS::Queue}
    Open: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Jobs], PolicyDocument: {Statement: [{Effect: Allow, Action: 'sqs:SendMessage', Principal: {AWS: '123456789012'}, Resource: '*'}]}}}
    """
    assert verdict(policy, FROM_JOBS) == [("internal", "medium")]


def test_a_queue_that_is_only_written_clean() -> None:
    clean = SENDER.replace('data["name"]', '"report"')
    assert verdict("Jobs: {Type: AWS::SQS::Queue}", FROM_JOBS, more=(F("In", clean, WEB, "Q: !Ref Jobs", ANY),)) == []


def test_a_function_that_nobody_is_known_to_call() -> None:
    assert verdict("", "", "import os\n\ndef handler(event, context):\n    os.system(event['name'])\n") == [
        ("internal", "medium")
    ]


def test_a_writer_without_code_may_write_anything() -> None:
    image = F("Packed", "", policies="SQSSendMessagePolicy: {QueueName: !GetAtt Jobs.QueueName}")
    clean = F("In", SENDER.replace('data["name"]', '"report"'), WEB, "Q: !Ref Jobs", ANY)
    files = sam("Jobs: {Type: AWS::SQS::Queue}", F("Out", RUNNER, FROM_JOBS), clean, image)
    del files["src/packed.py"]
    assert [(one.exposure, one.confidence) for one in seen(files) if one.kind == "command"] == [("internal", "medium")]


def test_a_role_that_was_not_scanned_is_not_certain() -> None:
    more = "Role: arn:aws:iam::123456789012:role/theirs"
    files = sam(
        "Jobs: {Type: AWS::SQS::Queue}", F("In", SENDER, WEB, "Q: !Ref Jobs", more=more), F("Out", RUNNER, FROM_JOBS)
    )
    assert [(one.exposure, one.confidence) for one in seen(files) if one.kind == "command"] == [("public", "medium")]


def test_authenticated_callers() -> None:
    files = sam(
        "Jobs: {Type: AWS::SQS::Queue}",
        F(
            "In",
            SENDER,
            "{Type: Api, Properties: {Path: /in, Method: post, Auth: {Authorizer: AWS_IAM}}}",
            "Q: !Ref Jobs",
            ANY,
        ),
        F("Out", RUNNER, FROM_JOBS),
    )
    assert [(one.exposure, one.functions) for one in seen(files) if one.kind == "command"] == [
        ("authenticated", "In > Out")
    ]


def test_a_page_with_what_another_caller_stored() -> None:
    writer = """
    import boto3, json

    def handler(event, context):
        boto3.resource("dynamodb").Table("orders").put_item(Item={"id": "1", "name": json.loads(event["body"])["name"]})
    """
    reader = """
    import boto3, html

    def handler(event, context):
        item = boto3.resource("dynamodb").Table("orders").get_item(Key={"id": "1"})["Item"]
        return {"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": "<p>" + NAME + "</p>"}
    """
    page = "{Type: HttpApi, Properties: {Path: /page, Method: get}}"
    for name, expected in (
        ("item['name']", ["xss out.py:5 In > Out"]),
        ("html.escape(item['name'])", []),
        ("item['id']", []),
    ):
        assert (
            across(sam(RESOURCES, F("In", writer, WEB, "", ANY), F("Out", reader.replace("NAME", name), page, "", ANY)))
            == expected
        )


def test_two_stacks_meet_through_an_export() -> None:
    first = sam("Jobs: {Type: AWS::SQS::Queue}", F("Out", RUNNER, FROM_JOBS))
    second = sam("", F("In", SENDER, WEB, "Q: !ImportValue jobs-url", ANY))
    template = first["template.yaml"] + "Outputs: {Jobs: {Value: !Ref Jobs, Export: {Name: jobs-url}}}\n"
    files = {
        "a/template.yaml": template,
        "a/src/out.py": first["src/out.py"],
        "b/template.yaml": second["template.yaml"],
        "b/src/in.py": second["src/in.py"],
    }
    assert across(files) == ["command out.py:5 In > Out"]


def test_a_function_with_a_route_and_a_queue() -> None:
    code = dedent(RUNNER) + "    return {'statusCode': 200}\n"
    both = sam(
        "Jobs: {Type: AWS::SQS::Queue}\n", F("Out", code, FROM_JOBS.replace("{Type", "{Type", 1)[:-1] + "}, W: " + WEB)
    )
    assert [(one.exposure, one.confidence) for one in seen(both) if one.kind == "command"] == [("internal", "medium")]


def test_an_authorizer_gets_what_anybody_sends() -> None:
    api = "Api: {Type: AWS::Serverless::Api, Properties: {StageName: prod, Auth: {DefaultAuthorizer: L, Authorizers: {L: {FunctionArn: !GetAtt Check.Arn}}}}}"
    code = "import os\n\ndef handler(event, context):\n    os.system(event['authorizationToken'])\n"
    events = "{Type: Api, Properties: {Path: /in, Method: post, RestApiId: !Ref Api}}"
    files = sam(api, F("In", "def handler(event, context):\n    return {}\n", events), F("Check", code))
    assert [(one.exposure, one.place) for one in seen(files)] == [("public", "check.py:4")]


def test_copies_of_one_application_do_not_meet() -> None:
    calls = """
    import boto3, json
    def handler(event, context):
        boto3.client("lambda").invoke(FunctionName="back", Payload=json.dumps({"a": event["body"], "b": 1}))
    """
    runs = "import os\n\ndef handler(event, context):\n    os.system(str(event['b']))\n    os.system(event['a'])\n"
    one = sam("", F("In", calls, WEB, policies="LambdaInvokePolicy: {FunctionName: back}"),
              F("Out", runs, more="FunctionName: back"))  # fmt: skip
    both = {f"{folder}/{path}": text for folder in ("one", "two") for path, text in one.items()}
    found = [(flow.place, flow.exposure, flow.functions) for flow in seen(both) if flow.kind == "command"]
    assert found == [("out.py:5", "public", "In > Out")] * 2
