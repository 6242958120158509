"""What is kept of a person: told, handed out, listed, and removed, by them and by those who may."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from tests.edge.slack.stage import Setting, Stage, a_stage
from tests.emulators.slack import Member
from tests.unit.core.house import Rules


async def said(stage: Stage, who: Member, line: str) -> str:
    """Type a command and return what it is answered with."""
    answer = await who.command(stage.general, f"/rodin {line}")
    await stage.slack.until(lambda: answer.ephemerals)
    return answer.text


async def asked(stage: Stage, who: Member, line: str) -> str:
    """Ask for a model in the channel; return its task's id, told once."""
    before = len(await stage.tasks(who))
    await said(stage, who, line)
    newest, *others = await stage.tasks(who)
    assert len(others) == before
    await stage.tell()
    return newest.id


async def test_privacy_says_what_goes_where(stage: Stage) -> None:
    assert "Hyper3D" in await said(stage, stage.ann, "privacy")


async def test_the_first_task_of_a_workspace_says_where_words_go_and_no_other() -> None:
    async with a_stage(Setting(rules=Rules(notice="Words and pictures go to Hyper3D."))) as stage:
        for wish in ("a brass owl", "a clay fox"):
            await asked(stage, stage.ann, wish)

        told = {"owl" in one.text: "go to Hyper3D" in one.text for one in stage.slack.messages(stage.general)}
        assert told == {True: True, False: False}


async def test_the_export_comes_as_a_file_in_a_direct_message(stage: Stage) -> None:
    task = await asked(stage, stage.ann, "a brass owl")
    bob = stage.team.member("Bob")
    await asked(stage, bob, "a glass whale")

    answer = await said(stage, stage.ann, "export")

    [message] = await stage.slack.until(lambda: [one for one in stage.slack.messages(stage.ann.im) if one.files])
    with zipfile.ZipFile(io.BytesIO(message.files[0].content)) as archive:
        held = archive.read("tasks.json").decode()
    assert task in held
    assert "a brass owl" in held
    assert "glass whale" not in held
    assert json.loads(held)
    assert "direct message" in answer
    assert [one for one in stage.slack.messages(stage.general) if one.files] == []


async def test_an_export_that_is_asked_for_directly_is_its_own_answer(stage: Stage) -> None:
    await asked(stage, stage.ann, "a brass owl")

    await stage.ann.dm("export")

    [message] = await stage.slack.until(lambda: [one for one in stage.slack.messages(stage.ann.im) if one.files])
    assert "everything that is kept about you" in message.text


async def test_forgetting_asks_once_more_and_then_removes_everything(stage: Stage) -> None:
    result = await stage.a_model()
    answer = await stage.ann.command(stage.general, "/rodin forget me")
    [question] = await stage.slack.until(lambda: answer.ephemerals)
    assert "cannot be undone" in question.text
    assert (await stage.tasks())[0].files

    await stage.ann.click(question, "Forget me, for good")

    await stage.slack.until(lambda: stage.ann.ephemerals[2:])
    assert await stage.tasks() == []
    await stage.house.curate()
    await stage.tell()
    assert result.channel is stage.general
    assert "brass owl" not in stage.result().text


async def test_forgetting_one_person_leaves_the_others_alone(stage: Stage) -> None:
    bob = stage.team.member("Bob")
    await asked(stage, bob, "a glass whale")
    await asked(stage, stage.ann, "a brass owl")
    answer = await stage.ann.command(stage.general, "/rodin forget me")
    [question] = await stage.slack.until(lambda: answer.ephemerals)

    await stage.ann.click(question, "Forget me, for good")

    await stage.slack.until(lambda: stage.ann.ephemerals[2:])
    assert len(await stage.tasks(bob)) == 1


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("list", {"owl", "fox"}),
        ("list --words OWL", {"owl"}),
        ("list \u2014words \u201cclay fox\u201d", {"fox"}),
        ("list --channel", {"owl", "fox", "whale"}),
        ("list --channel --words whale --tree", {"whale"}),
        ("list --failed", set()),
    ],
)
async def test_a_list_shows_what_is_asked_for(stage: Stage, line: str, shown: set[str]) -> None:
    bob = stage.team.member("Bob")
    for who, wish in ((stage.ann, "a brass owl"), (stage.ann, "a clay fox"), (bob, "a glass whale")):
        await asked(stage, who, wish)

    answer = await said(stage, stage.ann, line)

    assert {name for name in ("owl", "fox", "whale") if name in answer} == shown
    assert shown or "Nothing fits" in answer


async def test_everybodys_tasks_are_for_admins(stage: Stage) -> None:
    boss, elsewhere = stage.team.member("Bo", admin=True), stage.team.channel("elsewhere")
    await asked(stage, stage.ann, "a brass owl")

    refused = await stage.ann.command(elsewhere, "/rodin list --everybody")
    listed = await boss.command(elsewhere, "/rodin list --everybody")

    await stage.slack.until(lambda: refused.ephemerals and listed.ephemerals)
    assert "admins" in refused.text
    assert "a brass owl" in listed.text


async def test_a_task_of_somebody_in_the_workspace_can_be_shown_anywhere(stage: Stage) -> None:
    bob = stage.team.member("Bob")
    task = await asked(stage, bob, "a glass whale")
    secret = stage.team.channel("elsewhere")

    answer = await stage.ann.command(secret, f"/rodin show {task}")

    await stage.slack.until(lambda: answer.ephemerals)
    assert "a glass whale" in answer.text


async def test_deleting_with_forget_takes_the_words_out_of_the_thread(stage: Stage) -> None:
    await stage.a_model()
    [task] = await stage.tasks()

    answer = await said(stage, stage.ann, f"delete {task.id} --forget")
    await stage.house.curate()
    await stage.tell()

    assert "owl" not in answer
    assert "brass owl" not in stage.result().text
    assert "brass owl" not in stage.root().text
    assert "brass owl" not in await said(stage, stage.ann, f"show {task.id}")


async def test_forgetting_names_the_version_that_holds_the_same_words(stage: Stage) -> None:
    await stage.a_model()
    [task] = await stage.tasks()
    await stage.ann.command(stage.general, f"/rodin again {task.id}")
    await stage.slack.until(lambda: len(stage.house.world.tasks._rows) == 2)
    [again] = [one for one in await stage.tasks() if one.id != task.id]

    answer = await said(stage, stage.ann, f"delete {task.id} --forget")

    assert f"delete {again.id} --forget." in answer


async def test_an_admin_may_delete_what_somebody_else_has_made(stage: Stage) -> None:
    await stage.a_model()
    [task] = await stage.tasks()
    boss = stage.team.member("Bo", admin=True)

    await said(stage, boss, f"delete {task.id}")

    assert (await stage.tasks())[0].files == ()


async def test_whoever_was_given_the_right_may_delete_by_the_button(stage: Stage) -> None:
    result = await stage.a_model()
    bob = stage.team.member("Bob")
    boss = stage.team.member("Bo", admin=True)
    await said(stage, boss, "settings allow delete @Bob")

    await bob.click(result, "Delete")

    await stage.slack.until(lambda: bob.ephemerals)
    assert (await stage.tasks())[0].files == ()
