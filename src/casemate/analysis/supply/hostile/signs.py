"""The signs of an attack in one file of a package."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from casemate.analysis.code import ir
from casemate.analysis.supply.hostile.names import (
    BLOB,
    CIPHERS,
    DECODES,
    DROP,
    EVALUATES,
    LOCAL,
    NETWORK,
    PRIVATE,
    RUNS,
    SENDS,
    SHELL,
)
from casemate.analysis.supply.hostile.reading import Code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casemate.analysis.code.ir import At, Module
    from casemate.analysis.supply.hostile.reading import Body, Called

_ENVIRONMENTS = frozenset({"os.environ", "process.env", "environ"})
_ONE = frozenset({"get", "pop", "setdefault", "update", "keys", "hasOwnProperty"})
_COMPILES = frozenset({"_compile"})


class Sign(NamedTuple):
    """`kind`: which sign; `words`: what the code does, for people; `at`: where."""

    kind: str
    words: str
    at: At


def signs(module: Module, *, installs: bool = False) -> Iterator[Sign]:
    """Every sign in a file. `installs`: it runs when the package is installed (`setup.py`, an install script)."""
    code = Code(module)
    for body in code.bodies:
        if body.when == "main" and not installs:
            continue
        early = installs or body.when == "import"
        for called in body.calls:
            yield from _run_blob(code, body, called)
            yield from _sent(code, body, called)
            yield from _shell(code, body, called)
            if early:
                yield from _fetched(code, body, called, installs=installs)
        if body.when == "import":
            for loop in body.loops:
                yield Sign("endless-import", "never ends when it is imported", loop.at)
        if early:
            yield from _early(code, body)


def _run_blob(code: Code, body: Body, called: Called) -> Iterator[Sign]:
    """`exec(base64.b64decode("…"))`, `new Function(atob("…"))`, `module._compile(decipher.update(…))`."""
    last = called.name.rpartition(".")[2]
    if called.name not in EVALUATES and last not in _COMPILES:
        return
    arguments = called.node.arguments[:1] if last not in {"Function", *_COMPILES} else called.node.arguments
    for argument in arguments:
        if isinstance(argument, ir.Const):
            continue
        if code.calls_in(argument, body, CIPHERS):
            yield Sign("runs-decoded-code", "decrypts text and runs it as code", called.node.at)
        elif _decodes(code, argument, body) and _has_blob(code, argument, body):
            yield Sign("runs-decoded-code", "decodes a blob and runs it as code", called.node.at)
        elif code.calls_in(argument, body, NETWORK):
            yield Sign("runs-fetched-code", "runs as code what it fetches from a server", called.node.at)
        else:
            continue
        return


def _decodes(code: Code, expression: object, body: Body) -> bool:
    for node in code.made_of(expression, body):
        if not isinstance(node, ir.Call):
            continue
        name = code.name(node.function)
        if name in DECODES:
            return True
        if name == "Buffer.from" and len(node.arguments) > 1 and _is_text(node.arguments[1], {"base64", "hex"}):
            return True
        if (
            name.endswith(".decode")
            and node.arguments
            and _is_text(node.arguments[0], {"base64", "hex", "rot13", "zlib"})
        ):
            return True
    return False


def _has_blob(code: Code, expression: object, body: Body) -> bool:
    """A long literal without a space, or a row of many numbers."""
    for node in code.made_of(expression, body):
        if isinstance(node, ir.Display | ir.Call):
            items = node.items if isinstance(node, ir.Display) else node.arguments
            if len(items) >= BLOB // 3 and all(
                isinstance(one, ir.Const) and isinstance(one.value, int) for one in items
            ):
                return True
    return code.any_text(expression, body, lambda text: len(text) >= BLOB and text.count(" ") * 40 < len(text))


def _sent(code: Code, body: Body, called: Called) -> Iterator[Sign]:
    """The whole environment, or a private file of the user, in what a network call is given."""
    if not _reaches_out(code, body, called):
        return
    given = [*called.node.arguments, *(value for _, value in called.node.keywords)]
    for argument in given:
        if _holds_environment(code, argument, body):
            yield Sign("sends-environment", f"sends the whole environment away ({called.name})", called.node.at)
            return
        if code.any_text(argument, body, lambda text: PRIVATE.search(text[:300]) is not None):
            yield Sign("sends-private-file", f"sends a private file of the user away ({called.name})", called.node.at)
            return


def _reaches_out(code: Code, body: Body, called: Called) -> bool:
    if called.name in NETWORK:
        return True
    function = called.node.function
    if not isinstance(function, ir.Attr) or function.name not in SENDS:
        return False
    made = frozenset((*NETWORK, "socket.socket", "requests.Session", "XMLHttpRequest", "WebSocket", "ws"))
    return code.calls_in(function.target, body, made)


def _holds_environment(code: Code, expression: object, body: Body) -> bool:
    """`os.environ` or `process.env` as a whole: not a variable of it, nor a question whether there is one."""
    single: set[int] = set()
    whole: list[object] = []
    for node in code.made_of(expression, body):
        if isinstance(node, ir.Index):
            single.add(id(node.target))
        elif isinstance(node, ir.Attr):
            if node.name in _ONE or _spelt(code, node.target) == "process.env":
                single.add(id(node.target))
            if _spelt(code, node) in _ENVIRONMENTS:
                whole.append(node)
        elif isinstance(node, ir.Name) and _spelt(code, node) == "os.environ":
            whole.append(node)
    return any(id(node) not in single for node in whole)


def _spelt(code: Code, node: object) -> str:
    return code.name(node) if isinstance(node, ir.Attr | ir.Name) else ""


def _shell(code: Code, body: Body, called: Called) -> Iterator[Sign]:
    """A command line that fetches and runs at once."""
    if called.name not in RUNS:
        return
    for argument in called.node.arguments[:2]:
        if code.any_text(argument, body, lambda text: len(text) < 4_000 and SHELL.search(text) is not None):
            yield Sign("fetches-and-runs", "runs a command line that fetches a program and starts it", called.node.at)
            return


def _fetched(code: Code, body: Body, called: Called, *, installs: bool) -> Iterator[Sign]:
    """At import or install: a program that was fetched is started; at import one that lies in the package, too.

    An install script that tries the program it has brought is an everyday thing.
    """
    if called.name not in RUNS or not called.node.arguments:
        return
    if code.calls_in(called.node.arguments, body, NETWORK):
        yield Sign("fetches-and-runs", "starts what it fetches from a server", called.node.at)
    elif not installs and _own_binary(code, called.node.arguments[0], body):
        yield Sign("starts-own-binary", "starts a program of the package when it is imported", called.node.at)


def _own_binary(code: Code, argument: object, body: Body) -> bool:
    """`os.path.join(os.path.dirname(__file__), "name")` or `path.join(__dirname, "name")`, and no interpreter."""
    first = argument.items[0] if isinstance(argument, ir.Display) and argument.items else argument
    own = False
    for node in code.made_of(first, body):
        if isinstance(node, ir.Name) and node.id in {"__file__", "__dirname", "__filename"}:
            own = True
        elif isinstance(node, ir.Attr) and node.name == "executable":
            return False
    return own


def _early(code: Code, body: Body) -> Iterator[Sign]:
    """At import or install: data goes to an address where anybody can leave it."""
    for called in body.calls:
        if not _reaches_out(code, body, called):
            continue
        given = [*called.node.arguments, *(value for _, value in called.node.keywords)]
        if code.any_text(given, body, _is_drop):
            yield Sign("calls-drop", "calls an address that takes anything from anybody, unasked", called.node.at)


def _is_drop(text: str) -> bool:
    return len(text) < 2_000 and DROP.search(text) is not None and LOCAL.search(text) is None


def _is_text(node: object, among: set[str]) -> bool:
    return isinstance(node, ir.Const) and isinstance(node.value, str) and node.value.lower() in among
