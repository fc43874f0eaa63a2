"""Which detections can fire in this system, and which cannot because a log is off or nothing is known to compare with.

A detection fires only on events that somebody writes. What the templates say about logs is held against the sources
that each detection reads; what templates cannot say (an organisation's trail, a stream that was set up by hand) is
`unknown`, with what to look at, and never counted as covered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from casemate.authoring.patterns import Pattern, stages_of
from casemate.authoring.query import All, Leaf, Not, Some
from casemate.model.value import Fields, Items, text_of
from casemate.monitor.events.registry import by_name
from casemate.monitor.knowing import MEANING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from casemate.analysis.system import System
    from casemate.authoring.detection import Detection
    from casemate.authoring.query import Expression
    from casemate.model.setting import Setting
    from casemate.model.value import Value
    from casemate.monitor.knowledge import Knowledge

State = Literal["on", "off", "unknown", "absent"]
"""`absent`: the system has nothing that the source tells of."""
Status = Literal["fires", "partly", "unknown", "blind", "absent"]

_DATA_EVENTS: dict[str, str] = {
    "Invoke": "AWS::Lambda::Function",
    **dict.fromkeys(("GetObject", "PutObject", "DeleteObject", "CopyObject", "DeleteObjects"), "AWS::S3::Object"),
    **dict.fromkeys(("GetItem", "PutItem", "Query", "Scan", "DeleteItem", "UpdateItem"), "AWS::DynamoDB::Table"),
}
"""API -> the resource type whose data events a trail must select (CloudTrail user guide, "Logging data events")."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known of one log. `reason` says why; `fix` what to do where it is not on."""

    state: State
    reason: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Covered:
    """One detection. `missing`: what keeps it from firing, or from firing everywhere, with what helps."""

    detection: str
    status: Status
    sources: tuple[str, ...]
    missing: tuple[Sight, ...] = ()


def coverage(detections: Iterable[Detection], system: System, knowledge: Knowledge) -> list[Covered]:
    """Every detection, in the order given."""
    sights = sights_of(system)
    types = _selected_types(system)
    return [_covered(one, sights, types, knowledge) for one in detections]


def _covered(
    detection: Detection, sights: dict[str, Sight], types: frozenset[str] | None, knowledge: Knowledge
) -> Covered:
    gaps = [
        Sight(
            "off", f"nothing says {MEANING.get(name, name)}", f"declare it, or give it under [monitor.known] as {name}"
        )
        for name in sorted(detection.needs)
        if not knowledge.has(name)
    ]
    found = [sights[name] for name in detection.sources if name in sights]
    seen = [one for one in found if one.state in {"on", "unknown"}]
    if found and all(one.state == "absent" for one in found):
        return Covered(detection.name, "absent", detection.sources, tuple(found))
    if gaps or not seen:
        return Covered(
            detection.name, "blind", detection.sources, (*gaps, *(one for one in found if one.state == "off"))
        )
    missing = [one for one in found if one.state in {"off", "unknown"}]
    needed = {_DATA_EVENTS[action] for action in actions_of(detection.pattern) if action in _DATA_EVENTS}
    if types is not None and needed - types and "aws.cloudtrail" in detection.sources:
        lacking = ", ".join(sorted(needed - types))
        missing.append(Sight("off", f"no trail selects data events of {lacking}", "add an event selector for them"))
        if detection.sources == ("aws.cloudtrail",) and actions_of(detection.pattern) <= _DATA_EVENTS.keys():
            return Covered(detection.name, "blind", detection.sources, tuple(missing))
        return Covered(detection.name, "partly", detection.sources, tuple(missing))
    if any(one.state == "on" for one in found):
        status: Status = "partly" if any(one.state == "off" for one in found) else "fires"
        return Covered(detection.name, status, detection.sources, tuple(one for one in missing if one.state == "off"))
    return Covered(detection.name, "unknown", detection.sources, tuple(missing))


def sights_of(system: System) -> dict[str, Sight]:
    """What is known of every source."""
    inventory = system.inventory
    clouds = {one.cloud for one in inventory.functions} | {one.cloud for one in inventory.stores}
    hosts = {one.kind for one in inventory.pipelines}
    found = {name: _by_default(name, source.title, source.log, clouds) for name, source in by_name().items()}
    found["aws.cloudtrail"] = _trail(system) if "aws" in clouds else found["aws.cloudtrail"]
    found["aws.lambda"] = (
        Sight("on", "Lambda writes its reports to the function's log group")
        if "aws" in clouds
        else Sight("absent", "no Lambda function")
    )
    if inventory.networks and "aws" in clouds:
        found["aws.vpcflow"] = _setting(
            "VPC flow logs", [one.flow_logs for one in inventory.networks if one.flow_logs is not None]
        )
    apis = [one.access_logs for one in inventory.apis if one.cloud == "aws"]
    found["aws.apigateway"] = _setting("access logs", apis) if apis else Sight("absent", "no API")
    for name in ("github.audit", "github.webhook"):
        if "github-actions" not in hosts:
            found[name] = Sight("absent", "no GitHub workflow")
    if "gitlab-ci" not in hosts:
        found["gitlab.audit"] = Sight("absent", "no GitLab pipeline")
    guarded = any(one.name == "casemate-guard" for one in system.dependencies)
    found["casemate.guard"] = (
        Sight("on", "casemate-guard is among the dependencies")
        if guarded
        else Sight("off", "no function depends on casemate-guard", "add casemate-guard to the functions")
    )
    if any(one.kind == "detector" for one in inventory.monitors):
        found["aws.guardduty"] = Sight("on", "a detector is declared")
    return found


_CLOUD_OF = {"aws": "aws", "azure": "azure", "google": "google"}


def _by_default(name: str, title: str, log: str, clouds: AbstractSet[str]) -> Sight:
    cloud = _CLOUD_OF.get(name.partition(".")[0])
    if cloud is not None and cloud not in clouds:
        return Sight("absent", f"nothing of {cloud} was scanned")
    return Sight("unknown", f"the templates do not say whether there is {title}", log)


def _trail(system: System) -> Sight:
    trails = [one for one in system.inventory.monitors if one.kind == "trail"]
    if not trails:
        return Sight(
            "unknown",
            "no trail is declared here; the organisation may have one",
            "a trail over all regions, or its name",
        )
    settings = [one.enabled for one in trails if one.enabled is not None]
    if settings and not any(True in one.values() for one in settings):
        return Sight("off", f"the trail {trails[0].name} does not log", "set IsLogging to true")
    return Sight("on", f"{trails[0].name} logs")


def _setting(title: str, settings: list[Setting[bool]]) -> Sight:
    off = [one for one in settings if False in one.values()]
    if off and len(off) == len(settings):
        return Sight("off", f"{title} are off", f"switch {title} on")
    if off:
        return Sight("on", f"{title} are on, but not everywhere ({len(off)} of {len(settings)} off)")
    return Sight("on" if settings else "unknown", f"{title} are on" if settings else f"nothing is said of {title}")


def _selected_types(system: System) -> frozenset[str] | None:
    """The resource types whose data events some declared trail selects; None where no trail is declared."""
    trails = [one for one in system.inventory.monitors if one.kind == "trail"]
    if not trails:
        return None
    return frozenset(text for one in trails for text in _texts(one.resource.properties) if text.startswith("AWS::"))


def _texts(value: Value | None) -> Iterator[str]:
    if isinstance(value, Fields):
        for entry in value.entries.values():
            yield from _texts(entry.value)
    elif isinstance(value, Items):
        for one in value.items:
            yield from _texts(one)
    elif value is not None and (text := text_of(value)):
        yield text


def actions_of(pattern: Pattern) -> frozenset[str]:
    """The API names that the pattern asks for by name."""
    found: set[str] = set()
    for stage in stages_of(pattern):
        found |= actions_of(stage.where) if isinstance(stage.where, Pattern) else set(_actions(stage.where))
    return frozenset(found)


def _actions(expression: Expression) -> Iterator[str]:
    match expression:
        case All() | Some():
            for part in expression.parts:
                yield from _actions(part)
        case Leaf():
            if expression.field.path[-1] in {"action", "eventName"} and expression.operator == "equals":
                yield from (value for value in expression.values if isinstance(value, str))
        case Not():
            return
