"""The detectors that need more than one pattern: SQL and markup by their tokenisers, commands, and addresses."""

from __future__ import annotations

from casemate_guard.waf.starter.table import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Free = Callable[[], bool]
    Scores = Iterable[tuple[str, int]]

_PART = 4096


def sql(text: str, free: Free) -> Scores:
    """Values that change the statement that they are put into: the tokeniser behind a look for what opens an attack.

    In free text only what cannot be meant otherwise counts.
    """
    if pattern("tautology").search(text):
        yield "sqli-tautology", 5
    if free() or not any(pattern(one).search(text) for one in ("closes", "opens", "trails", "clauses")):
        return
    plain = pattern("apostrophe").sub("", text)
    if plain != text and not any(quote in plain for quote in "'\""):
        text = plain  # only what stands for letters left out: O'Brien, isn't, l'or
    is_listed = pattern("listed").fullmatch(plain)
    if not is_listed and pattern("fragment").search(text):
        yield "sqli-fragment", 5
    from casemate_guard.waf.sqli import is_sqli

    data = text.encode("utf-8", "surrogatepass")
    if any(is_sqli(data[start : start + _PART]) for start in range(0, len(data), _PART - 256)):
        # A whole statement as programs log it, or a filter as users write it (`name op value and …`), is no injection.
        is_statement = pattern("statement").match(text) and not pattern("moves").search(text)
        is_filter = pattern("filter").fullmatch(text) and not pattern("same").search(text)
        yield "sqli", 3 if is_statement or is_filter or is_listed or text.replace(" ", "").isalpha() else 5


def markup(text: str, free: Free) -> Scores:
    """Markup that the tokeniser takes for script, without what pages are full of; other rules look at that."""
    if free() or ("<" not in text and not pattern("bare").search(text)):
        return
    from casemate_guard.waf.xss import is_xss

    if is_xss(
        pattern("pages")
        .sub("<b ", text)
        .replace("style=", "class=")
        .replace("xmlns", "class")
        .encode("utf-8", "surrogatepass")
    ):
        yield "xss", 5


def commands(text: str, free: Free) -> Scores:
    """Something behind which a shell would run another command; also with the quotes and signs that a shell drops."""
    may_hide = any(sign in text for sign in "'\"\\$^")
    plain = pattern("broken").sub("", text) if may_hide else text
    for one in (text,) if plain == text else (text, plain):
        is_list = pattern("names").match(one)
        if pattern("command").search(one):
            if not is_list:
                yield "rce-command", 2 if free() and not pattern("first").match(one) else 5
        elif len(one) < 200 and not is_list and pattern("lone").search(one) and not free():
            yield "rce-lone", 5
        if one is plain and plain != text and pattern("hidden").search(plain):
            yield "rce-hidden", 5
        if (pattern("ticks").search(one) or pattern("lines").search(one)) and not free():
            yield "rce-command", 5


def addresses(text: str, free: Free) -> Scores:
    """URLs of the machine itself and of the clouds' metadata services, in every spelling of an address."""
    if pattern("metadata").search(text):
        yield "ssrf-metadata", 3 if free() else 5
    for found in pattern("url").finditer(text):
        host = found[1].rpartition("@")[2]
        if pattern("rebind").search(host.partition(":")[0].rstrip(".")):
            yield "ssrf-rebinding", 3 if free() else 5
            continue
        kind = _target(host)
        if kind == "local":
            is_inner = pattern("inner").match(text, found.end(1)) or pattern("inner").match(found[1])
            yield "ssrf-local", 1 if free() else 5 if is_inner else 3
        elif kind:
            yield f"ssrf-{kind}", 4 if free() else 5


def _target(host: str) -> str:
    """`metadata`, `local` or `spelling` (an address in a spelling that only evasion uses), else nothing."""
    if host.startswith("["):
        inner = host[1:].partition("]")[0].partition("%")[0]
        odd = "." in inner or inner.startswith(("::ffff:", "0:0:0:0:0:ffff", "64:ff9b", "fe80", "fd00:ec2"))
        return "spelling" if odd or not inner.strip("0:").strip("1") else ""
    host = host.partition(":")[0].rstrip(".")
    if pattern("enclosed").search(host):
        return "spelling"
    if host in {"localhost", "ip6-localhost", "localhost.localdomain"}:
        return "local"
    parts = host.split(".")
    if len(parts) > 4 or not all(pattern("number").match(part) for part in parts):
        return ""
    numbers = [int(part, 16 if part[:2] == "0x" else 8 if part[0] == "0" and len(part) > 1 else 10) for part in parts]
    if len(parts) < 4 or max(numbers) > 255 or any(len(part) > 1 and part[0] == "0" for part in parts):
        return "spelling"
    return "metadata" if numbers[:2] == [169, 254] else "local" if numbers[0] in {0, 127} else ""


BY_NAME = {"addresses": addresses, "commands": commands, "markup": markup, "sql": sql}
