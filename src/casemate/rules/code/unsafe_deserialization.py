"""Objects restored from data of a caller.

What it does
------------
Follows data that a caller controls into formats that can build any object: `pickle`, `marshal`, `shelve`, `dill`,
`jsonpickle`, `yaml.load` without a safe loader, `node-serialize`, js-yaml 3 `load`, Java's `ObjectInputStream`.

Why it matters
--------------
Restoring such data runs code that the sender chose.

How to fix
----------
Use JSON, or `yaml.safe_load`. Where objects must travel between own parts, sign them and check the signature first.

When to allow it
----------------
Data whose signature was checked: say so in a suppression with its reason.

References
----------
- https://cwe.mitre.org/data/definitions/502.html
- https://cheatsheetseries.owasp.org/cheatsheets/Deserialization_Cheat_Sheet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.system import System
from casemate.authoring import HIGH, Outcome, bad, good, reported, rule
from casemate.model.flow import Flow


@rule("unsafe-deserialization", weakness="deserialization", severity=HIGH, tags=["cwe-502", "owasp-sls-01"])
def check(flow: Flow, system: System) -> Iterator[Outcome]:
    if flow.kind == "deserialization":
        yield reported(flow, "a caller can run code while objects are restored", HIGH)


CASES = [
    bad(
        "python",
        """
        import base64
        import pickle


        def handler(event, context):
            return pickle.loads(base64.b64decode(event["body"]))  # <- here
    """,
    ),
    good(
        "python",
        """
        import json


        def handler(event, context):
            return json.loads(event["body"])
    """,
    ),
    bad(
        "python",
        """
        import yaml


        def handler(event, context):
            return yaml.load(event["body"], Loader=yaml.Loader)  # <- here
    """,
    ),
    good(
        "python",
        """
        import yaml


        def handler(event, context):
            return yaml.load(event["body"], Loader=yaml.SafeLoader)
    """,
    ),
]
