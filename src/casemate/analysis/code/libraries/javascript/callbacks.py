"""Calls that call back: arrays, promises, events.

Sources: ECMAScript specification (Array.prototype, Promise.prototype), Node.js documentation, "Events", "Stream".
"""

from __future__ import annotations

from casemate.analysis.code.models import Calls, Model, Passes

_EACH = ("map", "forEach", "filter", "find", "findLast", "some", "every", "flatMap", "findIndex")

MODELS: tuple[Model, ...] = (
    *(Calls(f"*.{name}", 0, ("self", None, None)) for name in _EACH),
    Calls("*.reduce", 0, (1, "self", None)), Calls("*.reduceRight", 0, (1, "self", None)),
    Calls("*.sort", 0, ("self", "self")),
    Calls("Array.from", 1, (0,)),
    Calls("*.then", 0, ("self",)), Calls("*.then", 1), Calls("*.catch", 0), Calls("*.finally", 0),
    Calls("Promise", 0),
    *(Passes(f"Promise.{name}", (0,)) for name in ("resolve", "all", "allSettled", "any", "race", "reject")),
    *(Calls(f"*.{name}", 1) for name in ("on", "once", "addListener", "subscribe")),
    *(Calls(f"async.{name}", 1, (0,)) for name in ("each", "map", "forEach", "eachSeries", "eachLimit", "mapSeries")),
    *(Calls(f"lodash.{name}", 1, (0,)) for name in ("map", "forEach", "each", "filter", "find", "flatMap", "some")),
    Calls("bluebird.map", 1, (0,)), Calls("p-map", 1, (0,)), Calls("util.promisify", 0),
)  # fmt: skip
