"""What is run or brought to life: commands, code, templates, objects that are read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.prove.observing import text_of, top
from casemate.prove.verdicts import programs, shell

if TYPE_CHECKING:
    from casemate.prove.case import Case
    from casemate.prove.observing import Hit, Seen

_SHELLS = re.compile(r"(?:^|/)(?:sh|bash|dash|zsh|ksh|ash|busybox|cmd(?:\.exe)?|powershell|pwsh)$")
_SHELL_CALLS = frozenset({"system", "popen", "getoutput", "getstatusoutput", "exec", "execSync", "exec_command",
                          "create_subprocess_shell", "execaCommand", "command", "sudo", "local"})  # fmt: skip


def command(case: Case, hit: Hit, seen: Seen) -> str:
    """A command, or the program that is started."""
    del seen
    first = hit.positional(0)
    if first is None:
        first = next((hit.values[name] for name in ("args", "cmd", "command") if name in hit.values), None)
    options = [value for _, value in hit.arguments()]
    in_shell = case.last in _SHELL_CALLS or hit.values.get("shell") is True or any(
        one is True or isinstance(one, str) for value in options for one in top(value, frozenset({"shell"}))
    )  # fmt: skip
    row = first.get("list") if isinstance(first, dict) and "stub" not in first else None
    words = [text_of(one) or "" for one in row] if isinstance(row, list) else None
    if words is None and text_of(first) is not None:
        words = [text_of(first) or ""]
        second = hit.positional(1)
        more = second.get("list") if isinstance(second, dict) else None
        words += [text_of(one) or "" for one in more] if isinstance(more, list) else []
    if not words:
        return ""
    if in_shell:
        script: str | None = " ".join(words)
    elif _SHELLS.search(words[0]) and len(words) > 2 and words[1].startswith(("-c", "-lc", "/c", "-Command", "-e")):
        script = words[2]
    else:
        script = None
    if script is not None and _started(script, case):
        return "the shell starts a command of the attacker's"
    if script is None and isinstance(case.payload, str) and words[0].casefold().startswith(case.payload.casefold()):
        return "the attacker chooses the program that is started"
    return ""


def _started(script: str, case: Case) -> bool:
    """Whether the token is a command, with the mark before it: a word stripped of all marks breaks out of nothing."""
    payload = str(case.payload).casefold()
    at = payload.find(case.token)
    if at <= 0 or payload[at - 1 : at] + case.token not in script.casefold():
        return False
    return any(word.casefold().startswith(case.token) for word in shell.commands(script))


def code(case: Case, hit: Hit, seen: Seen) -> str:
    """A text that is run as a program."""
    if seen.noticed("called", case.token, case.site):
        return "code of the attacker's ran: it called a function of its own"
    for name, value in hit.arguments():
        text = text_of(value)
        if name.isdigit() and text and programs.calls(text, case.token, case.language):
            return "the text that is run as code calls a function of the attacker's"
    return ""


def read_object(case: Case, hit: Hit, seen: Seen) -> str:
    """An object that is made while it is read."""
    del hit
    if seen.noticed("called", case.token, case.site):
        return "reading the object called a function of the attacker's"
    if seen.noticed("pickle.find_class", case.token, case.site) or seen.noticed("import", case.token, case.site):
        return "reading the object looked up a class that the attacker named"
    return ""


def template(case: Case, hit: Hit, seen: Seen) -> str:
    """The source of a template."""
    del seen
    single = "dust" in case.callee
    for name, value in hit.arguments():
        text = text_of(value)
        if not name.isdigit() and name not in {"source", "template"}:
            continue
        if text and isinstance(case.payload, str) and programs.evaluated(text, case.token, single=single):
            return "the text that is compiled as a template holds an expression of the attacker's"
    return ""
