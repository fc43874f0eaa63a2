"""Requests and responses: Lambda events, servlets, Spring, JAX-RS; databases; clients; logs.

Sources: Javadoc of com.amazonaws.services.lambda.runtime.events, jakarta.servlet ("HttpServletRequest", "Cookie"),
Spring Framework ("Annotated Controllers", "JdbcTemplate"), JAX-RS; java.sql ("PreparedStatement"), JPA
("createNativeQuery"), java.net.http, SLF4J; OWASP Query Parameterization Cheat Sheet.
"""

from __future__ import annotations

from casemate.analysis.code.models import Makes, Misuse, Model, Passes, Sink, Source, Test

_EVENTS = "com.amazonaws.services.lambda.runtime.events"
_HTTP = (
    ("getBody", "the body"),
    ("getQueryStringParameters", "the query string"),
    ("getPathParameters", "the path"),
    ("getHeaders", "a header"),
    ("getMultiValueQueryStringParameters", "the query string"),
    ("getPath", "the path"),
    ("getRawPath", "the path"),
    ("getRawQueryString", "the query string"),
    ("getCookies", "a cookie"),
    ("getMultiValueHeaders", "a header"),
)
_HTTP_EVENTS = (
    "APIGatewayProxyRequestEvent",
    "APIGatewayV2HTTPEvent",
    "ApplicationLoadBalancerRequestEvent",
    "APIGatewayV2WebSocketEvent",
)
_RECORDS = (
    ("SQSEvent.SQSMessage", "getBody", "the body of a message"),
    ("SNSEvent.SNS", "getMessage", "a message"),
    ("S3Event.S3ObjectEntity", "getKey", "the key of an object"),
    ("KinesisEvent.Record", "getData", "a record"),
    ("ScheduledEvent", "getDetail", "an event"),
    ("DynamodbEvent.StreamRecord", "getNewImage", "an item"),
)
_SERVLETS = ("javax.servlet.http", "jakarta.servlet.http")
_REQUEST = (
    ("getParameter", "a parameter"),
    ("getParameterValues", "a parameter"),
    ("getParameterMap", "a parameter"),
    ("getParameterNames", "a parameter"),
    ("getHeader", "a header"),
    ("getHeaders", "a header"),
    ("getQueryString", "the query string"),
    ("getCookies", "a cookie"),
    ("getInputStream", "the body"),
    ("getReader", "the body"),
    ("getRequestURI", "the URL"),
    ("getRequestURL", "the URL"),
    ("getPathInfo", "the path"),
    ("getServletPath", "the path"),
    ("getPart", "an uploaded file"),
)
_SPRING = "org.springframework.web.bind.annotation"
_ANNOTATIONS = (
    ("RequestParam", "a parameter"),
    ("PathVariable", "the path"),
    ("RequestBody", "the body"),
    ("RequestHeader", "a header"),
    ("CookieValue", "a cookie"),
    ("ModelAttribute", "a form"),
    ("RequestPart", "an uploaded file"),
    ("MatrixVariable", "the path"),
)
_JAX = (
    ("QueryParam", "the query string"),
    ("PathParam", "the path"),
    ("FormParam", "the form"),
    ("HeaderParam", "a header"),
    ("CookieParam", "a cookie"),
)
_COOKIE = "a cookie that scripts can read or that travels without TLS"
_JDBC = "org.springframework.jdbc.core.JdbcTemplate"
_CWE = "CWE-89"

MODELS: tuple[Model, ...] = (
    *(
        Sink("redirect", "*.header", (1,), (Test(0, "is", (name,)),), part="whole", cwe="CWE-601")
        for name in ("Location", "location")
    ),
    *(Source(f"{_EVENTS}.{event}.{name}", what) for event in _HTTP_EVENTS for name, what in _HTTP),
    *(Source(f"{_EVENTS}.{record}.{name}", what) for record, name, what in _RECORDS),
    *(Source(f"{package}.HttpServletRequest.{name}", what) for package in _SERVLETS for name, what in _REQUEST),
    *(
        Source(f"com.google.cloud.functions.HttpRequest.{name}", what)
        for name, what in (
            ("getQueryParameters", "the query string"),
            ("getFirstQueryParameter", "the query string"),
            ("getReader", "the body"),
            ("getInputStream", "the body"),
            ("getHeaders", "a header"),
            ("getFirstHeader", "a header"),
            ("getUri", "the URL"),
            ("getPath", "the path"),
        )
    ),
    *(
        Source(f"com.microsoft.azure.functions.HttpRequestMessage.{name}", what)
        for name, what in (
            ("getQueryParameters", "the query string"),
            ("getBody", "the body"),
            ("getHeaders", "a header"),
            ("getUri", "the URL"),
        )
    ),
    *(Source(f"{_SPRING}.{name}", what) for name, what in _ANNOTATIONS),
    *(Source(f"{package}.{name}", what) for package in ("javax.ws.rs", "jakarta.ws.rs") for name, what in _JAX),
    # Answers.
    *(
        Makes(f"{package}.HttpServletResponse.{name}", f"{package}.Writer")
        for package in _SERVLETS
        for name in ("getWriter", "getOutputStream")
    ),
    *(
        Sink("xss", f"{package}.Writer.{name}", ("*",), cwe="CWE-79")
        for package in _SERVLETS
        for name in ("print", "println", "write", "append", "printf", "format")
    ),
    *(
        Sink("redirect", f"{package}.HttpServletResponse.sendRedirect", (0,), part="whole", cwe="CWE-601")
        for package in _SERVLETS
    ),
    *(
        Sink("header", f"{package}.HttpServletResponse.{name}", (1,), confidence="medium", cwe="CWE-113")
        for package in _SERVLETS
        for name in ("setHeader", "addHeader")
    ),
    *(Makes(f"{package}.HttpServletRequest.getSession", f"{package}.HttpSession") for package in _SERVLETS),
    *(
        Sink("trust-boundary", f"{package}.HttpSession.{name}", (0, 1), cwe="CWE-501")
        for package in _SERVLETS
        for name in ("setAttribute", "putValue")
    ),
    Sink("redirect", "org.springframework.web.servlet.view.RedirectView", (0,), part="whole", cwe="CWE-601"),
    *(Makes(f"{package}.Cookie", f"{package}.Cookie") for package in _SERVLETS),
    *(
        Misuse("cookie", f"{package}.Cookie.{name}", _COOKIE, (Test(0, "is", (False,)),), cwe=cwe)
        for package in _SERVLETS
        for name, cwe in (("setSecure", "CWE-614"), ("setHttpOnly", "CWE-1004"))
    ),
    # SQL.
    *(
        Makes(name, "java.sql.Connection")
        for name in ("java.sql.DriverManager.getConnection", "javax.sql.DataSource.getConnection")
    ),
    Makes("java.sql.Connection.createStatement", "java.sql.Statement"),
    *(
        Makes(f"java.sql.Connection.{name}", "java.sql.PreparedStatement")
        for name in ("prepareStatement", "prepareCall")
    ),
    *(
        Sink("sql", f"java.sql.Statement.{name}", (0,), part="any", cwe=_CWE)
        for name in ("execute", "executeQuery", "executeUpdate", "addBatch", "executeLargeUpdate")
    ),
    *(
        Sink("sql", f"java.sql.Connection.{name}", (0,), part="any", cwe=_CWE)
        for name in ("prepareStatement", "prepareCall", "nativeSQL")
    ),
    *(
        Passes(f"java.sql.PreparedStatement.{name}")
        for name in ("setString", "setInt", "setLong", "setObject", "executeQuery", "executeUpdate", "execute")
    ),
    Makes(_JDBC, _JDBC),
    *(
        Sink("sql", f"{_JDBC}.{name}", (0,), part="text", cwe=_CWE)
        for name in (
            "query",
            "queryForObject",
            "queryForList",
            "queryForMap",
            "queryForRowSet",
            "update",
            "execute",
            "batchUpdate",
        )
    ),
    *(
        Sink("sql", f"{package}.EntityManager.{name}", (0,), part="text", cwe=_CWE)
        for package in ("javax.persistence", "jakarta.persistence")
        for name in ("createQuery", "createNativeQuery")
    ),
    *(
        Sink("sql", f"org.hibernate.Session.{name}", (0,), part="text", cwe=_CWE)
        for name in ("createQuery", "createSQLQuery", "createNativeQuery")
    ),
    *(
        Sink("sql", f"*.{name}", (0,), part="text", confidence="medium", cwe=_CWE)
        for name in ("executeQuery", "executeUpdate", "createNativeQuery")
    ),
    Sink("nosql", "com.mongodb.BasicDBObject.parse", (0,), part="text", cwe="CWE-943"),
    Sink("nosql", "org.bson.Document.parse", (0,), part="text", cwe="CWE-943"),
    # Other hosts.
    *(Makes(name, name) for name in ("java.net.URL", "org.springframework.web.client.RestTemplate")),
    *(
        Sink("ssrf", f"java.net.URL.{name}", ("self",), part="whole", cwe="CWE-918")
        for name in ("openConnection", "openStream", "getContent")
    ),
    *(Sink("ssrf", f"java.net.http.HttpRequest.{name}", (0,), part="whole", cwe="CWE-918") for name in ("newBuilder",)),
    *(
        Sink("ssrf", f"org.apache.http.client.methods.{name}", (0,), part="whole", cwe="CWE-918")
        for name in ("HttpGet", "HttpPost", "HttpPut", "HttpDelete")
    ),
    *(
        Sink("ssrf", f"org.springframework.web.client.RestTemplate.{name}", (0,), part="whole", cwe="CWE-918")
        for name in ("getForObject", "getForEntity", "postForObject", "postForEntity", "exchange", "execute")
    ),
    Sink("ssrf", "java.net.Socket", (0,), part="whole", confidence="medium", cwe="CWE-918"),
    Sink("ssrf", "org.jsoup.Jsoup.connect", (0,), part="whole", cwe="CWE-918"),
    # Logs.
    *(
        Makes(name, "org.slf4j.Logger")
        for name in (
            "org.slf4j.LoggerFactory.getLogger",
            "org.apache.logging.log4j.LogManager.getLogger",
            "java.util.logging.Logger.getLogger",
        )
    ),
    *(
        Sink("log", f"org.slf4j.Logger.{name}", ("*",), confidence="low", cwe="CWE-117")
        for name in ("info", "warn", "error", "debug", "trace")
    ),
    *(
        Sink("log", f"com.amazonaws.services.lambda.runtime.LambdaLogger.{name}", (0,), confidence="low", cwe="CWE-117")
        for name in ("log",)
    ),
    Makes(
        "com.amazonaws.services.lambda.runtime.Context.getLogger", "com.amazonaws.services.lambda.runtime.LambdaLogger"
    ),
    Sink("log", "java.lang.System.out.println", (0,), confidence="low", cwe="CWE-117"),
    *(
        Sink("sensitive-log", f"org.slf4j.Logger.{name}", ("*",), confidence="medium", cwe="CWE-532")
        for name in ("info", "warn", "error", "debug")
    ),
)
