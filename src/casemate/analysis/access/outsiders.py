"""Who outside of our accounts and organisations a statement lets in, its conditions considered.

Sources: IAM User Guide, "AWS JSON policy elements: Principal", "AWS global condition context keys"; Elastic Load
Balancing, "Enable access logs" (accounts of AWS that write logs).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casemate.model.pattern import late
from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from casemate.model.location import Span
    from casemate.model.policy import Condition, Statement, Term

AWS_LOG_WRITERS = frozenset(
    re.findall(
        r"\d{12}",
        """
    127311923021 033677994240 027434742980 797873946194 098369216593 985666609251 054676820928 156460612806
    652711504416 009996457667 897822967062 635631232127 754344448648 582318560864 600734575887 383597477331
    114774131450 783225319266 718504428378 076674570225 507241528517 589379963580 048591011584 190560391635
    """,
    )
)
"""Load balancers of each region write their access logs as these accounts."""

_ACCOUNT_IN = late(r"(?:arn:[\w-]+:(?:iam|sts)::)?(\d{12})(?::.*)?", re.DOTALL)
_ARN_ACCOUNT = late(r"arn:[\w-]+:[^:]*:[^:]*:(\d{12}):.*", re.DOTALL)
_BY_ACCOUNT = frozenset({"aws:sourceaccount", "aws:sourceowner", "aws:principalaccount", "kms:calleraccount"})
_BY_ARN = frozenset({"aws:sourcearn", "aws:principalarn"})
_BY_ORGANISATION = ("aws:principalorgid", "aws:sourceorgid", "aws:principalorgpaths", "aws:sourceorgpaths")


@dataclass(frozen=True, slots=True)
class Outsider:
    """An account or organisation that is not ours, and where the policy names it."""

    name: str
    at: Span


def outsiders(statement: Statement, accounts: Collection[str], organisations: Collection[str]) -> Iterator[Outsider]:
    """The outsiders that an Allow statement lets in.

    `accounts`, `organisations`: what belongs to us. Everybody (`*`) counts as who the conditions pin; without any pin
    that is public access, which is another question. Services count as whom they act for, where a condition says it.
    """
    if statement.effect != "Allow" or _within(statement, accounts, organisations):
        return
    seen: set[str] = set()
    for principal in statement.principals:
        if principal.type == "AWS" and not principal.term.is_star:
            found = _ACCOUNT_IN.fullmatch(principal.term.text)
            account = None if found is None or not principal.term.known else found[1]
            if account and account not in AWS_LOG_WRITERS and account not in accounts and account not in seen:
                seen.add(account)
                yield Outsider(f"account {account}", principal.term.at)
        elif principal.type == "CanonicalUser" and principal.term.known and "${" not in principal.term.text:
            yield Outsider(f"the canonical user {principal.term.text[:12]}…", principal.term.at)
        elif principal.is_anyone or principal.type == "Service":
            for outsider in _pinned(statement, accounts, organisations):
                if outsider.name not in seen:
                    seen.add(outsider.name)
                    yield outsider


def _within(statement: Statement, accounts: Collection[str], organisations: Collection[str]) -> bool:
    """Whether a condition keeps the callers inside: by our organisation, or by our accounts alone."""
    for condition in statement.conditions:
        key = condition.key.lower()
        if key == "?":
            return True
        if not _equals(condition):
            continue
        texts = [_text(term) for term in condition.values]
        if key.startswith(_BY_ORGANISATION) and texts:
            if not organisations or all(text is None or text.partition("/")[0] in organisations for text in texts):
                return True
        elif key in _BY_ACCOUNT | _BY_ARN and texts and all(_ours(text, accounts) for text in texts):
            return True
    return False


def _pinned(statement: Statement, accounts: Collection[str], organisations: Collection[str]) -> Iterator[Outsider]:
    for condition in statement.conditions:
        key = condition.key.lower()
        if not _equals(condition):
            continue
        for term in condition.values:
            text = _text(term)
            if text is None:
                continue
            if key.startswith(_BY_ORGANISATION):
                # `*` is every organisation and pins nothing: that is public access.
                if organisations and text[:1] != "*" and text.partition("/")[0] not in organisations:
                    yield Outsider(f"organisation {text}", term.at)
            elif key in _BY_ACCOUNT | _BY_ARN:
                account = _account(text)
                if account is not None and account not in accounts and account not in AWS_LOG_WRITERS:
                    yield Outsider(f"account {account}", term.at)


def _equals(condition: Condition) -> bool:
    operator = condition.operator.lower().removeprefix("foranyvalue:")
    return operator in {"stringequals", "stringlike", "arnequals", "arnlike", "stringequalsignorecase"}


def _text(term: Term) -> str | None:
    return term.text if term.known and "${" not in term.text else None


def _account(text: str) -> str | None:
    found = _ACCOUNT_IN.fullmatch(text) or _ARN_ACCOUNT.fullmatch(text)
    return None if found is None else found[1]


def _ours(text: str | None, accounts: Collection[str]) -> bool:
    """A reference is of the template's own account, unless it is a parameter, which nobody can tell."""
    if text is None:
        return True
    account = _account(text)
    return account is not None and account in accounts
