"""Other frameworks, other libraries, and code as people write it."""

from __future__ import annotations

from tests.analysis.code.suite.python.apps import App, app
from tests.analysis.code.suite.python.flask_apps import view
from tests.analysis.code.suite.python.lambda_apps import handler

APPS: tuple[App, ...] = (
    app(
        "fastapi", {"app.py": """
        import os
        from uuid import UUID
        from fastapi import FastAPI, Depends
        from fastapi.responses import HTMLResponse, RedirectResponse
        from pydantic import BaseModel
        app = FastAPI()

        class Item(BaseModel):
            name: str
            count: int

        @app.post('/items/{key}')
        def create(key: UUID, item: Item, q: str = ''):
            os.system(f'a {key}')
            os.system('a ' + item.name) #! command
            os.system('a ' + q) #! command
            return {'name': item.name}

        @app.get('/page')
        def page(name: str):
            return HTMLResponse(f'<b>{name}</b>') #! xss

        @app.get('/go')
        def go(to: str):
            return RedirectResponse(to) #! redirect
        """},
        None, "app.create",
    ),
    app(
        "django", {"views.py": """
        import os
        from django.db import connection
        from django.http import HttpResponse, JsonResponse
        from django.shortcuts import render, redirect
        from django.utils.html import escape

        def index(request):
            name = request.GET.get('name', '')
            with connection.cursor() as cursor:
                cursor.execute("select * from t where a = '%s'" % name) #! sql
                cursor.execute('select * from t where a = %s', [name])
            return HttpResponse('<b>' + escape(name) + '</b>')

        def page(request):
            return HttpResponse('<b>' + request.POST['name'] + '</b>') #! xss

        def data(request):
            return JsonResponse({'name': request.GET['name']})

        def go(request):
            return redirect(request.GET['to']) #! redirect

        def shown(request):
            return render(request, 'a.html', {'name': request.GET['name']})
        """},
        None, "views.index",
    ),
    app(
        "chalice", {"app.py": """
        import os
        from chalice import Chalice
        app = Chalice(app_name='a')

        @app.route('/a/{name}', methods=['POST'])
        def create(name):
            os.system('a ' + name) #! command
            os.system('a ' + app.current_request.json_body['x']) #! command
            return {'name': name}

        @app.on_s3_event(bucket='b')
        def stored(event):
            os.system('convert ' + event.key) #! command
        """},
        None, "app.create",
    ),
    app(
        "bottle", {"app.py": """
        import os
        from bottle import request, route, run, template

        @route('/a/<name>')
        def show(name):
            os.system('a ' + name) #! command
            os.system('a ' + request.query.b) #! command
            os.system('a ' + request.query.get('b', '')) #! command
            return template('<b>{{n}}</b>', n=name)
        """},
        None, "app.show",
    ),
    app(
        "aiohttp", {"app.py": """
        import os
        from aiohttp import web

        async def show(request: web.Request) -> web.Response:
            os.system('a ' + request.query['b']) #! command
            body = await request.json()
            os.system('a ' + body['c']) #! command
            return web.Response(text='<b>' + request.match_info['name'], content_type='text/html') #! xss

        app = web.Application()
        app.router.add_get('/a/{name}', show)
        """},
        None, "app.show",
    ),
    app(
        "fastapi dependencies", {"app.py": """
        import os
        from fastapi import Depends, FastAPI
        app = FastAPI()

        def page(q: str, limit: int = 10):
            return {'q': q, 'limit': limit}

        def nested(p: dict = Depends(page)):
            return p['q']

        class Filter:
            def __init__(self, name: str = ''):
                self.name = name

        def fixed():
            return 'ls'

        @app.get('/a')
        def show(p: dict = Depends(page), f: Filter = Depends(Filter), n: str = Depends(nested), c: str = Depends(fixed)):
            os.system('a ' + p['q']) #! command
            os.system('a %d' % p['limit'])
            os.system('a ' + f.name) #! command
            os.system('a ' + n) #! command
            os.system('a ' + c)
            return 'ok'
        """},
        None, "app.show",
    ),
    app(
        "django views", {"views.py": """
        import os
        from django.http import HttpResponse
        from django.views import View
        from rest_framework.decorators import action, api_view
        from rest_framework.views import APIView
        from rest_framework.viewsets import ModelViewSet

        class Page(View):
            def get(self, request, name):
                os.system('a ' + name) #! command
                return HttpResponse('<b>' + request.GET['x'] + '</b>') #! xss

            def post(self, request):
                os.system('a ' + self.given()) #! command

            def given(self):
                return self.request.POST.get('z')

            def quiet(self):
                return 'a ' + self.given()

        class Items(APIView):
            def post(self, request, format=None):
                Item.objects.raw("select * from x where a = '%s'" % request.data['n']) #! sql
                Item.objects.raw("select * from x where a = %s", [request.data['n']])

        class Sets(ModelViewSet):
            @action(detail=True)
            def run(self, request, pk=None):
                os.system('a ' + request.query_params['x']) #! command

        @api_view(['GET'])
        def plain(request):
            os.system('a ' + request.query_params['x']) #! command
        """},
        None, "views.plain",
    ),
    app(
        "flask class view", {"app.py": """
        import os
        from flask import Blueprint, Flask, request
        from flask.views import MethodView
        bp = Blueprint('a', __name__)

        class Items(MethodView):
            def get(self, name):
                os.system('a ' + name) #! command
                return 'ok'

            def post(self):
                os.system('a ' + request.form['n']) #! command
                return 'ok'

        bp.add_url_rule('/items', view_func=Items.as_view('items'))

        @bp.before_request
        def check():
            os.system('a ' + request.headers['X-A']) #! command
        """},
        None, "app.check",
    ),
    handler(
        "cognito trigger", "user-pool",
        "name = event['request']['userAttributes']['name']\n"
        "os.system('hello ' + name) #! command\n"
        "os.system('hello ' + event['userPoolId'])\n"
        "return event",
    ),
    handler(
        "appsync", "graphql",
        "os.system('a ' + event['arguments']['id']) #! command\n"
        "os.system('a ' + event['info']['fieldName'])\n"
        "os.system('a ' + event['identity']['sub'])",
    ),
    handler(
        "records by helper", "sqs",
        "for record in event.get('Records', []):\n"
        "    process(record)",
        "def process(record):\n    body = json.loads(record['body'])\n    name = body.get('name', 'none')\n    run(name=name)\n\n"
        "def run(*, name):\n    subprocess.check_output(f'convert {name}', shell=True) #! command\n",
    ),
    handler(
        "class with state", "http-v1",
        "return Service(event).run()",
        "class Service:\n    def __init__(self, event):\n        self.params = event.get('queryStringParameters') or {}\n"
        "        self.name = self.params.get('name')\n        self.kind = 'fixed'\n\n"
        "    def run(self):\n        self.log()\n        os.system('a ' + self.name) #! command\n        os.system('a ' + self.kind)\n        return {}\n\n"
        "    def log(self):\n        print(self.kind)\n",
    ),
    handler(
        "inheritance", "http-v1",
        "return Child().handle(event['body'])",
        "class Parent:\n    def handle(self, body):\n        return self.run(self.prepare(body))\n\n    def prepare(self, body):\n        return body\n\n"
        "class Child(Parent):\n    def run(self, text):\n        os.system(text) #! command\n        return {}\n\n"
        "class Safe(Parent):\n    def prepare(self, body):\n        return 'fixed'\n\n    def run(self, text):\n        os.system(text)\n",
    ),
    handler(
        "wrapped handler", "http-v1",
        "os.system('a ' + event['pathParameters']['x']) #! command\nreturn {}",
        "import functools\n\ndef json_response(function):\n    @functools.wraps(function)\n    def inner(event, context):\n"
        "        try:\n            return function(event, context)\n        except ValueError as error:\n            return {'statusCode': 400}\n    return inner\n\n@json_response",
    ),
    handler(
        "secrets and stored data are no attacker's", "schedule",
        "secret = boto3.client('secretsmanager').get_secret_value(SecretId='a')['SecretString']\n"
        "password = json.loads(secret)['password']\n"
        "conn = pymysql.connect(password=password)\n"
        "conn.cursor().execute('select 1')",
        "import pymysql\n",
    ),
    handler(
        "tainted list of commands is quoted", "http-v1",
        "import shlex\n"
        "names = json.loads(event['body'])['names']\n"
        "os.system('ls ' + ' '.join(shlex.quote(name) for name in names))\n"
        "os.system('ls ' + ' '.join(names)) #! command\n"
        "os.system(f\"ls {' '.join(shlex.quote(n) for n in names)}\")\n"
        "return {}",
    ),
    handler(
        "tuple from a helper", "http-v1",
        "name, kind = parse(event)\nos.system('a ' + name) #! command\nos.system('a ' + kind)\nreturn {}",
        "def parse(event):\n    return event['pathParameters']['name'], 'fixed'\n",
    ),
    handler(
        "number in range", "http-v1",
        "limit = int(event['queryStringParameters'].get('limit', 10))\n"
        "page = float(event['queryStringParameters']['page'])\n"
        "db.execute(f'select * from t limit {limit} offset {page}')\n"
        "return {}",
        "import sqlite3\ndb = sqlite3.connect('/tmp/a')\n",
    ),
    handler(
        "column by allow-list", "http-v1",
        "column = COLUMNS.get(event['queryStringParameters']['sort'], 'id')\n"
        "db.execute('select * from t order by ' + column)\n"
        "order = 'desc' if event['queryStringParameters'].get('order') == 'desc' else 'asc'\n"
        "db.execute(f'select * from t order by id {order}')\n"
        "return {}",
        "import sqlite3\ndb = sqlite3.connect('/tmp/a')\nCOLUMNS = {'name': 'name', 'date': 'created'}\n",
    ),
    handler(
        "placeholders for a list", "http-v1",
        "ids = json.loads(event['body'])['ids']\n"
        "marks = ','.join('?' for _ in ids)\n"
        "db.execute(f'select * from t where id in ({marks})', ids)\n"
        "marks = ','.join(['?'] * len(ids))\n"
        "db.execute('select * from t where id in (' + marks + ')', ids)\n"
        "return {}",
        "import sqlite3\ndb = sqlite3.connect('/tmp/a')\n",
    ),
    handler(
        "enumeration", "http-v1",
        "kind = Kind(event['queryStringParameters']['kind'])\nos.system('run ' + kind.value)\nreturn {}",
        "from enum import Enum\n\nclass Kind(Enum):\n    A = 'a'\n    B = 'b'\n",
    ),
    handler(
        "update expression with placeholders", "http-v1",
        "body = json.loads(event['body'])\n"
        "table = boto3.resource('dynamodb').Table(os.environ['TABLE'])\n"
        "names = {f'#{i}': key for i, key in enumerate(body)}\n"
        "values = {f':{i}': value for i, value in enumerate(body.values())}\n"
        "expression = 'set ' + ', '.join(f'#{i} = :{i}' for i in range(len(body)))\n"
        "table.update_item(Key={'id': '1'}, UpdateExpression=expression, ExpressionAttributeNames=names, ExpressionAttributeValues=values)\n"
        "return {}",
    ),
    handler(
        "temporary file with a name of its own", "s3",
        "import tempfile, uuid\n"
        "key = event['Records'][0]['s3']['object']['key']\n"
        "path = f'/tmp/{uuid.uuid4()}'\n"
        "boto3.client('s3').download_file('b', key, path)\n"
        "with tempfile.NamedTemporaryFile() as f:\n"
        "    boto3.client('s3').download_fileobj('b', key, f)\n"
        "    open(f.name).read()\n"
        "os.remove(path)",
    ),
    handler(
        "bucket key is no path", "http-v1",
        "key = event['pathParameters']['key']\n"
        "data = boto3.client('s3').get_object(Bucket='b', Key=key)['Body'].read()\n"
        "boto3.client('s3').put_object(Bucket='b', Key='copy/' + key, Body=data)\n"
        "return {'body': data}",
    ),
    handler(
        "url with a fixed host", "http-v1",
        "import urllib.request, urllib.parse, requests\n"
        "name = event['queryStringParameters']['name']\n"
        "urllib.request.urlopen('https://api.example.com/' + urllib.parse.quote(name))\n"
        "requests.get(f'{BASE}/users/{name}')\n"
        "requests.get(os.environ['API'] + '/users/' + name)\n"
        "urllib.request.urlopen(name) #! ssrf\n"
        "requests.request('GET', f'http://{name}.example.com.evil') #! ssrf\n"
        "return {}",
        "BASE = 'https://api.example.com'\n",
    ),
    handler(
        "host on the allow-list", "http-v1",
        "import requests\n"
        "from urllib.parse import urlparse\n"
        "url = event['queryStringParameters']['url']\n"
        "if urlparse(url).hostname not in HOSTS:\n"
        "    raise ValueError('no')\n"
        "requests.get(url)\n"
        "return {}",
        "HOSTS = ['a.example.com']\n",
    ),
    view("nested functions in f-strings", "x = request.args['a']\nos.system(f'echo {f\"{x.strip()}\"!s:>10}') #! command\nreturn ''"),
    view("json in and out", "import json\nd = json.loads(json.dumps({'a': request.args['a'], 'b': 'fixed'}))\nos.system(d['a']) #! command\nos.system(d['b'])\nreturn ''"),
    view("map and filter", "l = list(map(str.strip, request.args['a'].split(',')))\nos.system(l[0]) #! command\nn = list(map(int, request.args['a'].split(',')))\nos.system(f'a {n[0]}')\nreturn ''"),
    view("sorted and zip", "l = sorted(request.args.getlist('a'))\nfor a, b in zip(['x', 'y'], l):\n    os.system(a)\n    os.system(b) #! command\nreturn ''"),
    view("thread", "import threading\nt = threading.Thread(target=run, args=(request.args['a'],))\nt.start()\nreturn ''", "def run(v):\n    os.system(v) #! command\n"),
    view("context manager", "with opened(request.args['a']) as v:\n    os.system(v) #! command\nreturn ''", "import contextlib\n\n@contextlib.contextmanager\ndef opened(v):\n    yield v\n"),
    view("try and finally", "x = 'fixed'\ntry:\n    x = request.args['a']\nfinally:\n    os.system(x) #! command\nreturn ''"),
    view("property", "c = Carrier(request.args['a'])\nos.system(c.text) #! command\nos.system(c.fixed)\nreturn ''", "class Carrier:\n    def __init__(self, v):\n        self._v = v\n\n    @property\n    def text(self):\n        return self._v\n\n    @property\n    def fixed(self):\n        return 'fixed'\n"),
    view("static and class methods", "os.system(Tool.same(request.args['a'])) #! command\nos.system(Tool.made(request.args['a']).v) #! command\nos.system(Tool.none(request.args['a']))\nreturn ''", "class Tool:\n    def __init__(self, v):\n        self.v = v\n\n    @staticmethod\n    def same(v):\n        return v\n\n    @classmethod\n    def made(cls, v):\n        return cls(v)\n\n    @staticmethod\n    def none(v):\n        return ''\n"),
    view("recursion", "os.system(down(request.args['a'], 3)) #! command\nreturn ''", "def down(v, n):\n    if n == 0:\n        return v\n    return down(v, n - 1)\n"),
    view("reassigned in a branch that is not known", "x = request.args['a']\nif os.environ.get('SAFE'):\n    x = 'fixed'\nos.system(x) #! command\nreturn ''"),
    view("both branches replace it", "x = request.args['a']\nif os.environ.get('SAFE'):\n    x = 'fixed'\nelse:\n    x = 'other'\nos.system(x)\nreturn ''"),
    view("length check is no cure", "x = request.args['a']\nif len(x) > 10:\n    return 'no'\nos.system(x) #! command\nreturn ''"),
    view("equality with a constant", "x = request.args['a']\nif x != 'ls':\n    return 'no'\nos.system(x)\nreturn ''"),
    view("deny-list is no cure for commands", "x = request.args['a']\nif ';' in x:\n    return 'no'\nos.system('ls ' + x) #! command\nreturn ''"),
    view("startswith is no cure for commands", "x = request.args['a']\nif not x.startswith('ls'):\n    return 'no'\nos.system(x) #! command\nreturn ''"),
    view("chained methods on a wrapper", "x = Builder().add('ls ').add(request.args['a']).build()\nos.system(x) #! command\nreturn ''", "class Builder:\n    def __init__(self):\n        self.parts = []\n\n    def add(self, v):\n        self.parts.append(v)\n        return self\n\n    def build(self):\n        return ''.join(self.parts)\n"),
    view("escape in a loop", "r = []\nfor v in request.args.getlist('a'):\n    r.append('<li>' + html.escape(v) + '</li>')\nreturn ''.join(r)"),
    view("escaped once and once not", "v = request.args['a']\nr = html.escape(v)\nr += v\nreturn r #! xss"),
    view("format map", "x = request.args['a']\nos.system('ls {a} {b}'.format(a=x, b='c')) #! command\nos.system('ls {b}'.format(a=x, b='c'))\nreturn ''"),
    view("percent by name", "x = request.args['a']\nos.system('ls %(a)s' % {'a': x, 'b': 'c'}) #! command\nos.system('ls %(b)s' % {'a': x, 'b': 'c'})\nreturn ''"),
    view("template of the library", "import string\nos.system(string.Template('ls $a').substitute(a=request.args['a'])) #! command\nreturn ''"),
    view("quote is no cure for a host", "import requests, urllib.parse\nrequests.get(urllib.parse.unquote(request.args['a'])) #! ssrf\nreturn ''"),
    view("negative index and slices of lists", "l = ['a', 'b', request.args['a']]\nos.system(l[-1]) #! command\nos.system(l[-2])\nos.system(' '.join(l[:2]))\nos.system(' '.join(l[1:])) #! command\nreturn ''"),
    view("dict views", "d = {'a': 'x', 'b': request.args['a']}\nfor k, v in d.items():\n    os.system(k)\nfor v in d.values():\n    os.system(v) #! command\nos.system(d.pop('b')) #! command\nos.system(d.setdefault('c', 'y'))\nreturn ''"),
    view("merged dicts", "d = {'a': 'x', **{'b': request.args['a']}}\nos.system(d['b']) #! command\nos.system((d | {'b': 'y'})['b'])\nreturn ''"),
    view("yaml without a loader", "import yaml\ntext = open('config.yaml').read()\nyaml.load(text) #! deserialization\nyaml.load(text, Loader=yaml.FullLoader)\nyaml.safe_load(text)\nreturn ''"),
    view("keys from the environment, with and without a default", "import hmac, hashlib\nhmac.new(os.environ.get('K', '').encode(), b'a', hashlib.sha256)\nhmac.new(os.environ['K'].encode(), b'a', hashlib.sha256)\nhmac.new(b'in the source', b'a', hashlib.sha256) #! hardcoded-key\nreturn ''"),
    view("number by the type of get", "n = request.args.get('page', 1, type=int)\nos.system(f'a {n}')\nm = request.args.get('name', 'a', type=str)\nos.system(f'a {m}') #! command\nreturn ''"),
    view("identifiers of psycopg", "import psycopg2\nfrom psycopg2 import sql\ncur = psycopg2.connect(os.environ['DSN']).cursor()\nx = request.args['a']\ncur.execute(sql.SQL('select {}').format(sql.Identifier(x)))\ncur.execute(sql.SQL('select ' + x)) #! sql\nreturn ''"),
    view("object mapper", "from models import db, User\nx = request.args['a']\nUser.query.filter_by(name=x).first()\ndb.session.query(User).filter(User.name == x).all()\ndb.session.execute(f'select {x}') #! sql\nUser.objects.raw('select ' + x) #! sql\nUser.objects.filter(name=x)\nreturn ''"),
    view("old mysql", "import MySQLdb\nc = MySQLdb.connect('h').cursor()\nx = request.args['a']\nc.execute(\"select '%s'\" % MySQLdb.escape_string(x).decode())\nc.execute('select %s' % MySQLdb.escape_string(x).decode()) #! sql\nreturn ''"),
    view("shell word by word", "import shlex\nx = request.args['a']\nsubprocess.run(shlex.split('ls ' + shlex.quote(x)))\nsubprocess.run(['ls', '--', x])\nsubprocess.run('ls ' + x, shell=True) #! command\nsubprocess.Popen(f'ls {shlex.quote(x)}', shell=True)\nreturn ''"),
    view("ssh", "import paramiko\nc = paramiko.SSHClient()\nc.set_missing_host_key_policy(paramiko.AutoAddPolicy()) #! tls-off\nc.connect('h')\nc.exec_command('ls ' + request.args['a']) #! command\nreturn ''"),
    view("session client without checks", "import requests, httpx\ns = requests.Session()\ns.verify = False #! tls-off\nhttpx.Client(verify=False) #! tls-off\nhttpx.Client()\nreturn ''"),
)  # fmt: skip
