"""How a value goes through statements, calls and objects: with data that does harm, and without."""

from __future__ import annotations

from tests.analysis.code.suite.python.shaped import Shape

SHAPES: tuple[Shape, ...] = (
    Shape(
        "match constant",
        "kind = 'a'\nmatch kind:\n    case 'a':\n        y = x\n    case _:\n        y = 'k'",
        "kind = 'b'\nmatch kind:\n    case 'a':\n        y = x\n    case _:\n        y = 'k'",
    ),
    Shape(
        "match sequence",
        "match [x, 'k']:\n    case [a, b]:\n        y = a",
        "match [x, 'k']:\n    case [a, b]:\n        y = b",
    ),
    Shape(
        "match mapping",
        "match {'p': x, 'q': 'k'}:\n    case {'p': v}:\n        y = v",
        "match {'p': x, 'q': 'k'}:\n    case {'q': v}:\n        y = v",
    ),
    Shape(
        "match or",
        "match x:\n    case str() as t if len(t) > 3:\n        y = t\n    case _:\n        y = 'k'",
        "match x:\n    case 'a' | 'b' as t:\n        y = t\n    case _:\n        y = 'k'",
    ),
    Shape(
        "match char of constant",
        "g = 'ABC'\nmatch g[1]:\n    case 'A':\n        y = 'k'\n    case 'B':\n        y = x\n    case _:\n        y = 'k'",
        "g = 'ABC'\nmatch g[0]:\n    case 'A':\n        y = 'k'\n    case 'B':\n        y = x\n    case _:\n        y = x",
    ),
    Shape("walrus", "y = 'k'\nif (t := x):\n    y = t", "y = 'k'\nif (t := 'z') and x:\n    y = t"),
    Shape(
        "nonlocal",
        "y = 'k'\ndef put():\n    nonlocal y\n    y = x\nput()",
        "y = x\ndef put():\n    nonlocal y\n    y = 'k'\nput()",
    ),
    Shape("generator index", "y = list(two(x))[1]", "y = list(two(x))[0]", "def two(v):\n    yield 'k'\n    yield v\n"),
    Shape(
        "generator next",
        "g = two(x)\nnext(g)\ny = next(g)",
        "g = two(x)\ny = next(g)",
        "def two(v):\n    yield 'k'\n    yield v\n",
    ),
    Shape(
        "dict comprehension",
        "d = {k: v for k, v in [('a', x), ('b', 'k')]}\ny = d['a']",
        "d = {k: v for k, v in [('a', x), ('b', 'k')]}\ny = d['b']",
    ),
    Shape(
        "comprehension over keys",
        "d = {n: request.args.get(n, '') for n in ('p', 'q')}\ny = d['p']",
        "d = {n: len(request.args.get(n, '')) for n in ('p', 'q')}\ny = str(d['p'])",
    ),
    Shape(
        "ternary arithmetic",
        "n = 106\ny = 'k' if 7 * 42 - n > 200 else x",
        "n = 86\ny = 'k' if 7 * 42 - n > 200 else x",
    ),
    Shape(
        "ternary chain",
        "n = 3\ny = 'a' if n > 5 else 'b' if n > 4 else x",
        "n = 3\ny = x if n > 5 else x + 'b' if n > 4 else 'k'",
    ),
    Shape("slice", "y = ('kk' + x)[2:]", "y = ('kk' + x)[:2]"),
    Shape("partition", "_, _, y = ('k;' + x).partition(';')", "y, _, _ = ('k;' + x).partition(';')"),
    Shape("split of text", "y = ('k;' + x).split(';')[1]", "y = ('k;' + x).split(';')[0]"),
    Shape("bytes round trip", "y = bytes(x, 'utf-8').decode('utf-8')", "y = x.encode().hex()"),
    Shape(
        "base64 round trip",
        "y = base64.b64decode(base64.b64encode(x.encode())).decode()",
        "y = base64.b64decode(base64.b64encode(b'k')).decode() if x else 'k'",
    ),
    Shape(
        "configparser subscripts",
        "c = configparser.ConfigParser()\nc['s'] = {'a': 'k', 'b': x}\ny = c['s']['b']",
        "c = configparser.ConfigParser()\nc['s'] = {'a': 'k', 'b': x}\ny = c['s']['a']",
        "import configparser\n",
    ),
    Shape(
        "configparser dict",
        "c = configparser.ConfigParser()\nc.read_dict({'s': {'a': 'k'}, 't': {'a': x}})\ny = c.get('t', 'a')",
        "c = configparser.ConfigParser()\nc.read_dict({'s': {'a': 'k'}, 't': {'a': x}})\ny = c.get('s', 'a')",
        "import configparser\n",
    ),
    Shape(
        "configparser section object",
        "c = configparser.ConfigParser()\nc.add_section('s')\nsec = c['s']\nsec['a'] = x\ny = sec.get('a')",
        "c = configparser.ConfigParser()\nc.add_section('s')\nsec = c['s']\nsec['a'] = x\nsec['a'] = 'k'\ny = sec.get('a')",
        "import configparser\n",
    ),
    Shape(
        "thread pool submit",
        "with ThreadPoolExecutor() as pool:\n    y = pool.submit(same, x).result()",
        "with ThreadPoolExecutor() as pool:\n    y = pool.submit(fixed, x).result()",
        "def same(v):\n    return v\ndef fixed(v):\n    return 'k'\n",
    ),
    Shape(
        "thread pool map",
        "with ThreadPoolExecutor() as pool:\n    y = list(pool.map(same, [x]))[0]",
        "with ThreadPoolExecutor() as pool:\n    y = list(pool.map(fixed, [x]))[0]",
        "def same(v):\n    return v\ndef fixed(v):\n    return 'k'\n",
    ),
    Shape(
        "asyncio run",
        "y = asyncio.run(same(x))",
        "y = asyncio.run(fixed(x))",
        "async def same(v):\n    await asyncio.sleep(0)\n    return v\nasync def fixed(v):\n    return 'k'\n",
    ),
    Shape(
        "asyncio gather",
        "async def all_():\n    return await asyncio.gather(same(x), same('k'))\ny = asyncio.run(all_())[0]",
        "async def all_():\n    return await asyncio.gather(same(x), same('k'))\ny = asyncio.run(all_())[1]",
        "async def same(v):\n    return v\n",
    ),
    Shape(
        "dataclass",
        "p = P(x)\ny = p.a",
        "p = P(x)\ny = p.b",
        "@dataclasses.dataclass\nclass P:\n    a: str\n    b: str = 'k'\n",
    ),
    Shape(
        "dataclass replace",
        "y = dataclasses.replace(P('z'), a=x).a",
        "y = dataclasses.replace(P(x), a='k').a",
        "@dataclasses.dataclass\nclass P:\n    a: str\n    b: str = 'k'\n",
    ),
    Shape(
        "dataclass asdict",
        "y = dataclasses.asdict(P(x))['a']",
        "y = dataclasses.asdict(P(x))['b']",
        "@dataclasses.dataclass\nclass P:\n    a: str\n    b: str = 'k'\n",
    ),
    Shape(
        "overridden",
        "y = Child().get(x)",
        "y = Other().get(x)",
        "class Base:\n    def get(self, v):\n        return self.make(v)\n    def make(self, v):\n        return v\nclass Child(Base):\n    pass\nclass Other(Base):\n    def make(self, v):\n        return 'k'\n",
    ),
    Shape(
        "super",
        "y = Child().get(x)",
        "y = Other().get(x)",
        "class Base:\n    def get(self, v):\n        return 'k'\nclass Top(Base):\n    def get(self, v):\n        return v\nclass Child(Top):\n    def get(self, v):\n        return super().get(v)\nclass Other(Child):\n    def get(self, v):\n        return super(Top, self).get(v)\n",
    ),
    Shape(
        "partial",
        "y = functools.partial(pick, x)('k')",
        "y = functools.partial(pick, 'k')(x)",
        "def pick(a, b):\n    return a\n",
    ),
    Shape(
        "reduce", "y = functools.reduce(lambda a, b: a + b, ['k', x])", "y = functools.reduce(lambda a, b: a, ['k', x])"
    ),
    Shape(
        "context manager",
        "with give(x) as y:\n    pass",
        "with give('k') as y:\n    pass",
        "@contextlib.contextmanager\ndef give(v):\n    yield v\n",
    ),
    Shape(
        "context class",
        "with Give(x) as y:\n    pass",
        "with Give(x, 'k') as y:\n    pass",
        "class Give:\n    def __init__(self, v, w=None):\n        self.v = w or v\n    def __enter__(self):\n        return self.v\n    def __exit__(self, *a):\n        return False\n",
    ),
    Shape(
        "try finally",
        "y = 'k'\ntry:\n    int('1')\nfinally:\n    y = x",
        "y = x\ntry:\n    int('1')\nfinally:\n    y = 'k'",
    ),
    Shape(
        "except missing key",
        "d = {'a': 'k'}\ntry:\n    y = d['zz']\nexcept KeyError:\n    y = x",
        "d = {'a': 'k'}\ntry:\n    y = d['a']\nexcept KeyError:\n    y = x",
    ),
    Shape("alias", "a = []\nb = a\nb.append(x)\ny = a[0]", "a = ['k']\nb = list(a)\nb[0] = x\ny = a[0]"),
    Shape("list of lists", "m = [[x], ['k']]\ny = m[0][0]", "m = [[x], ['k']]\ny = m[1][0]"),
    Shape(
        "list of dicts",
        "m = [{'v': 'k'}]\nm.append({'v': x})\ny = m[-1]['v']",
        "m = [{'v': 'k'}]\nm.append({'v': x})\ny = m[0]['v']",
    ),
    Shape(
        "unquote",
        "y = urllib.parse.unquote(urllib.parse.quote(x))",
        "y = urllib.parse.unquote(urllib.parse.quote('k')) if x else ''",
    ),
    Shape(
        "helper module",
        "y = helpers.same(x)",
        "y = helpers.fixed(x)",
        "import helpers\n",
        {"helpers.py": "def same(v):\n    return v\ndef fixed(v):\n    return 'k'\n"},
    ),
    Shape(
        "helper class",
        "y = helpers.Thing(x).value()",
        "y = helpers.Thing(x).other()",
        "import helpers\n",
        {
            "helpers.py": "class Thing:\n    def __init__(self, v):\n        self.v = v\n    def value(self):\n        return self.v\n    def other(self):\n        return 'k'\n"
        },
    ),
    Shape("namedtuple", "y = P(x, 'k').a", "y = P(x, 'k').b", "P = collections.namedtuple('P', 'a b')\n"),
    Shape(
        "typing namedtuple",
        "y = P(x, 'k').a",
        "a, y = P(x, 'k')",
        "from typing import NamedTuple\nclass P(NamedTuple):\n    a: str\n    b: str\n",
    ),
    Shape(
        "dispatch",
        "y = {'a': lambda v: v, 'b': lambda v: 'k'}['a'](x)",
        "y = {'a': lambda v: v, 'b': lambda v: 'k'}['b'](x)",
    ),
    Shape(
        "enumerate",
        "y = 'k'\nfor i, v in enumerate(['k', x]):\n    if i == 1:\n        y = v",
        "y = 'k'\nfor i, v in enumerate(['k', x]):\n    if i == 0:\n        y = v",
    ),
    Shape("zip", "y = dict(zip(['a', 'b'], [x, 'k']))['a']", "y = dict(zip(['a', 'b'], [x, 'k']))['b']"),
    Shape("join", "y = ' '.join(['k', x])", "y = ' '.join(['k', 'l']) if x else 'm'"),
    Shape(
        "deque",
        "d = collections.deque(['k'])\nd.appendleft(x)\ny = d[0]",
        "d = collections.deque(['k'])\nd.appendleft(x)\nd.popleft()\ny = d[0]",
    ),
    Shape(
        "defaultdict",
        "d = collections.defaultdict(list)\nd['a'].append(x)\ny = d['a'][0]",
        "d = collections.defaultdict(list)\nd['a'].append(x)\nd['b'].append('k')\ny = d['b'][0]",
    ),
    Shape(
        "ordered dict",
        "d = collections.OrderedDict()\nd['a'] = x\nd['b'] = 'k'\ny = d['a']",
        "d = collections.OrderedDict()\nd['a'] = x\nd['b'] = 'k'\ny = d['b']",
    ),
    Shape("chain", "y = list(itertools.chain(['k'], [x]))[1]", "y = list(itertools.chain(['k'], [x]))[0]"),
    Shape(
        "chain map",
        "y = collections.ChainMap({'a': x}, {'a': 'k'})['a']",
        "y = collections.ChainMap({'a': 'k'}, {'a': x})['a']",
    ),
    Shape(
        "while counter",
        "i = 0\ny = 'k'\nwhile i < 3:\n    i += 1\n    if i == 2:\n        y = x",
        "i = 0\ny = x\nwhile i < 3:\n    i += 1\n    y = 'k'",
    ),
    Shape(
        "for else",
        "for n in (1, 2):\n    if n == 5:\n        y = 'k'\n        break\nelse:\n    y = x",
        "for n in (1, 2):\n    if n == 2:\n        y = 'k'\n        break\nelse:\n    y = x",
    ),
    Shape(
        "setattr",
        "o = SimpleNamespace(b='k')\nsetattr(o, 'a', x)\ny = getattr(o, 'a')",
        "o = SimpleNamespace(b='k')\nsetattr(o, 'a', x)\ny = getattr(o, 'b')",
    ),
    Shape(
        "property",
        "y = P(x).a",
        "y = P(x).b",
        "class P:\n    def __init__(self, v):\n        self._v = v\n    @property\n    def a(self):\n        return self._v\n    @property\n    def b(self):\n        return 'k'\n",
    ),
    Shape(
        "property setter",
        "p = P()\np.a = x\ny = p.a",
        "p = P()\np.b = x\ny = p.b",
        "class P:\n    @property\n    def a(self):\n        return self._a\n    @a.setter\n    def a(self, v):\n        self._a = v\n    @property\n    def b(self):\n        return 'k'\n    @b.setter\n    def b(self, v):\n        self._b = v\n",
    ),
    Shape(
        "getitem",
        "y = P(x)['a']",
        "y = P(x)['b']",
        "class P:\n    def __init__(self, v):\n        self.v = v\n    def __getitem__(self, n):\n        return self.v if n == 'a' else 'k'\n",
    ),
    Shape(
        "callable object",
        "y = P(x)()",
        "y = P(x)(True)",
        "class P:\n    def __init__(self, v):\n        self.v = v\n    def __call__(self, k=False):\n        return 'k' if k else self.v\n",
    ),
    Shape(
        "str of object",
        "y = str(P(x))",
        "y = str(Q(x))",
        "class P:\n    def __init__(self, v):\n        self.v = v\n    def __str__(self):\n        return self.v\nclass Q(P):\n    def __str__(self):\n        return 'k'\n",
    ),
    Shape(
        "format of object",
        "y = f'{P(x)}'",
        "y = f'{Q(x)}'",
        "class P:\n    def __init__(self, v):\n        self.v = v\n    def __str__(self):\n        return self.v\nclass Q(P):\n    def __str__(self):\n        return 'k'\n",
    ),
    Shape(
        "class method",
        "y = P.make(x).v",
        "y = P.empty(x).v",
        "class P:\n    def __init__(self, v):\n        self.v = v\n    @classmethod\n    def make(cls, v):\n        return cls(v)\n    @classmethod\n    def empty(cls, v):\n        return cls('k')\n",
    ),
    Shape("keywords", "y = f(a=x, b='k')", "y = f(b=x, a='k')", "def f(*args, **kw):\n    return kw['a']\n"),
)
