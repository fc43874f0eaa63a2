"""Syslog: RFC 5424 over TCP, TLS or UDP, with structured data, or the Common Event Format as its text.

Source: RFC 5424 section 6 (message), RFC 6587 section 3.4.1 (octet counting), RFC 5425 (TLS), RFC 5426 (UDP); ArcSight
"Common Event Format", version 25. Each value is escaped for the place it stands in, and control signs never leave:
whoever chooses a function's name must not be able to write a line of the log.
"""

from __future__ import annotations

import re
import socket
import ssl
from typing import TYPE_CHECKING, Literal

from casemate.monitor.events.times import written
from casemate.monitor.sinks.sink import Sent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casemate.model.alert import Alert

_FACILITY = 13
"""Log audit."""
_LEVEL = {"low": 5, "medium": 4, "high": 3, "critical": 2}
"""Notice, warning, error, critical."""
_CEF = {"low": 3, "medium": 5, "high": 8, "critical": 10}
_ENTERPRISE = "casemate@32473"
"""SD-ID with the enterprise number that RFC 5612 sets aside for documentation; Casemate has none of its own."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
Transport = Literal["tcp", "tls", "udp"]


class SyslogSink:
    """A syslog receiver. `form`: `rfc5424` or `cef`. Over UDP nothing confirms delivery; TCP only that it was sent."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        transport: Transport = "tls",
        form: Literal["rfc5424", "cef"] = "rfc5424",
        name: str = "syslog",
        cafile: str | None = None,
        timeout: float = 10.0,
    ) -> None:
        self.name = name
        self.batch = 200
        self._address = (host, port)
        self._transport = transport
        self._form = form
        self._cafile = cafile
        self._timeout = timeout
        self._socket: socket.socket | None = None

    def send(self, alerts: Sequence[Alert]) -> Sent:
        """All messages over one connection; one that broke is opened anew at the next call."""
        ids = frozenset(alert.id for alert in alerts)
        messages = [message(alert, self._form).encode("utf-8", "replace") for alert in alerts]
        try:
            if self._socket is None:
                self._socket = self._connect()
            if self._transport == "udp":
                for one in messages:
                    self._socket.send(one[:2048])  # RFC 5426: receivers take 2,048 octets
            else:
                if _closed(self._socket):
                    self.close()
                    self._socket = self._connect()
                self._socket.sendall(b"".join(b"%d %s" % (len(one), one) for one in messages))
        except OSError as error:
            self.close()
            return Sent(again=ids, trouble=f"{type(error).__name__}: {error}")
        return Sent(taken=ids)

    def _connect(self) -> socket.socket:
        host, port = self._address
        if self._transport == "udp":
            family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
            made = socket.socket(family, kind, protocol)
            made.connect(address)
            return made
        made = socket.create_connection((host, port), timeout=self._timeout)
        if self._transport == "tls":
            context = ssl.create_default_context(cafile=self._cafile)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            return context.wrap_socket(made, server_hostname=host)
        return made

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _closed(one: socket.socket) -> bool:
    """Whether the receiver has closed its side: then what is sent would vanish without an error."""
    one.setblocking(False)
    try:
        return one.recv(1) == b""
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        one.settimeout(10.0)


def message(alert: Alert, form: Literal["rfc5424", "cef"]) -> str:
    """One syslog message, without the frame."""
    priority = _FACILITY * 8 + _LEVEL[alert.severity.word]
    when = written(alert.time) or "-"
    head = f"<{priority}>1 {when} - casemate - {_name(alert.rule)} "
    if form == "cef":
        return f"{head}- {cef(alert)}"
    return f"{head}{_structured(alert)} \ufeff{_plain(alert.title)}"


def _plain(text: str) -> str:
    return _CONTROL.sub(" ", text)


def _name(text: str) -> str:
    """A header field: printable ASCII without spaces, at most 32 characters (MSGID)."""
    return re.sub(r"[^!-~]", "_", text)[:32] or "-"


def _structured(alert: Alert) -> str:
    pairs = {
        "alert": alert.id,
        "rule": alert.rule,
        "severity": alert.severity.word,
        "source": alert.source,
        "account": alert.account,
        "count": str(alert.count),
        "events": " ".join(alert.events[:10]),
        **{f"about_{name}": value for name, value in alert.about.items()},
        "tags": " ".join(alert.tags),
    }
    shown = " ".join(f'{_param(name)}="{_value(value)}"' for name, value in pairs.items() if value)
    return f"[{_ENTERPRISE} {shown}]"


def _param(name: str) -> str:
    return re.sub(r'[^!-~]|[="\]]', "_", name)[:32]


def _value(text: str) -> str:
    return _plain(text).replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")


def cef(alert: Alert) -> str:
    """The alert in the Common Event Format."""
    from casemate import __version__

    head = ("Casemate", "casemate", __version__, alert.rule, alert.title, str(_CEF[alert.severity.word]))
    shown = "|".join(_plain(one).replace("\\", "\\\\").replace("|", "\\|") for one in head)
    return f"CEF:0|{shown}|{_extension(alert)}"


def _extension(alert: Alert) -> str:
    pairs: Mapping[str, str | None] = {
        "externalId": alert.id,
        "rt": str(alert.time) if alert.time >= 0 else None,
        "cnt": str(alert.count),
        "suser": alert.about.get("actor"),
        "src": alert.about.get("address") if _is_address(alert.about.get("address", "")) else None,
        "requestClientApplication": alert.about.get("agent"),
        "act": alert.about.get("action"),
        "cs1Label": "source",
        "cs1": alert.source,
        "cs2Label": "account",
        "cs2": alert.account,
        "cs3Label": "function",
        "cs3": alert.about.get("function"),
        "cs4Label": "events",
        "cs4": " ".join(alert.events[:10]),
        "cs5Label": "tags",
        "cs5": " ".join(alert.tags),
    }
    known = {name: value for name, value in pairs.items() if value}
    return " ".join(
        f"{name}={_cef_value(value)}"
        for name, value in known.items()
        if not name.endswith("Label") or name[:-5] in known
    )


def _is_address(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9a-fA-F.:]{3,45}", text))


def _cef_value(text: str) -> str:
    return _plain(text).replace("\\", "\\\\").replace("=", "\\=")
