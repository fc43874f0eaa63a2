"""What IAM analysis costs: `python benchmarks/access.py [--rivals VENV] [--functions N] [--roles N]`.

A made-up account: functions with triggers and URLs, roles from narrow to administrator, with conditions, denies and
boundaries. Its whole analysis is timed (grants and escalation paths of every role, the reach of everything), then
proofs one by one, then decisions of `access decide --cases`: where policies repeat from line to line, and where every
line brings its own. `--scan PATH`: the account's analysis for what is scanned there, which is how a large repository is
measured.
`--rivals`: the folder of a virtual environment that has cloudsplaining and parliament; they are
given the same policies, one at a time as they work, and the ratio is printed, since seconds mean little on another
machine.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from random import Random

from casemate.analysis.access.climbing import climbs
from casemate.analysis.access.evaluation.evaluate import decide
from casemate.analysis.access.evaluation.lines import Lines
from casemate.analysis.access.proving.system import Prover
from casemate.analysis.access.reach.rules import Rules
from casemate.analysis.system import System
from casemate.inventory.build import build
from casemate.sources.discover import discover
from casemate.sources.source import Options
from casemate.sources.tree import FolderTree, MemoryTree

Json = dict[str, object]

_RIVAL = """
import json, sys, time
documents = json.load(open(sys.argv[1]))
begun = time.process_time()
if sys.argv[2] == "parliament":
    from parliament import analyze_policy_string
    for document in documents:
        analyze_policy_string(json.dumps(document))
else:
    from cloudsplaining.scan.policy_document import PolicyDocument
    for document in documents:
        policy = PolicyDocument(document)
        policy.allows_privilege_escalation, policy.permissions_management_without_constraints
        policy.allows_data_exfiltration_actions, policy.all_allowed_unrestricted_actions
print(time.process_time() - begun)
"""
"""Times a rival in its own interpreter, without its import."""


def account(functions: int, roles: int, seed: int = 1) -> Json:
    """The resources of a template: `functions` functions of `roles` roles, with stores and triggers between them."""
    random = Random(seed)  # noqa: S311 - repeatable, not secret
    found: Json = {}
    stores = functions // 2
    for number in range(stores):
        found[f"Queue{number}"] = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": f"q{number}"}}
        found[f"Table{number}"] = {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": f"t{number}"}}
    for number in range(roles):
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        rows = [_statement(random, functions, stores) for _ in range(random.randint(2, 6))]
        document = {"Version": "2012-10-17", "Statement": rows}
        properties: Json = {
            "RoleName": f"role{number}",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [{"PolicyName": "p", "PolicyDocument": document}],
        }
        if random.random() < 0.05:
            properties["PermissionsBoundary"] = "arn:aws:iam::aws:policy/PowerUserAccess"
        found[f"Role{number}"] = {"Type": "AWS::IAM::Role", "Properties": properties}
    for number in range(functions):
        role = {"Fn::GetAtt": [f"Role{number % roles}", "Arn"]}
        code = {"ZipFile": "x"}
        found[f"F{number}"] = {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": f"f{number}", "Handler": "i.h", "Runtime": "python3.13", "Role": role, "Code": code,
            },
        }  # fmt: skip
        source = {"Fn::GetAtt": [f"Queue{number % stores}", "Arn"]}
        found[f"M{number}"] = {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {"EventSourceArn": source, "FunctionName": {"Ref": f"F{number}"}},
        }
        if number % 20 == 0:
            url = {"TargetFunctionArn": {"Ref": f"F{number}"}, "AuthType": "NONE"}
            found[f"U{number}"] = {"Type": "AWS::Lambda::Url", "Properties": url}
    return found


def _statement(random: Random, functions: int, stores: int) -> Json:
    table = f"arn:aws:dynamodb:*:*:table/t{random.randrange(stores)}"
    queue = f"arn:aws:sqs:*:*:q{random.randrange(stores)}"
    function = f"arn:aws:lambda:*:*:function:f{random.randrange(functions)}"
    tagged = {"StringEquals": {"aws:ResourceTag/team": "a"}}
    to_lambda = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    rows: list[tuple[int, Json]] = [
        (30, {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem"], "Resource": table}),
        (20, {"Effect": "Allow", "Action": "sqs:*", "Resource": queue}),
        (15, {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": [function, f"{function}:*"]}),
        (10, {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}),
        (8, {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "arn:aws:dynamodb:*:*:table/t1*"}),
        (5, {"Effect": "Deny", "Action": "dynamodb:Delete*", "Resource": "*"}),
        (4, {"Effect": "Allow", "Action": "lambda:*", "Resource": "*", "Condition": tagged}),
        (3, {"Effect": "Allow", "Action": ["iam:PassRole"], "Resource": "*", "Condition": to_lambda}),
        (3, {"Effect": "Allow", "Action": ["lambda:CreateFunction", "lambda:InvokeFunction"], "Resource": "*"}),
        (1, {"Effect": "Allow", "Action": "*", "Resource": "*"}),
        (1, {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}),
    ]
    weights, choices = zip(*rows, strict=True)
    chosen: list[Json] = random.choices(choices, weights)
    return chosen[0]


def main() -> int:
    """Measure, and print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--functions", type=int, default=300)
    parser.add_argument("--roles", type=int, default=500)
    parser.add_argument("--proofs", type=int, default=400)
    parser.add_argument("--decisions", type=int, default=20_000)
    parser.add_argument("--scan", type=Path, metavar="PATH")
    parser.add_argument("--rivals", type=Path, metavar="VENV")
    args = parser.parse_args()
    if args.scan is not None:
        begun = time.process_time()
        inventory = build(discover(FolderTree(args.scan), Options()).readings)
        print(f"{args.scan}: read in {time.process_time() - begun:.2f} s CPU")
        _whole(System(inventory, date(2026, 11, 24)))
        return 0
    resources = account(args.functions, args.roles)
    text = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
    begun = time.process_time()
    inventory = build(discover(MemoryTree({"t.json": text.encode()}), Options()).readings)
    read = time.process_time() - begun
    system = System(inventory, date(2026, 11, 24))
    print(f"read in {read:.2f} s CPU")
    whole = _whole(system)
    _proofs(system, args.proofs)
    _decisions(args.decisions)
    if args.rivals is not None:
        _rivals(args.rivals, [_document(one) for name, one in resources.items() if name.startswith("Role")], whole)
    return 0


def _whole(system: System) -> float:
    """Escalation and reach of everything; gives the seconds of CPU."""
    begun = time.process_time()
    paths = sum(len(climbs(role, system)) for role in system.inventory.roles)
    climbed = time.process_time() - begun
    begun = time.process_time()
    rules = Rules(system)
    edges = sum(1 for fact in rules.all_facts() for _ in rules.leaving(fact))
    reached = time.process_time() - begun
    size = f"{len(system.inventory.functions)} functions, {len(system.inventory.roles)} roles"
    print(f"{size}: analysed in {climbed + reached:.2f} s CPU")
    print(f"  escalation of every role {climbed:.2f} s ({paths} paths), reach {reached:.2f} s ({edges} edges)")
    return climbed + reached


def _proofs(system: System, count: int) -> None:
    random = Random(2)  # noqa: S311 - repeatable, not secret
    roles = [role.name for role in system.inventory.roles]
    stores = [store.name for store in system.inventory.stores]
    actions = ["dynamodb:GetItem", "dynamodb:*", "sqs:SendMessage", "sqs:Receive*", "dynamodb:DeleteTable"]
    prover = Prover(system)
    times = []
    verdicts: dict[str, int] = {}
    for _ in range(count):
        who, action, what = random.choice(roles), random.choice(actions), random.choice(stores)
        begun = time.perf_counter()
        verdict = prover.prove(who, action, what).verdict
        times.append((time.perf_counter() - begun) * 1000)
        verdicts[verdict] = verdicts.get(verdict, 0) + 1
    times.sort()
    high = times[int(len(times) * 0.99)]
    print(f"{count} proofs: median {statistics.median(times):.2f} ms, 99 % {high:.2f} ms; {verdicts}")


def _case(random: Random, number: int, owner: int) -> bytes:
    """A line of 1.7 KB: eight statements of four kinds of policies, all but the organisation's the owner's own."""
    full: Json = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    bucket, queue = f"arn:aws:s3:::b{owner}", f"arn:aws:sqs:*:111122223333:q{owner}-*"
    home = {
        "Bool": {"aws:SecureTransport": "true"},
        "IpAddress": {"aws:SourceIp": ["10.0.0.0/8", f"192.168.{owner % 250}.0/24"]},
    }
    reads = ["s3:Get*", "s3:List*", "dynamodb:Query"]
    rows: list[Json] = [
        {"Sid": "A", "Effect": "Allow", "Action": reads, "Resource": [f"{bucket}/*", f"{bucket}x"], "Condition": home},
        {"Sid": "B", "Effect": "Deny", "Action": "s3:*", "Resource": f"{bucket}/secret/*"},
        {"Sid": "C", "Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:Receive*"], "Resource": queue},
    ]
    who = {"AWS": f"arn:aws:iam::111122223333:role/r{owner}"}
    team = f"{bucket}/public/${{aws:PrincipalTag/team}}/*"
    regions = {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}
    request = {
        "principal": f"arn:aws:sts::111122223333:assumed-role/r{owner}/s",
        "action": random.choice(["s3:GetObject", "s3:ListBucket", "sqs:SendMessage"]),
        "resource": random.choice([f"{bucket}/k{number}", f"{bucket}/public/x/{number}", queue.replace("*", "x")]),
        "resource_account": "111122223333",
        "context": {
            "aws:SecureTransport": "true", "aws:SourceIp": f"10.1.{random.randrange(250)}.{random.randrange(250)}",
            "aws:RequestedRegion": "eu-west-1", "aws:PrincipalTag/team": "x",
        },
    }  # fmt: skip

    def document(*statements: Mapping[str, object]) -> Json:
        return {"Version": "2012-10-17", "Statement": list(statements)}

    policies = {
        "identity": [document(*rows)],
        "resource": document({"Effect": "Allow", "Principal": who, "Action": "s3:GetObject", "Resource": team}),
        "boundary": [document({"Effect": "Allow", "Action": ["s3:*", "sqs:*"], "Resource": "*"})],
        "scps": [
            [document(full)],
            [document(full), document({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": regions})],
        ],
    }
    return json.dumps({"name": f"c{number}", "request": request, "policies": policies}).encode()


def _decisions(count: int) -> None:
    for words, owners in (("policies of 50 owners repeat", 50), ("every line its own policies", count)):
        random = Random(3)  # noqa: S311 - repeatable, not secret
        lines = [_case(random, number, number % owners) for number in range(count)]
        # As the command does; and what was analysed before is not looked through again.
        gc.freeze()
        gc.set_threshold(100_000)
        best = float("inf")
        for _ in range(3):
            read = Lines().read
            begun = time.process_time()
            for line in lines:
                _, request, policies = read(line)
                decide(request, policies)
            best = min(best, time.process_time() - begun)
        print(f"{count} decisions, {words}: {count / best:.0f} a second of CPU, reading included")


def _document(resource: object) -> object:
    assert isinstance(resource, dict)
    return resource["Properties"]["Policies"][0]["PolicyDocument"]


def _rivals(venv: Path, documents: list[object], ours: float) -> None:
    python = venv / "bin" / "python"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "policies.json"
        file.write_text(json.dumps(documents), "utf-8")
        for name in ("cloudsplaining", "parliament"):
            command = [str(python), "-c", _RIVAL, str(file), name]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{name}: cannot be run here: {done.stderr.strip().splitlines()[-1:]}")
                continue
            seconds = float(done.stdout.split()[-1])
            print(
                f"{name}: {seconds:.2f} s CPU for the same {len(documents)} policies alone; ratio {seconds / ours:.1f}"
            )


if __name__ == "__main__":
    sys.exit(main())
