"""Data of an attacker in Python: each unsafe form with its safe twin. A number is the line of the body with the sink."""

from __future__ import annotations

import pytest
from tests.analysis.code.walking import found, sinks

COMMAND = [
    # straight
    ("os.system('ls ' + x)", [1]),
    ("os.system('ls')", []),
    ("y = f'ls {x}'\nos.system(y)", [2]),
    ("y = 'ls {}'.format(x)\nos.system(y)", [2]),
    ("y = 'ls %s' % x\nos.system(y)", [2]),
    ("y = 'ls %d' % int(x)\nos.system(y)", []),
    ("y = ' '.join(['ls', x])\nos.system(y)", [2]),
    ("y = 'ls '\ny += x\nos.system(y)", [3]),
    # killed by an assignment
    ("y = x\ny = 'a'\nos.system(y)", []),
    ("x = 'a'\nos.system(x)", []),
    # lists
    ("l = []\nl.append('a')\nl.append(x)\nl.append('b')\nl.pop(0)\nos.system(l[0])", [6]),
    ("l = []\nl.append('a')\nl.append(x)\nl.append('b')\nl.pop(0)\nos.system(l[1])", []),
    ("l = ['a', x]\nl.insert(0, 'c')\nos.system(l[1])", []),
    ("l = ['a', x]\nl.insert(0, 'c')\nos.system(l[2])", [3]),
    ("l = [x]\nl.clear()\nl.append('a')\nos.system(l[0])", []),
    ("l = [x, 'a']\nl.reverse()\nos.system(l[0])", []),
    ("l = [x] + ['a']\nos.system(l[-1])", []),
    ("a, b = x, 'b'\nos.system(b)", []),
    ("a, *b = x, 'b', 'c'\nos.system(b[0])", []),
    ("a, *b = 'a', x\nos.system(b[0])", [2]),
    # dicts
    ("d = {}\nd['a'] = 'a'\nd['b'] = x\nos.system(d['a'])", []),
    ("d = {}\nd['a'] = 'a'\nd['b'] = x\nos.system(d['b'])", [4]),
    ("d = {'a': x}\nd['a'] = 'b'\nos.system(d['a'])", []),
    ("d = {'a': x}\ndel d['a']\nos.system(d.get('a', 'z'))", []),
    ("d = {'a': x}\nfor k, v in d.items():\n    os.system(v)", [3]),
    ("d = dict(a=x, b='b')\nos.system(d['b'])", []),
    ("d = {**{'a': x}, 'a': 'c'}\nos.system(d['a'])", []),
    # constants
    ("n = 106\nif 7 * 42 - n > 200:\n    y = 'a'\nelse:\n    y = x\nos.system(y)", [6]),
    ("n = 86\nif 7 * 42 - n > 200:\n    y = 'a'\nelse:\n    y = x\nos.system(y)", []),
    ("y = 'a' if 7 * 18 + 6 > 200 else x\nos.system(y)", [2]),
    ("y = 'a' if 7 * 18 + 106 > 200 else x\nos.system(y)", []),
    ("s = 'ABC'\nc = s[1]\nmatch c:\n    case 'A': y = x\n    case 'B': y = 'b'\n    case _: y = x\nos.system(y)", []),
    (
        "s = 'ABC'\nc = s[0]\nmatch c:\n    case 'A': y = x\n    case 'B': y = 'b'\n    case _: y = 'c'\nos.system(y)",
        [7],
    ),
    ("y = 'a'\nwhile False:\n    y = x\nos.system(y)", []),
    ("y = 'a'\nfor i in range(3):\n    if i == 5:\n        y = x\nos.system(y)", []),
    ("y = ''\nfor c in x:\n    y += c\nos.system(y)", [4]),
    # loops over many
    ("for i in range(100):\n    if i == 50:\n        os.system(x)", [3]),
    # checks
    ("if x in ('a', 'b'):\n    os.system(x)", []),
    ("if x not in ('a', 'b'):\n    return\nos.system(x)", []),
    ("if x in ('a', 'b'):\n    pass\nos.system(x)", [3]),
    ("if x == 'a':\n    os.system(x)", []),
    ("if not x:\n    return\nos.system(x)", [3]),
    ("if not x.isdigit():\n    raise ValueError\nos.system(x)", []),
    ("if not re.fullmatch(r'[a-z]+', x):\n    return\nos.system(x)", []),
    ("if not re.match(r'^[a-z]+$', x):\n    return\nos.system(x)", []),
    ("if not re.match(r'[a-z]+', x):\n    return\nos.system(x)", [3]),
    ("ok = x in ('a', 'b')\nif ok and len(x):\n    os.system(x)", []),
    ("y = {'a': 'ls'}.get(x, 'pwd')\nos.system(y)", []),
    ("try:\n    y = int(x)\nexcept ValueError:\n    return\nos.system(f'a {y}')", []),
    ("y = 'a'\ntry:\n    y = x\n    json.loads('{')\nexcept ValueError:\n    os.system(y)", [6]),
    # cures are for their sink
    ("os.system('ls ' + shlex.quote(x))", []),
    ("os.system('ls \"' + shlex.quote(x) + '\"')", [1]),
    ("os.system('ls ' + html.escape(x))", [1]),
    # functions
    ("f = lambda a: 'ls ' + a\nos.system(f(x))", [2]),
    ("def f(a):\n    return 'a'\nos.system(f(x))", []),
    ("def f(a, b):\n    return b\nos.system(f(x, 'b'))", []),
    ("def f(a, b):\n    return b\nos.system(f(b=x, a='a'))", [3]),
    ("def f(*a):\n    return a[1]\nos.system(f('a', x))", [3]),
    ("def f(**k):\n    return k['q']\nos.system(f(q=x))", [3]),
    ("def f():\n    nonlocal x\n    x = 'a'\nf()\nos.system(x)", []),
    ("l = list(map(lambda a: a.strip(), [x]))\nos.system(l[0])", [2]),
    ("def g():\n    yield x\nfor y in g():\n    os.system(y)", [4]),
    # text
    ("os.system(x.strip().lower())", [1]),
    ("os.system(str(len(x)))", []),
    ("os.system(json.loads(x)['a'])", [1]),
    ("os.system(json.loads(json.dumps({'a': 'b', 'c': x}))['a'])", []),
    ("subprocess.run(['ls', x])", []),
    ("subprocess.run('ls ' + x, shell=True)", [1]),
    ("eval('1')\nos.environ['A']\nos.system(os.environ['A'])", []),
]


@pytest.mark.parametrize(("body", "lines"), COMMAND)
def test_a_command(body: str, lines: list[int]) -> None:
    assert sinks(body, "command") == lines


OTHERS = [
    ("sql", "c.execute(\"select * from t where a = '\" + x + \"'\")", [1]),
    ("sql", "c.execute('select * from t where a = ?', (x,))", []),
    ("path", "open('/tmp/' + x)", [1]),
    ("path", "p = os.path.realpath('/tmp/' + x)\nif not p.startswith('/tmp/'):\n    return\nopen(p)", []),
    ("path", "open(os.path.join('/tmp', os.path.basename(x)))", []),
    ("path", "if '..' in x:\n    return\nopen('/tmp/' + x)", []),
    ("ssrf", "requests.get(x)", [1]),
    ("ssrf", "requests.get('https://api.example.com/' + x)", []),
    ("ssrf", "requests.get('https://' + x + '/a')", [1]),
    ("ssrf", "u = urlparse(x)\nif u.hostname not in ('a.example.com',):\n    return\nrequests.get(x)", []),
    ("ssrf", "if not x.startswith('https://a.example.com/'):\n    return\nrequests.get(x)", []),
    ("ssrf", "if not x.startswith('https://a.example.com'):\n    return\nrequests.get(x)", [3]),
    ("code", "eval(x)", [1]),
    ("code", "import ast\nast.literal_eval(x)", []),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "body", "lines"), OTHERS)
def test_other_kinds(kind: str, body: str, lines: list[int]) -> None:
    head = "import sqlite3, requests\nfrom urllib.parse import urlparse\nc = sqlite3.connect('a').cursor()"
    assert sinks(body, kind, head=head) == lines


def test_classes_keep_fields_apart() -> None:
    assert found(
        {
            "app.py": """
        import os
        class Box:
            kind = "box"
            def __init__(self, a, b):
                self.a = a
                self.b = b
            @property
            def first(self):
                return self.a
            def show(self):
                os.system(self.b)
        class Small(Box):
            def __init__(self, a):
                super().__init__(a, "b")
        def handler(event, context):
            one = Box(event["body"], "b")
            one.show()
            two = Small(event["body"])
            two.show()
            os.system(two.first)
    """
        }
    ) == ["command:20"]


def test_helpers_in_other_files() -> None:
    files = {
        "src/app.py": """
            from lib.run import run, safe
            from . import other
            import lib.deep.more as more
            def handler(event, context):
                run(event["body"])
                safe(event["body"])
                other.go(event["body"])
                more.go(event["body"])
        """,
        "src/lib/run.py": "import os\ndef run(a):\n    os.system(a)\ndef safe(a):\n    os.system('a')\n",
        "src/other.py": "import os\ndef go(a):\n    os.system(a)\n",
        "src/lib/deep/more.py": "import os\ndef go(a):\n    os.system(a)\n",
    }
    assert found(files) == ["src/lib/deep/more.py:command:3", "src/lib/run.py:command:3", "src/other.py:command:3"]


def test_a_wrapper_of_the_request() -> None:
    assert found(
        {
            "app.py": """
        import os
        from flask import Flask, request
        from wrap import Wrapper
        app = Flask(__name__)
        @app.route("/a", methods=["GET"])
        def a():
            w = Wrapper(request)
            os.system(w.form("a"))
            return "ok"
        @app.route("/b/<int:n>/<name>")
        def b(n, name):
            os.system(str(n))
            os.system(name)
            return "ok"
        @app.route("/c")
        def c():
            values = request.form.getlist("a")
            p = ""
            if values:
                p = values[0]
            for key in request.args.keys():
                os.system(key)
            os.system(p)
            os.system(request.method)
            return "ok"
    """,
            "wrap.py": """
        class Wrapper:
            def __init__(self, request):
                self.request = request
            def form(self, name):
                return self.request.form.get(name)
    """,
        }
    ) == ["command:13", "command:22", "command:23", "command:8"]


def test_a_check_in_a_function() -> None:
    assert found(
        {
            "app.py": """
        import os, re
        def valid(a):
            if len(a) > 10:
                return False
            return a in ("x", "y")
        def check(a):
            if not re.fullmatch("[a-z]+", a):
                raise ValueError("bad")
        def handler(event, context):
            a, b, c = event["a"], event["b"], event["c"]
            if not valid(a):
                return None
            check(b)
            os.system(a)
            os.system(b)
            os.system(c)
    """
        }
    ) == ["command:16"]
