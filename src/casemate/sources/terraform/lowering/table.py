"""What a translation table consists of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casemate.model.value import Fields
from casemate.sources.terraform.lowering.notation import Spelling, pascal
from casemate.sources.terraform.raw import RawResource

if TYPE_CHECKING:
    from casemate.sources.terraform.lowering.declared import Declared


@dataclass(frozen=True, slots=True)
class Native:
    """A Terraform type that is a native type: its name and the shape of its properties.

    `defaults`: what Terraform's provider sends where the argument is not given and the native default is another;
    located at the resource's name.
    """

    type: str
    shape: str
    defaults: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Join:
    """A Terraform type that completes another resource, which the native description declares inline.

    `via`: the argument that names the other one, by reference or by its written-out name (or several, separated by
    blanks: the first that is given). `onto`: Terraform types it may be. `into`: the list that the whole shape is one
    element of, if it is. Where the other resource is not declared, this one stays as Terraform has it.
    """

    via: str
    onto: tuple[str, ...]
    shape: str
    into: str = ""


Addition = tuple[str, Fields]
"""Properties for the resource at an address."""


@dataclass(frozen=True, slots=True)
class Extra:
    """A further native resource that one Terraform resource stands for: `part` is added to its address for the key."""

    type: str
    part: str
    properties: Fields


More = Callable[[RawResource, Fields, "Declared"], Iterable["Addition | Extra"]]
"""What a table cannot say: more properties and resources, from one resource and its arguments."""


Prepare = Callable[[RawResource, Fields, "Declared"], Fields]
"""Rewrites the arguments before the shape is applied, where blocks and properties do not correspond one to one."""


@dataclass(frozen=True, slots=True)
class Table:
    """The translation of one provider, or of one subject of it."""

    natives: Mapping[str, Native] = field(default_factory=dict)
    joins: Mapping[str, Join] = field(default_factory=dict)
    more: Mapping[str, More] = field(default_factory=dict)
    prepare: Mapping[str, Prepare] = field(default_factory=dict)
    spelling: Spelling = pascal
    section: str = ""
    """Where all properties go whose path does not begin with `/`: ARM keeps them below `properties`."""

    def knows(self, type_: str) -> bool:
        """Whether this table says anything about a Terraform type."""
        return type_ in self.natives or type_ in self.joins or type_ in self.more


def united(*tables: Table) -> Table:
    """Several tables of one provider as one. Raises `ValueError` when two claim the same type."""
    natives: dict[str, Native] = {}
    joins: dict[str, Join] = {}
    more: dict[str, More] = {}
    prepare: dict[str, Prepare] = {}
    for table in tables:
        for claimed in (
            (natives.keys() | joins.keys()) & (table.natives.keys() | table.joins.keys()),
            more.keys() & table.more.keys(),
        ):
            if claimed:
                raise ValueError(f"{', '.join(sorted(claimed))} stands in two tables")
        natives.update(table.natives)
        joins.update(table.joins)
        more.update(table.more)
        prepare.update(table.prepare)
    first = tables[0]
    return Table(natives, joins, more, prepare, first.spelling, first.section)
