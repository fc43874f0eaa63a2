"""What is told to logs: keys in URLs, headers, and secrets handed to a logging function of the program."""

from __future__ import annotations

import pytest
from tests.analysis.code.walking import found, sinks

from casemate.analysis.code.unit import Wanted


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("print(f'calling {url}?code={key}')", [1]),
        ("address = base + '/api?x=1&sig=' + key\nprint('calling ' + address)", [2]),
        ("print(f'calling {url}?page={key}')", []),
        ("print('calling https://example.com/?code=fixed')", []),
        ("print('error code=' + key)", []),
        ("print(f'Authorization: Bearer {key}')", [1]),
        ("print(event['headers']['Authorization'])", [1]),
        ("print('caller', event['headers'].get('x-api-key'))", [1]),
        ("print(event['headers']['Accept'])", []),
        ("print(len(event['headers']['Authorization']))", []),
    ],
)
def test_keys_and_headers(body: str, lines: list[int]) -> None:
    head = "url = os.environ['URL']\nbase = os.environ['BASE']\nkey = os.environ['KEY']"
    assert sinks(body, "sensitive-log", head=head) == lines


def test_all_headers_are_said_with_little_confidence() -> None:
    text = "import json\ndef handler(event, context):\n    print(json.dumps(event['headers']))\n    print(event)\n"
    spots = found({"app.py": text}, Wanted("handler", ("http",), "public", ("f",)))
    assert [one for one in spots if one.startswith("sensitive")] == ["sensitive-log:3", "sensitive-log:4"]


def test_a_secret_is_reported_where_it_is_handed_to_the_own_logging_function() -> None:
    text = """
    import boto3, logging
    def write_log(number, text):
        line = f"{number}: {text}"
        print(line)
        logging.info(line)
    def handler(event, context):
        secret = boto3.client("secretsmanager").get_secret_value(SecretId="x")["SecretString"]
        write_log(1, secret)
        write_log(2, "done")
    """
    assert [one for one in found({"app.py": text}) if one.startswith("sensitive")] == ["sensitive-log:8"]


def test_a_function_that_logs_besides_is_where_it_is_reported() -> None:
    text = """
    import boto3
    def connect(password):
        print("connecting with", password)
    def handler(event, context):
        connect(boto3.client("secretsmanager").get_secret_value(SecretId="x")["SecretString"])
    """
    assert [one for one in found({"app.py": text}) if one.startswith("sensitive")] == ["sensitive-log:3"]
