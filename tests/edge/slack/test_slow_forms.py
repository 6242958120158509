"""Forms open for three seconds only: what is not known by then is left out, or said to be too late."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from adapters.slack import affairs, desk
from bot.errors import DatabaseBusy
from tests.edge.slack.stage import Setting, Stage, a_stage


class SlowIntake:
    """A core whose database fails, or does not answer at all, when a form wants to know something."""

    def __init__(self, core: Any, *, hangs: bool) -> None:
        self.core = core
        self.hangs = hangs

    def __getattr__(self, name: str) -> Any:
        return (
            self._stuck if name in {"draft_of", "formats_of", "settings", "check_admin"} else getattr(self.core, name)
        )

    async def _stuck(self, *_: Any) -> Any:
        if self.hangs:
            await asyncio.Event().wait()
        raise DatabaseBusy("locked")


def slow(*, hangs: bool) -> Setting:
    """A stage before such a core."""
    return Setting(intake_of=lambda house: SlowIntake(house.intake, hangs=hangs))  # type: ignore[arg-type,return-value]


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "FORM_WITHIN_S", 0.02)
    monkeypatch.setattr(affairs, "FORM_WITHIN_S", 0.02)


async def asked(stage: Stage) -> str:
    """Ask for a model and return its task's id."""
    await stage.ann.command(stage.general, "/rodin a brass owl")
    return (await stage.accepted()).id


@pytest.mark.parametrize("hangs", [False, True], ids=["fails", "hangs"])
@pytest.mark.parametrize("verb", ["variation", "format"])
async def test_a_form_about_a_task_opens_as_it_is_for_any_task(*, hangs: bool, verb: str) -> None:
    async with a_stage(slow(hangs=hangs)) as stage:
        await stage.ann.command(stage.general, f"/rodin {verb} {await asked(stage)}")

        view = await stage.slack.until(lambda: stage.ann.view)
        assert [one.element.raw.get("initial_value") for one in view.inputs] == [None] * len(view.inputs)


@pytest.mark.parametrize("line", ["settings key", "settings allow"])
async def test_a_form_that_is_not_for_everybody_does_not_open_unseen(line: str) -> None:
    async with a_stage(slow(hangs=True)) as stage:
        answer = await stage.ann.command(stage.general, f"/rodin {line}")

        await stage.slack.until(lambda: answer.ephemerals)
        assert "did not open the form in time" in answer.text
        assert stage.ann.view is None


async def test_a_button_under_settings_of_another_version_is_answered_in_words(stage: Stage) -> None:
    boss = stage.team.member("Bo", admin=True)
    answer = await boss.command(stage.general, "/rodin settings")
    [shown] = await stage.slack.until(lambda: answer.ephemerals)
    for block in shown.record.blocks:
        for element in block.get("elements", []):
            if element.get("action_id") == "settings:right":
                element["action_id"] = "settings:theme"

    await boss.click(boss.ephemerals[-1], "settings:theme")

    await stage.slack.until(lambda: boss.ephemerals[1:])
    assert "another version" in boss.ephemerals[-1].text
