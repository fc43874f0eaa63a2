from __future__ import annotations

import builtins
import importlib
import pkgutil
import sys
from collections import Counter
from typing import get_args

import pytest

from casemate.analysis.code.interpret.builtins_python import FUNCTIONS
from casemate.analysis.code.libraries import python
from casemate.analysis.code.models import Cure, Makes, Misuse, Model, Passes, Sink, Source
from casemate.model.flow import FlowKind

FAMILIES = sorted(name for _, name, _ in pkgutil.iter_modules(python.__path__) if not name.startswith("_"))


def models(family: str) -> tuple[Model, ...]:
    found = importlib.import_module(f"{python.__name__}.{family}").MODELS
    assert isinstance(found, tuple)
    return found


ALL = [model for family in FAMILIES for model in models(family)]
TYPES = {model.type for model in ALL if isinstance(model, Makes)}

GONE = {  # of other versions of Python, or of the C library of one platform
    "cgi", "cgitb", "crypt", "imp", "telnetlib", "pipes", "commands", "popen2", "md5", "sha", "urllib2", "urlparse", "httplib", "Cookie",
    "StringIO", "ConfigParser", "BaseHTTPServer", "cPickle", "raw_input", "execfile", "_testcapi", "_xxsubinterpreters",
}  # fmt: skip
OLD = {  # of another version or platform, of objects rather than of their class, or a type of ours
    "os.popen2", "os.popen3", "os.popen4", "os.tempnam", "os.tmpnam", "os.startfile", "os.lchown", "platform.popen",
    "configparser.SafeConfigParser", "ssl.wrap_socket", "random.binomialvariate", "urllib.quote", "urllib.quote_plus",
    "urllib.unquote", "urllib.unquote_plus", "urllib.urlencode", "urllib.urlopen", "urllib.urlretrieve", "tempfile.mktemp",
    "xml.etree.cElementTree", "pathlib.Path.walk", "pathlib.PosixPath", "pathlib.WindowsPath", "file", "hashlib.Hash",
    "xml.sax.XMLReader", "xml.sax.ExpandingReader", "http.server.ResponseStream", "sqlite3.dbapi2",
    "http.server.BaseHTTPRequestHandler", "http.server.SimpleHTTPRequestHandler", "http.server.CGIHTTPRequestHandler",
}  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_a_tuple_of_models_without_repetitions(family: str) -> None:
    found = models(family)
    assert found
    repeated = [model for model, count in Counter(found).items() if count > 1]
    assert repeated == []


def test_what_is_dangerous_has_a_weakness_and_a_known_kind() -> None:
    for model in ALL:
        if isinstance(model, Sink | Misuse):
            assert model.kind in get_args(FlowKind)
            assert model.cwe, model
        if isinstance(model, Misuse):
            assert model.message[0].islower(), model
            assert not model.message.endswith("."), model
        if isinstance(model, Cure):
            assert set(model.cures) <= set(get_args(FlowKind)), model


def test_what_the_interpreter_knows_exactly_is_not_modelled_besides() -> None:
    """A `Makes` or a `Cure` would win over it, and a `Passes` would never be asked."""
    buffers = {"io.StringIO", "io.BytesIO", "string.Template"}
    twice = {model.callee for model in ALL if isinstance(model, Makes | Cure | Passes) and model.callee in FUNCTIONS}
    assert twice - buffers == set()


def test_methods_of_types_of_ours_belong_to_a_type_that_something_makes() -> None:
    invented = {"jinja2.PlainEnvironment", "jinja2.EscapingTemplate", "xml.sax.ExpandingReader", "hashlib.Hash"}
    assert invented <= TYPES


def test_the_standard_library_has_what_the_models_name() -> None:
    missing = []
    for model in ALL:
        if not isinstance(model, Source | Sink | Misuse | Cure | Passes | Makes) or model.callee.startswith("*"):
            continue
        root = model.callee.partition(".")[0]
        if root in GONE or any(model.callee == old or model.callee.startswith(f"{old}.") for old in OLD):
            continue
        if (root in sys.stdlib_module_names or hasattr(builtins, root)) and not exists(model.callee):
            missing.append(model.callee)
    assert sorted(set(missing)) == []


def exists(name: str) -> bool:
    if name in TYPES or any(name.startswith(f"{type_}.") for type_ in TYPES):
        return True
    parts = name.split(".")
    if hasattr(builtins, parts[0]):
        return len(parts) == 1 or hasattr(getattr(builtins, parts[0]), parts[1])
    for end in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for part in parts[end:]:
            if part.startswith("__") or not hasattr(found, part):
                return part.startswith("__") and found is not None
            found = getattr(found, part)
        return True
    return False
