"""Whether a named value is a secret written in clear.

Two signals: a value that shows by itself what it is (an access key, a private key, a URL with a password), and a name
that says so together with a value
that is no reference, no placeholder and no plain setting. Values never leave this module: callers get the kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from casemate.model.location import Span
from casemate.model.pattern import late
from casemate.model.value import Literal, Text, Value, display
from casemate_guard.redact import find_secrets

if TYPE_CHECKING:
    from casemate.analysis.secrets.detector import Detector
    from casemate.analysis.secrets.prefilter import Prefilter

_SECRET_WORDS = frozenset({
    "password", "passwd", "pwd", "pass", "passphrase", "passcode", "secret", "secrets", "token", "credential",
    "credentials", "apikey", "accesskey",
    "secretkey", "privatekey", "pin",
})  # fmt: skip
_SECRET_PAIRS = frozenset({
    ("api", "key"), ("access", "key"), ("secret", "key"), ("private", "key"), ("encryption", "key"), ("signing", "key"),
    ("account", "key"),
    ("shared", "key"), ("master", "key"), ("auth", "key"), ("service", "key"), ("storage", "key"), ("connection",
    "string"), ("client", "secret"),
    ("jwt", "key"), ("license", "key"), ("db", "pass"), ("function", "key"), ("admin", "key"), ("hmac", "key"),
    ("deploy", "key"), ("ssh", "key"),
})  # fmt: skip
_HARMLESS_ENDS = frozenset({
    "arn", "name", "names", "id", "ids", "url", "uri", "path", "file", "filename", "dir", "param", "parameter", "ttl",
    "enabled", "region", "table", "bucket",
    "header", "length", "type", "expiry", "expiration", "expires", "timeout", "version", "prefix", "suffix", "count",
    "limit", "policy", "issuer",
    "audience", "endpoint", "host", "port", "field", "alias", "algorithm", "alg", "duration", "seconds", "minutes",
    "hours", "days", "manager", "provider",
    "rotation", "required", "validity", "use", "usage", "format", "location", "stage", "scope", "scopes", "mode",
    "size", "index", "store", "role",
    "reference", "ref", "cache", "queue", "topic", "label", "description", "max", "min", "per", "tokens", "cookie",
    "source", "method", "class", "function",
    "schema", "pool", "username", "user", "email", "hint", "env", "environment", "template", "group", "tag",
    "extension", "layer",
})  # fmt: skip
_PLACEHOLDER = late(
    r"(?i)^(<.*>|\[.*\]|x{3,}|\*+|\.{3,}|-+|_+|replace[-_ ]?(me|this).*|.*replace[-_ ]?me.*|your[-_ ].*|insert[-_ ].*|"
    r"todo.*|tbd|none|null|n/?a|dummy.*|.*<<.*>>.*|.*\benter\b.*\byour\b.*|"
    r"placeholder.*|example.*|fill[-_ ]?(me|in).*|set[-_ ]?(me|this).*|undefined|"
    r"default|empty|to[-_ ]?be[-_ ].*|\$\{.*\}|\{\{.*\}\}|%.*%|#\{.*\}#?|__.*__)$"
)
_CONSTANT = late(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
"""`ACTIVEMQ_SECRET_ARN`: a name that stands for a value."""
_REFERENCE = late(
    r"(?i)^(arn:|/[\w./-]+$|https?://[^:@\s]+$|@microsoft\.keyvault|projects/|ssm:|secretsmanager:|vault:|secret:|op://|"
    r"(?:managed|workload)[-_ ]?identity$|true$|false$|yes$|no$|on$|off$)"
)
_WORD = late(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SHORTEST = 4
_TOKENS = frozenset({
    "aws-access-key-id", "github-token", "gitlab-token", "slack-token", "stripe-key", "google-api-key", "private-key",
    "npm-token", "pypi-token",
    "sendgrid-key", "anthropic-key", "openai-key",
})  # fmt: skip
_TELLING = _TOKENS | {"password", "jwt"}
"""Kinds that a value shows by its own shape. (`password` here is the one inside a URL.)"""
_GENERATED = late(r"[^\s'\"]{16}")
_SHORTEST_MARKED = 20
_LONGEST_MARKED = 8_192
"""Characters of a value that may hold a secret with a mark of its service: the shortest one, and the longest one."""
_ASSIGNMENT = late(
    r"""(?:^|[\s;'"])(?:export\s+|set\s+|\$env:|ENV\s+)?(?P<name>[A-Za-z_][\w-]{2,60})['"]?\s*(?:=|:|,)\s*"""
    r"""(?P<quote>['"]?)(?P<value>[^\s'";,)]{4,200})"""
)


def names_a_secret(name: str) -> bool:
    """Whether a variable's name says that its value is a secret.

    >>> names_a_secret("DB_PASSWORD"), names_a_secret("SECRET_ARN"), names_a_secret("TOKEN_TTL"),
    names_a_secret("stripeApiKey")
    (True, False, False, True)
    """
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[-1] in _HARMLESS_ENDS:
        return False
    return any(word in _SECRET_WORDS for word in words) or any(pair in _SECRET_PAIRS for pair in pairwise(words))


def secret_kind(name: str, value: str) -> str | None:
    """The kind of secret that `value` is, under this name; None when it is none.

    >>> secret_kind("TABLE", "orders") is None
    True
    """
    text = value.strip()
    shown = next((span for span in find_secrets(text) if span.kind in _TELLING), None)
    if shown is not None and not _is_placeholder(text[shown.start : shown.end]):
        return shown.kind
    marked = _marked(name, text)
    if marked is not None:
        return marked
    if (
        not names_a_secret(name)
        or len(text) < _SHORTEST
        or _is_placeholder(text)
        or _REFERENCE.match(text)
        or (text.isdigit() and len(text) < _SHORTEST * 2)
    ):
        return None
    if re.fullmatch(r"[a-z][a-z-]*/[a-z0-9/_-]+", text):  # a path in a secret manager
        return None
    return "value of a variable that names a secret"


def _marked(name: str, text: str) -> str | None:
    """The kind of a value with the mark of the service that made it: a webhook's address, the key of an account.

    These are the kinds of the text search that are credentials by themselves, judged as they are there; what a person
    may have thought up, or what is shown to everybody, is none of them.
    """
    if (
        not _SHORTEST_MARKED <= len(text) <= _LONGEST_MARKED
        or not _GENERATED.search(text)
        or text.startswith(("arn:", "${", "{{"))
        or _is_placeholder(text)
    ):
        return None
    from casemate.analysis.secrets.confirm import hits

    data = f"{name}={text}".encode("utf-8", "replace")
    start = len(data) - len(text.encode("utf-8", "replace"))
    detectors, first = _detectors()
    for number, _ in first.candidates(data):
        for hit in hits(detectors[number], data, ""):
            verdict = detectors[number].judge(hit) if hit.start >= start else None
            if verdict is not None and (verdict.grade, verdict.confidence) == ("credential", "high"):
                return verdict.kind
    return None


@lru_cache(maxsize=1)
def _detectors() -> tuple[tuple[Detector, ...], Prefilter]:
    """What shows by itself what it is, and what tells which of them can match; at first use, since the list is long."""
    from casemate.analysis.secrets import marked
    from casemate.analysis.secrets.prefilter import Portable

    every = tuple(marked.detectors())
    return every, Portable(every)


def _is_placeholder(text: str) -> bool:
    return _PLACEHOLDER.match(text.strip()) is not None or _CONSTANT.fullmatch(text.strip()) is not None


def literal_secret(name: str, value: Value) -> str | None:
    """The kind of secret written in clear in a template value, all of its cases considered; None when there is none."""
    for _, option in value.options():
        if isinstance(option, Literal) and isinstance(option.value, str | int) and not isinstance(option.value, bool):
            kind = secret_kind(name, display(option))
            if kind is not None:
                return kind
        elif isinstance(option, Text):
            # a text with references may still hold a whole token; its name proves nothing
            for part in option.parts:
                if isinstance(part, Literal) and (
                    kind := next((span.kind for span in find_secrets(display(part)) if span.kind != "password"), None)
                ):
                    return kind
    return None


def secrets_in_text(value: Value) -> Iterator[tuple[str, str, Span]]:
    """(name, kind, place) of each secret in a script or other longer text.

    The place is the line inside of the text where it stands.
    """
    for part in value.parts if isinstance(value, Text) else (value,):
        if not isinstance(part, Literal) or not isinstance(part.value, str):
            continue
        seen: set[int] = set()
        for number, line in enumerate(part.value.splitlines()):
            for name, kind in _secrets_in_line(line):
                if number not in seen:
                    seen.add(number)
                    yield name, kind, _line_of(part.at, number)


def places_in_line(line: str) -> Iterator[tuple[int, int]]:
    """Where the values of the secrets of a line stand: offsets from 0, the end exclusive."""
    assigned = False
    for match in _ASSIGNMENT.finditer(line):
        if secret_kind(match["name"], match["value"]) is not None:
            assigned = True
            yield match.span("value")
    if not assigned:
        for span in find_secrets(line):
            if span.kind in _TOKENS:
                yield span.start, span.end


def _secrets_in_line(line: str) -> Iterator[tuple[str, str]]:
    if len(line) > 2000:  # minified: nothing that a person wrote
        line = line[:2000]
    assigned = False
    for match in _ASSIGNMENT.finditer(line):
        kind = secret_kind(match["name"], match["value"])
        if kind is not None and "$" not in match["value"] and "(" not in match["value"] and "{" not in match["value"]:
            assigned = True
            yield match["name"], kind
    if not assigned:
        for span in find_secrets(line):
            text = line[span.start : span.end]
            if span.kind in _TOKENS and not _is_placeholder(text):
                yield span.kind, span.kind


def _line_of(at: Span, number: int) -> Span:
    """The line `number` (from 0) of a text whose value stands at `at`.

    A block scalar or heredoc starts on the line after its marker.
    """
    if at.end_line == at.start_line:
        return at
    line = min(at.start_line + 1 + number, at.end_line)
    return Span(at.path, line, 1, line, 1_000_000)
