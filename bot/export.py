"""Everything that is kept of one person, as an archive that fits through a chat."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot import text, words_export
from bot.chat import Export
from bot.errors import NoSuchFile
from bot.exhibit import Links
from bot.model import Ask, FileRole, Owner, Task
from bot.ports import Clock, FileStore, TaskStore

log = logging.getLogger(__name__)

LARGEST_BYTES = 8_000_000
"""What an archive may hold: Discord takes 10 MiB of a bot in a server without boosts, and a form some of that.

Source: Discord developer docs, Uploading Files."""

MOST_TASKS = 2_000
"""Tasks in one archive, newest first: their list alone then stays far below the limit."""

ENTRY_BYTES = 512
"""What a file takes besides its bytes: two headers in the archive with its name in both, and its place in the list."""

LEFT_OUT = frozenset({"asset_id", "asset_until", "model_key", "model", "sides", "pictures"})
"""What an exported request leaves out: Rodin's own ids and places of ours. Pictures are listed apart."""

TAKEN = (FileRole.MODEL, FileRole.TEXTURE, FileRole.STILL, FileRole.RENDER, FileRole.PREVIEW, FileRole.OTHER)
"""Which results go into the archive, as far as there is room; what was made of them can be made again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file that should go in: where it lies, and under which name it goes."""

    key: str
    path: str
    size_bytes: int


@dataclass(slots=True, kw_only=True)
class _Shelf:
    """What was found room for so far."""

    room_bytes: int
    parts: dict[str, bytes] = field(default_factory=dict)

    def has_room_for(self, wanted: Wanted) -> bool:
        return at_most(wanted.size_bytes) <= self.room_bytes

    def add(self, path: str, data: bytes) -> None:
        self.parts[path] = data
        self.room_bytes -= at_most(len(data))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """Packs what the table of tasks and the file store hold of one person, and nothing of anybody else."""

    tasks: TaskStore
    files: FileStore
    links: Links | None
    clock: Clock
    limit_bytes: int = LARGEST_BYTES

    async def export(self, owner: Owner) -> Export:
        """Return an archive: the list of tasks, then pictures, then models, newest first, as far as there is room."""
        now = self.clock.now()
        found = await self.tasks.tasks_of(owner, limit=MOST_TASKS)
        shelf = _Shelf(room_bytes=self.limit_bytes - len(await self._packed(owner, found, {}, now)) - ENTRY_BYTES)
        for wanted in (*_pictures(found), *_results(found)):
            if shelf.has_room_for(wanted) and (data := await self._load(wanted)) is not None:
                shelf.add(wanted.path, data)
        data = await self._packed(owner, found, shelf.parts, now)
        log.info("exported platform=%s tasks=%d size_bytes=%d", owner.platform, len(found), len(data))
        return Export(name=f"rodin-bot-data-{now:%Y-%m-%d}.zip", data=data)

    async def _load(self, wanted: Wanted) -> bytes | None:
        """Return a file's bytes; None for one that is gone, or is not what the list of files says."""
        try:
            data = await self.files.load(wanted.key)
        except NoSuchFile:
            return None
        return data if len(data) <= wanted.size_bytes else None

    async def _packed(self, owner: Owner, found: Sequence[Task], parts: Mapping[str, bytes], now: datetime) -> bytes:
        described = {
            "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
            "platform": owner.platform,
            "account": owner.user_id,
            "tasks": [_described(task, parts, self.links) for task in found],
        }
        listed = json.dumps(described, ensure_ascii=False, indent=2, default=str)
        readme = words_export.readme(len(found), is_cut=len(found) == MOST_TASKS, limit=text.size(self.limit_bytes))
        texts = {"README.txt": readme.encode(), "tasks.json": listed.encode("utf-8", "replace")}
        return await asyncio.to_thread(_zipped, texts | dict(parts), now)


def at_most(size_bytes: int) -> int:
    """Return what a file takes in an archive even if it cannot be made smaller: deflate then adds 5 bytes to 16 kB."""
    return size_bytes + size_bytes // 1000 + ENTRY_BYTES


def _pictures(tasks: Sequence[Task]) -> tuple[Wanted, ...]:
    return tuple(
        Wanted(key=picture.key, path=_picture_path(task, picture.name), size_bytes=picture.size_bytes)
        for task in tasks
        for picture in task.request.pictures
    )


def _results(tasks: Sequence[Task]) -> tuple[Wanted, ...]:
    """Return the results, all of the most useful kind first."""
    return tuple(
        Wanted(key=file.key, path=_file_path(task, file.name), size_bytes=file.size_bytes)
        for role in TAKEN
        for task in tasks
        for file in task.files
        if file.role is role
    )


def _picture_path(task: Task, name: str) -> str:
    return f"pictures/{task.id}/{name}"


def _file_path(task: Task, name: str) -> str:
    return f"models/{task.id}/{name}"


def _described(task: Task, parts: Mapping[str, bytes], links: Links | None) -> dict[str, Any]:
    """Return what is known of a task, in words that a person and a program can read."""
    return {
        "id": task.id,
        "made_from": task.parent_id,
        "state": task.state,
        "asked_at": _moment(task.created_at),
        "sent_at": _moment(task.submitted_at),
        "ended_at": _moment(task.ended_at),
        "server": task.owner.server_id,
        "channel": task.owner.channel_id,
        "product": task.request.product,
        "request": _options(task.request),
        "pictures": _described_pictures(task, parts),
        "price_credits": task.price,
        "charged_credits": None if task.submission is None else task.submission.consumed,
        "cost": text.cost(task),
        "rodin_repeated": "" if task.submission is None else task.submission.prompt,
        "called_off": task.muted,
        "files_removed": task.showing.removal,
        "facts": None if task.showing.facts is None else asdict(task.showing.facts),
        "files": _described_files(task, parts, links),
    }


def _options(ask: Ask) -> dict[str, Any]:
    bare = asdict(replace(ask, pictures=()))
    return {name: value for name, value in bare.items() if name not in LEFT_OUT and value not in (None, ())}


def _described_pictures(task: Task, parts: Mapping[str, bytes]) -> list[dict[str, Any]]:
    return [
        {
            "name": picture.name,
            "media_type": picture.media_type,
            "width_px": picture.width_px,
            "height_px": picture.height_px,
            "size_bytes": picture.size_bytes,
            "in_archive": _within(_picture_path(task, picture.name), parts),
        }
        for picture in task.request.pictures
    ]


def _described_files(task: Task, parts: Mapping[str, bytes], links: Links | None) -> list[dict[str, Any]]:
    """Return the result files; one that found no room with its link, where there are links that last."""
    found = []
    for file in task.files:
        inside = _within(_file_path(task, file.name), parts)
        link = None if inside or links is None else links.file_url(task.id, task.showing.generation, file.name)
        found.append(
            {
                "name": file.name,
                "what": file.role,
                "size_bytes": file.size_bytes,
                "sha256": file.sha256,
                "in_archive": inside,
                "link": link,
            }
        )
    return found


def _within(path: str, parts: Mapping[str, bytes]) -> str | None:
    return path if path in parts else None


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def _zipped(parts: Mapping[str, bytes], now: datetime) -> bytes:
    """Return an archive; the same parts at the same moment give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        for path, data in parts.items():
            entry = zipfile.ZipInfo(path, date_time=now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return packed.getvalue()
