"""The operator's commands as words of the command line: spending, blocks, the ledger, copies of the database."""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs; refusing wrong words takes no second

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from bot.office import Office

_Answer = TypeVar("_Answer")

KINDS = ("person", "server", "word")


def add_office_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add all of them."""
    pause = commands.add_parser("pause", help="send nothing more to Rodin, at once", allow_abbrev=False)
    pause.add_argument("word", nargs="*", metavar="WORD", help="what those who wait are told, such as: back at nine")
    pause.set_defaults(run=_pause)
    resume = commands.add_parser("resume", help="send again, with stopped keys too", allow_abbrev=False)
    resume.set_defaults(run=lambda _: _say(lambda office: office.resume()))
    for name, what in (("block", "take nothing more from a person or server, or with a word"), ("unblock", "allow it")):
        parser = commands.add_parser(name, help=what, allow_abbrev=False)
        parser.add_argument("kind", choices=KINDS)
        parser.add_argument(
            "value",
            nargs="+",
            metavar="VALUE",
            help="a platform's id, or discord:ID or slack:ID; or the word or phrase",
        )
        parser.set_defaults(run=_block if name == "block" else _unblock, parser=parser)
    blocks = commands.add_parser("blocks", help="list what is blocked", allow_abbrev=False)
    blocks.set_defaults(run=lambda _: _say(lambda office: office.blocks()))
    keys = commands.add_parser("keys", help="list which servers have a Rodin key of their own", allow_abbrev=False)
    keys.set_defaults(run=lambda _: _say(lambda office: office.key_list()))
    _add_ledger(commands.add_parser("ledger", help="what was charged, and for whom", allow_abbrev=False))
    for name, what, run in (
        ("backup", "copy the SQLite database to a new file; the bot may run", _backup),
        ("restore", "put such a copy in the place of the database; stop the bot first", _restore),
    ):
        parser = commands.add_parser(name, help=what, allow_abbrev=False)
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.set_defaults(run=run)


def _add_ledger(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--csv", action="store_true", help="every task that cost or may have cost something, as CSV")
    parser.add_argument("--since", type=_day, metavar="DATE", help="from this day on (UTC), such as 2026-11-01")
    parser.add_argument("--until", type=_day, metavar="DATE", help="up to this day and with it (UTC)")
    parser.set_defaults(run=_ledger, parser=parser)


def _pause(values: argparse.Namespace) -> int:
    from bot.controls import one_line
    from bot.errors import BadSettings

    try:
        word = one_line(values.word)
    except ValueError as error:
        raise BadSettings(f"The bot was not paused: {error}.") from error
    return _say(lambda office: office.pause(word))


def _block(values: argparse.Namespace) -> int:
    from bot.controls import BlockKind

    kind, value = BlockKind(values.kind), _value(values)
    return _say(lambda office: office.block(kind, value))


def _unblock(values: argparse.Namespace) -> int:
    from bot.controls import BlockKind

    kind, value = BlockKind(values.kind), _value(values)
    return _say(lambda office: office.unblock(kind, value))


def _value(values: argparse.Namespace) -> str:
    from bot.controls import BlockKind, block_value

    parser: argparse.ArgumentParser = values.parser
    try:
        return block_value(BlockKind(values.kind), " ".join(values.value))
    except ValueError as error:
        parser.error(str(error))


def _ledger(values: argparse.Namespace) -> int:
    from bot.ledger import days

    if values.since is not None and values.until is not None and values.since > values.until:
        values.parser.error("--since is after --until")
    span = days(values.since, values.until)
    if not values.csv:
        return _say(lambda office: office.summary(span))
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]  # it is a TextIOWrapper, or a test's
    try:
        asyncio.run(_with_office(lambda office: office.export(span, sys.stdout)))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read it has enough; Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _backup(values: argparse.Namespace) -> int:
    from bot.recovery import make_backup
    from bot.settings import load_settings

    print(asyncio.run(make_backup(load_settings(), values.file)))  # noqa: T201 - the command line speaks here
    return 0


def _restore(values: argparse.Namespace) -> int:
    from bot.recovery import restore_backup
    from bot.settings import load_settings

    print(asyncio.run(restore_backup(load_settings(), values.file)))  # noqa: T201 - the command line speaks here
    return 0


def _say(what: Callable[[Office], Awaitable[str]]) -> int:
    print(asyncio.run(_with_office(what)))  # noqa: T201 - the command line speaks here
    return 0


async def _with_office(what: Callable[[Office], Awaitable[_Answer]]) -> _Answer:
    from bot.log import set_up
    from bot.office import open_office
    from bot.settings import load_settings

    settings = load_settings()
    set_up(level="error", style=settings.log_format, secrets=settings.secrets())
    async with open_office(settings) as office:
        return await what(office)


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError("must be a day such as 2026-11-01") from error
