"""Handlers that are called: what is unsafe is confirmed with an event, and its safe twin is not."""

from __future__ import annotations

import json
import shutil
from textwrap import dedent

import pytest
from tests.prove.prove_applications import memory, proven, said, sam, scanned

from casemate.model.flow import Flow, Step
from casemate.model.location import Span
from casemate.prove.entering import Settings
from casemate.prove.proving import Candidate, prove, prove_candidates

SAFE = "not-reproduced"
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")


def twin(code: str, callee: str, kind: str, origin: str, needle: str) -> str:
    """The status of a call that nobody reported, tried as if it had been."""
    files = sam(code)
    _, system = scanned(memory(files))
    text = files["app.py"]
    line = next(number for number, one in enumerate(text.split("\n"), 1) if needle in one)
    column = text.split("\n")[line - 1].index(needle) + 1
    span = Span("app.py", line, column, line, column + len(needle))
    flow = Flow(kind=kind, name="F", callee=callee, language="python", source="data", steps=(Step(span, "sink"),),  # type: ignore[arg-type]
                origins=(origin,), cause="twin")  # fmt: skip
    one = Candidate(None, flow, system.code_facts.facts[0])
    prove_candidates([one], system, Settings(weak=True))
    assert one.proof is not None
    return one.proof.status


def test_an_event_that_confirms_is_in_the_report() -> None:
    report, system = scanned(memory(sam("""
        import json, os
        def handler(event, context):
            data = json.loads(event["body"])
            if data["kind"] != "list":
                return {"statusCode": 400}
            os.system("ls " + data["items"][0]["name"])
        """)))  # fmt: skip
    outcome = prove(report, system, Settings(weak=True))
    finding = next(one for one in outcome.report.findings if one.rule == "command-injection")
    assert finding.proof is not None
    assert finding.proof["status"] == "confirmed"
    event = json.loads(finding.proof["event"] or "")
    body = json.loads(event["body"])
    assert body["kind"] == "list"
    assert ";z" in body["items"][0]["name"]
    again = prove(report, system, Settings(weak=True))
    assert again.report == outcome.report


PYTHON = [
    ("import subprocess\ndef handler(event, context):\n    subprocess.run(['sh', '-c', 'ls ' + event['body']])", "command:3 confirmed"),
    ("def handler(event, context):\n    return {'n': eval(event['queryStringParameters']['a'])}", "code:2 confirmed"),
    ("import sqlite3\ndb = sqlite3.connect('a')\ndef handler(event, context):\n    db.execute(f\"select * from t where a = '{event['body']}'\")", "sql:4 confirmed"),
    ("def handler(event, context):\n    return open('/data/' + event['pathParameters']['p']).read()", "path:2 confirmed"),
    ("import requests\ndef handler(event, context):\n    return requests.get(event['queryStringParameters']['u']).text", "ssrf:3 confirmed"),
    ("import pickle, base64\ndef handler(event, context):\n    pickle.loads(base64.b64decode(event['body']))", "deserialization:3 confirmed"),
    ("def handler(event, context):\n    q = event['queryStringParameters']['q']\n    return {'statusCode': 200, 'headers': {'Content-Type': 'text/html'}, 'body': '<p>' + q}", "xss:3 confirmed"),
    ("def handler(event, context):\n    return {'statusCode': 302, 'headers': {'Location': event['queryStringParameters']['to']}}", "redirect:2 confirmed"),
    ("import boto3\ndef handler(event, context):\n    boto3.resource('dynamodb').Table('t').scan(FilterExpression='a = ' + event['body'])", "nosql:3 confirmed"),
    ("import os, re\ndef handler(event, context):\n    if not re.match('[a-z]+', event['body']):\n        return\n    os.system(event['body'])", "command:5 confirmed"),
    ("import os\ndef handler(event, context):\n    a, _, b = event['body'].partition('=')\n    os.system(b)", "command:4 confirmed"),
    ("import os\ndef handler(event, context):\n    if event['httpMethod'] == 'GET':\n        os.system(event['queryStringParameters']['a'])", "command:4 confirmed"),
    ("import hashlib\ndef handler(event, context):\n    return hashlib.md5(b'a').hexdigest()", "weak-hash:3 confirmed"),
    ("import os, nowhere_to_be_found\ndef handler(event, context):\n    nowhere_to_be_found.count(1)\n    os.system(event['body'])", "command:4 confirmed"),
    ("import os, nowhere_to_be_found\ndef handler(event, context):\n    nowhere_to_be_found.check(event)\n    os.system(event['body'])", "command:4 not-runnable"),
    ("import os\nfrom nowhere_to_be_found import checked\n@checked\ndef handler(event, context):\n    os.system(event['body'])", "command:5 not-runnable"),
    ("import os\nfrom nowhere_to_be_found import ALLOWED\ndef handler(event, context):\n    if event['body'] not in ALLOWED:\n        os.system(event['body'])", "command:5 not-runnable"),
    ("import os\nfrom nowhere_to_be_found import Model\nclass M(Model):\n    pass\ndef handler(event, context):\n    M(event['body'])\n    os.system(event['body'])", "command:7 not-runnable"),
    ("import os, litestar\ndef handler(event, context):\n    os.system(event['body'])", "command:3 not-runnable"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("code", "wanted"), PYTHON, ids=[wanted for _, wanted in PYTHON])
def test_python(code: str, wanted: str) -> None:
    assert wanted in proven(sam(code))


TWINS = [
    ("import os, shlex\ndef handler(event, context):\n    os.system('ls ' + shlex.quote(event['body']))", "os.system", "command"),
    ("import os\ndef handler(event, context):\n    x = event['body']\n    if x.isalnum():\n        os.system(x)", "os.system", "command"),
    ("import subprocess\ndef handler(event, context):\n    subprocess.run(['ls', event['body']])", "subprocess.run", "command"),
    ("import sqlite3\ndb = sqlite3.connect('a')\ndef handler(event, context):\n    db.execute('select ?', (event['body'],))", "db.execute", "sql"),
    ("import sqlite3\ndb = sqlite3.connect('a')\ndef handler(event, context):\n    db.execute('select %d' % int(event['body']))", "db.execute", "sql"),
    ("import os\ndef handler(event, context):\n    open('/data/' + os.path.basename(event['body']))", "open", "path"),
    ("import os\ndef handler(event, context):\n    p = os.path.realpath('/data/' + event['body'])\n    if p.startswith('/data/'):\n        open(p)", "open", "path"),
    ("import requests\ndef handler(event, context):\n    requests.get('https://api.example.com/' + event['body'])", "requests.get", "ssrf"),
    ("def handler(event, context):\n    eval(repr(event['body']))", "eval", "code"),
    ("import json\ndef handler(event, context):\n    json.loads(event['body'])\n    raise ValueError(event['body'])", "json.loads", "deserialization"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "callee", "kind"), TWINS, ids=[f"{kind} {number}" for number, (_, _, kind) in enumerate(TWINS)]
)
def test_a_safe_twin_is_not_confirmed(code: str, callee: str, kind: str) -> None:
    needle = next(line.strip() for line in code.split("\n") if f"{callee}(" in line and "connect" not in line)
    assert twin(code, callee, kind, "event.body", needle) == SAFE


def test_what_another_sink_did_is_not_a_sinks_own() -> None:
    code = """
        import pickle, json
        def handler(event, context):
            try:
                pickle.loads(event["body"].encode())
            except Exception:
                pass
            json.loads(event["body"])
        """
    assert twin(code, "json.loads", "deserialization", "event.body", 'json.loads(event["body"])') == SAFE


def test_what_another_sink_put_into_a_page_is_not_a_sinks_own() -> None:
    code = """
        from html import escape
        def handler(event, context):
            q = event["queryStringParameters"]["q"]
            safe = str(escape(q))
            return {"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": safe + q}
        """
    assert twin(code, "str", "xss", "event.queryStringParameters.q", "str(escape(q))") == SAFE
    assert "xss:5 confirmed" in proven(sam(code))


@pytest.mark.slow
def test_a_crash_and_an_endless_loop_prove_nothing() -> None:
    files = sam("import os\ndef handler(event, context):\n    while True:\n        pass\n    os.system(event['body'])")
    files["app.py"] = files["app.py"].replace("while True", "while event['body']")
    report, system = scanned(memory(files))
    outcome = prove(report, system, Settings(weak=True, seconds=0.3, each=2.0))
    assert said(outcome) == ["command:5 not-reproduced"]
    files["app.py"] = (
        "import os, sys\ndef handler(event, context):\n    if event['body']:\n        os._exit(3)\n    os.system(event['body'])\n"
    )
    assert proven(files) == ["command:5 not-reproduced"]


def test_messages_in_messages() -> None:
    queue = "{Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}"
    code = """
        import json, os
        def handler(event, context):
            for record in event["Records"]:
                inner = json.loads(json.loads(record["body"])["Message"])
                os.system("convert " + inner["file"])
        """
    assert proven(sam(code, event=queue, more="  Q: {Type: AWS::SQS::Queue}\n")) == ["command:5 confirmed"]


SCRIPTS = [
    ("const { execSync } = require('child_process');\nexports.handler = async (event) => execSync('ls ' + event.queryStringParameters.a);", "command:2 confirmed"),
    ("exports.handler = async (event) => ({ statusCode: 200, body: String(eval(JSON.parse(event.body).f)) });", "code:1 confirmed"),
    ("const { Pool } = require('pg');\nconst pool = new Pool();\nexports.handler = async (event) => {\n  await pool.query('select $1', [event.body]);\n  return pool.query(`select ${event.pathParameters.id}`);\n};", "sql:5 confirmed"),
    ("const fs = require('fs'), path = require('path');\nexports.handler = async (event) => fs.readFileSync(path.join('/data', event.pathParameters.p));", "path:2 confirmed"),
    ("const axios = require('axios');\nexports.handler = async (event) => axios.get(event.queryStringParameters.u);", "ssrf:2 confirmed"),
    ("exports.handler = async (event) => ({ statusCode: 200, headers: { 'Content-Type': 'text/html' }, body: `<p>${event.queryStringParameters.n}</p>` });", "xss:1 confirmed"),
    ("const { MongoClient } = require('mongodb');\nconst c = new MongoClient('x');\nexports.handler = async (event) => c.db('a').collection('b').findOne(JSON.parse(event.body).filter);", "nosql:3 confirmed"),
    ("const cp = require('child_process');\nconst ALLOWED = new Set(['a']);\nexports.handler = (event, context, callback) => {\n  const { one, two } = event.queryStringParameters;\n  if (!ALLOWED.has(one)) return callback(null, {});\n  cp.exec(two, () => callback(null, {}));\n};", "command:6 confirmed"),
    ("const x = require('nowhere-to-be-found');\nexports.handler = async (event) => { x.count(1); eval(event.body); };", "code:2 confirmed"),
    ("const x = require('nowhere-to-be-found');\nexports.handler = async (event) => { x.check(event); eval(event.body); };", "code:2 not-runnable"),
    ("const x = require('./nowhere');\nexports.handler = x.wrap(async (event) => eval(event.body));", "code:2 not-runnable"),
    ("const x = require('joi');\nexports.handler = async (event) => eval(event.body);", "code:2 not-runnable"),
]  # fmt: skip


@needs_node
@pytest.mark.slow
@pytest.mark.parametrize(("code", "wanted"), SCRIPTS, ids=[wanted for _, wanted in SCRIPTS])
def test_scripts(code: str, wanted: str) -> None:
    assert wanted in proven(sam(code, script=True))


@needs_node
def test_typescript_and_modules() -> None:
    files = {
        "index.ts": "import { run } from './run';\nexport const handler = async (event: any): Promise<void> => run(event.body!);\n",
        "run.ts": dedent("""
            import { execSync } from 'node:child_process';
            export const run = (name: string): void => { execSync(`ls ${name}`); };
            """).lstrip("\n"),
    }
    assert proven(files) == ["command:2 confirmed"]


@needs_node
def test_a_module_that_waits_for_something() -> None:
    code = """
        import { readFile } from 'node:fs/promises';
        import { execSync } from 'node:child_process';
        const settings = await readFile(new URL('data.json', import.meta.url), 'utf8').catch(() => '{}');
        export const handler = async (event) => { execSync('ls ' + event.body + settings); };
        """
    assert proven({"index.mjs": dedent(code).lstrip("\n")}) == ["command:4 confirmed"]


def test_other_languages_and_uncalled_code_say_why() -> None:
    report, system = scanned(memory({
        "main.go": 'package main\nimport (\n\t"os/exec"\n\t"github.com/aws/aws-lambda-go/events"\n\t"github.com/aws/aws-lambda-go/lambda"\n)\n'
        'func handle(e events.APIGatewayProxyRequest) error {\n\treturn exec.Command("sh", "-c", e.Body).Run()\n}\nfunc main() { lambda.Start(handle) }\n',
    }))  # fmt: skip
    outcome = prove(report, system, Settings(weak=True))
    assert [(one.proof.status, one.proof.reason) for one in outcome.candidates if one.proof is not None] == [
        ("not-runnable", "handlers in go are not called yet")
    ]
