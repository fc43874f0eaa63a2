"""Mails: headers that an attacker extends, and HTML for whoever opens them.

Sources: Python documentation, "smtplib", "email.message" (the default policy refuses line ends in headers; the
`compat32` classes do not); RFC 5322.
"""

from __future__ import annotations

from casemate.analysis.code.models import Makes, Model, Sink, Test

_MIME = ("email.mime.text.MIMEText", "email.mime.multipart.MIMEMultipart", "email.message.Message")

MODELS: tuple[Model, ...] = (
    Makes("smtplib.SMTP", "smtplib.SMTP"),
    Makes("smtplib.SMTP_SSL", "smtplib.SMTP"),
    Sink("header", "smtplib.SMTP.sendmail", (2, "msg"), part="text", confidence="medium", cwe="CWE-93"),
    *(Makes(name, "email.message.Message") for name in _MIME),
    Sink("header", "email.message.Message.__setitem__", (1,), confidence="medium", cwe="CWE-93"),
    Sink("header", "email.message.Message.add_header", (1,), confidence="medium", cwe="CWE-93"),
    Sink("xss", "email.mime.text.MIMEText", (0,), (Test(1, "is", ("html",)),), confidence="medium", cwe="CWE-79"),
    Sink(
        "xss", "email.mime.text.MIMEText", (0,), (Test("_subtype", "is", ("html",)),), confidence="medium", cwe="CWE-79"
    ),
    Sink("xss", "boto3.ses.send_email", ("Message.Body.Html.Data",), confidence="medium", cwe="CWE-79"),
    Sink("xss", "boto3.sesv2.send_email", ("Content.Simple.Body.Html.Data",), confidence="medium", cwe="CWE-79"),
    Sink("header", "boto3.ses.send_raw_email", ("RawMessage.Data",), part="text", confidence="medium", cwe="CWE-93"),
)
