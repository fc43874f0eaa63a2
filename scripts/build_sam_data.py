"""Compile the SAM data that ships in `src/casemate/sources/sam/data`: policy templates and connector profiles.

    build_sam_data.py FOLDER_OF_THE_PACKAGE_SAMTRANSLATOR [OUTPUT_FOLDER] [--check]

Reads `policy_templates_data/policy_templates.json` and `model/connector_profiles/profiles.json` of aws-sam-translator
(Apache-2.0,
aws/serverless-application-model), a development dependency. No clock and no network. With `--check` nothing is
written: exit 1 when the
output's recorded input hash or content is not what this input gives.

In the output every text is plain with `${Name}` for a parameter and `${AWS::Name}` for a pseudo parameter, whatever
nest of `Fn::Sub` and
`Ref` the input has.
"""

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

SOURCE = "aws-sam-translator (https://github.com/aws/serverless-application-model), Apache-2.0"
POLICY_TEMPLATES = "policy_templates_data/policy_templates.json"
CONNECTORS = "model/connector_profiles/profiles.json"
DEFAULT_OUTPUT = Path(__file__).resolve().parent.parent / "src/casemate/sources/sam/data"
_KINDS = {
    "AWS_IAM_ROLE_MANAGED_POLICY": "identity",
    "AWS_SQS_QUEUE_POLICY": "queue",
    "AWS_SNS_TOPIC_POLICY": "topic",
    "AWS_LAMBDA_PERMISSION": "permission",
}


def flat(value: Any) -> Any:  # noqa: ANN401 - JSON
    """`value` with `Fn::Sub` and `Ref` written into plain text."""
    if isinstance(value, list):
        return [flat(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"}:
        return f"${{{value['Ref']}}}"
    if set(value) == {"Fn::Sub"}:
        argument = value["Fn::Sub"]
        text, variables = argument if isinstance(argument, list) else (argument, {})
        names = {name: flat(inner) for name, inner in variables.items()}
        return re.sub(r"\$\{([^}]*)\}", lambda match: names.get(match[1], match[0]), text)
    return {key: flat(inner) for key, inner in value.items()}


def policy_templates(data: Any) -> Any:  # noqa: ANN401
    """By name: {"parameters", "statements"}."""
    return {
        name: {"parameters": list(template["Parameters"]), "statements": flat(template["Definition"]["Statement"])}
        for name, template in data["Templates"].items()
    }


def connectors(data: Any) -> Any:  # noqa: ANN401
    """By source type, then destination type: {"kind", "holder", "access": {"Read", "Write"}}."""
    found: dict[str, dict[str, Any]] = {}
    for source, destinations in data["Permissions"].items():
        for destination, profile in destinations.items():
            properties = json.loads(json.dumps(profile["Properties"]).replace("%{", "${"))
            access = {name: body.get("Statement", body) for name, body in properties["AccessCategories"].items()}
            holder = "source" if properties["SourcePolicy"] else "destination"
            found.setdefault(source, {})[destination] = {
                "kind": _KINDS[profile["Type"]],
                "holder": holder,
                "access": access,
            }
    return found


def compile_(package: Path) -> dict[str, str]:
    """File name -> content."""
    made: dict[str, str] = {}
    for output, relative, change in (
        ("policy_templates.json", POLICY_TEMPLATES, policy_templates),
        ("connectors.json", CONNECTORS, connectors),
    ):
        raw = (package / relative).read_bytes()
        document = {
            "source": SOURCE,
            "input": relative,
            "sha256": hashlib.sha256(raw).hexdigest(),
            "data": change(json.loads(raw)),
        }
        made[output] = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    return made


def main() -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("output", type=Path, nargs="?", default=DEFAULT_OUTPUT)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    made = compile_(arguments.package)
    if arguments.check:
        stale = [name for name, text in made.items() if (arguments.output / name).read_text(encoding="utf-8") != text]
        print("stale: " + ", ".join(stale) if stale else "up to date")
        return 1 if stale else 0
    for name, text in made.items():
        (arguments.output / name).write_text(text, encoding="utf-8")
        print(f"{name}: {len(text):,} characters")
    return 0


if __name__ == "__main__":
    sys.exit(main())
