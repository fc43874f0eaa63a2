"""A notebook's start script was changed, or a notebook was opened by link.

What it does
------------
Reports lifecycle configurations of SageMaker that are made or changed, and links into notebooks and Studio domains, by hand.

Why it matters
--------------
The script runs with the notebook's role at its next start; a link opens the notebook without its owner's password.

How to respond
--------------
Read the script, put the former one back, revoke the role's sessions.

When to allow it
----------------
Data scientists open their own notebooks: suppress their role.

References
----------
- https://attack.mitre.org/techniques/T1059/009/
- https://attack.mitre.org/techniques/T1648/
- https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html
"""

from __future__ import annotations

from casemate.authoring.conditions import BY_HAND, DONE
from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import DAY, Pattern, each
from casemate.authoring.query import event
from casemate.model.finding import HIGH


@detection(
    "notebook-script-changed",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.execution", "attack.persistence", "attack.privilege-escalation", "attack.t1059.009", "attack.t1648"],
)
def detect() -> Pattern:
    changed = event.action.is_(
        "CreateNotebookInstanceLifecycleConfig", "UpdateNotebookInstanceLifecycleConfig", "CreateStudioLifecycleConfig",
        "CreatePresignedNotebookInstanceUrl", "CreatePresignedDomainUrl",
    )  # fmt: skip
    return each(changed & event.service.is_("sagemaker") & DONE & BY_HAND, by=(event.actor, event.account), every=DAY)


CASES = [
    fires(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sagemaker.amazonaws.com", "eventName": "UpdateNotebookInstanceLifecycleConfig", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {"notebookInstanceLifecycleConfigName": "c"}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
    quiet(
        """{"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "eventTime": "2026-03-01T10:00:00Z", "eventSource": "sagemaker.amazonaws.com", "eventName": "ListNotebookInstances", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0", "requestParameters": {}, "responseElements": null, "eventID": "1", "recipientAccountId": "111122223333"}""",
    ),
]
