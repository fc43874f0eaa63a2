"""National numbers, each with its published checksum.

A number with a weak check and no separators needs a word of context in front of it, since one random number in ten or
so would pass.

Sources: SSA "Randomization" and POMS RM 10201.035 (US); HMRC NIM39110 (UK NINO); BZSt, ISO 7064 MOD 11,10 (DE);
INSEE NIR, key 97 - n mod 97 (FR); Ministerio del Interior, mod 23 (ES); D.M. 23/12/1976 (IT); the eleven-test of the
BSN (NL); Receita Federal, mod 11 (BR); UIDAI, Verhoeff (IN); CRA, Luhn (CA).
"""

from __future__ import annotations

import re

from casemate_guard.redaction.cards import luhn
from casemate_guard.redaction.detector import Detector, Pattern, near

_DIGITS = Pattern(r"[0-9]")
_SSN_WORDS = Pattern(r"(?i)\b(?:ssn|social[ _-]?sec)")
_NL_WORDS = Pattern(r"(?i)\b(?:bsn|burgerservice|sofi)")
_CA_WORDS = Pattern(r"(?i)\b(?:sin|social[ _-]?insurance|nas)\b")
_BR_WORDS = Pattern(r"(?i)\bcpf\b")
_IN_WORDS = Pattern(r"(?i)\b(?:aadhaar|aadhar|uid|uidai)\b")
_DE_WORDS = Pattern(r"(?i)(?:steuer|\bidnr|\btax|\btin\b)")


def _digits(match: re.Match[str]) -> str:
    return "".join(_DIGITS.get().findall(match[0]))


def _ssn(match: re.Match[str]) -> tuple[int, int] | None:
    area, group, serial = match[0][:3], match["group"], match["serial"]
    # 9xx is an ITIN, which is as private; 987-65-4320… and 078-05-1120 were printed in advertisements.
    if area in {"000", "666"} or group == "00" or serial == "0000":
        return None
    if not match["mark"] and not near(match, _SSN_WORDS):
        return None
    return match.span()


def _steuer(match: re.Match[str]) -> tuple[int, int] | None:
    digits = _digits(match)
    counts = sorted((digits[:10].count(digit) for digit in set(digits[:10])), reverse=True)
    if digits[0] == "0" or counts[0] not in {2, 3} or counts[1:2] != [1]:
        return None
    product = 10
    for digit in digits[:10]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    if (11 - product) % 10 != int(digits[10]):
        return None
    return match.span() if " " in match[0] or near(match, _DE_WORDS, 64) or counts[0] == 2 else None


def _insee(match: re.Match[str]) -> tuple[int, int] | None:
    text = "".join(character for character in match[0] if character.isalnum()).upper()
    number, key = text[:13].replace("2A", "19").replace("2B", "18"), text[13:]
    return match.span() if number.isdigit() and 97 - int(number) % 97 == int(key) else None


def _dni(match: re.Match[str]) -> tuple[int, int] | None:
    text = match[0].replace("-", "").replace(" ", "").upper()
    number = text[:-1].replace("X", "0", 1).replace("Y", "1", 1).replace("Z", "2", 1)
    return match.span() if "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == text[-1] else None


_ODD = {
    **dict(zip("0123456789", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True)),
    **dict(
        zip(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
            strict=True,
        )
    ),
}


def _codice(match: re.Match[str]) -> tuple[int, int] | None:
    text = match[0].upper()
    total = sum(
        _ODD[each] if place % 2 == 0 else (ord(each) - 65 if each.isalpha() else int(each))
        for place, each in enumerate(text[:15])
    )
    return match.span() if chr(65 + total % 26) == text[15] else None


def _bsn(match: re.Match[str]) -> tuple[int, int] | None:
    digits = _digits(match)
    total = sum(int(digit) * weight for digit, weight in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True))
    return match.span() if total and total % 11 == 0 and near(match, _NL_WORDS) else None


def _sin(match: re.Match[str]) -> tuple[int, int] | None:
    digits = _digits(match)
    if digits[0] in "08" or len(set(digits)) == 1 or not luhn(digits):
        return None
    return match.span() if near(match, _CA_WORDS) or "-" in match[0] else None


def _cpf(match: re.Match[str]) -> tuple[int, int] | None:
    digits = _digits(match)
    if len(set(digits)) == 1:
        return None
    for length in (9, 10):
        total = sum(int(digit) * (length + 1 - place) for place, digit in enumerate(digits[:length]))
        if total * 10 % 11 % 10 != int(digits[length]):
            return None
    return match.span() if "-" in match[0] or near(match, _BR_WORDS) else None


_VERHOEFF_D = (
    *("0123456789", "1234067895", "2340178956", "3401289567", "4012395678"),
    *("5987604321", "6598710432", "7659821043", "8765932104", "9876543210"),
)
_VERHOEFF_P = (
    *("0123456789", "1576283094", "5803796142", "8916043527"),
    *("9453126870", "4286573901", "2793806415", "7046913258"),
)


def verhoeff(digits: str) -> bool:
    """Whether the last of the digits is the Verhoeff check digit of the others (J. Verhoeff, 1969)."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_VERHOEFF_D[check][int(_VERHOEFF_P[place % 8][int(digit)])])
    return check == 0


def _aadhaar(match: re.Match[str]) -> tuple[int, int] | None:
    if not verhoeff(_digits(match)):
        return None
    return match.span() if " " in match[0] or "-" in match[0] or near(match, _IN_WORDS) else None


_ENDED = r"(?![0-9A-Za-z_]|-[0-9])"
# The same boundaries as hints, which have no look-around.
_OPEN, _SHUT = r"(?:^|[^0-9A-Za-z_.+-])", r"(?:[^0-9A-Za-z_]|$)"


def _alone(first: str) -> str:
    """A number that begins with `first` and continues nothing; that stands in front, so that `re` can skip to it."""
    return rf"{first}(?<![0-9A-Za-z_.+-]{first})"


DETECTORS = (
    Detector(
        "us-ssn",
        _alone("[0-9]") + r"[0-9]{2}(?P<mark>[- ]?)(?P<group>[0-9]{2})(?P=mark)(?P<serial>[0-9]{4})" + _ENDED,
        _OPEN + r"(?:[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{3} [0-9]{2} [0-9]{4})" + _SHUT + r"|(?i)(?:ssn|social).*[0-9]{9}",
        shapes=("000-00-0000", "000 00 0000", "000000000"),
        check=_ssn,
    ),
    Detector(
        "uk-nino",
        r"[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z](?<![0-9A-Za-z][A-Za-z])(?i:[A-CEGHJ-NPR-TW-Z])"
        r"(?<!(?i:BG|GB|NK|KN|TN|NT|ZZ))[ -]?"
        r"[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?(?i:[A-D])(?![0-9A-Za-z])",
        r"(?:^|[^0-9A-Za-z])[A-Za-z]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[A-Da-d](?:[^0-9A-Za-z]|$)",
        shapes=tuple(f"00{one}00{other}a" for one in ("", " ", "-") for other in ("", " ", "-")),
    ),
    Detector(
        "fr-insee",
        _alone("[12]") + r"[ ]?[0-9]{2}[ ]?(?:0[1-9]|1[0-2]|[2-9][0-9])[ ]?(?:[0-9]{2}|2[ABab])[ ]?[0-9]{3}[ ]?[0-9]{3}"
        r"[ ]?[0-9]{2}" + _ENDED,
        _OPEN + r"[12] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9ABab] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}" + _SHUT,
        shapes=("0 00 00 ", "00000000000", "000000a0"),
        check=_insee,
    ),
    Detector(
        "es-dni",
        r"[0-9XYZxyz](?<![0-9A-Za-z_.-][0-9XYZxyz])(?:[0-9]{7}|(?<=[XYZxyz])[- ]?[0-9]{7})"
        r"[- ]?[A-HJ-NP-TV-Za-hj-np-tv-z](?![0-9A-Za-z_])",
        r"(?:^|[^0-9A-Za-z_.-])(?:[0-9]{8}|[XYZxyz][- ]?[0-9]{7})[- ]?[A-Za-z](?:[^0-9A-Za-z_]|$)",
        shapes=("0000000a", "0000000-a", "0000000 a"),
        check=_dni,
    ),
    Detector(
        "it-codice-fiscale",
        r"(?<![0-9A-Za-z])[A-Za-z]{6}[0-9]{2}(?i:[ABCDEHLMPRST])[0-9]{2}[A-Za-z][0-9]{3}[A-Za-z](?![0-9A-Za-z])",
        r"[A-Za-z]{6}[0-9]{2}[A-Za-z][0-9]{2}[A-Za-z][0-9]{3}[A-Za-z]",
        shapes=("aaaaaa00a00a000a",),
        check=_codice,
    ),
    Detector(
        "br-cpf",
        _alone("[0-9]") + r"[0-9]{2}\.?[0-9]{3}\.?[0-9]{3}-?[0-9]{2}" + _ENDED,
        _OPEN + r"[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}-[0-9]{2}" + _SHUT + r"|(?i)cpf.*[0-9]{11}",
        shapes=("000-00", "00000000000"),
        check=_cpf,
    ),
    Detector(
        "in-aadhaar",
        _alone("[2-9]") + r"[0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}(?![ -][0-9]{2})" + _ENDED,
        _OPEN + r"[2-9][0-9]{3}(?:[ -][0-9]{4}[ -]?|[0-9]{4}[ -])[0-9]{4}(?:[^0-9A-Za-z_ -]|[ -](?:[^0-9]|$)|$)"
        r"|(?i)(?:aadh|uid).*[0-9]{12}",
        shapes=("0000 0000 0000", "0000-0000-0000", "000000000000"),
        check=_aadhaar,
    ),
    Detector(
        "de-steuer-id",
        _alone("[1-9]") + r"[0-9][ ]?[0-9]{3}[ ]?[0-9]{3}[ ]?[0-9]{3}" + _ENDED,
        _OPEN + r"[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}" + _SHUT,
        shapes=("00 000 000 000", "00000000000"),
        check=_steuer,
    ),
    Detector(
        "ca-sin",
        _alone("[0-9]") + r"[0-9]{2}(?P<mark>[ -]?)[0-9]{3}(?P=mark)[0-9]{3}" + _ENDED,
        _OPEN
        + r"[0-9]{3}-[0-9]{3}-[0-9]{3}"
        + _SHUT
        + r"|(?i)(?:\bsin\b|social|\bnas\b).*[0-9]{3} ?[0-9]{3} ?[0-9]{3}",
        shapes=("000-000-000", "000 000 000", "000000000"),
        check=_sin,
    ),
    Detector(
        "nl-bsn",
        _alone("[0-9]") + r"[0-9]{8}" + _ENDED,
        r"(?i)(?:bsn|burgerservice|sofi).*[0-9]{9}",
        literals=("bsn", "burgerservice", "sofi"),
        check=_bsn,
    ),
    Detector(
        "date-of-birth",
        r"(?i:\b(?:d\.?o\.?b\.?|birth[ _-]?da(?:te|y)|date[ _-]of[ _-]birth|born|geburtsdatum|geboren|naissance)"
        r"[\w \"']{0,12}[:= ,]{0,4}(?:on |is |am |le )?[\"']?)"
        r"(?P<date>[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ](?:[0-9]{4}|[0-9]{2})"
        r"|(?:[0-9]{1,2}(?:st|nd|rd|th)? )?(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? "
        r"(?:[0-9]{1,2}(?:st|nd|rd|th)?,? )?[0-9]{4})(?![0-9])",
        r"(?i)d\.?o\.?b|birth|born|geb|naissance",
        literals=("dob", "d.o.b", "birth", "born", "geb", "naissance"),
        group="date",
    ),
)
