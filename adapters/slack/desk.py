"""What each command, button, form and mention asks of the core. Everything is acknowledged before it comes here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack import words
from adapters.slack.affairs import FORM_WITHIN_S, Affairs
from adapters.slack.asked import Asked
from adapters.slack.commands import Command, Verb, parse_command
from adapters.slack.drafts import Draft
from adapters.slack.forms import Known, Opened, form_view
from adapters.slack.home import home_view
from adapters.slack.lines import Json, Lines
from adapters.slack.manual import help_draft
from adapters.slack.people import People
from adapters.slack.pictures import FileReader, pictures_among
from adapters.slack.placing import Placing
from adapters.slack.render import answer_draft, links_draft, list_draft, sentence_draft, told_draft, tree_draft
from adapters.slack.wire import Asking, SharedFile, Written, plain_words
from bot import text, words_chat
from bot.catalog import MOST_PICTURES
from bot.chat import EVERY_OWN, Intake, Wish
from bot.errors import NotFound, StorageError, UserMistake
from bot.model import Address, Owner, Task
from bot.questions import FORMAT
from bot.trees import trees_of
from bot.typed import read_forget, read_listing, split_wish
from bot.update import Choice

log = logging.getLogger(__name__)

HOME_TASKS = 10


Ask = Callable[[Owner, Address, str], Awaitable[Task]]
"""Asks the core for a task that comes after another one: for whom, told where, by which event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Translates between Slack and the core."""

    intake: Intake
    lines: Lines
    reader: FileReader
    placing: Placing
    people: People
    affairs: Affairs

    async def command(self, asking: Asking, line: str) -> Draft | None:
        """Do what was typed after `/rodin`."""
        command = parse_command(plain_words(line))
        if command.verb is Verb.GENERATE:
            return await self._generate(asking, Asked(typed=command.rest))
        if command.verb is Verb.SETTINGS:
            return await self.affairs.settings(asking, line)
        return await self._do(asking, command)

    async def form(self, asking: Asking, opened: Opened) -> Json:
        """Return the form of a new model, or of what comes after one, with what is known of that.

        Raises:
            UserMistake: nothing can come after that task, or not for this person.
        """
        return form_view(opened, await self._known(asking, opened) if opened.task else None)

    async def submitted(self, asking: Asking, asked: Asked) -> Draft | None:
        """Ask for what the form of a new model holds; told where it was opened, else directly."""
        return await self._generate(asking, asked)

    async def from_message(self, asking: Asking, message: Written) -> Draft | None:
        """Ask for a model of the pictures in a message."""
        if not pictures_among(message.files):
            raise UserMistake(words_chat.no_pictures(words.HOW_TO_START))
        return await self._generate(asking, Asked(files=message.files), root=asking.thread or asking.message)

    async def said(self, asking: Asking, message: Written) -> Draft | None:
        """Do what somebody wrote to the bot; None when the thread answers.

        In a thread where a model lives it asks for the next version of it.
        """
        command = parse_command(message.words)
        if command.verb is Verb.SETTINGS:
            return await self.affairs.settings(asking, message.markup)
        if command.verb in TAKES_FILES or not (message.files or command.verb in {Verb.GENERATE, Verb.FORM}):
            return await self._do(asking, command, files=message.files)
        typed = command.rest if command.verb is Verb.GENERATE else message.words
        if not typed and not pictures_among(message.files):
            raise UserMistake(words.not_ours())
        wish = await self._wish(asking, Asked(typed=typed, files=message.files))
        address = self.placing.spot(asking, root=asking.thread or asking.message).address()
        if not (asking.thread and await self._followed(asking, wish, address)):
            await self.intake.generate(wish, self._owner(asking), address, event=asking.event)
        return _remark(message.files)

    async def resend(self, asking: Asking, task_id: str) -> Draft | None:
        """Ask again for what failed or stayed unclear."""
        return await self._next(asking, task_id, lambda o, a, e: self.intake.resend(task_id, o, a, event=e))

    async def again(self, asking: Asking, task_id: str) -> Draft | None:
        """Ask for the same with another seed."""
        return await self._next(asking, task_id, lambda o, a, e: self.intake.again(task_id, o, a, event=e))

    async def better(self, asking: Asking, task_id: str) -> Draft | None:
        """Ask for the same in the next tier up."""
        return await self._next(asking, task_id, lambda o, a, e: self.intake.better(task_id, o, a, event=e))

    async def variation(self, asking: Asking, task_id: str, asked: Asked) -> Draft | None:
        """Ask for the next version."""
        wish = await self._wish(asking, asked)
        return await self._next(asking, task_id, lambda o, a, e: self.intake.variation(task_id, wish, o, a, event=e))

    async def other_format(self, asking: Asking, task_id: str, asked: Asked) -> Draft | None:
        """Ask for the same in another file format."""
        wanted = str(asked.options.get(FORMAT, ""))
        return await self._next(
            asking, task_id, lambda o, a, e: self.intake.other_format(task_id, wanted, o, a, event=e)
        )

    async def retexture(self, asking: Asking, task_id: str, asked: Asked) -> Draft | None:
        """Ask for a new texture over the model."""
        wish = await self._wish(asking, asked)
        return await self._next(asking, task_id, lambda o, a, e: self.intake.retexture(task_id, wish, o, a, event=e))

    async def split(self, asking: Asking, task_id: str, asked: Asked) -> Draft | None:
        """Ask for the model in parts."""
        wish = await self._wish(asking, asked)
        return await self._next(asking, task_id, lambda o, a, e: self.intake.split(task_id, wish, o, a, event=e))

    async def cancel(self, asking: Asking, task_id: str) -> Draft | None:
        """Call a task off."""
        return sentence_draft(await self.intake.cancel(task_id, self._owner(asking)))

    async def delete(self, asking: Asking, task_id: str, *, forget: bool = False) -> Draft | None:
        """Remove a finished task's files; to forget it, its words and pictures as well."""
        return sentence_draft(await self.intake.delete(task_id, self._owner(asking), forget=forget))

    async def links(self, asking: Asking, task_id: str) -> Draft | None:
        """Hand out short-lived links."""
        return links_draft(await self.intake.fresh_links(task_id, self._owner(asking)))

    async def show(self, asking: Asking, task_id: str) -> Draft | None:
        """Show a task with all it has."""
        return answer_draft(await self.intake.status(task_id, self._owner(asking)))

    async def usage(self, asking: Asking) -> Draft | None:
        """Say what the person has used."""
        return sentence_draft(await self.intake.usage(self._owner(asking)))

    async def balance(self, asking: Asking) -> Draft | None:
        """Say how many credits are left, to those who may know."""
        return sentence_draft(await self.intake.balance(self._owner(asking)))

    async def list(self, asking: Asking, line: str = "") -> Draft | None:
        """List tasks: the person's newest, or those that a typed line wants to see."""
        listing, owner = read_listing(line), self._owner(asking)
        updates = await self.intake.tasks(owner, only=listing.only)
        if not listing.is_tree:
            return list_draft(updates, is_narrowed=listing.only != EVERY_OWN)
        return tree_draft(await trees_of(self.intake, owner, updates), is_narrowed=listing.only != EVERY_OWN)

    async def home(self, asking: Asking) -> None:
        """Bring the app's page of a person up to date."""
        updates = await self.intake.tasks(self._owner(asking), limit=HOME_TASKS)
        view = home_view(updates, await self.intake.usage(self._owner(asking)))

        async def publish(client: AsyncWebClient) -> AsyncSlackResponse:
            return await client.views_publish(user_id=asking.user, view=view)

        await self.lines.call(asking.team, "views.publish", publish, enterprise=asking.enterprise)

    async def _do(self, asking: Asking, command: Command, *, files: Sequence[SharedFile] = ()) -> Draft | None:
        """Answer a command that asks for no new model."""
        if command.verb in _ALONE:
            return await _ALONE[command.verb](self, asking, command)
        try:
            return await self._about(asking, command, files)
        except NotFound as error:
            raise UserMistake(f"{error} {words.perhaps_a_prompt(command.rest)}") from error

    async def _about(self, asking: Asking, command: Command, files: Sequence[SharedFile]) -> Draft | None:
        """Do what a command wants of one task."""
        if command.verb is Verb.DELETE:
            return await self.delete(asking, command.word, forget=read_forget(command.more))
        if command.verb in _WITH_MORE:
            return await _WITH_MORE[command.verb](self, asking, command.word, _asked(command, files))
        return await _ABOUT_TASK[command.verb](self, asking, command.word)

    async def _known(self, asking: Asking, opened: Opened) -> Known | None:
        """Look up what a form about a task begins with; it opens without where that takes too long."""
        try:
            async with asyncio.timeout(FORM_WITHIN_S):
                if opened.choice == Choice.FORMAT:
                    return Known(offers=await self.intake.formats_of(opened.task, self._owner(asking)))
                if opened.choice == Choice.VARIATION:
                    return Known(draft=await self.intake.draft_of(opened.task, self._owner(asking)))
        except (StorageError, TimeoutError) as error:
            log.info("form opened empty choice=%s error=%s", opened.choice, type(error).__name__)
        return None

    async def _generate(self, asking: Asking, asked: Asked, *, root: str = "") -> Draft | None:
        await self.placing.check(asking)
        wish = await self._wish(asking, asked)
        address = self.placing.spot(asking, root=root).address()
        task = await self.intake.generate(wish, self._owner(asking), address, event=asking.event)
        if not asking.channel:  # told directly, where an answer would only stand above the status
            return _remark(asked.files)
        return _accepted(task, *_too_many(asked.files))

    async def _followed(self, asking: Asking, wish: Wish, address: Address) -> bool:
        """Make the next version of the model that lives in the thread; False when none does."""
        try:
            await self.intake.follow(wish, self._owner(asking), address, event=asking.event)
        except NotFound:
            return False
        return True

    async def _wish(self, asking: Asking, asked: Asked) -> Wish:
        """Read the pictures, and the options that were typed."""
        return asked.wish(await self.reader.read(asking, pictures_among(asked.files)[:MOST_PICTURES]))

    async def _next(self, asking: Asking, task_id: str, ask: Ask) -> Draft | None:
        """Ask for what comes after an earlier task: told in its thread, where that is for the same eyes."""
        parent = await self.intake.address_of(task_id, asking.owner)
        placed = await self.placing.next(asking, parent)
        owner, address = replace(self._owner(asking), channel_id=placed.channel or None), placed.spot.address()
        task = await ask(owner, address, asking.event)
        if task.address != address:  # an earlier click made it, and it is told where that one was
            return _accepted(task)
        return told_draft(text.accepted(task), placed.link) if placed.link else _accepted(task, placed.remark)

    def _owner(self, asking: Asking) -> Owner:
        """Return the person as the core knows people, with what Slack vouches for once somebody wants to know."""
        return replace(asking.owner, standing=self.people.standing(asking))


def _accepted(task: Task, *remarks: str) -> Draft:
    return sentence_draft(text.accepted(task), *remarks)


def _too_many(files: Sequence[SharedFile]) -> tuple[str, ...]:
    count = len(pictures_among(files))
    return (words_chat.too_many_pictures(count),) if count > MOST_PICTURES else ()


def _remark(files: Sequence[SharedFile]) -> Draft | None:
    remarks = _too_many(files)
    return sentence_draft(*remarks) if remarks else None


def _asked(command: Command, files: Sequence[SharedFile]) -> Asked:
    """Read what was typed behind a task's id, and what came with it."""
    if command.verb is Verb.FORMAT:
        return Asked(options={FORMAT: command.more})
    typed = split_wish(command.more) if command.verb is Verb.SPLIT else command.more
    return Asked(typed=typed, files=files)


TAKES_FILES = frozenset({Verb.VARIATION, Verb.RETEXTURE})
"""Commands to which a message can give its pictures."""

_ABOUT_TASK: Mapping[Verb, Callable[[Desk, Asking, str], Awaitable[Draft | None]]] = {
    Verb.STATUS: Desk.show,
    Verb.SHOW: Desk.show,
    Verb.CANCEL: Desk.cancel,
    Verb.AGAIN: Desk.again,
    Verb.BETTER: Desk.better,
    Verb.RESEND: Desk.resend,
    Verb.LINKS: Desk.links,
}
_WITH_MORE: Mapping[Verb, Callable[[Desk, Asking, str, Asked], Awaitable[Draft | None]]] = {
    Verb.VARIATION: Desk.variation,
    Verb.FORMAT: Desk.other_format,
    Verb.RETEXTURE: Desk.retexture,
    Verb.SPLIT: Desk.split,
}
_ALONE: Mapping[Verb, Callable[[Desk, Asking, Command], Awaitable[Draft | None]]] = {
    Verb.LIST: lambda desk, asking, command: desk.list(asking, command.more),
    Verb.USAGE: lambda desk, asking, _: desk.usage(asking),
    Verb.BALANCE: lambda desk, asking, _: desk.balance(asking),
    Verb.PRIVACY: lambda desk, asking, _: desk.affairs.privacy(asking),
    Verb.EXPORT: lambda desk, asking, _: desk.affairs.export(asking),
    Verb.FORGET: lambda desk, _, __: desk.affairs.forget_first(),
    Verb.HELP: lambda _, __, command: _help(command.word),
}


async def _help(topic: str) -> Draft:
    return help_draft(topic)
