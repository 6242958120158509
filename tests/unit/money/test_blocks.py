"""Whom and what the operator takes nothing from, and what those people read."""

from __future__ import annotations

import pytest

from bot import words_money
from bot.chat import Wish
from bot.controls import LONGEST_WORD, BlockKind, admit, block_value, has_word, one_line
from bot.errors import Blocked
from bot.model import BangRequest, TaskState
from tests.factories import NOON, an_address, an_owner
from tests.unit.core.house import House


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (BlockKind.PERSON, "ada", "has blocked you from asking for models"),
        (BlockKind.PERSON, "console:ada", "has blocked you from asking for models"),
        (BlockKind.SERVER, "desk", "has blocked this server from asking for models"),
        (BlockKind.WORD, "owl", 'does not allow "owl". Say it without'),
    ],
)
async def test_what_is_blocked_is_refused_in_words_and_leaves_nothing(kind: BlockKind, value: str, said: str) -> None:
    house = House()
    await house.controls.block(kind, value, now=NOON)

    with pytest.raises(Blocked, match=said) as caught:
        await house.intake.generate(Wish(prompt="a brass owl", pictures=(b"x",)), an_owner(), an_address())

    assert str(caught.value).endswith("othing was sent or charged.")
    assert await house.intake.tasks(an_owner()) == ()
    assert house.files.held == {}


async def test_others_and_other_words_are_taken_as_before() -> None:
    house = House()
    await house.controls.block(BlockKind.PERSON, "bea", now=NOON)
    await house.controls.block(BlockKind.SERVER, "slack:desk", now=NOON)
    await house.controls.block(BlockKind.WORD, "rat", now=NOON)

    assert await house.ask("a decorated owl")


async def test_a_blocked_person_cannot_have_an_old_task_sent_again() -> None:
    house = House()
    task = await house.a_model()
    await house.controls.block(BlockKind.PERSON, "ada", now=NOON)

    with pytest.raises(Blocked):
        await house.intake.again(task.id, an_owner(), an_address())


async def test_a_blocked_word_may_not_be_how_a_model_is_split_either() -> None:
    house = House()
    await house.controls.block(BlockKind.WORD, "head", now=NOON)

    for request in (BangRequest(instruction="Head and body"), BangRequest(prompt="a head")):
        with pytest.raises(Blocked):
            await admit(house.controls, an_owner(), request.words)
    await admit(house.controls, an_owner(), BangRequest(instruction="wheels").words)


async def test_what_is_allowed_again_is_taken_again() -> None:
    house = House()
    await house.controls.block(BlockKind.WORD, "owl", now=NOON)
    await house.controls.unblock(BlockKind.WORD, "owl")

    assert await house.ask("a brass owl")


async def test_while_the_bot_is_paused_wishes_are_taken_and_wait() -> None:
    house = House()
    await house.controls.pause(now=NOON)
    task = await house.ask()

    assert await house.send() == []
    await house.controls.resume()
    assert [sent.id for sent in await house.send()] == [task.id]


async def test_those_who_wait_read_in_their_thread_why_and_when_it_is_over() -> None:
    house = House()
    early = await house.ask()
    await house.tell()
    await house.controls.pause("back at nine", now=NOON)
    late = await house.ask("a late owl")

    await house.tell()
    paused = [seen.update.headline for seen in house.platform.shown[-2:]]
    await house.controls.resume()
    await house.tell()
    resumed = [seen.update.headline for seen in house.platform.shown[-2:]]

    assert set(paused) == {words_money.paused("back at nine")}
    assert "has paused it. Yours waits and goes on by itself" in paused[0]
    assert paused[0].endswith("They say: back at nine")
    assert "Next in line." in resumed
    assert (await house.intake.status(early.id, an_owner())).headline == "Next in line."
    assert "number 2 in line" in (await house.intake.status(late.id, an_owner())).headline


async def test_a_pause_is_nothing_to_those_whose_models_are_being_made() -> None:
    house = House()
    (task,) = await house.at_rodin()
    before = await house.intake.status(task.id, an_owner())

    await house.controls.pause(now=NOON)

    assert (await house.intake.status(task.id, an_owner())).headline == before.headline


async def test_a_pause_that_comes_while_a_task_is_in_hand_keeps_it_from_rodin() -> None:
    house = House()
    await house.ask()
    (claimed,) = await house.submitter.claim(9)

    await house.controls.pause(now=NOON)
    with pytest.raises(Exception, match="is not at revision"):
        await house.submitter.work(claimed)

    assert house.rodin.ledger == []


@pytest.mark.parametrize(
    ("prompt", "word"),
    [
        ("a rat", "rat"),
        ("A RAT, please", "rat"),
        ("a r\u200bat", "rat"),
        ("a \uff52\uff41\uff54", "rat"),
        ("the swimming \n pool", "swimming pool"),
        ("ein GROẞES Haus", "grosses"),
        ("c++ code", "c++"),
        ("一把手枪在桌上", "手枪"),
        ("rat-catcher", "rat"),
    ],
)
def test_a_blocked_word_is_found_however_it_is_written(prompt: str, word: str) -> None:
    assert has_word(prompt, block_value(BlockKind.WORD, word))


@pytest.mark.parametrize(
    ("prompt", "word"), [("a decorated rate", "rat"), ("swimming in a pool", "swimming pool"), ("", "x"), ("a b", "ab")]
)
def test_a_blocked_word_is_not_found_inside_others(prompt: str, word: str) -> None:
    assert not has_word(prompt, block_value(BlockKind.WORD, word))


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (BlockKind.PERSON, " <@123> ", "123"),
        (BlockKind.PERSON, "<@!123>", "123"),
        (BlockKind.PERSON, "<@U0AB|ada>", "U0AB"),
        (BlockKind.PERSON, "discord:123", "discord:123"),
        (BlockKind.PERSON, "Ada", "Ada"),
        (BlockKind.WORD, "  Swimming\tPool ", "swimming pool"),
    ],
)
def test_what_an_operator_types_is_kept_as_it_is_compared(kind: BlockKind, typed: str, value: str) -> None:
    assert block_value(kind, typed) == value


@pytest.mark.parametrize("kind", BlockKind)
@pytest.mark.parametrize("typed", ["", " \n", "x" * (LONGEST_WORD + 1)])
def test_nothing_and_far_too_much_cannot_be_blocked(kind: BlockKind, typed: str) -> None:
    with pytest.raises(ValueError, match=str(kind)):
        block_value(kind, typed)


def test_a_word_to_those_who_wait_is_one_line() -> None:
    assert one_line(["back", "at\nnine", "\x1b[31m"]) == "back at nine [31m"
    with pytest.raises(ValueError, match="has at most 300 characters; this has 301"):
        one_line(["x" * 301])


@pytest.mark.parametrize(
    ("kind", "value"), [(BlockKind.WORD, "owl"), (BlockKind.PERSON, "ada"), (BlockKind.SERVER, "desk")]
)
async def test_what_was_written_down_while_it_was_being_blocked_is_called_off_and_never_sent(
    kind: BlockKind, value: str
) -> None:
    house = House()
    task = await house.intake.generate(Wish(prompt="a brass owl", pictures=(b"x",)), an_owner(), an_address())
    (claimed,) = await house.submitter.claim(1)
    await house.controls.block(kind, value, now=NOON)  # its own look at what waits came too early

    await house.submitter.work(claimed)

    assert (await house.now(task)).state is TaskState.CANCELLED
    assert house.rodin.ledger == []
    assert house.files.held == {}
