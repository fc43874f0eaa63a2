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


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("print(data['password'])", [1]),
        ("print('card', data.get('card_number'))", [1]),
        ("print(f'login {password}')", [1]),
        ("print('login %s' % password)", [1]),
        ("print({'user': 1, 'password': password})", [1]),
        ("print(json.dumps({'password': password}))", [1]),
        ("print('password')", []),
        ("print('password' in data, bool(password), password is None, len(password))", []),
        ("print('card ending in ' + data['card_number'][-4:])", []),
        ("print(hashlib.sha256(password.encode()).hexdigest())", []),
        ("print(mask(password))", []),
        ("print(re.sub('.', '*', password))", []),
        ("print(sorted(data))", []),
        ("print(data['password_hint'], data['nextToken'], data['cardType'])", []),
        ("print(os.environ['USER'], data['user'])", []),
        ("print('***' if password else 'none')", []),
    ],
)
def test_what_a_caller_says_in_confidence(body: str, lines: list[int]) -> None:
    head = "import hashlib\nfrom masking import mask"
    text = f"data = json.loads(event['body'])\npassword = data['password']\n{body}"
    assert [line - 2 for line in sinks(text, "sensitive-log", head=head)] == lines


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("context.log('login', user, password);", ["sensitive-log:3"]),
        ("context.log(`login ${user} ${password}`);", ["sensitive-log:3"]),
        ("console.log({ user, password });", ["sensitive-log:3"]),
        ("console.log(JSON.stringify({ user, password }));", ["sensitive-log:3"]),
        ("context.log('login', user, !!password, typeof password, password.length);", []),
        ("context.log('login', user, password ? 'with a password' : 'without');", []),
        ("context.log('login', user, password.replace(/./g, '*'), password.slice(0, 1) + '***');", []),
        ("context.log('fields', Object.keys(req.body));", []),
    ],
)
def test_what_a_caller_says_in_confidence_taken_apart(body: str, expected: list[str]) -> None:
    text = (
        f"module.exports = async function (context, req) {{\n  const {{ user, password }} = req.body;\n  {body}\n}};\n"
    )
    wanted = Wanted("default", ("http",), "public", ("login",), "azure-function")
    assert [one for one in found({"index.js": text}, wanted) if one.startswith("sensitive")] == expected
