"""Pictures out of Slack: the token goes to Slack alone, and what is no picture is said in words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from adapters.slack.lines import Lines, LinesOptions
from adapters.slack.pictures import FileReader
from adapters.slack.wire import Asking, SharedFile
from bot.errors import UserMistake
from tests.edge.slack.stage import Stage
from tests.emulators.slack import upload
from tests.loopback import listening

PNG = b"\x89PNG\r\n\x1a\n" + b"a picture" + b"IEND\xaeB`\x82"
ASKING = Asking(team="T1", user="U1", channel="C1", event="e")


@dataclass(slots=True)
class Shelf:
    """A server that hands files out, and remembers who came with which token."""

    url: str = ""
    tokens: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.tokens.append(request.headers.get("Authorization", ""))
        name = request.match_info["name"]
        if name == "elsewhere":
            raise web.HTTPFound(str(request.query["to"]))
        if name == "round":
            raise web.HTTPFound(f"{self.url}/round")
        if name == "page":
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        if name == "large":
            return web.Response(body=b"x" * 2000, content_type="image/png")
        if name == "broken":
            return web.Response(status=500)
        if name == "gone":
            return web.Response(status=404)
        return web.Response(body=PNG, content_type="image/png")


@asynccontextmanager
async def a_shelf() -> AsyncIterator[Shelf]:
    shelf, application = Shelf(), web.Application()
    application.router.add_get("/{name}", shelf.answer)
    async with listening(application) as shelf.url:
        yield shelf


@asynccontextmanager
async def reading(slack: Shelf) -> AsyncIterator[FileReader]:
    """Give a reader for which one server is Slack."""
    lines = Lines(LinesOptions(api_url=f"{slack.url}/api/", home_token="xoxb-secret"), None)
    await lines.open()
    try:
        yield FileReader(lines=lines, api_url=f"{slack.url}/api/", largest_bytes=1000)
    finally:
        await lines.close()


def a_file(url: str, *, size_bytes: int = 0) -> SharedFile:
    return SharedFile(id="F1", url=url, media_type="image/png", size_bytes=size_bytes)


async def test_a_picture_is_fetched_with_the_token() -> None:
    async with a_shelf() as slack, reading(slack) as reader:
        assert await reader.read(ASKING, [a_file(f"{slack.url}/pot.png")]) == (PNG,)
        assert slack.tokens == ["Bearer xoxb-secret"]


async def test_the_token_goes_nowhere_else_even_when_slack_says_so() -> None:
    async with a_shelf() as slack, a_shelf() as other, reading(slack) as reader:
        for url in (f"{other.url}/pot.png", f"{slack.url}/elsewhere?to={other.url}/pot.png"):
            with pytest.raises(UserMistake):
                await reader.read(ASKING, [a_file(url)])

        assert other.tokens == []


@pytest.mark.parametrize(
    "url",
    [
        "https://slack.com.evil.example/x",
        "https://evilslack.com/x",
        "http://files.slack.com/x",
        "https://files.slack.com@evil.example/x",
        "file:///etc/passwd",
        "",
    ],
)
async def test_an_address_that_only_looks_like_slacks_is_not_asked(url: str) -> None:
    async with a_shelf() as slack, reading(slack) as reader:
        with pytest.raises(UserMistake):
            await reader.read(ASKING, [a_file(url)])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("page", "files:read"),
        ("large", "Picture 2 is"),
        ("broken", "could not be fetched"),
        ("gone", "does not give the bot picture 2"),
        ("round", "could not be fetched"),
    ],
)
async def test_a_picture_that_cannot_be_had_is_named_with_what_to_do(name: str, said: str) -> None:
    async with a_shelf() as slack, reading(slack) as reader:
        with pytest.raises(UserMistake, match=said):
            await reader.read(ASKING, [a_file(f"{slack.url}/pot.png"), a_file(f"{slack.url}/{name}")])


async def test_a_picture_that_says_it_is_too_large_is_not_fetched() -> None:
    async with a_shelf() as slack, reading(slack) as reader:
        with pytest.raises(UserMistake, match="the limit is"):
            await reader.read(ASKING, [a_file(f"{slack.url}/pot.png", size_bytes=10**9)])

        assert slack.tokens == []


async def test_of_many_pictures_the_first_five_are_used_and_that_is_said(stage: Stage) -> None:
    pictures = [upload(PNG, f"{number}.png") for number in range(7)]

    await stage.ann.write(stage.general, "<@bot> a pot", files=pictures)

    task = await stage.accepted()
    assert len(task.request.pictures) == 5
    [remark] = await stage.slack.until(lambda: stage.ann.ephemerals)
    assert "first 5" in remark.text


async def test_files_that_are_surely_no_pictures_are_left_out(stage: Stage) -> None:
    await stage.ann.write(stage.general, "<@bot> a pot", files=[upload(b"%PDF-1.7", "plan.pdf"), upload(PNG, "a.png")])

    assert len((await stage.accepted()).request.pictures) == 1
