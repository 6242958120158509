"""Prompts that want to ping, link or break out, and pictures that are none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat import Intake
from bot.intake import CoreIntake
from bot.pictures import PillowDesk
from tests.edge.discord.stage import Stage, a_stage
from tests.emulators.discord import upload
from tests.unit.core.house import House
from tests.unit.picture_samples import quarters, saved

HOSTILE = (
    "@everyone <@&1> <@1> **bold** `code` ||spoiler|| [free](https://evil.example/x) <#1>",
    "```\nfence\n``` # head\n> quote\n-# small",
    "\N{OWL}" * 512,
    "https://evil.example/a discord.gg/abc \u202egnp.exe",
    "\\" * 1024,
    "\N{OWL}\u200d*not bold*" * 60,
)


def with_real_desk(house: House) -> Intake:
    """Return the house's intake, judging pictures by their bytes as the real one does."""
    return CoreIntake(replace(house.intake._parts, desk=PillowDesk()))


@pytest.mark.parametrize("prompt", HOSTILE)
async def test_a_hostile_prompt_is_shown_as_harmless_text_within_all_limits(stage: Stage, prompt: str):
    result = await stage.a_model(prompt=prompt)

    told = [*stage.discord.messages(stage.general), *stage.discord.messages(stage.thread())]
    assert [one.pings for one in told if one is not result] == [()] * (len(told) - 1)
    assert result.pings == ("Ann",)
    markup = _unescaped("\n".join(one.text for one in told if one.author.bot))
    assert "](" not in markup
    assert "https://evil" not in markup
    assert "@everyone" not in markup
    assert "discord.gg/" not in markup


async def test_a_text_that_lies_about_being_a_picture_is_refused_in_words(tmp_path: Path):
    async with a_stage(tmp_path, intake_of=with_real_desk) as stage:
        answer = await stage.ask(image1=upload(b"#!/bin/sh\necho hello", "pot.png"))

        await answer.shows("which cannot be used")
        assert not await stage.tasks()


async def test_a_huge_picture_is_refused_by_its_size_before_it_is_read(stage: Stage):
    stage.server.boost(3)

    answer = await stage.ask(image1=upload(bytes(33 * 1024 * 1024), "pot.png"))

    await answer.shows("Picture 1 is 34.6 MB; the limit is 33.6 MB")
    assert not await stage.tasks()


async def test_a_picture_whose_link_has_expired_is_refused_in_words(stage: Stage):
    bob = stage.server.member("Bob")
    message = await bob.write(stage.general, files=[upload(saved(quarters((64, 64)), "PNG"), "pot.png")])
    stage.discord.expire_attachment(message.attachments[0])

    answer = await stage.ann.menu("Make 3D model", message)

    await answer.shows("Upload it again")
    assert not await stage.tasks()


def _unescaped(text: str) -> str:
    """Return what Discord would read as markup: whatever has a backslash before it is not."""
    kept, at = "", 0
    while at < len(text):
        if text[at] == "\\":
            kept += "\N{BULLET}"
            at += 2
            continue
        kept += text[at]
        at += 1
    return kept
