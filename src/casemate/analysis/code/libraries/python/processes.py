"""Commands and other processes: the standard library, and the packages that run things here or on another host.

Sources: Python documentation, "subprocess" (Security Considerations), "os" (Process Management), "shlex", "pty",
"asyncio Subprocesses"; Paramiko, Fabric, Invoke, Pexpect, sh API references.
"""

from __future__ import annotations

from casemate.analysis.code.models import Cure, Makes, Misuse, Model, Sink, Test

_SHELL = Test("shell", "is", (True, 1), maybe=False)
_RUN = ("run", "call", "check_call", "check_output", "Popen")
_SPAWN = ("spawnl", "spawnle", "spawnlp", "spawnlpe", "spawnv", "spawnve", "spawnvp", "spawnvpe")
_EXEC = ("execl", "execle", "execlp", "execlpe", "execv", "execve", "execvp", "execvpe", "posix_spawn", "posix_spawnp")

MODELS: tuple[Model, ...] = (
    # A shell reads the text.
    Sink("command", "os.system", (0, "command"), cwe="CWE-78"),
    Sink("command", "os.popen", (0, "cmd"), cwe="CWE-78"),
    *(
        Sink("command", f"{module}.{name}", (0, "cmd"), cwe="CWE-78")
        for module, names in (
            ("subprocess", ("getoutput", "getstatusoutput")),
            ("commands", ("getoutput", "getstatusoutput", "getstatus")),
            ("popen2", ("popen2", "popen3", "popen4")),
            ("os", ("popen2", "popen3", "popen4")),
            ("platform", ("popen",)),
        )
        for name in names
    ),
    *(Sink("command", f"subprocess.{name}", (0, "args"), (_SHELL,), cwe="CWE-78") for name in _RUN),
    # No shell: whoever chooses the program, or the script that a shell in the list is given, runs commands.
    *(Sink("command", f"subprocess.{name}", (0, "args"), part="whole", cwe="CWE-78") for name in _RUN),
    *(Sink("command", f"subprocess.{name}", ("executable",), part="whole", cwe="CWE-78") for name in _RUN),
    *(Sink("command", f"os.{name}", (1, "file", "path"), part="whole", cwe="CWE-78") for name in _SPAWN),
    *(Sink("command", f"os.{name}", (0, "file", "path"), part="whole", cwe="CWE-78") for name in _EXEC),
    Sink("command", "os.startfile", (0, "path"), part="whole", cwe="CWE-78"),
    Sink("command", "pty.spawn", (0, "argv"), part="whole", cwe="CWE-78"),
    Sink("command", "asyncio.create_subprocess_shell", (0, "cmd"), cwe="CWE-78"),
    Sink("command", "asyncio.subprocess.create_subprocess_shell", (0, "cmd"), cwe="CWE-78"),
    Sink("command", "asyncio.create_subprocess_exec", (0, "program"), part="whole", cwe="CWE-78"),
    Sink("command", "asyncio.subprocess.create_subprocess_exec", (0, "program"), part="whole", cwe="CWE-78"),
    Makes("asyncio.get_event_loop", "asyncio.AbstractEventLoop"),
    Makes("asyncio.get_running_loop", "asyncio.AbstractEventLoop"),
    Makes("asyncio.new_event_loop", "asyncio.AbstractEventLoop"),
    Sink("command", "asyncio.AbstractEventLoop.subprocess_shell", (1, "cmd"), cwe="CWE-78"),
    Sink("command", "asyncio.AbstractEventLoop.subprocess_exec", (1,), part="whole", cwe="CWE-78"),
    Sink("command", "anyio.run_process", (0, "command"), confidence="medium", cwe="CWE-78"),
    Sink("command", "trio.run_process", (0, "command"), (_SHELL,), cwe="CWE-78"),
    # Cures: a word of a shell, outside of quotes.
    Cure("shlex.quote", ("command",), quoted="outside"),
    Cure("pipes.quote", ("command",), quoted="outside"),
    Cure("shlex.join", ("command",), quoted="outside"),
    # Packages.
    *(Sink("command", f"pexpect.{name}", (0, "command"), cwe="CWE-78") for name in ("spawn", "spawnu", "run", "runu")),
    Sink("command", "sh.Command", (0,), part="whole", cwe="CWE-78"),
    Sink("command", "delegator.run", (0, "command"), cwe="CWE-78"),
    Sink("command", "envoy.run", (0, "command"), cwe="CWE-78"),
    Sink("command", "invoke.run", (0, "command"), cwe="CWE-78"),
    Sink("command", "invoke.sudo", (0, "command"), cwe="CWE-78"),
    Makes("invoke.Context", "invoke.Context"),
    Makes("invoke.context.Context", "invoke.Context"),
    Makes("fabric.Connection", "fabric.Connection"),
    Makes("fabric.connection.Connection", "fabric.Connection"),
    *(
        Sink("command", f"{type_}.{name}", (0, "command"), cwe="CWE-78")
        for type_ in ("invoke.Context", "fabric.Connection")
        for name in ("run", "sudo", "local")
    ),
    *(Sink("command", f"fabric.api.{name}", (0, "command"), cwe="CWE-78") for name in ("run", "sudo", "local")),
    Makes("paramiko.SSHClient", "paramiko.SSHClient"),
    Makes("paramiko.client.SSHClient", "paramiko.SSHClient"),
    Sink("command", "paramiko.SSHClient.exec_command", (0, "command"), cwe="CWE-78"),
    Sink("ssrf", "paramiko.SSHClient.connect", (0, "hostname"), part="whole", cwe="CWE-918"),
    Makes("paramiko.SSHClient.get_transport", "paramiko.Transport"),
    Makes("paramiko.Transport.open_session", "paramiko.Channel"),
    Sink("command", "paramiko.Channel.exec_command", (0, "command"), cwe="CWE-78"),
    *(
        Misuse(
            "tls-off",
            "paramiko.SSHClient.set_missing_host_key_policy",
            "accepts the key of whatever host answers",
            (Test(0, "is", (name,)),),
            cwe="CWE-295",
        )
        for policy in ("AutoAddPolicy", "WarningPolicy")
        for name in (f"paramiko.{policy}", f"paramiko.client.{policy}")
    ),
    *(
        Misuse(
            "tls-off",
            "paramiko.SSHClient.set_missing_host_key_policy",
            "accepts the key of whatever host answers",
            (Test(0, "of-type", (f"paramiko.{policy}",)),),
            cwe="CWE-295",
        )
        for policy in ("AutoAddPolicy", "WarningPolicy")
    ),
    *(
        Makes(f"{module}.{policy}", f"paramiko.{policy}")
        for module in ("paramiko", "paramiko.client")
        for policy in ("AutoAddPolicy", "WarningPolicy")
    ),
    # The environment of what is started from here on.
    Sink("trust-boundary", "os.environ.__setitem__", (0,), confidence="medium", cwe="CWE-454"),
    Sink("trust-boundary", "os.putenv", (0, "key"), confidence="medium", cwe="CWE-454"),
)
