"""Data of an attacker in JavaScript: each unsafe form with its safe twin. A number is the line of the body with the sink."""

from __future__ import annotations

import pytest
from tests.analysis.code.walking import found, sinks

COMMAND = [
    ("cp.execSync('ls ' + x);", [1]),
    ("cp.execSync(`ls ${x}`);", [1]),
    ("cp.execSync('ls');", []),
    ("const y = 'a';\ncp.execSync(y);", []),
    ("let y = x;\ny = 'a';\ncp.execSync(y);", []),
    ("let y;\nif (x) { y = x; }\ncp.execSync(y);", [3]),
    ("const l = ['a', x];\nl.shift();\ncp.execSync(l[0]);", [3]),
    ("const l = [x, 'a'];\nl.shift();\ncp.execSync(l[0]);", []),
    ("const l = [];\nl.push('a');\nl.push(x);\nl.pop();\ncp.execSync(l.join(' '));", []),
    ("const o = {a: 'a', b: x};\ncp.execSync(o.a);", []),
    ("const o = {a: 'a', b: x};\ncp.execSync(o.b);", [2]),
    ("const {a, ...rest} = {a: x, b: 'b'};\ncp.execSync(rest.b);", []),
    ("const {a = 'z'} = {a: x};\ncp.execSync(a);", [2]),
    ("const o = {a: x};\no.a = 'b';\ncp.execSync(o.a);", []),
    ("const o = {a: x};\ndelete o.a;\ncp.execSync(o.a);", []),
    ("const m = new Map();\nm.set('a', x);\nm.set('b', 'b');\ncp.execSync(m.get('b'));", []),
    ("const m = new Map();\nm.set('a', x);\nm.set('b', 'b');\ncp.execSync(m.get('a'));", [4]),
    ("const y = 7 * 18 + 106 > 200 ? 'a' : x;\ncp.execSync(y);", []),
    ("const y = 7 * 1 + 106 > 200 ? 'a' : x;\ncp.execSync(y);", [2]),
    ("switch ('B') {\n  case 'A': cp.execSync(x); break;\n  default: break;\n}", []),
    ("switch (x) {\n  case 'A': cp.execSync(x); break;\n  default: cp.execSync('a' + x);\n}", [3]),
    ("if (!['a', 'b'].includes(x)) return;\ncp.execSync(x);", []),
    ("if (['a', 'b'].indexOf(x) === -1) return;\ncp.execSync(x);", []),
    ("if (!/^[a-z]+$/.test(x)) { return; }\ncp.execSync(x);", []),
    ("if (!/[a-z]+/.test(x)) { return; }\ncp.execSync(x);", [2]),
    ("if (typeof x !== 'number') return;\ncp.execSync(x);", []),
    ("const n = parseInt(x, 10);\ncp.execSync(`a ${n}`);", []),
    ("const n = Number(x);\ncp.execSync('a ' + n);", []),
    ("const f = (a) => 'ls ' + a;\ncp.execSync(f(x));", [2]),
    ("const f = (a, b) => b;\ncp.execSync(f(x, 'b'));", []),
    ("let y = '';\n['a', x].forEach((a) => { y += a; });\ncp.execSync(y);", [3]),
    ("const l = [x].map((a) => a.trim());\ncp.execSync(l[0]);", [2]),
    ("const y = await new Promise((resolve) => resolve(x));\ncp.execSync(y);", [2]),
    ("Promise.resolve(x).then((y) => cp.execSync(y));", [1]),
    ("const [a, b] = await Promise.all([x, 'b']);\ncp.execSync(b);", []),
    ("const [a, b] = await Promise.all([x, 'b']);\ncp.execSync(a);", [2]),
    ("cp.execFileSync('ls', [x]);", []),
    ("cp.spawn('sh', ['-c', x]);", [1]),
    ("const y = JSON.parse(x).a;\ncp.execSync(y);", [2]),
    ("eval('1');\ncp.execSync(process.env.A);", []),
    (
        "class A { constructor(a) { this.a = a; this.b = 'b'; } run() { cp.execSync(this.a); } safe() { cp.execSync(this.b); } }\nnew A(x).run();\nnew A(x).safe();",
        [1],
    ),
    ("for (const k of Object.keys({a: x})) { cp.execSync(k); }", []),
    ("for (const [k, v] of Object.entries({a: x})) { cp.execSync(v); }", [1]),
    ("const y = event.body ?? 'a';\ncp.execSync(y);", [2]),
    ("const y = event?.requestContext?.requestId;\ncp.execSync(y);", []),
]


@pytest.mark.parametrize(("body", "lines"), COMMAND)
def test_a_command_in_node(body: str, lines: list[int]) -> None:
    assert sinks(body, "command", path="app.js") == lines


def test_modules_of_node() -> None:
    assert found(
        {
            "src/app.ts": """
            import { run as go } from "./lib";
            import * as other from "./other.js";
            export const handler = async (event: any) => {
                go(event.body);
                other.default(event.body);
                return { statusCode: 200 };
            };
        """,
            "src/lib/index.ts": "import { exec } from 'node:child_process';\nexport function run(a: string) {\n  exec(a);\n}\n",
            "src/other.ts": "import cp from 'child_process';\nexport default (a: string) => {\n  cp.exec(a);\n};\n",
        }
    ) == ["src/lib/index.ts:command:3", "src/other.ts:command:3"]


def test_express_and_wrappers() -> None:
    assert found(
        {
            "app.js": """
        const express = require('express');
        const serverless = require('serverless-http');
        const { exec } = require('child_process');
        const app = express();
        app.get('/a/:id', (req, res) => {
            exec(req.params.id);
            res.send(`<b>${req.query.name}</b>`);
            res.json({ a: req.query.name });
        });
        module.exports.handler = serverless(app);
    """
        }
    ) == ["command:6", "xss:7"]


def test_middy() -> None:
    assert found(
        {
            "app.js": """
        import middy from '@middy/core';
        import { exec } from 'child_process';
        const base = async (event) => { exec(event.body); };
        export const handler = middy(base).use({});
        export const other = middy().handler(base);
    """
        }
    ) == ["command:3"]
