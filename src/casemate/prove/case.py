"""What is judged: the sink, the token and the payload that was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casemate.prove.payloads import Payload


class Case:
    """What is judged. `callee`, `language`, `site`: of the sink; `base`: where relative paths start from."""

    def __init__(self, callee: str, language: str, token: str, payload: Payload, base: str, site: int = 0) -> None:
        self.site = site
        self.callee = callee
        self.language = language
        self.token = token
        self.payload = payload
        self.base = base

    @property
    def last(self) -> str:
        """The last name of the sink."""
        return self.callee.rpartition(".")[2]
