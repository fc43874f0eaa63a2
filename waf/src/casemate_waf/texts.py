"""Values, and what becomes of them after chains of transformations: each computed once."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from casemate_waf.chains import LOCAL, ODD_PATH, PATH_NAMES, SIGNS, STEPS
from casemate_waf.expressions import SEPARATOR
from casemate_waf.transformations import TRANSFORMATIONS


class Texts:
    """Values, and what becomes of them after a chain (by its `node`): joined for a scan, and one by one for operators.

    `shortest`: how long a value at least has to be after a chain to matter; see `Family`.
    """

    __slots__ = ("_joined", "_lists", "_made", "_shortest", "_texts", "count", "simple")

    def __init__(
        self,
        values: Iterable[bytes] | int,
        shortest: Mapping[int, int] = MappingProxyType({}),
        joined: bytes = b"",
    ) -> None:
        """`values`, or how many of them are `joined`, of which then none holds the separator."""
        self._lists: dict[int, list[bytes]] = {}
        if isinstance(values, int):
            self.count = values
            self.simple = True
        else:
            listed = self._lists[0] = list(values)
            joined = SEPARATOR.join((b"", *listed, b""))
            self.count = len(listed)
            self.simple = joined.count(SEPARATOR) == self.count + 1
        self._joined: dict[int, bytes] = {0: joined}
        self._made: dict[tuple[int, str, int], bytes] = {}
        self._texts = {joined: joined}
        self._shortest = shortest

    def joined(self, chain: int) -> bytes:
        """All values after `chain`, each between separators; the very same object where nothing changed."""
        known = self._joined.get(chain)
        if known is None:
            before, name = STEPS[chain]
            text = self._joined.get(before) or self.joined(before)
            step = id(text), name, self._shortest.get(chain, 0)
            known = self._made.get(step)
            if known is None:
                known = self._made[step] = self._after(text, chain, name)
            self._joined[chain] = known
        return known

    def _after(self, text: bytes, chain: int, name: str) -> bytes:
        signs = SIGNS.get(name)
        if signs is not None:
            for sign in signs:
                if text.find(sign) >= 0:
                    break
            else:
                return text
        elif name == "utf8tounicode" and text.isascii():
            return text
        if name in LOCAL and not (name == "jsdecode" and text.find(b"\\" + SEPARATOR) >= 0):
            changed = TRANSFORMATIONS[name](text)
        else:
            changed = SEPARATOR.join((b"", *self._transformed(chain), b""))
        return self._texts.setdefault(changed, changed)

    def values(self, chain: int) -> list[bytes]:
        """Each value after `chain`, in order."""
        known = self._lists.get(chain)
        if known is None and not chain:
            known = self._lists[0] = self._joined[0].split(SEPARATOR)[1:-1]
        if known is None:
            text, before = self.joined(chain), STEPS[chain][0]
            if text is self.joined(before):
                known = self.values(before)
            elif text.count(SEPARATOR) == self.count + 1:
                known = text.split(SEPARATOR)[1:-1]
            else:
                known = self._transformed(chain)
            self._lists[chain] = known
        return known

    def _transformed(self, chain: int) -> list[bytes]:
        known = self._lists.get(chain)
        if known is None:
            before, name = STEPS[chain]
            transform, values = TRANSFORMATIONS[name], self.values(before)
            if name in PATH_NAMES:
                known = [
                    transform(value)
                    if (0x2F in value or 0x5C in value or value[:1] == b".") and ODD_PATH(value)
                    else value
                    for value in values
                ]
            elif chain in self._shortest:
                least = self._shortest[chain]  # base64: three bytes of four
                known = [transform(value) if len(value) * 3 >= least * 4 else b"" for value in values]
            else:
                known = [transform(value) for value in values]
            self._lists[chain] = known
        return known
