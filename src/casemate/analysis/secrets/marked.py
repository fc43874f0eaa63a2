"""Judging a match of a kind that shows by itself what it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.analysis.secrets.context import in_test, is_documented, is_prose, refers, sense_of, stands_in
from casemate.analysis.secrets.detector import Detector, Verdict
from casemate.analysis.secrets.kinds import catalogue
from casemate.analysis.secrets.shapes import is_hexadecimal, is_random, is_repetitive, sequence_share, surprise
from casemate.model.pattern import late

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.secrets.detector import Hit
    from casemate.analysis.secrets.kinds import Token
    from casemate.model.finding import Confidence
    from casemate.model.leak import Grade

_WORDLIKE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
_WRITTEN = frozenset({
    "database-url", "url-password", "curl-user", "basic-authorisation", "azure-password-sql", "authorisation-header",
    "bearer-token", "npmrc-token", "sql-password", "netrc-password", "secure-string", "call-credentials",
    "command-password", "piped-password",
})  # fmt: skip
"""Kinds whose value a person may have thought up: judged like the value of an assignment."""
_SAMPLES = frozenset({
    "password", "pass", "passwd", "pwd", "pw", "user", "username", "secret", "token", "admin", "root", "test",
    "guest", "postgres",
    "mysql", "mypassword", "yourpassword", "pass123", "password123", "foo", "bar", "hostname", "host", "port", "key",
    "authentication", "credentials", "auth", "user-password", "some-password", "p", "x",
    "tiger", "storepass", "keypass", "changeit", "keystorepass", "store-password",
})  # fmt: skip


_TYPED = frozenset({"command-password", "piped-password", "call-credentials"})
"""Kinds that documentation shows how to type."""
_DOUBTFUL = frozenset({"ntlm-authorisation", "kerberos-hash", "crypt-hash", "licence-key", "described-token"})
"""Kinds that are what is left of a secret, or have a form that other things have too; both are common in tests."""
_ADDRESSED = frozenset({"database-url", "url-password", "azure-password-sql", "netrc-password"})
_IN_USE = frozenset({
    "password", "pass", "passwd", "secret", "admin", "root", "guest", "postgres", "mysql", "mypassword", "pass123",
    "password123", "changeme", "test",
})  # fmt: skip
"""Words that servers in use have for a password."""
_EXAMPLES = (b"example.", b"localhost", b"127.0.0.1", b"//host", b"@host", b"<", b"yourdomain", b"myhost", b"$", b"{")


def detectors() -> Iterator[Detector]:
    """One for each token of the catalogue."""
    for kind in catalogue().tokens:
        candidates = _candidates(kind)
        yield Detector(
            kind.id,
            kind.pattern,
            candidates,
            kind.anchors,
            caseless=kind.caseless,
            judge=_Judge(kind),
            by_line=kind.by_line or (kind.one_line and len(candidates) == len(kind.anchors)),
        )


_TELLING_ANCHOR = 4
"""From this length a fixed text is rare enough to be looked for alone, which is faster than any pattern."""


def _candidates(kind: Token) -> tuple[str, ...]:
    """What the first pass looks for: the fixed texts where they are long, else the whole pattern."""
    if kind.looked_for:
        return kind.looked_for
    if all(len(anchor) >= _TELLING_ANCHOR for anchor in kind.anchors) and kind.id not in _FREQUENT:
        return tuple(re.sub(r"([^0-9A-Za-z_])", r"\\\1", anchor) for anchor in kind.anchors)
    return (kind.pattern.replace("(?P<secret>", "(?:"),)


_FREQUENT = frozenset({
    "azure-storage-key", "aws-secret-access-key", "bearer-token", "authorisation-header", "basic-authorisation",
    "sql-password", "azure-password-sql", "wireguard-key", "private-key", "curl-user", "lob-key",
    "gocardless-token", "column-key",
    "notion-token", "stripe-webhook-secret", "authress-key", "mailgun-key", "rancher-token", "harness-token",
    "flagsmith-key", "described-token", "calcom-key", "ionic-token", "imagekit-key",
    "portainer-token", "retell-key", "runway-key", "cursor-key", "branch-key",
    "close-key",
    "deepsource-token", "statsig-key", "mattermost-webhook", "rocketchat-webhook", "chat-robot-webhook", "pangea-token",
    "onfido-token", "mollie-key", "increase-key", "rainforestpay-key", "confluent-secret", "fullstory-key",
    "octopus-key", "zoho-token", "stytch-secret", "azure-signed-key", "sentry-dsn",
})  # fmt: skip
"""Kinds whose fixed texts are words that stand everywhere."""


class _Judge:
    """The judgement for one kind."""

    def __init__(self, kind: Token) -> None:
        self._kind = kind

    def __call__(self, hit: Hit) -> Verdict | None:
        kind = self._kind
        if (kind.edge == "word" and not _stands_alone(hit)) or hit.data[hit.end : hit.end + 4] in _MASKS:
            return None
        if kind.reach is not None:
            end = kind.reach(hit.data, hit.end)
            if end is None:
                return None
            hit = hit._replace(end=end)
        value = hit.value
        body = value.replace("\\n", "").replace("\n", "")
        if self._is_none(value, body):
            return None
        if kind.id in _WRITTEN and (in_test(hit.path) or _is_sample(value, hit)):
            return self._sampled(hit, value)
        confidence: Confidence = "high"
        if kind.check is not None and kind.check(value) is False:
            if kind.strict:
                return None
            confidence = "medium"
        if kind.id in _WRITTEN or kind.id in _DOUBTFUL or sequence_share(body[:80]) > 0.5:
            confidence = "medium"
        if in_test(hit.path) or (kind.id in _TYPED and is_prose(hit.path) and not is_random(value[:200], 5.2)):
            confidence = "low" if confidence == "medium" else "medium"
        public = kind.public or (kind.named and not _is_named(hit)) or (kind.id == _KEY_ID and _is_recorded(hit))
        grade: Grade = "public" if public else "credential"
        shown = _shown(kind, value)
        return Verdict(kind.id, kind.title, grade, confidence, hit.start, hit.end, _rank(kind), "", shown)

    def _is_none(self, value: str, body: str) -> bool:
        """Whether the value is an example, a filler or a word."""
        kind = self._kind
        if is_documented(value) or _is_filler(body):
            return True
        if kind.id == "aws-secret-access-key" and is_hexadecimal(value):  # the id of a commit
            return True
        return bool(kind.bits) and surprise(body[:200]) < kind.bits and not _is_varied_hexadecimal(body)

    def _sampled(self, hit: Hit, value: str) -> Verdict | None:
        """A word for a password in the address of a server that is no example's: some are in use."""
        kind = self._kind
        if kind.id not in _ADDRESSED or in_test(hit.path) or value.lower() not in _IN_USE:
            return None
        line_end = hit.data.find(b"\n", hit.end)
        around = hit.data[hit.begin : line_end if line_end >= 0 else len(hit.data)][:300].lower()
        if any(word in around for word in _EXAMPLES):
            return None
        return Verdict(kind.id, kind.title, "credential", "low", hit.start, hit.end, 2)


def _rank(kind: Token) -> int:
    """A known mark before what a person wrote, and that before a mark that nobody is known to use."""
    return 1 if kind.id == "described-token" else 2 if kind.id in _WRITTEN else 3


_BASE64 = late(rb"[0-9A-Za-z+/]{24}$")
_SUFFIX = late(rb"\.(?:png|jpe?g|gif|svg|ico|js|css|map|html?|woff2?|zip|tgz|jar)\b")


_MASKS = frozenset({b"####", b"****", b"....", b"xxxx", b"XXXX"})
"""What covers the rest of a value."""


def _stands_alone(hit: Hit) -> bool:
    """Whether the characters around it do not continue a word. The `n` of an escaped line end does not.

    Nor may it lie inside of a longer stretch of base64, or be the name of a file with a hash in it.
    """
    data = hit.data
    if hit.start > 24 and data[hit.start - 1] in b"+/" and _BASE64.search(data, hit.start - 24, hit.start):
        return False
    if _SUFFIX.match(data, hit.end):
        return False
    if hit.end < len(data) and data[hit.end] in _WORDLIKE and data[hit.end - 1] in _WORDLIKE:
        return False
    if hit.start and data[hit.start - 1] in _WORDLIKE and data[hit.start] in _WORDLIKE:
        return hit.start > 1 and data[hit.start - 2 : hit.start] in {b"\\n", b"\\t", b"\\r", b"3D"}
    return True


_NAMED = late(r"([\w.\-]+)[\"'\])]{0,3}[ \t]*(?:=>|:=|[:=])[ \t]*[bfru]?[\"'`]?$")
_IN_PAGES = (b"authDomain", b"messagingSenderId", b"initializeApp", b"maps.googleapis.com", b"maps/api/js")


def _is_named(hit: Hit) -> bool:
    """Whether the value is assigned to what names a key, and not the web key of an app's settings or of an address."""
    before = hit.before(80)
    name = _NAMED.search(before)
    if name is None or sense_of(name[1]) is None or before[: name.start()].endswith(("?", "&")):
        return False
    around = hit.data[max(0, hit.start - 400) : hit.end + 400]
    return not any(word in around for word in _IN_PAGES)


_KEY_ID = "aws-access-key-id"
_RECORD = late(rb"eventSource|userIdentity|p_any_|principalId|sourceIPAddress")
_SECRET_BESIDE = late(rb"(?i)secret_?-?access_?-?key|aws_?secret|secret_?key")
_RECORDED = 4_096


def _is_recorded(hit: Hit) -> bool:
    """Whether the id of a key stands without its secret in a record of CloudTrail, where everybody sees it."""
    around = hit.data[max(0, hit.start - _RECORDED) : hit.end + _RECORDED]
    return _RECORD.search(around) is not None and _SECRET_BESIDE.search(around) is None


def _is_filler(body: str) -> bool:
    """A value of a fixed form that was filled by hand: `xxxx`, `****`, one piece again and again, a telling word."""
    tail = body[4:] if len(body) > 16 else body
    if is_repetitive(tail) or is_repetitive(body) or (20 <= len(body) < 80 and is_repetitive(body[-15:])):
        return True
    lower = body.lower()
    return len(body) < 400 and any(
        word in lower
        for word in (
            "example",
            "xxxxxxx",
            "placeholder",
            "redacted",
            "yourtoken",
            "your-",
            "your_",
            "testonly",
            "fakesig",
            "changeme",
            "dummy",
            "......",
            "*****",
            "notreal",
            "####",
            "tokenhere",
            "keyhere",
        )
    )


def _is_varied_hexadecimal(body: str) -> bool:
    plain = body.removeprefix("sk-").rstrip("=").lower()
    return len(plain) >= 20 and all(character in "0123456789abcdef-" for character in plain) and len(set(plain)) >= 8


def _is_sample(value: str, hit: Hit) -> bool:
    """Whether the password of an address or a header is no more than a word for it."""
    lower = value.lower().strip("\"'")
    if lower in _SAMPLES or stands_in(value) or refers(value) or len(value) < 2:
        return True
    if (
        hit.data[hit.start - 1 : hit.start] == b" "
        and hit.match is not None
        and b"dentified" in hit.data[hit.begin : hit.start]
        and not any(c.isdigit() for c in value)
    ):
        return True
    if value.isalpha() and hit.data[hit.begin : hit.begin + 10].lower() == b"convertto-" and not _is_quoted(hit):
        return True  # a word of a sentence about the command
    if value.startswith(("$", "{", "<", "%", "[", "*", "(")) or value.endswith((")", "}", ">")):
        return True
    line_end = hit.data.find(b"\n", hit.end)
    host = hit.data[hit.end : min(hit.end + 60, line_end if line_end >= 0 else hit.end + 60)].decode("utf-8", "replace")
    return value.isdigit() and len(value) < 6 and host.startswith("@")


def _is_quoted(hit: Hit) -> bool:
    return hit.data[hit.start - 1 : hit.start] in {b'"', b"'"}


def _shown(kind: Token, value: str) -> int:
    """How many of the first characters may be shown: the fixed prefix, never more than a quarter."""
    longest = max((len(anchor) for anchor in kind.anchors if value.startswith(anchor)), default=0)
    return min(longest, len(value) // 4)
