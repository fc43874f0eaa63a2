"""Bare Flask applications: request handlers whose data goes through this and that before it does harm, or does not."""

from __future__ import annotations

from tests.analysis.code.suite.python.apps import App, app

HEAD = "import os, subprocess, html, shlex, sqlite3, configparser, flask\nfrom flask import Flask, request, session, redirect, make_response\napp = Flask(__name__)\n"


def view(name: str, body: str, more: str = "", files: dict[str, str] | None = None) -> App:
    """One view function, whose body stands at the margin."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    text = f"{HEAD}{more}\n@app.route('/x', methods=['GET', 'POST'])\ndef view():\n{lines}"
    return app(name, {"app.py": text, **(files or {})}, None, "app.view")


WRAPPER = """
class Wrapped:
    def __init__(self, inner):
        self.inner = inner
        self.fixed = 'nobody'

    def form_parameter(self, name):
        return self.inner.form.get(name)

    def query_parameter(self, name):
        return self.inner.args.get(name, '')

    def safe_value(self, name):
        return 'bar'
"""

THING = """
class Thing:
    def do(self, value):
        raise NotImplementedError

class Passing(Thing):
    def do(self, value):
        return value

class Constant(Thing):
    def do(self, value):
        return 'constant'

def create(kind):
    if kind == 'pass':
        return Passing()
    return Constant()
"""

APPS: tuple[App, ...] = (
    # -- where data comes in
    *(
        view(f"source {index}", f"x = {source}\nos.system('ls ' + x) #! command\nreturn 'ok'")
        for index, source in enumerate((
            "request.args.get('a')", "request.args['a']", "request.form.get('a', '')", "request.values['a']",
            "request.cookies.get('a')", "request.headers.get('X-A')", "request.get_json()['a']", "request.json['a']['b'][0]",
            "request.data.decode()", "request.get_data(as_text=True)", "request.query_string.decode('utf-8')", "request.path",
            "request.args.getlist('a')[0]", "request.files['f'].filename", "list(request.form.keys())[0]",
            "next(iter(request.args.values()))", "flask.request.args.get('a')",
        ))
    ),
    view("source loop over keys", "for name in request.form.keys():\n    os.system(name) #! command\nreturn 'ok'"),
    view("source loop over items", "for name, value in request.form.items():\n    os.system(value) #! command\nreturn 'ok'"),
    view("source loop over values", "x = ''\nfor value in request.form.getlist('a'):\n    x = value\nos.system(x) #! command\nreturn ''"),
    view("source header list", "v = request.headers.getlist('X-A')\nx = ''\nif v:\n    x = v[0]\nos.system(x) #! command\nreturn ''"),
    view("source method is no data", "os.system('log ' + request.method)\nreturn ''"),
    app(
        "source path parameter", {"app.py": """
        import os
        from flask import Flask
        app = Flask(__name__)

        @app.route('/u/<name>')
        def show(name):
            os.system(f'id {name}') #! command
            return 'ok'

        @app.get('/n/<int:number>')
        def by_number(number):
            os.system(f'id {number}')
            return 'ok'
        """},
    ),
    view("wrapper class unsafe", "w = Wrapped(request)\nx = w.form_parameter('a')\nos.system(x) #! command\nreturn ''", WRAPPER),
    view("wrapper class safe", "w = Wrapped(request)\nx = w.safe_value('a')\nos.system(x)\nos.system(w.fixed)\nreturn ''", WRAPPER),
    view(
        "wrapper in another file",
        "w = helpers.wrapper.Wrapped(request)\nx = w.query_parameter('a')\nos.system(x) #! command\ny = w.safe_value('a')\nos.system(y)\nreturn ''",
        "import helpers.wrapper\n",
        {"helpers/wrapper.py": WRAPPER, "helpers/__init__.py": ""},
    ),
    # -- what it goes through
    view("constant condition true", "x = request.args['a']\ny = 'no'\nif 7 * 18 + 2 > 100:\n    y = x\nos.system(y) #! command\nreturn ''"),
    view("constant condition false", "x = request.args['a']\ny = 'no'\nif 7 * 18 + 2 < 100:\n    y = x\nos.system(y)\nreturn ''"),
    view("constant variable condition", "x = request.args['a']\nnum = 86\nif (7 * 42) - num > 200:\n    y = 'always'\nelse:\n    y = x\nos.system(y)\nreturn ''"),
    view("constant ternary", "x = request.args['a']\nnum = 106\ny = 'never' if (7 * 18) + num > 200 else x\nos.system(y)\nz = x if (500 // 42) + num > 100 else 'n'\nos.system(z) #! command\nreturn ''"),
    view("match on constant", "x = request.args['a']\npossible = 'ABC'\nguess = possible[1]\nmatch guess:\n    case 'A':\n        y = x\n    case 'B':\n        y = 'bob'\n    case 'C' | 'D':\n        y = x\n    case _:\n        y = 'nobody'\nos.system(y)\nreturn ''"),
    view("match on constant unsafe", "x = request.args['a']\npossible = 'ABC'\nguess = possible[0]\nmatch guess:\n    case 'A':\n        y = x\n    case 'B':\n        y = 'bob'\n    case _:\n        y = 'nobody'\nos.system(y) #! command\nreturn ''"),
    view("match binds", "match request.args.get('a', '').split(','):\n    case ['run', what]:\n        os.system(what) #! command\n    case _:\n        pass\nreturn ''"),
    view("list pop", "x = request.args['a']\nl = []\nl.append('safe')\nl.append(x)\nl.append('moresafe')\nl.pop(0)\nos.system(l[0]) #! command\nos.system(l[1])\nreturn ''"),
    view("list index", "x = request.args['a']\nl = ['safe', x, 'other']\ny = l[0]\nos.system(y)\nos.system(l[1]) #! command\nos.system(l[-1])\nreturn ''"),
    view("dict keys", "x = request.args['a']\nm = {}\nm['keyA'] = 'a'\nm['keyB'] = x\nm['keyC'] = 'c'\ny = m['keyB']\nos.system(y) #! command\ny = m['keyA']\nos.system(y)\nreturn ''"),
    view("dict overwrite", "x = request.args['a']\nm = {'k': x}\nm['k'] = 'safe'\nos.system(m['k'])\nm.update(k=x)\nos.system(m.get('k', '')) #! command\ndel m['k']\nos.system(m.get('k', ''))\nreturn ''"),
    view("configparser", "x = request.args['a']\nconf = configparser.ConfigParser()\nconf.add_section('s')\nconf.set('s', 'keyA', 'a')\nconf.set('s', 'keyB', x)\ny = conf.get('s', 'keyA')\nos.system(y)\nz = conf.get('s', 'keyB')\nos.system(z) #! command\nreturn ''"),
    view("configparser mapping", "x = request.args['a']\nconf = configparser.ConfigParser()\nconf['s'] = {'a': 'fixed', 'b': x}\nos.system(conf['s']['a'])\nos.system(conf['s']['b']) #! command\nreturn ''"),
    view("variable overwrite", "x = request.args['a']\nx = 'fixed'\nos.system(x)\nreturn ''"),
    view("string building", "x = request.args['a']\na = 'x%s' % x\nb = 'x{}'.format(a)\nc = ''.join(['a', b])\nd = f'{c}'\nd += '!'\nos.system(d.strip().upper()) #! command\nreturn ''"),
    view("string cut", "x = request.args['a']\ns = 'fixed' + x\nos.system(s[:5])\nreturn ''"),
    view("coders", "import base64, urllib.parse, json\nx = request.args['a']\ny = base64.b64decode(base64.b64encode(x.encode('utf-8'))).decode('utf-8')\nos.system(y) #! command\nz = json.loads(urllib.parse.unquote_plus(x))['k']\nos.system(z) #! command\nreturn ''"),
    view("helper function", "x = request.args['a']\nos.system(same(x)) #! command\nos.system(fixed(x))\nos.system(pick(x, False))\nos.system(pick(x, True)) #! command\nreturn ''", "def same(v):\n    return v\n\ndef fixed(v):\n    return 'fixed'\n\ndef pick(v, use):\n    if use:\n        return v\n    return 'none'\n"),
    view("helper in another file", "x = request.args['a']\nos.system(make(x)) #! command\nos.system(lib.tools.drop(x))\nreturn ''", "from lib.tools import make\nimport lib.tools\n", {"lib/tools.py": "def make(v):\n    return 'ls ' + v\n\ndef drop(v):\n    return len(v) * '*'\n"}),
    view("factory", "x = request.args['a']\nos.system(create('pass').do(x)) #! command\nos.system(create('other').do(x))\nreturn ''", THING),
    view("sink in another file", "lib.runner.run(request.args['a'])\nreturn ''", "import lib.runner\n", {"lib/runner.py": "import subprocess\n\ndef run(name):\n    subprocess.run(f'ls {name}', shell=True) #! command\n"}),
    view("lambda and comprehension", "x = request.args['a']\nf = lambda v: 'ls ' + v\nos.system(f(x)) #! command\nl = [v.strip() for v in x.split(',') if v]\nos.system(' '.join(l)) #! command\nreturn ''"),
    view("generator", "for y in pieces(request.args['a']):\n    os.system(y) #! command\nreturn ''", "def pieces(v):\n    for p in v.split(','):\n        yield p\n"),
    view("decorated helper", "os.system(run(request.args['a'])) #! command\nreturn ''", "import functools\n\ndef log(f):\n    @functools.wraps(f)\n    def inner(*args, **kwargs):\n        return f(*args, **kwargs)\n    return inner\n\n@log\ndef run(v):\n    return v\n"),
    view("exception", "x = request.args['a']\ntry:\n    y = int(x)\nexcept ValueError:\n    y = 'bad'\nos.system(f'echo {y}')\ntry:\n    z = int(x)\nexcept ValueError as e:\n    z = x\nos.system(f'echo {z}') #! command\nreturn ''"),
    view("io", "import io\nx = request.args['a']\nb = io.StringIO()\nb.write('a')\nb.write(x)\nos.system(b.getvalue()) #! command\nreturn ''"),
    # -- cures, each for its kind
    view("cure shlex", "x = request.args['a']\nos.system('ls ' + shlex.quote(x))\nos.system('ls \"' + shlex.quote(x) + '\"') #! command\nos.system(html.escape(x)) #! command\nreturn ''"),
    view("cure int", "x = int(request.args['a'])\nos.system(f'ls {x}')\nreturn f'<b>{x}</b>'"),
    view("cure html", "x = request.args['a']\nreturn f'<b>{html.escape(x)}</b>'"),
    view("no cure html", "x = request.args['a']\nreturn f'<b>{x}</b>' #! xss"),
    view("html of another escape", "x = request.args['a']\nreturn '<b>' + shlex.quote(x) + '</b>' #! xss"),
    view("html by replacing", "return '<b>' + esc(request.args['a']) + '</b>'", "def esc(v):\n    return v.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;').replace('\"', '&quot;')\n"),
    view("html response object", "r = make_response('<b>' + request.args['a']) #! xss\nr.headers['X-A'] = 'b'\nreturn r"),
    view("json response", "return {'name': request.args['a']}"),
    view("json response object", "return flask.jsonify(name=request.args['a'])"),
    view("template escapes", "return flask.render_template('x.html', name=request.args['a'])"),
    view("template string", "return flask.render_template_string('<b>{{ n }}</b>', n=request.args['a'])"),
    view("template injection", "return flask.render_template_string('<b>' + request.args['a'] + '</b>') #! template"),
    view("allow list", "x = request.args['a']\nif x not in ('ls', 'ps'):\n    return 'no'\nos.system(x)\nreturn ''"),
    view("allow list other way", "x = request.args['a']\nif x in ('ls', 'ps'):\n    return 'no'\nos.system(x) #! command\nreturn ''"),
    view("allow dict", "x = {'a': 'ls', 'b': 'ps'}.get(request.args['a'], 'id')\nos.system(x)\nreturn ''"),
    view("regex check", "import re\nx = request.args['a']\nif not re.fullmatch(r'[a-z0-9]+', x):\n    return 'no'\nos.system(x)\nreturn ''"),
    view("regex check too loose", "import re\nx = request.args['a']\nif not re.match(r'[a-z0-9]+', x):\n    return 'no'\nos.system(x) #! command\nreturn ''"),
    view("isalnum check", "x = request.args['a']\nif x.isalnum():\n    os.system(x)\nelse:\n    os.system('ls ' + x) #! command\nreturn ''"),
    # -- sinks
    view("command list", "x = request.args['a']\nsubprocess.run(['ls', x])\nsubprocess.run(['sh', '-c', 'ls ' + x]) #! command\nargs = []\nargs.append('bash')\nargs.append('-c')\nargs.append(x)\nsubprocess.Popen(args) #! command\nsubprocess.run([x, 'a']) #! command\nreturn ''"),
    view("sql text", "c = sqlite3.connect('a').cursor()\nx = request.args['a']\nc.execute(f\"select * from t where a = '{x}'\") #! sql\nc.execute('select * from t where a = ?', (x,))\nreturn ''"),
    view("sql unknown connection", "db = get_db()\nx = request.args['a']\ndb.execute('select ' + x) #! sql\ndb.execute('select ?', [x])\nreturn ''", "from database import get_db\n"),
    view("code", "x = request.args['a']\nexec('y = ' + x) #! code\nprint(eval(x)) #! code\nimport ast\nast.literal_eval(x)\nreturn ''"),
    view("path", "x = request.args['a']\nopen('/data/' + x).read() #! path\nopen('/data/' + os.path.basename(x))\nfrom werkzeug.utils import secure_filename\nopen('/data/' + secure_filename(x))\nreturn ''"),
    view("path checked", "x = request.args['a']\np = os.path.realpath(os.path.join('/data', x))\nif not p.startswith('/data/'):\n    return 'no'\nopen(p)\nreturn ''"),
    view("path not normalised", "x = request.args['a']\np = os.path.join('/data', x)\nif not p.startswith('/data/'):\n    return 'no'\nopen(p) #! path\nreturn ''"),
    view("path dots", "x = request.args['a']\nif '../' in x:\n    return 'no'\nopen('/data/' + x)\nreturn ''"),
    view("pathlib", "import pathlib\np = pathlib.Path('/data') / request.args['a']\np.read_text() #! path\nq = (pathlib.Path('/data') / request.args['a']).resolve()\nif not q.is_relative_to('/data'):\n    return 'no'\nq.read_text()\nreturn ''"),
    view("redirect", "x = request.args['a']\nif x == '1':\n    return redirect('/home?' + x)\nif x == '2':\n    return redirect('https://example.com/' + x)\nreturn redirect(x) #! redirect"),
    view("redirect checked", "import urllib.parse\nx = request.args['a']\nu = urllib.parse.urlparse(x)\nif u.netloc not in ['example.com'] or u.scheme != 'https':\n    return 'no'\nreturn redirect(x)"),
    view("xpath", "import lxml.etree\nroot = lxml.etree.parse('e.xml')\nx = request.args['a']\nroot.xpath(f\"/e[@id='{x}']\") #! xpath\nroot.xpath('/e[@id=$id]', id=x)\nroot.xpath(f\"/e[@id='{x.replace(chr(39), '&apos;')}']\")\nreturn ''"),
    view("xpath checked", "import elementpath\nimport xml.etree.ElementTree as ET\nroot = ET.parse('e.xml')\nx = request.args['a']\nif \"'\" in x:\n    return 'no'\nelementpath.select(root, f\"/e[@id='{x}']\")\nreturn ''"),
    view("xpath of another library", "import elementpath\nimport xml.etree.ElementTree as ET\nroot = ET.parse('e.xml')\nelementpath.select(root, \"/e[@id='\" + request.args['a'] + \"']\") #! xpath\nreturn ''"),
    view("ldap", "import ldap3\nfrom ldap3.utils.conv import escape_filter_chars\nconn = ldap3.Connection(ldap3.Server('l'))\nx = request.args['a']\nconn.search('dc=a', f'(uid={x})') #! ldap\nconn.search('dc=a', f'(uid={escape_filter_chars(x)})')\nreturn ''"),
    view("deserialization", "import pickle, yaml, base64\nx = request.args['a']\npickle.loads(base64.urlsafe_b64decode(x)) #! deserialization\nyaml.load(x, Loader=yaml.Loader) #! deserialization\nyaml.load(x, Loader=yaml.SafeLoader)\nyaml.safe_load(x)\nreturn ''"),
    view("xxe", "import xml.sax, xml.sax.handler, xml.dom.minidom, io\np = xml.sax.make_parser()\np.setFeature(xml.sax.handler.feature_external_ges, True)\nxml.dom.minidom.parseString(request.args['a'], p) #! xxe\nq = xml.sax.make_parser()\nxml.dom.minidom.parseString(request.args['a'], q)\nreturn ''"),
    view("xxe lxml", "import lxml.etree as E\nE.fromstring(request.data, E.XMLParser(resolve_entities=True)) #! xxe\nE.fromstring(request.data, E.XMLParser(resolve_entities=False))\nreturn ''"),
    view("trust boundary", "x = request.args['a']\nflask.session['user'] = x #! trust-boundary\nflask.session[x] = '1' #! trust-boundary\nflask.session['n'] = 'fixed'\nreturn ''"),
    view("weak hash", "import hashlib\nhashlib.md5(b'a') #! weak-hash\nhashlib.new('sha1') #! weak-hash\nhashlib.sha256(b'a')\nhashlib.new('sha512')\nhashlib.md5(b'a', usedforsecurity=False)\nreturn ''"),
    view("weak randomness", "import random, secrets\ntoken = str(random.random()) #! weak-randomness\nkey = random.SystemRandom().random()\nother = secrets.token_hex(8)\nreturn ''"),
    view("cookies", "r = make_response('a')\nr.set_cookie('k', 'v', secure=False, httponly=True) #! cookie\nr.set_cookie('k', 'v', secure=True, httponly=True)\nreturn r"),
    view("ssrf", "import requests\nx = request.args['a']\nrequests.get(x) #! ssrf\nrequests.get('https://' + x + '/a') #! ssrf\nrequests.get('https://example.com/' + x)\nreturn ''"),
    view("ssrf session", "import requests\ns = requests.Session()\ns.post(url=request.args['a']) #! ssrf\nreturn ''"),
    view("tls", "import requests, ssl\nrequests.get('https://example.com', verify=False) #! tls-off\nc = ssl.create_default_context()\nc.verify_mode = ssl.CERT_NONE #! tls-off\nreturn ''"),
    view("token", "import jwt\nt = request.headers['Authorization']\njwt.decode(t, options={'verify_signature': False}) #! token-unverified\njwt.decode(t, os.environ['KEY'], algorithms=['HS256'])\nreturn ''"),
    # -- combinations
    view("name of a form field", "x = ''\nfor name in request.form.keys():\n    if 'v' in request.form.getlist(name):\n        x = name\n        break\nos.system(x) #! command\nreturn ''"),
    view("name of a header", "common = ('host', 'accept')\nx = ''\nfor name in request.headers.keys():\n    if name.lower() in common:\n        continue\n    x = name\n    break\nos.system(x) #! command\nreturn ''"),
    view("part of the path", "parts = request.path.split('/')\nx = parts[1]\nif not x:\n    x = ''\nos.system(x) #! command\nreturn ''"),
    view("cut out of the query string", "import urllib.parse\nq = request.query_string.decode('utf-8')\nat = q.find('a' + '=')\nif at == -1:\n    return 'none'\nx = q[at + len('a') + 1:]\nend = q.find('&', at)\nif end != -1:\n    x = q[at + 2:end]\nx = urllib.parse.unquote_plus(x)\nos.system(x) #! command\nreturn ''"),
    view("cookie with a default", "import urllib.parse\nx = urllib.parse.unquote_plus(request.cookies.get('a', 'none'))\nos.system(x) #! command\nreturn ''"),
    view("cut again", "x = request.args['a']\ns = f'help{x}'\ns += 'snapes on a plane'\ny = s[4:-17]\nos.system(y) #! command\nreturn ''"),
    view("never happens", "x = request.args['a']\ny = 'This should never happen'\nif 'should' not in y:\n    y = x\nos.system(y)\nreturn ''"),
    view("always happens", "x = request.args['a']\ny = 'This should never happen'\nif 'should' in y:\n    y = x\nos.system(y) #! command\nreturn ''"),
    view("first word", "os.system(request.args['a'].split(' ')[0]) #! command\nreturn ''"),
    view("html escape is no cure for sql", "x = html.escape(request.args['a'])\nsqlite3.connect('a').execute('select ' + x) #! sql\nreturn ''"),
    view("code checked for quotes", "x = request.args['a']\nif not x.startswith('\\'') or not x.endswith('\\'') or '\\'' in x[1:-1]:\n    return 'no'\nexec(f'y = {x}')\nreturn ''"),
    view("ldap checked", "import ldap3\nconn = ldap3.Connection(ldap3.Server('l'))\nx = request.args['a']\nif '*' in x or '(' in x or ')' in x:\n    return 'no'\nconn.search('dc=a', f'(uid={x})')\nreturn ''"),
    view("format by position", "x = request.args['a']\nreturn 'a {0[1]} b {1}'.format(['a', x], 'c') #! xss"),
    view("percent tuple", "x = request.args['a']\nos.system('ls %s %s' % ('a', x)) #! command\nos.system('ls %d' % len(x))\nreturn ''"),
    view("response collected", "r = ''\nr += '<p>'\nr += request.args['a']\nr += '</p>'\nreturn r #! xss"),
    view("response collected and escaped", "import markupsafe\nr = ''\nr += '<p>'\nr += str(markupsafe.escape(request.args['a']))\nr += '</p>'\nreturn r"),
    view("connection of a helper", "con = db.connection()\ncur = con.cursor()\ncur.execute(f\"insert into t values ('{request.args['a']}')\") #! sql\ncon.commit()\nreturn ''", "import db\n", {"db.py": "import sqlite3\n\ndef connection():\n    return sqlite3.connect('a.db')\n"}),
    view("conditional expression on data", "x = request.args['a']\ny = x if x else 'none'\nos.system(y) #! command\nreturn ''"),
    view("or default", "x = request.args.get('a') or 'none'\nos.system(x) #! command\nreturn ''"),
    view("walrus", "if (x := request.args.get('a')):\n    os.system(x) #! command\nreturn ''"),
    view("unpacking", "a, b = request.args['a'], 'fixed'\nos.system(a) #! command\nos.system(b)\n(a, *c), d = ['x', request.args['b']], 'y'\nos.system(c[0]) #! command\nos.system(d)\nreturn ''"),
    view("class fields", "c = Carrier(request.args['a'])\nos.system(c.value) #! command\nos.system(c.other)\nos.system(c.both()) #! command\nc.value = 'fixed'\nos.system(c.value)\nreturn ''", "class Carrier:\n    other = 'fixed'\n\n    def __init__(self, value):\n        self.value = value\n\n    def both(self):\n        return self.other + self.value\n"),
    view("dataclass", "p = Pair(request.args['a'], 'fixed')\nos.system(p.first) #! command\nos.system(p.second)\nreturn ''", "from dataclasses import dataclass\n\n@dataclass\nclass Pair:\n    first: str\n    second: str = ''\n"),
    view("nested containers", "d = {'a': [1, {'b': request.args['a']}], 'c': 'fixed'}\nos.system(d['a'][1]['b']) #! command\nos.system(d['c'])\nreturn ''"),
    view("global variable", "global last\nlast = request.args['a']\ntell()\nreturn ''", "last = ''\n\ndef tell():\n    os.system(last) #! command\n"),
    view("closure", "x = request.args['a']\ndef inner():\n    os.system(x) #! command\ninner()\nreturn ''"),
    view("keyword arguments", "run(name='fixed', other=request.args['a'])\nreturn ''", "def run(name, other='x', **more):\n    os.system(name)\n    os.system(other) #! command\n"),
    view("while loop", "i = 0\nx = 'fixed'\nwhile i < 2:\n    i += 1\n    x = request.args['a']\nos.system(x) #! command\nreturn ''"),
    view("loop that does not run", "x = 'fixed'\nfor i in []:\n    x = request.args['a']\nos.system(x)\nreturn ''"),
    view("deleted and written anew", "l = [request.args['a']]\nl.clear()\nl.append('fixed')\nos.system(l[0])\nreturn ''"),
    view("set", "s = set()\ns.add(request.args['a'])\nfor v in s:\n    os.system(v) #! command\nreturn ''"),
    view("lookup in a set of names", "x = request.args['a']\nallowed = {'a', 'b'}\nif x in allowed:\n    os.system(x)\nreturn ''"),
    view("check in a helper", "x = request.args['a']\nif not valid(x):\n    return 'no'\nos.system(x)\nreturn ''", "ALLOWED = ('a', 'b')\n\ndef valid(v):\n    return v in ALLOWED\n"),
    view("check that raises", "x = check(request.args['a'])\nos.system(x)\nreturn ''", "def check(v):\n    if not v.isalnum():\n        raise ValueError(v)\n    return v\n"),
    view("check of another value", "x = request.args['a']\ny = request.args['b']\nif y in ('a', 'b'):\n    os.system(x) #! command\nreturn ''"),
    view("error text", "try:\n    open('/data/x')\nexcept OSError as e:\n    return 'failed'\nreturn ''"),
    view("sqlalchemy", "import sqlalchemy\nengine = sqlalchemy.create_engine('sqlite://')\nx = request.args['a']\nwith engine.connect() as c:\n    c.execute(sqlalchemy.text(f'select {x}')) #! sql\n    c.execute(sqlalchemy.text('select :a'), {'a': x})\nreturn ''"),
    view("psycopg2", "import psycopg2\nconn = psycopg2.connect(os.environ['DSN'])\ncur = conn.cursor()\ncur.execute('select %s' % request.args['a']) #! sql\ncur.execute('select %s', (request.args['a'],))\nreturn ''"),
    view("mongo", "import pymongo\ndb = pymongo.MongoClient()['a']\ndb['users'].find_one(request.get_json()) #! nosql\ndb['users'].find({'$where': 'this.a == ' + request.args['a']}) #! nosql\ndb['users'].find_one({'name': str(request.args['a'])})\nreturn ''"),
    view("jinja", "import jinja2\njinja2.Template('<b>' + request.args['a']).render() #! template\njinja2.Environment(autoescape=True).from_string('{{ a }}').render(a=request.args['a'])\nreturn ''"),
    view("log", "import logging\nlogging.getLogger(__name__).info('a %s', 'fixed')\nreturn ''"),
    view("ciphers", "from Crypto.Cipher import AES, DES\nAES.new(os.environb[b'K'], AES.MODE_ECB) #! weak-cipher\nAES.new(b'0123456789abcdef', AES.MODE_GCM) #! hardcoded-key\nDES.new(os.environb[b'K'], DES.MODE_CBC) #! weak-cipher\nAES.new(os.environb[b'K'], AES.MODE_GCM)\nreturn ''"),
    view("archives", "import tarfile, zipfile\nt = tarfile.open(fileobj=request.files['f'])\nt.extractall('/tmp/x') #! path\nu = tarfile.open(fileobj=request.files['f'])\nu.extractall('/tmp/x', filter='data')\nreturn ''"),
    view("dynamic import", "import importlib\nimportlib.import_module(request.args['a']) #! dynamic-import\nimportlib.import_module('plugins.' + request.args['a'])\nreturn ''"),
)  # fmt: skip
