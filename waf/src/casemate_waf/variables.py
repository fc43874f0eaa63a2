"""The collections of a transaction: what the variables of a rule name, filled phase by phase.

Names and contents are those of ModSecurity's Reference Manual, "Variables", as ModSecurity 2 fills them: the query as
sent, path and arguments with percent encoding undone once, REQUEST_BODY only for forms or when it is asked for.
"""

from typing import NamedTuple

from casemate_waf import bodies, multipart
from casemate_waf.decoding import percent_decode
from casemate_waf.message import Request, Response, field
from casemate_waf.rules import Limits, Target


class Member(NamedTuple):
    """One value that rules look at: its full name (`ARGS:id`), its key in the collection, and the value."""

    name: bytes
    key: bytes
    value: bytes


_MULTIPART_FLAGS = (
    "BOUNDARY_QUOTED",
    "BOUNDARY_WHITESPACE",
    "CRLF_LF_LINES",
    "DATA_AFTER",
    "DATA_BEFORE",
    "FILE_LIMIT_EXCEEDED",
    "HEADER_FOLDING",
    "INVALID_BOUNDARY",
    "INVALID_HEADER_FOLDING",
    "INVALID_PART",
    "INVALID_QUOTING",
    "LF_LINE",
    "MISSING_SEMICOLON",
    "UNMATCHED_BOUNDARY",
)

_COLLECTIONS = (
    "ARGS ARGS_NAMES ARGS_GET ARGS_GET_NAMES ARGS_POST ARGS_POST_NAMES FILES FILES_NAMES FILES_SIZES GLOBAL IP "
    "MATCHED_VARS MATCHED_VARS_NAMES MULTIPART_FILENAME MULTIPART_NAME MULTIPART_PART_HEADERS REQUEST_COOKIES "
    "REQUEST_COOKIES_NAMES REQUEST_HEADERS REQUEST_HEADERS_NAMES RESOURCE RESPONSE_HEADERS RESPONSE_HEADERS_NAMES "
    "SESSION TX USER XML"
)
_SCALARS = (
    "ARGS_COMBINED_SIZE FILES_COMBINED_SIZE INBOUND_DATA_ERROR MATCHED_VAR MATCHED_VAR_NAME MULTIPART_STRICT_ERROR "
    "OUTBOUND_DATA_ERROR QUERY_STRING REMOTE_ADDR REQBODY_ERROR REQBODY_ERROR_MSG REQBODY_PROCESSOR "
    "REQBODY_PROCESSOR_ERROR REQBODY_PROCESSOR_ERROR_MSG REQUEST_BASENAME REQUEST_BODY REQUEST_BODY_LENGTH "
    "REQUEST_FILENAME REQUEST_LINE REQUEST_METHOD REQUEST_PROTOCOL REQUEST_URI REQUEST_URI_RAW RESPONSE_BODY "
    "RESPONSE_CONTENT_LENGTH RESPONSE_CONTENT_TYPE RESPONSE_PROTOCOL RESPONSE_STATUS SERVER_NAME UNIQUE_ID"
)
COLLECTIONS = frozenset(_COLLECTIONS.split())
"""Variables with members."""
SCALARS = frozenset(_SCALARS.split()) | frozenset(f"MULTIPART_{flag}" for flag in _MULTIPART_FLAGS)
"""Variables with one value."""
_ENCODED = {name: name.encode() for name in COLLECTIONS | SCALARS}
STORES = frozenset(("TX", "IP", "GLOBAL", "SESSION", "USER", "RESOURCE"))
"""What `setvar` writes. All of them live as long as the transaction: the engine keeps no state between requests."""


class Variables:
    """The collections of one transaction."""

    def __init__(self, limits: Limits, unique_id: bytes) -> None:
        self._members: dict[str, list[Member]] = {}
        self._matched: list[Member] = []
        self._stores: dict[str, dict[bytes, bytes]] = {name: {} for name in STORES}
        self._limits = limits
        self.processor = ""
        self.force_body = False
        for name in ("REQBODY_ERROR", "REQBODY_PROCESSOR_ERROR", "INBOUND_DATA_ERROR", "OUTBOUND_DATA_ERROR"):
            self.put(name, b"0")
        self.put("UNIQUE_ID", unique_id)

    def copy(self) -> "Variables":
        """The same variables, for a transaction that begins like another one."""
        other = Variables.__new__(Variables)
        other._members = dict(self._members)  # noqa: SLF001 - lists of members are replaced, or added to after a fill
        other._stores = {name: dict(stored) for name, stored in self._stores.items()}  # noqa: SLF001
        other._limits, other._matched = self._limits, self._matched  # noqa: SLF001
        other.processor, other.force_body = self.processor, self.force_body
        return other

    def put(self, name: str, value: bytes) -> None:
        """Set a scalar."""
        self._members[name] = [Member(_ENCODED.get(name) or name.encode(), b"", value)]

    def fill(self, name: str, pairs: bodies.Pairs) -> None:
        """Set a collection."""
        prefix = name.encode() + b":"
        self._members[name] = [Member(prefix + key, key, value) for key, value in pairs]

    def add(self, name: str, pairs: bodies.Pairs) -> None:
        """Add to a collection."""
        prefix = name.encode() + b":"
        self._members.setdefault(name, []).extend(Member(prefix + key, key, value) for key, value in pairs)

    def remember(self, matched: list[Member]) -> None:
        """Set MATCHED_VARS and MATCHED_VARS_NAMES: what the link before has matched. Few rules ask for them."""
        self._matched = matched

    def _found(self, name: str) -> list[Member]:
        if name == "MATCHED_VARS":
            return [Member(b"MATCHED_VARS:" + m.name, m.name, m.value) for m in self._matched]
        if name == "MATCHED_VARS_NAMES":
            return [Member(b"MATCHED_VARS_NAMES:" + m.name, m.name, m.name) for m in self._matched]
        return self._members.get(name, [])

    def store(self, collection: str) -> dict[bytes, bytes]:
        """The writable collection of this name; its keys are in lower case."""
        return self._stores[collection]

    def members(self, target: Target) -> list[Member]:
        """What `target` names, without its exclusions."""
        name, selector = target.collection, target.selector
        if name in STORES:
            prefix = name.encode() + b":"
            stored = self._stores[name]
            if selector and selector.pattern is None:
                value = stored.get(selector.name)
                return [] if value is None else [Member(prefix + selector.name, selector.name, value)]
            if selector is None or selector.pattern is None:
                return [Member(prefix + key, key, value) for key, value in stored.items()]
            holds, search = selector.holds, selector.pattern.search  # keys are in lower case
            return [
                Member(prefix + key, key, value)
                for key, value in stored.items()
                if key.find(holds) >= 0 and search(key) is not None
            ]
        found = self._found(name)
        return [member for member in found if selector.takes(member.key)] if selector else found

    def value(self, collection: str, key: bytes) -> bytes:
        """The first value for a macro, else nothing."""
        stored = self._stores.get(collection)
        if stored is not None:
            return stored.get(key, b"")
        for member in self._found(collection):
            if not key or member.key.lower() == key:
                return member.value
        return b""

    def request_headers(self, request: Request) -> None:
        """Fill what is known before the body is read."""
        uri = request.uri
        relative = _without_host(uri)
        path, _, query = relative.partition(b"?")
        path = percent_decode(path)
        for name, value in (
            ("REQUEST_METHOD", request.method),
            ("REQUEST_PROTOCOL", request.version or b"HTTP/0.9"),  # RFC 1945: a request line without a version
            ("REQUEST_LINE", b" ".join((request.method, uri, request.version)).rstrip()),
            ("REQUEST_URI_RAW", uri),
            ("REQUEST_URI", relative),
            ("REQUEST_FILENAME", path),
            ("REQUEST_BASENAME", path.replace(b"\\", b"/").rpartition(b"/")[2]),
            ("QUERY_STRING", query),
            ("REMOTE_ADDR", request.remote_address),
            ("SERVER_NAME", field(request.headers, b"host").partition(b":")[0]),
        ):
            self.put(name, value)
        self.fill("REQUEST_HEADERS", list(request.headers))
        self.fill("REQUEST_HEADERS_NAMES", [(key, key) for key, _ in request.headers])
        cookies = [pair for key, value in request.headers if key.lower() == b"cookie" for pair in _cookies(value)]
        self.fill("REQUEST_COOKIES", cookies)
        self.fill("REQUEST_COOKIES_NAMES", [(key, key) for key, _ in cookies])
        arguments = bodies.form(query, self._limits.separator)
        self.fill("ARGS_GET", arguments)
        self.fill("ARGS_GET_NAMES", [(key, key) for key, _ in arguments])
        self.arguments(arguments)
        self.choose(_processor(field(request.headers, b"content-type")))

    def choose(self, processor: str) -> None:
        """Say how the body is going to be read: URLENCODED, MULTIPART, JSON, XML or nothing."""
        self.processor = processor
        self.put("REQBODY_PROCESSOR", processor.encode())

    def request_body(self, request: Request) -> None:
        """Read the body."""
        body, error = request.body, ""
        self.put("REQUEST_BODY_LENGTH", b"%d" % len(body))
        arguments: bodies.Pairs = []
        containers: list[bytes] = []
        if self.processor == "URLENCODED":
            arguments = bodies.form(body, self._limits.separator)
        elif self.processor == "JSON" and body:
            document = bodies.from_json(body, self._limits.json_depth)
            arguments, containers, error = document.arguments, document.containers, document.error
        elif self.processor == "MULTIPART":
            form = multipart.parse(field(request.headers, b"content-type"), body)
            arguments, error = form.arguments, form.error
            self._files(form)
        elif self.processor == "XML" and body:
            parts = bodies.from_xml(body)
            error = parts.error
            self._members["XML"] = [
                Member(b"XML:/*", b"/*", parts.text),
                *(Member(b"XML://@*", b"//@*", value) for value in parts.attributes),
            ]
        if self.processor == "URLENCODED" or (self.force_body and not self.processor):
            self.put("REQUEST_BODY", body)
        self.fill("ARGS_POST", arguments)
        self.fill("ARGS_POST_NAMES", [(key, key) for key, _ in arguments])
        self.arguments([(member.key, member.value) for member in self._members["ARGS_GET"]] + arguments)
        self.add("ARGS_NAMES", [(name, name) for name in containers])
        if len(self._members["ARGS"]) > self._limits.arguments:
            error = error or "there are too many arguments"
        if error:
            self.put("REQBODY_ERROR", b"1")
            self.put("REQBODY_PROCESSOR_ERROR", b"1")
            self.put("REQBODY_ERROR_MSG", error.encode())
            self.put("REQBODY_PROCESSOR_ERROR_MSG", error.encode())

    def response_headers(self, response: Response) -> None:
        """Fill what is known before the response's body."""
        self.put("RESPONSE_STATUS", b"%d" % response.status)
        self.put("RESPONSE_PROTOCOL", response.version)
        self.put("RESPONSE_CONTENT_TYPE", field(response.headers, b"content-type"))
        self.put("RESPONSE_CONTENT_LENGTH", field(response.headers, b"content-length"))
        self.fill("RESPONSE_HEADERS", list(response.headers))
        self.fill("RESPONSE_HEADERS_NAMES", [(key, key) for key, _ in response.headers])

    def response_body(self, response: Response) -> None:
        """Fill RESPONSE_BODY, where its type is one that is inspected."""
        kind = field(response.headers, b"content-type").partition(b";")[0].strip().lower().decode("latin-1")
        if not kind or kind in self._limits.response_types:
            body = response.body
            if len(body) > self._limits.response_body:
                self.put("OUTBOUND_DATA_ERROR", b"1")
                body = body[: self._limits.response_body]
            self.put("RESPONSE_BODY", body)

    def arguments(self, arguments: bodies.Pairs) -> None:
        """Set ARGS, ARGS_NAMES and ARGS_COMBINED_SIZE."""
        self.fill("ARGS", arguments)
        self.fill("ARGS_NAMES", [(key, key) for key, _ in arguments])
        self.put("ARGS_COMBINED_SIZE", b"%d" % sum(len(key) + len(value) for key, value in arguments))

    def _files(self, form: multipart.Form) -> None:
        self.fill("FILES", [(upload.field, upload.name) for upload in form.files])
        self.fill("FILES_NAMES", [(upload.field, upload.field) for upload in form.files])
        self.fill("FILES_SIZES", [(upload.field, b"%d" % upload.size) for upload in form.files])
        self.fill("MULTIPART_FILENAME", [(upload.field, upload.name) for upload in form.files])
        self.fill("MULTIPART_NAME", [(upload.field, upload.field) for upload in form.files])
        self.put("FILES_COMBINED_SIZE", b"%d" % sum(upload.size for upload in form.files))
        self.fill("MULTIPART_PART_HEADERS", form.headers)
        for flag in _MULTIPART_FLAGS:
            self.put(f"MULTIPART_{flag}", b"1" if flag in form.flags else b"0")
        self.put("MULTIPART_STRICT_ERROR", b"1" if form.flags or form.error else b"0")


def _without_host(uri: bytes) -> bytes:
    """The path and query of an absolute URI; anything else as it is."""
    if uri[:1] in (b"/", b"*") or b"://" not in uri[:16]:
        return uri
    rest = uri[uri.index(b"://") + 3 :]
    cut = min((at for at in (rest.find(b"/"), rest.find(b"?")) if at >= 0), default=len(rest))
    return rest[cut:] or b"/"


def _cookies(header: bytes) -> bodies.Pairs:
    pairs = []
    for entry in header.split(b";"):
        name, equals, value = entry.strip(b" \t").partition(b"=")
        if name or equals:
            pairs.append((name, value))
    return pairs


def _processor(content_type: bytes) -> str:
    kind = content_type.partition(b";")[0].strip().lower()
    if kind == b"application/x-www-form-urlencoded":
        return "URLENCODED"
    if kind == b"multipart/form-data":
        return "MULTIPART"
    if kind == b"application/json" or kind.endswith(b"+json"):
        return "JSON"
    if kind in (b"text/xml", b"application/xml") or kind.endswith(b"+xml"):
        return "XML"
    return ""
