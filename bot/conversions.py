"""Which formats are made out of which here, for free, and what is lost on the way. Pure.

What is read and written is the promise of the `Converter` port.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from bot.files import extension_of
from bot.model import Ask, BangRequest, ConvertRequest, FileRole, ModelFile, StoredFile, Task, TaskState

FORMATS_HERE = ("glb", "obj", "stl")
"""What is read and written here, each out of each other."""

CONVERSION_DURATION = timedelta(seconds=5)
"""Our measure: half a second for a small model, some ten seconds for half a million triangles with 4K textures."""

BARE = "None"
"""The material of a model without textures."""

BESIDE = frozenset({FileRole.TEXTURE, FileRole.OTHER})
"""What may belong to an OBJ: its materials and textures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What a conversion made: the model first, then what belongs to it.

    `bundle` is all of them in one ZIP; None for a model that is one file. `lost` says in sentences what the format
    could not hold of this very model.
    """

    files: tuple[Path, ...]
    bundle: Path | None = None
    lost: tuple[str, ...] = ()


class Converter(Protocol):
    """Makes models that nobody vouches for into another format, faithfully.

    Every triangle, position, normal, texture coordinate and material stays, parts keep their names, pictures that can
    be copied are copied byte for byte. What a format cannot hold is left out and said. Axes and unit stay as they are.
    """

    async def convert(self, model: Path, folder: Path, *, file_format: str) -> Conversion:
        """Write a model (GLB, OBJ with what lies beside it, STL) to `folder` as one of FORMATS_HERE.

        Files appear in `folder` whole or not at all. May be repeated.

        Raises:
            NotConverted: the file is at fault, or too much for this machine; the same file fails again.
        """


def conversion_of(task: Task, file_format: str, *, subject: str) -> ConvertRequest | None:
    """Return how a finished task's model is made into a format here; None where that cannot be done.

    `subject` is what it shows. Whether the files are still in the store is not looked at.
    """
    model = next((file for file in task.files if file.role is FileRole.MODEL), None)
    if task.state is not TaskState.READY or model is None or file_format not in FORMATS_HERE:
        return None
    source_format = extension_of(model.name)
    if source_format not in FORMATS_HERE or source_format == file_format:
        return None
    return ConvertRequest(
        source_id=task.id,
        model=StoredFile(key=model.key, name=model.name),
        sides=_sides(task.files) if source_format == "obj" else (),
        subject=subject,
        geometry_file_format=file_format,
        material=BARE if source_format == "stl" else task.request.material,
        is_in_parts=is_in_parts(task.request),
    )


def can_convert(task: Task) -> bool:
    """Say whether a task's model can be made into another format here."""
    return any(conversion_of(task, file_format, subject="") is not None for file_format in FORMATS_HERE)


def describe_conversion(ask: ConvertRequest) -> str:
    """Return a conversion in a few words."""
    return f"{ask.geometry_file_format}, converted here from the {ask.source_format} of {ask.source_id}"


def conversion_notes(ask: ConvertRequest) -> tuple[str, ...]:
    """Say what a format will not hold of the model, as far as it is known before the model is read."""
    return tuple(_notes(ask))


def _notes(ask: ConvertRequest) -> Iterator[str]:
    if ask.geometry_file_format == "stl":
        yield "An stl holds the shape alone: no colours, no textures, no names of parts. Its axes stay, y up."
    if ask.source_format == "stl":
        yield f"An stl has no colours, so this {ask.geometry_file_format} has none either."
    if (ask.source_format, ask.geometry_file_format) == ("obj", "glb"):
        yield "A glb knows triangles only, so quads are cut in two."
    if ask.source_format == "glb" and ask.geometry_file_format == "obj" and ask.material != BARE:
        yield "An obj has its materials and textures beside it; a ZIP holds everything."


def _sides(files: Sequence[ModelFile]) -> tuple[StoredFile, ...]:
    return tuple(StoredFile(key=file.key, name=file.name) for file in files if file.role in BESIDE)


def is_in_parts(request: Ask) -> bool:
    """Say whether a request is for a model that was split, or made from one."""
    return request.is_in_parts if isinstance(request, ConvertRequest) else isinstance(request, BangRequest)
