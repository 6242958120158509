"""What is suggested to somebody who is typing an id, and how little that costs."""

from __future__ import annotations

from typing import Any

from bot.suggestions import Suggester
from bot.update import Choice
from tests.factories import an_owner
from tests.fakes.memory_store import MemoryTaskStore
from tests.unit.core.house import House, World


class CountedStore(MemoryTaskStore):
    """Notes which reads it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def __getattribute__(self, name: str) -> Any:
        if name in {"tasks_of", "queue_places", "durations", "load"}:
            object.__getattribute__(self, "asked").append(name)
        return super().__getattribute__(name)


async def test_what_was_typed_is_looked_for_in_ids_and_titles_in_any_case():
    house = House()
    owl = await house.ask("ein großer Kauz")
    house.clock.turn(seconds=1)
    boat = await house.ask("a red\nBOAT")

    async def found(typed: str) -> list[str]:
        return [one.task_id for one in await house.intake.suggestions(an_owner(), typed)]

    assert await found("") == [boat.id, owl.id]
    assert await found(" GROSSER ") == [owl.id]
    assert await found("red boat") == [boat.id]
    assert await found(owl.id[2:5].upper()) == [owl.id]
    assert await found("nothing of mine") == []


async def test_only_the_persons_own_tasks_to_which_it_can_be_done_are_suggested():
    house = House()
    ready = await house.a_model()
    waiting = await house.ask()
    await house.ask(who="bob")

    async def found(need: Choice | None, **options: int) -> list[str]:
        return [one.task_id for one in await house.intake.suggestions(an_owner(), need=need, **options)]

    assert await found(Choice.SPLIT) == [ready.id]
    assert await found(Choice.CANCEL) == [waiting.id]
    assert await found(None) == [waiting.id, ready.id]
    assert await found(None, limit=1) == [waiting.id]


async def test_a_keystroke_costs_one_read_however_many_tasks_there_are():
    store = CountedStore()
    house = House(World(tasks=store))
    for _ in range(30):
        await house.ask()
    store.asked.clear()

    found = await Suggester(tasks=store).suggest(an_owner(), "owl", need=Choice.CANCEL, limit=25)

    assert len(found) == 25
    assert store.asked == ["tasks_of"]
