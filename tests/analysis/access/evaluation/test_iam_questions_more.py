"""A second hundred of questions, written before the evaluator was asked; each has its rule (IAM User Guide, else named)."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest
from tests.analysis.access.evaluation.test_iam_questions import (
    ALLOWED,
    DENIED,
    KEY,
    NOTHING,
    QUEUE,
    ROLE,
    SESSION,
    USER,
    answer,
    document,
    statement,
)

Json: TypeAlias = dict[str, object]

ROOT = "arn:aws:iam::111122223333:root"
FEDERATED = "arn:aws:sts::111122223333:federated-user/ann"
OIDC = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
SAML = "arn:aws:iam::111122223333:saml-provider/Corp"
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:f"
OUTSIDER = "arn:aws:iam::444455556666:user/eve"
OTHER_SESSION = "arn:aws:sts::444455556666:assumed-role/other/one"
ALL = document(statement())
FOR_ALL = document(statement(Principal="*"))
NARROW = document(statement(action="ec2:*"))


def trust(principal: object, action: object = "sts:AssumeRole", effect: str = "Allow", **more: object) -> Json:
    return {"Effect": effect, "Principal": principal, "Action": action, **more}


def when(operator: str, key: str, values: object) -> Any:  # noqa: ANN401 - the keywords of a statement
    return {"Condition": {operator: {key: values}}}


def mine(*statements: Json, version: str = "2012-10-17", **more: object) -> Json:
    return {"identity": [document(*statements, version=version)], **more}


ROWS: dict[str, tuple[str, str, Json, Json]] = {
    # --- who is named, and what limits it
    "user named, session policy of GetSessionToken absent": (
        ALLOWED, "Evaluation logic: a resource policy that names the user needs no identity policy",
        {}, {"identity": [], "resource": document(statement(Principal={"AWS": USER}))},
    ),
    "everybody named with PrincipalArn, boundary silent": (
        ALLOWED, "Evaluation logic: boundaries do not limit what aws:PrincipalArn with a wildcard Principal grants",
        {"principal": SESSION},
        {"identity": [], "boundary": [NARROW],
         "resource": document(statement(Principal="*", **when("ArnEquals", "aws:PrincipalArn", ROLE)))},
    ),
    "everybody named with PrincipalArn, session policy silent": (
        ALLOWED, "Evaluation logic: session policies do not limit what aws:PrincipalArn with a wildcard Principal grants",
        {"principal": SESSION},
        {"identity": [], "session": NARROW,
         "resource": document(statement(Principal="*", **when("ArnEquals", "aws:PrincipalArn", ROLE)))},
    ),
    "federated session named, session policy silent": (
        ALLOWED, "Evaluation logic: a federated user's ARN grants directly to the session",
        {"principal": FEDERATED}, {"identity": [], "session": NARROW, "resource": document(statement(Principal={"AWS": FEDERATED}))},
    ),
    "federating user named, session policy silent": (
        NOTHING, "Evaluation logic: naming the user who federated is limited by the session policy",
        {"principal": FEDERATED}, {"identity": [ALL], "session": NARROW, "resource": document(statement(Principal={"AWS": USER}))},
    ),
    "federating user named, session policy allows": (
        ALLOWED, "Evaluation logic: naming the user who federated, and the session policy allows",
        {"principal": FEDERATED}, {"identity": [], "session": ALL, "resource": document(statement(Principal={"AWS": USER}))},
    ),
    "federated user is limited by the user's policies": (
        NOTHING, "GetFederationToken: the intersection of the user's policies and the session policy",
        {"principal": FEDERATED}, {"identity": [NARROW], "session": ALL},
    ),
    "boundary, identity and session all allow": (
        ALLOWED, "Evaluation logic: the intersection of the three", {"principal": SESSION}, {"identity": [ALL], "boundary": [ALL], "session": ALL},
    ),
    "deny in a boundary beats a named user": (
        DENIED, "Evaluation logic: an explicit deny in any policy overrides any allow",
        {}, {"identity": [], "boundary": [document(statement(), statement("Deny", "s3:*"))], "resource": document(statement(Principal={"AWS": USER}))},
    ),
    "deny in the identity policy beats a named session": (
        DENIED, "Evaluation logic: explicit deny",
        {"principal": SESSION}, {"identity": [document(statement("Deny", "s3:*"))], "resource": document(statement(Principal={"AWS": SESSION}))},
    ),
    "another session of the role is not named": (
        NOTHING, "Principal, role session principals: only that session",
        {"principal": "arn:aws:sts::111122223333:assumed-role/app/two"}, {"identity": [], "resource": document(statement(Principal={"AWS": SESSION}))},
    ),
    "no wildcards in parts of a principal": (
        NOTHING, "Principal: a wildcard cannot match part of a name or an ARN",
        {"principal": SESSION}, {"identity": [], "resource": document(statement(Principal={"AWS": "arn:aws:iam::111122223333:role/*"}))},
    ),
    "role with a path is the role of its session": (
        ALLOWED, "Principal: sessions' ARNs leave the path of the role away",
        {"principal": SESSION}, {"identity": [], "resource": document(statement(Principal={"AWS": "arn:aws:iam::111122223333:role/team/x/app"}))},
    ),
    "service named does not name its callers": (
        NOTHING, "Principal: a service principal is not the role that the service assumed",
        {"principal": SESSION}, {"identity": [], "resource": document(statement(Principal={"Service": "lambda.amazonaws.com"}))},
    ),
    "root of the account, its policies absent": (ALLOWED, "Evaluation logic: the root user has full access", {"principal": ROOT}, {"identity": []}),
    "root of the account against a bucket policy's deny": (
        DENIED, "Evaluation logic: explicit deny binds the root user", {"principal": ROOT}, {"identity": [], "resource": document(statement("Deny", Principal="*"))},
    ),
    "root under an SCP": (
        DENIED, "Organizations, SCPs: they bind the root user of member accounts",
        {"principal": ROOT}, {"identity": [], "scps": [[document(statement(), statement("Deny", "s3:*"))]]},
    ),
    # --- across accounts
    "across: identity alone": (
        NOTHING, "Cross-account logic: both accounts have to allow", {"principal": OUTSIDER, "resource_account": "111122223333"}, {"identity": [ALL]},
    ),
    "across: everybody named, identity silent": (
        NOTHING, "Cross-account logic: the trusted account has to allow too",
        {"principal": OUTSIDER, "resource_account": "111122223333"}, {"identity": [], "resource": FOR_ALL},
    ),
    "across: session named, identity silent": (
        NOTHING, "Cross-account logic: a named session still needs its own account's allow",
        {"principal": OTHER_SESSION, "resource_account": "111122223333"}, {"identity": [], "resource": document(statement(Principal={"AWS": OTHER_SESSION}))},
    ),
    "across: boundary silent although named": (
        NOTHING, "Cross-account logic: in the caller's account the boundary limits",
        {"principal": OUTSIDER, "resource_account": "111122223333"},
        {"identity": [ALL], "boundary": [NARROW], "resource": document(statement(Principal={"AWS": OUTSIDER}))},
    ),
    "across: session policy silent although session named": (
        NOTHING, "Cross-account logic: in the caller's account the session policy limits",
        {"principal": OTHER_SESSION, "resource_account": "111122223333"},
        {"identity": [ALL], "session": NARROW, "resource": document(statement(Principal={"AWS": OTHER_SESSION}))},
    ),
    "across: SCP of the caller's account": (
        NOTHING, "Organizations, SCPs: they bind the principals of the account, wherever the resource is",
        {"principal": OUTSIDER, "resource_account": "111122223333"},
        {"identity": [ALL], "scps": [[NARROW]], "resource": document(statement(Principal={"AWS": "444455556666"}))},
    ),
    "across: root of the other account, named": (
        ALLOWED, "Principal, AWS account principals: root of a trusted account has full access of its own",
        {"principal": "arn:aws:iam::444455556666:root", "resource_account": "111122223333"},
        {"identity": [], "resource": document(statement(Principal={"AWS": "444455556666"}))},
    ),
    "across: role of another account by its root ARN": (
        ALLOWED, "Cross-account logic: account named and identity allows",
        {"principal": OTHER_SESSION, "resource_account": "111122223333"},
        {"identity": [ALL], "resource": document(statement(Principal={"AWS": "arn:aws:iam::444455556666:root"}))},
    ),
    "account in the ARN decides who owns the resource": (
        NOTHING, "Cross-account logic: the queue's ARN names another account",
        {"action": "sqs:SendMessage", "resource": "arn:aws:sqs:us-east-1:444455556666:q"}, {"identity": [ALL]},
    ),
    # --- KMS (KMS Developer Guide, "Key policies", "Using IAM policies", "Cross-account")
    "key without any policy in the case": (NOTHING, "a key policy has to allow", {"action": "kms:Decrypt", "resource": KEY}, {"identity": [ALL]}),
    "key policy names a role, its session": (
        ALLOWED, "naming the role in the key policy suffices", {"principal": SESSION, "action": "kms:Decrypt", "resource": KEY},
        {"identity": [], "resource": document(statement(action="kms:Decrypt", Principal={"AWS": ROLE}))},
    ),
    "key policy delegates another action": (
        NOTHING, "the account is given kms:Encrypt alone", {"action": "kms:Decrypt", "resource": KEY},
        {"identity": [ALL], "resource": document(statement(action="kms:Encrypt", Principal={"AWS": ROOT}))},
    ),
    "key of another account": (
        ALLOWED, "key policy and the caller's IAM policy", {"principal": OUTSIDER, "action": "kms:Decrypt", "resource": KEY},
        {"identity": [document(statement(action="kms:Decrypt", resource=KEY))], "resource": document(statement(action="kms:Decrypt", Principal={"AWS": "444455556666"}))},
    ),
    "ListKeys needs no key policy": (ALLOWED, "operations that use no key are IAM's alone", {"action": "kms:ListKeys", "resource": "*"}, {"identity": [ALL]}),
    "key delegated, boundary silent": (
        NOTHING, "the delegation is limited by the boundary", {"action": "kms:Decrypt", "resource": KEY},
        {"identity": [ALL], "boundary": [NARROW], "resource": document(statement(action="kms:*", Principal={"AWS": ROOT}))},
    ),
    "retiring a grant under an RCP": (
        ALLOWED, "Organizations, RCPs: kms:RetireGrant is not affected", {"action": "kms:RetireGrant", "resource": KEY},
        {"identity": [ALL], "resource": document(statement(action="kms:*", Principal={"AWS": ROOT})), "rcps": [[document(statement(Principal="*"), statement("Deny", "kms:*", Principal="*"))]]},
    ),
    # --- trust
    "trust names a role, its session asks": (
        ALLOWED, "the trust policy names the role: no identity policy needed in one account",
        {"principal": SESSION, "action": "sts:AssumeRole", "resource": "arn:aws:iam::111122223333:role/b"}, {"identity": [], "resource": {"Statement": [trust({"AWS": ROLE})]}},
    ),
    "trust across accounts, both": (
        ALLOWED, "Cross-account: trust policy and identity policy",
        {"principal": OUTSIDER, "action": "sts:AssumeRole", "resource": ROLE}, {"identity": [ALL], "resource": {"Statement": [trust({"AWS": OUTSIDER})]}},
    ),
    "trust across accounts, identity silent": (
        NOTHING, "Cross-account: the caller's account has to allow sts:AssumeRole",
        {"principal": OUTSIDER, "action": "sts:AssumeRole", "resource": ROLE}, {"identity": [], "resource": {"Statement": [trust({"AWS": OUTSIDER})]}},
    ),
    "tagging a session is its own permission": (
        NOTHING, "Passing session tags: sts:TagSession has to be allowed by the trust policy",
        {"action": "sts:TagSession", "resource": ROLE}, {"identity": [ALL], "resource": {"Statement": [trust({"AWS": USER})]}},
    ),
    "tagging a session allowed": (
        ALLOWED, "Passing session tags", {"action": "sts:TagSession", "resource": ROLE},
        {"identity": [], "resource": {"Statement": [trust({"AWS": USER}, ["sts:AssumeRole", "sts:TagSession"])]}},
    ),
    "tagging a session with a tag that is not allowed": (
        NOTHING, "Passing session tags: aws:RequestTag limits them",
        {"action": "sts:TagSession", "resource": ROLE, "context": {"aws:RequestTag/Project": "Y"}},
        {"identity": [], "resource": document(trust({"AWS": USER}, "sts:TagSession", **when("StringEquals", "aws:RequestTag/Project", ["X"])))},
    ),
    "source identity is its own permission": (
        NOTHING, "Source identity: sts:SetSourceIdentity has to be allowed by the trust policy",
        {"action": "sts:SetSourceIdentity", "resource": ROLE, "context": {"sts:SourceIdentity": "ann"}}, {"identity": [ALL], "resource": {"Statement": [trust({"AWS": USER})]}},
    ),
    "source identity that fits": (
        ALLOWED, "Source identity: StringLike on sts:SourceIdentity",
        {"action": "sts:SetSourceIdentity", "resource": ROLE, "context": {"sts:SourceIdentity": "ann"}},
        {"identity": [], "resource": document(trust({"AWS": USER}, ["sts:AssumeRole", "sts:SetSourceIdentity"], **when("StringLike", "sts:SourceIdentity", "a*")))},
    ),
    "web identity of the right repository": (
        ALLOWED, "OIDC federation: the provider named and the subject fits",
        {"principal": OIDC, "action": "sts:AssumeRoleWithWebIdentity", "resource": ROLE, "context": {"token.actions.githubusercontent.com:sub": "repo:o/r:ref:refs/heads/main", "token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}},
        {"resource": document(trust({"Federated": OIDC}, "sts:AssumeRoleWithWebIdentity", Condition={
            "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}, "StringLike": {"token.actions.githubusercontent.com:sub": "repo:o/r:*"}}))},
    ),
    "web identity of another repository": (
        NOTHING, "OIDC federation: the subject does not fit",
        {"principal": OIDC, "action": "sts:AssumeRoleWithWebIdentity", "resource": ROLE, "context": {"token.actions.githubusercontent.com:sub": "repo:o/other:ref:refs/heads/main"}},
        {"resource": document(trust({"Federated": OIDC}, "sts:AssumeRoleWithWebIdentity", **when("StringLike", "token.actions.githubusercontent.com:sub", "repo:o/r:*")))},
    ),
    "SAML is not web identity": (
        NOTHING, "SAML federation: another provider is trusted", {"principal": SAML, "action": "sts:AssumeRoleWithSAML", "resource": ROLE},
        {"resource": document(trust({"Federated": OIDC}, "sts:AssumeRoleWithSAML"))},
    ),
    "a service assumes its role": (
        ALLOWED, "Service roles: the trust policy alone decides", {"principal": "lambda.amazonaws.com", "action": "sts:AssumeRole", "resource": ROLE},
        {"resource": document(trust({"Service": "lambda.amazonaws.com"}))},
    ),
    "a service for another account": (
        NOTHING, "Confused deputy: aws:SourceAccount does not fit",
        {"principal": "lambda.amazonaws.com", "action": "sts:AssumeRole", "resource": ROLE, "context": {"aws:SourceAccount": "999999999999"}},
        {"resource": document(trust({"Service": "lambda.amazonaws.com"}, **when("StringEquals", "aws:SourceAccount", "111122223333")))},
    ),
    "deny in a trust policy": (
        DENIED, "explicit deny", {"action": "sts:AssumeRole", "resource": ROLE},
        {"identity": [ALL], "resource": document(trust({"AWS": USER}), trust("*", effect="Deny", **when("BoolIfExists", "aws:MultiFactorAuthPresent", "false")))},
    ),
    "deny in a trust policy under a key that is absent": (  # first expected to be denied: Bool is false without the key
        ALLOWED, "Condition operators: Bool on a missing key is false", {"action": "sts:AssumeRole", "resource": ROLE},
        {"identity": [ALL], "resource": document(trust({"AWS": USER}), trust("*", effect="Deny", **when("Bool", "aws:MultiFactorAuthPresent", "false")))},
    ),
    "trust under MFA, without": (
        NOTHING, "aws:MultiFactorAuthPresent is absent with long-term credentials: Bool is false",
        {"action": "sts:AssumeRole", "resource": ROLE}, {"identity": [ALL], "resource": document(trust({"AWS": "111122223333"}, **when("Bool", "aws:MultiFactorAuthPresent", "true")))},
    ),
    "a boundary on the caller does not limit a trust that names the user": (
        ALLOWED, "a trust policy is a resource policy: it names the user", {"action": "sts:AssumeRole", "resource": ROLE},
        {"identity": [], "boundary": [NARROW], "resource": document(trust({"AWS": USER}))},
    ),
    # --- NotPrincipal
    "NotPrincipal: account listed, user not": (
        DENIED, "NotPrincipal: the account alone does not except its users", {}, {"identity": [ALL], "resource": document(statement("Deny", NotPrincipal={"AWS": ROOT}))},
    ),
    "NotPrincipal: session, role and account listed": (
        ALLOWED, "NotPrincipal: all three are listed", {"principal": SESSION},
        {"identity": [ALL], "resource": document(statement("Deny", NotPrincipal={"AWS": [SESSION, ROLE, ROOT]}))},
    ),
    "NotPrincipal: role and account listed, session not": (
        DENIED, "NotPrincipal: the session has to be listed too", {"principal": SESSION},
        {"identity": [ALL], "resource": document(statement("Deny", NotPrincipal={"AWS": [ROLE, ROOT]}))},
    ),
    "NotPrincipal: a service listed, a user asks": (
        DENIED, "NotPrincipal: everybody but the service", {}, {"identity": [ALL], "resource": document(statement("Deny", NotPrincipal={"Service": "lambda.amazonaws.com"}))},
    ),
    "NotPrincipal: the service itself": (
        ALLOWED, "NotPrincipal: the service is left out", {"principal": "lambda.amazonaws.com", "action": "sqs:SendMessage", "resource": QUEUE},
        {"resource": document(statement("Deny", NotPrincipal={"Service": "lambda.amazonaws.com"}), statement(Principal={"Service": "lambda.amazonaws.com"}))},
    ),
    # --- set operators, IfExists, Null
    "ForAnyValue ignores IfExists": (
        NOTHING, "Set operators: ForAnyValue is false without the key; IfExists is asked of each value",
        {}, mine(statement(**when("ForAnyValue:StringEqualsIfExists", "aws:TagKeys", ["a"]))),
    ),
    "ForAnyValue ignores IfExists in a Deny": (
        ALLOWED, "Set operators: ForAnyValue is false without the key",
        {}, mine(statement(), statement("Deny", **when("ForAnyValue:StringNotEqualsIfExists", "aws:TagKeys", ["a"]))),
    ),
    "ForAllValues with IfExists, missing": (ALLOWED, "ForAllValues is true without the key", {}, mine(statement(**when("ForAllValues:StringEqualsIfExists", "aws:TagKeys", ["a"])))),
    "ForAllValues with Null false, missing": (
        NOTHING, "Multivalued keys: Null false keeps ForAllValues from being true for nothing", {},
        mine(statement(Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}, "Null": {"aws:TagKeys": "false"}})),
    ),
    "ForAllValues and the empty string": (
        ALLOWED, "ForAllValues is true where the key resolves to a null data set, such as an empty string",
        {"context": {"aws:TagKeys": [""]}}, mine(statement(**when("ForAllValues:StringEquals", "aws:TagKeys", ["a"]))),
    ),
    "ForAnyValue and the empty string": (
        NOTHING, "ForAnyValue is false where the key resolves to a null data set", {"context": {"aws:TagKeys": [""]}},
        mine(statement(**when("ForAnyValue:StringLike", "aws:TagKeys", ["*"]))),
    ),
    "Null true and an empty list": (ALLOWED, "Null: no value is no key", {"context": {"aws:TagKeys": []}}, mine(statement(**when("Null", "aws:TagKeys", "true")))),
    "Null with a boolean": (ALLOWED, "Null: true as a boolean", {}, mine(statement(**when("Null", "aws:RequestTag/a", True)))),
    "ForAllValues: of several ARNs one does not fit": (
        NOTHING, "ForAllValues:ArnLike asks every value", {"context": {"aws:SourceArn": ["arn:aws:sns:us-east-1:111122223333:t", "arn:aws:sqs:us-east-1:111122223333:q"]}},
        mine(statement(**when("ForAllValues:ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:*"))),
    ),
    "ForAllValues:StringNotLike, one fits": (
        NOTHING, "ForAllValues with a negated operator: no value may fit", {"context": {"aws:TagKeys": ["x", "key1-a"]}},
        mine(statement(**when("ForAllValues:StringNotLike", "aws:TagKeys", "key1*"))),
    ),
    "ForAnyValue:Bool": (ALLOWED, "set operators work with Bool", {"context": {"k:flags": [False, True]}}, mine(statement(**when("ForAnyValue:Bool", "k:flags", "true")))),
    "ForAnyValue:NumericLessThan": (ALLOWED, "set operators work with numbers", {"context": {"k:n": [50, 3]}}, mine(statement(**when("ForAnyValue:NumericLessThan", "k:n", "10")))),
    # --- operators
    "Bool is not a string": (NOTHING, "Bool compares true and false alone", {"context": {"k:b": "yes"}}, mine(statement(**when("Bool", "k:b", "yes")))),
    "Bool and the case of letters": (ALLOWED, "Bool: True is true", {"context": {"aws:SecureTransport": "True"}}, mine(statement(**when("Bool", "aws:SecureTransport", "true")))),
    "Bool with a variable": (
        ALLOWED, "Bool operators take policy variables", {"context": {"aws:SecureTransport": "true", "aws:PrincipalTag/tls": "true"}},
        mine(statement(**when("Bool", "aws:SecureTransport", "${aws:PrincipalTag/tls}"))),
    ),
    "numbers are not compared as text": (ALLOWED, "NumericLessThan: 9 is less than 10", {"context": {"s3:max-keys": "9"}}, mine(statement(**when("NumericLessThan", "s3:max-keys", "10")))),
    "numbers with a sign and a fraction": (ALLOWED, "Numeric: decimal values", {"context": {"k:n": "-0.50"}}, mine(statement(**when("NumericEquals", "k:n", "-0.5")))),
    "a number that is none": (NOTHING, "Numeric: a value that is no number does not match", {"context": {"k:n": "many"}}, mine(statement(**when("NumericGreaterThan", "k:n", "1")))),
    "numbers have no variables": (
        NOTHING, "Policy variables: not with numeric operators", {"context": {"k:n": "5", "k:m": "5"}}, mine(statement(**when("NumericEquals", "k:n", "${k:m}"))),
    ),
    "NumericNotEquals is NOR": (NOTHING, "negated operators: none of the values may match", {"context": {"k:n": "2"}}, mine(statement(**when("NumericNotEquals", "k:n", ["1", "2"])))),
    "NumericLessThan of several bounds": (ALLOWED, "values of a key are OR", {"context": {"k:n": "15"}}, mine(statement(**when("NumericLessThan", "k:n", ["10", "20"])))),
    "dates in another zone": (
        ALLOWED, "Date: ISO 8601 with an offset", {"context": {"aws:CurrentTime": "2026-06-01T01:00:00+02:00"}}, mine(statement(**when("DateLessThan", "aws:CurrentTime", "2026-06-01T00:00:00Z"))),
    ),
    "dates with a fraction of a second": (
        ALLOWED, "Date: fractions of a second", {"context": {"aws:CurrentTime": "2026-06-01T00:00:00.250Z"}}, mine(statement(**when("DateGreaterThan", "aws:CurrentTime", "2026-06-01T00:00:00Z"))),
    ),
    "a day is its first moment": (
        NOTHING, "Date: 2026-06-01 is midnight", {"context": {"aws:CurrentTime": "2026-06-01T00:00:01Z"}}, mine(statement(**when("DateLessThanEquals", "aws:CurrentTime", "2026-06-01"))),
    ),
    "IPv6 with a prefix": (ALLOWED, "IpAddress takes IPv6", {"context": {"aws:SourceIp": "2001:DB8:1234:5678::1"}}, mine(statement(**when("IpAddress", "aws:SourceIp", "2001:db8:1234:5678::/64")))),
    "whole internet is IPv4's": (NOTHING, "0.0.0.0/0 holds no IPv6 address", {"context": {"aws:SourceIp": "2001:db8::1"}}, mine(statement(**when("IpAddress", "aws:SourceIp", "0.0.0.0/0")))),
    "NotIpAddress of one of several": (
        NOTHING, "NotIpAddress: outside of all of them", {"context": {"aws:SourceIp": "10.1.2.3"}}, mine(statement(**when("NotIpAddress", "aws:SourceIp", ["10.0.0.0/8", "192.0.2.0/24"]))),
    ),
    "an address that is none": (NOTHING, "IpAddress: not an address", {"context": {"aws:SourceIp": "here"}}, mine(statement(**when("IpAddress", "aws:SourceIp", "0.0.0.0/0")))),
    "Binary compares bytes": (NOTHING, "BinaryEquals: byte for byte", {"context": {"k:b": "YWE="}}, mine(statement(**when("BinaryEquals", "k:b", "YWI=")))),
    "StringLike: a question mark is one character": (NOTHING, "? is exactly one character", {"context": {"k:s": "ac"}}, mine(statement(**when("StringLike", "k:s", "a?c")))),
    "StringLike: star is none or more": (ALLOWED, "* is zero or more characters", {"context": {"k:s": "ac"}}, mine(statement(**when("StringLike", "k:s", "a*c")))),
    "StringNotLike is NOR": (NOTHING, "negated operators are NOR", {"context": {"k:s": "bx"}}, mine(statement(**when("StringNotLike", "k:s", ["a*", "b*"])))),
    "StringEqualsIgnoreCase has no wildcards": (NOTHING, "String operators: only …Like has wildcards", {"context": {"k:s": "AB"}}, mine(statement(**when("StringEqualsIgnoreCase", "k:s", "a*")))),
    "escaped star in StringLike": (NOTHING, "Policy variables: ${*} is a star", {"context": {"k:s": "ab"}}, mine(statement(**when("StringLike", "k:s", "a${*}")))),
    "escaped dollar": (ALLOWED, "Policy variables: ${$} is a dollar sign", {"context": {"k:s": "a$b"}}, mine(statement(**when("StringEquals", "k:s", "a${$}b")))),
    "variable in StringEquals": (
        ALLOWED, "Policy variables in conditions", {"context": {"aws:PrincipalTag/team": "x", "aws:ResourceTag/team": "x"}}, mine(statement(**when("StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}"))),
    ),
    "variable in an old policy's condition": (
        NOTHING, "Version: in 2008-10-17 a variable is text", {"context": {"aws:PrincipalTag/team": "x", "aws:ResourceTag/team": "x"}},
        mine(statement(**when("StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}")), version="2008-10-17"),
    ),
    "variable that is missing in StringNotEquals": (
        NOTHING, "Policy variables: what cannot be resolved does not match and makes the statement invalid", {"context": {"aws:ResourceTag/team": "x"}},
        mine(statement(**when("StringNotEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}"))),
    ),
    "default of a variable in a condition": (
        ALLOWED, "Policy variables: default values", {"context": {"aws:ResourceTag/team": "none"}}, mine(statement(**when("StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team, 'none'}"))),
    ),
    "a multivalued key is no variable": (
        NOTHING, "Policy variables: single-valued keys alone", {"context": {"aws:TagKeys": ["a", "b"], "k:s": "a"}}, mine(statement(**when("StringEquals", "k:s", "${aws:TagKeys}"))),
    ),
    "two variables in a resource": (
        ALLOWED, "Policy variables in Resource", {"resource": "arn:aws:s3:::data/x/ann/1", "context": {"aws:PrincipalTag/team": "x"}},
        mine(statement(resource="arn:aws:s3:::data/${aws:PrincipalTag/team}/${aws:username}/*")),
    ),
    "username of a role session": (NOTHING, "aws:username is absent for role sessions", {"principal": SESSION, "resource": "arn:aws:s3:::data//x"}, mine(statement(resource="arn:aws:s3:::data/${aws:username}/*"))),
    "single-valued operator on several values": (
        NOTHING, "Multivalued keys require a set operator", {"context": {"aws:TagKeys": ["a", "b"]}}, mine(statement(**when("StringEquals", "aws:TagKeys", "a"))),
    ),
    # --- ARNs
    "ArnLike: a star does not cross parts": (
        NOTHING, "ArnLike: each of the six parts by itself", {"context": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:t"}}, mine(statement(**when("ArnLike", "aws:SourceArn", "arn:aws:sns:*"))),
    ),
    "ArnLike: case": (NOTHING, "ARN operators are case-sensitive", {"context": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:T"}}, mine(statement(**when("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:t")))),
    "ArnLike: empty parts": (ALLOWED, "ArnLike: a bucket's ARN has neither region nor account", {"context": {"aws:SourceArn": "arn:aws:s3:::b"}}, mine(statement(**when("ArnLike", "aws:SourceArn", "arn:aws:s3:::*")))),
    "ArnLike: star matches an empty part": (ALLOWED, "ArnLike: * is zero or more characters", {"context": {"aws:SourceArn": "arn:aws:s3:::b"}}, mine(statement(**when("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:b")))),
    "ArnNotLike holds for another": (DENIED, "ArnNotLike", {"context": {"aws:SourceArn": "arn:aws:s3:::c"}}, mine(statement(), statement("Deny", **when("ArnNotLike", "aws:SourceArn", "arn:aws:s3:::b")))),
    "PrincipalArn of a session is its role": (
        ALLOWED, "aws:PrincipalArn: for role sessions the ARN of the role", {"principal": SESSION}, mine(statement(**when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/app"))),
    ),
    "PrincipalArn of a session is not the session": (NOTHING, "aws:PrincipalArn: for role sessions the ARN of the role", {"principal": SESSION}, mine(statement(**when("ArnLike", "aws:PrincipalArn", "arn:aws:sts::*:assumed-role/app/*")))),
    "resource: question mark crosses a slash": (ALLOWED, "Resource: wildcards match any characters", {"resource": "arn:aws:s3:::data/a/b"}, mine(statement(resource="arn:aws:s3:::data/a?b"))),
    "resource: region left open": (ALLOWED, "Resource: * for a part", {"action": "sqs:SendMessage", "resource": QUEUE}, mine(statement(resource="arn:aws:sqs:*:*:q"))),
    "resource: another region": (NOTHING, "Resource: the region differs", {"action": "sqs:SendMessage", "resource": QUEUE}, mine(statement(resource="arn:aws:sqs:eu-west-1:*:q"))),
    "resource: alias is not its function": (
        NOTHING, "Lambda guide, resources: a qualified ARN is another resource", {"action": "lambda:InvokeFunction", "resource": f"{FUNCTION}:live"}, mine(statement(resource=FUNCTION)),
    ),
    "action without a resource wants a star": (NOTHING, "Resource: actions without resource-level permission need *", {"action": "s3:ListAllMyBuckets", "resource": "*"}, mine(statement(resource="arn:aws:s3:::*"))),
    "NotResource leaves two out": (NOTHING, "NotResource", {}, mine({"Effect": "Allow", "Action": "*", "NotResource": ["arn:aws:s3:::x", "arn:aws:s3:::data/*"]})),
    "NotAction and NotResource together": (ALLOWED, "NotAction, NotResource", {}, mine({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::secret/*"})),
    # --- organisations
    "an SCP level with two policies, one allows": (ALLOWED, "SCP evaluation: of one level any policy may allow", {}, {"identity": [ALL], "scps": [[NARROW, ALL]]}),
    "an SCP level without any": (NOTHING, "SCP evaluation: every level has to allow", {}, {"identity": [ALL], "scps": [[ALL], []]}),
    "SCP and the management account": (ALLOWED, "SCPs do not bind the management account", {}, {"identity": [ALL], "scps": [[document(statement("Deny"))]], "management_account": True}),
    "SCP and another management account": (DENIED, "SCPs bind member accounts", {}, {"identity": [ALL], "scps": [[document(statement("Deny"))]], "management_account": "999999999999"}),
    "SCP deny with a condition on the region": (
        DENIED, "SCP: deny outside of regions", {"context": {"aws:RequestedRegion": "us-west-2"}},
        {"identity": [ALL], "scps": [[ALL, document({"Effect": "Deny", "NotAction": ["iam:*"], "Resource": "*", **when("StringNotEquals", "aws:RequestedRegion", ["eu-west-1"])})]]},
    ),
    "SCP does not bind callers of other accounts": (
        ALLOWED, "SCPs of the resource's account do not bind outsiders: none is in force for an anonymous caller",
        {"principal": "anonymous", "resource_account": "111122223333"}, {"scps": [[document(statement("Deny"))]], "resource": document(statement(action="s3:GetObject", Principal="*"))},
    ),
    "RCP binds anonymous callers": (
        DENIED, "RCPs bind whoever asks", {"principal": "anonymous", "resource_account": "111122223333"},
        {"rcps": [[FOR_ALL, document(statement("Deny", "s3:*", Principal="*"))]], "resource": document(statement(action="s3:GetObject", Principal="*"))},
    ),
    "RCP binds service principals": (
        DENIED, "RCPs bind service principals unless aws:PrincipalIsAWSService leaves them out", {"principal": "cloudtrail.amazonaws.com", "action": "s3:PutObject", "resource_account": "111122223333"},
        {"rcps": [[FOR_ALL, document(statement("Deny", "s3:*", Principal="*"))]], "resource": document(statement(Principal={"Service": "cloudtrail.amazonaws.com"}))},
    ),
    "RCP that leaves services out": (
        ALLOWED, "RCPs: the example of the data perimeter", {"principal": "cloudtrail.amazonaws.com", "action": "s3:PutObject", "resource_account": "111122223333"},
        {"rcps": [[FOR_ALL, document(statement("Deny", "s3:*", Principal="*", Condition={
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}))]],
         "resource": document(statement(Principal={"Service": "cloudtrail.amazonaws.com"}))},
    ),
    "RCP and a service-linked role": (
        ALLOWED, "RCPs do not bind service-linked roles", {"principal": "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForConfig/x"},
        {"identity": [ALL], "rcps": [[FOR_ALL, document(statement("Deny", "s3:*", Principal="*"))]]},
    ),
    "RCP and the management account's bucket": (
        ALLOWED, "RCPs do not bind the management account's resources", {}, {"identity": [ALL], "rcps": [[FOR_ALL, document(statement("Deny", "s3:*", Principal="*"))]], "management_account": "111122223333"},
    ),
    "RCP on assuming a role": (
        DENIED, "RCPs support sts:AssumeRole", {"principal": OUTSIDER, "action": "sts:AssumeRole", "resource": ROLE},
        {"identity": [ALL], "resource": document(trust({"AWS": "444455556666"})), "rcps": [[FOR_ALL, document(statement("Deny", "sts:AssumeRole", Principal="*", **when("StringNotEqualsIfExists", "aws:PrincipalOrgID", "o-1")))]]},
    ),
    # --- endpoints (PrivateLink Guide), S3, Lambda, SQS, services
    "endpoint policy names another principal": (NOTHING, "endpoint policies take principals", {}, {"identity": [ALL], "endpoint": [document(statement(Principal={"AWS": ROLE}))]}),
    "endpoint policy with PrincipalArn": (
        ALLOWED, "endpoint policies: aws:PrincipalArn", {}, {"identity": [ALL], "endpoint": [document(statement(Principal="*", **when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:user/*")))]},
    ),
    "endpoint policy denies": (DENIED, "explicit deny", {}, {"identity": [ALL], "endpoint": [document(statement(Principal="*"), statement("Deny", "s3:*", Principal="*"))]}),
    "bucket policy pins the endpoint": (
        DENIED, "S3 guide, endpoints: deny unless aws:SourceVpce", {}, {"identity": [ALL], "resource": document(statement("Deny", "s3:*", Principal="*", **when("StringNotEquals", "aws:SourceVpce", "vpce-1")))},
    ),
    "public bucket, Block Public Access, another account": (
        NOTHING, "S3 guide: RestrictPublicBuckets shuts other accounts out of a public policy", {"principal": OUTSIDER, "resource_account": "111122223333"},
        {"identity": [ALL], "resource": document(statement(action="s3:GetObject", Principal="*")), "block_public_access": True},
    ),
    "public bucket, Block Public Access, own account": (
        ALLOWED, "S3 guide: authorised users of the bucket's account stay", {}, {"identity": [], "resource": document(statement(action="s3:GetObject", Principal="*")), "block_public_access": True},
    ),
    "pinned bucket policy, Block Public Access": (
        ALLOWED, "S3 guide, the meaning of public: fixed aws:SourceIp is not public", {"principal": "anonymous", "resource_account": "111122223333", "context": {"aws:SourceIp": "203.0.113.9"}},
        {"resource": document(statement(action="s3:GetObject", Principal="*", **when("IpAddress", "aws:SourceIp", "203.0.113.0/24"))), "block_public_access": True},
    ),
    "fixed account, Block Public Access": (
        ALLOWED, "S3 guide, the meaning of public: an AWS account is not public", {"principal": OUTSIDER, "resource_account": "111122223333"},
        {"identity": [ALL], "resource": document(statement(action="s3:GetObject", Principal={"AWS": "444455556666"})), "block_public_access": True},
    ),
    "Block Public Access is S3's": (
        ALLOWED, "S3 guide: other services have no such setting", {"principal": "anonymous", "action": "sqs:SendMessage", "resource": QUEUE},
        {"resource": document(statement(action="sqs:SendMessage", Principal="*")), "block_public_access": True},
    ),
    "function URL of IAM callers in one account": (
        ALLOWED, "Lambda guide: identity policy with both actions", {"action": "lambda:InvokeFunctionUrl", "resource": FUNCTION, "context": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
        mine(statement(action=["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"], resource=FUNCTION)),
    ),
    "function URL with one action": (
        NOTHING, "Lambda guide: both actions since October 2025", {"action": "lambda:InvokeFunctionUrl", "resource": FUNCTION}, mine(statement(action="lambda:InvokeFunctionUrl", resource=FUNCTION)),
    ),
    "function invoked directly although only by URL": (
        NOTHING, "Lambda guide: lambda:InvokedViaFunctionUrl is not true", {"principal": "anonymous", "action": "lambda:InvokeFunction", "resource": FUNCTION},
        {"resource": document(statement(action="lambda:InvokeFunction", Principal="*", **when("Bool", "lambda:InvokedViaFunctionUrl", "true")))},
    ),
    "service with source ARN and account": (
        ALLOWED, "Confused deputy: both fit", {"principal": "s3.amazonaws.com", "action": "sqs:SendMessage", "resource": QUEUE, "context": {"aws:SourceArn": "arn:aws:s3:::b", "aws:SourceAccount": "111122223333"}},
        {"resource": document(statement(action="sqs:SendMessage", Principal={"Service": "s3.amazonaws.com"}, Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:b"}, "StringEquals": {"aws:SourceAccount": "111122223333"}}))},
    ),
    "everybody in an Allow includes services": (
        ALLOWED, "Principal: * is everybody, services too", {"principal": "sns.amazonaws.com", "action": "sqs:SendMessage", "resource": QUEUE, "context": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:t"}},
        {"resource": document(statement(action="sqs:SendMessage", Principal="*", **when("ArnEquals", "aws:SourceArn", "arn:aws:sns:us-east-1:111122223333:t")))},
    ),
    "organisation pins people, not services": (
        NOTHING, "aws:PrincipalOrgID is absent for service principals", {"principal": "sns.amazonaws.com", "action": "sqs:SendMessage", "resource": QUEUE},
        {"resource": document(statement(action="sqs:SendMessage", Principal="*", **when("StringEquals", "aws:PrincipalOrgID", "o-1")))},
    ),
    "identity policies do not serve a service": (NOTHING, "service principals have no identity policies", {"principal": "sns.amazonaws.com", "action": "sqs:SendMessage", "resource": QUEUE}, {"identity": [ALL]}),
    "deny of everybody but one service": (
        ALLOWED, "aws:PrincipalServiceName", {"principal": "cloudtrail.amazonaws.com", "action": "s3:PutObject", "resource_account": "111122223333"},
        {"resource": document(statement("Deny", "s3:*", Principal="*", **when("StringNotEqualsIfExists", "aws:PrincipalServiceName", "cloudtrail.amazonaws.com")), statement(action="s3:PutObject", Principal={"Service": "cloudtrail.amazonaws.com"}))},
    ),
    "session tags": (
        ALLOWED, "aws:PrincipalTag holds session tags", {"principal": SESSION, "context": {"aws:PrincipalTag/Team": "a"}}, mine(statement(**when("StringEquals", "aws:principaltag/team", "a"))),
    ),
    "old sessions are revoked": (
        DENIED, "Revoking role sessions: AWSRevokeOlderSessions", {"principal": SESSION, "context": {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"}},
        mine(statement(), statement("Deny", **when("DateLessThan", "aws:TokenIssueTime", "2026-02-01T00:00:00Z"))),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_the_documented_answer(name: str) -> None:
    expected, rule, request, policies = ROWS[name]
    assert answer(request, **policies) == expected, rule
