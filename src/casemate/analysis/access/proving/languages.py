"""Wildcard patterns as automata: a string that is in all of these and in none of those, or that there is none.

IAM has only two wildcards, so a pattern is a small non-deterministic automaton whose states fit in one integer: state
*i* is "the first *i* tokens are matched", and a star is a loop on the state before it. All patterns of a question share
one integer, so that their product is walked by one shift and two masks a character, and a set of strings is empty
exactly when no reachable state accepts. The walk is breadth first, so that the witness is a short one.

Of one pattern only the states from its last open star on are kept: whatever can be matched from an earlier state passes
that star, and can be matched from there too. So the walk stays near the sum of the lengths where the textbook
construction would explode.

Source for the matching rules: IAM User Guide, "IAM JSON policy elements: Resource" (a `*` crosses `:` and `/`) and
"IAM JSON policy elements: Condition operators" (`ArnLike` compares each of the six parts).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

INSIDE: Final = "\ue000"
"""In a pattern of `form`: the name of something inside of a thing, an alias or an index, which has no colon. A star
would let `arn:aws:lambda:*:*:function:b` speak of an alias "function:b" of function a."""
_SHORT: Final = 300
"""Longer texts are walked at once: a hostile name must not nest calls."""
_PAIR: Final = 2
MOST_STATES: Final = 60_000
"""Product states looked at before a question is given up."""
_ARN_PARTS: Final = 6
_FILL: Final = "xabcdefghijklmnopqrstuvwyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.éøß"
"""Characters that stand for "any other", the first that no pattern names."""


class TooLargeError(Exception):
    """The product of the patterns has more states than are looked at: the question stays open."""


class Token(Enum):
    """What is no literal character in a pattern."""

    ONE = "?"
    MANY = "*"
    ONE_INSIDE = "? of an ARN's part"
    MANY_INSIDE = "* of an ARN's part"


Tokens = tuple[str | Token, ...]


@dataclass(frozen=True, eq=False)
class Wild:
    """One pattern: literal characters and `Token`s, runs of stars made one. `fold`: without regard to case.

    Made by `wild`, `literal`, `arn` or `of_tokens` only, which give the same object for the same pattern, so that
    identity is equality.
    """

    tokens: Tokens
    fold: bool = False

    @property
    def exact(self) -> str | None:
        """The only string that matches, when there is no wildcard (nor case to be ignored)."""
        if self.fold and any(isinstance(token, str) and token.lower() != token.upper() for token in self.tokens):
            return None
        letters = [token for token in self.tokens if isinstance(token, str)]
        return "".join(letters) if len(letters) == len(self.tokens) else None

    @property
    def everything(self) -> bool:
        """Whether every string matches."""
        return self.tokens == (Token.MANY,)

    @cached_property
    def head(self) -> str:
        """What every string that matches begins with, up to the first wildcard."""
        if self.fold:
            return ""
        ends = (number for number, token in enumerate(self.tokens) if not isinstance(token, str))
        return "".join(map(str, self.tokens[: next(ends, None)]))

    @cached_property
    def _inside(self) -> bool:
        """Whether a wildcard in it stays in its part, so that matching needs the automaton's care for colons."""
        return Token.ONE_INSIDE in self.tokens or Token.MANY_INSIDE in self.tokens

    def matches(self, text: str) -> bool:
        """Whether `text` matches; without backtracking beyond the last star."""
        if self.fold:
            text = text.lower()
        if self._inside:
            return bool(_left(self, text) >> _block(self).states - 1)
        return _match(self.tokens, text)

    def __str__(self) -> str:
        return "".join(token if isinstance(token, str) else token.value[0] for token in self.tokens)


def _match(tokens: Tokens, text: str) -> bool:
    """Greedy matching with one place to return to."""
    at = here = 0
    star = back = -1
    while at < len(text):
        token = tokens[here] if here < len(tokens) else None
        if token is Token.MANY:
            star, back = here, at
            here += 1
        elif token is Token.ONE or (token is not None and token == text[at]):
            here += 1
            at += 1
        elif star >= 0:
            back += 1
            here, at = star + 1, back
        else:
            return False
    return all(token is Token.MANY for token in tokens[here:])


@lru_cache(maxsize=65_536)
def of_tokens(tokens: Tokens, fold: bool = False) -> Wild:  # noqa: FBT001, FBT002 - part of the cache's key
    """The pattern of these tokens."""
    found: list[str | Token] = []
    for token in tokens:
        if token in {Token.MANY, Token.MANY_INSIDE} and found and found[-1] is token:
            continue
        found.append(token.lower() if fold and isinstance(token, str) else token)
    return Wild(tuple(found), fold)


@lru_cache(maxsize=65_536)
def wild(text: str, *, fold: bool = False) -> Wild:
    """The pattern that a policy writes as `text`; `fold`: without regard to case."""
    return of_tokens(_tokens(text), fold)


@lru_cache(maxsize=65_536)
def literal(text: str, *, fold: bool = False) -> Wild:
    """The pattern that matches `text` and nothing else."""
    return of_tokens(tuple(text), fold)


def arn(pattern: Wild) -> Wild | None:
    """The pattern as `ArnLike` takes it: a wildcard stays in its part, but for the last. None for what is no ARN.

    A lone `*` stands for everything.
    """
    if pattern.everything:
        return pattern
    inside = {Token.ONE: Token.ONE_INSIDE, Token.MANY: Token.MANY_INSIDE}
    tokens: list[str | Token] = []
    colons = 0
    for token in pattern.tokens:
        colons += token == ":"  # noqa: S105 - a character
        tokens.append(token if isinstance(token, str) or colons >= _ARN_PARTS - 1 else inside.get(token, token))
    return of_tokens(tuple(tokens)) if colons >= _ARN_PARTS - 1 else None


@lru_cache(maxsize=65_536)
def form(text: str) -> Wild:
    """As `wild`, for patterns of our own: `INSIDE` in them is any run of characters without a colon."""
    tokens = [Token.MANY_INSIDE if token == INSIDE else token for token in _tokens(text)]
    return of_tokens(tuple(tokens))


def _tokens(text: str) -> Tokens:
    return tuple(Token.MANY if char == "*" else Token.ONE if char == "?" else char for char in text)


# -- questions ---------------------------------------------------------------------------------------------------------
def witness(groups: Sequence[Sequence[Wild]], never: Sequence[Wild] = ()) -> str | None:
    """A short string that matches some pattern of *every* group and none of `never`; None when there is none.

    Raises `TooLargeError` when that cannot be told within `MOST_STATES`.

    >>> witness([[wild("arn:aws:s3:::a*")], [wild("*/b")]])
    'arn:aws:s3:::a/b'
    >>> witness([[wild("a*")]], [wild("*")]) is None
    True
    """
    return _witness(tuple(tuple(dict.fromkeys(group)) for group in groups), tuple(dict.fromkeys(never)))


@lru_cache(maxsize=65_536)
def _witness(groups: tuple[tuple[Wild, ...], ...], never: tuple[Wild, ...]) -> str | None:
    if any(pattern.everything for pattern in never):
        return None
    groups = tuple(group for group in groups if not any(pattern.everything for pattern in group))
    for group in groups:
        if all(pattern.exact is not None for pattern in group):
            for pattern in group:
                text = pattern.exact or ""
                if _accepts(text, groups, never):
                    return text
            return None
    return _search(_Product(groups, never))


def _accepts(text: str, groups: Sequence[Sequence[Wild]], never: Sequence[Wild]) -> bool:
    return all(any(pattern.matches(text) for pattern in group) for group in groups) and not any(
        pattern.matches(text) for pattern in never
    )


def empty(groups: Sequence[Sequence[Wild]], never: Sequence[Wild] = ()) -> bool:
    """Whether no string is in all of the groups and in none of `never`; two groups need no search (`meet`)."""
    if never:
        return witness(groups, never) is None
    kept = [group for group in groups if not any(pattern.everything for pattern in group)]
    while len(kept) > _PAIR and (wide := _wider(kept)) is not None:
        del kept[wide]
    if len(kept) == _PAIR:
        return not any(meet(one, other) for one in kept[0] for other in kept[1])
    for number, group in enumerate(kept):
        for others in kept[:number]:
            if not any(meet(one, other) for one in group for other in others):
                return True
    return witness(kept) is None


def _wider(groups: Sequence[Sequence[Wild]]) -> int | None:
    """The number of a group that holds all of another one, and so says nothing."""
    for number, group in enumerate(groups):
        for other in groups:
            if other is not group and all(any(contains(one, part) for one in group) for part in other):
                return number
    return None


@lru_cache(maxsize=262_144)
def contains(whole: Wild, part: Wild) -> bool:
    """Whether every string of `part` is plainly one of `whole`: a star of the one lies within a star of the other."""
    if part.fold and not whole.fold:
        return False
    block = _block(whole)
    one, loops = block.one, block.loops
    state = 1
    for token in part.tokens:
        if token is Token.MANY:
            state &= loops
        elif token is Token.MANY_INSIDE:
            state &= loops | block.loops_inside
        elif token is Token.ONE:
            state = ((state & one) << 1) | (state & loops)
        elif token is Token.ONE_INSIDE:
            state = ((state & (one | block.one_inside)) << 1) | (state & (loops | block.loops_inside))
        else:
            moved, stay = block.letters.get(token, 0) | one, loops
            if token != ":":  # noqa: S105 - a character
                moved, stay = moved | block.one_inside, stay | block.loops_inside
            state = ((state & moved) << 1) | (state & stay)
        if not state:
            return False
    return bool(state >> block.states - 1)


@lru_cache(maxsize=262_144)
def meet(one: Wild, other: Wild) -> bool:
    """Whether some string matches both patterns.

    The states of `one` are walked over the tokens of `other`, all at once: after a star of `other` every state from the
    lowest on can be had, for each literal is there to be given; after a star that stays in its part, those up to the
    next literal colon.
    """
    shared = min(len(one.head), len(other.head))
    if one.head[:shared] != other.head[:shared]:
        return False
    block = _block(one)
    letters, any_one, inside = block.letters, block.one, block.one_inside
    loops, loops_inside = block.loops, block.loops_inside
    takes = (1 << block.states - 1) - 1
    whole = (1 << block.states) - 1
    colons = letters.get(":", 0)
    state = 1 << shared
    for token in other.tokens[shared:]:
        if token is Token.MANY:
            state = whole & -(state & -state)
        elif token is Token.MANY_INSIDE:
            through = takes & ~colons
            state |= (((state & through) + through) ^ through) & whole
        elif token is Token.ONE:
            state = ((state & takes) << 1) | (state & (loops | loops_inside))
        elif token is Token.ONE_INSIDE:
            state = ((state & takes & ~colons) << 1) | (state & (loops | loops_inside))
        else:
            moved, stay = letters.get(token, 0) | any_one, loops
            if other.fold:
                moved |= letters.get(token.upper(), 0)
            if token != ":":  # noqa: S105 - a character
                moved, stay = moved | inside, stay | loops_inside
            state = ((state & moved) << 1) | (state & stay)
        if not state:
            return False
    return bool(state >> block.states - 1)


def includes(whole: Sequence[Wild], part: Sequence[Wild]) -> bool:
    """Whether every string of the union `part` is in the union `whole`."""
    return empty([part], whole)


def meets(pattern: Wild, base: str, *, inside: bool) -> bool:
    """Whether the pattern matches some string that begins with `base`; `inside`: and has no colon after it.

    Some state is left after `base`, and each can be finished, without a colon if the pattern has none from there on.
    """
    state = _left(pattern, base)
    if not inside:
        return state != 0
    return state >> _block(pattern).letters.get(":", 0).bit_length() != 0


def continued(pattern: Wild, base: str) -> tuple[Wild, ...]:
    """Every string of a pattern that begins with `base`, as patterns: `base` and what is left of the pattern after it.

    What is left from before an open star is left from that star on too, so the last one and what follows suffice.
    """
    state = _left(pattern, base)
    loops = state & _block(pattern).loops
    if loops:
        state &= ~((1 << loops.bit_length() - 1) - 1)
    found = []
    at = 0
    for number, token in enumerate((*pattern.tokens, "")):
        starts = number == 0 or pattern.tokens[number - 1] not in {Token.MANY, Token.MANY_INSIDE}
        if starts and state >> at & 1:
            found.append(of_tokens((*base, *pattern.tokens[number:])))
        at += token not in {Token.MANY, Token.MANY_INSIDE}
    return tuple(found)


@lru_cache(maxsize=262_144)
def _left(pattern: Wild, text: str) -> int:
    """The states after a text. ARNs share their beginnings, so those are remembered."""
    cut = max(text.rfind(":", 0, -1), text.rfind("/", 0, -1)) + 1 if len(text) < _SHORT else 0
    state = _left(pattern, text[:cut]) if cut else 1
    block = _block(pattern)
    for char in text[cut:]:
        if not state:
            return 0
        takes, loops = block.letters.get(char, 0) | block.one, block.loops
        if char != ":":
            takes |= block.one_inside
            loops |= block.loops_inside
        state = ((state & takes) << 1) | (state & loops)
    return state


@dataclass(frozen=True)
class _Block:
    """The automaton of one pattern, its start at bit 0: masks of what each character moves, and of what loops."""

    letters: dict[str, int]
    one: int
    one_inside: int
    loops: int
    loops_inside: int
    states: int


@lru_cache(maxsize=16_384)
def _block(pattern: Wild) -> _Block:
    letters: dict[str, int] = {}
    masks = dict.fromkeys(Token, 0)
    at = 0
    for token in pattern.tokens:
        if isinstance(token, str):
            for char in (token, token.upper()) if pattern.fold and len(token.upper()) == 1 else (token,):
                letters[char] = letters.get(char, 0) | 1 << at
        else:
            masks[token] |= 1 << at
        at += token not in {Token.MANY, Token.MANY_INSIDE}
    one, one_inside = masks[Token.ONE], masks[Token.ONE_INSIDE]
    return _Block(letters, one, one_inside, masks[Token.MANY], masks[Token.MANY_INSIDE], at + 1)


class _Product:
    """All patterns of a question side by side in one integer; see the module's docstring."""

    def __init__(self, groups: Sequence[Sequence[Wild]], never: Sequence[Wild]) -> None:
        self.start = self.never = self._next = 0
        self._one = self._one_inside = self._loops = self._loops_inside = 0
        self._letters: dict[str, int] = {}
        self._starred: list[tuple[int, int]] = []
        self.groups: list[tuple[int, int]] = []
        for group in groups:
            mask = ends = 0
            for pattern in group:
                block, end = self._add(_block(pattern))
                mask |= block
                ends |= end
            self.groups.append((mask, ends))
        for pattern in never:
            self.never |= self._add(_block(pattern))[1]
        self._dead = self.never & self._loops
        self._wide = self._one | self._one_inside | self._loops | self._loops_inside
        self._moves: dict[str, tuple[int, int]] = {}
        self._inside = self._one_inside | self._loops_inside
        self._other: str | None = None

    def _add(self, block: _Block) -> tuple[int, int]:
        """Put a pattern behind the others; gives the mask of its states and that of its last one."""
        at = self._next
        self._next += block.states
        self.start |= 1 << at
        for char, mask in block.letters.items():
            self._letters[char] = self._letters.get(char, 0) | mask << at
        self._one |= block.one << at
        self._one_inside |= block.one_inside << at
        self._loops |= block.loops << at
        self._loops_inside |= block.loops_inside << at
        states = ((1 << block.states) - 1) << at
        if block.loops and not block.loops_inside:
            self._starred.append((states, block.loops << at))
        return states, 1 << self._next - 1

    def _moved_by(self, char: str) -> tuple[int, int]:
        """The states that a character moves, and those that it leaves where they are."""
        found = self._moves.get(char)
        if found is None:
            takes, loops = self._letters.get(char, 0) | self._one, self._loops
            if char != ":":
                takes |= self._one_inside
                loops |= self._loops_inside
            found = self._moves[char] = takes, loops
        return found

    def step(self, state: int, char: str) -> int:
        """The states after one character, those before an open star dropped."""
        takes, loops = self._moved_by(char)
        after = ((state & takes) << 1) | (state & loops)
        for block, open_ in self._starred:
            starred = after & open_
            if starred:
                after &= ~(block & ((1 << starred.bit_length() - 1) - 1))
        return after

    def alive(self, state: int) -> bool:
        """Whether every group may still match, and no forbidden pattern matches whatever follows."""
        return not state & self._dead and all(state & mask for mask, _ in self.groups)

    def accepts(self, state: int) -> bool:
        """Whether the string that led here is an answer."""
        return not state & self.never and all(state & ends for _, ends in self.groups)

    def letters(self, state: int) -> Sequence[str]:
        """Characters worth trying.

        Where a group can take only named ones, those; else all that do not act like any other.
        """
        for mask, _ in self.groups:
            here = state & mask
            if not here & self._wide:
                return [char for char, moved in self._letters.items() if here & moved]
        if self._other is None:
            self._other = next((char for char in _FILL if char not in self._letters), None) or self._unused()
        named = [char for char, moved in self._letters.items() if state & moved]
        return [self._other, *named] if not self._inside or ":" in named else [self._other, ":", *named]

    def _unused(self) -> str:
        return next(chr(code) for code in range(0x100, 0x110000) if chr(code) not in self._letters)


def _search(product: _Product) -> str | None:
    start = product.start
    if not product.alive(start):
        return None
    if product.accepts(start):
        return ""
    came: dict[int, tuple[int, str] | None] = {start: None}
    queue = deque([start])
    while queue:
        state = queue.popleft()
        for char in product.letters(state):
            after = product.step(state, char)
            if after in came or not product.alive(after):
                continue
            came[after] = (state, char)
            if product.accepts(after):
                return _spelled(after, came)
            if len(came) > MOST_STATES:
                raise TooLargeError
            queue.append(after)
    return None


def _spelled(state: int, came: dict[int, tuple[int, str] | None]) -> str:
    letters: list[str] = []
    step = came[state]
    while step is not None:
        state, char = step
        letters.append(char)
        step = came[state]
    return "".join(reversed(letters))
