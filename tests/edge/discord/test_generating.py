"""From what a person asks to a finished model, as members see it."""

from __future__ import annotations

from bot.chat import Wish
from bot.model import TaskState
from tests.edge.discord.stage import Stage
from tests.emulators.discord import Message, upload
from tests.fakes.generator import bytes_of
from tests.unit.picture_samples import quarters, saved

OWL = "a brass owl"


async def test_a_prompt_becomes_a_thread_with_a_status_and_a_result_for_the_asker(stage: Stage):
    answer = await stage.ask(prompt=OWL)
    await answer.shows("Follow it in")
    await stage.tell()
    await stage.make("base.glb")

    assert answer.ephemeral
    assert stage.thread().name == OWL
    assert "Your model is ready" in stage.status().text
    result = stage.result()
    assert result.pings == ("Ann",)
    assert result.file("base.glb").content == bytes_of("base.glb")
    assert result.links["View in 3D"].startswith("https://models.example.org/")
    assert result.links["Download"].endswith("/base.glb")
    assert [one.pings for one in stage.discord.messages(stage.general)] == [()]


async def test_pictures_reach_rodin_in_their_order(stage: Stage):
    pictures = {f"image{n}": upload(saved(quarters((64 + n, 64)), "PNG"), f"{n}.png") for n in range(1, 6)}

    answer = await stage.ask(**pictures)
    await answer.shows("Task")

    [task] = await stage.tasks()
    spooled = [stage.house.files.held[picture.key] for picture in task.request.pictures]
    assert spooled == [one.content for one in pictures.values()]
    await stage.tell()
    assert stage.thread().name == "5 pictures"


async def test_options_of_the_command_reach_the_request(stage: Stage):
    answer = await stage.ask(prompt=OWL, preset="game", faces="8k", seed=7, pose=True, more="--soft")
    await answer.shows("Task")

    [task] = await stage.tasks()
    assert (task.request.geometry_file_format, task.request.quality_override, task.request.seed) == ("fbx", 8000, 7)
    assert task.request.ta_pose
    assert task.request.soft


async def test_the_menu_of_a_message_makes_a_model_of_its_pictures(stage: Stage):
    bob = stage.server.member("Bob")
    message = await bob.write(stage.general, "look", files=[upload(saved(quarters((64, 64)), "PNG"), "pot.png")])

    answer = await stage.ann.menu("Make 3D model", message)
    await answer.shows("Task")

    [task] = await stage.tasks()
    assert len(task.request.pictures) == 1


async def test_the_menu_of_a_message_without_pictures_says_so(stage: Stage):
    message = await stage.ann.write(stage.general, "just words")

    answer = await stage.ann.menu("Make 3D model", message)

    await answer.shows("holds no picture")
    assert not await stage.tasks()


async def test_the_form_takes_words_pictures_and_options(stage: Stage):
    opened = await stage.ann.command(stage.general, "rodin new")
    form = await opened.until(lambda answer: answer.modal)

    values = {
        "What should it be?": OWL,
        "Pictures": [upload(saved(quarters((64, 64)), "PNG"), "pot.png")],
        "Preset": "print",
    }
    answer = await stage.ann.submit(form, {**values, "More options": "--seed 9"})
    await answer.shows("Task")

    [task] = await stage.tasks()
    assert task.request.prompt == OWL
    assert len(task.request.pictures) == 1
    assert (task.request.geometry_file_format, task.request.seed) == ("stl", 9)


async def test_a_form_opened_before_a_restart_still_works(stage: Stage):
    opened = await stage.ann.command(stage.general, "rodin new")
    form = await opened.until(lambda answer: answer.modal)
    await stage.restart()

    answer = await stage.ann.submit(form, {"What should it be?": OWL})

    await answer.shows("Task")


async def test_a_mention_in_a_models_thread_makes_its_next_version_there(stage: Stage):
    await stage.a_model(prompt=OWL, seed=7)

    await stage.ann.write(stage.thread(), f"{stage.discord.bot.mention} make it red")
    await stage.discord.until(lambda: len(stage.house.world.tasks._rows) == 2)
    await stage.tell()
    await stage.make()

    newest, _ = await stage.tasks()
    assert newest.request.prompt == "make it red"
    assert newest.request.seed != 7
    results = [one for one in stage.discord.messages(stage.thread()) if "· result" in one.text]
    assert len(results) == 2


async def test_a_reply_that_only_pings_the_bot_asks_for_nothing(stage: Stage):
    result = await stage.a_model()

    await stage.ann.write(stage.thread(), "thanks, lovely", reply_to=result)
    answer = await stage.ann.command(stage.general, "rodin list")
    await answer.shows("ready")

    assert len(await stage.tasks()) == 1


async def test_a_mention_elsewhere_is_told_how_to_begin(stage: Stage):
    await stage.ann.write(stage.general, f"{stage.discord.bot.mention} a boat")

    said = await stage.discord.until(lambda: [one for one in stage.discord.messages(stage.general) if one.author.bot])
    assert "/rodin generate" in said[0].text
    assert said[0].pings == ()
    assert not await stage.tasks()


async def test_a_direct_message_makes_a_model_in_that_conversation(stage: Stage):
    await stage.ann.dm("a brass owl --preset draft")
    await stage.discord.until(lambda: stage.house.world.tasks._rows)
    await stage.tell()
    await stage.make()

    [task] = await stage.tasks()
    assert (task.request.prompt, task.request.preset, task.state) == (OWL, "draft", TaskState.READY)
    assert any("· result" in one.text for one in stage.discord.direct_messages(stage.ann))


async def test_a_direct_hello_is_answered_with_help_and_costs_nothing(stage: Stage):
    await stage.ann.dm("Help")

    await stage.discord.until(lambda: "/rodin generate" in _words(stage.discord.direct_messages(stage.ann)))
    assert not await stage.tasks()


async def test_a_command_in_a_direct_conversation_is_told_there(stage: Stage):
    await stage.asked(where=stage.ann.direct)
    await stage.make()

    assert "Your model is ready" in stage.result(stage.ann.direct).text


async def test_inside_a_thread_messages_go_right_there(stage: Stage):
    await stage.asked()
    thread = stage.thread()

    await stage.asked(where=thread, prompt="a pot")

    assert stage.discord.threads(stage.general) == [thread]
    assert len([one for one in stage.discord.messages(thread) if "· progress" in one.text]) == 2


async def test_in_a_voice_channel_messages_go_right_there(stage: Stage):
    voice = stage.server.voice_channel("lounge")

    await stage.asked(where=voice)

    status = stage.status(voice)
    assert "lacks the right" not in status.text


async def test_without_the_right_to_make_threads_messages_come_in_the_channel_and_say_why_once(stage: Stage):
    stage.server.deny(stage.general, stage.discord.bot, "create_public_threads")

    await stage.asked()
    await stage.asked(prompt="a pot")
    await stage.make()

    first, second = [one.text for one in stage.discord.messages(stage.general) if "· progress" in one.text]
    assert "Create Public Threads" in first
    assert "lacks the right" not in second
    assert stage.discord.threads(stage.general) == []
    assert any("· result" in one.text for one in stage.discord.messages(stage.general))


async def test_a_right_taken_away_after_the_command_moves_messages_into_the_channel(stage: Stage):
    answer = await stage.ask(prompt=OWL)
    await answer.shows("Task")
    stage.server.deny(stage.general, stage.discord.bot, "create_public_threads")

    await stage.tell()

    assert "Create Public Threads" in stage.status(stage.general).text


async def test_without_the_right_to_attach_links_stand_in(stage: Stage):
    stage.server.deny(stage.general, stage.discord.bot, "attach_files")

    result = await stage.a_model()

    assert result.files == ()
    assert "Download" in result.links
    assert "Attach Files" in stage.status().text


async def test_without_the_right_to_embed_messages_are_bare_text(stage: Stage):
    stage.server.deny(stage.general, stage.discord.bot, "embed_links")

    result = await stage.a_model()

    assert not result.embeds
    assert "Your model is ready" in result.text
    assert "Embed Links" in stage.status().text


async def test_without_the_right_to_write_the_answer_is_private(stage: Stage):
    stage.server.deny(stage.general, stage.discord.bot, "send_messages")

    answer = await stage.ask(prompt=OWL)
    await stage.discord.until(lambda: stage.house.world.tasks._rows)
    await stage.tell()
    shown = await answer.shows("Send Messages")

    assert shown.ephemeral
    assert stage.discord.messages(stage.general) == []


async def test_a_private_task_is_shown_in_the_answer_and_its_result_beside_it(stage: Stage):
    answer = await stage.ask(prompt=OWL, private=True)
    await stage.discord.until(lambda: stage.house.world.tasks._rows)
    await stage.tell()
    await answer.shows("Only you see this")
    await stage.make()

    [result] = answer.followups
    assert result.ephemeral
    assert result.file("base.glb").content == bytes_of("base.glb")
    assert stage.discord.messages(stage.general) == []


async def test_a_private_result_that_comes_late_is_a_direct_message(stage: Stage):
    await stage.ask(prompt=OWL, private=True)
    await stage.discord.until(lambda: stage.house.world.tasks._rows)
    await stage.tell()
    stage.discord.advance(16 * 60)
    stage.house.clock.turn(minutes=16)
    await stage.make()

    [result] = stage.discord.direct_messages(stage.ann)
    assert "Your model is ready" in result.text
    assert result.file("base.glb").content == bytes_of("base.glb")


async def test_a_person_who_takes_no_direct_messages_finds_a_late_result_by_show(stage: Stage):
    stage.ann.block_messages()
    await stage.ask(prompt=OWL, private=True)
    await stage.discord.until(lambda: stage.house.world.tasks._rows)
    stage.discord.advance(16 * 60)
    stage.house.clock.turn(minutes=16)
    await stage.make()
    await stage.house.until_over(turns=2)
    [task] = await stage.tasks()

    answer = await stage.ann.command(stage.general, "rodin show", task=task.id)
    shown = await answer.shows("Your model is ready")

    assert task.told >= (task.ended_revision or 0)
    assert shown.file("base.glb").content == bytes_of("base.glb")


async def test_where_the_bot_is_not_all_of_it_happens_in_the_answer(stage: Stage):
    elsewhere = stage.discord.guild("Elsewhere", bot=False)
    cleo = elsewhere.member("Cleo")
    cleo.install()
    channel = elsewhere.text_channel("chat")

    answer = await stage.ask(who=cleo, where=channel, prompt=OWL)
    await stage.discord.until(lambda: stage.house.world.tasks._rows)
    await stage.tell()
    await stage.make()

    assert answer.ephemeral
    assert len(answer.followups) == 1
    assert "Your model is ready" in answer.followups[0].text


async def test_a_still_and_then_a_turntable_join_the_result(stage: Stage):
    await stage.a_model()

    await stage.picture()

    result = stage.result()
    assert result.files == ("still.png", "base.glb", "turntable.webp") or set(result.files) == {
        "still.png",
        "base.glb",
        "turntable.webp",
    }
    assert "turning" in (result.file("turntable.webp").description or "")
    assert "Picture of the 3D model" in (result.file("still.png").description or "")
    assert result.pings == ("Ann",)


def _words(messages: list[Message]) -> str:
    return "\n".join(one.text for one in messages)


async def test_in_a_conversation_of_two_people_all_of_it_happens_in_the_answer(stage: Stage):
    stage.ann.install()
    bob = stage.discord.person("Bob")

    answer = await stage.ask(where=stage.ann.direct_with(bob), prompt=OWL)
    await stage.discord.until(lambda: stage.house.world.tasks._rows)
    await stage.tell()
    await stage.make()

    assert answer.ephemeral
    assert len(answer.followups) == 1


async def test_again_under_an_answer_for_one_persons_eyes_stays_there(stage: Stage):
    await stage.asked(where=stage.ann.direct)
    await stage.make()
    [task] = await stage.tasks()
    shown = await stage.ann.command(stage.general, "rodin show", task=task.id)
    private = await shown.shows("Your model is ready")

    answer = await stage.ann.click(private, "Again · 0.5 credits")
    await stage.discord.until(lambda: len(stage.house.world.tasks._rows) == 2)
    await stage.tell()

    await answer.shows("Only you see this")
    assert stage.discord.messages(stage.general) == []


async def test_a_picture_mentioned_in_a_models_thread_is_the_next_versions(stage: Stage):
    await stage.a_model(prompt=OWL)
    picture = saved(quarters((64, 64)), "PNG")

    await stage.ann.write(stage.thread(), stage.discord.bot.mention, files=[upload(picture, "red.png")])
    await stage.discord.until(lambda: len(stage.house.world.tasks._rows) == 2)

    newest, _ = await stage.tasks()
    assert [stage.house.files.held[one.key] for one in newest.request.pictures] == [picture]


async def test_a_mention_without_anything_new_is_refused_in_words(stage: Stage):
    await stage.a_model(prompt=OWL)

    await stage.ann.write(stage.thread(), stage.discord.bot.mention)

    await stage.discord.until(
        lambda: any("Say what shall be different" in one.text for one in stage.discord.messages(stage.thread()))
    )
    assert len(await stage.tasks()) == 1


async def test_the_same_interaction_delivered_twice_makes_one_task(stage: Stage):
    answer = await stage.ask(prompt=OWL)
    await answer.shows("Task")
    [task] = await stage.tasks()

    again = await stage.house.intake.generate(Wish(prompt=OWL), task.owner, task.address, event=task.event)

    assert task.event == f"discord:{answer.interaction.id}"
    assert again.id == task.id
