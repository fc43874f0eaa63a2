"""The roles of functions: the one that the framework shares among all, one for each function, or the user's own.

Each role has inline policies for what people wrote, named after the place where they did, and one for what the
framework adds by itself, under a name that IAM would not take (with a space), which tells the inventory that nobody
wrote it. Source: Serverless Framework documentation, "IAM Permissions For Functions"; README of the plugin
serverless-iam-roles-per-function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, Reference, Unknown, Value, text_of
from casemate.sources.serverless import naming
from casemate.sources.serverless.service import PROVIDER
from casemate.sources.serverless.values import (
    Shape,
    arn,
    document,
    fields,
    fields_of,
    is_false,
    is_true,
    items_of,
    joined,
    regional,
    statement,
    trust,
    value_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.model.location import Span
    from casemate.sources.serverless.service import Declared, Event, Service

FRAMEWORK = "added by the framework"
"""Name of the policies that nobody wrote."""
_PLUGIN = "serverless-iam-roles-per-function"
_READS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # event kind or stream type -> (actions on the source itself, actions that the poller needs on `*`)
    "sqs": (("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"), ()),
    "dynamodb": (
        ("dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"),
        (),
    ),
    "kinesis": (
        ("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream", "kinesis:ListStreams"),
        (),
    ),
    "msk": (("kafka:DescribeCluster", "kafka:GetBootstrapBrokers"), ("ec2",)),
    "activemq": (("mq:DescribeBroker",), ("ec2",)),
    "rabbitmq": (("mq:DescribeBroker",), ("ec2",)),
    "kafka": ((), ("ec2",)),
}
_EC2 = (
    "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs", "ec2:DeleteNetworkInterface",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
)  # fmt: skip


# -- which role
# ---------------------------------------------------------------------------------------------------------
def role_of(service: Service, function: Declared) -> Value:
    """The value of the function's `Role`."""
    own = function.entry("role")
    if own is not None:
        return _given(own.value)
    if has_own_role(service, function):
        return Reference(_own_key(function), "Arn", function.at)
    given = _existing(service)
    return _given(given.value) if given is not None else Reference(naming.ROLE, "Arn", service.provider_at)


def _given(value: Value) -> Value:
    """An ARN, something with references, or a logical id."""
    name = text_of(value)
    return value if name is None or ":" in name else Reference(name, "Arn", value.at)


def _existing(service: Service) -> Entry | None:
    """A role that the provider names instead of the framework's own."""
    given = service.entry("iam", "role")
    if given is not None and (fields_of(given.value) is None or isinstance(given.value, Reference)):
        return given
    return service.entry("role")


def has_own_role(service: Service, function: Declared) -> bool:
    """Whether the framework or the plugin makes a role for this function alone."""
    if function.entry("role") is not None:
        return False
    if text_of(service.get("iam", "role", "mode")) == "perFunction":
        return True
    written = any(
        function.entry(*path) is not None
        for path in (("iam", "role", "statements"), ("iam", "role", "managedPolicies"), ("iamRoleStatements",))
    )
    if not written or _existing(service) is not None:
        return False
    major = service.major
    return service.has_plugin(_PLUGIN) or major is None or major >= 4 or function.entry("iam", "role") is not None


def _own_key(function: Declared) -> str:
    return f"{naming.normalized(function.name)}{naming.ROLE}"


# -- making roles
# -------------------------------------------------------------------------------------------------------
def add_roles(service: Service) -> None:
    """The shared role, if any function uses it, and the functions' own ones."""
    own = [function for function in service.functions.values() if has_own_role(service, function)]
    for function in own:
        _own_role(service, function)
    if _existing(service) is not None:
        return
    sharing = [
        function for function in service.functions.values() if function.entry("role") is None and function not in own
    ]
    if sharing:
        _shared_role(service, sharing)


def _provider_statements(service: Service) -> tuple[Entry | None, str]:
    found = service.entry("iam", "role", "statements")
    if found is not None:
        return found, "provider.iam.role.statements"
    return service.entry("iamRoleStatements"), "provider.iamRoleStatements"


def _shared_role(service: Service, sharing: list[Declared]) -> None:
    written, origin = _provider_statements(service)
    managed = service.entry("iam", "role", "managedPolicies") or service.entry("iamManagedPolicies")
    place = service.entry("iam") or service.entry("iamRoleStatements") or service.entry("iamManagedPolicies")
    at = place.key_at if place is not None else service.provider_at
    shape = _role(service, sharing, at, [(written, origin)], [managed])
    boundary = service.entry("iam", "role", "permissionsBoundary") or service.entry("iam", "role", "permissionBoundary")
    shape.take("PermissionsBoundary", boundary or service.entry("rolePermissionsBoundary"))
    shape.take("RoleName", service.entry("iam", "role", "name")).take("Path", service.entry("iam", "role", "path"))
    service.add("AWS::IAM::Role", naming.ROLE, shape, name=PROVIDER, at=at, implied_by=sharing[0].key)


def _own_role(service: Service, function: Declared) -> None:
    place = function.entry("iam") or function.entry("iamRoleStatements")
    at = place.key_at if place is not None else function.at
    written: list[tuple[Entry | None, str]] = []
    if _inherits(service, function):
        written.append(_provider_statements(service))
    if function.entry("iam", "role", "statements") is not None:
        written.append((function.entry("iam", "role", "statements"), f"functions.{function.name}.iam.role.statements"))
    else:
        written.append((function.entry("iamRoleStatements"), f"functions.{function.name}.iamRoleStatements"))
    managed = [function.entry("iam", "role", "managedPolicies")]
    if text_of(service.get("iam", "role", "mode")) == "perFunction":
        managed.insert(0, service.entry("iam", "role", "managedPolicies"))
    shape = _role(service, [function], at, written, managed)
    boundary = function.entry("iam", "role", "permissionsBoundary") or function.entry("iamPermissionsBoundary")
    boundary = (
        boundary
        or service.custom(_PLUGIN, "iamGlobalPermissionsBoundary")
        or service.entry("iam", "role", "permissionsBoundary")
    )
    shape.take("PermissionsBoundary", boundary or service.entry("rolePermissionsBoundary"))
    shape.take("RoleName", function.entry("iam", "role", "name") or function.entry("iamRoleStatementsName"))
    service.add("AWS::IAM::Role", _own_key(function), shape, name=function.name, at=at, implied_by=function.key)


def _inherits(service: Service, function: Declared) -> bool:
    """Whether the provider's statements count for the function too.

    Said by it, by the plugin's default, or by the mode.
    """
    said = function.get("iam", "inheritStatements") or function.get("iamRoleStatementsInherit")
    if said is None:
        default = service.custom(_PLUGIN, "defaultInherit")
        said = None if default is None else default.value
    if said is not None:
        return not is_false(said)
    return text_of(service.get("iam", "role", "mode")) == "perFunction"


def _role(
    service: Service,
    users: list[Declared],
    at: Span,
    written: list[tuple[Entry | None, str]],
    managed: list[Entry | None],
) -> Shape:
    policies: list[Value] = []
    for entry, origin in written:
        if entry is not None:
            listed = _flat(entry.value)
            body = Fields({"Statement": Entry(entry.key_at, listed)}, entry.value.at)
            policies.append(
                Shape(entry.key_at).put("PolicyName", origin).put("PolicyDocument", body, entry.key_at).fields()
            )
    implied = document(at, list(_implied(service, users, at)))
    policies.append(fields(at, PolicyName=FRAMEWORK, PolicyDocument=implied))
    attached = [item for entry in managed if entry is not None for item in items_of(entry.value)]
    if any(service.setting(user, "vpc") is not None and not is_false(user.get("vpc")) for user in users):
        attached.append(arn(at, "iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"))
    services = ["lambda.amazonaws.com"]
    kinds = {event.kind for user in users for event in user.events}
    if "cloudFront" in kinds or "preExistingCloudFront" in kinds:
        services.append("edgelambda.amazonaws.com")
    if any(_is_scheduler(event) for user in users for event in user.events):
        services.append("scheduler.amazonaws.com")
    shape = Shape(at).put("AssumeRolePolicyDocument", trust(at, *services)).put("Policies", Items(policies, at))
    if attached:
        place = next((entry.key_at for entry in managed if entry is not None), at)
        shape.put("ManagedPolicyArns", Items(attached, place), place)
    return shape


def _flat(value: Value) -> Value:
    """A list of statements in which an included file may be a list itself."""
    if not isinstance(value, Items):
        return value
    found: list[Value] = []
    for item in value.items:
        found.extend(items_of(item) if isinstance(item, Items) else [item])
    return Items(found, value.at)


# -- what the framework adds
# --------------------------------------------------------------------------------------------
def _implied(service: Service, users: list[Declared], at: Span) -> Iterator[Value]:
    yield from _logs(service, users, at)
    if any(_traces(service, user) for user in users):
        yield statement(at, ("xray:PutTraceSegments", "xray:PutTelemetryRecords"), ["*"])
    sources: dict[str, list[Value]] = {}
    network = False
    for user in users:
        for event in user.events:
            kind = _stream_type(event) if event.kind == "stream" else event.kind
            if kind in _READS:
                sources.setdefault(kind, []).extend(_source_arns(event))
                network = network or bool(_READS[kind][1])
    for kind, arns in sources.items():
        if arns and _READS[kind][0]:
            yield statement(at, _READS[kind][0], arns)
    if network:
        yield statement(at, _EC2, ["*"])
    yield from _settings(service, users, at)
    yield from _events(service, users, at)


def _logs(service: Service, users: list[Declared], at: Span) -> Iterator[Value]:
    groups: list[Value] = []
    if len(users) == 1:
        name = users[0].get("name") or Literal(f"{service.name}-{service.stage}-{users[0].name}", at)
        groups.append(regional(at, "logs", joined(at, "log-group:/aws/lambda/", name, ":*")))
    else:
        groups.append(regional(at, "logs", f"log-group:/aws/lambda/{service.name}-{service.stage}*:*"))
        groups.extend(
            regional(at, "logs", joined(at, "log-group:/aws/lambda/", user.get("name") or Literal("", at), ":*"))
            for user in users
            if user.get("name") is not None
        )
    yield statement(at, ("logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource"), groups)
    yield statement(at, ("logs:PutLogEvents",), [joined(at, group, ":*") for group in groups])


def _traces(service: Service, user: Declared) -> bool:
    own = user.get("tracing")
    above = own if own is not None else service.get("tracing", "lambda") or service.get("tracing")
    return above is not None and not is_false(above) and fields_of(above) is None


def _settings(service: Service, users: list[Declared], at: Span) -> Iterator[Value]:
    for user in users:
        failed = user.get("onError")
        if failed is not None:
            yield statement(at, ("sns:Publish",), [failed])
        mounted = user.get("fileSystemConfig", "arn")
        if mounted is not None:
            yield statement(at, ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"), [mounted])
        key = user.get("kmsKeyArn")
        if key is not None:
            yield statement(at, ("kms:Decrypt",), [key])
        for outcome in ("onSuccess", "onFailure"):
            target = user.get("destinations", outcome)
            if target is not None:
                yield from _sends(service, target, at)
    key = service.get("kmsKeyArn")
    if key is not None:
        yield statement(at, ("kms:Decrypt",), [key])


def _sends(service: Service, target: Value, at: Span) -> Iterator[Value]:
    name, kind = text_of(target), text_of(value_of(target, "type"))
    where = value_of(target, "arn") or target
    if name in service.functions:
        yield statement(at, ("lambda:InvokeFunction",), [service.functions[name or ""].arn(at)])
        return
    known = kind or (text_of(where) or "").split(":")[2:3][0:1]
    action = {
        "sqs": "sqs:SendMessage",
        "sns": "sns:Publish",
        "eventBus": "events:PutEvents",
        "events": "events:PutEvents",
        "function": "lambda:InvokeFunction",
        "lambda": "lambda:InvokeFunction",
    }
    word = known if isinstance(known, str) else (known[0] if known else "")
    if word in action:
        yield statement(at, (action[word],), [where])


def _events(service: Service, users: list[Declared], at: Span) -> Iterator[Value]:
    if any(event.kind == "websocket" for user in users for event in user.events):
        yield statement(at, ("execute-api:ManageConnections",), [arn(at, "execute-api:*:*:*/@connections/*")])
    for user in users:
        if any(_is_scheduler(event) for event in user.events):
            yield statement(at, ("lambda:InvokeFunction",), [user.arn(at), joined(at, user.arn(at), ":*")])
        for event in user.events:
            if event.kind == "kafka":
                yield from _broker_secrets(event.get("accessConfigurations"), at)
            elif event.kind in {"activemq", "rabbitmq"} and event.get("basicAuthArn") is not None:
                secret = event.get("basicAuthArn")
                yield statement(at, ("secretsmanager:GetSecretValue",), [] if secret is None else [secret])
            elif event.kind == "stream":
                failed = event.get("destinations", "onFailure")
                if failed is not None:
                    yield from _sends(service, failed, at)


def _broker_secrets(access: Value | None, at: Span) -> Iterator[Value]:
    described = fields_of(access)
    if described is None:
        return
    secrets = [
        item
        for kind, entry in described.entries.items()
        if not kind.startswith("vpc")
        for item in items_of(entry.value)
    ]
    if secrets:
        yield statement(at, ("secretsmanager:GetSecretValue",), secrets)


def _is_scheduler(event: Event) -> bool:
    return event.kind == "schedule" and event.text("method") == "scheduler"


def _stream_type(event: Event) -> str:
    said = event.text("type")
    source = next(iter(_source_arns(event)), None)
    words = (text_of(source) or "").split(":")
    if said is None and len(words) > 2:
        said = words[2]
    if said is None and isinstance(source, Reference):
        said = "dynamodb" if source.attribute == "StreamArn" else "kinesis"
    return said or "dynamodb"


def _source_arns(event: Event) -> Iterator[Value]:
    found = event.get("arn") if fields_of(event.value) is not None else event.value
    if found is not None and not isinstance(found, Unknown) and not is_true(found):
        yield found
