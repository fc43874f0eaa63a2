"""What Azure's deny assignments and Google's deny policies take away again, three-valued.

Sources: Azure documentation, "Understand Azure deny assignments" (principals, excluded principals, the zero id stands
for everyone, a denial wins over every role); Google Cloud documentation, "Deny policies" and "Permissions supported in
deny policies" (`service.googleapis.com/resource.verb`, exception principals, denial conditions).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from weakref import WeakKeyDictionary

from casemate.analysis.access.evaluation.patterns import wildcard
from casemate.model.record import dataclass
from casemate.model.value import Fields, Items, Reference, Text, references
from casemate.model.value import Literal as Written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casemate.analysis.access.permissions import Granted
    from casemate.analysis.system import System
    from casemate.model.location import Span
    from casemate.model.resource import Resource
    from casemate.model.value import Value

Answer = Literal["yes", "no", "maybe"]
_EVERYONE_AZURE = "00000000-0000-0000-0000-000000000000"
_EVERYONE_GOOGLE = frozenset({"principalset://goog/public:all"})
_BELOW = frozenset({"resource-group", "resource"})
"""Scopes that a deny assignment of a template, which is deployed to a resource group, covers whole."""
_SERVICES = {"cloudresourcemanager": "resourcemanager"}


@dataclass(frozen=True, slots=True)
class Denial:
    """One denial. `actions`: patterns, lower case; `everyone`, `targets`: whom it names (keys of the stack's things).

    `spared`: patterns that it leaves out; `sure`: False when a part is not known, or it holds under a condition or not
    for all; `place`: the project it stands on, as far as it is written out.
    """

    cloud: str
    at: Span
    actions: tuple[str, ...]
    spared: tuple[str, ...]
    everyone: bool
    targets: frozenset[str]
    names: tuple[str, ...]
    sure: bool
    place: str = ""

    def answer(self, action: str, granted: Granted, member: str) -> Answer:
        """Whether it takes this action of a grant away from a member."""
        lowered = action.lower()
        if granted.binding.cloud != self.cloud or not _any(self.actions, lowered) or _any(self.spared, lowered):
            return "no"
        named = self.everyone or any(f"#{key}" in target for target in _members(granted) for key in self.targets)
        named = named or any(name and name in member.lower() for name in self.names)
        if not named:
            return "no" if self.sure else "maybe"
        return "yes" if self.sure and self._covers(granted) else "maybe"

    def _covers(self, granted: Granted) -> bool:
        binding = granted.binding
        if self.cloud == "azure":
            return binding.scope_kind in _BELOW
        return bool(self.place) and self.place == binding.scope.text.rpartition("/")[2].lower()


def _members(granted: Granted) -> Iterator[str]:
    for member in granted.binding.members:
        yield from member.targets


def _any(patterns: Iterable[str], action: str) -> bool:
    return any(wildcard(pattern)(action) for pattern in patterns)


_known: WeakKeyDictionary[System, tuple[Denial, ...]] = WeakKeyDictionary()


def denials(system: System) -> tuple[Denial, ...]:
    """Every denial of the scanned files; computed once a system."""
    found = _known.get(system)
    if found is None:
        found = _known[system] = tuple(
            denial
            for stack in system.inventory.stacks
            for resource in stack.resources.values()
            for denial in _of(resource)
        )
    return found


def _of(resource: Resource) -> Iterator[Denial]:
    if resource.type == "google_iam_deny_policy":
        yield from _google(resource)
    elif resource.type == "Microsoft.Authorization/denyAssignments":
        yield from _azure(resource.properties.get("properties"), resource)
    elif resource.type == "azapi_resource":
        kind = resource.properties.get("type")
        if isinstance(kind, Written) and str(kind.value).lower().startswith("microsoft.authorization/denyassignments"):
            body = resource.properties.get("body")
            yield from _azure(body.get("properties") if isinstance(body, Fields) else None, resource)


def _azure(properties: Value | None, resource: Resource) -> Iterator[Denial]:
    if not isinstance(properties, Fields):
        return
    for permission in _items(properties.get("permissions")):
        body = permission if isinstance(permission, Fields) else None
        actions = [_texts(body.get(name) if body else None) for name in ("actions", "dataActions")]
        spared = [_texts(body.get(name) if body else None) for name in ("notActions", "notDataActions")]
        names = [
            _texts(one.get("id"))[0]
            for one in _items(properties.get("principals")) if isinstance(one, Fields)
        ]  # fmt: skip
        flat = tuple(name for group in names for name in group)
        yield Denial(
            "azure",
            resource.at,
            tuple(text for texts, _ in actions for text in texts),
            tuple(text for texts, _ in spared for text in texts),
            _EVERYONE_AZURE in flat,
            frozenset(one.target for one in _references(properties.get("principals"))),
            tuple(name for name in flat if name != _EVERYONE_AZURE),
            all(known for _, known in (*actions, *spared))
            and not _items(properties.get("excludePrincipals"))
            and properties.get("condition") is None,
        )


def _google(resource: Resource) -> Iterator[Denial]:
    parent = resource.properties.get("parent")
    place = str(parent.value).replace("%2F", "/").rpartition("/")[2].lower() if isinstance(parent, Written) else ""
    for rule in _items(resource.properties.get("rules")):
        for one in _items(rule.get("deny_rule")) if isinstance(rule, Fields) else ():
            if not isinstance(one, Fields):
                continue
            principals, known = _texts(one.get("denied_principals"))
            permissions, all_known = _texts(one.get("denied_permissions"))
            spared, spared_known = _texts(one.get("exception_permissions"))
            yield Denial(
                "google",
                resource.at,
                tuple(map(_permission, permissions)),
                tuple(map(_permission, spared)),
                bool(_EVERYONE_GOOGLE & set(principals)),
                frozenset(each.target for each in _references(one.get("denied_principals"))),
                tuple(name.rpartition("/")[2] for name in principals if name not in _EVERYONE_GOOGLE),
                known and all_known and spared_known and not _items(one.get("exception_principals"))
                and not _items(one.get("denial_condition")),
                place,
            )  # fmt: skip


def _permission(text: str) -> str:
    """`iam.googleapis.com/serviceaccounts.actas` -> `iam.serviceaccounts.actas`."""
    host, _, rest = text.partition("/")
    service = host.partition(".")[0]
    return f"{_SERVICES.get(service, service)}.{rest}" if rest else text


def _items(value: Value | None) -> tuple[Value, ...]:
    if isinstance(value, Items):
        return tuple(value.items)
    return () if value is None else (value,)


def _texts(value: Value | None) -> tuple[tuple[str, ...], bool]:
    """The texts, lower case, and whether that is all of them; a reference to a thing is known by that."""
    found: list[str] = []
    known = True
    for one in _items(value):
        if isinstance(one, Written):
            found.append(str(one.value).lower())
        elif not isinstance(one, (Reference, Text)):
            known = False
    return tuple(found), known


def _references(value: Value | None) -> tuple[Reference, ...]:
    return tuple(references(value)) if value is not None else ()
