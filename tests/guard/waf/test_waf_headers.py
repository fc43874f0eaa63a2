"""Headers that have the form their RFC fixes are no arguments; anything else in them is."""

from __future__ import annotations

import pytest

from casemate_guard.events.decode import decode
from casemate_guard.events.leaves import Leaf
from casemate_waf.executor import Transaction, arguments
from casemate_waf.fast import Fast
from casemate_waf.finders import Re2Finder
from casemate_waf.headers import header_name, is_formal
from casemate_waf.loading import parse

RULES = parse(
    r"""
SecDefaultAction "phase:2,log,pass"
SecRule ARGS "@rx (?i)^gzip,|\(A:|evil" "id:1,phase:2,deny,status:403"
"""
)


def header(name: str, value: object) -> Leaf:
    return Leaf(f"headers.{name}", "header", value, {}, -1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accept-encoding", "gzip, deflate, br"),
        ("Accept-Encoding", "gzip;q=1.0, *;q=0"),
        ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"),
        ("accept-language", "de-CH,de;q=0.9,en;q=0.5,*;q=0.1"),
        ("content-type", "application/json; charset=utf-8"),
        ("content-type", "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW"),
        ("content-length", "1234"),
        ("connection", "keep-alive"),
        ("cache-control", "no-cache, max-age=0"),
        ("sec-ch-ua", '"Not(A:Brand";v="24", "Chromium";v="122"'),
        ("sec-ch-ua-platform", '"Windows"'),
        ("sec-fetch-mode", "navigate"),
        ("x-amzn-trace-id", "Root=1-5e6722a7-cc56xx46db7ae8f0f1c6c85e".replace("xx", "00")),
        ("cloudfront-is-mobile-viewer", "false"),
    ],
)
def test_what_has_its_form(name: str, value: str) -> None:
    assert is_formal(header(name, value))
    assert is_formal(header(name, value))  # remembered
    assert not is_formal(header("x-other", value))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accept-encoding", "gzip, cat /etc/passwd"),
        ("accept-encoding", "gzip, deflate;curl"),
        ("accept", "text/html,${jndi:ldap://x}"),
        ("accept-language", "en' or '1'='1"),
        ("content-type", "application/json;charset=%{(#a)}"),
        ("content-type", "%{(#_='multipart/form-data')}"),
        ("content-length", "1;2"),
        ("sec-ch-ua", '"<script>";v="1"'),
        ("x-forwarded-proto", "https://evil"),
        ("accept-encoding", "gzip\n"),
        ("accept-encoding", "gzip," * 400),
        ("content-length", 3),
    ],
)
def test_what_has_not(name: str, value: object) -> None:
    assert not is_formal(header(name, value))


def test_names_of_headers() -> None:
    assert header_name("headers.Accept-Encoding") == "accept-encoding"
    assert header_name("multiValueHeaders.Accept[0]") == "accept"
    assert header_name("requestContext.http.userAgent") == "useragent"


def request(**headers: str) -> dict[str, object]:
    return {
        "httpMethod": "GET",
        "path": "/x",
        "headers": headers,
        "multiValueHeaders": {key: [value] for key, value in headers.items()},
        "requestContext": {},
    }


def test_a_browser_is_no_attack_and_an_attack_in_its_headers_is_one() -> None:
    fast = Fast(RULES, build=Re2Finder)
    usual = {"accept-encoding": "gzip, deflate, br", "sec-ch-ua": '"Not(A:Brand";v="24"', "user-agent": "Mozilla/5.0"}
    for _ in range(3):  # the values of usual headers are remembered
        found = decode(request(**usual))
        assert not [name for name, _ in arguments(found) if b"accept" in name or b"sec-ch" in name]
        assert fast.inspect(found).action == Transaction(RULES).inspect(found).action == "allow"
        for name in usual:
            bad = decode(request(**{**usual, name: "gzip, evil"}))
            assert fast.inspect(bad) == Transaction(RULES).inspect(bad)
            assert fast.inspect(bad).action == "block"
    same = decode(request(**{"user-agent": "10.0.0.1", "host": "10.0.0.1", "via": "10.0.0.1"}))
    assert [fast.inspect(same).action for _ in range(2)] == ["allow", "allow"]
