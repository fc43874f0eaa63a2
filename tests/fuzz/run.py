"""Fuzzes the parsers and the whole scan with broken versions of real small inputs: `python tests/fuzz/run.py [--seconds N] [--seed S]`.

Every input runs through each parser of its syntax, the source that read it before it was broken, and the whole scan with every rule and
format. What must hold: nothing is raised; no diagnostic says that Casemate itself failed; each diagnostic and finding stands in a line that
exists; five seconds are enough. The first input that breaks this is printed with the seed that gives it again; exit code 1.
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path
from types import FrameType

from casemate.engine.catalogue import listings, module_of
from casemate.engine.scanning import Request, Scan, scan
from casemate.model.finding import Report
from casemate.model.location import Span
from casemate.outputs import FORMATS, render
from casemate.outputs.context import OutputContext
from casemate.outputs.graph import render_inventory
from casemate.sources.discover import sources
from casemate.sources.source import Options
from casemate.sources.syntax import hcl, hcl_json, toml
from casemate.sources.syntax import json as json_syntax
from casemate.sources.syntax import yaml as yaml_syntax
from casemate.sources.syntax.document import decode, whole
from casemate.sources.tree import MemoryTree

ROOT = Path(__file__).resolve().parents[2]
DEFECTS = frozenset({"builder-failed", "rule-failed", "source-failed"})
"""Codes of diagnostics that tell of a defect of Casemate, not of the input."""
LIMIT = 5.0
HANGS = 30
REQUEST = Request(today=date(2026, 1, 1), profile="strict")

Files = dict[str, bytes]
Mutation = Callable[[random.Random, bytes], bytes]

SEEDS: tuple[dict[str, str], ...] = (
    {
        "plan.json": """{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": [
  {"address": "aws_lambda_function.f", "mode": "managed", "type": "aws_lambda_function", "name": "f",
   "provider_name": "registry.terraform.io/hashicorp/aws", "values": {"function_name": "f", "runtime": "python3.8", "timeout": 900}}]}},
 "resource_changes": [], "configuration": {"root_module": {"resources": [{"address": "aws_lambda_function.f", "mode": "managed",
   "type": "aws_lambda_function", "name": "f", "expressions": {"role": {"references": ["aws_iam_role.r.arn", "aws_iam_role.r"]}}}]}}}""",
        "main.tf": 'resource "aws_lambda_function" "f" {\n  function_name = var.name\n}\n',
    },
    {
        "main.tf.json": """{"resource": {"aws_s3_bucket": {"b": {"bucket": "${var.name}-b", "acl": "public-read"}}},
 "variable": {"name": {"default": "x"}}, "locals": [{"n": "${upper(var.name)}"}], "module": {"m": {"source": "./m", "n": 2}}}""",
        "m/main.tf": 'variable "n" {}\nresource "aws_sqs_queue" "q" {\n  count = var.n\n  name = "q-${count.index}"\n}\n',
    },
    {
        "openapi.yaml": """openapi: 3.0.1
info: {title: shop, version: "1"}
components:
  securitySchemes:
    key: {type: apiKey, name: x-api-key, in: header}
paths:
  /orders/{id}:
    get:
      security: [{key: []}]
      x-amazon-apigateway-integration: {type: aws_proxy, uri: "arn:aws:apigateway:eu-west-1:lambda:path/x/functions/f/invocations"}
""",
        "flow.asl.json": """{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:1:function:f",
 "Next": "B"}, "B": {"Type": "Map", "ItemProcessor": {"StartAt": "C", "States": {"C": {"Type": "Pass", "End": true}}}, "End": true}}}""",
    },
    {
        ".chalice/config.json": """{"version": "2.0", "app_name": "shop", "stages": {"dev": {"api_gateway_stage": "api",
 "environment_variables": {"A": "b"}, "lambda_functions": {"f": {"lambda_timeout": 30}}}}}""",
        "app.py": """from chalice import Chalice, CORSConfig, IAMAuthorizer
app = Chalice(app_name="shop")
own = CORSConfig(allow_origin="https://shop.example")
@app.route("/orders/{id}", methods=["POST"], authorizer=IAMAuthorizer(), cors=own)
def orders(id): ...
@app.lambda_function(name="nightly")
def night(event, context): ...
""",
        "zappa_settings.json": '{"dev": {"app_function": "app.app", "s3_bucket": "b", "runtime": "python3.9", "aws_region": "eu-west-1"}}',
        "app/app.csproj": '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><AzureFunctionsVersion>v3</AzureFunctionsVersion></PropertyGroup></Project>',
        "pyproject.toml": '[tool.a]\nb = 1\n[[tool.c]]\nd = "x"\n',
    },
    {
        "template.yaml": """Resources:
  A: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: b.yaml, Parameters: {P: !Ref "AWS::Region"}}}
  'Fn::ForEach::Q': [N, [a, b], {'Queue${N}': {Type: "AWS::SQS::Queue"}}]
""",
        "c.yaml": """Parameters: {Role: {Type: String}}
Resources:
  P: {Type: "AWS::IAM::Policy", Properties: {PolicyName: p, Roles: [!Ref Role, !ImportValue r, named],
    PolicyDocument: {Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}}}
  G: {Type: "AWS::IAM::UserToGroupAddition", Properties: {GroupName: !ImportValue g, Users: [!ImportValue u]}}
""",
        "d.yaml": """Resources:
  N: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: c.yaml, Parameters: {Role: !GetAtt M.Outputs.R}}}
  M: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: e.yaml}}
""",
        "e.yaml": """Resources: {R: {Type: "AWS::IAM::Role", Properties: {RoleName: named}}, G: {Type: "AWS::IAM::Group"}, U: {Type: "AWS::IAM::User"}}
Outputs: {R: {Value: !Ref R, Export: {Name: r}}, G: {Value: !Ref G, Export: {Name: g}}, U: {Value: !Ref U, Export: {Name: u}}}
""",
        "b.yaml": 'Parameters: {P: {Type: String}}\nResources: {T: {Type: "AWS::SNS::Topic", Properties: {TopicName: !Sub "${P}-x"}}}\n',
    },
    {
        "main.bicep": """@description('name')
param name string = 'shop'
param kinds array = ['a', 'b']
var tags = { team: 'x', 'long name': '${name}-1' }
resource st 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: toLower('${name}st')
  location: resourceGroup().location
  properties: { allowBlobPublicAccess: true, supportsHttpsTrafficOnly: false }
  resource blob 'blobServices' = { name: 'default' }
}
resource fn 'Microsoft.Web/sites@2023-12-01' = [for (kind, i) in kinds: if (i < 5) {
  name: '${name}-${kind}'
  kind: 'functionapp'
  properties: { siteConfig: { appSettings: [{ name: 'KEY', value: st.listKeys().keys[0].value }] } }
}]
module inner 'inner.bicep' = { name: 'inner', params: { given: name } }
output out string = inner.outputs.id
""",
        "inner.bicep": "param given string\nresource v 'Microsoft.KeyVault/vaults@2023-07-01' = { name: given }\noutput id string = v.id\n",
        "main.bicepparam": "using './main.bicep'\nparam name = 'live'\n",
        "deploy.sh": """NAME=orders; set -e
az functionapp config appsettings set --name "$NAME" -g rg --settings "KEY=$KEY" MODE=live
aws lambda create-function-url-config --function-name $NAME --auth-type NONE
gcloud run services add-iam-policy-binding $NAME --member=allUsers --role=roles/run.invoker
""",
        "main.tf": """module "f" {
  source   = "terraform-aws-modules/lambda/aws"
  for_each = toset(["a", "b"])
  function_name = "x-${each.key}"
  attach_policy_statements = true
  policy_statements = { all = { effect = "Allow", actions = ["s3:*"], resources = ["*"] } }
}
module "q" {
  source = "terraform-aws-modules/sqs/aws"
  name   = module.f["a"].lambda_function_name
}
""",
    },
    {
        "host.json": '{"version": "2.0", "extensions": {"http": {"routePrefix": "v1"}}}',
        "function_app.py": """import azure.functions as func
app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
@app.function_name(name="Orders")
@app.route(route="orders/{id}", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
def orders(req): ...
@app.queue_trigger(arg_name="m", queue_name="jobs", connection="C")
def work(m): ...
""",
        "src/functions/all.ts": """import { app } from '@azure/functions';
app.http('open', { methods: ['GET'], authLevel: 'anonymous', handler: async (r) => ({ body: `x${r.url}` }) });
app.storageQueue('jobs', { queueName: 'jobs', handler });
""",
        "Orders.cs": """public class Orders {
  [Function(nameof(Create))]
  public object Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "orders")] HttpRequestData r) => null;
}
""",
        "deploy.sh": """gcloud functions deploy hello --gen2 \\
  --runtime=python38 --trigger-http --allow-unauthenticated --set-env-vars "MODE=live,KEY=$KEY"
gcloud run deploy web --image="$IMAGE" --no-allow-unauthenticated && echo done
""",
        "package.json": '{"scripts": {"deploy": "gcloud functions deploy f --runtime nodejs10 --allow-unauthenticated"}}',
    },
    {
        "cdk.out/manifest.json": """{"version": "48.0.0", "artifacts": {"Shop": {"type": "aws:cloudformation:stack",
 "properties": {"templateFile": "Shop.template.json"}, "displayName": "Shop", "metadata": {"/Shop/Url/Resource": [
 {"type": "aws:cdk:logicalId", "data": "Url", "trace": ["new Shop (/home/kim/shop/lib/shop.ts:2:3)"]},
 {"type": "aws:cdk:creationStack", "data": ["at bin/app.ts:1:1"]}]}}}}""",
        "cdk.out/Shop.template.json": """{"Resources": {"Url": {"Type": "AWS::Lambda::Url", "Properties": {"AuthType": "NONE",
 "TargetFunctionArn": "f"}, "Metadata": {"aws:cdk:path": "Shop/Url/Resource"}}}}""",
        "lib/shop.ts": "export class Shop {\n  url = fn.addFunctionUrl({ authType: NONE });\n}\n",
    },
)
"""Small inputs of the dialects that the cases of the rules hardly use."""

_TOKEN = re.compile(rb'"(?:[^"\\\n]|\\.)*"|[A-Za-z_:.*$-][A-Za-z0-9_:.*/$-]*|-?\d+(?:\.\d+)?|[{}\[\]():,=!&|<>-]')
_LINE_END = re.compile(r"\r\n|[\n\r\u0085\u2028\u2029]")
_HOSTILE = (
    b"null", b"~", b"[]", b"{}", b'""', b"-1", b"1e999", b"9" * 400, b"true", b"*a", b"&a", b"<<: *a", b"!Ref", b"!GetAtt", b"!Sub '${", b"!If [a]",
    b"${", b"}", b"${self:custom.a}", b"${file(../../x.yml)}", b"${${opt:a}, ${b}}", b"{{resolve:ssm:a}}", b'"\\ud800"', b"NaN", b"Infinity", b"\x00",
    b"\xef\xbb\xbf", b"\xff", b"\xed\xa0\x80", b"\r", b"\t", b"---", b"...", b"%YAML 9.9", b"Fn::If", b"Fn::Sub", b"Fn::GetAtt", b"Fn::ForEach::A",
    b"Fn::Transform", b"Ref", b"for_each", b"count", b"dynamic", b"each.value", b"var.a", b"local.a", b"<<EOT\n", b"jsonencode(", b'file("../../x")',
    b"[for a in b : a]", b"a ? b : c", b"[concat('a', parameters('b'))]", b"[reference(", b"Resources", b"Properties", b"functions", b"resource",
    b"\xe2\x80\xae", b"AWS::NoValue", b"AWS::Serverless::Function", b"!!python/object:os.system", b"!!binary aGk=", b"? ", b": ", b"- ", b"#", b"/*", b"*/",
)  # fmt: skip


def flipped(chance: random.Random, data: bytes) -> bytes:
    """Some bytes are others."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def truncated(chance: random.Random, data: bytes) -> bytes:
    """The beginning, or a piece is missing."""
    start, end = sorted((chance.randint(0, len(data)), chance.randint(0, len(data))))
    return data[:start] if chance.random() < 0.5 else data[:start] + data[end:]


def token_replaced(chance: random.Random, data: bytes) -> bytes:
    """Words and values are others of the same file, or hostile ones."""
    for _ in range(chance.randint(1, 4)):
        found = list(_TOKEN.finditer(data))
        if not found:
            return data
        at = chance.choice(found)
        word = chance.choice(_HOSTILE) if chance.random() < 0.5 else chance.choice(found)[0]
        data = data[: at.start()] + word + data[at.end() :]
    return data


def lines_moved(chance: random.Random, data: bytes) -> bytes:
    """Lines are swapped, doubled, dropped or indented anew: other parents, other values, keys twice."""
    lines = data.split(b"\n")
    for _ in range(chance.randint(1, 4)):
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(4):
            case 0:
                lines[one], lines[other] = lines[other], lines[one]
            case 1:
                lines.insert(one, lines[other])
            case 2 if len(lines) > 1:
                del lines[one]
            case _:
                lines[one] = b" " * chance.randrange(12) + lines[one].lstrip()
    return b"\n".join(lines)


def nested(chance: random.Random, data: bytes) -> bytes:
    """A value stands in many brackets."""
    found = list(_TOKEN.finditer(data))
    if not found:
        return data
    at = chance.choice(found)
    opening, closing = chance.choice(
        [(b"[", b"]"), (b'{"a": ', b"}"), (b"(", b")"), (b"${", b"}"), (b"!If [a, ", b"]"), (b"- ", b"")]
    )
    times = chance.choice([3, 60, 300, 5000])
    return data[: at.start()] + opening * times + at[0] + closing * times + data[at.end() :]


def aliased(chance: random.Random, data: bytes) -> bytes:
    """Anchors and aliases, each twice the size of the one before."""
    levels = chance.choice([3, 12, 40])
    bomb = b"a0: &a0 [x, x]\n" + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, levels))
    at = data.rfind(b"\n", 0, chance.randint(0, len(data))) + 1
    return data[:at] + bomb + data[at:]


def recoded(chance: random.Random, data: bytes) -> bytes:
    """The same text as another editor may save it, or wrongly decoded."""
    text = data.decode("utf-8", "replace")
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: b"\xef\xbb\xbf" + data,
        lambda: text.encode("utf-16"),
        lambda: data.replace(b"\n", b"\r\n"),
        lambda: data.replace(b"\n", b"\r"),
        lambda: data.replace(b"    ", b"\t"),
        lambda: data.replace(b"\n", b" "),
        lambda: text.replace("e", "\u0435").encode(),
        lambda: text.replace("\n", "\u2028", chance.randint(1, 3)).encode(),
    )
    return chance.choice(ways)()


MUTATIONS: tuple[Mutation, ...] = (
    flipped,
    truncated,
    token_replaced,
    token_replaced,
    lines_moved,
    lines_moved,
    nested,
    aliased,
    recoded,
)


@cache
def originals() -> tuple[Files, ...]:
    """Real small inputs: the cases of every rule, the features of the dialects, the sample system, and `SEEDS`."""
    found: dict[tuple[tuple[str, bytes], ...], None] = {}
    places = {".yaml": "template.yaml", ".yml": "serverless.yml", ".json": "template.json", ".tf": "main.tf"}
    for file in sorted((ROOT / "tests" / "dialects").glob("*/*")):
        found[((places[file.suffix], file.read_bytes()),)] = None
    sample = ROOT / "examples" / "shop"
    shop = {
        file.relative_to(sample).as_posix(): file.read_bytes() for file in sorted(sample.rglob("*")) if file.is_file()
    }
    for files in (shop, *({path: text.encode() for path, text in seed.items()} for seed in SEEDS)):
        found[tuple(files.items())] = None
    for listing in listings():
        for case in module_of(listing).CASES:
            found[tuple((path, text.encode()) for path, text in case.files.items())] = None
    return tuple(dict(files) for files in found)


def broken(chance: random.Random) -> Files:
    """One original in which a file is broken in one to three ways, or spliced with another original."""
    files = dict(chance.choice(originals()))
    path = chance.choice(list(files))
    data = files[path]
    if chance.random() < 0.15:
        other = chance.choice(list(chance.choice(originals()).values()))
        data = data[: chance.randint(0, len(data))] + other[chance.randint(0, len(other)) :]
    for _ in range(chance.randint(1, 3)):
        data = chance.choice(MUTATIONS)(chance, data)
    return files | {path: data}


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong with an input."""

    what: str
    files: Files


def examine(files: Files) -> str | None:
    """What is wrong with how Casemate takes these files, or None."""
    started = time.process_time()
    try:
        with _alarm():
            for path, data in files.items():
                parse_all(path, data)
            read_directly(files)
            complaint = judge(scan(MemoryTree(files), REQUEST), files)
    except Exception:  # noqa: BLE001 - whatever it is, it is the finding of this run
        return traceback.format_exc()
    took = time.process_time() - started
    return f"it took {took:.1f} s" if complaint is None and took > LIMIT else complaint


def parse_all(path: str, data: bytes) -> None:
    """Every parser, whatever the file claims to be."""
    text, _ = decode(data, path)
    if text is None:
        return
    list(yaml_syntax.documents(text, path))
    for parse in (json_syntax.parse, toml.parse, hcl.parse, hcl_json.parse, hcl_json.values, hcl.parse_template_file):
        parse(text, path)
    hcl.parse_expression(text[:2000], whole(path))


def read_directly(files: Files) -> None:
    """Every source whose pattern fits reads the file, even if what it would know the file by is broken."""
    tree = MemoryTree(files)
    for source, pattern in sources():
        paths = tuple(sorted(path for path in files if pattern.search(path)))
        for path in paths:
            source.claims(path, files[path])
        if paths:
            source.read(tree, paths, Options())


def judge(result: Scan, files: Files) -> str | None:
    """What is wrong with a scan, or None."""
    report = result.report
    for diagnostic in report.diagnostics:
        if diagnostic.code in DEFECTS:
            return f"{diagnostic.code}: {diagnostic.message}"
        if (problem := misplaced(diagnostic.at, files)) is not None:
            return f"diagnostic {diagnostic.code}: {problem}"
    for finding in report.findings:
        for location in finding.locations:
            if location.span is not None and (problem := misplaced(location.span, files)) is not None:
                return f"finding {finding.rule}: {problem}"
    if any(diagnostic.level == "error" for diagnostic in report.diagnostics) and report.complete:
        return "an error, and yet the report is complete"
    render_all(report, result, files)
    return None


def misplaced(span: Span, files: Files) -> str | None:
    """Why a span is no place in these files, or None. A folder (of a Terraform module) stands for itself."""
    data = files.get(span.path)
    if data is None:
        is_folder = span.path in {"", "."} or any(path.startswith(f"{span.path}/") for path in files)
        return None if is_folder else f"{span.path} is no file"
    lines = line_count(data)
    inside = 1 <= span.start_line <= span.end_line <= lines + 1 and span.start_column >= 1
    return None if inside else f"{span} does not lie in its {lines} lines"


@lru_cache(maxsize=16)
def line_count(data: bytes) -> int:
    """How many lines there are, whatever ends them."""
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    return 1 + len(_LINE_END.findall(data.decode(encoding, "replace")))


def render_all(report: Report, result: Scan, files: Files) -> None:
    """Every format, to nowhere."""
    context = OutputContext(
        sources=lambda path: files[path].decode("utf-8-sig", "replace") if path in files else None,
        now=datetime(2026, 1, 1, tzinfo=UTC),
        inventory=result.inventory,
        graph_svg=render_inventory(result.inventory),
        show_fixes=True,
    )
    for name in FORMATS:
        render(name, report, context).encode("utf-8", "surrogatepass")


def fuzz(seed: int, seconds: float) -> tuple[int, Failure | None]:
    """Broken inputs for some seconds; how many, and the first that fails. Input `n` depends on the seed and on `n` alone."""
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        files = broken(random.Random(f"{seed}/{count}"))  # noqa: S311 - chance, not secrecy
        what = examine(files)
        count += 1
        if what is not None:
            return count, Failure(f"seed {seed}, input {count - 1}: {what}", files)
    return count, None


@contextmanager
def _alarm() -> Iterator[None]:
    """Ends what hangs, where the system has alarms."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"still at it after {HANGS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANGS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def main() -> int:
    """Fuzz, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None, help="default: another one each time")
    parser.add_argument("--only", type=int, metavar="N", help="only the Nth input of the seed")
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else random.SystemRandom().randrange(1_000_000)
    if args.only is not None:
        files = broken(random.Random(f"{seed}/{args.only}"))  # noqa: S311 - chance, not secrecy
        what = examine(files)
        count, failure = 1, None if what is None else Failure(what, files)
    else:
        count, failure = fuzz(seed, args.seconds)
    if failure is None:
        print(f"{count} inputs, seed {seed}: nothing wrong")
        return 0
    for path, data in failure.files.items():
        print(f"--- {path} ({len(data)} bytes)\n{data[:6000]!r}")
    number = args.only if args.only is not None else count - 1
    print(f"{failure.what}\nagain: python tests/fuzz/run.py --seed {seed} --only {number}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
