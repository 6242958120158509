"""What chat platforms call: take a wish, call it off, send it again, tell how things stand."""

from __future__ import annotations

import logging
import re
import secrets
from dataclasses import dataclass, replace

from bot import text
from bot.acceptance import SEEDS, Acceptance, Order, another_seed
from bot.bell import Bell
from bot.budget import day_of
from bot.catalog import resolve
from bot.changes import attempt
from bot.chat import FreshLinks, Wish
from bot.curator import removed
from bot.errors import (
    NoSuchTask,
    NotFound,
    NotPossible,
    NotYours,
    StorageError,
    UserMistake,
    VendorDown,
    VendorError,
    VendorRefused,
)
from bot.freshlinks import LinkDesk
from bot.looks import Removal
from bot.model import Address, FailureKind, Owner, Task, TaskState
from bot.ports import Clock, FileStore, Generator, PictureDesk, PreparedPicture, TaskStore
from bot.reasking import next_options
from bot.sweeper import clear_all, clear_spool
from bot.update import Update
from bot.view import Viewer

log = logging.getLogger(__name__)

ID_SHAPE = re.compile(r"[a-z0-9_-]{1,40}")
"""What an id may look like that is worth looking up; whatever else people type is no task's."""


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
        p = self._parts
        if (known := await self._made_by(event)) is not None:
            return known
        parent = await self._newest_at(address)
        options = wish.options or {}
        if not (wish.prompt.strip() or wish.pictures or options):
            raise UserMistake(text.nothing_new())
        count = len(wish.pictures) or len(parent.request.pictures)
        request = resolve(
            wish.prompt.strip() or parent.request.prompt,
            next_options(parent.request, options, same_pictures=not wish.pictures),
            pictures=count,
            default_tier=p.default_tier,
            default_format=p.default_format,
            seed=another_seed(parent.request.seed),
        )
        order = Order(
            request=request,
            pictures=await self._pictures(wish, parent),
            owner=owner,
            address=address,
            event=event,
            parent_id=parent.id,
        )
        return await p.acceptance.accept(order)

    async def again(self, task_id: str, owner: Owner, address: Address, *, event: str | None = None) -> Task:
        """Ask for a finished task once more with another seed; each `event` makes a task of its own."""
        old = await self._own(task_id, owner)
        if (known := await self._made_by(event)) is not None:
            return known
        if not old.has_ended:
            raise NotPossible(text.not_over_yet(old))
        request = replace(old.request, seed=another_seed(old.request.seed))
        return await self._repeat(old, Order(request=request, pictures=(), owner=owner, address=address, event=event))

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
        order = Order(request=old.request, pictures=(), owner=owner, address=address, event=only_once)
        return await self._repeat(old, order)

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

    async def _repeat(self, old: Task, order: Order) -> Task:
        """Accept an order for what was asked before, with the pictures of then."""
        acceptance = self._parts.acceptance
        pictures = await acceptance.pictures_of(old)
        return await acceptance.accept(replace(order, pictures=pictures, parent_id=old.id))

    async def _pictures(self, wish: Wish, parent: Task) -> tuple[PreparedPicture, ...]:
        """Return the pictures of a wish, else those of the task that it follows."""
        if wish.pictures:
            return await self._parts.desk.prepare(wish.pictures)
        return await self._parts.acceptance.pictures_of(parent)

    async def _newest_at(self, address: Address) -> Task:
        found = await self._parts.tasks.tasks_at(address.platform, address.place, limit=1) if address.place else ()
        if not found:
            raise NotFound(text.no_model_here())
        return found[0]

    async def _own(self, task_id: str, owner: Owner) -> Task:
        """Return a task if it is this person's; somebody else's looks the same as none."""
        wanted = task_id.strip().lower()
        if not ID_SHAPE.fullmatch(wanted):
            raise NotFound(text.no_such_task(task_id))
        try:
            task = await self._parts.tasks.load(wanted)
        except NoSuchTask as error:
            raise NotFound(text.no_such_task(task_id)) from error
        if (task.owner.platform, task.owner.user_id) == (owner.platform, owner.user_id):
            return task
        if _can_see(owner, task):
            raise NotYours(text.not_yours())
        raise NotFound(text.no_such_task(task_id))


def _can_see(owner: Owner, task: Task) -> bool:
    """Say whether a task stands where this person is: in a thread of the same server, for all to see."""
    is_shared = bool(task.address.place) and owner.server_id is not None
    return is_shared and (task.owner.platform, task.owner.server_id) == (owner.platform, owner.server_id)
