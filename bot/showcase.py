"""Makes a finished model something to look at: pictures and facts, beside the files that Rodin gave."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.conversions import is_in_parts
from bot.errors import FileStoreBusy, PreviewFailed, StorageError
from bot.files import extension_of, safe_names
from bot.looks import Previewer, Previews, Showing
from bot.model import FileRole, ModelFile, Task
from bot.ports import FileStore

log = logging.getLogger(__name__)

STILL_PATIENCE_S = 10.0
"""How long the news of a model waits for its still, drawing included. After that all pictures come later, together."""

ATTACHABLE_BYTES = 10 * 1024 * 1024
"""The most that every platform takes as an attachment. Source: Discord developer docs, Uploading Files: 10 MiB."""

APART = 0.6
"""How far the parts of a split model are moved apart in its pictures: enough to see each, and still what it was."""

REDUCED_NAME = "reduced.glb"

SIDES = frozenset({FileRole.TEXTURE, FileRole.OTHER})
"""What a model may need beside it: an OBJ its materials and textures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured:
    """What came of looking at a model: new files of ours, and what is known of it now."""

    files: tuple[ModelFile, ...] = ()
    showing: Showing


@dataclass(slots=True, kw_only=True)
class _Sitting:
    """One model while it is pictured: where it lies, and what is there and known so far."""

    task: Task
    folder: Path
    files: Sequence[ModelFile]
    showing: Showing
    made: list[ModelFile] = field(default_factory=list)

    @property
    def model(self) -> ModelFile:
        return model_among(self.files)

    @property
    def path(self) -> Path:
        return self.folder / self.model.name

    @property
    def spread(self) -> float:
        return APART if is_in_parts(self.task.request) else 0.0

    def has(self, role: FileRole) -> bool:
        return any(file.role is role for file in (*self.files, *self.made))

    def result(self) -> Pictured:
        return Pictured(files=tuple(self.made), showing=self.showing)


class Showcase:
    """Looks at models, one at a time; a model that is at fault costs its pictures, never its files."""

    def __init__(self, previewer: Previewer, files: FileStore, *, makes: Previews = Previews.TURNTABLE) -> None:
        self._previewer = previewer
        self._files = files
        self._makes = makes
        self._gate = asyncio.Lock()
        self._is_still_at_work = False
        self._is_blind = False

    async def check(self) -> str | None:
        """Return why models cannot be drawn here and what helps, or None.

        From then on a reason is not repeated under every model: Rodin's own pictures stand in quietly.
        """
        if self._makes is Previews.NONE:
            return None
        problem = await self._previewer.ready()
        self._is_blind = problem is not None
        return problem

    async def still(self, task: Task, files: Sequence[ModelFile], folder: Path) -> Pictured:
        """Draw and measure a model that lies in `folder` with its side files, if that is quick.

        It is not while another model's still is made; then, and after STILL_PATIENCE_S, nothing comes of it, and
        `pictures` makes up for it.

        Raises:
            StorageError: the file store takes nothing.
        """
        sitting = _Sitting(task=task, folder=folder, files=files, showing=task.showing)
        if self._makes is not Previews.NONE and not self._is_still_at_work:
            self._is_still_at_work = True
            try:
                await self._look(sitting, within_s=STILL_PATIENCE_S)
            except StorageError:
                raise
            except Exception:
                # A picture is an extra: whatever breaks over it, the model it belongs to is there.
                log.exception("looking broke task=%s", task.id)
            finally:
                self._is_still_at_work = False
        return sitting.result()

    async def pictures(self, task: Task, folder: Path) -> Pictured:
        """Bring a task's model into `folder` and make everything about it that is not there yet.

        Harmless to repeat.

        Raises:
            NoSuchFile, StorageError: the file store does not give the model, or takes nothing.
        """
        sitting = _Sitting(task=task, folder=folder, files=task.files, showing=task.showing)
        if self._makes is not Previews.NONE:
            await self._make(sitting)
        sitting.showing = replace(sitting.showing, is_pictured=True)
        return sitting.result()

    async def _make(self, sitting: _Sitting) -> None:
        task = sitting.task
        for file in task.files:
            if file is sitting.model or file.role in SIDES:
                await self._files.fetch(file.key, sitting.folder / file.name)
        if task.showing.facts is None and not task.showing.problem:
            await self._look(sitting, within_s=None)
        # What cannot be drawn once cannot be turned.
        if self._makes is Previews.TURNTABLE and sitting.has(FileRole.STILL):
            await self._turn(sitting)
        if sitting.showing.facts is not None:
            await self._reduce(sitting)

    async def _look(self, sitting: _Sitting, *, within_s: float | None) -> None:
        """Draw the still and note the facts; with a limit, not at all when it takes longer."""
        try:
            async with asyncio.timeout(within_s), self._gate:
                look = await self._previewer.look(sitting.path, _pictures(sitting.folder), spread=sitting.spread)
        except TimeoutError:
            log.info("still comes later task=%s", sitting.task.id)
            return
        except PreviewFailed as error:
            log.warning("model not drawn task=%s error=%s", sitting.task.id, error)
            sitting.showing = replace(sitting.showing, problem=self._said(str(error)))
            return
        if look.still is not None:
            await self._keep(sitting, look.still, FileRole.STILL)
        problem = look.problem if look.still else self._said(look.problem)
        sitting.showing = replace(sitting.showing, facts=look.facts, problem=problem)

    async def _turn(self, sitting: _Sitting) -> None:
        try:
            async with self._gate:
                turned = await self._previewer.turn(sitting.path, _pictures(sitting.folder), spread=sitting.spread)
        except PreviewFailed as error:
            log.warning("model not turned task=%s error=%s", sitting.task.id, error)
            sitting.showing = replace(sitting.showing, problem=sitting.showing.problem or str(error))
            return
        await self._keep(sitting, turned.webp, FileRole.TURNTABLE)
        await self._keep(sitting, turned.gif, FileRole.TURNTABLE)
        await self._keep(sitting, turned.strip, FileRole.FRAMES)
        sitting.showing = replace(sitting.showing, frame_count=turned.frames, frame_columns=turned.columns)

    async def _reduce(self, sitting: _Sitting) -> None:
        """Make a copy that can be attached of a GLB that cannot."""
        model = sitting.model
        if model.size_bytes <= ATTACHABLE_BYTES or extension_of(model.name) != "glb":
            return
        target = _pictures(sitting.folder) / REDUCED_NAME
        try:
            async with self._gate:
                reduction = await self._previewer.reduce(
                    sitting.folder / model.name, target, limit_bytes=ATTACHABLE_BYTES
                )
        except PreviewFailed as error:
            log.warning("model not reduced task=%s error=%s", sitting.task.id, error)
            return
        log.info("model reduced task=%s size_bytes=%d", sitting.task.id, reduction.size_bytes)
        await self._keep(sitting, target, FileRole.REDUCED)

    async def _keep(self, sitting: _Sitting, path: Path, role: FileRole) -> None:
        """Put a file of our own into the store, under a name that none of Rodin's has."""
        name = free_name(path.name, [file.name for file in sitting.files if file.role is not role])
        key = f"tasks/{sitting.task.id}/{name}"
        try:
            digest, size_bytes = await asyncio.to_thread(_measure, path)
        except OSError as error:
            raise FileStoreBusy(f"a picture cannot be read back: {error.strerror or error}") from error
        await self._files.save(key, path)
        sitting.made.append(ModelFile(key=key, name=name, role=role, size_bytes=size_bytes, sha256=digest))

    def _said(self, problem: str) -> str:
        """Return why there is no picture, unless it is why there are none at all here."""
        return "" if self._is_blind else problem


def model_among(files: Sequence[ModelFile]) -> ModelFile:
    """Return the model of a finished task, which always has one."""
    return next(file for file in files if file.role is FileRole.MODEL)


def free_name(name: str, taken: Sequence[str]) -> str:
    """Return a name like `name` that no other file has, on any file system."""
    return safe_names([*taken, name])[-1]


def _pictures(folder: Path) -> Path:
    """Return where pictures are made: apart, so that no model can name one of them as its own."""
    made = folder / ".made"
    made.mkdir(exist_ok=True)
    return made


def _measure(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size
