"""Logging: one line a fact, as text or JSON, with every known secret taken out on the way."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, TextIO
from urllib.parse import quote

HIDDEN = "[hidden]"

PATTERNS = (
    re.compile(r"(?i)(bearer\s+)[^\s\"',}]+"),
    re.compile(r"(?i)(https?://[^\s?\"'<>]+\?)[^\s\"'<>]+"),
    re.compile(r"(?i)([\w-]*(?:signature|credential|security-token)=)[^&\s\"']+"),
    re.compile(r"(?i)([\"']?subscription_key[\"']?\s*[:=]\s*[\"']?)[^\s\"',}]+"),
    re.compile(r"()\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"),
    re.compile(r"()\b[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}"),
    re.compile(r"(/t/)[A-Za-z0-9_-]+\.\d+\.[A-Za-z0-9_-]+"),
    re.compile(r"(?i)(hooks\.slack\.com/[a-z]+/)[^\s\"'<>]+"),
    re.compile(r"(?i)(files\.slack\.com/upload/)[^\s\"'<>]+"),
    re.compile(r"(/(?:webhooks|interactions)/\d+/)[^/?\s\"'<>]+"),
    re.compile(r"()xox[abeprs]-[A-Za-z0-9-]+"),
    re.compile(r"()xapp-[A-Za-z0-9-]+"),
    re.compile(r"(://[^/\s:@]*:)[^@/\s]+(?=@)"),
)
"""What a secret looks like when it is not one of ours by value.

API keys in headers, signed links (whatever stands after the `?` of an address), subscription keys, JSON web tokens,
addresses that are a secret by themselves (pages of ours, Slack's answers and uploads, Discord's answers), tokens of
Discord and Slack, passwords in addresses.
"""

SHORTEST_SECRET = 4
"""A shorter value would hide ordinary words."""


_learnt: set[str] = set()


def hide(secret: str) -> None:
    """Take this value out of every line from now on, as the set-up's secrets are: a key that somebody has just given.

    For the life of the process; harmless to repeat.
    """
    _learnt.add(secret)


class Redactor:
    """Takes secrets out of text: the values it was given, those to `hide`, and whatever looks like one."""

    def __init__(self, secrets: Collection[str]) -> None:
        self._secrets = frozenset(secrets)
        self._known = -1
        self._values: re.Pattern[str] | None = None

    def __call__(self, text: str) -> str:
        """Return the text with every secret replaced."""
        if self._known != len(_learnt):
            self._known, self._values = len(_learnt), _pattern_of(self._secrets | _learnt)
        if self._values is not None:
            text = self._values.sub(HIDDEN, text)
        for pattern in PATTERNS:
            text = pattern.sub(rf"\1{HIDDEN}", text)
        return text


def _pattern_of(secrets: Collection[str]) -> re.Pattern[str] | None:
    shapes = {shape for secret in secrets for shape in (secret, quote(secret, safe=""), repr(secret)[1:-1])}
    kept = sorted({shape for shape in shapes if len(shape) >= SHORTEST_SECRET}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, kept))) if kept else None


class TextFormatter(logging.Formatter):
    """Time, level, logger, phrase."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s  %(message)s")
        self._redact = redact

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        """Return the moment in UTC, ISO 8601."""
        return moment(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the entry's own line; what came from outside can neither begin another one nor steer a terminal."""
        return _printable(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """Return a traceback, each line of it indented: an error may quote what came from outside."""
        return "\n".join(f"  {_printable(line)}" for line in super().formatException(ei).splitlines())

    def format(self, record: logging.LogRecord) -> str:
        """Return the whole entry, traceback included, without secrets."""
        return self._redact(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Return the entry as JSON, without secrets."""
        entry = {"time": moment(record), "level": record.levelname.lower(), "logger": record.name}
        entry["message"] = self._redact(record.getMessage())
        if record.exc_info:
            entry["traceback"] = self._redact(self.formatException(record.exc_info))
        if record.stack_info:
            entry["stack"] = self._redact(self.formatStack(record.stack_info))
        return _printable(json.dumps(entry, ensure_ascii=False))


def _printable(text: str) -> str:
    """Return text on one line; what is not seen (line ends, terminals' commands, marks that turn text) is escaped.

    The escapes are those of JSON, so that what reads an entry gets back what was logged.
    """
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)


def moment(record: logging.LogRecord) -> str:
    """Return when a record was made: UTC, ISO 8601, milliseconds."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def set_up(*, level: str, style: str, secrets: Collection[str], stream: TextIO | None = None) -> None:
    """Send all logging to `stream` (standard error) as "text" or "json", replacing earlier set-ups."""
    redact = Redactor(secrets)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter(redact) if style == "json" else TextFormatter(redact))
    root = logging.getLogger()
    for old in tuple(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    # At DEBUG it prints tokens in addresses; it is quiet enough at INFO.
    logging.getLogger("discord").setLevel(max(logging.INFO, root.level))
    for chatty in ("aiosqlite", "alembic", "sqlalchemy", "PIL", "asyncio", "filelock"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
