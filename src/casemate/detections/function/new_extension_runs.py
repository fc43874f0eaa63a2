"""An extension runs beside a function that never ran there before.

What it does
------------
Reports the first start of an extension at a function whose extensions have been known for a day and twenty starts.

Why it matters
--------------
An extension sees every event and secret of the function. It comes with a layer, or with an image, and needs no change of the code.

How to respond
--------------
Find the layer or image it came with, take it out, rotate the function's secrets.

When to allow it
----------------
A new tool for monitoring that the pipeline brings.

References
----------
- https://attack.mitre.org/techniques/T1525/
- https://attack.mitre.org/techniques/T1574/
- https://docs.aws.amazon.com/lambda/latest/dg/lambda-extensions.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, FirstSeen, Pattern, Stage
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "new-extension-runs",
    severity=HIGH,
    sources=["aws.lambda"],
    tags=[
        "attack.persistence",
        "attack.execution",
        "attack.collection",
        "attack.credential-access",
        "attack.t1525",
        "attack.t1574",
    ],
    playbook="function-breached",
)
def detect() -> Pattern:
    started = event.raw("platform.type").is_("platform.extension") & event.raw("platform.name").exists()
    return FirstSeen(Stage(started, (event.account, event.function)), (event.raw("platform.name"),), every=DAY)


_RECORD = r"""{"owner": "111122223333", "logGroup": "/aws/lambda/orders", "logStream": "s", "id": "#", "time": "2026-03-#T10:00:00Z", "message": "EXTENSION\tName: insights\tState: Ready\tEvents: [INVOKE]", "platform": {"type": "platform.extension", "name": "insights", "state": "Ready"}}"""

CASES = [
    fires(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(10, 31))
        + "\n"
        + r"""{"owner": "111122223333", "logGroup": "/aws/lambda/orders", "logStream": "s", "id": "x", "time": "2026-03-31T11:00:00Z", "message": "EXTENSION\tName: insights\tState: Ready\tEvents: [INVOKE]", "platform": {"type": "platform.extension", "name": "helper", "state": "Ready"}}""",
    ),
    quiet(
        "\n".join(_RECORD.replace("#", str(number)) for number in range(10, 31))
        + "\n"
        + r"""{"owner": "111122223333", "logGroup": "/aws/lambda/orders", "logStream": "s", "id": "x", "time": "2026-03-31T11:00:00Z", "message": "EXTENSION\tName: insights\tState: Ready\tEvents: [INVOKE]", "platform": {"type": "platform.extension", "name": "insights", "state": "Ready"}}""",
    ),
]
