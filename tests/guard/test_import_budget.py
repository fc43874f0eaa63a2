"""What runs inside a function stays small: its cold start pays for every module and every byte."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import casemate_guard

PACKAGE = Path(casemate_guard.__file__).parent
PROJECT = Path(__file__).parents[2] / "guard"

# What redaction may load beside what `re` and `typing` load, which differs from one Python to the next.
REDACT_MAY_IMPORT = {"casemate_guard", "casemate_guard.redact", "bisect", "_bisect"}
# What running a rule set may load; what makes one of its files (`loading`) may load more, `re2` when a rule needs it.
WAF_MAY_IMPORT = {"binascii", "casemate_guard"}
WAF_MODULES = {
    "__init__",
    "bodies",
    "decoding",
    "errors",
    "events",
    "executor",
    "loading",
    "macros",
    "message",
    "multipart",
    "operators",
    "parsing",
    "patterns",
    "reading",
    "rules",
    "sqli",
    "sqltokens",
    "transformations",
    "variables",
    "xss",
}
WHEEL_LIMIT = 150_000


def imported_by(statement: str, *, given: str = "sys") -> set[str]:
    """Return the modules that a bare interpreter, without site, loads for `statement` after it has loaded `given`."""
    program = (
        f"import sys, {given}; sys.path.insert(0, {str(PACKAGE.parent)!r}); before = set(sys.modules); {statement}"
    )
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
    modules = imported_by("import casemate_guard.waf.executor", given="re, typing")
    assert "casemate_guard.waf.executor" in modules
    others = {name for name in modules if not name.startswith("casemate_guard.waf")}
    assert others - WAF_MAY_IMPORT == set()
    assert not modules & {"casemate_guard.waf.loading", "casemate_guard.waf.sqli", "casemate_guard.waf.xss"}


_EVENTS = {
    f"casemate_guard.events{name}" for name in ("", ".budgets", ".decode", ".leaves", ".platforms", ".recognise")
}
_EVENTS |= {"casemate_guard", "casemate_guard.events.text", "casemate_guard.events.web"}
_REDACTION = {f"casemate_guard.redaction{name}" for name in ("", ".cards", ".contacts", ".credentials", ".detector")}
_REDACTION |= {f"casemate_guard.redaction{name}" for name in (".identities", ".policy", ".prefilter", ".redactor")}
_HANDLER = {f"casemate_guard{name}" for name in (".batch", ".decision", ".handler", ".limits")}

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
    "casemate_guard.handler": (_EVENTS | _HANDLER, set(), "re, json, zlib, binascii, time, functools"),
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
