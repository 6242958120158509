"""One model made into another format, and read back to see that nothing changed."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adapters.preview.container import KNOWN_EXTENSIONS, MOST_ITEMS, READ_EXTENSIONS, open_glb
from adapters.preview.entries import Entry
from adapters.preview.formats import kind_of, read_model
from adapters.preview.names import plain_word
from adapters.preview.originals import Originals
from adapters.preview.pictures import MOST_EDGE_PX
from adapters.preview.solid import MOST_TRIANGLES, Solid, Unreadable, bounds
from adapters.preview.to_glb import write_glb
from adapters.preview.to_mtl import Palette
from adapters.preview.to_obj import write_obj
from adapters.preview.to_stl import write_stl

# Reading back needs no pixels.
_CHECK_PX = 16
# Of the model's size: how far the box around the copy may be from that around the model.
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """What was written: the model first, then what belongs to it; all in one ZIP if it is more than one file."""

    files: tuple[Path, ...]
    bundle: Path | None
    lost: tuple[str, ...]


def converted(model: Path, folder: Path, file_format: str) -> Converted:
    """Write a model to `folder` as glb, obj or stl.

    Raises:
        Unreadable: the model is broken or too large, or its copy did not come out the same.
    """
    kind = kind_of(model)
    solid = read_model(model, texture_px=_CHECK_PX if file_format == "stl" else MOST_EDGE_PX)
    if not solid.surfaces:
        raise Unreadable(f"It has more than the {MOST_TRIANGLES:,} triangles that are converted here.")
    target = folder / f"{plain_word(model.stem)}.{file_format}"
    originals = Originals(model, kind)
    lost = list(_lost(model, kind, solid, file_format))
    sides: Sequence[Path] = ()
    if file_format == "stl":
        write_stl(solid, target)
    elif file_format == "glb":
        write_glb(solid, target, originals)
    else:
        palette = Palette(target.with_suffix(".mtl"), originals)
        write_obj(solid, target, palette)
        palette.save()
        lost += sorted(palette.lost)
        sides = palette.files
    lost += [f"Pictures in {kind} became PNG, which every program reads." for kind in sorted(originals.rewritten)]
    _check(solid, target)
    files = (target, *sides)
    return Converted(files=files, bundle=_bundled(files), lost=tuple(lost))


def _lost(model: Path, kind: str, solid: Solid, file_format: str) -> Iterator[str]:
    """What no other format holds, said once."""
    yield from solid.notes
    if kind != "glb":
        return
    container = open_glb(model)
    document = container.json
    if document.get("skins"):
        yield "The skeleton is left out; the model stands as the file shows it."
    if document.get("animations"):
        yield "Animations are left out."
    if _can_morph(container.document):
        yield "Shapes that the model can change into are left out; it stands as it is without them."
    used = document.get("extensionsUsed", [])
    strange = sorted({str(name)[:60] for name in used if name not in READ_EXTENSIONS} if isinstance(used, list) else ())
    if strange and file_format != "stl":
        named = [name for name in strange if name in KNOWN_EXTENSIONS]
        others = len(strange) - len(named)
        words = [*named, *([f"{others} that are not known here"] if others else [])]
        yield f"What these extensions of glTF say is left out: {', '.join(words)}."


def _can_morph(document: Entry) -> bool:
    meshes = document.items("meshes", most=MOST_ITEMS)
    return any("targets" in one for mesh in meshes for one in mesh.items("primitives", most=MOST_ITEMS))


def _check(solid: Solid, target: Path) -> None:
    """Read a copy back and compare what must be the same, whatever the format.

    Raises:
        Unreadable: it is not.
    """
    copy = read_model(target, texture_px=_CHECK_PX)
    same_count = copy.facts.triangles == sum(len(surface.corners) for surface in solid.surfaces)
    wanted = np.array(bounds(solid.surfaces))
    found = np.array(bounds(copy.surfaces)) if copy.surfaces else np.full((2, 3), np.inf)
    allowed = _TOLERANCE * max(float(np.ptp(wanted, axis=0).max()), 1e-30)
    if not same_count or float(np.abs(found - wanted).max()) > allowed:
        raise Unreadable("The copy did not come out like the model, so it was thrown away.")


def _bundled(files: tuple[Path, ...]) -> Path | None:
    """All files in one ZIP; none where one file is everything."""
    if len(files) == 1:
        return None
    bundle = files[0].with_suffix(".zip")
    with zipfile.ZipFile(bundle, "w") as archive:
        for file in files:
            is_text = file.suffix in (".obj", ".mtl")
            way = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED  # pictures are packed already
            archive.write(file, file.name, way, compresslevel=4)
    return bundle
