"""Where a simulator keeps the models it makes, and what simulators that were killed have left behind."""

import logging
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

log = logging.getLogger(__name__)

PREFIX: Final = "rodin-simulator-"
#: Held for as long as its simulator lives; the system lets go of it however that ends.
LOCK: Final = "alive.lock"
#: A folder without a lock may be about to get one; one as old as this is not.
UNLOCKED_S: Final = 86_400.0


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder for made models, gone afterwards with everything in it."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        models = folder / "models"
        models.mkdir()
        with FileLock(folder / LOCK, thread_local=False):
            yield models


def sweep_folders() -> int:
    """Remove this user's folders whose simulators live no more; return how many. Trouble is no reason to stop."""
    swept = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
            swept += not folder.exists()
    if swept:
        log.info("folders of dead simulators swept count=%d", swept)
    return swept


def _is_abandoned(folder: Path) -> bool:
    try:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or (hasattr(os, "getuid") and found.st_uid != os.getuid()):
            return False
        if not (folder / LOCK).is_file():
            return time.time() - found.st_mtime > UNLOCKED_S
        with FileLock(folder / LOCK, timeout=0):
            return True
    except (Timeout, OSError):  # its simulator lives, or has just taken the folder away itself
        return False
