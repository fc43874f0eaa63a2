"""`casemate access prove`: that somebody cannot do something, or the request with which it can be done."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from casemate.cli import inputs
from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from casemate.analysis.access.evaluation.compiled import Compiled
    from casemate.analysis.access.organizations import Organisation
    from casemate.analysis.access.proving.question import Proof, Verdict

_CODES: dict[Verdict, int] = {"safe": 0, "reachable": 1, "unknown": 3}
_WORDS: dict[Verdict, str] = {"safe": "proved safe", "reachable": "reachable", "unknown": "unknown"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `access prove`."""
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="what to scan (default: here)")
    parser.add_argument(
        "--no",
        nargs=3,
        required=True,
        metavar=("PRINCIPAL", "ACTION", "RESOURCE"),
        help="a role or function by name or ARN, `anonymous`, or `*` for anybody outside; an action, wildcards too; "
        "an ARN, wildcards too, or the name of something scanned",
    )
    parser.add_argument(
        "--policies",
        metavar="FILE",
        help="instead of a scan: JSON as for `access decide`; with scps, rcps and management_account alone: "
        "the organisation that the scanned account is in",
    )
    parser.add_argument("--resource-account", metavar="ID", help="with --policies: the account of the resource")
    parser.add_argument("--account", metavar="ID", help="the account that the scanned system runs in")
    parser.add_argument("--region", metavar="REGION", help="the region that it runs in")
    parser.add_argument("--format", choices=["text", "json"], default="text", help="how to print the answer")
    inputs.flags(parser)


def run(args: argparse.Namespace) -> int:
    """Print the answer: 0 proved safe, 1 reachable, 3 unknown."""
    principal, action, resource = args.no
    organisation = organisation_in(args.policies) if args.policies else None
    proof = _of_policies(args) if args.policies and organisation is None else _of_system(args, organisation)
    if args.format == "json":
        sys.stdout.write(json.dumps(_document(proof), ensure_ascii=False) + "\n")
    else:
        asked = f"{principal} {action} {resource}"
        sys.stdout.write("".join(f"{line}\n" for line in _lines(proof, asked)))
    return _CODES[proof.verdict]


def _of_policies(args: argparse.Namespace) -> Proof:
    from casemate.analysis.access.proving.prove import prove
    from casemate.analysis.access.proving.question import Question
    from casemate.cli.access.decide import policies_in

    principal, action, resource = args.no
    if action != "*" and ":" not in action:
        raise UsageError(f"{action!r} is no action", hint="write SERVICE:ACTION, such as s3:GetObject, or *")
    policies = policies_in(args.policies)
    return prove(Question(principal, action, (resource,), args.resource_account), policies)


def _of_system(args: argparse.Namespace, organisation: Organisation | None) -> Proof:
    from casemate.analysis.access.proving.system import Prover

    prover = Prover(inputs.system_of(args, declared=True), args.account, args.region)
    prover.naming.organisation = organisation
    return prover.prove(*args.no)


def organisation_in(path: str) -> Organisation | None:
    """The organisation that a file of policies holds; None when it holds policies of other kinds too.

    Raises `UsageError` for a file that cannot be read.
    """
    from casemate.analysis.access.organizations import given
    from casemate.cli.access.decide import policies_in

    policies = policies_in(path)
    if policies.identity.policies or policies.resource or policies.boundary or policies.session:
        return None
    return None if policies.scps is None and policies.rcps is None else given(policies)


def _document(proof: Proof) -> dict[str, object]:
    found: dict[str, object] = {"verdict": proof.verdict, "witness": None, "because": list(proof.because)}
    statements = proof.statements
    if proof.witness is not None:
        found["witness"] = _request(proof)
        statements = proof.witness.statements
    found["statements"] = [_statement(one) for one in statements]
    return found


def _request(proof: Proof) -> dict[str, object]:
    """The witness as `access decide --request` takes it."""
    witness = proof.witness
    if witness is None:
        return {}
    found: dict[str, object] = {"principal": witness.principal, "action": witness.action, "resource": witness.resource}
    if witness.resource_account is not None:
        found["resource_account"] = witness.resource_account
    found["context"] = {
        key: values[0] if len(values) == 1 else list(values)
        for key, values in sorted(witness.context.items())
        if values
    }
    return found


def _statement(one: Compiled) -> dict[str, object]:
    at = one.statement.at
    place: dict[str, object] = {} if at is None else {"path": at.path, "line": at.start_line}
    document = one.statement.origin or one.policy.name or one.kind
    return {"policy": one.kind, "document": document, "statement": one.statement.label, **place}


def _lines(proof: Proof, asked: str) -> Iterator[str]:
    from casemate.analysis.access.evaluation.explain import where
    from casemate.outputs.escaping import one_line

    yield f"{_WORDS[proof.verdict]}: {one_line(asked)}"
    if proof.witness is not None:
        yield f"  request: {one_line(json.dumps(_request(proof), ensure_ascii=False))}"
        for statement in proof.witness.statements:
            yield f"  allowed by: {one_line(where(statement))}"
        if proof.witness.unusual:
            yield "  note: the action does not act on such a resource; the policies would still allow it"
    for word in proof.because:
        yield f"  because: {one_line(word)}"
    for statement in proof.statements:
        yield f"  look at: {one_line(where(statement))}"
