"""Sets of actions as bits of one integer, over the actions that a question is about.

A question names a few services, and only their parts of the catalogue are read. An action that the catalogue does not
have is kept as it is written, so that a proof about a service that is newer than the catalogue is still a proof.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from casemate.analysis.access import catalogue
from casemate.analysis.access.proving.languages import wild

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Universe:
    """The actions that a pattern such as `s3:Get*` stands for; `bits` says which of them another pattern covers."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        service, _, name = pattern.lower().partition(":")
        known = service in catalogue.services()
        literal = "*" not in pattern and "?" not in pattern
        if literal:
            found = catalogue.action(pattern) if known else None
            self.names: tuple[str, ...] = (found.full_name if found else pattern,)
        else:
            self.names = tuple(sorted(catalogue.expand(pattern)))
        self.known = bool(self.names) and (not literal or catalogue.is_known(self.names[0]))
        self._several = len(self.names) > 1
        self._name = name

    @property
    def everything(self) -> int:
        """All actions."""
        return (1 << len(self.names)) - 1

    def bits(self, patterns: Iterable[str]) -> int:
        """The actions that some of the patterns cover."""
        found = 0
        for pattern in patterns:
            found |= self._bits(pattern)
        return found

    def _bits(self, pattern: str) -> int:
        if catalogue.matches_everything(pattern):
            return self.everything
        if not self._several:
            return int(bool(self.names) and wild(pattern, fold=True).matches(self.names[0]))
        found = 0
        for offset, service in self._services:
            found |= _within(service, pattern.lower(), self._of_service[service]) << offset
        return found

    @cached_property
    def _of_service(self) -> dict[str, tuple[str, ...]]:
        table: dict[str, list[str]] = {}
        for name in self.names:
            table.setdefault(name.partition(":")[0], []).append(name)
        return {service: tuple(names) for service, names in table.items()}

    @cached_property
    def _services(self) -> tuple[tuple[int, str], ...]:
        """Every service with the number of its first action: names are sorted, so a service's stand together."""
        offsets: dict[str, int] = {}
        for number, name in enumerate(self.names):
            offsets.setdefault(name.partition(":")[0], number)
        return tuple((number, service) for service, number in offsets.items())

    def named(self, bits: int) -> Iterator[str]:
        """The actions of a set, in their order."""
        while bits:
            low = bits & -bits
            yield self.names[low.bit_length() - 1]
            bits ^= low


@lru_cache(maxsize=65_536)
def _within(service: str, pattern: str, names: tuple[str, ...]) -> int:
    service_pattern, colon, name_pattern = pattern.partition(":")
    if not colon or not wild(service_pattern, fold=True).matches(service):
        return 0
    if not name_pattern.strip("*") and name_pattern:
        return (1 << len(names)) - 1
    match = wild(name_pattern, fold=True).matches
    found = 0
    for number, name in enumerate(names):
        if match(name.partition(":")[2]):
            found |= 1 << number
    return found


def classes(whole: int, sets: Iterable[int]) -> list[int]:
    """The coarsest partition of `whole` whose parts each of `sets` covers entirely or not at all."""
    found = [whole] if whole else []
    for one in dict.fromkeys(sets):
        if one & whole in {0, whole}:
            continue
        found = [part for bits in found for part in (bits & one, bits & ~one) if part]
    return found


@lru_cache(maxsize=16_384)
def shapes(action: str) -> tuple[str, ...]:
    """Patterns of the ARNs that an action acts on, by the catalogue: `arn:*:s3:::?*/?*` for s3:GetObject.

    `*` alone for an action that acts on no resource; nothing for an action that the catalogue does not have.
    """
    found = catalogue.action(action)
    if found is None:
        return ()
    types = catalogue.resource_types(found.service)
    return tuple(dict.fromkeys(_shape(types[name].arn) for name in found.resource_types)) or ("*",)


def _shape(arn: str) -> str:
    parts = arn.split("${")
    text = parts[0]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        text += ("*" if name in {"Region", "Account"} else "?*") + rest
    return text
