"""Secrets in frames and texts of all sorts: keys in logs and comments, documentation, allow-lists, lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.analysis.secrets.confirm import hits
from casemate.analysis.secrets.engine import detectors, leaks_in, native, portable
from casemate.analysis.secrets.files import leaks
from casemate.analysis.secrets.kinds.template import sample
from casemate.sources.tree import MemoryTree

PASSWORD = "tR7#m" + "qXw2pL"
BODY = [sample("{base62:64}", seed) for seed in range(4)]
BEGIN = "-----BEGIN RSA PRIVATE" + " KEY-----"
END = "-----END RSA PRIVATE" + " KEY-----"


@pytest.mark.parametrize(
    "text",
    [
        "\n".join([BEGIN, *BODY, END]),
        "\n".join(f"2026-04-26 12:36:01 {line}" for line in [BEGIN, *BODY, END]),
        "\n".join(f"  *  {line}" for line in [BEGIN, *BODY, END]),
        "\n".join(f'"{line}\\n" +' for line in [BEGIN, *BODY, END]),
        '{"key": "' + "\\n".join([BEGIN, *BODY, END]) + '"}',
    ],
)
def test_a_private_key_is_found_to_its_last_line(text: str) -> None:
    (leak,) = leaks_in("build.log", text.encode())
    assert leak.kind == "private-key"
    assert leak.at.end_line == text.count("\n") + 1


@pytest.mark.parametrize("body", ["...", "<your key>\n", "MIIEpAIBAAKCAQEA", "A" * 64 + "\n" + "A" * 64])
def test_a_frame_without_a_key_is_none(body: str) -> None:
    assert leaks_in("a.txt", f"{BEGIN}\n{body}\n{END}\n".encode()) == []


def test_what_documentation_shows_is_doubtful() -> None:
    (shown,) = leaks_in("README.md", b"--password " + b"Winter2024!")
    (real,) = leaks_in("deploy.sh", f"DB_PASSWORD={PASSWORD}\n".encode())
    assert (shown.confidence, real.confidence) == ("low", "high")


def test_lists_of_allowed_findings_are_not_searched() -> None:
    found, _, _, searched = leaks(MemoryTree({".gitallowed": f"password = {PASSWORD}".encode(), "a.txt": b"nothing"}))
    assert found == ()
    assert searched == 1


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "password",
                "token",
                "=",
                ": ",
                '"',
                PASSWORD,
                "\n",
                "\\\n",
                "api_key",
                "datadog ",
                "=>",
                "x9" * 9,
                "abcdefgh" * 3,
                ":\n",
                "  Default: ",
                "  Type: String\n",
                "--name ",
                " --value ",
                "mysql -p",
                "Client(",
                " { get; set; }",
            ]
        ),
        max_size=40,
    )
)
def test_confirming_by_lines_loses_nothing(parts: list[str]) -> None:
    pytest.importorskip("hyperscan")
    data = "".join(parts).encode()
    found = dict(native().candidates(data))
    for number, detector in enumerate(detectors()):
        if detector.by_line:
            ends = found.get(number)
            by_lines = [] if ends is None else [hit[2:5] for hit in hits(detector, data, "a", ends)]
            assert by_lines == [hit[2:5] for hit in hits(detector, data, "a")], detector.id


def test_both_engines_agree_on_a_key_in_a_log() -> None:
    pytest.importorskip("hyperscan")
    data = "\n".join(f"#6 0.245 {line}" for line in [BEGIN, *BODY, END]).encode()
    assert leaks_in("a.log", data, native()) == leaks_in("a.log", data, portable())
