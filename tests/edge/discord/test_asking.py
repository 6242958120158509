"""Buttons and commands about tasks, as the asker and others see them."""

from __future__ import annotations

from adapters.discord.commands import WITH_TASK
from bot.errors import VendorUnclear
from bot.model import TaskState
from tests.edge.discord.stage import Stage
from tests.emulators.discord import Message


async def test_cancel_while_it_waits_costs_nothing_and_ends_the_status(stage: Stage):
    await stage.asked()

    answer = await stage.ann.click(stage.status(), "Cancel")
    await answer.shows("Nothing was charged")
    await stage.tell()

    [task] = await stage.tasks()
    assert task.state is TaskState.CANCELLED
    assert "Called off" in stage.status().text
    assert "Cancel" not in stage.status().buttons


async def test_somebody_elses_click_is_refused_in_private(stage: Stage):
    bob = stage.server.member("Bob")
    await stage.asked()

    answer = await bob.click(stage.status(), "Cancel")
    await answer.shows("Only the person who asked")

    assert answer.ephemeral
    [task] = await stage.tasks()
    assert task.state is TaskState.ACCEPTED


async def test_again_makes_another_one_in_the_same_thread(stage: Stage):
    result = await stage.a_model(seed=7)

    answer = await stage.ann.click(result, "Again · 0.5 credits")
    await answer.shows("Task")
    await stage.tell()

    newest, _ = await stage.tasks()
    assert newest.request.seed != 7
    assert len(stage.discord.threads(stage.general)) == 1


async def test_fresh_links_are_for_the_asker_alone(stage: Stage):
    result = await stage.a_model()

    answer = await stage.ann.click(result, "Fresh links")
    shown = await answer.shows("base.glb")

    assert shown.ephemeral
    assert "https://models.example.org/" in shown.text


async def test_delete_takes_the_files_out_of_the_thread(stage: Stage):
    result = await stage.a_model()

    answer = await stage.ann.click(result, "Delete")
    await answer.shows("are deleted")
    await stage.tell()

    after = stage.result()
    assert after.files == ()
    assert "were deleted" in after.text
    assert "Delete" not in after.buttons


async def test_buttons_work_after_a_restart(stage: Stage):
    await stage.asked()
    await stage.restart()

    answer = await stage.ann.click(stage.status(), "Cancel")

    await answer.shows("Nothing was charged")


async def test_list_shows_the_askers_tasks_alone(stage: Stage):
    bob = stage.server.member("Bob")
    await stage.asked(prompt="a *brass* owl")
    await stage.ask(who=bob, prompt="a secret boat")

    answer = await stage.ann.command(stage.general, "rodin list")
    shown = await answer.shows("brass")

    assert shown.ephemeral
    assert "boat" not in shown.text


async def test_an_empty_list_says_how_to_begin(stage: Stage):
    answer = await stage.ann.command(stage.general, "rodin list")

    await answer.shows("/rodin generate")


async def test_show_brings_the_model_again(stage: Stage):
    await stage.a_model()
    [task] = await stage.tasks()

    answer = await stage.ann.command(stage.general, "rodin show", task=task.id)
    shown = await answer.shows("Your model is ready")

    assert "base.glb" in shown.files
    assert shown.ephemeral
    assert shown.pings == ()


async def test_status_says_how_a_task_stands(stage: Stage):
    task = await stage.asked()

    answer = await stage.ann.command(stage.general, "rodin status", task=task.id.upper())

    shown = await answer.shows("Price: 0.5 credits")
    assert "Cancel" in shown.buttons


NEEDS_MORE = {"variation": {"prompt": "an owl"}, "format": {"format": "fbx"}, "retexture": {"prompt": "patina"}}
"""What some commands about a task cannot do without."""


async def test_an_id_that_is_nobodys_and_somebody_elses_private_one_are_refused_alike(stage: Stage):
    bob = stage.server.member("Bob")
    task = await stage.asked(where=stage.ann.direct)

    for command in (about.name for about in WITH_TASK):
        more = NEEDS_MORE.get(command, {})
        of_ann = await bob.command(stage.general, f"rodin {command}", task=task.id, **more)
        of_nobody = await bob.command(stage.general, f"rodin {command}", task="zzzzzzz", **more)
        theirs, nobodys = await of_ann.shows("You have no task"), await of_nobody.shows("You have no task")

        assert theirs.text.replace(task.id, "") == nobodys.text.replace("zzzzzzz", ""), command


async def test_an_id_of_another_server_is_nobodys_there_even_for_its_admins(stage: Stage):
    elsewhere = stage.discord.guild("Elsewhere")
    eve = elsewhere.member("Eve", admin=True)
    await stage.a_model()
    [task] = await stage.tasks()

    for command in (about.name for about in WITH_TASK):
        more = NEEDS_MORE.get(command, {})
        answer = await eve.command(elsewhere.text_channel("hall"), f"rodin {command}", task=task.id, **more)
        shown = await answer.shows("You have no task")
        assert shown.ephemeral, command

    [unchanged] = await stage.tasks()
    assert unchanged == task
    assert await stage.tasks(eve) == []


async def test_an_admin_calls_off_what_somebody_else_waits_for(stage: Stage):
    olga, bob = stage.server.member("Olga", admin=True), stage.server.member("Bob")
    await stage.asked()
    refused = await bob.click(stage.status(), "Cancel")
    await refused.shows("Only the person who asked")

    answer = await olga.click(stage.status(), "Cancel")

    await answer.shows("Nothing was charged")
    [task] = await stage.tasks()
    assert task.state is TaskState.CANCELLED


async def test_ids_are_suggested_by_title_and_by_what_can_be_done(stage: Stage):
    task = await stage.asked(prompt="a brass owl")
    await stage.asked(prompt="a red boat")

    found = await stage.ann.autocomplete(stage.general, "rodin cancel", "task", "owl")
    nothing = await stage.ann.autocomplete(stage.general, "rodin delete", "task", "")
    await found.until(lambda answer: answer.choices)
    await nothing.until(lambda answer: answer.interaction.choices is not None)

    assert [one["value"] for one in found.choices] == [task.id]
    assert "a brass owl" in found.choices[0]["name"]
    assert nothing.choices == []


async def test_usage_says_what_was_used(stage: Stage):
    await stage.asked()

    answer = await stage.ann.command(stage.general, "rodin usage")

    await answer.shows("1 model")


async def test_balance_is_for_those_who_manage_the_server(stage: Stage):
    root = stage.server.member("Root", admin=True)

    refused = await stage.ann.command(stage.general, "rodin balance")
    told = await root.command(stage.general, "rodin balance")

    await refused.shows("may see the balance")
    await told.shows("100 credits")


async def test_what_stayed_unclear_can_be_sent_again_from_its_message(stage: Stage):
    task = await stage.asked()
    result = await _unclear(stage)

    answer = await stage.ann.click(result, "Send it again")
    await answer.shows("Task")

    newest, _ = await stage.tasks()
    assert newest.parent_id == task.id


async def test_what_was_sent_again_already_is_named_with_its_place_however_it_is_asked_for_once_more(stage: Stage):
    task = await stage.asked()
    result = await _unclear(stage)
    first = await stage.ann.click(result, "Send it again")
    await first.shows("Task")

    second = await stage.ann.command(stage.general, "rodin resend", task=task.id, private=True)
    shown = await second.shows(f"(from {task.id})")

    assert f"<#{stage.thread().id}>" in shown.text
    assert len(await stage.tasks()) == 2


async def test_help_names_every_command_that_discord_knows(stage: Stage):
    answer = await stage.ann.command(stage.general, "rodin help")
    shown = await answer.shows("/rodin generate")

    group = next(one for one in stage.discord.commands() if one["name"] == "rodin")
    assert all(f"/rodin {one['name']}" in shown.text for one in group["options"])


async def _unclear(stage: Stage) -> Message:
    """Let Rodin's answer get lost for good."""
    stage.house.rodin.errors["submit"].append(VendorUnclear("time-out"))
    await stage.house.until_over(turns=20)
    return stage.result()
