"""A workspace's settings: shown to its admins, changed by words or forms, and refused to everybody else."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from bot.keys import Server
from bot.model import Owner
from bot.policy import ASK, DELETE, MONEY, Grant, Right, RightKind, Rules
from tests.edge.slack.stage import Setting, Stage, a_stage
from tests.emulators.slack import Member

SECRET = "rodin-key-0123456789-abcdef"
TIER = Right(kind=RightKind.TIER, name="Gen-2.5-High")


@pytest.fixture
def boss(stage: Stage) -> Member:
    return stage.team.member("Bo", admin=True)


async def rules_of(stage: Stage) -> Rules:
    """What the workspace has said about rights."""
    return await stage.house.world.rights.rules_of(Server(platform="slack", server_id=stage.team.id))


async def grant_of(stage: Stage, right: Right) -> Grant:
    """To whom a right is given now."""
    rules = await rules_of(stage)
    return rules.get(right, right.default)


async def said(stage: Stage, who: Member, line: str) -> str:
    """Type a command and return what it is answered with."""
    answer = await who.command(stage.general, f"/rodin {line}")
    await stage.slack.until(lambda: answer.ephemerals)
    return answer.text


async def test_an_admin_sees_who_may_do_what(stage: Stage, boss: Member) -> None:
    makers = stage.team.group("makers", stage.ann)
    await said(stage, boss, "settings allow tier:high @makers @Ann")

    answer = await boss.command(stage.general, "/rodin settings")

    [shown] = await stage.slack.until(lambda: answer.ephemerals)
    assert "Ask for models (ask): everyone" in shown.text
    assert "Delete what other people have made (delete): admins" in shown.text
    assert "(tier:Gen-2.5-High): admins, @subteam and @Ann" in shown.text
    assert f"<!subteam^{makers.id}>" in str(shown.blocks)
    assert "All other tiers and presets: everyone" in shown.text
    assert shown.buttons == ("Who may do what…", "Rodin key…", "Remove the key")
    assert stage.slack.messages(stage.general) == []


@pytest.mark.parametrize(
    ("typed", "right", "grant"),
    [
        ("ask everyone", ASK, Grant(everyone=True)),
        ("ask admins", ASK, Grant()),
        ("money @Ann", MONEY, Grant(people=frozenset({"ANN"}))),
        ("delete @Ann and @makers", DELETE, Grant(people=frozenset({"ANN"}), roles=frozenset({"MAKERS"}))),
        ("tier high @makers", TIER, Grant(roles=frozenset({"MAKERS"}))),
        ("tier:gen-2.5-high @makers, everyone", TIER, Grant(everyone=True)),
    ],
)
async def test_a_right_is_given_by_typing(stage: Stage, boss: Member, typed: str, right: Right, grant: Grant) -> None:
    makers = stage.team.group("makers")
    ids = {"ANN": stage.ann.id, "MAKERS": makers.id}

    await said(stage, boss, f"settings allow {typed}")

    assert await grant_of(stage, right) == Grant(
        everyone=grant.everyone,
        roles=frozenset(ids[name] for name in grant.roles),
        people=frozenset(ids[name] for name in grant.people),
    )


async def test_a_group_may_be_typed_by_its_handle_where_slack_marks_nothing(stage: Stage, boss: Member) -> None:
    makers = stage.team.group("makers")

    answer = await boss.command(stage.general, "/rodin settings allow ask @makers", verbatim=True)

    await stage.slack.until(lambda: answer.ephemerals)
    assert await grant_of(stage, ASK) == Grant(roles=frozenset({makers.id}))


async def test_a_right_goes_back_to_what_it_was(stage: Stage, boss: Member) -> None:
    await said(stage, boss, "settings allow ask admins")

    assert "for everyone again" in await said(stage, boss, "settings reset ask")
    assert await grant_of(stage, ASK) == Grant(everyone=True)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("settings allow ask", "Allow whom?"),
        ("settings allow ask Zoe", '"Zoe" is nobody'),
        ("settings allow flying everyone", "There are the rights"),
        ("settings reset flying", "There are the rights"),
        ("settings sideways", "By typing:"),
    ],
)
async def test_what_is_not_understood_changes_nothing(stage: Stage, boss: Member, line: str, answer: str) -> None:
    assert answer in await said(stage, boss, line)
    assert await rules_of(stage) == {}


@pytest.mark.parametrize(
    "line", ["settings", "settings key", "settings key remove", "settings allow", "settings allow ask everyone"]
)
async def test_nobody_else_sees_or_changes_anything(stage: Stage, line: str) -> None:
    assert "Only admins" in await said(stage, stage.ann, line)
    assert stage.ann.view is None
    assert await rules_of(stage) == {}


async def test_a_right_is_given_by_the_form(stage: Stage, boss: Member) -> None:
    makers = stage.team.group("makers")
    answer = await boss.command(stage.general, "/rodin settings")
    [shown] = await stage.slack.until(lambda: answer.ephemerals)

    await boss.click(shown, "Who may do what…")
    view = await stage.slack.until(lambda: boss.view)
    right = next(one for one in view.inputs[0].element.options if "(delete)" in one)
    await boss.submit(
        view, {"What": right, "Who may": "Those named below, and admins", "People": ["Ann"], "User groups": ["@makers"]}
    )

    await stage.slack.until(lambda: boss.ephemerals[1:])
    assert await grant_of(stage, DELETE) == Grant(people=frozenset({stage.ann.id}), roles=frozenset({makers.id}))


@pytest.mark.parametrize(
    ("who", "grant"),
    [
        ("Everyone", Grant(everyone=True)),
        ("Admins only", Grant()),
        ("As it is unless you say otherwise", Grant(everyone=True)),
    ],
)
async def test_the_form_gives_to_everyone_or_to_admins(stage: Stage, boss: Member, who: str, grant: Grant) -> None:
    await said(stage, boss, "settings allow ask @Ann")
    await boss.command(stage.general, "/rodin settings allow")
    view = await stage.slack.until(lambda: boss.view)

    await boss.submit(view, {"What": view.inputs[0].element.options[0], "Who may": who})

    await stage.slack.until(lambda: boss.ephemerals[1:])
    assert await grant_of(stage, ASK) == grant


async def test_the_form_names_nobody_by_mistake(stage: Stage, boss: Member) -> None:
    await boss.command(stage.general, "/rodin settings allow")
    view = await stage.slack.until(lambda: boss.view)

    await boss.submit(view, {"What": view.inputs[0].element.options[0], "Who may": "Those named below, and admins"})

    [refusal] = await stage.slack.until(lambda: boss.ephemerals)
    assert "Nobody is named" in refusal.text
    assert await grant_of(stage, ASK) == Grant(everyone=True)


async def test_the_form_takes_a_hundred_groups_and_no_more(stage: Stage, boss: Member) -> None:
    for number in range(130):
        stage.team.group(f"group-{number}")

    await boss.command(stage.general, "/rodin settings allow")

    view = await stage.slack.until(lambda: boss.view)
    assert len(view.inputs[-1].element.options) == 100


async def test_settings_with_very_many_rules_still_fit(stage: Stage, boss: Member) -> None:
    everybody = frozenset(f"U{number:08}" for number in range(100))
    groups = frozenset(f"S{number:08}" for number in range(100))
    operator = Owner(platform="slack", user_id="root", server_id=stage.team.id)
    for one in (await stage.intake.settings(operator)).rights:
        await stage.intake.allow(operator, str(one.right), Grant(people=everybody, roles=groups))

    shown = await said(stage, boss, "settings")
    assert "(180 more)" in shown
    assert "By typing" in shown


async def test_somebody_who_may_not_ask_is_told_before_anything_is_charged(stage: Stage, boss: Member) -> None:
    stage.team.group("makers", stage.ann)
    await said(stage, boss, "settings allow ask @makers")
    bob = stage.team.member("Bob")

    assert "may not" in await said(stage, bob, "a brass owl")
    await stage.ann.command(stage.general, "/rodin a brass owl")

    await stage.accepted()
    assert await stage.tasks(bob) == []


@pytest.mark.parametrize("over_http", [False, True], ids=["socket", "http"])
async def test_a_key_goes_into_a_form_and_is_not_shown_again(*, every_log: list[str], over_http: bool) -> None:
    async with a_stage(Setting(over_http=over_http)) as stage:
        await _set_and_looked_for(stage, every_log)


async def _set_and_looked_for(stage: Stage, every_log: list[str]) -> None:
    boss = stage.team.member("Bo", admin=True)
    answer = await boss.command(stage.general, "/rodin settings key")
    view = await stage.slack.until(lambda: boss.view)
    await boss.submit(view, {"Rodin API key": SECRET})
    await stage.slack.until(lambda: boss.ephemerals)

    shown = await said(stage, boss, "settings")

    assert "made with its own Rodin key" in shown
    assert every_log
    seen = [*every_log, stage.slack.transcript(), shown, answer.text, *(str(call) for call in stage.slack.requests)]
    assert [one for one in seen if SECRET in one] == []


async def test_a_key_that_rodin_does_not_take_is_refused_and_not_kept(
    stage: Stage, boss: Member, every_log: list[str]
) -> None:
    await boss.command(stage.general, "/rodin settings key")
    view = await stage.slack.until(lambda: boss.view)

    await boss.submit(view, {"Rodin API key": f"{SECRET} with more"})

    [refusal] = await stage.slack.until(lambda: boss.ephemerals)
    assert SECRET not in refusal.text
    assert [line for line in every_log if SECRET in line] == []


@pytest.mark.parametrize("line", ["settings key {}", "Settings KEY set {}", "settings keys {}", "settings {}"])
async def test_a_typed_key_is_refused_and_not_repeated(
    stage: Stage, boss: Member, every_log: list[str], line: str
) -> None:
    answer = await said(stage, boss, line.format(SECRET))

    assert "/rodin settings key" in answer
    assert SECRET not in answer
    assert [one for one in every_log if SECRET in one] == []
    assert await stage.tasks(boss) == []


async def test_a_key_that_is_written_in_a_message_is_refused_too(
    stage: Stage, boss: Member, every_log: list[str]
) -> None:
    await boss.write(stage.general, f"<@bot> settings key {SECRET}")

    [refusal] = await stage.slack.until(lambda: boss.ephemerals)
    assert "Revoke it" in refusal.text
    assert [one for one in every_log if SECRET in one] == []
    assert await stage.tasks(boss) == []


async def test_settings_are_shown_and_changed_directly_and_by_mention(stage: Stage, boss: Member) -> None:
    await boss.write(stage.general, "<@bot> settings allow money @Ann")
    await stage.slack.until(lambda: boss.ephemerals)
    await boss.dm("settings")
    [shown] = await stage.slack.until(lambda: [one for one in stage.slack.messages(boss.im) if one.is_bot])
    await boss.click(shown, "Rodin key…")

    view = await stage.slack.until(lambda: boss.view)
    assert await grant_of(stage, MONEY) == Grant(people=frozenset({stage.ann.id}))
    assert view.title == "A Rodin key of your own"


async def test_while_slack_does_not_say_who_somebody_is_nothing_is_shown(stage: Stage, boss: Member) -> None:
    stage.slack.fail("users.info", status=500, times=2)

    assert "Settings of this workspace" not in await said(stage, boss, "settings")
    assert "Settings of this workspace" not in await said(stage, boss, "settings key")
    assert boss.view is None


async def test_the_key_is_removed_by_its_button(stage: Stage, boss: Member) -> None:
    await boss.command(stage.general, "/rodin settings key")
    await boss.submit(await stage.slack.until(lambda: boss.view), {"Rodin API key": SECRET})
    await stage.slack.until(lambda: boss.ephemerals)
    answer = await boss.command(stage.general, "/rodin settings")
    [shown] = await stage.slack.until(lambda: answer.ephemerals)

    await boss.click(shown, "Remove the key")

    await stage.slack.until(lambda: boss.ephemerals[2:])
    assert "made with the bot's own Rodin key" in await said(stage, boss, "settings")


@pytest.fixture
def every_log() -> Iterator[list[str]]:
    """Every line that any logger writes while the test runs, at every level, as an operator could set it."""
    lines: list[str] = []
    root = logging.getLogger()
    was = root.level

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.name} {record.getMessage()} {record.exc_text or ''} {record.exc_info or ''}")

    keeper = Keeper(level=logging.NOTSET)
    root.addHandler(keeper)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(keeper)
    root.setLevel(was)
