"""The clouds' key and secret services over signed HTTPS of the standard library; boto3 costs a cold start 187 ms.

No SDK is used even where one is loaded: two ways to the same service would differ in retries, endpoints and errors, and
the handler's SDK has listeners of its own (`confine`, `hops`).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Json = dict[str, object]

_TRANSIENT = {
    *("ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "InternalServiceError"),
    *("InternalServerError", "KMSInternalException", "DependencyTimeoutException", "ProvisionedThroughputExceeded"),
}
_ATTEMPTS = 3
TIMEOUT = 3.0
"""Seconds of connecting, and of each read of an answer, before the next attempt."""


class CloudError(OSError):
    """A service did not do it. `code` is the service's name of the reason (or empty), `status` of HTTP (0: no answer).

    What the service wrote besides is left out: it may quote what was sent.
    """

    def __init__(self, what: str, code: str, status: int) -> None:
        super().__init__(f"{what}: {code or 'no answer'}" + (f" ({status})" if status else ""))
        self.what = what
        self.code = code
        self.status = status

    @property
    def transient(self) -> bool:
        """Whether another attempt may succeed."""
        return self.status in {0, 429} or self.status >= 500 or self.code in _TRANSIENT

    @property
    def missing(self) -> bool:
        """Whether the service says that there is no such thing."""
        return self.status == 404 or self.code.endswith(("NotFound", "NotFoundException"))


def exchange(
    what: str,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: Json | bytes | None = None,
    *,
    ca_file: str = "",
) -> Json:
    """The JSON object that a service answers; up to three attempts. Raises `CloudError`, with nothing secret in it."""
    from json import dumps, loads
    from os import urandom
    from time import sleep

    from casemate_guard.tls import TlsError, request

    data = dumps(body).encode() if isinstance(body, dict) else body
    failure = CloudError(what, "", 0)
    for attempt in range(_ATTEMPTS):
        if attempt:
            sleep(0.05 * 3**attempt * (0.5 + urandom(1)[0] / 256))
        try:
            answer = request(method, url, headers=headers, body=data, near=True, ca_file=ca_file, timeout=TIMEOUT)
        except TlsError:
            raise
        except OSError as error:
            failure = CloudError(what, type(error).__name__, 0)
            continue
        try:
            found = loads(answer.body or b"{}")
            found = {} if found is None else found  # some actions answer null
        except ValueError:  # its `doc` is the answer: it goes no further
            found = None
        if answer.status < 300 and isinstance(found, dict):
            return found
        failure = CloudError(what, _code(found) or answer.headers.get("x-amzn-errortype", ""), answer.status)
        if not failure.transient:
            break
    raise failure from None


def _code(found: object) -> str:
    """The name of an error as AWS, Azure, Google and OAuth write it; no text of theirs."""
    if not isinstance(found, dict):
        return "not-json"
    error = found.get("error")
    inner = error if isinstance(error, dict) else {}
    for one in (found.get("__type"), inner.get("status"), inner.get("code"), error):
        if isinstance(one, str) and one:
            name = one.rpartition("#")[2]
            return name if name.isascii() and name.replace("_", "").isalnum() and len(name) < 80 else "refused"
    return "refused"


_tokens: dict[str, tuple[str, float]] = {}


def token(key: str, make: Callable[[], tuple[str, float]], now: float) -> str:
    """A token that is kept until five minutes before it expires; `make` gives it and its end (Unix seconds)."""
    known = _tokens.get(key)
    if known is None or now > known[1] - 300:
        known = _tokens[key] = make()
    return known[0]


def text(found: Mapping[str, object], *names: str, what: str) -> str:
    """The string at a path of an answer. Raises `CloudError`."""
    value: object = found
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, str):
        raise CloudError(what, f"answer-without-{names[-1]}", 200)
    return value
