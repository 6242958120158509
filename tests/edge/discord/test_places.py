"""Places that cannot be chosen by a command but are told all the same."""

from __future__ import annotations

import asyncio

import pytest

from adapters.discord.address import Kind, Spot, parse_address
from bot.errors import PlatformBusy
from bot.model import Owner, TaskState
from bot.update import Update
from tests.edge.discord.stage import Stage


def an_update(stage: Stage, **changes: object) -> Update:
    values: dict[str, object] = {
        "task_id": "abc2345",
        "revision": 0,
        "state": TaskState.ACCEPTED,
        "owner": Owner(platform="discord", user_id=str(stage.ann.id)),
        "title": "a brass owl",
        "headline": "Next in line.",
    }
    return Update(**{**values, **changes})


def a_spot(stage: Stage, channel: int, kind: Kind) -> Spot:
    since = stage.server.id
    return Spot(kind=kind, channel=channel, user=stage.ann.id, since=since, guild=stage.server.id)


async def test_in_a_forum_a_task_gets_a_post_of_its_own(stage: Stage):
    forum = stage.server.forum("models")
    spot = a_spot(stage, forum.id, Kind.POST)

    address = await stage.platform.show(spot.address(), an_update(stage), key="k")
    ready = an_update(stage, state=TaskState.READY, headline="Your model is ready.", ending=True)
    await stage.platform.say(address, ready, key="k")

    [post] = stage.discord.threads(forum)
    assert post.name == "a brass owl"
    assert "Next in line" in stage.status(post).text
    assert stage.result(post).pings == ("Ann",)
    assert parse_address(address).thread == post.id


async def test_a_forum_post_whose_answer_was_lost_is_found_again(stage: Stage):
    forum = stage.server.forum("models")
    address = a_spot(stage, forum.id, Kind.POST).address()
    held = stage.discord.hold("POST", "/channels/*/threads", when="after")
    telling = stage.platform.show(address, an_update(stage), key="k")

    async def drop() -> None:
        await held
        held.drop()

    with pytest.raises(PlatformBusy):
        await asyncio.gather(telling, drop())
    await stage.platform.show(address, an_update(stage), key="k")

    assert len(stage.discord.threads(forum)) == 1


async def test_the_same_telling_twice_makes_one_message(stage: Stage):
    spot = a_spot(stage, stage.general.id, Kind.THREAD)
    ready = an_update(stage, state=TaskState.READY, headline="Your model is ready.", ending=True)

    for _ in range(2):
        address = await stage.platform.show(spot.address(), an_update(stage), key="k")
    for _ in range(2):
        await stage.platform.say(address, ready, key="s")

    assert stage.status()
    assert stage.result()
