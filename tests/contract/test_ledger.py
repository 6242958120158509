"""What was paid for, read from the table of tasks: in SQLite, in PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.ledger import Entry, Span, days, total
from bot.model import Charge, Failure, FailureKind, Task, TaskState
from storage.database import open_database
from storage.ledger import SqlLedger
from storage.tasks import SqlTaskStore
from tests.factories import NOON, a_submission, a_task, after, an_owner
from tests.fakes.databases import DATABASES
from tests.fakes.task_stores import added


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The tasks, and the ledger that is read from them."""

    tasks: SqlTaskStore
    ledger: SqlLedger

    async def entries(self, span: Span = Span()) -> list[Entry]:  # noqa: B008 - frozen
        return [entry async for entry in self.ledger.entries(span)]


@pytest.fixture(params=DATABASES)
async def books(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Books]:
    async with request.param(tmp_path) as url, open_database(url) as database:
        yield Books(tasks=SqlTaskStore(database), ledger=SqlLedger(database))


def failed(charged: Charge, **changes: Any) -> Task:
    return a_task(state=TaskState.FAILED, failure=Failure(kind=FailureKind.TIMED_OUT, charged=charged), **changes)


async def test_an_entry_tells_when_who_where_what_and_how_much(books: Books) -> None:
    (task,) = await added(
        books.tasks,
        a_task(
            state=TaskState.READY,
            owner=an_owner("U1", platform="slack", server_id="T1", channel_id=None),
            price=Decimal("1.5"),
            submission=a_submission(uuid="uuid-of-it", consumed=Decimal("1.25")),
            submitted_at=after(minutes=3),
        ),
    )

    assert await books.entries() == [
        Entry(
            at=after(minutes=3),
            task_id=task.id,
            platform="slack",
            server_id="T1",
            channel_id=None,
            user_id="U1",
            product="Gen-2.5-Medium",
            price=Decimal("1.5"),
            consumed=Decimal("1.25"),
            charge=Charge.YES,
            uuid="uuid-of-it",
        )
    ]


@pytest.mark.parametrize(
    ("task", "charge", "amount"),
    [
        (a_task(state=TaskState.SUBMITTING), Charge.MAYBE, "0.5"),
        (a_task(state=TaskState.UNCLEAR), Charge.MAYBE, "0.5"),
        (a_task(state=TaskState.SUBMITTED, submission=a_submission()), Charge.YES, "0.5"),
        (a_task(state=TaskState.GENERATING, submission=a_submission(consumed=Decimal(2))), Charge.YES, "2"),
        (a_task(state=TaskState.READY, submission=a_submission(consumed=Decimal(0))), Charge.NO, "0"),
        (failed(Charge.YES, submission=a_submission()), Charge.YES, "0.5"),
        (failed(Charge.MAYBE, submission=a_submission()), Charge.MAYBE, "0.5"),
        (failed(Charge.MAYBE, submission=a_submission(consumed=Decimal(1))), Charge.YES, "1"),
        (failed(Charge.NO, submission=a_submission()), Charge.NO, "0"),
        (a_task(state=TaskState.UNCLEAR, submission=a_submission(consumed=Decimal(1))), Charge.YES, "1"),
    ],
    ids=lambda value: getattr(value, "state", None) and f"{value.state}",
)
async def test_what_cost_or_may_have_cost_is_entered_with_its_charge(
    books: Books, task: Task, charge: Charge, amount: str
) -> None:
    await added(books.tasks, task)

    (entry,) = await books.entries()

    assert (entry.charge, entry.amount) == (charge, Decimal(amount))


@pytest.mark.parametrize(
    "task",
    [
        a_task(),
        a_task(state=TaskState.CANCELLED),
        failed(Charge.NO, submission=None),
        a_task(state=TaskState.FAILED, submission=None, failure=None),
    ],
    ids=["accepted", "cancelled", "refused", "broken before it was sent"],
)
async def test_what_surely_cost_nothing_is_not_entered(books: Books, task: Task) -> None:
    await added(books.tasks, task)

    assert await books.entries() == []


async def test_the_ledger_and_the_limits_count_the_same(books: Books) -> None:
    consumed = (None, Decimal(0), Decimal("1.5"))
    tasks = [a_task(state=state) for state in (TaskState.SUBMITTING, TaskState.UNCLEAR, TaskState.CANCELLED)]
    tasks += [a_task(state=state, submission=a_submission(consumed=c)) for state in TaskState for c in consumed]
    tasks += [failed(charged, submission=a_submission(consumed=c)) for charged in Charge for c in consumed]
    tasks += [failed(charged, submission=None) for charged in Charge]
    # Rodin never has what waits or was called off.
    tasks = [
        task for task in tasks if not (task.submission and task.state in {TaskState.ACCEPTED, TaskState.CANCELLED})
    ]
    await added(books.tasks, *tasks)

    used = await books.tasks.usage(an_owner(), since=NOON)
    entered = sum(entry.amount for entry in await books.entries())

    assert used.credits == entered


async def test_entries_come_by_when_they_were_sent_and_within_a_span(books: Books) -> None:
    sent = [after(hours=hours) for hours in (36, 11.9999, 12, -12, -12.0001)]
    await added(books.tasks, *(a_task(state=TaskState.READY, submitted_at=at, created_at=NOON) for at in sent))

    everything = [entry.at for entry in await books.entries()]
    today = [entry.at for entry in await books.entries(days(date(2026, 3, 2), date(2026, 3, 2)))]
    since = [entry.at for entry in await books.entries(days(date(2026, 3, 3), None))]

    assert everything == sorted(everything)
    assert len(everything) == 5
    assert today == everything[1:3]
    assert since == everything[3:]


async def test_a_total_keeps_apart_what_is_sure_and_what_is_not(books: Books) -> None:
    await added(
        books.tasks,
        a_task(state=TaskState.READY, submission=a_submission(consumed=Decimal("1.5"))),
        a_task(state=TaskState.GENERATING, submission=a_submission()),
        a_task(state=TaskState.UNCLEAR, price=Decimal(3)),
        a_task(state=TaskState.READY, submission=a_submission(consumed=Decimal(0))),
    )

    sums = await total(books.ledger.entries(Span()))

    assert (sums.tasks, sums.credits) == (2, Decimal(2))
    assert (sums.doubtful_tasks, sums.doubtful_credits) == (1, Decimal(3))
