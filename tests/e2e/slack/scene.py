"""One Slack, one Rodin and one folder, with bot processes that come and go between them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from adapters.slack.manifest import ManifestOptions, manifest
from tests.e2e.harness import Rodin, Running, house
from tests.e2e.stage import PATIENCE_S, READY, Stage, free_port
from tests.edge.slack.stage import kind_of
from tests.emulators.slack import Answer, Call, Channel, Member, SeenMessage, Slack, Team, slack_stand_in, violations
from tests.emulators.slack.eyes import see_message
from tests.emulators.slack.troubles import Hold, When

SMALL = "--tier Gen-2.5-Low --faces 500"
"""Options of a model that is made in moments."""

STATUS, RESULT = "status", "result"
"""The kinds of messages about a task, as their metadata say."""

TURNTABLE = "turntable.gif"

FORGOTTEN_S = 3600.0
"""Longer than a way to answer lives (30 minutes), and than Slack repeats an event (five minutes)."""

POST, EDIT, SHARE = "chat.postMessage", "chat.update", "files.completeUploadExternal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene(Stage):
    """What a test holds: Ann in a channel of a workspace that has the bot, whichever process that is just now."""

    slack: Slack
    team: Team
    general: Channel
    ann: Member
    url: str

    @asynccontextmanager
    async def bot(self, *arguments: str, **settings: str) -> AsyncIterator[Running]:
        """Start a bot and wait until it is connected; in the end nobody is."""
        with self.process(*arguments, **settings) as process:
            await self.connected(process)
            yield process
        await self._deserted()

    async def connected(self, process: Running) -> None:
        """Wait until a bot listens, or has ended."""
        await self.until(lambda: "running platforms=" in process.errors or not process.is_alive)
        assert process.is_alive, process.errors

    async def kill(self, process: Running, hold: Hold | None = None) -> None:
        """Kill a bot without a word; what it had asked for is not answered any more."""
        process.kill()
        if hold is not None:
            hold.drop()
        await self._deserted()

    async def ask(self, prompt: str | None = None) -> Answer:
        """Let Ann ask for a small model; return when the bot has acknowledged it, or has not."""
        return await self.ann.command(self.general, f"/rodin {prompt or self.prompt} {SMALL}")

    async def held(self, method: str, when: When) -> tuple[Hold, Call]:
        """Wait for a call and hold it."""
        hold = self.slack.hold(method, when=when)
        return hold, await hold.arrived(timeout_s=PATIENCE_S)

    async def sharing(self, name: str, when: When) -> Hold:
        """Wait until a file whose name ends like this is shared, and hold that; others pass."""
        while True:
            hold, call = await self.held(SHARE, when)
            if any(str(file["title"]).endswith(name) for file in call.arguments["files"]):
                return hold
            hold.release()

    def told(self, kind: str | None = None, *, team: Team | None = None) -> list[SeenMessage]:
        """Return what the bot has posted in a workspace, wherever it stands; of one kind or all."""
        place = team or self.team
        ours = [one for one in place.recorded if one.author.is_bot and one.only_for is None]
        seen = [see_message(place, one) for one in ours]
        return [one for one in seen if kind is None or kind_of(one) == kind]

    def shared(self, name: str, *, team: Team | None = None) -> list[SeenMessage]:
        """Return the bot's messages that hold a file whose name ends like this."""
        return [one for one in self.told(team=team) if any(file.name.endswith(name) for file in one.files)]

    async def status(self) -> SeenMessage:
        """Wait for the status; there must never be another one."""
        [found] = await self.until(lambda: self.told(STATUS))
        return found

    async def result(self) -> SeenMessage:
        """Wait for the result; there must never be another one."""
        [found] = await self.until(lambda: self.told(RESULT))
        return found

    async def is_told(self) -> None:
        """Wait until the one task has ended, everything about it has been seen, and nothing more will join."""
        await self.until(lambda: self.shared(TURNTABLE if self.turns else ".glb"))
        await self.all_told()

    async def assert_delivered_by_the_next(self, *, down_s: float = 0.0) -> None:
        """Start again on what a bot has left, after Slack's clock has run on, and look at what came of it."""
        await self.slack.advance(down_s)
        async with self.bot():
            await self.assert_delivered_once()

    async def assert_delivered_once(self, *, under: SeenMessage | None = None) -> None:
        """One root, one status that says how it ended, one result with its files, one charge, one notification.

        The root is the status itself, or somebody's message that all of this stands `under`.
        """
        await self.is_told()
        seen = self.slack.transcript()
        assert self.home.states() == ["ready"]
        [status], [result] = self.told(STATUS), self.told(RESULT)
        root = under.ts if under else status.ts
        assert {one.thread_ts or one.ts for one in self.told()} == {root}, seen
        assert status.channel is self.general
        assert len(self.slack.messages(self.general)) == 1, seen
        assert READY in status.text, seen
        assert "Cancel" not in status.buttons
        assert READY in result.text, seen
        assert [bool(image.content) for image in result.images] == [True], seen
        files = [file for message in self.told() for file in message.files]
        kinds = [*(["gif"] if self.turns else []), "glb"]
        assert sorted(file.name.rpartition(".")[2] for file in files) == kinds, seen
        assert all(file.content for file in files)
        assert [one.pings for one in self.told() if one.pings] == [("Ann",)], seen
        assert self.charges() == 1

    def assert_proper(self) -> None:
        """Nothing that was sent breaks a limit of Slack's, no secret is out, nothing broke unforeseen."""
        broken = [f"{call.method}: {rule}" for call in self.slack.requests for rule in violations(call)]
        assert broken == []
        world = self.slack.world
        tokens = [token for team in world.teams.values() for token in team.tokens]
        own = [self.home.settings[name] for name in ("SECRET_KEY",) if name in self.home.settings]
        secrets = [*own, *tokens, world.app_token, world.signing_secret, world.client_secret]
        self.assert_discreet([*secrets, *world.triggers, *world.response_urls], self._shown())

    def _shown(self) -> Iterator[str]:
        """Everything that the bot has ever shown to anybody, earlier wordings and unseen parts too."""
        for call in self.slack.requests:
            if call.method.startswith(("chat.", "views.", "response_url")):
                shown = {name: value for name, value in call.arguments.items() if name not in {"trigger_id", "token"}}
                yield json.dumps(shown, ensure_ascii=False, default=str)

    async def _deserted(self) -> None:
        await self.until(lambda: self.slack.connections == 0)


class Way(StrEnum):
    """How a bot hears Slack."""

    SOCKET = "socket"
    HTTP = "http"
    INSTALLED = "installed"  # over HTTP, by every workspace that lets the app in


@asynccontextmanager
async def a_scene(folder: Path, rodin: Rodin, *, way: Way = Way.SOCKET, **settings: str) -> AsyncIterator[Scene]:
    """Furnish a Slack with one workspace and a folder for bots; look in the end whether everything was proper."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    is_installed = way is Way.INSTALLED
    over_http = ManifestOptions(public_url=url, uses_http=True, is_distributed=is_installed)
    async with slack_stand_in(manifest(ManifestOptions() if way is Way.SOCKET else over_http)) as slack:
        if way is not Way.SOCKET:
            await slack.deliver_over_http(f"{url}/slack/events")
        team = slack.workspace("Makers", installed=not is_installed)
        furniture = {
            **environment(slack, team, way=way),
            "RODIN_API_KEY": f"key-of-{folder.name}",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "LOG_LEVEL": "debug",  # what is not said there is said nowhere
        }
        scene = Scene(
            looking=slack,
            slack=slack,
            home=house(folder / "bot", rodin.url, poll_min_s=0.1, **(furniture | settings)),
            rodin=rodin,
            team=team,
            general=team.channel("general"),
            ann=team.member("Ann"),
            prompt=f"a bell of {folder.name.replace('_', ' ')}",
            url=url,
        )
        yield scene
        scene.assert_proper()


def environment(slack: Slack, team: Team, *, way: Way) -> dict[str, str]:
    """Return the settings by which a bot and Slack find each other; where many install it, with a key of its own."""
    if way is Way.SOCKET:
        return slack.socket_environment(team)
    if way is Way.HTTP:
        return slack.http_environment(team)
    return {**slack.http_environment(), "SECRET_KEY": "a secret key that only this test knows"}
