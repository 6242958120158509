"""The same promises as elsewhere in this folder, judged by a Discord that somebody else wrote."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest

from bot.model import TaskState
from tests.edge.discord.simcord_scene import Scene, a_scene, answer_of, buttons_of, files_of, links_of, text_of
from tests.fakes.generator import bytes_of
from tests.unit.picture_samples import quarters, saved

pytestmark = pytest.mark.slow

OWL = "a brass owl"


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    async with a_scene(tmp_path, monkeypatch) as made:
        yield made


def a_picture(name: str = "owl.png", *, width: int = 64) -> tuple[str, bytes]:
    return name, saved(quarters((width, 64)), "PNG")


async def test_a_prompt_becomes_a_thread_with_a_status_and_a_result_that_notifies_only_the_asker(scene: Scene):
    answer = await scene.ask(prompt=OWL)
    await scene.make()

    assert "Follow it in" in answer_of(answer)
    assert scene.thread().name == OWL
    [root] = scene.seen(scene.general)
    assert OWL in text_of(root)
    assert scene.pinged_by(root) == set()
    assert "Your model is ready" in text_of(scene.status())
    result = scene.result()
    assert scene.pinged_by(result) == {scene.ann.id}
    assert {"base.glb", "still.png", "turntable.webp"} == set(files_of(result))
    assert all(files_of(result).values())
    assert set(links_of(result)) == {"View in 3D", "Download"}
    [model] = [one for one in result.attachments if one.filename == "base.glb"]
    assert await model.read() == bytes_of("base.glb")


async def test_pictures_reach_rodin_as_they_were_uploaded(scene: Scene):
    pictures = [a_picture(f"{number}.png", width=64 + number) for number in range(1, 6)]

    await scene.ask(**{f"image{number}": picture for number, picture in enumerate(pictures, start=1)})
    await scene.make()

    assert list(scene.house.rodin.only.pictures) == [content for _, content in pictures]
    assert "Your model is ready" in text_of(scene.result())


async def test_one_picture_and_words_go_together(scene: Scene):
    await scene.ask(image1=a_picture(), preset="print")
    await scene.make()

    taken = scene.house.rodin.only
    assert (taken.request.prompt, len(taken.pictures)) == (OWL, 1)
    assert taken.request.geometry_file_format == "stl"


async def test_the_menu_of_a_message_makes_a_model_of_its_pictures(scene: Scene):
    message = await scene.ann.send(scene.general, "look", attachments=[a_picture(), ("notes.txt", b"words")])

    answer = await scene.ann.context_menu(scene.general, "Make 3D model", message)
    await scene.make()

    assert "Follow it in" in answer_of(answer)
    assert scene.house.rodin.only.pictures == (a_picture()[1],)


async def test_the_form_takes_words_an_upload_and_options(scene: Scene):
    form = await scene.ann.slash(scene.general, "rodin new")

    filled = {"prompt": OWL, "pictures": [a_picture()], "preset": ["print"], "more": "--seed 9"}
    answer = await scene.ann.submit_modal(form, filled)
    await scene.make()

    assert "Follow it in" in answer_of(answer)
    taken = scene.house.rodin.only
    assert taken.pictures == (a_picture()[1],)
    assert (taken.request.prompt, taken.request.geometry_file_format, taken.request.seed) == (OWL, "stl", 9)


async def test_a_form_opened_before_a_restart_still_works(scene: Scene):
    form = await scene.ann.slash(scene.general, "rodin new")
    await scene.restart()

    answer = await scene.ann.submit_modal(form, {"prompt": OWL})

    assert "Follow it in" in answer_of(answer)


async def test_a_reply_that_mentions_the_bot_in_a_models_thread_makes_the_next_version_there(scene: Scene):
    result = await scene.a_model()

    await scene.ann.send(scene.thread(), f"{scene.env.bot.user.mention} make it red", reply_to=result)
    await scene.make()

    newest, _ = await scene.tasks()
    assert newest.request.prompt == "make it red"
    assert len([one for one in scene.seen() if "Your model is ready" in text_of(one) and one.attachments]) == 2


async def test_words_in_a_thread_that_mention_nobody_ask_for_nothing(scene: Scene):
    result = await scene.a_model()

    await scene.ann.send(scene.thread(), "thanks, lovely", reply_to=result)
    await scene.ann.send(scene.general, "an owl would be nice")

    assert len(await scene.tasks()) == 1


async def test_a_direct_message_makes_a_model_in_that_conversation(scene: Scene):
    await scene.ann.send_dm(OWL)
    await scene.make()

    result = scene.result(scene.ann.user.dm_channel)
    assert "base.glb" in files_of(result)
    assert scene.seen(scene.general) == []


async def test_a_command_in_a_direct_conversation_is_told_there(scene: Scene):
    await scene.ann.user.slash("rodin generate", prompt=OWL)
    await scene.make()

    assert "base.glb" in files_of(scene.result(scene.ann.user.dm_channel))


async def test_a_direct_hello_is_answered_with_help(scene: Scene):
    await scene.ann.send_dm("hello")

    _, said = scene.seen(scene.ann.user.dm_channel)
    assert "/rodin generate" in text_of(said)
    assert await scene.tasks() == []


async def test_inside_a_thread_messages_go_right_there(scene: Scene):
    await scene.a_model()
    thread = scene.thread()

    answer = await scene.ann.slash(thread, "rodin generate", prompt="a pot")
    await scene.make()

    assert thread.mention in answer_of(answer)
    assert [one.id for one in scene.general.threads] == [thread.id]
    assert len([one for one in scene.seen(thread) if "base.glb" in files_of(one)]) == 2


async def test_in_a_forum_a_task_is_a_post(scene: Scene):
    forum = scene.server.create_forum_channel("models")

    await scene.ann.slash(forum, "rodin generate", prompt=OWL)
    await scene.make()

    [post] = forum.threads
    assert post.name == OWL
    assert "base.glb" in files_of(scene.result(post))


async def test_without_the_right_to_make_threads_messages_come_in_the_channel_and_say_so(scene: Scene):
    strict = scene.deny("create_public_threads")

    await scene.ann.slash(strict, "rodin generate", prompt=OWL)
    await scene.make()

    assert strict.threads == []
    assert "Create Public Threads" in text_of(scene.status(strict))
    assert "base.glb" in files_of(scene.result(strict))


async def test_without_the_right_to_attach_links_stand_in(scene: Scene):
    strict = scene.deny("attach_files")

    await scene.ann.slash(strict, "rodin generate", prompt=OWL)
    await scene.make()

    [thread] = strict.threads
    assert "Attach Files" in text_of(scene.status(thread))
    result = scene.result(thread)
    assert files_of(result) == {}
    assert "Download" in links_of(result)


async def test_without_the_right_to_embed_messages_are_bare_text(scene: Scene):
    strict = scene.deny("embed_links")

    await scene.ann.slash(strict, "rodin generate", prompt=OWL)
    await scene.make()

    result = scene.result(strict.threads[0])
    assert result.embeds == []
    assert "Your model is ready" in result.content


async def test_without_the_right_to_write_all_of_it_happens_in_the_answer(scene: Scene):
    strict = scene.deny("send_messages")

    answer = await scene.ann.slash(strict, "rodin generate", prompt=OWL)
    await scene.make()

    assert "Send Messages" in answer_of(answer)
    [result] = answer.followups
    assert result.ephemeral
    assert scene.seen(strict) == []


async def test_a_private_task_is_seen_by_its_asker_alone(scene: Scene):
    answer = await scene.ask(private=True)
    await scene.make()

    assert "Only you see this" in answer_of(answer)
    [result] = answer.followups
    assert result.ephemeral
    assert "base.glb" in files_of(result)
    assert scene.general.threads == []
    assert scene.seen(scene.general) == []


async def test_a_private_result_that_comes_late_is_a_direct_message(scene: Scene):
    await scene.ask(private=True)
    await scene.tell()
    await scene.env.advance_time(16 * 60)
    scene.house.clock.turn(minutes=16)
    await scene.make()

    assert "base.glb" in files_of(scene.result(scene.ann.user.dm_channel))


async def test_cancel_while_it_waits_costs_nothing_and_ends_the_status(scene: Scene):
    await scene.asked()

    answer = await scene.ann.click(scene.status(), label="Cancel")
    await scene.tell()

    assert "Nothing was charged" in answer_of(answer)
    assert "Called off" in text_of(scene.status())
    assert buttons_of(scene.status()) == []
    assert scene.house.rodin.ledger == []


async def test_somebody_elses_click_is_refused_in_private(scene: Scene):
    await scene.asked()

    answer = await scene.bob.click(scene.status(), label="Cancel")

    assert "Only the person who asked" in answer_of(answer)
    [task] = await scene.tasks()
    assert task.state is TaskState.ACCEPTED


async def test_again_makes_another_one_in_the_same_thread(scene: Scene):
    result = await scene.a_model(seed=7)

    answer = await scene.ann.click(result, label="Again · 0.5 credits")
    await scene.make()

    assert scene.thread().mention in answer_of(answer)
    assert len([one for one in scene.seen() if "base.glb" in files_of(one)]) == 2
    assert len(scene.house.rodin.ledger) == 2


@pytest.mark.parametrize(
    ("button", "values"),
    [
        ("Variation…", {"prompt": "a copper owl", "pictures": [a_picture()], "where": ["join"]}),
        ("Other format…", {"format": ["fbx"]}),
        ("Retexture…", {"prompt": "green patina", "pictures": [a_picture()]}),
        ("Split into parts…", {"strength": ["4"]}),
    ],
)
async def test_a_button_that_wants_words_opens_a_form_that_outlives_a_restart(
    scene: Scene, button: str, values: dict[str, object]
):
    form = await scene.ann.click(await scene.a_model(), label=button)
    await scene.restart()

    answer = await scene.ann.submit_modal(form, values)
    await scene.make("base.fbx" if "format" in values else "base.glb")

    task, parent = await scene.tasks()
    assert (task.parent_id, task.state) == (parent.id, TaskState.READY)
    assert scene.thread().mention in answer_of(answer)


async def test_buttons_work_after_a_restart(scene: Scene):
    await scene.asked()
    await scene.restart()

    answer = await scene.ann.click(scene.status(), label="Cancel")

    assert "Nothing was charged" in answer_of(answer)


async def test_fresh_links_are_for_the_asker_alone(scene: Scene):
    result = await scene.a_model()

    answer = await scene.ann.click(result, label="Fresh links")

    assert "https://models.example.org/" in answer_of(answer)
    assert not any("/base.glb" in text_of(one) for one in scene.seen())


async def test_delete_takes_the_files_out_of_the_thread(scene: Scene):
    result = await scene.a_model()

    answer = await scene.ann.click(result, label="Delete")
    await scene.tell()

    assert "are deleted" in answer_of(answer)
    after = scene.result()
    assert files_of(after) == {}
    assert "were deleted" in text_of(after)
    assert "Delete" not in buttons_of(after)


async def test_the_list_has_every_task_of_the_asker_and_nobody_elses(scene: Scene):
    await scene.bob.slash(scene.general, "rodin generate", prompt="a boat")
    await scene.ask(prompt=OWL)
    await scene.ask(prompt="a pot")

    listed = answer_of(await scene.ann.slash(scene.general, "rodin list"))

    assert OWL in listed
    assert "a pot" in listed
    assert "a boat" not in listed


async def test_show_suggests_tasks_by_their_words_and_hands_the_model_over_privately(scene: Scene):
    await scene.a_model(prompt=OWL)
    await scene.ask(prompt="a pot")

    [found] = await scene.ann.autocomplete(scene.general, "rodin show", "task", "brass")
    answer = await scene.ann.slash(scene.general, "rodin show", task=found["value"])

    assert OWL in found["name"]
    assert "Your model is ready" in answer_of(answer)
    assert answer.response is not None
    assert "base.glb" in files_of(answer.response)


async def test_usage_says_what_was_spent(scene: Scene):
    await scene.a_model()

    answer = await scene.ann.slash(scene.general, "rodin usage")

    assert "0.5 credits" in answer_of(answer)


async def test_the_balance_is_for_those_who_manage_the_server(scene: Scene):
    managers = scene.server.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    mia = scene.server.add_member(scene.env.create_user("Mia"), roles=[managers])

    refused = await scene.ann.slash(scene.general, "rodin balance")
    told = await mia.slash(scene.general, "rodin balance")

    assert "100" not in answer_of(refused)
    assert "100" in answer_of(told)


async def test_a_prompt_full_of_markup_pings_nobody(scene: Scene):
    await scene.a_model(
        prompt=f"@everyone {scene.bob.mention} <@&{scene.server.default_role.id}> [x](https://example.org)"
    )

    messages = [*scene.seen(scene.general), *scene.seen()]
    assert not any(one.mention_everyone for one in messages)
    assert set().union(*map(scene.pinged_by, messages)) == {scene.ann.id}
    assert not any("](https://example.org" in text_of(one) for one in messages)


async def test_commands_that_discord_knows_already_are_not_told_again(scene: Scene):
    await scene.restart()

    told = [one for one in scene.env.http_requests if one.method == "PUT" and one.path.endswith("/commands")]
    assert len(told) == 1


async def test_the_longest_prompt_of_emoji_is_shown_within_every_limit(scene: Scene):
    await scene.a_model(prompt="🦉" * 1024)

    assert scene.thread().name.startswith("🦉🦉")
    assert "base.glb" in files_of(scene.result())
