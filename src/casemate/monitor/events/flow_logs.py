"""VPC flow logs, versions 2 to 7, with the fields that the header (or the default format) names.

Source: the VPC user guide, "Flow log records".
"""

from __future__ import annotations

from casemate.monitor.events.source import Source, at, text
from casemate.monitor.events.times import epoch

VPCFLOW = Source(
    name="aws.vpcflow",
    title="VPC flow logs",
    recognise=lambda body: (
        "srcaddr" in body and "dstaddr" in body and ("interface-id" in body or "pkt-srcaddr" in body)
    ),
    id=lambda _: None,
    time=lambda body: epoch(at(body, "start")),
    account=lambda body: text(body, "account-id"),
    fields={
        "region": ("region",),
        "service": lambda _: "vpc",
        "action": ("action",),
        "outcome": lambda body: "success" if text(body, "action") == "ACCEPT" else "failure",
        "address": ("srcaddr",),
        "resource": ("interface-id",),
    },
    log="VPC flow logs of the functions' subnets, to S3 or CloudWatch Logs",
)
