from __future__ import annotations

import io
import itertools
import logging
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate_guard.redaction.output import RedactingFilter, RedactingFormatter, RedactingStream, redact_exception
from casemate_guard.redaction.policy import PolicyError, RedactionPolicy, policy_from
from casemate_guard.redaction.prefilter import fast_prefilter, portable_prefilter
from casemate_guard.redaction.redactor import DETECTORS, KINDS, Redactor

WAYS = [Redactor(), Redactor(portable=True)]

# Put together from parts, so that no secret scanner takes this file for a leak.
FOUND = [
    ("aws-access-key-id", "key ", "AKIA" + "IOSFODNN7EXAMPLE", " used"),
    ("github-token", "", "ghp_" + "a1B2" * 9, ""),
    ("slack-token", "t=", "xoxb-" + "123456789012-" + "a1B2" * 6, ""),
    ("jwt", "got ", "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0In0" + "." + "c2lnbmF0dXJl", "."),
    ("authorization", "Authorization: Bearer ", "abcdefghijklmnop1234567", ""),
    ("secret", "password=", "hunter2", " next"),
    ("secret", '{"password": "', "correct horse", '", "a": 1}'),
    ("secret", '{"m": "{\\"apiKey\\": \\"', "q8w7e6r5", '\\"}"}'),
    ("secret", "AWS_SECRET_ACCESS_KEY: ", "wJalrXUtnFEMIbPxRfiCYEXAMPLEKEY", ""),
    ("secret", "client_secret => '", "s3cr3t-value", "'"),
    ("credit-card", "card ", "4111 1111 1111 1111", " charged"),
    ("credit-card", "", "5500-0055-5555-5559", ","),
    ("credit-card", "pan=", "378282246310005", ""),
    ("iban", "to ", "GB82 WEST 1234 5698 7654 32", " today"),
    ("iban", "", "DE89370400440532013000", ""),
    ("us-ssn", "ssn ", "514-69-0360", ""),
    ("uk-nino", "NI ", "AB 12 34 56 C", ""),
    ("fr-insee", "n ", "2 69 05 49 588 157 80", ""),
    ("es-dni", "dni ", "12345678Z", ""),
    ("es-dni", "nie ", "X1234567L", ""),
    ("it-codice-fiscale", "cf ", "RSSMRA85T10A562S", ""),
    ("nl-bsn", "bsn: ", "111222333", ""),
    ("br-cpf", "cpf ", "529.982.247-25", ""),
    ("in-aadhaar", "id ", "2341 2341 2346", ""),
    ("ca-sin", "sin ", "130 692 544", ""),
    ("de-steuer-id", "Steuer-ID ", "65 929 970 489", ""),
    ("phone", "from ", "+1-202-555-0143", ""),
    ("phone", "from ", "+44 20 7946 0958", ""),
    ("phone", "", "(202) 555-0143 ext. 12", ""),
    ("phone", "at ", "01.84.17.61.18", ""),
    ("phone", "call me at ", "467 3395", ""),
    ("phone", "zurück an ", "+49 (0)30 901820", ""),
    ("email", "mail ", "jane.doe+x@example.co.uk", "."),
    ("email", "mail ", "jürgen@example.de", ""),
    ("ip-address", "from ", "203.0.113.9", ":443"),
    ("ip-address", "from ", "2001:db8::8a2e:370:7334", ""),
    ("mac-address", "if ", "00:1A:2b:3C:4d:5E", ""),
    ("url", "see ", "https://example.com/a?b=c", "."),
    ("url", "see ", "www.example.org/path", ")"),
    ("crypto-address", "eth ", "0x" + "52908400098527886E0F7030069857D2E4169EE7", ""),
    ("crypto-address", "btc ", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", ""),
    ("date-of-birth", "DOB: ", "1980-02-29", ""),
    ("date-of-birth", "She was born on ", "2/8/1935", ""),
]

CLEAN = [
    "2026-11-24T08:12:05.033Z INFO request handled path=/orders/55 status=200 duration=12ms",
    "version 1.2.3.4 of the module, build 20261124.1, release 10.0.0.1",
    "id 123e4567-e89b-12d3-a456-426614174000 trace Root=1-5759e988-bd862e3fe1be46a994272793",
    "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 ok",
    "order 1234567890123456 shipped, invoice 2026-000123, ticket 555-1234567",
    "epoch 1764000000123 and 1764000000 took 1234567 ns, offset 9007199254740993",
    "com.example.service.OrderHandler.handle(OrderHandler.java:42)",
    "module app.handlers.main in main.py at line 10, see os.path.join and self.name",
    "arn:aws:lambda:eu-west-1:123456789012:function:checkout:42",
    "tokens=512 max_tokens: 1024, password: required, secret = null, token: ${TOKEN}",
    "2026-11-24 08:12:05,033 12 of 3456 rows, 99.95 %, 1,234,567 bytes, ratio 0.123456789",
    "range 1000-2000, 10:20:30, page 3/12, temperature -12.5, 16:9, C:\\Users\\x",
    "std::vector<int> and a::b::c, Foo::Bar.new",
]


@pytest.mark.parametrize("redactor", WAYS, ids=["fast", "portable"])
@pytest.mark.parametrize(("kind", "before", "value", "after"), FOUND, ids=[f"{row[0]}-{row[2][:12]}" for row in FOUND])
def test_what_is_private_is_found_exactly(redactor: Redactor, kind: str, before: str, value: str, after: str) -> None:
    text = before + value + after
    assert redactor.spans(text) == [(len(before), len(before) + len(value), kind)]
    assert redactor.redact(text) == f"{before}[redacted:{kind}]{after}"


@pytest.mark.parametrize("redactor", WAYS, ids=["fast", "portable"])
@pytest.mark.parametrize("text", CLEAN)
def test_numbers_versions_hashes_and_names_stay(redactor: Redactor, text: str) -> None:
    assert redactor.redact(text) == text


@pytest.mark.parametrize("redactor", WAYS, ids=["fast", "portable"])
def test_a_password_in_a_url_goes_with_it(redactor: Redactor) -> None:
    assert "hunter2" not in redactor.redact("postgres://app:hunter2@db.example.com/orders")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(FOUND), min_size=1, max_size=4), st.text(max_size=20))
def test_the_fast_and_the_portable_way_agree(rows: list[tuple[str, str, str, str]], noise: str) -> None:
    text = noise + " ; ".join(before + value + after for _, before, value, after in rows)
    assert WAYS[0].spans(text) == WAYS[1].spans(text)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("0123456789 -.()+@:/=aAbZ\"'\\\n[]%"), max_size=300))
def test_spans_are_in_order_and_apart_and_hints_miss_nothing(text: str) -> None:
    redactor = Redactor()
    spans = redactor.spans(text)
    assert all(0 <= start < end <= len(text) for start, end, _ in spans)
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(spans))
    for line in text.split("\n"):
        exact = {place for place, each in enumerate(DETECTORS) if any(True for _ in each.find(line))}
        assert exact <= set(portable_prefilter(DETECTORS)(line))
        fast = fast_prefilter(DETECTORS)
        assert fast is None or exact <= set(fast(line) or ())


@pytest.mark.parametrize(
    "text",
    [
        "1 " * 50_000,
        "1-" * 50_000,
        "(1" * 50_000,
        "a@" * 50_000,
        "a." * 50_000 + "@",
        "eyJ" * 30_000,
        "password" * 10_000,
        'password="' + "\\" * 100_000,
        "-----BEGIN PRIVATE KEY-----" * 4_000,
        "://:@" * 20_000,
        "1.1.1." * 20_000,
        "a:" * 50_000,
        "+1" * 50_000,
        "Aa11" * 25_000,
        "bearer " * 15_000,
        "\\" * 100_000 + "=",
    ],
    ids=range(16),
)
@pytest.mark.parametrize("redactor", WAYS, ids=["fast", "portable"])
def test_hostile_text_ends(redactor: Redactor, text: str) -> None:
    redactor.redact(text)


def test_a_key_over_many_lines_is_hidden_whole() -> None:
    lines = [
        "a",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "MIIEow" * 8,
        "AAAA==",
        "-----END RSA " + "PRIVATE KEY----- b",
        "c",
    ]
    spans, inside = Redactor().lines(lines)
    assert [len(found) for found in spans] == [0, 1, 1, 1, 1, 0]
    assert not inside
    assert Redactor().lines(lines[:3])[1]


def test_the_same_value_gives_the_same_pseudonym() -> None:
    redactor = Redactor(RedactionPolicy(style="pseudonym", key=b"0123456789abcdef"))
    one, two, other = (redactor.redact(text) for text in ("a@example.com", "a@example.com", "b@example.com"))
    assert one == two != other
    assert redactor.redact(one) == one
    assert Redactor(RedactionPolicy(style="pseudonym", key=b"another-key-0123")).redact("a@example.com") != one


@pytest.mark.parametrize(
    ("style", "expected"),
    [("label", "[redacted:credit-card]"), ("last4", "[redacted:credit-card]1111"), ("stars", "*" * 16)],
)
def test_styles(style: str, expected: str) -> None:
    assert Redactor(RedactionPolicy(style=style)).redact("4111111111111111") == expected


def test_a_policy_chooses_kinds_names_and_exceptions() -> None:
    policy = policy_from({"except": ["email"], "names": ["patient"], "allow": ["10.0.0.1"]}, {}, KINDS)
    redacted = Redactor(policy).redact("a@example.com 10.0.0.1 10.0.0.2 patient=Smith")
    assert redacted == "a@example.com 10.0.0.1 [redacted:ip-address] patient=[redacted:secret]"
    only = Redactor(policy_from({"kinds": ["email"]}, {}, KINDS))
    assert only.redact("a@example.com 10.0.0.2") == "[redacted:email] 10.0.0.2"


@pytest.mark.parametrize(
    "document", [[], {"kind": ["email"]}, {"kinds": ["mail"]}, {"style": "x"}, {"style": "pseudonym"}, {"names": "x"}]
)
def test_a_wrong_policy_is_refused(document: object) -> None:
    with pytest.raises(PolicyError):
        policy_from(document, {}, KINDS)


def _logged(handler: logging.Handler) -> None:
    logger = logging.Logger("guard-test")  # noqa: LOG001 - known to nobody else
    logger.addHandler(handler)
    try:
        int("a@example.com")
    except ValueError:
        logger.exception("login of %s failed", "b@example.com", extra={"who": "c@example.com"})


def test_records_with_tracebacks_are_redacted() -> None:
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(RedactingFormatter(logging.Formatter("%(message)s %(who)s"), Redactor()))
    _logged(handler)
    assert "@example" not in text.getvalue()
    assert text.getvalue().count("[redacted:email]") == 4  # the line of code too
    filtered = io.StringIO()
    other = logging.StreamHandler(filtered)
    other.setFormatter(logging.Formatter("%(message)s %(who)s"))
    other.addFilter(RedactingFilter(Redactor()))
    _logged(other)
    assert filtered.getvalue() == text.getvalue()


def test_print_is_redacted_by_whole_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.StringIO()
    monkeypatch.setattr(sys, "stdout", RedactingStream(text, Redactor()))
    print("mail a@exam", end="")  # noqa: T201 - what is tested
    print("ple.com")  # noqa: T201 - what is tested
    print("rest b@example.com", end="")  # noqa: T201 - what is tested
    assert text.getvalue() == "mail [redacted:email]\n"
    sys.stdout.flush()
    assert text.getvalue() == "mail [redacted:email]\nrest [redacted:email]"


def test_exceptions_and_their_causes_are_redacted() -> None:
    cause = KeyError("a@example.com")
    error = RuntimeError("b@example.com", 1)
    error.__cause__ = cause
    error.add_note("c@example.com")
    redact_exception(error, Redactor())
    assert error.args == ("[redacted:email]", 1)
    assert cause.args == ("[redacted:email]",)
    assert error.__notes__ == ["[redacted:email]"]


PIECES = (
    *(f"{before}{value}{after}" for _, before, value, after in FOUND),
    *("2026-11-24", "2026-11-24T08:12:03.123Z", "ab123456d", "AB12-34 56D", "GB82-WEST-1234-5698-7654-32", "12:30", "00a"),
    *("4111.1111.1111.1111", "1.2.3", "10.0.0.256", " ", "-", ".", "0", "a", "\n", "é"),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(text=st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
def test_no_way_loses_what_all_detectors_find(text: str) -> None:
    every = Redactor(portable=True)
    every._candidates = lambda _: range(len(DETECTORS))  # noqa: SLF001 - the way without a prefilter
    for way in WAYS:
        assert way.spans(text) == every.spans(text)


@settings(max_examples=300, deadline=None)
@given(text=st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
def test_a_zone_begins_in_front_of_every_match(text: str) -> None:
    for detector in (one for one in DETECTORS if one.zone is not None):
        found = list(detector.find(text))
        zone, detector.zone = detector.zone, None
        try:
            assert list(detector.find(text)) == found
        finally:
            detector.zone = zone
