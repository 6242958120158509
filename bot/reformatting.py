"""A finished model in another format: converted here where that can be done, else made anew by Rodin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot import text, words_convert, words_versions
from bot.catalog import FORMATS, TIERS, price, read_option
from bot.chat import FormatOffer
from bot.conversions import FORMATS_HERE, conversion_of
from bot.errors import BadRequest, NoSuchFile, NoSuchTask, NotPossible, UserMistake
from bot.model import Ask, AskOfRodin, BangRequest, ConvertRequest, FailureKind, Owner, Request, Task, TaskState
from bot.options import OPTIONS_BY_NAME
from bot.ports import FileStore, TaskStore
from bot.reasking import in_format

MOST_UNDER_WAY = 5
"""Conversions of one person at a time: they cost nothing but this machine's time, which others wait for, too."""

AMONG = 50
"""How many of a person's newest tasks are looked through for those."""

DEEPEST = 100
"""How many steps up a line of conversions are gone to find what Rodin was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reformatting:
    """What a model in another format would be asked of, and in which formats it can be had."""

    tasks: TaskStore
    files: FileStore

    async def asked(self, task: Task, file_format: str) -> tuple[Ask, Task]:
        """Return the request for a task's model in another format, and the task whose pictures go along.

        Raises:
            BadRequest: there is no such format, or not here. NotPossible: it is the one that it has.
        """
        if not file_format.strip():
            if not (offers := await self.offers(task)):
                raise NotPossible(words_convert.no_format_left(task))
            raise BadRequest(words_convert.which_format(offers))
        wanted = str(read_option(OPTIONS_BY_NAME["format"], file_format))
        if wanted == task.request.geometry_file_format and not _has_failed_here(task):
            raise NotPossible(words_versions.same_format(task))
        if (here := await self._conversion(task, wanted)) is not None:
            return here, task
        origin = await self._origin(task)
        return reformatted(origin.request, wanted, task=origin), origin

    async def offers(self, task: Task) -> tuple[FormatOffer, ...]:
        """Return the formats in which an ended task can be had, free ones first."""
        if not task.has_ended:
            return ()
        free = [here for name in FORMATS_HERE if (here := await self._found(task, name)) is not None]
        names = {here.geometry_file_format for here in free}
        origin = await self._origin(task)
        at_rodin = _at_rodin(origin) if await self._has_pictures(origin) else ()
        kept = None if _has_failed_here(task) else task.request.geometry_file_format
        return (
            *(_offer(here) for here in free),
            *(offer for offer in at_rodin if offer.name not in names and offer.name != kept),
        )

    async def check_room(self, owner: Owner) -> None:
        """Refuse one more conversion to a person who has enough of them under way.

        Raises:
            UserMistake: in words.
        """
        newest = await self.tasks.tasks_of(owner, limit=AMONG)
        if sum(task.state is TaskState.CONVERTING for task in newest) >= MOST_UNDER_WAY:
            raise UserMistake(words_convert.too_many(MOST_UNDER_WAY))

    async def _conversion(self, task: Task, file_format: str) -> ConvertRequest | None:
        """Return how a format is made here; None where it is not.

        Raises:
            NotPossible: the very model is there in this format.
        """
        request = task.request
        is_back = isinstance(request, ConvertRequest) and _goes_back(task) and request.source_format == file_format
        if isinstance(request, ConvertRequest) and is_back and await self._is_there(request):
            raise NotPossible(words_convert.there_already(request.source_id, file_format))
        return await self._found(task, file_format)

    async def _found(self, task: Task, file_format: str) -> ConvertRequest | None:
        """Return a conversion whose files are there: of the model that a conversion goes back to, else of its own."""
        request = task.request
        if isinstance(request, ConvertRequest) and _goes_back(task) and await self._is_there(request):
            is_new = file_format not in {request.source_format, request.geometry_file_format}
            is_ours = is_new and file_format in FORMATS_HERE
            return replace(request, geometry_file_format=file_format) if is_ours else None
        subject = text.title(request) if isinstance(request, Request) else request.subject
        own = conversion_of(task, file_format, subject=subject)
        return own if own is not None and await self._is_there(own) else None

    async def _is_there(self, ask: ConvertRequest) -> bool:
        try:
            for file in (ask.model, *ask.sides):
                await self.files.size(file.key)
        except NoSuchFile:
            return False
        return True

    async def _has_pictures(self, task: Task) -> bool:
        try:
            for picture in task.request.pictures:
                await self.files.size(picture.key)
        except NoSuchFile:
            return False
        return True

    async def _origin(self, task: Task) -> Task:
        """Return the task that Rodin was asked for: of a conversion the one that its model came from."""
        for _ in range(DEEPEST):
            if not isinstance(task.request, ConvertRequest):
                break
            try:
                task = await self.tasks.load(task.request.source_id)
            except NoSuchTask as error:
                raise NotPossible(words_versions.model_gone(task)) from error
        return task


def reformatted(request: Ask, wanted: str, *, task: Task) -> AskOfRodin:
    """Return what Rodin was asked for, in another format.

    Raises:
        BadRequest: there is no such format, or not here. NotPossible: it is the one that it has.
    """
    if wanted == request.geometry_file_format:
        raise NotPossible(words_versions.same_format(task))
    if isinstance(request, Request):
        return in_format(request, wanted)
    if isinstance(request, BangRequest):
        material = "None" if wanted == "stl" else request.material
        return replace(request, geometry_file_format=wanted, material=material)
    if isinstance(request, ConvertRequest):
        raise NotPossible(words_versions.model_gone(task))
    if wanted == "stl":
        raise BadRequest(words_versions.holds_no_textures())
    return replace(request, geometry_file_format=wanted)


def _at_rodin(origin: Task) -> Iterator[FormatOffer]:
    """Give the formats that Rodin makes of what it was asked for."""
    request = origin.request
    for name in TIERS[request.tier].formats if isinstance(request, Request) else FORMATS:
        try:
            amount = price(reformatted(request, name, task=origin))
        except UserMistake:
            continue  # it has this one, or cannot have it
        yield FormatOffer(name=name, price=amount, sentence=words_convert.offer_of_rodin(name, amount))


def _offer(here: ConvertRequest) -> FormatOffer:
    name = here.geometry_file_format
    return FormatOffer(name=name, price=price(here), sentence=words_convert.offer(here))


def _goes_back(task: Task) -> bool:
    """Say whether what comes of a conversion is made of the model that it came from itself."""
    return isinstance(task.request, ConvertRequest) and task.state is TaskState.READY


def _has_failed_here(task: Task) -> bool:
    return task.failure is not None and task.failure.kind is FailureKind.NOT_CONVERTED
