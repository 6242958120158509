"""Writes a checked request down: its pictures first, then the row that names them."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot import text
from bot.bell import Bell
from bot.budget import Budget
from bot.catalog import price
from bot.controls import Controls, admit
from bot.errors import DuplicateEvent, NoSuchFile, NoSuchTask, NotPossible, UserMistake
from bot.ids import any_id
from bot.keydesk import KeyDesk
from bot.keys import KeyGone
from bot.limits import OverLimit
from bot.model import Address, Ask, ConvertRequest, Owner, Picture, Task, TaskState
from bot.permits import Permits
from bot.ports import Clock, FileStore, PreparedPicture, TaskStore
from bot.sweeper import clear_spool

log = logging.getLogger(__name__)

SEEDS = 65_536
"""Rodin's seeds are 0 to 65535."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A checked request with its pictures in hand, and who asks for it where. `event` makes one task only."""

    request: Ask
    pictures: Sequence[PreparedPicture]
    owner: Owner
    address: Address
    event: str | None = None
    parent_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceParts:
    """What the acceptance works with."""

    tasks: TaskStore
    files: FileStore
    budget: Budget
    controls: Controls
    permits: Permits
    key_desk: KeyDesk
    clock: Clock
    bell: Bell


class Acceptance:
    """Turns orders into tasks; from then on they will not be lost."""

    def __init__(self, parts: AcceptanceParts) -> None:
        self._tasks = parts.tasks
        self._files = parts.files
        self._budget = parts.budget
        self._controls = parts.controls
        self._permits = parts.permits
        self._key_desk = parts.key_desk
        self._clock = parts.clock
        self._bell = parts.bell

    async def accept(self, order: Order) -> Task:
        """Put the pictures where the submitter finds them, then write the row that names them.

        Raises:
            KeyStopped: nothing can be made with the key of this server for now.
            Blocked: the operator takes nothing from this person or server, or not with these words.
            NotAllowed: the admins of the server have not given this person the right to ask for it.
            BudgetSpent: the day's credits do not suffice, or too many tasks wait. Nothing was written.
        """
        await admit(self._controls, order.owner, order.request.words)
        await self._permits.check_wish(order.owner, order.request)
        is_ours = isinstance(order.request, ConvertRequest)  # made here, with no key at all
        task_id = await self._new_id()
        pictures = await self._spool(task_id, order.pictures)
        now = self._clock.now()
        task = Task(
            id=task_id,
            request=replace(order.request, pictures=pictures),
            owner=replace(order.owner, standing=None),
            address=order.address,
            price=price(order.request),
            created_at=now,
            changed_at=now,
            next_at=now,
            event=order.event,
            parent_id=order.parent_id,
            is_first=not is_ours,
        )
        if is_ours:  # nobody has to be waited for
            task = task.move(TaskState.CONVERTING, now=now)
        # After any other failure the row may be there all the same, so its pictures stay for the sweeper to judge.
        try:
            task = await self._write(task)
        except DuplicateEvent as error:
            log.info("event taken before task=%s", error.task_id)
            await clear_spool(self._files, task.id)
            return await self._tasks.load(error.task_id)
        except UserMistake:
            await clear_spool(self._files, task.id)
            raise
        log.info("task accepted task=%s platform=%s product=%s", task.id, task.owner.platform, task.request.product)
        self._bell.ring()
        return task

    async def made_by(self, event: str | None) -> Task | None:
        """Return what an event has made already: a repeat is answered before anything is checked or counted."""
        return None if event is None else await self._tasks.made_by(event)

    async def pictures_of(self, task: Task) -> tuple[PreparedPicture, ...]:
        """Return the pictures that a task was asked with.

        Raises:
            NotPossible: they are gone.
        """
        return tuple([await self._again(picture) for picture in task.request.pictures])

    async def _new_id(self) -> str:
        """Return an id that no task has: its pictures must not overwrite another one's."""
        while True:
            task_id = any_id()
            try:
                await self._tasks.load(task_id)
            except NoSuchTask:
                return task_id

    async def _write(self, task: Task) -> Task:
        """Write a task with the key that holds now: an admin may have set one while its pictures were stored."""
        if not isinstance(task.request, ConvertRequest):
            task = replace(task, key_id=await self._key_desk.for_task(task.owner))
        try:
            return await self._tasks.add(task, within=self._budget.limits(task.key_id, owner=task.owner))
        except KeyGone:
            log.info("key removed meanwhile, asking which one holds now task=%s", task.id)
            return await self._write(task)
        except OverLimit as error:
            log.info("over a limit platform=%s error=%s", task.owner.platform, error)
            raise self._budget.refusal(error) from error

    async def _spool(self, task_id: str, prepared: Sequence[PreparedPicture]) -> tuple[Picture, ...]:
        pictures = []
        for number, picture in enumerate(prepared, start=1):
            name = f"picture-{number}.{picture.extension}"
            key = f"spool/{task_id}/{name}"
            await self._files.save_bytes(key, picture.data)
            pictures.append(picture.stored(key, name))
        return tuple(pictures)

    async def _again(self, picture: Picture) -> PreparedPicture:
        try:
            data = await self._files.load(picture.key)
        except NoSuchFile as error:
            raise NotPossible(text.pictures_gone()) from error
        return PreparedPicture(
            data=data,
            media_type=picture.media_type,
            extension=picture.name.rpartition(".")[2],
            width_px=picture.width_px,
            height_px=picture.height_px,
        )


def another_seed(seed: int) -> int:
    """Return a seed that is not this one."""
    return (seed + 1 + secrets.randbelow(SEEDS - 1)) % SEEDS
