"""What a sink reaches for, and what it keeps: paths, hosts, modules, resources, documents, logs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.prove.observing import RESULT, own, text_of, texts, top
from casemate.prove.payloads import CANARY_TEXT
from casemate.prove.verdicts import places

if TYPE_CHECKING:
    from casemate.prove.case import Case
    from casemate.prove.observing import Hit, Rendered, Seen

_ADDRESSES = frozenset(
    {"url", "uri", "href", "baseURL", "baseUrl", "prefixUrl", "endpoint", "endpoint_url", "base_url"}
)
_CONNECTIONS = frozenset({"HTTPConnection", "HTTPSConnection", "create_connection", "connect", "gethostbyname"})
_HOSTS = frozenset({"host", "hostname", "server"})


_PATH_ARGUMENTS = {"download_file": ("2", "Filename"), "upload_file": ("0", "Filename"), "fget_object": ("2",)}


def path(case: Case, hit: Hit, seen: Seen) -> str:
    """A path of the file system."""
    if "extract" in case.last:
        events = (values for event, values in seen.during(case.site) if event in {"open", "os.mkdir"})
        outside = f"/tmp/{case.token}d"  # noqa: S108 - where the member of the archive goes
        if any(places.normal(value, case.base).startswith(outside) for values in events for value in values):
            return "a member of the archive was written outside of the folder it is unpacked to"
        return ""
    wanted = _PATH_ARGUMENTS.get(case.last)
    values = [value for name, value in hit.values.items() if name != RESULT and (wanted is None or name in wanted)]
    for value in values:
        plain_path = not isinstance(value, dict) or "bytes" in value or value.get("kind") in {"path", "URL"}
        text = text_of(value) if plain_path else None
        if text is not None and places.escapes(text, case.token, case.base):
            return "the path leads to a folder that the attacker names, outside of its base"
    return ""


def ssrf(case: Case, hit: Hit, seen: Seen) -> str:
    """The host of a request."""
    domain = f"{case.token}.test"
    if any(seen.noticed(event, domain, case.site) for event in ("socket.getaddrinfo", "http.client.connect")):
        return "the attacker chooses the host that is asked"
    first, second = hit.positional(0), hit.positional(1)
    addressed: list[Rendered] = [value for name, value in hit.values.items() if name in _ADDRESSES]
    addressed += [second if re.fullmatch("[A-Z]{3,7}", text_of(first) or "") else first, *top(first, _ADDRESSES)]
    if any(places.is_attackers(places.host(text), case.token) for text in map(text_of, addressed) if text):
        return "the attacker chooses the host that is asked"
    named_hosts: list[Rendered] = [value for name, value in hit.values.items() if name in _HOSTS]
    named_hosts += top(first, _HOSTS)
    if case.callee.startswith(("http", "https")):
        named_hosts += top(second, _HOSTS)
    if case.last in _CONNECTIONS:
        row = first.get("list") if isinstance(first, dict) else None
        named_hosts += row[:1] if isinstance(row, list) else [first]
    for text in map(text_of, named_hosts):
        if text and places.is_attackers(re.split(r"[/?#:]", text.casefold(), maxsplit=1)[0], case.token):
            return "the attacker chooses the host that is asked"
    return ""


def loaded(case: Case, hit: Hit, seen: Seen) -> str:
    """A module by name or path."""
    del seen
    text = text_of(hit.positional(0))
    if text is not None and (text == case.payload or places.escapes(text, case.token, case.base)):
        return "the attacker chooses the module that is loaded"
    return ""


_NAMES = re.compile(r"(?:Arn|ARN|Name|Url|URL|Id|Bucket|Queue|Topic|Table|Stream|Function|Identifier)$")


def resource(case: Case, hit: Hit, seen: Seen) -> str:
    """Parameters that name what the call is made on: not those that are handed on."""
    del seen
    for name, value in hit.arguments():
        pairs = [(name, value)]
        if isinstance(value, dict):
            pairs += [pair for inner in own(value) for pair in inner.items()]
        if any(_NAMES.search(key) and text_of(one) == case.payload for key, one in pairs):
            return "the attacker chooses the resource that the call is made on"
    return ""


def xxe(case: Case, hit: Hit, seen: Seen) -> str:
    """An XML document."""
    result = hit.values.get(RESULT)
    if result is not None and any(CANARY_TEXT in text for text in texts(result)):
        return "an external entity of the document was read from a file"
    if seen.noticed("open", "canary.txt", case.site) or seen.noticed("urllib.Request", "canary.txt", case.site):
        return "an external entity of the document was read from a file"
    return ""


def log(case: Case, hit: Hit, seen: Seen) -> str:
    """A line of a log."""
    del seen
    written = (text_of(value) for _, value in hit.arguments() if isinstance(value, (str, dict)) and "map" not in value)
    lines = (line for text in written if text for line in text.splitlines()[1:])
    if any(line.casefold().startswith(case.token) for line in lines):
        return "the log gets a line of the attacker's"
    return ""


def disclosed(case: Case, hit: Hit, seen: Seen) -> str:
    """A secret in a log."""
    del seen
    match = re.search(rf"casemate-secret-{case.token}-\w+", str(case.payload))
    if match and any(match[0] in text for _, value in hit.arguments() for text in texts(value)):
        return "the log is given the whole secret"
    return ""


def kept(case: Case, hit: Hit, seen: Seen) -> str:
    """A value that is kept."""
    del seen
    if any(text == case.payload for _, value in hit.arguments() for text in texts(value)):
        return "the attacker's text is kept unchanged where the code trusts it"
    return ""
