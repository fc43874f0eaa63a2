"""`casemate access paths`: the blast radius of a function, and who can get to a thing."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

from casemate.cli import inputs
from casemate.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from casemate.analysis.access.reach.facts import Fact
    from casemate.analysis.access.reach.rules import Rules


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `access paths`."""
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="what to scan (default: here)")
    parser.add_argument(
        "--from",
        dest="start",
        metavar="FUNCTION|internet",
        help="what is in an attacker's hands: a function, role or state machine by name, or `internet` (the default)",
    )
    parser.add_argument("--to", dest="end", metavar="RESOURCE", help="show only what leads to this thing")
    parser.add_argument(
        "--signed-in", action="store_true", help="count whoever can sign in to an API as the internet too"
    )
    parser.add_argument(
        "--format", choices=["text", "json", "svg"], default="text", help="how to print (default: text)"
    )
    parser.add_argument(
        "--policies",
        metavar="FILE",
        help="the organisation that the scanned account is in: JSON with scps, rcps and management_account",
    )
    parser.add_argument("--account", metavar="ID", help="the account that the scanned system runs in")
    parser.add_argument("--region", metavar="REGION", help="the region that it runs in")
    inputs.flags(parser)


def run(args: argparse.Namespace) -> int:
    """Print what is reached; 0 whatever it is."""
    from casemate.analysis.access.proving.naming import Naming
    from casemate.analysis.access.reach.facts import INTERNET
    from casemate.analysis.access.reach.fixpoint import closure, leading_to
    from casemate.analysis.access.reach.journeys import shortest, worst
    from casemate.analysis.access.reach.rules import Rules
    from casemate.cli.access.prove import organisation_in
    from casemate.outputs import paths

    # Much that lives long is made and nothing in cycles: looking through it often is slow.
    gc.set_threshold(100_000)
    system = inputs.system_of(args, declared=True)
    naming = Naming(system.inventory, args.account, args.region)
    if args.policies:
        naming.organisation = organisation_in(args.policies)
        if naming.organisation is None:
            raise UsageError(f"{args.policies} is no organisation", hint="give scps and rcps, and no other policies")
    rules = Rules(system, naming, signed_in=args.signed_in)
    starts = list(_starts(args.start, rules)) if args.start or not args.end else _everywhere(rules)
    reach = closure(rules, starts)
    if args.end:
        reach = leading_to(reach, _ends(args.end, rules))
    render = {"text": paths.render_tree, "json": paths.render_json, "svg": paths.render_svg}[args.format]
    sys.stdout.write(render(reach, system.inventory))
    if args.format == "text" and args.end:
        best = shortest(reach, _ends(args.end, rules))
        if best is not None:
            sys.stdout.write(f"shortest: {paths.sentence(best, system.inventory)}\n")
    elif args.format == "text" and (args.start or INTERNET).lower() == INTERNET:
        told = paths.render_journeys(worst(reach, rules), system.inventory)
        sys.stdout.write(f"\nthe worst of it:\n{told}" if told else "")
    return 0


def _everywhere(rules: Rules) -> list[Fact]:
    """The internet and every function: who can get to a thing is a question about all of them."""
    from casemate.analysis.access.reach.facts import INTERNET, Fact

    return [Fact("entry", INTERNET), *(Fact("runs", one.id) for one in rules.system.inventory.functions)]


def _starts(text: str | None, rules: Rules) -> Iterator[Fact]:
    from casemate.analysis.access.reach.facts import INTERNET, Fact
    from casemate.model.function import Function
    from casemate.model.policy import Role
    from casemate.model.workflow import StateMachine

    if text is None or text.lower() == INTERNET:
        yield Fact("entry", INTERNET)
        return
    for entity in rules.rights.naming.named(text):
        match entity:
            case Function():
                yield Fact("runs", entity.id)
                return
            case Role():
                yield Fact("acts", entity.id)
                return
            case StateMachine():
                yield Fact("starts", entity.id)
                return
    raise UsageError(f"no function or role is called {text!r}", hint="`casemate inventory` lists them")


def _ends(text: str, rules: Rules) -> list[Fact]:
    from casemate.analysis.access.reach.facts import Fact, Having

    entities = list(rules.rights.naming.named(text))
    if not entities:
        raise UsageError(f"nothing scanned is called {text!r}", hint="`casemate inventory` lists what there is")
    havings: tuple[Having, ...] = ("runs", "acts", "starts", "writes", "reads", "knows")
    return [Fact(having, entity.id) for entity in entities for having in havings]
