"""Logs: text of an attacker that makes lines of its own.

Sources: Python documentation, "logging"; loguru, structlog, AWS Lambda Powertools (Logger writes JSON: line ends are
escaped) documentation; OWASP "Log Injection".
"""

from __future__ import annotations

from casemate.analysis.code.models import Makes, Model, Sink

_LEVELS = ("debug", "info", "warning", "warn", "error", "exception", "critical", "fatal")

MODELS: tuple[Model, ...] = (
    Makes("logging.getLogger", "logging.Logger"),
    Makes("logging.Logger.getChild", "logging.Logger"),
    Makes("logging.LoggerAdapter", "logging.Logger"),
    *(
        Sink("log", f"{owner}.{level}", ("*",), confidence="low", cwe="CWE-117")
        for owner in ("logging", "logging.Logger")
        for level in _LEVELS
    ),
    *(Sink("log", f"{owner}.log", ("*",), confidence="low", cwe="CWE-117") for owner in ("logging", "logging.Logger")),
    *(
        Sink("log", f"loguru.logger.{level}", ("*",), confidence="low", cwe="CWE-117")
        for level in (*_LEVELS, "success", "trace")
    ),
    Makes("flask.Flask.logger", "logging.Logger"),
    Makes("flask.current_app.logger", "logging.Logger"),
    Sink("log", "syslog.syslog", ("*",), confidence="low", cwe="CWE-117"),
    # What a person should not read in a log.
    *(
        Sink("sensitive-log", f"{owner}.{level}", ("*",), cwe="CWE-532")
        for owner in ("logging", "logging.Logger", "aws_lambda_powertools.Logger")
        for level in _LEVELS
    ),
    Sink("sensitive-log", "print", ("*",), cwe="CWE-532"),
    Sink("sensitive-log", "pprint.pprint", ("*",), cwe="CWE-532"),
)
