"""Who reads along at a place, and where a next version can therefore be told. Pure."""

from __future__ import annotations

from enum import StrEnum


class Circle(StrEnum):
    """Who reads what stands at a place."""

    OPEN = "open"  # everybody of the server, if they like
    CLOSED = "closed"  # some people of the server
    OUTER = "outer"  # people from elsewhere too, or nobody can say who
    SELF = "self"  # the asker alone


class Told(StrEnum):
    """Where a next version is told."""

    THERE = "there"  # in the thread of the version that it is made from
    HERE = "here"  # where it was asked for
    ALONE = "alone"  # to the asker alone


def told(here: Circle, there: Circle, *, is_same: bool = False, is_reachable: bool) -> Told:
    """Return where a next version is told that is asked for `here`, of a model that stands `there`.

    In the thread of that model, unless people would read there what was said in a closer circle; else where it was
    asked for, on the same terms, since its title tells what the model is of. `is_same`: the same people read both
    places. `is_reachable`: there is a thread, the bot can post in it, and the asker can read it.
    """
    if is_reachable and (is_same or _may_be_read(here, at=there)):
        return Told.THERE
    return Told.HERE if is_same or _may_be_read(there, at=here) else Told.ALONE


def _may_be_read(said_in: Circle, *, at: Circle) -> bool:
    """Say whether what was said in one circle may stand where another one reads it."""
    return at is Circle.SELF or (said_in is Circle.OPEN and at is not Circle.OUTER)
