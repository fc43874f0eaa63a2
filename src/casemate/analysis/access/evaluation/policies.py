"""All policies that bear on a request, by kind: what is in force, and what an absent kind means.

A kind that is absent is not in force. For service and resource control policies the list of levels, root first, is
what an organisation attaches: a level that is empty, or allows nothing, denies; AWS's own FullAWSAccess and
RCPFullAWSAccess have to stand in it where they are attached (Organizations User Guide, "SCP evaluation", "RCP
evaluation").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.analysis.access.evaluation.compiled import Group

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from casemate.analysis.access.evaluation.document import Policy, PolicyKind


@dataclass(slots=True, eq=False, kw_only=True)
class Policies:
    """What is in force; not changed once it is made (and not frozen: that would double the time to make one).

    `resource`: the resource's own policy; the trust policy when a role is assumed. `block_public_access`: whether S3's
    RestrictPublicBuckets holds for the bucket. `management_account`: True when the caller's account manages the
    organisation, or the id of the account that does.
    """

    identity: Group
    resource: Group | None = None
    boundary: Group | None = None
    session: Group | None = None
    scps: tuple[Group, ...] | None = None
    rcps: tuple[Group, ...] | None = None
    endpoint: Group | None = None
    block_public_access: bool = False
    management_account: bool | str | None = None

    def limits(self, action: str) -> bool:
        """Whether organisation or endpoint have anything to say of an action (lower case) but yes to everybody."""
        gates = [*(self.scps or ()), *(self.rcps or ()), *([] if self.endpoint is None else [self.endpoint])]
        return any(group.about(action)[0] or not group.always_allows(action) for group in gates)


def policies_of(  # noqa: PLR0913 - one a kind, all by keyword
    *,
    identity: Iterable[Policy] = (),
    resource: Policy | None = None,
    boundary: Iterable[Policy] = (),
    session: Iterable[Policy] = (),
    scps: Sequence[Iterable[Policy]] | None = None,
    rcps: Sequence[Iterable[Policy]] | None = None,
    endpoint: Iterable[Policy] = (),
    block_public_access: bool = False,
    management_account: bool | str | None = None,
) -> Policies:
    """The policies of each kind put together; empty boundaries, session and endpoint policies are not in force."""
    return Policies(
        identity=Group(tuple(identity), "identity"),
        resource=None if resource is None else Group((resource,), "resource"),
        boundary=_group(boundary, "boundary"),
        session=_group(session, "session"),
        scps=_levels(scps, "scp"),
        rcps=_levels(rcps, "rcp"),
        endpoint=_group(endpoint, "endpoint"),
        block_public_access=block_public_access,
        management_account=management_account,
    )


def _group(policies: Iterable[Policy], kind: PolicyKind) -> Group | None:
    given = tuple(policies)
    return Group(given, kind) if given else None


def _levels(levels: Sequence[Iterable[Policy]] | None, kind: PolicyKind) -> tuple[Group, ...] | None:
    if levels is None:
        return None
    return tuple(Group(tuple(level), kind, number) for number, level in enumerate(levels, 1))
