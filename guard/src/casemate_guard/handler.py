"""`@guard()`: recognise, decode, decide per record, run the handler under limits, redact what it logs and raises."""

from __future__ import annotations

from functools import wraps

from casemate_guard.batch import Division, RejectedError, divide, response
from casemate_guard.decision import Decision, judge
from casemate_guard.events.decode import Decoded, decode
from casemate_guard.limits import LARGEST_RESPONSE, Alarm, TimeLimitError, check_size, seconds_left

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from casemate_guard.batch import Sink
    from casemate_guard.decision import Inspect
    from casemate_guard.events.budgets import Budgets
    from casemate_guard.redaction.redactor import Redactor

    Mode = Literal["observe", "enforce", "off"]
    Handler = Callable[..., object]
    Tell = Callable[[Decoded, Decision], object]

_HTTP = frozenset({"http-v1", "http-v2", "function-url", "alb", "websocket", "vpc-lattice", "s3-object-lambda", "http"})
_CO_COROUTINE = 0x80  # CPython's `inspect.CO_COROUTINE`
_TEXTS = {400: "Bad Request", 403: "Forbidden"}


class Guard:
    """The settings of one function's guard; `protect` wraps a handler with them.

    - `mode`: `enforce`; `observe` decides and tells, but lets everything through; `off` does nothing at all.
    - `budgets`: of the decoder; `beyond`: `reject` or `report` what goes beyond them; `inspect`: the hook of the WAF.
    - `sink`: keeps hostile records (`batch.Sink`); without one they count as failed. `tell`: hears every decision that
      is not `allow`; where it raises, nothing else happens.
    - `redactor`: masks logs, standard streams and exceptions; None leaves them alone.
    - `seconds`, `largest_response`: limits of an invocation.
    """

    def __init__(  # noqa: PLR0913 - one keyword a setting
        self,
        *,
        mode: Mode = "enforce",
        budgets: Budgets | None = None,
        beyond: Literal["reject", "report"] = "reject",
        inspect: Inspect | None = None,
        sink: Sink | None = None,
        tell: Tell | None = None,
        redactor: Redactor | None = None,
        seconds: float | None = None,
        largest_response: int = LARGEST_RESPONSE,
    ) -> None:
        if mode not in {"enforce", "observe", "off"}:
            raise ValueError(f"there is no mode {mode!r}; one of enforce, observe, off")
        if beyond not in {"reject", "report"}:
            raise ValueError(f"beyond is reject or report, not {beyond!r}")
        self.mode = mode
        self.budgets = budgets
        self.beyond = beyond
        self.inspect = inspect
        self.sink = sink
        self.tell = tell
        self.redactor = redactor
        self.seconds = seconds
        self.largest_response = largest_response

    def protect(self, handler: Handler) -> Handler:
        """The handler under guard; a coroutine function stays one."""
        if self.mode == "off":
            return handler
        if self.redactor is not None:
            from casemate_guard.redaction.output import install

            install(self.redactor)
        if _is_coroutine(handler):
            return self._protect_async(handler)

        @wraps(handler)
        def guarded(event: object, context: object = None, *rest: object) -> object:
            division, answer = self._admit(event)
            if division is None:
                return answer
            try:
                with Alarm(seconds_left(context, self.seconds) if self.seconds is not None else None):
                    result = handler(division.event, context, *rest) if self._has_work(division) else None
                return self._leave(division, result)
            except Exception as error:
                self._redact(error)
                raise

        return guarded

    def _protect_async(self, handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(event: object, context: object = None, *rest: object) -> object:
            from asyncio import timeout
            from collections.abc import Awaitable

            division, answer = self._admit(event)
            if division is None:
                return answer
            limit = seconds_left(context, self.seconds) if self.seconds is not None else None
            timer = timeout(limit)
            try:
                async with timer:
                    work = handler(division.event, context, *rest) if self._has_work(division) else None
                    result = await work if isinstance(work, Awaitable) else work
                return self._leave(division, result)
            except TimeoutError as error:
                self._redact(error)
                if timer.expired():
                    raise TimeLimitError("the handler took longer than its budget") from None
                raise
            except Exception as error:
                self._redact(error)
                raise

        return guarded

    def _admit(self, event: object) -> tuple[Division | None, object]:
        """The division of the event, or None and the answer that refuses it."""
        found = decode(event, self.budgets)
        decision = judge(found, self.inspect, beyond=self.beyond)
        if decision.verdict == "allow":
            return _undivided(found, event), None
        if self.tell is not None:
            self._tell(self.tell, found, decision)
        if self.mode == "observe":
            return _undivided(found, event), None
        if found.records and decision.refused:
            return divide(found.trigger, event, found.records, decision, self.sink), None
        return None, refusal(found.trigger, decision)

    @staticmethod
    def _tell(tell: Tell, found: Decoded, decision: Decision) -> None:
        from contextlib import suppress

        with suppress(Exception):  # a sink can never fail the handler
            tell(found, decision)

    @staticmethod
    def _has_work(division: Division) -> bool:
        return bool(division.delivered) or not division.records

    def _leave(self, division: Division, result: object) -> object:
        check_size(result, self.largest_response)
        return response(division, result)

    def _redact(self, error: BaseException) -> None:
        if self.redactor is not None:
            from casemate_guard.redaction.output import redact_exception

            redact_exception(error, self.redactor)


def _is_coroutine(handler: object) -> bool:
    """Whether it is a coroutine function or an object that is called like one; `inspect` would cost more than we do."""
    while not hasattr(handler, "__code__") and hasattr(handler, "func"):  # functools.partial
        handler = handler.func
    code = getattr(getattr(handler, "__func__", handler), "__code__", None)
    if code is None:
        code = getattr(getattr(type(handler), "__call__", None), "__code__", None)  # noqa: B004 - its code is wanted
    return bool(getattr(code, "co_flags", 0) & _CO_COROUTINE)


def _undivided(found: Decoded, event: object) -> Division:
    division = Division(found.trigger, event, found.records)
    division.delivered = list(range(len(found.records)))
    return division


def refusal(trigger: str, decision: Decision) -> object:
    """The answer to a caller, plain and without detail: 400 for what is malformed, else 403. Other triggers raise."""
    if trigger.startswith("authorizer-"):
        raise RejectedError("Unauthorized")  # the very word for which API Gateway answers 401
    if trigger not in _HTTP:
        raise RejectedError("event rejected")
    status = 400 if all(reason.malformed for reason in decision.reasons) else 403
    answer: dict[str, object] = {
        "statusCode": status,
        "headers": {"content-type": "text/plain", "cache-control": "no-store"},
        "body": _TEXTS[status],
        "isBase64Encoded": False,
    }
    if trigger == "alb":
        answer["statusDescription"] = f"{status} {_TEXTS[status]}"
    return answer


def guard(**settings: object) -> Callable[[Handler], Handler]:
    """Decorate a handler: `@guard()`, or with any setting of `Guard`."""
    return Guard(**settings).protect  # type: ignore[arg-type]  # Guard names and checks them
