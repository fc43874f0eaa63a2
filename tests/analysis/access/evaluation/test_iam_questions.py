"""A hundred questions of the kind that AWS's documentation answers; each row names the page whose text is the answer.

IAM User Guide unless another guide is named. The answers were written down from the text, not from the evaluator.
"""

from __future__ import annotations

import pytest

from casemate.analysis.access.evaluation.cases import case_from_json
from casemate.analysis.access.evaluation.evaluate import decide

ROLE = "arn:aws:iam::111122223333:role/app"
SESSION = "arn:aws:sts::111122223333:assumed-role/app/one"
USER = "arn:aws:iam::111122223333:user/ann"
FOREIGN = "arn:aws:iam::444455556666:role/other"
OBJECT = "arn:aws:s3:::data/reports/a.txt"
QUEUE = "arn:aws:sqs:us-east-1:111122223333:q"
KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ALLOWED, DENIED, NOTHING = "allowed", "explicit-deny", "implicit-deny"


def statement(effect: str = "Allow", action: object = "*", resource: object = "*", **more: object) -> dict[str, object]:
    found = {"Effect": effect, "Action": action, "Resource": resource, **more}
    for name, other in (("NotAction", "Action"), ("NotResource", "Resource")):
        if name in more:
            del found[other]
    return found


def document(*statements: dict[str, object], version: str = "2012-10-17") -> dict[str, object]:
    return {"Version": version, "Statement": list(statements)}


def answer(request: dict[str, object], **policies: object) -> str:
    given = {"principal": USER, "action": "s3:GetObject", "resource": OBJECT, **request}
    decided = decide(*case_from_json({"name": "q", "request": given, "policies": policies}))
    return decided.answer


CONDITIONS = [
    # "Condition operators": a missing key does not match, so the values do not match and the condition is false
    ("Allow", "StringEquals", "aws:PrincipalTag/team", "a", {}, NOTHING),
    ("Allow", "StringLike", "aws:PrincipalTag/team", "*", {}, NOTHING),
    ("Deny", "StringEquals", "aws:PrincipalTag/team", "a", {}, ALLOWED),
    # negated operators with a missing key: true
    ("Allow", "StringNotEquals", "aws:PrincipalTag/team", "a", {}, ALLOWED),
    ("Deny", "StringNotEquals", "aws:PrincipalTag/team", "a", {}, DENIED),
    ("Deny", "StringNotLike", "aws:PrincipalTag/team", "a*", {}, DENIED),
    ("Deny", "ArnNotLike", "aws:SourceArn", "arn:aws:sns:*:*:t", {}, DENIED),
    ("Deny", "ArnNotEquals", "aws:SourceArn", "arn:aws:sns:*:*:t", {}, DENIED),
    ("Deny", "NotIpAddress", "aws:SourceIp", "192.0.2.0/24", {}, DENIED),
    ("Deny", "NumericNotEquals", "s3:max-keys", "10", {}, DENIED),
    ("Deny", "DateNotEquals", "aws:CurrentTime", "2026-01-01T00:00:00Z", {}, DENIED),
    ("Deny", "StringNotEqualsIgnoreCase", "aws:RequestTag/x", "a", {}, DENIED),
    # "…IfExists": a missing key makes the element true
    ("Allow", "StringEqualsIfExists", "aws:RequestTag/x", "a", {}, ALLOWED),
    ("Allow", "StringEqualsIfExists", "aws:RequestTag/x", "a", {"aws:RequestTag/x": "b"}, NOTHING),
    ("Deny", "StringEqualsIfExists", "aws:RequestTag/x", "a", {}, DENIED),
    ("Deny", "BoolIfExists", "aws:MultiFactorAuthPresent", "false", {}, DENIED),
    ("Deny", "Bool", "aws:MultiFactorAuthPresent", "false", {}, ALLOWED),
    ("Deny", "Bool", "aws:MultiFactorAuthPresent", "false", {"aws:MultiFactorAuthPresent": "false"}, DENIED),
    ("Deny", "BoolIfExists", "aws:MultiFactorAuthPresent", "false", {"aws:MultiFactorAuthPresent": "true"}, ALLOWED),
    ("Allow", "NumericLessThanEqualsIfExists", "s3:max-keys", "10", {}, ALLOWED),
    ("Allow", "IpAddressIfExists", "aws:SourceIp", "192.0.2.0/24", {}, ALLOWED),
    ("Allow", "ArnLikeIfExists", "aws:SourceArn", "arn:aws:sns:*:*:t", {}, ALLOWED),
    ("Deny", "StringNotEqualsIfExists", "aws:RequestTag/x", "a", {}, DENIED),
    # "Set operators": ForAllValues is true where there is no key or it is empty; ForAnyValue is false
    ("Allow", "ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"], {}, ALLOWED),
    ("Allow", "ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"], {"aws:TagKeys": ["a"]}, ALLOWED),
    ("Allow", "ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"], {"aws:TagKeys": ["a", "c"]}, NOTHING),
    ("Allow", "ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"], {"aws:TagKeys": []}, ALLOWED),
    ("Allow", "ForAnyValue:StringEquals", "aws:TagKeys", ["a", "b"], {}, NOTHING),
    ("Allow", "ForAnyValue:StringEquals", "aws:TagKeys", ["a", "b"], {"aws:TagKeys": ["c", "b"]}, ALLOWED),
    ("Allow", "ForAnyValue:StringEquals", "aws:TagKeys", ["a", "b"], {"aws:TagKeys": ["c"]}, NOTHING),
    ("Deny", "ForAnyValue:StringNotEquals", "aws:TagKeys", ["a", "b"], {"aws:TagKeys": ["a", "c"]}, DENIED),
    ("Deny", "ForAnyValue:StringNotEquals", "aws:TagKeys", ["a", "b"], {"aws:TagKeys": ["a", "b"]}, ALLOWED),
    ("Deny", "ForAllValues:StringNotEquals", "aws:TagKeys", ["a"], {"aws:TagKeys": ["b", "c"]}, DENIED),
    ("Deny", "ForAllValues:StringNotEquals", "aws:TagKeys", ["a"], {"aws:TagKeys": ["a", "c"]}, ALLOWED),
    ("Deny", "ForAllValues:StringEquals", "aws:TagKeys", ["a"], {}, DENIED),
    ("Allow", "ForAllValues:StringLike", "aws:TagKeys", ["team-*"], {"aws:TagKeys": ["team-a", "team-b"]}, ALLOWED),
    # "Null": true asks for the key to be absent
    ("Allow", "Null", "aws:TokenIssueTime", "true", {}, ALLOWED),
    ("Allow", "Null", "aws:TokenIssueTime", "true", {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"}, NOTHING),
    ("Allow", "Null", "aws:TokenIssueTime", "false", {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"}, ALLOWED),
    ("Deny", "Null", "aws:RequestTag/cost", "true", {}, DENIED),
    ("Deny", "Null", "aws:RequestTag/cost", "true", {"aws:RequestTag/cost": "x"}, ALLOWED),
    # values: several are OR, for negated operators NOR
    ("Allow", "StringEquals", "aws:RequestedRegion", ["eu-west-1", "us-east-1"], {"aws:RequestedRegion": "us-east-1"}, ALLOWED),
    ("Allow", "StringNotEquals", "aws:RequestedRegion", ["eu-west-1", "us-east-1"], {"aws:RequestedRegion": "us-east-1"}, NOTHING),
    ("Deny", "StringNotEquals", "aws:RequestedRegion", ["eu-west-1", "us-east-1"], {"aws:RequestedRegion": "us-east-1"}, ALLOWED),
    ("Deny", "StringNotEquals", "aws:RequestedRegion", ["eu-west-1", "us-east-1"], {"aws:RequestedRegion": "us-west-2"}, DENIED),
    # case: keys do not matter, values do, but for IgnoreCase
    ("Allow", "StringEquals", "AWS:requestedregion", "us-east-1", {"aws:RequestedRegion": "us-east-1"}, ALLOWED),
    ("Allow", "StringEquals", "aws:RequestTag/Team", "A", {"aws:RequestTag/team": "A"}, ALLOWED),
    ("Allow", "StringEquals", "aws:RequestTag/team", "A", {"aws:RequestTag/team": "a"}, NOTHING),
    ("Allow", "StringEqualsIgnoreCase", "aws:RequestTag/team", "A", {"aws:RequestTag/team": "a"}, ALLOWED),
    ("Allow", "StringLike", "aws:RequestTag/team", "A*", {"aws:RequestTag/team": "ab"}, NOTHING),
    # wildcards: only …Like has them in strings; ArnEquals is ArnLike
    ("Allow", "StringEquals", "aws:RequestTag/team", "a*", {"aws:RequestTag/team": "ab"}, NOTHING),
    ("Allow", "StringEquals", "aws:RequestTag/team", "a*", {"aws:RequestTag/team": "a*"}, ALLOWED),
    ("Allow", "StringLike", "aws:RequestTag/team", "a?c", {"aws:RequestTag/team": "abc"}, ALLOWED),
    ("Allow", "ArnEquals", "aws:SourceArn", "arn:aws:sns:*:111122223333:t", {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:t"}, ALLOWED),
    # ArnLike compares each of the six parts; StringLike does not
    ("Allow", "ArnLike", "aws:SourceArn", "arn:aws:sns:*:t", {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:t"}, NOTHING),
    ("Allow", "StringLike", "aws:SourceArn", "arn:aws:sns:*:t", {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:t"}, ALLOWED),
    ("Allow", "ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:t*", {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:topic:sub"}, ALLOWED),
    ("Allow", "StringEquals", "aws:SourceArn", "arn:aws:sns:*:*:t", {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:t"}, NOTHING),
    # numbers
    ("Allow", "NumericLessThanEquals", "s3:max-keys", "10", {"s3:max-keys": "10"}, ALLOWED),
    ("Allow", "NumericLessThan", "s3:max-keys", "10", {"s3:max-keys": "9"}, ALLOWED),
    ("Allow", "NumericGreaterThan", "s3:max-keys", "10", {"s3:max-keys": "9"}, NOTHING),
    ("Allow", "NumericEquals", "s3:max-keys", 10, {"s3:max-keys": "10.0"}, ALLOWED),
    # dates: ISO 8601 in W3C profiles, or seconds of the epoch
    ("Allow", "DateGreaterThan", "aws:CurrentTime", "2026-01-01T00:00:00Z", {"aws:CurrentTime": "2026-06-01T00:00:00Z"}, ALLOWED),
    ("Allow", "DateLessThan", "aws:CurrentTime", "2026-01-01T00:00:00Z", {"aws:CurrentTime": "2026-06-01T00:00:00Z"}, NOTHING),
    ("Allow", "DateGreaterThan", "aws:EpochTime", "1767225600", {"aws:EpochTime": "1767225601"}, ALLOWED),
    ("Allow", "DateGreaterThan", "aws:CurrentTime", "2026-01-01", {"aws:CurrentTime": "2026-06-01T00:00:00Z"}, ALLOWED),
    ("Allow", "DateLessThan", "aws:CurrentTime", "2026-06-01T00:00:00+02:00", {"aws:CurrentTime": "2026-05-31T22:30:00Z"}, NOTHING),
    ("Allow", "DateLessThanEquals", "aws:CurrentTime", "1767225600", {"aws:CurrentTime": "2026-01-01T00:00:00Z"}, ALLOWED),
    # addresses: a value without a prefix length is /32; IPv6 too; the families never match each other
    ("Allow", "IpAddress", "aws:SourceIp", "192.0.2.0/24", {"aws:SourceIp": "192.0.2.77"}, ALLOWED),
    ("Allow", "IpAddress", "aws:SourceIp", "192.0.2.1", {"aws:SourceIp": "192.0.2.2"}, NOTHING),
    ("Allow", "IpAddress", "aws:SourceIp", "2001:db8::/32", {"aws:SourceIp": "2001:db8:1::1"}, ALLOWED),
    ("Allow", "IpAddress", "aws:SourceIp", "192.0.2.0/24", {"aws:SourceIp": "2001:db8::1"}, NOTHING),
    ("Deny", "NotIpAddress", "aws:SourceIp", ["192.0.2.0/24", "203.0.113.0/24"], {"aws:SourceIp": "203.0.113.9"}, ALLOWED),
    ("Deny", "NotIpAddress", "aws:SourceIp", "192.0.2.0/24", {"aws:SourceIp": "198.51.100.1"}, DENIED),
    # "Binary": base64 values, byte for byte
    ("Allow", "BinaryEquals", "key", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", {"key": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}, ALLOWED),
    # "Bool": true and false, as strings or booleans
    ("Deny", "Bool", "aws:SecureTransport", False, {"aws:SecureTransport": "false"}, DENIED),
    ("Deny", "Bool", "aws:SecureTransport", "false", {"aws:SecureTransport": "true"}, ALLOWED),
    ("Allow", "Bool", "aws:ViaAWSService", "true", {"aws:ViaAWSService": "true"}, ALLOWED),
]  # fmt: skip


@pytest.mark.parametrize(("effect", "operator", "key", "values", "context", "expected"), CONDITIONS)
def test_conditions(
    effect: str, operator: str, key: str, values: object, context: dict[str, object], expected: str
) -> None:
    limited = statement(effect, Condition={operator: {key: values}})
    rest = [statement()] if effect == "Deny" else []
    assert answer({"context": context}, identity=[document(limited, *rest)]) == expected


HOME = "arn:aws:s3:::data/${aws:username}/*"
TEAM = "arn:aws:s3:::data/${aws:PrincipalTag/team}/*"

DOCUMENTS: dict[str, tuple[str, dict[str, object], dict[str, object]]] = {
    # "Variables": replaced in 2012-10-17, text in 2008-10-17; without a value the statement does not match
    "variable": (ALLOWED, {"resource": "arn:aws:s3:::data/ann/x"}, {"identity": [document(statement(resource=HOME))]}),
    "variable of another": (NOTHING, {"resource": "arn:aws:s3:::data/bob/x"}, {"identity": [document(statement(resource=HOME))]}),
    "old version": (NOTHING, {"resource": "arn:aws:s3:::data/ann/x"}, {"identity": [document(statement(resource=HOME), version="2008-10-17")]}),
    "missing tag in Allow": (NOTHING, {"resource": "arn:aws:s3:::data//x"}, {"identity": [document(statement(resource=TEAM))]}),
    "missing tag in Deny": (ALLOWED, {"resource": "arn:aws:s3:::data/a/x"}, {"identity": [document(statement(), statement("Deny", resource=TEAM))]}),
    "missing tag in NotResource Deny": (
        ALLOWED, {"resource": "arn:aws:s3:::data/a/x"},
        {"identity": [document(statement(), {"Effect": "Deny", "Action": "*", "NotResource": TEAM})]},
    ),
    "default value": (
        ALLOWED, {"resource": "arn:aws:s3:::data/shared/x"},
        {"identity": [document(statement(resource="arn:aws:s3:::data/${aws:PrincipalTag/team, 'shared'}/*"))]},
    ),
    "star in a value is no wildcard": (
        NOTHING, {"resource": "arn:aws:s3:::data/other/x", "context": {"aws:PrincipalTag/team": "*"}},
        {"identity": [document(statement(resource="arn:aws:s3:::data/${aws:PrincipalTag/team}/x"))]},
    ),
    "escaped star": (NOTHING, {"resource": "arn:aws:s3:::data/a"}, {"identity": [document(statement(resource="arn:aws:s3:::data/${*}"))]}),
    "escaped star is itself": (ALLOWED, {"resource": "arn:aws:s3:::data/*"}, {"identity": [document(statement(resource="arn:aws:s3:::data/${*}"))]}),
    # "Action": no case, wildcards; "NotAction" with Allow and with Deny
    "action case": (ALLOWED, {}, {"identity": [document(statement(action="S3:getobject"))]}),
    "action wildcard": (ALLOWED, {}, {"identity": [document(statement(action="s3:G?tOb*"))]}),
    "NotAction allow": (NOTHING, {"action": "iam:CreateUser", "resource": USER}, {"identity": [document(statement(NotAction="iam:*"))]}),
    "NotAction allow other": (ALLOWED, {}, {"identity": [document(statement(NotAction="iam:*"))]}),
    "NotAction deny": (DENIED, {}, {"identity": [document(statement(), statement("Deny", NotAction="iam:*"))]}),
    "NotAction deny leaves out, allows nothing": (NOTHING, {"action": "iam:GetUser", "resource": USER}, {"identity": [document(statement("Deny", NotAction="iam:*"))]}),
    "NotResource deny": (DENIED, {}, {"identity": [document(statement(), statement("Deny", NotResource="arn:aws:s3:::other/*"))]}),
    "NotResource allow": (ALLOWED, {}, {"identity": [document(statement(NotResource="arn:aws:s3:::other/*"))]}),
    # "Resource": case matters, a star crosses slashes; an action without resources wants a star
    "resource case": (NOTHING, {}, {"identity": [document(statement(resource="arn:aws:s3:::Data/*"))]}),
    "star crosses slashes": (ALLOWED, {}, {"identity": [document(statement(resource="arn:aws:s3:::data*"))]}),
    "bucket is not its objects": (NOTHING, {}, {"identity": [document(statement(resource="arn:aws:s3:::data"))]}),
    "star crosses colons": (
        ALLOWED, {"action": "lambda:InvokeFunction", "resource": "arn:aws:lambda:us-east-1:111122223333:function:f:live"},
        {"identity": [document(statement(resource="arn:aws:lambda:us-east-1:111122223333:function:f*"))]},
    ),
    "another partition": (NOTHING, {"resource": "arn:aws-cn:s3:::data/x"}, {"identity": [document(statement(resource="arn:aws:s3:::data/*"))]}),
    # "Policy evaluation logic"
    "nothing": (NOTHING, {}, {"identity": []}),
    "deny wins over both": (DENIED, {}, {"identity": [document(statement())], "resource": document(statement("Deny", Principal="*"))}),
    "either suffices in one account": (ALLOWED, {}, {"identity": [], "resource": document(statement(Principal={"AWS": USER}))}),
    "account in a bucket policy only delegates": (NOTHING, {}, {"identity": [], "resource": document(statement(Principal={"AWS": "111122223333"}))}),
    "both across accounts": (NOTHING, {"principal": FOREIGN, "resource_account": "111122223333"}, {"identity": [document(statement())]}),
    "both across accounts, other half": (
        NOTHING, {"principal": FOREIGN, "resource_account": "111122223333"}, {"identity": [], "resource": document(statement(Principal={"AWS": FOREIGN}))},
    ),
    "both across accounts, given": (
        ALLOWED, {"principal": FOREIGN, "resource_account": "111122223333"},
        {"identity": [document(statement())], "resource": document(statement(Principal={"AWS": "444455556666"}))},
    ),
    # "Permissions boundaries", and which principal of a resource policy they limit
    "boundary limits": (NOTHING, {}, {"identity": [document(statement())], "boundary": [document(statement(action="ec2:*"))]}),
    "boundary grants nothing": (NOTHING, {}, {"identity": [], "boundary": [document(statement())]}),
    "user named, boundary silent": (
        ALLOWED, {}, {"identity": [], "boundary": [document(statement(action="ec2:*"))], "resource": document(statement(Principal={"AWS": USER}))},
    ),
    "role named, boundary silent": (
        NOTHING, {"principal": SESSION}, {"identity": [], "boundary": [document(statement(action="ec2:*"))], "resource": document(statement(Principal={"AWS": ROLE}))},
    ),
    "session named, boundary silent": (
        ALLOWED, {"principal": SESSION}, {"identity": [], "boundary": [document(statement(action="ec2:*"))], "resource": document(statement(Principal={"AWS": SESSION}))},
    ),
    "session named, session policy silent": (
        ALLOWED, {"principal": SESSION}, {"identity": [], "session": document(statement(action="ec2:*")), "resource": document(statement(Principal={"AWS": SESSION}))},
    ),
    "role named, session policy silent": (
        NOTHING, {"principal": SESSION}, {"identity": [document(statement())], "session": document(statement(action="ec2:*")), "resource": document(statement(Principal={"AWS": ROLE}))},
    ),
    "session policy denies whoever is named": (
        DENIED, {"principal": SESSION}, {"identity": [], "session": document(statement(), statement("Deny", "s3:*")), "resource": document(statement(Principal={"AWS": SESSION}))},
    ),
    "role named, identity silent, nothing limits": (ALLOWED, {"principal": SESSION}, {"identity": [], "resource": document(statement(Principal={"AWS": ROLE}))}),
    # "NotPrincipal"
    "NotPrincipal deny leaves out": (ALLOWED, {}, {"identity": [document(statement())], "resource": document(statement("Deny", NotPrincipal={"AWS": [USER, "arn:aws:iam::111122223333:root"]}))}),
    "NotPrincipal deny of others": (
        DENIED, {"principal": "arn:aws:iam::111122223333:user/bob"},
        {"identity": [document(statement())], "resource": document(statement("Deny", NotPrincipal={"AWS": [USER, "arn:aws:iam::111122223333:root"]}))},
    ),
    "NotPrincipal deny with a boundary": (
        DENIED, {}, {"identity": [document(statement())], "boundary": [document(statement())], "resource": document(statement("Deny", NotPrincipal={"AWS": [USER, "arn:aws:iam::111122223333:root"]}))},
    ),
    # Organizations User Guide, "SCP evaluation", "RCP evaluation"
    "SCP grants nothing": (NOTHING, {}, {"identity": [], "scps": [[document(statement())]]}),
    "SCP of every level": (NOTHING, {}, {"identity": [document(statement())], "scps": [[document(statement())], [document(statement(action="ec2:*"))]]}),
    "SCP deny": (DENIED, {}, {"identity": [document(statement())], "scps": [[document(statement(), statement("Deny", "s3:*"))]]}),
    "SCP and service-linked role": (
        ALLOWED, {"principal": "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"},
        {"identity": [document(statement())], "scps": [[document(statement(), statement("Deny", "s3:*"))]]},
    ),
    "SCP and a service principal": (
        ALLOWED, {"principal": "cloudtrail.amazonaws.com", "action": "s3:PutObject"},
        {"resource": document(statement(Principal={"Service": "cloudtrail.amazonaws.com"})), "scps": [[document(statement("Deny"))]]},
    ),
    "RCP binds outsiders": (
        DENIED, {"principal": FOREIGN, "resource_account": "111122223333"},
        {"identity": [document(statement())], "resource": document(statement(Principal={"AWS": FOREIGN})), "rcps": [[document(statement(Principal="*"), statement("Deny", "s3:*", Principal="*", Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"}}))]]},
    ),
    "RCP does not know EC2": (
        ALLOWED, {"action": "ec2:RunInstances", "resource": "*"},
        {"identity": [document(statement())], "rcps": [[document(statement(Principal="*"), statement("Deny", "ec2:*", Principal="*"))]]},
    ),
    # KMS Developer Guide, "Key policies in AWS KMS"
    "key policy without the account": (NOTHING, {"action": "kms:Decrypt", "resource": KEY}, {"identity": [document(statement())], "resource": document(statement(Principal={"AWS": ROLE}))}),
    "key policy delegates": (
        ALLOWED, {"action": "kms:Decrypt", "resource": KEY},
        {"identity": [document(statement())], "resource": document(statement(action="kms:*", Principal={"AWS": "arn:aws:iam::111122223333:root"}))},
    ),
    "key policy delegates, identity silent": (
        NOTHING, {"action": "kms:Decrypt", "resource": KEY}, {"identity": [], "resource": document(statement(action="kms:*", Principal={"AWS": "arn:aws:iam::111122223333:root"}))},
    ),
    "key policy names the user": (ALLOWED, {"action": "kms:Decrypt", "resource": KEY}, {"identity": [], "resource": document(statement(Principal={"AWS": USER}))}),
    "key via a service": (
        NOTHING, {"action": "kms:Decrypt", "resource": KEY},
        {"identity": [document(statement())], "resource": document(statement(Principal={"AWS": USER}, Condition={"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}))},
    ),
    # "How IAM roles differ": trust
    "trust alone suffices for a user it names": (
        ALLOWED, {"action": "sts:AssumeRole", "resource": ROLE}, {"identity": [], "resource": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "sts:AssumeRole"}]}},
    ),
    "identity alone does not": (NOTHING, {"action": "sts:AssumeRole", "resource": ROLE}, {"identity": [document(statement())]}),
    "trust in the account delegates": (
        NOTHING, {"action": "sts:AssumeRole", "resource": ROLE},
        {"identity": [], "resource": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}]}},
    ),
    "trust under an external id": (
        NOTHING, {"action": "sts:AssumeRole", "resource": ROLE},
        {"identity": [document(statement())], "resource": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}]}},
    ),
    # Lambda Developer Guide, "Control access to Lambda function URLs"
    "URL needs both": (
        NOTHING, {"principal": "anonymous", "action": "lambda:InvokeFunctionUrl", "resource": "arn:aws:lambda:us-east-1:111122223333:function:f", "context": {"lambda:FunctionUrlAuthType": "NONE"}},
        {"resource": document(statement(action="lambda:InvokeFunctionUrl", Principal="*", Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}))},
    ),
    "URL given both": (
        ALLOWED, {"principal": "anonymous", "action": "lambda:InvokeFunctionUrl", "resource": "arn:aws:lambda:us-east-1:111122223333:function:f", "context": {"lambda:FunctionUrlAuthType": "NONE"}},
        {"resource": document(
            statement(action="lambda:InvokeFunctionUrl", Principal="*", Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}),
            statement(action="lambda:InvokeFunction", Principal="*", Condition={"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}),
        )},
    ),
    # S3 User Guide, "Blocking public access"
    "public bucket policy": (ALLOWED, {"principal": "anonymous", "resource_account": "111122223333"}, {"resource": document(statement(action="s3:GetObject", Principal="*"))}),
    "public bucket policy blocked": (
        NOTHING, {"principal": "anonymous", "resource_account": "111122223333"}, {"resource": document(statement(action="s3:GetObject", Principal="*")), "block_public_access": True},
    ),
    # "VPC endpoint policies" (PrivateLink Guide)
    "endpoint policy has to allow": (NOTHING, {}, {"identity": [document(statement())], "endpoint": [document(statement(action="s3:PutObject", Principal="*"))]}),
    "endpoint policy grants nothing": (NOTHING, {}, {"identity": [], "endpoint": [document(statement(Principal="*"))]}),
    # "Principal": a service, an OIDC provider, everybody in an Allow
    "a service is not everybody": (NOTHING, {"principal": "s3.amazonaws.com", "action": "sqs:SendMessage", "resource": QUEUE}, {"resource": document(statement(Principal={"Service": "sns.amazonaws.com"}))}),
    "a confused deputy": (
        NOTHING, {"principal": "sns.amazonaws.com", "action": "sqs:SendMessage", "resource": QUEUE, "context": {"aws:SourceArn": "arn:aws:sns:us-east-1:999999999999:t"}},
        {"resource": document(statement(Principal={"Service": "sns.amazonaws.com"}, Condition={"ArnLike": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:*"}}))},
    ),
    # two conditions are AND
    "two keys": (
        NOTHING, {"context": {"aws:RequestedRegion": "us-east-1"}},
        {"identity": [document(statement(Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1", "aws:PrincipalTag/a": "b"}}))]},
    ),
    "two operators": (
        NOTHING, {"context": {"aws:RequestedRegion": "us-east-1", "aws:SecureTransport": "false"}},
        {"identity": [document(statement(Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}, "Bool": {"aws:SecureTransport": "true"}}))]},
    ),
    # STS API Reference, "GetCallerIdentity"
    "GetCallerIdentity cannot be denied": (ALLOWED, {"action": "sts:GetCallerIdentity", "resource": "*"}, {"identity": [document(statement("Deny"))]}),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents(name: str) -> None:
    expected, request, policies = DOCUMENTS[name]
    assert answer(request, **policies) == expected
