"""What the web pages show of a task."""

from __future__ import annotations

from dataclasses import dataclass

from bot import text
from bot.errors import NoSuchTask
from bot.exhibit import Exhibit, ShownFile
from bot.facts import fact_table
from bot.files import extension_of
from bot.model import FileRole, ModelFile, Task, TaskState
from bot.parcel import STILLS
from bot.ports import TaskStore


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLibrary:
    """The `Library` port over the table of tasks."""

    tasks: TaskStore

    async def exhibit(self, task_id: str) -> Exhibit | None:
        """Return what the page of a task shows; None for a task that is not there or has no model."""
        try:
            task = await self.tasks.load(task_id)
        except NoSuchTask:
            return None
        return exhibit_of(task) if task.state is TaskState.READY else None


def exhibit_of(task: Task) -> Exhibit:
    """Return what the page of a finished task shows."""
    files = task.files
    return Exhibit(
        task_id=task.id,
        generation=task.showing.generation,
        title=text.title(task.request),
        prompt=task.request.prompt,
        created_at=task.created_at,
        lines=(text.asked(task.request, task.price), *text.remarks(task.request), *text.oddities(task)),
        files=tuple(shown(file) for file in sorted(files, key=_is_strip)),
        facts=fact_table(task.showing.facts) if task.showing.facts else (),
        is_deleted=task.showing.removal is not None,
        model=_first(files, FileRole.MODEL, "glb"),
        poster=next((name for role in STILLS if (name := _first(files, role))), None),
        turntable=_first(files, FileRole.TURNTABLE, "webp"),
        frames=_first(files, FileRole.FRAMES),
        frame_count=task.showing.frame_count,
        frame_columns=task.showing.frame_columns,
    )


def shown(file: ModelFile) -> ShownFile:
    """Return a file as a page names it."""
    return ShownFile(name=file.name, role=file.role, size_bytes=file.size_bytes, sha256=file.sha256, key=file.key)


def _is_strip(file: ModelFile) -> bool:
    """Say whether a file is the strip of frames, which stands last: the page loads it, hardly anybody wants it."""
    return file.role is FileRole.FRAMES


def _first(files: tuple[ModelFile, ...], role: FileRole, extension: str = "") -> str | None:
    for file in files:
        if file.role is role and (not extension or extension_of(file.name) == extension):
            return file.name
    return None
