"""Operations of AWS SDKs, and the IAM actions that they need.

Most operations need the action of their own name (94 % of botocore's 21,851 operations, counted by name); `EXCEPTIONS`
holds the rest of what serverless systems call, from the pages "Actions, resources, and condition keys" of the Service
Authorization Reference and the "Required permissions" of each operation in the services' API references. Service names
are botocore's (`stepfunctions`, `cognito-idp`); the data is compiled by `scripts/build_iam_data.py operations`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from casemate.analysis.access import catalogue
from casemate.analysis.access.data import archive
from casemate.analysis.access.needs.exceptions import EXCEPTIONS, HIGH_LEVEL, ONLY_WITH, WITH_PARAMETER
from casemate.analysis.access.needs.renamed import PREFIXES, RENAMED
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_FILE = "operations.dat"

ALIASES: Mapping[str, str] = {
    "sfn": "stepfunctions", "states": "stepfunctions", "eventbridge": "events", "cloudwatch-events": "events",
    "cloudwatchevents": "events", "cloudwatch-logs": "logs", "cloudwatchlogs": "logs", "monitoring": "cloudwatch",
    "dynamodb-streams": "dynamodbstreams", "cognitoidentityserviceprovider": "cognito-idp", "documentclient":
    "dynamodb",
    "cognito-identity-provider": "cognito-idp", "cognitoidentity": "cognito-identity", "iotdata": "iot-data",
    "iot-data-plane": "iot-data", "email": "ses", "elasticsearch-service": "es", "secrets-manager": "secretsmanager",
    "rdsdataservice": "rds-data", "rds-data-service": "rds-data", "es": "es", "lex-runtime-v2": "lexv2-runtime",
    "resource-groups-tagging-api": "resourcegroupstaggingapi", "app-config-data": "appconfigdata",
    "transcribeservice": "transcribe", "mobileanalytics": "pinpoint", "elastic-load-balancing-v2": "elbv2",
    "application-auto-scaling": "application-autoscaling", "cost-explorer": "ce", "config-service": "config",
    "configservice": "config", "database-migration-service": "dms", "mturk": "mturk",
}  # fmt: skip
"""Other names of services -> botocore's: of IAM prefixes, of the JavaScript clients and of older SDKs."""


@dataclass(frozen=True, slots=True)
class Need:
    """One action that an operation needs.

    `conditional`: only on some outcome or setting (a missing key, a tag that is set, a key of one's own); `source`: the
    parameter that names the resource, when it is not the one that the operation itself is about.
    """

    action: str
    conditional: bool = False
    source: str | None = None


@lru_cache(maxsize=1)
def _clients() -> Mapping[str, str]:
    """Squashed names of clients (`dynamodb`, `cloudwatchlogs`, `sfn`) -> botocore's name of the service."""
    ids: Mapping[str, str] = archive(_FILE).header["ids"]
    table = {squashed(identity): name for name, identity in ids.items()}
    table.update({squashed(name): name for name in ids})
    table.update({squashed(alias): name for alias, name in ALIASES.items()})
    return table


def squashed(name: str) -> str:
    """A name without case and separators, by which SDKs of all languages meet: `list_objects_v2`, `ListObjectsV2`."""
    return name.replace("_", "").replace("-", "").replace(" ", "").lower()


def service_of(client: str) -> str | None:
    """The service as botocore names it, from any SDK's: `@aws-sdk/client-sfn`, `AWS.StepFunctions`, `boto3`'s own."""
    name = client.rpartition("/")[2].removeprefix("client-")
    name = name.rpartition(".")[2]
    return _clients().get(squashed(name)) or _clients().get(squashed(name).removesuffix("client"))


@dataclass(frozen=True, slots=True)
class Service:
    """One service: IAM `prefix`, operations by squashed name, waiters by squashed name, HTTP methods by operation."""

    name: str
    prefix: str
    operations: Mapping[str, str]
    waiters: Mapping[str, str]
    methods: Mapping[str, str]


@lru_cache(maxsize=512)
def service(name: str) -> Service | None:
    """The service by botocore's name; None when there is none."""
    if name not in archive(_FILE).index:
        return None
    record = archive(_FILE).load(name)
    return Service(
        name,
        PREFIXES.get(name, record["p"]),
        {squashed(one): one for one in record["o"]},
        {squashed(key): value for key, value in record.get("w", {}).items()},
        dict(zip(record["o"], record.get("m", ()), strict=False)),
    )


def operation_of(client: str, method: str) -> tuple[Service, str] | None:
    """The service and the operation's API name behind a client's method, in any SDK's spelling.

    A waiter is the operation that it polls; a helper of an SDK (`upload_file`) keeps its own name, which `needs` knows.
    None when the service has no such operation.
    """
    name = service_of(client)
    found = service(name) if name else None
    if found is None:
        return None
    short = squashed(method)
    operation = found.operations.get(short) or found.waiters.get(short.removeprefix("waituntil").removeprefix("wait"))
    if operation is None and short in HIGH_LEVEL.get(found.name, {}):
        operation = short
    return (found, operation) if operation else None


def needs(service_: Service, operation: str, parameters: Collection[str] = ()) -> tuple[Need, ...]:
    """The actions of one operation; `parameters`: the names of those that the call sets.

    An operation whose action is not in AWS's tables and not in ours gives the action of its own name: better a role
    that
    names it than one that lacks it.
    """
    high = HIGH_LEVEL.get(service_.name, {}).get(operation)
    if high is not None:
        return tuple(_parsed(text) for text in high)
    name = f"{service_.name}:{operation}"
    given = EXCEPTIONS.get(name, RENAMED.get(name))
    if given is None and service_.name in {"docdb", "neptune"}:
        given = EXCEPTIONS.get(f"rds:{operation}")
    if given is not None:
        found = [_parsed(text) for text in given]
    elif service_.methods:
        found = [Need(f"apigateway:{service_.methods[operation]}")]
    elif service_.prefix == "execute-api":
        found = [Need("execute-api:ManageConnections")]
    else:
        action = catalogue.action(f"{service_.prefix}:{operation}")
        found = [Need(action.full_name if action else f"{service_.prefix}:{operation}")]
        found += [
            Need(dependent, conditional=True)
            for dependent in (action.dependent_actions if action else ())
            if catalogue.is_known(dependent)
        ]
    if not any(need.action == "iam:PassRole" and not need.conditional for need in found):
        found += [Need("iam:PassRole", source=one) for one in parameters if _passes_role(service_.name, operation, one)]
    for parameter, extra in WITH_PARAMETER.get(f"{service_.name}:{operation}", {}).items():
        if parameter in parameters:
            replaced = {text.partition("=>")[0] for text in extra if "=>" in text}
            found = [need for need in found if need.action not in replaced]
            found += [_parsed(text.rpartition("=>")[2]) for text in extra]
            certain = {need.action for need in found if not need.conditional}
            found = [need for need in found if not (need.conditional and need.action in certain)]
    only = ONLY_WITH.get(f"{service_.name}:{operation}", {})
    if only and not _OPEN & set(parameters):
        found = [
            need for need in found
            if not need.conditional or need.action not in only or _may_set(only[need.action], parameters)
        ]  # fmt: skip
    return tuple(dict.fromkeys(found))


_OPEN = frozenset({"*", "**"})
"""Parameters of a call that is given an object of which the fields are not known."""


def _may_set(names: tuple[str, ...], parameters: Collection[str]) -> bool:
    """Whether a call sets one of the parameters, or something around it of which the inside is not known."""
    for name in names:
        outer = name
        while outer:
            if outer in parameters or f"{outer}.*" in parameters:
                inside = any(one.startswith(f"{outer}.") and one != f"{outer}.*" for one in parameters)
                if outer == name or not inside or f"{outer}.*" in parameters:
                    return True
                break
            outer = outer.rpartition(".")[0]
        if any(one.startswith(f"{name}.") for one in parameters):
            return True
    return False


_ROLE = re.compile(r"(?:^|\.)(?:\w*[Rr]oleA[Rr][Nn]|(?:[Ee]xecution|[Ss]ervice|[Tt]ask|[Jj]ob)?[Rr]ole)$")
_HANDS_OVER = re.compile(
    r"(?:Create|Start|Put|Update|Register|Run|Submit|Associate|Modify|Restore|Execute|Enable|Import|Export)[A-Z]"
)


def _passes_role(service_name: str, operation: str, parameter: str) -> bool:
    """Whether a parameter hands a role over to a service, which takes `iam:PassRole`.

    Source: IAM user guide, "Grant a user permissions to pass a role to an AWS service".
    """
    return (
        service_name not in {"iam", "sts", "cognito-identity"}
        and _HANDS_OVER.match(operation) is not None
        and _ROLE.search(parameter) is not None
    )


def _parsed(text: str) -> Need:
    """`?s3:ListBucket`: conditional; `s3:GetObject from CopySource`: on the resource that this parameter names."""
    action, _, source = text.removeprefix("?").partition(" from ")
    return Need(action, text.startswith("?"), source or None)
