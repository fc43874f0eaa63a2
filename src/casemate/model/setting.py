"""A setting of a resource, three-valued: what is declared, what the cloud does when nothing is said, or not known.

A rule asks `setting.leaves()` and judges each leaf: a `Declared` or `Defaulted` value is right or wrong, an
`Unresolved` one
is neither a pass nor a finding. `casemate.authoring.violated` does it in one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Generic, TypeVar

from casemate.model.record import dataclass, field

if TYPE_CHECKING:
    from casemate.model.location import Span

T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Setting(Generic[T_co]):
    """Abstract: `Declared | Defaulted | Cases | Unresolved`.

    `name`: the setting's path in its resource, as CloudFormation, ARM or Google's API spell it
    (`VpcConfig.SubnetIds`); `at`: the declared value,
    or, where nothing is declared, the resource's name.
    """

    name: str
    at: Span

    def leaves(self, condition: str | None = None) -> Iterator[Leaf[T_co]]:
        """Each possible value with the condition under which it holds (None: always)."""
        raise NotImplementedError

    def values(self) -> list[T_co]:
        """Every known value; unresolved ones are left out."""
        return [leaf.value for _, leaf in self.leaves() if not isinstance(leaf, Unresolved)]

    def always(self, test: Callable[[T_co], bool]) -> bool:
        """Whether every possible value is known and passes `test`."""
        return all(not isinstance(leaf, Unresolved) and test(leaf.value) for _, leaf in self.leaves())

    def ever(self, test: Callable[[T_co], bool]) -> bool:
        """Whether some known possible value passes `test`."""
        return any(test(value) for value in self.values())

    @property
    def declared(self) -> bool:
        """Whether the template says anything about it (even if it cannot be resolved)."""
        return any(not isinstance(leaf, Defaulted) for _, leaf in self.leaves())

    @property
    def value(self) -> T_co | None:
        """The one value, if there is exactly one and it is known; else None."""
        leaves = [leaf for _, leaf in self.leaves()]
        if len(leaves) == 1 and not isinstance(leaves[0], Unresolved):
            return leaves[0].value
        return None


@dataclass(frozen=True, slots=True)
class Declared(Setting[T_co]):
    """The template says `value`, at `at`."""

    value: T_co = field()  # a field, or the property of the base class would be taken for its default

    def leaves(self, condition: str | None = None) -> Iterator[Leaf[T_co]]:
        """This value itself."""
        yield condition, self


@dataclass(frozen=True, slots=True)
class Defaulted(Setting[T_co]):
    """The template says nothing; the cloud (or framework) then takes `value`. `source` says who decides that."""

    value: T_co = field()  # a field, or the property of the base class would be taken for its default
    source: str

    def leaves(self, condition: str | None = None) -> Iterator[Leaf[T_co]]:
        """This value itself."""
        yield condition, self


@dataclass(frozen=True, slots=True)
class Cases(Setting[T_co]):
    """One of several settings, each under a condition in words."""

    cases: tuple[tuple[str, Setting[T_co]], ...]

    def leaves(self, condition: str | None = None) -> Iterator[Leaf[T_co]]:
        """Every leaf of every case, with the conditions joined."""
        for words, setting in self.cases:
            yield from setting.leaves(words if condition is None else f"{condition} and {words}")


@dataclass(frozen=True, slots=True)
class Unresolved(Setting[T_co]):
    """The value cannot be known from the files, because of `reason`."""

    reason: str

    def leaves(self, condition: str | None = None) -> Iterator[Leaf[T_co]]:
        """This setting itself."""
        yield condition, self


Leaf = tuple[str | None, Declared[T_co] | Defaulted[T_co] | Unresolved[T_co]]


def convert(setting: Setting[T_co], change: Callable[[T_co], U]) -> Setting[U]:
    """The same setting with `change` applied to each known value."""
    match setting:
        case Declared():
            return Declared(setting.name, setting.at, change(setting.value))
        case Defaulted():
            return Defaulted(setting.name, setting.at, change(setting.value), setting.source)
        case Cases():
            return Cases(
                setting.name, setting.at, tuple((words, convert(case, change)) for words, case in setting.cases)
            )
        case Unresolved():
            return Unresolved(setting.name, setting.at, setting.reason)
        case _:
            raise TypeError(setting)
