"""Credentials: known tokens, JSON Web Tokens, PEM keys, `Authorization`, passwords in URLs, values of telling names.

The shapes of tokens are those of `casemate_guard.redact`, whose docstring names the published sources; AWS secret keys
have no shape of their own (40 characters of base64) and are found by name.
"""

from __future__ import annotations

import re

from casemate_guard.redact import OPAQUE, PREFIXED
from casemate_guard.redaction.detector import Detector, Pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_STARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "aws-access-key-id": (r"A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{4}", ("AKIA", "ASIA", "ABIA", "ACCA")),
    "github-token": (r"gh[pousr]_[A-Za-z0-9]{4}|github_pat_", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_")),
    "gitlab-token": (r"glpat-", ("glpat-",)),
    "slack-token": (r"xox[abeoprs]-", ("xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-")),
    "stripe-key": (r"[rs]k_(?:live|test)_", ("sk_live_", "sk_test_", "rk_live_", "rk_test_")),
    "google-api-key": (r"AIza", ("AIza",)),
    "npm-token": (r"npm_", ("npm_",)),
    "pypi-token": (r"pypi-[A-Za-z0-9_-]{9}", ("pypi-",)),
    "sendgrid-key": (r"SG\.[A-Za-z0-9_-]{9}", ("SG.",)),
    "anthropic-key": (r"sk-ant-", ("sk-ant-",)),
    "openai-key": (r"sk-[A-Za-z0-9_-]{9}", ("sk-",)),
}
"""How the tokens of `PREFIXED` begin: as a hint, and as texts."""
_COARSE = {
    "github-token": ("gh",),
    "slack-token": ("xox",),
    "stripe-key": ("_live_", "_test_"),
    "anthropic-key": ("sk-",),
}

# What a name ends in, lower case and without separators.
_NAMES = (
    *("password", "passwd", "passphrase", "pwd", "secret", "secretkey", "secretaccesskey", "clientsecret", "token"),
    *("apikey", "privatekey", "accesskey", "authkey", "accountkey", "sharedaccesskey", "sharedkey", "signingkey"),
    *("encryptionkey", "masterkey", "credential", "credentials", "sessionid", "csrf", "xsrf", "signature", "otp"),
    *("pincode", "cvv", "cvv2", "cvc", "cvc2", "connectionstring", "sessiontoken", "securitytoken", "authtoken"),
)
_WORDS = (
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "credential",
    "session",
    "srf",
    "signature",
    "otp",
    "pin",
    "cvv",
    "cvc",
    "connection",
)
_REST = Pattern(r"[A-Za-z0-9_.-]{0,20}(?=\\{0,7}[\"']?[ \t]{0,8}[:=])")
_SIGNED = Pattern(r"\\{0,7}[\"']?[ \t]{0,8}[:=]")
_JOINT = Pattern(r"[_.-]")
_VALUE = Pattern(
    r">?[ \t]{0,8}(?:(?P<escapes>\\{0,7})(?P<quote>[\"'])(?P<quoted>[^\"'\\\n]{1,512}(?:\\.[^\"'\\\n]{0,512}){0,16})"
    r"|(?P<bare>[^\s\"',;&<>(){}\[\]\\]{3,1024}))"
)
_NOTHING = Pattern(
    r"(?i)(?:null|none|nil|true|false|undefined|yes|no|required|missing|invalid|expired|optional|empty"
    r"|string|str|bytes|\*+|x+|-+|\.+|<.*|\[?redacted.*|\$[{(].*|\{\{.*|%s|%\(.*|arn:.*)[.:]?"
)


class Assigned(Detector):
    """Values that are assigned to a telling name: `name=value`, `name: value`, `"name": "value"`.

    The same inside JSON strings, where the quotes are escaped once for every string around them.
    """

    __slots__ = ("_names",)

    def __init__(self, names: tuple[str, ...], hint: str, literals: tuple[str, ...]) -> None:
        super().__init__("secret", "", hint, literals=literals)
        self._names = names

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the values: from each sign of assignment, the name behind it and the value in front."""
        lowered = text.lower()
        if len(lowered) != len(text):  # a letter whose lower case is longer would move every place behind it
            lowered = "".join(each.lower() if each.isascii() else each for each in text)
        ends: set[int] = set()
        for word in _WORDS:
            place = lowered.find(word)
            while place >= 0:
                place += len(word)
                rest = _REST.get().match(text, place)
                if rest is not None:
                    ends.add(rest.end())
                place = lowered.find(word, place)
        for end in sorted(ends):
            name = lowered[max(0, end - 32) : end]
            if name.endswith(self._names) or _JOINT.get().sub("", name).endswith(self._names):
                signed = _SIGNED.get().match(text, end)
                value = None if signed is None else _VALUE.get().match(text, signed.end())
                span = None if value is None else _assigned(value)
                if span is not None:
                    yield span


def _assigned(match: re.Match[str]) -> tuple[int, int] | None:
    """The value, up to the quote that closes it; None where it only stands for a value."""
    if match["quoted"] is not None:
        start, end = match.span("quoted")
        text, closing = match.string, match["escapes"] + match["quote"]
        stop = text.find(closing, start, end + len(closing))
        if stop >= 0:
            end = stop
        while end > start and text[end - 1] == "\\":
            end -= 1
    else:
        start, end = match.span("bare")
    return None if _NOTHING.get().fullmatch(match.string, start, end) else (start, end)


_AUTHORIZATION = (
    r"[AaBbDdNnTt](?<!\w[A-Za-z])(?:(?i:(?<=b)(?:earer|asic)|(?<=d)igest|(?<=n)egotiate|(?<=t)oken)[ ]{1,4}"
    r"|(?i:(?<=a)uthorization)[\"']?[ ]{0,4}[:=][ ]{0,4}[\"']?)"
)

DETECTORS = (
    Detector(
        "private-key",
        OPAQUE["private-key"],
        r"-----BEGIN ",
        literals=("-----begin ",),
        starts=("-----BEGIN ",),
    ),
    *(
        Detector(
            kind, pattern, hint, literals=_COARSE.get(kind, tuple(start.lower() for start in starts)), starts=starts
        )
        for (kind, pattern), (hint, starts) in zip(PREFIXED.items(), _STARTS.values(), strict=True)
    ),
    Detector("jwt", OPAQUE["jwt"], r"eyJ[A-Za-z0-9_-]{8}", literals=("eyj",), starts=("eyJ",)),
    Detector("password", OPAQUE["password"], r"://[^\s/@]{0,999}@", literals=("://",), group="secret"),
    Detector(
        "authorization",
        _AUTHORIZATION + r"(?P<secret>[A-Za-z0-9+/_.~-]{12,4096}={0,2})",
        r"(?i)(?:bearer|basic|digest|negotiate|token) {1,4}[a-z0-9+/_.~-]{12}|authorization",
        literals=("bearer ", "basic ", "digest ", "negotiate ", "token ", "authorization"),
        group="secret",
    ),
    Assigned(
        _NAMES,
        r"(?i)(?:passw|passphrase|pwd|secret|token|key|credential|session.?id|[cx]srf|signature|otp|pin.?code|cv[vc]"
        r"|connection.?string)[a-z0-9_.-]{0,12}[\\\"']{0,8}[ \t]{0,8}[:=]",
        _WORDS,
    ),
)
"""In order of precedence: where two match the same text, the first one names it."""
