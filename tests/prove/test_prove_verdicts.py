"""Statements, paths, hosts, pages and programs: what broke out, and what stayed in its place."""
# ruff: noqa: S608 - statements are what is judged

from __future__ import annotations

import pytest

from casemate.prove.case import Case
from casemate.prove.judging import verdict
from casemate.prove.observing import Hit, Seen
from casemate.prove.verdicts.markup import born
from casemate.prove.verdicts.places import escapes, host, is_attackers
from casemate.prove.verdicts.programs import calls as program_calls
from casemate.prove.verdicts.programs import evaluated
from casemate.prove.verdicts.statements import calls, filters, follows

T = "zabc"


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        (f"select * from t where a = 1 or {T}()", True),
        (f"select * from t where a = '1' or {T}() or ''", True),
        (f"select * from t where a = '1'' or {T}() or '''", False),
        (f"select * from t where a = '1 or {T}()'", False),
        (f"select * from t -- {T}()", False),
        (f"select /* {T}() */ 1", False),
        (f'select "{T}()" from t', False),
        (f"select `{T}()` from t", False),
        (f"select $a${T}()$a$", False),
        (f"select {T} from t", False),
        (f"select {T} ()", True),
    ],
)
def test_a_call_outside_of_literals(text: str, *, broken: bool) -> None:
    assert calls(text, T) is broken


def test_backslashes_escape_only_where_the_dialect_says_so() -> None:
    text = f"select '\\'' or {T}() or '"
    assert not calls(text, T)
    assert calls(f"select '\\\\' or {T}() or '", T, escapes=True)


def test_expressions_and_filters() -> None:
    assert follows(f"a = a OR attribute_exists({T})", ("attribute_exists", "("), T)
    assert not follows(f"a = :{T}", ("attribute_exists", "("), T)
    assert filters(f"(uid=*)({T}=*)", T)
    assert not filters(f"(uid=\\2a\\29\\28{T}=\\2a)", T)


@pytest.mark.parametrize(
    ("path", "outside"),
    [
        (f"/data/../../../{T}d/{T}", True),
        (f"/{T}d/{T}", True),
        (f"../../../../{T}d/{T}", True),
        (f"/data/{T}d/{T}", False),
        (f"/data/..{T}d", False),
        (f"{T}d/{T}", False),
        (f"file:///{T}d/x", True),
        (f"/data/../{T}d/{T}\0.png", False),
    ],
)
def test_paths(path: str, *, outside: bool) -> None:
    assert escapes(path, T, "/var/task") is outside


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://a.test/x", "a.test"),
        ("https://good.example@a.test/", "a.test"),
        ("https://a.test:8443?x", "a.test"),
        ("//a.test", "a.test"),
        ("/\\a.test", "a.test"),
        ("https:\\\\a.test", "a.test"),
        ("/path//a.test", None),
        ("?u=http://a.test", None),
        ("javascript:alert(1)", None),
        (" \thttps://A.test", "a.test"),
    ],
)
def test_hosts(url: str, name: str | None) -> None:
    assert host(url) == name


def test_the_attackers_domain() -> None:
    assert is_attackers(f"{T}.test", T)
    assert is_attackers(f"api.example.com.{T}.test", T)
    assert not is_attackers(f"{T}.test.example.com", T)
    assert not is_attackers(f"not{T}.test", T)
    assert not is_attackers(None, T)


@pytest.mark.parametrize(
    ("page", "broken"),
    [
        (f"<p><{T}></p>", True),
        (f"<p>&lt;{T}&gt;</p>", False),
        (f'<a title="x" {T}="1">', True),
        (f'<a title="{T}=1">', False),
        (f"<textarea><{T}></textarea>", False),
        (f"<title></title><{T}>", True),
        (f"<script>var a = '<{T}>'</script>", False),
        (f"<script>a</script><{T}>", True),
        (f"<!-- <{T}> -->", False),
        (f'<a href="javascript:{T}()">', True),
        (f"<a onclick=\"go('{T}()')\">", False),
        (f"<a onclick=\"go('');{T}()\">", True),
        (f"<script>var a = ''-{T}()-''</script>", True),
        (f'<a href="/go?u=javascript:{T}()">', False),
    ],
)
def test_pages(page: str, *, broken: bool) -> None:
    assert bool(born(page, T)) is broken


def test_programs() -> None:
    assert program_calls(f"1+{T}()", T, "python")
    assert not program_calls(f"'{T}()'", T, "python")
    assert not program_calls(f"{T}", T, "python")
    assert program_calls(f"a;{T}()", T, "javascript")
    assert not program_calls(f"`{T}()`", T, "javascript")
    assert program_calls(f"`${{{T}()}}`", T, "javascript")


def test_templates() -> None:
    assert evaluated(f"<b>{{{{{T}()}}}}</b>", T)
    assert not evaluated(f"<b>{T}</b>", T)
    assert not evaluated(f"{{{T}}}", T)
    assert evaluated(f"{{{T}}}", T, single=True)


def judged(kind: str, callee: str, payload: object, values: dict[str, object]) -> bool:
    """Whether one call of a sink confirms; `a0` is its first argument, other names are keywords."""
    hit = Hit({name[1:] if name[1:].isdigit() else name: value for name, value in values.items()})
    case = Case(callee, "python", T, payload, "/var/task")  # type: ignore[arg-type]
    return bool(verdict(kind, case, [hit], Seen()))


URL = f"http://{T}.test/"
OPERATOR: dict[str, object] = {"map": {"$ne": T}}


@pytest.mark.parametrize(
    ("broken", "kind", "callee", "payload", "values"),
    [
        (True, "ssrf", "requests.get", URL, {"a0": URL}),
        (True, "ssrf", "requests.request", URL, {"a0": "GET", "a1": URL}),
        (False, "ssrf", "requests.post", URL, {"a0": "https://api.example.com", "a1": URL}),
        (False, "ssrf", "requests.post", URL, {"a0": "https://api.example.com", "json": {"map": {"url": URL}}}),
        (True, "ssrf", "axios", URL, {"a0": {"map": {"url": URL}}}),
        (False, "ssrf", "axios.post", URL, {"a0": "https://api.example.com", "a1": {"map": {"url": URL}}}),
        (True, "ssrf", "https.request", f"{T}.test/", {"a0": {"map": {"hostname": f"{T}.test"}}}),
        (True, "ssrf", "http.client.HTTPSConnection", f"{T}.test", {"a0": f"{T}.test"}),
        (True, "sql", "pg.query", f"{T}()", {"a0": {"map": {"text": f"select {T}()"}}}),
        (False, "sql", "pg.query", f"{T}()", {"a0": {"map": {"text": "select $1", "values": {"list": [f"{T}()"]}}}}),
        (False, "sql", "cursor.execute", f"{T}()", {"a0": "select ?", "a1": {"list": [f"{T}()"]}}),
        (True, "nosql", "Collection.find", {"$ne": T}, {"a0": {"map": {"name": OPERATOR}}}),
        (False, "nosql", "Collection.find", {"$ne": T}, {"a0": {"map": {"name": {"map": {"$eq": OPERATOR}}}}}),
        (False, "nosql", "Collection.insertOne", {"$ne": T}, {"a0": {"map": {"name": OPERATOR}}}),
        (True, "xpath", "etree.xpath", f"' or {T}() or '", {"a0": f"//a[@b='' or {T}() or '']"}),
        (False, "xpath", "etree.xpath", f"1 or {T}()", {"a0": "//a[@b=$id]", "id": f"1 or {T}()"}),
        (True, "ldap", "Connection.search", f"*)({T}=*", {"a0": "o=x", "a1": f"(uid=*)({T}=*)"}),
        (False, "ldap", "Connection.search", f"*)({T}=*", {"a0": "o=x", "a1": "(uid=x)", "attributes": {"list": [f"*)({T}=*"]}}),
        (True, "chosen-resource", "lambda.invoke", T, {"FunctionName": T, "Payload": "x"}),
        (False, "chosen-resource", "lambda.invoke", T, {"FunctionName": "f", "Payload": T}),
        (True, "log", "logger.info", f"a\n{T}", {"a0": f"user a\n{T}"}),
        (False, "log", "logger.info", f"a\n{T}", {"a0": {"map": {"user": f"a\n{T}"}}}),
        (True, "command", "subprocess.run", f"a;{T}", {"a0": f"ls a;{T}", "shell": True}),
        (False, "command", "subprocess.run", f"a;{T}", {"a0": {"list": ["ls", f"a;{T}"]}}),
        (True, "command", "child_process.spawn", f"a;{T}", {"a0": "ls", "a1": {"list": [f"a;{T}"]}, "a2": {"map": {"shell": True}}}),
        (False, "command", "os.system", f"$({T})", {"a0": T}),
        (False, "path", "open", f"/{T}d/{T}", {"a0": {"kind": "werkzeug.FileStorage", "text": f"/{T}d/{T}"}}),
        (False, "template", "jinja2.Template", f"{{{{{T}()}}}}", {"a0": "{{ name }}", "name": f"{{{{{T}()}}}}"}),
    ],
)  # fmt: skip
def test_what_a_sink_is_given(
    kind: str, callee: str, payload: object, values: dict[str, object], *, broken: bool
) -> None:
    assert judged(kind, callee, payload, values) is broken
