"""Mail addresses, telephone numbers, network addresses, URLs and crypto addresses.

Sources: RFC 5321 (mail), ITU-T E.164 and E.123 and the national notations of its annexes (telephone), RFC 4291 and 5952
(IPv6), RFC 3986 (URL), BIP 13, 173 and EIP-55 (addresses of Bitcoin and Ethereum).
"""

from __future__ import annotations

import re

from casemate_guard.redaction.detector import Detector, Pattern, near

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_PHONE_WORDS = Pattern(
    r"(?i)(?:phone|\btel\b|tel[.:]|telef|mobile|\bmobil|\bcell|\bcall|\bfax|\bdial|\bring\b|\breach|contact"
    r"|\btext(?:ed)? |whats.?app|\bsms|messages? to|answering at|registered|hotline|msisdn|\bnumber is"
    r"|(?:my|his|her) number|portable|handy)"
)
_PHONE_LITERALS = (
    *("phone", "tel", "mobil", "cell", "call", "fax", "dial", "ring ", "reach", "contact", "text", "whats", "sms"),
    *("message", "answer", "registered", "hotline", "msisdn", "number", "portable", "handy"),
)
_NO_PHONE = Pattern(
    r"(?i)(?:order|invoice|account|acct|serial|ticket|case|version|\bid\b|_id|ref|isbn|issn|sku|card|build|request)"
    r"[ #:=_a-z.\"'-]{0,12}$"
)
_DATE = Pattern(
    r"(?:19|20)[0-9]{2}[-/. ](?:0?[1-9]|1[0-2])[-/. ](?:0?[1-9]|[12][0-9]|3[01])(?![0-9]).*"
    r"|(?:0?[1-9]|[12][0-9]|3[01])[-/. ](?:0?[1-9]|1[0-2])[-/. ](?:19|20)[0-9]{2}.*"
)


def _count(text: str) -> int:
    return sum("0" <= character <= "9" for character in text)


def _number(match: re.Match[str]) -> int:
    """Digits of the number itself, without its extension."""
    return _count(match["number"])


def _phone(match: re.Match[str]) -> tuple[int, int] | None:
    """A notation that only telephones have: 8 to 15 digits."""
    digits = _number(match)
    if not 8 <= digits <= 15 or _DATE.get().match(match["number"]):
        return None
    if near(match, _NO_PHONE, 24) and not near(match, _PHONE_WORDS, 24):
        return None
    return match.span()


def _local(match: re.Match[str]) -> tuple[int, int] | None:
    """Groups of digits that are a telephone number only where a word in front says so."""
    if not 7 <= _number(match) <= 12 or _DATE.get().match(match["number"]):
        return None
    window = match.string[max(0, match.start() - 64) : match.start()].lower()
    if not any(word in window for word in _PHONE_LITERALS) or not near(match, _PHONE_WORDS, 64):
        return None
    if near(match, _NO_PHONE, 24):
        return None
    return match.span()


_EXTENSION = r"(?:[ ,;]{0,2}(?i:x|ext\.?|extension|#)[ .:]{0,2}[0-9]{1,6})?"
_BEFORE = r"(?<![0-9A-Za-z_.:/#$€£-][+(0-9])(?<![0-9][ -][+(0-9])"  # behind the first character, to which `re` skips
_AFTER = r"(?![0-9A-Za-z_]|[.:/-][0-9]|[ ][0-9]{2})"
_GROUPED = (
    r"(?:\+[1-9][0-9]{0,2}[ .-]?(?:\(0?[0-9]{0,4}\)[ .-]?)?[0-9]{1,5}(?:[ .-]?[0-9]{1,5}){1,6}"  # E.123, international
    r"|\+[1-9][0-9]{7,14}"  # E.164
    r"|00[1-9][0-9]{0,2}[ .-](?:\(0\)[ ]?)?[0-9]{1,5}(?:[ .-][0-9]{2,5}){1,5}"
    r"|(?:\+?1[ .-])?(?:\([2-9][0-9]{2}\)[ .-]?|[2-9][0-9]{2}[.-])[2-9][0-9]{2}[ .-][0-9]{4}"  # North America
    r"|(?:1[ -])?[2-9][0-9]{2}[ ][2-9][0-9]{2}[- ][0-9]{4}"
    r"|\(0?[0-9]{2,5}\)[ -]?[0-9]{3,4}[- ]?[0-9]{3,4}"  # an area code in brackets
    r"|0[0-9]{1,4}[ ][0-9]{2,4}(?:[ ][0-9]{2,4}){1,3}"  # a trunk zero: United Kingdom, France, Germany, …
    r"|0[0-9]{2,4}[ /-][0-9]{5,8}"
    r"|0[1-9](?:(?:\.[0-9]{2}){4}|(?:-[0-9]{2}){4}))"
)
# The same behind its first character.
_EXACT = (
    r"(?<=\+)[1-9][0-9]{0,2}[ .-]?(?:\(0?[0-9]{0,4}\)[ .-]?)?[0-9]{1,5}(?:[ .-]?[0-9]{1,5}){1,6}"
    r"|(?<=0)0[1-9][0-9]{0,2}[ .-](?:\(0\)[ ]?)?[0-9]{1,5}(?:[ .-][0-9]{2,5}){1,5}"
    r"|(?<=1)[ .-](?:\([2-9][0-9]{2}\)[ .-]?|[2-9][0-9]{2}[ .-])[2-9][0-9]{2}[ .-][0-9]{4}"
    r"|(?<=\()[2-9][0-9]{2}\)[ .-]?[2-9][0-9]{2}[ .-][0-9]{4}"
    r"|(?<=[2-9])[0-9]{2}(?:[.-][2-9][0-9]{2}[ .-]|[ ][2-9][0-9]{2}[- ])[0-9]{4}"
    r"|(?<=\()0?[0-9]{2,5}\)[ -]?[0-9]{3,4}[- ]?[0-9]{3,4}"
    r"|(?<=0)[0-9]{1,4}[ ][0-9]{2,4}(?:[ ][0-9]{2,4}){1,3}"
    r"|(?<=0)[0-9]{2,4}[ /-][0-9]{5,8}"
    r"|(?<=0)[1-9](?:(?:\.[0-9]{2}){4}|(?:-[0-9]{2}){4})"
)
_LOOSE = (
    r"(?<=\()[0-9]{2,4}\)(?:[ .-][0-9]{2,7}){1,4}|(?<=[0-9])[0-9]{1,3}(?:[ .-][0-9]{2,7}){1,4}|(?<=[0-9])[0-9]{8,10}"
)

# Without a scheme or `www.`, only domains that are no usual name of an attribute or file ending (`self.name`, `a.py`).
_TLDS = "com|org|net|edu|gov|biz|xyz|eu|uk|de|fr|nl|pt|ie|dk|se|fi|cz|hu|gr|ro|bg|ru|ua|jp|cn|kr|br|mx|au|nz|za"
_DOTTED = Pattern(r"\.[A-Za-z]{2}")
_PACKAGES = Pattern(r"(?i)(?:com|org|net|io|edu|gov|java|javax|software)\.")


def _bare_url(match: re.Match[str]) -> tuple[int, int] | None:
    """A host name without a scheme: no package name, no mail address, no attribute of an object."""
    host = match["host"]
    if _PACKAGES.get().match(host) or match.string[match.start() - 1 : match.start()] == "@":
        return None
    return _trimmed(match)


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    """Without the punctuation of the sentence around it."""
    start, end = match.span()
    text = match.string
    while end > start and text[end - 1] in ".,;:!?'\")]}>":
        end -= 1
    return start, end


_LOCAL = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+/=?^_`{|}~-"
_DOMAIN = Pattern(
    r"(?:[A-Za-z0-9\u00a1-\uffff][A-Za-z0-9\u00a1-\uffff-]{0,62}\.){1,8}[A-Za-z\u00a1-\uffff][A-Za-z0-9\u00a1-\uffff-]{1,23}"
)
_AT = Pattern("@|%40")


class Mail(Detector):
    """Mail addresses, found from their at sign to both sides (RFC 5321, with the letters of RFC 6531)."""

    __slots__ = ()

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the addresses."""
        for sign in _AT.get().finditer(text):
            place = sign.start()
            before = text[max(0, place - 64) : place]
            left = len(before.rstrip(_LOCAL))
            while left and before[left - 1].isalnum():  # a letter beyond ASCII
                left = len(before[: left - 1].rstrip(_LOCAL))
            start = place - len(before) + left
            while start < place and text[start] in "=&'`|/?{}#":
                start += 1
            domain = _DOMAIN.get().match(text, sign.end())
            if start < place and domain is not None:
                yield start, domain.end()


_SCHEMES = frozenset(
    {
        *("http", "https", "ftp", "ftps", "sftp", "ws", "wss", "s3", "gs", "ssh", "git", "ldap", "ldaps", "postgres"),
        *("postgresql", "mysql", "mariadb", "mongodb", "srv", "redis", "rediss", "amqp", "amqps", "mqtt", "mqtts"),
        *("kafka", "sqlserver", "oracle", "nats", "smb", "file", "tcp", "udp", "grpc", "couchbase", "clickhouse"),
    }
)
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_BEHIND_SCHEME = Pattern(r"[^\s\"'<>`\\{}|^]{1,2048}")


class Url(Detector):
    """URLs with a scheme, found from `://` to both sides."""

    __slots__ = ()

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the URLs, without the punctuation of the sentence around them."""
        done, place = 0, text.find("://")
        while place >= 0:
            before = text[max(done, place - 16) : place]
            scheme = before[len(before.rstrip(_LETTERS)) :]
            behind = _BEHIND_SCHEME.get().match(text, place + 3)
            if behind is not None and scheme.lower() in _SCHEMES:
                done = place + 3 + len(behind[0].rstrip(".,;:!?'\")]}>"))
                start = place - len(scheme)
                for prefix in ("mongodb+", "jdbc:", "git+"):
                    if text.endswith(prefix, 0, start):
                        start -= len(prefix)
                yield start, done
            place = text.find("://", max(done, place + 3))


def _ipv4(match: re.Match[str]) -> tuple[int, int] | None:
    if any(int(part) > 255 for part in match[0].split(".")):
        return None
    before = match.string[max(0, match.start() - 10) : match.start()].lower()
    return None if before.rstrip(" :=\"'v").endswith(("version", "release", "ver.")) else match.span()


def _ipv6(match: re.Match[str]) -> tuple[int, int] | None:
    from ipaddress import AddressValueError, IPv6Address  # only where something looks like one

    text = match["address"]
    if text.count(":") < 2 or (text.count(":") == 2 and "::" not in text) or text == "::":
        return None
    try:
        IPv6Address(text)
    except AddressValueError:
        return None
    return match.span("address")


DETECTORS = (
    Mail(
        "email",
        "",
        r"(?:@|%40)[^\s@.]{1,63}\.",
        literals=("@", "%40"),
    ),
    Url("url", "", r"://[^\s]", literals=("://",)),
    Detector(
        "url",
        rf"(?<![\w@./:=-])(?P<host>(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?\.){{1,6}}(?i:{_TLDS})"
        r"|(?i:www)(?:\.[A-Za-z0-9-]{1,63}){1,5}\.[A-Za-z]{2,24})"
        r"(?::[0-9]{2,5})?(?![\w@(-]|\.[\w])(?:[/?#][^\s\"'<>`\\{}|^]{0,1024})?",
        rf"(?i:www)\.|[A-Za-z0-9]\.(?i:{_TLDS})(?:[^0-9A-Za-z_.@(-]|\.[^0-9A-Za-z_]|\.?$)",
        gate=lambda text: _DOTTED.get().search(text) is not None,
        check=_bare_url,
    ),
    Detector(
        "ip-address",
        r"[0-9](?<![\w.-][0-9])[0-9]{0,2}(?:\.[0-9]{1,3}){3}(?![\w-]|\.[0-9])",
        r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
        gate=lambda text: text.count(".") >= 3,
        check=_ipv4,
    ),
    Detector(
        "mac-address",
        r"(?<![0-9A-Za-z:-])[0-9A-Fa-f]{2}(?P<mark>[:-])(?:[0-9A-Fa-f]{2}(?P=mark)){4}[0-9A-Fa-f]{2}(?![0-9A-Za-z:-])"
        r"|(?<![0-9A-Za-z.])[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![0-9A-Za-z.])",
        r"[0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-]|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}",
        gate=lambda text: text.count(":") >= 5 or text.count("-") >= 5 or text.count(".") >= 2,
        check=lambda match: match.span() if match["mark"] or re.search("[A-Fa-f]", match[0]) else None,
    ),
    Detector(
        "ip-address",
        r"(?<![0-9A-Za-z:.])(?P<address>[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?:(?:[0-9]{1,3}\.){3}[0-9]{1,3})?)(?![0-9A-Za-z:])",
        r"::|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:",
        gate=lambda text: text.count(":") >= 4 or "::" in text,
        check=_ipv6,
    ),
    Detector(
        "crypto-address",
        r"(?<![0-9A-Za-z])(?:0x[0-9a-fA-F]{40}|(?:bc1|BC1)[02-9ac-hj-np-zAC-HJ-NP-Z]{25,87}"
        r"|[13][1-9A-HJ-NP-Za-km-z]{25,34})(?![0-9A-Za-z])",
        r"0x[0-9a-fA-F]{40}|(?i:bc1)[0-9A-Za-z]{25}|[13][1-9A-HJ-NP-Za-km-z]{25}",
        gate=lambda text: len(max(text.split(), key=len, default="")) > 25,
        check=lambda match: match.span() if match[0][:2].lower() in {"0x", "bc"} or base58_checked(match[0]) else None,
    ),
    Detector(
        "phone",
        rf"(?P<number>[+(0-9]{_BEFORE}(?:{_EXACT}))" + _EXTENSION + _AFTER,
        rf"(?:^|[^0-9A-Za-z_.:/#$€£-])(?:{_GROUPED})(?:[^0-9A-Za-z_]|$)",
        shapes=("+0", "(0", "000-000-0000", "000.000.0000", "000 000", "00 00", "00/00", "00-00000", "00.00.00."),
        check=_phone,
    ),
    Detector(
        "phone",
        rf"(?P<number>[(0-9]{_BEFORE}(?:{_LOOSE}))" + _EXTENSION + _AFTER,
        rf"(?i)(?:{'|'.join(_PHONE_LITERALS)})"
        r"(?:.*[^0-9a-z_.:/#$€£-])?\(?[0-9]{2,4}(?:\)?(?:[ .-][0-9]{2,7}){1,4}|[0-9]{5,9})"
        r"(?:[^0-9a-z_]|$)",
        literals=_PHONE_LITERALS,
        shapes=("0",),
        check=_local,
    ),
)


def base58_checked(text: str) -> bool:
    """Whether the last four bytes are the doubled SHA-256 of the others (Base58Check, BIP 13)."""
    from hashlib import sha256

    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number = 0
    for character in text:
        number = number * 58 + alphabet.index(character)
    if number >= 1 << 200:
        return False
    data = number.to_bytes(25, "big")
    return sha256(sha256(data[:21]).digest()).digest()[:4] == data[21:]
