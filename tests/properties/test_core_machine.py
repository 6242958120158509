"""Whatever people, Rodin, chats, disks and kills do, in whatever order: nothing is lost, nothing is paid for twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.chat import Wish
from bot.errors import (
    AddressGone,
    FileStoreBusy,
    PlatformBusy,
    StaleTask,
    StorageError,
    UserMistake,
    VendorBusy,
    VendorDown,
    VendorFull,
    VendorGarbled,
    VendorRefused,
    VendorUnclear,
)
from bot.model import ENDS, ConvertRequest, JobState, RefusalReason, Task, TaskState
from bot.sweeper import sweep_spool
from tests.factories import an_address, an_owner
from tests.properties.profile import tried
from tests.unit.core.house import House, World
from tests.unit.core.lives import FOR_EVER, Killed, a_process, results_in

LOOPS = ("submitter", "tracker", "collector", "converter", "curator", "announcer")
PEOPLE = ("ada", "bob")
LONGEST_ROUNDS = 200
"""Of all loops: more than the tasks of one example ever take."""

numbers = st.integers(0, 9)
people = st.sampled_from(PEOPLE)
loops = st.lists(st.sampled_from(LOOPS), min_size=1, max_size=6)

READ_FAULTS = (
    lambda: VendorBusy("busy", retry_after_s=20),
    lambda: VendorDown("HTTP 502"),
    lambda: VendorGarbled("no JSON"),
    lambda: VendorRefused("NO_SUCH_TASK", reason=RefusalReason.NO_SUCH_TASK),
)
SEND_FAULTS = (
    lambda: VendorFull("full"),
    lambda: VendorBusy("busy"),
    lambda: VendorUnclear("no answer"),
    lambda: VendorRefused("IMAGE_CONTENT_VIOLATION", reason=RefusalReason.CONTENT),
)


class CoreMachine(RuleBasedStateMachine):
    """One process at a time, in a world that goes wrong in every way that it can."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.world = World()
        self.is_exclusive = False
        self.processes = 0
        self.asked: dict[str, str] = {}
        self.tellings_lost = False
        self.house = self.a_process()

    def teardown(self) -> None:
        try:
            self.everything_comes_to_its_end()
        finally:
            self.runner.close()

    def a_process(self, breaths: int = FOR_EVER) -> House:
        self.processes += 1
        return a_process(self.world, self.processes, breaths=breaths, is_exclusive=self.is_exclusive)

    def run(self, what: Callable[[], Awaitable[Any]]) -> Any:
        """Do something in the process that lives; if it dies of it, another one starts."""

        async def done() -> Any:
            try:
                return await what()
            except Killed:
                await self.starts_anew()
            except (UserMistake, StorageError):
                pass
            return None

        return self.runner.run(done())

    async def starts_anew(self) -> None:
        self.house = self.a_process()
        await self.world.tasks.clear_leases()
        await sweep_spool(self.world.tasks, self.world.files)

    # What people do.

    @initialize(is_exclusive=st.booleans())
    def an_operator_chooses(self, is_exclusive: bool) -> None:
        self.is_exclusive = is_exclusive
        self.house = self.a_process()
        self.ask("ada", "first", pictures=1)

    @rule(who=people, event=st.none() | st.sampled_from(["e1", "e2"]), pictures=st.integers(0, 2))
    def ask(self, who: str, event: str | None, pictures: int) -> None:
        wish = Wish(prompt="an owl", pictures=(b"owl",) * pictures)
        self.keep(lambda: self.house.intake.generate(wish, an_owner(who), an_address("channel-1"), event=event), who)

    def keep(self, what: Callable[[], Awaitable[Task]], who: str) -> None:
        """Ask for something; what was acknowledged is remembered. Ids are drawn by lot, so moments keep tasks apart."""
        self.world.clock.turn(seconds=1)
        task: Task | None = self.run(what)
        if task is not None:
            self.asked.setdefault(task.id, who)

    def picked(self, number: int) -> tuple[str, str]:
        """Return one of the tasks, and who asked for it."""
        return list(self.asked.items())[number % len(self.asked)]

    @precondition(lambda self: self.asked)
    @rule(
        number=numbers,
        how=st.sampled_from(["again", "resend", "better"]),
        event=st.none() | st.sampled_from(["f1", "f2"]),
    )
    def ask_for_more(self, number: int, how: str, event: str | None) -> None:
        task_id, who = self.picked(number)
        ask = getattr(self.house.intake, how)
        self.keep(lambda: ask(task_id, an_owner(who), an_address("channel-1"), event=event), who)

    @precondition(lambda self: self.asked)
    @rule(number=numbers, how=st.sampled_from(["variation", "retexture", "split"]), pictures=st.integers(0, 1))
    def ask_for_something_else(self, number: int, how: str, pictures: int) -> None:
        task_id, who = self.picked(number)
        wish = Wish(prompt="with a hat", pictures=(b"hat",) * pictures)
        ask = getattr(self.house.intake, how)
        self.keep(lambda: ask(task_id, wish, an_owner(who), an_address("channel-1")), who)

    @precondition(lambda self: self.asked)
    @rule(number=numbers, into=st.sampled_from(["obj", "stl", "fbx"]))
    def ask_for_another_format(self, number: int, into: str) -> None:
        task_id, who = self.picked(number)
        self.keep(lambda: self.house.intake.other_format(task_id, into, an_owner(who), an_address("channel-1")), who)

    @precondition(lambda self: self.asked)
    @rule(number=numbers)
    def cancel(self, number: int) -> None:
        task_id, who = self.picked(number)
        self.run(lambda: self.house.intake.cancel(task_id, an_owner(who)))

    @precondition(lambda self: self.asked)
    @rule(number=numbers, forget=st.booleans())
    def delete(self, number: int, forget: bool) -> None:
        task_id, who = self.picked(number)
        self.run(lambda: self.house.intake.delete(task_id, an_owner(who), forget=forget))

    @rule(who=people)
    def forget_me(self, who: str) -> None:
        self.run(lambda: self.house.intake.forget_me(an_owner(who)))

    # What goes on by itself.

    @rule(names=loops, seconds=st.sampled_from([0, 1, 31, 600]))
    def loops_turn(self, names: list[str], seconds: int) -> None:
        self.world.clock.turn(seconds=seconds)
        for name in names:
            self.run(lambda name=name: self.turn(name))

    @rule(rounds=st.integers(1, 4))
    def all_goes_on_for_a_while(self, rounds: int) -> None:
        for _ in range(rounds):
            self.loops_turn(list(LOOPS), 31)
            self.world.rodin.finish()

    async def turn(self, name: str) -> None:
        """Let a loop claim and work as the crew does: what breaks off is left to its lease."""
        loop = self.house.loops[name]
        for task in await loop.claim(3):
            with suppress(StaleTask):
                await loop.work(task)
            await self.house.ports.tasks.release(task.id, self.house.named(name))

    @rule(hours=st.sampled_from([1, 25, 24 * 31]))
    def long_after(self, hours: int) -> None:
        self.world.clock.turn(hours=hours)

    @rule(how=st.sampled_from([JobState.WAITING, JobState.GENERATING, JobState.DONE, JobState.FAILED]))
    def rodin_works(self, how: JobState) -> None:
        if how is JobState.DONE:
            self.world.rodin.finish()
        else:
            self.world.rodin.put(how, how)

    # What goes wrong.

    @rule(breaths=st.integers(0, 25))
    def is_doomed(self, breaths: int) -> None:
        self.house = self.a_process(breaths)
        self.runner.run(self.world.tasks.clear_leases())

    @rule(method=st.sampled_from(["status", "files", "fetch", "usage", "balance"]), fault=st.sampled_from(READ_FAULTS))
    def rodin_fails_to_answer(self, method: str, fault: Callable[[], Exception]) -> None:
        self.world.rodin.errors[method].append(fault())

    @rule(fault=st.sampled_from(SEND_FAULTS))
    def rodin_takes_nothing(self, fault: Callable[[], Exception]) -> None:
        self.world.rodin.errors["submit"].append(fault())

    @rule()
    def an_answer_is_lost(self) -> None:
        self.world.rodin.lose_answer()

    @rule(is_down=st.booleans())
    def rodin_is_down(self, is_down: bool) -> None:
        self.world.rodin.down = VendorDown("no connection") if is_down else None

    @rule(is_full=st.booleans())
    def the_disk_is_full(self, is_full: bool) -> None:
        self.world.files.trouble = FileStoreBusy("no room left") if is_full else None

    @rule(is_gone=st.booleans())
    def the_chat_fails(self, is_gone: bool) -> None:
        self.tellings_lost |= is_gone
        self.world.platform.errors.append(AddressGone("gone") if is_gone else PlatformBusy("later"))

    # What holds always.

    @invariant()
    def nobody_pays_for_what_was_not_sent(self) -> None:
        rows = self.runner.run(self.rows())
        sent = [row for row in rows if row.submitted_at is not None]
        assert len(self.world.rodin.ledger) <= len(sent)
        uuids = [row.submission.uuid for row in rows if row.submission]
        assert len(uuids) == len(set(uuids))

    @invariant()
    def what_was_acknowledged_is_there(self) -> None:
        assert set(self.asked) <= {row.id for row in self.runner.run(self.rows())}

    @invariant()
    def no_ending_is_told_twice(self) -> None:
        told = Counter(seen.update.task_id for seen in self.world.platform.said)
        assert max(told.values(), default=0) <= 1

    async def rows(self) -> tuple[Task, ...]:
        return await self.world.tasks.tasks_in(frozenset(TaskState), limit=999)

    def everything_comes_to_its_end(self) -> None:
        """Let the world be well again, and see that all ends well."""
        world = self.world
        world.rodin.down, world.files.trouble = None, None
        world.rodin.errors.clear()
        world.rodin.lost.clear()
        world.platform.errors.clear()
        self.runner.run(self.lives_on())
        rows = self.runner.run(self.rows())
        said = Counter(seen.update.task_id for seen in world.platform.said)
        for row in rows:
            assert row.state in ENDS, row
            assert row.told == row.revision, row
            is_paid = row.state is not TaskState.READY or isinstance(row.request, ConvertRequest) or row.submission
            assert is_paid, row
            if not (row.muted or self.tellings_lost or row.showing.removal):
                assert said[row.id] == 1, row
        assert results_in(world) == {file.key for row in rows for file in row.files}
        assert spool_of(world) == {picture.key for row in rows for picture in row.request.pictures if is_kept(row)}

    async def lives_on(self) -> None:
        await self.starts_anew()
        for _ in range(LONGEST_ROUNDS):
            self.world.clock.turn(seconds=61)
            for name in LOOPS:
                await self.turn(name)
            self.world.rodin.finish()
            if all(map(is_settled, await self.rows())):
                break
        await sweep_spool(self.world.tasks, self.world.files)


def is_settled(task: Task) -> bool:
    """Say whether nothing is left to do about a task."""
    is_drawn = task.showing.is_pictured or not task.files
    return task.has_ended and task.told == task.revision and is_drawn


def spool_of(world: World) -> set[str]:
    return {key for key in world.files.held if key.startswith("spool/")}


def is_kept(task: Task) -> bool:
    """Say whether the pictures of a task are still wanted."""
    return task.state is not TaskState.CANCELLED and task.showing.removal is None


TestCore = CoreMachine.TestCase
TestCore.settings = tried(15, steps=30)
