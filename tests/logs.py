"""The log as the bot sets it up, and the root logger as it was found."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bot.log import set_up

log = logging.getLogger("bot.test")


@contextmanager
def root_logger_kept() -> Iterator[None]:
    """Leave the root logger as it was found."""
    root = logging.getLogger()
    handlers, level = tuple(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


def logged(style: str, *arguments: object, error: Exception | None = None, secrets: Sequence[str] = ()) -> str:
    """Set the log up, log a phrase and its values as a warning, and return what is written."""
    stream = io.StringIO()
    set_up(level="info", style=style, secrets=secrets, stream=stream)
    log.warning(*arguments, exc_info=error)  # type: ignore[arg-type]  # a phrase and its values
    return stream.getvalue()
