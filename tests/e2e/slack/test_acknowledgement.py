"""Slack's three seconds are kept whatever the database and Rodin do, and what comes twice is done once."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from io import BytesIO

import pytest

from tests.e2e.photographs import scene as photograph
from tests.e2e.slack.scene import SMALL, Scene
from tests.emulators.slack import Answer, SeenMessage, SeenView, upload

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

LOCKED_S = 2.0
ACKNOWLEDGED_S = 1.0
FORM = "New 3D model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """A bot whose one task waits for a Rodin that never answers, and what people can press there."""

    scene: Scene
    status: SeenMessage
    photo: SeenMessage
    form: SeenView

    async def say(self, line: str) -> Answer:
        """Type a command; ID in it stands for the task that waits."""
        (task,) = re.findall(r"Task ([a-z0-9]+)", self.status.text)
        return await self.scene.ann.command(self.scene.general, f"/rodin {line}".replace("ID", task).rstrip())


def picture() -> bytes:
    """Draw a small photograph."""
    data = BytesIO()
    photograph(600, 512).save(data, "PNG")
    return data.getvalue()


async def stuck_in(scene: Scene) -> Stuck:
    """Ask for a model that never comes, post a picture and open a form."""
    scene.ann.person.admin = True
    await scene.ask()
    await scene.in_state("submitting")
    status = await scene.status()
    opened = await scene.ann.command(scene.general, "/rodin")
    form = await scene.until(lambda: opened.view)
    assert form
    posted = await scene.ann.write(scene.general, "look", files=[upload(picture(), "pot.png")])
    return Stuck(scene=scene, status=status, photo=posted.message, form=form)


def forms_opened(scene: Scene) -> int:
    """Count the forms that Slack has let open."""
    return len([call for call in scene.slack.calls("views.open") if call.answer and not call.error])


Press = Callable[[Stuck], Awaitable[Answer]]

MAKING: Mapping[str, Press] = {
    "command": lambda stuck: stuck.scene.ask("a second bell"),
    "message shortcut": lambda stuck: stuck.scene.ann.shortcut("Make 3D model", stuck.photo),
    "view submission": lambda stuck: stuck.scene.ann.submit(stuck.form, {"prompt": "a third bell"}),
    "mention": lambda stuck: stuck.scene.ann.write(stuck.scene.general, f"<@bot> a fourth bell {SMALL}"),
    "direct message": lambda stuck: stuck.scene.ann.dm(f"a fifth bell {SMALL}"),
}
"""What ends in a task of its own."""

OPENING: Mapping[str, Press] = {
    "bare command": lambda stuck: stuck.say(""),
    "global shortcut": lambda stuck: stuck.scene.ann.shortcut(FORM),
    "variation": lambda stuck: stuck.say("variation ID"),
    "retexture": lambda stuck: stuck.say("retexture ID"),
    "key": lambda stuck: stuck.say("settings key"),
    "right": lambda stuck: stuck.say("settings allow"),
}
"""What opens a form, for which Slack leaves three seconds: an expired trigger opens none."""

SAID = (
    "list --tree",
    "list --words bell",
    "show ID",
    "settings",
    "settings allow ask everyone",
    "privacy",
    "forget me",
)

OTHERS: Mapping[str, Press] = {
    "button": lambda stuck: stuck.scene.ann.click(stuck.status, "Cancel"),
    "home": lambda stuck: stuck.scene.ann.open_home(),
    **{line: (lambda stuck, said=line: stuck.say(said)) for line in SAID},
}


async def test_with_the_database_locked_and_rodin_hanging_everything_is_acknowledged_first(
    scene: Scene, deaf: str
) -> None:
    async with scene.set(RODIN_API_URL=deaf).bot():
        stuck = await stuck_in(scene)

        with scene.locked():
            began = time.monotonic()
            answers = {name: await press(stuck) for name, press in {**MAKING, **OPENING, **OTHERS}.items()}
            await scene.until(lambda: forms_opened(scene) == 1 + len(OPENING))
            rows_while_locked = len(scene.home.states())
            await asyncio.sleep(max(0.0, began + LOCKED_S - time.monotonic()))

        waits = {name: answer.ack_s or 99.0 for name, answer in answers.items()}
        print({name: round(wait_s, 3) for name, wait_s in waits.items()})  # noqa: T201 - times worth reading
        assert rows_while_locked == 1
        assert {name for name, wait_s in waits.items() if wait_s > ACKNOWLEDGED_S} == set()
        assert {name for name, answer in answers.items() if answer.complaint} == set()
        await scene.until(lambda: len(scene.home.states()) == 1 + len(MAKING))
        await scene.until(lambda: answers["button"].text)
        await scene.until(lambda: scene.ann.home)


async def test_what_comes_twice_while_it_is_worked_on_is_acknowledged_and_done_once(scene: Scene, deaf: str) -> None:
    async with scene.set(RODIN_API_URL=deaf).bot():
        stuck = await stuck_in(scene)
        for press in MAKING.values():
            await press(stuck)
        sent = tuple(scene.slack.deliveries)

        again = await asyncio.gather(*(scene.slack.repeat(delivery) for delivery in sent))
        await scene.until(lambda: len(scene.home.states()) >= 1 + len(MAKING))
        last = await scene.ann.command(scene.general, "/rodin list")
        await scene.until(lambda: last.text)

        assert all(outcome.acknowledged for outcome in again)
        assert len(scene.home.states()) == 1 + len(MAKING)
