"""Decisions, each with the page of AWS's documentation that says so (IAM User Guide where no other guide is named)."""

from __future__ import annotations

import pytest
from tests.analysis.access.evaluation.naive_iam import Json

from casemate.analysis.access.evaluation.cases import case_from_json
from casemate.analysis.access.evaluation.evaluate import decide

HOME, OTHER, MANAGING = "111122223333", "444455556666", "777788889999"
USER, ROLE = f"arn:aws:iam::{HOME}:user/ann", f"arn:aws:iam::{HOME}:role/team/app"
SESSION, FEDERATED = f"arn:aws:sts::{HOME}:assumed-role/app/run", f"arn:aws:sts::{HOME}:federated-user/ann"
ROOT, STRANGER = f"arn:aws:iam::{HOME}:root", f"arn:aws:sts::{OTHER}:assumed-role/app/run"
LINKED = f"arn:aws:sts::{HOME}:assumed-role/AWSServiceRoleForLambda/run"
OBJECT, QUEUE = "arn:aws:s3:::shop/a.txt", f"arn:aws:sqs:eu-west-1:{HOME}:jobs"
KEY, FUNCTION = f"arn:aws:kms:eu-west-1:{HOME}:key/1", f"arn:aws:lambda:eu-west-1:{HOME}:function:f"
YES, NO, NOTHING = "allowed", "explicit-deny", "implicit-deny"


def row(effect: str = "Allow", action: Json = "*", resource: Json = "*", **more: Json) -> dict[str, Json]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def doc(*rows: dict[str, Json], version: str = "2012-10-17") -> dict[str, Json]:
    return {"Version": version, "Statement": list(rows)}


def to(principal: Json, effect: str = "Allow", action: Json = "*", **more: Json) -> dict[str, Json]:
    return doc(row(effect, action, Principal=principal, **more))


def answer(
    principal: str,
    action: str,
    target: str,
    account: str | None = HOME,
    /,
    context: dict[str, Json] | None = None,
    **policies: Json,
) -> str:
    request = {
        "principal": principal,
        "action": action,
        "resource": target,
        "resource_account": account,
        "context": context or {},
    }
    return decide(*case_from_json({"name": "t", "request": request, "policies": {"identity": [], **policies}})).answer


def on_object(principal: str = SESSION, **policies: Json) -> str:
    return answer(principal, "s3:GetObject", OBJECT, **policies)


FULL, EMPTY = doc(row()), doc(row(action="iam:GetUser"))
S3 = doc(row(action="s3:*"))


# --- one account: "Policy evaluation for requests within a single account" -----------------------------------------------
def test_nothing_allows_by_itself_but_root() -> None:
    assert on_object() == NOTHING
    assert on_object(ROOT) == YES  # "with the exception of the AWS account root user, which has full access"
    assert on_object(ROOT, scps=[[EMPTY]]) == NOTHING


def test_identity_or_resource_policy_suffices() -> None:
    assert on_object(identity=[EMPTY, S3]) == YES
    assert on_object(resource=to({"AWS": ROLE})) == YES


@pytest.mark.parametrize("kind", ["identity", "resource", "boundary", "session", "scps", "rcps", "endpoint"])
def test_an_explicit_deny_anywhere_wins(kind: str) -> None:
    deny = to("*", "Deny") if kind in {"resource", "rcps", "endpoint"} else doc(row("Deny"))
    allow = to("*") if kind in {"resource", "rcps", "endpoint"} else FULL
    given: Json = {"resource": deny, "scps": [[allow, deny]], "rcps": [[allow, deny]]}.get(kind, [allow, deny])
    policies: dict[str, Json] = {"identity": [FULL], kind: given}
    assert on_object(**policies) == NO


@pytest.mark.parametrize(
    ("principal", "named", "expected"),
    [
        (SESSION, SESSION, YES), (SESSION, ROLE, NOTHING), (SESSION, ROOT, NOTHING), (SESSION, "*", YES), (ROLE, ROLE, NOTHING),
        (USER, USER, YES), (USER, HOME, NOTHING), (FEDERATED, FEDERATED, YES), (FEDERATED, USER, NOTHING),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["boundary", "session"])
def test_who_is_named_decides_whether_boundary_and_session_limit(
    principal: str, named: str, expected: str, kind: str
) -> None:
    given: Json = [EMPTY] if kind == "boundary" else EMPTY
    assert on_object(principal, resource=to({"AWS": named}), **{kind: given}) == expected
    if named not in {ROOT, HOME}:
        assert on_object(principal, resource=to({"AWS": named})) == YES


def test_boundary_and_session_limit_identity_policies() -> None:
    limits: tuple[tuple[str, Json], ...] = (("boundary", [EMPTY]), ("session", EMPTY))
    for kind, given in limits:
        assert on_object(identity=[S3], **{kind: given}) == NOTHING
    assert on_object(identity=[S3], boundary=[FULL], session=S3) == YES
    assert on_object(identity=[S3], boundary=[]) == YES


def test_naming_the_account_only_delegates() -> None:
    for named in (ROOT, HOME):
        assert on_object(resource=to({"AWS": named})) == NOTHING
        assert on_object(resource=to({"AWS": named}), identity=[S3]) == YES


# --- organisations: "SCP evaluation", "RCP evaluation" (Organizations User Guide) ------------------------------------------
def test_every_level_has_to_allow() -> None:
    assert on_object(identity=[S3], scps=[[FULL], [S3, EMPTY], [FULL]]) == YES
    assert on_object(identity=[S3], scps=[[FULL], [], [FULL]]) == NOTHING
    assert on_object(identity=[S3], scps=[[FULL], [EMPTY]]) == NOTHING
    assert on_object(identity=[S3], rcps=[[to("*")], []]) == NOTHING


def test_who_is_not_bound_by_scps() -> None:
    assert on_object(LINKED, identity=[S3], scps=[[]], rcps=[[]]) == YES
    assert on_object(identity=[S3], scps=[[]], management_account=True) == YES
    assert on_object(identity=[S3], scps=[[]], management_account=MANAGING) == NOTHING
    assert on_object("s3.amazonaws.com", resource=to({"Service": "s3.amazonaws.com"}), scps=[[]]) == YES
    assert on_object("anonymous", resource=to("*"), scps=[[]]) == YES


def test_rcps_bind_their_services_and_everybody() -> None:
    assert answer(SESSION, "lambda:InvokeFunction", FUNCTION, identity=[FULL], rcps=[[]]) == YES
    assert on_object("anonymous", resource=to("*"), rcps=[[]]) == NOTHING
    assert on_object(STRANGER, identity=[FULL], resource=to("*"), rcps=[[to("*"), to("*", "Deny")]]) == NO


def test_an_endpoint_has_to_allow() -> None:
    assert on_object(identity=[S3], endpoint=[to("*", action="sqs:*")]) == NOTHING
    assert on_object(identity=[S3], endpoint=[to("*", action="sqs:*"), to("*")]) == YES


# --- two accounts: "Cross-account policy evaluation logic" -----------------------------------------------------------------
@pytest.mark.parametrize("named", ["*", OTHER, STRANGER, f"arn:aws:iam::{OTHER}:role/app"])
def test_across_accounts_both_sides_have_to_allow(named: str) -> None:
    assert on_object(STRANGER, resource=to({"AWS": named})) == NOTHING
    assert on_object(STRANGER, identity=[S3]) == NOTHING
    assert on_object(STRANGER, identity=[S3], resource=to({"AWS": named})) == YES
    assert on_object(STRANGER, identity=[S3], resource=to({"AWS": named}), boundary=[EMPTY]) == NOTHING
    assert on_object(STRANGER, identity=[S3], resource=to({"AWS": named}), session=EMPTY) == NOTHING


def test_the_account_of_the_resource_is_found() -> None:
    assert answer(STRANGER, "sqs:SendMessage", QUEUE, None, identity=[FULL]) == NOTHING
    assert (
        answer(STRANGER, "s3:GetObject", OBJECT, None, identity=[FULL]) == YES
    )  # no account in the ARN: taken for one's own


# --- principals: "AWS JSON policy elements: Principal" and "NotPrincipal" --------------------------------------------------
@pytest.mark.parametrize(
    ("principal", "named", "expected"),
    [
        ("lambda.amazonaws.com", {"Service": "lambda.amazonaws.com"}, YES), ("lambda.amazonaws.com", {"Service": "s3.amazonaws.com"}, NOTHING),
        ("lambda.amazonaws.com", {"AWS": "*"}, YES), ("anonymous", "*", YES), ("anonymous", {"AWS": "*"}, YES), ("anonymous", {"AWS": HOME}, NOTHING),
        (SESSION, {"AWS": f"arn:aws:iam::{HOME}:role/*"}, NOTHING), (SESSION, {"Service": "lambda.amazonaws.com", "AWS": [OTHER, ROLE]}, YES),
        (USER, {"AWS": f"arn:aws:iam::{HOME}:user/Ann"}, NOTHING), (SESSION, {"AWS": f"arn:aws:sts::{HOME}:assumed-role/app/other"}, NOTHING),
    ],
)  # fmt: skip
def test_principals(principal: str, named: Json, expected: str) -> None:
    assert on_object(principal, resource=to(named)) == expected


@pytest.mark.parametrize(
    ("principal", "excepted", "expected"),
    [
        (USER, [USER, ROOT], YES), (f"{USER}a", [USER, ROOT], NO), (USER, [ROOT], NO), (SESSION, [SESSION, ROLE, ROOT], YES),
        (SESSION, [ROLE, ROOT], NO), (ROLE, [ROLE, ROOT], YES),
    ],
)  # fmt: skip
def test_not_principal_with_deny_leaves_out_whom_it_names(principal: str, excepted: list[str], expected: str) -> None:
    deny = doc(row("Deny", NotPrincipal={"AWS": excepted}))
    assert on_object(principal, identity=[S3], resource=deny) == expected


# --- resources with rules of their own ------------------------------------------------------------------------------------
def test_a_key_policy_has_to_allow_or_delegate() -> None:
    """KMS Developer Guide, "Key policies in AWS KMS"."""
    own = [doc(row(action="kms:*"))]
    assert answer(SESSION, "kms:Decrypt", KEY, identity=own) == NOTHING
    assert answer(SESSION, "kms:Decrypt", KEY, identity=own, resource=to({"AWS": OTHER})) == NOTHING
    assert answer(SESSION, "kms:Decrypt", KEY, identity=own, resource=to({"AWS": ROOT})) == YES
    assert answer(SESSION, "kms:Decrypt", KEY, resource=to({"AWS": ROOT})) == NOTHING
    assert answer(SESSION, "kms:Decrypt", KEY, resource=to({"AWS": ROLE})) == YES
    assert answer(ROOT, "kms:Decrypt", KEY) == NOTHING
    assert answer(SESSION, "kms:ListKeys", "*", identity=own) == YES


def test_a_trust_policy_has_to_allow_or_delegate() -> None:
    """ "How IAM roles differ from resource-based policies"; a trust policy has no Resource."""
    own, trust = (
        [doc(row(action="sts:*"))],
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole"}},
    )
    assert answer(SESSION, "sts:AssumeRole", ROLE, identity=own) == NOTHING
    for named, alone, together in ((ROOT, NOTHING, YES), (USER, YES, YES), ({"AWS": OTHER}, NOTHING, NOTHING)):
        trust["Statement"]["Principal"] = named if isinstance(named, dict) else {"AWS": named}  # type: ignore[index]
        assert answer(USER, "sts:AssumeRole", ROLE, resource=trust) == alone
        assert answer(USER, "sts:AssumeRole", ROLE, resource=trust, identity=own) == together
    trust["Statement"]["Principal"] = {"AWS": ROOT}  # type: ignore[index]
    assert answer(ROOT, "sts:AssumeRole", ROLE, resource=trust) == NOTHING  # STS API Reference, AssumeRole


@pytest.mark.parametrize(
    ("principal", "provider"),
    [
        (
            f"arn:aws:iam::{HOME}:oidc-provider/token.example.com",
            f"arn:aws:iam::{HOME}:oidc-provider/token.example.com",
        ),
        ("token.example.com", f"arn:aws:iam::{HOME}:oidc-provider/token.example.com"),
        ("cognito-identity.amazonaws.com", "cognito-identity.amazonaws.com"),
        (f"arn:aws:iam::{HOME}:saml-provider/corp", f"arn:aws:iam::{HOME}:saml-provider/corp"),
    ],
)
def test_federated_callers_need_only_the_trust_policy(principal: str, provider: str) -> None:
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRoleWith*", "Principal": {"Federated": provider},
        "Condition": {"StringLike": {"token.example.com:sub": "repo:shop/*"}},
    }]}  # fmt: skip
    for subject, expected in (("repo:shop/x:ref", YES), ("repo:other/x", NOTHING)):
        context = {"token.example.com:sub": subject}
        assert answer(principal, "sts:AssumeRoleWithWebIdentity", ROLE, context=context, resource=trust) == expected


def test_nobody_can_be_denied_to_ask_who_they_are() -> None:
    """STS API Reference, GetCallerIdentity."""
    assert answer(USER, "sts:GetCallerIdentity", "*", identity=[doc(row("Deny"))]) == YES


def test_a_function_url_needs_both_actions() -> None:
    """Lambda Developer Guide, "Control access to Lambda function URLs": since October 2025."""
    url = row(
        action="lambda:InvokeFunctionUrl",
        Principal="*",
        Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
    )
    behind = row(
        action="lambda:InvokeFunction", Principal="*", Condition={"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
    )
    context = {"lambda:FunctionUrlAuthType": "NONE"}
    for given, expected in ((doc(url), NOTHING), (doc(behind), NOTHING), (doc(url, behind), YES)):
        assert answer("anonymous", "lambda:InvokeFunctionUrl", FUNCTION, context=context, resource=given) == expected
    assert answer("anonymous", "lambda:InvokeFunction", FUNCTION, resource=doc(url, behind)) == NOTHING
    denied = doc(url, behind, row("Deny", "lambda:InvokeFunction", Principal="*"))
    assert answer("anonymous", "lambda:InvokeFunctionUrl", FUNCTION, context=context, resource=denied) == NO


@pytest.mark.parametrize("setting", [True, {"RestrictPublicBuckets": True}, {"restrict_public_buckets": True}])
def test_block_public_access(setting: Json) -> None:
    """S3 User Guide, "Blocking public access to your Amazon S3 storage", RestrictPublicBuckets and "The meaning of public"."""
    public, narrow = to("*"), to("*", Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})
    assert on_object("anonymous", resource=public, block_public_access=setting) == NOTHING
    assert on_object("anonymous", resource=public, block_public_access=False) == YES
    assert on_object("anonymous", resource=public, block_public_access={"BlockPublicAcls": True}) == YES
    assert on_object(STRANGER, identity=[S3], resource=public, block_public_access=setting) == NOTHING
    assert on_object(STRANGER, identity=[S3], resource=to({"AWS": OTHER}), block_public_access=setting) == YES
    assert on_object(SESSION, resource=public, block_public_access=setting) == YES
    assert on_object("s3.amazonaws.com", resource=public, block_public_access=setting) == YES
    assert (
        on_object("anonymous", context={"aws:SourceIp": "192.0.2.9"}, resource=narrow, block_public_access=setting)
        == YES
    )


# --- actions and resources: "Action", "NotAction", "Resource", "NotResource" ----------------------------------------------
@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (row(action="S3:getobject"), YES), (row(action="s3:Get?bject"), YES), (row(action=["sqs:*", "s3:*Object"]), YES),
        (row(action="s3:GetObjectAcl"), NOTHING), (row(resource="arn:aws:s3:::shop/*"), YES), (row(resource="arn:aws:s3:::SHOP/*"), NOTHING),
        (row(resource="arn:aws:s3:*"), YES), (row(resource="arn:aws:s3"), YES), (row(resource="arn:aws:s3:::shop"), NOTHING),
        (row(resource="arn:aws-cn:s3:::shop/*"), NOTHING), (row(resource="arn:*:s3:::*"), YES), (row(resource="arn:aws:s3:::sho?/a.txt"), YES),
        ({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}, NOTHING), ({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"}, YES),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::shop/*"}, NOTHING), ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::x/*"}, YES),
    ],
)  # fmt: skip
def test_actions_and_resources(statement: dict[str, Json], expected: str) -> None:
    assert on_object(identity=[doc(statement)]) == expected


def test_short_arns_are_completed_in_identity_policies_only() -> None:
    short = f"arn:aws:sqs:eu-west-1:{HOME}"
    assert answer(SESSION, "sqs:SendMessage", QUEUE, identity=[doc(row(resource=short))]) == YES
    assert (
        answer(SESSION, "sqs:SendMessage", QUEUE, resource=doc(row(resource=short, Principal={"AWS": ROLE}))) == NOTHING
    )


# --- variables: "IAM policy elements: Variables and tags" ------------------------------------------------------------------
@pytest.mark.parametrize(
    ("pattern", "context", "expected"),
    [
        ("home/${aws:username}/*", {}, YES), ("home/${AWS:UserName}/*", {}, YES), ("home/${aws:PrincipalTag/team}/*", {}, NOTHING),
        ("home/${aws:PrincipalTag/team}/*", {"aws:principaltag/TEAM": "ann"}, YES), ("home/${aws:PrincipalTag/team, 'ann'}/*", {}, YES),
        ("home/${aws:PrincipalTag/team, 'ann'}/*", {"aws:PrincipalTag/team": "bob"}, NOTHING), ("home/${aws:PrincipalTag/team}/*", {"aws:PrincipalTag/team": "*"}, NOTHING),
        ("home/${*}/*", {}, NOTHING), ("home/ann/a${?}txt", {}, NOTHING), ("home/${aws:TagKeys}/*", {"aws:TagKeys": ["ann", "bob"]}, NOTHING),
    ],
)  # fmt: skip
def test_variables_in_resources(pattern: str, context: dict[str, Json], expected: str) -> None:
    identity = [doc(row(resource=f"arn:aws:s3:::shop/{pattern}"))]
    assert (
        answer(USER, "s3:GetObject", "arn:aws:s3:::shop/home/ann/a.txt", context=context, identity=identity) == expected
    )


@pytest.mark.parametrize("version", ["2008-10-17", None])
def test_variables_are_text_in_the_old_version(version: str | None) -> None:
    given = {
        "Statement": row(resource="arn:aws:s3:::shop/${aws:username}"),
        **({"Version": version} if version else {}),
    }
    assert answer(USER, "s3:GetObject", "arn:aws:s3:::shop/ann", identity=[given]) == NOTHING
    assert answer(USER, "s3:GetObject", "arn:aws:s3:::shop/${aws:username}", identity=[given]) == YES


def test_special_characters_are_literal() -> None:
    identity = [doc(row(resource="arn:aws:s3:::shop/a${*}b${?}${$}"))]
    assert answer(USER, "s3:GetObject", "arn:aws:s3:::shop/a*b?$", identity=identity) == YES
    assert answer(USER, "s3:GetObject", "arn:aws:s3:::shop/axxb.$", identity=identity) == NOTHING


# --- what AWS itself puts into a request: "AWS global condition context keys" ----------------------------------------------
@pytest.mark.parametrize(
    ("principal", "key", "value"),
    [
        (USER, "aws:username", "ann"), (USER, "aws:PrincipalArn", USER), (SESSION, "aws:PrincipalArn", f"arn:aws:iam::{HOME}:role/app"),
        (SESSION, "aws:PrincipalAccount", HOME), (SESSION, "aws:ResourceAccount", HOME), (SESSION, "aws:PrincipalType", "AssumedRole"),
        (USER, "aws:PrincipalIsAWSService", "false"), (FEDERATED, "aws:userid", f"{HOME}:ann"),
    ],
)  # fmt: skip
def test_keys_that_every_request_has(principal: str, key: str, value: str) -> None:
    identity = [doc(row(Condition={"StringEquals": {key: value}}))]
    assert on_object(principal, identity=identity) == YES
    assert on_object(principal, identity=identity, context={key: "given"}) == NOTHING


def test_keys_that_only_some_callers_have() -> None:
    missing = [doc(row(Condition={"Null": {"aws:username": "true"}}))]
    assert on_object(SESSION, identity=missing) == YES
    assert on_object(USER, identity=missing) == NOTHING
    service = to("*", Condition={"Bool": {"aws:PrincipalIsAWSService": "true"}})
    assert on_object("s3.amazonaws.com", resource=service) == YES
    assert on_object("anonymous", resource=service) == NOTHING
