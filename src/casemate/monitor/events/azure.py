"""Azure: the Activity log, sign-ins and audits of Entra ID, and the logs of Functions and App Service.

Three shapes of one record are read: the diagnostic one (event hub, storage account: `operationName`, `properties`), the
REST API's and Graph's (`eventTimestamp`, `createdDateTime`), and the row of a Log Analytics table (`TimeGenerated`).
Sources: Azure Monitor, "Azure Activity Log event schema", "Azure Monitor resource log schema" and the tables reference;
Microsoft Graph, `signIn` and `directoryAudit` resource types.
"""

from __future__ import annotations

from casemate.monitor.events.source import Accessor, Body, Source, at, either, first, text
from casemate.monitor.events.times import iso

_SIGN_INS = frozenset({
    "SignInLogs", "NonInteractiveUserSignInLogs", "ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs",
    "ADFSSignInLogs",
})  # fmt: skip
_APP = ("FunctionAppLogs", "AppService")


def _category(body: Body) -> str:
    found = first(("category", "value"), ("category",), ("Category",), ("CategoryValue",))(body)
    return found if isinstance(found, str) else ""


def _when(body: Body) -> int:
    return iso(either("time", "eventTimestamp", "TimeGenerated", "createdDateTime", "activityDateTime")(body))


def _said(*paths: tuple[str, ...]) -> Accessor:
    """The first path whose value is no mapping: REST writes `{"value": …}` where others write text."""

    def read(body: Body) -> object:
        for path in paths:
            value = at(body, *path)
            if value not in {None, ""} if isinstance(value, str | int | None) else not isinstance(value, dict):
                return value
        return None

    return read


_operation = _said(("operationName", "value"), ("operationName",), ("OperationNameValue",), ("OperationName",))
_resource_id = _said(("resourceId",), ("ResourceId",), ("_ResourceId",), ("properties", "entity"))


def _subscription(body: Body) -> str:
    given = _said(("subscriptionId",), ("SubscriptionId",))(body)
    if isinstance(given, str):
        return given.lower()
    parts = str(_resource_id(body) or "").lower().strip("/").split("/")
    return parts[1] if len(parts) > 1 and parts[0] == "subscriptions" else ""


def _tenant(body: Body) -> str:
    given = _said(("tenantId",), ("TenantId",), ("AADTenantId",), ("properties", "tenantId"))(body)
    if isinstance(given, str):
        return given
    parts = str(at(body, "resourceId") or "").strip("/").split("/")
    return parts[1] if len(parts) > 1 and parts[0].lower() == "tenants" else ""


def _function(body: Body) -> object:
    parts = str(_resource_id(body) or "").lower().strip("/").split("/")
    if "microsoft.web" in parts and "sites" in parts and parts.index("sites") + 1 < len(parts):
        return parts[parts.index("sites") + 1]
    return None


def _claim(name: str) -> tuple[tuple[str, ...], ...]:
    long = f"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/{name}"
    return (("identity", "claims", long), ("claims", long))


def _activity_outcome(body: Body) -> str | None:
    said = _said(
        ("status", "value"), ("status",), ("resultType",), ("ActivityStatusValue",), ("ActivityStatus",),
        ("properties", "status"),
    )(body)  # fmt: skip
    word = str(said or "").lower()
    if word in {"failure", "failed"}:
        return "failure"
    return "success" if word in {"success", "succeeded", "accept", "accepted"} else None


_ACTIVITY_CATEGORIES = frozenset({
    "Administrative", "Policy", "Security", "ServiceHealth", "Alert", "Autoscale", "Recommendation", "ResourceHealth",
    "Write", "Delete", "Action",
})  # fmt: skip


def _is_activity(body: Body) -> bool:
    named = "operationName" in body or "OperationNameValue" in body
    if not named or not (
        "resourceId" in body or "ResourceId" in body or "_ResourceId" in body or "subscriptionId" in body
    ):
        return False
    if "eventDataId" in body or "OperationNameValue" in body or "authorization" in body:
        return True
    return _category(body) in _ACTIVITY_CATEGORIES or text(body, "resultSignature").partition(".")[0] in {
        "Started", "Succeeded", "Accepted", "Failed"
    }  # fmt: skip


ACTIVITY = Source(
    name="azure.activity",
    title="Azure Activity log",
    recognise=_is_activity,
    id=first(("eventDataId",), ("EventDataId",)),
    time=_when,
    account=_subscription,
    fields={
        "region": _said(("location",), ("Location",)),
        "service": lambda body: (str(_operation(body) or "").partition("/")[0]).lower() or None,
        "action": _operation,
        "outcome": _activity_outcome,
        "error": _said(("subStatus", "value"), ("resultSignature",), ("ActivitySubstatusValue",)),
        "actor": _said(
            ("caller",), ("Caller",), *_claim("upn"), *_claim("name"), ("identity", "claims", "appid"),
            ("claims", "appid"), ("properties", "caller"), ("identity", "authorization", "evidence", "principalId"),
        ),
        "actor_type": _said(
            ("identity", "authorization", "evidence", "principalType"), ("authorization", "evidence", "principalType"),
            ("identity", "claims", "idtyp"), ("claims", "idtyp"),
        ),
        "role": _said(("identity", "authorization", "evidence", "role"), ("authorization", "evidence", "role")),
        "address": _said(
            ("callerIpAddress",), ("CallerIpAddress",), ("httpRequest", "clientIpAddress"),
            *((*path[:-1], "ipaddr") for path in _claim("")),
        ),
        "function": _function,
        "resource": _resource_id,
        "message": _said(("description",), ("properties", "statusMessage"), ("properties", "message")),
    },
    sigma=(("azure", "activitylogs", None), ("azure", "azureactivity", None)),
    sigma_fields={
        "OperationName": ("operationName",), "OperationNameValue": ("operationName",), "Category": ("category",),
        "CategoryValue": ("category",), "Status": ("resultType",), "status": ("resultType",),
        "ActivityStatusValue": ("resultType",), "ResultType": ("resultType",), "Caller": ("caller",),
        "ResourceId": ("resourceId",),
    },
    sigma_folded={"operationName": "action", "OperationName": "action", "OperationNameValue": "action"},
    verbatim={"action": "whole", "actor": "whole", "resource": "whole"},
    log="a diagnostic setting on the subscription that sends the Activity log to an event hub or a storage account",
)  # fmt: skip


def _sign_in_outcome(body: Body) -> str:
    code = _sign_in_code(body)
    return "success" if code in {None, "", "0"} else "failure"


def _sign_in_code(body: Body) -> str | None:
    code = _said(("resultType",), ("ResultType",), ("properties", "status", "errorCode"), ("status", "errorCode"))(body)
    return None if code is None else str(code)


def _inner(*names: str) -> Accessor:
    """A property in `properties`, at the top as Graph writes it, or in capitals as a table's column."""
    paths: list[tuple[str, ...]] = []
    for name in names:
        paths += [("properties", name), (name,), (name[:1].upper() + name[1:],)]
    return _said(*paths)


SIGNIN = Source(
    name="azure.signin",
    title="Entra ID sign-ins",
    recognise=lambda body: _category(body) in _SIGN_INS
    or ("createdDateTime" in body and "appDisplayName" in body and "status" in body)
    or ("AppDisplayName" in body and "ResultType" in body),
    id=_inner("id"),
    time=_when,
    account=_tenant,
    fields={
        "region": _said(("location",), ("properties", "location", "countryOrRegion"), ("location", "countryOrRegion")),
        "service": _inner("appDisplayName", "resourceDisplayName"),
        "action": lambda body: _category(body) or "SignInLogs",
        "outcome": _sign_in_outcome,
        "error": lambda body: None if _sign_in_outcome(body) == "success" else _sign_in_code(body),
        "actor": _inner("userPrincipalName", "servicePrincipalName", "servicePrincipalId"),
        "actor_type": lambda body: "ServicePrincipal" if _inner("servicePrincipalId")(body) else "User",
        "actor_name": _inner("userDisplayName", "servicePrincipalName"),
        "session": _inner("correlationId"),
        "mfa": lambda body: {
            "multiFactorAuthentication": "true", "singleFactorAuthentication": "false",
        }.get(str(_inner("authenticationRequirement")(body))),
        "address": _said(("callerIpAddress",), ("properties", "ipAddress"), ("ipAddress",), ("IPAddress",)),
        "agent": _inner("userAgent", "clientAppUsed"),
        "resource": _inner("resourceDisplayName"),
        "message": _said(
            ("resultDescription",), ("properties", "status", "failureReason"), ("status", "failureReason")
        ),
    },
    sigma=(("azure", "signinlogs", None), ("azure", "riskdetection", None)),
    sigma_fields={
        "ResultType": ("resultType",), "ResultDescription": ("resultDescription",),
        "AppDisplayName": ("properties", "appDisplayName"), "Status": ("properties", "status"),
        "AuthenticationRequirement": ("properties", "authenticationRequirement"),
        "authenticationRequirement": ("properties", "authenticationRequirement"),
        "ClientApp": ("properties", "clientAppUsed"), "UserAgent": ("properties", "userAgent"),
        "userAgent": ("properties", "userAgent"), "Username": ("properties", "userPrincipalName"),
        "NetworkLocationDetails": ("properties", "networkLocationDetails"),
        "ConditionalAccessStatus": ("properties", "conditionalAccessStatus"),
        "DeviceDetail.isCompliant": ("properties", "deviceDetail", "isCompliant"),
        "DeviceDetail.trusttype": ("properties", "deviceDetail", "trustType"),
        "Resultdescription": ("resultDescription",), "RiskState": ("properties", "riskState"),
        "conditionalAccessStatus": ("properties", "conditionalAccessStatus"),
        "DeviceDetail.deviceId": ("properties", "deviceDetail", "deviceId"),
        "Location": ("location",), "riskEventType": ("properties", "riskEventType"),
        "riskState": ("properties", "riskState"), "ResourceDisplayName": ("properties", "resourceDisplayName"),
    },
    verbatim={"actor": "whole"},
    log="a diagnostic setting of Entra ID with SignInLogs, NonInteractiveUserSignInLogs, ServicePrincipalSignInLogs",
)  # fmt: skip

_ACTOR = (
    ("properties", "initiatedBy", "user", "userPrincipalName"), ("initiatedBy", "user", "userPrincipalName"),
    ("InitiatedBy", "user", "userPrincipalName"),
    ("properties", "initiatedBy", "app", "displayName"), ("initiatedBy", "app", "displayName"),
    ("InitiatedBy", "app", "displayName"), ("identity",),
)  # fmt: skip


AUDIT = Source(
    name="azure.audit",
    title="Entra ID audits",
    recognise=lambda body: _category(body) == "AuditLogs"
    or ("activityDisplayName" in body and "initiatedBy" in body)
    or (bool(text(body, "properties", "activityDisplayName")) and "tenantId" in body)
    or ("InitiatedBy" in body and "TargetResources" in body),
    id=_inner("id"),
    time=_when,
    account=_tenant,
    fields={
        "service": _inner("loggedByService"),
        "action": _said(
            ("operationName",), ("OperationName",), ("properties", "activityDisplayName"), ("activityDisplayName",)
        ),
        "outcome": lambda body: (
            "failure"
            if str(_inner("result")(body) or at(body, "resultType")).lower() in {"failure", "failed"}
            else "success"
        ),
        "error": _inner("resultReason"),
        "actor": _said(*_ACTOR),
        "actor_type": lambda body: "User" if _said(*_ACTOR[:3])(body) else "ServicePrincipal",
        "address": _said(
            ("properties", "initiatedBy", "user", "ipAddress"), ("initiatedBy", "user", "ipAddress"),
            ("callerIpAddress",),
        ),
        "resource": _said(
            ("properties", "targetResources", "displayName"), ("targetResources", "displayName"),
            ("properties", "targetResources", "userPrincipalName"), ("targetResources", "userPrincipalName"),
        ),
        "session": _inner("correlationId"),
    },
    sigma=(("azure", "auditlogs", None), ("azure", "pim", None)),
    sigma_fields={
        "properties.message": ("operationName",), "OperationName": ("operationName",), "Category": ("category",),
        "LoggedByService": ("properties", "loggedByService"), "Operation": ("operationName",),
        "ActivityDisplayName": ("properties", "activityDisplayName"),
        "Status": ("properties", "result"), "targetResources.type": ("properties", "targetResources", "type"),
        "TargetResources.modifiedProperties": ("properties", "targetResources", "modifiedProperties"),
        "TargetResources.ModifiedProperties.DisplayName":
            ("properties", "targetResources", "modifiedProperties", "displayName"),
        "TargetResources.ModifiedProperties.NewValue":
            ("properties", "targetResources", "modifiedProperties", "newValue"),
        "ActivityType": ("properties", "activityDisplayName"), "Result": ("properties", "result"),
        "TargetResources": ("properties", "targetResources"), "Initiatedby": ("properties", "initiatedBy"),
        "InitiatedBy": ("properties", "initiatedBy"),
        "TargetUserName": ("properties", "targetResources", "displayName"),
    },
    verbatim={"action": "whole", "actor": "whole"},
    log="a diagnostic setting of Entra ID with AuditLogs",
)  # fmt: skip


def _app_outcome(body: Body) -> str | None:
    status = at(body, "properties", "ScStatus")
    if status is not None:
        return "failure" if str(status) >= "400" else "success"
    return (
        "failure"
        if text(body, "properties", "exceptionType") or text(body, "level").lower() in {"error", "critical"}
        else None
    )


FUNCTION = Source(
    name="azure.function",
    title="Azure Functions and App Service logs",
    recognise=lambda body: _category(body).startswith(_APP),
    id=_inner("id"),
    time=_when,
    account=_subscription,
    fields={
        "region": _said(("location",), ("Location",)),
        "service": lambda _: "microsoft.web",
        "action": lambda body: at(body, "properties", "CsMethod") or _category(body),
        "outcome": _app_outcome,
        "error": _said(("properties", "exceptionType"), ("properties", "ScStatus")),
        "actor": _said(("properties", "User"), ("properties", "CsUsername"), ("properties", "UserDisplayName")),
        "address": _said(("properties", "CIp"), ("properties", "UserAddress"), ("CallerIpAddress",)),
        "agent": _said(("properties", "UserAgent")),
        "function": lambda body: _function(body) or at(body, "properties", "appName"),
        "resource": _said(("properties", "CsUriStem"), ("properties", "functionName"), ("properties", "Path")),
        "message": _said(
            ("properties", "message"), ("properties", "exceptionMessage"), ("properties", "ResultDescription")
        ),
    },
    verbatim={"action": "whole"},
    log="a diagnostic setting of the function app with FunctionAppLogs, AppServiceHTTPLogs and AppServiceAuditLogs",
)  # fmt: skip
