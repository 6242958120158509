"""Who may do what: every right, given to everybody, to a role, to a person or to nobody, for everybody who may come."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot import words_policy
from bot.errors import BadRequest, NotAllowed, PlatformBusy
from bot.keys import Server
from bot.model import BangRequest, Owner, TextureRequest
from bot.permits import Permits
from bot.policy import (
    ADMINS_ONLY,
    ASK,
    DELETE,
    EVERYONE,
    LONGEST_ID,
    MONEY,
    MOST_NAMED,
    Grant,
    Right,
    RightKind,
    all_rights,
    read_right,
    rights_for,
    stored_right,
)
from bot.presets import OURS, PRESETS, Preset
from tests.factories import a_request, an_owner
from tests.fakes.rights import MemoryRights
from tests.fakes.standing import SaidStanding

HERE = Server(platform="console", server_id="desk")
HIGH = Right(kind=RightKind.TIER, name="Gen-2.5-High")
HERO = Right(kind=RightKind.PRESET, name="hero")
RIGHTS = (ASK, MONEY, DELETE, HIGH, HERO)

ROLE = Grant(roles=frozenset({"artists"}))
PERSON = Grant(people=frozenset({"named"}))
BOTH = Grant(roles=frozenset({"artists"}), people=frozenset({"named"}))
GRANTS = {"everyone": EVERYONE, "role": ROLE, "person": PERSON, "both": BOTH, "admins": ADMINS_ONLY, "unsaid": None}

WHO: Mapping[str, Owner] = {
    "stranger": an_owner("stranger", standing=SaidStanding(held=frozenset({"others"}))),
    "nobody": an_owner("nobody"),  # of whom the platform says nothing
    "artist": an_owner("artist", standing=SaidStanding(held=frozenset({"others", "artists"}))),
    "named": an_owner("named", standing=SaidStanding()),
    "admin": an_owner("admin", standing=SaidStanding(admin=True)),
    "operator": an_owner("root"),
}

ALLOWED = {
    "everyone": set(WHO),
    "role": {"artist", "admin", "operator"},
    "person": {"named", "admin", "operator"},
    "both": {"artist", "named", "admin", "operator"},
    "admins": {"admin", "operator"},
}


def permits(rules: Mapping[Right, Grant] | None = None) -> Permits:
    rights = MemoryRights()
    rights.held[HERE] = dict(rules or {})
    return Permits(rights=rights, admin_ids=frozenset({"root"}))


@pytest.mark.parametrize("right", RIGHTS, ids=str)
@pytest.mark.parametrize("given", GRANTS)
@pytest.mark.parametrize("who", WHO)
async def test_a_right_is_for_those_to_whom_it_is_given_and_for_admins(right: Right, given: str, who: str) -> None:
    grant = GRANTS[given]
    policy = permits({} if grant is None else {right: grant})

    said = given if grant is not None else "everyone" if right.default.everyone else "admins"
    assert await policy.may(WHO[who], right) == (who in ALLOWED[said])


@pytest.mark.parametrize("right", [ASK, HIGH, HERO], ids=str)
@pytest.mark.parametrize("given", GRANTS)
@pytest.mark.parametrize("who", WHO)
async def test_a_wish_is_taken_from_those_who_have_every_right_that_it_needs(
    right: Right, given: str, who: str
) -> None:
    grant = GRANTS[given]
    policy = permits({} if grant is None else {right: grant})
    request = a_request(tier="Gen-2.5-High", preset="hero")

    refused = None
    try:
        await policy.check_wish(WHO[who], request)
    except NotAllowed as error:
        refused = str(error)

    assert (refused is None) == (who in ALLOWED[given if grant is not None else "everyone"])
    if refused is not None:
        assert right.name in refused
        assert "settings" in refused
        assert refused.endswith("Nothing was sent or charged.")


@pytest.mark.parametrize("who", WHO)
async def test_outside_a_server_all_may_ask_and_nobody_reads_a_rule(who: str) -> None:
    policy = permits(dict.fromkeys(RIGHTS, ADMINS_ONLY))
    alone = replace(WHO[who], server_id=None)

    await policy.check_wish(alone, a_request(tier="Gen-2.5-High", preset="hero"))

    assert isinstance(policy.rights, MemoryRights)
    assert policy.rights.reads == 0


async def test_the_same_server_id_on_another_platform_is_another_server() -> None:
    policy = permits({ASK: ADMINS_ONLY})

    await policy.check_wish(replace(WHO["stranger"], platform="slack"), a_request())


async def test_a_rule_about_another_tier_or_preset_hinders_nobody() -> None:
    policy = permits({HIGH: ADMINS_ONLY, HERO: ADMINS_ONLY})

    await policy.check_wish(WHO["stranger"], a_request(preset="print"))


async def test_a_rule_about_what_is_gone_does_no_harm() -> None:
    gone = [Right(kind=RightKind.TIER, name="Gen-1"), Right(kind=RightKind.PRESET, name="castle")]
    policy = permits(dict.fromkeys(gone, ADMINS_ONLY))

    await policy.check_wish(WHO["stranger"], a_request(preset="print"))
    shown = (await policy.settings(HERE))[-2:]

    assert [setting.right for setting in shown] == [gone[1], gone[0]]
    assert shown[0].sentence == "Use the preset castle (there is no such preset any more)"


@pytest.mark.parametrize(
    "request_",
    [
        TextureRequest(model_name="glb", seed=1),
        BangRequest(model_name="glb"),
    ],
    ids=["texture", "split"],
)
async def test_a_new_texture_and_a_split_need_the_right_to_ask_and_no_other(
    request_: TextureRequest | BangRequest,
) -> None:
    assert rights_for(request_) == (ASK,)

    with pytest.raises(NotAllowed):
        await permits({ASK: ADMINS_ONLY}).check_wish(WHO["stranger"], request_)


async def test_the_platform_is_asked_only_when_something_depends_on_it() -> None:
    standing = SaidStanding()
    owner = an_owner("named", standing=standing)

    await permits({}).check_wish(owner, a_request())
    await permits({ASK: EVERYONE}).check_wish(owner, a_request())
    await permits({ASK: BOTH}).check_wish(owner, a_request())
    await permits({HIGH: ADMINS_ONLY}).check_wish(owner, a_request())

    assert standing.asked == []


async def test_a_wish_costs_one_read() -> None:
    policy = permits({ASK: EVERYONE, HIGH: EVERYONE, HERO: EVERYONE})

    await policy.check_wish(WHO["stranger"], a_request(tier="Gen-2.5-High", preset="hero"))

    assert isinstance(policy.rights, MemoryRights)
    assert policy.rights.reads == 1


@pytest.mark.parametrize("right", [ASK, HIGH], ids=str)
@pytest.mark.parametrize("grant", [ROLE, ADMINS_ONLY], ids=["role", "admins"])
async def test_where_the_platform_does_not_answer_nothing_is_opened_and_the_person_is_told_to_try_again(
    right: Right, grant: Grant, caplog: pytest.LogCaptureFixture
) -> None:
    owner = an_owner("stranger", standing=SaidStanding(admin=True, error=PlatformBusy("away")))

    with pytest.raises(NotAllowed, match=r"cannot be found out right now\. Try again in a minute\."):
        await permits({right: grant}).check_wish(owner, a_request(tier="Gen-2.5-High"))

    assert "standing not known platform=console server=desk" in caplog.text


async def test_an_operators_admin_may_be_named_with_the_platform_in_front() -> None:
    policy = Permits(rights=MemoryRights(), admin_ids=frozenset({"console:ada"}))

    assert await policy.is_admin(an_owner("ada"))
    assert not await policy.is_admin(an_owner("ada", platform="slack"))


# What admins do about it.


async def test_admins_see_every_right_and_to_whom_it_is_given() -> None:
    policy = permits({HERO: ROLE, ASK: EVERYONE})

    shown = await policy.settings(HERE)

    assert tuple(setting.right for setting in shown) == all_rights()
    said = {str(one.right): (one.sentence, one.grant, one.is_default) for one in shown}
    assert said["ask"] == ("Ask for models", EVERYONE, False)
    assert said["money"] == ("See the balance and what this server has used", ADMINS_ONLY, True)
    assert said["preset:hero"] == ("Use the preset hero", ROLE, False)
    assert said["tier:Gen-2.5-High"] == ("Use the tier Gen-2.5-High", EVERYONE, True)


@pytest.mark.parametrize("who", ["admin", "operator"])
async def test_an_admin_gives_a_right_and_takes_it_back(who: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    policy = permits()

    given = await policy.allow(WHO[who], "tier:high", BOTH)
    may = [await policy.may(WHO[name], HIGH) for name in ("stranger", "artist", "named")]
    back = await policy.reset_right(WHO[who], "tier high")

    assert given == "Use the tier Gen-2.5-High: from now on for admins, 1 role and 1 person."
    assert may == [False, True, True]
    assert back == "Use the tier Gen-2.5-High: for everyone again."
    assert await policy.may(WHO["stranger"], HIGH)
    where = f"platform=console server=desk by={WHO[who].user_id} right=tier:Gen-2.5-High"
    assert [record.getMessage() for record in caplog.records] == [
        f"right changed {where} everyone=False roles=artists people=named",
        f"right reset {where} had_rule=True",
    ]


@pytest.mark.parametrize(
    ("grant", "said"),
    [
        (EVERYONE, "Ask for models: from now on for everyone."),
        (ADMINS_ONLY, "Ask for models: from now on for admins only."),
        (Grant(roles=frozenset("ab")), "Ask for models: from now on for admins and 2 roles."),
        (Grant(people=frozenset("abc")), "Ask for models: from now on for admins and 3 people."),
        (Grant(everyone=True, people=frozenset("abc")), "Ask for models: from now on for everyone."),
    ],
)
async def test_what_was_granted_is_said_in_words(grant: Grant, said: str) -> None:
    assert await permits().allow(WHO["admin"], "ask", grant) == said


@pytest.mark.parametrize("who", ["stranger", "nobody", "artist", "named"])
async def test_nobody_else_sees_or_changes_anything(who: str) -> None:
    policy = permits({ASK: BOTH})

    for attempt in (
        policy.allow(WHO[who], "ask", EVERYONE),
        policy.reset_right(WHO[who], "ask"),
        policy.administered(WHO[who]),
    ):
        with pytest.raises(NotAllowed, match="Only admins of this server"):
            await attempt

    assert await policy.rights.rules_of(HERE) == {ASK: BOTH}


async def test_outside_a_server_there_is_nothing_to_set() -> None:
    with pytest.raises(NotAllowed, match=r"^These settings belong to a server or workspace\."):
        await permits().allow(replace(WHO["operator"], server_id=None), "ask", EVERYONE)


async def test_resetting_what_has_no_rule_says_so() -> None:
    said = await permits().reset_right(WHO["admin"], "money")

    assert said == (
        "See the balance and what this server has used: that is for admins only already, as it is unless somebody "
        "changes it."
    )


async def test_a_rule_about_what_is_gone_can_be_taken_away_as_it_is_listed() -> None:
    gone = Right(kind=RightKind.PRESET, name="castle")
    policy = permits({gone: ADMINS_ONLY})

    assert await policy.reset_right(WHO["admin"], "preset:castle") == "The rule about castle is gone."
    assert await policy.rights.rules_of(HERE) == {}


@pytest.mark.parametrize(
    ("grant", "why"),
    [
        (Grant(roles=frozenset(map(str, range(MOST_NAMED + 1)))), "100 roles; these are 101"),
        (Grant(people=frozenset(map(str, range(MOST_NAMED + 1)))), "100 people; these are 101"),
        (Grant(people=frozenset({""})), "cannot be one here"),
        (Grant(people=frozenset({" "})), "cannot be one here"),
        (Grant(roles=frozenset({"a\nb"})), "cannot be one here"),
        (Grant(roles=frozenset({"x" * (LONGEST_ID + 1)})), "cannot be one here"),
    ],
)
async def test_what_cannot_be_granted_is_refused_and_changes_nothing(grant: Grant, why: str) -> None:
    policy = permits()

    with pytest.raises(BadRequest, match=why):
        await policy.allow(WHO["admin"], "ask", grant)

    assert await policy.rights.rules_of(HERE) == {}


# How rights are written.


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("ask", ASK),
        (" Money ", MONEY),
        ("DELETE", DELETE),
        ("tier:Gen-2.5-High", HIGH),
        ("tier:high", HIGH),
        ("tier = high", HIGH),
        ("tier gen-2.5 high", HIGH),
        ("preset:hero", HERO),
        ("Preset HERO", HERO),
    ],
)
def test_people_name_a_right_as_they_name_things_elsewhere(typed: str, right: Right) -> None:
    assert read_right(typed) == right


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", r"ask, money, delete, and for one tier or preset such as tier:Gen-2\.5-High and preset:print"),
        ("fly", "There are the rights"),
        ("ask everybody", "stands alone"),
        ("tier", r"Say which tier, as in tier:Gen-2\.5-High"),
        ("preset:", "Say which preset, as in preset:print"),
        ("tier:gold", "gold"),
        ("preset:castle", "castle"),
    ],
)
def test_what_is_no_right_is_answered_with_those_that_there_are(typed: str, why: str) -> None:
    with pytest.raises(BadRequest, match=why):
        read_right(typed)


@pytest.mark.parametrize("right", all_rights(), ids=str)
def test_a_right_is_read_back_as_it_was_stored_and_typed(right: Right) -> None:
    assert stored_right(str(right)) == read_right(str(right)) == right


def test_a_preset_of_the_operators_own_is_a_right_of_its_own() -> None:
    own = Preset(name="statue", summary="For casts", values={"tier": "Gen-2.5-High"})
    try:
        PRESETS.put_up([*OURS, own])

        assert read_right("preset:statue") in all_rights()
    finally:
        PRESETS.put_up(OURS)


def test_to_whom_a_right_is_given_is_said_with_the_platforms_own_names() -> None:
    said = words_policy.to_whom(BOTH, role=lambda one: f"<@&{one}>", person=lambda one: f"<@{one}>")

    assert said == "admins, <@&artists> and <@named>"
    assert words_policy.to_whom(EVERYONE) == "everyone"
    assert words_policy.to_whom(ADMINS_ONLY) == "admins"
