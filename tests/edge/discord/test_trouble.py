"""Lost answers, deleted things, refusals and rate limits: everything once, and nobody else disturbed."""

from __future__ import annotations

import asyncio

import pytest

from tests.edge.discord.stage import Stage
from tests.emulators.discord import Hold, Message, shapes

POSTS = "/channels/*/messages"


async def tell_until_held(stage: Stage, held: Hold) -> asyncio.Task[None]:
    """Begin to tell, and stop where a request is held."""
    telling = asyncio.create_task(stage.tell(), name="telling")
    await held
    return telling


async def lose(stage: Stage, held: Hold) -> None:
    """Let the answer to a request that had its effect get lost, and Discord forget all nonces meanwhile."""
    telling = await tell_until_held(stage, held)
    held.drop()
    await telling
    stage.discord.advance(3600)
    stage.house.clock.turn(minutes=60)


def marked(messages: list[Message], mark: str) -> list[Message]:
    return [one for one in messages if mark in one.text]


async def test_a_root_message_whose_answer_was_lost_is_found_again(stage: Stage):
    answer = await stage.ask(prompt="an owl")
    await answer.shows("Task")

    await lose(stage, stage.discord.hold("POST", POSTS, when="after"))
    await stage.tell()

    assert len(stage.discord.messages(stage.general)) == 1
    assert stage.status()


async def test_a_thread_whose_answer_was_lost_is_found_again(stage: Stage):
    answer = await stage.ask(prompt="an owl")
    await answer.shows("Task")

    await lose(stage, stage.discord.hold("POST", "/channels/*/messages/*/threads", when="after"))
    await stage.tell()

    assert len(stage.discord.threads(stage.general)) == 1
    assert stage.status()


async def test_a_status_whose_answer_was_lost_is_found_again_and_caught_up(stage: Stage):
    answer = await stage.ask(prompt="an owl")
    await answer.shows("Task")
    threads = stage.discord.hold("POST", "/channels/*/messages/*/threads", when="before")
    telling = await tell_until_held(stage, threads)
    status = stage.discord.hold("POST", POSTS, when="after")
    threads.release()
    await status
    status.drop()
    await telling
    stage.discord.advance(3600)
    await stage.house.send()
    stage.house.clock.turn(minutes=60)

    await stage.tell()

    assert "Rodin has it" in stage.status().text


async def test_a_result_whose_answer_was_lost_is_found_again(stage: Stage):
    await stage.asked()
    await stage.house.send()
    stage.house.rodin.finish("base.glb")
    await stage.house.poll()
    await stage.house.collect()

    await lose(stage, stage.discord.hold("POST", POSTS, when="after"))
    await stage.tell()

    assert stage.result().pings == ("Ann",)


async def test_a_message_that_was_never_taken_is_sent_once_discord_is_back(stage: Stage):
    answer = await stage.ask(prompt="an owl")
    await answer.shows("Task")
    held = stage.discord.hold("POST", POSTS, when="before")

    await lose(stage, held)
    await stage.tell()

    assert len(stage.discord.messages(stage.general)) == 1


async def test_every_message_carries_a_nonce_that_a_repeat_shares(stage: Stage):
    await stage.a_model()

    posts = stage.discord.requests_to("POST", r"/channels/\d+/messages")
    nonces = [one.body["nonce"] for one in posts]
    assert len(set(nonces)) == len(posts) == 3
    assert all(one.body["enforce_nonce"] and len(one.body["nonce"]) <= 25 for one in posts)


async def test_a_deleted_status_message_is_not_posted_again_and_the_result_is_still_said(stage: Stage):
    await stage.asked()
    stage.discord.delete_message(stage.status())

    await stage.make()

    assert marked(stage.discord.messages(stage.thread()), "· progress") == []
    assert stage.result()


async def test_a_deleted_thread_ends_the_telling_and_no_other_task(stage: Stage):
    await stage.asked(prompt="an owl")
    lost = stage.thread()
    await stage.asked(prompt="a pot")
    stage.server.delete(lost)

    await stage.house.until_over()

    rest = stage.thread()
    assert rest.name == "a pot"
    assert stage.result(rest)
    assert all(task.told >= task.revision for task in await stage.tasks())


async def test_a_kicked_bot_ends_the_telling_and_show_still_has_the_model(stage: Stage):
    task = await stage.asked()
    stage.server.kick_bot()

    await stage.make()
    await stage.house.until_over(turns=2)

    [after] = await stage.tasks()
    assert after.told >= (after.ended_revision or 0)
    answer = await stage.ann.command(stage.ann.direct, "rodin show", task=task.id)
    assert "base.glb" in (await answer.shows("Your model is ready")).files


async def test_a_locked_thread_ends_the_telling(stage: Stage):
    await stage.asked()
    stage.server.archive(stage.thread(), locked=True)

    await stage.make()

    [task] = await stage.tasks()
    assert task.told >= (task.ended_revision or 0)


async def test_a_rate_limit_is_waited_out_and_nothing_comes_twice(stage: Stage):
    stage.discord.fail("POST", POSTS, status=429, retry_after_s=0.01, times=2)

    await stage.asked()

    assert len(stage.discord.messages(stage.general)) == 1
    assert stage.status()


async def test_a_long_rate_limit_rests_only_that_thread(stage: Stage):
    answer = await stage.ask(prompt="an owl")
    await answer.shows("Task")
    stage.discord.fail("POST", POSTS, status=429, retry_after_s=120)
    await stage.tell()
    [task] = await stage.tasks()
    assert task.told < 0

    await stage.house.tell(after_s=130)

    assert stage.status()


async def test_a_result_that_is_too_large_comes_without_files(stage: Stage):
    await stage.asked()
    await stage.house.send()
    stage.house.rodin.finish("base.glb")
    await stage.house.poll()
    await stage.house.collect()
    stage.discord.fail("POST", POSTS, status=413, code=40005)

    await stage.tell()

    assert stage.result().files == ()
    assert "Download" in stage.result().links


async def test_a_right_lost_before_the_end_brings_the_result_directly(stage: Stage):
    await stage.asked()
    stage.server.deny(stage.general, stage.discord.bot, "send_messages_in_threads")

    await stage.make()

    [direct] = stage.discord.direct_messages(stage.ann)
    assert "Your model is ready" in direct.text
    assert direct.file("base.glb")


async def test_a_result_deleted_before_its_pictures_come_ends_the_telling(stage: Stage):
    stage.discord.delete_message(await stage.a_model())

    await stage.picture()

    assert marked(stage.discord.messages(stage.thread()), "· result") == []
    [task] = await stage.tasks()
    assert task.told == task.revision


async def test_without_history_the_pictures_that_come_late_are_left_out_quietly(stage: Stage):
    await stage.a_model()
    stage.server.deny(stage.general, stage.discord.bot, "read_message_history")

    await stage.picture()

    assert "base.glb" in stage.result().files


@pytest.mark.parametrize("resumable", [True, False])
async def test_a_cut_gateway_heals_and_commands_go_on(stage: Stage, resumable: bool, monkeypatch: pytest.MonkeyPatch):
    async def at_once(self: object, shard_id: int | None, *, initial: bool = False) -> None:
        return None

    monkeypatch.setattr("discord.Client.before_identify_hook", at_once)
    stage.discord.drop_gateway(resumable=resumable)
    await stage.discord.until(lambda: stage.discord.gateway_log[-1].startswith(("resume", "identify")))
    await stage.discord.connected()

    answer = await stage.ann.command(stage.general, "rodin list")

    await answer.shows("asked for nothing yet")


async def test_a_thread_that_somebody_closed_is_opened_for_the_end_alone(stage: Stage):
    await stage.asked()
    thread = stage.thread()
    stage.server.archive(thread)
    await stage.house.send()
    await stage.tell()
    assert thread.archived

    stage.house.rodin.finish("base.glb")
    await stage.house.poll()
    await stage.house.collect()
    await stage.tell()

    assert not thread.archived
    assert "Your model is ready" in stage.status().text
    assert stage.result()


async def test_pictures_that_come_late_open_a_closed_thread(stage: Stage):
    await stage.a_model()
    stage.server.archive(stage.thread())

    await stage.picture()

    assert "turntable.webp" in stage.result().files


async def test_a_file_that_the_store_has_lost_is_said_to_be_missing(stage: Stage):
    await stage.asked()
    await stage.house.send()
    stage.house.rodin.finish("base.glb")
    await stage.house.poll()
    await stage.house.collect()
    stage.house.files.held.clear()

    await stage.tell()

    assert "Files of this model are missing" in stage.result().text
    assert stage.result().files == ()


async def test_what_is_written_in_a_server_that_is_not_known_yet_is_no_direct_message(stage: Stage):
    written = await stage.ann.write(stage.general, "hello")
    elsewhere = {"guild_id": "77", "channel_id": "78", "id": "79", "content": "a brass owl"}
    unknown = {**shapes.message(stage.discord.world, written), **elsewhere}
    stage.discord.world.gateway.dispatch("MESSAGE_CREATE", unknown, guild_id=None)

    await stage.ann.dm("a red boat")
    await stage.discord.until(lambda: stage.house.world.tasks._rows)

    assert [task.request.prompt for task in await stage.tasks()] == ["a red boat"]


async def _lose_the_still(stage: Stage) -> None:
    """Have a model drawn, and its still vanish from the file store before anybody was told."""
    await stage.house.curate()
    held = stage.house.files.held
    [key] = [key for key in held if key.endswith("/still.png")]
    del held[key]


async def test_a_still_that_is_lost_before_it_joins_leaves_no_hole_beside_the_turntable(stage: Stage):
    await stage.a_model()
    await _lose_the_still(stage)

    await stage.tell()

    result = stage.result()
    assert set(result.files) == {"base.glb", "turntable.webp"}
    assert "Files of this model are missing" in result.text
    assert "attachment://" not in str(result.embeds)
    assert not any(embed.get("thumbnail") for embed in result.embeds)


async def test_a_still_that_is_lost_leaves_no_hole_in_the_answer_to_show(stage: Stage):
    await stage.a_model()
    await _lose_the_still(stage)
    [task] = await stage.tasks()

    answer = await stage.ann.command(stage.general, "rodin show", task=task.id)
    shown = await answer.shows("Files of this model are missing")

    assert set(shown.files) == {"base.glb", "turntable.webp"}
    assert not any(embed.get("thumbnail") for embed in shown.embeds)


async def test_a_right_to_attach_lost_before_the_end_brings_the_result_without_files(stage: Stage):
    await stage.asked()
    stage.server.deny(stage.general, stage.discord.bot, "attach_files")

    await stage.make()

    assert stage.result().files == ()
    assert "Download" in stage.result().links
    assert stage.discord.direct_messages(stage.ann) == []


async def test_a_button_of_another_version_is_refused_in_words(stage: Stage):
    await stage.asked()
    status = stage.status()
    [row] = status.components
    row["components"][0]["custom_id"] = "rodin:sculpt:abc"

    answer = await stage.ann.click(status, "rodin:sculpt:abc")

    await answer.shows("another version of the bot")
