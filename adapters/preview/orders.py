"""What the drawing process does for one order. It writes only into the folder it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from adapters.preview.child import GIF, SMALLER, STILL, STRIP, WEBP
from adapters.preview.conversion import converted
from adapters.preview.encoders import COLUMNS, FRAME_MS, FRAMES, save_gif, save_still, save_strip, save_webp
from adapters.preview.formats import kind_of, read_model
from adapters.preview.parts import moved_apart
from adapters.preview.reducing import reduced
from adapters.preview.solid import Solid, Unreadable, bounds
from adapters.preview.welding import is_watertight
from bot.looks import MeshFacts

if TYPE_CHECKING:
    import moderngl

Answer = dict[str, object]

_TEXTURE_PX = 1024
_HELP = "On Debian or Ubuntu: sudo apt-get install --no-install-recommends libegl1 libgl1-mesa-dri libopengl0."


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One order: the model, the folder for what is made, and the numbers that some orders need."""

    model: Path
    folder: Path
    limit_bytes: int = 0
    spread: float = 0.0
    file_format: str = ""


def ready(_job: Job) -> Answer:
    """Whether anything can be drawn here; `missing` is None or says why not and what helps."""
    try:
        _opengl().release()
    except Unreadable as error:
        return {"missing": str(error)}
    return {"missing": None}


def look(job: Job) -> Answer:
    """The facts and, where it can be drawn, the still."""
    solid = read_model(job.model, texture_px=_TEXTURE_PX)
    facts = asdict(_measured(solid))
    try:
        for frame in _frames(_shown(solid, job), 1):
            save_still(frame, job.folder / STILL)
    except Unreadable as error:
        return {"facts": facts, "still": False, "problem": str(error)}
    return {"facts": facts, "still": True, "problem": " ".join(solid.notes)}


def turn(job: Job) -> Answer:
    """One whole turn, in three files."""
    frames = list(_frames(_shown(read_model(job.model, texture_px=_TEXTURE_PX), job), FRAMES))
    save_webp(frames, job.folder / WEBP)
    save_gif(frames, job.folder / GIF)
    save_strip(frames, job.folder / STRIP)
    return {"frames": FRAMES, "columns": COLUMNS, "frame_ms": FRAME_MS, "strip_px": frames[0].width}


def reduce(job: Job) -> Answer:
    """A smaller copy of a GLB."""
    if kind_of(job.model) != "glb":
        raise Unreadable("Only GLB files can be made smaller here.")
    return asdict(reduced(job.model, job.folder / SMALLER, limit_bytes=job.limit_bytes))


def convert(job: Job) -> Answer:
    """The model in another format, with what belongs to it."""
    made = converted(job.model, job.folder, job.file_format)
    return {
        "files": [path.name for path in made.files],
        "bundle": made.bundle.name if made.bundle else None,
        "lost": list(made.lost),
    }


ORDERS: Mapping[str, Callable[[Job], Answer]] = {
    "ready": ready,
    "look": look,
    "turn": turn,
    "reduce": reduce,
    "convert": convert,
}


def _shown(solid: Solid, job: Job) -> Solid:
    """The model as it is drawn: with its parts apart where that is wanted."""
    return replace(solid, surfaces=moved_apart(solid.surfaces, job.spread))


def _measured(solid: Solid) -> MeshFacts:
    """The facts, with what only the decoded geometry tells."""
    if not solid.surfaces:
        return solid.facts
    low, high = bounds(solid.surfaces)
    size = (high[0] - low[0], high[1] - low[1], high[2] - low[2])
    return replace(solid.facts, size=size, is_watertight=is_watertight(solid.surfaces))


def _frames(solid: Solid, count: int) -> Iterator[Image.Image]:
    """The first frames of a turn. Raises Unreadable when the model, or anything at all, cannot be drawn here."""
    if not solid.surfaces:
        raise Unreadable(" ".join(solid.notes))
    gl = _opengl()
    from adapters.preview.studio import Studio  # noqa: PLC0415 - facts need no OpenGL

    with Studio(gl, solid, steps=FRAMES) as studio:
        for number in range(count):
            yield studio.frame(number)


def _opengl() -> moderngl.Context:
    try:
        from adapters.preview.studio import context  # noqa: PLC0415 - it may be missing, which is the question

        return context()
    except Exception as error:  # drivers fail in many ways; all mean the same
        reason = (str(error).splitlines() or [type(error).__name__])[0][:160]
        raise Unreadable(f"Models cannot be drawn here ({reason}). {_HELP}") from error
