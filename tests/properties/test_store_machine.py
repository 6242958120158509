"""Whatever people, workers and the operator do, in whatever order: both stores answer alike and keep their promises."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.controls import BlockKind
from bot.forgetting import forgotten
from bot.keys import Server, Stop, StopOrder
from bot.limits import Limits, Scope
from bot.looks import Removal
from bot.model import ENDS, MOVES, Address, Charge, Failure, FailureKind, Owner, Task, TaskState
from bot.ports import Sought, Worker
from storage.codec import from_ms, to_ms
from tests.factories import NOON, a_file, a_submission, a_task
from tests.properties.profile import tried
from tests.properties.stores import Lease, Leases, Side, in_memory, in_sqlite, outcome

PLATFORMS = ("console", "slack")
PEOPLE = [
    Owner(platform=platform, user_id=user, server_id=server, channel_id=channel)
    for platform in PLATFORMS
    for user, server, channel in (("ada", "desk", "tty"), ("bob", "desk", "tty"), ("cleo", None, None))
]
SECRETS = ("key one", "key two")
ALL = frozenset(TaskState)

numbers = st.integers(0, 11)
workers = st.builds(
    Worker,
    name=st.sampled_from(["one", "two", "three"]),
    lease=st.sampled_from([3, 20, 60]).map(lambda s: timedelta(seconds=s)),
)
states = st.sets(st.sampled_from(TaskState), min_size=1, max_size=5)
limits = st.builds(
    Limits,
    since=st.sampled_from([-60, 0, 30]).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    credits=st.dictionaries(st.sampled_from(Scope), st.integers(0, 6).map(lambda n: Decimal(n) / 2), max_size=2),
    waiting=st.dictionaries(st.sampled_from(Scope), st.integers(1, 4), max_size=2),
    aliases=st.just({Scope.PERSON: "bob"}) | st.just({}),
)


@dataclass
class Grip:
    """What a worker thinks it holds."""

    worker: str
    until: datetime


class StoreMachine(RuleBasedStateMachine):
    """Runs every operation on both stores."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = TemporaryDirectory()
        self.stack = AsyncExitStack()
        self.now = NOON
        self.ids: list[str] = []
        self.seen: dict[str, Task] = {}
        self.work: dict[str, Grip] = {}
        self.telling: dict[str, Grip] = {}
        self.memory = in_memory()
        self.sql: Side = self.runner.run(self.stack.enter_async_context(in_sqlite(Path(self.folder.name))))
        self.count = 0

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()
        self.folder.cleanup()

    @property
    def cut(self) -> datetime:
        """The moment as tables keep it."""
        return from_ms(to_ms(self.now))

    @property
    def minute(self) -> datetime:
        """The moment as the operator's clock shows it; only tasks promise how fine their moments are."""
        return self.now.replace(second=0, microsecond=0)

    def both(self, step: Callable[[Side], Awaitable[Any]]) -> Any:
        """Do the same on both sides and return what it gave."""

        async def compared() -> Any:
            mine, theirs = await outcome(self.memory, step), await outcome(self.sql, step)
            assert mine == theirs, f"in memory {mine!r}, in SQL {theirs!r}"
            return mine

        return self.runner.run(compared())

    def one(self, number: int) -> Task:
        """Return a task as it stands now."""
        task: Task = self.both(lambda side: side.tasks.load(self.ids[number % len(self.ids)]))
        return task

    # What people do.

    @initialize(first=st.lists(st.sampled_from(PEOPLE), min_size=2, max_size=4))
    def some_have_asked(self, first: list[Owner]) -> None:
        for owner in first:
            self._ask(owner)

    @rule(
        owner=st.sampled_from(PEOPLE),
        event=st.none() | st.sampled_from(["e1", "e2", "e3"]),
        price=st.sampled_from(["0", "0.5", "1.5"]),
        within=st.none() | limits,
        with_key=st.booleans(),
        parent=st.none() | numbers,
    )
    def ask(
        self, owner: Owner, event: str | None, price: str, within: Limits | None, with_key: bool, parent: int | None
    ) -> None:
        self._ask(owner, event=event, price=Decimal(price), within=within, with_key=with_key, parent=parent)

    def _ask(
        self,
        owner: Owner,
        *,
        event: str | None = None,
        price: Decimal = Decimal("0.5"),
        within: Limits | None = None,
        with_key: bool = False,
        parent: int | None = None,
    ) -> None:
        self.count += 1
        kept = self.both(lambda side: side.keys.key_of(_server(owner))) if with_key else None
        task = a_task(
            id=f"task-{self.count:02}",
            owner=owner,
            address=Address(platform=owner.platform, value=f"v{self.count}", place=("", "a", "b")[self.count % 3]),
            event=event,
            price=price,
            key_id=kept,
            parent_id=None if parent is None else self.ids[parent % len(self.ids)],
            is_first=True,
            created_at=self.now,
            next_at=self.now,
            changed_at=self.now,
        )
        written = self.both(lambda side: side.tasks.add(task, within=within))
        if isinstance(written, Task):
            self.ids.append(written.id)
            self.keeps_within(written, within)

    def keeps_within(self, task: Task, within: Limits | None) -> None:
        """See that a task that was let in left every limit unbroken."""
        if within is None or not task.price:
            return
        for scope, limit in within.credits.items():
            is_counted = scope is not Scope.EVERYBODY or task.key_id is None
            exists = {Scope.SERVER: task.owner.server_id, Scope.CHANNEL: task.owner.channel_id}.get(scope, "")
            if is_counted and exists is not None and task.created_at >= within.since:
                spent = self.both(lambda side, scope=scope: side.tasks.spent(scope, task.owner, since=within.since))
                assert spent <= limit

    @rule(number=numbers)
    def ask_twice_under_one_id(self, number: int) -> None:
        task = self.one(number)
        self.both(lambda side: side.tasks.add(replace(task, event=None, submission=None, files=())))

    @rule(owner=st.sampled_from(PEOPLE))
    def look_around(self, owner: Owner) -> None:
        self.both(lambda side: side.tasks.tasks_of(owner, limit=4))
        self.both(lambda side: side.tasks.usage(owner, since=self.now - timedelta(seconds=30), alias="cleo"))
        for scope in Scope:
            self.both(lambda side, scope=scope: side.tasks.spent(scope, owner, since=NOON))
        self.both(lambda side: side.tasks.first_at(owner))
        for is_own in (True, False):
            sought = Sought(asker=owner, is_own_only=is_own, words=("owl",))
            self.both(lambda side, sought=sought: side.tasks.search(sought, limit=5))

    @rule(number=numbers, why=st.sampled_from([Removal.FORGOTTEN, Removal.PERSON_FORGOTTEN]))
    def forget(self, number: int, why: Removal) -> None:
        task = self.one(number)
        nobody = Owner(platform=task.owner.platform, user_id="forgotten-1", server_id=task.owner.server_id)
        bare = forgotten(task, why, now=self.now, owner=nobody if why is Removal.PERSON_FORGOTTEN else None)
        self.both(lambda side: side.tasks.save(bare, expected_revision=task.revision))

    @rule(owner=st.sampled_from(PEOPLE))
    def forget_first(self, owner: Owner) -> None:
        self.both(lambda side: side.tasks.forget_first(owner))

    # What the loops do.

    @rule(worker=workers, parallel=st.integers(1, 3), resting=st.sets(st.none()))
    def claim_accepted(self, worker: Worker, parallel: int, resting: Collection[str | None]) -> None:
        paused = self.both(lambda side: side.controls.paused())
        found = self.both(
            lambda side: side.tasks.claim_accepted(worker, now=self.now, parallel=parallel, resting=resting)
        )
        if found is not None:
            assert paused is None
            assert found.state is TaskState.ACCEPTED
            assert found.key_id not in resting
            self._grip(self.work, [found], worker)

    @rule(wanted=states, worker=workers, limit=st.integers(1, 4))
    def claim_due(self, wanted: Collection[TaskState], worker: Worker, limit: int) -> None:
        found = self.both(lambda side: side.tasks.claim_due(wanted, worker, now=self.now, limit=limit))
        assert all(task.state in wanted and task.next_at <= self.now for task in found)
        self._grip(self.work, found, worker)

    @rule(worker=workers, limit=st.integers(1, 4), platforms=st.sets(st.sampled_from(PLATFORMS), min_size=1))
    def claim_untold(self, worker: Worker, limit: int, platforms: Collection[str]) -> None:
        found = self.both(lambda side: side.tasks.claim_untold(worker, platforms=platforms, now=self.now, limit=limit))
        assert all(task.told < task.revision for task in found)
        self._grip(self.telling, found, worker)

    def _grip(self, held: dict[str, Grip], found: Collection[Task], worker: Worker) -> None:
        """Note a claim; nobody else may hold what was claimed."""
        for task in found:
            before = held.get(task.id)
            assert before is None or before.until <= self.cut, f"{task.id} is leased twice"
            held[task.id] = Grip(worker.name, self.cut + worker.lease)

    @rule(number=numbers, worker=workers)
    def release(self, number: int, worker: Worker) -> None:
        task = self.one(number)
        self.both(lambda side: side.tasks.release(task.id, worker))
        for held in (self.work, self.telling):
            if (grip := held.get(task.id)) and grip.worker == worker.name:
                del held[task.id]

    @rule(picked=st.sets(numbers, max_size=4), worker=workers)
    def renew(self, picked: Collection[int], worker: Worker) -> None:
        named = sorted({self.ids[number % len(self.ids)] for number in picked})
        self.both(lambda side: side.tasks.renew(named, worker, now=self.now))
        for held in (self.work, self.telling):
            for task_id in named:
                if (grip := held.get(task_id)) and grip.worker == worker.name:
                    grip.until = self.cut + worker.lease

    @rule()
    def a_lone_process_starts(self) -> None:
        self.both(lambda side: side.tasks.clear_leases())
        self.work.clear()
        self.telling.clear()

    @rule(number=numbers, choice=st.integers(0, 3), rest_s=st.sampled_from([0, 5, 40]), late=st.booleans())
    def move(self, number: int, choice: int, rest_s: int, late: bool) -> None:
        task = self.one(number)
        if not (nexts := sorted(MOVES[task.state])):
            return
        state = nexts[choice % len(nexts)]
        changes: dict[str, Any] = {"next_at": self.now + timedelta(seconds=rest_s)}
        if state is TaskState.SUBMITTED:
            changes |= {"submission": a_submission(uuid=f"u-{task.id}"), "submitted_at": self.now}
        if state is TaskState.READY:
            changes["files"] = (a_file(), a_file("side.png"))
        if state in {TaskState.FAILED, TaskState.UNCLEAR}:
            changes["failure"] = Failure(kind=FailureKind.LOST_ANSWER, charged=list(Charge)[choice % len(Charge)])
        moved = task.move(state, now=self.now, **changes)
        self.both(lambda side: side.tasks.save(moved, expected_revision=task.revision - late))

    @rule(number=numbers, other=numbers)
    def claim_the_submission_of_another(self, number: int, other: int) -> None:
        task, submission = self.one(number), self.one(other).submission
        stolen = task.revise(submission=submission)
        self.both(lambda side: side.tasks.save(stolen, expected_revision=task.revision))

    @rule(number=numbers, behind=st.integers(0, 2), value=st.sampled_from(["x", "y"]))
    def tell(self, number: int, behind: int, value: str) -> None:
        task = self.one(number)
        address = replace(task.address, value=value, place=value)
        revision = max(-1, task.revision - behind)
        self.both(lambda side: side.tasks.mark_told(task.id, revision=revision, address=address))
        self.telling.pop(task.id, None)

    @rule(number=numbers, seconds=st.integers(0, 40))
    def postpone(self, number: int, seconds: int) -> None:
        task = self.one(number)
        self.both(lambda side: side.tasks.postpone_telling(task.id, until=self.now + timedelta(seconds=seconds)))
        self.telling.pop(task.id, None)

    @rule(wanted=states)
    def look_at_the_queue(self, wanted: Collection[TaskState]) -> None:
        self.both(lambda side: side.tasks.next_due(wanted, now=self.now))
        self.both(lambda side: side.tasks.tasks_in(wanted, limit=3))
        self.both(lambda side: side.tasks.durations("Gen-2.5-Medium", limit=3))
        self.both(lambda side: side.tasks.children(self.ids, limit=4))
        self.both(lambda side: side.tasks.known_uuids({f"u-{one}" for one in self.ids} | {"nobody's"}))
        for place in ("", "a", "x"):
            self.both(lambda side, place=place: side.tasks.tasks_at("console", place, limit=3))
        for event in ("e1", "nobody's"):
            self.both(lambda side, event=event: side.tasks.made_by(event))

    @rule(seconds=st.sampled_from([0.0004, 1, 5, 20, 61]))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    # What the operator and the admins do.

    @rule(word=st.sampled_from(["", "back at noon"]))
    def pause(self, word: str) -> None:
        self.both(lambda side: side.controls.pause(word, now=self.minute))

    @rule()
    def resume(self) -> None:
        self.both(lambda side: side.controls.resume())

    @rule(
        kind=st.sampled_from([BlockKind.PERSON, BlockKind.SERVER]),
        value=st.sampled_from(["bob", "slack:ada", "console:desk"]),
    )
    def block(self, kind: BlockKind, value: str) -> None:
        self.both(lambda side: side.controls.block(kind, value, now=self.minute))

    @rule(
        kind=st.sampled_from([BlockKind.PERSON, BlockKind.SERVER]),
        value=st.sampled_from(["bob", "slack:ada", "console:desk"]),
    )
    def unblock(self, kind: BlockKind, value: str) -> None:
        self.both(lambda side: side.controls.unblock(kind, value))
        self.both(lambda side: side.controls.blocks())

    @rule(platform=st.sampled_from(PLATFORMS), secret=st.sampled_from(SECRETS))
    def keep_key(self, platform: str, secret: str) -> None:
        server = Server(platform=platform, server_id="desk")
        self.both(lambda side: side.keys.keep(server, secret, now=self.minute))

    @rule(platform=st.sampled_from(PLATFORMS))
    def remove_key(self, platform: str) -> None:
        self.both(lambda side: side.keys.remove(Server(platform=platform, server_id="desk")))

        async def erased(side: Side) -> set[str]:
            return set(await side.keys.erase_unused())

        self.both(erased)

    @rule(number=numbers, why=st.sampled_from(Stop))
    def stop_key(self, number: int, why: Stop) -> None:
        key_id = self.one(number).key_id
        order = StopOrder(why=why, needs=Decimal(1), now=self.minute, look_at=self.minute + timedelta(minutes=3))
        self.both(lambda side: side.keys.stop(key_id, order))
        self.both(lambda side: side.keys.state(key_id))

    @rule(number=numbers)
    def key_goes_on(self, number: int) -> None:
        key_id = self.one(number).key_id
        self.both(lambda side: side.keys.resume(key_id))

    # What holds always.

    @invariant()
    def both_hold_the_same_and_keep_their_promises(self) -> None:
        rows: tuple[Task, ...] = self.both(lambda side: side.tasks.tasks_in(ALL, limit=99))
        leases: dict[str, Leases] = self.both(lambda side: side.leases())
        for row in rows:
            self._goes_on_from(self.seen.get(row.id), row)
        self.seen = {row.id: row for row in rows}
        _is_unlike([row.event for row in rows if row.event])
        _is_unlike([row.submission.uuid for row in rows if row.submission])
        _is_unlike([(row.owner.platform, row.owner.server_id) for row in rows if row.is_first and row.owner.server_id])
        for task_id, grip in self.work.items():
            if grip.until > self.cut:
                assert leases[task_id].work == Lease(grip.worker, grip.until)

    def _goes_on_from(self, before: Task | None, row: Task) -> None:
        """See that a row has not gone back on anything."""
        assert row.told <= row.revision
        if before is None:
            return
        assert row.revision >= before.revision
        assert row.told >= before.told
        assert before.state not in ENDS or row.state is before.state
        assert before.ended_revision in {None, row.ended_revision}
        told = replace(row, told=before.told, address=before.address)
        assert row.revision > before.revision or told == before


def _is_unlike(values: list[Any]) -> None:
    """See that no value stands for two tasks."""
    assert len(values) == len(set(values))


def _server(owner: Owner) -> Server:
    return Server(platform=owner.platform, server_id=owner.server_id or "")


TestStores = StoreMachine.TestCase
TestStores.settings = tried(8, steps=25)
