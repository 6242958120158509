"""Writes the fault matrix into the documentation: `python -m tests.matrix.table`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.matrix.cells import Outcome, Row, load_rows
from tests.matrix.faults import REPEATED, SENTENCES, Fault

DOCUMENT = Path(__file__).parents[2] / "docs" / "faults.md"
BEGIN = "<!-- matrix: written by `python -m tests.matrix.table` -->"
END = "<!-- end of matrix -->"

TITLES = {
    "rodin": "Rodin",
    "database": "The database",
    "files": "The file store, a folder",
    "s3": "The file store, a bucket",
    "discord": "Discord",
    "slack": "Slack",
}


def rendered(rows: Sequence[Row]) -> str:
    """Return the matrix as Markdown."""
    count = sum(isinstance(outcome, Outcome) for row in rows for outcome in row.cells.values())
    parts = [
        f"{count} cells are exercised.",
        "### What can go wrong",
        _table(("fault", "what happens"), ((f"`{fault}`", SENTENCES[fault]) for fault in Fault)),
        "### How it ends",
        _table(("outcome", "what the person reads", "the task ends as", "charged"), map(_outcome, _outcomes(rows))),
    ]
    for vendor in dict.fromkeys(row.vendor for row in rows):
        parts += [f"### {TITLES[vendor]}", _matrix([row for row in rows if row.vendor == vendor])]
    return "\n\n".join(parts)


def _outcomes(rows: Sequence[Row]) -> Sequence[Outcome]:
    found = (outcome for row in rows for outcome in row.cells.values() if isinstance(outcome, Outcome))
    return tuple(dict.fromkeys(found))


def _outcome(outcome: Outcome) -> tuple[str, ...]:
    state = "no task was made" if outcome.state == "-" else f"`{outcome.state}`"
    return outcome.name, f'"{outcome.said}"', state, str(outcome.charged)


def _matrix(rows: Sequence[Row]) -> str:
    """Return one vendor's calls as columns and the faults as lines, with what is left out and why below."""
    head = ("fault", *(row.name.partition(" ")[2] for row in rows))
    lines = ((f"`{fault}`", *(_cell(row, fault) for row in rows)) for fault in Fault)
    about = [f"- **{row.name.partition(' ')[2]}** ({_times(row)}): {row.about}." for row in rows]
    return "\n\n".join([_table(head, lines), "\n".join([*about, *_left_out(rows)])])


def _cell(row: Row, fault: Fault) -> str:
    outcome = row.cells[fault]
    return outcome.name if isinstance(outcome, Outcome) else "-"


def _times(row: Row) -> str:
    said = {1: "once", 2: "twice in a row", 99: "for as long as it is asked"}.get(
        row.times, f"{row.times} times in a row"
    )
    repeated = " and ".join(f"`{fault}`" for fault in Fault if fault in REPEATED)
    return said if row.stubborn == row.times else f"{said}; {repeated} {row.stubborn} times"


def _left_out(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        reasons: dict[str, list[str]] = {}
        for fault, outcome in row.cells.items():
            if isinstance(outcome, str):
                reasons.setdefault(outcome, []).append(f"`{fault}`")
        for reason, faults in reasons.items():
            yield f"- Left out of *{row.name}*: {', '.join(faults)}: {reason}."


def _table(head: Sequence[str], lines: Iterator[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def written(document: str) -> str:
    """Return a document with the matrix in its place."""
    before, _, rest = document.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{rendered(load_rows())}\n\n{END}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
