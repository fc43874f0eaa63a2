"""A function URL that anybody can call.

What it does
------------
Reports function URLs with `AuthType: NONE`, whatever dialect declares them.

Why it matters
--------------
The URL is on the public internet. Without IAM authentication, everybody who learns it can run the function, feed it any input and run up
its bill; the function's own code is the only protection left.

How to fix
----------
Set the auth type to `AWS_IAM` and sign requests (SigV4), or put an API with an authoriser or a CloudFront distribution with origin access
control in front and close the URL.

When to allow it
----------------
Webhooks whose sender signs the payload, when the code verifies that signature before anything else.

References
----------
- https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
- https://owasp.org/www-project-serverless-top-10/
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Change, Fix, Outcome, bad, good, judge, rule, unresolved
from casemate.model.function import Function


@rule("function-url-without-auth", weakness="missing-auth", severity=HIGH, tags=["cwe-306", "owasp-sls-02"])
def check(function: Function, system: System) -> Iterator[Outcome]:
    if function.url is None:
        return
    fix = Fix(
        "Require IAM authentication",
        safe=False,
        changes=(Change(function.id, "set", ("FunctionUrlConfig", "AuthType"), "AWS_IAM"),),
    )
    yield from judge(
        function.url.auth,
        lambda auth: auth.upper() == "NONE",
        f"Function {function.name} can be called by anybody on the internet through its URL",
        fixes=(fix,),
    )


CASES = [
    bad(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            FunctionUrlConfig:
              AuthType: NONE  # <- here
        """,
    ),
    good(
        "sam",
        """
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            Runtime: python3.13
            FunctionUrlConfig:
              AuthType: AWS_IAM
        """,
    ),
    bad(
        "cloudformation",
        """
        Hello:
          Type: AWS::Lambda::Function
          Properties: {Handler: app.handler, Runtime: python3.13, Role: !GetAtt Role.Arn}
        HelloUrl:
          Type: AWS::Lambda::Url
          Properties:
            TargetFunctionArn: !GetAtt Hello.Arn
            AuthType: !If [IsDev, NONE, AWS_IAM]  # <- here
        """,
    ),
    unresolved(
        "cloudformation",
        """
        Parameters:
          Auth: {Type: String}
        Resources:
          Hello:
            Type: AWS::Lambda::Function
            Properties: {Handler: app.handler, Runtime: python3.13, Role: !GetAtt Role.Arn}
          HelloUrl:
            Type: AWS::Lambda::Url
            Properties:
              TargetFunctionArn: !Ref Hello
              AuthType: !Ref Auth
        """,
    ),
]
