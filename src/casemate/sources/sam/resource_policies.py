"""`Auth.ResourcePolicy` of a REST API -> its policy document.

Source: AWS SAM developer guide, "ResourcePolicyStatement"; Amazon API Gateway developer guide, "API Gateway resource
policy examples".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.value import Entry, Fields, Items, Literal, Value, display
from casemate.sources.sam.writing import document, elements, entry, fields, fill, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.model.location import Span
    from casemate.sources.sam.expansion import Route

_NETWORKS = (
    ("IpRangeWhitelist", "NotIpAddress", "aws:SourceIp"),
    ("IpRangeBlacklist", "IpAddress", "aws:SourceIp"),
    ("SourceVpcWhitelist", "StringNotEquals", None),
    ("SourceVpcBlacklist", "StringEquals", None),
    ("IntrinsicVpcWhitelist", "StringNotEquals", "aws:SourceVpc"),
    ("IntrinsicVpcBlacklist", "StringEquals", "aws:SourceVpc"),
    ("IntrinsicVpceWhitelist", "StringNotEquals", "aws:SourceVpce"),
    ("IntrinsicVpceBlacklist", "StringEquals", "aws:SourceVpce"),
)
"""Property, operator and key of the Deny statement; for key None it depends on the value (`vpce-…` or `vpc-…`)."""


def resource_policy(
    auth: Fields, served: Iterable[tuple[str, str]], routes: Iterable[Route], properties: Fields, at: Span
) -> Entry | None:
    """The policy of the API, at the span of `ResourcePolicy`, with what single events add for their own route.

    `served`: (path, method) of everything the API answers.
    """
    written = entry(auth, "ResourcePolicy")
    if written is not None and not isinstance(written.value, Fields):
        return written
    stage = value_of(properties, "StageName") or Literal("*", at)
    found: list[Value] = []
    first = written
    for own, calls in [(written, list(served)), *((route.policy, [(route.path, route.method)]) for route in routes)]:
        if own is not None and isinstance(own.value, Fields):
            first = first or own
            found += _statements(own.value, _resources(calls, stage, at))
            found += elements(value_of(own.value, "CustomStatements"))
    return Entry(first.key_at, document(first.value.at, found)) if found and first is not None else None


def _resources(served: Iterable[tuple[str, str]], stage: Value, at: Span) -> Items:
    listed = [
        fill(
            "execute-api:/${Stage}/"
            + ("*" if method.upper() in {"ANY", "X-AMAZON-APIGATEWAY-ANY-METHOD"} else method.upper())
            + path,
            at,
            {"Stage": stage},
        )
        for path, method in dict.fromkeys((_as_pattern(path), method) for path, method in served)
    ]
    return Items(listed or [Literal("execute-api:/*", at)], at)


def _as_pattern(path: str) -> str:
    return re.sub(r"\{[^{}/]*\}", "*", path).replace("${", "$ {")


def _statements(policy: Fields, resources: Value) -> Iterator[Fields]:
    for name, effect in (("AwsAccountWhitelist", "Allow"), ("AwsAccountBlacklist", "Deny")):
        if (accounts := entry(policy, name)) is not None:
            who = fields(accounts.key_at, {"AWS": Items(list(elements(accounts.value)), accounts.value.at)})
            yield _statement(effect, who, resources, accounts.key_at)
    for name, operator, key in _NETWORKS:
        networks = entry(policy, name)
        if networks is None:
            continue
        at = networks.key_at
        anyone = Literal("*", at)
        yield _statement("Allow", anyone, resources, at)
        keys = fields(
            at,
            {
                context: Items(values, networks.value.at)
                for context, values in _by_key(key, list(elements(networks.value)))
            },
        )
        yield _statement("Deny", anyone, resources, at, fields(at, {operator: keys}))


def _by_key(key: str | None, values: list[Value]) -> Iterator[tuple[str, list[Value]]]:
    if key is not None:
        yield key, values
        return
    endpoints = [value for value in values if display(value).startswith("vpce-")]
    networks = [value for value in values if value not in endpoints]
    if networks:
        yield "aws:SourceVpc", networks
    if endpoints:
        yield "aws:SourceVpce", endpoints


def _statement(effect: str, who: Value, resources: Value, at: Span, condition: Fields | None = None) -> Fields:
    return fields(
        at,
        {
            "Effect": effect,
            "Principal": who,
            "Action": "execute-api:Invoke",
            "Resource": resources,
            "Condition": condition,
        },
    )
