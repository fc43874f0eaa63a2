"""Functions by trigger: what of an event an attacker chooses, and what not."""

from __future__ import annotations

from tests.analysis.code.suite.python.apps import App, app


def handler(name: str, trigger: str, body: str, more: str = "", files: dict[str, str] | None = None) -> App:
    """One handler, whose body stands at the margin."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    text = f"import os, json, subprocess, boto3\n{more}\ndef handler(event, context):\n{lines}"
    return app(name, {"app.py": text, **(files or {})}, trigger)


APPS: tuple[App, ...] = (
    handler(
        "http v1", "http-v1",
        "q = event['queryStringParameters']['a']\n"
        "os.system('ls ' + q) #! command\n"
        "os.system('ls ' + event['pathParameters']['id']) #! command\n"
        "os.system('ls ' + event['headers'].get('X-A', '')) #! command\n"
        "os.system('ls ' + json.loads(event['body'])['a']) #! command\n"
        "os.system('ls ' + event['requestContext']['requestId'])\n"
        "os.system('ls ' + event['requestContext']['authorizer']['claims']['sub'])\n"
        "os.system('ls ' + event['httpMethod'])\n"
        "return {'statusCode': 200, 'body': json.dumps({'a': q})}",
    ),
    handler(
        "http v2", "http-v2",
        "import base64\n"
        "body = event.get('body') or '{}'\n"
        "if event.get('isBase64Encoded'):\n"
        "    body = base64.b64decode(body).decode()\n"
        "data = json.loads(body)\n"
        "os.system('ls ' + data['a']) #! command\n"
        "os.system('ls ' + event['rawQueryString']) #! command\n"
        "os.system('ls ' + event['requestContext']['accountId'])\n"
        "return {'statusCode': 200}",
    ),
    handler(
        "http html", "http-v1",
        "q = (event.get('queryStringParameters') or {}).get('a', '')\n"
        "return {'statusCode': 200, 'headers': {'Content-Type': 'text/html'}, 'body': '<b>' + q + '</b>'} #! xss",
    ),
    handler(
        "http json", "http-v1",
        "q = (event.get('queryStringParameters') or {}).get('a', '')\n"
        "return {'statusCode': 200, 'headers': {'Content-Type': 'application/json'}, 'body': json.dumps({'a': q})}",
    ),
    handler(
        "http html escaped", "http-v1",
        "import html\n"
        "q = event['queryStringParameters']['a']\n"
        "return {'statusCode': 200, 'headers': {'Content-Type': 'text/html'}, 'body': '<b>' + html.escape(q) + '</b>'}",
    ),
    handler(
        "http redirect", "http-v2",
        "to = event['queryStringParameters']['to']\n"
        "return {'statusCode': 302, 'headers': {'Location': to}} #! redirect",
    ),
    handler(
        "http redirect within", "http-v2",
        "to = event['queryStringParameters']['to']\n"
        "return {'statusCode': 302, 'headers': {'Location': 'https://example.com/' + to}}",
    ),
    handler(
        "sqs", "sqs",
        "for record in event['Records']:\n"
        "    message = json.loads(record['body'])\n"
        "    subprocess.run('convert ' + message['file'], shell=True) #! command\n"
        "    subprocess.run('log ' + record['messageId'], shell=True)\n"
        "    subprocess.run('log ' + record['eventSourceARN'], shell=True)",
    ),
    handler(
        "sns in sqs", "sqs",
        "for record in event['Records']:\n"
        "    inner = json.loads(json.loads(record['body'])['Message'])\n"
        "    os.system('convert ' + inner['file']) #! command",
    ),
    handler(
        "sns", "sns",
        "text = event['Records'][0]['Sns']['Message']\n"
        "os.system('log ' + event['Records'][0]['Sns']['TopicArn'])\n"
        "os.system('log ' + text) #! command",
    ),
    handler(
        "s3", "s3",
        "from urllib.parse import unquote_plus\n"
        "for record in event['Records']:\n"
        "    bucket = record['s3']['bucket']['name']\n"
        "    key = unquote_plus(record['s3']['object']['key'])\n"
        "    os.system('log ' + bucket)\n"
        "    os.system(f'convert {key}') #! command\n"
        "    os.system(f\"size {record['s3']['object']['size']}\")",
    ),
    handler(
        "dynamodb stream", "dynamodb",
        "for record in event['Records']:\n"
        "    image = record['dynamodb']['NewImage']\n"
        "    os.system('log ' + record['eventName'])\n"
        "    os.system('log ' + image['name']['S']) #! command",
    ),
    handler("schedule", "schedule", "os.system('log ' + event['time'])\nos.system('log ' + event.get('detail', {}).get('x', ''))"),
    handler(
        "kinesis", "kinesis",
        "import base64\n"
        "for record in event['Records']:\n"
        "    data = json.loads(base64.b64decode(record['kinesis']['data']))\n"
        "    os.system('log ' + record['kinesis']['partitionKey']) #! command\n"
        "    os.system('log ' + data['a']) #! command\n"
        "    os.system('log ' + record['eventID'])",
    ),
    handler(
        "eventbridge", "eventbridge",
        "os.system('log ' + event['detail']['name']) #! command\n"
        "os.system('log ' + event['detail-type'])\n"
        "os.system('log ' + event['account'])",
    ),
    handler(
        "sql data api", "http-v1",
        "q = event['queryStringParameters']['a']\n"
        "client = boto3.client('rds-data')\n"
        "client.execute_statement(resourceArn='r', secretArn='s', sql=f\"select * from t where a = '{q}'\") #! sql\n"
        "client.execute_statement(resourceArn='r', secretArn='s', sql='select :a', parameters=[{'name': 'a', 'value': {'stringValue': q}}])\n"
        "boto3.client('athena').start_query_execution(QueryString='select ' + q) #! sql\n"
        "return {}",
    ),
    handler(
        "dynamodb expressions", "http-v1",
        "q = event['queryStringParameters']['a']\n"
        "client = boto3.client('dynamodb')\n"
        "client.execute_statement(Statement=f\"select * from t where a = '{q}'\") #! nosql\n"
        "client.execute_statement(Statement='select * from t where a = ?', Parameters=[{'S': q}])\n"
        "table = boto3.resource('dynamodb').Table('t')\n"
        "table.scan(FilterExpression='a = ' + q) #! nosql\n"
        "table.scan(FilterExpression='a = :a', ExpressionAttributeValues={':a': q})\n"
        "table.get_item(Key={'id': q})\n"
        "return {}",
    ),
    handler(
        "driver at module level", "http-v1",
        "with conn.cursor() as cursor:\n"
        "    cursor.execute('select * from t where a = ' + event['queryStringParameters']['a']) #! sql\n"
        "    cursor.execute('select * from t where a = %s', (event['queryStringParameters']['a'],))\n"
        "return {}",
        "import pymysql\nconn = pymysql.connect(host=os.environ['HOST'])\n",
    ),
    handler(
        "downloads to tmp", "s3",
        "key = event['Records'][0]['s3']['object']['key']\n"
        "boto3.client('s3').download_file('b', key, '/tmp/' + key) #! path\n"
        "boto3.client('s3').download_file('b', key, '/tmp/' + os.path.basename(key))\n"
        "boto3.client('s3').get_object(Bucket='b', Key=key)",
    ),
    handler(
        "chosen function", "http-v1",
        "body = json.loads(event['body'])\n"
        "boto3.client('lambda').invoke(FunctionName=body['name'], Payload=b'{}') #! chosen-resource\n"
        "boto3.client('lambda').invoke(FunctionName=os.environ['NAME'], Payload=json.dumps(body))\n"
        "return {}",
    ),
    handler(
        "layers of files", "http-v1",
        "return service.handle(event)",
        "from lib import service\n",
        {
            "lib/__init__.py": "",
            "lib/service.py": (
                "from lib.store import Store\n\nstore = Store('t')\n\ndef handle(event):\n"
                "    name = event['pathParameters']['name']\n    store.find(name)\n    store.find_safely(name)\n    return {'statusCode': 200}\n"
            ),
            "lib/store.py": (
                "import sqlite3\n\nclass Store:\n    def __init__(self, table):\n        self.table = table\n"
                "        self.connection = sqlite3.connect('/tmp/a')\n\n    def find(self, name):\n"
                "        query = f\"select * from {self.table} where name = '{name}'\"\n"
                "        return self.connection.execute(query).fetchall() #! sql\n\n"
                "    def find_safely(self, name):\n"
                "        return self.connection.execute(f'select * from {self.table} where name = ?', (name,)).fetchall()\n"
            ),
        },
    ),
    handler(
        "early return on a check", "http-v1",
        "kind = event['queryStringParameters']['kind']\n"
        "if kind not in ALLOWED:\n"
        "    return {'statusCode': 400}\n"
        "os.system('run ' + kind)\n"
        "return {'statusCode': 200}",
        "ALLOWED = {'a', 'b'}\n",
    ),
    handler(
        "dispatch", "http-v1",
        "return ROUTES[event['httpMethod']](event)",
        "def get(event):\n    os.system('ls ' + event['queryStringParameters']['a']) #! command\n    return {}\n\n"
        "def post(event):\n    return {}\n\nROUTES = {'GET': get, 'POST': post}\n",
    ),
    handler(
        "prefix check of a user's own number", "http-v1",
        "number = event['pathParameters']['n']\n"
        "if not number.isdigit():\n"
        "    raise ValueError(number)\n"
        "os.system('kill ' + number)\n"
        "return {}",
    ),
    handler("environment is no attacker's", "http-v1", "os.system('ls ' + os.environ['DIR'])\nreturn {}"),
    app(
        "powertools", {"app.py": """
        import os
        from aws_lambda_powertools.event_handler import APIGatewayRestResolver
        app = APIGatewayRestResolver()

        @app.get('/a/<name>')
        def show(name: str):
            os.system('ls ' + name) #! command
            os.system('ls ' + app.current_event.get_query_string_value('b', '')) #! command
            return {'a': name}

        def handler(event, context):
            return app.resolve(event, context)
        """},
        "http-v1",
    ),
    app(
        "mangum", {"app.py": """
        import os
        from fastapi import FastAPI, Request
        from mangum import Mangum
        app = FastAPI()

        @app.get('/a/{name}')
        async def show(name: str, number: int, request: Request):
            os.system('ls ' + name) #! command
            os.system(f'ls {number}')
            body = await request.json()
            os.system('ls ' + body['x']) #! command
            return {}

        handler = Mangum(app)
        """},
        "http-v1",
    ),
    app(
        "azure", {"function_app.py": """
        import os
        import azure.functions as func
        app = func.FunctionApp()

        @app.route(route='a')
        def a(req: func.HttpRequest) -> func.HttpResponse:
            name = req.params.get('name')
            os.system('ls ' + name) #! command
            return func.HttpResponse('<b>' + name + '</b>', mimetype='text/html') #! xss

        @app.queue_trigger(arg_name='msg', queue_name='q', connection='C')
        def b(msg: func.QueueMessage):
            os.system('ls ' + msg.get_body().decode('utf-8')) #! command

        @app.timer_trigger(schedule='0 * * * * *', arg_name='timer')
        def c(timer: func.TimerRequest):
            os.system('ls')
        """},
        None, "function_app.a",
    ),
    app(
        "google", {"main.py": """
        import os
        import functions_framework

        @functions_framework.http
        def hello(request):
            os.system('ls ' + request.args.get('a', '')) #! command
            return 'ok'

        @functions_framework.cloud_event
        def stored(event):
            os.system('convert ' + event.data['name']) #! command
        """},
        None, "main.hello",
    ),
)  # fmt: skip
