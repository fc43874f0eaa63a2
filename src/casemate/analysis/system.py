"""`System`: the inventory and the facts derived from it. What a rule asks."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from casemate.model.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from casemate.analysis.access.grants import Grants
    from casemate.analysis.access.needs.gathering import FunctionNeeds
    from casemate.analysis.code.models import Model
    from casemate.analysis.code.result import CodeResult
    from casemate.analysis.supply.given import Given
    from casemate.analysis.supply.reaching import Reach
    from casemate.model.api import Api, Route
    from casemate.model.dependency import Dependency
    from casemate.model.diagnostic import Diagnostic, Input
    from casemate.model.entity import Entity, Link
    from casemate.model.flow import Flow
    from casemate.model.function import Function
    from casemate.model.inventory import Inventory
    from casemate.model.leak import Leak
    from casemate.model.policy import ResourcePolicy, Role, Statement
    from casemate.model.resource import Stack
    from casemate.model.trigger import Trigger
    from casemate.sources.tree import Tree
    from casemate.store.cache import Cache, NoCache

T = TypeVar("T")
_CODE = (".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".go", ".java", ".cs")
"""Suffixes of the languages that are analysed, as in `analysis/code/frontend`."""

Exposure = Literal["public", "authenticated", "internal", "unknown"]


@dataclass(frozen=True, slots=True)
class Derived(Generic[T]):
    """What was found in files beside the templates, with the files that were looked at and the problems met.

    `searched`: how many files were read of which most are no input, for they hold nothing to report.
    """

    items: tuple[T, ...] = ()
    inputs: tuple[Input, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    searched: int = 0


class System:
    """A front over the inventory. Facts are computed when first asked for, and kept.

    `today` is an input, so that a report is a function of its inputs; `options` are the rule's own settings from the
    configuration; `tree` gives the files that the inventory was built from (None: an inventory alone has no code, no
    lock files and no text to search); `cache` keeps what was derived from a file's content; `jobs` processes may be
    used at most.
    """

    def __init__(
        self,
        inventory: Inventory,
        today: date,
        options: Mapping[str, Mapping[str, object]] | None = None,
        *,
        tree: Tree | None = None,
        cache: Cache | NoCache | None = None,
        jobs: int = 1,
    ) -> None:
        self.inventory = inventory
        self.today = today
        self.tree = tree
        self.cache = cache
        self.jobs = jobs
        self._options = options or {}
        self._grants: dict[str, Grants] = {}
        self.own_models: tuple[Model, ...] = ()
        """Sources, sinks and sanitisers that the configuration declares."""
        self.supply: Given | None = None
        """What the user gives about packages: exploitation, VEX, bills of others, attestations."""
        self.history: Path | None = None
        """The repository whose whole history is searched for secrets, when that is asked for."""

    # -- what files beside the templates say; each is computed when a rule asks for its subject
    # ----------------------
    @property
    def flows(self) -> tuple[Flow, ...]:
        """Where data of an attacker does harm in code, and dangerous uses of libraries."""
        return self.code.items

    @property
    def leaks(self) -> tuple[Leak, ...]:
        """Credentials in files."""
        return self.texts.items

    @property
    def dependencies(self) -> tuple[Dependency, ...]:
        """The third-party packages that manifests and lock files name."""
        return self.packages.items

    @cached_property
    def has_code(self) -> bool:
        """Whether there is any code to analyse; without it nothing that does so is imported."""
        if self.tree is None:
            return False
        if any(function.code.inline is not None for function in self.inventory.functions):
            return True
        return any(True for _ in self.tree.paths(lambda path: path.endswith(_CODE)))

    @cached_property
    def code(self) -> Derived[Flow]:
        """The flows with the code files that were read."""
        if not self.has_code:
            return Derived()
        from casemate.analysis.flow.joining import analyse

        return self._guarded("code-failed", lambda: Derived(*analyse(self)))

    @cached_property
    def code_facts(self) -> CodeResult:
        """What each entry of the code does: flows, SDK calls with their parameters, places that cannot be followed."""
        from casemate.analysis.code.result import CodeResult

        if not self.has_code:
            return CodeResult()
        from casemate.analysis.code.analysing import gather

        try:
            return gather(self)
        except Exception as error:  # noqa: BLE001 - a defect of ours must not end the run
            return CodeResult(diagnostics=(self._failure("code-failed", error),))

    @cached_property
    def needs(self) -> Mapping[str, FunctionNeeds]:
        """By id of function: the permissions that its code and its settings need."""
        from casemate.analysis.access.needs.gathering import function_needs

        return function_needs(self)

    @cached_property
    def texts(self) -> Derived[Leak]:
        """The leaks with the files that could not be searched; with `history`, those of all commits too."""
        if self.tree is None:
            return Derived()
        from casemate.analysis.secrets.files import leaks

        tree, history = self.tree, self.history
        return self._guarded("secrets-failed", lambda: Derived(*leaks(tree, history, cache=self.cache)))

    @cached_property
    def packages(self) -> Derived[Dependency]:
        """The dependencies with the manifests and lock files that were read."""
        if self.tree is None or not self._may_have_packages(self.tree):
            return Derived()
        from casemate.analysis.supply.packages import packages_of

        tree, bills = self.tree, self.supply.bills if self.supply is not None else ()
        return self._guarded("packages-failed", lambda: Derived(*packages_of(tree, self.inventory, self.today, bills)))

    @cached_property
    def reach(self) -> Reach | None:
        """Whether code reaches packages and their weak functions; None where there is no code."""
        if self.tree is None or not self.has_code:
            return None
        from casemate.analysis.supply.reaching import Reach

        return Reach(self.tree, self.inventory)

    def _may_have_packages(self, tree: Tree) -> bool:
        """Whether there is a manifest, a lock, or an archive that may hold packages: else nothing need be imported."""
        from casemate.sources.lockfiles.formats import ARCHIVES, wanted

        if self.supply is not None and self.supply.bills:
            return True
        for function in self.inventory.functions:
            uri = function.code.uri
            if function.layers or (uri is not None and any(value.endswith(ARCHIVES) for value in uri.values())):
                return True
        return any(True for _ in tree.paths(wanted))

    def _guarded(self, code: str, make: Callable[[], Derived[T]]) -> Derived[T]:
        """What `make` gives; a defect in it becomes a Diagnostic that makes the run incomplete."""
        try:
            return make()
        except Exception as error:  # noqa: BLE001 - a defect of ours must not end the run
            return Derived(diagnostics=(self._failure(code, error),))

    def _failure(self, code: str, error: Exception) -> Diagnostic:
        from casemate.model.diagnostic import Diagnostic
        from casemate.model.location import Span

        path = self.inventory.inputs[0].path if self.inventory.inputs else "."
        message = f"this part of the analysis failed: {error!r}"[:500]
        hint = "this is a defect of Casemate: please report it"
        return Diagnostic(code, message, Span(path, 1, 1, 1, 1), "error", hint)

    @property
    def derived(self) -> tuple[Derived[Flow] | Derived[Leak] | Derived[Dependency], ...]:
        """What was derived so far: its inputs and problems belong to the report."""
        made = [self.__dict__.get(name) for name in ("code", "texts", "packages")]
        if "code" not in self.__dict__ and "code_facts" in self.__dict__:
            made.append(Derived((), self.code_facts.inputs, self.code_facts.diagnostics))
        return tuple(entry for entry in made if entry is not None)

    def options(self, rule: str) -> Mapping[str, object]:
        """The options that the configuration gives a rule."""
        return self._options.get(rule, {})

    # -- functions
    # ------------------------------------------------------------------------------------------------------
    def role_of(self, function: Function) -> Role | None:
        """The function's role, when it was scanned."""
        from casemate.model.policy import Role

        return self.inventory.find(function.role.target, Role) if function.role else None

    def functions_of(self, role: Entity) -> tuple[Function, ...]:
        """The functions that run as `role`."""
        return self._functions_by_role.get(role.id, ())

    @cached_property
    def _functions_by_role(self) -> dict[str, tuple[Function, ...]]:
        table: dict[str, list[Function]] = {}
        for function in self.inventory.functions:
            if function.role and function.role.target:
                table.setdefault(function.role.target, []).append(function)
        return {key: tuple(functions) for key, functions in table.items()}

    def routes_of(self, function: Function) -> tuple[Route, ...]:
        """The HTTP routes (function URLs included) that reach the function."""
        return self._routes_by_function.get(function.id, ())

    @cached_property
    def _routes_by_function(self) -> dict[str, tuple[Route, ...]]:
        table: dict[str, list[Route]] = {}
        for route in self.inventory.routes:
            if route.function and route.function.target:
                table.setdefault(route.function.target, []).append(route)
        return {key: tuple(routes) for key, routes in table.items()}

    def routes_of_api(self, api: Api) -> tuple[Route, ...]:
        """The routes of an API."""
        return self._routes_by_api.get(api.id, ())

    @cached_property
    def _routes_by_api(self) -> dict[str, tuple[Route, ...]]:
        table: dict[str, list[Route]] = {}
        for route in self.inventory.routes:
            if route.api and route.api.target:
                table.setdefault(route.api.target, []).append(route)
        return {key: tuple(routes) for key, routes in table.items()}

    def triggers_of(self, function: Function) -> tuple[Trigger, ...]:
        """What else starts the function."""
        return self._triggers_by_function.get(function.id, ())

    @cached_property
    def _triggers_by_function(self) -> dict[str, tuple[Trigger, ...]]:
        table: dict[str, list[Trigger]] = {}
        for trigger in self.inventory.triggers:
            if trigger.function.target:
                table.setdefault(trigger.function.target, []).append(trigger)
        return {key: tuple(triggers) for key, triggers in table.items()}

    def exposure(self, function: Function) -> Exposure:
        """Who can send the function its input.

        Anyone, a caller who proved who they are, only the system itself, or not known.

        The most open of its routes decides; a route whose authentication is unresolved makes it `unknown` unless
        another is public.
        """
        found: set[Exposure] = {"internal"}
        for route in self.routes_of(function):
            values = route.auth.values()
            if "none" in values and not route.api_key.ever(bool):
                found.add("public")
            elif values:
                found.add("authenticated")
            else:
                found.add("unknown")
        for policy in self.policies_of(function):
            if any(is_public(statement) for statement in policy.statements):
                found.add("public")
        order: tuple[Exposure, ...] = ("public", "unknown", "authenticated", "internal")
        return next(level for level in order if level in found)

    def grants(self, role: Role) -> Grants:
        """Everything the role is granted, with managed policies written out and its boundary applied."""
        found = self._grants.get(role.id)
        if found is None:
            from casemate.analysis.access.grants import Grants

            found = self._grants[role.id] = Grants(role, self.inventory)
        return found

    # -- policies and places
    # --------------------------------------------------------------------------------------------
    def policies_of(self, entity: Entity) -> tuple[ResourcePolicy, ...]:
        """The resource policies that stand on an entity."""
        return self._policies_by_target.get(entity.id, ())

    @cached_property
    def _policies_by_target(self) -> dict[str, tuple[ResourcePolicy, ...]]:
        table: dict[str, list[ResourcePolicy]] = {}
        for policy in self.inventory.policies:
            if policy.target and policy.target.target:
                table.setdefault(policy.target.target, []).append(policy)
        return {key: tuple(policies) for key, policies in table.items()}

    def target(self, link: Link | None) -> Entity | None:
        """The entity behind a link, when it was scanned."""
        return self.inventory.by_id.get(link.target) if link and link.target else None

    def stack_of(self, entity: Entity) -> Stack | None:
        """The stack that declares an entity."""
        return self._stacks.get(entity.stack)

    @cached_property
    def _stacks(self) -> dict[str, Stack]:
        return {stack.path: stack for stack in self.inventory.stacks}


_PINNING_KEYS = frozenset({
    "aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:principalorgid", "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:principalarn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip",
    "aws:userid", "aws:username", "aws:sourceip", "kms:calleraccount", "kms:viaservice", "lambda:eventsourcetoken",
    "lambda:functionurlauthtype", "s3:dataaccesspointaccount", "s3:dataaccesspointarn",
    "elasticfilesystem:accessedviamounttarget", "aws:viaawsservice",
    "aws:calledvia", "aws:principalisawsservice", "aws:principalservicename",
})  # fmt: skip
"""Condition keys that narrow `Principal.

*` to callers who are known (AWS's own definition of "public" in Block Public Access, extended by keys of the
services that use them)."""

_NEGATED = ("stringnot", "arnnot", "notipaddress", "null", "numericnot", "datenot", "bool")
_EVERYWHERE = frozenset({"*", "0.0.0.0/0", "::/0"})
_ARN_PARTS = 6
_ARN_NAME = re.compile(r"[:/]")


def is_public(statement: Statement) -> bool:
    """Whether an Allow statement lets anybody in: `Principal.

    *` (or `NotPrincipal`), and no condition pins who, from where or through what.

    Source: the definition of "public" in the Amazon S3 user guide, "Blocking public access", extended to the other
    services.
    """
    if statement.effect != "Allow":
        return False
    anyone = any(principal.is_anyone for principal in statement.principals) or bool(statement.not_principals)
    return anyone and not any(
        is_pinning(statement, key) for key in {condition.key.lower() for condition in statement.conditions}
    )


def is_pinning(statement: Statement, key: str) -> bool:
    """Whether one of the statement's conditions on `key` (lower case) narrows the callers to known ones."""
    for condition in statement.conditions:
        if condition.key.lower() != key:
            continue
        if condition.key == "?":  # the condition itself is not known: not claimed to be public
            return True
        operator = condition.operator.lower().split(":")[-1]
        if key == "lambda:functionurlauthtype":
            anonymous = any(term.text.upper() == "NONE" for term in condition.values)
            return anonymous if operator.startswith("stringnot") else not anonymous
        if key in {"aws:principalisawsservice", "aws:viaawsservice"}:
            return operator.startswith("bool") and all(term.text.lower() == "true" for term in condition.values)
        if key in _PINNING_KEYS or key.startswith("aws:principaltag/"):
            if (
                operator.startswith(_NEGATED)
                or operator.endswith("ifexists")
                or condition.operator.lower().startswith("forallvalues")
            ):
                continue
            if condition.values and all(
                term.text not in _EVERYWHERE and not _is_open(term.text) and not _is_broad(key, term.text)
                for term in condition.values
            ):
                return True
    return False


def _is_open(text: str) -> bool:
    """An ARN pattern that fixes neither account nor resource (`arn:aws:*:*:*:*`, `arn:aws:lambda:*:*:function:*`)."""
    if text.startswith("arn:"):
        parts = text.split(":", 5)
        if all(part in {"*", ""} for part in parts[3:]):
            return True
        if len(parts) < _ARN_PARTS or not parts[4] or parts[4].strip("*?"):
            return False
        named = _ARN_NAME.split(parts[5])[1:]
        return bool(named) and not any(piece.strip("*?") for piece in named)
    return bool(text) and not text.strip("*?")


def _is_broad(key: str, text: str) -> bool:
    """Whether a condition's value lets in too many to pin anybody.

    An organisation that is not named, or addresses broader than /8 (IPv4) or /32 (IPv6).

    Source: the Amazon S3 user guide, "Blocking public access", The meaning of "public".
    """
    if key in {"aws:principalorgid", "aws:sourceorgid"}:
        return text in {"o-*", "o*"}
    if key != "aws:sourceip":
        return False
    from ipaddress import ip_network

    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return False
    return network.prefixlen < (8 if network.version == 4 else 32) and not network.is_private
