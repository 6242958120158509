"""The document about what is kept of people names everything that is kept, and how much an export holds."""

from __future__ import annotations

import re
from pathlib import Path

from bot.export import LARGEST_BYTES, MOST_TASKS
from bot.janitor import REMEMBERED_FOR
from bot.requests import VENDOR_KEEPS
from storage.schema import metadata

TEXT = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")


def test_it_has_a_row_for_every_table_of_the_database() -> None:
    section = TEXT.partition("## What the database holds\n")[2].partition("\n## ")[0]
    first_cells = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)

    assert sorted(name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)) == sorted(metadata.tables)


def test_its_numbers_are_those_of_the_code() -> None:
    assert f"a ZIP of {LARGEST_BYTES // 1_000_000} MB at most" in TEXT
    assert f"the newest {MOST_TASKS:,} are" in TEXT
    assert f"| after {REMEMBERED_FOR.days} days |" in TEXT
    assert f"| {VENDOR_KEEPS.days} days, by Hyper3D's own word" in TEXT
