"""What is fetched, and from where: the chat's own hosts and public file hosts, whoever says otherwise."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from aiohttp import web
from yarl import URL

from adapters.discord.hosts import is_discords
from adapters.discord.pictures import AttachmentReader
from adapters.rodin.client import RodinClient
from adapters.rodin.hosts import check_link
from adapters.rodin.options import RodinOptions
from adapters.slack.answering import Answerer
from adapters.slack.drafts import Draft
from adapters.slack.hosts import is_slacks
from adapters.slack.lines import Lines, LinesOptions
from adapters.slack.posting import Poster
from adapters.slack.trouble import Unsent
from adapters.slack.uploads import Uploader
from adapters.slack.wire import Asking
from bot.errors import FileRefused, UserMistake
from bot.model import RemoteFile
from tests.fakes.clock import HandClock
from tests.fakes.files import MemoryFileStore
from tests.fakes.outbox import MemorySendLog
from tests.loopback import listening

DISCORD_API, SLACK_API = "https://discord.com/api/v10", "https://slack.com/api/"

TRICKS = (
    "https://cdn.discordapp.com@evil.example/x",
    "https://files.slack.com@evil.example/x",
    "https://evil.example\\@cdn.discordapp.com/x",
    "https://evil.example\\@files.slack.com/x",
    "https://user:pw@cdn.discordapp.com/x",
    "https://user:pw@files.slack.com/x",
    "https://cdn.discordapp.com.evil.example/x",
    "https://slack.com.evil.example/x",
    "https://evilslack.com/x",
    "https://evil.example/cdn.discordapp.com/files.slack.com",
    "https://evil.example/?cdn.discordapp.com#files.slack.com",
    "http://cdn.discordapp.com/x",
    "http://files.slack.com/x",
    "https://cdn.discordapp.com:22/x",
    "https://files.slack.com:22/x",
    "https://cdn.discordapp.com%2eevil.example/x",
    "https://files.slack.com%00.evil.example/x",
    "https://cdn.discordapp.com\n.evil.example/x",
    "https://files.slack.com\t.evil.example/x",
    "//evil.example/x",
    "cdn.discordapp.com/x",
    "file:///etc/passwd",
    "ftp://files.slack.com/x",
    "gopher://cdn.discordapp.com/x",
    "data:image/png;base64,AAAA",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://[::ffff:169.254.169.254]/x",
    "https://2130706433/x",
    "https://169.254.169.254/latest/meta-data",
    "https://localhost/x",
    "https://[",
    "https://files.slack.com:99999/x",
    "",
)
"""Addresses that are neither Discord's nor Slack's, and some that are hard to tell from theirs."""


@pytest.mark.parametrize("address", TRICKS)
def test_an_address_that_only_looks_like_a_chats_own_is_neither_discords_nor_slacks(address: str) -> None:
    assert not is_discords(address, api_url=DISCORD_API)
    assert not is_slacks(address, api_url=SLACK_API)


@pytest.mark.parametrize(
    "address",
    [
        "https://cdn.discordapp.com/attachments/1/2/pot.png?ex=1&hm=2",
        "https://media.discordapp.net/attachments/1/2/pot.png",
        "https://CDN.discordapp.com:443/ephemeral-attachments/1/2/pot.png",
    ],
)
def test_discords_own_addresses_are_known(address: str) -> None:
    assert is_discords(address, api_url=DISCORD_API)


@pytest.mark.parametrize(
    "address",
    [
        "https://files.slack.com/files-pri/T1-F1/pot.png",
        "https://hooks.slack.com/commands/T1/2/3",
        "https://acme.enterprise.slack.com/files-pri/T1-F1/pot.png",
        "https://slack-files.com/T1-F1",
    ],
)
def test_slacks_own_addresses_are_known(address: str) -> None:
    assert is_slacks(address, api_url=SLACK_API)


def test_where_the_operator_says_a_chat_is_its_files_are_too() -> None:
    assert is_discords("http://127.0.0.1:9/cdn/x", api_url="http://127.0.0.1:9/api/v10")
    assert not is_discords("http://127.0.0.1:10/cdn/x", api_url="http://127.0.0.1:9/api/v10")
    assert is_slacks("https://files.slack-gov.com/x", api_url="https://slack-gov.com/api/")
    assert not is_slacks("https://files.slack-gov.com/x", api_url=SLACK_API)


HOSTILE_LINKS = (
    "http://file.hyper3d.com/a.glb",
    "https://user@file.hyper3d.com/a.glb",
    "https://:pw@file.hyper3d.com/a.glb",
    "https://localhost/a.glb",
    "https://LOCALHOST./a.glb",
    "https://127.0.0.1/a.glb",
    "https://127.1.2.3:443/a.glb",
    "https://[::1]/a.glb",
    "file:///etc/passwd",
    "ftp://file.hyper3d.com/a.glb",
    "//file.hyper3d.com/a.glb",
    "/a.glb",
)


@pytest.mark.parametrize("link", HOSTILE_LINKS)
def test_a_link_of_rodins_that_could_lead_inside_is_refused_by_its_text(link: str) -> None:
    with pytest.raises(FileRefused):
        check_link(URL(link), api_is_local=False)


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "192.168.0.1", "::1", "fd00::1"])
async def test_a_name_that_leads_into_our_own_network_is_refused_when_it_is_connected_to(
    inside: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answers(_host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
        if ":" in inside:
            return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (inside, port, 0, 0))]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (inside, port))]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    options = RodinOptions(url="https://api.hyper3d.com/api/v2", key="a-key-of-this-test", connect_timeout_s=0.5)
    async with RodinClient(options, HandClock()) as client:
        with pytest.raises(FileRefused, match="not public"):
            await client.fetch(RemoteFile(name="a.glb", url="https://file.hyper3d.com/a.glb"), tmp_path / "a.glb")

    assert list(tmp_path.iterdir()) == []


@dataclass(slots=True)
class Trap:
    """A server in our own network that nobody should be led to; it remembers who came."""

    url: str = ""
    visits: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.visits.append(request.path)
        to = request.query.get("to")
        return web.Response(status=307, headers={"Location": to}) if to else web.Response(body=b"secret")


@asynccontextmanager
async def a_trap() -> AsyncIterator[Trap]:
    trap, application = Trap(), web.Application()
    application.router.add_route("*", "/{name}", trap.answer)
    async with listening(application) as trap.url:
        yield trap


@asynccontextmanager
async def a_poster(slack: Trap) -> AsyncIterator[Poster]:
    lines = Lines(LinesOptions(api_url=f"{slack.url}/api/", home_token="xoxb-of-this-test"), None)
    await lines.open()
    try:
        yield Poster(lines=lines, sends=MemorySendLog(), clock=HandClock())
    finally:
        await lines.close()


def an_attachment(url: str) -> discord.Attachment:
    """Return what the reader needs of an attachment, at an address that Discord would never name."""
    return cast("discord.Attachment", SimpleNamespace(id=1, url=url, size=6))


async def test_an_attachment_elsewhere_is_not_fetched_nor_is_a_redirect_followed() -> None:
    async with a_trap() as theirs, a_trap() as inside:
        reader = AttachmentReader(api_url=f"{theirs.url}/api")
        for url in (f"{inside.url}/pot.png", f"{theirs.url}/away?to={inside.url}/pot.png"):
            with pytest.raises(UserMistake):
                await reader.read([an_attachment(url)])

        assert await reader.read([an_attachment(f"{theirs.url}/pot.png")]) == (b"secret",)
        assert inside.visits == []


async def test_an_answer_goes_to_no_address_but_slacks() -> None:
    async with a_trap() as theirs, a_trap() as inside, a_poster(theirs) as poster:
        for url in (f"{inside.url}/answer", f"{theirs.url}/away?to={inside.url}/answer"):
            asking = Asking(team="T1", user="U1", channel="", event="e", response_url=url)
            assert not await Answerer(poster=poster)._by_url(asking, Draft(text="for your eyes only"))

        assert inside.visits == []


async def test_no_file_is_uploaded_to_an_address_but_slacks() -> None:
    async with a_trap() as theirs, a_trap() as inside, a_poster(theirs) as poster:
        uploader = Uploader(files=MemoryFileStore(), poster=poster)
        for url in (f"{inside.url}/upload", f"{theirs.url}/away?to={inside.url}/upload"):
            with pytest.raises(Unsent):
                await uploader._put(url, b"a model")

        assert inside.visits == []
