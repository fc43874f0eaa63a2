"""Built-in functions of Python, and those of its standard library that decide where data goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.analysis.code.interpret import containers, mappings
from casemate.analysis.code.interpret.comparing import guards_for, truth
from casemate.analysis.code.joining import join, known_text, options_of, taint_of, union, unknown
from casemate.analysis.code.labels import EVERY, as_part
from casemate.analysis.code.values import (
    NEVER,
    NONE,
    REST,
    UNKNOWN,
    Cells,
    Class,
    Client,
    Closure,
    Const,
    Environment,
    Instance,
    Mapping,
    Method,
    Partial,
    Sequence,
    Text,
    Thing,
    Value,
    Verdict,
)
from casemate.model.record import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.analysis.code import ir
    from casemate.analysis.code.interpret.applying import Given
    from casemate.analysis.code.interpret.machine import Frame, Machine

    Native = Callable[[Machine, Given, Frame], Value | None]


from casemate.analysis.code.interpret.formats import (
    _PATHS,
    _URLS,
    _all_matches,
    _compile,
    _matches,
    _sub,
    clean,
    decoded,
    dumps,
    encoded,
    first,
    loads,
    number,
    part,
    raising,
    same,
)


def told_as_text(machine: Machine, value: Instance, frame: Frame, node: ir.Expr) -> Value | None:
    """What an object of the project says it is as text: its `__str__`, else its `__repr__`."""
    from casemate.analysis.code.interpret.calling import call

    method = value.cls.find("__str__") or value.cls.find("__repr__")
    return call(machine, method.bound(value), [], {}, frame, node) if isinstance(method, Closure) else None


def _str(machine: Machine, given: Given, frame: Frame) -> Value | None:
    value = first(given)
    if isinstance(value, Instance):
        told = told_as_text(machine, value, frame, given.node)
        if told is not None:
            return told
    if isinstance(value, Const):
        return Const(str(value.value) if not isinstance(value.value, bytes) else value.value.decode("utf-8", "replace"))
    if isinstance(value, Thing) and value.path in {"pathlib.Path", "pathlib.PurePath"}:
        return value.receiver if isinstance(value.receiver, (Text, Const)) else unknown(value.taint, "str")
    if isinstance(value, (Text, Environment)):
        return value
    return unknown(taint_of(value), "str") if given.arguments else Const("")


def _len(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    value = first(given)
    if isinstance(value, Sequence) and value.row.rest is None and value.kind != "set":
        return Const(len(value.row.items))
    if isinstance(value, Const) and isinstance(value.value, (str, bytes)):
        return Const(len(value.value))
    return unknown(sort="int")


def _bool(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    value = first(given)
    known = truth(value)
    return Const(known) if known is not None else value if isinstance(value, Verdict) else unknown(sort="bool")


def _range(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    numbers = [one.value for one in given.arguments if isinstance(one, Const) and isinstance(one.value, int)]
    if len(numbers) == len(given.arguments) and 1 <= len(numbers) <= 3 and (len(numbers) < 3 or numbers[2] != 0):
        span = range(*numbers)
        if len(span) <= 10:
            return Sequence([Const(one) for one in span])
    return Sequence((), unknown(sort="int"))


def listed(kind: str) -> Native:
    """`list`, `tuple`, `set`, `sorted`, `reversed` of an iterable."""

    def function(machine: Machine, given: Given, frame: Frame) -> Value | None:
        from casemate.analysis.code.interpret.members import iterate

        if not given.arguments:
            return Sequence(kind=kind)
        row = iterate(machine, given.arguments[0], frame, given.node.at)
        return Sequence(row.items, row.rest, kind)

    return function


def _sorted(machine: Machine, given: Given, frame: Frame) -> Value | None:
    result = listed("list")(machine, given, frame)
    if isinstance(result, Sequence):
        given.arguments[:] = []
        containers.PYTHON_LIST["sort"](machine, result, given, frame)
    return result


def _reversed(machine: Machine, given: Given, frame: Frame) -> Value | None:
    result = listed("list")(machine, given, frame)
    if isinstance(result, Sequence):
        containers.PYTHON_LIST["reverse"](machine, result, given, frame)
    return result


def _dict(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.members import iterate
    from casemate.analysis.code.interpret.writing import put

    result = Mapping()
    for argument in given.arguments:
        if isinstance(argument, Mapping) or not isinstance(argument, Sequence):
            mappings.PYTHON_MAPPING["update"](machine, result, given, frame)
            return result
        row = iterate(machine, argument, frame, given.node.at)
        for item in (*row.items, *([row.rest] if row.rest is not None else [])):
            if isinstance(item, Sequence) and len(item.row.items) == 2:
                put(machine, result, item.row.items[0], item.row.items[1])
    result.fields.update((REST if key == "**" else key, one) for key, one in given.keywords.items())
    return result


def _enumerate(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.members import iterate

    row = iterate(machine, iterate_source(first(given)), frame, given.node.at)
    items = [Sequence((Const(place), item), kind="tuple") for place, item in enumerate(row.items)]
    rest = None if row.rest is None else Sequence((unknown(sort="int"), row.rest), kind="tuple")
    return Sequence(items, rest)


def iterate_source(value: Value) -> Value:
    """The value itself; a place to say that iterators are what they iterate."""
    return value


def _zip(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.members import iterate

    rows = [iterate(machine, one, frame, given.node.at) for one in given.arguments]
    if rows and all(row.rest is None for row in rows):
        count = min(len(row.items) for row in rows)
        return Sequence([Sequence([row.items[place] for row in rows], kind="tuple") for place in range(count)])
    elements = [union([*row.items, *([row.rest] if row.rest is not None else [])] or [UNKNOWN]) for row in rows]
    return Sequence((), Sequence(elements, kind="tuple"))


def _map(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.calling import call
    from casemate.analysis.code.interpret.members import iterate

    if len(given.arguments) < 2:
        return None
    rows = [iterate(machine, one, frame, given.node.at) for one in given.arguments[1:]]
    if len(rows) == 1 and rows[0].rest is None and len(rows[0].items) <= 12:
        return Sequence([call(machine, given.arguments[0], [item], {}, frame, given.node) for item in rows[0].items])
    elements = [union([*row.items, *([row.rest] if row.rest is not None else [])] or [UNKNOWN]) for row in rows]
    return Sequence((), call(machine, given.arguments[0], elements, {}, frame, given.node))


def _filter(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.members import iterate

    if len(given.arguments) < 2:
        return None
    row = iterate(machine, given.arguments[1], frame, given.node.at)
    element = union([*row.items, *([row.rest] if row.rest is not None else [])] or [UNKNOWN])
    return containers.with_callback(machine, "filter", element, given, frame)


def _next(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.members import iterate

    row = iterate(machine, first(given), frame, given.node.at)
    values = [*row.items[:1], *([row.rest] if row.rest is not None else []), *given.arguments[1:2]]
    return row.items[0] if row.items else union(values or [UNKNOWN])


def _pick(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`max`, `min`, `random.choice`: one of the elements."""
    from casemate.analysis.code.interpret.members import iterate

    if len(given.arguments) > 1:
        return union(given.arguments)
    row = iterate(machine, first(given), frame, given.node.at)
    return union([*row.items, *([row.rest] if row.rest is not None else [])] or [UNKNOWN])


def _isinstance(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    if len(given.arguments) < 2:
        return None
    value, kind = given.arguments[:2]
    names = set()
    kinds = kind.row.items if isinstance(kind, Sequence) else options_of(kind)
    for one in kinds:
        if isinstance(one, Thing) and one.path:
            names.add(one.path)
        elif isinstance(one, Class):
            names.add(one.name)
    if isinstance(value, Const) and names <= _SORTS:
        return Const(value.value.__class__.__name__ in names or (isinstance(value.value, bool) and "int" in names))
    if isinstance(value, (Mapping, Sequence)) and names and names <= _SORTS:
        own = "dict" if isinstance(value, Mapping) else value.kind
        if own in names:
            return Const(True)
        return Const(False) if isinstance(value, Sequence) or value.shape is None else unknown(sort="bool")
    if isinstance(value, Text) and names <= _SORTS:
        return Const("str" in names)
    if names and names <= {"int", "float", "bool", "complex"}:
        return Verdict(guards_for(value.taint, EVERY))
    return unknown(sort="bool")


_SORTS = frozenset({"str", "int", "float", "bool", "bytes", "list", "dict", "tuple", "set", "NoneType"})


def _getattr(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.members import attribute

    if len(given.arguments) < 2:
        return None
    name = known_text(given.arguments[1])
    several = [text for one in options_of(given.arguments[1]) if (text := known_text(one)) is not None]
    if name is None and len(several) > 1 and len(several) == len(options_of(given.arguments[1])):
        chosen = [replace(given, arguments=[given.arguments[0], Const(text)]) for text in several]
        return union([one for each in chosen if (one := _getattr(machine, each, frame)) is not None])
    if name is None and (among := _beginning(machine, given, frame)) is not None:
        return among
    if name is None:
        machine.unfollowed(frame, given.node.at, "a member is looked up by a name that is not known")
        return unknown(as_part(given.taint()))
    receiver = given.arguments[0]
    from casemate.analysis.code.values import Client

    if isinstance(receiver, Mapping) and receiver.path == "namespace" and name in receiver.fields:
        return receiver.fields[name]
    if isinstance(receiver, (Client, Sequence, Mapping)) or (isinstance(receiver, Thing) and not receiver.path):
        return Method(receiver, name)
    found = attribute(machine, receiver, name, frame, given.node.at)
    return join(found, given.arguments[2]) if len(given.arguments) > 2 else found


def _beginning(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`getattr(self, "do_" + name)`: one of the methods of the project's class that begin so; None: that is not it."""
    from casemate.analysis.code.interpret.members import attribute

    receiver, wanted = given.arguments[:2]
    start = wanted.parts[0] if isinstance(wanted, Text) else None
    if not isinstance(receiver, Instance) or not isinstance(start, Const) or not str(start.value):
        return None
    names: list[str] = []
    classes = [receiver.cls]
    while classes:
        cls = classes.pop()
        names += [name for name in cls.fields if isinstance(name, str) and name.startswith(str(start.value))]
        classes += [base for base in cls.bases if isinstance(base, Class)]
    found = [attribute(machine, receiver, name, frame, given.node.at) for name in dict.fromkeys(names)]
    return union(found) if found else None


def _setattr(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.writing import set_member

    if len(given.arguments) > 2:
        set_member(
            machine, given.arguments[0], given.arguments[1], given.arguments[2], frame, given.node.at, attribute=True
        )
    return NONE


def _chr(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    value = first(given)
    if isinstance(value, Const) and isinstance(value.value, int) and 0 <= value.value < 0x110000:
        return Const(chr(value.value))
    return unknown(sort="str")


def _globals(machine: Machine, given: Given, frame: Frame) -> Value | None:
    machine.unfollowed(frame, given.node.at, "variables are looked up by name")
    return UNKNOWN


def _partial(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    return Partial(given.arguments[0], tuple(given.arguments[1:]), given.keywords) if given.arguments else None


def _field(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`dataclasses.field`: a client or object of the project that each instance starts with."""
    factory = given.keywords.get("default_factory")
    if isinstance(factory, (Closure, Class)):
        from casemate.analysis.code.interpret.calling import call

        made = call(machine, factory, [], {}, frame, given.node)
        return made if isinstance(made, (Client, Instance, Environment, Text)) else None
    return given.keywords.get("default")


def _wraps(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    """`functools.wraps(f)(g)` is g, `lru_cache(f)` and `lru_cache()(f)` are f."""
    if given.arguments and isinstance(given.arguments[0], Closure) and not given.keywords:
        return given.arguments[0]
    return Thing("builtins.identity")


def _namedtuple(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    name = known_text(first(given)) or "tuple"
    cls = Class(name, (Thing("collections.namedtuple"),))
    fields = given.arguments[1] if len(given.arguments) > 1 else UNKNOWN
    names: list[str] = []
    text = known_text(fields)
    if text is not None:
        names = text.replace(",", " ").split()
    elif isinstance(fields, Sequence):
        names = [known_text(item) or "" for item in fields.row.items]
    for one in names:
        cls.fields[one] = UNKNOWN
    return cls


def _print_exit(_machine: Machine, _given: Given, _frame: Frame) -> Value | None:
    return NEVER


# -- the rest of the library
def _config(_machine: Machine, _given: Given, _frame: Frame) -> Value | None:
    return Mapping(path="configparser")


def _environment_get(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    name = known_text(first(given))
    if name is None:
        return unknown(sort="str")
    value = Environment(name)
    return join(value, given.arguments[1]) if len(given.arguments) > 1 else value


def _empty_mapping(machine: Machine, given: Given, frame: Frame) -> Value | None:
    if given.arguments and isinstance(given.arguments[0], Mapping):
        return _dict(machine, given, frame)
    return Mapping()


def _copy(_machine: Machine, given: Given, _frame: Frame) -> Value | None:
    value = first(given)
    if isinstance(value, Mapping):
        return Mapping(Cells(value.fields.items()), value.shape, value.key, value.taint)
    if isinstance(value, Sequence):
        return Sequence(value.row.items, value.row.rest, value.kind)
    return value


def _run(machine: Machine, given: Given, frame: Frame) -> Value | None:
    """`executor.submit(f, …)`, `asyncio.to_thread(f, …)`: f is called."""
    from casemate.analysis.code.interpret.calling import call

    functions = [place for place, one in enumerate(given.arguments) if isinstance(one, (Closure, Partial, Method))]
    if not functions:
        return None
    place = functions[0]
    return call(machine, given.arguments[place], given.arguments[place + 1 :], given.keywords, frame, given.node)


def _thread(machine: Machine, given: Given, frame: Frame) -> Value | None:
    from casemate.analysis.code.interpret.calling import call
    from casemate.analysis.code.interpret.members import iterate

    target = given.keywords.get("target")
    if target is None:
        return None
    row = iterate(machine, given.keywords.get("args", Sequence()), frame, given.node.at)
    call(machine, target, list(row.items), {}, frame, given.node)
    return Thing("threading.Thread", made=True)


FUNCTIONS: dict[str, Native] = {
    **dict.fromkeys(("ord", "round"), number),
    **dict.fromkeys(("int", "float", "complex", "decimal.Decimal"), raising(number)),
    **dict.fromkeys(("hash", "id", "sum", "divmod", "pow", "os.getpid", "time.time", "callable", "any", "all",
    "issubclass"), clean("int")),
    **dict.fromkeys(("hex", "oct", "bin", "uuid.uuid4", "uuid.uuid1", "type"), clean("str")),
    **dict.fromkeys(("uuid.UUID", "datetime.date.fromisoformat", "datetime.datetime.strptime",
                     "datetime.datetime.fromisoformat", "ipaddress.ip_address", "ipaddress.IPv4Address",
                     "ipaddress.IPv6Address", "ipaddress.ip_network"), raising(clean("str"))),
    **dict.fromkeys(("iter", "aiter", "asyncio.run", "asyncio.wait_for", "typing.cast", "builtins.identity",
    "asyncio.create_task",
                     "asyncio.ensure_future", "contextlib.closing", "memoryview", "io.StringIO", "io.BytesIO",
                     "frozenset.copy"), same),
    **dict.fromkeys(("repr", "ascii", "format", "textwrap.dedent", "textwrap.fill", "textwrap.shorten",
    "gzip.decompress",
                     "zlib.decompress", "pprint.pformat", "unicodedata.normalize"), part("str")),
    **dict.fromkeys(("list", "collections.deque", "queue.Queue", "queue.SimpleQueue", "queue.LifoQueue",
    "collections.UserList"), listed("list")),
    **dict.fromkeys(("set", "frozenset"), listed("set")),
    **dict.fromkeys(("collections.OrderedDict", "collections.defaultdict", "collections.UserDict",
    "collections.Counter",
                     "types.SimpleNamespace", "weakref.WeakValueDictionary", "threading.local"), _empty_mapping),
    **dict.fromkeys(("json.loads", "simplejson.loads", "orjson.loads", "ujson.loads", "json.load", "ast.literal_eval",
    "yaml.safe_load"), loads),
    **dict.fromkeys(("json.dumps", "simplejson.dumps", "orjson.dumps", "ujson.dumps"), dumps),
    **dict.fromkeys(("base64.b64encode", "base64.urlsafe_b64encode", "base64.standard_b64encode", "binascii.hexlify",
    "codecs.encode"), encoded),
    **dict.fromkeys(("base64.b64decode", "base64.urlsafe_b64decode", "base64.standard_b64decode", "binascii.unhexlify",
    "codecs.decode",
                     "urllib.parse.unquote", "urllib.parse.unquote_plus", "urllib.unquote", "html.unescape"), decoded),
    **dict.fromkeys(("sys.exit", "exit", "quit", "os._exit", "flask.abort", "quart.abort"), _print_exit),
    **dict.fromkeys(("functools.wraps", "functools.lru_cache", "functools.cache", "functools.update_wrapper",
    "contextlib.contextmanager",
                     "contextlib.asynccontextmanager", "property", "staticmethod", "classmethod",
                     "dataclasses.dataclass"), _wraps),
    **dict.fromkeys(("configparser.ConfigParser", "configparser.RawConfigParser", "configparser.SafeConfigParser"),
    _config),
    **dict.fromkeys(("globals", "locals", "vars"), _globals),
    **dict.fromkeys(("max", "min", "random.choice", "random.sample", "secrets.choice"), _pick),
    **dict.fromkeys(("copy.copy", "copy.deepcopy"), _copy),
    **dict.fromkeys(("asyncio.to_thread", "concurrent.futures.ThreadPoolExecutor.submit",
    "concurrent.futures.ProcessPoolExecutor.submit",
                     "loop.run_in_executor"), _run),
    **dict.fromkeys(("threading.Thread", "multiprocessing.Process"), _thread),
    "str": _str, "bytes": _str, "bytearray": _str, "unicode": _str, "len": _len, "bool": _bool, "range": _range,
    "tuple": listed("tuple"),
    "sorted": _sorted, "reversed": _reversed, "dict": _dict, "enumerate": _enumerate, "zip": _zip, "map": _map,
    "filter": _filter,
    "next": _next, "isinstance": _isinstance, "getattr": _getattr, "setattr": _setattr,
    "chr": _chr,
    "functools.partial": _partial, "dataclasses.field": _field, "collections.namedtuple": _namedtuple,
    "re.compile": _compile, "re.sub": _sub, "re.Pattern.sub": _sub,
    **dict.fromkeys(("re.findall", "re.finditer", "re.Pattern.findall", "re.Pattern.finditer"), _all_matches),
    "re.fullmatch": _matches(whole=True, bound=True), "re.match": _matches(whole=False, bound=True),
    "re.search": _matches(whole=False, bound=False),
    "re.Pattern.fullmatch": _matches(whole=True, bound=True), "re.Pattern.match": _matches(whole=False, bound=True),
    "re.Pattern.search": _matches(whole=False, bound=False), "os.getenv": _environment_get,
    "os.environ.get": _environment_get,
    "os.environ.setdefault": _environment_get, **_PATHS, **_URLS,
}  # fmt: skip
