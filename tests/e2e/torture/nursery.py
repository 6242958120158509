"""Gives birth to bots by forking: the second that imports take is spent once, and each child is the real command line.

Run as a script of its own, it reads a line of JSON for each birth and writes a line for each birth and each death:

    {"id": 1, "argv": ["run"], "environment": {...}, "cwd": "...", "stdin": "/path", "stdout": "...", "stderr": "..."}
    {"id": 1, "pid": 4711}
    {"id": 1, "code": -9}

A child sees what a fresh process would: the environment, folder and streams that it was given, a session of its own, no
event loop and no thread. What the dead leave behind (drawing processes) comes to the nursery and is killed with them.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import selectors
import signal
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from typing import Any

IMPORTED = (
    *(
        "bot.__main__",
        "bot.roles",
        "bot.on_discord",
        "bot.on_slack",
        "bot.log",
        "bot.settings",
        "bot.demo",
        "bot.office",
        "bot.ledger",
    ),
    *("adapters.discord.platform", "adapters.slack.platform", "storage.migrations"),
    *("sqlalchemy.dialects.sqlite.aiosqlite", "alembic.command", "prompt_toolkit", "slack_bolt.async_app"),
)
"""What a bot imports sooner or later; a name that a version does not have is left out."""

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h

LOOK_EVERY_S = 0.2
"""How often orphans of the dead are looked for; deaths themselves wake the nursery."""


class Nursery:
    """The parent of all lives."""

    def __init__(self) -> None:
        self._lives: dict[int, int] = {}  # by process id
        self._selector = selectors.DefaultSelector()
        self._selector.register(sys.stdin, selectors.EVENT_READ)
        self._unread = b""

    def run(self) -> None:
        """Serve until standard input ends, then leave nothing behind."""
        reading, writing = os.pipe()
        for end in (reading, writing):
            os.set_blocking(end, False)
        self._selector.register(reading, selectors.EVENT_READ)
        signal.set_wakeup_fd(writing)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        _say({"ready": True})
        while self._turn(reading):
            self._reap()
        for pid in self._lives:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        self._kill_orphans()

    def _turn(self, reading: int) -> bool:
        for key, _ in self._selector.select(LOOK_EVERY_S):
            if key.fileobj == reading:
                with contextlib.suppress(BlockingIOError):
                    os.read(reading, 4096)
                continue
            chunk = os.read(0, 1 << 16)
            if not chunk:
                return False
            *lines, self._unread = (self._unread + chunk).split(b"\n")
            for line in lines:
                self._bear(json.loads(line))
        return True

    def _bear(self, order: dict[str, Any]) -> None:
        pid = os.fork()
        if pid == 0:
            _live(order)
        self._lives[pid] = order["id"]
        _say({"id": order["id"], "pid": pid})

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                self._kill_orphans()
                return
            if (life := self._lives.pop(pid, None)) is not None:
                self._kill_orphans()
                _say({"id": life, "code": os.waitstatus_to_exitcode(status)})

    def _kill_orphans(self) -> None:
        """Kill what the dead have started: a power cut would have ended that as well."""
        children = Path(f"/proc/self/task/{os.getpid()}/children")
        with contextlib.suppress(FileNotFoundError):
            for pid in map(int, children.read_text().split()):
                if pid not in self._lives:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)


def _say(line: dict[str, object]) -> None:
    os.write(1, json.dumps(line).encode() + b"\n")


def _live(order: dict[str, Any]) -> None:
    """Become the bot. Never returns."""
    code = 70
    try:
        _settle_in(order)
        code = importlib.import_module("bot.__main__").main(order["argv"])
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:  # noqa: BLE001 - as the interpreter does at the top: say it and end
        traceback.print_exc()
        code = 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)


def _settle_in(order: dict[str, Any]) -> None:
    """Leave everything of the nursery behind."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    for usual in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(usual, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # The order in which a shell would: a pipe opened for reading waits for its writer.
    for number, (name, flags) in enumerate((("stdin", os.O_RDONLY), ("stdout", _APPENDING), ("stderr", _APPENDING))):
        opened = os.open(order[name], flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.closerange(3, 64)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["environment"])
    tempfile.tempdir = None
    sys.argv = ["rodin-bot", *order["argv"]]
    sys.stdin = open(0, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115 - the process's own
    gc.unfreeze()


_APPENDING = os.O_WRONLY | os.O_CREAT | os.O_APPEND


def main() -> None:
    """Import everything, then wait for orders."""
    source = Path(sys.argv[1]).resolve()
    for name in IMPORTED:
        importlib.import_module(name)
    came_from = Path(str(importlib.import_module("bot").__file__)).resolve()
    if not came_from.is_relative_to(source):
        sys.exit(f"the bot came from {came_from}, not from {source}")
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    if threading.active_count() != 1:
        sys.exit("something that was imported has started a thread; forking would lose it")
    gc.collect()
    gc.freeze()
    Nursery().run()


if __name__ == "__main__":
    main()
