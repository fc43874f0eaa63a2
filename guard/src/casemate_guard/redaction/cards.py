"""Payment cards and bank accounts.

Cards: ISO/IEC 7812-1 (Luhn check digit, 12 to 19 digits) and the issuer ranges that the schemes publish; a number that
passes Luhn but belongs to no scheme is an order number. IBAN: ISO 13616 (mod 97) with the lengths of the IBAN Registry.
"""

from __future__ import annotations

import re

from casemate_guard.redaction.detector import Detector, Pattern

_ISSUERS = Pattern(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})"  # Visa
    r"|(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"  # Mastercard
    r"|3[47][0-9]{13}"  # American Express
    r"|3(?:0[0-59]|[689][0-9])[0-9]{11,16}"  # Diners Club
    r"|6(?:011|22[1-9]|4[4-9][0-9]|5[0-9]{2})[0-9]{12,15}"  # Discover
    r"|(?:2131|1800|35[0-9]{3})[0-9]{11,14}"  # JCB
    r"|62[0-9]{14,17}"  # UnionPay
    r"|(?:5018|5020|5038|5[678][0-9]{2}|6304|6759|676[1-3]|0604|6390)[0-9]{8,15}"  # Maestro
    r"|220[0-4][0-9]{12,15}|9792[0-9]{12}|6(?:0|5|08|52)[0-9]{13,14}"  # Mir, Troy, RuPay
)
_SEPARATORS = str.maketrans("", "", " -.\u00a0")
_DOUBLED = str.maketrans("0123456789", "0246813579")


def luhn(digits: str) -> bool:
    """Whether the last of the digits is the Luhn check digit of the others (ISO/IEC 7812-1, annex B)."""
    total = sum(map(int, digits[-1::-2])) + sum(map(int, digits[-2::-2].translate(_DOUBLED)))
    return total % 10 == 0


def _card(match: re.Match[str]) -> tuple[int, int] | None:
    digits = match[0].translate(_SEPARATORS)
    if len(set(digits)) > 1 and _ISSUERS.get().fullmatch(digits) and luhn(digits):
        return match.span()
    return None


# Letters say the country; the number is the whole length of its IBAN.
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FO FI GL NL SD FK",
        19: "MK SI",
        20: "AT BA EE KZ XK LT LU MN",
        21: "HR LV LI CH",
        22: "BH BG CR GE DE IE ME RS GB VA",
        23: "IL AE IQ TL SO GI OM",
        24: "AD CZ MD PK RO SA SK ES SE TN VG DZ",
        25: "LY PT ST",
        26: "IS TR",
        27: "FR GR IT MR MC SM BI DJ",
        28: "AZ CY DO GT HU LB PL AL SV BY NI",
        29: "BR PS QA UA EG",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}


_NUMBERS = {ord(letter): str(number) for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 10)}


def _iban(match: re.Match[str]) -> tuple[int, int] | None:
    """The account number with the length of its country, spaces left out, where mod 97 is 1."""
    start = match.start() - 2  # the pattern begins at the check digits, which are rarer than letters
    country = match.string[start : start + 2]
    length = _IBAN_LENGTHS.get(country.upper())
    if length is None:
        return None
    end, missing = start + length, 0
    if not match.string[start:end].isalnum():
        end, missing = start + 2, length - 2
        for character in match[0]:
            end += 1
            missing -= character not in " -\u00a0"
            if not missing:
                break
    if missing or end > match.end() or match.string[end : end + 1].isalnum():
        return None
    text = match.string[start:end].translate(_SEPARATORS)
    if int((text[4:] + text[:4]).upper().translate(_NUMBERS)) % 97 != 1:
        return None
    return start, end


DETECTORS = (
    Detector(
        "credit-card",
        r"[0-9](?<![0-9A-Za-z_.][0-9])(?<![0-9][ -][0-9])(?:[ .\u00a0-]?[0-9]){11,18}(?![0-9A-Za-z_]|[ -]?[0-9])",
        "(?:^|[^0-9A-Za-z_.])[0-9](?:[ .\u00a0-]?[0-9]){11,18}(?:[^0-9A-Za-z_]|$)",
        shapes=(
            "000000000000",
            "0000 0000 0",
            "0000-0000-0",
            "0000.0000.0",
            "0000 000000 0",
            "0000-000000-0",
            "\xc2\xa00",
        ),
        zone="[0-9][0-9 .\u00a0-]{10,30}[0-9]",
        check=_card,
    ),
    Detector(
        "iban",
        r"[0-9](?<=[A-Za-z]{2}[0-9])(?<![0-9A-Za-z][A-Za-z]{2}[0-9])[0-9](?:[ \u00a0-]?[A-Za-z0-9]){11,30}",
        "(?:^|[^0-9A-Za-z])[A-Za-z]{2}[0-9]{2}(?:[ \u00a0-]?[A-Za-z0-9]){11}",
        shapes=("aa00",),
        check=_iban,
    ),
)
