"""What chat platforms call: take a wish, call it off, send it again, tell how things stand."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass

from bot import text
from bot.acceptance import SEEDS, Acceptance, Order
from bot.bell import Bell
from bot.budget import day_of
from bot.catalog import resolve
from bot.changes import attempt
from bot.chat import Draft, FreshLinks, Version, Wish
from bot.curator import removed
from bot.errors import (
    NotPossible,
    StorageError,
    UserMistake,
    VendorDown,
    VendorError,
    VendorRefused,
)
from bot.family import Families
from bot.followups import Asker, FollowUps
from bot.freshlinks import LinkDesk
from bot.looks import Removal
from bot.model import Address, Owner, Task, TaskState
from bot.ownership import own_task
from bot.ports import Clock, FileStore, Generator, PictureDesk, TaskStore
from bot.sweeper import clear_all, clear_spool
from bot.update import Update
from bot.view import Viewer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeParts:
    """What the intake works with. `admin_ids` are platform user ids that may see the balance."""

    tasks: TaskStore
    files: FileStore
    generator: Generator
    desk: PictureDesk
    viewer: Viewer
    acceptance: Acceptance
    link_desk: LinkDesk
    clock: Clock
    bell: Bell
    default_tier: str
    default_format: str
    admin_ids: frozenset[str]


class CoreIntake:
    """The `Intake` port, over the table of tasks."""

    def __init__(self, parts: IntakeParts) -> None:
        self._parts = parts
        self._follow_ups = FollowUps(
            tasks=parts.tasks,
            files=parts.files,
            desk=parts.desk,
            acceptance=parts.acceptance,
            clock=parts.clock,
            default_tier=parts.default_tier,
            default_format=parts.default_format,
        )

    async def generate(self, wish: Wish, owner: Owner, address: Address, *, event: str | None = None) -> Task:
        """Check a wish and write it down; see `bot.chat.Intake`."""
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
        order = Order(request=request, pictures=prepared, owner=owner, address=address, event=event)
        return await p.acceptance.accept(order)

    async def follow(self, wish: Wish, owner: Owner, address: Address, *, event: str | None = None) -> Task:
        """Make the next version of the newest task at a place; see `bot.chat.Intake`."""
        return await self._follow_ups.follow(wish, Asker(owner=owner, address=address, event=event))

    async def variation(
        self, task_id: str, wish: Wish, owner: Owner, address: Address, *, event: str | None = None
    ) -> Task:
        """Make the next version of one task: its values with something changed."""
        return await self._follow_ups.variation(task_id, wish, Asker(owner=owner, address=address, event=event))

    async def again(self, task_id: str, owner: Owner, address: Address, *, event: str | None = None) -> Task:
        """Ask for an ended task once more with another seed; each `event` makes a task of its own."""
        return await self._follow_ups.again(task_id, Asker(owner=owner, address=address, event=event))

    async def resend(self, task_id: str, owner: Owner, address: Address, *, event: str | None = None) -> Task:
        """Ask again for what failed or stayed unclear, as a new task with the same request.

        One task is sent again once: a second click, which is an `event` of its own, gives back the same new task.
        """
        return await self._follow_ups.resend(task_id, Asker(owner=owner, address=address, event=event))

    async def better(self, task_id: str, owner: Owner, address: Address, *, event: str | None = None) -> Task:
        """Ask for an ended task in the next tier up."""
        return await self._follow_ups.better(task_id, Asker(owner=owner, address=address, event=event))

    async def other_format(
        self, task_id: str, file_format: str, owner: Owner, address: Address, *, event: str | None = None
    ) -> Task:
        """Ask for an ended task in another file format."""
        asker = Asker(owner=owner, address=address, event=event)
        return await self._follow_ups.other_format(task_id, file_format, asker)

    async def retexture(
        self, task_id: str, wish: Wish, owner: Owner, address: Address, *, event: str | None = None
    ) -> Task:
        """Ask for a new texture over a finished model."""
        return await self._follow_ups.retexture(task_id, wish, Asker(owner=owner, address=address, event=event))

    async def split(
        self, task_id: str, wish: Wish, owner: Owner, address: Address, *, event: str | None = None
    ) -> Task:
        """Ask for a finished model in parts."""
        return await self._follow_ups.split(task_id, wish, Asker(owner=owner, address=address, event=event))

    async def draft_of(self, task_id: str, owner: Owner) -> Draft:
        """Return the values of a task for a form that starts from them."""
        return await self._follow_ups.draft_of(task_id, owner)

    async def family(self, task_id: str, owner: Owner) -> Version:
        """Return the tree of versions around a task, as far as this person may see it."""
        p = self._parts
        return await Families(tasks=p.tasks, viewer=p.viewer).of(task_id, owner)

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
            await clear_all(p.files, task.id)
        except StorageError as error:
            log.warning("files not removed yet task=%s error=%s", task.id, error)
        log.info("files deleted task=%s", task.id)
        p.bell.ring()
        return text.deleted(task)

    async def usage(self, owner: Owner) -> str:
        """Say what the person has used."""
        p = self._parts
        return text.used(await p.tasks.usage(owner, since=day_of(p.clock.now())))

    async def fresh_links(self, task_id: str, owner: Owner) -> FreshLinks:
        """Return short-lived links to a finished task's files, for this person only."""
        return await self._parts.link_desk.fresh(await self._own(task_id, owner))

    async def balance(self, owner: Owner, *, is_admin: bool = False) -> str:
        """Say how many credits the key holds; for admins, the platform's or the operator's own."""
        if not is_admin and owner.user_id not in self._parts.admin_ids:
            raise UserMistake(text.admins_only())
        try:
            return text.balance(await self._parts.generator.balance())
        except VendorRefused as error:
            log.warning("balance refused code=%s reason=%s", error.code, error.reason)
            return text.balance_refused(error.reason)
        except VendorDown as error:
            log.warning("balance not read error=%s", error)
            return text.rodin_away()
        except VendorError as error:
            log.warning("balance not read error=%s", error)
            return text.balance_unknown()

    async def _made_by(self, event: str | None) -> Task | None:
        """Return what an event has made already: a repeat is answered before anything is checked or counted."""
        return None if event is None else await self._parts.tasks.made_by(event)

    async def _own(self, task_id: str, owner: Owner) -> Task:
        """Return a task if it is this person's; somebody else's looks the same as none."""
        return await own_task(self._parts.tasks, task_id, owner)
