"""What the web page of one task shows, and the ports behind it: made by the core, drawn by the web part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.model import FileRole


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """A file that people may see or take. It lies under `key` in the file store; `sha256` is in hex.

    `size_px` is the width and height of a picture, where known; chat apps unfold a link faster when it is.
    """

    name: str
    role: FileRole
    size_bytes: int
    sha256: str
    key: str
    size_px: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """Everything a task's page shows. `lines` are the settings in words, `facts` pairs of a name and its value.

    `model`, `poster`, `turntable` and `frames` name members of `files` that the page itself loads, where there are
    any: a model that browsers can show (GLB), a still, an animated picture, and one picture that holds `frame_count`
    pictures of the turning model, all of one size, `frame_columns` to a row, from the upper left.

    Links of another `generation` are void. A deleted one shows no files, whatever `files` says.
    """

    task_id: str
    generation: int
    title: str
    prompt: str
    created_at: datetime
    lines: tuple[str, ...] = ()
    files: tuple[ShownFile, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    is_deleted: bool = False
    model: str | None = None
    poster: str | None = None
    turntable: str | None = None
    frames: str | None = None
    frame_count: int = 36
    frame_columns: int = 6

    def file(self, name: str | None) -> ShownFile | None:
        """Return the file of this name, if there is one."""
        return next((file for file in self.files if file.name == name), None)


class Library(Protocol):
    """What the web pages may see of the tasks."""

    async def exhibit(self, task_id: str) -> Exhibit | None:
        """Return what the page of a task shows, or None when there is no such task or nothing to show yet."""


class Links(Protocol):
    """Addresses of our own that last: unguessable, each for one task.

    `generation` is the task's counter of links: when it is raised, all earlier links are void.
    """

    def viewer_url(self, task_id: str, generation: int) -> str | None:
        """Return the address of the page where a task's model turns; None when people cannot reach the web part."""

    def file_url(self, task_id: str, generation: int, name: str) -> str | None:
        """Return the address that downloads one file of a task; None when people cannot reach the web part."""
