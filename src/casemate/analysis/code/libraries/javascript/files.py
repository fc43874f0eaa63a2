"""Files and paths.

Sources: Node.js documentation, "File system", "Path" (`basename` gives the last portion; `join`, `resolve` and
`normalize` do not keep a path inside of a folder); READMEs of fs-extra, graceful-fs, mkdirp, rimraf, sanitize-filename,
adm-zip, unzipper, tar, decompress.
"""

from __future__ import annotations

from casemate.analysis.code.models import Calls, Cure, Makes, Misuse, Model, Passes, Sink, Test

_ONE = ("readFile", "writeFile", "appendFile", "open", "unlink", "rm", "rmdir", "mkdir", "mkdtemp", "readdir", "stat",
        "lstat", "access", "chmod", "chown", "truncate", "utimes", "exists", "realpath", "readlink", "watch",
        "opendir", "cp")  # fmt: skip
_TWO = ("rename", "copyFile", "link", "symlink", "cp")
_HARMLESS = {"stat", "lstat", "access", "exists", "realpath"}
"""What only says that a file is there."""
_MODULES = ("fs", "fs.promises", "fs/promises", "fs-extra", "graceful-fs", "memfs")
_EXTRA = ("readJson", "writeJson", "readJSON", "writeJSON", "outputFile", "outputJson", "remove", "ensureDir",
          "ensureFile", "emptyDir", "mkdirp", "copy", "move")  # fmt: skip


def _names(name: str) -> tuple[str, ...]:
    return (name, f"{name}Sync")


MODELS: tuple[Model, ...] = (
    *(Sink("path", f"{module}.{form}", (0,), cwe="CWE-22")
      for module in _MODULES for name in _ONE if name not in _HARMLESS for form in _names(name)),
    *(Sink("path", f"{module}.{form}", (1,), cwe="CWE-22")
      for module in _MODULES for name in _TWO for form in _names(name)),
    *(Sink("path", f"{module}.{form}", (0,), cwe="CWE-22")
      for module in _MODULES for name in ("rename", "copyFile") for form in _names(name)),
    *(Sink("path", f"fs-extra.{form}", (0,), cwe="CWE-22") for name in _EXTRA for form in _names(name)),
    *(Sink("path", f"{module}.{name}", (0,), cwe="CWE-22")
      for module in _MODULES for name in ("createReadStream", "createWriteStream", "ReadStream", "WriteStream")),
    *(Calls(f"{module}.{name}", position) for module in ("fs", "fs-extra", "graceful-fs")
      for name in ("readFile", "writeFile", "appendFile", "readdir", "stat", "unlink", "mkdir", "access", "exists")
      for position in (1, 2, 3)),
    # A file in the temporary folder is there at the next call, which may be another caller's.
    *(Sink("tmp-reuse", f"{module}.{form}", (1,), (Test(0, "matches", ("/tmp",)),), confidence="low", cwe="CWE-377")  # noqa: S108 - a model names it
      for module in _MODULES for name in ("writeFile", "appendFile") for form in _names(name)),
    *(Misuse("tmp-reuse", f"{module}.{form}", "a file in the temporary folder outlives the call",
             (Test(0, "matches", ("/tmp",)), Test(1, "not-constant")), confidence="low", cwe="CWE-377")  # noqa: S108 - a model names it
      for module in _MODULES for name in ("writeFile", "appendFile") for form in _names(name)),
    Sink("path", "rimraf", (0,), cwe="CWE-22"), Sink("path", "rimraf.sync", (0,), cwe="CWE-22"),
    Sink("path", "mkdirp", (0,), cwe="CWE-22"), Sink("path", "mkdirp.sync", (0,), cwe="CWE-22"),
    Sink("path", "del", (0,), cwe="CWE-22"), Sink("path", "glob.sync", (0,), confidence="medium", cwe="CWE-22"),
    # Archives whose entries choose where they are written.
    Makes("adm-zip", "adm-zip.AdmZip"),
    Sink("path", "tar.x", ("0.file", "0.cwd"), cwe="CWE-22"), Sink("path", "tar.extract", ("0.file",), cwe="CWE-22"),
    # The last portion of a path has no separator in it.
    Cure("path.basename", ("path", "dynamic-import")), Cure("path.posix.basename", ("path",)),
    Cure("path.win32.basename", ("path",)),
    Cure("sanitize-filename", ("path",)), Cure("filenamify", ("path",)), Cure("filenamify.default", ("path",)),
    Passes("path.extname"), Passes("path.posix.extname"),
    # What is in a file was not chosen by whoever chose the file.
    *(Passes(f"{module}.{form}") for module in _MODULES for name in ("readFile", "readdir", "stat", "lstat", "access")
      for form in _names(name)),
    *(Passes(f"{module}.createReadStream") for module in _MODULES),
    *(Passes(f"path.{name}", ("*",)) for name in ("join", "resolve", "normalize", "relative", "format", "dirname")),
)  # fmt: skip
