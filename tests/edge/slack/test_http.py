"""Slack over HTTP: signatures, timestamps, and the whole way to a model."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.edge.slack.stage import Setting, Stage, a_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_stage(Setting(over_http=True)) as made:
        yield made


async def test_a_model_is_made_over_http(stage: Stage) -> None:
    result = await stage.a_model()

    await stage.ann.click(result, "Fresh links")

    assert await stage.slack.until(lambda: stage.ann.ephemerals)
    assert stage.slack.calls("apps.connections.open") == []


async def test_slacks_question_about_the_address_is_answered(stage: Stage) -> None:
    assert await stage.slack.verify_url()


async def test_a_wrong_signature_is_refused_and_makes_nothing(stage: Stage) -> None:
    await stage.asked()
    delivery = stage.slack.deliveries[-1]
    delivery.payload["trigger_id"] = "another"

    reply = await stage.slack.post_forged(delivery, secret="wrong")

    assert reply.status == 401
    assert len(await stage.tasks()) == 1


async def test_an_old_timestamp_is_refused_and_makes_nothing(stage: Stage) -> None:
    await stage.asked()
    delivery = stage.slack.deliveries[-1]
    delivery.payload["trigger_id"] = "another"

    reply = await stage.slack.post_forged(delivery, age_s=600)

    assert reply.status == 401
    assert len(await stage.tasks()) == 1


async def test_before_the_platform_has_started_slack_is_asked_to_come_back(stage: Stage) -> None:
    await stage.platform.stop()

    answer = await stage.ann.dm("a brass owl")

    assert not answer.acknowledged
    assert await stage.tasks() == []
