"""The names of condition operators, taken apart: family, comparison, negation, set prefix, `IfExists`.

IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for multivalued context keys".
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from casemate.model.record import dataclass

Family = Literal["string", "numeric", "date", "bool", "binary", "ip", "arn", "null"]
Relation = Literal["equals", "equals-ignoring-case", "like", "less", "less-or-equal", "greater", "greater-or-equal"]
Quantifier = Literal["one", "all", "any"]
"""`one`: no prefix; `all`: ForAllValues; `any`: ForAnyValue."""

_MATCHED: dict[str, tuple[Family, Relation, bool]] = {
    "StringEquals": ("string", "equals", False),
    "StringNotEquals": ("string", "equals", True),
    "StringEqualsIgnoreCase": ("string", "equals-ignoring-case", False),
    "StringNotEqualsIgnoreCase": ("string", "equals-ignoring-case", True),
    "StringLike": ("string", "like", False),
    "StringNotLike": ("string", "like", True),
    "NumericEquals": ("numeric", "equals", False),
    "NumericNotEquals": ("numeric", "equals", True),
    "NumericLessThan": ("numeric", "less", False),
    "NumericLessThanEquals": ("numeric", "less-or-equal", False),
    "NumericGreaterThan": ("numeric", "greater", False),
    "NumericGreaterThanEquals": ("numeric", "greater-or-equal", False),
    "DateEquals": ("date", "equals", False),
    "DateNotEquals": ("date", "equals", True),
    "DateLessThan": ("date", "less", False),
    "DateLessThanEquals": ("date", "less-or-equal", False),
    "DateGreaterThan": ("date", "greater", False),
    "DateGreaterThanEquals": ("date", "greater-or-equal", False),
    "Bool": ("bool", "equals", False),
    "BinaryEquals": ("binary", "equals", False),
    "IpAddress": ("ip", "equals", False),
    "NotIpAddress": ("ip", "equals", True),
    "ArnEquals": ("arn", "like", False),
    "ArnLike": ("arn", "like", False),
    "ArnNotEquals": ("arn", "like", True),
    "ArnNotLike": ("arn", "like", True),
    "Null": ("null", "equals", False),
}
OPERATORS = MappingProxyType(_MATCHED)
"""Every operator of IAM without prefix and suffix. ArnEquals and ArnLike behave identically, wildcards included."""

_BY_LOWER = {name.lower(): name for name in _MATCHED}
_PREFIXES: dict[str, Quantifier] = {"forallvalues": "all", "foranyvalue": "any"}
_IF_EXISTS = "ifexists"


@dataclass(frozen=True, slots=True)
class Test:
    """One operator. `negated`: it holds when none of the values match (NOR).

    `if_exists`: whether it holds without the key. Under a set prefix the suffix changes nothing, since it is asked of
    each value: ForAnyValue is false without the key, ForAllValues true. So CloudFormation's guide ("Controlling access
    with IAM", cloudformation:ResourceTypes) adds a Null condition to a ForAnyValue:StringLikeIfExists.
    """

    __test__ = False  # for pytest, which collects by name

    name: str
    family: Family
    relation: Relation
    negated: bool
    quantifier: Quantifier
    if_exists: bool


@lru_cache(maxsize=512)
def parse_operator(written: str) -> Test | str:
    """The operator of that name, in whatever case of letters; for an unknown one a hint for the user."""
    prefix, colon, rest = written.rpartition(":")
    quantifier = _PREFIXES.get(prefix.lower(), "one")
    if colon and quantifier == "one":
        return "the prefixes are ForAllValues: and ForAnyValue:"
    name = rest.lower()
    if_exists = name.endswith(_IF_EXISTS)
    if if_exists:
        name = name.removesuffix(_IF_EXISTS)
    known = _BY_LOWER.get(name)
    if known is None or (if_exists and known == "Null"):
        if known is not None:
            return "Null itself asks whether the key exists: leave IfExists away"
        from difflib import get_close_matches  # for those who mistype

        near = get_close_matches(rest, _MATCHED, 1)
        return f"did you mean {near[0]}?" if near else "e.g. StringEquals, ArnLike, IpAddress, Bool, Null"
    family, relation, negated = _MATCHED[known]
    return Test(known, family, relation, negated, quantifier, if_exists and quantifier == "one")
