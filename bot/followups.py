"""From one model to the next: each version is a task of its own that names the one it was made from."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot import text, words_convert, words_privacy, words_versions
from bot.acceptance import SEEDS, Acceptance, Order, another_seed
from bot.cargo import can_upload, model_of_ours
from bot.catalog import price, resolve
from bot.chat import Draft, FormatOffer, Wish
from bot.choices import HAVE_PARTS_GONE
from bot.errors import NoSuchFile, NoSuchTask, NotFound, NotPossible, UserMistake
from bot.model import Address, Ask, BangRequest, ConvertRequest, Owner, Request, Task, TaskState
from bot.ownership import own_task
from bot.ports import Clock, FileStore, PictureDesk, PreparedPicture, TaskStore
from bot.reasking import better_request, draft_options, next_options
from bot.reformatting import Reformatting
from bot.remakes import LARGEST_BANG_BYTES, LARGEST_TEXTURE_BYTES, resolve_split, resolve_texture
from bot.sources import Portraits, asset_of, source_of

DEEPEST = 100
"""How many steps up a line of versions are gone to find the one that was made from words or pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks for a next version, where they are told, and the event that makes one task only."""

    owner: Owner
    address: Address
    event: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUps:
    """What can be made of an earlier task. Everything is checked before anything is written, sent or charged."""

    tasks: TaskStore
    files: FileStore
    desk: PictureDesk
    acceptance: Acceptance
    clock: Clock
    default_tier: str
    default_format: str

    async def follow(self, wish: Wish, asker: Asker) -> Task:
        """Make the next version of the newest task at a place; see `bot.chat.Intake`."""
        if (known := await self.acceptance.made_by(asker.event)) is not None:
            return known
        return await self._vary(await self._generation_at(asker.address), wish, asker)

    async def variation(self, task_id: str, wish: Wish, asker: Asker) -> Task:
        """Make the next version of one task."""
        old, known = await self._begin(task_id, asker)
        return known or await self._vary(old, wish, asker)

    async def again(self, task_id: str, asker: Asker) -> Task:
        """Ask for an ended task once more with another seed."""
        old, known = await self._begin(task_id, asker)
        if known is not None:
            return known
        request = old.request
        _check_ended(old)
        if isinstance(request, BangRequest):
            raise NotPossible(words_versions.no_seed(old))
        if isinstance(request, ConvertRequest):
            raise NotPossible(words_convert.no_seed(old))
        return await self._repeat(old, replace(request, seed=another_seed(request.seed)), asker)

    async def resend(self, task_id: str, asker: Asker) -> Task:
        """Ask again for what failed or stayed unclear; one task is sent again once, whoever clicks how often."""
        old = _remembered(await own_task(self.tasks, task_id, asker.owner))
        once = replace(asker, event=f"resend:{old.id}")
        if (known := await self.acceptance.made_by(once.event)) is not None:
            return known
        if old.state not in {TaskState.FAILED, TaskState.UNCLEAR}:
            raise NotPossible(text.not_to_resend(old))
        if old.failure is not None and old.failure.kind in HAVE_PARTS_GONE:
            raise NotPossible(words_versions.model_gone(old) if model_of_ours(old.request) else text.pictures_gone())
        return await self._repeat(old, old.request, once)

    async def better(self, task_id: str, asker: Asker) -> Task:
        """Ask for an ended task in the next tier up."""
        old, known = await self._begin(task_id, asker)
        if known is not None:
            return known
        _check_ended(old)
        request = better_request(_generation(old))
        if request is None:
            raise NotPossible(words_versions.no_better(old))
        return await self._repeat(old, request, asker)

    async def other_format(self, task_id: str, file_format: str, asker: Asker) -> Task:
        """Ask for an ended task in another file format."""
        old, known = await self._begin(task_id, asker)
        if known is not None:
            return known
        _check_ended(old)
        request, source = await self._reformatting.asked(old, file_format)
        if isinstance(request, ConvertRequest):
            await self._reformatting.check_room(asker.owner)
            return await self._accept(old, request, (), asker)
        await self._check_model(old, request)
        return await self._accept(old, request, await self.acceptance.pictures_of(source), asker)

    async def formats_of(self, task_id: str, owner: Owner) -> tuple[FormatOffer, ...]:
        """Return the formats in which a task can be had; none of one that is forgotten."""
        old = await own_task(self.tasks, task_id, owner)
        return () if old.showing.is_forgotten else await self._reformatting.offers(old)

    async def retexture(self, task_id: str, wish: Wish, asker: Asker) -> Task:
        """Ask for a new texture over a finished model."""
        old, known = await self._begin(task_id, asker)
        if known is not None:
            return known
        request = resolve_texture(
            wish.prompt,
            wish.options or {},
            source=source_of(old, limit_bytes=LARGEST_TEXTURE_BYTES),
            pictures=len(wish.pictures),
            seed=secrets.randbelow(SEEDS),
        )
        await self._check_model(old, request)
        pictures = tuple(await self.desk.prepare(wish.pictures)) or await self._portrait(old)
        if not pictures:
            raise NotPossible(words_versions.no_picture(old))
        return await self._accept(old, request, pictures, asker)

    async def split(self, task_id: str, wish: Wish, asker: Asker) -> Task:
        """Ask for a finished model in parts."""
        old, known = await self._begin(task_id, asker)
        if known is not None:
            return known
        if wish.pictures:
            raise UserMistake(words_versions.takes_no_pictures())
        asset = asset_of(old, now=self.clock.now())
        source = source_of(old, limit_bytes=LARGEST_BANG_BYTES, at_rodin=asset is not None)
        prompt = old.request.prompt if isinstance(old.request, Request) else source.subject
        request = resolve_split(wish.prompt, wish.options or {}, source=source, prompt=prompt)
        await self._check_model(old, request)
        if asset is not None:
            request = replace(request, asset_id=asset[0], asset_until=asset[1])
        pictures = await self._portrait(old)
        if not pictures and not can_upload(request):
            request = self._without_picture(old, request)
        return await self._accept(old, request, pictures, asker)

    async def draft_of(self, task_id: str, owner: Owner) -> Draft:
        """Return the values of a task for a form that starts from them."""
        old = _remembered(await own_task(self.tasks, task_id, owner))
        request = _generation(old)
        amount = price(request)
        return Draft(
            task_id=old.id,
            prompt=request.prompt,
            options=draft_options(request),
            pictures=len(request.pictures),
            price=amount,
            sentence=words_versions.would_cost(amount),
        )

    @property
    def _reformatting(self) -> Reformatting:
        return Reformatting(tasks=self.tasks, files=self.files)

    async def _begin(self, task_id: str, asker: Asker) -> tuple[Task, Task | None]:
        """Return the person's task, and what this event has made of it already."""
        old = _remembered(await own_task(self.tasks, task_id, asker.owner))
        return old, await self.acceptance.made_by(asker.event)

    async def _vary(self, parent: Task, wish: Wish, asker: Asker) -> Task:
        """Accept an earlier request with something new in it."""
        request = _generation(parent)
        options = wish.options or {}
        if not (wish.prompt.strip() or wish.pictures or options):
            raise UserMistake(words_versions.nothing_new())
        keeps = not wish.pictures or wish.keeps_pictures
        changed = resolve(
            wish.prompt.strip() or request.prompt,
            next_options(request, options, same_pictures=not wish.pictures),
            pictures=len(wish.pictures) + (len(request.pictures) if keeps else 0),
            default_tier=self.default_tier,
            default_format=self.default_format,
            seed=another_seed(request.seed),
        )
        old = await self.acceptance.pictures_of(parent) if keeps else ()
        new = await self.desk.prepare(wish.pictures) if wish.pictures else ()
        return await self._accept(parent, changed, (*old, *new), asker)

    async def _repeat(self, old: Task, request: Ask, asker: Asker) -> Task:
        """Accept what was asked before, or nearly, with the pictures of then."""
        await self._check_model(old, request)
        return await self._accept(old, request, await self.acceptance.pictures_of(old), asker)

    async def _accept(self, old: Task, request: Ask, pictures: Sequence[PreparedPicture], asker: Asker) -> Task:
        return await self.acceptance.accept(
            Order(
                request=request,
                pictures=pictures,
                owner=asker.owner,
                address=asker.address,
                event=asker.event,
                parent_id=old.id,
            )
        )

    async def _check_model(self, old: Task, request: Ask) -> None:
        """Refuse early what the submitter would end: a model of ours that is not where it should be."""
        if not (key := model_of_ours(request)):
            return
        try:
            await self.files.size(key)
        except NoSuchFile as error:
            raise NotPossible(words_versions.model_gone(old)) from error

    async def _portrait(self, task: Task) -> tuple[PreparedPicture, ...]:
        picture = await Portraits(files=self.files, desk=self.desk).of(task)
        return () if picture is None else (picture,)

    def _without_picture(self, old: Task, request: BangRequest) -> BangRequest:
        """Return a split that needs no picture: by Rodin's own copy alone, or bare.

        Raises:
            NotPossible: an instruction for a model of ours needs one.
        """
        if request.asset_id is not None:
            return request
        if request.instruction:
            raise NotPossible(words_versions.no_picture_to_split(old))
        return replace(request, material="None")

    async def _generation_at(self, address: Address) -> Task:
        """Return the newest task at a place, or for a remake the model that it goes back to."""
        found = await self.tasks.tasks_at(address.platform, address.place, limit=1) if address.place else ()
        task = found[0] if found else None
        for _ in range(DEEPEST):
            if task is None or isinstance(task.request, Request):
                break
            task = await self._parent(task)
        if task is None or not isinstance(task.request, Request) or task.showing.is_forgotten:
            raise NotFound(words_versions.no_model_here())
        return task

    async def _parent(self, task: Task) -> Task | None:
        if task.parent_id is None:
            return None
        try:
            return await self.tasks.load(task.parent_id)
        except NoSuchTask:
            return None


def _remembered(task: Task) -> Task:
    """Return a task of which is known what was asked for.

    Raises:
        NotPossible: it is forgotten.
    """
    if task.showing.is_forgotten:
        raise NotPossible(words_privacy.nothing_to_go_on_from(task))
    return task


def _check_ended(task: Task) -> None:
    if not task.has_ended:
        raise NotPossible(words_versions.not_over_yet(task))


def _generation(task: Task) -> Request:
    """Return the request of a task that made a model from words or pictures; a remake has no values of its own."""
    if not isinstance(task.request, Request):
        raise NotPossible(words_versions.not_a_generation(task))
    return task.request
