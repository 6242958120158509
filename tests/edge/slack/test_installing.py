"""Many workspaces: installed by OAuth, told apart, and forgotten when they remove the app."""

from __future__ import annotations

import base64
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.slack.installations import Seals
from adapters.slack.manifest import ManifestOptions, manifest
from adapters.slack.platform import InstallationSupplies, SlackOptions, SlackPlatform, SlackSupplies
from bot.errors import AddressGone, BadSettings
from storage.migrations import upgrade
from storage.sqlite import sqlite_engine
from tests.edge.slack.stage import QUICK, FixedLinks, TickingClock, announcer_of, kind_of
from tests.emulators.slack import Member, Slack, Team, slack_stand_in, violations
from tests.fakes.outbox import MemorySendLog
from tests.unit.core.house import House, Rules, World

# slack_sdk 3.47 hands an app's credentials to aiohttp in a way that aiohttp 3.14 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

SEALS = Seals(
    seal=lambda text: base64.b85encode(text.encode()).decode(),
    unseal=lambda sealed: base64.b85decode(sealed).decode(),
)


@dataclass(slots=True, kw_only=True)
class Estate:
    """One bot over HTTP, its database, and the address where it is let in."""

    slack: Slack
    house: House
    platform: SlackPlatform
    url: str
    path: Path

    async def newcomer(self, name: str) -> tuple[Team, Member]:
        """Let the app into a new workspace; return that and its Ann."""
        team = self.slack.workspace(name, installed=False)
        ann = team.member("Ann")
        page = await ann.install(f"{self.url}/slack/install")
        assert page.status == 200, page.text
        assert name in page.text
        return team, ann

    def stored(self, column: str) -> list[str]:
        """Return a column of the bots that are kept, as it lies on the disk."""
        with sqlite3.connect(self.path) as connection:
            return [str(row[0]) for row in connection.execute(f"SELECT {column} FROM slack_bots")]


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[AsyncEngine]:
    """Give a database with the newest schema."""
    engine = sqlite_engine(path, busy_timeout_s=5)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    try:
        yield engine
    finally:
        await engine.dispose()


@asynccontextmanager
async def listening(platform: SlackPlatform, door: socket.socket) -> AsyncIterator[None]:
    """Serve the platform's routes, as the web part does."""
    application = web.Application()
    application.add_routes(platform.routes())
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.SockSite(runner, door).start()
        yield
    finally:
        await runner.cleanup()


def options_of(slack: Slack, url: str) -> SlackOptions:
    """Return how to reach the stand-in as an app of many workspaces."""
    return SlackOptions(
        api_url=slack.api_url,
        signing_secret=slack.world.signing_secret,
        client_id=slack.world.client_id,
        client_secret=slack.world.client_secret,
        public_url=url,
        patience=QUICK,
    )


@pytest.fixture
async def estate(tmp_path: Path) -> AsyncIterator[Estate]:
    house = House(World(clock=TickingClock()), Rules(links=FixedLinks()))
    path = tmp_path / "bot.db"
    door = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{door.getsockname()[1]}"
    described = manifest(ManifestOptions(public_url=url, uses_http=True, is_distributed=True))
    async with slack_stand_in(described) as slack, opened(path) as engine:
        supplies = SlackSupplies(
            files=house.files,
            sends=MemorySendLog(),
            clock=house.clock,
            installations=InstallationSupplies(
                reader=engine, writer=engine.execution_options(sqlite_begin="IMMEDIATE"), seals=SEALS
            ),
        )
        platform = SlackPlatform(options_of(slack, url), supplies)
        house.announcer = announcer_of(house, platform)
        async with listening(platform, door):
            await slack.deliver_over_http(f"{url}/slack/events")
            await platform.start(house.intake)
            try:
                yield Estate(slack=slack, house=house, platform=platform, url=url, path=path)
            finally:
                await platform.stop()
        broken = [problem for call in slack.requests for problem in violations(call)]
        assert not broken, broken


async def test_two_workspaces_work_beside_each_other_each_with_its_own_token(estate: Estate) -> None:
    makers, ann = await estate.newcomer("Makers")
    bakers, bea = await estate.newcomer("Bakers")
    shop, oven = makers.channel("shop"), bakers.channel("oven")

    await ann.command(shop, "/rodin a brass owl")
    await bea.command(oven, "/rodin a bread oven")
    await estate.slack.until(lambda: ann.ephemerals and bea.ephemerals)
    await estate.house.tell()

    assert "a brass owl" in estate.slack.messages(shop)[0].text
    assert "a bread oven" in estate.slack.messages(oven)[0].text
    assert len(estate.slack.calls("chat.postMessage", team=makers)) == 1
    assert len(estate.slack.calls("chat.postMessage", team=bakers)) == 1


async def test_each_workspace_has_settings_and_user_groups_of_its_own(estate: Estate) -> None:
    makers, ann = await estate.newcomer("Makers")
    bakers, bea = await estate.newcomer("Bakers")
    ann.person.admin = True
    makers.group("few", ann)
    bakers.group("few", bea)
    shop, oven = makers.channel("shop"), bakers.channel("oven")
    max_ = makers.member("Max")

    await ann.command(shop, "/rodin settings allow ask @few")
    await estate.slack.until(lambda: ann.ephemerals)
    await max_.command(shop, "/rodin a brass owl")
    await bea.command(oven, "/rodin a bread oven")
    await estate.slack.until(lambda: max_.ephemerals and bea.ephemerals)

    assert "may not" in max_.ephemerals[0].text
    assert "Price" in bea.ephemerals[0].text
    refused = await bea.command(oven, "/rodin settings")
    await estate.slack.until(lambda: refused.ephemerals)
    assert "Only admins" in refused.text


async def test_the_operators_channel_is_named_with_its_workspace(estate: Estate) -> None:
    makers, _ = await estate.newcomer("Makers")
    await estate.newcomer("Bakers")
    shop = makers.channel("shop")

    await estate.platform.notify(f"{makers.id}/{shop.id}", "The balance is low.", key="low")
    with pytest.raises(AddressGone, match="slack:TEAM_ID"):
        await estate.platform.notify(shop.id, "The balance is low.", key="low")

    assert [one.text for one in estate.slack.messages(shop)] == ["The balance is low."]


async def test_one_workspaces_rate_limit_holds_up_nobody_else(estate: Estate) -> None:
    makers, ann = await estate.newcomer("Makers")
    bakers, bea = await estate.newcomer("Bakers")
    shop, oven = makers.channel("shop"), bakers.channel("oven")
    estate.slack.fail("chat.postMessage", team=makers, status=429, retry_after_s=60)

    await ann.command(shop, "/rodin a brass owl")
    await bea.command(oven, "/rodin a bread oven")
    await estate.slack.until(lambda: ann.ephemerals and bea.ephemerals)
    await estate.house.tell()

    assert estate.slack.messages(shop) == []
    assert [kind_of(one) for one in estate.slack.messages(oven)] == ["status"]


async def test_no_token_lies_in_the_database_in_the_clear(estate: Estate) -> None:
    team, _ = await estate.newcomer("Makers")

    assert len(estate.stored("bot_token")) == 1
    assert team.bot_token.encode() not in estate.path.read_bytes()


async def test_a_workspace_that_removes_the_app_is_forgotten(estate: Estate) -> None:
    _, ann = await estate.newcomer("Makers")
    _, bea = await estate.newcomer("Bakers")
    assert len(estate.stored("team_id")) == 2

    ann.uninstall()

    await estate.slack.until(lambda: len(estate.stored("team_id")) == 1)
    oven = bea.team.channel("oven")
    await bea.command(oven, "/rodin a bread oven")
    await estate.slack.until(lambda: bea.ephemerals)


async def test_a_workspace_that_installs_again_goes_on_with_its_new_token(estate: Estate) -> None:
    team, ann = await estate.newcomer("Makers")
    shop = team.channel("shop")
    await ann.command(shop, "/rodin a brass owl")
    await estate.slack.until(lambda: ann.ephemerals)
    ann.uninstall()
    await estate.slack.until(lambda: estate.stored("team_id") == [])

    await ann.install(f"{estate.url}/slack/install")
    await ann.command(shop, "/rodin a bread oven")

    await estate.slack.until(lambda: len(ann.ephemerals) == 2)


async def test_a_form_opens_while_somebody_else_writes_into_the_database(estate: Estate) -> None:
    team, ann = await estate.newcomer("Makers")
    shop = team.channel("shop")

    with sqlite3.connect(estate.path, isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        answer = await ann.command(shop, "/rodin")
        view = await estate.slack.until(lambda: ann.view, timeout_s=2.5)
        writer.execute("ROLLBACK")

    assert answer.ack_s is not None
    assert answer.ack_s < 1.0
    assert view.title == "New 3D model"


async def test_who_declines_is_told_so_and_nothing_is_kept(estate: Estate) -> None:
    team = estate.slack.workspace("Makers", installed=False)
    ann = team.member("Ann")

    page = await ann.install(f"{estate.url}/slack/install", allow=False)

    assert "chose not to install" in page.text
    assert estate.stored("team_id") == []


async def test_an_installation_is_good_once_and_only_in_the_browser_that_began(estate: Estate) -> None:
    team, ann = await estate.newcomer("Makers")
    page = await ann.install(f"{estate.url}/slack/install")
    async with aiohttp.ClientSession() as other, other.get(page.url) as reply:
        text, status = await reply.text(), reply.status

    assert status == 400
    assert "another browser" in text
    assert team.bot_token not in text


def test_many_workspaces_want_a_secret_key() -> None:
    options = SlackOptions(signing_secret="s" * 16, client_id="1.2", client_secret="c" * 16)
    house = House()

    with pytest.raises(BadSettings, match="SECRET_KEY"):
        SlackPlatform(options, SlackSupplies(files=house.files, sends=MemorySendLog(), clock=house.clock))
