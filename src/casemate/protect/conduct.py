"""What the code of a function does beside calling AWS: whom it connects to, what it starts, writes and compiles.

Read from the text of its own files, so it knows names, not values: what is found decides what has to be allowed, what
is not found is not allowed, and a library whose conduct is not known makes that an observation instead of a limit.
Sources: Python documentation, "Audit events table" and the modules named here; Lambda developer guide, "Configure
ephemeral storage" and "Configuring file system access" (where a function can write).
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.sources.tree import Tree

_IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+([\w.]{1,200})[ \t]+import\b|import[ \t]+([\w., \t]{1,500}))", re.MULTILINE)
_NETWORK = frozenset(
    {
        *("requests", "httpx", "aiohttp", "urllib3", "urllib", "http", "socket", "smtplib", "ftplib", "telnetlib"),
        *("imaplib", "poplib", "xmlrpc", "paramiko", "pymysql", "MySQLdb", "psycopg", "psycopg2", "asyncpg", "redis"),
        *(
            "pymongo",
            "motor",
            "stripe",
            "twilio",
            "openai",
            "anthropic",
            "slack_sdk",
            "grpc",
            "websocket",
            "websockets",
        ),
        *(
            "elasticsearch",
            "opensearchpy",
            "kafka",
            "confluent_kafka",
            "pika",
            "pg8000",
            "mysql",
            "pyodbc",
            "ldap3",
            "jwt",
        ),
        *("sendgrid", "github", "gitlab", "google", "azure", "msal", "hvac", "dns", "treq", "tornado", "asyncio"),
    }
)
"""Modules that connect to hosts of the caller's choice."""
_PART_OF_NETWORK = frozenset({"urllib.parse", "urllib.error", "http.HTTPStatus", "http"})
"""Parts of those that do not."""
_QUIET = frozenset(
    {
        *(
            "aws_lambda_powertools",
            "boto3",
            "botocore",
            "s3transfer",
            "jmespath",
            "dateutil",
            "pytz",
            "yaml",
            "simplejson",
        ),
        *(
            "orjson",
            "ujson",
            "pydantic",
            "pydantic_core",
            "typing_extensions",
            "attr",
            "attrs",
            "marshmallow",
            "jsonschema",
        ),
        *(
            "ulid",
            "nanoid",
            "cachetools",
            "tenacity",
            "pendulum",
            "arrow",
            "isodate",
            "phonenumbers",
            "markdown",
            "bs4",
        ),
        *(
            "lxml",
            "defusedxml",
            "cryptography",
            "jose",
            "nacl",
            "bcrypt",
            "passlib",
            "structlog",
            "loguru",
            "aws_xray_sdk",
        ),
        *(
            "casemate_guard",
            "six",
            "certifi",
            "idna",
            "charset_normalizer",
            "tzdata",
            "xmltodict",
            "cfnresponse",
            "msgspec",
        ),
        *(
            "azure.functions",
            "functions_framework",
            "cloudevents",
            "aws_embedded_metrics",
            "dotenv",
            "typing_inspection",
        ),
    }
)
"""Packages that connect to nothing but AWS, start nothing, write nothing and compile nothing of others' choice."""
_COMPILES = frozenset(
    {*("jinja2", "mako", "chameleon", "numba", "numexpr", "sympy", "cffi", "ctypes", "flask", "django")}
)

_PROCESS = re.compile(
    rb"\b(?:subprocess\.\w+|os\.(?:system|popen|exec\w+|spawn\w+|posix_spawnp?|fork|forkpty)|pty\.spawn|popen2\.\w+"
    rb"|asyncio\.create_subprocess_\w+|(?:multiprocessing|mp)\.(?:Process|Pool)|ProcessPoolExecutor)\s*\("
)
_PROGRAM = re.compile(
    rb"\bsubprocess\.(?:run|call|check_call|check_output|Popen)\(\s*\[\s*[rb]{0,2}[\"']([\w./+-]{1,200})[\"']"
)
_PROCESS_MODULES = frozenset({"subprocess", "pty", "multiprocessing", "sh", "plumbum", "pexpect", "invoke", "fabric"})
_EVAL = re.compile(rb"(?<![\w.])(?:eval|exec|compile)\s*\(")
_WRITE = re.compile(
    rb"\bopen\s*\([^()\n]{0,300}[\"'][rbt]?[wax+][bt+]{0,2}[\"']|\.write_(?:text|bytes)\s*\(|\btempfile\.|\bshutil\."
    rb"|\bos\.(?:remove|unlink|rename|replace|mkdir|makedirs|rmdir|link|symlink|truncate|open)\s*\(|\.(?:mkdir|touch|unlink)\s*\("
    rb"|\bsqlite3\.connect|\.extract(?:all)?\s*\(|\.download_file\s*\(|FileHandler\s*\(|\.to_(?:csv|excel|parquet)\s*\(|\.save\s*\("
)
_URL = re.compile(
    rb"\b(?:https?|wss?|rediss?|postgres(?:ql)?|mysql|amqps?|mongodb(?:\+srv)?)://(?:[^\s/@\"']{0,200}@)?([A-Za-z0-9.-]{1,253})"
)
_COMMENT = re.compile(rb"(?m)^[ \t]*#[^\n]*")


@dataclass(frozen=True, slots=True)
class Place:
    """What was met, and where: `path:line`."""

    what: str
    at: str


@dataclass(slots=True)
class Conduct:
    """What the files of one function do. Lists of places; `programs`: None where not every one is written out."""

    network: list[Place] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    processes: list[Place] = field(default_factory=list)
    programs: set[str] | None = field(default_factory=set)
    writes: list[Place] = field(default_factory=list)
    code: list[Place] = field(default_factory=list)
    compiling: set[str] = field(default_factory=set)
    strangers: list[Place] = field(default_factory=list)


def conduct_of(files: Iterable[str], tree: Tree, own: frozenset[str]) -> Conduct:
    """What the files do; `own`: names by which modules of the project are imported."""
    found = Conduct()
    for path in files:
        data = tree.read(path) if path.endswith(".py") else None
        if data is not None:
            # Comments keep their length, so that places stay right.
            _read(path, _COMMENT.sub(lambda match: b" " * len(match[0]), data), own, found)
    return found


def _read(path: str, data: bytes, own: frozenset[str], found: Conduct) -> None:
    for module, at in _imports(data):
        _imported(module, Place(module, _place(path, data, at)), own, found)
    starts = [match.start() for match in _PROCESS.finditer(data)]
    programs = [match[1].decode() for match in _PROGRAM.finditer(data)]
    found.processes += [Place("starts a process", _place(path, data, at)) for at in starts]
    if len(programs) < len(starts):
        found.programs = None
    elif found.programs is not None:
        found.programs.update(programs)
    for match in _EVAL.finditer(data):
        found.code.append(Place(match[0].decode().rstrip(" ("), _place(path, data, match.start())))
        found.compiling.add(path.rpartition("/")[2].removesuffix(".py"))
    found.writes += [Place("writes files", _place(path, data, match.start())) for match in _WRITE.finditer(data)]
    for match in _URL.finditer(data):
        host = match[1].decode().rstrip(".").lower()
        if "." in host:
            found.hosts.add(host)


def _imports(data: bytes) -> Iterator[tuple[str, int]]:
    for match in _IMPORT.finditer(data):
        if match[1]:
            yield match[1].decode(), match.start(1)
            continue
        for part in match[2].split(b","):
            name = part.split()[0].decode() if part.split() else ""
            if name:
                yield name, match.start(2)


def _imported(module: str, place: Place, own: frozenset[str], found: Conduct) -> None:
    top = module.partition(".")[0]
    if not top or top in own:
        return
    if top in _PROCESS_MODULES and top not in {"subprocess", "multiprocessing"}:
        found.processes.append(place)
        found.programs = None
    if top == "aws_lambda_powertools":
        found.compiling.add("fastjsonschema")  # what its validation is made with
    if top in _COMPILES:
        found.code.append(place)
        found.compiling.add(top)
    if top in _NETWORK and module not in _QUIET and module not in _PART_OF_NETWORK:
        if top not in {"asyncio", "jwt"}:  # they connect only when told so, by calls that name a library of their own
            found.network.append(place)
    elif top not in sys.stdlib_module_names and top not in _QUIET and module not in _QUIET and top not in _COMPILES:
        found.strangers.append(place)


def _place(path: str, data: bytes, at: int) -> str:
    line = data.count(b"\n", 0, at) + 1
    return f"{path}:{line}"
