"""What was measured, added up, and the tables that say it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.load.commands import MAKING, Command, Seen, Verdict, verdict_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Acks:
    """How soon interactions were acknowledged, in seconds. `too_late` were not within the three that a chat waits."""

    count: int
    p50: float
    p90: float
    p99: float
    longest: float
    too_late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What people were told. `taken` and `queue_full` answer those who asked for a model, `busy` anybody."""

    asked_for: int
    taken: int
    queue_full: int
    busy: int
    once: int
    never: int
    twice: int
    troubled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """How much memory the bot held, in megabytes."""

    started: float
    tracking: float
    most: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How busy the two sides were: processors taken (1 is a whole one), and how late our own side was.

    `delay_p99` is how late the stand-ins' loop came to its turn, `late_p99` how late people began; both in seconds.
    """

    listener: float
    stand_ins: float
    delay_p99: float
    late_p99: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One minute of people, with whoever listened to them."""

    acks: dict[str, Acks]
    load: Load


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One scene, with the bot and with the bare app."""

    title: str
    tracked: int
    bot: Measured
    bare: Measured | None
    answers: Answers
    new_rows: int
    memory: Memory

    @property
    def keeps_promises(self) -> bool:
        """Whether everybody was acknowledged in time and answered once, and what was taken is what was written."""
        in_time = not any(acks.too_late for acks in self.bot.acks.values())
        answers = self.answers
        return in_time and not (answers.never or answers.twice or answers.troubled) and answers.taken == self.new_rows


def percentile(values: Sequence[float], share: float) -> float:
    """Return the least value that this share of all does not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def acks_of(commands: Iterable[Command]) -> dict[str, Acks]:
    """Add up acknowledgements, by platform."""
    by_platform: dict[str, list[float | None]] = {}
    for command in commands:
        by_platform.setdefault(command.platform, []).append(command.look().acknowledged_after_s)
    return {name: _acks(took) for name, took in by_platform.items()}


def _acks(took: Sequence[float | None]) -> Acks:
    known = [one for one in took if one is not None]
    return Acks(
        count=len(took),
        p50=percentile(known, 0.5),
        p90=percentile(known, 0.9),
        p99=percentile(known, 0.99),
        longest=max(known, default=0.0),
        too_late=len(took) - len(known),
    )


def answers_of(commands: Sequence[Command]) -> Answers:
    """Add up what people were told."""
    seen: list[tuple[Command, Seen]] = [(command, command.look()) for command in commands]
    told = Counter(verdict_of(one.said) for _, one in seen)
    # Which of a person's clicks some words in a Slack thread answer is not known, so a click for a form counts as well.
    made = Counter(verdict_of(one.said) for command, one in seen if command.kind in MAKING)
    return Answers(
        asked_for=sum(command.makes for command in commands),
        taken=made[Verdict.TAKEN],
        queue_full=told[Verdict.QUEUE_FULL],
        busy=told[Verdict.BUSY],
        once=sum(one.answers == 1 for _, one in seen),
        never=sum(one.answers == 0 for _, one in seen),
        twice=sum(one.answers > 1 for _, one in seen),
        troubled=told[Verdict.TROUBLE],
    )


def tables(outcomes: Sequence[Outcome]) -> str:
    """Return everything as tables in Markdown; times in milliseconds."""
    return "\n\n".join((_ack_table(outcomes), _answer_table(outcomes), _memory_table(outcomes)))


def _ack_table(outcomes: Sequence[Outcome]) -> str:
    lines = _head(
        *("people on", "who acknowledges", "commands", "p50", "p90", "p99", "longest", "over 3 s"),
        *("processor", "stand-ins: processor", "their delay, p99", "people late, p99"),
    )
    for outcome in outcomes:
        for platform in outcome.bot.acks:
            who = [("the bot", outcome.bot)] + ([("bare SDK", outcome.bare)] if outcome.bare else [])
            lines += [_ack_line(outcome.title, platform, name, measured) for name, measured in who]
            if outcome.bare:
                lines.append(_difference(outcome.bot.acks[platform], outcome.bare.acks[platform]))
    return "\n".join(lines)


def _ack_line(title: str, platform: str, who: str, measured: Measured) -> str:
    acks, load = measured.acks[platform], measured.load
    times = (acks.p50, acks.p90, acks.p99, acks.longest)
    where = platform if title.endswith(platform) else f"{title}: {platform}"
    return _row(where, who, acks.count, *map(_ms, times), acks.too_late, *_busy(load))


def _difference(bot: Acks, bare: Acks) -> str:
    pairs = ((bot.p50, bare.p50), (bot.p90, bare.p90), (bot.p99, bare.p99), (bot.longest, bare.longest))
    return _row(
        "", "difference", "", *(f"{1000 * (ours - theirs):+.0f} ms" for ours, theirs in pairs), "", "", "", "", ""
    )


def _answer_table(outcomes: Sequence[Outcome]) -> str:
    lines = _head(
        *("people on", "answered once", "never", "twice", "asked for a model", "taken", "rows written"),
        *("refused: queue full", "refused: too busy", "broke"),
    )
    for one in outcomes:
        a = one.answers
        refused = a.queue_full, a.busy
        lines.append(
            _row(one.title, a.once, a.never, a.twice, a.asked_for, a.taken, one.new_rows, *refused, a.troubled)
        )
    return "\n".join(lines)


def _memory_table(outcomes: Sequence[Outcome]) -> str:
    lines = _head(
        *("people on", "models tracked", "memory at the start", "while tracking", "most under load", "afterwards")
    )
    for one in outcomes:
        m = one.memory
        held = (f"{each:.0f} MB" for each in (m.started, m.tracking, m.most, m.after))
        lines.append(_row(one.title, one.tracked, *held))
    return "\n".join(lines)


def _head(*names: str) -> list[str]:
    return [_row(*names), _row(*("---" for _ in names))]


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _busy(load: Load) -> tuple[str, ...]:
    return f"{load.listener:.0%}", f"{load.stand_ins:.0%}", _ms(load.delay_p99), _ms(load.late_p99)


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"
