"""A function was changed by somebody other than its pipeline.

What it does
------------
Reports successful changes of a function's code, configuration, layers, permissions, URL, concurrency or triggers, and new functions, by a
principal that no delivery pipeline of the inventory assumes and that the configuration does not name. Changes that CloudFormation makes
with its own role are judged by who started the stack's update.

Why it matters
--------------
Code that did not come through the pipeline was not reviewed, scanned or signed. It is how somebody with a stolen key stays: new code in
an old function, a layer, an environment variable that loads a library, a resource policy, a URL.

How to respond
--------------
Put back what the last deployment set (an alias to the last version, the template again), revoke the principal's sessions, and look at all
that it did in the hours before.

When to allow it
----------------
Emergency changes by hand; name the role for such changes under `[monitor.known] pipeline_roles`.

References
----------
- https://attack.mitre.org/techniques/T1525/
- https://attack.mitre.org/techniques/T1098/
- https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
"""

from __future__ import annotations

from casemate.authoring.detection import detection, fires, quiet
from casemate.authoring.patterns import HOUR, Pattern, each
from casemate.authoring.query import event, known
from casemate.model.finding import HIGH

_CHANGES = (
    "UpdateFunctionCode", "UpdateFunctionConfiguration", "PublishVersion", "UpdateAlias", "CreateAlias", "AddPermission", "RemovePermission",
    "CreateFunctionUrlConfig", "UpdateFunctionUrlConfig", "PutFunctionConcurrency", "DeleteFunctionConcurrency", "CreateEventSourceMapping",
    "UpdateEventSourceMapping", "PutFunctionEventInvokeConfig", "DeleteFunction", "PutRuntimeManagementConfig", "DeleteFunctionCodeSigningConfig",
)  # fmt: skip
_STACKS = ("CreateStack", "UpdateStack", "ExecuteChangeSet", "CreateStackInstances", "UpdateStackSet")


@detection(
    "function-changed-outside-pipeline",
    severity=HIGH,
    sources=["aws.cloudtrail"],
    tags=["attack.persistence", "attack.t1525", "attack.t1098", "attack.privilege-escalation"],
    playbook="function-breached",
)
def detect() -> Pattern:
    pipeline = known("pipeline_roles", event.role) | known("pipeline_actors", event.actor)
    changed = event.action.is_(*_CHANGES) & known("functions", event.function)
    created = event.action.is_("CreateFunction") | (event.service.is_("cloudformation") & event.action.is_(*_STACKS))
    done = event.outcome.is_("success") & ~pipeline & ~event.session.is_("AWSCloudFormation")
    return each((changed | created) & done, by=(event.actor, event.action, event.function), every=HOUR)


_KNOWN = {
    "functions": [["shop-orders-9z8y"]],
    "pipeline_roles": [["arn:aws:iam::111122223333:role/deploy"]],
    "pipeline_actors": [],
}

CASES = [
    fires(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionCode20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "requestParameters": {"functionName": "shop-Orders-9Z8Y"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    fires(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "AddPermission20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "requestParameters": {"functionName": "shop-Orders-9Z8Y"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    fires(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "cloudformation.amazonaws.com", "eventName": "ExecuteChangeSet", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "requestParameters": {"stackName": "shop"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "p", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionCode20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "4.4.4.4", "userAgent": "aws-sdk-js", "userIdentity": {"type": "AssumedRole", "principalId": "AROA:GitHubActions", "arn": "arn:aws:sts::111122223333:assumed-role/deploy/GitHubActions", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/deploy", "userName": "deploy"}}}, "requestParameters": {"functionName": "shop-Orders-9Z8Y"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionCode20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "errorCode": "AccessDenied", "requestParameters": {"functionName": "shop-Orders-9Z8Y"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
    quiet(
        """{"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "lambda.amazonaws.com", "eventName": "GetFunction20150331v2", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"}, "requestParameters": {"functionName": "shop-Orders-9Z8Y"}, "recipientAccountId": "111122223333"}""",
        knowledge=_KNOWN,
    ),
]
