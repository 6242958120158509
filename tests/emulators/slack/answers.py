"""What came of something that a member did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.emulators.slack.delivery import Delivery
from tests.emulators.slack.eyes import SeenMessage, SeenView, see_message, see_view

if TYPE_CHECKING:
    from tests.emulators.slack.records import MessageRecord, Person
    from tests.emulators.slack.workspace import Workspace
    from tests.emulators.slack.world import World


@dataclass(slots=True, kw_only=True)
class Answer:
    """The bot's answer to one doing. Look at it as often as you like: it goes on changing with what the bot does.

    `complaint` is what Slack told the member instead of the bot, such as "/rodin failed with the error
    "operation_timeout""; `errors` are the sentences that a refused form shows, by block id.
    """

    world: World
    team: Workspace
    person: Person
    deliveries: tuple[Delivery, ...]
    cause: str = ""
    started_ts: str
    complaint: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    posted: MessageRecord | None = None

    @property
    def acknowledged(self) -> bool:
        """Whether the bot took everything that this made Slack send; no if nothing was sent."""
        return bool(self.deliveries) and all(delivery.acknowledged for delivery in self.deliveries)

    @property
    def ack_s(self) -> float | None:
        """How long the slowest acknowledgement took, in seconds."""
        times = [delivery.ack_s for delivery in self.deliveries if delivery.ack_s is not None]
        return max(times, default=None)

    @property
    def ephemerals(self) -> tuple[SeenMessage, ...]:
        """What only this person has been told since, oldest first."""
        mine = [m for m in self.team.recorded if m.only_for == self.person.id and float(m.ts) > float(self.started_ts)]
        return tuple(see_message(self.team, message) for message in mine)

    @property
    def text(self) -> str:
        """All of `ephemerals` as one text."""
        return "\n".join(message.text for message in self.ephemerals)

    @property
    def response_url_uses(self) -> int:
        """How often the bot used this interaction's `response_url`."""
        return sum(
            place.uses for place in self.world.response_urls.values() if self.cause and place.cause == self.cause
        )

    @property
    def view(self) -> SeenView | None:
        """The modal that this opened, while it is open."""
        stack = self.world.modals.get(self.person.id, [])
        return next((see_view(self.team, view) for view in stack if self.cause and view.cause == self.cause), None)

    @property
    def message(self) -> SeenMessage:
        """What the member wrote, as it stands now."""
        if self.posted is None:
            raise LookupError("this was no writing")
        return see_message(self.team, self.posted)
