"""The command line of the kill harness: `python -m tests.e2e.torture --minutes 10 --seed 7 --source PATH`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import tempfile
from pathlib import Path

from tests.e2e.torture.foci import FOCI
from tests.e2e.torture.report import summary
from tests.e2e.torture.session import PATIENCE_S, Wanted, run
from tests.e2e.torture.world import clear

HERE = Path(__file__).resolve().parents[3]


def main() -> int:
    """Run, and return 0 when nothing was found, else 1."""
    values = _parser().parse_args()
    seed = random.SystemRandom().randrange(10**6) if values.seed is None else values.seed
    folder = Path(tempfile.mkdtemp(prefix=f"torture-{seed}-"))
    wanted = Wanted(
        seconds=values.minutes * 60,
        seed=seed,
        source=values.source.resolve(),
        folder=folder,
        worlds=values.worlds,
        most_lives=values.lives,
        focus=FOCI[values.focus] if values.focus else None,
        patience_s=values.patience,
    )
    # The dead hang up in the middle of requests; what the stand-ins themselves get wrong they complain of.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    say(f"seed {seed}; again with: {_again(values, seed=seed)}")
    outcome = asyncio.run(run(wanted, say))
    for line in summary(outcome):
        say(line)
    if outcome.verdict.discrepancies or values.keep:
        say(f"database, files and logs: {folder}")
    else:
        clear(folder)
    return 1 if outcome.verdict.discrepancies else 0


def _again(values: argparse.Namespace, *, seed: int) -> str:
    """Return the command that gives the same plan again."""
    if values.focus is None:
        return f"make torture SEED={seed} MINUTES={values.minutes:g}"
    return f"python -m tests.e2e.torture --minutes {values.minutes:g} --seed {seed} --focus {values.focus}"


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="torture", description="Kill the bot again and again, and compare the ledgers."
    )
    parser.add_argument("--minutes", type=float, default=10.0, metavar="M", help="how long it is killed; 10 by default")
    parser.add_argument("--seed", type=int, metavar="S", help="the plan; a new one by default")
    parser.add_argument("--source", type=Path, default=HERE, metavar="PATH", help="the tree that the bot is run from")
    parser.add_argument(
        "--worlds", type=int, default=2, metavar="N", help="bots at once, each in its own world; 2 fit 2 cores"
    )
    parser.add_argument("--lives", type=int, default=1_000_000, metavar="N", help="at most so many lives in each world")
    parser.add_argument(
        "--focus", choices=sorted(FOCI), metavar="NAME", help=f"what to come back to: {', '.join(FOCI)}"
    )
    parser.add_argument(
        "--patience",
        type=float,
        default=PATIENCE_S,
        metavar="S",
        help="how long it waits in the end for everything to end",
    )
    parser.add_argument("--keep", action="store_true", help="leave the folder, also where nothing was found")
    return parser


if __name__ == "__main__":
    sys.exit(main())
