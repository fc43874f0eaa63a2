"""Finds values that change the SQL statement they are put into: `@detectSQLi`.

The idea is libinjection's (N. Galbreath, Black Hat 2012): read the value as SQL in three contexts (a bare value, inside
of '…', inside of "…") and judge the shape of its tokens. libinjection looks the folded shape of the first five tokens
up in a table of thousands that was learned from attacks; that table is not re-created here. Instead there are the
shapes of an attack's *moves*, each written as what it is: closing a string and reopening it, a condition that is always
true, UNION, a second statement, a sub-query, a call that waits or reads, a comment that cuts the rest off. So verdicts
differ from libinjection's in detail, and docs/waf.md says by how much.
"""

from casemate_guard.waf.sqltokens import Token, tokens

_CALLS = frozenset(
    b"benchmark bin_to_uuid current_setting database_to_xml dbms_lock dbms_pipe extractvalue generate_series "
    b"group_concat gtid_subset gtid_subtract json_keys lo_export lo_import load_extension load_file make_set "
    b"master_pos_wait name_const opendatasource openrowset pg_ls_dir pg_read_file pg_sleep query_to_xml randomblob "
    b"sleep sp_executesql sp_password st_latfromgeohash st_longfromgeohash st_pointfromgeohash sys_eval sys_exec "
    b"unhex updatexml utl_http utl_inaddr uuid_to_bin wait_for_executed_gtid_set waitfor xmltype xp_cmdshell "
    b"xp_dirtree xp_fileexist xp_regread xp_subdirs".split()
)
"""Functions that wait, read, write or make an error that tells: nobody writes one into a form by chance."""
_PROBES = frozenset(
    b"ascii bin char chr coalesce concat concat_ws connection_id convert cast current_user database exp hex if ifnull "
    b"iif instr isnull left length lower mid nvl ord position rand replace reverse right round schema session_user "
    b"sqlite_version strcmp substr substring system_user upper user user_name version db_name exists count elt".split()
)
_SYSTEM_NAMES = frozenset(
    b"information_schema sysobjects syscolumns sysusers sqlite_master pg_catalog pg_shadow pg_user all_tables "
    b"user_tables xp_cmdshell msysobjects".split()
)
_OBJECTS = frozenset(b"table database schema view user procedure function index trigger column role login".split())
_PACKAGES = (b"dbms_", b"utl_", b"sys", b"master", b"user_lock")
_PREFIXES = (b"not", b"!", b"-", b"+", b"~", b"binary")
_NESTING = 40
"""Brackets and signs before an operand."""
_OPERAND = frozenset("1sv")
_COMPARES = frozenset((b"=", b"<", b">", b"<>", b"!=", b"<=", b">=", b"<=>", b"==", b"like", b"is", b"in", b"between",
                       b"regexp", b"ilike", b"glob"))  # fmt: skip


def is_sqli(value: bytes) -> bytes:
    """The shape of the attack in `value` (the kinds of its first tokens), or nothing. Linear in its length."""
    if len(value) < 3 or value.isalnum():
        return b""
    for quote in (b"", b"'", b'"'):
        if quote and quote not in value:
            continue
        found = tokens(value, quote)
        if len(found) > 1 and _attacks(found, inside=bool(quote)):
            return "".join(token.kind for token in found[:8]).encode("latin-1")
    return b""


def _attacks(found: list[Token], *, inside: bool) -> bool:
    if inside and (_reopens(found) or _cut_off(found)):
        return True
    for at, token in enumerate(found):
        kind = token.kind
        if kind == "&":
            if _condition(found, at, inside=inside):
                return True
        elif kind == "k":
            if _calls(found, at) or _statement(found, at) or _clause(found, at):
                return True
        elif kind in "fnv" and _calls(found, at):
            return True
    return False


def _reopens(found: list[Token]) -> bool:
    """`'+…+'`: the string is closed, joined with something, and opened again."""
    return len(found) >= 4 and found[1].kind in "o&" and found[-2].kind in "o&" and found[-1].kind == "s"


def _cut_off(found: list[Token]) -> bool:
    """`'--`, `')#`: the string is closed and the rest of the statement is gone."""
    at = 1
    while at < len(found) and found[at].kind == ")":
        at += 1
    if at >= len(found) or found[at].kind != "c":
        return False
    return not any(chr(byte).isalnum() for byte in found[at].text.strip(b"-#/*")[:200])


def _calls(found: list[Token], at: int) -> bool:
    """A function that waits, reads files or the like, or a name only found in a database's own tables."""
    token = found[at]
    qualified = at > 0 and found[at - 1].kind == "."
    if token.kind == "f" and token.text in _CALLS:
        return not qualified or (at > 1 and found[at - 2].text.startswith(_PACKAGES))
    if token.text == b"iif" and at and found[at - 1].kind in ";,":
        return True
    if token.kind == "v" and token.text.startswith(b"@@"):
        return len(token.text) > 2 and at > 0
    if token.kind in "nf" and token.text in _SYSTEM_NAMES:
        return at > 0 and found[at - 1].text in (b"from", b"join", b"into", b",", b".")
    return token.text == b"waitfor" and _text(found, at + 1) in (b"delay", b"time") and _kind(found, at + 2) in "sv"


def _condition(found: list[Token], at: int, *, inside: bool) -> bool:
    """`or 1=1` and its kin, after a value."""
    token = found[at]
    if token.kind != "&" or at == 0:
        return False
    before = found[at - 1].kind
    if before not in "1sv)nk":
        return False
    left = _after_brackets(found, at + 1)
    kind, text = _kind(found, left), _text(found, left)
    ends = _kind(found, left + 1)
    closed = before in "1sv)"
    if kind == "f" and text in _PROBES:
        return closed and (inside or before != "n")
    if text in (b"select", b"exists", b"case") and _kind(found, left - 1) in "(&":
        return closed or text != b"case"
    if kind in "1sv" and (ends in ("", "c") or (ends == ";" and _kind(found, left + 2) == "")):
        return closed and (inside or before in "1s")
    if text in (b"true", b"false", b"null") and ends in ("", "c", ")"):
        return closed
    return _compares(found, left, closed=closed, inside=inside)


def _compares(found: list[Token], left: int, *, closed: bool, inside: bool) -> bool:
    """`1=1`, `'a'='a`, `x like 'y`: both sides are values, or one is and a value stands before the condition."""
    middle = left + 1
    if _kind(found, left) == "f":
        return False
    if _kind(found, middle) != "o" or _text(found, middle) not in _COMPARES:
        return False
    last = middle + _NESTING
    while middle < last and _kind(found, middle + 1) in ("o", "&", "("):
        middle += 1
    first, second = _kind(found, left), _kind(found, middle + 1)
    if first in _OPERAND and second in _OPERAND:
        return closed or (first == second == "1")
    values = "1svnf"
    return (
        closed and first in values and second in values and (inside or "1" in (first, second) or "s" in (first, second))
    )


def _statement(found: list[Token], at: int) -> bool:
    """A statement or a sub-query that is more than words."""
    token = found[at]
    if token.kind != "k":
        return False
    following, second = _text(found, at + 1), _text(found, at + 2)
    if token.text == b"union":
        then = _after_brackets(found, at + (2 if following in (b"all", b"distinct") else 1))
        after_value = at > 0 and found[at - 1].kind in "1)" and following in (b"all", b"distinct")
        return _text(found, then) in (b"select", b"values") or after_value
    if token.text == b"select":
        return _selects(found, at)
    stacked = at > 0 and found[at - 1].kind == ";"
    if token.text in (b"drop", b"create", b"alter", b"truncate"):
        return following in _OBJECTS and (stacked or _kind(found, at + 3) in ("", "c", ";", "(", "k"))
    if token.text == b"insert":
        return following == b"into" and any(part.text in (b"values", b"select") for part in found[at : at + 40])
    if token.text == b"delete":
        return following == b"from" and (
            _text(found, at + 3) in (b"where", b";") or (stacked and _kind(found, at + 3) in ("", "c"))
        )
    if token.text == b"update":
        return second == b"set" and _kind(found, at + 4) == "o"
    if token.text in (b"exec", b"execute", b"declare", b"call", b"set"):
        return stacked and (_kind(found, at + 1) in "vf(" or following.startswith((b"xp_", b"sp_", b"master")))
    if token.text == b"shutdown":
        return stacked and _kind(found, at + 1) in ("", "c", ";", "k")
    return False


def _selects(found: list[Token], at: int) -> bool:
    """`select` with what prose does not have: `*`, calls, values, lists, a table that ends the text."""
    then = _after_brackets(found, at + 1)
    if _text(found, then) in (b"distinct", b"all", b"top"):
        then += 1
    kind, text = _kind(found, then), _text(found, then)
    before = _kind(found, at - 1) if at else ""
    if text == b"*":
        return True
    if kind in ("f", "v", "1", "s"):
        return _kind(found, then + 1) in ("(", ",", ")", "c", "", ";", "o") or _text(found, then + 1) == b"from"
    if text in (b"case", b"if", b"null", b"select", b"user", b"database", b"convert", b"cast", b"schema"):
        return True
    if kind != "n":
        return False
    window = found[then : then + 60]
    names = next((index for index, part in enumerate(window) if part.text == b"from"), -1)
    if names < 0:
        return False
    listed = all(part.kind in "n.,fk()1so" for part in window[:names]) and (
        names == 1 or "," in {p.kind for p in window[:names]}
    )
    table_end = then + names + 2
    while table_end < then + 80 and "." in (_kind(found, table_end), _kind(found, table_end - 1)):
        table_end += 1
    ends = _kind(found, table_end) in ("", "c", ";", ")") or _text(found, table_end) in (b"where", b"limit", b"order")
    return listed and (before in ("(", ";") or ends)


def _clause(found: list[Token], at: int) -> bool:
    """`order by 3--`, `into outfile '…`, `limit 1,1`, `procedure analyse(`: what follows a condition."""
    token = found[at]
    if token.kind != "k" or at == 0:
        return False
    following = _text(found, at + 1)
    closed = found[at - 1].kind in "1sv)"
    if token.text in (b"order", b"group"):
        return (
            closed and following == b"by" and _kind(found, at + 3) in ("", "c", ",") and _kind(found, at + 2) in "1nfs("
        )
    if token.text == b"into":
        return following in (b"outfile", b"dumpfile") and _kind(found, at + 2) in "s1v"
    if token.text == b"procedure":
        return following == b"analyse"
    if token.text == b"case":
        return following == b"when" and any(part.text == b"then" for part in found[at : at + 60])
    return token.text == b"limit" and closed and _kind(found, at + 1) == "1" and _kind(found, at + 2) in (",", "c")


def _after_brackets(found: list[Token], at: int) -> int:
    """The next token that is no bracket and no sign or negation, a few at most: the shapes stay linear."""
    last = at + _NESTING
    while at < last and (_kind(found, at) == "(" or _text(found, at) in _PREFIXES):
        at += 1
    return at


def _kind(found: list[Token], at: int) -> str:
    return found[at].kind if 0 <= at < len(found) else ""


def _text(found: list[Token], at: int) -> bytes:
    return found[at].text if 0 <= at < len(found) else b""


def necessary() -> bytes:
    """A regular expression without look-around that finds something in every value that `is_sqli` calls an attack.

    One scan then spares the tokeniser nearly all values. Each line below belongs to one of the moves above.
    """
    gap, signs = rb"[^A-Za-z0-9]*", rb"(?:[^A-Za-z0-9]|not|binary)*"
    skipped = rb"[\s\x0b\xa0\x00-\x1f\x7f\\?:\[\])]*"
    end = rb"(?:[^A-Za-z0-9_\x80-\xff$]|$)"
    logical = rb"(?:and|or|xor|rlike|not|having|div|mod|\|\||&&)"
    closed = rb"(?:[0-9.)\"'`]|0x[0-9a-f]+|@[A-Za-z0-9_$.]*)"
    compares = rb"(?:[=<>!]|(?:like|is|in|between|regexp|ilike|glob)" + end + rb")"
    left = rb"(?:\[[A-Za-z0-9_ .]+\]|`[^`]*`|[A-Za-z0-9_\x80-\xff$.]+)"
    return b"".join(
        (
            rb"(?i)/\*|@@|waitfor|[;,]" + gap + rb"iif|(?:" + _either(_SYSTEM_NAMES) + rb")" + end,
            rb"|(?:" + _either(_CALLS) + rb")[\s\x0b]*\(",
            rb"|" + closed + gap + logical + signs + rb"(?:[0-9\"'@.]|select|exists|case|true|false|null|$|(?:",
            _either(_PROBES) + rb")[\s\x0b]*\(|" + left + gap + compares + rb")",
            rb"|" + logical + signs + rb"(?:select|exists|[0-9.][0-9a-fx.+-]*" + gap + compares + rb")",
            rb"|union" + signs + rb"(?:all|distinct|select|values)|select" + end,
            rb"|(?:drop|create|alter|truncate)" + gap + rb"(?:" + _either(_OBJECTS) + rb")" + end,
            rb"|insert" + gap + rb"into|delete" + gap + rb"from|update" + gap,
            rb"(?:[\"'`].*|[A-Za-z0-9_\x80-\xff$.\[\] ]+" + gap + rb")set" + end,
            rb"|;" + gap + rb"(?:exec|execute|declare|call|set|shutdown)" + end,
            rb"|(?:order|group)" + gap + rb"by|into" + gap + rb"(?:outfile|dumpfile)|procedure" + gap + rb"analyse",
            rb"|case" + gap + rb"when|limit" + gap + rb"[0-9.]",
            rb"|[\"']"
            + skipped
            + rb"(?:[=<>!+*/%^|&~#:-]|(?:like|is|in|between|regexp|similar|sounds|glob|ilike)"
            + end,
            rb"|" + logical + rb")",
        )
    )


def _either(words: frozenset[bytes]) -> bytes:
    return b"|".join(sorted(words))
