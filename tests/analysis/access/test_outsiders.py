from __future__ import annotations

import pytest
from tests.analysis.access_roles import policy_statement

from casemate.analysis.access.deputies import ON_RESOURCES, ON_TRUST, sent_by
from casemate.analysis.access.outsiders import AWS_LOG_WRITERS, outsiders

OURS = frozenset({"111122223333"})
ORGANISATION = frozenset({"o-abcdefghij"})
THEIRS = "999988887777"


def names(principal: object, condition: object = None) -> list[str]:
    more = {} if condition is None else {"Condition": condition}
    return [each.name for each in outsiders(policy_statement(Principal=principal, **more), OURS, ORGANISATION)]


@pytest.mark.parametrize(
    ("principal", "condition", "expected"),
    [
        ({"AWS": f"arn:aws:iam::{THEIRS}:root"}, None, [f"account {THEIRS}"]),
        ({"AWS": [THEIRS, "111122223333"]}, None, [f"account {THEIRS}"]),
        ({"AWS": f"arn:aws-cn:iam::{THEIRS}:role/a"}, None, [f"account {THEIRS}"]),
        ({"AWS": "arn:aws:iam::111122223333:role/a"}, None, []),
        ({"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}, None, []),
        ({"AWS": {"Ref": "Partner"}}, None, []),
        ({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}, None, ["canonical"]),
        ({"AWS": THEIRS}, {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}, []),
        ({"AWS": THEIRS}, {"StringEquals": {"aws:PrincipalOrgID": "o-zzzzzzzzzz"}}, [f"account {THEIRS}"]),
        ({"AWS": THEIRS}, {"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}, [f"account {THEIRS}"]),
        ("*", {"StringEquals": {"aws:PrincipalAccount": THEIRS}}, [f"account {THEIRS}"]),
        ("*", {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}, []),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-zzzzzzzzzz"}}, ["organisation o-zzzzzzzzzz"]),
        ("*", None, []),
        (
            {"Service": "sns.amazonaws.com"},
            {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:eu-west-1:{THEIRS}:a"}},
            [f"account {THEIRS}"],
        ),
        ({"Service": "s3.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}, []),
    ],
)
def test_who_is_not_ours(principal: object, condition: object, expected: list[str]) -> None:
    found = names(principal, condition)
    assert len(found) == len(expected)
    assert all(want in name for want, name in zip(expected, found, strict=True))


def test_a_deny_lets_nobody_in() -> None:
    statement = policy_statement(Effect="Deny", Principal={"AWS": THEIRS})
    assert not list(outsiders(statement, OURS, ORGANISATION))


def test_accounts_that_deliver_logs_are_known() -> None:
    assert len(AWS_LOG_WRITERS) == 24
    assert names({"AWS": "arn:aws:iam::127311923021:root"}) == []


def test_what_a_service_sends() -> None:
    assert sent_by("s3.amazonaws.com") == ("aws:SourceArn", "aws:SourceAccount")
    assert sent_by("logs.eu-west-1.amazonaws.com") == sent_by("logs.amazonaws.com")
    assert sent_by("secretsmanager.amazonaws.com") == ("aws:SourceAccount",)
    assert sent_by("alexa-appkit.amazon.com") == ()
    assert sent_by("not-reviewed.amazonaws.com") == ()
    assert sent_by("lambda.amazonaws.com", to_assume=True) == ()
    assert sent_by("scheduler.amazonaws.com", to_assume=True)


def test_each_row_names_its_page_and_what_else_binds_a_silent_service() -> None:
    for table in (ON_RESOURCES, ON_TRUST):
        for service, deputy in table.items():
            assert service == service.lower()
            assert deputy.page
            assert bool(deputy.sends) != bool(deputy.instead), service
