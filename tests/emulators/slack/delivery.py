"""One payload on its way to the bot, and how it went."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

from tests.emulators.slack.records import Json

EVENTS, COMMANDS, INTERACTIVE = "events_api", "slash_commands", "interactive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one attempt. `failure` is Slack's word for it, such as `http_timeout`."""

    acknowledged: bool
    seconds: float
    payload: Json | None = None
    failure: str | None = None
    no_retry: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class Delivery:
    """A payload for the bot and its attempts. `envelope_id` is Socket Mode's, the same in every attempt."""

    kind: str
    payload: Json
    team_id: str
    envelope_id: str
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def acknowledged(self) -> bool:
        """Whether the bot said that it has it."""
        return any(outcome.acknowledged for outcome in self.outcomes)

    @property
    def ack_s(self) -> float | None:
        """Seconds from the first acknowledged attempt's start to its acknowledgement."""
        return next((outcome.seconds for outcome in self.outcomes if outcome.acknowledged), None)

    @property
    def event_type(self) -> str:
        """The kind of event or interaction, such as `app_mention` or `block_actions`."""
        return str(self.payload.get("event", self.payload).get("type", self.kind))


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Which repetition this is, and why; number 0 is the first attempt."""

    number: int = 0
    reason: str = ""


class Transport(Protocol):
    """A way to the bot."""

    async def carry(self, delivery: Delivery, retry: Retry, *, patience_s: float) -> Outcome:
        """Bring one payload and wait for its acknowledgement."""
        ...


def elapsed_s(since: float) -> float:
    """Return seconds since a moment of the loop's clock."""
    return asyncio.get_running_loop().time() - since
