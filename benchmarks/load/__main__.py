"""The command line: `python -m benchmarks.load --seconds 60 --rate 50 --tracked 500 --write docs/load.md`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.load.figures import Outcome
from benchmarks.load.report import report, written_into
from benchmarks.load.scene import Chat, Size
from benchmarks.load.session import a_session

SCENES = {
    "both": ("both at once", (Chat.DISCORD, Chat.SLACK)),
    "discord": ("discord", (Chat.DISCORD,)),
    "slack": ("slack", (Chat.SLACK,)),
    "slack-http": ("slack over HTTP", (Chat.SLACK_HTTP,)),
}


def main() -> int:
    """Measure, print the tables, and write them into a document when asked; 1 when a promise was broken."""
    values = _parser().parse_args()
    # The dead hang up in the middle of requests; what the stand-ins themselves get wrong they complain of.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    # Asked to end, it leaves no process behind: those that it has started are in groups of their own.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    size = Size(seconds=values.seconds, rate=values.rate, tracked=values.tracked)
    outcomes = [asyncio.run(measured(name, size, has_bare=not values.no_bare)) for name in values.people]
    print(report(outcomes, size))
    for document in values.write:
        document.write_text(written_into(document.read_text(), outcomes, size))
    return 0 if all(one.keeps_promises for one in outcomes) else 1


async def measured(name: str, size: Size, *, has_bare: bool) -> Outcome:
    """Measure one scene."""
    title, chats = SCENES[name]
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        async with a_session(Path(folder), chats, size, say=lambda what: print(f"{title}: {what} …", flush=True)) as it:
            outcome = await it.with_bot(title)
            return replace(outcome, bare=await it.with_bare()) if has_bare else outcome


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load", description="How soon commands are acknowledged."
    )
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S", help="how long people are busy; 60")
    parser.add_argument(
        "--rate", type=float, default=50.0, metavar="N", help="commands a second, all people together; 50"
    )
    parser.add_argument("--tracked", type=int, default=500, metavar="N", help="models in the making meanwhile; 500")
    parser.add_argument(
        "--people",
        nargs="+",
        choices=SCENES,
        default=["both", "discord", "slack"],
        help="where they are, one after the other",
    )
    parser.add_argument("--no-bare", action="store_true", help="leave out the app that the bot is compared with")
    parser.add_argument(
        "--write",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="put the figures into these, between their marks",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
