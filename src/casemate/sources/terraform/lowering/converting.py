"""Converters: one Terraform value to what the native property holds.

Each gets the entry and may answer None for "nothing to say".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from casemate.model.value import Absent, Cases, Entry, Fields, Items, Literal, Text, Unknown, Value, display

if TYPE_CHECKING:
    from casemate.model.location import Span

Convert = Callable[[Entry], Value | None]
"""An entry to a native value. It sees `Cases` already taken apart: each case comes by itself."""

_WORDS = {"true": True, "false": False}


def scalar(value: Value) -> str | float | bool | None:
    """The scalar of a literal; None for everything else."""
    return value.value if isinstance(value, Literal) else None


def flag(value: Value) -> bool | None:
    """A literal boolean, also written as a word; None for everything else."""
    word = scalar(value)
    return word if isinstance(word, bool) else _WORDS.get(str(word).lower())


def fields(at: Span, /, **entries: Value | str | float | bool | None) -> Fields:
    """A map that nobody wrote in this form, all of it at `at`; None is left out, plain scalars become literals."""
    made: dict[str, Entry] = {}
    for key, value in entries.items():
        if value is not None:
            made[key] = Entry(at, value if isinstance(value, Value) else Literal(value, at))
    return Fields(made, at)


def concatenated(at: Span, *parts: Value | str) -> Value:
    """A text of parts."""
    return Text([part if isinstance(part, Value) else Literal(part, at) for part in parts], at)


def _pairs(name: str, value: str) -> Convert:
    """A map as a list of pairs: `{a = b}` -> `[{name: a, value: b}]`."""

    def convert(entry: Entry) -> Value | None:
        if not isinstance(entry.value, Fields):
            return entry.value
        pairs = [_pair(item.key_at, name, key, value, item.value) for key, item in entry.value.entries.items()]
        return Items(pairs, entry.value.at)

    return convert


def _pair(at: Span, name: str, key: str, value: str, item: Value) -> Fields:
    return Fields({name: Entry(at, Literal(key, at)), value: Entry(item.at, item)}, at)


def _choice(yes: str | bool, no: str | bool | None) -> Convert:  # noqa: FBT001 - a property's value
    """A boolean as one of two words; None for `no` leaves the property out."""

    def convert(entry: Entry) -> Value | None:
        on = flag(entry.value)
        if on is None:
            return entry.value if isinstance(entry.value, Unknown) else None
        word = yes if on else no
        return None if word is None else Literal(word, entry.value.at)

    return convert


def _words(**table: str | bool) -> Convert:
    """One word for another; a word that is not in the table stays as it is."""

    def convert(entry: Entry) -> Value | None:
        word = scalar(entry.value)
        found = table.get(str(word)) if isinstance(word, str | bool) else None
        return entry.value if found is None else Literal(found, entry.value.at)

    return convert


def _unless(*silent: str) -> Convert:
    """Nothing for values that mean "not set" (0 days, -1 concurrency, an empty text)."""

    def convert(entry: Entry) -> Value | None:
        return None if isinstance(entry.value, Literal) and display(entry.value) in silent else entry.value

    return convert


def _listed(entry: Entry) -> Value | None:
    return entry.value if isinstance(entry.value, Items | Unknown) else Items([entry.value], entry.value.at)


def _comma(entry: Entry) -> Value | None:
    """A list as one text with commas."""
    if not isinstance(entry.value, Items):
        return entry.value
    words = [scalar(item) for item in entry.value.items]
    if any(word is None for word in words):
        return entry.value
    return Literal(",".join(str(word) for word in words), entry.value.at)


def _split(entry: Entry) -> Value | None:
    """A text with commas as a list."""
    word = scalar(entry.value)
    return (
        Items([Literal(part.strip(), entry.value.at) for part in word.split(",")], entry.value.at)
        if isinstance(word, str)
        else entry.value
    )


def _there(entry: Entry) -> Value | None:
    """True where the block or argument is given at all; not known where a block may be repeated 0 times."""
    if isinstance(entry.value, Unknown) and entry.value.kind == "conditional":
        return entry.value
    empty = isinstance(entry.value, Items) and not entry.value.items
    return (
        None
        if empty or (isinstance(entry.value, Literal) and entry.value.value in {None, ""})
        else Literal(True, entry.key_at)
    )


def _empty_map(entry: Entry) -> Value | None:
    """An empty map where the block is given (`allow_action {}`)."""
    if isinstance(entry.value, Unknown) and entry.value.kind == "conditional":
        return entry.value
    return None if isinstance(entry.value, Items) and not entry.value.items else Fields({}, entry.key_at)


def _not(entry: Entry) -> Value | None:
    on = flag(entry.value)
    return entry.value if on is None else Literal(not on, entry.value.at)


def _acl(entry: Entry) -> Value | None:
    """S3's canned ACLs in CloudFormation's spelling: `public-read` -> `PublicRead`."""
    word = scalar(entry.value)
    return (
        Literal("".join(part.capitalize() for part in word.split("-")), entry.value.at)
        if isinstance(word, str)
        else entry.value
    )


def _key(role: str) -> Convert:
    """An attribute's name as one element of a DynamoDB key schema."""
    return lambda entry: Items([fields(entry.value.at, AttributeName=entry.value, KeyType=role)], entry.value.at)


def _constant(word: str) -> Convert:
    """A word where the argument is given at all."""

    def convert(entry: Entry) -> Value | None:
        there = _there(entry)
        return Literal(word, entry.value.at) if isinstance(there, Literal) else there

    return convert


def _named_values(entry: Entry) -> Value | None:
    """Blocks of name and value as a map: parameter groups."""
    if not isinstance(entry.value, Items):
        return entry.value
    found: dict[str, Entry] = {}
    for item in entry.value.items:
        name, value = (item.get("name"), item.entries.get("value")) if isinstance(item, Fields) else (None, None)
        if isinstance(name, Literal) and value is not None:
            found[str(name.value)] = value
    return Fields(found, entry.value.at)


def _log_options(entry: Entry) -> Value | None:
    """Blocks of log type and group as a map by log type (OpenSearch); a block is enabled unless it says otherwise."""
    if not isinstance(entry.value, Items):
        return entry.value
    found: dict[str, Entry] = {}
    for item in entry.value.items:
        kind = scalar(item.get("log_type") or Absent(item.at)) if isinstance(item, Fields) else None
        if isinstance(item, Fields) and isinstance(kind, str):
            options = {"Enabled": item.entries.get("enabled") or Entry(item.at, Literal(True, item.at))}
            if (group := item.entries.get("cloudwatch_log_group_arn")) is not None:
                options["CloudWatchLogsLogGroupArn"] = group
            found[kind] = Entry(item.at, Fields(options, item.at))
    return Fields(found, entry.value.at)


def _wrapped(name: str) -> Convert:
    """One text as a list of one map."""

    def convert(entry: Entry) -> Value | None:
        values = entry.value.items if isinstance(entry.value, Items) else [entry.value]
        made: list[Value] = [Fields({name: Entry(value.at, value)}, value.at) for value in values]
        return Items(made, entry.value.at)

    return convert


def _containers(entry: Entry) -> Value | None:
    """ECS container definitions: keys in camelCase become CloudFormation's; names inside of maps of options stay."""
    return _capitalized(entry.value, 0)


def _capitalized(value: Value, depth: int) -> Value:
    match value:
        case Items(items=items):
            return Items([_capitalized(item, depth) for item in items], value.at)
        case Fields(entries=entries) if depth < 6:
            made: dict[str, Entry] = {}
            for key, entry in entries.items():
                kept = key in {"options", "dockerLabels"}
                made[key[:1].upper() + key[1:]] = Entry(
                    entry.key_at, entry.value if kept else _capitalized(entry.value, depth + 1)
                )
            return Fields(made, value.at)
        case Cases(cases=cases):
            return Cases([(words, _capitalized(case, depth)) for words, case in cases], value.at)
        case _:
            return value


def _totp(entry: Entry) -> Value | None:
    return Items([Literal("SOFTWARE_TOKEN_MFA", entry.value.at)], entry.value.at) if flag(entry.value) else None


def _public_address(entry: Entry) -> Value | None:
    """CloudFormation says it on the instance's first network interface."""
    interface = Fields({"AssociatePublicIpAddress": entry}, entry.value.at)
    return Items([interface], entry.value.at)


def _delivery_log(protocol: str) -> Convert:
    """One element of a topic's `DeliveryStatusLogging`."""

    def convert(entry: Entry) -> Value | None:
        element = fields(entry.value.at, Protocol=protocol, FailureFeedbackRoleArn=entry.value)
        return Items([element], entry.value.at)

    return convert


def _filter_groups(entry: Entry) -> Value | None:
    """A build's webhook filters: blocks of blocks in Terraform, a list of lists in CloudFormation."""
    names = {"type": "Type", "pattern": "Pattern", "exclude_matched_pattern": "ExcludeMatchedPattern"}
    groups: list[Value] = []
    for group in entry.value.items if isinstance(entry.value, Items) else (entry.value,):
        filters = group.get("filter") if isinstance(group, Fields) else None
        made: list[Value] = []
        for block in filters.items if isinstance(filters, Items) else ():
            if isinstance(block, Fields):
                renamed = {names[key]: found for key, found in block.entries.items() if key in names}
                made.append(Fields(renamed, block.at))
        groups.append(Items(made, group.at))
    return Items(groups, entry.value.at)


CONVERTERS: dict[str, Convert] = {
    "tags": _pairs("Key", "Value"),
    "pairs": _pairs("Name", "Value"),
    "settings": _pairs("name", "value"),
    "Enabled": _choice("Enabled", "Disabled"),
    "ENABLED": _choice("ENABLED", "DISABLED"),
    "aws-owned": _choice("AWS_OWNED_CMK", None),
    **{word: _constant(word) for word in ("KMS", "VPC", "Subnet", "NetworkInterface", "TransitGateway")},
    "acl": _acl,
    "hash": _key("HASH"),
    "range": _key("RANGE"),
    "named-values": _named_values,
    "log-options": _log_options,
    "internal": _choice("internal", "internet-facing"),
    "certificate": _wrapped("CertificateArn"),
    "types": _wrapped("Type"),
    "containers": _containers,
    "totp": _totp,
    "public-address": _public_address,
    "log-lambda": _delivery_log("lambda"),
    "log-sqs": _delivery_log("sqs"),
    "log-http": _delivery_log("http/s"),
    "filter-groups": _filter_groups,
    "values": _wrapped("value"),
    "ids": _wrapped("id"),
    "services": _wrapped("service"),
    "masks": _wrapped("ipMask"),
    "ranges": _wrapped("addressRange"),
    "addresses": lambda entry: _wrapped("ipAddressOrRange")(Entry(entry.key_at, _split(entry) or entry.value)),
    "access": _words(private="None", blob="Blob", container="Container"),
    "enabled": _choice("enabled", "disabled"),
    "published": _choice("published", "notPublished"),
    "keyvault": _constant("Microsoft.Keyvault"),
    "rotate": _constant("Rotate"),
    "on": _constant("enabled"),
    "true": _there,
    "list": _listed,
    "comma": _comma,
    "empty": _empty_map,
    "not": _not,
    "nonzero": _unless("0", "0.0"),
    "positive": _unless("-1"),
}
"""Converter name in the tables -> function."""


def apply(convert: Convert | None, entry: Entry) -> Value | None:
    """An entry through a converter, case by case. None and `Absent` say nothing."""
    value = entry.value
    if isinstance(value, Absent) or (isinstance(value, Literal) and value.value is None):
        return None
    if convert is None:
        return value
    if isinstance(value, Cases):
        cases = [(words, apply(convert, Entry(entry.key_at, case)) or Absent(case.at)) for words, case in value.cases]
        return Cases(cases, value.at)
    return convert(entry)
