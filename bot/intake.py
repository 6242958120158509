"""What chat platforms call: take a wish, call it off, send it again, tell how things stand."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta

from bot import text, words_policy
from bot.acceptance import SEEDS, Acceptance, Order
from bot.bell import Bell
from bot.budget import day_of
from bot.catalog import resolve
from bot.changes import attempt
from bot.chat import EVERY_OWN, Draft, Export, Filter, FormatOffer, FreshLinks, Suggestion, Version, Wish
from bot.curator import removed
from bot.errors import (
    NotPossible,
    StorageError,
)
from bot.family import Families
from bot.followups import Asker, FollowUps
from bot.freshlinks import LinkDesk
from bot.keydesk import KeyDesk
from bot.limits import Scope
from bot.listing import Lists
from bot.looks import Removal
from bot.model import STOPPABLE, Address, Owner, Task, TaskState
from bot.ownership import is_own, own_task
from bot.permits import Permits
from bot.policy import Grant, ServerSettings
from bot.ports import Clock, FileStore, PictureDesk, TaskStore
from bot.privacy import PrivacyDesk
from bot.suggestions import Suggester
from bot.sweeper import clear_all, clear_spool
from bot.update import Choice, Update
from bot.view import Viewer

log = logging.getLogger(__name__)

LATELY = timedelta(days=29)
"""Before today: what a server has used lately is what 30 days have cost it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeParts:
    """What the intake works with."""

    tasks: TaskStore
    files: FileStore
    key_desk: KeyDesk
    desk: PictureDesk
    viewer: Viewer
    acceptance: Acceptance
    link_desk: LinkDesk
    clock: Clock
    bell: Bell
    default_tier: str
    default_format: str
    permits: Permits
    lists: Lists
    privacy_desk: PrivacyDesk


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
        if (known := await p.acceptance.made_by(event)) is not None:
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

    async def formats_of(self, task_id: str, owner: Owner) -> tuple[FormatOffer, ...]:
        """Return the formats in which a task can be had, free ones first."""
        return await self._follow_ups.formats_of(task_id, owner)

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

    async def address_of(self, task_id: str, owner: Owner) -> Address:
        """Return where one's own task is told."""
        return (await self._own(task_id, owner)).address

    async def draft_of(self, task_id: str, owner: Owner) -> Draft:
        """Return the values of a task for a form that starts from them."""
        return await self._follow_ups.draft_of(task_id, owner)

    async def family(self, task_id: str, owner: Owner) -> Version:
        """Return the tree of versions around a task, as far as this person may see it."""
        p = self._parts
        return await Families(tasks=p.tasks, viewer=p.viewer).of(task_id, owner)

    async def status(self, task_id: str, owner: Owner) -> Update:
        """Say how a task stands that this person may see; what can be done about it is for whose it is."""
        return await self._parts.lists.one(task_id, owner)

    async def tasks(self, owner: Owner, *, limit: int = 10, only: Filter = EVERY_OWN) -> tuple[Update, ...]:
        """Return the newest tasks that a filter lets through, newest first."""
        return await self._parts.lists.some(owner, only, limit=limit)

    async def suggestions(
        self, owner: Owner, typed: str = "", *, need: Choice | None = None, limit: int = 25
    ) -> tuple[Suggestion, ...]:
        """Return tasks that somebody may mean who is typing an id."""
        return await Suggester(tasks=self._parts.tasks).suggest(owner, typed, need=need, limit=limit)

    async def cancel(self, task_id: str, owner: Owner) -> str:
        """Call a task off: before it is sent it costs nothing; after that it means "stop telling me"."""
        p = self._parts
        meant = await p.permits.cancellable(p.tasks, task_id, owner)
        if meant.has_ended:
            raise NotPossible(text.already_over(meant))

        def called_off(row: Task) -> Task:
            if row.state in STOPPABLE:
                return row.move(TaskState.CANCELLED, now=p.clock.now(), hold=None)
            # Looked at here, since it may have been sent meanwhile: whoever asked still waits for it.
            return row if row.has_ended or row.muted or not is_own(row, owner) else row.revise(muted=True)

        task = await attempt(p.tasks, meant.id, called_off)
        p.bell.ring()
        if task.state is TaskState.CANCELLED:
            await clear_spool(p.files, task.id)
            return text.cancelled()
        if task.has_ended:
            raise NotPossible(text.already_over(task))
        if not is_own(task, owner):
            raise NotPossible(words_policy.too_late_for_others())
        return text.too_late_to_cancel(task)

    async def delete(self, task_id: str, owner: Owner, *, forget: bool = False) -> str:
        """Remove the files of a finished task, or all that was asked: written down first, then done.

        What a kill or a file store that does not answer leaves, the curator removes.
        """
        p = self._parts
        own = await p.permits.deletable(p.tasks, task_id, owner)
        if forget:
            return await p.privacy_desk.forget(own, owner)
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

    async def check_admin(self, owner: Owner) -> None:
        """Refuse whoever does not manage the server they ask from."""
        await self._parts.permits.administered(owner)

    async def set_key(self, owner: Owner, key: str) -> str:
        """Have this server's tasks made with a Rodin key of its own from now on."""
        return await self._parts.key_desk.set_key(owner, key)

    async def remove_key(self, owner: Owner) -> str:
        """Forget the server's own key."""
        return await self._parts.key_desk.remove_key(owner)

    async def export(self, owner: Owner) -> Export:
        """Return everything that is kept of a person."""
        return await self._parts.privacy_desk.export(owner)

    async def forget_me(self, owner: Owner) -> str:
        """Remove everything that is kept of a person."""
        return await self._parts.privacy_desk.forget_person(owner)

    async def privacy(self, owner: Owner) -> str:
        """Say what goes where, for how long, and who sees it; the same to everybody."""
        return self._parts.privacy_desk.words()

    async def settings(self, owner: Owner) -> ServerSettings:
        """Return how the asker's server is set up, for its admins."""
        p = self._parts
        server = await p.permits.administered(owner)
        told_at = await p.tasks.first_at(owner)
        return ServerSettings(
            rights=await p.permits.settings(server),
            key=await p.key_desk.state_of(owner),
            notice=words_policy.notice_pending() if told_at is None else words_policy.notice_given(told_at),
        )

    async def allow(self, owner: Owner, right: str, grant: Grant) -> str:
        """Give a right to these besides admins, and to nobody else."""
        return await self._parts.permits.allow(owner, right, grant)

    async def reset_right(self, owner: Owner, right: str) -> str:
        """Give a right as it is given unasked."""
        return await self._parts.permits.reset_right(owner, right)

    async def usage(self, owner: Owner) -> str:
        """Say what the person has used, and to whoever may see it what the server has."""
        p = self._parts
        today = day_of(p.clock.now())
        said = text.used(await p.tasks.usage(owner, since=today, alias=p.privacy_desk.alias_of(owner)))
        if owner.server_id is None or not await p.permits.may_see_money(owner):
            return said
        sums = [await p.tasks.spent(Scope.SERVER, owner, since=since) for since in (today, today - LATELY)]
        return f"{said} {words_policy.server_used(*map(text.as_credits, sums))}"

    async def fresh_links(self, task_id: str, owner: Owner) -> FreshLinks:
        """Return short-lived links to a finished task's files, for this person only."""
        return await self._parts.link_desk.fresh(await self._own(task_id, owner))

    async def balance(self, owner: Owner) -> str:
        """Say how many credits the key holds; for admins, and those to whom they give that right."""
        await self._parts.permits.check_money(owner)
        return await self._parts.key_desk.balance(owner)

    async def _own(self, task_id: str, owner: Owner) -> Task:
        """Return a task if it is this person's; somebody else's looks the same as none."""
        return await own_task(self._parts.tasks, task_id, owner)
