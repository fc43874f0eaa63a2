"""Requests and responses: net/http, gin, echo, fiber, chi, gorilla; events of aws-lambda-go; clients; logs.

Sources: Go package documentation of net/http ("Request", "ResponseWriter", "Cookie"),
github.com/aws/aws-lambda-go/events; references of gin ("Context"), echo ("Context"), fiber ("Ctx"), gorilla/mux
("Vars"), chi ("URLParam"), resty.
"""

from __future__ import annotations

from casemate.analysis.code.models import Calls, Makes, Misuse, Model, Sink, Source, Test

_REQUEST = (
    ("URL", "the URL"),
    ("Body", "the body"),
    ("Form", "the form"),
    ("PostForm", "the form"),
    ("Header", "a header"),
    ("RequestURI", "the URL"),
    ("Host", "the Host header"),
    ("FormValue", "the form"),
    ("PostFormValue", "the form"),
    ("Cookie", "a cookie"),
    ("Cookies", "a cookie"),
    ("Referer", "a header"),
    ("UserAgent", "a header"),
    ("PathValue", "the path"),
    ("FormFile", "an uploaded file"),
    ("MultipartForm", "the form"),
)
_GIN = (
    ("Query", "the query string"),
    ("DefaultQuery", "the query string"),
    ("GetQuery", "the query string"),
    ("Param", "the path"),
    ("Params", "the path"),
    ("PostForm", "the form"),
    ("DefaultPostForm", "the form"),
    ("GetHeader", "a header"),
    ("Cookie", "a cookie"),
    ("QueryArray", "the query string"),
    ("FormFile", "an uploaded file"),
    ("GetRawData", "the body"),
    ("QueryMap", "the query string"),
)
_ECHO = (
    ("QueryParam", "the query string"),
    ("Param", "the path"),
    ("FormValue", "the form"),
    ("QueryString", "the query string"),
    ("Cookie", "a cookie"),
)
_FIBER = (
    ("Query", "the query string"),
    ("Params", "the path"),
    ("FormValue", "the form"),
    ("Body", "the body"),
    ("Get", "a header"),
    ("Cookies", "a cookie"),
    ("OriginalURL", "the URL"),
)
_PROXY = (
    ("Body", "the body"),
    ("QueryStringParameters", "the query string"),
    ("PathParameters", "the path"),
    ("Headers", "a header"),
    ("MultiValueQueryStringParameters", "the query string"),
    ("MultiValueHeaders", "a header"),
    ("Path", "the path"),
    ("RawPath", "the path"),
    ("RawQueryString", "the query string"),
    ("Cookies", "a cookie"),
)
_EVENTS = "github.com/aws/aws-lambda-go/events"
_HTTP_EVENTS = (
    "APIGatewayProxyRequest",
    "APIGatewayV2HTTPRequest",
    "ALBTargetGroupRequest",
    "LambdaFunctionURLRequest",
    "APIGatewayWebsocketProxyRequest",
)
_RECORDS = (
    ("SQSMessage", "Body", "the body of a message"),
    ("SNSEntity", "Message", "a message"),
    ("S3Object", "Key", "the key of an object"),
    ("S3Object", "URLDecodedKey", "the key of an object"),
    ("KinesisRecord", "Data", "a record"),
    ("CloudWatchEvent", "Detail", "an event"),
    ("DynamoDBStreamRecord", "NewImage", "an item of the table"),
    ("DynamoDBStreamRecord", "OldImage", "an item of the table"),
)
_GIN_CONTEXT, _ECHO_CONTEXT = "github.com/gin-gonic/gin.Context", "github.com/labstack/echo/v4.Context"
_FIBER_CONTEXT = "github.com/gofiber/fiber/v2.Ctx"
_COOKIE = "a cookie that scripts can read or that travels without TLS"


def _of(type_: str, members: tuple[tuple[str, str], ...]) -> tuple[Source, ...]:
    return tuple(Source(f"{type_}.{name}", what) for name, what in members)


_PARTS = (
    ("SQSEvent.Records[]", "SQSMessage"),
    ("SNSEvent.Records[]", "SNSEventRecord"),
    ("SNSEventRecord.SNS", "SNSEntity"),
    ("S3Event.Records[]", "S3EventRecord"),
    ("S3EventRecord.S3", "S3Entity"),
    ("S3Entity.Object", "S3Object"),
    ("KinesisEvent.Records[]", "KinesisEventRecord"),
    ("KinesisEventRecord.Kinesis", "KinesisRecord"),
    ("DynamoDBEvent.Records[]", "DynamoDBEventRecord"),
    ("DynamoDBEventRecord.Change", "DynamoDBStreamRecord"),
)
"""Members of events -> the types they have."""

MODELS: tuple[Model, ...] = (
    *(Makes(f"{_EVENTS}.{member}", f"{_EVENTS}.{type_}") for member, type_ in _PARTS),
    *_of("net/http.Request", _REQUEST),
    *_of(_GIN_CONTEXT, _GIN),
    *_of(_ECHO_CONTEXT, _ECHO),
    *_of(_FIBER_CONTEXT, _FIBER),
    *(source for event in _HTTP_EVENTS for source in _of(f"{_EVENTS}.{event}", _PROXY)),
    *(Source(f"{_EVENTS}.{record}.{name}", what) for record, name, what in _RECORDS),
    Makes(f"{_GIN_CONTEXT}.Request", "net/http.Request"),
    Makes(f"{_GIN_CONTEXT}.Writer", "net/http.ResponseWriter"),
    Makes(f"{_ECHO_CONTEXT}.Request", "net/http.Request"),
    Source("github.com/gorilla/mux.Vars", "the path"),
    Source("github.com/go-chi/chi/v5.URLParam", "the path"),
    Source("github.com/go-chi/chi.URLParam", "the path"),
    Source("github.com/julienschmidt/httprouter.Params.ByName", "the path"),
    # Answers.
    Sink("xss", "net/http.ResponseWriter.Write", (0,), confidence="medium", cwe="CWE-79"),
    Sink("xss", f"{_GIN_CONTEXT}.Data", (2,), confidence="medium", cwe="CWE-79"),
    Sink("xss", f"{_ECHO_CONTEXT}.HTML", (1,), cwe="CWE-79"),
    Sink("xss", f"{_ECHO_CONTEXT}.HTMLBlob", (1,), cwe="CWE-79"),
    *(
        Sink(
            "xss",
            f"fmt.{name}",
            (1, 2, 3, 4),
            (Test(0, "of-type", ("net/http.ResponseWriter",)),),
            confidence="medium",
            cwe="CWE-79",
        )
        for name in ("Fprintf", "Fprint", "Fprintln")
    ),
    Sink(
        "xss",
        "io.WriteString",
        (1,),
        (Test(0, "of-type", ("net/http.ResponseWriter",)),),
        confidence="medium",
        cwe="CWE-79",
    ),
    Sink("redirect", "net/http.Redirect", (2,), part="whole", cwe="CWE-601"),
    *(
        Sink("redirect", f"{context}.Redirect", (place,), part="whole", cwe="CWE-601")
        for context, place in ((_GIN_CONTEXT, 1), (_ECHO_CONTEXT, 1), (_FIBER_CONTEXT, 0))
    ),
    *(
        Sink("path", f"{context}.{name}", (0,), cwe="CWE-22")
        for context, name in ((_GIN_CONTEXT, "File"), (_ECHO_CONTEXT, "File"), (_FIBER_CONTEXT, "SendFile"))
    ),
    Sink("path", f"{_GIN_CONTEXT}.SaveUploadedFile", (1,), cwe="CWE-22"),
    Sink("verbose-error", "net/http.Error", (1,), confidence="medium", cwe="CWE-209"),
    *(
        Misuse("cookie", f"net/http.Cookie.{name}", _COOKIE, (Test(0, "is", (False,)),), cwe=cwe)
        for name, cwe in (("Secure", "CWE-614"), ("HttpOnly", "CWE-1004"))
    ),
    *(
        Misuse("cookie", "net/http.Cookie", _COOKIE, (Test(f"0.{name}", "is", (False,)),), cwe=cwe)
        for name, cwe in (("Secure", "CWE-614"), ("HttpOnly", "CWE-1004"))
    ),
    *(
        Misuse("cookie", f"{_GIN_CONTEXT}.SetCookie", _COOKIE, (Test(place, "is", (False,)),), cwe=cwe)
        for place, cwe in ((5, "CWE-614"), (6, "CWE-1004"))
    ),
    # Other hosts.
    *(
        Sink("ssrf", f"net/http.{name}", (0,), part="whole", cwe="CWE-918")
        for name in ("Get", "Head", "Post", "PostForm")
    ),
    *(
        Sink("ssrf", f"net/http.Client.{name}", (0,), part="whole", cwe="CWE-918")
        for name in ("Get", "Head", "Post", "PostForm")
    ),
    Sink("ssrf", "net/http.NewRequest", (1,), part="whole", cwe="CWE-918"),
    Sink("ssrf", "net/http.NewRequestWithContext", (2,), part="whole", cwe="CWE-918"),
    *(
        Sink("ssrf", f"net.{name}", (1,), part="whole", confidence="medium", cwe="CWE-918")
        for name in ("Dial", "DialTimeout")
    ),
    *(Makes(f"{module}.{name}", "net.Conn") for module in ("net", "crypto/tls") for name in ("Dial", "DialTimeout")),
    Sink("ssrf", "crypto/tls.Dial", (1,), part="whole", confidence="medium", cwe="CWE-918"),
    # Who answers requests.
    *(Calls(callee, 1) for callee in ("net/http.HandleFunc", "net/http.ServeMux.HandleFunc")),
    Calls("github.com/aws/aws-lambda-go/lambda.Start", 0),
    *(Makes(f"github.com/gin-gonic/gin.{name}", "github.com/gin-gonic/gin.Engine") for name in ("Default", "New")),
    # Logs.
    *(
        Sink("log", f"log.{name}", ("*",), confidence="low", cwe="CWE-117")
        for name in ("Print", "Printf", "Println", "Fatal", "Fatalf", "Panicf")
    ),
    *(
        Sink("sensitive-log", f"{module}.{name}", ("*",), confidence="medium", cwe="CWE-532")
        for module in ("log", "fmt")
        for name in ("Print", "Printf", "Println")
    ),
    Makes("cloud.google.com/go/logging.NewClient", "cloud.google.com/go/logging.Client"),
    Makes("cloud.google.com/go/logging.Client.Logger", "cloud.google.com/go/logging.Logger"),
    *(
        Sink(
            "sensitive-log", f"cloud.google.com/go/logging.Logger.{name}", (place,), confidence="medium", cwe="CWE-532"
        )
        for name, place in (("Log", 0), ("LogSync", 1))
    ),
    # Secrets.
    *(
        model
        for package, call in (
            ("cloud.google.com/go/secretmanager/apiv1", "AccessSecretVersion"),
            ("github.com/aws/aws-sdk-go-v2/service/secretsmanager", "GetSecretValue"),
        )
        for model in (
            Makes(f"{package}.NewClient", f"{package}.Client"),
            Makes(f"{package}.NewFromConfig", f"{package}.Client"),
            Source(f"{package}.Client.{call}", "a secret", "secret"),
        )
    ),
    *(
        model
        for model in (
            Makes("github.com/aws/aws-sdk-go/service/secretsmanager.New", "aws-sdk-go.SecretsManager"),
            Source("aws-sdk-go.SecretsManager.GetSecretValue", "a secret", "secret"),
        )
    ),
)
