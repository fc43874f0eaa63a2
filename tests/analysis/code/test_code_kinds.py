"""One case and its safe twin for the kinds of sinks that Flask handlers meet: found or not."""

from __future__ import annotations

import pytest
from tests.analysis.code.walking import found

HEAD = """\
from flask import Flask, request, make_response, redirect, session, escape
import os, subprocess, sqlite3, pickle, yaml, hashlib, random, base64, html, urllib.parse, configparser, lxml.etree, markupsafe
app = Flask(__name__)
@app.route("/t", methods=["GET","POST"])
def t():
    RESPONSE = ""
    param = request.args.get("p", "")
"""

CASES = [
    ("xss", 'RESPONSE += f"<b>{param}</b>"\nreturn RESPONSE', "xss", True),
    ("xss2", 'RESPONSE += f"<b>{markupsafe.escape(param)}</b>"\nreturn RESPONSE', "xss", False),
    ("xss3", 'RESPONSE += f"<b>{html.escape(param)}</b>"\nreturn RESPONSE', "xss", False),
    ("xss4", 'RESPONSE += ("<b>%s</b>" % param)\nreturn RESPONSE, 200', "xss", True),
    ("xpath", 'root=lxml.etree.parse("a.xml")\nq=f"/E/E[@id=\'{param}\']"\nn=root.xpath(q)\nreturn "x"', "xpath", True),
    ("xpath2", 'root=lxml.etree.parse("a.xml")\nn=root.xpath("/E/E[@id=$n]", n=param)\nreturn "x"', "xpath", False),
    (
        "xpath3",
        'root=lxml.etree.parse("a.xml")\nif "\'" in param:\n    return "bad"\nq=f"/E/E[@id=\'{param}\']"\nn=root.xpath(q)\nreturn "x"',
        "xpath",
        False,
    ),
    (
        "xpath4",
        'root=lxml.etree.parse("a.xml")\nb=param.replace("\'", "&apos;")\nq=f"/E/E[@id=\'{b}\']"\nn=root.xpath(q)\nreturn "x"',
        "xpath",
        False,
    ),
    (
        "xpath5",
        'import elementpath\nimport xml.etree.ElementTree as ET\nroot=ET.parse("a.xml")\nn=elementpath.select(root, f"/E/E[@id=\'{param}\']")\nreturn "x"',
        "xpath",
        True,
    ),
    (
        "ldap",
        'import ldap3\nc=ldap3.Connection(ldap3.Server("x"))\nc.search("dc=a", f"(uid={param})")\nreturn ""',
        "ldap",
        True,
    ),
    (
        "ldap2",
        'import ldap3, ldap3.utils.conv\nc=ldap3.Connection(ldap3.Server("x"))\nc.search("dc=a", f"(uid={ldap3.utils.conv.escape_filter_chars(param)})")\nreturn ""',
        "ldap",
        False,
    ),
    ("redir", "return redirect(param)", "redirect", True),
    (
        "redir2",
        'u=urllib.parse.urlparse(param)\nif u.netloc not in ["g.com"] or u.scheme != "https":\n    return "no"\nreturn redirect(param)',
        "redirect",
        False,
    ),
    (
        "redir3",
        'try:\n    u=urllib.parse.urlparse(param)\n    if u.netloc not in ["g.com"]:\n        RESPONSE += "no"\n        return RESPONSE\nexcept:\n    return "err"\nreturn redirect(param)',
        "redirect",
        False,
    ),
    ("pickle", 'pickle.loads(base64.urlsafe_b64decode(param))\nreturn ""', "deserialization", True),
    ("yaml", 'yaml.load(param, Loader=yaml.Loader)\nreturn ""', "deserialization", True),
    ("yaml2", 'yaml.load(param, Loader=yaml.SafeLoader)\nreturn ""', "deserialization", False),
    ("yaml3", 'yaml.safe_load(param)\nreturn ""', "deserialization", False),
    ("trust", 'session[param]="1"\nreturn ""', "trust-boundary", True),
    ("trust2", 'session["u"]=param\nreturn ""', "trust-boundary", True),
    ("trust3", 'session["u"]="a"\nreturn ""', "trust-boundary", False),
    ("trust4", 'import flask\nflask.session["u"]=param\nreturn ""', "trust-boundary", True),
    ("hash", 'h=hashlib.md5()\nh.update(b"a")\nreturn ""', "weak-hash", True),
    ("hash2", 'h=hashlib.new("sha1")\nreturn ""', "weak-hash", True),
    ("hash3", 'h=hashlib.sha256()\nreturn ""', "weak-hash", False),
    ("hash4", 'h=hashlib.new("sha512")\nreturn ""', "weak-hash", False),
    ("rand", 'v=random.random()\nreturn ""', "weak-randomness", True),
    ("rand1", 'v=random.randint(0,9)\nreturn ""', "weak-randomness", True),
    ("rand2", 'v=random.SystemRandom().random()\nreturn ""', "weak-randomness", False),
    ("rand3", 'import secrets\nv=secrets.token_hex(3)\nreturn ""', "weak-randomness", False),
    ("cookie", 'r=make_response("a")\nr.set_cookie("a","b",secure=False,httponly=True)\nreturn r', "cookie", True),
    ("cookie2", 'r=make_response("a")\nr.set_cookie("a","b",secure=True,httponly=True)\nreturn r', "cookie", False),
    (
        "xxe",
        'import xml.sax\np=xml.sax.make_parser()\np.setFeature(xml.sax.handler.feature_external_ges, True)\nimport io\np.parse(io.StringIO(param))\nreturn ""',
        "xxe",
        True,
    ),
    (
        "xxe2",
        'import xml.sax\np=xml.sax.make_parser()\np.setFeature(xml.sax.handler.feature_external_ges, False)\nimport io\np.parse(io.StringIO(param))\nreturn ""',
        "xxe",
        False,
    ),
    ("xxe3", 'p=lxml.etree.XMLParser(resolve_entities=True)\nlxml.etree.fromstring(param, p)\nreturn ""', "xxe", True),
    ("exec", 'exec(param)\nreturn ""', "code", True),
    (
        "exec2",
        'if not param.startswith("\'") or not param.endswith("\'") or "\'" in param[1:-1]:\n    return "no"\nexec(param)\nreturn ""',
        "code",
        False,
    ),
    (
        "cfg",
        "c=configparser.ConfigParser()\nc.add_section('s')\nc.set('s','a','v')\nc.set('s','b',param)\nbar=c.get('s','b')\nos.system(bar)\nreturn ''",
        "command",
        True,
    ),
    (
        "cfg2",
        "c=configparser.ConfigParser()\nc.add_section('s')\nc.set('s','a','v')\nc.set('s','b',param)\nbar=c.get('s','a')\nos.system(bar)\nreturn ''",
        "command",
        False,
    ),
    ("open", 'f=open(f"/tmp/{param}","rb")\nreturn ""', "path", True),
    (
        "open2",
        'import pathlib\nd=pathlib.Path("/tmp")\np=(d/param).resolve()\nif not str(p).startswith(str(d)):\n    return "x"\nopen(p)\nreturn ""',
        "path",
        False,
    ),
    ("open2b", 'import pathlib\nd=pathlib.Path("/tmp")\np=(d/param).resolve()\np.read_text()\nreturn ""', "path", True),
    ("open3", 'import codecs\ncodecs.open(f"/tmp/{param}")\nreturn ""', "path", True),
    ("open4", 'if os.path.exists("/tmp/"+param): pass\nreturn ""', "path", True),
    ("sql", 'c=sqlite3.connect("a")\ncur=c.cursor()\nq=f"select {param}"\ncur.execute(q)\nreturn ""', "sql", True),
    ("cmdl", 'argl=["sh","-c",f"echo {param}"]\nsubprocess.run(argl)\nreturn ""', "command", True),
    ("cmd3", 'p=subprocess.Popen("echo "+param, shell=True)\nreturn ""', "command", True),
    (
        "query",
        'import urllib.parse\nqs=request.query_string.decode("utf-8")\nl=qs.find("p=")\nif l==-1:\n    return "x"\nv=qs[l+2:]\nv=urllib.parse.unquote_plus(v)\nos.system(v)\nreturn ""',
        "command",
        True,
    ),
    ("hdr", 'v=request.headers.get("X")\nos.system(v)\nreturn ""', "command", True),
    (
        "hdrs",
        'for name in request.headers.keys():\n    if name in ["A","B"]: continue\n    p=name\n    break\nos.system(p)\nreturn ""',
        "command",
        True,
    ),
    (
        "cook",
        'v=request.cookies.get("x","n")\nv=urllib.parse.unquote_plus(v)\nos.system(v)\nreturn ""',
        "command",
        True,
    ),
    ("items", 'p=""\nfor name, vals in request.form.lists():\n    p=vals[0]\nos.system(p)\nreturn ""', "command", True),
    ("multi", 'v=request.form.getlist("x")\np=v[0] if v else ""\nos.system(p)\nreturn ""', "command", True),
    ("json", 'v=request.get_json()["x"]\nos.system(v)\nreturn ""', "command", True),
    ("path", 'v=request.path.split("/")[1]\nos.system(v)\nreturn ""', "command", True),
    (
        "b64",
        'tmp=base64.b64encode(param.encode("utf-8"))\nbar=base64.b64decode(tmp).decode("utf-8")\nos.system(bar)\nreturn ""',
        "command",
        True,
    ),
    ("while", 'n=1\nbar=param\nwhile n<3:\n    n+=1\n    bar="x"\nos.system(bar)\nreturn ""', "command", False),
    ("tern", 'bar = "a" if len("abc")==3 else param\nos.system(bar)\nreturn ""', "command", False),
    ("slice", 'bar="x"\nif param:\n    bar=param[0:]\nos.system(bar)\nreturn ""', "command", True),
    ("strbuild", 'bar="a"\ns=["b","c"]\nbar="".join(s)\nos.system(bar+"".join([]))\nreturn ""', "command", False),
    ("sub", 'bar=param.split(" ")[0]\nos.system(bar)\nreturn ""', "command", True),
    ("try", 'try:\n    os.system(param)\nexcept Exception as e:\n    return str(e)\nreturn ""', "command", True),
    (
        "dictkeyerr",
        'd={}\nd["a-1"]="x"\nd["b-1"]=param\nd["c"]="y"\nbar=d["b-1"]\nbar=d["a-1"]\nos.system(bar)\nreturn ""',
        "command",
        False,
    ),
    ("tmpl", 'from flask import render_template_string\nreturn render_template_string("<b>"+param)', "template", True),
    (
        "tmplsafe",
        'from flask import render_template_string\nreturn render_template_string("<b>{{p}}", p=param)',
        "xss",
        False,
    ),
    ("lambda", 'f=lambda a: a\nos.system(f(param))\nreturn ""', "command", True),
    ("mk", 'r=make_response(f"<b>{param}</b>")\nreturn r', "xss", True),
    ("mk2", 'r=make_response(f"{html.escape(param)}")\nreturn r', "xss", False),
    ("json3", 'from flask import jsonify\nreturn jsonify({"a":param})', "xss", False),
    ("dictret", 'return {"a":param}', "xss", False),
]


@pytest.mark.parametrize(("name", "body", "kind", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_kind_and_its_twin(name: str, body: str, kind: str, expected: bool) -> None:  # noqa: FBT001 - a case's answer
    text = HEAD + "".join(f"    {line}\n" for line in body.split("\n"))
    kinds = {spot.split(":")[-2] for spot in found({"app.py": text})}
    assert (kind in kinds) is expected
