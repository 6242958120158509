"""Keeps made models on disk by what they were made from, and makes the missing ones in the background."""

import asyncio
import logging
import shutil
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from adapters.rodin.simulator.maker import BuildFailed, Maker
from adapters.rodin.simulator.models import ModelSpec

log = logging.getLogger(__name__)


class BuildState(StrEnum):
    """How the files of one spec stand."""

    ABSENT = "absent"
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The files of one made model, in listing order, and their sizes together."""

    folder: Path
    files: tuple[Path, ...]
    size_bytes: int


class Workshop:
    """Models by fingerprint: asked twice, made once; the least recently used go when the folder is full.

    A model that went is made again when somebody asks for it: same spec, same bytes.
    """

    def __init__(self, maker: Maker, *, folder: Path, limit_bytes: int) -> None:
        self._maker = maker
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._builds: OrderedDict[str, asyncio.Task[Built]] = OrderedDict()
        self._begun = 0
        self._made = 0
        self._key = lru_cache(maxsize=256)(maker.fingerprint)  # hashing pictures at every poll would be felt

    @property
    def made(self) -> int:
        """How many models were made so far, not counting those found in the cache."""
        return self._made

    def start(self, spec: ModelSpec) -> None:
        """Make sure that the spec's files exist or are being made; one that failed is tried again. Returns at once."""
        build = self._builds.get(self._key(spec))
        if build is not None and _has_failed(build):
            del self._builds[self._key(spec)]
        self._build_of(spec)

    def state(self, spec: ModelSpec) -> BuildState:
        """How the spec's files stand. Only looks: absent ones stay absent."""
        build = self._builds.get(self._key(spec))
        if build is None:
            return BuildState.ABSENT
        if not build.done():
            return BuildState.PENDING
        return BuildState.FAILED if _has_failed(build) else BuildState.READY

    def built(self, spec: ModelSpec) -> Built | None:
        """The spec's files, if they are ready; starts making those that are absent."""
        build = self._build_of(spec)
        return build.result() if build.done() and not _has_failed(build) else None

    async def wait(self, spec: ModelSpec) -> Built:
        """The spec's files, once they are ready.

        Raises:
            BuildFailed: they could not be made.
        """
        return await asyncio.shield(self._build_of(spec))

    async def close(self) -> None:
        """Stop making models and wait until nothing of it is left."""
        builds = tuple(self._builds.values())
        for build in builds:
            build.cancel()
        await asyncio.gather(*builds, return_exceptions=True)
        await self._maker.close()

    def _build_of(self, spec: ModelSpec) -> asyncio.Task[Built]:
        key = self._key(spec)
        if key not in self._builds:
            build = asyncio.create_task(self._build(spec, key), name=f"build-{key[:8]}")
            build.add_done_callback(_has_failed)  # looks at the exception, which is logged already
            self._builds[key] = build
        self._builds.move_to_end(key)
        return self._builds[key]

    async def _build(self, spec: ModelSpec, key: str) -> Built:
        self._begun += 1
        folder = self._folder / f"{key[:8]}-{self._begun}"  # of its own, since an old one may still be on its way out
        try:
            _make_folder(folder)
            files = await self._maker.build(spec, folder)
            size_bytes = await asyncio.to_thread(_size, files)
        except (BuildFailed, OSError) as error:
            log.error("model not made fingerprint=%s error=%s", key[:8], error)
            raise BuildFailed(str(error)) from error
        self._made += 1
        await self._shrink(adding_bytes=size_bytes)
        return Built(folder=folder, files=files, size_bytes=size_bytes)

    async def _shrink(self, *, adding_bytes: int) -> None:
        """Remove the least recently used models until the folder, with the one being added, is within its bound."""
        ready = {key: build.result() for key, build in self._builds.items() if build.done() and not _has_failed(build)}
        excess = adding_bytes + sum(built.size_bytes for built in ready.values()) - self._limit_bytes
        for key, built in ready.items():
            if excess <= 0:
                return
            del self._builds[key]
            excess -= built.size_bytes
            await asyncio.to_thread(shutil.rmtree, built.folder, ignore_errors=True)


def _has_failed(build: asyncio.Task[Built]) -> bool:
    return build.done() and (build.cancelled() or build.exception() is not None)


def _make_folder(folder: Path) -> None:
    """At once, not in a thread: one that is cancelled goes on, and would make the folder after the end."""
    folder.mkdir()


def _size(files: tuple[Path, ...]) -> int:
    return sum(path.stat().st_size for path in files)
