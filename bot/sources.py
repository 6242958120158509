"""The finished model that the next version works on: which of its files, and a picture of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import text, words_versions
from bot.errors import BadPicture, NoSuchFile, NotPossible
from bot.model import FileRole, Request, Task, TaskState
from bot.ports import FileStore, PictureDesk, PreparedPicture
from bot.remakes import Source
from bot.requests import VENDOR_KEEPS
from bot.showcase import model_among

ASSET_MARGIN = timedelta(hours=1)
"""How long before the end of Rodin's seven days its own copy counts as gone: a task may be at work on it till then."""

LOOKS = (FileRole.RENDER, FileRole.STILL)
"""Pictures that show a model as it is, best first."""


def source_of(task: Task, *, limit_bytes: int, at_rodin: bool = False) -> Source:
    """Return the file of a finished model that may be sent: the model, or its smaller copy where that is too large.

    With `at_rodin` it may do without a file, since Rodin has the model itself.

    Raises:
        NotPossible: there is no model (any more), or nothing of it is small enough.
    """
    if task.state is not TaskState.READY or not task.files:
        raise NotPossible(words_versions.no_model(task))
    model = model_among(task.files)
    reduced = next((file for file in task.files if file.role is FileRole.REDUCED), None)
    chosen = next((file for file in (model, reduced) if file and file.size_bytes <= limit_bytes), None)
    if chosen is None and not at_rodin:
        may_come = not task.showing.is_pictured
        raise NotPossible(words_versions.too_large(task, limit_bytes, may_come=may_come))
    return Source(
        key=chosen.key if chosen else "",
        name=chosen.name if chosen else "",
        subject=text.title(task.request) if isinstance(task.request, Request) else task.request.subject,
        file_format=task.request.geometry_file_format,
        material=task.request.material,
        is_reduced=chosen is not None and chosen is not model,
    )


def asset_of(task: Task, *, now: datetime) -> tuple[str, datetime] | None:
    """Return the name that Rodin has for a model, and until when; None where it has it no more, or never had."""
    if task.submission is None:
        return None
    until = (task.submitted_at or task.created_at) + VENDOR_KEEPS - ASSET_MARGIN
    return (task.submission.uuid, until) if now < until else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Portraits:
    """Finds a picture of a finished model to send along with it."""

    files: FileStore
    desk: PictureDesk

    async def of(self, task: Task) -> PreparedPicture | None:
        """Return a picture of the model as it looks, else the first one that it was made from; None without any."""
        looks = [file.key for role in LOOKS for file in task.files if file.role is role]
        for key in (*looks, *(picture.key for picture in task.request.pictures)):
            try:
                (picture,) = await self.desk.prepare([await self.files.load(key)])
            except (NoSuchFile, BadPicture):
                continue  # the next one does as well
            return picture
        return None
