"""Files and folders chosen by name, archives that choose names themselves, and what makes a name harmless.

Sources: Python documentation, "open", "os" (Files and Directories), "os.path", "shutil", "pathlib", "io", "codecs",
"linecache", "fileinput", "glob", "tempfile", "zipfile", "tarfile" (Extraction filters, PEP 706); Werkzeug `utils`.
"""

from __future__ import annotations

from casemate.analysis.code.models import Cure, Makes, Misuse, Model, Passes, Sink, Source, Test

_OS = [
    "open",
    "remove",
    "unlink",
    "rmdir",
    "removedirs",
    "mkdir",
    "makedirs",
    "mknod",
    "mkfifo",
    "listdir",
    "scandir",
    "walk",
    "fwalk",
    "chmod",
    "chown",
    "lchown",
    "truncate",
    "readlink",
    "utime",
    "chdir",
    "chroot",
    "statvfs",
]
_OS_TWO = ("rename", "renames", "replace", "link", "symlink")
_COPIES = ("copy", "copy2", "copyfile", "copytree", "move")
_PATH_METHODS = [
    "open",
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
    "unlink",
    "rmdir",
    "mkdir",
    "touch",
    "iterdir",
    "glob",
    "rglob",
    "walk",
    "chmod",
    "symlink_to",
    "hardlink_to",
    "readlink",
]
_SAME = ("expanduser", "joinpath", "with_suffix", "with_name", "with_stem", "parent")

MODELS: tuple[Model, ...] = (
    *(
        Sink("path", name, (0, "file"), cwe="CWE-22")
        for name in ("open", "builtins.open", "io.open", "io.open_code", "io.FileIO", "file")
    ),
    Sink("path", "codecs.open", (0, "filename"), cwe="CWE-22"),
    *(
        Sink("path", f"{module}.open", (0, "filename"), cwe="CWE-22")
        for module in ("gzip", "bz2", "lzma", "tokenize", "wave", "dbm", "shelve", "aiofiles", "anyio")
    ),
    *(Sink("path", f"os.{name}", (0, "path"), cwe="CWE-22") for name in _OS),
    *(Sink("path", f"os.{name}", (0, "src", 1, "dst"), cwe="CWE-22") for name in _OS_TWO),
    *(Sink("path", f"shutil.{name}", (0, "src", 1, "dst"), cwe="CWE-22") for name in _COPIES),
    Sink("path", "shutil.rmtree", (0, "path"), cwe="CWE-22"),
    Sink("path", "shutil.make_archive", (0, "base_name", 2, "root_dir"), cwe="CWE-22"),
    Sink("path", "shutil.unpack_archive", (1, "extract_dir"), cwe="CWE-22"),
    Sink("path", "shutil.chown", (0, "path"), cwe="CWE-22"),
    Sink("path", "linecache.getline", (0, "filename"), cwe="CWE-22"),
    Sink("path", "linecache.getlines", (0, "filename"), cwe="CWE-22"),
    Sink("path", "fileinput.input", (0, "files"), cwe="CWE-22"),
    Sink("path", "fileinput.FileInput", (0, "files"), cwe="CWE-22"),
    Sink("path", "glob.glob", (0, "pathname"), confidence="medium", cwe="CWE-22"),
    Sink("path", "glob.iglob", (0, "pathname"), confidence="medium", cwe="CWE-22"),
    Sink("path", "tempfile.NamedTemporaryFile", ("dir", "prefix", "suffix"), cwe="CWE-22"),
    Sink("path", "tempfile.mkstemp", (0, "suffix", 1, "prefix", 2, "dir"), cwe="CWE-22"),
    Sink("path", "tempfile.mkdtemp", (0, "suffix", 1, "prefix", 2, "dir"), cwe="CWE-22"),
    Sink("path", "numpy.load", (0, "file"), cwe="CWE-22"),
    *(
        Sink("path", f"os.{name}", (0, "path"), confidence="medium", cwe="CWE-22")
        for name in ("stat", "lstat", "access", "path.exists", "path.lexists", "path.isfile", "path.isdir")
    ),
    *(
        Sink("path", f"os.path.{name}", (0, "filename"), confidence="medium", cwe="CWE-22")
        for name in ("getsize", "getmtime", "getctime", "getatime")
    ),
    # pathlib: the object carries the name.
    Makes("pathlib.WindowsPath", "pathlib.Path"),
    *(Makes(f"pathlib.{name}", "pathlib.PurePath") for name in ("PurePosixPath", "PureWindowsPath")),
    *(Makes(f"pathlib.{kind}.{name}", f"pathlib.{kind}") for kind in ("Path", "PurePath") for name in _SAME),
    *(Makes(f"pathlib.Path.{name}", "pathlib.Path") for name in ("cwd", "home")),
    *(Sink("path", f"pathlib.Path.{name}", ("self",), cwe="CWE-22") for name in _PATH_METHODS),
    *(Sink("path", f"pathlib.Path.{name}", ("self", 0, "target"), cwe="CWE-22") for name in ("rename", "replace")),
    *(
        Sink("path", f"pathlib.Path.{name}", ("self",), confidence="medium", cwe="CWE-22")
        for name in ("exists", "is_file", "is_dir", "stat", "lstat")
    ),
    *(
        Cure(f"pathlib.{kind}.{name}", ("path",), argument="self")
        for kind in ("Path", "PurePath")
        for name in ("name", "stem", "suffix")
    ),
    # Archives: their members say where they go.
    Makes("zipfile.ZipFile", "zipfile.ZipFile"),
    Makes("tarfile.open", "tarfile.TarFile"),
    Makes("tarfile.TarFile", "tarfile.TarFile"),
    Makes("tarfile.TarFile.open", "tarfile.TarFile"),
    Sink("path", "zipfile.ZipFile", (0, "file"), cwe="CWE-22"),
    Sink("path", "tarfile.open", (0, "name"), cwe="CWE-22"),
    Sink("path", "zipfile.ZipFile.extractall", (0, "path"), cwe="CWE-22"),
    Sink("path", "zipfile.ZipFile.extract", (1, "path"), cwe="CWE-22"),
    Sink("path", "zipfile.ZipFile.write", (0, "filename"), cwe="CWE-22"),
    Sink("path", "tarfile.TarFile.add", (0, "name"), cwe="CWE-22"),
    *(
        Sink(
            "path",
            f"tarfile.TarFile.{name}",
            ("self", 0, "path"),
            (test,),
            cwe="CWE-22",
        )
        for name in ("extractall", "extract")
        for test in (Test("filter", "absent"), Test("filter", "is", ("fully_trusted", "tarfile.fully_trusted_filter")))
    ),
    # Names made harmless.
    *(
        Cure(name, ("path",))
        for name in (
            "posixpath.basename",
            "werkzeug.utils.secure_filename",
            "werkzeug.secure_filename",
            "pathvalidate.sanitize_filename",
            "werkzeug.utils.safe_join",
            "werkzeug.security.safe_join",
            "flask.safe_join",
            "django.utils._os.safe_join",
            "django.utils.text.get_valid_filename",
            "slugify.slugify",
            "django.utils.text.slugify",
        )
    ),
    *(Cure(name, ()) for name in ("slugify.slugify", "django.utils.text.slugify")),
    *(Passes(f"os.path.{name}", ("*",)) for name in ("expanduser", "expandvars")),
    *(Passes(f"os.path.{name}", (0,)) for name in ("split", "splitext", "dirname", "normcase")),
    *(Passes(f"os.path.{name}", ()) for name in ("islink", "getmtime", "ismount")),
    *(
        Passes(f"os.{name}", ())
        for name in ("stat", "access", "makedirs", "mkdir", "remove", "unlink", "chdir", "getcwd")
    ),
    # What a file holds is not what chose the file.
    *(
        Passes(name, ())
        for name in ("open", "builtins.open", "io.open", "codecs.open", "os.listdir", "os.open", "glob.glob")
    ),
    *(Passes(f"pathlib.Path.{name}", ()) for name in ("read_text", "read_bytes", "open", "stat")),
    # A file in the temporary folder is there at the next call, which may be another caller's.
    *(
        Makes(name, "file.temporary", when=(Test(0, "matches", ("/tmp/",)),))  # noqa: S108 - a model names it
        for name in ("open", "builtins.open", "io.open", "codecs.open")
    ),
    *(
        Sink("tmp-reuse", f"file.temporary.{name}", (0,), confidence="low", cwe="CWE-377")
        for name in ("write", "writelines")
    ),
    *(
        Sink("tmp-reuse", name, (0,), (Test(1, "of-type", ("file.temporary",)),), confidence="low", cwe="CWE-377")
        for name in ("json.dump", "pickle.dump", "yaml.dump")
    ),
    Misuse(
        "tmp-reuse",
        "file.temporary.write",
        "a file in the temporary folder outlives the call",
        (Test(0, "not-constant"),),
        confidence="low",
        cwe="CWE-377",
    ),
    # From outside of the function, but not from whoever calls it.
    *(Source(name, "the command line", "local") for name in ("sys.argv", "input", "builtins.input", "raw_input")),
    Source("sys.stdin", "standard input", "local"),
    # Names that another process can guess (Python documentation, tempfile: "Deprecated functions").
    *(
        Misuse("tmp-reuse", name, "another process can create the file first", cwe="CWE-377")
        for name in ("tempfile.mktemp", "os.tempnam", "os.tmpnam")
    ),
)
