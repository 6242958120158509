"""The work that a command or click asks for, guarded: whatever happens, there is a sentence to answer with."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot import text
from bot.errors import PlatformError, StorageError, UserMistake

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


async def worked(work: Callable[[], Awaitable[Answer | None]], *, said: Callable[[str], Answer]) -> Answer | None:
    """Do the work and return its answer, or the sentence that says why it cannot be done.

    `said` makes an answer of a sentence. Nothing is raised; what broke is logged.
    """
    try:
        return await work()
    except UserMistake as mistake:
        return said(str(mistake))
    except (StorageError, PlatformError) as error:
        log.warning("command failed error=%r", error)
    except Exception:
        log.exception("command broke")
    return said(text.trouble())
