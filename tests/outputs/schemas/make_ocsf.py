"""Makes `ocsf-1.5.0-findings.json` from a compiled OCSF schema: `python make_ocsf.py 1.5.0.json > ocsf-1.5.0-findings.json`.

The input is the compiled schema of version 1.5.0 as the OCSF server exports it (Apache-2.0); the wheel of `ocsf-json-schema`
1.2.0 carries it as `ocsf_json_schema/ocsf/1.5.0.json`. The output keeps the three classes that Casemate writes, no profiles
and every object that they reach, as one JSON Schema. Deprecated attributes are left out, so that a test fails when one is used.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

JsonObject = dict[str, Any]

CLASSES = ("compliance_finding", "vulnerability_finding", "application_security_posture_finding")
TYPES = {
    "boolean_t": "boolean",
    "integer_t": "integer",
    "long_t": "integer",
    "timestamp_t": "integer",
    "float_t": "number",
}


def main(source: Path) -> None:
    data = source.read_bytes()
    schema = json.loads(data)
    found: JsonObject = {}
    waiting: list[str] = []
    classes = {name: _object(schema["classes"][name], schema, waiting) for name in CLASSES}
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = {}  # it may contain itself
            found[name] = _object(schema["objects"][name], schema, waiting)
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"Made by make_ocsf.py from OCSF {schema['version']}, sha256 {hashlib.sha256(data).hexdigest()}",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in CLASSES],
        "$defs": {**classes, **dict(sorted(found.items()))},
    }
    sys.stdout.write(json.dumps(document, sort_keys=True, separators=(",", ":")) + "\n")


def _object(thing: JsonObject, schema: JsonObject, waiting: list[str]) -> JsonObject:
    attributes = {
        name: attribute
        for name, attribute in thing["attributes"].items()
        if not attribute.get("profile") and "@deprecated" not in attribute
    }
    found: JsonObject = {
        "type": "object",
        "properties": {name: _attribute(attribute, waiting) for name, attribute in attributes.items()},
        "required": sorted(name for name, attribute in attributes.items() if attribute["requirement"] == "required"),
        "additionalProperties": not attributes,
    }
    constraints = thing.get("constraints") or {}
    if names := constraints.get("at_least_one"):
        found["anyOf"] = [{"required": [name]} for name in names]
    if names := constraints.get("just_one"):
        found["oneOf"] = [{"required": [name]} for name in names]
    if "class_uid" in attributes:
        found["properties"]["class_uid"] = {"const": thing["uid"]}
    return found


def _attribute(attribute: JsonObject, waiting: list[str]) -> JsonObject:
    kind = attribute["type"]
    if kind == "object_t":
        waiting.append(attribute["object_type"])
        found: JsonObject = {"$ref": f"#/$defs/{attribute['object_type']}"}
    elif kind == "json_t":
        found = {}
    else:
        found = {"type": TYPES.get(kind, "string")}
        if "enum" in attribute and found["type"] == "integer":
            found["enum"] = sorted(int(number) for number in attribute["enum"])
    return {"type": "array", "items": found} if attribute.get("is_array") else found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
