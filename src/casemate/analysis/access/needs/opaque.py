"""Code that is not seen: libraries that call AWS on their own account, and layers that were not scanned.

What a function needs is then more than its calls say, and nothing of what it is granted can be called unneeded.
"""

from __future__ import annotations

import posixpath
import re
import sys
from bisect import bisect_left
from typing import TYPE_CHECKING

from casemate.analysis.access.needs.statements import NotFollowed
from casemate.model.location import Span
from casemate.model.pattern import late

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from casemate.analysis.code.facts import CodeFacts
    from casemate.model.function import Function
    from casemate.sources.tree import Tree

_PYTHON = (
    "strands", "strands_tools", "langchain", "langchain_aws", "langchain_community", "llama_index", "haystack",
    "litellm", "crewai", "pynamodb", "s3fs", "fsspec", "smart_open", "awswrangler", "pyathena", "s3path",
    "cloudpathlib", "aws_encryption_sdk", "dynamodb_encryption_sdk", "dynamodb_json", "sagemaker",
    "redshift_connector", "boto", "aws_msk_iam_sasl_signer", "pyqldb", "opensearchpy", "elasticsearch",
    "requests_aws4auth", "aws_requests_auth", "requests_auth_aws_sigv4", "aws_durable_execution_sdk_python",
    "bedrock_agentcore", "mcp", "gql", "aws_cdk", "kombu", "celery", "django_ses", "storages", "flask_dynamo",
    "dynamo3", "dynamorm", "bloop", "deltalake", "duckdb", "pyarrow", "polars", "aws_advanced_python_wrapper",
    "neptune_python_utils", "gremlin_python", "crhelper", "sqs_extended_client", "ask_sdk",
    "ask_sdk_dynamodb_persistence_adapter", "aws_kinesis_agg", "amazondax", "lambda_cache", "ssm_cache",
)  # fmt: skip
_SCRIPT = (
    "dynamoose", "electrodb", "dynamodb-toolbox", "@typedorm/core", "@aws/dynamodb-data-mapper", "dynamodb-onetable",
    "aws-amplify", "@aws-amplify/", "aws4", "aws4fetch", "aws4-axios", "@smithy/signature-v4",
    "@aws-sdk/signature-v4", "@aws/durable-execution-sdk-js", "aws-appsync", "amazon-qldb-driver-nodejs", "kafkajs",
    "aws-msk-iam-sasl-signer-js", "@opensearch-project/opensearch", "sqs-producer", "sqs-consumer", "s3-streams",
    "@langchain/", "langchain", "@aws-crypto/client-node", "aws-iot-device-sdk", "aws-iot-device-sdk-v2", "ask-sdk",
    "ask-sdk-dynamodb-persistence-adapter", "s3-upload-stream", "amazon-dax-client", "sst", "sst/node", "nodemailer",
    "winston-cloudwatch", "data-api-client", "typeorm-aurora-data-api-driver", "@strands-agents/sdk",
    "serverless-mysql", "connect-dynamodb", "multer-s3", "s3-sync-client", "aws-embedded-metrics",
    "@aws-lambda-powertools/batch-s3",
)  # fmt: skip
"""Libraries that sign requests to AWS with the function's role themselves (README of each)."""

_IMPORTS_PYTHON = late(
    rf"^[ \t]*(?:import|from)[ \t]+({'|'.join(map(re.escape, _PYTHON))})(?=[.\s,])".encode(), re.MULTILINE
)
_IMPORTS_SCRIPT = late(rf"(?:from|require\(|import\(|import)\s*['\"]({'|'.join(map(re.escape, _SCRIPT))})".encode())
_IMPORTS_TYPED = late(
    rb"\b(io\.awspring\.cloud|com\.amazonaws\.services\.kinesis\.producer|com\.amazon\.sqs\.javamessaging"
    rb"|software\.amazon\.lambda\.powertools\.largemessages|software\.amazon\.awssdk\.messagemanager"
    rb"|com\.amazonaws\.encryptionsdk|software\.amazon\.payloadoffloading|software\.amazon\.kinesis)\b"
    rb"|\"(github\.com/guregu/dynamo|gocloud\.dev/[\w/]{1,60}|github\.com/aws/aws-secretsmanager-caching-go)"
)
_IMPORTS_NET = late(
    rb"^[ \t]*(?:global[ \t]+)?using[ \t]+(Amazon\.Extensions\.(?:Configuration|S3)[\w.]*|AWS\.Messaging[\w.]*"
    rb"|AWS\.Lambda\.Powertools\.Idempotency[\w.]*|Amazon\.AspNetCore\.[\w.]+|MassTransit[\w.]*"
    rb"|Amazon\.Extensions\.CognitoAuthentication|Kralizek\.Extensions[\w.]*|Amazon\.DynamoDBv2\.Session[\w.]*)",
    re.MULTILINE,
)
"""Libraries for Go, Java and .NET that make calls which their callers do not spell out."""
_SHELL = late(
    rb"\bsubprocess\b[^\n]{0,80}['\"]aws['\" ]|\bos\.system\([^\n]{0,40}['\"]aws |exec(?:Sync)?\([^\n]{0,40}['\"`]aws "
)

_KNOWN_LAYERS = late(
    r":(?:017000801446|094274105915|580247275435|901920570463|615299751070|184161586896|464622532012|451483290750"
    r"|015030872274|187925254637|177933569100|133256977650|753240598075|336392948345):layer:|LambdaInsights|Powertools"
    r"|powertools|AWS-Parameters-and-Secrets|aws-otel|AWSSDKPandas|LambdaAdapter|Datadog|NewRelic|Klayers|xray",
)
"""Layers that bring libraries or tools but call nothing for the function: Powertools, Lambda Insights, OpenTelemetry,
Datadog, New Relic, the Web Adapter, the parameters extension (AWS documentation of each)."""


_ALL_PYTHON = late(rb"^[ \t]*(?:import|from)[ \t]+(\w+)", re.MULTILINE)
_PROVIDED = frozenset({"boto3", "botocore", "cfnresponse"})
"""What Lambda itself brings."""
_OWN_SCRIPT = late(rb"(?:from|require\(|import\()\s*['\"]((?:\.{1,2}|/opt)/[^'\"\n]{1,200})['\"]")


def module_names(paths: Sequence[str], folder: str) -> frozenset[str]:
    """The names by which files of Python below a folder (empty: the whole tree) may be imported; `paths` is sorted.

    A module that is called so is most likely the project's own.
    """
    root = f"{folder.rstrip('/')}/" if folder not in {"", "."} else ""
    found: set[str] = set()
    for place in range(bisect_left(paths, root), len(paths)):
        path = paths[place]
        if not path.startswith(root):
            break
        parts = path[len(root) :].removesuffix(".py").split("/")
        found.update(parts[-2:])
    return frozenset(found)


def is_python(path: str) -> bool:
    """Whether a path is a file of Python."""
    return path.endswith(".py")


def _lost(path: str, data: bytes, files: Iterable[str], own: frozenset[str], tree: Tree) -> Iterator[NotFollowed]:
    """Imports of the project's own code that lead to no file that was read."""
    read = {part for file in files for part in file.replace(".", "/").split("/")}
    if path.endswith(".py"):
        for match in _ALL_PYTHON.finditer(data):
            name = match[1].decode()
            if name in own - _PROVIDED and name not in read and name not in sys.stdlib_module_names:
                yield NotFollowed(
                    _span(path, data, match.start(1)), f"the module {name} is not where it is imported from"
                )
        return
    for match in _OWN_SCRIPT.finditer(data):
        name = match[1].decode("utf-8", "replace").rstrip("/")
        stem = name.rpartition("/")[2].partition(".")[0]
        if stem and stem not in read and not _exists(path, name, tree):
            yield NotFollowed(_span(path, data, match.start(1)), f"the module {name} is not where it is imported from")


_SUFFIXES = ("", ".ts", ".js", ".mjs", ".cjs", ".tsx", ".jsx", ".d.ts", ".json", "/index.ts", "/index.js", "/index.mjs")


_TEMPLATES = (".yaml", ".yml", ".json", ".tf", ".template")
"""Files that code may stand in."""


def _exists(path: str, name: str, tree: Tree) -> bool:
    """Whether a relative import leads to a file; one that was not read declares types only."""
    if not name.startswith("."):
        return False
    base = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
    stem = re.sub(r"\.[cm]?js$", "", base)
    return any(tree.size(f"{one}{suffix}") is not None for one in dict.fromkeys((base, stem)) for suffix in _SUFFIXES)


def opaque(
    function: Function | None, entries: Iterable[CodeFacts], tree: Tree | None, own: frozenset[str]
) -> Iterator[NotFollowed]:
    """The libraries, modules and layers of one function that may call AWS unseen.

    `own`: the names of the project's modules of Python.
    """
    files = tuple(dict.fromkeys(file for facts in entries for file in facts.files))
    for path in files:
        data = tree.read(path) if tree is not None and "#" not in path else None
        if data is None or tree is None:
            continue
        if path.endswith((".go", ".java", ".cs")):
            for match in (_IMPORTS_NET if path.endswith(".cs") else _IMPORTS_TYPED).finditer(data):
                place = 1 if match[1] is not None else 2
                words = f"the library {match[place].decode()} calls AWS by itself"
                yield NotFollowed(_span(path, data, match.start(place)), words)
            continue
        python, template = path.endswith(".py"), path.endswith(_TEMPLATES)
        for pattern in (
            (_IMPORTS_PYTHON,) if python else (_IMPORTS_PYTHON, _IMPORTS_SCRIPT) if template else (_IMPORTS_SCRIPT,)
        ):
            for match in pattern.finditer(data):
                found = match[1].decode()
                yield NotFollowed(_span(path, data, match.start(1)), f"the library {found} calls AWS by itself")
        if not template:
            yield from _lost(path, data, files, own, tree)
        shell = _SHELL.search(data)
        if shell is not None:
            yield NotFollowed(_span(path, data, shell.start()), "a command line runs the AWS CLI")
    for layer in function.layers if function is not None else ():
        if not _KNOWN_LAYERS.search(layer.text):
            yield NotFollowed(layer.at, f"the code of the layer {layer.text[:80]} is not followed")


def _span(path: str, data: bytes, at: int) -> Span:
    line = data.count(b"\n", 0, at) + 1
    column = at - (data.rfind(b"\n", 0, at) + 1) + 1
    return Span(path, line, column, line, column + 1)
