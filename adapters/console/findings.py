"""What `rodin-bot check` found, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.checkup import Finding

PLAIN_COLUMNS = 140
"""How wide a table is that goes into a pipe or a log."""


def print_findings(findings: Sequence[Finding], console: Console | None = None) -> None:
    """Print one row for each finding, what is wrong in the same words as what helps."""
    paper = console or Console()
    if not paper.is_terminal:
        paper.width = PLAIN_COLUMNS
    table = Table(show_edge=False, pad_edge=False, header_style="bold")
    for heading in ("", "What", "Found", "What to do"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        mark = Text("ok", "green") if finding.is_good else Text("!!", "bold red")
        table.add_row(mark, Text(finding.what), Text(finding.found), Text(finding.advice))
    paper.print(table)
