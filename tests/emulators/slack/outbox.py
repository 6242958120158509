"""What Slack sends to the bot, by either way, and when it sends it again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.emulators.slack import payloads
from tests.emulators.slack.delivery import EVENTS, Delivery, Outcome, Retry, Transport
from tests.emulators.slack.oauth import OAuth
from tests.emulators.slack.records import FileRecord, Json, MessageRecord
from tests.emulators.slack.sockets import SocketTransport
from tests.emulators.slack.webhooks import WebhookTransport

if TYPE_CHECKING:
    from tests.emulators.slack.workspace import Workspace
    from tests.emulators.slack.world import World

ACK_S = 3.0  # docs.slack.dev: "within 3 seconds"
RETRIES_S = (0.0, 60.0, 300.0)  # "nearly immediately, after 1 minute, after 5 minutes"
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "file_shared": "files:read",
    "link_shared": "links:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
}


@dataclass(slots=True, kw_only=True)
class Parked:
    """An event that was not acknowledged and comes again."""

    delivery: Delivery
    due_s: float


class Outbox:
    """Everything that goes to the bot. `patience_s` is how long an acknowledgement may take."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.socket = SocketTransport()
        self.socket.on_connected = self._retry_after_connection
        self.webhook: WebhookTransport | None = None
        self.oauth = OAuth()
        self.patience_s = ACK_S
        self.deliveries: list[Delivery] = []
        self.parked: list[Parked] = []

    @property
    def transport(self) -> Transport:
        """The way that is switched on."""
        return self.webhook or self.socket

    async def send(self, delivery: Delivery, retry: Retry | None = None) -> Outcome:
        """Send a payload once and remember how it went."""
        if delivery not in self.deliveries:
            self.deliveries.append(delivery)
        outcome = await self.transport.carry(delivery, retry or Retry(), patience_s=self.patience_s)
        delivery.outcomes.append(outcome)
        self.world.changed()
        return outcome

    async def send_event(self, delivery: Delivery) -> None:
        """Send an event; without acknowledgement again at once, then as `retry_due` and new connections say.

        A bot without a socket gets it as soon as it opens one.
        """
        outcome = await self.send(delivery)
        reachable = self.webhook is not None or self.socket.ready
        if not outcome.acknowledged and not outcome.no_retry and reachable:
            outcome = await self.send(delivery, Retry(number=1, reason=outcome.failure or ""))
        self._park(delivery, outcome)

    def _park(self, delivery: Delivery, outcome: Outcome) -> None:
        if outcome.acknowledged or outcome.no_retry or len(delivery.outcomes) > len(RETRIES_S):
            return
        due_s = self.world.clock.now_s() + RETRIES_S[len(delivery.outcomes) - 1]
        self.parked.append(Parked(delivery=delivery, due_s=due_s))

    async def retry_due(self, *, all_of_them: bool = False) -> None:
        """Send again what is due by the stand-in's clock, or everything that waits."""
        now_s = self.world.clock.now_s()
        due = [one for one in self.parked if all_of_them or one.due_s <= now_s]
        self.parked = [one for one in self.parked if one not in due]
        await asyncio.gather(*(self._send_again(one.delivery) for one in due))

    async def _send_again(self, delivery: Delivery) -> None:
        tried = delivery.outcomes
        outcome = await self.send(delivery, Retry(number=len(tried), reason=tried[-1].failure or ""))
        self._park(delivery, outcome)

    def _retry_after_connection(self) -> None:
        if self.parked:
            self.world.spawn(self.retry_due(all_of_them=True), name="retries after a connection")

    def event(self, team: Workspace, name: str, inner: Json, *, shared: bool = False) -> Delivery | None:
        """Return an event ready to be sent if the app is installed, subscribed and may hear of it."""
        scope = EVENT_SCOPES.get(name)
        leaving = name in ("app_uninstalled", "tokens_revoked")
        if name not in self.world.settings.events or not (team.installed or leaving):
            return None
        if scope is not None and scope not in team.scopes:
            return None
        return payloads.event(self.world, team, inner, shared=shared)

    def tell(self, delivery: Delivery | None) -> None:
        """Send an event in the background."""
        if delivery is not None:
            self.world.spawn(self.send_event(delivery), name=f"event {delivery.event_type}")

    def tell_message(self, team: Workspace, message: MessageRecord) -> None:
        """Tell the bot of a message, its own ones too, if it is in that channel."""
        if team.bot.id in message.channel.present:
            name = payloads.SUBSCRIPTIONS[message.channel.kind]
            self.tell(
                self.event(team, name, payloads.message_event(self.world, message), shared=message.channel.connect)
            )

    def tell_change(self, team: Workspace, message: MessageRecord) -> None:
        """Tell the bot of an edit, as `tell_message`."""
        if team.bot.id in message.channel.present:
            name = payloads.SUBSCRIPTIONS[message.channel.kind]
            self.tell(
                self.event(team, name, payloads.changed_event(self.world, message), shared=message.channel.connect)
            )

    def tell_file_shared(self, team: Workspace, file: FileRecord, message: MessageRecord) -> None:
        """Tell the bot that a file has appeared somewhere."""
        self.tell(self.event(team, "file_shared", payloads.file_shared_event(file, message)))

    def remove_app(self, team: Workspace) -> None:
        """Take the app out of a workspace: tokens die first, then the bot hears of it."""
        team.revoke()
        self.world.changed()
        tokens = {"oauth": [], "bot": [team.bot.id]}
        self.tell(self.event(team, "tokens_revoked", {"type": "tokens_revoked", "tokens": tokens}))
        self.tell(self.event(team, "app_uninstalled", {"type": "app_uninstalled"}))

    async def repeat(self, delivery: Delivery) -> Outcome:
        """Send once more what was already sent: the same envelope, the same event."""
        is_event = delivery.kind == EVENTS
        retry = Retry(number=len(delivery.outcomes), reason="http_timeout") if is_event else Retry()
        return await self.send(delivery, retry)

    async def close(self) -> None:
        """Let go of the bot."""
        await self.socket.close()
        if self.webhook is not None:
            await self.webhook.close()
