"""What runs inside a function stays small: its cold start pays for every module and every byte."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import casemate_guard
import casemate_waf

PACKAGE = Path(casemate_guard.__file__).parent
WAF = Path(casemate_waf.__file__).parent
PROJECT = Path(__file__).parents[2] / "guard"

# What redaction may load beside what `re` and `typing` load, which differs from one Python to the next.
REDACT_MAY_IMPORT = {"casemate_guard", "casemate_guard.redact", "bisect", "_bisect"}
# What running a rule set may load; what makes one of its files (`loading`) may load more, `re2` when a rule needs it.
WAF_MAY_IMPORT = {"binascii", "casemate_guard"}
WHEEL_LIMIT = 150_000


def imported_by(statement: str, *, given: str = "sys") -> set[str]:
    """Return the modules that a bare interpreter, without site, loads for `statement` after it has loaded `given`."""
    program = f"import sys, {given}; sys.path[:0] = [{str(PACKAGE.parent)!r}, {str(WAF.parent)!r}]; before = set(sys.modules); {statement}"
    program += "; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_package_itself_imports_nothing() -> None:
    assert imported_by("import casemate_guard") == {"casemate_guard"}


def test_redaction_imports_only_what_is_budgeted() -> None:
    modules = imported_by("import casemate_guard.redact", given="re, typing")
    assert "casemate_guard.redact" in modules
    assert modules - REDACT_MAY_IMPORT == set()


def test_running_a_rule_set_imports_only_what_is_budgeted() -> None:
    modules = imported_by("import casemate_waf.executor", given="re, typing")
    assert "casemate_waf.executor" in modules
    others = {name for name in modules if not name.startswith(("casemate_guard.waf", "casemate_waf"))}
    assert others - WAF_MAY_IMPORT == set()
    assert not modules & {"casemate_waf.loading", "casemate_guard.waf.sqli", "casemate_guard.waf.xss"}


_EVENTS = {
    f"casemate_guard.events{name}" for name in ("", ".budgets", ".decode", ".leaves", ".platforms", ".recognise")
}
_EVENTS |= {"casemate_guard", "casemate_guard.events.text", "casemate_guard.events.web"}
_REDACTION = {f"casemate_guard.redaction{name}" for name in ("", ".cards", ".contacts", ".credentials", ".detector")}
_REDACTION |= {f"casemate_guard.redaction{name}" for name in (".identities", ".policy", ".prefilter", ".redactor")}
_HANDLER = {f"casemate_guard{name}" for name in (".batch", ".decision", ".handler", ".limits")}

_SECRETS = {f"casemate_guard{name}" for name in ("", ".cloud", ".secrets")}
_SECRETS |= {f"casemate_guard.secrets.{name}" for name in ("cache", "secret", "sources")}
_ENVELOPE = {f"casemate_guard{name}" for name in ("", ".cloud", ".envelope")}
_ENVELOPE |= {f"casemate_guard.envelope.{name}" for name in ("envelope", "format", "keks")}

_ADAPTERS = {"casemate_guard", "casemate_guard.adapters"}

# The modules of ours that each door loads; what they load of the standard library beside `given`.
BUDGETS: dict[str, tuple[set[str], set[str], str]] = {
    "casemate_guard.events.decode": (_EVENTS, set(), "re, json, zlib, binascii, time"),
    "casemate_guard.redaction.redactor": (
        _REDACTION | {"casemate_guard", "casemate_guard.redact"},
        {"bisect", "_bisect"},
        "re, typing",
    ),
    "casemate_guard.redaction.output": (
        {"casemate_guard", "casemate_guard.redaction", "casemate_guard.redaction.output"},
        set(),
        "logging",
    ),
    "casemate_guard.handler": (_EVENTS | _HANDLER, set(), "re, json, zlib, binascii, time, functools, os"),
    "casemate_guard.policy": ({"casemate_guard", "casemate_guard.policy"}, set(), "sys"),
    "casemate_guard.checks": (
        (_EVENTS - {"casemate_guard.events.decode", "casemate_guard.events.recognise"})
        | {"casemate_guard.checks", "casemate_guard.decision"},
        set(),
        "re, json, zlib, binascii",
    ),
    "casemate_guard.confine": ({"casemate_guard", "casemate_guard.confine"}, set(), "os"),
    "casemate_guard.telling": ({"casemate_guard", "casemate_guard.telling"}, set(), "sys"),
    "casemate_guard.environment": ({"casemate_guard", "casemate_guard.environment"}, set(), "os"),
    "casemate_guard.tls": ({"casemate_guard", "casemate_guard.tls"}, set(), "os, ssl, sys, hashlib, http.client"),
    **{
        f"casemate_guard.cloud.{name}": (
            {"casemate_guard", "casemate_guard.cloud", f"casemate_guard.cloud.{name}"},
            set(),
            "os, time, hmac, hashlib, urllib.parse",
        )
        for name in ("aws", "azure", "google", "vault")
    },
    "casemate_guard.secrets": ({"casemate_guard", "casemate_guard.secrets"}, set(), "sys"),
    "casemate_guard.secrets.cache": (_SECRETS, set(), "os, hmac, threading, time"),
    "casemate_guard.envelope": ({"casemate_guard", "casemate_guard.envelope"}, set(), "sys"),
    "casemate_guard.envelope.envelope": (_ENVELOPE, set(), "os, hmac, threading, time, base64"),
    **{
        f"casemate_guard.envelope.{name}": (
            {f"casemate_guard{one}" for one in ("", ".envelope", f".envelope.{name}", ".envelope.format")},
            set(),
            "os, hmac",
        )
        for name in ("fields", "index", "stream")
    },
    "casemate_guard.envelope.interop": (
        _ENVELOPE - {"casemate_guard.envelope.envelope"} | {"casemate_guard.envelope.interop"},
        set(),
        "os, hmac, base64, importlib",
    ),
    "casemate_guard.signed": ({"casemate_guard", "casemate_guard.signed"}, set(), "hmac, base64, json, time"),
    "casemate_guard.window": (
        {f"casemate_guard{name}" for name in ("", ".cloud", ".cloud.aws", ".window")},
        set(),
        "os, time, hmac, hashlib, urllib.parse",
    ),
    "casemate_guard.hops": ({"casemate_guard", "casemate_guard.hops"}, set(), "sys"),
    "casemate_guard.schema": (
        {"casemate_guard", "casemate_guard.schema", "casemate_guard.keywords"},
        set(),
        "re",
    ),
    "casemate_guard.formats": ({"casemate_guard", "casemate_guard.formats"}, set(), "re"),
    **{
        f"casemate_guard.adapters.{name}": (_ADAPTERS | {f"casemate_guard.adapters.{name}"}, set(), "sys")
        for name in ("azure", "google", "starlette")
    },
    "casemate_guard.adapters.asgi": (
        _ADAPTERS | {f"casemate_guard.adapters.{name}" for name in ("starlette", "asgi")} | _EVENTS | _HANDLER,
        set(),
        "re, json, zlib, binascii, time, functools, os",
    ),
}
OTHERS = {"casemate_guard", "casemate_guard.redact"}  # held by the tests above


@pytest.mark.parametrize("module", BUDGETS)
def test_a_door_imports_only_what_is_budgeted(module: str) -> None:
    ours, library, given = BUDGETS[module]
    assert imported_by(f"import {module}", given=f"{given}, __future__") <= ours | library
    assert ours <= imported_by(f"import {module}")


def test_every_module_of_the_guard_has_a_budget() -> None:
    modules = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in PACKAGE.rglob("*.py")
        if "waf" not in path.parts  # stage B: its own budget comes with its door
    }
    assert modules == OTHERS.union(*(ours for ours, _, _ in BUDGETS.values()))


def test_the_wheel_is_small_and_needs_nothing(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.stat().st_size < WHEEL_LIMIT
    with zipfile.ZipFile(wheel) as archive:
        assert "casemate_guard/py.typed" in archive.namelist()
        (metadata,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("/METADATA"))
    needed = [line for line in metadata.splitlines() if line.startswith("Requires-Dist")]
    assert [line for line in needed if "extra ==" not in line] == []
