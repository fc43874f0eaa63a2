"""Commands and other processes.

Sources: Node.js documentation, "Child process" (exec spawns a shell; execFile and spawn do with `shell`), "Worker
threads"; READMEs of execa, shelljs, cross-spawn, shell-quote, shell-escape.
"""

from __future__ import annotations

from casemate.analysis.code.models import Calls, Cure, Makes, Misuse, Model, Sink, Test

_CP = "child_process"
_SHELLS = ("sh", "bash", "zsh", "/bin/sh", "/bin/bash", "/usr/bin/bash", "cmd", "cmd.exe", "powershell")
_FILE = ("execFile", "execFileSync", "spawn", "spawnSync", "fork")
_NO_SHELL = (None, False)

MODELS: tuple[Model, ...] = (
    *(Sink("command", f"{_CP}.{name}", (0,), cwe="CWE-78") for name in ("exec", "execSync")),
    # Without a shell the program itself must be chosen; with one every argument is read by it.
    *(Sink("command", f"{_CP}.{name}", (0,), part="whole", cwe="CWE-78") for name in _FILE),
    *(
        Sink("command", f"{_CP}.{name}", (0, 1), (Test(f"{options}.shell", "is-not", _NO_SHELL),
             Test(f"{options}.shell", "present")), cwe="CWE-78")
        for name in _FILE[:-1] for options in (1, 2)
    ),
    *(Sink("command", f"{_CP}.{name}", (1,), (Test(0, "is", _SHELLS),), part="text", cwe="CWE-78") for name in _FILE),
    *(Sink("command", f"{_CP}.{name}", (1,), (Test(0, "is", _SHELLS),), cwe="CWE-78") for name in _FILE[:-1]),
    # A shell that waits for input runs what is written to it.
    *(Makes(f"{_CP}.{name}", f"{_CP}.Shell", when=(Test(0, "is", _SHELLS),)) for name in ("spawn", "execFile")),
    Sink("command", f"{_CP}.Shell.stdin.write", (0,), cwe="CWE-78"),
    Sink("command", f"{_CP}.Shell.stdin.end", (0,), cwe="CWE-78"),
    Misuse("command", "net.Socket.pipe", "a shell runs what the other side of a connection sends",
           (Test(0, "of-type", (f"{_CP}.Shell.stdin",)),), cwe="CWE-78"),
    Calls(f"{_CP}.exec", 1), Calls(f"{_CP}.exec", 2), Calls(f"{_CP}.execFile", 3),
    # Packages.
    *(Sink("command", f"execa.{name}", (0,), cwe="CWE-78")
      for name in ("command", "commandSync", "execaCommand", "execaCommandSync")),
    *(Sink("command", name, (0,), part="whole", cwe="CWE-78")
      for name in ("execa", "execa.execa", "execa.sync", "execa.execaSync", "cross-spawn", "cross-spawn.spawn",
                   "cross-spawn.sync", "node-pty.spawn")),
    *(Sink("command", name, (0, 1), (Test("2.shell", "is", (True,)),), cwe="CWE-78")
      for name in ("execa", "execa.execa", "cross-spawn", "cross-spawn.spawn")),
    Sink("command", "shelljs.exec", (0,), cwe="CWE-78"),
    Sink("command", "child-process-promise.exec", (0,), cwe="CWE-78"),
    Sink("command", "child-process-promise.spawn", (0,), part="whole", cwe="CWE-78"),
    Sink("command", "promisify-child-process.exec", (0,), cwe="CWE-78"),
    Sink("command", "node-cmd.run", (0,), cwe="CWE-78"), Sink("command", "node-cmd.runSync", (0,), cwe="CWE-78"),
    Sink("command", "node-cmd.get", (0,), cwe="CWE-78"),
    Sink("command", "sudo-prompt.exec", (0,), cwe="CWE-78"),
    *(Sink("command", f"ssh2.Client.{name}", (0,), cwe="CWE-78") for name in ("exec",)),
    Sink("command", "node-ssh.NodeSSH.execCommand", (0,), cwe="CWE-78"),
    # Cures: words of a shell.
    Cure("shell-quote.quote", ("command",), quoted="outside"),
    Cure("shell-escape", ("command",), quoted="outside"),
    Cure("shellescape", ("command",), quoted="outside"),
    Cure("any-shell-escape", ("command",), quoted="outside"),
    Cure("shescape.quote", ("command",), quoted="outside"),
    Cure("shescape.Shescape.quote", ("command",), quoted="outside"),
)  # fmt: skip
