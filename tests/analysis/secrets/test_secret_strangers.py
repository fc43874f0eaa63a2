"""What looks like a key and is none, and values inside of elements."""

from __future__ import annotations

import pytest

from casemate.analysis.secrets.cut import is_cut_off
from casemate.analysis.secrets.engine import leaks_in

GENERATED = "k3Jx9QpLm2Vw" + "7RtZb8Nc4Ty6Hs1G"


def found(text: str, path: str = "settings.txt") -> list[tuple[str, str]]:
    return [(leak.kind, leak.confidence) for leak in leaks_in(path, text.encode()) if leak.grade == "credential"]


def test_a_word_beside_the_value_in_one_element_names_it() -> None:
    text = f"<credentials>\n  <secret>{{adzuna AQAAABAAA {GENERATED}Wq2x}}</secret>\n</credentials>\n"
    assert found(text) == [("further-service-key", "medium")]
    assert found(f"<apiToken>of the shop {GENERATED}</apiToken>") == [("secret", "medium")]


@pytest.mark.parametrize(
    "text",
    [
        "<password>the one from the letter</password>",
        f"<secret>see {GENERATED}.example.net and others</secret>",
        "<token>at 2024-01-01T00:00:00Z in 0a1b2c3d-0000-1000-8000-00805f9b34fb</token>",
    ],
)
def test_an_element_of_words_holds_none(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("value", ["k3Jx9^QpLm2#Vw7RtZb8Nc4Ty6", "=k3Jx9QpLm2Vw7RtZb8Nc4T", "k3Jx9(QpLm2)Vw7RtZb8N&c4"])
def test_a_token_has_no_signs_that_no_header_can_hold(value: str) -> None:
    assert found(f'acme_api_token = "{value}"') == []


def test_the_secret_that_a_framework_draws_may_hold_any() -> None:
    assert found("SECRET_KEY = 'k3Jx9^QpLm2#Vw7RtZb8Nc4Ty6(&hs1'") == [("secret", "medium")]


def test_what_has_the_mark_of_a_token_and_not_its_length_is_cut_off() -> None:
    assert is_cut_off("pscale_pw_" + "iAhKQKjU8n")
    assert not is_cut_off("pscale_pw_" + "iAhKQKjU8nUrHagaK7m2Vw9QpLxTzR5bN4cDfGh")
    assert found("token = pscale_pw_" + "iAhKQKjU8nUr") == []


def test_a_key_that_says_whose_it_is_is_no_guess() -> None:
    assert found(f"acmeKey: {GENERATED}") == [("secret", "medium")]
    assert found(f"Key: {GENERATED}") == [("key", "low")]


def test_the_id_of_a_key_in_a_record_of_what_happened_opens_nothing() -> None:
    key = "ASIA" + "Q3EGRIXN5YWUT2PL"
    assert found(f'{{"eventSource": "s3", "userIdentity": {{"accessKeyId": "{key}"}}}}') == []
    assert found(f"export AWS_ACCESS_KEY_ID={key}") == [("aws-access-key-id", "high")]


def test_the_account_that_oracle_documents_is_no_secret() -> None:
    assert found('create_engine("postgresql://scott:' + 'tiger@localhost/test")') == []


def test_a_word_in_the_path_of_an_address_is_no_name() -> None:
    assert found("see https://blog.example.net/notes-on-vpn-access-eng-" + "ad592ae1b6dd") == []


def test_a_token_against_repetition_is_none() -> None:
    assert found('"clientToken": "' + "27bec563-7673-4b80-8e00-" + '3537e3b7ad6b"') == []
