"""Which of a model's files go into a chat message: shown, attached, or named as left out; and fetching them for it."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot import words_chat
from bot.errors import NoSuchFile
from bot.model import FileRole, ModelFile
from bot.ports import FileStore

log = logging.getLogger(__name__)

WANTED = (FileRole.MODEL, FileRole.TEXTURE, FileRole.OTHER)
"""What people take home from a chat, in this order. Pictures are shown, not handed over."""

STILLS = (FileRole.STILL, FileRole.RENDER, FileRole.PREVIEW)
"""What stands for a model in a message, the best first: our own picture, else Rodin's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that goes with a message under `name`, with its text for people who do not see it."""

    name: str
    file: ModelFile
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Files that fit into one message, and the wanted ones that do not.

    `is_reduced` means that a smaller copy of the model goes in place of the model itself.
    """

    files: tuple[ModelFile, ...]
    left_out: tuple[ModelFile, ...]
    is_reduced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much a message still takes: bytes for each file, bytes and count for all together."""

    each_bytes: int
    total_bytes: int
    count: int


def pack(files: Sequence[ModelFile], room: Room) -> Parcel:
    """Choose what is attached: models first, then what belongs to them, each only whole.

    One ZIP with everything goes in their place, if there is one that fits. Where the model itself is too large, its
    reduced copy goes instead.
    """
    wanted = [file for role in WANTED for file in files if file.role is role]
    if len(wanted) > 1 and (whole := _fitting([file for file in files if file.role is FileRole.BUNDLE], room)):
        return Parcel(files=tuple(whole), left_out=())
    packed = _fitting(wanted, room)
    is_reduced = False
    if not any(file.role is FileRole.MODEL for file in packed):
        smaller = _fitting([file for file in files if file.role is FileRole.REDUCED], room)
        if smaller:
            packed, is_reduced = smaller[:1], True
    left_out = tuple(file for file in wanted if file not in packed)
    return Parcel(files=tuple(packed), left_out=left_out, is_reduced=is_reduced)


def still_of(files: Sequence[ModelFile], *, endings: Collection[str]) -> ModelFile | None:
    """Return the picture that stands for a model, of those with an ending that the platform shows (".png")."""
    found = (file for role in STILLS for file in files if file.role is role)
    return next((file for file in found if file.name.lower().endswith(tuple(endings))), None)


def turntable_of(files: Sequence[ModelFile], *, ending: str) -> ModelFile | None:
    """Return the moving picture of a model in the kind that the platform plays (".gif")."""
    turning = (file for file in files if file.role is FileRole.TURNTABLE)
    return next((file for file in turning if file.name.lower().endswith(ending)), None)


def remarks(parcel: Parcel, *, has_link: bool) -> tuple[str, ...]:
    """Say what is not handed over as it is; `has_link` when a link to the model stands beside."""
    said = (words_chat.reduced(),) if parcel.is_reduced else ()
    if not parcel.left_out:
        return said
    return (*said, words_chat.left_out(parcel.left_out, has_link=has_link))


async def fetched(files: FileStore, one: Enclosure, path: Path) -> bool:
    """Fetch an enclosed file out of the store; False, and logged, for one that the store has lost.

    Raises:
        StorageError: the store or the disk does not answer.
    """
    try:
        await files.fetch(one.file.key, path)
    except NoSuchFile as error:
        log.error("file lost name=%s error=%s", one.file.name, error)
        return False
    return True


def _fitting(files: Sequence[ModelFile], room: Room) -> list[ModelFile]:
    packed: list[ModelFile] = []
    for file in files:
        total = sum(one.size_bytes for one in packed) + file.size_bytes
        if file.size_bytes <= room.each_bytes and total <= room.total_bytes and len(packed) < room.count:
            packed.append(file)
    return packed
