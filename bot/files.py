"""Names of result files: made safe, told apart by purpose, and the model among them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from pathvalidate import sanitize_filename

from bot.model import FileRole

LONGEST_NAME = 120
"""Characters of a safe name. Chat platforms and zip tools take more, but nobody can read it."""

LONGEST_NAME_BYTES = 200
"""UTF-8 bytes of a safe name; common file systems end at 255, and a store or a download adds its own ending."""

LONGEST_EXTENSION = 12

MODEL_EXTENSIONS = frozenset(
    {".glb", ".gltf", ".fbx", ".obj", ".stl", ".usdz", ".usd", ".usda", ".usdc", ".ply", ".3mf"}
)
PICTURE_EXTENSIONS = frozenset(
    {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tga", ".tif", ".tiff", ".exr", ".hdr", ".ktx2", ".gif", ".avif"}
)

WITH_PBR = frozenset({"PBR", "All", "Hybrid"})
"""Materials whose pack holds a file with `pbr` in its name. Source: names observed in real packs."""

EXTRA_WORDS = ("high", "dense", "lod", "low")
"""Words that mark a second mesh beside the wanted one; Extreme-High adds one of up to 10 million faces."""


def safe_names(raw_names: Iterable[str]) -> tuple[str, ...]:
    """Return one safe file name for each of Rodin's raw names, in the same order.

    Safe means: no folders (Rodin's names may hold some; Deemos's own code cuts after the last `/`), nothing that
    Windows, macOS or Linux forbids or hides, at most 120 characters and 200 bytes with the extension kept, never
    empty, and no two alike when case is ignored.
    """
    taken: set[str] = set()
    names: list[str] = []
    for raw in raw_names:
        name = _unlike(_cleaned(raw), taken)
        taken.add(_folded(name))
        names.append(name)
    return tuple(names)


def extension_of(name: str) -> str:
    """Return a name's extension in lower case, without the dot; empty without one."""
    return _split(_base(name).strip().casefold())[1].removeprefix(".")


def role_of(name: str) -> FileRole:
    """Say what a file is for, from its name, raw or safe. Pictures that are no preview or render are textures.

    Source: names seen in real packs, such as `base_basic_pbr.glb`, `texture_diffuse.png`, `preview.webp`,
    `preview/render_basic.jpg`.
    """
    stem, extension = _split(_base(name).strip().casefold())
    if extension in MODEL_EXTENSIONS:
        return FileRole.MODEL
    if extension not in PICTURE_EXTENSIONS:
        return FileRole.OTHER
    if stem.startswith("preview"):
        return FileRole.PREVIEW
    return FileRole.RENDER if stem.startswith("render") else FileRole.TEXTURE


def pick_model(names: Sequence[str], file_format: str, material: str) -> int | None:
    """Return the position of the model among the listed names, or None while it is not there.

    It has the extension of `file_format`. Of several, one with `pbr` in its name is taken where the material
    brings PBR textures, one with `shaded` for Shaded, else the plain one; then the one that is no second mesh,
    then the first. Textures and side-cars are never taken.
    """
    extension = f".{file_format.casefold().lstrip('.')}"
    fitting = [
        position
        for position, name in enumerate(names)
        if role_of(name) is FileRole.MODEL and _split(_base(name).strip().casefold())[1] == extension
    ]
    return min(fitting, key=lambda position: (*_rank(names[position], material), position), default=None)


def _rank(name: str, material: str) -> tuple[int, bool]:
    stem = _split(_base(name).casefold())[0]
    look = "pbr" if "pbr" in stem else "shaded" if "shaded" in stem else "plain"
    is_extra = any(word in EXTRA_WORDS for word in re.split(r"[^a-z]+", stem))
    return _looks(material).index(look), is_extra


def _looks(material: str) -> tuple[str, str, str]:
    """Return the looks of a model file, the one that fits the material best first."""
    if material in WITH_PBR:
        return ("pbr", "shaded", "plain")
    return ("shaded", "plain", "pbr") if material == "Shaded" else ("plain", "pbr", "shaded")


def _base(raw: str) -> str:
    return re.split(r"[/\\]", raw)[-1]


def _split(name: str) -> tuple[str, str]:
    """Split off the extension, with its dot. A name that is nothing but an extension has an empty stem."""
    stem, dot, ending = name.rpartition(".")
    if not dot or not ending or len(ending) >= LONGEST_EXTENSION or not ending.isalnum():
        return name, ""
    return stem, dot + ending


def _cleaned(raw: str) -> str:
    shown = "".join(letter for letter in unicodedata.normalize("NFC", _base(raw)) if _is_plain(letter))
    # Cut first: the sanitiser would cut at 255 bytes without regard to the extension.
    allowed = _sanitized(_shortened(*_split(shown.strip(" .")))).strip(" .")
    is_bare = shown.strip().startswith(".") and f".{allowed.casefold()}" in MODEL_EXTENSIONS | PICTURE_EXTENSIONS
    stem, extension = ("", f".{allowed}") if is_bare else _split(allowed)
    # Once more with the extension: `NUL.glb` is reserved on Windows, too.
    return _sanitized(_shortened(stem.strip(" .").lstrip(" .-") or "file", extension))


def _sanitized(name: str) -> str:
    return str(sanitize_filename(name, platform="universal"))


def _is_plain(letter: str) -> bool:
    """Whether a character shows as itself: no controls, no invisible direction marks, no lone surrogates."""
    return unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _shortened(stem: str, ending: str) -> str:
    stem = stem[: LONGEST_NAME - len(ending)]
    while len((stem + ending).encode()) > LONGEST_NAME_BYTES:
        stem = stem[:-1]
    return stem.rstrip(" .") + ending


def _unlike(name: str, taken: set[str]) -> str:
    stem, extension = _split(name)
    number = 1
    while _folded(name) in taken:
        number += 1
        name = _shortened(stem, f"-{number}{extension}")
    return name


def _folded(name: str) -> str:
    """Return what two names have in common that some file system takes for the same."""
    return unicodedata.normalize("NFKC", name).casefold()
