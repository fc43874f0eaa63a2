"""Finds values that change the SQL statement they are put into: `@detectSQLi`.

The idea is libinjection's (N. Galbreath, Black Hat 2012): read the value as SQL in three contexts (a bare value, inside
of '…', inside of "…") and judge the shape of its tokens. libinjection looks the folded shape of the first five tokens
up in a table of thousands that was learned from attacks; that table is not re-created here. Instead there are the
shapes of an attack's *moves*, each written as what it is: closing a string and reopening it, a condition that is always
true, UNION, a second statement, a sub-query, a call that waits or reads, a comment that cuts the rest off. So verdicts
differ from libinjection's in detail, and docs/waf.md says by how much.
"""

import re

from casemate_guard.waf.sqltokens import Tokens, tokens

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
_END = rb"(?:[^A-Za-z0-9_\x80-\xff$]|$)"
_LOGICAL = rb"(?:and|or|xor|rlike|not|having|div|mod|\|\||&&)"
_TELLING = _CALLS | _SYSTEM_NAMES | {b"iif"}
_TURNS = re.compile("[&k]").finditer
_COMPARES = frozenset((b"=", b"<", b">", b"<>", b"!=", b"<=", b">=", b"<=>", b"==", b"like", b"is", b"in", b"between",
                       b"regexp", b"ilike", b"glob"))  # fmt: skip


def is_sqli(value: bytes, *, turns: bool = True) -> bytes:
    """The shape of the attack in `value` (the kinds of its first tokens), or nothing. Linear in its length.

    `turns`: whether `turning` finds something in it; where it does not, a string that is closed is the only move left.
    """
    if len(value) < 3 or value.isalnum():
        return b""
    lowered = value.lower()
    for quote in (b"", b"'", b'"') if turns else (b"'", b'"'):
        if quote and (quote not in value or not (turns or _may_close(tokens(lowered, quote, 8)))):
            continue
        found = tokens(lowered, quote)
        if len(found.kinds) > 1 and _attacks(found, inside=bool(quote)):
            return found.kinds[:8].encode("latin-1")
    return b""


def _may_close(begun: Tokens) -> bool:
    """Whether the first tokens are those of a string that is closed and joined, or after which the rest is cut off."""
    return begun.kind(1) in ("o", "&", "c", ")")


def _attacks(found: Tokens, *, inside: bool) -> bool:
    kinds, texts = found.kinds, found.texts
    if inside and (_reopens(kinds) or _cut_off(found)):
        return True
    for turn in _TURNS(kinds):
        at = turn.start()
        if kinds[at] == "&":
            if _condition(found, at, inside=inside):
                return True
        elif _calls(found, at) or _statement(found, at) or _clause(found, at):
            return True
    if "v" not in kinds and _TELLING.isdisjoint(texts):
        return False
    return any(kinds[at] in "fnv" and _calls(found, at) for at in range(len(kinds)))


def _reopens(kinds: str) -> bool:
    """`'+…+'`: the string is closed, joined with something, and opened again."""
    return len(kinds) >= 4 and kinds[1] in "o&" and kinds[-2] in "o&" and kinds[-1] == "s"


def _cut_off(found: Tokens) -> bool:
    """`'--`, `')#`: the string is closed and the rest of the statement is gone."""
    at = 1
    while found.kind(at) == ")":
        at += 1
    if found.kind(at) != "c":
        return False
    return not any(chr(byte).isalnum() for byte in found.texts[at].strip(b"-#/*")[:200])


def _calls(found: Tokens, at: int) -> bool:
    """A function that waits, reads files or the like, or a name only found in a database's own tables."""
    kind, text = found.kinds[at], found.texts[at]
    before = found.kind(at - 1)
    if kind == "f" and text in _CALLS:
        return before != "." or (at > 1 and found.text(at - 2).startswith(_PACKAGES))
    if text == b"iif" and before in (";", ","):
        return True
    if kind == "v" and text.startswith(b"@@"):
        return len(text) > 2 and at > 0
    if kind in "nf" and text in _SYSTEM_NAMES:
        return found.text(at - 1) in (b"from", b"join", b"into", b",", b".")
    return text == b"waitfor" and found.text(at + 1) in (b"delay", b"time") and found.kind(at + 2) in "sv"


def _condition(found: Tokens, at: int, *, inside: bool) -> bool:
    """`or 1=1` and its kin, after a value."""
    if at == 0:
        return False
    before = found.kinds[at - 1]
    if before not in "1sv)nk":
        return False
    left = _after_brackets(found, at + 1)
    kind, text = found.kind(left), found.text(left)
    ends = found.kind(left + 1)
    closed = before in "1sv)"
    if kind == "f" and text in _PROBES:
        return closed and (inside or before != "n")
    if text in (b"select", b"exists", b"case") and found.kind(left - 1) in "(&":
        return closed or text != b"case"
    if kind in "1sv" and (ends in ("", "c") or (ends == ";" and found.kind(left + 2) == "")):
        return closed and (inside or before in "1s")
    if text in (b"true", b"false", b"null") and ends in ("", "c", ")"):
        return closed
    return _compares(found, left, closed=closed, inside=inside)


def _compares(found: Tokens, left: int, *, closed: bool, inside: bool) -> bool:
    """`1=1`, `'a'='a`, `x like 'y`: both sides are values, or one is and a value stands before the condition."""
    middle = left + 1
    if found.kind(left) == "f":
        return False
    if found.kind(middle) != "o" or found.text(middle) not in _COMPARES:
        return False
    last = middle + _NESTING
    while middle < last and found.kind(middle + 1) in ("o", "&", "("):
        middle += 1
    first, second = found.kind(left), found.kind(middle + 1)
    if first in _OPERAND and second in _OPERAND:
        return closed or (first == second == "1")
    values = "1svnf"
    return (
        closed and first in values and second in values and (inside or "1" in (first, second) or "s" in (first, second))
    )


def _statement(found: Tokens, at: int) -> bool:
    """A statement or a sub-query that is more than words."""
    word = found.texts[at]
    following, second = found.text(at + 1), found.text(at + 2)
    before = found.kind(at - 1)
    if word == b"union":
        then = _after_brackets(found, at + (2 if following in (b"all", b"distinct") else 1))
        after_value = before in ("1", ")") and following in (b"all", b"distinct")
        return found.text(then) in (b"select", b"values") or after_value
    if word == b"select":
        return _selects(found, at)
    stacked = before == ";"
    if word in (b"drop", b"create", b"alter", b"truncate"):
        return following in _OBJECTS and (stacked or found.kind(at + 3) in ("", "c", ";", "(", "k"))
    if word == b"insert":
        return following == b"into" and any(found.text(one) in (b"values", b"select") for one in range(at, at + 40))
    if word == b"delete":
        return following == b"from" and (
            found.text(at + 3) in (b"where", b";") or (stacked and found.kind(at + 3) in ("", "c"))
        )
    if word == b"update":
        return second == b"set" and found.kind(at + 4) == "o"
    if word in (b"exec", b"execute", b"declare", b"call", b"set"):
        return stacked and (found.kind(at + 1) in "vf(" or following.startswith((b"xp_", b"sp_", b"master")))
    if word == b"shutdown":
        return stacked and found.kind(at + 1) in ("", "c", ";", "k")
    return False


def _selects(found: Tokens, at: int) -> bool:
    """`select` with what prose does not have: `*`, calls, values, lists, a table that ends the text."""
    then = _after_brackets(found, at + 1)
    if found.text(then) in (b"distinct", b"all", b"top"):
        then += 1
    kind, text = found.kind(then), found.text(then)
    if text == b"*":
        return True
    if kind in ("f", "v", "1", "s"):
        return found.kind(then + 1) in ("(", ",", ")", "c", "", ";", "o") or found.text(then + 1) == b"from"
    if text in (b"case", b"if", b"null", b"select", b"user", b"database", b"convert", b"cast", b"schema"):
        return True
    if kind != "n":
        return False
    names = next((index for index in range(60) if found.text(then + index) == b"from"), -1)
    if names < 0:
        return False
    window = found.kinds[then : then + names]
    listed = all(part in "n.,fk()1so" for part in window) and (names == 1 or "," in window)
    table_end = then + names + 2
    while table_end < then + 80 and "." in (found.kind(table_end), found.kind(table_end - 1)):
        table_end += 1
    ends = found.kind(table_end) in ("", "c", ";", ")") or found.text(table_end) in (b"where", b"limit", b"order")
    return listed and (found.kind(at - 1) in ("(", ";") or ends)


def _clause(found: Tokens, at: int) -> bool:
    """`order by 3--`, `into outfile '…`, `limit 1,1`, `procedure analyse(`: what follows a condition."""
    if at == 0:
        return False
    word, following = found.texts[at], found.text(at + 1)
    closed = found.kinds[at - 1] in "1sv)"
    if word in (b"order", b"group"):
        last = found.kind(at + 3)
        return closed and following == b"by" and last in ("", "c", ",") and found.kind(at + 2) in "1nfs("
    if word == b"into":
        return following in (b"outfile", b"dumpfile") and found.kind(at + 2) in "s1v"
    if word == b"procedure":
        return following == b"analyse"
    if word == b"case":
        return following == b"when" and any(found.text(one) == b"then" for one in range(at, at + 60))
    return word == b"limit" and closed and found.kind(at + 1) == "1" and found.kind(at + 2) in (",", "c")


def _after_brackets(found: Tokens, at: int) -> int:
    """The next token that is no bracket and no sign or negation, a few at most: the shapes stay linear."""
    last = at + _NESTING
    while at < last and (found.kind(at) == "(" or found.text(at) in _PREFIXES):
        at += 1
    return at


def necessary() -> bytes:
    """A regular expression without look-around that finds something in every value that `is_sqli` calls an attack.

    One scan then spares the tokeniser nearly all values.
    """
    skipped = rb"[\s\x0b\xa0\x00-\x1f\x7f\\?:\[\])]*"
    words = rb"(?:like|is|in|between|regexp|similar|sounds|glob|ilike)" + _END + rb"|" + _LOGICAL
    return turning() + rb"|[\"']" + skipped + rb"(?:[=<>!+*/%^|&~#:-]|" + words + rb")"


def turning() -> bytes:
    """As `necessary`, for every attack but a string that is closed and then joined, or cut off from the rest.

    Each line below belongs to one of the moves above.
    """
    gap, signs = rb"[^A-Za-z0-9]*", rb"(?:[^A-Za-z0-9]|not|binary)*"
    end, logical = _END, _LOGICAL
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
        )
    )


def _either(words: frozenset[bytes]) -> bytes:
    return b"|".join(sorted(words))
