"""What stands in base64 in joined values, and what becomes of it in the chains that go on from there."""

import re
from binascii import a2b_base64
from collections.abc import Iterable

from casemate_waf.chains import Chain, planned, uncased, walk
from casemate_waf.expressions import SEPARATOR

_PADDING = (b"", b"", b"==", b"=")


class Hidden:
    """Decodes the base64 at the beginning of values, and follows `rests`: the chains behind `base64decode`.

    `least`: how many bytes the shortest find has. All texts go through all rests, since there are few.
    """

    __slots__ = ("_joint", "_runs", "_single")

    def __init__(self, rests: Iterable[Chain], least: int) -> None:
        ways = [dict.fromkeys(map(uncased, rests))]
        self._runs = re.compile(rb"\x01([A-Za-z0-9+/]{%d,})" % -(-least * 4 // 3)).findall
        self._joint = planned(ways, joint=True)
        self._single = planned(ways)

    def texts(self, sources: Iterable[bytes]) -> Iterable[bytes]:
        """What has to be scanned, for texts of joined values."""
        runs: dict[bytes, None] = {}
        for source in sources:
            runs.update(dict.fromkeys(self._runs(source)))
        if not runs:
            return ()
        pieces = [
            a2b_base64(run if not (over := len(run) & 3) else run[:-1] if over == 1 else run + _PADDING[over])
            for run in runs
        ]
        made = walk(self._joint.steps, SEPARATOR.join((b"", *pieces, b"")), len(pieces) + 1)
        if made is not None:
            return [made[place] for place in self._joint.places[0]]
        found: dict[bytes, None] = {}
        for piece in pieces:
            made = walk(self._single.steps, piece) or []
            found.update(dict.fromkeys([made[place] for place in self._single.places[0]]))
        return found
