"""What reached a function through a gateway or a load balancer: API Gateway access logs and ALB access logs.

API Gateway writes what its format says; read are the names of the formats that its documentation gives (JSON with
`requestId`, `ip`, `httpMethod` …) and the Common Log Format. ALB lines come as `lines.parse` makes them.
Sources: API Gateway developer guide, "Set up CloudWatch logging for REST APIs"; Elastic Load Balancing user guide,
"Access logs for your Application Load Balancer".
"""

from __future__ import annotations

from casemate.monitor.events.source import Body, Source, at, either, first, text
from casemate.monitor.events.times import UNKNOWN, clf, epoch, iso

_METHODS = ("httpMethod", "method", "requestMethod")
_PATHS = ("path", "resourcePath", "routeKey", "requestPath")


def _is_access(body: Body) -> bool:
    return (
        "requestId" in body
        and any(name in body for name in _METHODS)
        and any(name in body for name in (*_PATHS, "status"))
        and ("ip" in body or "sourceIp" in body or "identity.sourceIp" in body)
    )


def _outcome(status: object) -> str | None:
    try:
        return "failure" if int(str(status)) >= 400 else "success"
    except ValueError:
        return None


def _when(body: Body) -> int:
    written = either("requestTimeEpoch", "requestTime", "time", "timestamp")(body)
    for read in (epoch, clf, iso):
        moment = read(written)
        if moment != UNKNOWN:
            return moment
    return UNKNOWN


APIGATEWAY = Source(
    name="aws.apigateway",
    title="API Gateway access logs",
    recognise=_is_access,
    id=first(("extendedRequestId",), ("requestId",)),
    time=_when,
    account=lambda body: text(body, "accountId") or text(body, "owner"),
    fields={
        "service": lambda _: "apigateway",
        "action": either(*_METHODS),
        "outcome": lambda body: _outcome(at(body, "status")),
        "error": ("status",),
        "actor": either("user", "caller", "principalId", "authorizer.principalId"),
        "address": either("ip", "sourceIp", "identity.sourceIp"),
        "agent": either("userAgent", "identity.userAgent"),
        "resource": either(*_PATHS),
        "message": either("error", "errorMessage", "integrationErrorMessage", "error.message"),
    },
    log="access logging on every stage, as JSON with requestId, ip, requestTime, httpMethod, path, status, userAgent",
)


def _owner(body: Body) -> str:
    for key in ("target_group_arn", "chosen_cert_arn"):
        parts = text(body, key).split(":")
        if len(parts) > 4:
            return parts[4]
    return ""


ALB = Source(
    name="aws.alb",
    title="Application Load Balancer access logs",
    recognise=lambda body: "elb" in body and "target_status_code" in body and "request" in body,
    id=lambda body: at(body, "conn_trace_id") and f"{at(body, 'trace_id')}/{at(body, 'time')}/{at(body, 'client')}",
    time=lambda body: iso(at(body, "time")),
    account=_owner,
    fields={
        "service": lambda _: "elasticloadbalancing",
        "action": ("method",),
        "outcome": lambda body: _outcome(at(body, "elb_status_code")),
        "error": ("elb_status_code",),
        "address": ("client_ip",),
        "agent": ("user_agent",),
        "resource": lambda body: text(body, "url").partition("?")[0] or None,
        "message": ("error_reason",),
    },
    log="access logs of the load balancer, to S3",
)
