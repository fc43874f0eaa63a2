from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.serverless_reading import HEAD, reading, shown, stack, value

from casemate.model.value import Fields, Items, Literal
from casemate.sources import serverless
from casemate.sources.source import Options
from casemate.sources.tree import MemoryTree


@pytest.mark.parametrize(
    ("path", "text", "claimed"),
    [
        ("serverless.yml", HEAD, True),
        ("api/serverless.prod.yaml", "provider: ${file(x.yml)}\n", True),
        ("api/any-name.yml", HEAD, True),
        ("api/any-name.yml", "service: x\nprovider: aws\n", True),
        ("api/any-name.yml", "service: x\nprovider:\n\n  # why\n  stage: x\n  name: google\n", True),
        ("api/any-name.yml", "service: x\nprovider: {name: aws}\n", True),
        ("api/other.yml", "service: x\nprovider:\n  name: docker\n", False),
        ("api/other.yml", "Resources: {}\n", False),
        ("docker-compose.yml", "services:\n  web:\n    image: x\n", False),
        ("serverless.json", '{"service": "x", "provider": {"name": "aws"}}', True),
        ("package.json", '{"service": "x"}', False),
        ("serverless.ts", "export default {}", True),
        ("src/serverless.config.test.js", "", True),
        ("src/app.js", "serverless", False),
        ("serverless-compose.yml", "services:\n  a: {path: a}\n", True),
    ],
)
def test_claims(path: str, text: str, claimed: bool) -> None:  # noqa: FBT001
    assert serverless.claims(path, text.encode()) is claimed


def test_programs_are_excluded_and_compose_is_understood() -> None:
    assert [(i.status, i.kind) for i in reading("x", path="serverless.ts").inputs] == [("excluded", "serverless")]
    assert reading("x", path="serverless.ts").diagnostics[0].level == "note"
    compose = reading("services:\n  a: {path: a}\n", path="serverless-compose.yml")
    assert (compose.inputs[0].status, compose.stacks) == ("understood", ())


def test_json_has_spans_too() -> None:
    text = json.dumps(
        {"service": "x", "provider": {"name": "aws", "runtime": "python3.8"}, "functions": {"f": {"handler": "a.b"}}},
        indent=1,
    )
    (found,) = reading(text, path="serverless.json").stacks
    assert value(found, "FLambdaFunction", "Runtime").at[1:3] == (5, 14)


def test_several_services_in_one_tree() -> None:
    files = {"a/serverless.yml": HEAD.encode(), "b/serverless.yml": HEAD.encode(), "b/bad.yml": b"service: [\n"}
    read = serverless.read(MemoryTree(files), tuple(sorted(files)), Options())
    assert [(found.path, found.root) for found in read.stacks] == [("a/serverless.yml", "a"), ("b/serverless.yml", "b")]
    assert {i.path: i.status for i in read.inputs} == {
        "a/serverless.yml": "understood",
        "b/serverless.yml": "understood",
        "b/bad.yml": "failed",
    }
    assert [(d.code, d.at.path) for d in read.diagnostics] == [("yaml-syntax", "b/bad.yml")]


def test_an_unknown_plugin_is_named() -> None:
    read = reading(HEAD + "plugins: [serverless-offline, serverless-surprise]\nfunctions: {f: {handler: a.b}}\n")
    assert read.inputs[0].status == "understood"
    assert read.inputs[0].reason == "plugins whose effect is not known: serverless-surprise"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n",
        "service: x\nprovider:\n",
        "service: x\nprovider: [1]\nfunctions: [a, {b: c}, [{d: {}}]]\n",
        "service: {name: [1]}\nprovider: {name: aws, iam: {role: {statements: x}}, apiGateway: 3, httpApi: [1], logs: {restApi: [1]}}\nfunctions: {f: {events: {http: x}}}\n",
        "service: ${self:service}\nprovider: ${self:provider}\nfunctions: ${self:functions}\nresources: ${self:resources}\n",
        "service: x\nprovider: {name: aws, stage: '${self:provider.stage}'}\nfunctions: {f: {handler: '${${${', events: [{http: '${'}]}}\n",
        "service: x\nprovider: {name: aws, variableSyntax: '(a+)+$'}\n",
        "service: x\nprovider: {name: aws}\nresources: {Resources: {A: {Type: X, Properties: {B: !Sub [!Ref A, 1]}}, C: 3}, extensions: {A: {Properties: 1}}}\n",
    ],
)
def test_odd_input_is_an_input_nevertheless(text: str) -> None:
    assert len(reading(text).inputs) == 1


def test_hostile_nesting_ends() -> None:
    deep = HEAD + "custom: " + "[" * 190 + "]" * 190 + "\nfunctions: {f: {handler: '${self:custom}'}}\n"
    assert reading(deep).inputs[0].status in {"understood", "failed"}
    nested = HEAD + "functions: {f: {handler: '" + "${self:" * 500 + "}" * 500 + "'}}\n"
    assert reading(nested).inputs[0].status == "understood"
    long = HEAD + "functions: {f: {handler: '" + "${a," * 200_000 + "}'}}\n"
    assert reading(long).inputs[0].status == "understood"


WORDS = st.sampled_from([
    "service", "provider", "name", "aws", "google", "azure", "functions", "handler", "events", "http", "httpApi", "s3", "sqs", "sns", "schedule", "stream",
    "path", "method", "authorizer", "cors", "resources", "Resources", "Type", "Properties", "iam", "role", "statements", "iamRoleStatements", "environment",
    "vpc", "url", "layers", "custom", "plugins", "image", "stage", "arn", "Ref", "Fn::Sub", "Fn::GetAtt", "bucket", "existing", "true", "apiGateway", "usagePlan",
    "apiKeys", "stepFunctions", "stateMachines", "definition", "cloudFront", "alb", "websocket", "destinations", "onFailure", "eventBridge", "eventBus",
    "${self:custom}", "${self:provider.name}", "${file(x.yml):a}", "${opt:x, 'y'}", "${self:functions.${self:service}}", "serverless-step-functions", "arn:aws:sqs:a:b:c",
])  # fmt: skip
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-5, 10**6), WORDS, st.text(max_size=12))
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=5)),
    max_leaves=40,
)
PLACES = st.sampled_from(
    [
        "functions",
        "resources",
        "provider",
        "custom",
        "plugins",
        "layers",
        "stepFunctions",
        "params",
        "stages",
        "package",
        "service",
    ]
)


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(PLACES, TREES, max_size=6), TREES, TREES, st.sampled_from(["aws", "google", "azure"]))
def test_arbitrary_trees_never_raise(root: dict[str, object], function: object, event: object, cloud: str) -> None:
    document = {
        "service": "s",
        **root,
        "functions": root.get(
            "functions", {"f": {"handler": "a.b", "x": function, "events": [event, {"http": event}]}}
        ),
    }
    document["provider"] = {"name": cloud, **(provider if isinstance(provider := root.get("provider"), dict) else {})}
    text = yaml.safe_dump(document)
    tree = MemoryTree({"serverless.yml": text.encode(), "x.yml": b"a: ${self:custom}\n"})
    read = serverless.read(tree, ("serverless.yml",), Options())
    assert read.inputs[0].path == "serverless.yml"


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="${}():,'\" selfcustomabx.0\\\n", max_size=60))
def test_arbitrary_expressions_never_raise(text: str) -> None:
    document = yaml.safe_dump(
        {
            "service": "s",
            "provider": {"name": "aws"},
            "custom": {"a": text},
            "functions": {"f": {"handler": text, "x": "${self:custom.a}"}},
        }
    )
    read = serverless.read(MemoryTree({"serverless.yml": document.encode()}), ("serverless.yml",), Options())
    assert read.inputs[0].path == "serverless.yml"


# -- other clouds -----------------------------------------------------------------------------------------------------------
def test_google() -> None:
    found = stack("""\
service: shop
provider: {name: google, runtime: nodejs20, region: europe-west1, environment: {A: b}}
functions:
  open: {handler: run, timeout: 90s, allowUnauthenticated: true, events: [http: path]}
  worker: {handler: work, events: [event: {eventType: providers/cloud.pubsub/eventTypes/topic.publish, resource: projects/p/topics/t}]}
""")
    assert found.resources["OpenLambdaFunction"].type == "google_cloudfunctions_function"
    assert shown(found, "OpenLambdaFunction", "trigger_http") == "true"
    assert shown(found, "OpenLambdaFunction", "timeout") == "90"
    assert shown(found, "OpenLambdaFunction", "environment_variables.A") == "b"
    assert shown(found, "OpenLambdaFunctionInvoker", "member") == "allUsers"
    assert shown(found, "WorkerLambdaFunction", "event_trigger.0.resource") == "projects/p/topics/t"


def test_azure() -> None:
    found = stack("""\
service: shop
provider: {name: azure, region: West Europe, runtime: nodejs18, environment: {A: b}}
functions:
  open: {handler: src/open.run, events: [{http: true, x-azure-settings: {authLevel: anonymous, methods: [GET]}}]}
  old: {handler: src/old.run, events: [{http: {x-azure-settings: {authLevel: admin}}}, {queue: jobs}]}
""")
    assert found.resources["FunctionApp"].type == "Microsoft.Web/sites"
    assert shown(found, "FunctionApp", "properties.siteConfig.appSettings.0.name") == "A"
    bindings = value(found, "OpenLambdaFunction", "properties.config.bindings")
    assert isinstance(bindings, Items)
    assert isinstance(bindings.items[0], Fields)
    level = bindings.items[0].get("authLevel")
    assert isinstance(level, Literal)
    assert (level.value, level.at.start_line) == ("anonymous", 4)
    assert shown(found, "OldLambdaFunction", "properties.config.bindings.0.authLevel") == "admin"
    assert shown(found, "OldLambdaFunction", "properties.config.bindings.1.queueName") == "jobs"


def test_azure_events_with_their_settings_beside_them() -> None:
    found = stack("""\
service: shop
provider:
  name: azure
  runtime: nodejs22
  apim:
    apis: [{name: shop, subscriptionRequired: false, protocols: [http, https]}]
    cors: {allowCredentials: true, allowedOrigins: ["*"]}
functions:
  open:
    handler: src/open.run
    events: [{http: true, authLevel: anonymous, methods: [GET]}, {queue: jobs, name: item, connection: Store}]
""")
    assert shown(found, "OpenLambdaFunction", "properties.config.bindings.0.authLevel") == "anonymous"
    assert shown(found, "OpenLambdaFunction", "properties.config.bindings.1.connection") == "Store"
    assert shown(found, "OpenLambdaFunction", "properties.config.bindings.1.queueName") == "jobs"
    assert shown(found, "OpenLambdaFunction", "properties.config.scriptFile") == "src/open.js"
    assert shown(found, "OpenLambdaFunction", "properties.config.entryPoint") == "run"
    assert shown(found, "ApiManagement/shop", "properties.subscriptionRequired") == "false"
    assert "<origin>*</origin>" in (shown(found, "ApiManagement/shop/policy", "properties.value") or "")
