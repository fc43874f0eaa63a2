"""All commands of a file's scripts -> resources."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING

from casemate.model.location import Span
from casemate.model.value import Literal, display
from casemate.sources.commands.drafts import Drafts
from casemate.sources.commands.shell import Word, commands
from casemate.sources.commands.words import Command, Placed

if TYPE_CHECKING:
    from casemate.model.resource import Dialect, Resource

Piece = tuple[str, Callable[[int, int], "Span"]]
"""A script, and from offsets in it to places of the file."""
_TOOLS = frozenset({"gcloud", "gsutil", "az", "aws"})
_RUNNERS = frozenset(
    {"sudo", "time", "nice", "nohup", "exec", "command", "if", "then", "else", "do", "while", "until", "!", "call"}
)
_PUT_IN = re.compile(r"\$\{?[A-Za-z_]")
_MENTIONED = re.compile(r"\b(?:gcloud|gsutil|az|aws)\s")
_DECLARING = re.compile(
    rb"\bgcloud\s[^\n]{0,120}\b(?:add-(?:iam|invoker-iam)-policy-binding|add-invoker-policy-binding|firewall-rules\s+(?:create|update)"
    rb"|sql\s+(?:instances|users)\s+(?:create|patch)|keys\s+create|create-oidc|subscriptions\s+(?:create|modify-push-config)|jobs\s+(?:create|update|deploy)"
    rb"|services\s+update|buckets\s+(?:create|update)|deploy)\b"
    rb"|\bgsutil\s[^\n]{0,60}\b(?:iam|acl|defacl)\s"
    rb"|\baz\s+(?:role\s+assignment\s+create|ad\s+sp\s+create-for-rbac|storage\s+\w{2,20}\s|functionapp\s|webapp\s|keyvault\s"
    rb"|sql\s+server\s|postgres\s|mysql\s|mariadb\s|network\s+nsg\s+rule\s|cosmosdb\s|redis\s|servicebus\s|eventhubs\s|acr\s|apim\s)"
    rb"|\baws\s[^\n]{0,60}\b(?:add-permission|(?:create|update)-function(?:-url-config|-configuration)?|put-bucket-(?:acl|policy)"
    rb"|put-public-access-block|attach-(?:role|user|group)-policy|put-(?:role|user)-policy|authorize-security-group-ingress|create-secret|put-parameter"
    rb"|create-role|put-method)\b"
    rb"|\baws\s+s3\s[^\n]{0,300}--acl\s"
)


def mentions(data: bytes) -> bool:
    """Whether some line looks like a command that declares something: a quick look, for `claims`."""
    return _DECLARING.search(data) is not None


def in_scalar(scalar: Literal) -> Piece:
    """A script that is a scalar of a YAML file. Columns leave out a block's indentation and a text's quote."""
    text, at = display(scalar), scalar.at

    def place(start: int, end: int) -> Span:
        line = at.line_of(text, start).start_line
        first = at.start_column if at.end_line == at.start_line else 1
        column = first + start - text.rfind("\n", 0, start) - 1
        return Span(at.path, line, column, line, column + max(1, end - start))

    return text, place


def declared(
    pieces: Iterable[Piece], dialect: Dialect, direct: Iterable[list[tuple[str, Span]]] = ()
) -> dict[str, Resource]:
    """What the commands of these scripts declare, by key. `dialect`: of the file that they stand in.

    `direct`: the words of `gcloud` commands that no shell reads.
    """
    drafts = Drafts()
    for told in direct:
        placed = [Placed(text, at, known=_PUT_IN.search(text) is None) for text, at in told]
        if placed:
            _read("gcloud", placed, drafts)
    for script, place in pieces:
        if _MENTIONED.search(script) is None:
            continue
        for words in commands(script):
            start = _start(words)
            if start is None:
                continue
            tool = words[start].text.lstrip("@-+")
            placed = [Placed(word.text, place(word.start, word.end), known=word.known) for word in words[start + 1 :]]
            if placed:
                _read(tool, placed, drafts)
    return drafts.resources(dialect)


def _start(words: list[Word]) -> int | None:
    """Where the tool stands: at the start, or after words that run what follows."""
    for number, word in enumerate(words[:4]):
        if word.text.lstrip("@-+") in _TOOLS:
            return number
        if word.text not in _RUNNERS:
            return None
    return None


def _read(tool: str, placed: list[Placed], drafts: Drafts) -> None:
    at = placed[0].at.to(placed[-1].at)
    if tool == "gcloud" and any(word.text == "deploy" for word in placed[:4]):
        from casemate.sources.google import commands as deploying

        found = list(deploying.deployed([(word.text, word.at) for word in placed], at))
        for resource in found:
            drafts.finished(resource)
        if found:
            return
    read, several, switches = _reader(tool)
    read(Command(placed, at, several=several, switches=switches), drafts)


@cache
def _reader(tool: str) -> tuple[Callable[[Command, Drafts], None], bool, frozenset[str]]:
    """(its reader, whether a flag takes several values, its flags without one), loaded when first needed."""
    if tool == "az":
        from casemate.sources.commands import az

        return az.read, True, az.SWITCHES
    if tool == "aws":
        from casemate.sources.commands import aws

        return aws.read, True, aws.SWITCHES
    from casemate.sources.commands import gcloud

    return (gcloud.read, False, gcloud.SWITCHES) if tool == "gcloud" else (gcloud.read_gsutil, False, gcloud.OF_GSUTIL)
