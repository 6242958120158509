"""Discord's three seconds are kept whatever the database and Rodin do: the first call of all is the acknowledgement."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from io import BytesIO

import pytest

from tests.e2e.discord.scene import CALLBACK, PROGRESS, Scene
from tests.e2e.photographs import scene as photograph
from tests.e2e.stage import PATIENCE_S
from tests.emulators.discord import Answer, Message, Request, upload

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

LOCKED_S = 2.0
ACKNOWLEDGED_S = 1.0
SUGGESTED_S = 3.0
"""How long Discord waits for suggestions. Source: Discord developer docs, Receiving and Responding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """A bot whose one task waits for a Rodin that never answers, and what people can press there."""

    scene: Scene
    status: Message
    photo: Message
    form: Answer

    @property
    def task_id(self) -> str:
        return str(self.scene.home.rows("id")[0]["id"])


def picture() -> bytes:
    """Draw a small photograph."""
    data = BytesIO()
    photograph(600, 512).save(data, "PNG")
    return data.getvalue()


async def stuck_in(scene: Scene) -> Stuck:
    """Ask for a model that never comes, post a picture and open a form."""
    await (await scene.ask()).shows("Task", timeout_s=PATIENCE_S)
    thread = await scene.thread()
    [status] = await scene.until(lambda: scene.marked(thread, PROGRESS))
    await scene.in_state("submitting")
    form = await (await scene.ann.command(scene.general, "rodin new")).acknowledged()
    photo = await scene.ann.write(scene.general, files=[upload(picture(), "pot.png")])
    return Stuck(scene=scene, status=status, photo=photo, form=form)


Press = Callable[[Stuck], Awaitable[Answer]]

PRESSES: Mapping[str, Press] = {
    "command": lambda stuck: stuck.scene.ask("a second bell"),
    "menu": lambda stuck: stuck.scene.ann.menu("Make 3D model", stuck.photo),
    "form": lambda stuck: stuck.scene.ann.submit(stuck.form.modal, {"What should it be?": "a third bell"}),
    "button": lambda stuck: stuck.scene.ann.click(stuck.status, "Cancel"),
    "suggestions": lambda stuck: stuck.scene.ann.autocomplete(stuck.scene.general, "rodin show", "task", ""),
    "balance": lambda stuck: stuck.scene.server.member("Olga", admin=True).command(
        stuck.scene.general, "rodin balance"
    ),
    "settings": lambda stuck: stuck.scene.server.member("Olga", admin=True).command(
        stuck.scene.general, "rodin settings show"
    ),
    "export": lambda stuck: stuck.scene.ann.command(stuck.scene.general, "rodin export"),
    "filtered list": lambda stuck: stuck.scene.ann.command(
        stuck.scene.general, "rodin list", channel=True, words="owl"
    ),
    "suggested formats": lambda stuck: stuck.scene.ann.autocomplete(
        stuck.scene.general, "rodin format", "format", "", task=stuck.task_id
    ),
    "opening a form": lambda stuck: stuck.scene.ann.command(stuck.scene.general, "rodin new"),
    "opening the form for a key": lambda stuck: stuck.scene.server.member("Olga", admin=True).command(
        stuck.scene.general, "rodin settings key"
    ),
    "a form for admins": lambda stuck: stuck.scene.ann.command(stuck.scene.general, "rodin settings key"),
}


SUGGESTIONS = {"suggestions", "suggested formats"}
"""Presses whose answer and acknowledgement are one."""


async def test_with_the_database_locked_and_rodin_hanging_everything_is_acknowledged_first(
    scene: Scene, deaf: str
) -> None:
    async with scene.set(RODIN_API_URL=deaf).bot():
        stuck = await stuck_in(scene)

        with scene.locked():
            began = time.monotonic()
            answers = {name: await press(stuck) for name, press in PRESSES.items()}
            for answer in answers.values():
                await answer.acknowledged()
            rows_while_locked = len(scene.home.states())
            await asyncio.sleep(max(0.0, began + LOCKED_S - time.monotonic()))

        waits = {name: answer.ack_after_s or 99.0 for name, answer in answers.items()}
        print({name: round(wait_s, 3) for name, wait_s in waits.items()})  # noqa: T201 - times worth reading
        assert rows_while_locked == 1
        assert {name for name, wait_s in waits.items() if wait_s > SUGGESTED_S} == set()
        assert {name for name, wait_s in waits.items() if wait_s > ACKNOWLEDGED_S} <= SUGGESTIONS
        assert [choice["value"] for choice in answers["suggestions"].choices] == [stuck.task_id]
        for name in ("command", "menu", "form"):
            await answers[name].shows("Task", timeout_s=PATIENCE_S)
        await answers["button"].shows("", timeout_s=PATIENCE_S)
        await scene.until(lambda: len(scene.home.states()) == 4)


async def test_the_first_call_of_every_interaction_is_its_callback(scene: Scene, deaf: str) -> None:
    async with scene.set(RODIN_API_URL=deaf).bot():
        stuck = await stuck_in(scene)

        for name, press in PRESSES.items():
            if name == "balance":  # its answer waits for Rodin
                continue
            others, before = set(scene.discord.world.interactions), len(scene.discord.requests)
            answer = await (await press(stuck)).acknowledged()
            since = scene.discord.requests[before:]
            mine = [request for request in since if request.token not in others and not is_telling(request)]
            assert mine[0].route == CALLBACK, name
            assert mine[0].token == answer.interaction.token


def is_telling(request: Request) -> bool:
    """Whether a request only shows how an earlier task stands."""
    return request.token is None and request.route.startswith("/channels/")
