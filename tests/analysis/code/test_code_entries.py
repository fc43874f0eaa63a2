"""Where platforms and web frameworks enter code, and what of their input an attacker chooses."""

from __future__ import annotations

import pytest
from tests.analysis.code.walking import found

POWERTOOLS = """\
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools import Logger
import os
logger = Logger()
app = APIGatewayRestResolver()
@app.get("/a/<name>")
def a(name):
    os.system(name)
    os.system(app.current_event.json_body["x"])
    return {"a": 1}
@logger.inject_lambda_context
def lambda_handler(event, context):
    return app.resolve(event, context)
"""
FASTAPI = """\
from fastapi import FastAPI, Request
from mangum import Mangum
from pydantic import BaseModel
import os
app = FastAPI()
class Item(BaseModel):
    name: str
    n: int
@app.post("/a/{id}")
async def a(id: int, q: str, item: Item, request: Request):
    os.system(str(id))
    os.system(q)
    os.system(item.name)
    b = await request.json()
    os.system(b["z"])
handler = Mangum(app)
"""
SQS = """\
import json, os
def handler(event, context):
    for record in event["Records"]:
        body = json.loads(record["body"])
        os.system(body["cmd"])
        os.system(record["messageId"])
        inner = json.loads(body["Message"])
        os.system(inner["x"])
"""
CLAIMS = """\
import os
def handler(event, context):
    c = event["requestContext"]["authorizer"]["claims"]
    os.system(c["sub"])
    os.system(c["email"])
    os.system(c["custom:team"])
"""
CHALICE = """\
from chalice import Chalice
import os
app = Chalice(app_name="x")
@app.route("/a/{name}")
def a(name):
    os.system(name)
    os.system(app.current_request.query_params.get("x"))
"""
AZV2 = """\
import azure.functions as func, os
app = func.FunctionApp()
@app.route(route="a")
def a(req: func.HttpRequest) -> func.HttpResponse:
    os.system(req.params.get("x"))
    return func.HttpResponse("ok")
@app.queue_trigger(arg_name="msg", queue_name="q", connection="c")
def b(msg: func.QueueMessage):
    os.system(msg.get_body().decode())
"""
GCF = """\
import functions_framework, os
@functions_framework.http
def a(request):
    os.system(request.args.get("x"))
@functions_framework.cloud_event
def b(e):
    os.system(e.data["x"])
"""
DJANGO = """\
import os
from django.http import HttpResponse
def a(request):
    os.system(request.GET.get("x"))
    return HttpResponse("x")
"""
JSAPP = """\
import { APIGatewayProxyHandler } from 'aws-lambda';
import { exec } from 'child_process';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
export const handler: APIGatewayProxyHandler = async ({ queryStringParameters, body }) => {
  exec(queryStringParameters!.a!);
  const { x } = JSON.parse(body ?? '{}');
  exec(x);
  return { statusCode: 200, headers: {'Content-Type': 'text/html'}, body: `<p>${x}</p>` };
};
"""
AZJS = """\
const { app } = require('@azure/functions');
const { exec } = require('child_process');
app.http('a', { methods: ['GET'], handler: async (request, context) => { exec(request.query.get('x')); } });
"""
GJS = """\
const functions = require('@google-cloud/functions-framework');
const { exec } = require('child_process');
functions.http('a', (req, res) => { exec(req.query.x); });
"""
S3 = """\
import os, urllib.parse
def handler(event, context):
    r = event["Records"][0]["s3"]
    os.system(r["bucket"]["name"])
    os.system(urllib.parse.unquote_plus(r["object"]["key"]))
"""

CASES = [
    ("app.py", POWERTOOLS, ["command:8", "command:9"]),
    ("app.py", FASTAPI, ["command:12", "command:13", "command:15"]),
    ("app.py", SQS, ["command:5", "command:8"]),
    ("app.py", CLAIMS, ["command:5", "command:6"]),
    ("app.py", CHALICE, ["command:6", "command:7"]),
    ("function_app.py", AZV2, ["command:5", "command:9"]),
    ("main.py", GCF, ["command:4", "command:7"]),
    ("views.py", DJANGO, ["command:4"]),
    ("app.ts", JSAPP, ["command:5", "command:7", "xss:8"]),
    ("f.js", AZJS, ["command:3"]),
    ("f.js", GJS, ["command:3"]),
    ("app.py", S3, ["command:5"]),
]


@pytest.mark.parametrize(
    ("path", "text", "expected"), CASES, ids=[case[0] + str(place) for place, case in enumerate(CASES)]
)
def test_entries(path: str, text: str, expected: list[str]) -> None:
    assert found({path: text}) == sorted(expected)
