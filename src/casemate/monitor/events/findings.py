"""Findings of AWS's own detectors: GuardDuty (its API's, EventBridge's and S3 export's shape) and Security Hub (ASFF).

Sources: the GuardDuty user guide, "GuardDuty finding format", and the Security Hub user guide, "AWS Security Finding
Format (ASFF)".
"""

from __future__ import annotations

from casemate.monitor.events.source import Body, Source, at, either, first, text
from casemate.monitor.events.times import iso


def _is_guardduty(body: Body) -> bool:
    service = at(body, "service") or at(body, "Service")
    name = at(service, "serviceName") or at(service, "ServiceName")
    return isinstance(name, str) and name.lower() == "guardduty" and ("type" in body or "Type" in body)


def _of(*path: str) -> tuple[str, ...]:
    return ("resource", *path)


GUARDDUTY = Source(
    name="aws.guardduty",
    title="Amazon GuardDuty findings",
    recognise=_is_guardduty,
    id=either("id", "Id"),
    time=lambda body: iso(either("updatedAt", "UpdatedAt")(body)),
    account=lambda body: text(body, "accountId") or text(body, "AccountId"),
    fields={
        "region": either("region", "Region"),
        "service": lambda _: "guardduty",
        "action": either("type", "Type"),
        "actor": first(
            _of("accessKeyDetails", "userName"), ("Resource", "AccessKeyDetails", "UserName"),
            _of("lambdaDetails", "role"),
        ),
        "actor_type": first(_of("accessKeyDetails", "userType"), ("Resource", "AccessKeyDetails", "UserType")),
        "access_key": first(
            _of("accessKeyDetails", "accessKeyId"), ("Resource", "AccessKeyDetails", "AccessKeyId")
        ),
        "address": first(
            ("service", "action", "networkConnectionAction", "remoteIpDetails", "ipAddressV4"),
            ("service", "action", "awsApiCallAction", "remoteIpDetails", "ipAddressV4"),
            ("Service", "Action", "NetworkConnectionAction", "RemoteIpDetails", "IpAddressV4"),
            ("Service", "Action", "AwsApiCallAction", "RemoteIpDetails", "IpAddressV4"),
        ),
        "function": first(_of("lambdaDetails", "functionName"), ("Resource", "LambdaDetails", "FunctionName")),
        "resource": first(
            _of("lambdaDetails", "functionArn"), _of("instanceDetails", "instanceId"),
            ("arn",), ("Arn",),
        ),
        "message": either("title", "Title"),
    },
    verbatim={"action": "whole"},
    log="Amazon GuardDuty with Lambda Protection, its findings sent to EventBridge or exported to S3",
)  # fmt: skip


SECURITYHUB = Source(
    name="aws.securityhub",
    title="AWS Security Hub findings (ASFF)",
    recognise=lambda body: "AwsAccountId" in body and "ProductArn" in body and "Types" in body,
    id=lambda body: at(body, "Id"),
    time=lambda body: iso(first(("UpdatedAt",), ("CreatedAt",))(body)),
    account=lambda body: text(body, "AwsAccountId"),
    fields={
        "region": first(("Region",), ("Resources", "Region")),
        "service": lambda _: "securityhub",
        "action": ("Types",),
        "resource": ("Resources", "Id"),
        "function": first(("Resources", "Details", "AwsLambdaFunction", "FunctionName")),
        "address": first(("Network", "SourceIpV4"), ("Action", "AwsApiCallAction", "RemoteIpDetails", "IpAddressV4")),
        "message": ("Title",),
    },
    log="AWS Security Hub, its findings sent to EventBridge",
)
