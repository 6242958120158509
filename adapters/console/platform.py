"""The terminal as a chat platform: the cheapest proof that the core needs to know none."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

from adapters.console.address import PLATFORM
from adapters.console.delivery import Delivery
from adapters.console.render import Earlier, amendment_text, ending_text, plain
from adapters.console.screens import Screen
from bot.chat import Capabilities, Export, Intake
from bot.errors import NoSuchFile, PlatformBusy, PlatformError, UserMistake
from bot.model import Address, TaskState
from bot.update import Update

log = logging.getLogger(__name__)


class ConsolePlatform:
    """Shows updates on a screen and lays finished files into a folder.

    A repeat after a kill prints the ending once more and copies the same files again: harmless.
    """

    name = PLATFORM
    capabilities = Capabilities(longest_text=100_000, largest_upload_bytes=2**40, edit_spacing_s=0.1)

    def __init__(self, screen: Screen, delivery: Delivery, *, takes_commands: bool = True) -> None:
        """Make one; without `takes_commands` it offers no choices, since nobody could type them."""
        self.screen = screen
        self._takes_commands = takes_commands
        self._delivery = delivery
        self._told: dict[str, asyncio.Event] = {}
        self._complete: dict[str, asyncio.Event] = {}
        self._earlier: dict[str, Earlier] = {}
        self.endings: dict[str, Update] = {}
        self._noticed: set[str] = set()

    async def start(self, intake: Intake) -> None:
        """Nothing to connect: the chat reads the keyboard."""

    async def stop(self) -> None:
        """Nothing to disconnect."""

    async def watch(self) -> None:
        """Nothing that could end: the chat ends with its keyboard."""

    async def ping(self) -> None:
        """A terminal is always there."""

    async def show(self, address: Address, update: Update, *, key: str) -> Address:
        """Show how a task stands."""
        self._give_notice(update)
        if not update.ending:
            self.screen.status(update)
        else:
            self.screen.over(update)
            self._end(update)
        self._check_open()
        return address

    async def say(self, address: Address, update: Update, *, key: str) -> Address:
        """Print how a task ended and lay its files out.

        Raises:
            PlatformBusy: nobody reads any more; the next session tells. PlatformError: the folder cannot be written to.
        """
        self._give_notice(update)
        delivered = await self._deliver(update) if update.state is TaskState.READY else ()
        self.screen.write(ending_text(update if self._takes_commands else replace(update, choices=()), delivered))
        self._check_open()
        self._note(update, delivered)
        return address

    async def amend(self, address: Address, update: Update, *, key: str) -> Address:
        """Lay out what has joined a finished model and name it, or say what became of its files.

        Raises like `say`.
        """
        delivered = await self._deliver(update) if update.files else ()
        news = amendment_text(update, delivered, earlier=self._earlier.get(update.task_id, Earlier()))
        if news is not None:
            self.screen.write(news)
        self._check_open()
        self._note(update, delivered)
        return address

    async def notify(self, channel: str, sentence: str, *, key: str) -> None:
        """Print a sentence for the operator, who is the person at the terminal; twice after a kill, which is harmless.

        Raises:
            PlatformBusy: nobody reads any more.
        """
        self._check_open()
        self.screen.write(plain(sentence))

    async def save(self, export: Export) -> Path:
        """Lay a person's own data into the folder of their models.

        Raises:
            UserMistake: the folder cannot be written to.
        """
        try:
            return await self._delivery.lay(export)
        except OSError as error:
            reason = error.strerror or error
            raise UserMistake(f"{export.name} cannot be written: {reason}. Make room, and try again.") from error

    async def wait_told(self, task_id: str, *, at_most_s: float) -> bool:
        """Wait until a task's ending was printed here; say whether it was."""
        return await _is_set(self._told.setdefault(task_id, asyncio.Event()), at_most_s)

    async def wait_complete(self, task_id: str, *, at_most_s: float) -> bool:
        """Wait until nothing more is to come for a task whose ending was printed; say whether it is so."""
        return await _is_set(self._complete.setdefault(task_id, asyncio.Event()), at_most_s)

    def _note(self, update: Update, delivered: tuple[Path, ...]) -> None:
        """Remember what was just told, and wake whoever waits for it."""
        self._earlier[update.task_id] = Earlier(headline=update.headline, lines=update.lines, paths=delivered)
        self._told.setdefault(update.task_id, asyncio.Event()).set()
        if update.is_complete:
            self._complete.setdefault(update.task_id, asyncio.Event()).set()

    def _give_notice(self, update: Update) -> None:
        """Print once what the first task says besides: a line of its own, since the status is one line."""
        if update.notice and update.task_id not in self._noticed:
            self._noticed.add(update.task_id)
            self.screen.write(plain(update.notice))

    def _check_open(self) -> None:
        if self.screen.closed.is_set():
            raise PlatformBusy("nobody reads the terminal any more")

    def _end(self, update: Update) -> None:
        self.endings[update.task_id] = update

    async def _deliver(self, update: Update) -> tuple[Path, ...]:
        try:
            return await self._delivery.deliver(update)
        except NoSuchFile as error:
            log.error("file lost task=%s error=%s", update.task_id, error)
            return ()
        except OSError as error:
            self.screen.write(f"The files of {update.task_id} cannot be written: {error}. Trying again.")
            raise PlatformError(f"cannot deliver: {error}") from error


async def _is_set(event: asyncio.Event, at_most_s: float) -> bool:
    """Wait for an event; say whether it came in time."""
    try:
        async with asyncio.timeout(at_most_s):
            await event.wait()
    except TimeoutError:
        return False
    return True
