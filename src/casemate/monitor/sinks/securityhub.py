"""AWS Security Hub: alerts as findings of the AWS Security Finding Format.

The finding's id is made of the alert's, so a second delivery updates the same finding. The account and the region are
those of the hub, for `BatchImportFindings` takes own findings under the default product only of the caller's account;
where the alert is from is its resource.

Source: Security Hub API "BatchImportFindings" (100 findings, 240 KB each); user guide "ASFF syntax", "Types taxonomy".
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from casemate.monitor.aws import Client
from casemate.monitor.events.times import written
from casemate.monitor.sinks.chat import facts
from casemate.monitor.sinks.sink import Sent
from casemate.monitor.sinks.splitting import halves
from casemate_guard.cloud import CloudError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from casemate.model.alert import Alert

_TYPES = {
    **{
        f"attack.{name}": f"TTPs/{name.replace('-', ' ').title()}"
        for name in (
            "initial-access", "execution", "persistence", "privilege-escalation", "defense-evasion",
            "credential-access", "discovery", "lateral-movement", "collection",
        )
    },
    "attack.exfiltration": "Effects/Data Exfiltration",
    "attack.impact": "Unusual Behaviors/Serverless",
}  # fmt: skip
_AGAIN = frozenset({"InternalError", "InternalException", "LimitExceededException", "ThrottlingException"})


class SecurityHubSink:
    """The hub of `account` in `region`."""

    def __init__(
        self, account: str, region: str, *, name: str = "securityhub", now: Callable[[], float] = time.time
    ) -> None:
        self.name = name
        self.batch = 100
        self._account, self._region = account, region
        self._client = Client("securityhub", region)
        self._now = now

    def send(self, alerts: Sequence[Alert]) -> Sent:
        """One request; the answer names the findings that were not taken."""
        ids = {self._id(alert): alert.id for alert in alerts}
        everybody = frozenset(ids.values())
        try:
            answer = self._client.rest(
                "POST", "/findings/import", {"Findings": [self.document(alert) for alert in alerts]}
            )
        except CloudError as error:
            if error.status in {400, 413} and error.code not in _AGAIN:
                if len(alerts) > 1:
                    return halves(self.send, alerts)
                return Sent(refused=dict.fromkeys(everybody, str(error)))
            return Sent(again=everybody, trouble=str(error))
        failed = answer.get("FailedFindings")
        refused, again, trouble = {}, set(), ""
        for one in failed if isinstance(failed, list) else ():
            alert = ids.get(str(one.get("Id"))) if isinstance(one, dict) else None
            if alert is None:
                continue
            reason = f"{one.get('ErrorCode')}: {str(one.get('ErrorMessage'))[:300]}"
            if one.get("ErrorCode") in _AGAIN:
                again.add(alert)
                trouble = reason
            else:
                refused[alert] = reason
        return Sent(everybody - refused.keys() - again, frozenset(again), refused, trouble)

    def _id(self, alert: Alert) -> str:
        return f"casemate/{alert.id}"

    def document(self, alert: Alert) -> dict[str, object]:
        """The alert in ASFF."""
        when = written(alert.time) or written(int(self._now() * 1000))
        partition = "aws-cn" if self._region.startswith("cn-") else "aws-us-gov" if "-gov-" in self._region else "aws"
        types = [kind for tag in alert.tags if (kind := _TYPES.get(tag))] or ["Unusual Behaviors/Serverless"]
        shown = {f"casemate/{name}"[:128]: value[:1024] for name, value in facts(alert)}
        return {
            "SchemaVersion": "2018-10-08",
            "Id": self._id(alert),
            "ProductArn": f"arn:{partition}:securityhub:{self._region}:{self._account}:product/{self._account}/default",
            "GeneratorId": f"casemate/{alert.rule}"[:512],
            "AwsAccountId": self._account,
            "Types": types[:50],
            "CreatedAt": when,
            "UpdatedAt": when,
            "Severity": {"Label": alert.severity.word.upper(), "Original": alert.severity.word},
            "Title": _text(alert.title, 256),
            "Description": _text("; ".join(f"{name}: {value}" for name, value in facts(alert)), 1024),
            "ProductFields": dict(list(shown.items())[:50]),
            "RecordState": "ACTIVE",
            "Workflow": {"Status": "NEW"},
            "Resources": [self._resource(alert, partition)],
        }

    def _resource(self, alert: Alert, partition: str) -> dict[str, object]:
        about = alert.about
        region = about.get("region") or self._region
        arn = about.get("resource", "")
        if arn.startswith("arn:"):
            kind = "AwsLambdaFunction" if ":lambda:" in arn and ":function:" in arn else "Other"
            return {"Type": kind, "Id": arn[:512], "Partition": partition, "Region": region}
        account = alert.account or self._account
        name = about.get("function")
        if name and alert.source.startswith("aws."):
            arn = name if name.startswith("arn:") else f"arn:{partition}:lambda:{region}:{account}:function:{name}"
            return {"Type": "AwsLambdaFunction", "Id": arn[:512], "Partition": partition, "Region": region}
        return {"Type": "AwsAccount", "Id": f"AWS::::Account:{account}", "Partition": partition, "Region": region}

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def _text(text: str, longest: int) -> str:
    """A text that is not empty: ASFF wants one."""
    return " ".join(text.split())[:longest] or "-"
