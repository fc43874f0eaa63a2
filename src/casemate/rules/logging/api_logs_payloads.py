"""An API that logs whole requests and answers.

What it does
------------
Reports API stages with data tracing: full request and response bodies and headers go to the log.

Why it matters
--------------
Tokens, passwords and personal data of all users end in a log that many people can read and that is kept for long.

How to fix
----------
Switch `DataTraceEnabled` (`data_trace_enabled`) off; log chosen fields in the access log.

When to allow it
----------------
Debugging without real users, for an hour.

References
----------
- https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import MEDIUM, Change, Fix, Outcome, bad, good, judge, rule
from casemate.model.api import Api


@rule("api-logs-payloads", weakness="sensitive-data-logging", severity=MEDIUM, tags=["cwe-532"])
def check(api: Api, system: System) -> Iterator[Outcome]:
    change = Change(api.id, "set", ("MethodSettings", "0", "DataTraceEnabled"), False)
    if api.kind == "graphql":
        change = Change(api.id, "set", ("LogConfig", "FieldLogLevel"), "ERROR")
    fix = Fix("Leave bodies out of the log", safe=True, changes=(change,))
    yield from judge(
        api.full_payload_logs, bool, f"{api.name} writes whole requests and answers to its log", fixes=(fix,)
    )


CASES = [
    bad(
        "cloudformation",
        """
        Shop:
          Type: AWS::ApiGateway::RestApi
          Properties: {Name: shop}
        Prod:
          Type: AWS::ApiGateway::Stage
          Properties:
            RestApiId: !Ref Shop
            StageName: prod
            MethodSettings:
              - HttpMethod: "*"
                ResourcePath: /*
                DataTraceEnabled: true  # <- here
        """,
    ),
    good(
        "cloudformation",
        """
        Shop:
          Type: AWS::ApiGateway::RestApi
          Properties: {Name: shop}
        Prod:
          Type: AWS::ApiGateway::Stage
          Properties:
            RestApiId: !Ref Shop
            StageName: prod
            MethodSettings: [{HttpMethod: "*", ResourcePath: /*, LoggingLevel: ERROR, DataTraceEnabled: false}]
        """,
    ),
]
