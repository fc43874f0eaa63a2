"""Keys of a function app were read, or its code replaced, by a person.

What it does
------------
Reports host and function keys that are listed or set, publishing credentials and profiles that are listed, application settings that are
listed, and deployments over the site's own endpoints, by a user.

Why it matters
--------------
A host key calls every function; publishing credentials replace the code without a trace in the pipeline; the settings hold the secrets.

How to respond
--------------
Renew the keys and publishing credentials, rotate the settings' secrets, compare the code with the build.

When to allow it
----------------
The portal lists keys and settings when its page is opened: suppress the people who work there.

References
----------
- https://attack.mitre.org/techniques/T1525/
- https://attack.mitre.org/techniques/T1552/001/
- https://attack.mitre.org/techniques/T1648/
- https://learn.microsoft.com/azure/role-based-access-control/permissions/web-and-mobile
"""

from __future__ import annotations

from casemate.authoring.conditions import DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "function-code-or-keys-touched",
    severity=HIGH,
    sources=["azure.activity"],
    tags=[
        "attack.persistence",
        "attack.credential-access",
        "attack.execution",
        "attack.t1525",
        "attack.t1552.001",
        "attack.t1648",
    ],
    playbook="function-breached",
)
def detect() -> Pattern:
    touched = event.action.is_(
        "Microsoft.Web/sites/host/listkeys/action", "Microsoft.Web/sites/functions/listkeys/action",
        "Microsoft.Web/sites/functions/listsecrets/action", "Microsoft.Web/sites/host/functionkeys/write",
        "Microsoft.Web/sites/host/systemkeys/write", "Microsoft.Web/sites/functions/keys/write",
        "Microsoft.Web/sites/config/list/action", "Microsoft.Web/sites/publishxml/action",
        "Microsoft.Web/sites/publishxml/read", "Microsoft.Web/publishingusers/write", "Microsoft.Web/sites/zipdeploy/action",
        "Microsoft.Web/sites/extensions/write", "Microsoft.Web/sites/functions/write", "Microsoft.Web/sites/sourcecontrols/write",
        "Microsoft.Web/sites/slots/host/listkeys/action", "Microsoft.Web/sites/slots/config/list/action",
    )  # fmt: skip
    return each(touched & DONE & ~event.actor_type.is_("ServicePrincipal"), by=(event.actor, event.function), every=DAY)


CASES = [
    fires(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "operationName": "MICROSOFT.WEB/SITES/HOST/LISTKEYS/ACTION", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/shop/providers/microsoft.web/sites/shop", "action": "MICROSOFT.WEB/SITES/HOST/LISTKEYS/ACTION", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
    fires(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "operationName": "Microsoft.Web/sites/publishxml/action", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/shop/providers/microsoft.web/sites/shop", "action": "Microsoft.Web/sites/publishxml/action", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "operationName": "MICROSOFT.WEB/SITES/HOST/LISTKEYS/ACTION", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/shop/providers/microsoft.web/sites/shop", "action": "MICROSOFT.WEB/SITES/HOST/LISTKEYS/ACTION", "evidence": {"role": "Contributor", "principalType": "ServicePrincipal"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "pipeline", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
    quiet(
        """{"time": "2026-03-01T10:00:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "operationName": "Microsoft.Web/sites/read", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "callerIpAddress": "198.51.100.7", "identity": {"authorization": {"scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/shop/providers/microsoft.web/sites/shop", "action": "Microsoft.Web/sites/read", "evidence": {"role": "Contributor", "principalType": "User"}}, "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com", "ipaddr": "198.51.100.7"}}, "level": "Information"}""",
    ),
]
