"""The people on Discord."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.torture.archives import is_archive, read_archive
from tests.e2e.torture.books import MAKING, Archive, Asked
from tests.e2e.torture.crowd import (
    BUTTONS,
    FACES,
    FORM_BUTTONS,
    Impatient,
    Noted,
    mark_of,
    options_of,
    owned,
    pick,
    tier_of,
    words_of,
)
from tests.e2e.torture.errands import Errand, errand_of, finished, is_left_open, is_typed, look_of, mark_in
from tests.e2e.torture.plan import Act, Deed
from tests.e2e.torture.world import World
from tests.emulators.discord import NO_RESPONSE, Answer, Impossible, Message, Modal, Person, upload

MARK = re.compile(r"Task (\w{7})(?: · (\w+))?$")
"""The last line of a message about a task."""

OPENS_WITHIN_S = 3.0
"""How long people wait for a form; Discord gives a bot no longer."""

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


def archives(world: World) -> Iterator[Archive]:
    """Yield what people were handed of their own data."""
    for channel in world.discord.world.channels.values():
        for message in channel.messages.values():
            for one in filter(lambda one: is_archive(one.filename), message.attachments):
                yield read_archive(one.filename, one.content, "discord", str(message.visible_to))


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDiscord:
    """Ann and Bob in the channel #general, in its threads, and in direct messages.

    `left` are forms that were opened and not sent in yet: of which deed and person, and about which task.
    """

    world: World
    picture: bytes
    left: dict[tuple[Act, int], tuple[Modal, str]] = field(default_factory=dict)

    async def do(self, deed: Deed, note: Callable[[Noted], None]) -> None:
        """Do one thing."""
        person = self.world.discord_people[deed.who]
        try:
            if deed.act in {Act.MENTION, Act.FOLLOW}:
                await self._write(deed, person, note)
            elif deed.act in {Act.WISH, Act.PICTURE}:
                note(_noted(deed, person, await self._command(deed, person)))
            elif deed.act in {Act.LOOK, Act.REPEAT}:
                note(_noted(deed, person, await self._look(deed, person)))
            elif is_typed(deed):
                await self._type(deed, person, note)
            elif deed.act is Act.FORM or deed.act in FORM_BUTTONS:
                await self._fill_in(deed, person, note)
            else:
                await self._press(deed, person, note)
        except Impossible as error:  # a greyed out button, a command that is not there yet
            raise Impatient from error

    async def _command(self, deed: Deed, person: Person) -> Answer:
        general = self.world.general
        wish = {"prompt": words_of(deed), "tier": tier_of(deed), "faces": str(FACES)}
        if deed.act is Act.PICTURE:
            return await person.command(general, "rodin generate", image1=upload(self.picture, "thing.png"), **wish)
        return await person.command(general, "rodin generate", **wish)

    async def _look(self, deed: Deed, person: Person) -> Answer:
        """Ask for what is answered to nobody else."""
        command, *more = look_of(self.world, "discord", str(person.id), deed).split()
        if command == "list":
            return await person.command(self.world.general, "rodin list", tree=bool(more))
        options = {"task": more[0]} if more else {}
        return await person.command(self.world.general, f"rodin {command}", **options)

    async def _type(self, deed: Deed, person: Person, note: Callable[[Noted], None]) -> None:
        """Ask by a command for what comes after a model."""
        errand, task = errand_of(deed), finished(self.world, "discord", str(person.id), deed)
        options = {"prompt": "instruction"} if deed.act is Act.SPLIT else {}
        given: dict[str, Any] = {options.get(name, name): value for name, value in errand.fields.items()}
        if "strength" in given:
            given["strength"] = int(given["strength"])
        if errand.takes_picture:
            given["image"] = upload(self.picture, "thing.png")
        answer = await person.command(self.world.general, f"rodin {errand.command}", task=task, **given)
        note(_noted(deed, person, answer, target=task))

    async def _fill_in(self, deed: Deed, person: Person, note: Callable[[Noted], None]) -> None:
        """Send in a form: one that has been lying open, mostly since an earlier life, else one that opens now."""
        form, task = self.left.pop((deed.act, deed.who), (None, ""))
        if form is None:
            form, task = await self._opened(deed, person)
            if is_left_open(deed):
                self.left[deed.act, deed.who] = form, task
                return
        values = _values(errand_of(deed), self.picture)
        note(_noted(deed, person, await person.submit(form, values), target=task))

    async def _opened(self, deed: Deed, person: Person) -> tuple[Modal, str]:
        """Open a form, and say about which task it is.

        Raises:
            Impatient: it did not open.
        """
        task = ""
        if deed.act is Act.FORM:
            answer = await person.command(self.world.general, "rodin new")
        else:
            message, task, label = self._button(deed, person)
            answer = await person.click(message, label)
        try:
            form = await answer.until(lambda answer: answer.modal, timeout_s=OPENS_WITHIN_S)
        except AssertionError as error:
            raise Impatient from error
        assert form is not None
        return form, task

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
        message, task, label = self._button(deed, person)
        note(_noted(deed, person, await person.click(message, label), target=task))

    def _button(self, deed: Deed, person: Person) -> tuple[Message, str, str]:
        """Choose a button and the task that it is under."""
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
        return pick(deed, found)


def _noted(deed: Deed, person: Person, answer: Answer, *, target: str = "") -> Noted:
    def read() -> Asked:
        said = [m.text for m in answer.messages if not m.thinking and m.text != NO_RESPONSE]
        words = "\n".join(said)
        return Asked(
            number=deed.number,
            act=deed.act,
            platform=deed.platform,
            user=str(person.id),
            mark=mark_in(deed),
            event=f"discord:{answer.interaction.id}",
            target=target,
            told=tuple(PROMISE.findall(words)) if deed.act in MAKING else (),
            words=words,
            is_taken=answer.interaction.said is not None,
            in_public=tuple(m.text for m in answer.messages if not m.ephemeral),
        )

    return Noted(deed=deed, read=read)


def _values(errand: Errand, picture: bytes) -> dict[str, Any]:
    pictures = {"pictures": [upload(picture, "thing.png")]} if errand.takes_picture else {}
    return {**errand.fields, **pictures}


def _answers(message: Message, asked: Message) -> bool:
    return message.reference is not None and message.reference["message_id"] == str(asked.id)
