"""Secrets, kept: fresh for a while, then served while they are fetched again."""

from __future__ import annotations

import os
from threading import Lock, Thread
from time import time

from casemate_guard.secrets.secret import Secret, SecretError
from casemate_guard.secrets.sources import Place, fetch, fetch_many

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from typing import TypeVar

    T = TypeVar("T")
    Failure = type[BaseException] | tuple[type[BaseException], ...] | Callable[[BaseException], bool]

_PENDING = "AWSPENDING"


class _Entry:
    __slots__ = ("busy", "error", "fetched", "lasts", "lock", "secret", "silent")

    def __init__(self) -> None:
        self.secret: Secret | None = None
        self.fetched = self.lasts = 0.0
        self.error: SecretError | None = None
        self.silent = 0.0
        """Until when the store is not asked again after a failure."""
        self.busy = False
        self.lock = Lock()


class Secrets:
    """A cache of secrets. All times are seconds of the wall clock: a frozen sandbox's monotonic clock stands still.

    - `ttl`, `jitter`: a value is fresh for `ttl`, less a random part of it up to `jitter`, so that not all ask at once.
    - `stale`: that much longer it is still served, while one thread fetches it anew; then callers wait for it.
    - `negative`: that long a secret that is missing or denied is not asked for again; a store that does not answer is
      left alone for a tenth of it.
    - `most`: entries; the oldest goes.
    """

    def __init__(
        self,
        *,
        ttl: float = 300.0,
        jitter: float = 0.1,
        stale: float = 3600.0,
        negative: float = 10.0,
        most: int = 1000,
        clock: Callable[[], float] = time,
        source: Callable[[Place, str], Secret] = fetch,
        sources: Callable[[Sequence[Place]], dict[str, Secret | SecretError]] = fetch_many,
    ) -> None:
        if ttl < 0 or stale < 0 or negative < 0 or not 0 <= jitter < 1 or most < 1:
            raise ValueError("times are not negative, jitter is a part of 1")
        self.ttl, self.jitter, self.stale, self.negative, self.most = ttl, jitter, stale, negative, most
        self._clock, self._fetch, self._fetch_many = clock, source, sources
        self._entries: dict[str, _Entry] = {}
        self._lock = Lock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)

    def _forked(self) -> None:
        """No thread of the parent is in the child: its locks would never open."""
        self._lock = Lock()
        for entry in self._entries.values():
            entry.lock, entry.busy = Lock(), False

    def get(self, name: str) -> Secret:
        """The secret of a name (see `sources`). Raises `SecretError`."""
        place = Place(name)
        entry = self._entry(place)
        now = self._clock()
        if (age := self._age(entry, now)) is None:
            with entry.lock:  # one asks, the others wait
                if self._age(entry, self._clock()) is None:
                    self._refuse(entry, now)
                    self._refresh(place, entry)
        elif age > entry.lasts and not entry.busy and now >= entry.silent:
            entry.busy = True
            Thread(target=self._later, args=(place, entry), daemon=True).start()
        return self._member(entry, place)

    def get_many(self, names: Iterable[str]) -> dict[str, Secret]:
        """The secrets of several names, in as few requests as their stores allow. Raises `SecretError`."""
        places = {name: Place(name) for name in names}
        asked: dict[str, Place] = {}
        now = self._clock()
        for place in places.values():
            if self._age(entry := self._entry(place), now) is None and place.whole not in asked:
                self._refuse(entry, now)
                asked[place.whole] = place
        for whole, found in (self._fetch_many(list(asked.values())) if asked else {}).items():
            self._store(self._entry(asked[whole]), found)
        return {name: self._member(self._entry(place), place) for name, place in places.items()}

    async def aget(self, name: str) -> Secret:
        """`get` without holding up the event loop."""
        entry = self._entries.get(Place(name).whole)
        age = self._age(entry, self._clock()) if entry else None
        if entry is not None and age is not None and age <= entry.lasts:
            return self.get(name)
        from asyncio import to_thread

        return await to_thread(self.get, name)

    async def aget_many(self, names: Iterable[str]) -> dict[str, Secret]:
        """`get_many` without holding up the event loop."""
        from asyncio import to_thread

        return await to_thread(self.get_many, list(names))

    def newest(self, name: str, than: Secret | None = None) -> Secret | None:
        """The secret as its store has it now, or None where that is no other than `than`.

        Where Secrets Manager still has that one as current, its pending version counts: while a rotation is under way,
        the service it is for may know that already. That version is not kept.
        """
        place = Place(name)
        entry = self._entry(place)
        with entry.lock:
            self._refresh(place, entry)
        found = self._member(entry, place)
        if than is None or found != than:
            return found
        if place.kind == "aws-sm" and not place.options.keys() & {"stage", "version"}:
            try:
                pending = self._fetch(place, _PENDING)
                pending = pending.field(place.member) if place.member else pending
            except SecretError:
                return None
            return pending if pending != than else None
        return None

    def with_rotation(self, name: str, use: Callable[[Secret], T], failure: Failure = PermissionError) -> T:
        """`use(secret)`; where it raises `failure`, once more with the newest version, if that is another.

        `failure`: the exceptions that mean "wrong credentials", or a function that says so of one.
        """
        secret = self.get(name)
        try:
            return use(secret)
        except Exception as error:
            if not _is(error, failure) or (newer := self.newest(name, secret)) is None:
                raise
        return use(newer)

    async def awith_rotation(
        self, name: str, use: Callable[[Secret], Awaitable[T]], failure: Failure = PermissionError
    ) -> T:
        """`with_rotation` for a coroutine."""
        from asyncio import to_thread

        secret = await self.aget(name)
        try:
            return await use(secret)
        except Exception as error:
            if not _is(error, failure) or (newer := await to_thread(self.newest, name, secret)) is None:
                raise
        return await use(newer)

    def forget(self) -> None:
        """Drop what is kept."""
        with self._lock:
            self._entries.clear()

    def _entry(self, place: Place) -> _Entry:
        found = self._entries.get(place.whole)
        if found is None:
            with self._lock:
                found = self._entries.setdefault(place.whole, _Entry())
                while len(self._entries) > self.most:
                    del self._entries[next(iter(self._entries))]
        return found

    def _age(self, entry: _Entry, now: float) -> float | None:
        """Seconds since a value was fetched; None where it cannot be served, a clock that was set back included."""
        age = now - entry.fetched
        return age if entry.secret is not None and 0 <= age <= entry.lasts + self.stale else None

    def _refuse(self, entry: _Entry, now: float) -> None:
        if entry.error is not None and now < entry.silent:
            raise SecretError(entry.error.name, entry.error.reason, entry.error.detail)

    def _refresh(self, place: Place, entry: _Entry) -> None:
        try:
            self._store(entry, self._fetch(place, ""))
        except SecretError as error:
            self._store(entry, error)
            raise

    def _later(self, place: Place, entry: _Entry) -> None:
        try:
            self._refresh(place, entry)
        except Exception:  # noqa: BLE001, S110 - the value that is there is served until it is too old
            pass
        finally:
            entry.busy = False

    def _store(self, entry: _Entry, found: Secret | SecretError) -> None:
        now = self._clock()
        if isinstance(found, Secret):
            entry.secret, entry.fetched, entry.error, entry.silent = found, now, None, 0.0
            entry.lasts = self.ttl * (1 - self.jitter * os.urandom(1)[0] / 255)
            return
        entry.error = found
        entry.silent = now + self.negative * (0.1 if found.reason == "unavailable" else 1)
        if found.reason in {"missing", "denied"}:
            entry.secret = None  # it was deleted or taken away: that is not to be outlived

    def _member(self, entry: _Entry, place: Place) -> Secret:
        if entry.secret is None:
            error = entry.error or SecretError(place.whole, "unavailable")
            raise SecretError(error.name, error.reason, error.detail)
        return entry.secret.field(place.member) if place.member else entry.secret


def _is(error: BaseException, failure: Failure) -> bool:
    if isinstance(failure, type | tuple):
        return isinstance(error, failure)
    return failure(error)
