"""What chat platforms call: take a wish, call it off, send it again, tell how things stand."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot import text
from bot.bell import Bell
from bot.budget import Budget, day_of
from bot.catalog import price, resolve
from bot.changes import attempt
from bot.chat import Wish
from bot.curator import folder_of, removed
from bot.errors import (
    DuplicateEvent,
    NoSuchFile,
    NoSuchTask,
    NotFound,
    NotPossible,
    StorageError,
    UserMistake,
    VendorError,
    VendorRefused,
)
from bot.looks import Removal
from bot.model import Address, FailureKind, Owner, Picture, Request, Task, TaskState
from bot.ports import Clock, FileStore, Generator, PictureDesk, PreparedPicture, TaskStore
from bot.sweeper import clear_spool
from bot.update import Update
from bot.view import Viewer

log = logging.getLogger(__name__)

ID_CHARACTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""No 0 or o, no 1, i or l: ids are read aloud and typed."""

ID_LENGTH = 7
"""27 thousand million ids: two of a million tasks meet with a chance of one in fifty, and then one is refused."""

ID_SHAPE = re.compile(r"[a-z0-9_-]{1,40}")
"""What an id may look like that is worth looking up; whatever else people type is no task's."""

SEEDS = 65_536
"""Rodin's seeds are 0 to 65535."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeParts:
    """What the intake works with. `admin_ids` are platform user ids that may see the balance."""

    tasks: TaskStore
    files: FileStore
    generator: Generator
    desk: PictureDesk
    viewer: Viewer
    budget: Budget
    clock: Clock
    bell: Bell
    default_tier: str
    default_format: str
    admin_ids: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A checked request with its pictures in hand, and who asks for it where. `event` makes one task only."""

    request: Request
    pictures: Sequence[PreparedPicture]
    owner: Owner
    address: Address
    event: str | None = None
    parent_id: str | None = None


class CoreIntake:
    """The `Intake` port, over the table of tasks."""

    def __init__(self, parts: IntakeParts) -> None:
        self._parts = parts
        self._budget_gate = asyncio.Lock()

    async def generate(self, wish: Wish, owner: Owner, address: Address, *, event: str | None = None) -> Task:
        """Check a wish and write it down; see `bot.ports.Intake`."""
        p = self._parts
        if (known := await self._made_by(event)) is not None:
            return known
        request = resolve(
            wish.prompt,
            wish.options or {},
            pictures=len(wish.pictures),
            default_tier=p.default_tier,
            default_format=p.default_format,
            seed=secrets.randbelow(SEEDS),
        )
        prepared = await p.desk.prepare(wish.pictures)
        return await self._accept(Order(request=request, pictures=prepared, owner=owner, address=address, event=event))

    async def resend(self, task_id: str, owner: Owner, address: Address, *, event: str | None = None) -> Task:
        """Ask again for what failed or stayed unclear, as a new task with the same request.

        One task is sent again once: a second click, which is an `event` of its own, gives back the same new task.
        """
        old = await self._own(task_id, owner)
        only_once = f"resend:{old.id}"
        if (known := await self._made_by(only_once)) is not None:
            return known
        if old.state not in {TaskState.FAILED, TaskState.UNCLEAR}:
            raise NotPossible(text.not_to_resend(old))
        if old.failure is not None and old.failure.kind is FailureKind.PICTURES_LOST:
            raise NotPossible(text.pictures_gone())
        prepared = [await self._again(picture) for picture in old.request.pictures]
        return await self._accept(
            Order(
                request=old.request,
                pictures=prepared,
                owner=owner,
                address=address,
                event=only_once,
                parent_id=old.id,
            )
        )

    async def status(self, task_id: str, owner: Owner) -> Update:
        """Say how one of the person's tasks stands."""
        return await self._parts.viewer.update(await self._own(task_id, owner))

    async def tasks(self, owner: Owner, *, limit: int = 10) -> tuple[Update, ...]:
        """Return the person's newest tasks, newest first."""
        found = await self._parts.tasks.tasks_of(owner, limit=limit)
        return tuple([await self._parts.viewer.update(task) for task in found])

    async def cancel(self, task_id: str, owner: Owner) -> str:
        """Call a task off: before it is sent it costs nothing; after that it means "stop telling me"."""
        p = self._parts
        own = await self._own(task_id, owner)
        if own.has_ended:
            raise NotPossible(text.already_over(own))

        def called_off(row: Task) -> Task:
            if row.state is TaskState.ACCEPTED:
                return row.move(TaskState.CANCELLED, now=p.clock.now(), hold=None)
            return row if row.has_ended or row.muted else row.revise(muted=True)

        task = await attempt(p.tasks, own.id, called_off)
        p.bell.ring()
        if task.state is TaskState.CANCELLED:
            await clear_spool(p.files, task.id)
            return text.cancelled()
        if task.has_ended:
            raise NotPossible(text.already_over(task))
        return text.too_late_to_cancel(task)

    async def delete(self, task_id: str, owner: Owner) -> str:
        """Remove the files of a finished task: written down first, then done.

        What a kill or a file store that does not answer leaves, the curator removes.
        """
        p = self._parts
        own = await self._own(task_id, owner)
        if own.state is not TaskState.READY or not own.files:
            raise NotPossible(text.not_to_delete(own))
        task = await attempt(p.tasks, own.id, lambda row: removed(row, Removal.DELETED, now=p.clock.now()))
        try:
            await p.files.remove(folder_of(task.id))
        except StorageError as error:
            log.warning("files not removed yet task=%s error=%s", task.id, error)
        log.info("files deleted task=%s", task.id)
        p.bell.ring()
        return text.deleted(task)

    async def usage(self, owner: Owner) -> str:
        """Say what the person has used."""
        p = self._parts
        return text.used(await p.tasks.usage(owner, since=day_of(p.clock.now())))

    async def balance(self, owner: Owner) -> str:
        """Say how many credits the key holds; for admins."""
        if owner.user_id not in self._parts.admin_ids:
            raise UserMistake(text.admins_only())
        try:
            return text.balance(await self._parts.generator.balance())
        except VendorRefused as error:
            log.warning("balance refused code=%s reason=%s", error.code, error.reason)
            return text.balance_refused(error.reason)
        except VendorError as error:
            log.warning("balance not read error=%s", error)
            return text.balance_unknown()

    async def _made_by(self, event: str | None) -> Task | None:
        """Return what an event has made already: a repeat is answered before anything is checked or counted."""
        return None if event is None else await self._parts.tasks.made_by(event)

    async def _accept(self, order: Order) -> Task:
        """Put the pictures where the submitter finds them, then write the row that names them."""
        p = self._parts
        task_id = await self._new_id()
        pictures = await self._spool(task_id, order.pictures)
        now = p.clock.now()
        task = Task(
            id=task_id,
            request=replace(order.request, pictures=pictures),
            owner=order.owner,
            address=order.address,
            price=price(order.request),
            created_at=now,
            changed_at=now,
            next_at=now,
            event=order.event,
            parent_id=order.parent_id,
        )
        # After any other failure the row may be there all the same, so its pictures stay for the sweeper to judge.
        try:
            await self._write(task)
        except DuplicateEvent as error:
            log.info("event taken before task=%s", error.task_id)
            await clear_spool(p.files, task.id)
            return await p.tasks.load(error.task_id)
        except UserMistake:
            await clear_spool(p.files, task.id)
            raise
        log.info("task accepted task=%s platform=%s tier=%s", task.id, task.owner.platform, task.request.tier)
        p.bell.ring()
        return task

    async def _new_id(self) -> str:
        """Return an id that no task has: its pictures must not overwrite another one's."""
        while True:
            task_id = "".join(secrets.choice(ID_CHARACTERS) for _ in range(ID_LENGTH))
            try:
                await self._parts.tasks.load(task_id)
            except NoSuchTask:
                return task_id

    async def _write(self, task: Task) -> None:
        async with self._budget_gate:  # two commands at once must not both see the same credits left
            await self._parts.budget.check(task.owner, task.price)
            await self._parts.tasks.add(task)

    async def _spool(self, task_id: str, prepared: Sequence[PreparedPicture]) -> tuple[Picture, ...]:
        pictures = []
        for number, picture in enumerate(prepared, start=1):
            name = f"picture-{number}.{picture.extension}"
            key = f"spool/{task_id}/{name}"
            await self._parts.files.save_bytes(key, picture.data)
            pictures.append(picture.stored(key, name))
        return tuple(pictures)

    async def _again(self, picture: Picture) -> PreparedPicture:
        try:
            data = await self._parts.files.load(picture.key)
        except NoSuchFile as error:
            raise NotPossible(text.pictures_gone()) from error
        return PreparedPicture(
            data=data,
            media_type=picture.media_type,
            extension=picture.name.rpartition(".")[2],
            width_px=picture.width_px,
            height_px=picture.height_px,
        )

    async def _own(self, task_id: str, owner: Owner) -> Task:
        """Return a task if it is this person's; somebody else's looks the same as none."""
        wanted = task_id.strip().lower()
        if not ID_SHAPE.fullmatch(wanted):
            raise NotFound(text.no_such_task(task_id))
        try:
            task = await self._parts.tasks.load(wanted)
        except NoSuchTask as error:
            raise NotFound(text.no_such_task(task_id)) from error
        if (task.owner.platform, task.owner.user_id) != (owner.platform, owner.user_id):
            raise NotFound(text.no_such_task(task_id))
        return task
