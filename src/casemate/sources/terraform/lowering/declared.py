"""All Terraform resources of one root module, found by address, reference or written-out name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.model.value import Cases, Items, Literal, Reference, references

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casemate.model.value import Value
    from casemate.sources.terraform.raw import RawResource

_NAMES = ("name", "bucket", "function_name", "id", "identifier", "cluster_identifier", "stage_name")
"""Arguments that give a resource the name under which others may refer to it in plain text."""


class Declared:
    """The resources, and the ways to find one."""

    def __init__(self, resources: Sequence[RawResource]) -> None:
        self.by_address = {resource.address: resource for resource in resources}
        self._instances: dict[str, list[RawResource]] = {}
        self._named: dict[tuple[str, str], RawResource] = {}
        self._by_type: dict[str, list[RawResource]] = {}
        for resource in resources:
            self._by_type.setdefault(resource.type, []).append(resource)
            bare = without_index(resource.address)
            if bare != resource.address:
                self._instances.setdefault(bare, []).append(resource)
            for argument in _NAMES:
                value = resource.attributes.get(argument)
                if isinstance(value, Literal) and isinstance(value.value, str):
                    self._named.setdefault((resource.type, value.value), resource)

    def at(self, address: str) -> RawResource | None:
        """The resource with this address; without an index, the first of its instances."""
        return next(iter(self.all_at(address)), None)

    def all_at(self, address: str) -> Sequence[RawResource]:
        """The resource with this address, or every instance of it where the index is not known or not given."""
        found = self.by_address.get(address)
        if found is not None:
            return (found,)
        bare = without_index(address)
        one = self.by_address.get(bare) if bare != address else None
        return (one,) if one is not None else self._instances.get(bare, ())

    def of_type(self, type_: str) -> Sequence[RawResource]:
        """Resources and data sources of one type, in order."""
        return self._by_type.get(type_, ())

    def named_by(self, value: Value | None, types: tuple[str, ...]) -> Iterator[RawResource]:
        """Resources of these types that `value` (a reference, a name, or a list of them) names; each once."""
        seen: set[str] = set()
        for resource in self._named_by(value, types):
            if resource.address not in seen:
                seen.add(resource.address)
                yield resource

    def _named_by(self, value: Value | None, types: tuple[str, ...]) -> Iterator[RawResource]:
        if value is None:
            return
        for reference in references(value):
            for found in self.all_at(reference.target):
                yield from self._through(found, types, reference, 0)
        for text in _texts(value):
            for type_ in types:
                named = self._named.get((type_, text.rpartition(":")[2].rpartition("/")[2])) or self._named.get(
                    (type_, text)
                )
                if named is not None:
                    yield named

    def _through(
        self, found: RawResource, types: tuple[str, ...], reference: Reference, depth: int
    ) -> Iterator[RawResource]:
        """The resource itself, or what it passes on (`aws_s3_bucket_versioning.v.bucket` means the bucket)."""
        if found.type in types:
            yield found
        elif depth < 3 and reference.attribute is not None:
            names = (reference.attribute, "bucket") if reference.attribute == "id" else (reference.attribute,)
            passed = next((value for name in names if (value := found.attributes.get(name)) is not None), None)
            for inner in references(passed) if passed is not None else ():
                for further in self.all_at(inner.target):
                    yield from self._through(further, types, inner, depth + 1)


def _texts(value: Value) -> Iterator[str]:
    match value:
        case Literal(value=str(text)):
            yield text
        case Items(items=items):
            for item in items:
                yield from _texts(item)
        case Cases(cases=cases):
            for _, case in cases:
                yield from _texts(case)
        case _:
            return


def without_index(address: str) -> str:
    """`aws_s3_bucket.b["a"]` -> `aws_s3_bucket.b`."""
    return address[: address.rindex("[")] if address.endswith("]") and "[" in address else address
