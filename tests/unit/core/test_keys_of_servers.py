"""A server's own key: who may set it, what is checked first, and what is made with it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.chat import Wish
from bot.errors import KeyStopped, NotPossible, UserMistake, VendorDown, VendorGarbled, VendorRefused
from bot.keys import Stop
from bot.model import Owner, RefusalReason, Task, TaskState
from tests.factories import an_address, an_owner
from tests.fakes.files import MemoryFileStore
from tests.unit.core.house import OPERATORS_KEY, House, Rules, World

ROOT = an_owner("root")
KEY = "rodin-key-of-the-desk"


async def ask(house: House, owner: Owner | None = None, prompt: str = "a brass owl") -> Task:
    return await house.intake.generate(Wish(prompt=prompt), owner or an_owner(), an_address("channel-1"))


async def test_a_key_is_set_checked_and_what_it_holds_is_said(house: House) -> None:
    house.keyring.rodin_of(KEY).wallet = Decimal("12.5")

    said = await house.intake.set_key(ROOT, f"  {KEY}\n")

    assert "is kept, encrypted" in said
    assert "12.5 credits" in said
    assert KEY not in said
    assert house.keyring.others[KEY].calls == ["balance"]


async def test_from_then_on_the_servers_tasks_are_made_with_it_and_others_are_not(house: House) -> None:
    await house.intake.set_key(ROOT, KEY)

    ours = await ask(house, an_owner())
    theirs = await ask(house, an_owner(server_id="elsewhere"))
    outside = await ask(house, an_owner(server_id=None, channel_id=None))
    await house.until_over(turns=2)

    assert (ours.key_id is None, theirs.key_id, outside.key_id) == (False, None, None)
    assert len(house.keyring.others[KEY].taken) == 1
    assert len(house.rodin.taken) == 2


async def test_a_key_that_is_set_while_pictures_are_stored_is_the_one_that_is_charged() -> None:
    class Slow(MemoryFileStore):
        async def save_bytes(self, key: str, data: bytes) -> None:
            await house.intake.set_key(ROOT, KEY)
            await super().save_bytes(key, data)

    house = House(World(files=Slow()))

    await house.intake.generate(Wish(pictures=(b"an owl",)), an_owner(), an_address())
    await house.send()

    assert (len(house.keyring.others[KEY].taken), house.rodin.taken) == (1, {})


async def test_a_task_is_followed_collected_and_linked_with_its_own_key_only(house: House) -> None:
    await house.intake.set_key(ROOT, KEY)
    task = await ask(house)
    await house.send()
    rodin = house.keyring.others[KEY]
    rodin.finish()

    await house.poll()
    await house.collect()
    await house.intake.fresh_links(task.id, an_owner())

    assert (await house.now(task)).state is TaskState.READY
    assert rodin.calls == ["balance", "submit", "status", "files", *rodin.calls[4:]]
    assert house.rodin.calls == []


async def test_a_lost_answer_is_settled_from_the_records_of_its_own_key_and_never_adopted() -> None:
    house = House(rules=Rules(is_exclusive=True))
    await house.intake.set_key(ROOT, KEY)
    rodin = house.keyring.others[KEY]
    rodin.lose_answer()
    task = await ask(house)

    await house.send()
    for _ in range(20):
        house.clock.turn(seconds=60)
        await house.send()

    ended = await house.now(task)
    assert ended.state is TaskState.UNCLEAR
    assert ended.failure is not None
    assert ended.failure.charge_seen
    assert "usage" in rodin.calls
    assert house.rodin.calls == []


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (VendorRefused("UNAUTHORIZED", reason=RefusalReason.KEY), "Rodin does not accept this key"),
        (VendorRefused("X", reason=RefusalReason.SUBSCRIPTION), "no active subscription"),
        (VendorRefused("X", reason=RefusalReason.PLAN), "Business plan"),
        (VendorRefused("ODD"), "refuses to say"),
        (VendorDown("no connection"), "Try again in a few minutes"),
        (VendorGarbled("no balance"), "Try again in a few minutes"),
    ],
)
async def test_a_key_that_rodin_does_not_take_or_that_cannot_be_checked_is_not_kept(
    house: House, trouble: Exception, sentence: str
) -> None:
    house.keyring.rodin_of(KEY).down = trouble

    with pytest.raises(UserMistake, match=sentence):
        await house.intake.set_key(ROOT, KEY)

    assert (await ask(house)).key_id is None
    assert house.keys.secrets == {}


@pytest.mark.parametrize(
    "typed", ["", "   ", "two words", "short", "kéy-with-an-accent", "a\nb-header: x-injected", "x" * 401]
)
async def test_what_cannot_be_a_key_is_refused_before_rodin_is_asked(house: House, typed: str) -> None:
    with pytest.raises(UserMistake, match="not a Rodin API key"):
        await house.intake.set_key(ROOT, typed)

    assert house.keyring.others == {}


async def test_the_operators_own_key_is_not_taken_for_a_servers(house: House) -> None:
    with pytest.raises(NotPossible, match="works with anyhow"):
        await house.intake.set_key(ROOT, OPERATORS_KEY)

    assert (await ask(house)).key_id is None


async def test_without_a_safe_place_no_key_is_kept_and_the_reason_is_said(house: House) -> None:
    house.keys.can_keep = False

    with pytest.raises(NotPossible, match="SECRET_KEY"):
        await house.intake.set_key(ROOT, KEY)

    assert house.keyring.others == {}


@pytest.mark.parametrize("owner", [an_owner("ada"), an_owner("root", server_id=None)], ids=["no admin", "no server"])
async def test_only_admins_of_a_server_set_and_remove_its_key(house: House, owner: Owner) -> None:
    await house.intake.set_key(ROOT, KEY)

    for attempt in (house.intake.set_key(owner, "another-key"), house.intake.remove_key(owner)):
        with pytest.raises(UserMistake):
            await attempt

    assert list(house.keys.secrets.values()) == [KEY]


async def test_a_removed_key_serves_what_it_has_begun_and_is_then_erased(house: House) -> None:
    await house.intake.set_key(ROOT, KEY)
    begun = await ask(house)
    await house.send()

    said = await house.intake.remove_key(ROOT)
    after = await ask(house)
    house.keyring.others[KEY].finish()
    await house.poll()
    await house.collect()
    await house.warden.turn()

    assert "made with the bot's own key" in said
    assert after.key_id is None
    assert (await house.now(begun)).state is TaskState.READY
    assert house.keys.secrets == {}


async def test_a_key_that_is_not_there_cannot_be_removed(house: House) -> None:
    with pytest.raises(NotPossible, match="no key of its own"):
        await house.intake.remove_key(ROOT)


async def test_the_balance_in_a_server_is_that_of_its_own_key(house: House) -> None:
    await house.intake.set_key(ROOT, KEY)
    house.keyring.others[KEY].wallet = Decimal(7)

    assert await house.intake.balance(ROOT) == "The Rodin account of this server's own key holds 7 credits."
    assert await house.intake.balance(an_owner("root", server_id="elsewhere")) == (
        "The bot's Rodin account holds 100 credits."
    )


async def test_a_refused_balance_names_whose_key_it_is(house: House) -> None:
    await house.intake.set_key(ROOT, KEY)
    house.keyring.others[KEY].down = VendorRefused("UNAUTHORIZED", reason=RefusalReason.KEY)

    assert await house.intake.balance(ROOT) == (
        "Rodin does not accept this server's own API key. Ask an admin of this server to set another one."
    )


async def test_a_key_that_does_not_open_any_more_is_never_replaced_by_the_operators(house: House) -> None:
    await house.intake.set_key(ROOT, KEY)
    waiting = await ask(house)
    house.keys.secrets.clear()  # as after another SECRET_KEY

    with pytest.raises(KeyStopped, match=r"cannot be opened here any more.*set the key again"):
        await ask(house)
    await house.send()

    held = await house.now(waiting)
    assert held.state is TaskState.ACCEPTED
    assert (await house.keys.state(held.key_id)).stopped is Stop.SEALED
    assert "Your task waits and nothing was charged" in (await house.viewer.update(held)).headline
    assert "cannot be opened" in await house.intake.balance(ROOT)
    assert house.rodin.calls == []


async def test_the_total_credits_of_a_day_bound_the_operators_key_alone() -> None:
    house = House(rules=Rules(total_daily=Decimal("0.5")))
    await house.intake.set_key(ROOT, KEY)

    for _ in range(3):
        await ask(house)
    await ask(house, an_owner(server_id="elsewhere"))

    with pytest.raises(UserMistake, match=r"0\.5 credits"):
        await ask(house, an_owner(server_id="elsewhere"))


async def test_as_many_may_wait_for_each_key() -> None:
    house = House(rules=Rules(total_waiting=2))
    await house.intake.set_key(ROOT, KEY)

    for server in ("desk", "elsewhere"):
        for _ in range(2):
            await ask(house, an_owner(server_id=server))
        with pytest.raises(UserMistake, match="as many as the bot keeps"):
            await ask(house, an_owner(server_id=server))


async def test_a_rodin_that_takes_nothing_with_one_key_still_gets_the_tasks_of_another(house: House) -> None:
    await house.intake.set_key(ROOT, KEY)
    house.keyring.others[KEY].down = VendorDown("no connection")
    stuck = await ask(house)
    fine = await ask(house, an_owner(server_id="elsewhere"))

    await house.send()

    assert (await house.now(stuck)).state is TaskState.ACCEPTED
    assert (await house.now(fine)).state is TaskState.SUBMITTED
    more = await ask(house, an_owner(server_id="elsewhere"))
    await house.send()
    assert (await house.now(more)).state is TaskState.SUBMITTED
