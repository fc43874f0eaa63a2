"""Text that every record of a source has in its bytes, or it would not be recognised: what the engine may look for.

Each source has sets of literals (folded); of each set one must stand in the record. They follow from what the sources'
`recognise` ask; `tests/monitor/test_event_marks.py` holds them against every record of the detections' cases.
"""

from __future__ import annotations

MARKS: dict[str, tuple[frozenset[str], ...]] = {
    "aws.cloudtrail": (frozenset({'"eventname"'}),),
    "aws.insight": (frozenset({'"insightdetails"'}),),
    "aws.guardduty": (frozenset({"guardduty"}),),
    "aws.securityhub": (frozenset({'"productarn"'}),),
    "aws.lambda": (frozenset({'"platform', '"loggroup"'}), frozenset({'"message"', '"record"'})),
    "aws.apigateway": (
        frozenset({'"requestid"'}),
        frozenset({'"ip"', '"sourceip"', '"identity.sourceip"'}),
    ),
    "aws.alb": (frozenset({'"target_status_code"'}),),
    "aws.vpcflow": (frozenset({'"srcaddr"'}),),
    "azure.signin": (frozenset({"signinlogs", '"appdisplayname"'}),),
    "azure.audit": (frozenset({"auditlogs", '"initiatedby"', '"activitydisplayname"'}),),
    "azure.function": (frozenset({"functionapplogs", "appservice"}),),
    "azure.activity": (
        frozenset({'"operationname'}),
        frozenset({'"resourceid"', '"_resourceid"', '"subscriptionid"'}),
    ),
    "google.audit": (frozenset({'"protopayload"'}),),
    "google.function": (
        frozenset({'"cloud_function"', '"cloud_run_revision"', '"cloud_run_job"'}),
        frozenset({'"textpayload"', '"jsonpayload"', '"httprequest"'}),
    ),
    "github.audit": (frozenset({'"@timestamp"', '"created_at"', '"actor"'}), frozenset({'"action"'})),
    "github.webhook": (frozenset({'"sender"'}), frozenset({'"login"'})),
    "gitlab.audit": (frozenset({'"author_id"'}),),
    "okta.system": (frozenset({'"published"'}),),
    "kubernetes.audit": (frozenset({"audit.k8s.io", '"objectref"'}),),
    "otlp": (frozenset({'"timeunixnano"'}),),
    "casemate.guard": (frozenset({"casemate-guard"}),),
    "casemate.gateway": (frozenset({"casemate-gateway"}),),
}
"""Source -> sets of literals."""
