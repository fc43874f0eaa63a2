"""Masks secrets in text by their type, and holds secret values so that they do not reach a log by accident.

The shapes are the published ones: AWS "Unique identifiers" (IAM reference), GitHub "token prefixes", GitLab "token
overview", Slack "token types", Stripe "API keys", RFC 7519 (JWT), RFC 7468 (PEM), RFC 3986 section 3.2.1 (user
information in a URL).

Every repetition is bounded or cannot overlap with what follows it, so hostile text cannot make it slow.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple, NoReturn, Self, final


class Span(NamedTuple):
    """Where a secret stands in a text (code points, end exclusive) and of which kind it is.

    `kept` is how many of its first characters stay readable when it is masked.
    """

    start: int
    end: int
    kind: str
    kept: int = 0


_KEPT = 4

# Tokens that say themselves what they are.
PREFIXED = {
    "aws-access-key-id": r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
    "github-token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{40,255})\b",
    "gitlab-token": r"\bglpat-[A-Za-z0-9_.-]{20,255}",
    "slack-token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,255}",
    "stripe-key": r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}\b",
    "google-api-key": r"\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])",
    "npm-token": r"\bnpm_[A-Za-z0-9]{36}\b",
    "pypi-token": r"\bpypi-[A-Za-z0-9_-]{50,255}",
    "sendgrid-key": r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])",
    "anthropic-key": r"\bsk-ant-[A-Za-z0-9_-]{20,255}",
    "openai-key": r"\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{32,255}",
}

# Secrets whose beginning tells nothing about their owner. The group `secret`, where there is one, is what gets masked.
OPAQUE = {
    "private-key": (
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:(?:[^-]|-(?!----))*-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"|[A-Za-z0-9+/=\\\s]*)"  # cut off: as far as base64 goes
    ),
    "jwt": r"\beyJ[A-Za-z0-9_-]{8,1024}\.eyJ[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{0,1024}",
    "password": r"(?<=://)[^\s/:@\"'\[]{0,256}:(?P<secret>[^\s/@\"'\[]{1,1024})@",
    "authorization": r"\b(?i:bearer|basic)[ ](?P<secret>[A-Za-z0-9+/_.~-]{16,}={0,2})",
}

# `name = value` in any of the usual notations. A value that only refers to a secret is none.
_ASSIGNED = r"""
    (?P<name>passw(?:or)?d|passphrase|pwd|secret(?:[_-]?(?:access[_-]?)?key)?|token|api[_-]?key|private[_-]?key)
    ["']?[ \t]{0,8}[:=][ \t]{0,8}
    (?: "(?P<double>[^"\n]{4,1024})"
      | '(?P<single>[^'\n]{4,1024})'
      | (?P<bare>(?:[^\s"',;&<>(){}\[\]]|\[redacted:[a-z-]+\]){4,1024}))
    """
_REFERENCE = re.compile(r"\{\{|\$[{(]|!(?:Ref|Sub|GetAtt|ImportValue)\b|arn:")

_MASKED = re.compile(r"\[redacted:[a-z-]+\]")
_KEPT_AND_MASKED = re.compile(r".{0,4}\[redacted:[a-z-]+\]", re.DOTALL)


# What stands in every match, folded for the last two: a text without it need not be searched, nor its shape compiled.
_TELLING = {
    "aws-access-key-id": ("AKIA", "ASIA", "ABIA", "ACCA"),
    "github-token": ("gh", "github_pat_"),
    "gitlab-token": ("glpat-",),
    "slack-token": ("xox",),
    "stripe-key": ("k_live_", "k_test_"),
    "google-api-key": ("AIza",),
    "npm-token": ("npm_",),
    "pypi-token": ("pypi-",),
    "sendgrid-key": ("SG.",),
    "anthropic-key": ("sk-ant-",),
    "openai-key": ("sk-",),
    "private-key": ("PRIVATE KEY",),
    "jwt": ("eyJ",),
    "password": ("://",),
}
_SCHEMES = ("bearer ", "basic ")
_NAMES = ("passw", "passphrase", "pwd", "secret", "token", "api", "private")


@cache
def _shape(kind: str) -> re.Pattern[str]:
    """A compiled shape; at first use, since a cold start pays for it."""
    return re.compile(PREFIXED.get(kind) or OPAQUE[kind])


@cache
def _assigned() -> re.Pattern[str]:
    return re.compile(_ASSIGNED, re.IGNORECASE | re.VERBOSE)


def _possible(text: str, folded: str) -> Iterator[tuple[str, int]]:
    """The kinds that the text may hold, and how many characters of each are kept."""
    for kinds, kept in ((PREFIXED, _KEPT), (OPAQUE, 0)):
        for kind in kinds:
            where, telling = (text, _TELLING[kind]) if kind in _TELLING else (folded, _SCHEMES)
            if any(part in where for part in telling):
                yield kind, kept


def _candidates(text: str) -> Iterator[Span]:
    """Yield what looks like a secret, the most telling shape first; spans may overlap."""
    for masked in _MASKED.finditer(text):
        yield Span(masked.start(), masked.end(), "")  # holds the place: what is masked stays as it is
    folded = text.casefold()
    for kind, kept in _possible(text, folded):
        shape = _shape(kind)
        for match in shape.finditer(text):
            start, end = match.span("secret" if "secret" in shape.groupindex else 0)
            yield Span(start, end, kind, kept)
    for match in _assigned().finditer(text) if any(name in folded for name in _NAMES) else ():
        group = match.lastgroup or "bare"
        if not (_REFERENCE.match(match[group]) or _KEPT_AND_MASKED.fullmatch(match[group])):
            yield Span(*match.span(group), _kind_of_name(match["name"]))


def _kind_of_name(name: str) -> str:
    name = name.lower().replace("_", "-")
    if name.startswith("p") and "key" not in name:
        return "password"
    if name.startswith("secret"):
        return "secret"
    return {"apikey": "api-key", "privatekey": "private-key"}.get(name, name)


def find_secrets(text: str) -> list[Span]:
    """Return what looks like a secret in `text`, in order and without overlaps."""
    chosen: list[Span] = []  # always in order and apart
    for span in _candidates(text):
        first = bisect_right(chosen, span.start, key=lambda other: other.end)
        last = bisect_left(chosen, span.end, key=lambda other: other.start)
        overlapping = chosen[first:last]
        if any(other.start <= span.start and span.end <= other.end for other in overlapping):
            continue
        if overlapping:  # rather hide too much than leave the rest of either
            start, end = min(span.start, overlapping[0].start), max(span.end, overlapping[-1].end)
            chosen[first:last] = [Span(start, end, span.kind)]
        else:
            chosen.insert(first, span)
    return [span for span in chosen if span.kind]


def mask(text: str) -> str:
    """Return `text` with every secret replaced by `[redacted:<kind>]`, after the characters that may be kept.

    A secret of several lines may stand in an assignment, which ends with the line: once it is one line, the assignment
    can be seen, so the text is looked at again. Each look takes lines away, so this ends.
    """
    parts: list[str] = []
    position = 0
    lines = False
    for span in find_secrets(text):
        lines = lines or "\n" in text[span.start : span.end]
        parts += [text[position : span.start + span.kept], f"[redacted:{span.kind}]"]
        position = span.end
    parts.append(text[position:])
    masked = "".join(parts)
    return mask(masked) if lines else masked


@final
class Secret:
    """A secret string. Everything that would print, format, pickle or serialise it shows its kind instead, or fails.

    It is deliberately no `str`: joining, slicing or encoding it is a type error, and `json.dumps` refuses it.
    """

    __slots__ = ("__value", "kind")

    def __init__(self, value: str, kind: str = "secret") -> None:
        self.__value = value
        self.kind = kind

    def reveal(self) -> str:
        """Return the value. The one way to it, so that a search for `reveal` finds every use."""
        return self.__value

    def __str__(self) -> str:
        return f"[redacted:{self.kind}]"

    def __repr__(self) -> str:
        return f"Secret({self})"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        from hmac import compare_digest  # takes the same time wherever the two differ; rarely needed, so not at import

        return compare_digest(self.__value.encode(errors="surrogatepass"), other.__value.encode(errors="surrogatepass"))

    def __hash__(self) -> int:
        return hash((Secret, self.__value))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: dict[int, object]) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        message = "a Secret cannot be pickled"
        raise TypeError(message)
