"""Which file holds a function's handler, and what it is called there.

Only names of files are asked for (`Tree.size`) and, for an image, its Dockerfile: nothing is parsed, nothing runs,
and no path leaves the root. What is built elsewhere (`dist/app.js`, `target/app.jar`) is looked for where such builds
take it from.

Sources: Lambda developer guide, "Define Lambda function handler in Python / Node.js / Java / C# / Go / Ruby / Rust";
Azure Functions developer guide ("scriptFile", "entryPoint"); Google Cloud documentation, "Write Cloud Run functions"
("Source directory structure").
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from casemate.model.pattern import late
from casemate.model.value import Fields, Items, Literal, Value, display, text_of
from casemate.sources.tree import folder_of, inside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casemate.model.function import Function
    from casemate.model.resource import Stack
    from casemate.sources.tree import Tree


class Handler(NamedTuple):
    """`path`: the file, in the tree; `function`: what the platform calls there (`handler`, `App.handleRequest`)."""

    path: str
    function: str


Candidates = tuple[tuple[str, str], ...]
"""(file relative to the code's folder, function), the likeliest first."""

_SCRIPTS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx")
_ARCHIVES = (".zip", ".jar", ".war", ".whl", ".tar.gz")
_SOURCE_FOR = {
    "dist": ("src", "lib", ""), "build": ("src", ""), "lib": ("src", ""), "out": ("src", ""), ".build": ("src", ""),
    "target": ("src", ""), "bin": ("cmd", "src", "functions", ""),
}  # fmt: skip
"""Folder of built code -> where what it is built from may stand."""
_JVM = (("java", ".java"), ("kotlin", ".kt"), ("scala", ".scala"), ("groovy", ".groovy"))
_COMMAND = late(r"^\s*CMD\s+(.+?)\s*$", re.IGNORECASE | re.MULTILINE)
_COPY = late(r"^\s*(?:COPY|ADD)\s+(.+?)\s*$", re.IGNORECASE | re.MULTILINE)
_WORD = late(r'"([^"]*)"|\'([^\']*)\'|([^\s,\[\]"\']+)')
_GENERATED = late(r"_\w+_Generated$")
_MAX_TRIES = 400


def handler_file(function: Function, tree: Tree, stack: Stack) -> Handler | None:
    """The file and function that the platform calls, or None when it is inline, not in the tree, or not known."""
    if function.code.inline is not None and function.kind == "lambda":
        return None
    tries = 0
    for folder, candidates in _places(function, tree, stack):
        for relative, name in candidates:
            path = inside(folder, relative)
            tries += 1
            if tries > _MAX_TRIES:
                return None
            if path is not None and tree.size(path) is not None:
                return Handler(path, name)
    return _declaring(function, tree, stack)


def _declaring(function: Function, tree: Tree, stack: Stack) -> Handler | None:
    """The C# file below the code's folder that declares the handler's class, whatever the file is called."""
    text = _handler_text(function, tree, stack) if function.kind == "lambda" else None
    class_, _, method = (text or "").partition("::")[2].partition("::")
    short = _GENERATED.sub("", class_).rpartition(".")[2]
    if not method or not short.isidentifier():
        return None
    declares = re.compile(rf"\bclass\s{{1,20}}{short}\b".encode())
    folders = [folder for folder, file in _roots(function, tree, stack) if file is None]
    below = tuple(f"{folder}/" if folder else "" for folder in folders)
    files = tree.paths(lambda path: path.endswith(".cs") and path.startswith(below))
    for path in islice(files, _MAX_TRIES):
        if declares.search(tree.head(path, 200_000) or b""):
            return Handler(path, f"{short}.{method}")
    return None


def _places(function: Function, tree: Tree, stack: Stack) -> Iterator[tuple[str, Candidates]]:
    """(folder, candidates in it), the likeliest first."""
    if function.kind == "azure-function":
        yield from _azure(function, stack)
        return
    text = _handler_text(function, tree, stack)
    if text is None:
        return
    runtime = _first(function.runtime.values()) or ""
    if function.kind in {"google-function", "cloud-run"}:
        found = _google(text, runtime)
    else:
        found = tuple(_lambda(text, runtime))
    metadata = function.resource.metadata
    points = _texts(metadata, "BuildProperties", "EntryPoints")
    for folder, file in _roots(function, tree, stack):
        if file is not None:
            names = [name for _, name in found]
            yield folder, ((file, names[0] if names else text.rpartition(".")[2]),)
        for point in points:
            yield folder, ((point, text.rpartition(".")[2]),)
        if runtime.startswith("provided"):
            yield folder, tuple(_rust(folder, tree, _text(metadata, "BuildProperties", "Binary")))
        yield folder, found
    if function.code.image is not None or not runtime:
        for folder in _copied(function, tree, stack):
            yield folder, found


# -- where the code is
def _roots(function: Function, tree: Tree, stack: Stack) -> Iterator[tuple[str, str | None]]:
    """(folder, the one file that is packed, if so) of everything the code may be taken from."""
    asset = _text(function.resource.metadata, "aws:asset:path") or _text(function.resource.metadata, "DockerContext")
    given = [asset] if asset else []
    if not asset and function.code.uri is not None:
        given = [uri for uri in function.code.uri.values() if "${" not in uri and "://" not in uri]
    for uri in given:
        path = inside(stack.root, uri)
        if path is None:
            continue
        if path.endswith(_ARCHIVES):
            yield from ((folder, None) for folder in _around(folder_of(path)))
        elif tree.size(path) is not None:
            yield folder_of(path), path.rpartition("/")[2]
        else:
            yield path, None
    if not given or all(uri.endswith(_ARCHIVES) for uri in given):
        yield stack.root, None


def _around(folder: str) -> Iterator[str]:
    """The folder of an archive, and where it may have been packed from."""
    yield folder
    parts = folder.split("/") if folder else []
    for number in range(len(parts) - 1, -1, -1):
        for source in _SOURCE_FOR.get(parts[number], ()):
            yield "/".join(part for part in (*parts[:number], source) if part)


# -- what the platform calls
def _handler_text(function: Function, tree: Tree, stack: Stack) -> str | None:
    application = _text(function.resource.metadata, "application")
    if application and function.resource.dialect == "zappa":
        return application
    if function.code.handler is not None:
        return _first([text for text in function.code.handler.values() if text and "${" not in text])
    if function.kind != "lambda":
        return None
    image = function.resource.properties.get("ImageConfig")
    command = _texts(image, "Command")
    if command:
        return command[0]
    return _image_command(function, tree, stack)


def _image_command(function: Function, tree: Tree, stack: Stack) -> str | None:
    """The first word of the last `CMD` of the function's Dockerfile."""
    _, text = _dockerfile(function, tree, stack)
    commands = _COMMAND.findall(text)
    words = _WORD.findall(commands[-1]) if commands else []
    return _first(["".join(word) for word in words])


def _dockerfile(function: Function, tree: Tree, stack: Stack) -> tuple[str, str]:
    """The build context, and the text of the Dockerfile that the metadata names (SAM, CDK); else empty texts."""
    metadata = function.resource.metadata
    context = _text(metadata, "DockerContext") or _text(metadata, "aws:asset:path")
    folder = inside(stack.root, context) if context else None
    if folder is None:
        return "", ""
    file = _text(metadata, "Dockerfile") or _text(metadata, "aws:asset:dockerfile-path") or "Dockerfile"
    path = inside(folder, file)
    data = tree.head(path, 65_536) if path is not None else None
    return folder, (data or b"").decode("utf-8", "replace")


def _copied(function: Function, tree: Tree, stack: Stack) -> Iterator[str]:
    """Folders of the build context that an image takes files from (`COPY workflow/app.py ${LAMBDA_TASK_ROOT}/`)."""
    context, text = _dockerfile(function, tree, stack)
    for line in _COPY.findall(text):
        words = ["".join(word) for word in _WORD.findall(line)]
        for source in words[:-1]:
            path = inside(context, source) if not source.startswith("--") else None
            if path is not None:
                last = path.rpartition("/")[2]
                yield folder_of(path) if "." in last or "*" in last else path


def _rust(folder: str, tree: Tree, wanted: str | None) -> Iterator[tuple[str, str]]:
    """The binaries of a Cargo package; the one that the build names, where it does."""
    path = inside(folder, "Cargo.toml")
    data = tree.head(path, 65_536) if path is not None else None
    if not data:
        return
    import tomllib

    try:
        manifest = tomllib.loads(data.decode("utf-8", "replace"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    bins = manifest.get("bin")
    listed = [entry for entry in bins if isinstance(entry, dict)] if isinstance(bins, list) else []
    chosen = [entry for entry in listed if entry.get("name") == wanted] if wanted else listed
    if wanted:
        yield f"src/bin/{wanted}.rs", "main"
    for entry in chosen if wanted or len(listed) == 1 else ():
        file = entry.get("path") or f"src/bin/{entry.get('name')}.rs"
        yield str(file), "main"


def _lambda(handler: str, runtime: str) -> Iterator[tuple[str, str]]:
    """By the runtime; where that is not known (an image, a variable), by the shape of the text."""
    word = runtime.lower()
    for prefix, candidates in _LANGUAGES:
        if word.startswith(prefix):
            yield from candidates(handler)
            return
    if "::" in handler:
        yield from (*_java(handler), *_dotnet(handler))
    elif "." in handler:
        yield from (*_python(handler), *_node(handler), *_ruby(handler), *_java(handler))
    else:
        yield from (*_go(handler), *_java(handler))


def _python(handler: str) -> Iterator[tuple[str, str]]:
    """`package/module.function`, dots also between packages."""
    module, _, name = handler.rpartition(".")
    if not module or not name:
        return
    path = module.replace(".", "/")
    yield f"{path}.py", name
    yield f"{path}/__init__.py", name
    for source in _from_source(path):
        yield f"{source}.py", name


def _node(handler: str) -> Iterator[tuple[str, str]]:
    """`folder/file.export`: the file ends at the first dot after the last slash."""
    folder, slash, last = handler.rpartition("/")
    file, _, name = last.partition(".")
    if not file:
        return
    path = f"{folder}{slash}{file}"
    for place in (path, *_from_source(path)):
        for suffix in _SCRIPTS:
            yield f"{place}{suffix}", name or "handler"
    for suffix in _SCRIPTS:
        yield f"{path}/index{suffix}", name or "handler"


def _ruby(handler: str) -> Iterator[tuple[str, str]]:
    file, _, name = handler.partition(".")
    if file and name:
        yield f"{file}.rb", name.replace("::", ".")


def _java(handler: str) -> Iterator[tuple[str, str]]:
    """`package.Class::method`; a class that implements Lambda's interface needs no method."""
    class_, _, method = handler.partition("::")
    class_, _, inner = class_.partition("$")
    short = class_.rpartition(".")[2]
    name = f"{inner or short}.{method or 'handleRequest'}"
    path = class_.replace(".", "/")
    for language, suffix in _JVM:
        yield f"src/main/{language}/{path}{suffix}", name
    for language, suffix in _JVM:
        yield f"app/src/main/{language}/{path}{suffix}", name
        yield f"src/{path}{suffix}", name
        yield f"{path}{suffix}", name
        yield f"{short}{suffix}", name


def _dotnet(handler: str) -> Iterator[tuple[str, str]]:
    """`Assembly::Namespace.Class::Method`; an assembly alone is a program with top-level statements."""
    assembly, _, rest = handler.partition("::")
    if not rest:
        for folder in ("", f"{assembly}/", "src/", f"src/{assembly}/"):
            yield f"{folder}Program.cs", "Main"
            yield f"{folder}Function.cs", "Main"
        return
    class_, _, method = rest.partition("::")
    class_ = _GENERATED.sub("", class_)
    short = class_.rpartition(".")[2]
    below = class_.removeprefix(f"{assembly}.").replace(".", "/")
    for folder in ("", f"{assembly}/", "src/", f"src/{assembly}/"):
        for suffix in (".cs", ".fs"):
            for file in dict.fromkeys((short, below, "Function", "Functions", f"{short}Handler")):
                yield f"{folder}{file}{suffix}", f"{short}.{method}"


def _go(handler: str) -> Iterator[tuple[str, str]]:
    """A program: its handler is what `main` registers.

    `bootstrap` says nothing of where it was built from; also Rust's are built so.
    """
    last = handler.rpartition("/")[2]
    yield "main.go", "main"
    yield "src/main.rs", "main"
    for folder in dict.fromkeys((handler, last, f"cmd/{last}", f"functions/{last}", f"src/{last}")):
        yield f"{folder}/main.go", "main"
    yield f"{last}.go", "main"
    yield f"cmd/{last}.go", "main"
    yield f"src/bin/{last}.rs", "main"
    for file in ("src/main.go", "cmd/main.go", "lambda.go", "function.go", "handler.go", "app.go"):
        yield file, "main"


_LANGUAGES: tuple[tuple[str, Callable[[str], Iterator[tuple[str, str]]]], ...] = (
    ("python", _python), ("nodejs", _node), ("java", _java), ("dotnet", _dotnet), ("ruby", _ruby), ("go", _go),
    ("provided", _go),
)  # fmt: skip


def _from_source(path: str) -> Iterator[str]:
    """The same module among the sources, where it is named among what is built."""
    parts = path.split("/")
    for number, part in enumerate(parts[:-1]):
        for source in _SOURCE_FOR.get(part, ()):
            yield "/".join(piece for piece in (*parts[:number], source, *parts[number + 1 :]) if piece)


# -- the other clouds
def _azure(function: Function, stack: Stack) -> Iterator[tuple[str, Candidates]]:
    """`scriptFile` and `entryPoint`, relative to the function's own folder; else the language's usual file."""
    properties = function.resource.properties
    config = properties.get("config")
    inner = properties.get("properties")
    if config is None and isinstance(inner, Fields):
        config = inner.get("config")
    said = config if isinstance(config, Fields) else properties
    script, entry = _text(said, "scriptFile"), _text(said, "entryPoint")
    folder = inside(stack.root, _first(function.code.uri.values()) or "") if function.code.uri is not None else None
    if folder is None:
        folder = inside(stack.root, function.resource.name)
    if folder is None:
        return
    if script and script.endswith(".dll"):
        class_, _, method = (entry or "").rpartition(".")
        short = class_.rpartition(".")[2]
        yield stack.root, tuple((f"{file}.cs", f"{short}.{method}") for file in (short, function.name) if file)
        return
    if script:
        name = entry or ("main" if script.endswith(".py") else "default")
        yield folder, ((script, name),)
        stem = script.rpartition(".")[0]
        yield folder, tuple((f"{place}{suffix}", name) for place in _from_source(stem) for suffix in _SCRIPTS)
    yield folder, (("__init__.py", entry or "main"), *((f"index{suffix}", entry or "default") for suffix in _SCRIPTS))
    yield folder, ((f"{function.name}.js", entry or "default"), ("run.ps1", "run"), ("run.csx", "Run"))


def _google(entry: str, runtime: str) -> Candidates:
    """The file that each runtime starts from."""
    word = runtime.lower()
    last = entry.rpartition(".")[2]
    names: list[str] = []
    if word.startswith("python") or not word:
        names.append("main.py")
    if word.startswith("nodejs") or not word:
        names.extend(
            f"{stem}{suffix}" for stem in ("index", "function", "src/index", "src/function") for suffix in _SCRIPTS
        )
    if word.startswith("go") or not word:
        names.extend(("function.go", "main.go", "functions.go", f"{last.lower()}.go", "cmd/main.go"))
    if word.startswith("java"):
        path = entry.replace(".", "/")
        names.extend(f"src/main/{language}/{path}{suffix}" for language, suffix in _JVM)
    if word.startswith("dotnet"):
        names.extend((f"{last}.cs", "Function.cs"))
    if word.startswith("ruby"):
        names.append("app.rb")
    if word.startswith("php"):
        names.append("index.php")
    return tuple((name, last if word.startswith(("java", "dotnet")) else entry) for name in names)


# -- reading
def _first(texts: list[str] | list[str | None]) -> str | None:
    return next((text for text in texts if text), None)


def _text(value: Value | None, *keys: str) -> str | None:
    for key in keys:
        value = value.get(key) if isinstance(value, Fields) else None
    return text_of(value)


def _texts(value: Value | None, *keys: str) -> list[str]:
    for key in keys:
        value = value.get(key) if isinstance(value, Fields) else None
    if isinstance(value, Items):
        return [display(item) for item in value.items if isinstance(item, Literal)]
    return [display(value)] if isinstance(value, Literal) and value.value else []
