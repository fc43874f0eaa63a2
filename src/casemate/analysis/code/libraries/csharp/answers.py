"""What a function answers: pages, redirects, cookies, sessions, and the text of errors.

Sources: ASP.NET Core, "Prevent Cross-Site Scripting", "Prevent open redirect attacks", "CookieOptions Class"; Azure
Functions isolated worker, "HttpResponseData Class"; OWASP XSS Prevention Cheat Sheet.
"""

from __future__ import annotations

from casemate.analysis.code.models import Cure, Makes, Misuse, Model, Passes, Sink, Test

_WEB = "Microsoft.AspNetCore.Http"
_MVC = "Microsoft.AspNetCore.Mvc"
_DATA = "Microsoft.Azure.Functions.Worker.Http.HttpResponseData"
_CONTROLLERS = (f"{_MVC}.ControllerBase", f"{_MVC}.Controller")
_LAMBDA = (
    "Amazon.Lambda.APIGatewayEvents.APIGatewayProxyResponse",
    "Amazon.Lambda.APIGatewayEvents.APIGatewayHttpApiV2ProxyResponse",
    "Amazon.Lambda.ApplicationLoadBalancerEvents.ApplicationLoadBalancerResponse",
)
_PAGES = ("html", "svg")
_COOKIE = "a cookie that scripts can read or that travels without TLS"
_WRITERS = tuple(f"{_WEB}.HttpResponse.{name}" for name in ("WriteAsync", "Body.WriteAsync", "Write")) + tuple(
    f"{_DATA}.{name}" for name in ("WriteString", "WriteStringAsync"))  # fmt: skip
_ENCODERS = (
    "System.Net.WebUtility.HtmlEncode", "System.Web.HttpUtility.HtmlEncode",
    "System.Web.HttpUtility.HtmlAttributeEncode",
    "System.Text.Encodings.Web.HtmlEncoder.Default.Encode", "System.Text.Encodings.Web.HtmlEncoder.Encode",
    "Ganss.Xss.HtmlSanitizer.Sanitize", "System.Web.HttpUtility.JavaScriptStringEncode",
)  # fmt: skip

MODELS: tuple[Model, ...] = (
    # Pages.
    *(Sink("xss", one, ("Body",), (Test(f"Headers.{name}", "matches", _PAGES),), cwe="CWE-79")
      for one in _LAMBDA for name in ("Content-Type", "content-type", "Content-type")),
    Sink("xss", f"{_MVC}.ContentResult", ("Content",), (Test("ContentType", "matches", _PAGES),), cwe="CWE-79"),
    *(Sink("xss", f"{one}.Content", (0,), (Test(1, "matches", _PAGES),), cwe="CWE-79")
      for one in (*_CONTROLLERS, f"{_WEB}.Results", f"{_WEB}.TypedResults")),
    *(Sink("xss", f"{_WEB}.{one}.Text", (0,), (Test(1, "matches", _PAGES),), cwe="CWE-79")
      for one in ("Results", "TypedResults")),
    *(Sink("xss", one, (0,), (Test(0, "matches", ("<",)),), part="text", cwe="CWE-79") for one in _WRITERS),
    Sink("xss", "Microsoft.AspNetCore.Html.HtmlString", (0,), cwe="CWE-79"),
    Sink("xss", "Microsoft.AspNetCore.Components.MarkupString", (0,), cwe="CWE-79"),
    Sink("xss", "Microsoft.AspNetCore.Mvc.Rendering.IHtmlHelper.Raw", (0,), cwe="CWE-79"),
    *(Cure(name, ("xss",)) for name in _ENCODERS),
    Makes("Ganss.Xss.HtmlSanitizer", "Ganss.Xss.HtmlSanitizer"),
    # Redirects. `LocalRedirect` stays on the host.
    Sink("redirect", f"{_WEB}.HttpResponse.Redirect", (0,), part="whole", cwe="CWE-601"),
    Sink("redirect", f"{_MVC}.RedirectResult", (0,), part="whole", cwe="CWE-601"),
    *(Sink("redirect", f"{one}.{name}", (0,), part="whole", cwe="CWE-601")
      for one in (*_CONTROLLERS, f"{_WEB}.Results", f"{_WEB}.TypedResults")
      for name in ("Redirect", "RedirectPermanent", "RedirectPreserveMethod")),
    *(Sink("redirect", one, (f"Headers.{name}",), part="whole", cwe="CWE-601")
      for one in _LAMBDA for name in ("Location", "location")),
    *(Cure(f"{one}.Url.IsLocalUrl", ("redirect",), how="guard") for one in _CONTROLLERS),
    Cure("*.IsLocalUrl", ("redirect",), how="guard"),
    # Cookies: the options are an object of fields.
    *(Misuse("cookie", f"{_WEB}.HttpResponse.Cookies.Append", _COOKIE, tests, cwe=cwe)
      for tests, cwe in (
          ((Test(2, "absent"),), "CWE-614"),
          ((Test(2, "present"), Test("2.Secure", "absent")), "CWE-614"),
          ((Test("2.Secure", "is", (False,)),), "CWE-614"),
          ((Test("2.Secure", "is", (True,)), Test("2.HttpOnly", "absent")), "CWE-1004"),
          ((Test("2.Secure", "is", (True,)), Test("2.HttpOnly", "is", (False,))), "CWE-1004"),
      )),
    # Sessions and the environment.
    *(Sink("trust-boundary", f"{_WEB}.HttpContext.Session.{name}", (0, 1), cwe="CWE-501")
      for name in ("SetString", "Set", "SetInt32")),
    Sink("trust-boundary", "System.Environment.SetEnvironmentVariable", (0, 1), cwe="CWE-501"),
    # Errors.
    *(Sink("verbose-error", one, (0,), confidence="medium", cwe="CWE-209") for one in _WRITERS),
    Sink("verbose-error", f"{_DATA}.WriteAsJsonAsync", (0,), confidence="medium", cwe="CWE-209"),
    Sink("verbose-error", f"{_WEB}.HttpResponse.WriteAsJsonAsync", (0,), confidence="medium", cwe="CWE-209"),
    Passes("Microsoft.AspNetCore.Http.HttpResponse.Headers.Add"),
)  # fmt: skip
