"""Every source says what every source says, and no record is of two sources."""

from __future__ import annotations

import json
from importlib import import_module

import pytest

from casemate.authoring.query import Field
from casemate.engine.detections import every
from casemate.monitor.events.decoding import UNKNOWN_SOURCE, decode
from casemate.monitor.events.marks import MARKS
from casemate.monitor.events.ocsf import CLASSES, SOURCES, Classified, class_of, classified
from casemate.monitor.events.registry import fields_of, sources
from casemate.monitor.matching.values import values_of
from casemate.monitor.trial import events_of

SAMPLES: list[tuple[str, dict[str, object], dict[str, str], tuple[int, int]]] = [
    (
        "aws.cloudtrail",
        {"eventSource": "lambda.amazonaws.com", "eventName": "UpdateFunctionCode20150331v2", "eventTime": "2026-03-01T10:00:00Z", "recipientAccountId": "111122223333",
         "userIdentity": {"type": "IAMUser", "userName": "mallory", "arn": "arn:aws:iam::111122223333:user/mallory"}, "requestParameters": {"functionName": "arn:aws:lambda:eu-west-1:111122223333:function:orders:3"}},
        {"service": "lambda", "action": "UpdateFunctionCode", "function": "orders", "outcome": "success", "account": "111122223333"},
        (6003, 3),
    ),
    (
        "aws.cloudtrail",
        {"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "eventTime": "2026-03-01T10:00:00Z", "recipientAccountId": "1", "userIdentity": {"type": "Root"}, "responseElements": {"ConsoleLogin": "Failure"}},
        {"outcome": "failure", "actor_type": "Root"},
        (3002, 1),
    ),
    (
        "aws.insight",
        {"eventCategory": "Insight", "eventTime": "2026-03-01T10:00:00Z", "insightDetails": {"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances", "insightType": "ApiErrorRateInsight"}},
        {"service": "ec2", "action": "RunInstances", "message": "ApiErrorRateInsight"},
        (2004, 1),
    ),
    (
        "aws.guardduty",
        {"SchemaVersion": "2.0", "AccountId": "1", "Id": "f", "Type": "Trojan:Lambda/DropPoint", "UpdatedAt": "2026-03-01T10:00:00Z", "Service": {"ServiceName": "guardduty"}, "Resource": {"LambdaDetails": {"FunctionName": "orders"}}},
        {"action": "Trojan:Lambda/DropPoint", "function": "orders", "account": "1"},
        (2004, 1),
    ),
    (
        "aws.lambda",
        {"time": "2026-03-01T10:00:00.000Z", "type": "platform.report", "record": {"requestId": "8f5", "status": "timeout", "metrics": {"durationMs": 3000}}},
        {"action": "platform.report", "outcome": "failure", "session": "8f5"},
        (6008, 1),
    ),
    (
        "aws.apigateway",
        {"requestId": "r", "ip": "198.51.100.7", "requestTimeEpoch": 1772359200000, "httpMethod": "POST", "path": "/orders", "status": "403"},
        {"action": "POST", "resource": "/orders", "outcome": "failure", "address": "198.51.100.7"},
        (4002, 6),
    ),
    (
        "aws.vpcflow",
        {"srcaddr": "10.0.0.1", "dstaddr": "10.0.0.2", "interface-id": "eni-1", "start": "1772359200", "action": "REJECT"},
        {"action": "REJECT", "outcome": "failure", "resource": "eni-1"},
        (4001, 5),
    ),
    (
        "azure.activity",
        {"authorization": {"action": "x"}, "caller": "alice@example.com", "eventDataId": "d", "operationName": {"value": "Microsoft.Web/sites/write", "localizedValue": "w"}, "category": {"value": "Administrative"},
         "resourceId": "/subscriptions/S1/resourceGroups/A/providers/Microsoft.Web/sites/shop", "status": {"value": "Succeeded"}, "eventTimestamp": "2026-03-01T10:00:00.1234567Z", "subscriptionId": "S1"},
        {"action": "Microsoft.Web/sites/write", "actor": "alice@example.com", "function": "shop", "outcome": "success", "account": "s1", "service": "microsoft.web"},
        (6003, 1),
    ),
    (
        "azure.activity",
        {"TimeGenerated": "2026-03-01T10:00:00Z", "OperationNameValue": "MICROSOFT.WEB/SITES/HOST/LISTKEYS/ACTION", "Caller": "alice@example.com", "CallerIpAddress": "198.51.100.7", "ActivityStatusValue": "Failure", "_ResourceId": "/subscriptions/s1/resourcegroups/a"},
        {"action": "MICROSOFT.WEB/SITES/HOST/LISTKEYS/ACTION", "outcome": "failure", "address": "198.51.100.7"},
        (6003, 2),
    ),
    (
        "azure.signin",
        {"createdDateTime": "2026-03-01T10:00:00Z", "id": "1", "userPrincipalName": "alice@example.com", "appDisplayName": "Azure Portal", "ipAddress": "198.51.100.7", "status": {"errorCode": 50126}},
        {"actor": "alice@example.com", "outcome": "failure", "error": "50126", "service": "Azure Portal", "address": "198.51.100.7"},
        (3002, 1),
    ),
    (
        "azure.audit",
        {"activityDateTime": "2026-03-01T10:00:00Z", "id": "1", "activityDisplayName": "Add member to role", "result": "success", "initiatedBy": {"app": {"displayName": "PIM"}}, "targetResources": [{"displayName": "bob"}]},
        {"action": "Add member to role", "actor": "PIM", "actor_type": "ServicePrincipal", "resource": "bob"},
        (3004, 1),
    ),
    (
        "azure.function",
        {"time": "2026-03-01T10:00:00Z", "category": "AppServiceHTTPLogs", "resourceId": "/SUBSCRIPTIONS/S1/RESOURCEGROUPS/A/PROVIDERS/MICROSOFT.WEB/SITES/SHOP", "properties": {"CsMethod": "GET", "CsUriStem": "/api", "ScStatus": 500}},
        {"function": "shop", "outcome": "failure", "action": "GET"},
        (6008, 1),
    ),
    (
        "google.audit",
        {"insertId": "i", "timestamp": "2026-03-01T10:00:00Z", "resource": {"labels": {"project_id": "shop"}},
         "protoPayload": {"methodName": "google.cloud.functions.v2.FunctionService.UpdateFunction", "serviceName": "cloudfunctions.googleapis.com", "resourceName": "projects/shop/locations/e/functions/orders", "authenticationInfo": {"principalEmail": "ci@shop.iam.gserviceaccount.com"}}},
        {"action": "UpdateFunction", "service": "cloudfunctions", "function": "orders", "actor_type": "ServiceAccount", "account": "shop"},
        (6003, 3),
    ),
    (
        "google.function",
        {"insertId": "i", "timestamp": "2026-03-01T10:00:00Z", "resource": {"type": "cloud_run_revision", "labels": {"service_name": "orders", "project_id": "shop"}}, "httpRequest": {"requestMethod": "GET", "requestUrl": "https://x/", "status": 200, "remoteIp": "198.51.100.7"}},
        {"function": "orders", "outcome": "success", "address": "198.51.100.7"},
        (0, 99),
    ),
    (
        "github.audit",
        {"@timestamp": 1772359200000, "_document_id": "d", "action": "protected_branch.destroy", "actor": "mallory", "org": "shop", "repo": "shop/orders"},
        {"action": "protected_branch.destroy", "resource": "shop/orders", "account": "shop"},
        (6003, 4),
    ),
    (
        "github.webhook",
        {"action": "completed", "workflow_run": {"conclusion": "failure", "updated_at": "2026-03-01T10:00:00Z"}, "repository": {"full_name": "shop/orders", "owner": {"login": "shop"}}, "sender": {"login": "mallory"}},
        {"action": "workflow_run.completed", "outcome": "failure", "actor": "mallory"},
        (6003, 99),
    ),
    (
        "gitlab.audit",
        {"id": 1, "author_id": 7, "entity_type": "Project", "entity_path": "shop/orders", "created_at": "2026-03-01T10:00:00Z", "details": {"author_name": "Mallory", "change": "visibility", "from": "Private"}},
        {"action": "change visibility", "actor": "Mallory", "resource": "shop/orders", "account": "shop"},
        (6003, 3),
    ),
    (
        "okta.system",
        {"uuid": "u", "published": "2026-03-01T10:00:00Z", "eventType": "user.session.start", "actor": {"alternateId": "alice"}, "outcome": {"result": "FAILURE", "reason": "LOCKED"}},
        {"action": "user.session.start", "outcome": "failure", "error": "LOCKED"},
        (3002, 1),
    ),
    (
        "kubernetes.audit",
        {"kind": "Event", "apiVersion": "audit.k8s.io/v1", "auditID": "a", "stage": "ResponseComplete", "verb": "create", "user": {"username": "x"}, "sourceIPs": ["10.0.0.1"], "requestReceivedTimestamp": "2026-03-01T10:00:00.1Z", "responseStatus": {"code": 403}},
        {"action": "create", "outcome": "failure", "address": "10.0.0.1", "id": "a/ResponseComplete"},
        (6003, 1),
    ),
    (
        "casemate.gateway",
        {"class_uid": 4002, "time": 1772359200000, "metadata": {"uid": "g", "product": {"name": "casemate-gateway"}}, "action_id": 2, "http_request": {"http_method": "GET", "url": {"path": "/orders"}}, "http_response": {"code": 403}, "src_endpoint": {"ip": "198.51.100.7"}},
        {"resource": "/orders", "error": "403", "outcome": "failure", "address": "198.51.100.7"},
        (4002, 99),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "record", "said", "numbers"), SAMPLES, ids=[f"{number}-{one[0]}" for number, one in enumerate(SAMPLES)]
)
def test_what_a_source_says(
    name: str, record: dict[str, object], said: dict[str, str], numbers: tuple[int, int]
) -> None:
    event = decode(json.dumps(record).encode())
    assert event.source == name
    assert event.time in {1772359200000, 1772359200123, 1772359200100, -1}
    fields = fields_of(name)
    assert {key: values_of(Field((key,), canonical=True), event.body, fields) for key in said} == {
        key: [value] for key, value in said.items()
    }
    made = classified(event)
    assert (made.class_uid, made.activity_id) == numbers
    assert made.type_uid == numbers[0] * 100 + numbers[1]
    assert made.category_uid == numbers[0] // 1000


def test_no_record_is_of_two_sources() -> None:
    records = [record for _, record, _, _ in SAMPLES]
    records += [
        dict(event.body) for one in every() for case in import_module(one.module).CASES for event in events_of(case)[:3]
    ]
    for record in records:
        assert [source.name for source in sources() if source.recognise(record)] == [
            decode(json.dumps(record).encode()).source
        ]


def test_every_record_has_the_marks_of_its_source() -> None:
    records = [record for _, record, _, _ in SAMPLES]
    records += [
        dict(event.body) for one in every() for case in import_module(one.module).CASES for event in events_of(case)[:3]
    ]
    for record in records:
        line = json.dumps(record)
        for literals in MARKS.get(decode(line.encode()).source, ()):
            assert any(literal in line.lower() for literal in literals), (literals, line[:300])


def test_every_source_has_a_class_a_title_and_a_remedy() -> None:
    for source in sources():
        assert source.title
        assert source.log
        assert class_of(source.name) in CLASSES
    assert set(SOURCES) == {source.name for source in sources()}
    assert class_of(UNKNOWN_SOURCE) == 0
    assert Classified(4002, 3).class_name == "HTTP Activity"


@pytest.mark.parametrize("shape", [{}, {"x": None}, None, 7, "text", [], [{}], {"value": {"value": 1}}])
def test_records_of_the_wrong_shape_break_no_source(shape: object) -> None:
    for _, record, _, _ in SAMPLES:
        for key in record:
            body = {**record, key: shape}
            for source in sources():
                source.recognise(body)
                source.time(body)
                source.account(body)
                for spelling in source.complete().values():
                    if callable(spelling):
                        spelling(body)
