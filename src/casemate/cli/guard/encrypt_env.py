"""`casemate guard encrypt-env`: encrypts the secrets among the environment variables of functions, in the template."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from casemate.cli import inputs
from casemate.errors import ConfigurationError

if TYPE_CHECKING:
    import argparse

    from casemate.protect.environment import Sealing

_LEFT = 1
_NOTHING = 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `guard encrypt-env`."""
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="the application (default: here)")
    inputs.flags(parser)
    parser.add_argument(
        "--kek", required=True, metavar="KEY", help="aws-kms://…, azure-kv://…, gcp-kms://…, vault://… or file://…"
    )
    parser.add_argument("--variable", action="append", metavar="NAME", help="only these, secret or not; may repeat")
    parser.add_argument("--write", action="store_true", help="change the templates; without it, tell what would change")


def run(args: argparse.Namespace) -> int:
    """Encrypt; 1 when a value that was meant is still in clear, 3 when there is none."""
    from casemate.engine.writing import write
    from casemate.protect.environment import sealing
    from casemate_guard.envelope import Envelope, EnvelopeError
    from casemate_guard.environment import sealed

    envelopes: dict[str, Envelope] = {}

    def seal(function: str, name: str, value: str) -> str:
        envelope = envelopes.get(function)
        if envelope is None:
            envelope = envelopes[function] = Envelope(args.kek, context={"function": function})
        return sealed(envelope, function, name, value)

    system = inputs.system_of(args, declared=True)
    tree = inputs.tree_for(inputs.paths_of(args.paths), args.root, tuple(args.exclude or ()))
    try:
        found = sealing(system, args.kek, seal, args.variable or ())
    except (EnvelopeError, OSError) as error:
        raise ConfigurationError(f"the key does not encrypt: {error}", hint="nothing was written") from None
    if args.write:
        for path, (before, after) in found.files.items():
            write(tree.root, path, before, after)
    _tell(found, written=args.write)
    if found.kept:
        return _LEFT
    return 0 if found.encrypted else _NOTHING


def _tell(found: Sealing, *, written: bool) -> None:
    for one in found.encrypted:
        what = "encrypted" if written else "would be encrypted"
        sys.stdout.write(f"{one.at.path}:{one.at.start_line}: {one.name} {what} for {one.function}\n")
    for other in found.kept:
        sys.stdout.write(f"{other.at.path}:{other.at.start_line}: {other.name} stays in clear: {other.reason}\n")
    if found.encrypted and written:
        sys.stderr.write(
            "The values are in the history of the repository: replace them where they are used.\n"
            "Each function needs the right to decrypt with the key (AWS: kms:Decrypt, with the condition\n"
            "kms:EncryptionContext:function equal to the name above).\n"
        )
