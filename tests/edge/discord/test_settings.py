"""Who may do what in a server: shown and changed by its admins, and obeyed whatever door people come through."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.discord.limits import CHOICES
from tests.edge.discord.stage import Stage
from tests.emulators.discord import Answer, Message, Person, Server


def admin_of(stage: Stage, server: Server | None = None, name: str = "Olga") -> Person:
    return (server or stage.server).member(name, admin=True)


async def shows(who: Person, stage: Stage, name: str, expected: str, /, **options: Any) -> Message:
    """Use a command in the channel; return its answer, which only that person sees."""
    answer: Answer = await who.command(stage.general, f"rodin {name}", **options)
    shown = await answer.shows(expected)
    assert shown.ephemeral
    assert shown.pings == ()
    return shown


async def test_admins_see_who_may_do_what_with_which_key_and_what_people_were_told(stage: Stage):
    makers = stage.server.role("Makers")
    olga = admin_of(stage)
    await shows(olga, stage, "settings allow", "from now on", right="money", who=makers, who2=stage.ann)

    shown = await shows(olga, stage, "settings show", "Ask for models")

    lines = shown.embeds[0]["description"].split("\n")
    whom = f"admins, <@&{makers.id}> and {stage.ann.mention}"
    assert "`ask` Ask for models: everyone" in lines
    assert f"`money` See the balance and what this server has used: {whom}" in lines
    assert "`delete` Delete what other people have made: admins" in lines
    assert "`tier:Gen-2.5-Extreme-High` Use the tier Gen-2.5-Extreme-High: everyone" in lines
    assert "key" in lines[0]
    assert "Hyper3D" in shown.text


COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("settings show", {}),
    ("settings allow", {"right": "ask"}),
    ("settings reset", {"right": "ask"}),
    ("settings key-remove", {}),
]
only_admins = pytest.mark.parametrize(("command", "options"), COMMANDS, ids=[name for name, _ in COMMANDS])


@only_admins
async def test_whoever_does_not_manage_the_server_is_refused_in_private(
    stage: Stage, command: str, options: dict[str, Any]
):
    await shows(stage.ann, stage, command, "Only admins of this server", **options)

    await shows(stage.ann, stage, "generate", "Task", prompt="an owl")


@only_admins
async def test_the_admin_of_another_server_has_no_say_here(stage: Stage, command: str, options: dict[str, Any]):
    olga = admin_of(stage, stage.discord.guild("Elsewhere"))
    stage.server.member("Olga")

    await shows(olga, stage, command, "Only admins of this server", **options)


@only_admins
async def test_outside_a_server_there_is_nothing_to_set(stage: Stage, command: str, options: dict[str, Any]):
    answer = await stage.ann.command(stage.ann.direct, f"rodin {command}", **options)

    await answer.shows("server")
    assert "belong" in answer.text


async def test_what_is_said_in_one_server_holds_in_no_other(stage: Stage):
    elsewhere = stage.discord.guild("Elsewhere")
    await shows(admin_of(stage), stage, "settings allow", "admins only", right="ask")
    elsewhere.member("Ann")

    await shows(stage.ann, stage, "generate", "not everyone may ask", prompt="an owl")
    answer = await stage.ann.command(elsewhere.text_channel("general"), "rodin generate", prompt="an owl")

    await answer.shows("Task")


async def test_a_role_lets_its_people_ask_by_whatever_door(stage: Stage):
    makers, bob = stage.server.role("Makers"), stage.server.member("Bob")
    stage.server.give(stage.ann, makers)
    await stage.a_model()
    await shows(admin_of(stage), stage, "settings allow", "1 role", right="ask", who=makers)

    await shows(bob, stage, "generate", "not everyone may ask", prompt="an owl")
    mentioned = await bob.write(stage.thread(), f"{stage.discord.bot.mention} make it red")
    await stage.discord.until(lambda: _answers_to(stage, mentioned))
    assert "not everyone may ask" in _answers_to(stage, mentioned)[0].text
    assert await stage.tasks(bob) == []

    await shows(stage.ann, stage, "generate", "Task", prompt="an owl")
    await stage.ann.write(stage.thread(), f"{stage.discord.bot.mention} make it red")
    await stage.discord.until(lambda: len(stage.house.world.tasks._rows) == 3)


def _answers_to(stage: Stage, message: Message) -> list[Message]:
    found = stage.discord.messages(message.channel)
    return [one for one in found if (one.reference or {}).get("message_id") == str(message.id)]


@pytest.mark.parametrize("option", ["everyone", "the role of everyone"])
async def test_a_right_can_be_given_to_everyone(stage: Stage, option: str):
    everyone = stage.server.guild.roles[stage.server.id]
    options = {"everyone": True} if option == "everyone" else {"who": everyone}
    await shows(stage.ann, stage, "balance", "may see the balance")

    await shows(admin_of(stage), stage, "settings allow", "for everyone", right="money", **options)

    await shows(stage.ann, stage, "balance", "100 credits")


async def test_a_tier_kept_for_some_is_refused_to_others_in_a_follow_up_too(stage: Stage):
    await shows(admin_of(stage), stage, "settings allow", "admins only", right="tier:Gen-2.5-High")
    result = await stage.a_model()

    answer = await stage.ann.click(result, "Better · 0.5 credits")

    shown = await answer.shows("is not open to you in this server")
    assert shown.ephemeral
    assert len(await stage.tasks()) == 1


async def test_a_reset_gives_a_right_back_as_it_was(stage: Stage):
    olga = admin_of(stage)
    await shows(olga, stage, "settings allow", "admins only", right="ask")

    await shows(olga, stage, "settings reset", "for everyone again", right="ask")

    await shows(stage.ann, stage, "generate", "Task", prompt="an owl")


async def test_a_right_that_there_is_not_is_refused_in_words(stage: Stage):
    await shows(admin_of(stage), stage, "settings allow", "There are the rights", right="fly", everyone=True)


async def test_rights_are_suggested_by_name_and_by_what_they_allow(stage: Stage):
    olga = admin_of(stage)

    async def suggested(typed: str) -> list[str]:
        found = await olga.autocomplete(stage.general, "rodin settings allow", "right", typed)
        await found.until(lambda answer: answer.interaction.choices is not None)
        return [choice["value"] for choice in found.choices]

    assert await suggested("balance") == ["money"]
    assert await suggested("TIER:gen-2.5-extreme-h") == ["tier:Gen-2.5-Extreme-High"]
    assert {"ask", "money", "delete"} <= set(await suggested(""))
    assert len(await suggested("")) <= CHOICES


async def test_whoever_may_delete_takes_other_peoples_results_away(stage: Stage):
    moderators, bob = stage.server.role("Moderators"), stage.server.member("Bob")
    stage.server.give(bob, moderators)
    result = await stage.a_model()
    [task] = await stage.tasks()
    refused = await bob.click(result, "Delete")
    await refused.shows("Only the person who asked")

    await shows(admin_of(stage), stage, "settings allow", "1 role", right="delete", who=moderators)
    await shows(bob, stage, "delete", "are deleted", task=task.id)
    await stage.tell()

    assert stage.result().files == ()
