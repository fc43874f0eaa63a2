"""Where a name says a secret is, and how it is fetched from there.

    aws-sm://NAME                 Secrets Manager; also its ARN alone. ?stage= ?version= ?region=
    aws-ssm:///PATH               Parameter Store, decrypted; also its ARN alone. ?version= ?region=
    azure-kv://VAULT/NAME[/VERSION]
    gcp-sm://PROJECT/NAME[/VERSION]
    vault://MOUNT/PATH            key-value engine of Vault and OpenBao, version 2. ?version=; ?kv=1 for version 1

`#MEMBER` behind any of them takes one member of a JSON object.
"""

from __future__ import annotations

from casemate_guard.cloud import CloudError, text
from casemate_guard.secrets.secret import Secret, SecretError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from casemate_guard.cloud import Json

_OPTIONS = {"stage", "version", "region", "kv"}
_DENIED = {"AccessDenied", "AccessDeniedException", "PERMISSION_DENIED", "Forbidden", "DecryptionFailure"}
_FOREVER = {*_DENIED, "ParameterVersionNotFound", "ValidationException", "InvalidParameterException"}


class Place:
    """A name, taken apart. `whole` is the name without its member, which is what is fetched and kept."""

    __slots__ = ("kind", "member", "options", "path", "whole")

    def __init__(self, name: str) -> None:
        self.whole, _, self.member = name.partition("#")
        head, _, query = self.whole.partition("?")
        self.kind, _, self.path = head.partition("://")
        self.options: dict[str, str] = {}
        if head.startswith("arn:"):
            parts = head.split(":", 5)
            self.kind = {"secretsmanager": "aws-sm", "ssm": "aws-ssm"}.get(parts[2] if len(parts) == 6 else "", "")
            self.path = head if self.kind == "aws-sm" else parts[-1].removeprefix("parameter")
            self.options["region"] = parts[3] if len(parts) == 6 else ""
        for option in query.split("&") if query else ():
            key, _, value = option.partition("=")
            if key not in _OPTIONS:
                raise SecretError(self.whole, "malformed", f"there is no option {key!r}")
            self.options[key] = value
        if self.kind not in SOURCES or not self.path.strip("/") or "/../" in f"/{self.path}/":
            raise SecretError(self.whole, "malformed", f"a name begins with one of {', '.join(SOURCES)} and ://")


def fetch(place: Place, stage: str = "") -> Secret:
    """The secret from its store; `stage` overrides the name's own. Raises `SecretError`."""
    try:
        return SOURCES[place.kind](place, stage)
    except CloudError as error:
        raise failed(place.whole, error) from None


def failed(name: str, error: CloudError) -> SecretError:
    """What a refusal of a store means."""
    gone = error.missing or error.code == "InvalidRequestException"  # Secrets Manager: it is marked for deletion
    reason = "missing" if gone else "denied" if error.status == 403 or error.code in _DENIED else "unavailable"
    if error.code in _FOREVER and reason == "unavailable":
        reason = "malformed"
    return SecretError(name, reason, str(error))


def _quoted(text: str, safe: str = "") -> str:
    from urllib.parse import quote

    return quote(text, safe=safe)


def _manager(place: Place, stage: str) -> Secret:
    from casemate_guard.cloud.aws import call

    asked: Json = {"SecretId": place.path}
    if version := place.options.get("version"):
        asked["VersionId"] = version
    elif stage or "stage" in place.options:
        asked["VersionStage"] = stage or place.options["stage"]
    return _of_manager(call("secretsmanager", "GetSecretValue", asked, place.options.get("region", "")))


def _of_manager(found: Json) -> Secret:
    from base64 import b64decode

    version = str(found.get("VersionId", ""))
    if isinstance(binary := found.get("SecretBinary"), str):
        return Secret(b64decode(binary), version)
    return Secret(text(found, "SecretString", what="secretsmanager"), version)


def _parameter(place: Place, _stage: str) -> Secret:
    from casemate_guard.cloud.aws import call

    asked: Json = {"Name": _named(place), "WithDecryption": True}
    found = call("ssm", "GetParameter", asked, place.options.get("region", "")).get("Parameter")
    return _of_parameter(found if isinstance(found, dict) else {})


def _named(place: Place) -> str:
    version = place.options.get("version")
    return f"{place.path}:{version}" if version else place.path


def _of_parameter(found: Json) -> Secret:
    return Secret(text(found, "Value", what="ssm"), str(found.get("Version", "")))


def _key_vault(place: Place, _stage: str) -> Secret:
    from casemate_guard.cloud.azure import vault_call

    vault, _, path = place.path.partition("/")
    found = vault_call(vault, f"secrets/{_quoted(path, '/')}")
    return Secret(text(found, "value", what="Key Vault"), str(found.get("id", "")).rpartition("/")[2])


def _google(place: Place, _stage: str) -> Secret:
    from base64 import b64decode

    from casemate_guard.cloud.google import call

    project, _, path = place.path.partition("/")
    name, _, version = path.partition("/")
    version = version or place.options.get("version", "latest")
    where = f"projects/{_quoted(project)}/secrets/{_quoted(name)}/versions/{_quoted(version)}:access"
    found = call("secretmanager", where)
    data = text(found, "payload", "data", what="secretmanager")
    return Secret(b64decode(data), str(found.get("name", "")).rpartition("/")[2])


def _vault(place: Place, _stage: str) -> Secret:
    from json import dumps

    from casemate_guard.cloud.vault import call

    mount, _, path = place.path.partition("/")
    old = place.options.get("kv") == "1"
    version = f"?version={_quoted(place.options['version'])}" if "version" in place.options else ""
    found = call(f"{_quoted(mount)}/{'' if old else 'data/'}{_quoted(path, '/')}{version}").get("data")
    data = found if isinstance(found, dict) else {}
    number = ""
    if not old:
        metadata = data.get("metadata")
        number = str(metadata.get("version", "")) if isinstance(metadata, dict) else ""
        data = data.get("data")  # type: ignore[assignment]  # null where that version was deleted
    if not isinstance(data, dict):
        raise SecretError(place.whole, "missing", "this version was deleted")
    return Secret(dumps(data), number)


SOURCES: dict[str, Callable[[Place, str], Secret]] = {
    "aws-sm": _manager,
    "aws-ssm": _parameter,
    "azure-kv": _key_vault,
    "gcp-sm": _google,
    "vault": _vault,
}
_BATCHES = {"aws-sm": 20, "aws-ssm": 10}
"""What BatchGetSecretValue and GetParameters take at once."""


def fetch_many(places: Sequence[Place]) -> dict[str, Secret | SecretError]:
    """Whole name -> secret or why not; in batches where the store has them, else several at a time."""
    found: dict[str, Secret | SecretError] = {}
    groups: dict[tuple[str, str], list[Place]] = {}
    for place in places:
        if place.kind in _BATCHES and not place.options.keys() - {"region"}:
            groups.setdefault((place.kind, place.options.get("region", "")), []).append(place)
    for (kind, region), group in groups.items():
        size = _BATCHES[kind]
        for start in range(0, len(group) if len(group) > 1 else 0, size):
            found |= _batch(kind, region, group[start : start + size])
    rest = [place for place in places if place.whole not in found]
    found |= zip([place.whole for place in rest], _abreast(rest), strict=True)
    return found


def _batch(kind: str, region: str, group: Sequence[Place]) -> dict[str, Secret]:
    """What a batch has; whatever is wrong with it or with one of it is found out by fetching that alone."""
    from casemate_guard.cloud.aws import call

    paths = [place.path for place in group]
    try:
        if kind == "aws-sm":
            entries = call("secretsmanager", "BatchGetSecretValue", {"SecretIdList": paths}, region).get("SecretValues")
            make = _of_manager
        else:
            entries = call("ssm", "GetParameters", {"Names": paths, "WithDecryption": True}, region).get("Parameters")
            make = _of_parameter
        by_name: dict[str, Json] = {}
        for entry in entries if isinstance(entries, list) else ():
            by_name |= {str(entry.get("Name")): entry, str(entry.get("ARN")): entry}
        return {place.whole: make(by_name[place.path]) for place in group if place.path in by_name}
    except CloudError:
        return {}


def _abreast(places: Sequence[Place]) -> Iterable[Secret | SecretError]:
    def one(place: Place) -> Secret | SecretError:
        try:
            return fetch(place)
        except SecretError as error:
            return error

    if len(places) < 2:
        return map(one, places)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(8, len(places))) as pool:
        return list(pool.map(one, places))
