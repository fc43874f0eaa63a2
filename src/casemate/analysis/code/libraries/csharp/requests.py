"""What comes into a function: requests, events and messages of ASP.NET Core, Azure Functions, Lambda and Google.

Sources: ASP.NET Core API browser, "HttpRequest", "ControllerBase"; Azure Functions, "Guide for running C# Azure
Functions in the isolated worker model", "Develop C# class library functions"; aws-lambda-dotnet, README of each event
package; Functions Framework for .NET.
"""

from __future__ import annotations

from casemate.analysis.code.models import Makes, Model, Source

_WEB = "Microsoft.AspNetCore.Http"
_MVC = "Microsoft.AspNetCore.Mvc"
_WORKER = "Microsoft.Azure.Functions.Worker.Http"
_REQUEST = (
    ("Query", "the query string"), ("QueryString", "the query string"), ("Form", "the form"), ("Headers", "a header"),
    ("Cookies", "a cookie"), ("Body", "the body"), ("BodyReader", "the body"), ("Path", "the path"),
    ("RouteValues", "the path"), ("Host", "a header"), ("ReadFormAsync", "the form"), ("ReadAsStringAsync", "the body"),
    ("ReadFromJsonAsync", "the body"), ("GetDisplayUrl", "the URL"), ("GetEncodedUrl", "the URL"),
    ("GetQueryParameterDictionary", "the query string"), ("GetTypedHeaders", "a header"), ("ContentType", "a header"),
)  # fmt: skip
_WORKED = (
    ("Query", "the query string"), ("Headers", "a header"), ("Cookies", "a cookie"), ("Body", "the body"),
    ("Url", "the URL"), ("ReadAsString", "the body"), ("ReadAsStringAsync", "the body"),
    ("ReadFromJsonAsync", "the body"),
)  # fmt: skip
_PROXY = (
    ("Body", "the body"), ("QueryStringParameters", "the query string"), ("PathParameters", "the path"),
    ("Headers", "a header"), ("MultiValueQueryStringParameters", "the query string"),
    ("MultiValueHeaders", "a header"), ("Path", "the path"), ("RawPath", "the path"),
    ("RawQueryString", "the query string"), ("Cookies", "a cookie"),
)  # fmt: skip
PROXIES = (
    "Amazon.Lambda.APIGatewayEvents.APIGatewayProxyRequest",
    "Amazon.Lambda.APIGatewayEvents.APIGatewayHttpApiV2ProxyRequest",
    "Amazon.Lambda.ApplicationLoadBalancerEvents.ApplicationLoadBalancerRequest",
)
_RECORDS = (
    ("Amazon.Lambda.SQSEvents.SQSEvent.Records[]", ("Body", "MessageAttributes"), "a message of the queue"),
    ("Amazon.Lambda.SQSEvents.SQSEvent.SQSMessage", ("Body", "MessageAttributes"), "a message of the queue"),
    ("Amazon.Lambda.SNSEvents.SNSEvent.Records[].Sns", ("Message", "Subject", "MessageAttributes"),
     "a message of the topic"),
    ("Amazon.Lambda.SNSEvents.SNSEvent.SNSRecord.Sns", ("Message", "Subject", "MessageAttributes"),
     "a message of the topic"),
    ("Amazon.Lambda.S3Events.S3Event.Records[].S3.Object", ("Key",), "the key of an object in the bucket"),
    ("Amazon.Lambda.KinesisEvents.KinesisEvent.Records[].Kinesis", ("Data", "PartitionKey"), "a record of the stream"),
    ("Amazon.Lambda.DynamoDBEvents.DynamoDBEvent.Records[].Dynamodb", ("NewImage", "OldImage", "Keys"),
     "an item of the table"),
    ("Amazon.Lambda.CloudWatchEvents.CloudWatchEvent", ("Detail",), "the detail of the event"),
    ("Azure.Messaging.ServiceBus.ServiceBusReceivedMessage", ("Body", "ApplicationProperties", "Subject"),
     "a message of the queue"),
    ("Azure.Storage.Queues.Models.QueueMessage", ("Body", "MessageText"), "a message of the queue"),
    ("Azure.Messaging.EventHubs.EventData", ("Body", "EventBody", "Properties"), "a record of the stream"),
    ("Azure.Messaging.EventGrid.EventGridEvent", ("Data", "Subject"), "an event"),
    ("CloudNative.CloudEvents.CloudEvent", ("Data", "Subject"), "an event"),
)  # fmt: skip

MODELS: tuple[Model, ...] = (
    *(Source(f"{_WEB}.HttpRequest.{name}", what) for name, what in _REQUEST),
    *(Source(f"{_WORKER}.HttpRequestData.{name}", what) for name, what in _WORKED),
    *(Source(f"{one}.{name}", what) for one in PROXIES for name, what in _PROXY),
    *(Source(f"{owner}.{name}", what) for owner, names, what in _RECORDS for name in names),
    Makes(f"{_WEB}.HttpContext.Request", f"{_WEB}.HttpRequest"),
    Makes(f"{_WEB}.HttpContext.Response", f"{_WEB}.HttpResponse"),
    Makes(f"{_WEB}.HttpRequest.HttpContext", f"{_WEB}.HttpContext"),
    Makes(f"{_WEB}.IHttpContextAccessor.HttpContext", f"{_WEB}.HttpContext"),
    *(Makes(f"{_MVC}.{owner}.{name}", f"{_WEB}.{type_}") for owner in ("ControllerBase", "Controller")
      for name, type_ in (("Request", "HttpRequest"), ("Response", "HttpResponse"), ("HttpContext", "HttpContext"))),
    Makes(f"{_WORKER}.HttpRequestData.CreateResponse", f"{_WORKER}.HttpResponseData"),
    *(Source(f"{_WEB}.IFormFile.{name}", "an uploaded file") for name in ("FileName", "OpenReadStream", "Name")),
    Makes("Microsoft.AspNetCore.Builder.WebApplication.CreateBuilder",
          "Microsoft.AspNetCore.Builder.WebApplicationBuilder"),
    Makes("Microsoft.AspNetCore.Builder.WebApplicationBuilder.Build", "Microsoft.AspNetCore.Builder.WebApplication"),
    Makes("Microsoft.AspNetCore.Builder.WebApplication.Create", "Microsoft.AspNetCore.Builder.WebApplication"),
    Makes("Microsoft.AspNetCore.Builder.WebApplication.MapGroup", "Microsoft.AspNetCore.Builder.WebApplication"),
)  # fmt: skip
