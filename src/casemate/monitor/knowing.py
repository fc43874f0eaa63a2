"""What the inventory knows that events can be held against: relations by name, for `Known` leaves.

Names that the cloud completes are patterns: `Checkout` of a SAM template runs as `STACK-Checkout-1A2B3C4D5E6F`, and its
role is `STACK-CheckoutRole-…` (CloudFormation user guide, "Name type"). References in a name are `*`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from casemate.analysis.access.needs.calls import uses_of
from casemate.analysis.access.needs.operations import operation_of
from casemate.authoring.outcome import Violation
from casemate.model.function import Function
from casemate.model.value import display
from casemate.monitor.knowledge import Knowledge, fold
from casemate.rules.resilience.recursion_loop import check as recursion_loop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.analysis.system import System
    from casemate.model.entity import Entity, Link

MEANING: dict[str, str] = {
    "functions": "(function): a function of the system",
    "function_roles": "(role ARN): a role that functions run with",
    "function_sessions": "(role ARN, session): a function, whose name its session bears, with its role",
    "followed": "(function): its code was followed everywhere, so that `can_call` is all that it can call",
    "can_call": "(function, action): an API that the function's code, its platform or its settings call",
    "managed_function_roles": "(role ARN): a role of which every function has a runtime that tells SDKs where they are",
    "python_function_roles": "(role ARN): a role of a function in Python",
    "nodejs_function_roles": "(role ARN): a role of a function in Node.js",
    "looping": "(function): the function writes, over a chain of triggers, to what triggers it",
    "declared_layers": "(function, layer version ARN): a layer that the template names",
    "pipeline_roles": "(role ARN): a role that a delivery pipeline assumes; more under `[monitor.known]`",
    "pipeline_actors": "(actor ARN): somebody who may deploy, from `[monitor.known]`",
    "trusted_accounts": "(account): an account that the templates or the configuration name",
    "declared_functions_with_url": "(function): a function whose template declares a URL",
}
"""Relation -> its columns and meaning."""
_HOLE = re.compile(r"\$\{[^}]*\}")
_ACCOUNT = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_GENERATED = frozenset({"sam", "cloudformation", "cdk"})
"""Dialects whose names the cloud completes when none is given."""

PLATFORM = (
    "CreateLogGroup", "CreateLogStream", "PutLogEvents", "PutTraceSegments", "PutTelemetryRecords", "GetSamplingRules",
    "GetSamplingTargets", "GetSamplingStatisticSummaries", "CreateNetworkInterface", "DescribeNetworkInterfaces",
    "DeleteNetworkInterface", "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses", "DescribeSubnets",
    "DescribeSecurityGroups", "DescribeVpcs", "GetSecurityGroupsForVpc", "ConnectionStatus",
)  # fmt: skip
"""What the service calls with a function's role, whatever its code does (Lambda developer guide, "Execution role" and
"VPC permissions")."""
_IMPLIED: dict[str, tuple[str, ...]] = {
    "PutObject": ("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "AbortMultipartUpload",
                  "UploadPartCopy", "CopyObject"),
    "GetObject": ("HeadObject", "GetObjectTagging", "GetObjectAttributes"),
    "ListBucket": ("ListObjects", "ListObjectsV2", "HeadBucket", "GetBucketLocation"),
    "ListAllMyBuckets": ("ListBuckets",),
    "InvokeFunction": ("Invoke", "InvokeAsync", "InvokeWithResponseStream"),
    "SendMessage": ("SendMessageBatch", "GetQueueUrl"),
    "DeleteMessage": ("DeleteMessageBatch",),
    "ReceiveMessage": ("GetQueueUrl", "GetQueueAttributes", "ChangeMessageVisibility", "ChangeMessageVisibilityBatch"),
    "Publish": ("PublishBatch",),
    "DeleteObject": ("DeleteObjects",),
    "GetItem": ("DescribeTable", "DescribeEndpoints"),
    "PutItem": ("DescribeTable", "DescribeEndpoints"),
    "SendEmail": ("SendEmail", "SendRawEmail", "SendTemplatedEmail"),
    "GetParametersByPath": ("GetParameters", "GetParameter"),
    "PartiQLSelect": ("ExecuteStatement", "BatchExecuteStatement"),
    "PartiQLInsert": ("ExecuteStatement", "BatchExecuteStatement"),
    "PartiQLUpdate": ("ExecuteStatement", "BatchExecuteStatement"),
    "PartiQLDelete": ("ExecuteStatement", "BatchExecuteStatement"),
    "InvokeModel": ("Converse", "ConverseStream", "InvokeModelWithResponseStream"),
    "GetRecords": ("GetShardIterator", "DescribeStream", "ListStreams", "ListShards", "DescribeStreamSummary"),
}  # fmt: skip
"""IAM action's name -> API calls that it allows under other names, or that SDKs make beside it (Service Authorization
Reference)."""


def known_of(system: System) -> Knowledge:
    """The relations of a system: every name of `MEANING`, some of them empty.

    But who deploys is known only where some pipeline says so: without one, every change would be one outside of it.
    """
    rows: dict[str, set[tuple[str, ...]]] = {name: set() for name in MEANING}
    for function in system.inventory.functions:
        if function.cloud != "aws":
            continue
        for name in names_of(function):
            _function(rows, system, function, name)
    for pipeline in system.inventory.pipelines:
        for term in pipeline.assumes:
            rows["pipeline_roles"].add((_pattern(term.text),))
    rows["trusted_accounts"] |= {(account,) for account in _accounts(system)}
    if not rows["pipeline_roles"]:
        del rows["pipeline_roles"]
    return _knowledge(rows)


def _function(rows: dict[str, set[tuple[str, ...]]], system: System, function: Function, name: str) -> None:
    rows["functions"].add((name,))
    role = system.role_of(function)
    arns = {f"arn:aws*:iam::*:role/*{one}" for one in names_of(role)} if role is not None else set()
    if role is None and function.role is not None and function.role.text.startswith("arn:"):
        arns = {_pattern(function.role.text)}
    arns = {re.sub(r"\*+", "*", arn) for arn in arns}
    rows["function_roles"] |= {(arn,) for arn in arns}
    rows["function_sessions"] |= {(arn, name) for arn in arns}
    needs = system.needs.get(function.id)
    if needs is not None and needs.complete:
        rows["followed"].add((name,))
        actions = set(PLATFORM)
        for need in needs.all:
            plain = need.action.partition(":")[2]
            actions |= {plain, *_IMPLIED.get(plain, ())}
        rows["can_call"] |= {(name, action) for action in actions}
        rows["can_call"] |= {(name, action) for action in _called(system, function)}
    runtimes = [one for one in function.runtime.values() if isinstance(one, str)]
    for family in ("python", "nodejs"):
        if any(one.startswith(family) for one in runtimes):
            rows[f"{family}_function_roles"] |= {(arn,) for arn in arns}
    shared = system.functions_of(role) if role is not None else (function,)
    if all(_is_managed(one) for one in shared):
        rows["managed_function_roles"] |= {(arn,) for arn in arns}
    rows["declared_layers"] |= {(name, _layer(system, link)) for link in function.layers}
    if function.url is not None:
        rows["declared_functions_with_url"].add((name,))
    if _loops(system, function):
        rows["looping"].add((name,))


def _is_managed(function: Function) -> bool:
    """Whether the runtime sets `AWS_EXECUTION_ENV`; OS-only runtimes and foreign images do not."""
    runtimes = [one for one in function.runtime.values() if isinstance(one, str)]
    return bool(runtimes) and all(not one.startswith("provided") for one in runtimes) and function.code.image is None


def _layer(system: System, link: Link) -> str:
    """The ARN that CloudTrail writes, with `*` for what the template leaves open."""
    if link.target is None:
        return _pattern(link.text)
    entity = system.inventory.by_id.get(link.target)
    return f"arn:aws*:lambda:*:layer:*{entity.name if entity is not None else link.target.rpartition('#')[2]}*"


def _called(system: System, function: Function) -> Iterator[str]:
    """The API names of the calls in the function's code, as CloudTrail writes them."""
    for facts in system.code_facts.facts:
        if function.id in facts.functions:
            for use in uses_of(facts):
                known = operation_of(use.client, use.method)
                if known is not None:
                    yield known[1]


def _loops(system: System, function: Function) -> bool:
    for trigger in system.triggers_of(function):
        if any(isinstance(one, Violation) for one in recursion_loop.check(trigger, system)):
            return True
    return False


def names_of(entity: Entity) -> tuple[str, ...]:
    """The names that the cloud may know an entity by, `*` for what is not known; none where any name is possible."""
    properties = entity.resource.properties
    key = "RoleName" if entity.resource.type.endswith("::Role") else "FunctionName"
    declared = properties.get(key)
    text = display(declared) if declared is not None else ""
    if text and text != "null":
        name = _pattern(text.rpartition("function:")[2] if ":function:" in text else text)
        if name.strip("*-_"):
            return (name,)
    return (f"*-{_plain(entity)}-*",) if entity.resource.dialect in _GENERATED else ()


def _plain(entity: Entity) -> str:
    """The logical name as it stands in generated names: letters and digits of the last part."""
    return re.sub(r"[^A-Za-z0-9-]", "", entity.resource.key.rpartition(".")[2] or entity.name)


def _pattern(text: str) -> str:
    return re.sub(r"\*+", "*", _HOLE.sub("*", text))


def _accounts(system: System) -> Iterator[str]:
    """Account ids that policies and trusts of the templates name."""
    statements = [one for policy in system.inventory.policies for one in policy.statements]
    statements += [one for role in system.inventory.roles for one in role.trust]
    for statement in statements:
        for principal in statement.principals:
            yield from _ACCOUNT.findall(principal.term.text)


def _knowledge(rows: dict[str, set[tuple[str, ...]]]) -> Knowledge:
    tuples: dict[str, frozenset[tuple[str, ...]]] = {}
    patterns: dict[str, tuple[tuple[str, ...], ...]] = defaultdict(tuple)
    for name, found in rows.items():
        folded = sorted({tuple(map(fold, row)) for row in found})
        tuples[name] = frozenset(row for row in folded if not _has_star(row))
        patterns[name] = tuple(row for row in folded if _has_star(row))
    return Knowledge(tuples, {}, dict(patterns))


def _has_star(row: Iterable[str]) -> bool:
    return any("*" in value for value in row)
