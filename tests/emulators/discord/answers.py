"""What a person sees of the bot's answer to one interaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tests.emulators.discord.interactions import TOKEN_LIFE_S, Interaction, Said
from tests.emulators.discord.model import Json, Message, Part, children, walk
from tests.emulators.discord.world import World

T = TypeVar("T")
NO_RESPONSE = "The application did not respond"


@dataclass(frozen=True, slots=True, kw_only=True)
class Modal:
    """A form as a person has it before them. `fields` are its inputs by their label."""

    interaction: Interaction
    body: Json

    @property
    def title(self) -> str:
        """What stands above it."""
        return str(self.body["title"])

    @property
    def custom_id(self) -> str:
        """The bot's own name for it."""
        return str(self.body["custom_id"])

    @property
    def fields(self) -> dict[str, Json]:
        """The inputs by their label, in order."""
        made: dict[str, Json] = {}
        for part in walk(self.body["components"]):
            for inner in children(part):
                if inner["type"] != Part.TEXT:
                    made[str(part.get("label") or inner.get("label"))] = inner
        return made


class Answer:
    """The bot's answer to one interaction, as it stands at the moment of looking."""

    def __init__(self, world: World, interaction: Interaction) -> None:
        self._world = world
        self.interaction = interaction

    def __repr__(self) -> str:
        return f"<Answer {self.text!r}>"

    async def acknowledged(self, *, timeout_s: float = 5.0) -> Answer:
        """Wait for the acknowledgement; `ack_after_s` then says how long it took.

        Raises:
            AssertionError: the three seconds went by without one.
        """
        await self.until(lambda answer: answer.failed or answer.interaction.said is not None, timeout_s=timeout_s)
        assert not self.failed, NO_RESPONSE
        return self

    async def until(self, asked: Callable[[Answer], T], *, timeout_s: float = 10.0) -> T:
        """Wait until something is true of this answer.

        Raises:
            AssertionError: it did not become so in time.
        """
        try:
            return await self._world.until(lambda: asked(self), timeout_s=timeout_s)
        except TimeoutError as error:
            raise AssertionError(f"after {timeout_s} s the person sees {self.text!r}") from error

    async def shows(self, words: str, *, timeout_s: float = 10.0) -> Message:
        """Wait for a message of this answer with these words in it; return it."""
        found = await self.until(
            lambda answer: [each for each in answer.messages if words in each.text], timeout_s=timeout_s
        )
        return found[0]

    @property
    def ack_after_s(self) -> float | None:
        """Seconds between the click and the acknowledgement."""
        return self.interaction.acked_after_s

    @property
    def failed(self) -> bool:
        """Whether the person sees that the application did not respond."""
        return self.text == NO_RESPONSE

    @property
    def deferred(self) -> bool:
        """Whether it was acknowledged without an answer yet."""
        return self.interaction.said in (Said.DEFERRED_MESSAGE, Said.DEFERRED_UPDATE)

    @property
    def message(self) -> Message | None:
        """The original response; None when there is none or it was deleted."""
        found = self.interaction.original
        return None if found is None or found.deleted else found

    @property
    def followups(self) -> list[Message]:
        """The follow-ups that still stand."""
        return [each for each in self.interaction.followups if not each.deleted]

    @property
    def messages(self) -> list[Message]:
        """The original response and all follow-ups."""
        return [*([self.message] if self.message else []), *self.followups]

    @property
    def ephemeral(self) -> bool:
        """Whether only the asker sees the original response."""
        return self.message is not None and self.message.ephemeral

    @property
    def text(self) -> str:
        """The words before the person: of the original response, or that nothing came."""
        late = self._world.clock.now_s() - self.interaction.made_at_s >= TOKEN_LIFE_S
        if self.interaction.lost or (self.message is not None and self.message.thinking and late):
            return NO_RESPONSE
        return self.message.text if self.message is not None else ""

    @property
    def choices(self) -> list[Json]:
        """What autocomplete offers; empty until it answered."""
        return self.interaction.choices or []

    @property
    def modal(self) -> Modal | None:
        """The form that opened."""
        body = self.interaction.modal
        return None if body is None else Modal(interaction=self.interaction, body=body)
