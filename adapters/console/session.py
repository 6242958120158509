"""What a person does at the terminal: ask once and wait, or chat."""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.patch_stdout import patch_stdout

from adapters.console.address import DEFAULT_SPEAKER, address_of, owner_of
from adapters.console.affairs import Affairs
from adapters.console.arguments import TypedWish
from adapters.console.commands import Command, Verb, help_lines, parse_line
from adapters.console.platform import ConsolePlatform
from adapters.console.render import full_text, plain, short_line, tree_text
from adapters.console.screens import ChatScreen
from bot import text, words_chat, words_privacy
from bot.chat import EVERY_OWN, Intake, Wish
from bot.errors import StorageError, UserMistake
from bot.model import Address, Owner, Task, TaskState
from bot.trees import trees_of
from bot.typed import read_forget, read_listing
from bot.update import Update

OLDER_TASKS = 1000
"""How far back a session looks for tasks that are still open."""

PICTURES_PATIENCE_S = 240.0
"""How long a session that ends afterwards waits for pictures of a model that it has delivered: three steps of at most
a minute, and one more for a busy machine."""

SCRIPT_PATIENCE_S = 60.0
"""The same for all models of a script together: pictures of two hundred take a quarter of an hour."""

CHECK_S = 1.0
"""How often a waiting session looks whether another process has told the ending in its place."""


@dataclass(kw_only=True)
class Session:
    """One person at one terminal. `ask_hidden` asks for what must not be shown; None where nobody sits there."""

    intake: Intake
    platform: ConsolePlatform
    speaker: str = DEFAULT_SPEAKER
    asked: list[tuple[str, str]] = field(default_factory=list)  # task id, and who asked
    ask_hidden: Callable[[str], Awaitable[str]] | None = None

    async def ask(self, wish: TypedWish) -> str:
        """Hand a wish to the core and return its task's id.

        Raises:
            UserMistake: it cannot be done, in words.
        """
        task = await self.intake.generate(await wish.read(), owner_of(self.speaker), address_of(self.speaker))
        self._accepted(task)
        return task.id

    async def ask_and_wait(self, wish: TypedWish) -> bool:
        """Ask, wait until the model and its pictures are there, and say whether a model was delivered."""
        task_id = await self.ask(wish)
        is_ready = (await self.wait(task_id, self.speaker)).state is TaskState.READY
        if is_ready:
            await self._wait_for_pictures([(task_id, self.speaker)], at_most_s=PICTURES_PATIENCE_S)
        return is_ready

    async def _wait_for_pictures(self, delivered: Sequence[tuple[str, str]], *, at_most_s: float) -> None:
        """Wait until nothing more is to come for delivered models, but not for ever."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(at_most_s):
                for task_id, speaker in delivered:
                    while not await self.platform.wait_complete(task_id, at_most_s=CHECK_S):
                        update = await self.intake.status(task_id, owner_of(speaker))
                        if update.is_muted or (update.is_complete and update.is_told):
                            break

    async def wait_for_all(self) -> None:
        """Wait until everything has ended and been told that was asked here or earlier, and a while for pictures."""
        older = await self.intake.tasks(owner_of(self.speaker), limit=OLDER_TASKS)
        open_ones = [(update.task_id, self.speaker) for update in older if not (update.ending and update.is_told)]
        bare_ones = [(update.task_id, self.speaker) for update in older if update.ending and not update.is_complete]
        for task_id, speaker in dict.fromkeys((*self.asked, *open_ones)):
            await self.wait(task_id, speaker)
        pictured = list(dict.fromkeys((*self.asked, *open_ones, *bare_ones)))
        await self._wait_for_pictures(pictured, at_most_s=SCRIPT_PATIENCE_S)

    async def wait(self, task_id: str, speaker: str) -> Update:
        """Return a task's ending once it was printed, by us if another process has told it elsewhere.

        What was called off is not waited for: nobody is told about it.
        """
        was_told = False
        while not await self.platform.wait_told(task_id, at_most_s=CHECK_S):
            update = await self.intake.status(task_id, owner_of(speaker))
            if update.is_muted:
                return update
            if update.ending and was_told:
                await self.platform.say(address_of(speaker), update, key="")
            was_told = update.ending and update.is_told
        return await self.intake.status(task_id, owner_of(speaker))

    async def obey(self, line: str) -> bool:
        """Do what one line says; False when it says to leave. Refusals are printed."""
        try:
            command = parse_line(line)
            if command is None:
                return True
            if command.verb is Verb.QUIT:
                return False
            await self._do(command)
        except UserMistake as error:
            self.write(str(error))
        except StorageError:
            self.write(text.trouble())
        return True

    def write(self, words: str) -> None:
        """Write lines to the terminal."""
        self.platform.screen.write(words)

    async def _do(self, command: Command) -> None:
        doers: dict[Verb, Callable[[Command], Awaitable[None]]] = {
            Verb.GENERATE: self._generate,
            Verb.STATUS: self._status,
            Verb.SHOW: self._show,
            Verb.LIST: self._list,
            Verb.CANCEL: self._cancel,
            Verb.RESEND: self._resend,
            Verb.AGAIN: self._again,
            Verb.VARIATION: self._variation,
            Verb.BETTER: self._better,
            Verb.FORMAT: self._format,
            Verb.RETEXTURE: self._retexture,
            Verb.SPLIT: self._split,
            Verb.LINKS: self._links,
            Verb.DELETE: self._delete,
            Verb.EXPORT: self._export,
            Verb.FORGET: self._forget,
            Verb.PRIVACY: self._privacy,
            Verb.SETTINGS: self._settings,
            Verb.USAGE: self._usage,
            Verb.BALANCE: self._balance,
            Verb.HELP: self._help,
            Verb.AS: self._as,
        }
        await doers[command.verb](command)

    async def _generate(self, command: Command) -> None:
        if command.wish is not None:
            await self.ask(command.wish)

    async def _status(self, command: Command) -> None:
        update = await self.intake.status(command.word, owner_of(self.speaker))
        self.platform.screen.write(full_text(update))

    async def _show(self, command: Command) -> None:
        await self._status(command)
        family = await self.intake.family(command.word, owner_of(self.speaker))
        if family.children:
            self.platform.screen.write(tree_text(family, marks=True))

    async def _list(self, command: Command) -> None:
        listing = read_listing(f"{command.word} {command.more}")
        updates = await self.intake.tasks(owner_of(self.speaker), only=listing.only)
        if listing.is_tree:
            await self._list_trees(updates)
        else:
            for update in updates:
                self.platform.screen.write(short_line(update))
        if not updates and listing.only != EVERY_OWN:
            self.write(words_privacy.nothing_found())
        elif not updates:
            self.write(words_chat.nothing_yet("Type: generate and what you want."))

    async def _list_trees(self, updates: Sequence[Update]) -> None:
        """Write each tree once, that of the newest task first."""
        for family in await trees_of(self.intake, owner_of(self.speaker), updates):
            self.platform.screen.write(tree_text(family))

    async def _cancel(self, command: Command) -> None:
        self.write(await self.intake.cancel(command.word, owner_of(self.speaker)))

    async def _resend(self, command: Command) -> None:
        self._accepted(await self.intake.resend(command.word, *self._here()))

    async def _again(self, command: Command) -> None:
        self._accepted(await self.intake.again(command.word, *self._here()))

    async def _variation(self, command: Command) -> None:
        self._accepted(await self.intake.variation(command.word, await _wish_of(command), *self._here()))

    async def _better(self, command: Command) -> None:
        self._accepted(await self.intake.better(command.word, *self._here()))

    async def _format(self, command: Command) -> None:
        if command.more:
            self._accepted(await self.intake.other_format(command.word, command.more, *self._here()))
            return
        offers = await self.intake.formats_of(command.word, owner_of(self.speaker))
        self.write("\n".join(["Which format? Type it behind the id.", *(f"  {offer.sentence}" for offer in offers)]))

    async def _retexture(self, command: Command) -> None:
        self._accepted(await self.intake.retexture(command.word, await _wish_of(command), *self._here()))

    async def _split(self, command: Command) -> None:
        self._accepted(await self.intake.split(command.word, await _wish_of(command), *self._here()))

    def _here(self) -> tuple[Owner, Address]:
        """Return who speaks, and where they are told."""
        return owner_of(self.speaker), address_of(self.speaker)

    async def _links(self, command: Command) -> None:
        fresh = await self.intake.fresh_links(command.word, owner_of(self.speaker))
        self.write("\n".join([fresh.sentence, *(f"  {plain(link.name)}  {link.url}" for link in fresh.links)]))

    def _accepted(self, task: Task) -> None:
        """Remember a task that was just asked for, and say what it costs."""
        self.asked.append((task.id, self.speaker))
        self.write(text.accepted(task))

    async def _delete(self, command: Command) -> None:
        forget = read_forget(command.more)
        self.write(await self.intake.delete(command.word, owner_of(self.speaker), forget=forget))

    @property
    def _affairs(self) -> Affairs:
        return Affairs(intake=self.intake, write=self.write, save=self.platform.save, ask_hidden=self.ask_hidden)

    async def _privacy(self, _command: Command) -> None:
        await self._affairs.privacy(owner_of(self.speaker))

    async def _export(self, _command: Command) -> None:
        await self._affairs.export(owner_of(self.speaker))

    async def _forget(self, command: Command) -> None:
        if await self._affairs.forget_me(owner_of(self.speaker), f"{command.word} {command.more}"):
            self.asked = [one for one in self.asked if one[1] != self.speaker]  # nobody waits for those any more

    async def _settings(self, command: Command) -> None:
        await self._affairs.settings(owner_of(self.speaker), f"{command.word} {command.more}")

    async def _usage(self, command: Command) -> None:
        self.write(await self.intake.usage(owner_of(self.speaker)))

    async def _balance(self, command: Command) -> None:
        self.write(await self.intake.balance(owner_of(self.speaker)))

    async def _help(self, command: Command) -> None:
        self.write("\n".join(help_lines(command.word)))

    async def _as(self, command: Command) -> None:
        self.speaker = command.word
        self.write(f"You are {command.word} now.")


async def _wish_of(command: Command) -> Wish:
    """Return the wish of a command that has one, with its pictures read."""
    return Wish() if command.wish is None else await command.wish.read()


async def chat(session: Session, screen: ChatScreen) -> None:
    """Read commands from the keyboard until `quit`, Ctrl-D or Ctrl-C; running tasks move below the prompt."""
    prompt: PromptSession[str] = PromptSession(bottom_toolbar=screen.foot, refresh_interval=0.5)
    session.ask_hidden = ask_hidden
    with patch_stdout(raw=True):
        while True:
            try:
                line = await prompt.prompt_async("rodin> ")
            except (EOFError, KeyboardInterrupt):
                return
            if not await session.obey(line):
                return


async def ask_hidden(question: str) -> str:
    """Ask at the keyboard for what must not be shown, nor be remembered; empty when the person would rather not."""
    try:
        return await PromptSession[str]().prompt_async(question, is_password=True)
    except (EOFError, KeyboardInterrupt):
        return ""


async def read_script(session: Session) -> None:
    """Obey the lines of a pipe or file, then wait for everything that was asked."""
    async for line in _lines():
        if not await session.obey(line):
            break
    await session.wait_for_all()


async def _lines() -> AsyncIterator[str]:
    """Yield the lines of standard input; a pipe that stays open holds up neither the loop nor the end."""
    if not _makes_wait(sys.stdin):
        for line in await asyncio.to_thread(sys.stdin.readlines):
            yield line
        return
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    try:
        while line_bytes := await reader.readline():
            yield line_bytes.decode("utf-8", "replace")
    finally:
        transport.close()


def _makes_wait(stream: TextIO) -> bool:
    """Whether somebody may still write what is read here; a file and /dev/null have all that they will ever have.

    asyncio would take /dev/null for a pipe, and never hear of its end.
    """
    mode = os.fstat(stream.fileno()).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or stream.isatty()
