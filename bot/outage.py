"""Something that does not work for a while: said once when that begins, and once when it ends."""

from __future__ import annotations

import logging


class Outage:
    """Keeps the log from saying the same at every try. One for each thing that can be out of reach."""

    def __init__(self, log: logging.Logger, *, back: str) -> None:
        """Make one that says `back` when it ends; what it says when it begins comes with the trouble."""
        self._log = log
        self._back = back
        self.lasts = False

    def begin(self, level: int, message: str, *facts: object, trace: BaseException | None = None) -> None:
        """Say what is wrong, unless it has been said."""
        if not self.lasts:
            self._log.log(level, message, *facts, exc_info=trace)
        self.lasts = True

    def end(self, *facts: object) -> None:
        """Say that it works again, if it did not."""
        if self.lasts:
            self._log.info(self._back, *facts)
        self.lasts = False
