"""What in a policy statement cannot work: conditions that no request fulfils, resources that no action has.

Judged only where everything is known: a reference, a parameter or an action newer than the catalogue is no mistake.
Sources: Service Authorization Reference (keys, types and resource types of actions), IAM User Guide, "AWS global
condition context keys", "Condition operators", "Set operators for multi-valued context keys".
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from casemate.analysis.access.catalogue import (
    action,
    condition_keys,
    condition_type,
    is_known,
    resource_types,
    services,
)
from casemate.analysis.access.evaluation.operators import Test, parse_operator
from casemate.analysis.access.evaluation.patterns import wildcard
from casemate.model.pattern import late
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casemate.model.inventory import Inventory
    from casemate.model.location import Span
    from casemate.model.policy import Condition, Statement, Term

GLOBAL_KEYS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "aws:assumedroot", "aws:ismcpserviceaction", "aws:multifactorauthpresent", "aws:principalisawsservice",
                "aws:securetransport", "aws:viaawsmcpservice", "aws:viaawsservice",
            ),
            "Bool",
        ),
        **dict.fromkeys(("aws:multifactorauthage", "aws:epochtime"), "Numeric"),
        **dict.fromkeys(("aws:currenttime", "aws:tokenissuetime"), "Date"),
        **dict.fromkeys(("aws:sourceip", "aws:vpcsourceip", "aws:ec2instancesourceprivateipv4"), "IPAddress"),
        **dict.fromkeys(
            ("aws:principalarn", "aws:sourcearn", "aws:sourcevpcarn", "aws:chatbotsourcearn", "aws:signinsessionarn"),
            "ARN",
        ),
        **dict.fromkeys(
            (
                "aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist", "aws:resourceorgpaths",
                "aws:sourceorgpaths", "aws:tagkeys", "aws:vpceorgpaths",
            ),
            "ArrayOfString",
        ),
        **dict.fromkeys(
            (
                "aws:calledviafirst", "aws:calledvialast", "aws:calledviaawsmcp", "aws:ec2instancesourcevpc",
                "aws:federatedprovider", "aws:principalaccount", "aws:principalorgid", "aws:principalservicename",
                "aws:principaltype", "aws:referer", "aws:requestedregion", "aws:resourceaccount", "aws:resourceorgid",
                "aws:sourceaccount", "aws:sourceidentity", "aws:sourceorgid", "aws:sourceowner", "aws:sourcevpc",
                "aws:sourcevpce", "aws:useragent", "aws:userid", "aws:username", "aws:vpceaccount", "aws:vpceorgid",
            ),
            "String",
        ),
    }
)  # fmt: skip
"""Lower-case global key -> type. `aws:SourceOwner` is the older name that SNS still sends."""

_GLOBAL_FAMILIES = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")
_CROSS_SERVICE = frozenset({
    "ec2:sourceinstancearn", "ec2:roledelivery", "glue:credentialissuingservice", "glue:roleassumedby",
    "identitystore:userid", "lambda:sourcefunctionarn", "ssm:sourceinstancearn", "ecs:cluster", "codebuild:projectarn",
    "bedrock-agentcore:securitytoken", "kms:viaservice", "kms:calleraccount", "sts:externalid", "sts:rolesessionname",
})  # fmt: skip
"""Keys that requests to other services carry ("AWS global condition context keys", Other cross-service keys)."""
_FAMILY_OF_TYPE = {"Bool": "bool", "Numeric": "numeric", "Date": "date", "IPAddress": "ip", "ARN": "arn"}
_STRICT_FAMILIES = frozenset({"bool", "numeric", "date", "ip"})
"""Operators that read a value as something: on a key of another type they match nothing."""
_WILD = late(r"[*?]")
_BARE = late(r"true|false|[0-9]+")
"""What JSON may write without quotation marks."""
_MOST_ACTIONS = 400
_LONGEST_KEY = 256
"""Longer than every key of AWS, tag names (128 characters) included: not looked at further."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that cannot work, in words, where it stands. `cause` names it for the fingerprint."""

    text: str
    at: Span
    cause: str


def flaws(statement: Statement) -> Iterator[Flaw]:
    """The conditions of a statement that no request can fulfil."""
    for condition in statement.conditions:
        flaw = _of_condition(condition, statement)
        if flaw is not None:
            yield Flaw(flaw, condition.at, f"{condition.operator} {condition.key}")
    yield from _contradictions(statement)


def _of_condition(condition: Condition, statement: Statement) -> str | None:
    key = condition.key.lower()
    if "?" in (key, condition.operator) or not key or len(key) > _LONGEST_KEY or "${" in condition.operator + key:
        return None
    test = parse_operator(condition.operator)
    if isinstance(test, str):
        return f"IAM has no condition operator {condition.operator}: {test}"
    kind = key_type(key)
    if kind is None:
        return _unknown_key(condition.key)
    family = _FAMILY_OF_TYPE.get(kind.removeprefix("ArrayOf"), "string")
    if test.family in _STRICT_FAMILIES and family != test.family and not (
        {test.family, family} <= {"numeric", "date"}
    ):  # fmt: skip
        return f"{condition.operator} reads {condition.key} as another type than it has ({kind}), and never matches"
    literal = _literal_wildcard(test, condition)
    if literal is not None:
        return literal
    return _elsewhere(condition, statement)


def key_type(key: str) -> str | None:
    """The type of a condition key (lower case); "String" for keys of identity providers, None when AWS has no such."""
    if key in GLOBAL_KEYS:
        return GLOBAL_KEYS[key]
    service, colon, _ = key.partition(":")
    if not colon:
        return None
    if key.startswith(_GLOBAL_FAMILIES) or key in _CROSS_SERVICE:
        return "String"
    if service == "aws":
        return None
    if service not in services() or "." in service:
        return "String"
    found = condition_type(service, key)
    return "String" if found is None and any(_fills(template, key) for template in condition_keys(service)) else found


def _unknown_key(written: str) -> str | None:
    from difflib import get_close_matches

    service = written.partition(":")[0].lower()
    if service == "aws":
        near = get_close_matches(written.lower(), GLOBAL_KEYS, 1, 0.8)
        return f"AWS has no condition key {written}; did you mean {near[0]}?" if near else None
    if ":" not in written:
        return f"{written} is no condition key: it has no prefix"
    near = get_close_matches(written, condition_keys(service), 1, 0.75)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{service} has no condition key {written}{hint}"


def _literal_wildcard(test: Test, condition: Condition) -> str | None:
    """StringEquals takes `*` as it is written; a value that means "any" is a pattern without its operator."""
    if test.family != "string" or test.relation != "equals":
        return None
    for term in condition.values:
        plain = re.sub(r"\$\{[^}]*\}", "", term.text)
        if term.known and len(plain) > 1 and _WILD.search(plain):
            like = condition.operator.replace("Equals", "Like")
            return f"{condition.operator} compares {term.text!r} character by character; a pattern needs {like}"
    return None


def _elsewhere(condition: Condition, statement: Statement) -> str | None:
    """A service's key that none of the statement's actions has: no request for them carries it."""
    key = condition.key.lower()
    service = key.partition(":")[0]
    if service == "aws" or key in _CROSS_SERVICE or service not in services() or statement.not_actions:
        return None
    if any(not term.known or _WILD.search(term.text) for term in statement.actions) or not statement.actions:
        return None
    names = [term.text for term in statement.actions]
    if len(names) > _MOST_ACTIONS or not all(is_known(name) for name in names):
        return None
    operator = condition.operator.lower()
    if operator.startswith(("forallvalues", "null")) or operator.endswith("ifexists") or "not" in operator:
        return None
    if any(_has_key(name, key) for name in names):
        return None
    shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
    return f"no request for {shown} carries {condition.key}, so this condition never holds"


@lru_cache(maxsize=8192)
def _has_key(name: str, key: str) -> bool:
    found = action(name)
    if found is None or not (found.condition_keys or found.resource_types):
        return True  # the reference says nothing of it
    if found.service != key.partition(":")[0]:
        return False
    types = resource_types(found.service)
    templates = {*found.condition_keys, *(each for kind in found.resource_types for each in types[kind].condition_keys)}
    return any(_fills(template, key) for template in templates)


@lru_cache(maxsize=8192)
def _fills(template: str, key: str) -> bool:
    if "/" in template:  # the tag's name, which the reference writes in many ways: ${TagKey}, <key>, tag-key
        return template.lower().partition("/")[0] == key.partition("/")[0] and "/" in key
    literals = re.split(r"\$\{[^}]*\}|<[^>]*>", template)
    return re.fullmatch(".+".join(map(re.escape, literals)), key, re.IGNORECASE) is not None


def _contradictions(statement: Statement) -> Iterator[Flaw]:
    """Two conditions on one key that no single value fulfils: StringEquals of two sets without a common value."""
    seen: dict[str, tuple[Condition, set[str]]] = {}
    missing: dict[str, Condition] = {}
    for condition in statement.conditions:
        test = parse_operator(condition.operator)
        key = condition.key.lower()
        if isinstance(test, str) or not all(term.known and "${" not in term.text for term in condition.values):
            continue
        if test.family == "null":
            if {term.text.lower() for term in condition.values} == {"true"}:
                missing[key] = condition
            continue
        if test.negated or test.if_exists or test.quantifier != "one":
            continue
        if key in missing:
            yield Flaw(f"{condition.key} must be missing and have a value at once", condition.at, f"null {key}")
        if test.family == "string" and test.relation == "equals":
            values = {term.text for term in condition.values}
            other = seen.setdefault(key, (condition, values))
            if other[0] is not condition and not other[1] & values:
                yield Flaw(f"no value of {condition.key} fulfils both conditions on it", condition.at, f"both {key}")


# -- resources that no action has --------------------------------------------------------------------------------------
def idle_actions(statement: Statement, inventory: Inventory) -> tuple[Term, ...]:
    """The actions of a statement that none of its resources can be the resource of.

    Only for resources that are known as ARNs, at least up to the service, or refer to the ARN of something that was
    scanned; `*` is every resource.
    """
    if statement.not_resources or statement.not_actions or not statement.resources:
        return ()
    patterns = [_arn_of(term, inventory) for term in statement.resources]
    if not all(term.known for term in statement.resources) or not all(map(_is_literal_arn, patterns)):
        return ()
    return tuple(
        term
        for term in statement.actions
        if term.known and is_known(term.text) and not any(_reaches(term.text, pattern) for pattern in patterns)
    )


_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "AWS::S3::Bucket": "arn:aws:s3:::name",
        "AWS::DynamoDB::Table": "arn:aws:dynamodb:region:account:table/name",
        "AWS::SQS::Queue": "arn:aws:sqs:region:account:name",
        "AWS::SNS::Topic": "arn:aws:sns:region:account:name",
        "AWS::Lambda::Function": "arn:aws:lambda:region:account:function:name",
        "AWS::StepFunctions::StateMachine": "arn:aws:states:region:account:stateMachine:name",
    }
)
"""What the attribute `Arn` of a scanned thing looks like, by native type; names hold no slash."""
_OWN_ARN = late(r"\$\{[^}]+\.(?:arn|Arn)\}")


def _arn_of(term: Term, inventory: Inventory) -> str:
    """The term, with the ARN of the one thing that it refers to in its place."""
    found = _OWN_ARN.match(term.text)
    if found is None or len(term.targets) != 1:
        return term.text
    target = inventory.by_id.get(term.targets[0])
    shape = None if target is None else _KINDS.get(target.resource.type)
    return term.text if shape is None else shape + term.text[found.end() :]


_ARN = late(r"arn:[^:]+:[a-z0-9-]+:[^:]*:[^:]*:.+", re.DOTALL)
_SYMBOL = late(r"\$\{[^}]*\}|<[^>]*>")


def _is_literal_arn(text: str) -> bool:
    return _ARN.fullmatch(re.sub(r"\$\{[^}]*\}", "x", text)) is not None


@lru_cache(maxsize=8192)
def _reaches(name: str, pattern: str) -> bool:
    """Whether some resource of the action may be among those of the pattern; True when that cannot be told."""
    from casemate.analysis.access.proving.languages import TooLargeError, empty, wild

    found = action(name)
    if found is None:
        return True
    plain = _SYMBOL.sub("*", pattern)  # a symbol may hold colons: ${AWS::Partition}
    if not found.resource_types:
        # Such actions are asked for on `*` or on an ARN of the account (`arn:aws:sns:…:*`): wildcards may match that.
        return "*" in _SYMBOL.sub("x", pattern).split(":", 5)[-1]
    types = resource_types(found.service)
    shapes = [types[kind].arn for kind in found.resource_types]
    open_shapes = [_SYMBOL.sub("*", shape) for shape in shapes]
    service = plain.split(":", 3)[2]
    if not _WILD.search(service) and not any(shape.split(":", 3)[2] in {service, "*"} for shape in open_shapes):
        return False
    one = _WILD.sub("x", plain)
    if any(wildcard(shape)(one) for shape in open_shapes):
        return True
    try:
        return any(not empty([[wild(plain)], [wild(shape)]]) for shape in open_shapes)
    except TooLargeError:
        return True


# -- sizes -------------------------------------------------------------------------------------------------------------
MANAGED_LIMIT, ROLE_LIMIT, USER_LIMIT, GROUP_LIMIT = 6_144, 10_240, 2_048, 5_120
TRUST_LIMIT = 2_048
"""Characters without white space. IAM User Guide, "IAM and AWS STS quotas": a managed policy; all inline policies of a
role, a user, a group together; a role's trust policy (the default quota, which can be raised to 4,096)."""
RESOURCE_LIMITS: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "bucket": (20_480, "Amazon S3 User Guide, Bucket policies"),
        "function": (20_480, "AWS Lambda Developer Guide, Lambda quotas"),
        "queue": (8_192, "Amazon SQS Developer Guide, Amazon SQS policy quotas"),
        "key": (32_768, "AWS KMS Developer Guide, Quotas"),
        "secret": (20_480, "AWS Secrets Manager User Guide, Quotas"),
        "table": (20_480, "Amazon DynamoDB Developer Guide, Resource-based policy considerations"),
        "bus": (10_240, "Amazon EventBridge User Guide, Quotas"),
        "log-group": (5_120, "Amazon CloudWatch Logs API Reference, PutResourcePolicy"),
        "repository": (10_240, "Amazon ECR User Guide, Service quotas"),
        "api": (8_192, "Amazon API Gateway Developer Guide, Quotas"),
        "endpoint": (20_480, "AWS PrivateLink Guide, Quotas"),
    }
)
"""Subject of a resource policy -> the most characters, and the page that says so."""


def least_size(statements: tuple[Statement, ...]) -> int:
    """A lower bound of the size of one document with these statements, in characters without white space.

    References and parameters count as one character each, so that what is reported is too large whatever they become.
    """
    return len('{"Version":"2012-10-17","Statement":[]}') + sum(map(_size, statements)) + max(0, len(statements) - 1)


def _size(statement: Statement) -> int:
    total = (
        len('{"Effect":""}')
        + len(statement.effect)
        + (len(statement.sid or "") + len('"Sid":"",') * bool(statement.sid))
    )
    for name, terms in (
        ("Action", statement.actions),
        ("NotAction", statement.not_actions),
        ("Resource", statement.resources),
        ("NotResource", statement.not_resources),
    ):
        total += _list(name, terms)
    total += _conditions_size(statement.conditions)
    for name, principals in (("Principal", statement.principals), ("NotPrincipal", statement.not_principals)):
        total += _list(name, tuple(principal.term for principal in principals))
    return total


def _conditions_size(conditions: tuple[Condition, ...]) -> int:
    """The block of conditions, those of one operator under its name."""
    if not conditions:
        return 0
    operators = {condition.operator for condition in conditions}
    named = sum(len(operator) + len('"":{},') for operator in operators) - 1
    keyed = sum(_list(condition.key, condition.values) for condition in conditions) - len(operators)
    bare = sum(_BARE.fullmatch(term.text) is not None for condition in conditions for term in condition.values)
    return len(',"Condition":{}') + named + max(0, keyed - bare * len('""'))


def _list(name: str, terms: tuple[Term, ...]) -> int:
    """One value stands without brackets."""
    if not terms:
        return 0
    return len(f',"{name}":') + sum(_length(term) + len('"",') for term in terms) - 1 + len("[]") * (len(terms) > 1)


def _length(term: Term) -> int:
    return len(re.sub(r"\s+", "", re.sub(r"\$\{[^}]*\}", "x", term.text))) if term.known else 1
