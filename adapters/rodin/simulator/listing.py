"""Which files of a task are listed at this moment, and under which names: a pure function."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from adapters.rodin.simulator import life
from adapters.rodin.simulator.life import JobStatus

PREVIEW: Final = "preview.webp"
RENDER: Final = "render.jpg"
LATE_MODEL_LISTINGS: Final = 3
LATE_RENDER_LISTINGS: Final = 5
_MODEL_ENDINGS: Final = frozenset({".glb", ".usdz", ".fbx", ".obj", ".stl"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One entry of a listing: the name that is told, and the file that it stands for."""

    name: str
    file_name: str


def list_files(
    names: Iterable[str], statuses: tuple[JobStatus, ...], *, faults: frozenset[str], earlier: int
) -> tuple[Listed, ...]:
    """The entries that /download answers.

    `names` are the files made, none while they are still being made; `earlier` counts listings given since the jobs
    ended. Before the end only the preview is listed, from half of the jobs on: Rodin's listing is partial until
    everything is Done.
    """
    if not life.is_over(statuses):
        done = sum(job.status is life.Status.DONE for job in statuses)
        return tuple(
            Listed(name=name, file_name=name) for name in names if name == PREVIEW and 2 * done >= len(statuses)
        )
    if not life.has_result(statuses):
        return ()
    kept = (name for name in names if not _is_hidden(name, faults=faults, earlier=earlier))
    return _odd(tuple(kept)) if "odd_names" in faults else tuple(Listed(name=name, file_name=name) for name in kept)


def is_model(name: str) -> bool:
    """Whether a file is the model itself, not a picture beside it."""
    return PurePath(name).suffix in _MODEL_ENDINGS


def _is_hidden(name: str, *, faults: frozenset[str], earlier: int) -> bool:
    if name == PREVIEW:
        return "some_failed" in faults
    if name == RENDER:
        return "render_failed" in faults or ("late_render" in faults and earlier < LATE_RENDER_LISTINGS)
    if faults & {"never_listed", "some_failed_no_model"}:
        return True
    return "late_model" in faults and earlier < LATE_MODEL_LISTINGS


def _odd(names: tuple[str, ...]) -> tuple[Listed, ...]:
    """Names as Rodin gave them at times (folders, spaces), and the worst that a file system could be handed."""
    entries = [Listed(name=_odd_name(name), file_name=name) for name in names]
    if PREVIEW in names:
        entries += [Listed(name=name, file_name=PREVIEW) for name in ("Preview.WEBP", "pack/aux.webp", "preview.webp ")]
    return tuple(entries)


def _odd_name(name: str) -> str:
    if name == PREVIEW:
        return name
    if is_model(name):
        return f"pack/final model/{name.replace('_', ' ')}"
    return f"../../{name}"
