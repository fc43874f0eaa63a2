"""A second IAM evaluator, deliberately naive, for differential tests: it works on the raw JSON, compiles and caches nothing, and
shares no code with the platform's. Where the fast one asks how directly a policy names a caller, this one lists every name the
caller has; where the fast one stops at the first answer, this one collects all effects first and then reads them off.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Json = Any
RCP_SERVICES = ("s3", "sts", "kms", "sqs", "secretsmanager", "dynamodb")
NEGATIONS = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def glob(pattern: list[Any], text: str) -> bool:
    """Pattern: characters, or the objects `...` for a star and None for a question mark. A row of reachable positions."""
    row = {0}
    for token in pattern:
        if token is ...:
            row = set(range(min(row), len(text) + 1)) if row else set()
        else:
            row = {place + 1 for place in row if place < len(text) and token in (None, text[place])}
    return len(text) in row


def characters(text: str, *, wild: bool) -> list[Any]:
    special = {"*": ..., "?": None} if wild else {}
    return [special.get(char, char) for char in text]


def filled(text: str, context: Mapping[str, list[str]], *, wild: bool, variables: bool) -> list[Any] | None:
    """Characters with variables put in; None when one cannot be."""
    out: list[Any] = []
    while text:
        if variables and text.startswith("${") and "}" in text:
            inner, _, rest = text[2:].partition("}")
            if inner in ("*", "?", "$"):
                out.extend(inner)
                text = rest
                continue
            name, comma, default = inner.partition(",")
            if ":" in name and "::" not in name:
                values = context.get(name.strip().lower(), [])
                if len(values) == 1:
                    out.extend(values[0])
                elif comma and not values:
                    out.extend(default.strip().strip("'"))
                else:
                    return None
                text = rest
                continue
        out.extend(characters(text[0], wild=wild))
        text = text[1:]
    return out


def listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def shown(value: Json) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


# --- conditions ------------------------------------------------------------------------------------------------------------
def moment(text: str) -> float:
    if re.fullmatch(r"\d{5,}(\.\d+)?", text):
        return float(text)
    parsed = datetime.fromisoformat(text)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def compare(operator: str, given: str, wanted: str, pattern: list[Any]) -> bool:
    """One positive operator on one pair. `pattern`: `wanted` with its variables filled."""
    plain = "".join("*" if token is ... else "?" if token is None else token for token in pattern)
    try:
        if operator == "StringEquals":
            return given == plain
        if operator == "StringEqualsIgnoreCase":
            return given.lower() == plain.lower()
        if operator == "StringLike":
            return glob(pattern, given)
        if operator in ("ArnEquals", "ArnLike"):
            return pattern == [...] or arn_like(pattern, given)
        if operator == "Bool":
            return given.lower() == plain.lower() and given.lower() in ("true", "false")
        if operator == "BinaryEquals":
            return base64.b64decode(given, validate=True) == base64.b64decode(wanted, validate=True)
        if operator == "IpAddress":
            return ipaddress.ip_address(given) in ipaddress.ip_network(wanted, strict=False)
        left, right = (moment(given), moment(wanted)) if operator.startswith("Date") else (float(given), float(wanted))
        return {
            "Equals": left == right,
            "LessThan": left < right,
            "LessThanEquals": left <= right,
            "GreaterThan": left > right,
            "GreaterThanEquals": left >= right,
        }[operator.removeprefix("Date").removeprefix("Numeric")]
    except ValueError:
        return False


def arn_like(pattern: list[Any], given: str) -> bool:
    parts: list[list[Any]] = [[]]
    for token in pattern:
        if token == ":" and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(token)
    fields = given.split(":", 5)
    return len(parts) == len(fields) == 6 and all(glob(part, field) for part, field in zip(parts, fields, strict=True))


def condition_holds(written: str, key: str, wanted: Json, context: Mapping[str, list[str]], *, variables: bool) -> bool:
    prefix, _, name = written.rpartition(":")
    optional = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    given = context.get(key.lower())
    options = [shown(value) for value in listed(wanted)]
    if name == "Null":
        return ("true" if not given else "false") in [option.lower() for option in options]
    positive = NEGATIONS.get(name, name)
    negated = positive != name
    allowed = variables and positive.startswith(("String", "Arn", "Bool"))
    wild = positive in ("StringLike", "ArnEquals", "ArnLike")

    def outcome(value: str) -> bool:
        patterns = [(option, filled(option, context, wild=wild, variables=allowed)) for option in options]
        met = any(compare(positive, value, option, pattern) for option, pattern in patterns if pattern is not None)
        if negated and not met and any(pattern is None for _, pattern in patterns):
            return False
        return met != negated

    if prefix == "ForAllValues":
        return not given or given == [""] or all(outcome(value) for value in given)
    if prefix == "ForAnyValue":
        return given != [""] and any(outcome(value) for value in given or [])
    if not given:
        return optional or negated
    return outcome(given[0]) if len(given) == 1 else negated


# --- one statement ---------------------------------------------------------------------------------------------------------
def names_of(principal: str) -> dict[str, str]:
    """Every name by which a policy may speak of the caller, with how near that is: self, role, account, all."""
    names = {"AWS *": "self"}
    if principal.endswith(".amazonaws.com"):
        return names | {f"Service {principal}": "self"}
    if principal == "anonymous":
        return names
    account = principal.split(":")[4]
    if "-provider/" in principal:
        return names | {f"Federated {principal}": "self"}
    names[f"AWS {principal}"] = "role" if ":role/" in principal else "self"
    if ":assumed-role/" in principal:
        names[f"AWS arn:aws:iam::{account}:role/{principal.split('/')[1]}"] = "role"
    if ":federated-user/" in principal:
        names[f"AWS arn:aws:iam::{account}:user/{principal.split('/')[1]}"] = "role"
    root = f"arn:aws:iam::{account}:root"
    for name in (account, root):
        names[f"AWS {name}"] = "self" if principal == root else "account"
    return names


def named(element: Json) -> list[str]:
    if element == "*":
        return ["AWS *"]
    return [f"{kind} {name}" for kind, given in element.items() for name in listed(given)]


def nearness(statement: Json, principal: str, *, bounded: bool) -> str | None:
    mine = names_of(principal)
    if "NotPrincipal" in statement:
        if bounded and statement["Effect"] == "Deny":
            return "self"
        excepted = [mine[name] for name in named(statement["NotPrincipal"]) if name in mine]
        out = "self" in excepted or (":role/" in principal and "role" in excepted)
        return None if out else "self"
    if "Principal" not in statement:
        return "self"
    found = [mine[name] for name in named(statement["Principal"]) if name in mine]
    return next((near for near in ("self", "role", "account") if near in found), None)


def resource_matches(statement: Json, version: str, kind: str, resource: str, context: Mapping[str, list[str]]) -> bool:
    patterns = statement.get("Resource", statement.get("NotResource", "*"))
    hits: list[bool | None] = []
    for pattern in listed(patterns):
        text = pattern
        if kind in ("identity", "boundary", "session") and text.startswith("arn:"):
            while text.count(":") < 5:
                text += ":*"
        tokens = filled(text, context, wild=True, variables=version == "2012-10-17")
        if tokens is None and "NotResource" in statement and not any(hits):
            hits.append(None)
        hits.append(tokens is not None and glob(tokens, resource))
    if "NotResource" not in statement:
        return True in hits
    return True not in hits and None not in hits


def effects(
    documents: list[Json], kind: str, request: Json, context: Mapping[str, list[str]], *, bounded: bool
) -> set[tuple[str, str]]:
    """All (effect, nearness) of documents that count together."""
    found = set()
    for document in documents:
        version = document.get("Version", "2008-10-17")
        for statement in listed(document["Statement"]):
            patterns = listed(statement.get("Action", statement.get("NotAction")))
            met = any(glob(characters(each.lower(), wild=True), request["action"].lower()) for each in patterns)
            near = nearness(statement, request["principal"], bounded=bounded)
            if (
                met == ("Action" in statement)
                and near is not None
                and resource_matches(statement, version, kind, request["resource"], context)
                and all(
                    condition_holds(operator, key, wanted, context, variables=version == "2012-10-17")
                    for operator, keys in statement.get("Condition", {}).items()
                    for key, wanted in keys.items()
                )
            ):
                found.add((statement["Effect"], near))
    return found


# --- the decision ----------------------------------------------------------------------------------------------------------
def context_of(request: Json) -> dict[str, list[str]]:
    principal = request["principal"]
    context: dict[str, list[str]] = {}
    parts = principal.split(":")
    if principal.endswith(".amazonaws.com"):
        context |= {"aws:principalisawsservice": ["true"], "aws:principalservicename": [principal]}
    elif principal == "anonymous":
        context |= {"aws:principaltype": ["Anonymous"], "aws:userid": ["anonymous"]}
    elif "-provider/" not in principal:
        context |= {"aws:principalisawsservice": ["false"], "aws:principalaccount": [parts[4]]}
        context["aws:principalarn"] = [principal]
        what = parts[5].split("/")[0]
        context["aws:principaltype"] = [
            {"user": "User", "root": "Account", "federated-user": "FederatedUser"}.get(what, "AssumedRole")
        ]
        if what == "assumed-role":
            context["aws:principalarn"] = [f"arn:aws:iam::{parts[4]}:role/{principal.split('/')[1]}"]
        if what == "user":
            context["aws:username"] = [principal.rpartition("/")[2]]
        if what == "root":
            context["aws:userid"] = [parts[4]]
        if what == "federated-user":
            context["aws:userid"] = [f"{parts[4]}:{principal.split('/')[1]}"]
    context["aws:resourceaccount"] = [request["resource_account"]]
    for key, value in request.get("context", {}).items():
        context[key.lower()] = [shown(each) for each in listed(value)]
    return context


def decide(case: Json) -> str:
    """The answer on a case in the form of `access decide --cases`."""
    request, policies = case["request"], case["policies"]
    if request["action"].lower() == "lambda:invokefunctionurl":
        behind = {**request, "action": "lambda:InvokeFunction"}
        behind["context"] = {**request.get("context", {}), "lambda:InvokedViaFunctionUrl": "true"}
        answers = [one(request, policies), one(behind, policies)]
        return next((answer for answer in ("explicit-deny", "implicit-deny") if answer in answers), "allowed")
    return one(request, policies)


def narrowed(conditions: Json) -> bool:
    """Whether a condition fixes the callers, among the keys and values that random cases have."""
    return any(
        (operator == "IpAddress" and key.lower() == "aws:sourceip")
        or (
            key.lower() in ("aws:sourcearn", "aws:principalarn")
            and operator in ("ArnLike", "ArnEquals", "StringLike", "StringEquals")
            and (operator == "StringEquals" or not re.search(r"[*?]", "".join(listed(wanted))))
        )
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def one(request: Json, policies: Json) -> str:  # noqa: C901 - one thing after the other, on purpose
    context = context_of(request)
    principal, action = request["principal"], request["action"].lower()
    service = action.split(":")[0]
    owned = principal.startswith("arn:") and "-provider/" not in principal
    account = principal.split(":")[4] if owned else None
    linked = "/aws-service-role/" in principal or "assumed-role/AWSServiceRoleFor" in principal
    managing = policies.get("management_account") is True

    kinds: dict[str, list[Json]] = {}
    if owned:
        kinds["identity"] = policies["identity"]
        for kind in ("boundary", "session"):
            if policies.get(kind):
                kinds[kind] = listed(policies[kind])
    if policies.get("resource"):
        kinds["resource"] = [policies["resource"]]
    if policies.get("endpoint"):
        kinds["endpoint"] = policies["endpoint"]
    if owned and not linked and not managing:
        kinds |= {f"scp{number}": level for number, level in enumerate(policies.get("scps") or [])}
    same = account == request["resource_account"]
    at_home = principal.startswith("arn:") and principal.split(":")[4] == request["resource_account"]
    if not linked and service in RCP_SERVICES and not (managing and at_home):
        kinds |= {f"rcp{number}": level for number, level in enumerate(policies.get("rcps") or [])}

    bounded = "boundary" in kinds
    found = {kind: effects(documents, kind, request, context, bounded=bounded) for kind, documents in kinds.items()}
    if any(effect == "Deny" for each in found.values() for effect, _ in each):
        return "explicit-deny"
    yes = {kind: any(effect == "Allow" for effect, _ in each) for kind, each in found.items()}
    near = {near for effect, near in found.get("resource", set()) if effect == "Allow"}
    if not all(value for kind, value in yes.items() if kind.startswith(("scp", "rcp", "endpoint"))):
        return "implicit-deny"
    if (
        service == "s3"
        and policies.get("block_public_access")
        and not same
        and not principal.endswith(".amazonaws.com")
    ):
        for statement in listed(policies["resource"]["Statement"]) if policies.get("resource") else []:
            public = "NotPrincipal" in statement or "AWS *" in named(statement["Principal"])
            if statement["Effect"] == "Allow" and public and not narrowed(statement.get("Condition", {})):
                near = set()
    if not owned:
        return "allowed" if near else "implicit-deny"
    if principal.endswith(":root") and action == "sts:assumerole":
        return "implicit-deny"
    limits = yes.get("boundary", True) and yes.get("session", True)
    rights = yes["identity"] or (principal.endswith(":root") and not policies["identity"])
    agree = bool(near) or not (same and not (service == "kms" or action == "sts:assumerole"))
    ways = [
        same and "self" in near,
        same and "role" in near and limits,
        same and rights and limits and (bool(near) or not (service == "kms" or action == "sts:assumerole")),
        not same and bool(near) and agree and rights and limits,
    ]
    return "allowed" if any(ways) else "implicit-deny"
