"""The terminal as a chat platform: the cheapest proof that the core needs to know none."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from adapters.console.address import PLATFORM
from adapters.console.delivery import Delivery
from adapters.console.render import ending_text
from adapters.console.screens import Screen
from bot.errors import AddressGone, NoSuchFile, PlatformError
from bot.model import Address, TaskState
from bot.ports import Capabilities, Intake
from bot.update import Update

log = logging.getLogger(__name__)


class ConsolePlatform:
    """Shows updates on a screen and lays finished files into a folder.

    A repeat after a kill prints the ending once more and copies the same files again: harmless.
    """

    name = PLATFORM
    capabilities = Capabilities(longest_text=100_000, largest_upload_bytes=2**40, edit_spacing_s=0.1)

    def __init__(self, screen: Screen, delivery: Delivery) -> None:
        self.screen = screen
        self._delivery = delivery
        self._told: dict[str, asyncio.Event] = {}
        self.endings: dict[str, Update] = {}

    async def start(self, intake: Intake) -> None:
        """Nothing to connect: the chat reads the keyboard."""

    async def stop(self) -> None:
        """Nothing to disconnect."""

    async def show(self, address: Address, update: Update, *, key: str) -> Address:
        """Show how a task stands."""
        if not update.ending:
            self.screen.status(update)
        else:
            self.screen.over(update)
            self._end(update)
        return address

    async def say(self, address: Address, update: Update, *, key: str) -> Address:
        """Print how a task ended and lay its files out.

        Raises:
            AddressGone: the terminal is closed. PlatformError: the folder cannot be written to.
        """
        delivered = await self._deliver(update) if update.state is TaskState.READY else ()
        try:
            self.screen.write(ending_text(update, delivered))
        except (BrokenPipeError, ValueError) as error:
            raise AddressGone("the terminal is closed") from error
        self._told.setdefault(update.task_id, asyncio.Event()).set()
        return address

    async def wait_told(self, task_id: str, *, at_most_s: float) -> bool:
        """Wait until a task's ending was printed here; say whether it was."""
        try:
            await asyncio.wait_for(self._told.setdefault(task_id, asyncio.Event()).wait(), at_most_s)
        except TimeoutError:
            return False
        return True

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
