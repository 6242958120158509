"""What discord.py raises, translated completely."""

from __future__ import annotations

from types import SimpleNamespace

import aiohttp
import discord
import pytest

from adapters.discord.trouble import CODES, Refused, Unsent, Why, translated
from bot.errors import PlatformBusy, PlatformError


def an_answer(status: int, code: int) -> discord.HTTPException:
    return discord.HTTPException(SimpleNamespace(status=status, reason="No"), {"code": code, "message": "no"})


def raised(error: Exception) -> PlatformError:
    with pytest.raises(PlatformError) as caught, translated():
        raise error
    assert caught.value.__cause__ is error
    return caught.value


@pytest.mark.parametrize(("code", "why"), list(CODES.items()))
def test_every_known_code_has_its_meaning(code: int, why: Why):
    found = raised(an_answer(403, code))

    assert isinstance(found, Refused)
    assert found.why is why


@pytest.mark.parametrize(("status", "why"), [(403, Why.RIGHT), (404, Why.GONE), (413, Why.TOO_LARGE), (400, Why.OTHER)])
def test_an_unknown_code_goes_by_its_status(status: int, why: Why):
    found = raised(an_answer(status, 0))

    assert isinstance(found, Refused)
    assert found.why is why


@pytest.mark.parametrize("error", [an_answer(429, 0), an_answer(400, 30046), discord.RateLimited(77.0)])
def test_a_rate_limit_was_surely_not_done_and_says_when_to_come_back(error: Exception):
    found = raised(error)

    assert isinstance(found, Unsent)
    assert found.retry_after_s


def test_the_time_that_discord_names_is_kept():
    found = raised(discord.RateLimited(77.0))

    assert isinstance(found, PlatformBusy)
    assert found.retry_after_s == 77.0


async def test_a_session_that_was_closed_meanwhile_is_no_fault_of_ours():
    session = aiohttp.ClientSession()
    await session.close()

    with pytest.raises(PlatformBusy), translated():
        await session.get("http://127.0.0.1:9")


@pytest.mark.parametrize("error", [an_answer(500, 0), aiohttp.ServerDisconnectedError(), TimeoutError(), OSError()])
def test_a_lost_answer_may_have_been_done(error: Exception):
    found = raised(error)

    assert isinstance(found, PlatformBusy)
    assert not isinstance(found, Unsent)


def test_anything_else_of_the_library_is_translated_too():
    assert isinstance(raised(discord.ClientException("odd")), PlatformError)
