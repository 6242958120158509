"""The people on Discord."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.e2e.torture.books import MAKING, Asked
from tests.e2e.torture.crowd import (
    BUTTONS,
    FACES,
    Impatient,
    Noted,
    mark_of,
    options_of,
    owned,
    pick,
    tier_of,
    words_of,
)
from tests.e2e.torture.plan import Act, Deed
from tests.e2e.torture.world import World
from tests.emulators.discord import NO_RESPONSE, Answer, Impossible, Message, Person, upload

MARK = re.compile(r"Task (\w{7})(?: · (\w+))?$")
"""The last line of a message about a task."""

KINDS = {None: "root", "progress": "status", "result": "result"}

PROMISE = re.compile(r"^Task (\w{7})(?: \(from \w{7}\))?: ", re.MULTILINE)
"""How an answer says that a wish was written down."""


def messages_about_tasks(world: World) -> Iterator[tuple[Message, str, str]]:
    """Yield every message of the bot about a task that everybody there sees: with the task and what it is of it."""
    for channel in list(world.discord.world.channels.values()):
        for message in list(channel.messages.values()):
            if message.author is world.discord.bot and not message.ephemeral:
                found = MARK.search(message.text.rpartition("\n")[2])
                if found is not None and found[2] in KINDS:
                    yield message, found[1], KINDS[found[2]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDiscord:
    """Ann and Bob in the channel #general, in its threads, and in direct messages."""

    world: World
    picture: bytes

    async def do(self, deed: Deed, note: Callable[[Noted], None]) -> None:
        """Do one thing."""
        person = self.world.discord_people[deed.who]
        try:
            if deed.act in {Act.MENTION, Act.FOLLOW}:
                await self._write(deed, person, note)
            elif deed.act in {Act.WISH, Act.PICTURE, Act.LOOK, Act.REPEAT}:
                note(_noted(deed, person, await self._command(deed, person)))
            else:
                await self._press(deed, person, note)
        except Impossible as error:  # a greyed out button, a command that is not there yet
            raise Impatient from error

    async def _command(self, deed: Deed, person: Person) -> Answer:
        general = self.world.general
        if deed.act in {Act.LOOK, Act.REPEAT}:
            return await person.command(general, "rodin list")
        wish = {"prompt": words_of(deed), "tier": tier_of(deed), "faces": str(FACES)}
        if deed.act is Act.PICTURE:
            return await person.command(general, "rodin generate", image1=upload(self.picture, "thing.png"), **wish)
        return await person.command(general, "rodin generate", **wish)

    async def _write(self, deed: Deed, person: Person, note: Callable[[Noted], None]) -> None:
        """Write to the bot directly, or in a thread where a model lives."""
        words = f"{words_of(deed)} {options_of(deed)}"
        is_heard = bool(self.world.discord.world.gateway.connected)
        if deed.act is Act.MENTION:
            message = await person.dm(words)
        else:
            threads = [m.channel for m, _, kind in messages_about_tasks(self.world) if kind == "result"]
            thread = pick(deed, [channel for channel in threads if channel.is_thread])
            message = await person.write(thread, f"{self.world.discord.bot.mention} {words}")

        def read() -> Asked:
            replies = [m.text for m in message.channel.messages.values() if _answers(m, message)]
            return Asked(
                number=deed.number,
                act=deed.act,
                platform=deed.platform,
                user=str(person.id),
                mark=mark_of(deed),
                event=f"discord:{message.id}",
                words="\n".join(replies),
                is_taken=is_heard,
            )

        note(Noted(deed=deed, read=read))

    async def _press(self, deed: Deed, person: Person, note: Callable[[Noted], None]) -> None:
        """Press a button under a task."""
        tasks = owned(self.world, "discord", str(person.id), deed.act)
        wanted = tuple(BUTTONS.values()) if deed.act is Act.STRANGE else (BUTTONS[deed.act],)
        if deed.act is Act.STRANGE:
            wanted = (BUTTONS[Act.CANCEL], BUTTONS[Act.DELETE])
        found = [
            (message, task, label)
            for message, task, _ in messages_about_tasks(self.world)
            for label in message.buttons
            if task in tasks and label.startswith(wanted)
        ]
        message, task, label = pick(deed, found)
        note(_noted(deed, person, await person.click(message, label), target=task))


def _noted(deed: Deed, person: Person, answer: Answer, *, target: str = "") -> Noted:
    def read() -> Asked:
        said = [m.text for m in answer.messages if not m.thinking and m.text != NO_RESPONSE]
        words = "\n".join(said)
        return Asked(
            number=deed.number,
            act=deed.act,
            platform=deed.platform,
            user=str(person.id),
            mark=mark_of(deed) if deed.act in {Act.WISH, Act.PICTURE} else "",
            event=f"discord:{answer.interaction.id}",
            target=target,
            told=tuple(PROMISE.findall(words)) if deed.act in MAKING else (),
            words=words,
            is_taken=answer.interaction.said is not None,
        )

    return Noted(deed=deed, read=read)


def _answers(message: Message, asked: Message) -> bool:
    return message.reference is not None and message.reference["message_id"] == str(asked.id)
