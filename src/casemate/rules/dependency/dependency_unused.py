"""A package ships that nothing uses.

What it does
------------
Reports packages that the manifest asks for and that no code of the project imports, neither what its functions load nor
any other source, that no other package of the lock needs, and whose name stands in no other file of the project.
Tools, plugins, types and drivers that are loaded by their name are left out, and so is everything where some code could
not be read or imports by computed names.

Why it matters
--------------
Its code runs at install time and ships with the function's role all the same: each package more is one more whose
maintainer can be robbed, and one more that has to be updated for nothing.

How to fix
----------
Take it out of the manifest and lock again.

When to allow it
----------------
It is loaded by its name by something that is not seen here: say by what.

References
----------
- https://docs.npmjs.com/cli/commands/npm-uninstall
- https://owasp.org/www-project-top-ten/2017/A9_2017-Using_Components_with_Known_Vulnerabilities
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.analysis.supply.unused import is_unused
from casemate.analysis.system import System
from casemate.authoring import LOW, Outcome, Violation, bad, good, rule
from casemate.model.dependency import Dependency


@rule(
    "dependency-unused",
    weakness="vulnerable-dependency",
    severity=LOW,
    confidence="medium",
    tags=["cwe-1164", "owasp-sls-06"],
    profile="strict",
)
def check(dependency: Dependency, system: System) -> Iterator[Outcome]:
    if is_unused(dependency, system):
        yield Violation(
            f"{dependency.name} ships with {len(dependency.functions)} "
            f"{'function' if len(dependency.functions) == 1 else 'functions'}, and no code imports it",
            dependency.at,
            evidence={"package": f"{dependency.package.ecosystem} {dependency.name}"},
            cause=f"{dependency.package.ecosystem}:{dependency.package.name}",
        )


_TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties: {Runtime: nodejs22.x, Handler: app.handler, CodeUri: .}
"""
_LOCK = """
{
  "lockfileVersion": 3,
  "packages": {
    "": {"dependencies": {"left-pad": "^1.0.0"}},
    "node_modules/left-pad": {"version": "1.3.0"}
  }
}
"""
_MANIFEST = """
{
  "dependencies": {
    "left-pad": "^1.0.0"
  }
}
"""

CASES = [
    bad(
        "files",
        {
            "package.json": """
            {
              "dependencies": {
                "left-pad": "^1.0.0" // <- here
              }
            }
            """,
            "package-lock.json": _LOCK,
            "app.js": "exports.handler = async () => 'hello'\n",
            "template.yaml": _TEMPLATE,
        },
    ),
    good(
        "files",
        {
            "package.json": _MANIFEST,
            "package-lock.json": _LOCK,
            "app.js": "const pad = require('left-pad')\nexports.handler = async (event) => pad(event.name, 5)\n",
            "template.yaml": _TEMPLATE,
        },
    ),
    good(
        "files",
        {
            "package.json": _MANIFEST,
            "package-lock.json": _LOCK,
            "app.js": "exports.handler = async (event) => require(process.env.PLUGIN)(event)\n",
            "template.yaml": _TEMPLATE,
        },
    ),
    good(
        "files",
        {
            "package.json": _MANIFEST,
            "app.js": "exports.handler = async () => 'hello'\n",
            "template.yaml": _TEMPLATE,
        },
    ),
]
