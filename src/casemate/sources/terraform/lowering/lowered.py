"""The translation itself."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from casemate.model.resource import Resource
from casemate.model.value import Entry, Fields, Items, Literal, Reference
from casemate.sources.partial import Rest
from casemate.sources.terraform.lowering import azapi
from casemate.sources.terraform.lowering.declared import Declared
from casemate.sources.terraform.lowering.notation import camel, pascal, shape
from casemate.sources.terraform.lowering.referring import Referring
from casemate.sources.terraform.lowering.shaping import merged, place, shaped
from casemate.sources.terraform.lowering.table import Extra, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from casemate.model.value import Value
    from casemate.sources.terraform.lowering.table import Join, Native
    from casemate.sources.terraform.raw import RawResource


def lower(resources: Sequence[RawResource]) -> Iterator[Resource]:
    """Every resource of one root module in its native shape, in order of declaration.

    Data sources are read through references only, but for those that make something: a signature.
    """
    work = _Lowering(resources)
    for resource in resources:
        if resource.mode == "managed" or resource.type in _MAKING:
            work.take(resource)
    yield from work.finished()


_MAKING = frozenset({"azurerm_storage_account_sas", "azurerm_storage_account_blob_container_sas"})


@cache
def table_of(provider: str) -> Table | None:
    """The table of a provider (`aws`), loaded when first needed; None where resources stay as they are."""
    if provider == "aws":
        from casemate.sources.terraform.lowering.aws import TABLE as AWS

        return AWS
    if provider == "azurerm":
        from casemate.sources.terraform.lowering.azure import TABLE as AZURE

        return AZURE
    return None


def _joined_by(raw: RawResource) -> str | None:
    """The argument by which a resource names the one it is joined to; None for those that stand alone."""
    table = table_of(raw.type.partition("_")[0])
    join = None if table is None else table.joins.get(raw.type)
    return None if join is None else _via(raw, join)


def _via(raw: RawResource, join: Join) -> str:
    names = join.via.split()
    return next((name for name in names if name in raw.attributes.entries), names[0])


_SPELLED: dict[str, Callable[[str], str | None]] = {
    "aws": lambda name: ".".join(pascal(part) for part in name.split(".")) or None,
    "azurerm": lambda name: ".".join(camel(part) for part in name.split(".")) or None,
}


class _Lowering:
    """One run: what is translated so far, by key."""

    def __init__(self, resources: Sequence[RawResource]) -> None:
        self._declared = Declared(resources)
        self._referring = Referring(self._declared, _SPELLED, _joined_by)
        self._made: dict[str, tuple[RawResource, str, Fields, str | None]] = {}
        self._additions: list[tuple[str, Fields]] = []

    def take(self, raw: RawResource) -> None:
        """Translate one resource, or note what it adds to another one."""
        table = table_of(raw.type.partition("_")[0])
        arguments = self._referring.rewrite(raw.attributes)
        if table is None:
            type_, properties = raw.type, arguments
            if raw.type == "azapi_resource":
                type_, properties = azapi.native(raw, arguments) or (type_, properties)
            self._made[raw.address] = (raw, type_, properties, None)
            return
        prepare = table.prepare.get(raw.type)
        if prepare is not None:
            arguments = prepare(raw, arguments, self._declared)
        native, join, more = table.natives.get(raw.type), table.joins.get(raw.type), table.more.get(raw.type)
        if native is not None:
            properties = _properties(raw, arguments, native, table)
            if table.section:
                properties = self._with_parent(properties, native, table)
            self._made[raw.address] = (raw, native.type, properties, None)
        elif join is not None:
            self._join(raw, arguments, join, table)
        elif more is None:
            self._made[raw.address] = (raw, raw.type, arguments, None)
        for made in more(raw, arguments, self._declared) if more is not None else ():
            if isinstance(made, Extra):
                key = f"{raw.address}/{made.part}" if made.part else raw.address
                self._made[key] = (raw, made.type, made.properties, raw.address if made.part else None)
            else:
                self._additions.append(made)

    def _join(self, raw: RawResource, arguments: Fields, join: Join, table: Table) -> None:
        properties = shaped(shape(join.shape, table.spelling), arguments)
        if join.into:
            properties = _element(join.into, properties, raw)
        else:
            properties = Fields(_sectioned(dict(properties.entries), table, raw), properties.at)
        targets = list(self._declared.named_by(raw.attributes.get(_via(raw, join)), join.onto))
        for target in targets:
            self._additions.append((target.address, properties))
        if not targets and raw.type in _PARTS:
            native = table.natives[join.onto[0]]
            said = {key: Entry(entry.key_at, _partial(entry.value)) for key, entry in properties.entries.items()}
            self._made[raw.address] = (raw, native.type, Fields(Rest(said, raw.at), properties.at), None)
        elif not targets:
            self._made[raw.address] = (raw, raw.type, arguments, None)

    def _with_parent(self, properties: Fields, native: Native, table: Table) -> Fields:
        """A child that names its parent in plain text gets a reference, where the parent is declared."""
        entry = properties.entries.get("parent")
        if entry is None or not isinstance(entry.value, Literal):
            return properties
        above = native.type
        while above.count("/") > 1:
            above = above.rpartition("/")[0]
            types = tuple(name for name, other in table.natives.items() if other.type == above)
            found = next(self._declared.named_by(entry.value, types), None)
            if found is not None:
                parent = Entry(entry.key_at, Reference(found.address, None, entry.value.at))
                return Fields({**properties.entries, "parent": parent}, properties.at)
        return properties

    def finished(self) -> Iterator[Resource]:
        """Everything translated, completed by what other resources add."""
        for address, properties in self._additions:
            made = self._made.get(address)
            if made is not None:
                raw, type_, base, implied_by = made
                self._made[address] = (raw, type_, merged(base, properties.entries), implied_by)
        for key, (raw, type_, properties, implied_by) in self._made.items():
            yield Resource(
                type=type_,
                name=key if implied_by is None else raw.address,
                key=key,
                at=raw.at,
                body=raw.body,
                properties=properties,
                dialect="terraform",
                implied_by=implied_by,
                condition=raw.condition,
                depends_on=tuple(found.address for name in raw.depends_on for found in self._declared.all_at(name))
                or raw.depends_on,
                retained=_kept(raw),
            )


_PARTS = frozenset({"azurerm_storage_account_network_rules"})
"""Joined resources that say enough of their own where what they belong to was not scanned."""


def _partial(value: Value) -> Value:
    return Fields(Rest(dict(value.entries), value.at), value.at) if isinstance(value, Fields) else value


def _properties(raw: RawResource, arguments: Fields, native: Native, table: Table) -> Fields:
    tree = dict(shaped(shape(native.shape, table.spelling), arguments).entries)
    for path, default in native.defaults.items():
        parts = tuple(path.split("."))
        if not _said(tree, parts):
            place(tree, parts, Entry(raw.at, Literal(default, raw.at)))
    return Fields(_sectioned(tree, table, raw), arguments.at)


def _sectioned(tree: dict[str, Entry], table: Table, raw: RawResource) -> dict[str, Entry]:
    """Paths with `/` beside the section that holds all others."""
    if not table.section:
        return tree
    top = {key[1:]: entry for key, entry in tree.items() if key.startswith("/")}
    rest = {key: entry for key, entry in tree.items() if not key.startswith("/")}
    return {**top, table.section: Entry(raw.at, Fields(rest, raw.body))} if rest else top


def _said(tree: dict[str, Entry], parts: tuple[str, ...]) -> bool:
    """Whether something stands at the path already, or a value on the way to it that is not known in part."""
    entries: Mapping[str, Entry] = tree
    for part in parts:
        found = entries.get(part)
        if found is None:
            return False
        if not isinstance(found.value, Fields):
            return True
        entries = found.value.entries
    return True


def _element(into: str, properties: Fields, raw: RawResource) -> Fields:
    tree: dict[str, Entry] = {}
    first = next(iter(properties.entries.values()), None)
    at = first.key_at if first is not None else raw.at
    element = Fields(properties.entries, raw.body)
    place(tree, tuple(into.split(".")), Entry(at, Items([element], element.at)))
    return Fields(tree, properties.at)


def _kept(raw: RawResource) -> bool:
    lifecycle = raw.attributes.get("lifecycle")
    block = lifecycle.items[0] if isinstance(lifecycle, Items) and lifecycle.items else lifecycle
    kept = block.get("prevent_destroy") if isinstance(block, Fields) else None
    return isinstance(kept, Literal) and kept.value is True
