"""Libraries that call a cloud's SDK for their caller: what they call, on what.

Sources: Powertools for AWS Lambda (Python, TypeScript), "Parameters", "Idempotency", "Feature flags" (the permissions
tables of each);
aws-secretsmanager-caching-python, README; middy, "ssm", "secrets-manager", "dynamodb", "appconfig", "sts" middlewares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from casemate.analysis.code.joining import options_of
from casemate.analysis.code.values import Client, Const, Mapping, Sequence, Value

if TYPE_CHECKING:
    from casemate.analysis.code.interpret.applying import Given


class Wrapped(NamedTuple):
    """One function of a library: what it calls, and which of its arguments (by place or name) is which parameter."""

    service: str
    operations: tuple[str, ...]
    parameters: tuple[tuple[str, int | str], ...] = ()


_SECRET = Wrapped("secretsmanager", ("GetSecretValue",), (("SecretId", 0), ("SecretId", "name")))
_PARAMETER = Wrapped("ssm", ("GetParameter",), (("Name", 0), ("Name", "name")))
_PARAMETERS = Wrapped("ssm", ("GetParametersByPath",), (("Path", 0), ("Path", "path")))
_NAMED = Wrapped("ssm", ("GetParameters",), (("Names", 0), ("Names", "parameters")))
_SESSION = ("StartConfigurationSession", "GetLatestConfiguration")
_APPLICATION, _STAGE, _PROFILE = (
    "ApplicationIdentifier", "EnvironmentIdentifier", "ConfigurationProfileIdentifier")  # fmt: skip
_SETTINGS: tuple[tuple[str, int | str], ...] = (
    (_APPLICATION, "application"), (_STAGE, "environment"), (_PROFILE, "name"),
)  # fmt: skip
_CONFIGURATION = Wrapped("appconfigdata", _SESSION, (*_SETTINGS, (_PROFILE, 0)))
_FLAGS = Wrapped("appconfigdata", _SESSION, ((_STAGE, 0), (_APPLICATION, 1), (_PROFILE, 2), *_SETTINGS))
_PLACE = "aws_lambda_powertools.utilities.parameters"
_SCRIPT = "@aws-lambda-powertools/parameters"
_IDEMPOTENT = Wrapped(
    "dynamodb", ("GetItem", "PutItem", "UpdateItem", "DeleteItem"), (("TableName", 0), ("TableName", "table_name"))
)

WRAPPED: dict[str, Wrapped] = {
    **{f"{module}.get_secret": _SECRET for module in (_PLACE, f"{_PLACE}.secrets")},
    **{f"{module}.get_parameter": _PARAMETER for module in (_PLACE, f"{_PLACE}.ssm")},
    **{f"{module}.get_parameters": _PARAMETERS for module in (_PLACE, f"{_PLACE}.ssm")},
    **{f"{module}.get_parameters_by_name": _NAMED for module in (_PLACE, f"{_PLACE}.ssm")},
    **{f"{module}.set_parameter": Wrapped("ssm", ("PutParameter",), (("Name", 0), ("Name",
    "name"))) for module in (_PLACE, f"{_PLACE}.ssm")},
    **{f"{module}.set_secret": Wrapped("secretsmanager", ("PutSecretValue",), (("SecretId", 0), ("SecretId", "name")))
       for module in (_PLACE, f"{_PLACE}.secrets")},
    **{f"{module}.get_app_config": _CONFIGURATION for module in (_PLACE, f"{_PLACE}.appconfig")},
    **{f"{module}.SecretsProvider.get": _SECRET for module in (_PLACE, f"{_PLACE}.secrets")},
    **{f"{module}.SSMProvider.get": _PARAMETER for module in (_PLACE, f"{_PLACE}.ssm")},
    **{f"{module}.SSMProvider.get_multiple": _PARAMETERS for module in (_PLACE, f"{_PLACE}.ssm")},
    **{f"{module}.SSMProvider.get_parameters_by_name": _NAMED for module in (_PLACE, f"{_PLACE}.ssm")},
    **{f"{module}.AppConfigProvider.get": _CONFIGURATION for module in (_PLACE, f"{_PLACE}.appconfig")},
    **{f"aws_lambda_powertools.utilities.{module}": _IDEMPOTENT for module in (
        "idempotency.DynamoDBPersistenceLayer", "idempotency.persistence.dynamodb.DynamoDBPersistenceLayer")},
    "aws_lambda_powertools.utilities.feature_flags.AppConfigStore": _FLAGS,
    f"{_SCRIPT}/secrets.getSecret": _SECRET,
    f"{_SCRIPT}/ssm.getParameter": _PARAMETER,
    f"{_SCRIPT}/ssm.getParameters": _PARAMETERS,
    f"{_SCRIPT}/ssm.getParametersByName": _NAMED,
    f"{_SCRIPT}/ssm.setParameter": Wrapped("ssm", ("PutParameter",), (("Name", 0),)),
    f"{_SCRIPT}/appconfig.getAppConfig": _CONFIGURATION,
    f"{_SCRIPT}/secrets.SecretsProvider.get": _SECRET,
    f"{_SCRIPT}/ssm.SSMProvider.get": _PARAMETER,
    f"{_SCRIPT}/ssm.SSMProvider.getMultiple": _PARAMETERS,
    f"{_SCRIPT}/ssm.SSMProvider.getParametersByName": _NAMED,
    f"{_SCRIPT}/appconfig.AppConfigProvider.get": _CONFIGURATION,
    "@aws-lambda-powertools/idempotency/dynamodb.DynamoDBPersistenceLayer": Wrapped(
        "dynamodb", _IDEMPOTENT.operations, (("TableName", "tableName"),)),
    "aws_secretsmanager_caching.SecretCache.get_secret_string": Wrapped("secretsmanager", ("GetSecretValue",
    "DescribeSecret"), (("SecretId", 0),)),
    "aws_secretsmanager_caching.SecretCache.get_secret_binary": Wrapped("secretsmanager", ("GetSecretValue",
    "DescribeSecret"), (("SecretId", 0),)),
    "@middy/ssm": Wrapped("ssm", ("GetParameters",), (("Names", "fetchData"),)),
    "@middy/secrets-manager": Wrapped("secretsmanager", ("GetSecretValue",), (("SecretId", "fetchData"),)),
    "@middy/sts": Wrapped("sts", ("AssumeRole",)),
    "@middy/appconfig": _CONFIGURATION,
}  # fmt: skip

HANDS_ON = frozenset({
    "captureAWS", "captureAWSClient", "captureAWSv3Client", "captureAWSModule", "instrumentAWS",
})  # fmt: skip
"""Functions of tracing libraries that give back the SDK or client that they are given."""


PROVIDED = {"get": "GetItem", "getmultiple": "Query"}
"""Methods of a provider that keeps parameters in a table."""
_PROVIDERS = frozenset({
    f"{_PLACE}.DynamoDBProvider", f"{_PLACE}.dynamodb.DynamoDBProvider", f"{_SCRIPT}/dynamodb.DynamoDBProvider",
})  # fmt: skip


def provider_of(path: str, given: Given) -> Client | None:
    """A provider of parameters from a table, with the table's name; None for everything else."""
    if path not in _PROVIDERS:
        return None
    table = given.get(0) if not given.keywords else given.keywords.get("table_name")
    if isinstance(table, Mapping) or table is None:
        table = _option(given, "tableName")
    return Client("boto3", "dynamodb", "provider", {} if table is None else {"TableName": table})


def wrapped_call(path: str, given: Given) -> tuple[Client, tuple[str, ...], dict[str, Value]] | None:
    """What a library's function calls, None when it calls nothing that is known."""
    known = WRAPPED.get(path.replace("().", "."))
    if known is None:
        return None
    parameters: dict[str, Value] = {}
    for name, place in known.parameters:
        value = given.get(place) if isinstance(place, int) else given.keywords.get(place) or _option(given, place)
        if name == "Names" and isinstance(value, Mapping) and place != "fetchData":  # `{"/app/a": {…}}`
            value = Sequence(tuple(Const(key) for key in value.fields if isinstance(key, str)))
        if value is not None and name not in parameters and not (isinstance(place, int) and isinstance(value, Mapping)):
            parameters[name] = value
    return Client("boto3", known.service), known.operations, parameters


def _option(given: Given, name: str) -> Value | None:
    """A setting in an options object; of names behind keys of one's own the names."""
    from casemate.analysis.code.joining import union

    for option in (option for one in given.arguments[:3] for option in options_of(one)):
        if isinstance(option, Mapping) and name in option.fields:
            value = option.fields[name]
            return union(value.fields.values()) if isinstance(value, Mapping) else value
    return None
