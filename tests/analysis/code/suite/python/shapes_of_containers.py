"""How a value goes through containers, text, checks and classes: with data that does harm, and without."""

from __future__ import annotations

from tests.analysis.code.suite.python.shaped import Shape

SHAPES: tuple[Shape, ...] = (
    Shape("rest arguments", "y = f('k', x)", "y = f(x, 'k')", "def f(*args):\n    return args[1]\n"),
    Shape("star unpacking", "a, *b = ['k', x]\ny = b[0]", "y, *b = ['k', x]"),
    Shape("dict merge", "y = ({'a': 'k'} | {'a': x})['a']", "y = ({'a': x} | {'a': 'k'})['a']"),
    Shape("dict spread", "y = {**{'a': 'k'}, **{'a': x}}['a']", "y = {**{'a': x}, **{'a': 'k'}}['a']"),
    Shape(
        "dict pop", "d = {'a': x, 'b': 'k'}\ny = d.pop('a')", "d = {'a': x, 'b': 'k'}\nd.pop('a')\ny = d.get('a', 'k')"
    ),
    Shape("setdefault", "d = {}\ny = d.setdefault('a', x)", "d = {'a': 'k'}\ny = d.setdefault('a', x)"),
    Shape(
        "template",
        "y = string.Template('ls $a').substitute(a=x)",
        "y = string.Template('ls $a').substitute(a='k', b=x)",
    ),
    Shape("format map", "y = '{a}'.format_map({'a': x, 'b': 'k'})", "y = '{b}'.format_map({'a': x, 'b': 'k'})"),
    Shape("percent dict", "y = '%(a)s' % {'a': x, 'b': 'k'}", "y = '%(b)s' % {'a': x, 'b': 'k'}"),
    Shape("format index", "y = '{1}'.format('k', x)", "y = '{0}'.format('k', x)"),
    Shape("integer", "y = x.strip()", "y = str(int(x))"),
    Shape("regex digits", "y = re.sub(r'[0-9]', '', x)", "y = re.sub(r'[^0-9]', '', x)"),
    Shape(
        "full match",
        "if re.match(r'[a-z]+', x):\n    pass\ny = x",
        "if not re.fullmatch(r'[a-z]+', x):\n    return 'no'\ny = x",
    ),
    Shape("alnum", "y = x if x else 'k'", "y = x if x.isalnum() else 'k'"),
    Shape(
        "allow list",
        "if x not in ('a', 'b'):\n    print('odd')\ny = x",
        "if x not in ('a', 'b'):\n    return 'no'\ny = x",
    ),
    Shape("allow dict", "y = {'a': 'k'}.get(x, x)", "y = {'a': 'k'}.get(x, 'l')"),
    Shape(
        "enum",
        "y = Color.RED.name + x",
        "y = Color[x].value",
        "class Color(enum.Enum):\n    RED = 'r'\n    BLUE = 'b'\n",
    ),
    Shape("uuid", "y = x.replace('-', '')", "y = str(uuid.UUID(x))"),
    Shape(
        "json round trip",
        "y = json.loads(json.dumps({'a': x, 'b': 'k'}))['a']",
        "y = json.loads(json.dumps({'a': x, 'b': 'k'}))['b']",
    ),
    Shape("deepcopy", "y = copy.deepcopy({'a': x, 'b': 'k'})['a']", "y = copy.deepcopy({'a': x, 'b': 'k'})['b']"),
    Shape(
        "string buffer",
        "b = io.StringIO()\nb.write(x)\ny = b.getvalue()",
        "b = io.StringIO()\nb.write('k')\ny = b.getvalue() if x else ''",
    ),
    Shape(
        "queue",
        "q = queue.Queue()\nq.put('k')\nq.put(x)\nq.get()\ny = q.get()",
        "q = queue.Queue()\nq.put('k')\nq.put(x)\ny = q.get()",
    ),
    Shape(
        "stack of lists",
        "l = ['k', 'm']\nl.append(x)\nl.pop(0)\ny = l[1]",
        "l = ['k', 'm']\nl.append(x)\nl.pop(0)\ny = l[0]",
    ),
    Shape("insert", "l = ['k']\nl.insert(0, x)\ny = l[0]", "l = ['k']\nl.insert(0, x)\ny = l[1]"),
    Shape("del element", "l = ['k', x]\ndel l[0]\ny = l[0]", "l = ['k', x]\ndel l[1]\ny = l[0]"),
    Shape(
        "remove and extend",
        "l = ['k']\nl.extend([x])\nl.remove('k')\ny = l[0]",
        "l = ['k']\nl.extend([x])\nl.reverse()\ny = l[1]",
    ),
    Shape("slice assignment", "l = ['k', 'm']\nl[0:1] = [x]\ny = l[0]", "l = ['k', x]\nl = l[:1]\ny = l[0]"),
    Shape("sorted", "y = sorted([x])[0]", "y = sorted(['k', 'a'])[0] if x else ''"),
    Shape("filter", "y = list(filter(None, [x]))[0]", "y = list(filter(lambda v: v == 'k', [x, 'k']))[0]"),
    Shape("map", "y = list(map(str.strip, [x]))[0]", "y = list(map(lambda v: 'k', [x]))[0]"),
    Shape(
        "any flag",
        "flag = any([False, True])\ny = x if flag else 'k'",
        "flag = all([False, True])\ny = x if flag else 'k'",
    ),
    Shape(
        "constant function",
        "y = x if debug() else 'k'",
        "y = x if not debug() else 'k'",
        "def debug():\n    return True\n",
    ),
    Shape(
        "constant class", "y = x if Conf.ON else 'k'", "y = x if not Conf.ON else 'k'", "class Conf:\n    ON = 3 > 2\n"
    ),
    Shape("len of constant", "y = x if len('abc') == 3 else 'k'", "y = x if len('abc') > 3 else 'k'"),
    Shape(
        "text method condition", "y = x if 'abc'.startswith('a') else 'k'", "y = x if 'abc'.upper() == 'abc' else 'k'"
    ),
    Shape("to dict", "y = request.args.to_dict()['x']", "y = {'x': 'k', **{}}['x'] if x else ''"),
    Shape("dict of args", "y = dict(request.args)['x']", "y = str(len(dict(request.args)))"),
    Shape(
        "items loop",
        "y = 'k'\nfor k, v in request.args.items():\n    y = v",
        "y = 'k'\nfor k, v in request.args.items():\n    y = 'm'",
    ),
    Shape(
        "header loop",
        "y = 'k'\nfor n in request.headers.keys():\n    y = request.headers[n]",
        "y = 'k'\nfor n in request.headers.keys():\n    n = 'm'",
    ),
    Shape("aliased request", "r = request\na = r.args\ny = a.get('x')", "r = request\na = r.args\ny = 'x'"),
    Shape(
        "decorator",
        "y = show(x)",
        "y = hide(x)",
        "def keep(f):\n    @functools.wraps(f)\n    def run(*a, **k):\n        return f(*a, **k)\n    return run\ndef drop(f):\n    def run(*a, **k):\n        return 'k'\n    return run\n@keep\ndef show(v):\n    return v\n@drop\ndef hide(v):\n    return v\n",
    ),
    Shape("lru cache", "y = f(x)", "y = f('k')", "@functools.lru_cache(maxsize=8)\ndef f(v):\n    return v\n"),
    Shape(
        "closure factory",
        "y = make(x)()",
        "y = make('k')()",
        "def make(v):\n    def run():\n        return v\n    return run\n",
    ),
    Shape("default argument", "y = f(x)", "y = f()", "def f(v='k'):\n    return v\n"),
    Shape(
        "global",
        "put(x)\ny = STATE['a']",
        "put(x)\ny = STATE['b']",
        "STATE = {'b': 'k'}\ndef put(v):\n    STATE['a'] = v\n",
    ),
    Shape(
        "early return", "y = f(x, 1)", "y = f(x, 0)", "def f(v, n):\n    if n == 0:\n        return 'k'\n    return v\n"
    ),
    Shape(
        "recursion",
        "y = f(x, 2)",
        "y = g(x, 2)",
        "def f(v, n):\n    return v if n == 0 else f(v, n - 1)\ndef g(v, n):\n    return 'k' if n == 0 else g(v, n - 1)\n",
    ),
    Shape(
        "operator",
        "y = operator.itemgetter('a')({'a': x, 'b': 'k'})",
        "y = operator.itemgetter('b')({'a': x, 'b': 'k'})",
    ),
    Shape(
        "attrgetter",
        "y = operator.attrgetter('a')(SimpleNamespace(a=x, b='k'))",
        "y = operator.attrgetter('b')(SimpleNamespace(a=x, b='k'))",
    ),
    Shape("swap", "a, b = x, 'k'\na, b = b, a\ny = b", "a, b = x, 'k'\na, b = b, a\ny = a"),
    Shape("augmented", "y = 'k'\ny += x", "y = x\ny = ''\ny += 'k'"),
    Shape(
        "yield from",
        "y = list(outer(x))[0]",
        "y = list(outer('k'))[0]",
        "def inner(v):\n    yield v\ndef outer(v):\n    yield from inner(v)\n",
    ),
    Shape("class attribute", "P.v = x\ny = P.v", "P.v = x\ny = P.w", "class P:\n    v = ''\n    w = 'k'\n"),
    Shape(
        "abstract",
        "y = get('a').do(x)",
        "y = get('b').do(x)",
        "import abc\nclass T(abc.ABC):\n    @abc.abstractmethod\n    def do(self, v): ...\nclass A(T):\n    def do(self, v):\n        return v\nclass B(T):\n    def do(self, v):\n        return 'k'\ndef get(n):\n    return {'a': A, 'b': B}[n]()\n",
    ),
    Shape(
        "mixin",
        "y = M().run(x)",
        "y = N().run(x)",
        "class R:\n    def run(self, v):\n        return self.hook(v)\nclass U:\n    def hook(self, v):\n        return v\nclass V:\n    def hook(self, v):\n        return 'k'\nclass M(U, R):\n    pass\nclass N(V, R):\n    pass\n",
    ),
    Shape(
        "exception value",
        "try:\n    raise ValueError(x)\nexcept ValueError as e:\n    y = e.args[0]",
        "try:\n    raise ValueError('k')\nexcept ValueError as e:\n    y = e.args[0] if x else 'k'",
    ),
    Shape("dict view", "y = list({'a': x, 'b': 'k'}.values())[0]", "y = list({'a': x, 'b': 'k'}.values())[1]"),
    Shape("dict keys", "y = list({x: 'k'}.keys())[0]", "y = list({x: 'k'}.values())[0]"),
    Shape("ljust", "y = x.ljust(10)", "y = 'k'.ljust(10) if x else 'k'"),
    Shape("chr ord", "y = ''.join(chr(ord(c)) for c in x)", "y = ','.join(str(ord(c)) for c in x)"),
    Shape("reversed", "y = x[::-1]", "y = 'k'[::-1] if x else ''"),
    Shape(
        "bytearray",
        "b = bytearray()\nb.extend(x.encode())\ny = b.decode()",
        "b = bytearray()\nb.extend(b'k')\ny = b.decode() if x else ''",
    ),
    Shape("memo", "c = {}\nc[x] = x\ny = c[x]", "c = {}\nc[x] = 'k'\ny = c[x]"),
    Shape("conditional import name", "y = getattr(request, 'args')['x']", "y = getattr(request, 'method')"),
)
