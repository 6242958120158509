"""The ledger in SQL: `SqlLedger` keeps the promises of `bot.ledger.Ledger`, from the table of tasks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select

from bot.ledger import Entry, Span, charge_of
from bot.model import Charge, TaskState
from storage.claims import key_name
from storage.codec import from_mc, from_ms, to_ms
from storage.database import Database
from storage.schema import tasks

# What is read from the server at once; a ledger of years does not have to fit into memory.
_BATCH = 1_000

_at_ms = func.coalesce(tasks.c.submitted_ms, tasks.c.created_ms)


class SqlLedger:
    """The entries in a database, read in one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def entries(self, span: Span) -> AsyncIterator[Entry]:
        """Yield the entries of a span, oldest first. Raises DatabaseBusy or StorageError."""
        async with (
            self._database.reading() as connection,
            connection.stream(_entries(span), execution_options={"yield_per": _BATCH}) as rows,
        ):
            async for row in rows:
                yield _parse(row)


def _entries(span: Span) -> Select[Any]:
    return (
        select(
            _at_ms.label("at_ms"),
            tasks.c.id,
            tasks.c.state,
            tasks.c.platform,
            tasks.c.server_id,
            tasks.c.channel_id,
            tasks.c.user_id,
            tasks.c.tier,
            tasks.c.price_mc,
            tasks.c.consumed_mc,
            tasks.c.charged,
            tasks.c.vendor_uuid,
            key_name.label("key"),
        )
        .where(_may_have_cost(), *_within(span))
        .order_by(_at_ms, tasks.c.id)
    )


def _may_have_cost() -> ColumnElement[bool]:
    """Rodin has it, is being asked, or our own word is that it was charged or may have been."""
    return or_(
        tasks.c.vendor_uuid.is_not(None),
        tasks.c.state == TaskState.SUBMITTING,
        tasks.c.charged.in_([Charge.YES, Charge.MAYBE]),
    )


def _within(span: Span) -> tuple[ColumnElement[bool], ...]:
    since = () if span.since is None else (_at_ms >= to_ms(span.since),)
    before = () if span.before is None else (_at_ms < to_ms(span.before),)
    return (*since, *before)


def _parse(row: Row[Any]) -> Entry:
    consumed = None if row.consumed_mc is None else from_mc(row.consumed_mc)
    return Entry(
        at=from_ms(row.at_ms),
        task_id=row.id,
        platform=row.platform,
        server_id=row.server_id,
        channel_id=row.channel_id,
        user_id=row.user_id,
        product=row.tier,
        price=from_mc(row.price_mc),
        consumed=consumed,
        charge=charge_of(
            TaskState(row.state),
            None if row.charged is None else Charge(row.charged),
            consumed=consumed,
            is_taken=row.vendor_uuid is not None,
        ),
        uuid=row.vendor_uuid,
        key=row.key,
    )
