"""Allow-lists for what runs in this process: outgoing hosts, SDK actions, child processes, file writes, dynamic code.

A tripwire, no sandbox: it hears what CPython's audit events tell (Python documentation, "Audit events table"), and
code that means to can get around it. It does not hear native code: ctypes once allowed, C extensions with sockets of
their own (gRPC, uvloop, curl), `_posixsubprocess` called directly (multiprocessing's spawn), paths relative to a
`dir_fd`. It does stop the usual second step of an injection: a shell, a download, an eval, a file that is dropped.

Limits are added while the process starts and hold from the first invocation on; then nothing can be added or taken
away. They are the process's: of several functions in one process (Azure) each may reach what any of them may.
"""

from __future__ import annotations

import os
import sys
from _thread import _local

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType

    from casemate_guard.policy import Policy

    Tell = Callable[[str, str, str], object]
    """Hears rule, detail and mode of what is not allowed."""

KINDS = ("hosts", "actions", "processes", "writes", "code")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_MOST_ADDRESSES = 10_000
_STDLIB = os.path.dirname(os.__file__) + os.sep  # noqa: PTH120 - pathlib costs a cold start 5 ms
# Modules of the standard library that run whatever text they are given.
_LAUNDER = frozenset({*("code", "codeop", "timeit", "runpy", "pdb", "bdb", "profile", "cProfile", "trace", "doctest")})
# What a pickle has no business to name ("What Can Be Pickled"; the usual gadgets).
_GADGETS = frozenset(
    {*("os", "posix", "nt", "subprocess", "sys", "importlib", "runpy", "ctypes", "pty", "socket", "shutil", "code")}
)
_BUILTINS = frozenset({"eval", "exec", "compile", "__import__", "getattr", "open", "breakpoint"})


class DeniedError(PermissionError):
    """The policy does not allow it."""


def like(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern in which `*` stands for any text. Linear: no part is tried twice."""
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == text
    last = rest.pop()
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    place, end = len(first), len(text) - len(last)
    for part in rest:
        place = text.find(part, place, end)
        if place < 0:
            return False
        place += len(part)
    return True


def _fits(allowed: Iterable[str], *texts: str) -> bool:
    return any(like(pattern, text) for pattern in allowed for text in texts)


class _State:
    """The limits of this process."""

    __slots__ = ("active", "allowed", "hooked", "listening", "local", "modes", "tells")

    def __init__(self) -> None:
        self.allowed: dict[str, frozenset[str] | None] = {}
        self.modes: dict[str, str] = {}
        self.tells: tuple[Tell, ...] = ()
        self.active = False
        self.hooked = False
        self.listening = False
        self.local: frozenset[str] = frozenset()


_state = _State()
_own = _local()
"""Of each thread: how deep it is in what the guard itself does."""


def add(policy: Policy, tell: Tell) -> None:
    """The limits of one more function of this process. Raises `RuntimeError` once the first invocation has begun."""
    if _state.active:
        raise RuntimeError("the limits of this process are sealed")
    first = not _state.modes
    for kind in KINDS:
        mine: tuple[str, ...] | None = getattr(policy.allow, kind)
        mode = policy.mode_of(f"limit:{kind}")
        also: tuple[str, ...] = getattr(policy.also, kind) or ()
        allowed = None if mine is None or mode == "off" else frozenset((*mine, *also))
        if first:
            _state.allowed[kind], _state.modes[kind] = allowed, mode
            continue
        known = _state.allowed[kind]
        _state.allowed[kind] = None if known is None or allowed is None else known | allowed
        if mode == "observe":
            _state.modes[kind] = mode
    _state.tells += (tell,)
    if any(allowed is not None for allowed in _state.allowed.values()):
        _hook_in()
    if _state.allowed["actions"] is not None:
        each_session(_listen)


def _hook_in() -> None:
    if not _state.hooked:
        _state.hooked = True
        sys.addaudithook(_hook)


def activate() -> None:
    """From here on the limits hold."""
    if not _state.active:
        _state.active = True
        # Read once: the environment is the handler's to change.
        given = (os.environ.get(name, "") for name in ("AWS_XRAY_DAEMON_ADDRESS", "AWS_LAMBDA_RUNTIME_API"))
        _state.local = frozenset(one.rpartition(":")[0].rpartition(":")[2] for one in given)
        if _state.allowed.get("hosts") is not None:
            _watch_names()


class Exempt:
    """What the guard itself does in this thread (sending events) is not limited."""

    __slots__ = ()

    def __enter__(self) -> None:
        _own.depth = getattr(_own, "depth", 0) + 1

    def __exit__(self, *_raised: object) -> None:
        _own.depth -= 1


def _deny(kind: str, detail: str) -> None:
    mode = _state.modes[kind]
    if getattr(_own, "depth", 0):
        return
    for tell in _state.tells:
        try:
            tell(f"limit:{kind}", detail, mode)
        except Exception:  # noqa: BLE001, S112 - telling can never fail the handler
            continue
    if mode == "enforce":
        raise DeniedError(f"casemate-guard: {kind} {detail[:200]!r} not in the policy")


def _hook(event: str, args: tuple[object, ...]) -> None:
    check = _CHECKS.get(event)
    if check is None:
        return
    kind, run = check
    if event == "import":
        if _listeners and not _state.listening:
            _register(sys.modules.get("botocore"))  # while its other modules are imported, it is there already
        return
    if not _state.active:
        return
    allowed = _state.allowed.get(kind)
    if allowed is not None:
        run(allowed, args)


# --- hosts
_addresses: dict[str, None] = {}


def _host_name(host: object) -> str:
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    return text.rstrip(".").lower()


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def _resolving(allowed: frozenset[str], args: tuple[object, ...]) -> None:
    host = _host_name(args[0]) if args and args[0] is not None else ""
    if host and not _is_address(host) and host != "localhost" and not _fits(allowed, host):
        _deny("hosts", host)


def _connecting(allowed: frozenset[str], args: tuple[object, ...]) -> None:
    address = args[1] if len(args) > 1 else None
    if not isinstance(address, tuple) or not address:
        return  # a Unix socket, or a socket that is connected already
    host = _host_name(address[0]).partition("%")[0]
    if host in _addresses or host.startswith("127.") or host in {"::1", "localhost", "", "::", "0.0.0.0"}:  # noqa: S104
        return
    if not _is_address(host):
        _resolving(allowed, address)  # the socket module looks it up unseen: its name has to be allowed
        return
    if host not in _state.local and not _fits(allowed, host) and not _in_network(host, allowed):
        _deny("hosts", host)


def _in_network(host: str, allowed: frozenset[str]) -> bool:
    networks = [one for one in allowed if "/" in one]
    if not networks:
        return False
    from ipaddress import ip_address, ip_network

    try:
        return any(ip_address(host) in ip_network(one, strict=False) for one in networks)
    except ValueError:
        return False


def _watch_names() -> None:
    """Remember the addresses of allowed names, so that a connection can be matched with its name."""
    import socket

    def watched(genuine: Callable[..., object]) -> Callable[..., object]:
        def resolve(host: object, *rest: object, **named: object) -> object:
            found = genuine(host, *rest, **named)
            allowed = _state.allowed["hosts"] or frozenset()
            if host is not None and _fits(allowed, _host_name(host)):
                for address in _found_addresses(found):
                    _addresses[address] = None
                while len(_addresses) > _MOST_ADDRESSES:
                    del _addresses[next(iter(_addresses))]
            return found

        return resolve

    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        setattr(socket, name, watched(getattr(socket, name)))


def _found_addresses(found: object) -> list[str]:
    if isinstance(found, str):
        return [found.lower()]
    if isinstance(found, tuple):  # gethostbyname_ex: name, aliases, addresses
        return [str(one).lower() for one in found[2]]
    return [str(one[4][0]).lower().partition("%")[0] for one in found] if isinstance(found, list) else []


# --- processes and files
def _text(value: object) -> str:
    try:
        return os.fsdecode(value)  # type: ignore[arg-type]  # what is no path raises
    except (TypeError, ValueError):
        return str(value)


def _spawning(allowed: frozenset[str], args: tuple[object, ...]) -> None:
    program = args[0]
    if isinstance(program, list | tuple):  # pty.spawn
        program = program[0] if program else ""
    name = _text(program)
    if not _fits(allowed, name, name.rpartition("/")[2]):
        _deny("processes", name)


def _with_shell(allowed: frozenset[str], _args: tuple[object, ...]) -> None:
    _spawning(allowed, ("/bin/sh",))


def _forking(allowed: frozenset[str], _args: tuple[object, ...]) -> None:
    if "fork" not in allowed:
        _deny("processes", "fork")


def _opening(allowed: frozenset[str], args: tuple[object, ...]) -> None:
    if isinstance(args[2], int) and args[2] & _WRITES and not isinstance(args[0], int):
        _changing(allowed, args[:1])


def _changing(allowed: frozenset[str], args: tuple[object, ...]) -> None:
    for one in args:
        if isinstance(one, str | bytes | os.PathLike):
            path = os.path.realpath(_text(one))
            if not path.startswith("/dev/") and not _fits(allowed, path):
                _deny("writes", path)


def _moving(allowed: frozenset[str], args: tuple[object, ...]) -> None:
    _changing(allowed, args[:2])


def _one_path(allowed: frozenset[str], args: tuple[object, ...]) -> None:
    _changing(allowed, args[:1])


def _database(allowed: frozenset[str], args: tuple[object, ...]) -> None:
    name = _text(args[0])
    if name and ":memory:" not in name and "mode=ro" not in name:
        _changing(allowed, (name.removeprefix("file:").partition("?")[0],))


# --- dynamic code
def _compiling(allowed: frozenset[str], _args: tuple[object, ...]) -> None:
    frame = sys._getframe(2)  # noqa: SLF001 - who calls compile, eval or exec; the hook and this are above it
    if frame.f_code is _hook.__code__:
        frame = frame.f_back or frame
    file = frame.f_code.co_filename
    name = str(frame.f_globals.get("__name__", ""))
    top = name.partition(".")[0]
    if file.startswith("<frozen "):
        return
    if file.startswith(_STDLIB) and "-packages" not in file and top not in _LAUNDER:
        return
    if any(name == one or name.startswith(f"{one}.") for one in allowed) or _is_import(frame):
        return
    _deny("code", name)


def _is_import(frame: FrameType | None) -> bool:
    """Whether this is part of an import: modules make classes from text, and load what they are bound to."""
    for _ in range(60):
        if frame is None:
            return False
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


def _unpickling(allowed: frozenset[str], args: tuple[object, ...]) -> None:
    module, name = str(args[0]), str(args[1])
    is_gadget = module.partition(".")[0] in _GADGETS or (module == "builtins" and name in _BUILTINS)
    if is_gadget and not _fits(allowed, module):
        _deny("code", f"pickle of {module}.{name}")


def _loading(allowed: frozenset[str], args: tuple[object, ...]) -> None:
    if "ctypes" not in allowed and not _is_import(sys._getframe(2)):  # noqa: SLF001 - as above
        _deny("code", f"ctypes {args[0] if args else ''}"[:200])


_CHECKS: dict[str, tuple[str, Callable[[frozenset[str], tuple[object, ...]], None]]] = {
    **dict.fromkeys(("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"), ("hosts", _resolving)),
    **dict.fromkeys(("socket.connect", "socket.sendto", "socket.sendmsg"), ("hosts", _connecting)),
    **dict.fromkeys(
        ("subprocess.Popen", "os.exec", "os.posix_spawn", "pty.spawn", "os.startfile"), ("processes", _spawning)
    ),
    "os.spawn": ("processes", lambda allowed, args: _spawning(allowed, args[1:])),
    "os.system": ("processes", _with_shell),
    **dict.fromkeys(("os.fork", "os.forkpty"), ("processes", _forking)),
    "open": ("writes", _opening),
    **dict.fromkeys(("os.rename", "os.link", "os.symlink"), ("writes", _moving)),
    **dict.fromkeys(
        ("os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "os.chown", "os.utime"), ("writes", _one_path)
    ),
    "sqlite3.connect": ("writes", _database),
    **dict.fromkeys(("exec", "compile", "code.__new__", "marshal.loads"), ("code", _compiling)),
    "pickle.find_class": ("code", _unpickling),
    **dict.fromkeys(("ctypes.dlopen", "ctypes.dlsym", "ctypes.dlsym/handle"), ("code", _loading)),
    "import": ("actions", lambda _allowed, _args: None),
}


# --- SDK actions
def _calling(model: object = None, context: object = None, **_rest: object) -> None:
    """An event of botocore before a call, with the model of its operation. Signing a URL calls nothing."""
    allowed = _state.allowed["actions"]
    if not _state.active or allowed is None or (isinstance(context, dict) and context.get("is_presign_request")):
        return
    service = getattr(getattr(model, "service_model", None), "service_name", "")
    action = f"{service}:{getattr(model, 'name', '')}"
    if not _fits(allowed, action):
        _deny("actions", action)


def _listen(session: object) -> None:
    # The first event of a call: a handler of `before-call` that answers (stubs do) would keep the later ones from it.
    session.register(  # type: ignore[attr-defined]  # a session of botocore or the emitter of a client
        "before-parameter-build", _calling, unique_id="casemate-guard"
    )


_listeners: list[Callable[[object], None]] = []


def _listen_all(session: object) -> None:
    for listen in _listeners:
        listen(session)


def _register(botocore: object) -> None:
    """Every session that botocore makes from now on is listened to (`botocore.register_initializer`)."""
    register = getattr(botocore, "register_initializer", None)
    if register is not None and not _state.listening:
        _state.listening = True
        register(_listen_all)


def each_session(listen: Callable[[object], None]) -> None:
    """Call `listen` with sessions of botocore to come, and with sessions and clients that there are already.

    Modules make clients while they are imported, before their handler is decorated.
    """
    if listen in _listeners:
        return
    _listeners.append(listen)
    _hook_in()
    botocore = sys.modules.get("botocore")
    if botocore is None:
        return  # the hook hears its import
    _register(botocore)
    clients, sessions = sys.modules.get("botocore.client"), sys.modules.get("botocore.session")
    import gc

    kinds = tuple(
        kind for kind in (getattr(clients, "BaseClient", None), getattr(sessions, "Session", None)) if kind is not None
    )
    for one in gc.get_objects() if kinds else ():
        if issubclass(type(one), kinds):
            listen(one.meta.events if hasattr(one, "meta") else one)
