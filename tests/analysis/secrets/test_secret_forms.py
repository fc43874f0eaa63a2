"""The forms in which names and values are written, and what stands near a service's name. Values are assembled here."""

from __future__ import annotations

import pytest

from casemate.analysis.secrets.engine import leaks_in, portable

GENERATED = "k3Jx9QpLm2Vw" + "7RtZb8Nc4Ty6Hs1G"
LATE_DIGIT = "cSIdcTFTToRVztcH" + "K0h3"
HEX = "3f9a1c7e5b2d8046" + "e1f7a9c35d0b6842"
UUID = "3f9a1c7e-5b2d-4046-e1f7-" + HEX[:12]
WORDY = "tR7#m" + "qXw2pL"
FROM_A_GENERATOR = "$A3ae68d9f8ccfc89" + "8ee2555a5f8f228b9"


def found(text: str, path: str = "settings.txt") -> list[tuple[str, str]]:
    return [(leak.kind, leak.confidence) for leak in leaks_in(path, text.encode()) if leak.grade == "credential"]


@pytest.mark.parametrize(
    "text",
    [
        f'ACME_TOKEN = process.env.ACME_TOKEN ?? "{GENERATED}"',
        f'req.Header.Set("X-AcmeToken", "{GENERATED}")',
        f'buildConfigField "String", "ACME_SECRET", "\\"{GENERATED}\\""',
        f'const ACME_TOKEN: &str = "{GENERATED}";',
        f'const ACME_TOKEN: &\'static str = "{GENERATED}";',
        f'public string AcmeSecret {{ get; set; }} = "{GENERATED}";',
        f"$ENV{{ACME_TOKEN}} = '{GENERATED}';",
        f'static NSString *const kAcmeApiToken = @"{LATE_DIGIT}";',
        f"<AcmeSecret><Value>{GENERATED}</Value></AcmeSecret>",
        f'<a href="/x?token=&quot;{GENERATED}&quot;">',
        f"next=https%3A%2F%2Fx.example%2F%3Facme_token%3D{GENERATED}%26version%3D3",
        f"Parameters:\n  AcmeApiKey:\n    Type: String\n    Default: {GENERATED}\n",
        f'"parameters": {{\n  "acmeApiKey": {{\n    "value": "{GENERATED}"\n  }}\n}}',
        f"aws ssm put-parameter --name /shop/acme-token --type String --value {GENERATED}",
        f'gh secret set ACME_TOKEN --body "{GENERATED}"',
        f'secret = "{FROM_A_GENERATOR}"',
    ],
)
def test_a_form_of_assignment_is_read(text: str) -> None:
    assert [confidence for _, confidence in found(text)], text
    assert "low" not in {confidence for _, confidence in found(text)}


def test_a_table_is_read_as_one() -> None:
    text = f"name,value\nACME_TOKEN,{GENERATED}\n"
    assert found(text, "keys.csv") == [("secret", "medium")]
    assert found(f"call(acme_token, {GENERATED})", "a.txt") == []


@pytest.mark.parametrize(
    "text",
    [
        "Parameters:\n  AcmeApiKey:\n    Type: String\n    Default: ''\n",
        "Parameters:\n  AcmeApiKey:\n    Type: String\nResources:\n  A: {Default: x}\n",
        "aws ssm put-parameter --name /shop/acme-token --type String --value $TOKEN",
        'acme_token = process.env.ACME_TOKEN ?? "changeme"',
        'req.Header.Set("X-Acme-Token", token)',
        'secret = "$SECRET_FROM_THE_SHELL"',
        f"token - '{GENERATED[:18]}?{GENERATED[18:]}'",  # no key has this sign: what stands before it is a piece
        f"acme_token = '{GENERATED[:10]}%zz{GENERATED[10:]}'",  # and nothing is encoded so
    ],
)
def test_what_refers_or_is_a_piece_is_none(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        f'func getBetterStackToken() string {{ return "{GENERATED[:24]}" }}',
        f"// splunk access\nsplunk.init('{UUID}')",
        f'splunk = SplunkClient("{UUID}")',
        f"ScrapingBee API key:\n    {GENERATED}9Xq2\n",
    ],
)
def test_a_key_some_words_behind_the_name_of_its_service_is_found(text: str) -> None:
    assert [confidence for _, confidence in found(text)] == ["medium"]


@pytest.mark.parametrize(
    "text",
    [
        f"import splunk from 'https://cdn.splunk.com/js/{HEX}/sdk.min.js'",
        f"splunk cli at commit {HEX}12345678",
        f'"splunkProjectId": "{GENERATED}"',
        f"splunk image sha256:{HEX}{HEX}",
        f"linkedin clientToken: {UUID}",
    ],
)
def test_what_else_stands_near_a_name_is_none(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "command",
    [
        f"mysqldump -u root -p'{WORDY}' shop",
        f"sshpass -p '{WORDY}' ssh root@10.0.0.5",
        f"docker login -u shop -p '{WORDY}' registry.example.net",
        f"echo 'deploy:{WORDY}' | chpasswd",
        f"echo '{WORDY}' | sudo -S true",
        f"requirepass {WORDY}",
        f"requests.get(url, auth=HTTPBasicAuth('shop', '{WORDY}'))",
        f'new NetworkCredential("shop", "{WORDY}", "CORP")',
        f"new PDO('mysql:host=db', 'shop', '{WORDY}')",
    ],
)
def test_a_password_given_to_a_program_or_a_call_is_found_where_it_is(command: str) -> None:
    leaks = [leak for leak in leaks_in("run.sh", command.encode()) if leak.grade == "credential"]
    assert len(leaks) == 1
    assert command[leaks[0].at.start_column - 1 : leaks[0].at.end_column - 1] == WORDY


def test_a_command_in_documentation_is_doubted() -> None:
    assert found("keytool -genkey -storepass open-sesame-42\n", "README.md") == [("command-password", "low")]
    assert found("keytool -genkey -storepass storepass\n", "run.sh") == []


def test_both_engines_agree_on_all_of_them() -> None:
    pytest.importorskip("hyperscan")
    from casemate.analysis.secrets.engine import native

    text = "\n".join(
        [
            f"Parameters:\n  AcmeApiKey:\n    Type: String\n    Default: {GENERATED}",
            f"aws ssm put-parameter --name /shop/acme-token --value {GENERATED}x",
            f'splunk = SplunkClient("{UUID}")',
            f"mysqldump -u root -p'{WORDY}' shop",
            f"echo '{WORDY}' | sudo -S true",
        ]
    ).encode()
    assert leaks_in("a.txt", text, native()) == leaks_in("a.txt", text, portable())
    assert len(leaks_in("a.txt", text, native())) == 5


def test_a_token_that_says_what_it_is_needs_no_known_issuer() -> None:
    assert found(f"see acme_app_key_{GENERATED}") == [("described-token", "medium")]
    assert found(f"x = sk_live_{GENERATED[:24]}") == [("stripe-key", "high")]  # a known issuer goes before
    assert found(f"cache_key_{HEX}") == []
