"""The interpreters that handlers are called with, and the packages that are stood in for.

`ALWAYS`: clients of services, whose calls must not act and whose answers nobody can know; what they are given is what
is judged. `MISSING`: packages whose answers do not matter for a verdict (telemetry, readers that are only a sink),
stood in for when they are not installed. Everything else has to be installed: the escape of a missing library cannot
be guessed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from casemate.errors import UsageError
from casemate.prove.sandbox import Program

PYTHON_ALWAYS = (
    "boto3", "botocore", "aiobotocore", "aioboto3", "requests", "urllib3", "httpx", "sqlite3", "sqlalchemy", "psycopg2",
    "psycopg", "psycopg_pool", "pymysql", "MySQLdb", "mysql", "asyncpg", "aiomysql", "aiosqlite", "databases", "pg8000",
    "pyodbc", "cx_Oracle", "oracledb", "snowflake", "cassandra", "pymongo", "motor", "redis", "aioredis",
    "elasticsearch",
    "opensearchpy", "ldap", "ldap3", "paramiko", "fabric", "pika", "kafka", "confluent_kafka", "stripe", "twilio",
    "sendgrid",
    "openai", "anthropic", "azure.storage", "azure.cosmos", "azure.identity", "azure.servicebus", "azure.keyvault",
    "azure.data", "google.cloud", "firebase_admin", "slack_sdk", "smtplib", "ftplib", "telnetlib", "peewee", "pynamodb",
)  # fmt: skip
PYTHON_MISSING = (
    "aws_xray_sdk", "aws_lambda_powertools", "sentry_sdk", "ddtrace", "datadog_lambda", "newrelic", "opentelemetry",
    "structlog", "loguru", "dotenv", "pytz", "jwt", "jose", "lxml", "elementpath", "jinja2", "mako", "Crypto",
    "cryptography",
    "bcrypt", "nacl", "simplejson", "mangum", "aws_lambda_context", "lambda_decorators", "crhelper", "cfnresponse",
)  # fmt: skip
NODE_ALWAYS = (
    "aws-sdk", "@aws-sdk/", "@smithy/", "mysql", "mysql2", "pg", "pg-promise", "pg-pool", "mongodb", "mongoose",
    "redis",
    "ioredis", "axios", "node-fetch", "got", "request", "request-promise", "request-promise-native", "superagent",
    "needle",
    "undici", "nodemailer", "knex", "sequelize", "typeorm", "tedious", "mssql", "oracledb", "cassandra-driver",
    "sqlite3",
    "better-sqlite3", "serverless-mysql", "@google-cloud/storage", "@google-cloud/pubsub", "@google-cloud/firestore",
    "@google-cloud/bigquery", "@azure/storage-blob", "@azure/cosmos", "@azure/identity", "@azure/service-bus",
    "firebase-admin", "ldapjs", "ssh2", "node-ssh", "kafkajs", "amqplib", "twilio", "stripe", "openai",
    "@sendgrid/mail",
    "@slack/web-api", "@prisma/client", "data-api-client",
)  # fmt: skip
NODE_MISSING = (
    "aws-xray-sdk", "aws-xray-sdk-core", "@aws-lambda-powertools/", "dotenv", "winston", "pino", "@sentry/", "dd-trace",
    "datadog-lambda-js", "newrelic", "@opentelemetry/", "source-map-support", "xpath", "@xmldom/xmldom", "xmldom",
    "libxmljs",
    "libxmljs2", "dustjs-linkedin", "handlebars", "ejs", "mustache", "pug", "nunjucks", "jsonwebtoken", "jose", "uuid",
    "bunyan", "log4js", "lambda-log", "moment", "@middy/", "serverless-http", "@vendia/serverless-express",
    "@codegenie/serverless-express", "aws-serverless-express", "cors", "helmet", "morgan", "body-parser", "compression",
)  # fmt: skip
_INSIDE_PYTHON = (
    "import sys; sys.path[:] = ['{tools}', *filter(None, sys.path)]; from inside.driver import main; "
    "sys.path.remove('{tools}'); main()"
)
_ASK = "import json, sys; print(json.dumps([sys.prefix, sys.base_prefix, sys.exec_prefix, list(sys.version_info[:2])]))"


@cache
def python(given: str | None) -> Program:
    """The interpreter named by the user, else our own. Raises `UsageError` when it does not start."""
    executable = shutil.which(given) if given else sys.executable
    if not executable:
        raise UsageError(f"--python {given}: there is no such program")
    try:
        said = subprocess.run([executable, "-I", "-c", _ASK], capture_output=True, text=True, timeout=20, check=True)
        *folders, version = json.loads(said.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise UsageError(f"--python {executable}: it does not start") from error
    if version < [3, 9]:
        raise UsageError(f"--python {executable}: Python 3.9 or newer is needed")
    needs = (
        {os.path.realpath(one) for one in folders} | set(folders) | {str(Path(os.path.realpath(executable)).parents[1])}
    )
    absolute = str(
        Path.cwd() / executable
    )  # not resolved: the link is what makes it the interpreter of its environment
    safe = ("-P",) if version >= [3, 11] else ()
    return Program((absolute, "-s", "-E", "-B", *safe, "-c", _INSIDE_PYTHON), _outer(needs))


def _outer(folders: set[str]) -> tuple[str, ...]:
    """Without those in which the user's home lies: what they show beside an interpreter is nobody's business."""
    home = Path.home().resolve()
    return tuple(sorted(one for one in folders if Path(one).is_dir() and not home.is_relative_to(Path(one).resolve())))


@cache
def node(given: str | None) -> Program | None:
    """Node.js, or None where it is not installed. Raises `UsageError` when the one that was named is not there."""
    executable = shutil.which(given or "node")
    if not executable:
        if given:
            raise UsageError(f"--node {given}: there is no such program")
        return None
    real = os.path.realpath(executable)
    needs = _outer({str(Path(real).parents[1])}) or (real,)
    return Program(
        (real, "--max-old-space-size=384", "--no-warnings", "{tools}/inside/node_driver.js"), needs,
        addresses=False, environment=(("NODE_OPTIONS", ""), ("UV_THREADPOOL_SIZE", "2")),
    )  # fmt: skip
