"""The table: reads `cells.toml`, in which every cell of the matrix is expected or left out with a reason."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.matrix.faults import REPEATED, Fault

TABLE = Path(__file__).with_name("cells.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How it ends: words of what the person sees, the task's state ("-" where there is none), what is charged."""

    name: str
    said: str
    state: str
    charged: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One outside call. `times` says how often in a row a fault strikes it, `about` what it is there for.

    A fault that the vendor's own library repeats by itself strikes `stubborn` times, so that it gives up as well.
    `call` is its kind on the wire; the same kind may have two rows, with another setting each.
    """

    name: str
    call: str
    scene: str
    times: int
    stubborn: int
    about: str
    cells: Mapping[Fault, Outcome | str]

    @property
    def vendor(self) -> str:
        """Whose call it is."""
        return self.name.partition(" ")[0]

    def strikes(self, fault: Fault) -> int:
        """Return how often in a row a fault strikes."""
        return self.stubborn if fault in REPEATED else self.times


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell that is exercised."""

    row: Row
    fault: Fault
    outcome: Outcome

    def __str__(self) -> str:
        return f"{self.row.name}-{self.fault}".replace(" ", "_")


def load_rows() -> tuple[Row, ...]:
    """Return the rows in the order of the file."""
    read = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    outcomes = {
        name: Outcome(name=name, said=one["said"], state=one["state"], charged=Decimal(str(one["charged"])))
        for name, one in read["outcomes"].items()
    }
    return tuple(_row(one, outcomes) for one in read["row"])


def _row(read: Mapping[str, Any], outcomes: Mapping[str, Outcome]) -> Row:
    """Return one row. What is not named comes out as `default`; a cell that begins with a dash is left out."""
    unknown = read["cells"].keys() - set(Fault)
    if unknown:
        raise ValueError(f"{read['name']} names faults that do not exist: {unknown}")
    names = {fault: str(read["cells"].get(fault, read.get("default", "ready"))) for fault in Fault}
    return Row(
        name=read["name"],
        call=read.get("call", read["name"]),
        scene=read["scene"],
        times=read["times"],
        stubborn=read.get("stubborn", read["times"]),
        about=read["about"],
        cells={fault: name[2:] if name.startswith("- ") else outcomes[name] for fault, name in names.items()},
    )


def cells_of(scene: str) -> tuple[Cell, ...]:
    """Return the cells that are exercised in a scene."""
    return tuple(
        Cell(row=row, fault=fault, outcome=outcome)
        for row in load_rows()
        for fault, outcome in row.cells.items()
        if row.scene == scene and isinstance(outcome, Outcome)
    )
