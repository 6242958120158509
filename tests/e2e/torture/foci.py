"""What a run can keep coming back to: `--focus NAME`. Each finds one sort of mistake within a minute or so."""

from __future__ import annotations

from tests.e2e.torture.plan import (
    MESSAGE,
    MESSAGES,
    Act,
    Cast,
    Focus,
    Moment,
    Point,
    Where,
)

ASKING = ((Act.WISH, 60), (Act.PICTURE, 20), (Act.MENTION, 20))

IN_THE_END = Point(where=Where.CLOCK, after_s=2.6)
"""Late enough for a model to be there, so that the next lives have something to be about."""


def _at(where: Where, kind: str, *moments: Moment) -> tuple[Point, ...]:
    return tuple(Point(where=where, kind=kind, moment=moment) for moment in moments)


FOCI: dict[str, Focus] = {
    "submissions": Focus(
        points=(
            *_at(Where.RODIN, "submit", Moment.BEFORE, Moment.AFTER, Moment.UNNOTED),
            Point(where=Where.RODIN, kind="submit", moment=Moment.AFTER, nth=2),
            IN_THE_END,
        ),
        faults=("", "timeout_after_accept:0.5", "drop_after_accept:0.5", "garbled_after_accept:0.5"),
        acts=ASKING,
    ),
    "messages": Focus(
        points=(
            *_at(Where.DISCORD, f"POST {MESSAGES}", Moment.AFTER, Moment.UNNOTED),
            *_at(Where.SLACK, "chat.postMessage", Moment.BEFORE, Moment.AFTER, Moment.UNNOTED),
            *_at(Where.DISCORD, f"PATCH {MESSAGE}", Moment.BEFORE),
            IN_THE_END,
        ),
        faults=("",),
        acts=ASKING,
        is_long_dead=True,
    ),
    "deletions": Focus(
        points=(IN_THE_END, Point(where=Where.DELETING, after_s=0.2)),
        faults=("",),
        acts=((Act.WISH, 60), (Act.DELETE, 20), (Act.CANCEL, 20)),
    ),
    "strangers": Focus(
        points=(IN_THE_END,),  # nobody deletes a task of their own here: whatever is gone, a stranger took away
        faults=("",),
        acts=((Act.WISH, 45), (Act.STRANGE, 55)),
    ),
    "leases": Focus(
        points=(IN_THE_END, Point(where=Where.CLOCK, after_s=1.2), Point(where=Where.CLOCK, after_s=1.8)),
        faults=("slow_accept:0.8", "slow_files:0.5", "timeout_after_accept:0.5"),
        acts=ASKING,
        casts=((Cast.WITH_CONSOLE, 80), (Cast.RUN, 20)),
    ),
    "repeats": Focus(
        points=(IN_THE_END, *_at(Where.SLACK, "chat.postMessage", Moment.BEFORE)),
        faults=("",),
        acts=((Act.MENTION, 50), (Act.RESEND, 10), (Act.REPEAT, 40)),
        is_long_dead=True,
    ),
}
