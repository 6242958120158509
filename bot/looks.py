"""What can be seen and told of a finished model, and the port that makes it: still, turntable, facts, smaller copy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class Previews(StrEnum):
    """How much is drawn of each model, by the operator's choice: a turn takes seconds of a processor."""

    TURNTABLE = "turntable"  # the still at once, and one whole turn soon after
    STILL = "still"
    NONE = "none"  # Rodin's own pictures stand in; nothing is measured either


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshFacts:
    """What a model file holds, counted in the file itself.

    `size` is the bounding box (x, y, z) in the file's own units. `is_watertight` is None where nobody looked:
    the mesh is too large for that, or cannot be drawn.
    """

    triangles: int  # as drawn: a quad counts as two
    quads: int  # faces with four corners; 0 in formats that only know triangles
    vertices: int  # as stored: a vertex at a texture seam counts once for each side
    parts: int  # meshes that are placed in the scene
    materials: int
    textures: tuple[tuple[int, int], ...]  # width and height in pixels of each picture
    size: tuple[float, float, float]
    is_watertight: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The quick first part of a preview. Without a still, `problem` says in a sentence why it could not be drawn.

    With a still, `problem` says what had to be left out of it, or is empty.
    """

    still: Path | None  # a square PNG
    facts: MeshFacts
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turntable:
    """One whole turn of the model, three times: for platforms that play WebP, for those that play GIF, for a page."""

    webp: Path
    gif: Path  # under 2 MB
    strip: Path  # one still WebP with all frames: `columns` to a row, from the upper left
    frames: int
    columns: int
    frame_ms: int  # how long a frame stands
    strip_px: int  # the edge of one frame in the strip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """A smaller copy of a GLB, and what it cost: largest texture edge and triangles, before and after."""

    size_bytes: int
    texture_px_before: int  # 0 without textures
    texture_px: int
    triangles_before: int
    triangles: int

    @property
    def given_up(self) -> tuple[str, ...]:
        """What was given up, in plain words; empty when nothing was."""
        lost = []
        if self.texture_px < self.texture_px_before:
            lost.append(f"textures from {self.texture_px_before} to {self.texture_px} pixels")
        if self.triangles < self.triangles_before:
            lost.append(f"triangles from {self.triangles_before:,} to {self.triangles:,}")
        return tuple(lost)


class Removal(StrEnum):
    """Why a finished task has no files any more. Values are stored: add new ones, never rename."""

    EXPIRED = "expired"  # older than files are kept
    DELETED = "deleted"  # its person had them deleted
    FORGOTTEN = "forgotten"  # its words and pictures as well
    PERSON_FORGOTTEN = "person_forgotten"  # everything of its person, and who that was

    @property
    def is_forgetting(self) -> bool:
        """Whether the words and pictures that the task was asked with are gone as well."""
        return self in {Removal.FORGOTTEN, Removal.PERSON_FORGOTTEN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What was made of a finished model for people to look at.

    `problem` says in a sentence why there is no picture of our own, or what it lacks. `is_pictured` means that no
    more pictures will come. The strip holds `frame_count` frames, `frame_columns` to a row. `generation` counts the
    task's links: raising it makes the earlier ones void. `lost` says in sentences what a conversion had to leave out.
    """

    facts: MeshFacts | None = None
    problem: str = ""
    is_pictured: bool = False
    frame_count: int = 0
    frame_columns: int = 0
    generation: int = 0
    removal: Removal | None = None
    lost: tuple[str, ...] = ()

    @property
    def is_forgotten(self) -> bool:
        """Whether what the task was asked with is gone, or goes as soon as it has ended."""
        return self.removal is not None and self.removal.is_forgetting


UNSEEN = Showing()
"""Of a task that has no model yet."""


class Previewer(Protocol):
    """Makes pictures and facts out of model files that nobody vouches for.

    A model's folder may hold what belongs to it (an OBJ's materials and textures); nothing outside is opened.
    Pictures appear in `folder` whole or not at all. Every method but `ready` may be repeated and raises
    PreviewFailed when the file is at fault or too much for this machine. One call works at a time; others wait.

    `spread` moves the parts of a model apart in its pictures, never in its facts: each by its own distance from the
    middle times this. Parts are what the file says, else the pieces that do not touch.
    """

    async def ready(self) -> str | None:
        """Return None when models can be drawn here, else a sentence that says what is missing and what helps."""

    async def look(self, model: Path, folder: Path, *, spread: float = 0.0) -> Look:
        """Measure a model and draw `folder/still.png`: the quick first part.

        Raises:
            PreviewFailed: not even facts can be told.
        """

    async def turn(self, model: Path, folder: Path, *, spread: float = 0.0) -> Turntable:
        """Draw one whole turn: `folder/turntable.webp`, `folder/turntable.gif` and `folder/frames.webp`."""

    async def reduce(self, model: Path, target: Path, *, limit_bytes: int) -> Reduction:
        """Write to `target` a GLB of at most `limit_bytes`: smaller textures first, then fewer faces."""
