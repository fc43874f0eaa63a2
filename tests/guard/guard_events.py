"""Small events of every trigger, in the shapes that the platforms document; each carries MARK where senders write."""

from __future__ import annotations

import base64
import gzip
import json

MARK = "<script>alert(1)</script>"
PERCENT = "%3Cscript%3Ealert(1)%3C/script%3E"


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def zipped(value: object) -> str:
    return b64(gzip.compress(json.dumps(value).encode()))


_V2 = {"accountId": "1", "apiId": "a", "http": {"method": "POST", "path": "/x"}, "requestId": "r", "stage": "$default"}
_CLOUD = {"specversion": "1.0", "id": "1", "source": "//x"}

EVENTS: dict[str, object] = {
    "http-v1": {
        "resource": "/{p}",
        "path": "/x",
        "httpMethod": "GET",
        "headers": {"Host": "h"},
        "multiValueHeaders": {"Host": ["h"]},
        "queryStringParameters": {"q": MARK},
        "multiValueQueryStringParameters": {"q": ["1", MARK]},
        "pathParameters": {"p": "x"},
        "requestContext": {"httpMethod": "GET", "identity": {"sourceIp": "192.0.2.1"}},
        "body": None,
        "isBase64Encoded": False,
    },
    "http-v2": {
        "version": "2.0",
        "rawPath": "/x",
        "rawQueryString": f"q={PERCENT}",
        "cookies": ["a=b"],
        "headers": {"host": "h"},
        "requestContext": _V2,
        "isBase64Encoded": False,
    },
    "function-url": {
        "version": "2.0",
        "rawPath": "/x",
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {**_V2, "domainName": "abc.lambda-url.eu-west-1.on.aws"},
        "body": b64(json.dumps({"a": {"b": MARK}})),
        "isBase64Encoded": True,
    },
    "alb": {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:x"}},
        "httpMethod": "GET",
        "path": "/",
        "multiValueQueryStringParameters": {"q": [PERCENT]},
        "multiValueHeaders": {"host": ["h"]},
        "body": "",
        "isBase64Encoded": False,
    },
    "websocket": {
        "requestContext": {"routeKey": "$default", "connectionId": "c", "eventType": "MESSAGE"},
        "body": json.dumps({"action": "send", "text": MARK}),
        "isBase64Encoded": False,
    },
    "authorizer-token": {"type": "TOKEN", "methodArn": "arn:aws:execute-api:x", "authorizationToken": MARK},
    "authorizer-request": {"type": "REQUEST", "methodArn": "arn:aws:execute-api:x", "headers": {"x": MARK}},
    "appsync": {
        "arguments": {"title": MARK},
        "identity": {"sub": "1"},
        "source": None,
        "request": {"headers": {"host": "h"}},
        "info": {"fieldName": "add", "parentTypeName": "Mutation"},
    },
    "cognito": {
        "version": "1",
        "triggerSource": "PreSignUp_SignUp",
        "userPoolId": "p",
        "userName": "u",
        "request": {"userAttributes": {"name": MARK}},
        "response": {},
    },
    "s3": {
        "Records": [
            {
                "eventSource": "aws:s3",
                "eventName": "ObjectCreated:Put",
                "s3": {"bucket": {"name": "b"}, "object": {"key": "up+load/" + PERCENT, "size": 1}},
            }
        ]
    },
    "sqs": {
        "Records": [
            {
                "messageId": "m1",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-west-1:1:q",
                "body": json.dumps({"inner": json.dumps({"deep": MARK})}),
                "attributes": {},
                "messageAttributes": {"bin": {"dataType": "Binary", "binaryValue": b64("x")}},
            }
        ]
    },
    "sns": {
        "Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps({"a": MARK}), "MessageAttributes": {}}}]
    },
    "sns-in-sqs": {
        "Records": [
            {
                "messageId": "m1",
                "eventSource": "aws:sqs",
                "body": json.dumps({"Type": "Notification", "TopicArn": "t", "Message": json.dumps({"a": MARK})}),
            }
        ]
    },
    "eventbridge": {"detail-type": "Order", "source": "shop", "detail": {"text": MARK}, "id": "1"},
    "schedule": {"detail-type": "Scheduled Event", "source": "aws.events", "detail": {"x": MARK}, "id": "1"},
    "kinesis": {
        "Records": [
            {
                "eventSource": "aws:kinesis",
                "kinesis": {"data": b64(json.dumps({"a": MARK})), "partitionKey": "k", "sequenceNumber": "1"},
            }
        ]
    },
    "firehose": {
        "invocationId": "i",
        "deliveryStreamArn": "arn",
        "records": [{"recordId": "1", "data": zipped({"a": MARK})}],
    },
    "dynamodb-stream": {
        "Records": [
            {
                "eventSource": "aws:dynamodb",
                "eventName": "INSERT",
                "dynamodb": {
                    "SequenceNumber": "1",
                    "Keys": {"id": {"N": "1"}},
                    "NewImage": {"m": {"M": {"l": {"L": [{"B": b64(MARK)}, {"SS": ["a", "b"]}]}}}},
                },
            }
        ]
    },
    "msk": {
        "eventSource": "aws:kafka",
        "records": {
            "t-0": [
                {
                    "topic": "t",
                    "partition": 0,
                    "offset": 1,
                    "key": b64("k"),
                    "value": b64(json.dumps([MARK])),
                    "headers": [{"h": [104, 105]}],
                }
            ]
        },
    },
    "kafka": {
        "eventSource": "SelfManagedKafka",
        "records": {"t-0": [{"topic": "t", "value": b64("x"), "headers": [{"h": list(MARK.encode())}]}]},
    },
    "mq-active": {"eventSource": "aws:mq", "messages": [{"messageID": "1", "data": b64(MARK)}]},
    "mq-rabbit": {
        "eventSource": "aws:rmq",
        "rmqMessagesByQueue": {"q::/": [{"basicProperties": {"headers": {"a": MARK}}, "data": b64("x")}]},
    },
    "iot": {"clickType": "SINGLE", "serialNumber": MARK, "batteryVoltage": "1"},
    "ses": {
        "Records": [
            {
                "eventSource": "aws:ses",
                "ses": {"mail": {"headers": [{"name": "Subject", "value": MARK}], "commonHeaders": {"subject": "s"}}},
            }
        ]
    },
    "cloudwatch-logs": {"awslogs": {"data": zipped({"logEvents": [{"message": MARK}]})}},
    "cloudformation": {
        "RequestType": "Create",
        "ResponseURL": "https://example.com",
        "StackId": "s",
        "ResourceProperties": {"Name": MARK},
    },
    "step-functions": {"TaskToken": "t", "input": {"a": MARK}},
    "config": {"invokingEvent": json.dumps({"a": MARK}), "configRuleName": "r", "eventLeftScope": False},
    "codepipeline": {
        "CodePipeline.job": {"data": {"actionConfiguration": {"configuration": {"UserParameters": MARK}}}}
    },
    "alexa": {"version": "1.0", "session": {}, "request": {"intent": {"slots": {"a": {"value": MARK}}}}},
    "s3-batch": {
        "invocationSchemaVersion": "1.0",
        "job": {"id": "j"},
        "tasks": [{"taskId": "t", "s3Key": PERCENT, "s3BucketArn": "a"}],
    },
    "s3-object-lambda": {
        "getObjectContext": {"inputS3Url": "https://example.com"},
        "userRequest": {"url": f"/k?q={PERCENT}", "headers": {"Host": "h"}},
    },
    "cloudfront": {"Records": [{"cf": {"request": {"uri": "/", "querystring": f"q={PERCENT}", "headers": {}}}}]},
    "azure-http": {
        "Data": {
            "req": {"Url": "https://x.azurewebsites.net/api/f", "Method": "POST", "Body": json.dumps({"a": MARK})}
        },
        "Metadata": {},
    },
    "azure-queue": {"Data": {"item": json.dumps(json.dumps({"a": MARK}))}, "Metadata": {"DequeueCount": "1"}},
    "azure-blob": {"Data": {"blob": b64(MARK)}, "Metadata": {"BlobTrigger": "c/n"}},
    "azure-event-grid": [
        {"topic": "t", "subject": "s", "eventType": "X", "dataVersion": "1", "id": "1", "data": {"a": MARK}}
    ],
    "azure-event-hub": {"Data": {"events": json.dumps([{"a": MARK}])}, "Metadata": {"PartitionContext": {}}},
    "azure-service-bus": {"Data": {"m": MARK}, "Metadata": {"LockToken": "l", "DeliveryCount": "1"}},
    "azure-cosmos-db": [{"id": "1", "_rid": "r", "_ts": 1, "text": MARK}],
    "azure-timer": {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": {"x": MARK}, "IsPastDue": False},
    "google-cloudevent": {
        **_CLOUD,
        "type": "google.cloud.pubsub.topic.v1.messagePublished",
        "data": {"message": {"data": b64(json.dumps({"a": MARK})), "attributes": {"x": "y"}}},
    },
    "google-pubsub-push": {"message": {"data": b64(MARK), "messageId": "1"}, "subscription": "projects/x"},
    "google-event": {"data": {"bucket": "b", "name": MARK}, "context": {"eventId": "1", "eventType": "x"}},
    "http": {"method": "POST", "path": "/x", "headers": {"a": "b"}, "args": {"q": MARK}},
    "cloudevent": {**_CLOUD, "type": "com.example", "data": {"a": MARK}},
    "direct": {"anything": [{"goes": MARK}]},
}
