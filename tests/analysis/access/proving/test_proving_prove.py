"""Proofs about plain policies: what is safe, what is reachable and by which request, what stays open."""

from __future__ import annotations

import pytest

from casemate.analysis.access.evaluation.document import policy_from_json
from casemate.analysis.access.evaluation.evaluate import decide
from casemate.analysis.access.evaluation.policies import Policies, policies_of
from casemate.analysis.access.evaluation.request import Request
from casemate.analysis.access.proving.actions import Universe, classes, shapes
from casemate.analysis.access.proving.prove import prove
from casemate.analysis.access.proving.question import Proof, Question
from casemate.errors import UsageError

Json = dict[str, object]
ACCOUNT = "111111111111"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
USER = f"arn:aws:iam::{ACCOUNT}:user/ann"
BUCKET = "arn:aws:s3:::data/*"


def allow(actions: object, resources: object = "*", **more: object) -> Json:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions: object, resources: object = "*", **more: object) -> Json:
    return {"Effect": "Deny", "Action": actions, "Resource": resources, **more}


def document(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def identity(*statements: Json) -> Policies:
    return policies_of(identity=[policy_from_json(document(*statements), "identity")])


def asked(policies: Policies, action: str, resource: str, principal: str = ROLE, **more: object) -> Proof:
    found = prove(Question(principal, action, (resource,), **more), policies)  # type: ignore[arg-type]
    if found.witness is not None:
        seen = found.witness
        request = Request(seen.principal, seen.action, seen.resource, seen.resource_account, seen.context)
        assert decide(request, policies).answer == "allowed"
    return found


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([], "safe"),
        ([allow("s3:Put*")], "safe"),
        ([allow("s3:*", "arn:aws:s3:::other/*")], "safe"),
        ([allow("s3:*")], "reachable"),
        ([allow("s3:*"), deny("s3:Get*", BUCKET)], "safe"),
        ([allow("s3:*"), deny("s3:Get*", "arn:aws:s3:::data/private/*")], "reachable"),
        ([allow("s3:*", "arn:aws:s3:::d*"), deny("*", "arn:aws:s3:::da*")], "safe"),
        ([allow("s3:*"), {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::public/*"}], "safe"),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], "safe"),
        ([allow("s3:*"), deny("s3:*", Condition={"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}})], "reachable"),
        ([allow("s3:*"), deny("s3:*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})], "safe"),
        ([allow("s3:*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}})], "reachable"),
        ([allow("s3:*", Condition={"StringEquals": {"aws:SourceArn": "arn:aws:s3:::x"}})], "safe"),
        ([allow("s3:*", Condition={"StringEquals": {"aws:username": "ann"}})], "safe"),
        (
            [
                allow("s3:*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
                deny("s3:*", Condition={"IpAddress": {"aws:SourceIp": ["10.0.0.0/9", "10.128.0.0/9"]}}),
            ],
            "safe",
        ),
        (
            [
                allow("s3:*", Condition={"NumericLessThan": {"s3:max-keys": "10"}}),
                deny("s3:*", Condition={"NumericLessThan": {"s3:max-keys": "9"}}),
            ],
            "reachable",
        ),
        ([allow("s3:*", Condition={"Bool": {"aws:SecureTransport": ["true", "false"]}}), deny("s3:*", Condition={"Null": {"aws:SecureTransport": "false"}})], "safe"),
    ],
)  # fmt: skip
def test_what_identity_policies_come_to(statements: list[Json], verdict: str) -> None:
    assert asked(identity(*statements), "s3:GetObject", BUCKET).verdict == verdict


def test_the_witness_is_a_request_that_one_can_send() -> None:
    found = asked(identity(allow("s3:*")), "s3:GetObject", "*").witness
    assert found is not None
    assert (found.resource, found.resource_account, found.unusual) == ("arn:aws:s3:::x/x", ACCOUNT, False)
    conditional = allow("dynamodb:*", Condition={"StringLike": {"aws:RequestedRegion": "eu-*"}})
    found = asked(identity(conditional), "dynamodb:GetItem", "*").witness
    assert found is not None
    assert found.resource == f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/x"
    assert found.context["aws:requestedregion"] == ("eu-",)
    (statement,) = found.statements
    assert statement.statement.label == "statement 1"


def test_a_resource_that_the_action_does_not_act_on_is_told() -> None:
    policies = identity(allow("s3:GetObject", "arn:aws:s3:::data"))
    found = asked(policies, "s3:GetObject", "arn:aws:s3:::data*")
    assert found.witness is not None
    assert found.witness.unusual
    assert asked(policies, "s3:GetObject", "arn:aws:s3:::data*", acts_on=True).verdict == "safe"


def test_many_actions_are_asked_at_once() -> None:
    most = identity(allow("*"), deny("iam:*"), deny("sts:*"))
    assert asked(most, "iam:*", "*").verdict == "safe"
    assert asked(most, "*", "*").verdict == "reachable"
    assert asked(identity(allow("*"), deny(["iam:*", "s3:*"])), "s3:*", "*").verdict == "safe"
    one = asked(
        identity(allow("s3:*"), deny("s3:[!P]*"), deny(["s3:D*", "s3:G*", "s3:L*"])), "s3:*Object", BUCKET
    ).witness
    assert one is not None
    assert one.action not in {"s3:DeleteObject", "s3:GetObject"}
    assert asked(identity(allow("s3:*")), "s3:NoSuch*", "*").verdict == "unknown"
    assert asked(identity(allow("new:*")), "new:Thing", "*").verdict == "reachable", "newer than the catalogue"


def test_boundaries_and_organisations_bound() -> None:
    def bounded(*statements: Json, **more: object) -> Policies:
        return policies_of(
            identity=[policy_from_json(document(allow("*")), "identity")],
            boundary=[policy_from_json(document(*statements), "boundary")],
            **more,  # type: ignore[arg-type]
        )

    assert asked(bounded(allow("s3:*")), "sqs:SendMessage", "*").verdict == "safe"
    assert asked(bounded(allow("s3:*")), "s3:GetObject", "*").verdict == "reachable"
    assert asked(bounded(allow("*"), deny("s3:*")), "s3:GetObject", "*").verdict == "safe"
    scps = [[policy_from_json(document(allow("*")), "scp")], [policy_from_json(document(allow("ec2:*")), "scp")]]
    assert asked(bounded(allow("*"), scps=scps), "s3:GetObject", "*").verdict == "safe"
    assert asked(bounded(allow("*"), scps=scps), "ec2:RunInstances", "*").verdict == "reachable"


def of_queue(*statements: Json) -> Policies:
    return policies_of(resource=policy_from_json(document(*statements), "resource"))


QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"


@pytest.mark.parametrize(
    ("who", "condition", "verdict"),
    [
        ("*", {}, "reachable"),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, "safe"),
        ("*", {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:t"}}, "safe"),
        ("*", {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, "reachable"),
        ("*", {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}}, "reachable"),
        ("*", {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, "reachable"),
        ({"AWS": ACCOUNT}, {}, "safe"),
        ({"Service": "sns.amazonaws.com"}, {}, "safe"),
    ],
)
def test_what_anonymous_callers_may_do(who: object, condition: Json, verdict: str) -> None:
    policies = of_queue(allow("sqs:SendMessage", Principal=who, Condition=condition))
    assert asked(policies, "sqs:SendMessage", QUEUE, "anonymous").verdict == verdict


def test_another_account_needs_both_sides() -> None:
    stranger = "arn:aws:iam::222222222222:role/x"
    open_ = policy_from_json(document(allow("sqs:*", Principal={"AWS": "222222222222"})), "resource")
    own = [policy_from_json(document(allow("*")), "identity")]
    assert asked(policies_of(identity=own, resource=open_), "sqs:SendMessage", QUEUE, stranger).verdict == "reachable"
    assert asked(policies_of(resource=open_), "sqs:SendMessage", QUEUE, stranger).verdict == "safe"
    assert asked(policies_of(identity=own), "sqs:SendMessage", QUEUE, stranger).verdict == "safe"


def test_a_function_url_needs_both_actions() -> None:
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"
    url = allow(
        "lambda:InvokeFunctionUrl", Principal="*", Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}
    )
    behind = allow("lambda:InvokeFunction", Principal="*", Condition={"Bool": {"lambda:InvokedViaFunctionUrl": "true"}})
    assert asked(of_queue(url), "lambda:InvokeFunctionUrl", arn, "anonymous").verdict == "safe"
    assert asked(of_queue(url, behind), "lambda:InvokeFunctionUrl", arn, "anonymous").verdict == "reachable"


def test_variables_are_put_in_or_tried() -> None:
    home = identity(allow("s3:*", "arn:aws:s3:::home/${aws:username}/*"))
    assert asked(home, "s3:GetObject", "arn:aws:s3:::home/ann/*", USER).verdict == "reachable"
    assert asked(home, "s3:GetObject", "arn:aws:s3:::home/bob/*", USER).verdict == "safe"
    assert asked(home, "s3:GetObject", "arn:aws:s3:::home/bob/*", ROLE).verdict == "safe", "a role has no user name"
    team = identity(allow("s3:*", "arn:aws:s3:::home/${aws:PrincipalTag/team}/*"))
    found = asked(team, "s3:GetObject", "arn:aws:s3:::home/red/*")
    assert found.witness is not None
    assert found.witness.context["aws:principaltag/team"] == ("red",)
    both = identity(allow("s3:*", "arn:aws:s3:::${aws:PrincipalTag/a}-x/*"), deny("*", "arn:aws:s3:::*"))
    assert asked(both, "s3:GetObject", "*").verdict == "safe"


def test_kms_keys_decide_themselves() -> None:
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
    assert asked(identity(allow("kms:*")), "kms:Decrypt", key).verdict == "safe"
    root = policy_from_json(document(allow("kms:*", Principal={"AWS": ACCOUNT})), "resource")
    own = [policy_from_json(document(allow("kms:*")), "identity")]
    assert asked(policies_of(identity=own, resource=root), "kms:Decrypt", key).verdict == "reachable"


def test_what_is_not_fully_known_is_enclosed() -> None:
    question = Question(ROLE, "s3:GetObject", (BUCKET,))
    nothing, everything = identity(), identity(allow("*"))
    assert prove(question, nothing, everything).verdict == "unknown"
    assert prove(question, nothing, nothing).verdict == "safe"
    assert prove(question, everything, everything).verdict == "reachable"


def test_a_wrong_principal_is_refused() -> None:
    with pytest.raises(UsageError):
        asked(identity(), "s3:GetObject", "*", "somebody")


def test_sets_of_actions() -> None:
    universe = Universe("sqs:*Message")
    assert set(universe.names) == {"sqs:DeleteMessage", "sqs:ReceiveMessage", "sqs:SendMessage"}
    assert list(universe.named(universe.bits(["SQS:send*", "s3:*"]))) == ["sqs:SendMessage"]
    assert universe.bits(["*"]) == universe.everything == 0b111
    assert classes(0b111, [0b001, 0b011]) == [0b001, 0b010, 0b100]
    assert classes(0, [1]) == []
    assert shapes("sts:GetCallerIdentity") == ("*",)
    assert "arn:?*:s3:::?*/?*" in shapes("s3:GetObject")
