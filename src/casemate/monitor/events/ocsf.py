"""Which OCSF class an event of a source is: at the boundary only, where lakes and SIEMs ask for the number.

Schema: OCSF 1.5.0 (schema.ocsf.io): categories, classes and their `activity_id`s; `type_uid` is class × 100 + activity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.authoring.query import event as named
from casemate.model.record import dataclass
from casemate.monitor.events.registry import fields_of
from casemate.monitor.matching.values import values_of

if TYPE_CHECKING:
    from casemate.model.event import Event

VERSION = "1.5.0"
OTHER = 99
_BASE, _DETECTION, _ACCOUNT, _AUTHENTICATION, _ENTITY, _NETWORK, _HTTP, _API, _ERROR = (
    0,
    2004, 3001, 3002, 3004, 4001, 4002, 6003, 6008,
)  # fmt: skip

CLASSES: dict[int, str] = {
    0: "Base Event",
    2004: "Detection Finding",
    3001: "Account Change",
    3002: "Authentication",
    3004: "Entity Management",
    4001: "Network Activity",
    4002: "HTTP Activity",
    6003: "API Activity",
    6008: "Application Error",
}
"""Classes that events get, by number; the first digit is the category."""
SOURCES: dict[str, int] = {
    "aws.cloudtrail": _API,
    "aws.insight": _DETECTION,
    "aws.guardduty": _DETECTION,
    "aws.securityhub": _DETECTION,
    "aws.lambda": _BASE,
    "aws.apigateway": _HTTP,
    "aws.alb": _HTTP,
    "aws.vpcflow": _NETWORK,
    "azure.activity": _API,
    "azure.signin": _AUTHENTICATION,
    "azure.audit": _ENTITY,
    "azure.function": _BASE,
    "google.audit": _API,
    "google.function": _BASE,
    "github.audit": _API,
    "github.webhook": _API,
    "gitlab.audit": _API,
    "okta.system": _API,
    "kubernetes.audit": _API,
    "casemate.guard": _DETECTION,
    "casemate.gateway": _HTTP,
    "otlp": _BASE,
}
"""Source -> its class, unless what was done says more (`_BY_ACTION`)."""
_BY_ACTION: dict[tuple[str, str], tuple[int, int]] = {
    ("aws.cloudtrail", "ConsoleLogin"): (_AUTHENTICATION, 1),
    ("aws.cloudtrail", "AssumeRole"): (_AUTHENTICATION, 1),
    ("aws.cloudtrail", "CreateUser"): (_ACCOUNT, 1),
    ("aws.cloudtrail", "DeleteUser"): (_ACCOUNT, 6),
    ("aws.cloudtrail", "UpdateLoginProfile"): (_ACCOUNT, 3),
    ("aws.cloudtrail", "AttachUserPolicy"): (_ACCOUNT, 7),
    ("aws.cloudtrail", "DetachUserPolicy"): (_ACCOUNT, 8),
    ("aws.cloudtrail", "DeactivateMFADevice"): (_ACCOUNT, 11),
    ("okta.system", "user.session.start"): (_AUTHENTICATION, 1),
    ("okta.system", "user.session.end"): (_AUTHENTICATION, 2),
    ("okta.system", "user.lifecycle.create"): (_ACCOUNT, 1),
}
"""(source, action) -> (class, activity). Account Change: 1 create, 3 password change, 6 delete, 7 attach policy, 8
detach policy, 11 MFA factor disable; Authentication: 1 logon, 2 logoff."""
_VERBS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (
        1,
        ("create", "put", "add", "insert", "run", "register", "attach", "invoke", "start", "import", "upload", "write"),
    ),
    (2, ("get", "list", "describe", "head", "lookup", "read", "batchget", "query", "scan", "access")),
    (3, ("update", "modify", "set", "patch", "change", "enable", "disable", "reset", "replace")),
    (4, ("delete", "remove", "detach", "deregister", "terminate", "stop", "destroy", "purge", "revoke")),
)
"""API Activity and Entity Management: 1 create, 2 read, 3 update, 4 delete."""
_METHODS = {"connect": 1, "delete": 2, "get": 3, "head": 4, "options": 5, "post": 6, "put": 7, "trace": 8, "patch": 9}
"""HTTP Activity, by method."""


@dataclass(frozen=True, slots=True)
class Classified:
    """The numbers of one event."""

    class_uid: int
    activity_id: int

    @property
    def category_uid(self) -> int:
        return self.class_uid // 1000

    @property
    def class_name(self) -> str:
        return CLASSES[self.class_uid]

    @property
    def type_uid(self) -> int:
        return self.class_uid * 100 + self.activity_id


def classified(event: Event) -> Classified:
    """The class and activity of an event; of an unknown source the base event with activity 99."""
    found = values_of(named.action, event.body, fields_of(event.source))
    action = found[0] if found else ""
    special = _BY_ACTION.get((event.source, action))
    if special is not None:
        return Classified(*special)
    number = SOURCES.get(event.source, _BASE)
    if number == _BASE and values_of(named.outcome, event.body, fields_of(event.source)) == ["failure"]:
        return Classified(_ERROR, 1)  # a log line is a base event, one of a failure an application error
    return Classified(number, _activity(number, action, event))


def _activity(number: int, action: str, event: Event) -> int:
    if number == _HTTP:
        return _METHODS.get(action.lower(), OTHER)
    if number in {_API, _ENTITY}:
        word = action.rpartition("/")[0] if action.lower().endswith("/action") else action
        last = word.rpartition("/")[2].rpartition(".")[2].rpartition(":")[2].lower()
        return next((activity for activity, verbs in _VERBS if last.startswith(verbs)), OTHER)
    if number in {_AUTHENTICATION, _DETECTION}:
        return 1
    if number == _NETWORK:  # 6: traffic; 5: refused
        return 5 if values_of(named.outcome, event.body, fields_of(event.source)) == ["failure"] else 6
    return OTHER


def class_of(source: str) -> int:
    """The class of a source's events as a rule; 0 for one that nobody knows."""
    return SOURCES.get(source, 0)
