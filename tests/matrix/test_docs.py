"""The matrix in the documentation is the one that is tested, and it is large enough to mean something."""

from __future__ import annotations

import re
from pathlib import Path

from tests.matrix.cells import Outcome, load_rows
from tests.matrix.table import BEGIN, DOCUMENT, END, written

ROOT = Path(__file__).parents[2]


def test_the_document_holds_the_matrix_that_is_exercised() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")

    assert BEGIN in document
    assert END in document
    assert document == written(document), "run: python -m tests.matrix.table"


def test_the_matrix_has_every_kind_of_call_and_enough_cells() -> None:
    rows = load_rows()

    assert {row.vendor for row in rows} == {"rodin", "database", "files", "s3", "discord", "slack"}
    assert sum(isinstance(outcome, Outcome) for row in rows for outcome in row.cells.values()) >= 300


def test_every_test_that_the_document_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", DOCUMENT.read_text(encoding="utf-8"))

    assert sum(bool(test) for _, test in named) >= 10
    for path, test in named:
        source = (ROOT / path).read_text(encoding="utf-8")
        assert f"def {test}(" in source if test else source, f"{path}::{test} is named and does not exist"
