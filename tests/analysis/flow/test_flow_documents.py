"""Documents and objects that functions hand on: their fields stay apart, and a role may reach some of them only."""

from __future__ import annotations

from tests.analysis.flow.flow_applications import WEB, F, sam, seen


def test_the_document_that_an_execution_starts_with_keeps_its_fields() -> None:
    states = (
        "{StartAt: Clean, States: {Clean: {Type: Task, Resource: !GetAtt Clean.Arn, ResultPath: $.cleaned, Next: Store},"
        " Store: {Type: Task, Resource: !GetAtt Store.Arn, End: true}}}"
    )
    files = sam(
        f"Flow: {{Type: AWS::Serverless::StateMachine, Properties: {{Role: 'arn:aws:iam::123456789012:role/x', Definition: {states}}}}}",
        F("Begin", """
        import json, os, boto3
        def handler(event, context):
            body = json.loads(event["body"])
            start = json.dumps({"title": body["title"], "kind": "web", "raw": body["raw"]})
            boto3.client("stepfunctions").start_execution(stateMachineArn=os.environ["FLOW"], input=start)
        """, WEB, "FLOW: !Ref Flow", "StepFunctionsExecutionPolicy: {StateMachineName: !GetAtt Flow.Name}"),
        F("Clean", "def handler(event, context):\n    return {'text': event['raw'].strip(), 'count': len(event['raw'])}\n"),
        F("Store", """
        import os
        def handler(event, context):
            os.system(event["kind"])
            os.system(str(event["cleaned"]["count"]))
            os.system(event["cleaned"]["text"])
            os.system(event["title"])
        """),
    )  # fmt: skip
    assert [one.place for one in seen(files) if one.kind == "command"] == ["store.py:5", "store.py:6"]


def test_a_role_that_may_write_some_keys_of_a_bucket() -> None:
    def through(key: str) -> list[str]:
        files = sam(
            "Notes: {Type: AWS::S3::Bucket}",
            F("In", f"""
            import os, boto3
            def handler(event, context):
                boto3.client("s3").put_object(Bucket=os.environ["B"], Key="{key}", Body=event["body"])
            """, WEB, "B: !Ref Notes",
              "{Statement: [{Effect: Allow, Action: 's3:PutObject', Resource: !Sub '${Notes.Arn}/public/*'}]}"),
            F("Out", f"""
            import os, boto3
            def handler(event, context):
                found = boto3.client("s3").get_object(Bucket=os.environ["B"], Key="{key}")
                os.system(found["Body"].read().decode())
            """, "{Type: Schedule, Properties: {Schedule: rate(1 day)}}", "B: !Ref Notes",
              "S3ReadPolicy: {BucketName: !Ref Notes}"),
        )  # fmt: skip
        return [one.kind for one in seen(files)]

    assert through("public/a.sh") == ["command"]
    assert through("private/a.sh") == []
