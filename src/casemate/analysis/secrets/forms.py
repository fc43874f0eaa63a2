"""The forms in which a name and its value are written, as RE2 and as what the first pass looks for.

Each form has the value as the group `secret`. What ends in `_BEGINNING` or `_FROM_NAME` stands in every match of its
form and ends on the line of the value.
"""

from __future__ import annotations

from casemate.model.pattern import late

LOGIN = r"(?:pass|pwd|psw|pw)"
OTHER = r"(?:secret|token|key|auth|cred|access|private|hmac|salt|dsn|webhook|bearer|_pat|conn(?:ection)?[_ -]?str)"
TELLING = f"(?:{LOGIN[3:-1]}|{OTHER[3:-1]})"
_CLOSE = r"\\*[\"'`]?[\])}]?[\])]?[\"'`]?"
_OP = (
    r"(?P<op>:[ ]*&?(?:'[a-z]+[ ])?[A-Za-z_][\w.<>\[\]?|*]*[ ]*=|[ ][A-Za-z][\w.\[\]*]*[ ]+=|"
    r"[ ]?\{[ ]?get;[ ]?(?:[a-z]+[ ])?(?:set|init);[ ]?\}[ ]?=|:=|::=|"
    r"\?\?=?|\?=|\.=|\+=|=>|->|=+|!=+|:|\|\|=?|,|>|\()"
)
_GAP = r"[ \t]*(?:\\?\r?\n[ \t]*)?"
_CALL = (
    r"(?P<call>(?:[\w.]+\()?(?:[\w.]+\()?[ \t]*[bfruBFRU@$&L]?[bfruBFRU@$&L]?)"
    r"(?:\\*[\"'`])+(?:(?:Bearer|Basic|Token)[ ])?"
)
IN_QUOTES = r"(?:[^\"'`\\\s]|\\[^\"'`\n])"
_UP_TO_DIGIT = r"(?:[^\"'`\\\s0-9]|\\[^\"'`\n])*[0-9]"
TO_QUOTED = r"[\w.\-]*" + _CLOSE + r"[ \t]*" + _OP + _GAP + _CALL
QUOTED = f"{LOGIN}{TO_QUOTED}(?P<secret>{IN_QUOTES}{{4,}})[\"'`\\\\]"
LETTERS = "[A-Za-z]{20"
"""Letters alone are a key only when there are many of them."""
_WORDY = r"[A-Za-z_\-+/]"
QUOTED_VALUE = f"(?:{_UP_TO_DIGIT}{IN_QUOTES}{{5}}|{LETTERS}}}|{_WORDY}{{12}}(?:{_WORDY}*[0-9]|{_WORDY}{{12}}))"
"""A digit with some characters behind it, or a digit far behind, or many letters."""
QUOTED_DIGIT = f"{OTHER}{TO_QUOTED}(?P<secret>{QUOTED_VALUE}{IN_QUOTES}*)[\"'`\\\\]"
TO_BARE = (
    r"[\w.\-]*"
    + _CLOSE
    + r"[ \t]*(?P<op>:=|::=|\?=|=>|=+|:|>[ \t]*(?:\r?\n[ \t]*)?<(?:value|string)>|>|%3[dD])[ \t]*"
    + r"(?:&(?:quot|apos|#3[49]);)?"
)
IN_BARE = r"[^\s\"'`<>(){}\[\],;|&\\]"
FIRST_BARE = r"[^\s\"'`<>(){}\[\],;|&\\=:]"
BARE_TO_DIGIT = r"[^\s\"'`<>(){}\[\],;|&\\=:0-9]*[0-9]"
BARE = f"{LOGIN}{TO_BARE}(?P<secret>{FIRST_BARE}{IN_BARE}{{3,}})"
BARE_DIGIT = f"{OTHER}{TO_BARE}(?P<secret>{BARE_TO_DIGIT}{IN_BARE}{{5,}}|{LETTERS},}})"
_PAIRED = (
    TELLING + r"[\w.\-]*{close}[\"']?[ \t]*[,;>]?(?:[ \t]+|[ \t]*\r?\n[ \t]*)(?:-\s)?[\"']?"
    + r"(?:\w*value|default|val|text)"
    + r"[\"']?[ \t]*[:=][ \t]*"
)  # fmt: skip
PAIR = (
    r"(?:name|key|id|field|label|variable)[\"']?[ \t]*[:=][ \t]*[\"']?(?P<name>[\w.\- /]*"
    + _PAIRED.replace("{close}", ")") + r"(?P<quote>[\"'`]?)(?P<secret>[^\s\"'`<>{}]{4,})"
)  # fmt: skip
PAIR_FROM_NAME = _PAIRED.replace("{close}", "") + r"[\"'`]?[^\s\"'`<>{}]{4}"
"""The second half: what stands before the telling word is everywhere."""
VARIABLE = (
    r"variable[ \t]+\"(?P<name>[\w-]*" + TELLING + r"[\w-]*)\"[ \t]*\{(?:[^{}\n]*\n){1,6}?[ \t]*default[ \t]*=[ \t]*"
    + r"(?P<quote>\")(?P<secret>[^\s\"]{4,})"
)  # fmt: skip
"""A default of a Terraform variable: the name stands some lines above the value."""
PARAMETER_LINES = 6
TO_PARAMETER = r"(?P<name>[\w-]*" + TELLING + r"[\w-]*)[\"']?[ \t]*:[ \t]*\{?[ \t]*\r?\n"
PARAMETER = (
    rf"(?:[ \t]+[^{{}}\n]*\n){{0,{PARAMETER_LINES}}}?[ \t]+[\"']?(?:[Dd]efault|defaultValue|value)[\"']?[ \t]*:[ \t]*"
    r"(?P<quote>[\"']?)(?P<secret>[^\s\"'{}\[\]!&*]{8,})"
)
PARAMETER_GATE = late(
    rb"(?i)(?:[ \t]++[^{}\n]*+\n){0,6}?[ \t]++[\"']?(?:default|defaultvalue|value)[\"']?[ \t]*+:[ \t]*+"
    rb"[\"']?[^\s\"'{}\[\]!&*]{8}"
)
"""A default or a value of a template's parameter: the name stands some lines above."""
FLAGS = (
    r"(?:--(?:name|secret-id|key)[ =]|secret[ ]set[ ]|secrets?:set[ ])[\"']?(?P<name>[\w./\-]*" + TELLING
    + r"[\w./\-]*)[\"']?[ ]+(?:--?[\w-]+[ =][^\s-]\S*[ ]+){0,4}?(?:--(?:value|secret-string|body|data)|-b|-v)[ =]{1,2}"
    + r"(?P<quote>[\"']?)(?P<secret>[^\s\"'`<>{}]{4,})"
)  # fmt: skip
"""A name and a value given to the command of a store of secrets or parameters."""
_TO_SPACED = TELLING + (r"[\w.]*(?P<op>[\"'\)]?(?:[ \t]+[a-z]+)?(?:[ \t]+[a-z]+)?[ \t:=,\-]+)(?P<quote>[\"'`]?)")
_SIGN = r"[A-Za-z_\-+/=.~%!@#$^*]"
_SIGN_OR_DIGIT = r"[0-9A-Za-z_\-+/=.~%!@#$^*]"
SPACED = (
    f"{_TO_SPACED}(?P<secret>{_SIGN}{{3,}}[0-9]{_SIGN_OR_DIGIT}*|{_SIGN}{{1,2}}[0-9]{_SIGN_OR_DIGIT}{{3,}}|"
    f"[0-9]{_SIGN_OR_DIGIT}{{5,}}|{LETTERS},}})"
)
SPACED_BEGINNING = (
    f"{_TO_SPACED}(?:{_SIGN}{{3,}}[0-9]|{_SIGN}{{1,2}}[0-9]{_SIGN_OR_DIGIT}{{3}}|"
    f"[0-9]{_SIGN_OR_DIGIT}{{5}}|{LETTERS}}})"
)
ELEMENT = f"<(?P<name>[\\w.:-]*{TELLING}[\\w.:-]*)>(?P<secret>[^<>\\s]*[ \\t][^<>\\n]+)"
ELEMENT_BEGINNING = f"<[\\w.:-]*{TELLING}[\\w.:-]*>[^<>\\s]*[ \\t][^<>\\n]"
NAMED_REST = r"[\w.]{0,60}(?:[ ](?:secret|private|access|api|auth|key|token)){0,3}"
NAMED_SIGN = r"[A-Za-z_\-+/=.]"
NAMED_OP = r"[\"'\]]{0,3}[ \t]{0,16}(?:=>|:=|[:=>(-]|[ \t])[ \t]{0,16}"
BEFORE_NEAR = r"[\"'` \t=:(>]"
_NEAR_LETTER = r"[A-Za-z_\-+/=]"
NEAR = (
    rf"{_NEAR_LETTER}{{0,4}}[0-9][\w\-+/=]{{15,}}|{_NEAR_LETTER}{{5,9}}[0-9][\w\-+/=]{{10,}}|"
    rf"{_NEAR_LETTER}{{10,14}}[0-9][\w\-+/=]{{5,}}|{_NEAR_LETTER}{{15,40}}[0-9][\w\-+/=]*"
)
"""Sixteen characters with a digit among the first ones."""
GATE = late(
    rb"(?i)[\w.]{0,60}(?:[ ](?:secret|private|access|api|auth|key|token)){0,3}[\"'\]]{0,3}[ \t]{0,16}"
    rb"(?:=>|:=|[:=>(-]|[ \t])[ \t]{0,16}[\"'`]?[\w\-+/=.]{10}|"
    rb"[^\n]{0,48}(?:\n[^\n]{0,32})?[\"'`\s=:(>](?=[A-Za-z_\-+/=]{0,40}[0-9])[\w\-+/=]{16}"
)
"""What stands behind the name of a service wherever a value follows: most names are met in prose and in code."""
