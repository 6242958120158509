"""What came of a run, for people: a line now and then, and a summary at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.e2e.torture.audit import Verdict
from tests.e2e.torture.books import Books
from tests.e2e.torture.plan import Point, Where

MOST_LINES = 60


@dataclass(slots=True, kw_only=True)
class Tally:
    """What has happened so far."""

    lives: int = 0
    kills: int = 0
    tasks: int = 0
    reached: Counter[str] = field(default_factory=Counter)
    missed: int = 0
    is_settling: bool = False
    casts: Counter[str] = field(default_factory=Counter)

    def killed(self, point: Point, processes: int, *, is_reached: bool) -> None:
        """Note the end of one life."""
        self.kills += processes
        self.missed += not is_reached
        if is_reached:
            self.reached[str(point)] += 1

    def by_place(self) -> Iterator[str]:
        """Yield what was reached, a line for each place."""
        for where in Where:
            ours = {point: times for point, times in self.reached.items() if point.split(" ")[0] == where}
            if ours:
                named = ", ".join(f"{point.partition(' ')[2]} {times}" for point, times in sorted(ours.items()))
                total = sum(ours.values())
                yield f"    {where}: {total}" + (f" ({named})" if len(ours) > 1 else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to. `skipped` counts the deeds for which there was nothing to be done with."""

    tally: Tally
    skipped: int
    books: Books
    verdict: Verdict


def added(tallies: Sequence[Tally]) -> Tally:
    """Add tallies up."""
    return Tally(
        lives=sum(one.lives for one in tallies),
        kills=sum(one.kills for one in tallies),
        tasks=sum(one.tasks for one in tallies),
        missed=sum(one.missed for one in tallies),
        reached=sum((one.reached for one in tallies), Counter()),
        casts=sum((one.casts for one in tallies), Counter()),
    )


def joined(outcomes: Sequence[Outcome]) -> Outcome:
    """Join what several worlds came to; each discrepancy says in which it was found."""
    found = (
        f"world-{number}: {line}" if len(outcomes) > 1 else line
        for number, one in enumerate(outcomes)
        for line in one.verdict.discrepancies
    )
    books = [one.books for one in outcomes]
    return Outcome(
        tally=added([one.tally for one in outcomes]),
        skipped=sum(one.skipped for one in outcomes),
        books=Books(
            asked=tuple(asked for one in books for asked in one.asked),
            rows=tuple(row for one in books for row in one.rows),
            charges=tuple(charge for one in books for charge in one.charges),
            entries=tuple(entry for one in books for entry in one.entries),
            posts=tuple(post for one in books for post in one.posts),
            stored={key: digest for one in books for key, digest in one.stored.items()},
            fetched={link: digest for one in books for link, digest in one.fetched.items()},
            endings={task: times for one in books for task, times in one.endings.items()},
        ),
        verdict=Verdict(
            discrepancies=tuple(found), exceptions=sum((one.verdict.exceptions for one in outcomes), Counter())
        ),
    )


def summary(outcome: Outcome) -> Iterator[str]:
    """Yield the ledger summary, line by line."""
    tally, books, verdict = outcome.tally, outcome.books, outcome.verdict
    states = Counter(row.state for row in books.rows)
    platforms = Counter(row.platform for row in books.rows)
    kinds = Counter(post.kind for post in books.posts)
    acts = Counter(str(asked.act) for asked in books.asked if asked.number >= 0)
    yield f"kills: {tally.kills} processes in {tally.lives} lives ({_counted(tally.casts)})"
    yield from tally.by_place()
    yield f"    by the clock, since the point was not reached: {tally.missed}"
    yield f"deeds: {sum(acts.values())} ({_counted(acts)}); {outcome.skipped} had nothing to be done with"
    yield f"tasks: {len(books.rows)} ({_counted(states)}; {_counted(platforms)})"
    amount = sum(charge.amount for charge in books.charges)
    entries = Counter(entry.charge for entry in books.entries)
    yield f"charges: {len(books.charges)} for {amount} credits; ledger: {_counted(entries)}"
    yield f"messages: {len(books.posts)} ({_counted(kinds)}), {sum(books.endings.values())} endings on the terminal"
    yield f"files: {len(books.stored)} stored, {len(books.fetched)} links followed"
    yield from (f"allowed: {times}, {reason}" for reason, times in sorted(verdict.exceptions.items()))
    yield f"discrepancies: {len(verdict.discrepancies)}"
    yield from (f"  ! {line}" for line in verdict.discrepancies[:MOST_LINES])
    if len(verdict.discrepancies) > MOST_LINES:
        yield f"  ! and {len(verdict.discrepancies) - MOST_LINES} more"


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{times} {name}" for name, times in counter.most_common())
