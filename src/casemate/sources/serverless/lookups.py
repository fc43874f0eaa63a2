"""Where the values of variables come from.

`self`, `opt`, `param`, `sls`, `env`, `file`, `ssm`, `cf`, `s3`, `aws`, `git` and the rest.

Source: Serverless Framework documentation, "Variables" (one page for each source), versions 1 to 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Cases, Fields, Items, Literal, Reference, Unknown, UnknownKind, Value, display, text_of
from casemate.sources.syntax import json as json_syntax
from casemate.sources.syntax import yaml as yaml_syntax
from casemate.sources.syntax.document import decode
from casemate.sources.tree import folder_of, inside

if TYPE_CHECKING:
    from casemate.model.location import Span
    from casemate.sources.serverless.expressions import Lookup
    from casemate.sources.serverless.variables import Variables
    from casemate.sources.source import Options
    from casemate.sources.tree import Tree

DEFAULT_STAGE = "dev"
DEFAULT_REGION = "us-east-1"
MAX_FILES = 500
"""Most files that one service may include."""
MAX_OPTIONS = 8
_PROGRAMS = (".js", ".cjs", ".mjs", ".ts", ".mts", ".cts")
_PSEUDO = {"accountId": "AWS::AccountId", "region": "AWS::Region", "partition": "AWS::Partition"}
_DEPLOYED: dict[str, tuple[UnknownKind, str]] = {
    "cf": ("import", "an output of another stack"),
    "s3": ("import", "an object in S3"),
    "output": ("import", "an output of another service"),
    "state": ("import", "the state of another service"),
    "terraform": ("import", "an output of Terraform"),
    "git": ("environment", "the state of the git checkout"),
    "vault": ("secret-store", "a secret of HashiCorp Vault"),
    "doppler": ("secret-store", "a secret of Doppler"),
    "awsSecretsManager": ("secret-store", "a secret of AWS Secrets Manager"),
}
Outcome = tuple[Value, str]
"""A value with its certainty.

`found`, `missing` (the next alternative counts), `deployed` (known only at deployment, then it comes before the
alternatives).
"""


class Lookups:
    """Looks values up for the variables of one service."""

    def __init__(self, variables: Variables, tree: Tree, path: str, options: Options) -> None:
        self._variables = variables
        self._tree = tree
        self._path = path
        self._folder = folder_of(path)
        self._options = options
        self.included: dict[str, str | None] = {}
        self._roots: dict[str, Value | None] = {}

    def bears_hole(self, lookup: Lookup) -> bool:
        """Whether an unknown part of the address still lets the possible values be listed."""
        return lookup.kind not in {"opt", "param", "strToBool"} and "\0" not in (lookup.argument or "")

    def find(self, lookup: Lookup, at: Span) -> Outcome:
        """The value of one lookup."""
        kind, address = lookup.kind, (lookup.address or "").strip()
        if kind == "self":
            return self._self(address, lookup, at)
        if kind == "file":
            return self._file((lookup.argument or "").strip().strip("'\""), address, lookup, at)
        if kind == "opt":
            return self._option(address, lookup, at)
        if kind == "param":
            return self._param(address, lookup, at)
        if kind == "sls":
            return self._framework(address, lookup, at)
        if kind == "env":
            return Unknown(
                f"environment variable {address} of the deploying machine", at, "environment", lookup.source
            ), "missing"
        if kind == "aws" and address in _PSEUDO:
            return Reference(_PSEUDO[address], None, at), "found"
        if kind == "strToBool":
            return Literal(
                (lookup.argument or "").strip().strip("'\"").lower() in {"true", "1", "yes", "on"}, at
            ), "found"
        return self._deployed(kind, address, lookup, at)

    def _deployed(self, kind: str, address: str, lookup: Lookup, at: Span) -> Outcome:
        source = lookup.source
        kind = kind if kind in _DEPLOYED or kind in {"ssm", "aws"} else self._resolver_type(kind) or kind
        if kind == "ssm":
            secret = address.endswith("~true") or "/aws/reference/secretsmanager" in address
            return Unknown(
                "a parameter of the parameter store", at, "secret-store" if secret else "parameter-store", source
            ), "deployed"
        if kind in _DEPLOYED:
            unknown, words = _DEPLOYED[kind]
            return Unknown(
                words, at, unknown, address.replace("\0", "?") if kind in {"cf", "output"} else source
            ), "deployed"
        return Unknown(f"variable source {kind} is not evaluated", at, "function", source), "deployed"

    def _resolver_type(self, name: str) -> str | None:
        """The type of a resolver of version 4 (`stages.<stage>.resolvers.<name>.type`)."""
        for stage in (self.stage(), "default"):
            value, certainty = self._walk(self._variables.root, f"stages.{stage}.resolvers.{name}.type".split("."))
            if certainty == "found":
                return text_of(value)
        return None

    # -- the service itself
    # ---------------------------------------------------------------------------------------------
    def stage(self) -> str:
        """The stage: what the user says, else the provider's own, else `dev`."""
        if self._options.stage:
            return self._options.stage
        value, _ = self._walk(self._variables.root, ["provider", "stage"])
        return text_of(value) or DEFAULT_STAGE

    def _self(self, address: str, lookup: Lookup, at: Span) -> Outcome:
        if address == "provider.stage" and self._options.stage:
            return Literal(self._options.stage, at), "found"
        root = self._variables.root
        parts = [part for part in address.split(".") if part]
        if parts in (["service"], ["service", "name"]):
            value, certainty = self._walk(root, ["service"])
            if isinstance(value, Fields):
                value = value.get("name") or value
            return value, certainty
        value, certainty = self._walk(root, parts)
        if certainty == "found" and not (isinstance(value, Literal) and value.value is None):
            return value, certainty
        if address == "provider.stage":
            return Literal(DEFAULT_STAGE, at), "found"
        if address == "provider.region":
            return Literal(DEFAULT_REGION, at), "found"
        return Unknown(f"{lookup.source} is not set", at, "error", lookup.source), "missing"

    def _walk(self, node: Value, parts: list[str]) -> Outcome:
        """The resolved value below `node`."""
        for index, part in enumerate(parts):
            if isinstance(node, Literal):
                node = self._variables.resolve(node)
            rest = parts[index + 1 :]
            match node:
                case Fields(entries=entries) if part == "\0":
                    return self._each(node, [(f"for {key}", entry.value) for key, entry in entries.items()], rest)
                case Fields(entries=entries) if part in entries:
                    node = entries[part].value
                case Items(items=items) if part.isdigit() and int(part[:9]) < len(items):
                    node = items[int(part[:9])]
                case Cases():
                    return self._each(node, [(words or "", leaf) for words, leaf in node.options()], parts[index:])
                case Unknown():
                    return node, "found"
                case _:
                    return Unknown(f"{'.'.join(parts)} is not set".replace("\0", "?"), node.at, "error"), "missing"
        return self._variables.resolve(node), "found"

    def _each(self, node: Value, options: list[tuple[str, Value]], rest: list[str]) -> Outcome:
        found = [(words, outcome[0]) for words, value in options if (outcome := self._walk(value, rest))[1] == "found"]
        if not found:
            return Unknown("no option has this value", node.at, "error"), "missing"
        if len(found) > MAX_OPTIONS:
            return Unknown("one of many values", node.at, "conditional"), "found"
        return (found[0][1] if len(found) == 1 else Cases(found, node.at)), "found"

    # -- what the user gives
    # --------------------------------------------------------------------------------------------
    def _option(self, name: str, lookup: Lookup, at: Span) -> Outcome:
        if name == "stage" and self._options.stage:
            return Literal(self._options.stage, at), "found"
        if name in self._options.parameters:
            return Literal(self._options.parameters[name], at), "found"
        return Unknown(f"option --{name} is given at deployment", at, "parameter", lookup.source), "missing"

    def _param(self, name: str, lookup: Lookup, at: Span) -> Outcome:
        if name in self._options.parameters:
            return Literal(self._options.parameters[name], at), "found"
        for stage in (self.stage(), "default"):
            for parts in (["stages", stage, "params", name], ["params", stage, name]):
                value, certainty = self._walk(self._variables.root, parts)
                if certainty == "found":
                    return value, certainty
        return Unknown(f"parameter {name} is given at deployment", at, "parameter", lookup.source), "missing"

    def _framework(self, address: str, lookup: Lookup, at: Span) -> Outcome:
        if address != "stage":
            return Unknown(f"{lookup.source} is made up at deployment", at, "environment", lookup.source), "deployed"
        value, certainty = self._self("provider.stage", lookup, at)
        return (value, certainty) if text_of(value) else (Literal(self.stage(), at), "found")

    # -- files
    # ----------------------------------------------------------------------------------------------------------
    def _file(self, name: str, address: str, lookup: Lookup, at: Span) -> Outcome:
        path = inside(self._folder, name)
        if path is None:
            message = f"{lookup.source[:80]} lies outside of the scanned root; not read"
            self._variables.report("outside-root", message, at, "scan the folder that holds both")
            return Unknown(message, at, "error", lookup.source), "found"
        if name.endswith(_PROGRAMS):
            if self._tree.size(path) is None:
                return Unknown(f"file {path} does not exist", at, "error", lookup.source), "missing"
            return Unknown(f"{name} is a program; it is not run", at, "program", lookup.source), "found"
        root = self._load(path)
        if root is None:
            return Unknown(f"file {path} cannot be read", at, "error", lookup.source), "missing"
        value, certainty = self._walk(root, [part for part in address.split(".") if part])
        return (
            (value, certainty)
            if certainty == "found"
            else (Unknown(f"{lookup.source} is not set", at, "error", lookup.source), certainty)
        )

    def _load(self, path: str) -> Value | None:
        if path in self._roots:
            return self._roots[path]
        if path == self._path:
            return self._variables.root
        self._roots[path] = None
        data = self._tree.read(path) if len(self.included) < MAX_FILES else None
        if data is None:
            return None
        text, problems = decode(data, path)
        self._variables.diagnostics.extend(problems)
        if text is None:
            self.included[path] = problems[0].message if problems else "cannot be read"
            return None
        if path.endswith((".json", ".yml", ".yaml", ".tfstate")):
            json = text.lstrip()[:1] in {"{", "["} and not path.endswith(("yml", "yaml"))
            document = json_syntax.parse(text, path) if json else yaml_syntax.parse(text, path)
            self._variables.diagnostics.extend(document.diagnostics)
            self.included[path] = (
                document.diagnostics[0].message if document.root is None and document.diagnostics else None
            )
            self._roots[path] = document.root
        else:
            self.included[path] = None
            self._roots[path] = Literal(text[:100_000], _whole_text(path, text))
        return self._roots[path]


def _whole_text(path: str, text: str) -> Span:
    from casemate.model.location import Span

    return Span(path, 1, 1, text.count("\n") + 1, len(text) - text.rfind("\n"))


def shown(value: Value) -> str:
    """A name for texts: the literal, or a short stand-in for what is not known."""
    return display(value) if isinstance(value, Literal) else f"${{{getattr(value, 'source', '') or 'unknown'}}}"
