"""A key with which nothing can be made: its queue stops, its people read why, others notice nothing, it goes on."""

from __future__ import annotations

import logging
from decimal import Decimal

import pytest

from bot.chat import Wish
from bot.errors import KeyStopped, VendorDown, VendorRefused
from bot.keys import Stop
from bot.model import FailureKind, Hold, Owner, RefusalReason, Task, TaskState
from tests.factories import an_address, an_owner
from tests.fakes.generator import ScriptedGenerator
from tests.unit.core.house import House, Rules

KEY = "rodin-key-of-the-desk"
ELSEWHERE = an_owner("bo", server_id="elsewhere")


def refusal(reason: RefusalReason = RefusalReason.CREDITS) -> VendorRefused:
    return VendorRefused(reason.value.upper(), reason=reason)


async def ask(house: House, owner: Owner | None = None, **options: str) -> Task:
    house.clock.turn(seconds=1)  # so that they are sent in this order
    wish = Wish(prompt="a brass owl", options=options)
    return await house.intake.generate(wish, owner or an_owner(), an_address("channel-1"))


async def furnished(rules: Rules | None = None) -> tuple[House, ScriptedGenerator]:
    """Return a process whose desk has a key of its own, and Rodin as that key reaches it."""
    house = House(rules=rules)
    await house.intake.set_key(an_owner("root"), KEY)
    return house, house.keyring.others[KEY]


async def stopped(house: House, rodin: ScriptedGenerator, *, waiting: int = 2) -> tuple[Task, ...]:
    """Empty the wallet, have one task refused, and return it with those that wait."""
    tasks = tuple([await ask(house) for _ in range(waiting + 1)])
    rodin.wallet = Decimal(0)
    rodin.errors["submit"].append(refusal())
    await house.turn(house.submitter, room=1)
    return tasks


async def test_of_two_keys_one_exhausted_only_its_people_are_stopped_and_told_why() -> None:
    house, rodin = await furnished()

    refused, *waiting = await stopped(house, rodin)
    theirs = await ask(house, ELSEWHERE)
    await house.send()

    ended = await house.now(refused)
    assert ended.failure is not None
    assert (ended.state, ended.failure.kind) == (TaskState.FAILED, FailureKind.REFUSED)
    assert "this server's own key has run out of credits" in (await house.viewer.update(ended)).headline
    for task in waiting:
        held = await house.now(task)
        assert (held.state, held.hold) == (TaskState.ACCEPTED, Hold.KEY)
        assert (await house.viewer.update(held)).headline == (
            "This server's own Rodin key has too few credits left. Your task waits and nothing was charged; it goes "
            "on by itself once an admin of this server has added credits at Hyper3D or set another key."
        )
    assert rodin.calls.count("submit") == 1
    assert (await house.now(theirs)).state is TaskState.SUBMITTED


async def test_who_waits_is_told_in_the_thread_and_told_again_when_it_goes_on() -> None:
    house, rodin = await furnished()
    (_, waiting) = await stopped(house, rodin, waiting=1)
    await house.tell()
    rodin.wallet = Decimal(5)
    house.clock.turn(seconds=200)
    await house.warden.turn()
    await house.tell()

    said = [seen.update.headline for seen in house.platform.shown if seen.update.task_id == waiting.id]
    assert "too few credits left" in said[-2]
    assert said[-1] == "Next in line."


async def test_new_wishes_are_refused_with_the_reason_while_a_key_is_stopped() -> None:
    house, rodin = await furnished()
    await stopped(house, rodin)

    with pytest.raises(KeyStopped, match=r"too few credits left\. Nothing was sent or charged"):
        await ask(house)

    assert (await ask(house, ELSEWHERE)).state is TaskState.ACCEPTED


async def test_a_key_goes_on_by_itself_when_its_wallet_is_filled() -> None:
    house, rodin = await furnished()
    _, *waiting = await stopped(house, rodin)

    house.clock.turn(seconds=200)
    await house.warden.turn()
    assert (await house.keys.state((await house.now(waiting[0])).key_id)).stopped is Stop.CREDITS
    rodin.wallet = Decimal(50)
    house.clock.turn(minutes=10)
    await house.warden.turn()
    await house.send()

    assert [(await house.now(task)).state for task in waiting] == [TaskState.SUBMITTED] * 2


async def test_a_stopped_key_is_not_looked_at_at_every_turn_and_ever_less_often() -> None:
    house, rodin = await furnished()
    await stopped(house, rodin)
    rodin.calls.clear()

    for _ in range(120):
        house.clock.turn(seconds=60)
        await house.warden.turn()

    assert 4 <= rodin.calls.count("balance") <= 8


async def test_another_key_lets_those_who_wait_go_on_at_once() -> None:
    house, rodin = await furnished()
    _, *waiting = await stopped(house, rodin)

    said = await house.intake.set_key(an_owner("root"), "another-key")
    await house.send()

    assert "2 tasks that waited go on with it" in said
    assert [(await house.now(task)).state for task in waiting] == [TaskState.SUBMITTED] * 2
    assert len(house.keyring.others["another-key"].taken) == 2


async def test_a_removed_key_that_is_stopped_calls_off_for_free_what_waits_for_it() -> None:
    house, rodin = await furnished()
    _, *waiting = await stopped(house, rodin)

    said = await house.intake.remove_key(an_owner("root"))

    assert "2 tasks that waited for it to work again were called off; nothing was charged" in said
    assert [(await house.now(task)).state for task in waiting] == [TaskState.CANCELLED] * 2
    assert house.keys.secrets == {}
    assert (await ask(house)).key_id is None


async def test_one_refusal_of_a_key_that_rodin_still_likes_stops_nothing() -> None:
    house, rodin = await furnished()
    first, second = await ask(house), await ask(house)
    rodin.errors["submit"].append(refusal(RefusalReason.PERMISSION))

    await house.turn(house.submitter, room=1)
    await house.send()

    assert (await house.now(first)).state is TaskState.FAILED
    assert (await house.now(second)).state is TaskState.SUBMITTED
    assert (await house.keys.state(first.key_id)).refused == 0


async def test_a_second_task_in_a_row_that_is_refused_because_of_the_key_stops_it() -> None:
    house, rodin = await furnished()
    tasks = [await ask(house) for _ in range(3)]
    rodin.errors["submit"].extend(refusal(RefusalReason.PERMISSION) for _ in range(2))

    for _ in range(3):
        await house.turn(house.submitter, room=1)

    states = [(await house.now(task)).state for task in tasks]
    assert states == [TaskState.FAILED, TaskState.FAILED, TaskState.ACCEPTED]
    assert (await house.keys.state(tasks[0].key_id)).stopped is Stop.PERMISSION


async def test_a_refusal_for_what_was_asked_for_says_nothing_against_the_key() -> None:
    house, rodin = await furnished()
    tasks = [await ask(house) for _ in range(4)]
    reasons = [RefusalReason.PERMISSION, RefusalReason.CONTENT, RefusalReason.PERMISSION]
    rodin.errors["submit"].extend(map(refusal, reasons))

    for _ in range(4):
        await house.turn(house.submitter, room=1)

    assert (await house.now(tasks[3])).state is TaskState.SUBMITTED


async def test_what_a_wallet_must_hold_to_go_on_is_the_price_that_it_could_not_pay() -> None:
    house, rodin = await furnished()
    rodin.wallet = Decimal("0.75")
    tasks = [await ask(house, tier="Gen-2.5-Extreme-High") for _ in range(3)]
    rodin.errors["submit"].extend(refusal() for _ in range(2))
    for _ in range(2):
        await house.turn(house.submitter, room=1)
    price = tasks[0].price
    assert price > rodin.wallet

    house.clock.turn(minutes=5)
    await house.warden.turn()
    assert (await house.keys.state(tasks[0].key_id)).stopped is Stop.CREDITS
    rodin.wallet = price
    house.clock.turn(minutes=30)
    await house.warden.turn()

    assert (await house.keys.state(tasks[0].key_id)).stopped is None


async def test_a_key_revoked_while_its_tasks_run_is_found_out_by_asking_how_they_stand() -> None:
    house, rodin = await furnished()
    running = await ask(house)
    await house.send()
    waiting = await ask(house)
    rodin.down = refusal(RefusalReason.KEY)

    await house.poll()

    assert (await house.now(running)).state is TaskState.SUBMITTED
    held = await house.now(waiting)
    assert (held.state, held.hold) == (TaskState.ACCEPTED, Hold.KEY)
    assert "does not accept this server's own key any more" in (await house.viewer.update(held)).headline


async def test_the_operators_key_is_stopped_too_and_its_people_read_who_can_act() -> None:
    house, rodin = await furnished()
    _refused, waiting = await ask(house, ELSEWHERE), await ask(house, ELSEWHERE)
    house.rodin.wallet = Decimal(0)
    house.rodin.errors["submit"].append(refusal())

    await house.turn(house.submitter, room=1)
    ours = await ask(house)
    await house.send()

    assert (
        "goes on by itself once the person who runs the bot has put that right"
        in (await house.viewer.update(await house.now(waiting))).headline
    )
    assert (await house.now(ours)).state is TaskState.SUBMITTED
    assert len(rodin.taken) == 1
    with pytest.raises(KeyStopped, match="The bot's Rodin account has too few credits left"):
        await ask(house, ELSEWHERE)


async def test_the_operator_is_told_once_at_either_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot.keywarden")
    house, rodin = await furnished()
    await stopped(house, rodin)
    for _ in range(5):
        house.clock.turn(minutes=10)
        await house.warden.turn()
    rodin.wallet = Decimal(9)
    for _ in range(5):
        house.clock.turn(minutes=30)
        await house.warden.turn()

    news = [item.sentence for item in await house.marks.news.untold(now=house.clock.now(), limit=99)]
    assert news == [
        "The Rodin key of console:desk is stopped: too few credits. Other keys go on.",
        "The Rodin key of console:desk works again.",
    ]
    said = [record.getMessage().split(" key=")[0] for record in caplog.records if record.name == "bot.keywarden"]
    assert said == ["key stopped, its tasks wait", "key works again"]
    assert KEY not in caplog.text


async def test_news_of_a_stop_that_a_kill_cut_off_are_told_by_the_next_process() -> None:
    house, rodin = await furnished()
    await stopped(house, rodin)
    marks = house.marks
    marks.held.clear()  # killed between the stop and the news
    marks.news.held.clear()

    await house.warden.turn()
    assert not marks.news.held  # this process believes that it has told
    after_the_kill = House(house.world)
    await after_the_kill.warden.turn()

    (told,) = await after_the_kill.marks.news.untold(now=house.clock.now(), limit=9)
    assert "is stopped" in told.sentence


async def test_the_first_turn_of_a_process_looks_at_every_stopped_key_at_once() -> None:
    house = House()
    await ask(house, ELSEWHERE)
    house.rodin.down = refusal(RefusalReason.KEY)
    await house.send()
    waiting = await house.keys.state(None)
    assert waiting.stopped is Stop.KEY
    house.rodin.down = None  # the operator has set another key and starts again

    again = House(house.world)
    await again.warden.turn()

    assert (await again.keys.state(None)).stopped is None


async def test_an_outage_neither_stops_a_key_nor_lets_a_stopped_one_go_on() -> None:
    house, rodin = await furnished()
    task = await ask(house)
    rodin.errors["submit"].append(refusal(RefusalReason.SUBSCRIPTION))
    rodin.errors["balance"].append(VendorDown("no connection"))
    await house.send()
    assert (await house.keys.state(task.key_id)).stopped is None

    await stopped(house, rodin)
    rodin.down = VendorDown("no connection")
    house.clock.turn(minutes=10)
    await house.warden.turn()

    assert (await house.keys.state(task.key_id)).stopped is Stop.CREDITS


async def test_a_task_that_was_about_to_leave_when_its_key_stopped_is_not_sent() -> None:
    house, rodin = await furnished(Rules(parallel=2))
    first, second = await ask(house), await ask(house)
    claimed = await house.submitter.claim(2)
    rodin.wallet = Decimal(0)
    rodin.errors["submit"].append(refusal())
    await house.submitter.work(claimed[0])

    with pytest.raises(Exception, match="not at revision"):
        await house.submitter.work(claimed[1])

    assert rodin.calls.count("submit") == 1
    assert (await house.now(first)).state is TaskState.FAILED
    assert (await house.now(second)).hold is Hold.KEY
