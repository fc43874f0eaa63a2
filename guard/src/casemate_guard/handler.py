"""`@guard()`: recognise, decode, decide per record, run the handler under limits, redact what it logs and raises."""

from __future__ import annotations

from functools import wraps

from casemate_guard.batch import Division, Quarantined, RejectedError, divide, response
from casemate_guard.decision import Decision, judge, starter
from casemate_guard.events.decode import Decoded, decode
from casemate_guard.limits import LARGEST_RESPONSE, Alarm, SizeLimitError, TimeLimitError, check_size, seconds_left

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Literal

    from casemate_guard.adapters import Door
    from casemate_guard.batch import Sink
    from casemate_guard.checks import Checks
    from casemate_guard.decision import Inspect, Reason
    from casemate_guard.events.budgets import Budgets
    from casemate_guard.policy import Policy
    from casemate_guard.redaction.redactor import Redactor
    from casemate_guard.telling import Teller

    Mode = Literal["observe", "enforce", "off"]
    Handler = Callable[..., object]
    Tell = Callable[[Decoded, Decision], object]

_HTTP = frozenset({"http-v1", "http-v2", "function-url", "alb", "websocket", "vpc-lattice", "s3-object-lambda", "http"})
_ONE_WAY = frozenset(
    {
        *(
            "eventbridge",
            "schedule",
            "cloudwatch-logs",
            "cloudwatch-alarm",
            "iot",
            "codepipeline",
            "config",
            "cloudevent",
        ),
        *("google-cloudevent", "google-event", "azure-queue", "azure-service-bus", "azure-timer", "azure-blob"),
        *("azure-event-grid", "azure-event-hub", "azure-cosmos-db", "kafka"),
    }
)
"""Triggers whose senders wait for no answer: what is kept in the quarantine is done with."""
_CO_COROUTINE = 0x80  # CPython's `inspect.CO_COROUTINE`
TEXTS = {400: "Bad Request", 403: "Forbidden"}


class Guard:
    """The settings of one function's guard; `protect` wraps a handler with them.

    - `mode`: `enforce`; `observe` decides and tells, but lets everything through; `off` does nothing at all.
    - `budgets`: of the decoder; `beyond`: `reject` or `report` what goes beyond them; `inspect`: the hook of the WAF
      (`starter`: our own rules, also `decision.starter(paranoia, modes)`; None: nothing is inspected).
    - `sink`: keeps hostile records (`batch.Sink`); without one they count as failed. `tell`: hears every decision that
      is not `allow`; where it raises, nothing else happens.
    - `redactor`: masks logs, standard streams and exceptions; None leaves them alone.
    - `seconds`, `largest_response`: limits of an invocation.
    - `policy`: what all of this is taken from, and the checks, allow-lists and sinks that only a policy has.
    """

    def __init__(  # noqa: PLR0913 - one keyword a setting
        self,
        *,
        mode: Mode | None = None,
        budgets: Budgets | None = None,
        beyond: Literal["reject", "report"] = "reject",
        inspect: Inspect | Literal["starter"] | None = "starter",
        sink: Sink | None = None,
        tell: Tell | None = None,
        redactor: Redactor | None = None,
        seconds: float | None = None,
        largest_response: int | None = None,
        policy: Policy | None = None,
    ) -> None:
        if policy is not None and (mode, budgets, seconds, largest_response) != (None, None, None, None):
            raise TypeError("mode, budgets and limits are the policy's where there is one")
        mode = mode or "enforce"
        if mode not in {"enforce", "observe", "off"}:
            raise ValueError(f"there is no mode {mode!r}; one of enforce, observe, off")
        if beyond not in {"reject", "report"}:
            raise ValueError(f"beyond is reject or report, not {beyond!r}")
        self.mode: str = mode
        self.budgets = budgets
        self.beyond = beyond
        self.inspect = starter() if inspect == "starter" else inspect
        self.sink = sink
        self.tell = tell
        self.redactor = redactor
        self.seconds = seconds
        self.largest_response = LARGEST_RESPONSE if largest_response is None else largest_response
        self.policy = policy
        self.checks: Checks | None = None
        self.teller: Teller | None = None
        if policy is not None:
            if inspect == "starter":
                self.inspect = None if policy.waf is None else _inspector(policy)
            self._adopt(policy)

    def _adopt(self, policy: Policy) -> None:
        """Take from the policy what no keyword said."""
        from casemate_guard.checks import Checks
        from casemate_guard.events.budgets import Budgets
        from casemate_guard.telling import Teller

        self.mode = policy.mode
        if self.mode == "off":
            return
        asked = policy.budgets
        names = ("depth", "keys", "leaves", "size", "layers", "growth", "seconds")
        self.budgets = Budgets(**{name: getattr(asked, name) for name in names})
        self.seconds = asked.time
        self.largest_response = asked.response
        if policy.redaction is not None and self.redactor is None:
            from os import environ

            from casemate_guard.redaction.policy import policy_from
            from casemate_guard.redaction.redactor import KINDS, Redactor

            self.redactor = Redactor(policy_from(policy.redaction, environ, KINDS))
        self.checks = Checks(policy)
        self.teller = Teller(policy, self.redactor.redact if self.redactor else None)
        if policy.sinks.quarantine is not None and self.sink is None:
            self.sink = self.teller.keep

    @property
    def largest_body(self) -> int:
        """Bytes of a request that are worth reading."""
        return self.budgets.size if self.budgets is not None else 16 << 20

    def start(self) -> None:
        """What happens once, while the process starts: logs are redacted, limits are got ready."""
        if self.mode == "off":
            return
        if self.redactor is not None:
            from casemate_guard.redaction.output import install

            install(self.redactor)
        policy = self.policy
        if policy is None or self.teller is None:
            return
        if any(getattr(policy.allow, kind) is not None for kind in policy.allow.__slots__):
            from casemate_guard import confine

            confine.add(policy, self.teller.limited)
        if policy.budgets.hops is not None:
            from casemate_guard.confine import each_session
            from casemate_guard.hops import listen

            each_session(listen)

    def protect(self, handler: Handler) -> Handler:
        """The handler under guard; a coroutine function stays one."""
        if self.mode == "off":
            return handler
        self.start()
        if _is_coroutine(handler):
            return self._protect_async(handler)

        @wraps(handler)
        def guarded(*args: object, **named: object) -> object:
            door = _door(args, named)
            context = args[1] if len(args) > 1 else named.get("context")
            try:
                division, answer = self._admit(args, door, context)
                if division is None:
                    return answer
                args, named = _given(division, door, args, named)
                with Alarm(seconds_left(context, self.seconds) if self.seconds is not None else None):
                    result = handler(*args, **named) if self._has_work(division) else None
                return self._leave(division, result)
            except Exception as error:
                self._failed(error)
                raise
            finally:
                self.finish()

        return guarded

    def _protect_async(self, handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(*args: object, **named: object) -> object:
            from asyncio import timeout
            from collections.abc import Awaitable

            door = _door(args, named)
            if door is not None and hasattr(door, "opened"):
                await door.opened()
            context = args[1] if len(args) > 1 else named.get("context")
            timer = timeout(seconds_left(context, self.seconds) if self.seconds is not None else None)
            try:
                division, answer = self._admit(args, door, context)
                if division is None:
                    return answer
                args, named = _given(division, door, args, named)
                async with timer:
                    work = handler(*args, **named) if self._has_work(division) else None
                    result = await work if isinstance(work, Awaitable) else work
                return self._leave(division, result)
            except TimeoutError as error:
                late = TimeLimitError("the handler took longer than its budget") if timer.expired() else error
                self._failed(late)
                if late is not error:
                    raise late from None
                raise
            except Exception as error:
                self._failed(error)
                raise
            finally:
                self.finish()

        return guarded

    # --- before the handler
    def judged(self, event: object, trigger: str | None = None, context: object = None) -> tuple[Decoded, Decision]:
        """What an event is and what is decided about it, whatever the mode."""
        found = decode(event, self.budgets, trigger=trigger)
        checks, policy = self.checks, self.policy
        if checks is None or policy is None:
            return found, judge(found, self.inspect, beyond=self.beyond)

        def more() -> Iterable[Reason]:
            return checks.reasons(found, event, context)

        # Rules have their own mode here; that of the function is looked at afterwards.
        return found, judge(found, self.inspect, beyond=self.beyond, more=more, mode_of=policy.own_mode)

    def decide(self, event: object, trigger: str | None = None, context: object = None) -> Decision | None:
        """The decision that refuses an event that is no batch, told to the sinks; None where the handler gets it."""
        found, decision = self.judged(event, trigger, context)
        self._told(found, decision, context)
        return None if decision.verdict == "allow" or self.mode == "observe" else decision

    def _told(self, found: Decoded, decision: Decision, context: object) -> None:
        if self.teller is not None:
            from casemate_guard import confine

            confine.activate()
            self.teller.begin(context)
            self.teller.decided(found, decision, enforced=self.mode == "enforce")
        if self.tell is not None and decision.verdict != "allow":
            from contextlib import suppress

            with suppress(Exception):  # a sink can never fail the handler
                self.tell(found, decision)

    def _admit(self, args: tuple[object, ...], door: Door | None, context: object) -> tuple[Division | None, object]:
        """The division of the event, or None and the answer that refuses it."""
        event = door.event if door is not None else args[0] if args else None
        found, decision = self.judged(event, None if door is None else door.trigger, context)
        self._told(found, decision, context)
        if decision.verdict == "allow" or self.mode == "observe":
            return _undivided(found, event), None
        if found.records and decision.refused:
            return divide(found.trigger, event, found.records, decision, self.sink), None
        if self.sink is not None and found.trigger in _ONE_WAY:
            self.sink(
                Quarantined(found.trigger, event, None, decision.reasons)
            )  # where it raises, the event comes again
            return None, None
        return None, refusal(found.trigger, decision) if door is None else door.refusal(decision)

    # --- after it
    @staticmethod
    def _has_work(division: Division) -> bool:
        return bool(division.delivered) or not division.records

    def _leave(self, division: Division, result: object) -> object:
        try:
            check_size(result, self.largest_response)
        except SizeLimitError:
            mode = "enforce" if self.policy is None else self.policy.mode_of("limit:response")
            if mode == "enforce" and self.mode == "enforce":
                raise
            if self.teller is not None and mode != "off":
                self.teller.limited("limit:response", "", "observe")
        if self.redactor is not None and self.policy is not None and self.policy.responses:
            from casemate_guard.redaction.output import redacted

            result = redacted(result, self.redactor)
        return response(division, result)

    def _failed(self, error: BaseException) -> None:
        if self.teller is not None and isinstance(error, TimeLimitError | SizeLimitError):
            self.teller.limited(f"limit:{'time' if isinstance(error, TimeLimitError) else 'response'}", "", "enforce")
        if self.redactor is not None:
            from casemate_guard.redaction.output import redact_exception

            redact_exception(error, self.redactor)

    def finish(self) -> None:
        """Send what waits for the sinks, within their budget."""
        if self.teller is not None:
            self.teller.flush()


def _inspector(policy: Policy) -> Inspect:
    from casemate_guard.policy import PolicyError

    waf = policy.waf
    if waf is None or waf.rules == "starter":
        return starter(waf.paranoia if waf else 1, policy.rules, threshold=waf.threshold if waf else 5)
    from casemate_waf.artefact import ArtefactError
    from casemate_waf.hook import hook

    try:
        with open(waf.rules, "rb") as file:  # noqa: PTH123 - pathlib costs a cold start 5 ms
            return hook(file.read())
    except (OSError, ArtefactError) as error:
        raise PolicyError(f"{error}", "waf.rules") from None


def _door(args: tuple[object, ...], named: dict[str, object]) -> Door | None:
    """How the platform calls; None for a plain JSON value, which is how Lambda does."""
    if args and type(args[0]) is dict:
        return None
    from casemate_guard.adapters import door

    return door(args, named)


def _given(
    division: Division, door: Door | None, args: tuple[object, ...], named: dict[str, object]
) -> tuple[tuple[object, ...], dict[str, object]]:
    """What the handler is called with."""
    if door is not None:
        return door.arguments(division, args, named)
    return (division.event, *args[1:]) if args else args, named


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


def status_of(decision: Decision) -> int:
    """400 for what is malformed, else 403."""
    return 400 if all(reason.malformed for reason in decision.reasons if reason.mode == "enforce") else 403


def refusal(trigger: str, decision: Decision) -> object:
    """The answer to a caller, plain and without detail. Triggers without one raise."""
    if trigger.startswith("authorizer-"):
        raise RejectedError("Unauthorized")  # the very word for which API Gateway answers 401
    if trigger not in _HTTP:
        raise RejectedError("event rejected")
    status = status_of(decision)
    answer: dict[str, object] = {
        "statusCode": status,
        "headers": {"content-type": "text/plain", "cache-control": "no-store"},
        "body": TEXTS[status],
        "isBase64Encoded": False,
    }
    if trigger == "alb":
        answer["statusDescription"] = f"{status} {TEXTS[status]}"
    return answer


def guard_for(handler: object, settings: dict[str, object]) -> Guard:
    """The guard of a handler: by settings, else by the policy beside the handler.

    `policy` among the settings may be a path. Raises `PolicyError` for a policy that is wrong: the function must not
    start half protected. Where there is no policy, the defaults hold, and standard error says so.
    """
    from casemate_guard.policy import FILE, Policy, PolicyError, read_policy

    path = settings.get("policy")
    if not settings or isinstance(path, str):
        name, beside = _places(handler)
        path = path if isinstance(path, str) else f"{beside}/{FILE}"
        try:
            policy = read_policy(path, name)
        except FileNotFoundError:
            if settings:
                raise
            import sys

            print(f"casemate-guard: there is no {path}: the default policy holds", file=sys.stderr)  # noqa: T201
            policy = Policy()
        settings = {**settings, "policy": policy}
        try:
            return Guard(**settings)  # type: ignore[arg-type]  # Guard names and checks them
        except PolicyError as error:  # a schema, a rule set
            raise PolicyError(f"{error}", path) from None
    return Guard(**settings)  # type: ignore[arg-type]  # as above


def _places(handler: object) -> tuple[str, str]:
    """What policies call the handler (`app.handler`), and its folder: of an object (ASGI) the present."""
    while hasattr(handler, "__wrapped__"):
        handler = handler.__wrapped__
    code = getattr(getattr(handler, "__func__", handler), "__code__", None)
    folder, _, file = getattr(code, "co_filename", "app.py").replace("\\", "/").rpartition("/")
    return f"{file.removesuffix('.py')}.{getattr(handler, '__name__', 'app')}", folder or "."


def _open_environment() -> None:
    """Modules read their variables while they are imported, before any handler is decorated."""
    from os import environ

    if any(value.startswith("casemate-env/") for value in environ.values()):
        from casemate_guard.environment import install

        install()


_open_environment()


def guard(**settings: object) -> Callable[[Handler], Handler]:
    """Decorate a handler: `@guard()` reads `guard-policy.json` beside it; or give any setting of `Guard`."""
    return lambda handler: guard_for(handler, settings).protect(handler)
