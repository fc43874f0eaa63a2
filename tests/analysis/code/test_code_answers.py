"""What is answered about errors: in the objects that frameworks send back."""

from __future__ import annotations

import pytest
from tests.analysis.code.walking import found, walked

from casemate.analysis.code.unit import Wanted

AZURE = """
import logging, traceback
import azure.functions as func

app = func.FunctionApp()

@app.route(route="render")
def render(req: func.HttpRequest) -> func.HttpResponse:
    try:
        return func.HttpResponse(str(1 / int(req.params["n"])))
    except Exception as error:
        logging.exception("render")
        return func.HttpResponse({}, status_code=500)
"""
FLASK = """
import traceback
from flask import Flask, Response, jsonify, make_response

app = Flask(__name__)

@app.route("/render")
def render():
    try:
        return jsonify(work())
    except Exception as error:
        return {}
"""


def told(files: dict[str, str]) -> list[str]:
    return [
        f"{flow.at.start_line} {flow.confidence}"
        for facts in walked(files).facts
        for flow in facts.flows
        if flow.kind == "verbose-error"
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("traceback.format_exc()", ["12 high"]),
        ('"failed: " + traceback.format_exc()', ["12 high"]),
        ("body=traceback.format_exc()", ["12 high"]),
        ("str(error)", ["12 medium"]),
        ("type(error).__name__", []),
        ('"internal error"', []),
        ('"see " + traceback.__name__', []),
    ],
)
def test_an_answer_of_azure(body: str, expected: list[str]) -> None:
    assert told({"function_app.py": AZURE.replace("{}", body)}) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Response(traceback.format_exc(), status=500)", ["11 high"]),
        ("make_response(traceback.format_exc(), 500)", ["11 high"]),
        ("jsonify(error=traceback.format_exc())", ["11 high"]),
        ("jsonify({'error': traceback.format_exc()})", ["11 high"]),
        ("jsonify(error='internal'), 500", []),
    ],
)
def test_an_answer_of_flask(body: str, expected: list[str]) -> None:
    assert told({"app.py": FLASK.replace("{}", body)}) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("{ status: 500, body: error.stack }", ["verbose-error:9"]),
        ("{ status: 500, jsonBody: { detail: error.stack } }", ["verbose-error:9"]),
        ("{ status: 500, body: 'internal error' }", []),
        ("{ status: 500, jsonBody: { kind: error.name, of: error.constructor.name } }", []),
    ],
)
def test_an_answer_of_azure_in_javascript(answer: str, expected: list[str]) -> None:
    text = f"""
    const {{ app }} = require('@azure/functions');
    app.http('render', {{
      methods: ['GET'],
      handler: async (request, context) => {{
        try {{
          return {{ body: await work() }};
        }} catch (error) {{
          context.error('render', error);
          return {answer};
        }}
      }},
    }});
    """
    spots = found({"app.js": text}, Wanted("", ("http",), "public", ("render",)))
    assert [one for one in spots if one.startswith("verbose")] == expected
