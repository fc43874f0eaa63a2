"""What is redacted and how: the kinds, the style of a mask, names and values of one's own."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STYLES = ("label", "last4", "stars", "pseudonym")
_KEYS = ("kinds", "except", "style", "names", "allow", "key-env")
_SHORTEST_KEY = 16


class PolicyError(ValueError):
    """A redaction policy is wrong: an unknown key, kind or style."""


class RedactionPolicy:
    """Read once, then only asked.

    - `kinds`: the kinds that are redacted (None: all of them); `excluded`: kinds that are left.
    - `style`: `label` gives `[redacted:kind]`, `last4` keeps the last four characters, `stars` keeps the length,
      `pseudonym` gives `[kind:tag]` with the same tag for the same value (HMAC-SHA-256 under `key`).
    - `names`: more names whose assigned value is secret; `allow`: values that stay as they are.
    """

    __slots__ = ("allow", "excluded", "key", "kinds", "names", "style")

    def __init__(
        self,
        *,
        kinds: Iterable[str] | None = None,
        excluded: Iterable[str] = (),
        style: str = "label",
        names: Iterable[str] = (),
        allow: Iterable[str] = (),
        key: bytes | None = None,
    ) -> None:
        self.kinds = None if kinds is None else frozenset(kinds)
        self.excluded = frozenset(excluded)
        self.style = style
        self.names = tuple(names)
        self.allow = frozenset(allow)
        self.key = key
        if style not in STYLES:
            raise PolicyError(f"there is no style {style!r}; one of {', '.join(STYLES)}")
        if style == "pseudonym" and (key is None or len(key) < _SHORTEST_KEY):
            raise PolicyError(f"pseudonyms need a key of at least {_SHORTEST_KEY} bytes; `key-env` names its variable")

    def covers(self, kind: str) -> bool:
        """Whether values of the kind are redacted."""
        return kind not in self.excluded and (self.kinds is None or kind in self.kinds)


def policy_from(document: object, environment: Mapping[str, str], kinds: frozenset[str]) -> RedactionPolicy:
    """The policy of a JSON document; `environment` holds the key of pseudonyms, which no file should. `kinds` exist.

    Raises `PolicyError`.
    """
    if not isinstance(document, dict):
        raise PolicyError("a redaction policy is a JSON object")
    for name in document:
        if name not in _KEYS:
            raise PolicyError(f"unknown key {name!r}; one of {', '.join(_KEYS)}")
    lists = {name: _strings(document, name) for name in ("kinds", "except", "names", "allow")}
    for name in ("kinds", "except"):
        for kind in lists[name] or ():
            if kind not in kinds:
                raise PolicyError(f"unknown kind {kind!r}; one of {', '.join(sorted(kinds))}")
    style = document.get("style", "label")
    variable = document.get("key-env", "CASEMATE_PSEUDONYM_KEY")
    if not isinstance(style, str) or not isinstance(variable, str):
        raise PolicyError("style and key-env are strings")
    key = environment.get(variable)
    return RedactionPolicy(
        kinds=lists["kinds"],
        excluded=lists["except"] or (),
        style=style,
        names=lists["names"] or (),
        allow=lists["allow"] or (),
        key=None if key is None else key.encode("utf-8", "surrogateescape"),
    )


def _strings(document: Mapping[str, object], name: str) -> list[str] | None:
    value = document.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise PolicyError(f"{name} is a list of strings")
    return [str(each) for each in value]
