"""What Casemate's own guard and gateway decided: OCSF findings and HTTP activity with what only we know beside them."""

from __future__ import annotations

from casemate.monitor.events.source import Body, Source, at, first, text
from casemate.monitor.events.times import UNKNOWN, epoch, iso


def _product(body: Body) -> str:
    return text(body, "metadata", "product", "name")


def _when(body: Body) -> int:
    moment = epoch(at(body, "time"))
    return moment if moment != UNKNOWN else iso(at(body, "time"))


def _verdict(body: Body) -> object:
    return first(("unmapped", "verdict"), ("disposition",), ("verdict",))(body)


def _outcome(body: Body) -> str:
    if at(body, "action_id") == 2 or str(_verdict(body)) in {"reject", "block", "blocked", "deny", "refuse"}:
        return "failure"
    return "success"


def _rules(body: Body) -> object:
    reasons = at(body, "unmapped", "reasons")
    if isinstance(reasons, list):
        found = [text(one, "rule") for one in reasons if isinstance(one, dict)]
        if any(found):
            return [one for one in found if one]
    return at(body, "finding_info", "types")


GUARD = Source(
    name="casemate.guard",
    title="Decisions of casemate-guard",
    recognise=lambda body: "class_uid" in body and _product(body) == "casemate-guard",
    id=first(("metadata", "uid")),
    time=_when,
    account=lambda body: text(body, "cloud", "account", "uid"),
    fields={
        "region": ("cloud", "region"),
        "service": ("trigger",),
        "action": _verdict,
        "outcome": _outcome,
        "error": _rules,
        "address": first(("src_endpoint", "ip"), ("unmapped", "address")),
        "actor": first(("actor", "user", "uid"), ("unmapped", "caller")),
        "session": ("metadata", "correlation_uid"),
        "function": first(("function",), ("resources", "name")),
        "message": ("finding_info", "title"),
    },
    verbatim={"action": "whole", "error": "whole", "function": "whole"},
    log='casemate-guard in the functions, with `tell = "refused"` or more',
)

GATEWAY = Source(
    name="casemate.gateway",
    title="Decisions of the Casemate gateway",
    recognise=lambda body: "class_uid" in body and _product(body) == "casemate-gateway",
    id=first(("metadata", "uid")),
    time=_when,
    account=lambda body: text(body, "cloud", "account", "uid"),
    fields={
        "service": ("http_request", "url", "hostname"),
        "action": _verdict,
        "outcome": _outcome,
        "error": lambda body: at(body, "http_response", "code") or _rules(body),
        "actor": first(("actor", "user", "uid"), ("actor", "user", "name")),
        "address": ("src_endpoint", "ip"),
        "agent": ("http_request", "user_agent"),
        "session": ("metadata", "correlation_uid"),
        "function": first(("dst_endpoint", "name"), ("function",)),
        "resource": ("http_request", "url", "path"),
        "message": first(("finding_info", "title"), ("message",)),
    },
    verbatim={"action": "whole"},
    log="the gateway with its audit log sent on",
)
