"""What is sent in the place of an attacker's data: for each kind of sink, texts that break out if nothing stops them.

Every payload holds a token (`zabc`), a word that means nothing: what the sink receives is judged by the part that the
token plays there (`verdicts/`), never by its presence. Sources: the OWASP cheat sheets of each weakness; for JSON,
pickle and YAML the documentation of the readers ("pickle", opcodes of protocol 0; PyYAML, "Python-specific tags").
"""

from __future__ import annotations

import io
import tarfile
from hashlib import blake2b
from typing import TYPE_CHECKING

from casemate.prove.misuses import MISUSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casemate.model.flow import FlowKind

UP = "../" * 9
CANARY_FILE = "canary.txt"
CANARY_TEXT = "casemate-canary-2f6b1c"
"""What stands in the file of that name beside the drivers: an external entity that is expanded shows it."""

Payload = str | dict[str, object]
"""A text, or a value where documents can hold one (operators of a document store)."""


def token_of(*parts: object) -> str:
    """Four letters that are the same in every run. The first is a `z`: no program, keyword or tag is met by chance."""
    number = int.from_bytes(blake2b("\0".join(map(str, parts)).encode(), digest_size=4).digest())
    letters = "bcdfghjkmnpqrstvwxz"
    word = "z"
    for _ in range(3):
        number, place = divmod(number, len(letters))
        word += letters[place]
    return word


def payloads(kind: FlowKind, token: str, callee: str, language: str, tools: str) -> Sequence[Payload]:
    """The payloads for a kind, the likeliest first; none for a kind that cannot be judged by structure."""
    if kind == "verbose-error":
        return ("1", f"{token}'\"", token, f"{token} ", f"{token}  ")  # blanks: calls that succeed before one fails
    if kind in MISUSES:
        return ("1", f"{token}'\"")
    if kind == "sensitive-log":  # long, so that what shows only a part of it is told from what shows it all
        return (f"casemate-secret-{token}-1f0c83", f'{{"password": "casemate-secret-{token}-1f0c83"}}')
    if kind == "path" and "extract" in callee:
        return (archive(token),)
    if kind == "deserialization":
        return _objects(token, callee, language)
    if kind == "xxe":
        address = f"file://{tools}/inside/{CANARY_FILE}"
        return (f'<!DOCTYPE a [<!ENTITY {token} SYSTEM "{address}">]><a>&{token};</a>',)
    if kind == "code" and language == "python":
        return (f"{token}()", *_code(token), f"1\n{token}()")
    if kind == "code":
        return (f"{token}()", *_code(token), f"${{{token}()}}", f"1}}{token}();{{")
    return tuple(text.replace("@T", token) for text in _TEXTS[kind]) if kind in _TEXTS else _values(kind, token)


def archive(token: str) -> str:
    """A tar archive with a member outside of where it is unpacked (POSIX.1-2017, "ustar Interchange Format")."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as made:
        member = tarfile.TarInfo(f"{UP}tmp/{token}d/{token}")
        member.size = 1
        made.addfile(member, io.BytesIO(b"1"))
    return buffer.getvalue().decode("ascii")


def _code(token: str) -> tuple[str, ...]:
    return (f"'+{token}()+'", f'"+{token}()+"', f"1);{token}();(1", f"1;{token}()", f"'];{token}();['", f"+{token}()")


_TEXTS: dict[str, tuple[str, ...]] = {
    "command": ("a;@T", "a';@T;'", 'a";@T;"', "$(@T)", "a|@T", "`@T`", "a\n@T", "a&@T", ";@T", "a');@T;('"),
    "sql": ("1 or @T()", "1' or @T() or '", '1" or @T() or "', "1) or @T() or (1", "1') or @T() or ('", "@T()",
            "1` or @T() or `", "1\\' or @T() or '", "(@T())"),
    "path": (f"{UP}@Td/@T", "/@Td/@T", f"a/{UP}@Td/@T", "....//" * 9 + "@Td/@T"),
    "ssrf": ("http://@T.test/", "@T.test/", "//@T.test/", "@@T.test/", ".@T.test/", "@T.test"),
    "redirect": ("https://@T.test/", "//@T.test/", "/\\@T.test/", "@@T.test/", ".@T.test/"),
    "xss": ("<@T>", "\"'><@T>", "</script><@T>", "</textarea></title></style><@T>", '" @T="1', "' @T='1",
            "javascript:@T()", "--><@T>", "'-@T()-'", '"-@T()-"'),
    "template": ("{{@T()}}", "<%= @T() %>", "${@T()}", "#{@T()}", "{@T}", "{%@T%}", "{{{@T}}}"),
    "ldap": ("*)(@T=*", "*))(|(@T=*", "a)(@T=a"),
    "xpath": ("' or @T() or '", '" or @T() or "', "1 or @T()", "'] | @T() | a['"),
    "header": ("a\r\n@T: 1", "a\n@T: 1"),
    "log": ("a\n@T", "a\r\n@T"),
    "trust-boundary": ("@T'\"<>;",),
    "dynamic-import": ("@T", "/@Td/@T", f"{UP}@Td/@T"),
    "chosen-resource": ("@T", "arn:aws:lambda:us-east-1:999999999999:function:@T"),
}  # fmt: skip


def _values(kind: FlowKind, token: str) -> Sequence[Payload]:
    if kind != "nosql":
        return ()
    return (
        {"$ne": token}, f"a OR attribute_exists({token})", f"1 or {token}()", f"1' or {token}() or '",
        f"' || {token}() || '", f"1 || {token}()", f"1; {token}()",
    )  # fmt: skip


def _objects(token: str, callee: str, language: str) -> Sequence[Payload]:
    if language != "python":
        call = f"function(){{{token}()}}"
        return (f'{{"a":"_$$ND_FUNC$$_{call}()"}}', f'!!js/function "{call}"', f"{token}()")
    pickled = f"cbuiltins\n{token}\n(tR."
    documents = (
        f"!!python/object/apply:builtins.{token} []",
        f'{{"py/reduce": [{{"py/type": "builtins.{token}"}}, {{"py/tuple": []}}]}}',
    )
    return (*documents, pickled) if "yaml" in callee or "json" in callee else (pickled, *documents)
