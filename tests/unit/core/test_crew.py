"""The machinery under every loop, with real but tiny waits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot import crew
from bot.bell import Bell
from bot.clock import SystemClock
from bot.crew import BROKEN_TRIES, Crew, Job, given_up
from bot.errors import DatabaseBusy, StaleTask
from bot.model import ENDS, Charge, FailureKind, Task, TaskState
from bot.ports import Worker
from tests.factories import NOON, a_picture, a_request, a_task, a_worker
from tests.fakes.memory_store import MemoryTaskStore

SOON_S = 5.0
"""How long a test waits before it calls something hung."""


@dataclass(slots=True, kw_only=True)
class Stage:
    """A crew over a store in memory. `work` is what it does with a row; `claims` counts its looks."""

    work: Callable[[Task], Awaitable[None]]
    lease_s: float = 30.0
    limit: int = 4
    store: MemoryTaskStore = field(default_factory=MemoryTaskStore)
    bell: Bell = field(default_factory=Bell)
    clock: SystemClock = field(default_factory=SystemClock)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    claims: int = 0
    trouble: Exception | None = None

    @property
    def worker(self) -> Worker:
        return a_worker("crew", seconds=self.lease_s)

    async def claim(self, room: int) -> Sequence[Task]:
        self.claims += 1
        if self.trouble:
            raise self.trouble
        return await self.store.claim_due([TaskState.GENERATING], self.worker, now=self.clock.now(), limit=room)

    async def next_due(self) -> datetime | None:
        return await self.store.next_due([TaskState.GENERATING], now=self.clock.now())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        job = Job(name="test", limit=self.limit, claim=self.claim, work=self.work, next_due=self.next_due)
        crew = Crew(job, tasks=self.store, worker=self.worker, clock=self.clock, bell=self.bell)
        run = asyncio.create_task(crew.run(self.stopping), name="crew")
        try:
            yield
        finally:
            self.stopping.set()
            self.bell.ring()
            await asyncio.wait_for(run, SOON_S)

    async def add(self, count: int = 1) -> list[Task]:
        tasks = [a_task(state=TaskState.GENERATING) for _ in range(count)]
        for task in tasks:
            await self.store.add(task)
        self.bell.ring()
        return tasks

    async def end(self, task: Task) -> None:
        row = await self.store.load(task.id)
        await self.store.save(row.move(TaskState.FAILED, now=self.clock.now()), expected_revision=row.revision)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON_S):
        while not condition():
            await asyncio.sleep(0.001)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "IDLE_MAX_S", 0.02)
    monkeypatch.setattr(crew, "IDLE_MIN_S", 0.001)
    monkeypatch.setattr(crew, "OUTAGE_WAIT_S", 0.01)


async def test_rows_are_worked_on_at_once_but_never_more_than_the_limit() -> None:
    together: list[int] = []
    under_way: set[str] = set()
    done: list[str] = []

    async def work(task: Task) -> None:
        under_way.add(task.id)
        together.append(len(under_way))
        await asyncio.sleep(0.002)
        under_way.discard(task.id)
        await stage.end(task)
        done.append(task.id)

    stage = Stage(work=work, limit=3)
    tasks = await stage.add(10)
    async with stage.running():
        await until(lambda: len(done) == 10)

    assert sorted(done) == sorted(task.id for task in tasks)
    assert max(together) == 3


async def test_a_loop_that_fails_on_one_row_goes_on_with_the_others(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    async def work(task: Task) -> None:
        if task.id == poison.id:
            raise RuntimeError("a bug")
        await stage.end(task)
        done.append(task.id)

    stage = Stage(work=work)
    poison, *_others = await stage.add(4)
    async with stage.running():
        await until(lambda: len(done) == 3)

    assert poison.id not in done
    broken = [record for record in caplog.records if record.exc_info]
    assert len(broken) == 1  # it waits for its lease to end instead of spinning
    assert f"task={poison.id}" in broken[0].getMessage()


async def test_a_row_on_which_our_code_always_breaks_is_ended_in_words() -> None:
    tries = 0

    async def work(task: Task) -> None:
        nonlocal tries
        tries += 1
        raise RuntimeError("a bug")

    stage = Stage(work=work, lease_s=0.003)
    (poison,) = await stage.add()
    async with stage.running():
        await until(lambda: tries >= BROKEN_TRIES)
        await until(lambda: stage.store._rows[poison.id].task.has_ended)

    assert tries == BROKEN_TRIES
    assert (await stage.store.load(poison.id)).state is TaskState.FAILED


async def test_a_row_that_changed_meanwhile_is_free_again_at_once() -> None:
    tries = 0

    async def work(task: Task) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise StaleTask("changed")
        await stage.end(task)

    stage = Stage(work=work)
    await stage.add()
    async with stage.running():
        await until(lambda: tries == 2)


async def test_leases_are_renewed_for_as_long_as_the_work_lasts() -> None:
    go_on = asyncio.Event()
    started: list[str] = []

    async def work(task: Task) -> None:
        started.append(task.id)
        await go_on.wait()
        await stage.end(task)

    stage = Stage(work=work, lease_s=0.5)
    (task,) = await stage.add()
    other = a_worker("other")
    async with stage.running():
        await until(lambda: bool(started))
        for _ in range(16):  # longer than a lease
            await asyncio.sleep(0.05)
            now = stage.clock.now()
            assert await stage.store.claim_due([TaskState.GENERATING], other, now=now, limit=9) == ()
        go_on.set()

    assert started == [task.id]


async def test_a_row_in_hand_whose_lease_ran_out_is_not_worked_on_twice() -> None:
    go_on = asyncio.Event()
    started: list[str] = []

    async def work(task: Task) -> None:
        started.append(task.id)
        await go_on.wait()
        await stage.end(task)

    stage = Stage(work=work)
    await stage.add()
    async with stage.running():
        await until(lambda: bool(started))
        await stage.store.clear_leases()
        looks = stage.claims
        await until(lambda: stage.claims > looks + 2)
        go_on.set()

    assert len(started) == 1


async def test_a_loop_is_told_of_a_ring_that_came_while_it_was_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "IDLE_MAX_S", 60.0)
    done: list[str] = []

    async def work(task: Task) -> None:
        await stage.end(task)
        done.append(task.id)

    async def look_late(room: int) -> Sequence[Task]:
        found = await Stage.claim(stage, room)
        if stage.claims == 1:
            await stage.add()  # and rings, while nobody waits at the bell
        return found

    stage = Stage(work=work)
    job = Job(name="test", limit=1, claim=look_late, work=work, next_due=stage.next_due)
    run = asyncio.create_task(
        Crew(job, tasks=stage.store, worker=stage.worker, clock=stage.clock, bell=stage.bell).run(stage.stopping)
    )
    await until(lambda: len(done) == 1)
    stage.stopping.set()
    stage.bell.ring()
    await asyncio.wait_for(run, SOON_S)


async def test_a_row_that_is_due_but_not_to_be_had_does_not_make_the_loop_spin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crew, "IDLE_MAX_S", 0.05)

    async def nothing_for_us(room: int) -> Sequence[Task]:
        stage.claims += 1
        return ()

    async def never(task: Task) -> None:
        raise AssertionError("nothing was claimed")

    stage = Stage(work=never)
    await stage.add()
    job = Job(name="test", limit=1, claim=nothing_for_us, work=never, next_due=stage.next_due)
    crew_ = Crew(job, tasks=stage.store, worker=stage.worker, clock=stage.clock, bell=stage.bell)
    run = asyncio.create_task(crew_.run(stage.stopping))
    await asyncio.sleep(0.2)
    stage.stopping.set()
    await asyncio.wait_for(run, SOON_S)

    assert 2 <= stage.claims <= 8


@pytest.mark.parametrize("trouble", [DatabaseBusy("locked"), RuntimeError("a bug")])
async def test_trouble_with_claiming_is_waited_out_and_logged_once_at_either_end(
    trouble: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.crew")
    done: list[str] = []

    async def work(task: Task) -> None:
        await stage.end(task)
        done.append(task.id)

    stage = Stage(work=work, trouble=trouble)
    await stage.add()
    async with stage.running():
        await until(lambda: stage.claims > 5)
        stage.trouble = None
        await until(lambda: bool(done))

    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]


async def test_trouble_with_the_next_moment_does_not_end_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    async def work(task: Task) -> None:
        await stage.end(task)
        done.append(task.id)

    async def broken(states: Collection[TaskState], *, now: datetime) -> datetime | None:
        raise RuntimeError("a bug")

    stage = Stage(work=work)
    monkeypatch.setattr(stage.store, "next_due", broken)
    async with stage.running():
        await until(lambda: stage.claims > 3)
        await stage.add()
        await until(lambda: bool(done))


async def test_stopping_finishes_the_row_in_hand_and_takes_no_other() -> None:
    started: list[str] = []
    done: list[str] = []

    async def work(task: Task) -> None:
        started.append(task.id)
        await asyncio.sleep(0.02)
        await stage.end(task)
        done.append(task.id)

    stage = Stage(work=work, limit=1)
    await stage.add(3)
    async with stage.running():
        await until(lambda: bool(started))

    assert len(started) == len(done) == 1


async def test_a_crew_that_is_cut_off_drops_its_work_as_a_kill_would() -> None:
    started: list[str] = []

    async def work(task: Task) -> None:
        started.append(task.id)
        await asyncio.Event().wait()

    stage = Stage(work=work)
    (task,) = await stage.add()
    job = Job(name="test", limit=1, claim=stage.claim, work=work, next_due=stage.next_due)
    crew_ = Crew(job, tasks=stage.store, worker=stage.worker, clock=stage.clock, bell=stage.bell)
    run = asyncio.create_task(crew_.run(stage.stopping))
    await until(lambda: bool(started))

    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(run, SOON_S)

    assert (await stage.store.load(task.id)).state is TaskState.GENERATING
    assert not [left for left in asyncio.all_tasks() if left.get_name().startswith("test-")]


@pytest.mark.parametrize("state", [state for state in TaskState if state not in ENDS])
def test_whatever_our_code_breaks_on_ends_with_what_is_surely_true(state: TaskState) -> None:
    task = a_task(state=state, request=a_request(pictures=(a_picture(),)))

    ended = given_up(task, now=NOON)

    kinds = {
        TaskState.ACCEPTED: (FailureKind.PICTURES_LOST, Charge.NO),
        TaskState.SUBMITTING: (FailureKind.LOST_ANSWER, Charge.MAYBE),
        TaskState.COLLECTING: (FailureKind.FILES_LOST, Charge.YES),
    }
    assert ended.has_ended
    assert (ended.failure and (ended.failure.kind, ended.failure.charged)) == kinds.get(state)


@pytest.mark.parametrize("state", sorted(ENDS))
def test_what_has_ended_stays_ended_and_is_left_alone_for_a_day(state: TaskState) -> None:
    task = a_task(state=state)

    left = given_up(task, now=NOON)

    assert (left.state, left.files, left.failure, left.ended_at) == (state, task.files, task.failure, task.ended_at)
    assert left.next_at == NOON + timedelta(days=1)
    assert left.showing.is_pictured


async def test_a_row_claimed_again_while_it_is_given_back_is_not_held_for_a_whole_lease() -> None:
    """The crew looks again between the write that gives a row back and the end of the work on it."""
    worked: list[str] = []

    class Lingering(MemoryTaskStore):
        async def release(self, task_id: str, worker: Worker) -> None:
            await super().release(task_id, worker)
            claims = stage.claims
            stage.bell.ring()
            await until(lambda: stage.claims > claims)

    async def work(task: Task) -> None:
        worked.append(task.id)
        if len(worked) == 3:
            await stage.end(task)

    stage = Stage(work=work, store=Lingering())

    async with stage.running():
        (task,) = await stage.add()
        await until(lambda: len(worked) == 3)

    assert (await stage.store.load(task.id)).has_ended
