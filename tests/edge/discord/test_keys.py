"""A server's own Rodin key: typed into a form, kept, and never seen again anywhere."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from adapters.discord import desk
from tests.edge.discord.stage import Stage, a_stage, started
from tests.emulators.discord import Channel, Modal, Person

KEY = "vsk-recognisable-secret-of-the-makers"
FIELD = "Rodin API key"


class Late:
    """A core that does not say in time who is an admin."""

    def __init__(self, core: Any) -> None:
        self.core = core

    def __getattr__(self, name: str) -> Any:
        return getattr(self.core, name)

    async def check_admin(self, _: object) -> None:
        await asyncio.Event().wait()


@pytest.fixture
def olga(stage: Stage) -> Person:
    return stage.server.member("Olga", admin=True)


async def form_for(who: Person, where: Channel) -> Modal:
    opened = await who.command(where, "rodin settings key")
    form = await opened.until(lambda answer: answer.modal)
    assert form is not None
    return form


async def test_a_key_is_typed_into_a_form_and_used_from_then_on(stage: Stage, olga: Person):
    answer = await olga.submit(await form_for(olga, stage.general), {FIELD: f" {KEY} "})
    shown = await answer.shows("The key works and is kept")
    await stage.asked()

    assert shown.ephemeral
    [task] = await stage.tasks()
    assert task.key_id is not None
    assert stage.house.world.keys.secrets[task.key_id] == KEY


async def test_a_key_is_in_no_log_no_message_and_no_request(
    stage: Stage, olga: Person, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("discord").setLevel(logging.NOTSET)  # as LOG_LEVEL=debug has it before the platform starts
    await stage.platform.stop()
    stage.platform = await started(stage.discord, stage.house, stage.sends, stage.answers, stage.intake)

    answer = await olga.submit(await form_for(olga, stage.general), {FIELD: KEY})
    await answer.shows("The key works and is kept")
    told = await olga.command(stage.general, "rodin settings show")
    await told.shows("its own Rodin key")

    assert "adapters.discord" in caplog.text
    assert KEY not in caplog.text
    assert KEY not in stage.discord.transcript()
    assert not any(KEY in repr(request) for request in stage.discord.requests)


async def test_no_form_for_a_key_opens_for_somebody_who_manages_nothing(stage: Stage):
    answer = await stage.ann.command(stage.general, "rodin settings key")

    shown = await answer.shows("Only admins")
    assert shown.ephemeral
    assert answer.modal is None


async def test_a_key_of_somebody_who_manages_nothing_any_more_is_refused_in_private(stage: Stage, olga: Person):
    form = await form_for(olga, stage.general)
    stage.server.guild.members[olga.id].roles.clear()

    answer = await olga.submit(form, {FIELD: KEY})

    shown = await answer.shows("Only admins")
    assert shown.ephemeral
    assert stage.house.world.keys.secrets == {}


async def test_a_key_is_refused_too_where_the_form_opened_before_anybody_could_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(desk, "FORM_WITHIN_S", 0.01)
    async with a_stage(tmp_path, intake_of=lambda house: Late(house.intake)) as stage:  # type: ignore[arg-type,return-value]
        answer = await stage.ann.submit(await form_for(stage.ann, stage.general), {FIELD: KEY})

        await answer.shows("Only admins")
        assert stage.house.world.keys.secrets == {}


async def test_a_key_belongs_to_the_server_in_which_it_was_typed(stage: Stage, olga: Person):
    elsewhere = stage.discord.guild("Elsewhere")
    elsewhere.member("Ann")
    answer = await olga.submit(await form_for(olga, stage.general), {FIELD: KEY})
    await answer.shows("The key works and is kept")

    await stage.ask(where=elsewhere.text_channel("hall"), prompt="an owl")
    await stage.discord.until(lambda: len(stage.house.world.tasks._rows) == 1)

    [task] = await stage.tasks()
    assert task.key_id is None


async def test_outside_a_server_no_key_is_taken(stage: Stage, olga: Person):
    answer = await olga.command(olga.direct, "rodin settings key")

    await answer.shows("These settings belong to a server")
    assert answer.modal is None


async def test_a_form_for_a_key_still_works_after_a_restart(stage: Stage, olga: Person):
    form = await form_for(olga, stage.general)
    await stage.restart()

    answer = await olga.submit(form, {FIELD: KEY})

    await answer.shows("The key works and is kept")


async def test_a_key_is_removed_by_command(stage: Stage, olga: Person):
    answer = await olga.submit(await form_for(olga, stage.general), {FIELD: KEY})
    await answer.shows("The key works and is kept")

    removed = await olga.command(stage.general, "rodin settings key-remove")
    shown = await removed.shows("is removed")
    await stage.asked()

    assert shown.ephemeral
    [task] = await stage.tasks()
    assert task.key_id is None
    assert stage.house.world.keys.secrets == {}
