"""A function fails again and again.

What it does
------------
Reports a hundred failures (exceptions, answers of 500 and above) of one function within five minutes.

Why it matters
--------------
Payloads that do not fit yet, and floods, look like this from inside; so does a bad deployment.

How to respond
--------------
Look at the messages: one input over and over is a queue's poison message, many strange ones are an attack.

When to allow it
----------------
A deployment that went wrong: roll it back.

References
----------
- https://attack.mitre.org/techniques/T1499/
- https://attack.mitre.org/techniques/T1190/
- https://attack.mitre.org/techniques/T1595/
- https://learn.microsoft.com/azure/azure-functions/functions-monitor-log-analytics
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, MINUTE, Pattern, at_least
from casemate.authoring.query import event
from casemate.model.finding import MEDIUM


@detection(
    "functions-fail-in-bulk",
    severity=MEDIUM,
    sources=["aws.lambda", "azure.function", "google.function"],
    tags=[
        "attack.impact",
        "attack.reconnaissance",
        "attack.initial-access",
        "attack.t1499",
        "attack.t1190",
        "attack.t1595",
    ],
)
def detect() -> Pattern:
    written = (
        event.raw("platform.type").is_("platform.fault", "timeout", "platform.report")
        | event.raw("type").is_("platform.fault", "platform.report", "platform.runtimeDone")
        | event.raw("category").is_("FunctionAppLogs", "AppServiceHTTPLogs")
        | event.raw("resource.type").is_("cloud_function", "cloud_run_revision")
    )
    failed = written & event.outcome.is_("failure") & ~event.error.matches("^4[0-9][0-9]$")
    return at_least(100, failed, within=5 * MINUTE, by=(event.account, event.function), every=HOUR)


_RECORD = """{"time": "2026-03-01T10:00:00Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "category": "FunctionAppLogs", "operationName": "Microsoft.Web/sites/functions/log", "level": "Error", "properties": {"appName": "shop", "functionName": "Orders", "message": "Executed 'Functions.Orders' (Failed, Id=#)", "exceptionType": "System.FormatException"}}"""
_RECORD_2 = """{"time": "2026-03-01T10:00:00Z", "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "category": "AppServiceHTTPLogs", "operationName": "Microsoft.Web/sites/log", "properties": {"CsMethod": "GET", "CsUriStem": "/api/#", "ScStatus": 404, "CIp": "198.51.100.7"}}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(100)),
    ),
    quiet(
        "\n".join(_RECORD_2.replace("#", str(number)) for number in range(100)),
    ),
]
