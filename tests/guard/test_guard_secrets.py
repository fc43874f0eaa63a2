from __future__ import annotations

import asyncio
import copy
import json
import logging
import pickle
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence

import pytest
from tests.guard.key_services import Lookalike

from casemate_guard import secrets
from casemate_guard.cloud import aws as cloud_aws
from casemate_guard.cloud.vault import call as vault_call
from casemate_guard.secrets import Secret, SecretError, Secrets
from casemate_guard.secrets.sources import Place

VALUE = "correct-horse-battery"


class Store:
    """A store whose values and refusals the test decides, and a clock beside it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.values: dict[str, str | SecretError] = {}
        self.asked: list[tuple[str, str]] = []
        self.gate: threading.Event | None = None

    def fetch(self, place: Place, stage: str) -> Secret:
        self.asked.append((place.whole, stage))
        if self.gate is not None:
            assert self.gate.wait(20)
        found = self.values.get(place.whole + stage, SecretError(place.whole, "missing"))
        if isinstance(found, SecretError):
            raise found
        return Secret(found, str(len(self.asked)))

    def fetch_many(self, places: Sequence[Place]) -> dict[str, Secret | SecretError]:
        return {place.whole: self.fetch(place, "") for place in places}

    def cache(self, **settings: int) -> Secrets:
        made: Secrets = Secrets(clock=lambda: self.now, source=self.fetch, sources=self.fetch_many, **settings)
        return made


@pytest.fixture
def store() -> Store:
    return Store()


def test_a_secret_never_shows_its_value(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(VALUE)
    logging.getLogger("x").warning("%s %r", secret, secret)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>40}",
        str([secret]),
        str({"a": secret}),
    ]
    shown += ["%s" % (secret,), caplog.text, str(dir(secret)), str(getattr(secret, "__dict__", ""))]  # noqa: UP031 - what old code does
    assert not any(VALUE in one for one in shown)
    assert secret.reveal() == VALUE
    assert secret.reveal_bytes() == VALUE.encode()


@pytest.mark.parametrize(
    "leak", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, hash, vars, lambda secret: secret + "", iter]
)
def test_a_secret_cannot_be_taken_elsewhere(leak: object) -> None:
    with pytest.raises(TypeError) as refused:
        leak(Secret(VALUE))  # type: ignore[operator]
    assert VALUE not in "".join(traceback.format_exception(refused.value))


def test_secrets_compare_with_secrets_only() -> None:
    assert Secret(VALUE) == Secret(VALUE.encode())
    assert Secret(VALUE) != Secret("other")
    assert Secret(VALUE) != VALUE


@pytest.mark.parametrize("text", [VALUE, f'["{VALUE}"]', f'{{"user": "{VALUE}"}}', "{" + VALUE])
def test_a_missing_member_is_told_without_the_value(text: str) -> None:
    with pytest.raises(SecretError) as refused:
        Secret(text).field("password")
    assert VALUE not in "".join(traceback.format_exception(refused.value, chain=True))
    assert refused.value.__context__ is None or VALUE not in str(vars(refused.value.__context__))


@pytest.mark.parametrize(
    "name", ["db", "s3://bucket/key", "aws-sm://", "vault://a/../b", "aws-sm://x?stge=1", "arn:aws:s3:::b"]
)
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(SecretError, match="malformed"):
        Secrets().get(name)


def test_a_value_is_fetched_once_while_it_is_fresh(store: Store) -> None:
    store.values["aws-sm://db"] = '{"user": "app", "port": 5432}'
    cache = store.cache()
    assert cache.get("aws-sm://db#user").reveal() == "app"
    assert cache.get("aws-sm://db#port").reveal() == "5432"
    store.now += 200
    assert cache.get("aws-sm://db").reveal().startswith("{")
    assert store.asked == [("aws-sm://db", "")]


def test_jitter_shortens_by_its_part_at_most(store: Store) -> None:
    cache = store.cache(ttl=100, stale=0)
    for number in range(50):
        store.values[f"aws-sm://{number}"] = "x"
        cache.get(f"aws-sm://{number}")
    store.now += 89
    for number in range(50):
        cache.get(f"aws-sm://{number}")
    assert len(store.asked) == 50
    store.now += 12
    for number in range(50):
        cache.get(f"aws-sm://{number}")
    assert len(store.asked) == 100


def test_an_old_value_is_served_while_one_thread_fetches_it(store: Store) -> None:
    store.values["aws-sm://db"] = "old"
    cache = store.cache(ttl=10, stale=100)
    cache.get("aws-sm://db")
    store.values["aws-sm://db"] = "new"
    store.now += 50
    store.gate = threading.Event()
    before = set(threading.enumerate())
    assert [cache.get("aws-sm://db").reveal() for _ in range(5)] == ["old"] * 5
    (refreshing,) = set(threading.enumerate()) - before
    store.gate.set()
    refreshing.join(20)
    assert cache.get("aws-sm://db").reveal() == "new"
    assert len(store.asked) == 2


def test_a_store_that_is_away_is_outlived_and_left_alone(store: Store) -> None:
    store.values["aws-sm://db"] = "old"
    cache = store.cache(ttl=10, stale=100, negative=10, jitter=0)
    cache.get("aws-sm://db")
    store.values["aws-sm://db"] = SecretError("aws-sm://db", "unavailable")
    store.now += 50
    for _ in range(3):
        for thread in set(threading.enumerate()) - {threading.current_thread()}:
            thread.join(0.5)
        assert cache.get("aws-sm://db").reveal() == "old"
    assert len(store.asked) == 2
    store.now += 61
    with pytest.raises(SecretError, match="unavailable"):
        cache.get("aws-sm://db")


def test_a_clock_that_was_set_back_makes_nothing_fresh(store: Store) -> None:
    store.values["aws-sm://db"] = "old"
    cache = store.cache()
    cache.get("aws-sm://db")
    store.values["aws-sm://db"] = "new"
    store.now -= 500
    assert cache.get("aws-sm://db").reveal() == "new"


@pytest.mark.parametrize("reason", ["missing", "denied"])
def test_what_is_not_there_is_not_asked_for_again_and_again(store: Store, reason: str) -> None:
    store.values["aws-sm://db"] = SecretError("aws-sm://db", reason)
    cache = store.cache(negative=10)
    for _ in range(5):
        with pytest.raises(SecretError, match=reason):
            cache.get("aws-sm://db")
    assert len(store.asked) == 1
    store.now += 11
    store.values["aws-sm://db"] = "there"
    assert cache.get("aws-sm://db").reveal() == "there"


def test_a_deleted_secret_is_not_outlived(store: Store) -> None:
    store.values["aws-sm://db"] = "old"
    cache = store.cache()
    cache.get("aws-sm://db")
    store.values["aws-sm://db"] = SecretError("aws-sm://db", "missing")
    with pytest.raises(SecretError):
        cache.newest("aws-sm://db")
    with pytest.raises(SecretError, match="missing"):
        cache.get("aws-sm://db")


def test_many_threads_make_one_request(store: Store) -> None:
    store.values["aws-sm://db"] = "x"
    store.gate = threading.Event()
    cache = store.cache()
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(cache.get("aws-sm://db").reveal())) for _ in range(8)]
    for thread in threads:
        thread.start()
    store.gate.set()
    for thread in threads:
        thread.join(20)
    assert found == ["x"] * 8
    assert len(store.asked) == 1


def test_the_number_of_entries_is_bounded(store: Store) -> None:
    cache = store.cache(most=3)
    for number in range(10):
        store.values[f"aws-sm://{number}"] = "x"
        cache.get(f"aws-sm://{number}")
    assert len(cache._entries) == 3  # noqa: SLF001


class Database:
    def __init__(self, password: str) -> None:
        self.password = password
        self.logins = 0

    def login(self, secret: Secret) -> str:
        self.logins += 1
        if secret.reveal() != self.password:
            raise PermissionError("authentication failed")
        return "in"


def test_after_a_rotation_the_newest_version_is_tried_once(store: Store) -> None:
    store.values["aws-sm://db"] = "old"
    cache, database = store.cache(), Database("old")
    assert cache.with_rotation("aws-sm://db", database.login) == "in"
    store.values["aws-sm://db"] = database.password = "new"
    assert cache.with_rotation("aws-sm://db", database.login) == "in"
    assert database.logins == 3
    assert cache.with_rotation("aws-sm://db", database.login) == "in"
    assert database.logins == 4


def test_during_a_rotation_the_pending_version_is_tried(store: Store) -> None:
    store.values = {"aws-sm://db": "old", "aws-sm://dbAWSPENDING": "new"}
    cache, database = store.cache(), Database("new")
    assert cache.with_rotation("aws-sm://db", database.login) == "in"
    assert cache.get("aws-sm://db").reveal() == "old"


def test_wrong_credentials_that_are_the_newest_are_not_tried_twice(store: Store) -> None:
    store.values["aws-sm://db"] = "old"
    cache, database = store.cache(), Database("never")
    with pytest.raises(PermissionError):
        cache.with_rotation("aws-sm://db", database.login)
    assert database.logins == 1


def test_another_failure_is_no_reason_for_another_try(store: Store) -> None:
    store.values["aws-sm://db"] = "old"

    def use(_secret: Secret) -> None:
        raise OSError("the network")

    cache = store.cache()
    with pytest.raises(OSError, match="network"):
        cache.with_rotation("aws-sm://db", use)
    with pytest.raises(OSError, match="network"):
        cache.with_rotation("aws-sm://db", use, lambda error: "password" in str(error))
    assert len(store.asked) == 1


def test_coroutines_have_the_same(store: Store) -> None:
    store.values |= {"aws-sm://db": "old", "aws-sm://two": "2"}
    cache, database = store.cache(), Database("new")

    async def login(secret: Secret) -> str:
        return database.login(secret)

    async def main() -> list[object]:
        first = await cache.aget("aws-sm://db")
        store.values["aws-sm://db"] = "new"
        many = await cache.aget_many(["aws-sm://db", "aws-sm://two"])
        return [first.reveal(), await cache.awith_rotation("aws-sm://db", login), many["aws-sm://two"].reveal()]

    assert asyncio.run(main()) == ["old", "in", "2"]


@pytest.mark.slow
def test_secrets_manager(aws: str) -> None:
    call = _aws("secretsmanager")
    call("CreateSecret", {"Name": "app/db", "SecretString": '{"password": "one"}'})
    call("CreateSecret", {"Name": "app/raw", "SecretBinary": "AAEC"})
    arn = str(call("DescribeSecret", {"SecretId": "app/db"})["ARN"])
    cache = Secrets()
    assert cache.get("aws-sm://app/db#password").reveal() == "one"
    assert cache.get(f"{arn}#password").reveal() == "one"
    assert cache.get("aws-sm://app/raw").reveal_bytes() == b"\0\1\2"
    with pytest.raises(SecretError, match="missing"):
        cache.get("aws-sm://app/none")

    call("PutSecretValue", {"SecretId": "app/db", "SecretString": '{"password": "two"}'})
    assert cache.with_rotation("aws-sm://app/db#password", Database("two").login) == "in"
    assert cache.get("aws-sm://app/db?stage=AWSPREVIOUS#password").reveal() == "one"
    pending = {"SecretId": "app/db", "SecretString": '{"password": "three"}', "VersionStages": ["AWSPENDING"]}
    call("PutSecretValue", pending)
    assert cache.with_rotation("aws-sm://app/db#password", Database("three").login) == "in"

    call("DeleteSecret", {"SecretId": "app/db"})
    with pytest.raises(SecretError, match="missing"):
        cache.newest("aws-sm://app/db")
    with pytest.raises(SecretError, match="missing"):  # what was taken away is not served on
        cache.get("aws-sm://app/db")


@pytest.mark.slow
def test_many_secrets_in_few_requests(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(25):
        _aws("secretsmanager")("CreateSecret", {"Name": f"many/{number}", "SecretString": f"s{number}"})
        _aws("ssm")("PutParameter", {"Name": f"/many/{number}", "Value": f"p{number}", "Type": "SecureString"})
    names = [f"aws-sm://many/{number}" for number in range(25)] + [f"aws-ssm:///many/{number}" for number in range(25)]
    actions: list[str] = []
    real: Callable[..., object] = cloud_aws.call

    def counted(service: str, action: str, *rest: object) -> object:
        actions.append(action)
        return real(service, action, *rest)

    monkeypatch.setattr(cloud_aws, "call", counted)
    found = Secrets().get_many(names)
    assert [found[name].reveal() for name in names] == [f"{kind}{n}" for kind in "sp" for n in range(25)]
    assert sorted(actions) == ["BatchGetSecretValue"] * 2 + ["GetParameters"] * 3
    with pytest.raises(SecretError, match="many/none"):
        Secrets().get_many(["aws-sm://many/1", "aws-sm://many/none"])


@pytest.mark.slow
def test_parameters(aws: str) -> None:
    call = _aws("ssm")
    call("PutParameter", {"Name": "/app/key", "Value": "one", "Type": "SecureString"})
    call("PutParameter", {"Name": "/app/key", "Value": "two", "Type": "SecureString", "Overwrite": True})
    cache = Secrets()
    assert cache.get("aws-ssm:///app/key").reveal() == "two"
    assert cache.get("aws-ssm:///app/key?version=1").reveal() == "one"
    assert cache.get("arn:aws:ssm:eu-west-1:123456789012:parameter/app/key").version == "2"
    with pytest.raises(SecretError, match="missing"):
        cache.get("aws-ssm:///app/none")


@pytest.mark.slow
def test_vault(bao: str, monkeypatch: pytest.MonkeyPatch) -> None:
    vault_call("secret/data/team/app", {"data": {"password": "one", "ports": [1, 2]}})
    vault_call("secret/data/team/app", {"data": {"password": "two"}})
    cache = Secrets()
    assert cache.get("vault://secret/team/app#password").reveal() == "two"
    assert cache.get("vault://secret/team/app?version=1#ports").reveal() == "[1, 2]"
    assert cache.get("vault://secret/team/app").version == "2"
    with pytest.raises(SecretError, match="missing"):
        cache.get("vault://secret/team/none")
    monkeypatch.setenv("VAULT_TOKEN", "wrong")
    with pytest.raises(SecretError, match="denied") as refused:
        cache.get("vault://secret/team/other")
    assert "wrong" not in "".join(traceback.format_exception(refused.value))


def test_key_vault_and_google(lookalike: Lookalike) -> None:
    cache = Secrets()
    azure, google = f"azure-kv://{lookalike.host}/db", "gcp-sm://project-1/db"
    assert [cache.get(azure).reveal(), cache.get(google).reveal()] == ["first", "first"]
    lookalike.secrets["db"].append("second")
    assert cache.get(f"{azure}/{1:032x}").reveal() == "first"
    assert cache.get("gcp-sm://project-1/db/1").reveal() == "first"
    assert cache.with_rotation(azure, Database("second").login) == "in"
    assert cache.with_rotation(google, Database("second").login) == "in"
    assert cache.get(google).version == "2"
    many = cache.get_many([azure, google, "gcp-sm://project-1/db/1"])
    assert [one.reveal() for one in many.values()] == ["second", "second", "first"]
    for name in (f"azure-kv://{lookalike.host}/none", "gcp-sm://project-1/none"):
        with pytest.raises(SecretError, match="missing"):
            cache.get(name)


def test_a_service_that_is_busy_is_asked_again(lookalike: Lookalike, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    lookalike.fail = [503, 429]
    assert Secrets().get("gcp-sm://project-1/db").reveal() == "first"
    assert len(waits) == 2
    lookalike.fail = [503] * 3
    with pytest.raises(SecretError, match="unavailable"):
        Secrets().get("gcp-sm://project-1/db")
    assert lookalike.fail == []


def test_what_a_service_writes_into_an_error_goes_nowhere(lookalike: Lookalike) -> None:
    Secrets().get("gcp-sm://project-1/db")
    lookalike.fail = [400]
    with pytest.raises(SecretError) as refused:
        Secrets().get("gcp-sm://project-1/db")
    text = "".join(traceback.format_exception(refused.value))
    assert "secret words" not in text
    assert "google-token" not in text


def _aws(service: str) -> Callable[[str, Mapping[str, object]], dict[str, object]]:
    return lambda action, asked: cloud_aws.call(service, action, asked)


def test_the_functions_of_the_package_share_one_cache(lookalike: Lookalike) -> None:
    secrets.forget()
    name = "gcp-sm://project-1/db"
    assert secrets.get(name).reveal() == "first"
    assert secrets.get_many([name])[name].reveal() == "first"
    assert secrets.with_rotation(name, lambda one: one.reveal()) == "first"
    assert lookalike.calls["v1"] == 1
    secrets.forget()
    with pytest.raises(AttributeError):
        secrets.nothing  # noqa: B018
