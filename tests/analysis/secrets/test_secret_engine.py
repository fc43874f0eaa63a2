"""Secrets in files: exact places, what is none, layers, both engines, the kept automaton."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.analysis.secrets.engine import detectors, leaks_in, native, portable
from casemate.analysis.secrets.files import leaks
from casemate.analysis.secrets.layers import leaks_in_layers, may_hold_layers
from casemate.sources.tree import MemoryTree

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "tR7#m" + "qXw2pL"
KEY_ID = "AKIA" + "Q3EGRIXN5YWUT2PL"
TOKEN = "gh" + "p_" + "k3Jx9QpLm2Vw7RtZ" + "aB4cD5eF6gH7iJ8kL9mN"


def kinds(path: str, text: str) -> list[str]:
    return [leak.kind for leak in leaks_in(path, text.encode()) if leak.grade == "credential"]


def test_a_place_is_exact_also_behind_letters_of_many_bytes() -> None:
    (leak,) = leaks_in("a.yaml", f"# ä\nß: x\npässword: y\ndb_password: {PASSWORD}\n".encode())
    assert leak.at == ("a.yaml", 4, 14, 4, 14 + len(PASSWORD))
    assert leak.name == "db_password"


def test_the_value_is_in_no_field() -> None:
    for leak in leaks_in("a.env", f"DB_PASSWORD={PASSWORD}\nID={KEY_ID}\nT={TOKEN}\n".encode()):
        shown = repr(leak)
        assert PASSWORD not in shown
        assert KEY_ID not in shown
        assert TOKEN not in shown


def test_a_digest_tells_two_values_and_two_files_apart() -> None:
    first, second = leaks_in("a.env", f"A_PASSWORD={PASSWORD}\nB_PASSWORD={PASSWORD}x\n".encode())
    (other,) = leaks_in("b.env", f"A_PASSWORD={PASSWORD}\n".encode())
    assert len({first.digest, second.digest, other.digest}) == 3
    assert first.digest == leaks_in("a.env", f"\n\nA_PASSWORD={PASSWORD}\n".encode())[0].digest


@pytest.mark.parametrize(
    "text",
    [
        f'password = "{PASSWORD}"',
        f"export DB_PASSWORD={PASSWORD}",
        f"<dbPassword>{PASSWORD}</dbPassword>",
        f'<add key="DbPassword" value="{PASSWORD}"/>',
        f'{{"name": "DB_PASSWORD", "value": "{PASSWORD}"}}',
        f"mysql --user root --password {PASSWORD}",
        f"postgres://shop:{PASSWORD.replace('#', '')}@db.example.net/shop",
        f'String dbPassword = "{PASSWORD}";',
        f'os.environ.get("DB_PASSWORD", "{PASSWORD}")',
        f'conn = connect(password="{PASSWORD}")',
        f"Server=db;Database=shop;User Id=shop;Password={PASSWORD};",
    ],
)
def test_forms_of_assignment(text: str) -> None:
    assert kinds("settings", text)


@pytest.mark.parametrize(
    "text",
    [
        "password: ${DB_PASSWORD}",
        "password: !Ref DbPassword",
        "password: '{{resolve:secretsmanager:shop:SecretString:password}}'",
        'password = os.environ["DB_PASSWORD"]',
        "const apiKey = process.env.API_KEY;",
        "api_key: <your-api-key>",
        "api_key: xxxxxxxxxxxxxxxxxxxxxxxx",
        "token: changeme",
        "password: password",
        'DB_PASSWORD="@Microsoft.KeyVault(SecretUri=https://shop.vault.azure.net/secrets/db)"',
        "SECRET_ARN: arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-a1B2c3",
        "aws_access_key_id = AKIAIOSFODNN7EXAMPLE",
        '"integrity": "sha512-9UYXK3RzXbmkD6JgqZ1S9bRPZ0V8Zk4Yz0vPpFYk1hXv1eT3cQ2mYw=="',
        "primary_key: 550e8400-e29b-41d4-a716-446655440000",
        "partitionKey: customerOrderIdentifier2024",
        "passwordLabel = 'Please enter your password'",
        'next_token = "AQICAHhN0example"',
        "-----BEGIN PUBLIC" + " KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA\n",
        "commit 3f786850e387550fdab836ed7e6dc881de23001b",
        "max_tokens: 4096",
    ],
)
def test_what_is_no_secret(text: str) -> None:
    assert kinds("settings", text) == []


def test_weak_values_of_tests_are_test_values() -> None:
    assert kinds("tests/test_login.py", f'password = "{PASSWORD}"') == []
    assert kinds("tests/conftest.py", f'key = "{KEY_ID}"') == ["aws-access-key-id"]


def test_public_identifiers_are_their_own_class() -> None:
    (leak,) = leaks_in("a.js", ("const key = 'pk_" + "live_51HqLyjWDarjtT1zdp7dcAbCd';").encode())
    assert leak.grade == "public"


def test_utf_16_is_text_and_bytes_are_not() -> None:
    assert leaks_in("a.txt", f"password: {PASSWORD}".encode("utf-16"))
    assert leaks_in("a.bin", b"\0\1" + f"password: {PASSWORD}".encode()) == []


def test_base64_is_a_layer() -> None:
    inner = json.dumps({"db_password": PASSWORD, "user": "shop", "host": "db.example.net"}).encode()
    data = b"data:\n  config: " + base64.b64encode(inner) + b"\n"
    assert may_hold_layers(data)
    (leak,) = leaks_in_layers("secret.yaml", data, portable())
    assert leak.layers == ("base64",)
    assert (leak.at.start_line, leak.at.start_column) == (2, 11)


def archive(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return target.getvalue()


def test_members_of_an_archive_are_read_to_a_depth() -> None:
    data = archive({"app.py": f'password = "{PASSWORD}"'.encode()})
    (leak,) = leaks_in_layers("handler.zip", data, portable())
    assert leak.layers == ("handler.zip!/app.py",)
    for _ in range(5):
        data = archive({"inner.zip": data})
    assert list(leaks_in_layers("handler.zip", data, portable())) == []


def test_a_bomb_and_a_broken_archive_give_nothing() -> None:
    bomb = archive({"a.txt": b"password: " + b"0" * 3_000_000})
    assert list(leaks_in_layers("a.zip", bomb, portable())) == []
    assert list(leaks_in_layers("a.zip", b"PK\x03\x04" + b"x" * 50, portable())) == []
    assert list(leaks_in_layers("a.gz", gzip.compress(b"0" * 9_000_000), portable())) == []


def test_installed_packages_are_not_ours() -> None:
    tree = MemoryTree(
        {
            "deps/boto-1.0.dist-info/METADATA": b"x",
            "deps/boto/example.py": f'password = "{PASSWORD}"'.encode(),
            "app.py": f'password = "{PASSWORD}"'.encode(),
        }
    )
    found, inputs, problems, searched = leaks(tree)
    assert [leak.at.path for leak in found] == ["app.py"]
    assert [entry.path for entry in inputs] == ["app.py"]
    assert problems == ()
    assert searched == 3


def test_a_long_file_is_searched_in_windows() -> None:
    filler = b"x = 1  # nothing here\n" * 60_000
    data = filler + f"password: {PASSWORD}\n".encode() + filler
    (leak,) = leaks_in("big.txt", data)
    assert leak.at.start_line == 60_001


def test_the_automaton_is_kept_and_a_foreign_file_is_not_trusted(tmp_path: Path) -> None:
    pytest.importorskip("hyperscan")
    from casemate.analysis.secrets.prefilter import Hyperscan

    text = f"token: {TOKEN}\n".encode()
    expected = Hyperscan(detectors(), tmp_path).candidates(text)
    of_all, of_tools = sorted(tmp_path.iterdir(), key=lambda file: -file.stat().st_size)
    assert Hyperscan(detectors(), tmp_path).candidates(text) == expected
    for file in (of_all, of_tools):
        file.write_bytes(file.read_bytes()[:-10] + b"0123456789")
    assert Hyperscan(detectors(), tmp_path).candidates(text) == expected


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["password", "=", ": ", '"', PASSWORD, KEY_ID, TOKEN, "\n", "api_key", "datadog", "x", "://u:", "@h"]
        )
    )
)
def test_both_engines_find_the_same(parts: list[str]) -> None:
    pytest.importorskip("hyperscan")
    text = "".join(parts).encode()
    assert leaks_in("a.txt", text, native()) == leaks_in("a.txt", text, portable())
