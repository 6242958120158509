"""What people can find out about what is kept of them, take along, and have removed."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from bot.chat import Export
from bot.model import Owner
from tests.edge.discord.stage import Stage, a_stage
from tests.emulators.discord import Message, Person
from tests.unit.core.house import Rules

CONFIRM = "Forget me, for good"


async def question(stage: Stage, who: Person | None = None) -> Message:
    answer = await (who or stage.ann).command(stage.general, "rodin forget me")
    return await answer.shows("cannot be undone")


async def listed(stage: Stage, **filters: object) -> str:
    """Ann's list, narrowed or widened, as she sees it."""
    answer = await stage.ann.command(stage.general, "rodin list", **filters)
    await answer.until(lambda one: one.message and not one.message.thinking)
    assert answer.ephemeral
    return answer.text


async def test_privacy_says_where_words_go_with_links_that_can_be_followed(stage: Stage):
    answer = await stage.ann.command(stage.general, "rodin privacy")
    shown = await answer.shows("Hyper3D")

    assert shown.ephemeral
    [embed] = shown.embeds
    assert embed["description"].startswith("**What is sent away**\n- Your words and pictures go to Hyper3D")
    assert not embed["description"].endswith("…")


async def test_an_export_is_a_file_for_the_askers_eyes_with_their_own_things_alone(stage: Stage):
    bob = stage.server.member("Bob")
    await stage.a_model(prompt="a brass owl")
    await stage.ask(who=bob, prompt="a secret boat")

    answer = await stage.ann.command(stage.general, "rodin export")
    shown = await answer.shows("for your eyes only")

    assert shown.ephemeral
    [file] = shown.attachments
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        told = {name: archive.read(name) for name in archive.namelist()}
    assert {"README.txt", "tasks.json"} <= told.keys()
    assert b"a brass owl" in told["tasks.json"]
    assert not any(b"secret boat" in content for content in told.values())


async def test_an_export_larger_than_discord_takes_is_said_to_be(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    async def huge(owner: Owner) -> Export:
        return Export(name="everything.zip", data=b"\0" * (10 * 1024 * 1024 + 1))

    monkeypatch.setattr(stage.intake, "export", huge)

    answer = await stage.ann.command(stage.general, "rodin export")

    shown = await answer.shows("more than Discord takes")
    assert shown.files == ()


async def test_nothing_is_forgotten_before_it_is_confirmed(stage: Stage):
    await stage.a_model()

    asked = await question(stage)

    assert asked.ephemeral
    assert asked.buttons == (CONFIRM,)
    [task] = await stage.tasks()
    assert task.files


async def test_whoever_confirms_is_forgotten_and_nobody_else(stage: Stage):
    bob = stage.server.member("Bob")
    await stage.a_model(prompt="a brass owl")
    await stage.ask(who=bob, prompt="a red boat")

    answer = await stage.ann.click(await question(stage), CONFIRM)
    shown = await answer.shows("You are forgotten")
    await stage.tell()

    assert shown.ephemeral
    assert await stage.tasks() == []
    [of_bob] = await stage.tasks(bob)
    assert of_bob.request.prompt == "a red boat"
    thread = stage.discord.threads(stage.general)[0]
    assert stage.result(thread).files == ()
    said = [one.text for one in (*stage.discord.messages(thread), stage.discord.messages(stage.general)[0])]
    assert not any("owl" in text or stage.ann.mention in text for text in said)
    assert thread.name == "a forgotten model"
    [row] = [row for row in stage.house.world.tasks._rows.values() if row.task.owner.is_forgotten]
    assert str(stage.ann.id) not in repr(row)


async def test_a_confirmation_still_works_after_a_restart(stage: Stage):
    await stage.a_model()
    asked = await question(stage)
    await stage.restart()

    answer = await stage.ann.click(asked, CONFIRM)

    await answer.shows("You are forgotten")


async def test_confirming_twice_does_no_harm(stage: Stage):
    await stage.a_model()
    asked = await question(stage)
    first = await stage.ann.click(asked, CONFIRM)
    await first.shows("You are forgotten")

    second = await stage.ann.click(asked, CONFIRM)

    await second.shows("nothing to forget")


async def test_a_deletion_takes_words_and_pictures_along_when_asked(stage: Stage):
    await stage.a_model(prompt="a brass owl")
    [task] = await stage.tasks()

    answer = await stage.ann.command(stage.general, "rodin delete", task=task.id, forget=True)
    await answer.shows("is forgotten")
    await stage.tell()

    assert stage.result().files == ()
    said = [one.text for one in (*stage.discord.messages(stage.thread()), *stage.discord.messages(stage.general))]
    assert not any("owl" in text for text in said)
    assert any(stage.ann.mention in text for text in said)
    assert stage.thread().name == "a forgotten model"
    assert "owl" not in await listed(stage)


async def test_forgetting_names_the_version_that_holds_the_same_words(stage: Stage):
    await stage.a_model(prompt="a brass owl")
    [task] = await stage.tasks()
    asked = await stage.ann.command(stage.general, "rodin again", task=task.id)
    await asked.shows("Task")
    [again] = [one for one in await stage.tasks() if one.id != task.id]

    answer = await stage.ann.command(stage.general, "rodin delete", task=task.id, forget=True)

    await answer.shows(f"delete {again.id} --forget.")


async def test_words_are_forgotten_in_a_thread_that_somebody_closed_too(stage: Stage):
    await stage.a_model(prompt="a brass owl")
    [task] = await stage.tasks()
    stage.server.archive(stage.thread())

    answer = await stage.ann.command(stage.general, "rodin delete", task=task.id, forget=True)
    await answer.shows("is forgotten")
    await stage.tell()

    assert "owl" not in stage.status().text
    assert "owl" not in stage.result().text
    assert stage.thread().name == "a forgotten model"


@pytest.mark.parametrize("trouble", ["the root is deleted", "the name is not to be changed"])
async def test_what_cannot_be_changed_any_more_holds_up_nothing(stage: Stage, trouble: str):
    await stage.a_model(prompt="a brass owl")
    [task] = await stage.tasks()
    if trouble == "the root is deleted":
        stage.discord.delete_message(stage.discord.messages(stage.general)[0])
    else:
        stage.discord.fail("PATCH", "/channels/*", status=403, code=50013)

    answer = await stage.ann.command(stage.general, "rodin delete", task=task.id, forget=True)
    await answer.shows("is forgotten")
    await stage.tell()

    assert "owl" not in stage.status().text
    assert "owl" not in stage.result().text


async def test_of_a_person_who_is_forgotten_no_id_stays_with_a_private_task(stage: Stage):
    answer = await stage.ask(prompt="a brass owl", private=True)
    await stage.discord.until(lambda: stage.house.world.tasks._rows)
    await stage.make()
    await answer.shows("Your model is ready")

    confirmed = await stage.ann.click(await question(stage), CONFIRM)
    await confirmed.shows("You are forgotten")
    await stage.tell()

    [row] = stage.house.world.tasks._rows.values()
    assert str(stage.ann.id) not in repr(row)
    assert not any("owl" in one.text for one in answer.messages)


async def test_a_list_shows_just_what_fits(stage: Stage):
    bob, elsewhere = stage.server.member("Bob"), stage.server.text_channel("elsewhere")
    await stage.asked(prompt="a brass owl")
    await stage.ask(who=bob, prompt="a red boat")
    await stage.tell()
    await stage.ask(where=elsewhere, prompt="a green hat")
    await stage.discord.until(lambda: len(stage.house.world.tasks._rows) == 3)
    await stage.tell()

    own, here = await listed(stage), await listed(stage, channel=True)

    assert "brass owl" in own
    assert "green hat" in own
    assert "red boat" not in own
    assert "brass owl" in here
    assert "red boat" in here
    assert "green hat" not in here
    assert "green hat" in await listed(stage, words="HAT")
    assert "brass owl" not in await listed(stage, words="HAT")
    assert "Nothing fits" in await listed(stage, failed=True)


async def test_what_was_asked_for_in_a_thread_is_listed_with_its_channel(stage: Stage):
    await stage.a_model(prompt="a brass owl")
    await stage.ann.write(stage.thread(), f"{stage.discord.bot.mention} a copper owl")
    await stage.discord.until(lambda: len(stage.house.world.tasks._rows) == 2)

    here = await listed(stage, channel=True)

    assert "copper owl" in here
    assert "brass owl" in here
    assert {task.owner.channel_id for task in await stage.tasks()} == {str(stage.general.id)}


async def test_what_everybody_in_a_server_asked_for_is_for_its_admins(stage: Stage):
    olga = stage.server.member("Olga", admin=True)
    await stage.asked(prompt="a brass owl")

    assert "Only admins" in await listed(stage, everybody=True)
    answer = await olga.command(stage.general, "rodin list", everybody=True)

    await answer.shows("brass owl")


async def test_others_look_at_a_task_of_their_server_and_strangers_do_not(stage: Stage):
    bob, eve = stage.server.member("Bob"), stage.discord.guild("Elsewhere").member("Eve")
    await stage.a_model(prompt="a brass owl")
    [task] = await stage.tasks()

    seen = await bob.command(stage.general, "rodin show", task=task.id)
    shown = await seen.shows("Your model is ready")
    hidden = await eve.command(stage.discord.guild("Elsewhere").text_channel("hall"), "rodin show", task=task.id)

    assert shown.ephemeral
    assert "Delete" not in shown.buttons
    await hidden.shows("You have no task")


async def test_the_first_task_of_a_server_says_where_words_go(tmp_path: Path):
    notice = "Said once: words go to Hyper3D (https://hyper3d.ai). More: https://models.example.org/privacy."
    async with a_stage(tmp_path, rules=Rules(notice=notice)) as stage:
        await stage.a_model()
        await stage.ask(where=stage.server.text_channel("elsewhere"), prompt="a red boat")
        await stage.discord.until(lambda: len(stage.house.world.tasks._rows) == 2)
        await stage.tell()

        said = "Said once: words go to Hyper3D (<https://hyper3d.ai>). More: <https://models.example.org/privacy>."
        assert said in stage.status().embeds[0]["description"]
        assert "Said once" not in stage.result().text
        [other] = stage.discord.threads(stage.server.text_channel("elsewhere"))
        assert "Said once" not in stage.status(other).text
