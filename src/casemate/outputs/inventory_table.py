"""The inventory as plain text: one section a kind, aligned columns, and at the end what was not read.

Everything shown went through `mask` and `one_line`: no secret value and no control character of a scanned file
reaches the terminal.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from casemate.analysis.system import System, is_public
from casemate.model.setting import Defaulted, Unresolved
from casemate.model.trigger import Trigger
from casemate.outputs.escaping import clip, one_line, text_cells
from casemate.outputs.ordering import ordered_diagnostics, ordered_inputs, plural
from casemate_guard.redact import mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from casemate.model.entity import Entity, Link
    from casemate.model.function import Function
    from casemate.model.inventory import Inventory
    from casemate.model.policy import Role
    from casemate.model.setting import Setting

_WIDEST = 44
"""Columns (of a terminal) that one cell takes at most; the place, at the end of a line, is never cut."""
_LISTED = 3
"""Names that a cell lists before it counts the rest."""


class _Section(NamedTuple):
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def render_inventory(inventory: Inventory) -> str:
    """The table. Kinds of which nothing was found have no section; the counts at the end say so."""
    lines: list[str] = []
    for section in _sections(inventory):
        if section.rows:
            lines += [*_laid_out(section), ""]
    if not lines:
        lines += ["Nothing serverless was found.", ""]
    lines += _summary(inventory)
    lines += _not_read(inventory)
    return "\n".join(lines) + "\n"


# -- sections --------------------------------------------------------------------------------------------------------
def _sections(inventory: Inventory) -> Iterator[_Section]:
    names = {id_: entity.name for id_, entity in inventory.by_id.items()}

    def link(target: Link | None) -> str:
        return "–" if target is None else names.get(target.target or "", target.text or "?")

    def links(targets: Iterable[Link]) -> str:
        return _listed(link(target) for target in targets)

    yield from _what_runs(inventory, names, link)
    yield from _what_keeps(inventory)
    yield _Section(
        "Networks",
        ("name", "kind", "rules", "in", "place"),
        [(item.name, item.kind, str(len(item.rules)), link(item.parent), _place(item)) for item in inventory.networks],
    )
    yield _Section(
        "APIs",
        ("name", "kind", "private", "throttled", "access logs", "WAF", "minimum TLS", "place"),
        [
            (
                item.name + _implied(item.implied),
                item.kind,
                _word(item.private),
                _word(item.throttled),
                _word(item.access_logs),
                _word(item.waf),
                _word(item.minimum_tls),
                _place(item),
            )
            for item in inventory.apis
        ],
    )
    yield _Section(
        "Authorizers",
        ("name", "kind", "API", "function", "cache seconds", "place"),
        [
            (item.name, item.kind, link(item.api), link(item.function), _word(item.cache_seconds), _place(item))
            for item in inventory.authorizers
        ],
    )
    yield _Section(
        "State machines",
        ("name", "express", "log level", "tracing", "role", "invokes", "place"),
        [
            (
                item.name,
                _word(item.express),
                _word(item.log_level),
                _word(item.tracing),
                link(item.role),
                links(item.invokes),
                _place(item),
            )
            for item in inventory.state_machines
        ],
    )
    yield _Section(
        "Pipelines",
        ("name", "kind", "started by", "jobs", "assumes", "static keys", "place"),
        [
            (
                item.name,
                item.kind,
                _listed(event for event, _ in item.events),
                str(len(item.jobs)),
                _listed(term.text for term in item.assumes),
                str(len(item.static_keys)),
                _place(item),
            )
            for item in inventory.pipelines
        ],
    )
    yield _Section(
        "Bindings",
        ("name", "role", "members", "scope", "scope kind", "place"),
        [
            (
                item.name,
                item.role.text,
                _listed(term.text for term in item.members),
                item.scope.text,
                item.scope_kind,
                _place(item),
            )
            for item in inventory.bindings
        ],
    )
    yield _Section(
        "Resource policies",
        ("on", "subject", "statements", "open to anyone", "place"),
        [
            (
                link(item.target) if item.target else item.name,
                item.subject,
                str(len(item.statements)),
                _yes(any(is_public(statement) for statement in item.statements)),
                _place(item),
            )
            for item in inventory.policies
        ],
    )
    yield _Section(
        "User pools",
        ("name", "kind", "MFA", "self sign-up", "guests", "place"),
        [
            (item.name, item.kind, _word(item.mfa), _word(item.self_sign_up), _word(item.guests), _place(item))
            for item in inventory.user_pools
        ],
    )
    yield _Section(
        "Hosts",
        ("name", "kind", "public address", "role", "place"),
        [(item.name, item.kind, _word(item.public_address), link(item.role), _place(item)) for item in inventory.hosts],
    )
    yield _Section(
        "Monitors",
        ("name", "kind", "watches", "enabled", "place"),
        [(item.name, item.kind, links(item.watches), _word(item.enabled), _place(item)) for item in inventory.monitors],
    )


def _what_runs(
    inventory: Inventory, names: Mapping[str, str], link: Callable[[Link | None], str]
) -> Iterator[_Section]:
    system = System(inventory, date.min)  # nothing that is asked here depends on the day
    stores = {store.id: store.name for store in inventory.stores}
    yield _Section(
        "Functions",
        ("name", "runtime", "handler", "file", "exposure", "reached by", "role", "stores", "place"),
        [
            (
                item.name,
                "image" if item.code.image else _word(item.runtime),
                _word(item.code.handler),
                "in the template" if item.code.inline and not item.code.files else _listed(item.code.files),
                system.exposure(item),
                _reached_by(item, system, names),
                link(item.role),
                _stores(item, inventory, stores),
                _place(item),
            )
            for item in inventory.functions
        ],
    )
    yield _Section(
        "Routes",
        ("route", "kind", "auth", "API key", "throttled", "API", "function", "place"),
        [
            (
                item.label,
                item.kind,
                _word(item.auth),
                _word(item.api_key),
                _word(item.throttled),
                link(item.api),
                link(item.function),
                _place(item),
            )
            for item in inventory.routes
        ],
    )
    yield _Section(
        "Roles",
        ("name", "kind", "statements", "managed policies", "used by", "place"),
        [
            (
                item.name + _implied(item.implied),
                item.kind,
                str(len(item.statements)),
                _managed(item),
                _listed(function.name for function in system.functions_of(item)),
                _place(item),
            )
            for item in inventory.roles
        ],
    )
    yield _Section(
        "Triggers",
        ("name", "kind", "source", "function", "retries", "dead letter", "place"),
        [
            (
                item.name,
                item.kind,
                link(item.source),
                link(item.function),
                _word(item.retries),
                _word(item.dead_letter),
                _place(item),
            )
            for item in inventory.triggers
        ],
    )


def _what_keeps(inventory: Inventory) -> Iterator[_Section]:
    yield _Section(
        "Stores",
        ("name", "kind", "service", "encryption", "public", "place"),
        [
            (item.name, item.kind, item.service, _word(item.encryption), _word(item.public), _place(item))
            for item in inventory.stores
        ],
    )
    yield _Section(
        "Secrets",
        ("name", "kind", "value", "encrypted", "rotated", "place"),
        [
            (
                item.name,
                item.kind,
                "elsewhere" if item.value is None else type(item.value).__name__.lower() + " in the template",
                _word(item.encrypted),
                _word(item.rotated),
                _place(item),
            )
            for item in inventory.secrets
        ],
    )
    yield _Section(
        "Keys",
        ("name", "kind", "rotation", "symmetric", "place"),
        [(item.name, item.kind, _word(item.rotation), _word(item.symmetric), _place(item)) for item in inventory.keys],
    )


# -- cells -----------------------------------------------------------------------------------------------------------
def _reached_by(function: Function, system: System, names: Mapping[str, str]) -> str:
    def source(trigger: Trigger) -> str:
        found = trigger.source and names.get(trigger.source.target or "")
        return f"{trigger.kind} {found}" if found else trigger.kind

    return _listed((*(route.label for route in system.routes_of(function)), *map(source, system.triggers_of(function))))


def _stores(function: Function, inventory: Inventory, stores: Mapping[str, str]) -> str:
    verbs: dict[str, list[str]] = {}
    for edge in inventory.edges_from(function.id):
        if edge.target in stores and edge.kind in {"reads", "writes"}:
            verbs.setdefault(edge.target, []).append(edge.kind)
    return _listed(f"{stores[target]} ({' and '.join(sorted(kinds))})" for target, kinds in verbs.items())


def _managed(role: Role) -> str:
    return _listed(policy.term.text.rpartition("/")[2] for policy in role.managed)


def _word(setting: Setting[object] | None) -> str:
    """Every possible value of a setting: `x`, `x (default)`, `x or y`.

    `?` where it is not known, `–` where the thing has no such setting.
    """
    if setting is None:
        return "–"
    words: dict[str, None] = {}
    for _, leaf in setting.leaves():
        if isinstance(leaf, Unresolved):
            words["?"] = None
        else:
            words[_value(leaf.value) + (" (default)" if isinstance(leaf, Defaulted) else "")] = None
    return " or ".join(words)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return _yes(value)
    return "none" if value is None else str(value)


def _yes(value: bool) -> str:  # noqa: FBT001 - the value that is spelt
    return "yes" if value else "no"


def _implied(implied: bool) -> str:  # noqa: FBT001 - a flag of the entity
    return " (implied)" if implied else ""


def _listed(names: Iterable[str]) -> str:
    found = list(dict.fromkeys(names))
    rest = f" +{len(found) - _LISTED}" if len(found) > _LISTED else ""
    return ", ".join(found[:_LISTED]) + rest if found else "–"


def _place(entity: Entity) -> str:
    return f"{entity.at.path}:{entity.at.start_line}"


# -- layout ----------------------------------------------------------------------------------------------------------
@lru_cache(maxsize=4096)
def _shown(text: str) -> str:
    return one_line(mask(text))


def _laid_out(section: _Section) -> Iterator[str]:
    rows = [tuple(clip(_shown(cell), _WIDEST) for cell in row[:-1]) for row in section.rows]
    titles = section.columns[:-1]
    widths = [max(text_cells(row[column]) for row in (titles, *rows)) for column in range(len(titles))]
    yield f"{section.title} ({len(rows):,})"
    yield _line(titles, widths, section.columns[-1])
    for row, whole in zip(rows, section.rows, strict=True):
        yield _line(row, widths, one_line(whole[-1]))


def _line(cells: Sequence[str], widths: Sequence[int], last: str) -> str:
    padded = (cell + " " * (width - text_cells(cell)) for cell, width in zip(cells, widths, strict=True))
    return "  " + "  ".join((*padded, last))


def _summary(inventory: Inventory) -> Iterator[str]:
    counts = (
        (inventory.functions, "function"),
        (inventory.routes, "route"),
        (inventory.roles, "role"),
        (inventory.triggers, "trigger"),
        (inventory.stores, "store"),
        (inventory.secrets, "secret"),
        (inventory.keys, "key"),
        (inventory.edges, "edge"),
    )
    files = len({item.path for item in inventory.inputs if item.status in {"understood", "partial"}})
    yield ", ".join(plural(len(group), noun) for group, noun in counts)
    yield f"from {plural(len(inventory.stacks), 'stack')} in {plural(files, 'file')}"


def _not_read(inventory: Inventory) -> Iterator[str]:
    inputs = [item for item in ordered_inputs(inventory.inputs) if item.status != "understood"]
    if inputs:
        yield ""
        yield f"Not or not fully read ({len(inputs):,})"
        for item in inputs:
            reason = f": {item.reason}" if item.reason else ""
            yield f"  {_shown(f'{item.path}: {item.kind}, {item.status}{reason}')}"
    if inventory.diagnostics:
        yield ""
        yield f"Problems of the input ({len(inventory.diagnostics):,})"
        for diagnostic in ordered_diagnostics(inventory.diagnostics):
            at = diagnostic.at
            yield f"  {_shown(f'{at.path}:{at.start_line}: {diagnostic.level}: {diagnostic.message}')}"
