import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate_guard.waf.sqli import is_sqli
from casemate_guard.waf.xss import is_xss


@pytest.mark.parametrize(
    "value",
    [
        "1 or 1=1",
        "1 OR 1",
        "-7' or '2'='2",
        "x') and ('a' like 'a",
        'z" or true--',
        "admin'--",
        "admin')#",
        "9 union all select 1,2,3",
        "9'/**/UNION/*!50000SELECT*/null-- -",
        "1;drop table users",
        "'; exec xp_cmdshell('dir')--",
        "'||(select password from users limit 1)||'",
        "'+sleep(5)+'",
        "1 and (select count(*) from information_schema.tables)>0",
        "sleep(9)",
        "1 waitfor delay '0:0:9'",
        "1 order by 4--",
        "1) and extractvalue(1,concat(0x7e,version()))",
        "1 into outfile '/tmp/x'",
        "select @@version",
        "delete from users where 1",
        "update users set admin=1",
        "1 or exists(select 1)",
        "a' and substr(password,1,1)='x",
    ],
)
def test_sql_that_changes_a_statement(value: str) -> None:
    assert is_sqli(value.encode())


@pytest.mark.parametrize(
    "value",
    [
        "",
        "O'Brien",
        "it's black and white",
        "5 or 6 people came",
        "please select one of the options from the list",
        "The union of all workers",
        "time.sleep(5)",
        "drop me a line; delete from memory what was said",
        "rock 'n' roll -- and more",
        "a=b&c=d",
        "1/2 + 3",
        "2026-01-01 10:00:00",
        "C# and F#",
        "users who update their profile set a picture",
        "order by phone before 5",
        'he said "yes" or "no" and left',
        "(555) 123-4567",
        "https://example.org/a?b=c#d",
    ],
)
def test_text_that_only_looks_a_little_like_sql(value: str) -> None:
    assert not is_sqli(value.encode())


@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)</script>",
        "<ScRiPt src=//x>",
        "<svg/onload=alert()>",
        "<x onfocus=alert(1)>",
        '" onmouseover="alert(1)',
        "' onclick='x()",
        "x onerror=alert(1)",
        "<a href=' java\tscript:alert(1)'>",
        "<a href=&#106;avascript:alert(1)>",
        "<iframe srcdoc=x>",
        "<p style=x>",
        "<!doctype x>",
        "<!--[if IE]>",
        "<xss:script xmlns:xss='x'/>",
        "<animate attributename=href to=1>",
        "<object data=x>",
    ],
)
def test_markup_that_runs(value: str) -> None:
    assert is_xss(value.encode())


@pytest.mark.parametrize(
    "value",
    [
        "",
        "a < b and c > d",
        "<b>bold</b>",
        "<p class=x>text</p>",
        '<a href="https://example.org/">x</a>',
        "online=5",
        "I <3 this = that",
        "x=1&y=2",
        "if (a<b) return c==d",
        "name@example.org <Name>",
    ],
)
def test_markup_that_does_not(value: str) -> None:
    assert not is_xss(value.encode())


@given(
    st.lists(
        st.sampled_from(
            [b"'", b'"', b"<", b">", b"=", b"/*", b"*/", b"--", b"or", b" ", b"1", b"(", b"\\", b"\0", b"!"]
        )
    )
)
def test_no_value_raises(pieces: list[bytes]) -> None:
    value = b"".join(pieces)
    is_sqli(value)
    is_xss(value)
