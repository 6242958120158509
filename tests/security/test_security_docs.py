"""SECURITY.md names, for each threat, tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
TABLE = TEXT.partition("<!-- threats -->")[2].partition("\n## ")[0]
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in TABLE.splitlines() if line.startswith("| ")]
THREATS = ROWS[1:]
NAMED = sorted({name for row in THREATS for name in re.findall(r"`(tests/[^`]+)`", row[2])})


def test_every_threat_has_something_that_stops_it_and_a_test() -> None:
    assert len(THREATS) > 20
    assert all(len(row) == 3 and row[1] and re.search(r"`tests/[^`]+`", row[2]) for row in THREATS)


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_is_named_exists(name: str) -> None:
    path, _, function = name.partition("::")

    source = (ROOT / path).read_text(encoding="utf-8")

    assert re.search(rf"^(?:async )?def {function or 'test_'}", source, re.MULTILINE) or path == "tests/secrecy.py"


def test_every_file_of_these_tests_is_named_there() -> None:
    here = {f"tests/security/{path.name}" for path in Path(__file__).parent.glob("test_*.py")}

    assert here - {"tests/security/test_security_docs.py"} <= {name.partition("::")[0] for name in NAMED}


def test_every_attacker_has_something_that_they_must_not() -> None:
    attackers = TEXT.partition("## Who attacks")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in attackers.splitlines() if line.startswith("| ")]

    assert len(rows) == 9
    assert all(len(row) == 3 and all(cell.strip() for cell in row) for row in rows)
