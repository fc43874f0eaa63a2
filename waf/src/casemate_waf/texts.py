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

    __slots__ = ("_count", "_joined", "_lists", "_made", "_shortest", "_texts")

    def __init__(
        self, values: Iterable[bytes], shortest: Mapping[int, int] = MappingProxyType({}), joined: bytes | None = None
    ) -> None:
        listed = list(values)
        self._lists: dict[int, list[bytes]] = {0: listed}
        self._joined: dict[int, bytes] = {0: joined or SEPARATOR.join((b"", *listed, b""))}
        self._made: dict[tuple[int, str, int], bytes] = {}
        self._texts = {self._joined[0]: self._joined[0]}
        self._count = len(listed)
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
                if sign in text:
                    break
            else:
                return text
        elif name == "utf8tounicode" and text.isascii():
            return text
        if name in LOCAL and not (name == "jsdecode" and b"\\" + SEPARATOR in text):
            changed = TRANSFORMATIONS[name](text)
        else:
            changed = SEPARATOR.join((b"", *self._transformed(chain), b""))
        return self._texts.setdefault(changed, changed)

    def values(self, chain: int) -> list[bytes]:
        """Each value after `chain`, in order."""
        known = self._lists.get(chain)
        if known is None:
            text, before = self.joined(chain), STEPS[chain][0]
            if text is self.joined(before):
                known = self.values(before)
            elif text.count(SEPARATOR) == self._count + 1:
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
                    if (b"/" in value or b"\\" in value or value[:1] == b".") and ODD_PATH(value)
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
