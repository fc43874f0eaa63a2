"""Shapes of programs: the same few statements once with data of a request in the end, once without.

Each is written for one kind of sink; the kinds take turns, so that over many shapes each meets each.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.analysis.code.walking import walked

HEAD = """import os, subprocess, html, re, json, base64, functools, contextlib, dataclasses, asyncio, collections
import copy, enum, hashlib, io, itertools, operator, pickle, queue, string, urllib.parse, uuid
import ldap, lxml.etree, pathlib, sqlite3, yaml
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from flask import Flask, make_response, redirect, request, session
app = Flask(__name__)
cur = sqlite3.connect('a').cursor()
tree = lxml.etree.parse('a.xml')
directory = ldap.initialize('ldap://x')
"""
SINKS = {
    "command": "os.system('ls ' + y)",
    "code": "eval(y)",
    "sql": 'cur.execute("select * from t where a = \'" + y + "\'")',
    "path": "open('/d/' + y).read()",
    "xpath": 'tree.xpath("//a[@b=\'" + y + "\']")',
    "ldap": "directory.search_s('o=x', 2, '(uid=' + y + ')')",
    "trust-boundary": "session['u'] = y",
    "deserialization": "pickle.loads(base64.b64decode(y))",
    "xss": "return '<b>' + y + '</b>'",
}
"""Kind -> a statement in which `y` does harm."""


@dataclass(frozen=True)
class Shape:
    """`unsafe` gives `y` data of `x`, which is of a request; `safe` does not. `more` stands before the view."""

    name: str
    unsafe: str
    safe: str
    more: str = ""
    files: dict[str, str] = field(default_factory=dict)


def reaches(shape: Shape, body: str, kind: str) -> bool:
    """Whether a flow into the sink of this kind is found."""
    lines = f"x = request.args.get('x', '')\n{body}\n{SINKS[kind]}\nreturn 'ok'"
    view = "".join(f"    {line}\n" for line in lines.splitlines())
    text = f"{HEAD}{shape.more}\n@app.route('/a')\ndef view():\n{view}"
    result = walked({"app.py": text, **shape.files})
    assert result.failed == ""
    return any(flow.kind == kind for facts in result.facts for flow in facts.flows)
