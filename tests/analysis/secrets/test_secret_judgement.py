"""What generic values deserve: which are shown, which are doubted, which are none. Values are assembled here."""

from __future__ import annotations

import pytest

from casemate.analysis.secrets.engine import leaks_in

COUNTED = "abcd1234" + "efgh5678" + "ijkl9012"
GENERATED = "k3Jx9QpLm2" + "Vw7RtZaB4cD5eF6gH7iJ8kL9mN"
GOOGLE = "AI" + "za" + "SyNHxIf32IQ1a1yjl3ZJIqKZqzLAK1XhDk4"
OF_TIME = "743b294a-cd03-11ec-9d64-" + "0242ac120002"
RANDOM_UUID = "743b294a-cd03-41ec-9d64-" + "0242ac120002"


def found(text: str, path: str = "settings.txt") -> list[tuple[str, str]]:
    return [(leak.grade, leak.confidence) for leak in leaks_in(path, text.encode())]


def test_a_counted_key_of_full_size_is_shown_under_a_name_that_says_whose_it_is() -> None:
    assert found(f"acme_api_key = {COUNTED}") == [("credential", "medium")]
    assert found(f"acme_api_key = {COUNTED[:14]}") == [("credential", "low")]
    assert found(f"api_token = {COUNTED}") == [("credential", "low")]
    assert found(f"acme_api_key = {COUNTED}", "README.md") == [("credential", "low")]


def test_a_name_that_denies_it_is_believed() -> None:
    assert found(f'invalid_token = "{GENERATED}"') == []
    assert found(f'session_token = "{GENERATED}"') != []


def test_a_default_of_a_terraform_variable_is_under_the_name_of_the_variable() -> None:
    text = f'variable "corp_okta_api_token" {{\n  type    = string\n  default = "{GENERATED}"\n}}\n'
    assert [grade for grade, _ in found(text, "variables.tf")] == ["credential"]
    assert found('variable "api_token" {\n  type = string\n}\n\nvariable "size" {\n  default = "12345678"\n}\n') == []


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        (f"GEMINI_API_KEY={GOOGLE}", "credential"),
        (f'"apiKey": "{GOOGLE}", "authDomain": "shop.firebaseapp.com"', "public"),
        (f'<script src="https://maps.googleapis.com/maps/api/js?key={GOOGLE}"></script>', "public"),
        (GOOGLE, "public"),
    ],
)
def test_a_key_of_google_is_a_credential_only_where_it_is_named_one(text: str, grade: str) -> None:
    assert {one for one, _ in found(text)} == {grade}


def test_a_uuid_of_time_is_no_token() -> None:
    assert found(f"_authToken={OF_TIME}") == []
    assert found(f"_authToken={RANDOM_UUID}") != []


def test_a_word_for_a_password_is_doubted_where_a_server_is_named() -> None:
    assert found("Server=db.shop.net;User Id=shop;Password=secret;Database=shop;") == [("credential", "low")]
    assert found("Server=localhost;User Id=shop;Password=secret;Database=shop;") == []
    assert found("ftp://user:secret@ftp.example.com") == []


def test_a_password_in_an_address_of_any_scheme() -> None:
    assert ("credential", "medium") in found("url = 'dbconnection://admin:5WdF4f2jE" + "76a@db-host'")
    assert ("credential", "medium") in found("mail = 'smtps://jo@shop.net:FnD83J" + "ZsQ1@smtp.shop.net:465'")


def test_what_is_masked_is_none() -> None:
    assert found("token: xo" + "xp-572370529330-573807301142-572331691188-" + "#" * 20) == []


def test_a_generated_value_beside_a_service_counts_whatever_its_length() -> None:
    assert [grade for grade, _ in found(f"currencylayer={GENERATED}x7Qp9")] == ["credential"]


def test_two_letters_inside_of_something_are_no_name() -> None:
    assert found("M[@%]PW:2Z.Q?2M^S9xT4G") == []
