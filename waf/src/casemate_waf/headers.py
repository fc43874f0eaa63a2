"""Headers with which a client and a server agree on a form: what has the form that its RFC fixes is no argument.

An event has no headers for a rule set, only arguments (see `executor.arguments`). `gzip, deflate, br` as an argument
looks like a command to the CRS, and `"Not(A:Brand";v="24"` like an injection, so that nearly every request of a browser
would be an attack. What these patterns take holds nothing but names of a registry, numbers and tokens; any other value
of the same header is an argument like any other.

Sources: RFC 9110 sections 5.6, 8.3, 12.5 and 10.1.4 (tokens, media types, negotiation, TE), RFC 5646 section 2.1
(language tags), RFC 9111 section 5.2 (Cache-Control), RFC 9218 section 4 (Priority), W3C Fetch Metadata, User-Agent
Client Hints (brands with reserved characters), AWS "X-Amzn-Trace-Id" and CloudFront "Add request headers".
"""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate_guard.events.leaves import Leaf

_LONGEST = 512
_MET = 1024
_Q = r"(?:[ \t]?;[ \t]?q=[01](?:\.[0-9]{0,3})?)?"
_TYPE = r"(?:application|audio|font|image|message|model|multipart|text|video)/[A-Za-z0-9][A-Za-z0-9.+_-]{0,80}"
_PARAMETER = r"(?:[ \t]?;[ \t]?[A-Za-z-]{1,20}=(?:[A-Za-z0-9._+-]{1,80}|\"[A-Za-z0-9._+-]{1,80}\"))"
_BRAND = r"\"[ A-Za-z0-9()./:;=?_-]{0,40}\"[ ]?;[ ]?v=\"[0-9.]{1,20}\""


def _listed(one: str) -> str:
    return rf"{one}(?:[ \t]?,[ \t]?{one}){{0,39}}"


_CODING = rf"(?:x-gzip|gzip|deflate|br|zstd|dcb|dcz|identity|x-compress|compress|trailers|chunked|\*){_Q}"
_DIRECTIVE = (
    r"(?:no-cache|no-store|no-transform|only-if-cached|must-revalidate|private|public|immutable"
    r"|(?:max-age|min-fresh|s-maxage|stale-if-error|stale-while-revalidate|max-stale)(?:=[0-9]{1,10})?)"
)
_SCHEME = "https?|wss?"
_YES_OR_NO = "true|false"
_FORMS = {
    "accept": _listed(rf"(?:{_TYPE}|[a-z]{{1,12}}/\*|\*/\*){_PARAMETER}{{0,4}}"),
    "accept-encoding": _listed(_CODING),
    "accept-language": _listed(rf"(?:[A-Za-z]{{2,8}}(?:-[A-Za-z0-9]{{1,8}}){{0,3}}|\*){_Q}"),
    "cache-control": _listed(_DIRECTIVE),
    "cloudfront-forwarded-proto": _SCHEME,
    "cloudfront-viewer-country": "[A-Z]{2}",
    "connection": "(?i:keep-alive|close|upgrade)",
    "content-length": "[0-9]{1,15}",
    "content-type": rf"(?i:{_TYPE}){_PARAMETER}{{0,3}}",
    "dnt": "[01]",
    "pragma": "no-cache",
    "priority": r"u=[0-7](?:, ?i)?|i",
    "sec-ch-ua": _listed(_BRAND),
    "sec-ch-ua-full-version-list": _listed(_BRAND),
    "sec-ch-ua-mobile": r"\?[01]",
    "sec-ch-ua-platform": r"\"[A-Za-z0-9. ]{1,20}\"",
    "sec-fetch-dest": "[a-z]{1,20}",
    "sec-fetch-mode": "[a-z-]{1,20}",
    "sec-fetch-site": "[a-z-]{1,20}",
    "sec-fetch-user": r"\?[01]",
    "sec-gpc": "1",
    "te": _listed(_CODING),
    "upgrade-insecure-requests": "1",
    "x-amzn-trace-id": r"(?:[A-Za-z]{1,12}=[0-9A-Fa-f:.-]{1,80};?){1,6}",
    "x-forwarded-port": "[0-9]{1,5}",
    "x-forwarded-proto": _SCHEME,
    **{
        f"cloudfront-is-{kind}-viewer": _YES_OR_NO
        for kind in ("android", "desktop", "ios", "mobile", "smarttv", "tablet")
    },
}
_USUAL = frozenset(("user-agent", "host", "origin", "x-forwarded-for", "via", "x-amz-cf-id", "accept-charset"))
"""Headers that come again with the same value, and hold no secret."""
_tests: "dict[str, Callable[[str], object]]" = {}
_formal: set[tuple[str, str]] = set()  # nothing depends on what is here


def header_name(path: str) -> str:
    """The name of a header in lower case, from its leaf's path: `headers.Accept`, `multiValueHeaders.Accept[0]`."""
    name = path[path.rfind(".") + 1 :]
    return (name[: name.rfind("[")] if name[-1:] == "]" else name).lower()


def is_formal(leaf: "Leaf") -> bool:
    """Whether the value of this leaf, a header's, has the form that is fixed for it."""
    value = leaf.value
    if type(value) is not str or len(value) > _LONGEST:
        return False
    key = leaf.path, value
    if key in _formal:
        return True
    name = header_name(leaf.path)
    form = _FORMS.get(name)
    if form is None:
        return False
    test = _tests.get(name)
    if test is None:
        test = _tests[name] = re.compile(form).fullmatch
    if test(value) is None:
        return False
    if len(_formal) >= _MET:
        _formal.clear()
    _formal.add(key)
    return True


def is_usual(leaf: "Leaf") -> bool:
    """Whether a header like this comes again and again, so that it is worth while to remember that it is harmless."""
    return len(str(leaf.value)) <= _LONGEST and header_name(leaf.path) in _USUAL
