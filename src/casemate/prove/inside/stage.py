"""The first program of a sandbox: it gives up everything, then becomes the driver.

Run as `python -I -S stage.py CONFIG`, CONFIG being one JSON object: `argv` (what to become), `environment`, `limits`
(name of an rlimit -> number), `isolate` (whether to make namespaces), and with `isolate`: `root` (an empty folder that
becomes the root), `binds` ([source, target] pairs, read-only), `scratch` (folders that are empty and writable inside),
`nobody` (an id outside that the superuser becomes).

Exit status 97: the system gives no namespaces; the reason stands on standard error. Sources: user_namespaces(7),
mount_namespaces(7), pid_namespaces(7), mount_setattr(2), pivot_root(2), prctl(2).
"""
# ruff: noqa: PTH103, PTH106, PTH112, PTH114, PTH115, PTH120, PTH211, SIM105 - a program that starts fast imports little

from __future__ import annotations

import ctypes
import json
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Callable

REFUSED = 97
NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
MNT_DETACH = 2
MOUNT_SETATTR = 442
AT_RECURSIVE = 0x8000
AT_FDCWD = -100
RDONLY, NOSUID = 1, 2
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "arm64": 41, "riscv64": 41, "ppc64le": 203, "s390x": 217}
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_DUMPABLE = 1, 38, 4
INSIDE_ID = 1000
DEVICES = ("null", "zero", "full", "random", "urandom")

libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Isolate, limit, become the driver."""
    config = json.loads(sys.argv[1])
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if config["isolate"]:
        try:
            isolate(config)
        except (OSError, AttributeError) as error:  # no such call: another system than Linux
            where = getattr(error, "filename", None) or "namespaces"
            os.write(2, f"{getattr(error, 'strerror', None) or error}: {where}\n".encode())
            os._exit(REFUSED)
    for name, number in config["limits"].items():
        kind = getattr(resource, f"RLIMIT_{name}", None)
        if kind is not None:
            hard = resource.getrlimit(kind)[1]
            most = number if hard == resource.RLIM_INFINITY else min(number, hard)
            resource.setrlimit(kind, (most, most))
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    os.chdir(config["cwd"])
    os.execve(config["argv"][0], config["argv"], config["environment"])  # noqa: S606 - what a stage is for


def _prctl(option: int, value: int) -> None:
    """Where there is such a call: Linux."""
    call = getattr(libc, "prctl", None)
    if call is not None:
        call(option, value, 0, 0, 0)


def isolate(config: dict[str, object]) -> None:
    """Own user, network, mount, process, message and host-name namespaces, and a root that holds what is needed."""
    nobody = config.get("nobody")
    mapped = _mapper(int(str(nobody))) if nobody is not None else None
    uid, gid = os.geteuid(), os.getegid()
    _call("unshare", NEWUSER | NEWNS | NEWNET | NEWPID | NEWIPC | NEWUTS)
    if libc.unshare(NEWCGROUP) != 0:
        pass  # older kernels: the control group is not hidden, nothing can be changed there
    if mapped is not None:
        mapped()
    else:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{INSIDE_ID} {uid} 1")
        _write("/proc/self/gid_map", f"{INSIDE_ID} {gid} 1")
    child = os.fork()
    if child:
        _wait(child)
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    _mount(None, "/", None, MS_REC | MS_PRIVATE)
    _build(config)
    inner = os.fork()
    if inner:  # the first process of the namespace: when it ends, the kernel kills every other one in it
        for number in range(3, 10):
            try:
                os.close(number)
            except OSError:
                pass
        _wait(inner)
    if mapped is not None:
        os.setgroups([])
        os.setresgid(INSIDE_ID, INSIDE_ID, INSIDE_ID)
        os.setresuid(INSIDE_ID, INSIDE_ID, INSIDE_ID)


def _mapper(nobody: int) -> Callable[[], None]:
    """For the superuser: who runs inside is `nobody` outside, since no limit on processes holds the superuser.

    Only a process outside may map two users. It waits until the namespace is there; call what is given back then.
    """
    parent = os.getpid()
    ready, tell = os.pipe()
    helper = os.fork()
    if not helper:
        os.close(tell)
        os.read(ready, 1)
        try:
            for kind in ("uid", "gid"):
                _write(f"/proc/{parent}/{kind}_map", f"0 0 1\n{INSIDE_ID} {nobody} 1\n")
        except OSError:
            os._exit(1)
        os._exit(0)
    os.close(ready)

    def mapped() -> None:
        os.write(tell, b"1")
        os.close(tell)
        if os.waitpid(helper, 0)[1]:
            raise OSError(1, "users cannot be mapped", "uid_map")

    return mapped


def _build(config: dict[str, object]) -> None:
    root = str(config["root"])
    _mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "size=4m,mode=755")
    for folder in config["scratch"]:  # type: ignore[attr-defined]
        os.makedirs(root + folder, exist_ok=True)
        _mount("tmpfs", root + folder, "tmpfs", MS_NOSUID | MS_NODEV, "size=48m,mode=1777")
    for source, target in config["binds"]:  # type: ignore[attr-defined]
        place = root + target
        if os.path.islink(source):
            os.makedirs(os.path.dirname(place), exist_ok=True)
            if not os.path.lexists(place):
                os.symlink(os.readlink(source), place)
            continue
        if os.path.isdir(source):
            os.makedirs(place, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(place), exist_ok=True)
            _touch(place)
        _mount(source, place, None, MS_BIND | MS_REC)
        _read_only(place, AT_RECURSIVE)
    os.makedirs(root + "/dev", exist_ok=True)
    for name in DEVICES:
        _touch(f"{root}/dev/{name}")
        _mount(f"/dev/{name}", f"{root}/dev/{name}", None, MS_BIND)
    os.makedirs(root + "/proc", exist_ok=True)
    try:
        _mount("proc", root + "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    except OSError:
        pass  # containers that hide parts of it do not let it be mounted: drivers do without
    os.makedirs(root + "/.before", exist_ok=True)
    number = PIVOT_ROOT.get(platform.machine())
    if number is not None and libc.syscall(number, root.encode(), f"{root}/.before".encode()) == 0:
        os.chdir("/")
        if libc.umount2(b"/.before", MNT_DETACH) != 0:
            raise OSError(ctypes.get_errno(), "cannot let go of the old root", "/.before")
        os.rmdir("/.before")
    else:
        raise OSError(ctypes.get_errno(), "cannot change the root", root)
    _read_only("/", 0)


def _read_only(path: str, flags: int) -> None:
    attributes = struct.pack("QQQQ", RDONLY | NOSUID, 0, 0, 0)
    if libc.syscall(MOUNT_SETATTR, AT_FDCWD, path.encode(), flags, attributes, len(attributes)) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), f"read-only {path}")


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    code = libc.mount(
        source.encode() if source else None, target.encode(), kind.encode() if kind else None, ctypes.c_ulong(flags),
        data.encode() or None,
    )  # fmt: skip
    if code != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), f"mount {target}")


def _call(name: str, argument: int) -> None:
    if getattr(libc, name)(argument) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), name)


def _touch(path: str) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _wait(child: int) -> None:
    """End as the child ends, and never later than the one who waits for us."""
    while True:
        try:
            done, status = os.waitpid(-1, 0)
        except InterruptedError:
            continue
        except ChildProcessError:
            os._exit(1)
        if done == child:
            os._exit(os.waitstatus_to_exitcode(status) & 255)


if __name__ == "__main__":
    main()
