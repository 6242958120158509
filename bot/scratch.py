"""Folders for files on their way, gone afterwards with everything in them."""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.errors import StorageError

log = logging.getLogger(__name__)

PREFIX = "rodin-bot-scratch-"

LEFT_BEHIND_S = 86_400.0
"""A folder as old as this belongs to nobody who lives: the slowest files arrive within hours."""


@asynccontextmanager
async def scratch_folder() -> AsyncIterator[Path]:
    """Give a folder for files on their way, gone afterwards with everything in it.

    Raises:
        StorageError: the disk will not take it.
    """
    try:
        # At once: a wait could be cancelled while a thread makes a folder that nobody then knows of.
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    except OSError as error:
        raise StorageError(f"no folder for files on their way: {error.strerror or error}") from error
    try:
        yield folder
    finally:
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))


def sweep_scratch() -> int:
    """Remove the folders that killed processes have left behind; return how many. Trouble is no reason to stop."""
    swept = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            is_old = folder.is_dir() and time.time() - folder.stat().st_mtime > LEFT_BEHIND_S
        except OSError:  # its owner has just removed it
            continue
        if is_old:
            shutil.rmtree(folder, ignore_errors=True)
            swept += not folder.exists()
    if swept:
        log.info("scratch swept folders=%d", swept)
    return swept
