"""What the drawing process does for one order. It writes only into the folder it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from adapters.preview.encoders import COLUMNS, FRAME_MS, FRAMES, save_gif, save_still, save_strip, save_webp
from adapters.preview.formats import kind_of, read_model
from adapters.preview.reducing import reduced
from adapters.preview.solid import Solid, Unreadable, bounds
from adapters.preview.welding import is_watertight
from bot.looks import MeshFacts

if TYPE_CHECKING:
    import moderngl

Answer = dict[str, object]

STILL, WEBP, GIF, STRIP, SMALLER = "still.png", "turntable.webp", "turntable.gif", "frames.webp", "smaller.glb"
_TEXTURE_PX = 1024
_HELP = "On Debian or Ubuntu: sudo apt-get install --no-install-recommends libegl1 libgl1-mesa-dri libopengl0."


def ready(_model: Path, _folder: Path, _limit_bytes: int) -> Answer:
    """Whether anything can be drawn here; `missing` is None or says why not and what helps."""
    try:
        _opengl().release()
    except Unreadable as error:
        return {"missing": str(error)}
    return {"missing": None}


def look(model: Path, folder: Path, _limit_bytes: int) -> Answer:
    """The facts and, where it can be drawn, the still."""
    solid = read_model(model, texture_px=_TEXTURE_PX)
    facts = asdict(_measured(solid))
    try:
        for frame in _frames(solid, 1):
            save_still(frame, folder / STILL)
    except Unreadable as error:
        return {"facts": facts, "still": False, "problem": str(error)}
    return {"facts": facts, "still": True, "problem": " ".join(solid.notes)}


def turn(model: Path, folder: Path, _limit_bytes: int) -> Answer:
    """One whole turn, in three files."""
    frames = list(_frames(read_model(model, texture_px=_TEXTURE_PX), FRAMES))
    save_webp(frames, folder / WEBP)
    save_gif(frames, folder / GIF)
    save_strip(frames, folder / STRIP)
    return {"frames": FRAMES, "columns": COLUMNS, "frame_ms": FRAME_MS, "strip_px": frames[0].width}


def reduce(model: Path, folder: Path, limit_bytes: int) -> Answer:
    """A smaller copy of a GLB."""
    if kind_of(model) != "glb":
        raise Unreadable("Only GLB files can be made smaller here.")
    return asdict(reduced(model, folder / SMALLER, limit_bytes=limit_bytes))


ORDERS: Mapping[str, Callable[[Path, Path, int], Answer]] = {
    "ready": ready,
    "look": look,
    "turn": turn,
    "reduce": reduce,
}


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
