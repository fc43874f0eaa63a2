"""Amazon Web Services. Source: IAM user guide, "IAM identifiers" (unique id prefixes); Amazon Bedrock, "API keys"."""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import framed, service, token

_FORTY = r"(?P<secret>[0-9A-Za-z+/]{40})(?:[^0-9A-Za-z+/=]|\z)"

KINDS = (
    token(
        "aws-access-key-id",
        "AWS access key id",
        "{AKIA|ASIA|ABIA|ACCA}{upper:16}",
        bad=("AKIAIOSFODNN7EXAMPLE", "AKIA{b32:15}", "AKIA{b32:17}", "AKIA{x:16}"),
    ),
    framed(
        "aws-secret-access-key",
        "AWS secret access key",
        r"(?i:aws|amazon|secret_?-?(?:access_?-?)?key|akia)[\w.\- "
        r"]{0,40}[\"'\]]{0,2}[ \t]{0,20}(?:=>|:=|=|:|,|>)[ \t]{0,20}[\"']?" + _FORTY,
        anchors=("aws", "amazon", "secret", "akia"),
        looked_for=tuple(
            word + r"[\w.\- ]*[\"'\]]*[ \t]*[=:,>]+[ \t]*[\"']?[0-9A-Za-z+/]{40}"
            for word in ("aws", "amazon", "secret_?-?(?:access_?-?)?key", "akia")
        ),
        good=("aws_secret_access_key = {b64:40}", "awsSecretKey: '{b64:40}'", '"AWS_SECRET_KEY":"{b64:40}"'),
        bad=(
            "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "aws_secret_access_key = ${AWS_SECRET}",
            "aws_commit = 0123456789abcdef0123456789abcdef01234567",
        ),
        caseless=True,
        bits=4.6,
    ),
    token("aws-bedrock-key", "Amazon Bedrock API key", "ABSKQmVkcm9ja0FQSUtleS{b64:100-160}"),
    token(
        "aws-bedrock-short-key",
        "Amazon Bedrock short-term API key",
        "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t{b64:0-4000}",
        bad=("bedrock-api-key-",),
    ),
    token(
        "aws-mws-token", "Amazon MWS authorisation token", "amzn.mws.{lower:8}-{lower:4}-{lower:4}-{lower:4}-{lower:12}"
    ),
    token("aws-appsync-key", "AWS AppSync API key", "da2-{lower:26}"),
    framed(
        "aws-session-token",
        "AWS session token",
        r"(?i:session_?-?token)[\"']?[ \t]{0,20}(?:=>|=|:)[ \t]{0,20}[\"']?(?P<secret>(?:IQoJ|"
        r"FwoG|FQoG|AQoD|AgoJ)[0-9A-Za-z+/%]{80,}={0,2})",
        anchors=("IQoJ", "FwoG", "FQoG", "AQoD", "AgoJ"),
        good=("aws_session_token = IQoJ{b64:300}", 'AWS_SESSION_TOKEN="FwoG{b64:200}"'),
        bad=("aws_session_token = IQoJ...", "session_token = $TOKEN"),
    ),
    framed(
        "aws-cognito-pool-id",
        "Amazon Cognito user pool id",
        r"(?P<secret>(?:us|eu|ap|sa|ca|me|af|il|mx)-(?:gov-)?[a-z]{4,9}-[0-9]_[0-9A-Za-z]{9})",
        anchors=("-1_", "-2_", "-3_", "-4_"),
        good=("UserPoolId: us-east-1_{base62:9}",),
        bad=("region: us-east-1",),
        public=True,
    ),
    service("aws-key", "Amazon key", "aws amazon", "{b64:40}", alone=False),
)
