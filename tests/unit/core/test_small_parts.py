"""The bell, changes that must not be lost, what a loop remembers of Rodin, and the sweep of the spool."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.bell import Bell
from bot.changes import attempt, change, step
from bot.contact import Contact
from bot.errors import DatabaseBusy, FileStoreBusy, NoSuchTask, StaleTask, StorageError, VendorDown
from bot.looks import Removal, Showing
from bot.model import Task, TaskState
from bot.sweeper import sweep_spool
from tests.factories import NOON, a_task, after
from tests.fakes.clock import HandClock
from tests.fakes.files import MemoryFileStore
from tests.fakes.memory_store import MemoryTaskStore


async def test_a_ring_wakes_everybody_who_waits() -> None:
    bell = Bell()
    waiting = [asyncio.create_task(bell.wait(60)) for _ in range(3)]
    await asyncio.sleep(0)

    bell.ring()

    await asyncio.wait_for(asyncio.gather(*waiting), 5)


async def test_a_wait_ends_by_itself() -> None:
    await asyncio.wait_for(Bell().wait(0.001), 5)


async def test_whoever_is_called_off_while_the_bell_rings_is_called_off() -> None:
    """`asyncio.wait_for` of Python 3.11 forgets it, and a loop then waits for the work it should have dropped."""
    bell = Bell()
    waiting = asyncio.create_task(bell.wait(30))
    await asyncio.sleep(0)

    bell.ring()
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_ring_since_the_last_look_is_not_waited_for() -> None:
    bell = Bell()
    rings = bell.rings
    bell.ring()

    await asyncio.wait_for(bell.wait(60, since=rings), 5)


class Meddling(MemoryTaskStore):
    """Somebody else writes, or the database is busy, before the next saves."""

    def __init__(self) -> None:
        super().__init__()
        self.meddle = 0
        self.busy = 0

    async def save(self, task: Task, *, expected_revision: int) -> None:
        if self.busy:
            self.busy -= 1
            raise DatabaseBusy("locked")
        if self.meddle:
            self.meddle -= 1
            row = await self.load(task.id)
            await super().save(row.revise(muted=True), expected_revision=row.revision)
        await super().save(task, expected_revision=expected_revision)


async def test_a_change_starts_again_while_others_write_in_between() -> None:
    store = Meddling()
    task = a_task()
    await store.add(task)
    store.meddle = 3

    await attempt(store, task.id, lambda row: row.revise(progress=0.5))

    row = await store.load(task.id)
    assert (row.progress, row.muted, row.revision) == (0.5, True, 4)


async def test_a_change_that_changes_nothing_writes_nothing() -> None:
    store = Meddling()
    task = a_task()
    await store.add(task)
    store.busy = 1

    assert await attempt(store, task.id, lambda row: row) == task
    assert store.busy == 1


async def test_a_busy_database_is_waited_for_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    store, clock = Meddling(), HandClock()
    task = a_task()
    await store.add(task)
    store.busy = 100

    await change(store, clock, task.id, lambda row: row.revise(progress=0.5))

    assert (await store.load(task.id)).progress == 0.5
    assert len(clock.slept_s) == 100
    assert len(caplog.records) == 1


async def test_a_person_is_not_kept_waiting_for_a_busy_database() -> None:
    store = Meddling()
    task = a_task()
    await store.add(task)
    store.busy = 1

    with pytest.raises(DatabaseBusy):
        await attempt(store, task.id, lambda row: row.revise(muted=True))


async def test_a_row_that_is_gone_is_not_waited_for() -> None:
    with pytest.raises(NoSuchTask):
        await change(MemoryTaskStore(), HandClock(), "none", lambda row: row)


async def test_a_step_is_taken_only_from_where_it_was_meant() -> None:
    store, clock = MemoryTaskStore(), HandClock()
    task = a_task()
    await store.add(task)
    sending = await step(store, clock, task, lambda row: row.move(TaskState.SUBMITTING, now=NOON))

    with pytest.raises(StaleTask, match="from accepted to submitting"):
        await step(store, clock, task, lambda row: row.move(TaskState.CANCELLED, now=NOON))

    assert await store.load(task.id) == sending


def answers(contact: Contact, *, every_s: float, for_s: float, start_s: float = 0.0) -> timedelta:
    """Have answers about one task for a while; return how long it is said to have been answered."""
    heard, at = timedelta(), start_s
    while at <= start_s + for_s:
        heard = contact.heard("a", now=after(seconds=at))
        at += every_s
    return heard


def test_time_with_answers_adds_up() -> None:
    assert answers(Contact("test", gap_s=60), every_s=10, for_s=100) == timedelta(seconds=100)


def test_silence_does_not_count() -> None:
    contact = Contact("test", gap_s=60)
    answers(contact, every_s=10, for_s=100)
    contact.missed("a", VendorDown("gone"), now=after(seconds=110))

    assert answers(contact, every_s=10, for_s=50, start_s=2000) == timedelta(seconds=100 + 60 + 50)


def test_a_task_that_is_forgotten_or_long_unheard_begins_anew() -> None:
    contact = Contact("test", gap_s=60)
    answers(contact, every_s=10, for_s=100)
    contact.heard("b", now=after(hours=2))

    assert contact.heard("a", now=after(hours=2)) == timedelta()
    answers(contact, every_s=10, for_s=100, start_s=7200)
    contact.forget("a", now=after(hours=3))
    assert contact.heard("a", now=after(hours=3)) == timedelta()


def test_an_outage_is_logged_when_it_begins_and_when_the_last_task_is_answered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    contact = Contact("test", gap_s=60)

    for minute in range(5):
        for task_id in "abc":
            contact.missed(task_id, VendorDown("gone"), now=after(minutes=minute))
    contact.heard("a", now=after(minutes=6))
    contact.forget("b", now=after(minutes=6))
    assert len(caplog.records) == 1
    contact.heard("c", now=after(minutes=6))
    contact.heard("c", now=after(minutes=7))

    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


async def a_spool() -> tuple[MemoryTaskStore, MemoryFileStore]:
    """Return one task in each state, all with a picture in the spool, and a picture of a task that never was."""
    tasks, files = MemoryTaskStore(), MemoryFileStore()
    for state in TaskState:
        await tasks.add(a_task(id=f"id-{state}", state=state))
        await files.save_bytes(f"spool/id-{state}/picture-1.png", b"x")
    await tasks.add(a_task(id="deleted", state=TaskState.READY, showing=Showing(removal=Removal.DELETED)))
    await files.save_bytes("spool/deleted/picture-1.png", b"x")
    await files.save_bytes("spool/never/picture-1.png", b"x")
    await files.save_bytes("tasks/never/base.glb", b"x")
    return tasks, files


async def test_the_sweep_leaves_pictures_that_may_still_be_sent() -> None:
    tasks, files = await a_spool()

    swept = await sweep_spool(tasks, files)

    kept = {f"spool/id-{state}/picture-1.png" for state in TaskState if state is not TaskState.CANCELLED}
    assert set(files.held) == kept | {"tasks/never/base.glb"}
    assert swept == 3


async def test_trouble_ends_the_sweep_and_not_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks, files = await a_spool()

    async def unreadable(task_id: str) -> Any:
        raise StorageError("the row cannot be read")

    monkeypatch.setattr(tasks, "load", unreadable)
    assert await sweep_spool(tasks, files) == 0
    files.trouble = FileStoreBusy("away")
    assert await sweep_spool(tasks, files) == 0


async def test_a_step_keeps_what_somebody_else_changed_in_the_same_state() -> None:
    store, clock = Meddling(), HandClock()
    task = a_task()
    await store.add(task)
    store.meddle = 1

    row = await step(store, clock, task, lambda row: replace(row, misses=2))

    assert (row.muted, row.misses) == (True, 2)
