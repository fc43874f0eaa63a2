"""Small questions about an alert or a finding, in the language of Sigma's detections, for the configuration.

    where = { actor = "arn:aws:iam::*:role/deploy", "address|cidr" = ["10.0.0.0/8"] }

A table: all of its keys must hold; a list of tables: one of them. A key is a field, perhaps with modifiers
(`contains`, `cidr`, `re`, `gte` …); a list of values: one of them. Fields of an alert are `rule`, `title`,
`severity`, `source`, `account`, `owner`, `tags`, and whatever it says of itself and of its group (`actor`, `address`,
`function`, `country` …). Meaning and spelling are those of rules: without case, `*` and `?` in texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.authoring.query import All, Expression, Some
from casemate.errors import ConfigurationError
from casemate.model.event import Event
from casemate.model.location import Span
from casemate.model.value import Items, Literal, Value
from casemate.monitor.knowledge import NOTHING
from casemate.monitor.matching.plain import holds
from casemate.monitor.sigma.items import item
from casemate.monitor.sigma.logsources import spelled
from casemate.monitor.sigma.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.model.alert import Alert

_AT = Span("casemate.toml", 1, 1, 1, 1)
Body = dict[str, object]


def asked(where: object, place: str) -> Callable[[Body], bool]:
    """The question as a test of a body. Raises `ConfigurationError` with `place` for what is none."""
    if isinstance(where, list) and where:
        expression: Expression = Some(tuple(_table(one, place) for one in where))
    else:
        expression = _table(where, place)
    return lambda body: holds(expression, Event("", "", -1, "", body), {}, NOTHING)


def _table(where: object, place: str) -> Expression:
    if not isinstance(where, dict) or not where:
        raise ConfigurationError(f"{place}: a condition is a table of fields", hint='write { actor = "alice" }')
    parts = []
    for key, value in where.items():
        try:
            parts.append(item(key, _value(value, place), _AT, lambda name: spelled(name, None), {}))
        except Refused as error:
            raise ConfigurationError(f"{place}: {key}: {error.message}", hint=error.hint) from error
    return All(tuple(parts))


def _value(value: object, place: str) -> Value:
    if isinstance(value, list):
        return Items([_value(one, place) for one in value], _AT)
    if value is None or isinstance(value, str | int | float | bool):
        return Literal(value, _AT)
    raise ConfigurationError(f"{place}: {value!r} is no text, number or boolean")


def body_of(alert: Alert) -> Body:
    """What can be asked of an alert."""
    return {
        **alert.about,
        **alert.group,
        "rule": alert.rule,
        "detection": alert.rule,
        "title": alert.title,
        "severity": alert.severity.word,
        "source": alert.source,
        "account": alert.account,
        "owner": alert.owner,
        "tags": list(alert.tags),
        "count": alert.count,
        "playbook": alert.playbook,
    }
