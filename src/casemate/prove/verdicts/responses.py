"""What the caller gets: pages, redirects, headers, stack traces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from casemate.prove.observing import named, plain, text_of, texts
from casemate.prove.verdicts import markup, places

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casemate.prove.case import Case
    from casemate.prove.observing import Hit, Seen


def response_of(seen: Seen) -> tuple[int, Mapping[str, str], str] | None:
    """Status, headers by lower-case name, and body of what the handler answered; None when it is no HTTP response."""
    given = seen.response
    if given is None:
        return None
    if given.get("kind") == "http":
        headers = {str(name).lower(): str(value) for name, value in given.get("headers") or ()}
        return int(given.get("status") or 200), headers, str(given.get("body") or "")
    value: Any = plain(given.get("value"))
    if (
        not isinstance(value, dict)
        or not {"body", "statusCode", "status", "headers", "multiValueHeaders"} & value.keys()
    ):
        return None
    headers = {}
    for name, one in (value.get("headers") or {}).items() if isinstance(value.get("headers"), dict) else ():
        headers[str(name).lower()] = str(one)
    many = value.get("multiValueHeaders")
    for name, row in many.items() if isinstance(many, dict) else ():
        headers[str(name).lower()] = ", ".join(str(one) for one in row) if isinstance(row, list) else str(row)
    status = value.get("statusCode") or value.get("status") or 200
    body = value.get("body")
    return int(status) if str(status).isdigit() else 200, headers, body if isinstance(body, str) else ""


def page(case: Case, hit: Hit, seen: Seen) -> str:
    """A page, or a mail. What another sink put into the same page is not this one's."""
    given = [text.casefold() for _, value in hit.arguments() for text in texts(value) if case.token in text.casefold()]
    if given and not any(str(case.payload).casefold() in text for text in given):
        return ""
    answer = response_of(seen)
    if answer is not None and "html" in answer[1].get("content-type", ""):
        return markup.born(answer[2], case.token)
    if "mail" in case.callee.lower() or "send" in case.last.lower():
        for _, value in hit.arguments():
            for one in named(value, frozenset({"Html", "html", "HtmlPart"})):
                for text in texts(one):
                    if markup.born(text, case.token):
                        return "an element of the attacker's stands in the mail"
    return ""


def redirect(case: Case, hit: Hit, seen: Seen) -> str:
    """A redirect."""
    answer = response_of(seen)
    if answer is not None:
        return redirected(answer, case.token)
    first = text_of(hit.positional(0))
    if first is not None and places.is_attackers(places.host(first), case.token):
        return "the redirect leads to a host of the attacker's"
    return ""


def redirected(answer: tuple[int, Mapping[str, str], str], token: str) -> str:
    """The verdict on a response that may be a redirect."""
    status, headers, _ = answer
    if 300 <= status < 400 and places.is_attackers(places.host(headers.get("location", "")), token):
        return "the redirect leads to a host of the attacker's"
    return ""


def header(case: Case, hit: Hit, seen: Seen) -> str:
    """A header of the response."""
    del hit
    answer = response_of(seen)
    if answer is None:
        return ""
    _, headers, _ = answer
    if case.token in headers or any(re.search(rf"[\r\n]+{case.token}:", value) for value in headers.values()):
        return "the response has a header of the attacker's"
    return ""


_FRAME = r"""(?:File "{0}/[^"]+", line \d+)|(?:\bat .{{0,200}}\(?{0}/\S+:\d+:\d+)"""


def error(case: Case, hit: Hit, seen: Seen) -> str:
    """A frame of a stack in what the caller gets."""
    del hit
    answer = response_of(seen)
    if answer is not None and re.search(_FRAME.format(re.escape(case.base)), answer[2]):
        return "the response holds a frame of the stack, with a file of the function and a line"
    if (
        answer is not None and str(case.payload).strip() == case.token and case.token in answer[2]
    ):  # only the error has the token
        return "the response holds the words of the error that a service call ended with"
    return ""
