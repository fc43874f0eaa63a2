from __future__ import annotations

from tests.sources.test_terraform_evaluate import attributes, plain, raw

from casemate.model.location import Span
from casemate.model.value import Fields, Items, Literal, Text, Value, display


def place(found: Value, files: dict[str, str]) -> str:
    """What is written at the span of a value."""
    at = found.at
    assert at.start_line == at.end_line
    return files[at.path].splitlines()[at.start_line - 1][at.start_column - 1 : at.end_column - 1]


def first_statement(body: Fields, name: str = "policy") -> Fields:
    document = body.get(name)
    assert isinstance(document, Fields)
    statements = document.get("Statement")
    assert isinstance(statements, Items)
    statement = statements.items[0]
    assert isinstance(statement, Fields)
    return statement


HEREDOC = """resource "aws_b" "b" {}
resource "aws_x" "y" {
  policy = <<-EOT
    {
      "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": ["${aws_b.b.arn}", "${aws_b.b.arn}/*"], "Principal": ${jsonencode({ AWS = "*" })}}
      ]
    }
  EOT
}
"""


def test_json_in_a_heredoc_has_exact_spans_and_references() -> None:
    statement = first_statement(raw(HEREDOC)["aws_x.y"].attributes)
    action = statement.get("Action")
    assert isinstance(action, Literal)
    assert place(action, {"main.tf": HEREDOC}) == '"s3:*"'
    assert statement.entries["Effect"].key_at == Span("main.tf", 6, 10, 6, 18)
    assert plain(statement.get("Resource")) == ["${aws_b.b.arn}", "${aws_b.b.arn}/*"]
    assert plain(statement.get("Principal")) == {"AWS": "*"}
    resources = statement.get("Resource")
    assert isinstance(resources, Items)
    assert isinstance(resources.items[1], Text)


def test_jsonencode_stays_structured() -> None:
    text = 'resource "aws_x" "y" {\n  policy = jsonencode({\n    Statement = [{ Effect = "Allow", Action = "s3:*" }]\n  })\n}\n'
    action = first_statement(raw(text)["aws_x.y"].attributes).get("Action")
    assert isinstance(action, Literal)
    assert place(action, {"main.tf": text}) == '"s3:*"'


def test_files_and_template_files_have_places_of_their_own() -> None:
    policy = '{\n  "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "${arn}"}]\n}\n'
    files = {
        "app/main.tf": 'resource "aws_b" "b" {}\nresource "aws_x" "y" {\n  policy = file("${path.module}/p.json")\n'
        '  assume_role_policy = templatefile("p.tpl", { arn = aws_b.b.arn })\n  outside = file("../../etc/passwd")\n  none = file("none.json")\n}\n',
        "app/p.json": policy,
        "app/p.tpl": policy,
    }
    body = raw(files)["aws_x.y"].attributes
    action = first_statement(body).get("Action")
    assert isinstance(action, Literal)
    assert (action.at.path, place(action, files)) == ("app/p.json", '"s3:*"')
    filled = first_statement(body, "assume_role_policy")
    assert display(filled.get("Resource") or filled) == "${aws_b.b.arn}"
    filled_action = filled.get("Action")
    assert isinstance(filled_action, Literal)
    assert (filled_action.at.path, place(filled_action, files)) == ("app/p.tpl", '"s3:*"')
    assert plain(body.get("outside")) == "<attribute file(../../etc/passwd)>"
    assert plain(body.get("none")) == "<attribute file(app/none.json)>"


def test_text_that_is_no_document_stays_text() -> None:
    body = attributes('policy = "{not json"\nuser_data = "{}"\nenvironment {\n  variables = {\n    A = "{}"\n  }\n}')
    assert plain(body) == {"policy": "{not json", "user_data": "{}", "environment": [{"variables": {"A": "{}"}}]}


def test_yaml_body() -> None:
    body = attributes(
        'body = <<EOT\nopenapi: 3.0.1\npaths:\n  /x:\n    get:\n      uri: ${aws_f.f.arn}\nEOT\n:resource "aws_f" "f" {}'
    )
    assert plain(body.get("body")) == {"openapi": "3.0.1", "paths": {"/x": {"get": {"uri": "${aws_f.f.arn}"}}}}


POLICY = """data "aws_iam_policy_document" "base" {
  statement {
    sid     = "One"
    actions = ["s3:GetObject"]
  }
}
data "aws_iam_policy_document" "d" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  statement {
    effect      = "Deny"
    not_actions = ["s3:*"]
    resources   = ["arn:aws:s3:::&{aws:username}/*"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["1"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = ["2"]
    }
  }
  statement {
    actions = ["sqs:*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
resource "aws_x" "y" {
  policy = data.aws_iam_policy_document.d.json
}
"""


def test_policy_documents_become_iam_json() -> None:
    body = raw(POLICY)["aws_x.y"].attributes
    assert plain(body.get("policy")) == {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "One", "Effect": "Allow", "Action": ["s3:GetObject"]},
            {
                "Effect": "Deny",
                "NotAction": ["s3:*"],
                "Resource": ["arn:aws:s3:::${aws:username}/*"],
                "Principal": {"Service": ["lambda.amazonaws.com", "events.amazonaws.com"]},
                "Condition": {"StringEquals": {"aws:SourceAccount": ["1"], "aws:SourceArn": ["2"]}},
            },
            {"Effect": "Allow", "Action": ["sqs:*"], "Principal": "*"},
        ],
    }
    actions = first_statement(body).get("Action")
    assert isinstance(actions, Items)
    assert actions.items[0].at == Span("main.tf", 4, 16, 4, 30)


def test_override_replaces_statements_by_sid() -> None:
    text = POLICY.replace("source_policy_documents", "override_policy_documents").replace(
        'effect      = "Deny"', 'sid = "One"'
    )
    found = plain(raw(text)["aws_x.y"].attributes.get("policy"))
    assert isinstance(found, dict)
    assert [statement.get("Sid") for statement in found["Statement"]] == ["One", None]
    assert found["Statement"][0]["Action"] == ["s3:GetObject"]
