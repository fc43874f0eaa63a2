"""The table of the inventory, as people read it."""

from __future__ import annotations

from dataclasses import replace

from tests.outputs.inventory_sample import BROKEN, KEY, PASSWORD, read, sample

from casemate.model.inventory import Inventory
from casemate.outputs.escaping import text_cells
from casemate.outputs.inventory_table import render_inventory


def _section(text: str, title: str) -> list[str]:
    lines = text.split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith(f"{title} ("))
    return lines[start : lines.index("", start)]


def test_functions_come_first_with_what_reaches_them_and_what_they_touch() -> None:
    text = render_inventory(sample())
    assert text.startswith("Functions (2)\n")
    create = next(line for line in _section(text, "Functions") if line.startswith("  Create"))
    assert create.split()[1:3] == ["python3.12", "app.create"]
    assert "in the template  public" in create
    for part in ("POST /things", "schedule", "Shared", "Uploads (reads and writes)", "template.yaml:18"):
        assert part in create


def test_columns_are_aligned_and_end_with_the_place() -> None:
    for title in ("Functions", "Routes", "Roles", "Stores"):
        _, heads, *rows = _section(render_inventory(sample()), title)
        column = text_cells(heads[: heads.index("place")])
        assert rows
        assert all(row[column - 2 : column] == "  " and row[column:].startswith("template.yaml:") for row in rows)


def test_values_of_secrets_are_never_shown() -> None:
    text = render_inventory(sample())
    assert PASSWORD not in text
    assert KEY not in text
    assert "literal in the template" in _section(text, "Secrets")[2]


def test_defaults_and_unknown_values_are_told_apart() -> None:
    stores = _section(render_inventory(sample()), "Stores")
    assert "(default)" in stores[2]


def test_what_was_not_read_stands_at_the_end() -> None:
    text = render_inventory(read({"template.yaml": BROKEN}))
    assert "Nothing serverless was found." in text
    assert "Not or not fully read (1)" in text
    assert "Problems of the input (1)" in text


def test_an_empty_inventory_says_so() -> None:
    assert render_inventory(Inventory()).startswith("Nothing serverless was found.\n")


def test_control_characters_are_spelt_out() -> None:
    inventory = sample()
    function = replace(inventory.functions[0], name="a\x1b[31m\nb\u202ec")
    text = render_inventory(replace(inventory, functions=(function,)))
    assert "a\\x1b[31m b\\u202ec" in text
    assert "\x1b" not in text
