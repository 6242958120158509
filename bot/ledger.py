"""What was paid for: one entry for every task that cost credits or may have cost some, and its export as CSV.

Nothing is kept twice: the entries are read from the table of tasks, whose rows stay for ever.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Protocol, TextIO

from bot.keys import OPERATOR
from bot.model import Charge, TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one task cost, or may have cost.

    `at` is when it last left for Rodin. `product` is what Rodin sells there: a tier, mostly. `price` is what it said
    it would cost, `consumed` what Rodin said it took; None while Rodin has not said. `uuid` is Rodin's own id, which
    its usage records name; None where its answer was lost. `key` is the id of the key that it was charged to.
    """

    at: datetime
    task_id: str
    platform: str
    server_id: str | None
    channel_id: str | None
    user_id: str
    product: str
    price: Decimal
    consumed: Decimal | None
    charge: Charge
    uuid: str | None
    key: str = OPERATOR

    @property
    def amount(self) -> Decimal:
        """What it cost as far as anybody knows: what Rodin took, else the price, nothing if it surely was free."""
        if self.consumed is not None:
            return self.consumed
        return Decimal(0) if self.charge is Charge.NO else self.price


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From a moment on, and before another one; None means from the beginning, and until now."""

    since: datetime | None = None
    before: datetime | None = None


class Ledger(Protocol):
    """Where entries are read."""

    def entries(self, span: Span) -> AsyncIterator[Entry]:
        """Yield the entries of a span, oldest first. May raise DatabaseBusy or StorageError."""


def charge_of(state: TaskState, charged: Charge | None, *, consumed: Decimal | None, is_taken: bool) -> Charge:
    """Say whether a task cost anything: what Rodin said it took decides, then our own word, then whether it has it."""
    if consumed is not None:
        return Charge.YES if consumed else Charge.NO
    if is_taken:
        return Charge.YES if charged is None else charged
    if state is TaskState.SUBMITTING:
        return Charge.MAYBE
    return Charge.NO if charged is None else charged


def days(since: date | None, until: date | None) -> Span:
    """Return the span of whole days of UTC, both ends included."""
    return Span(
        since=None if since is None else _midnight(since),
        before=None if until is None else _midnight(until) + timedelta(days=1),
    )


COLUMNS: tuple[tuple[str, Callable[[Entry], object]], ...] = (
    ("time", lambda entry: entry.at.astimezone(UTC).isoformat(timespec="milliseconds")),
    ("task", lambda entry: entry.task_id),
    ("platform", lambda entry: entry.platform),
    ("server", lambda entry: entry.server_id),
    ("channel", lambda entry: entry.channel_id),
    ("person", lambda entry: entry.user_id),
    ("product", lambda entry: entry.product),
    ("price", lambda entry: _plain(entry.price)),
    ("consumed", lambda entry: _plain(entry.consumed)),
    ("charge", lambda entry: entry.charge.value),
    ("rodin_uuid", lambda entry: entry.uuid),
    ("key", lambda entry: entry.key),
)
"""The columns of the export. Spreadsheets of operators rely on the names: add new ones at the end, never rename."""

_FORMULA_SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a cell must not begin with, so that no spreadsheet runs it; the last four are their full-width forms, which some
programs take for the plain ones. Source: OWASP, CSV Injection."""


async def write_csv(entries: AsyncIterator[Entry], to: TextIO) -> None:
    """Write entries as CSV with a line of names first; times in UTC, credits with a point, unknown values empty."""
    rows = csv.writer(to, lineterminator="\n")
    rows.writerow(name for name, _ in COLUMNS)
    async for entry in entries:
        rows.writerow(_cells(value(entry) for _, value in COLUMNS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What a span comes to: tasks and credits that were surely charged, and those that may have been."""

    tasks: int
    credits: Decimal
    doubtful_tasks: int
    doubtful_credits: Decimal


async def total(entries: AsyncIterator[Entry]) -> Total:
    """Add entries up."""
    amounts: dict[Charge, list[Decimal]] = {charge: [] for charge in Charge}
    async for entry in entries:
        amounts[entry.charge].append(entry.amount)
    sure, doubtful = amounts[Charge.YES], amounts[Charge.MAYBE]
    return Total(
        tasks=len(sure),
        credits=sum(sure, start=Decimal(0)),
        doubtful_tasks=len(doubtful),
        doubtful_credits=sum(doubtful, start=Decimal(0)),
    )


def _cells(values: Iterable[object]) -> list[str]:
    return [_safe("" if value is None else str(value)) for value in values]


def _safe(cell: str) -> str:
    """Return a cell as text on one line that no spreadsheet takes for a formula; ids may be anything at all."""
    plain = "".join(" " if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} else char for char in cell)
    return f"'{plain}" if plain.lstrip()[:1] in _FORMULA_SIGNS else plain


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount.normalize():f}"


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
