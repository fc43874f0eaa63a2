"""Calls that only together say what they are about: queries of Athena, sessions of AppConfig, tasks of ECS.

A query is started in a workgroup; whoever asks for its state names the query only. The session of AppConfig hands out a
token, a task runs with the roles that its definition names. What the other call of the same function, or the template,
says of it is put into the parameters here, so that `resources.py` finds it.

Sources: Athena API reference, "GetQueryExecution"; Athena user guide, "Specify a query result location", "Workgroup
settings override client-side settings"; AppConfig, "Retrieving configuration data"; ECS developer guide, "Amazon ECS
task execution IAM role", "Task IAM role" (who runs a task passes both).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.access.needs.exceptions import QUERY_DATA, QUERY_RESULTS, TASK_ROLES
from casemate.model.value import Fields, Items, Literal, Reference, Text, Value, references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from casemate.analysis.access.needs.resources import Texts
    from casemate.model.resource import Resource, Stack

Call = tuple[str, str, dict[str, tuple[str, ...]]]
"""Service, operation and bound parameters of one call."""

_QUERIES = frozenset({
    "GetQueryExecution", "GetQueryResults", "GetQueryResultsStream", "GetQueryRuntimeStatistics", "StopQueryExecution",
    "BatchGetQueryExecution",
})  # fmt: skip
_KEY = re.compile(r"\$\{((?!AWS::)[^}!]+?)(?:\.(?:Arn|Name))?\}")
_TABLE_TYPES = ("AWS::Glue::Table", "aws_glue_catalog_table")
_EXECUTIONS = frozenset({"DescribeExecution", "StopExecution", "GetExecutionHistory", "RedriveExecution",
                         "DescribeStateMachineForExecution"})  # fmt: skip
_STREAMS = {"kinesis": ("StreamName", "StreamARN"), "dynamodbstreams": ("StreamArn",)}
"""An iterator is of one stream; records are asked for with it alone."""
_SERVICES = frozenset({"athena", "appconfigdata", "ecs", "stepfunctions", *_STREAMS})
_PLACES = ("ApplicationIdentifier", "EnvironmentIdentifier", "ConfigurationProfileIdentifier")
_MAX = 12


def completed(calls: Sequence[Call], stack: Stack | None) -> list[dict[str, Texts]]:
    """The parameters of the calls of one function, in their order, with what other calls and the template add."""
    if not {service for service, _, _ in calls} & _SERVICES:
        return [parameters for _, _, parameters in calls]
    groups = _texts(calls, "athena", "StartQueryExecution", "WorkGroup", "primary")
    results: dict[str, Texts] = {}
    made: list[dict[str, Texts]] = []
    for service, operation, given in calls:
        extra: dict[str, Texts] = {}
        if (service, operation) == ("athena", "StartQueryExecution"):
            extra = _query(given, stack)
            for name in [name for name in extra if name.startswith(QUERY_RESULTS)]:
                results[name] = tuple(dict.fromkeys((*results.get(name, ()), *extra[name])))
        elif (service, operation) == ("ecs", "RunTask"):
            extra = {TASK_ROLES: tuple(_roles(given, stack)) or ("*",)}
        elif service == "stepfunctions" and operation in _EXECUTIONS:
            extra = _started(calls, given)
        elif operation == "GetRecords" and service in _STREAMS:
            extra = _iterated(calls, service, given)
        elif service == "appconfigdata":
            extra = _session(calls, given, stack)
        made.append({**given, **extra})
    for place, (service, operation, given) in enumerate(calls):
        if service == "athena" and operation in _QUERIES and "WorkGroup" not in given:
            made[place] = {**given, **results, "WorkGroup": groups}
    return made


def _texts(calls: Iterable[Call], service: str, operation: str, name: str, absent: str) -> Texts:
    """What the calls of one operation give a parameter; `*` when there is no such call."""
    found: list[str] = []
    for one, other, parameters in calls:
        if (one, other) == (service, operation):
            found += parameters.get(name) or (absent,)
    return tuple(dict.fromkeys(found)) or ("*",)


# -- Athena
def _query(given: dict[str, Texts], stack: Stack | None) -> dict[str, Texts]:
    """Where a query's results go and its tables are, as Bucket and Key; the database by name."""
    found: dict[str, Texts] = {}
    locations = [_split(text) for text in given.get("ResultConfiguration.OutputLocation", ())]
    groups = [_resource(text, stack) for text in given.get("WorkGroup", ())]
    for group in groups:
        location = _at(group, "WorkGroupConfiguration", "ResultConfiguration", "OutputLocation")
        if location is not None:
            locations.append(_split(_written(location)))
    found.update(_placed(QUERY_RESULTS, locations))
    databases = given.get("QueryExecutionContext.Database", ())
    tables = list(_tables(databases, stack))
    found.update(_placed(QUERY_DATA, [_split(_written(location)) for _, location in tables if location is not None]))
    if databases:
        found["DatabaseName"] = tuple(_by_name(text) for text in databases)
    return found


def _tables(databases: Texts, stack: Stack | None) -> Iterator[tuple[str, Value | None]]:
    """The tables that the template declares (of the database, where it is known), with where each has its data."""
    wanted = {match[1] for text in databases for match in _KEY.finditer(text)}
    names = {text for text in databases if "$" not in text and "*" not in text}
    for key, resource in stack.resources.items() if stack is not None else ():
        if resource.type not in _TABLE_TYPES:
            continue
        body = resource.properties
        database = body.get("DatabaseName") or body.get("database_name")
        owners = {one.target for one in references(database)} if database is not None else set()
        text = str(database.value) if isinstance(database, Literal) else ""
        if (wanted or names) and not (owners & wanted or text in names) and (owners or text):
            continue
        yield (
            key,
            _at(resource, "TableInput", "StorageDescriptor", "Location")
            or _at(resource, "storage_descriptor", "location"),
        )


def _placed(name: str, locations: list[tuple[str, str]]) -> dict[str, Texts]:
    known = locations[:_MAX] or [("*", "*")]
    return {
        f"{name}.Bucket": tuple(dict.fromkeys(bucket for bucket, _ in known)),
        f"{name}.Key": tuple(dict.fromkeys(key for _, key in known)) if len(known) == 1 else ("*",),
    }


def _split(location: str) -> tuple[str, str]:
    """`s3://bucket/prefix/` as the bucket's ARN or name, and the pattern of keys below it."""
    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    whole = re.fullmatch(r"\$\{((?!AWS::)[^}!]+)\}", bucket)
    if whole is not None:
        bucket = bucket if whole[1].endswith(".Arn") else f"${{{whole[1].removesuffix('.Name')}.Arn}}"
    prefix = prefix.rstrip("/")
    return bucket or "*", f"{prefix}/*" if prefix and not prefix.endswith("*") else prefix or "*"


def _by_name(text: str) -> str:
    """A reference to a resource as its name: `${Db.Arn}` -> `${Db}`; Terraform's own attribute where it is one's."""
    match = re.fullmatch(r"\$\{([^}!]+)\.Arn\}", text)
    if match is None:
        return text
    return f"${{{match[1]}.Name}}" if "." in match[1] else f"${{{match[1]}}}"


def _written(value: Value) -> str:
    """A value as text, references as `${key}`."""
    if isinstance(value, Literal):
        return str(value.value)
    if isinstance(value, Text):
        return "".join(_written(part) for part in value.parts)
    if isinstance(value, Reference):
        return f"${{{value.target}}}"
    return "*"


# -- streams and sessions
def _iterated(calls: Sequence[Call], service: str, given: dict[str, Texts]) -> dict[str, Texts]:
    """The stream that an iterator was made for."""
    found = {name: _texts(calls, service, "GetShardIterator", name, "*") for name in _STREAMS[service]}
    return {name: texts for name, texts in found.items() if name not in given and texts != ("*",)}


def _session(calls: Sequence[Call], given: dict[str, Texts], stack: Stack | None) -> dict[str, Texts]:
    """What a session was started for, as the identifiers that the template knows."""
    found: dict[str, Texts] = {}
    for name in _PLACES:
        texts = given.get(name) or _texts(calls, "appconfigdata", "StartConfigurationSession", name, "*")
        found[name] = tuple(_named(texts, name, stack))
    return found


# -- Step Functions
def _started(calls: Sequence[Call], given: dict[str, Texts]) -> dict[str, Texts]:
    """The machine of an execution that the function started itself."""
    if any(text != "*" for text in given.get("executionArn", ())):
        return {}
    texts = [
        text
        for operation in ("StartExecution", "StartSyncExecution")
        for text in _texts(calls, "stepfunctions", operation, "stateMachineArn", "*")
    ]
    names = tuple(dict.fromkeys(name for text in texts if (name := _machine(text)) != "*"))
    return {"stateMachineArn": names} if names else {}


def _machine(text: str) -> str:
    """A state machine by its name, as it stands in the ARNs of its executions."""
    whole = re.fullmatch(r"\$\{([^}!]+)\.Arn\}", text)
    if whole is not None:
        return f"${{{whole[1]}.Name}}"
    return text.rpartition(":")[2] if text.startswith("arn:") else "*"


# -- ECS
def _roles(given: dict[str, Texts], stack: Stack | None) -> Iterator[str]:
    """The roles of the task definition, and those that the call puts in their place."""
    for name in ("overrides.taskRoleArn", "overrides.executionRoleArn"):
        yield from given.get(name, ())
    for text in given.get("taskDefinition", ()):
        resource = _resource(text, stack)
        for name in ("TaskRoleArn", "ExecutionRoleArn"):
            value = resource.properties.get(name) if resource is not None else None
            target = next(references(value), None) if value is not None else None
            if target is not None and stack is not None and target.target in stack.resources:
                yield f"${{{target.target}.Arn}}"
            elif isinstance(value, Literal):
                yield str(value.value)


# -- AppConfig
def _named(texts: Texts, name: str, stack: Stack | None) -> Iterator[str]:
    """The identifier of what the template declares under the name that the code gives."""
    kind = {"ApplicationIdentifier": "AWS::AppConfig::Application",
            "EnvironmentIdentifier": "AWS::AppConfig::Environment",
            "ConfigurationProfileIdentifier": "AWS::AppConfig::ConfigurationProfile"}.get(name)  # fmt: skip
    for text in texts:
        if kind is None:
            yield text
            continue
        if text.startswith("${"):
            yield text.replace(".Arn}", "}")
            continue
        keys = [
            key
            for key, resource in (stack.resources.items() if stack is not None else ())
            if resource.type == kind
            and isinstance(resource.properties.get("Name"), Literal)
            and getattr(resource.properties.get("Name"), "value", None) == text
        ]
        # An ARN holds the identifier, which only AWS knows.
        yield f"${{{keys[0]}}}" if len(keys) == 1 else "*"


# -- values
def _resource(text: str, stack: Stack | None) -> Resource | None:
    match = _KEY.fullmatch(text)
    if stack is None:
        return None
    if match is not None:
        return stack.resources.get(match[1])
    return None


def _at(resource: Resource | None, *path: str) -> Value | None:
    """What stands at a path of properties; of a list the first element."""
    value: Value | None = resource.properties if resource is not None else None
    for name in path:
        while isinstance(value, Items):
            value = value.items[0] if value.items else None
        if not isinstance(value, Fields):
            return None
        value = value.get(name)
    return value
