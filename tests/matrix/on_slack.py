"""Ann in a Slack workspace, with the bot on a machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from adapters.slack.manifest import ManifestOptions, manifest
from adapters.slack.platform import SlackOptions, SlackPlatform, SlackSupplies
from adapters.slack.sockets import Patience
from bot.model import Owner
from tests.emulators.slack import Channel, Member, SeenMessage, Slack, Team, slack_stand_in
from tests.matrix.chat import ChatScene, shortly
from tests.matrix.exercise import Seen
from tests.matrix.machine import a_machine
from tests.matrix.proxy import Kind, Proxy, plain_json

PUBLIC_URL = "https://models.example.org"

KINDS = (
    Kind(name="slack result", method="POST", path="/api/chat.postMessage", holding=rb"kind\W+result"),
    Kind(name="slack post", method="POST", path="/api/chat.postMessage$"),
    Kind(name="slack edit", method="POST", path="/api/chat.update$"),
    Kind(name="slack upload address", method="POST", path="/api/files.getUploadURLExternal"),
    Kind(name="slack upload", method="POST", path="/upload/v1/"),
    Kind(name="slack upload completion", method="POST", path="/api/files.completeUploadExternal"),
    Kind(name="slack form", method="POST", path="/api/views.open$"),
    Kind(name="slack answer", method="POST", path="/response/"),
    Kind(name="slack socket", method="POST", path="/api/apps.connections.open$"),
)


def refused(request: web.Request) -> web.Response:
    """Return what Slack says to a token that it does not accept, or to an address that has died."""
    if request.path.startswith(("/response/", "/upload/")):
        return plain_json({"ok": False, "error": "expired_url"}, status=404)
    return plain_json({"ok": False, "error": "token_expired"}, status=200)


@dataclass(kw_only=True)
class SlackScene(ChatScene):
    """A workspace with one channel and Ann in it."""

    rounds, step_s = 600, 0.5

    slack: Slack
    team: Team
    general: Channel
    ann: Member
    platform: SlackPlatform

    @property
    def owner(self) -> Owner:
        return Owner(platform="slack", user_id=self.ann.id)

    def parts(self, task_id: str) -> dict[str, list[SeenMessage]]:
        return {part: self.messages(part, task_id) for part in ("status", "result")}

    async def provoke(self, row: str) -> Seen:
        """Ask for a model, or for the form, and wait until what came of it is over."""
        if row == "slack socket":
            await self.lose_the_socket()
        await self.passing_until(lambda: self.slack.connections > 0)
        known = {task.id for task in await self.tasks()}
        before = len(self.ann.ephemerals)
        line = "" if row == "slack form" else " a bell --tier Gen-2.5-Low --faces 500"
        answer = await self.ann.command(self.general, f"/rodin{line}")
        await shortly(lambda: bool(answer.complaint or self.ann.view or len(self.ann.ephemerals) > before))
        await self.at_rest()
        words = [answer.complaint or "", *(one.text for one in self.ann.ephemerals[before:]), *self._form()]
        if known == {task.id for task in await self.tasks()}:
            return Seen(words="\n".join(words), task=None, tellings={})
        task = await self.machine.settle(self.tasks)
        parts = self.parts(task.id)
        words += [one.text for found in parts.values() for one in found]
        return Seen(words="\n".join(words), task=task, tellings={part: len(found) for part, found in parts.items()})

    def _form(self) -> tuple[str, ...]:
        """Return the title of the form on Ann's screen, and close it."""
        view = self.ann.view
        self.slack.world.modals.clear()
        return () if view is None else (f"form: {view.title}",)

    async def at_rest(self) -> None:
        """Wait until the bot has done what it was asked to."""
        reception = self.platform._reception
        assert reception is not None
        await shortly(lambda: not reception._work)

    def messages(self, kind: str, task_id: str) -> list[SeenMessage]:
        """Return the bot's messages of one kind about a task, wherever they stand."""
        found: list[SeenMessage] = []
        for root in [one for one in self.slack.messages(self.general) if one.is_bot]:
            replies = self.slack.messages(root.channel, thread=root)
            found += {one.ts: one for one in (root, *replies)}.values()
        return [one for one in found if _part_of(one) == (kind, task_id)]

    async def begin(self) -> None:
        """Start a platform, and let the loops tell it."""
        core, team = self.machine.core, self.team
        self.platform = SlackPlatform(
            SlackOptions(
                api_url=f"{self.proxy.url}/api/",
                bot_token=team.bot_token,
                app_token=self.slack.world.app_token,
                public_url=PUBLIC_URL,
                patience=Patience(looks=0.02, leaves=0.1, finishes=1.0),
            ),
            SlackSupplies(files=core.files, sends=core.sends, clock=core.clock),
        )
        self.machine.man({self.platform.name: self.platform})
        await self.platform.start(core.intake)

    async def lose_the_socket(self) -> None:
        """Break the socket, and let time pass until another one is there."""
        before = self.slack.outbox.socket.opened
        self.slack.cut_sockets()
        await self.passing_until(lambda: self.slack.outbox.socket.opened > before and self.slack.connections > 0)


def _part_of(message: SeenMessage) -> tuple[str, str]:
    payload = (message.metadata or {}).get("event_payload", {})
    return str(payload.get("kind", "")), str(payload.get("task", ""))


@asynccontextmanager
async def a_slack_scene(folder: Path) -> AsyncIterator[SlackScene]:
    """Furnish a workspace."""
    async with AsyncExitStack() as stack:
        machine = await stack.enter_async_context(a_machine(folder, public_url=PUBLIC_URL))
        slack = await stack.enter_async_context(slack_stand_in(manifest(ManifestOptions(public_url=PUBLIC_URL))))
        slack.world.clock.now_s = machine.world.now_s  # type: ignore[method-assign]
        upstream = slack.world.base_url
        proxy = Proxy(upstream=upstream, trouble=machine.trouble, kinds=KINDS, refused=refused)
        await stack.enter_async_context(proxy.listening())
        slack.world.base_url = proxy.url  # what it gives out leads through the proxy, but for the socket itself
        proxy.renamed[proxy.url.replace("http", "ws", 1)] = upstream.replace("http", "ws", 1)
        team = slack.workspace("Makers")
        scene = SlackScene(
            machine=machine,
            slack=slack,
            proxy=proxy,
            team=team,
            general=team.channel("general"),
            ann=team.member("Ann"),
            platform=None,  # type: ignore[arg-type]  # begins below
        )
        await scene.begin()
        try:
            yield scene
        finally:
            await scene.platform.stop()
