"""The stand-in as a test holds it: workspaces, eyes, trouble, and the address for the bot."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from tests.emulators.slack.delivery import Delivery, Outcome
from tests.emulators.slack.eyes import SeenMessage, SeenView, message_lines, see_message, see_view
from tests.emulators.slack.manifest import SAMPLE_MANIFEST, read_manifest
from tests.emulators.slack.members import Member
from tests.emulators.slack.outbox import Outbox
from tests.emulators.slack.records import Call, Channel, Json
from tests.emulators.slack.server import Server
from tests.emulators.slack.troubles import Failure, Hold, When
from tests.emulators.slack.webhooks import HttpReply, Signature, WebhookTransport, body_of
from tests.emulators.slack.workspace import Workspace
from tests.emulators.slack.world import World
from tests.secrecy import note

T = TypeVar("T")

STATUS_LIFE_S = 120  # docs.slack.dev, assistant.threads.setStatus: cleared after two minutes


class Team(Workspace):
    """A workspace with people in it. Make channels with `channel`, people with `member`."""

    def __init__(self, world: World, outbox: Outbox, name: str) -> None:
        super().__init__(world, name)
        self._outbox = outbox

    def member(self, name: str, *, admin: bool = False, locale: str = "en-US") -> Member:
        """Let somebody in, and into every public channel."""
        return Member(self, self._outbox, self.add_person(name, admin=admin, locale=locale))

    def uninstall(self) -> None:
        """Take the app out; the bot is told by `tokens_revoked` and `app_uninstalled`."""
        self._outbox.remove_app(self)


class Slack:
    """One Slack with one app."""

    def __init__(self, world: World, outbox: Outbox, server: Server) -> None:
        self.world = world
        self.outbox = outbox
        self._server = server

    # The address, and who is there.

    @property
    def api_url(self) -> str:
        """What goes into `SLACK_API_URL`."""
        return f"{self.world.base_url}/api/"

    def workspace(self, name: str, *, installed: bool = True) -> Team:
        """Make a workspace, with the app in it unless said otherwise."""
        team = Team(self.world, self.outbox, name)
        self.world.teams[team.id] = team
        if installed:
            team.install()
        return team

    def socket_environment(self, team: Workspace) -> dict[str, str]:
        """Return the settings of a bot that uses Socket Mode in one workspace."""
        return {
            "SLACK_API_URL": self.api_url,
            "SLACK_BOT_TOKEN": team.bot_token,
            "SLACK_APP_TOKEN": self.world.app_token,
        }

    def http_environment(self, team: Workspace | None = None) -> dict[str, str]:
        """Return the settings of a bot that listens over HTTP: in one workspace, or installed by OAuth in many."""
        common = {"SLACK_API_URL": self.api_url, "SLACK_SIGNING_SECRET": self.world.signing_secret}
        if team is not None:
            return common | {"SLACK_BOT_TOKEN": team.bot_token}
        return common | {"SLACK_CLIENT_ID": self.world.client_id, "SLACK_CLIENT_SECRET": self.world.client_secret}

    async def deliver_over_http(self, url: str) -> None:
        """Send everything to an address from now on, instead of over sockets."""
        if self.outbox.webhook is not None:
            await self.outbox.webhook.close()
        self.outbox.webhook = WebhookTransport(self.world, url)

    # Eyes.

    def messages(self, channel: Channel, *, thread: SeenMessage | str | None = None) -> list[SeenMessage]:
        """Return what everybody sees in a channel, or the replies in a thread without its root; oldest first."""
        team = self.world.teams[channel.team_id]
        root = thread.ts if isinstance(thread, SeenMessage) else thread
        found = [m for m in team.recorded if m.channel is channel and m.only_for is None]
        if root is None:
            found = [m for m in found if not m.is_reply or m.broadcast]
        else:
            found = [m for m in found if m.is_reply and m.thread_ts == root]
        return [see_message(team, message) for message in found]

    def ephemerals(self, member: Member) -> tuple[SeenMessage, ...]:
        """Return what only one person has been told, oldest first."""
        return member.ephemerals

    def views(self, member: Member) -> list[SeenView]:
        """Return the modals on somebody's screen, the top one last."""
        return [see_view(member.team, view) for view in self.world.modals.get(member.id, [])]

    def home(self, member: Member) -> SeenView | None:
        """Return somebody's App Home."""
        return member.home

    def status(self, channel: Channel, thread: SeenMessage | str) -> str:
        """Return the assistant's status under a thread; empty once two minutes have passed."""
        ts = thread if isinstance(thread, str) else thread.ts
        status = self.world.statuses.get((channel.id, ts))
        fresh = status is not None and self.world.clock.now_s() - status.set_s < STATUS_LIFE_S
        return status.text if status is not None and fresh else ""

    def transcript(self) -> str:
        """Return everything that can be seen, for a failing test."""
        lines: list[str] = []
        for team in self.world.teams.values():
            for channel in team.channels.values():
                lines += [f"== {team.name} / {channel.name}", *self._channel_lines(team, channel)]
            for name, stack in self.world.modals.items():
                shown = [see_view(team, view) for view in stack if view.team_id == team.id]
                lines += [
                    f"== form for {team.names[name]}: {view.title}\n{view.text} {view.errors or ''}" for view in shown
                ]
        refused = [f"{call.method}: {call.answer}" for call in self.requests if call.error]
        return "\n".join([*lines, "== refused", *refused, "== complaints", *self.complaints])

    def _channel_lines(self, team: Workspace, channel: Channel) -> list[str]:
        lines: list[str] = []
        for message in sorted((m for m in team.recorded if m.channel is channel), key=_reading_order):
            indent = "    " if message.is_reply else ""
            lines += [indent + line for text in message_lines(see_message(team, message)) for line in text.splitlines()]
        return lines

    async def until(self, condition: Callable[[], T], *, timeout_s: float = 10.0) -> T:
        """Wait until a condition holds and return its value; it is looked at after every change.

        Raises:
            AssertionError: it never held; the transcript is in the message.
        """
        try:
            return await self.world.until(condition, timeout_s=timeout_s)
        except TimeoutError:
            raise AssertionError(f"not within {timeout_s} s\n{self.transcript()}") from None

    @property
    def requests(self) -> list[Call]:
        """Every request of the bot, in the order they came."""
        return self.world.calls

    def calls(self, method: str, *, team: Workspace | None = None) -> list[Call]:
        """Return the requests of one method, from one workspace's bot or all."""
        return [call for call in self.requests if call.method == method and (team is None or call.team_id == team.id)]

    @property
    def deliveries(self) -> list[Delivery]:
        """Everything that was sent to the bot, in order; `repeat` sends one of them again."""
        return self.outbox.deliveries

    @property
    def complaints(self) -> list[str]:
        """What a bot must never do; not empty at the end fails the test."""
        return self.world.complaints

    def forgive(self, part: str) -> list[str]:
        """Take out and return the complaints with these words, where a test provoked them."""
        found = [complaint for complaint in self.complaints if part in complaint]
        self.world.complaints = [complaint for complaint in self.complaints if part not in complaint]
        return found

    # Trouble.

    def fail(
        self,
        method: str,
        *,
        team: Workspace | None = None,
        status: int = 200,
        error: str | None = None,
        retry_after_s: float | None = None,
        times: int = 1,
        when: When = "before",
    ) -> Failure:
        """Make the next calls of a method fail: 429 with `retry_after_s`, 500 with a page, or 200 with an error's name.

        With `when="after"` the call has its effect and only the answer is spoilt.
        """
        failure = Failure(
            method=method,
            team_id=team.id if team is not None else None,
            status=status,
            error=error,
            retry_after_s=retry_after_s,
            times=times,
            when=when,
        )
        self._server.troubles.failures.append(failure)
        return failure

    def hold(self, method: str, *, team: Workspace | None = None, when: When = "before") -> Hold:
        """Hold the next call of a method: await `arrived()`, do what you like, then `release()` or `drop()`."""
        hold = Hold(method, team.id if team is not None else None, when)
        self._server.troubles.holds.append(hold)
        return hold

    @property
    def connections(self) -> int:
        """How many sockets the bot holds."""
        return len(self.outbox.socket.connections)

    async def connected(self, *, timeout_s: float = 10.0) -> None:
        """Wait until the bot holds a socket."""
        await self.until(lambda: self.connections > 0, timeout_s=timeout_s)

    async def disconnect_socket(self, reason: str = "refresh_requested") -> None:
        """Tell the bot to leave its sockets: `refresh_requested`, `warning` or `link_disabled`."""
        await self.outbox.socket.disconnect(reason)

    def cut_sockets(self) -> None:
        """Break the bot's sockets without a word."""
        self.outbox.socket.cut()

    async def repeat(self, delivery: Delivery) -> Outcome:
        """Send again what was already sent, on purpose: the same envelope, the same event."""
        return await self.outbox.repeat(delivery)

    async def retry_events(self) -> None:
        """Send again every event that was not acknowledged, now."""
        await self.outbox.retry_due(all_of_them=True)

    async def advance(self, seconds: float) -> None:
        """Turn the clock: triggers and response addresses die, retries come due."""
        self.world.clock.turn(seconds)
        self.world.changed()
        await self.outbox.retry_due()

    async def post_forged(self, delivery: Delivery, *, secret: str | None = None, age_s: float = 0.0) -> HttpReply:
        """Post a delivery over HTTP with another secret or an old timestamp, and return what the bot answers."""
        body, media_type = body_of(delivery)
        return await self._webhook().post(body, media_type, self._signature(secret, age_s))

    async def verify_url(self) -> bool:
        """Send `url_verification` over HTTP; true when the challenge comes back."""
        challenge = self.world.new_id("challenge")
        body = json.dumps({"token": self.world.verification_token, "challenge": challenge, "type": "url_verification"})
        reply = await self._webhook().post(body, "application/json", self._signature(None, 0.0))
        return reply.status == 200 and challenge in reply.text

    def _webhook(self) -> WebhookTransport:
        if self.outbox.webhook is None:
            raise RuntimeError("call deliver_over_http first")
        return self.outbox.webhook

    def _signature(self, secret: str | None, age_s: float) -> Signature:
        return Signature(secret=self.world.signing_secret if secret is None else secret, age_s=age_s)

    async def process_files(self, *, hold: bool) -> None:
        """Hold back, or let go, what Slack does with files after `files.completeUploadExternal` has answered."""
        self.world.files_wait = hold


def _reading_order(message: Any) -> tuple[str, str]:
    return (message.thread_ts or message.ts, message.ts)


@asynccontextmanager
async def slack_stand_in(manifest: Mapping[str, Any] = SAMPLE_MANIFEST) -> AsyncIterator[Slack]:
    """Run a Slack for one app, described by its manifest.

    Raises:
        AssertionError: at the end, if the bot did something that no bot may do.
    """
    world = World(read_manifest(manifest))
    outbox = Outbox(world)
    server = Server(world, outbox)
    await server.start()
    slack = Slack(world, outbox, server)
    try:
        yield slack
    finally:
        note("\n".join(_told(slack)), "what the bot told Slack")
        await world.rest()
        await outbox.close()
        await server.stop()
    if world.complaints:
        raise AssertionError("complaints of the stand-in for Slack:\n" + "\n".join(world.complaints))


def _told(slack: Slack) -> Iterator[str]:
    """Yield all that people could read, and what the bot asked Slack to show, without what proves who asks."""
    yield slack.transcript()
    for call in slack.requests:
        if call.method.startswith(("chat.", "views.", "files.complete", "response_url")):
            yield str({name: value for name, value in call.arguments.items() if name not in {"trigger_id", "token"}})


__all__ = ["Json", "Slack", "Team", "slack_stand_in"]
