from __future__ import annotations

from tests.inventory.aws_template import built

from casemate.model.secret import Secret
from casemate.model.value import Literal, display
from casemate.model.workflow import Pipeline


def test_a_build_project() -> None:
    pipeline = built(
        """
Resources:
  P:
    Type: AWS::CodeBuild::Project
    Properties:
      ServiceRole: !GetAtt R.Arn
      Source: {Type: GITHUB, BuildSpec: "version: 0.2"}
      Triggers:
        Webhook: true
        FilterGroups:
          - - {Type: EVENT, Pattern: "PULL_REQUEST_CREATED, PUSH"}
            - {Type: HEAD_REF, Pattern: main}
      Environment:
        Image: aws/codebuild/standard:7.0
        PrivilegedMode: true
        EnvironmentVariables:
          - {Name: AWS_SECRET_ACCESS_KEY, Value: abc}
          - {Name: MODE, Value: prod, Type: PLAINTEXT}
          - {Name: TOKEN, Value: /ci/token, Type: PARAMETER_STORE}
  R: {Type: AWS::IAM::Role}
""",
        "delivery",
    ).one(Pipeline)
    assert pipeline.kind == "codebuild"
    assert [(name, display(value)) for name, value in pipeline.environment] == [
        ("AWS_SECRET_ACCESS_KEY", "abc"),
        ("MODE", "prod"),
    ]
    assert [(key.text, key.at.start_line) for key in pipeline.static_keys] == [("abc", 17)]
    assert [role.targets for role in pipeline.assumes] == [("template.yaml#R",)]
    assert [event for event, _ in pipeline.events] == ["PULL_REQUEST_CREATED", "PUSH"]
    assert pipeline.privileged is not None
    assert (pipeline.privileged.value, pipeline.privileged.at.start_line) == (True, 15)
    (step,) = pipeline.jobs[0].steps
    assert step.uses is not None
    assert step.uses.value == "aws/codebuild/standard:7.0"
    assert step.run is not None
    assert display(step.run) == "version: 0.2"


def test_a_pipeline_its_roles_and_its_token() -> None:
    inventory = built(
        """
Resources:
  P:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      RoleArn: arn:aws:iam::111122223333:role/pipeline
      Stages:
        - Name: Source
          Actions:
            - Name: Get
              ActionTypeId: {Category: Source, Owner: ThirdParty, Provider: GitHub, Version: "1"}
              Configuration: {Repo: r, OAuthToken: not-a-real-token}
        - Name: Deploy
          Actions:
            - Name: Stack
              ActionTypeId: {Category: Deploy, Owner: AWS, Provider: CloudFormation, Version: "1"}
              Configuration: {RoleArn: !GetAtt R.Arn}
  R: {Type: AWS::IAM::Role}
""",
        "delivery",
    )
    pipeline = inventory.one(Pipeline)
    assert [(job.name, [step.name for step in job.steps]) for job in pipeline.jobs] == [
        ("Source", ["Get"]),
        ("Deploy", ["Stack"]),
    ]
    assert [role.text for role in pipeline.assumes] == ["arn:aws:iam::111122223333:role/pipeline", "${R.Arn}"]
    assert [(term.text, term.at.start_line) for term in pipeline.deploys] == [("CloudFormation", 16)]
    secret = inventory.one(Secret)
    assert isinstance(secret.value, Literal)
    assert secret.value.at.start_line == 12


def test_an_unknown_webhook_and_an_empty_project() -> None:
    inventory = built(
        """
Parameters: {Hook: {Type: String}}
Resources:
  A: {Type: AWS::CodeBuild::Project, Properties: {Triggers: {Webhook: !Ref Hook}}}
  B: {Type: AWS::CodeBuild::Project, Properties: {Triggers: {Webhook: "maybe"}}}
  C: {Type: AWS::CodeBuild::Project}
  D: {Type: AWS::CodePipeline::Pipeline}
""",
        "delivery",
    )
    assert [pipeline.events for pipeline in inventory.all(Pipeline)] == [(), (), (), ()]
