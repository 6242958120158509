"""What is left of a task that is forgotten: a row for the ledger. Pure, but for the walk to what was made from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.changes import attempt
from bot.looks import Removal, Showing
from bot.model import (
    STOPPABLE,
    Ask,
    BangRequest,
    ConvertRequest,
    Owner,
    Request,
    Submission,
    Task,
    TaskState,
    TextureRequest,
)
from bot.ports import TaskStore

MOST_HEIRS = 1_000
"""New textures and splits of one task that are looked through, at each step down."""


def has_words(ask: Ask) -> bool:
    """Say whether a request still knows what was asked for: what its title is made of."""
    return bool(ask.prompt or ask.pictures) if isinstance(ask, Request) else bool(ask.subject)


def without_words(ask: Ask) -> Ask:
    """Return a request without anything that a person wrote or showed; what it costs does not change."""
    if isinstance(ask, Request):
        return replace(ask, prompt="", pictures=(), image_label=())
    if isinstance(ask, TextureRequest):
        return replace(ask, subject="", prompt="", pictures=())
    if isinstance(ask, ConvertRequest):
        return replace(ask, subject="")
    return replace(ask, subject="", prompt="", pictures=(), instruction="")


def without_subject(ask: Ask) -> Ask:
    """Return a remake without the words of the model that it was made from, which is forgotten; its own words stay."""
    if isinstance(ask, TextureRequest | ConvertRequest):
        return replace(ask, subject="")
    return replace(ask, subject="", prompt="") if isinstance(ask, BangRequest) else ask


def forgotten(task: Task, why: Removal, *, now: datetime, owner: Owner | None = None) -> Task:
    """Return a task without words, pictures, files and facts; with `owner` it belongs to that one from now on.

    What has not been sent is called off. What Rodin has goes on: nobody is told, and nothing of it is kept.
    """
    if task.showing.removal in {why, Removal.PERSON_FORGOTTEN}:
        return task
    bare = replace(
        task,
        request=without_words(task.request),
        owner=owner or task.owner,
        files=(),
        changed_at=now,
        submission=task.submission and said_nothing(task.submission),
        showing=Showing(is_pictured=True, generation=task.showing.generation + 1, removal=why),
        # Whoever has not been told how it ended is not told any more; what was told is revised.
        muted=task.muted or (why is Removal.PERSON_FORGOTTEN and not task.is_ending_told),
    )
    if task.state in STOPPABLE:
        return bare.move(TaskState.CANCELLED, now=now, hold=None)
    return bare.revise(next_at=now) if task.has_ended else bare.revise()


def said_nothing(submission: Submission) -> Submission:
    """Return what Rodin gave back without the words that it repeats."""
    return replace(submission, prompt="")


def heard(row: Task, submission: Submission) -> Submission:
    """Return what Rodin gave back for a task, without repeated words that were forgotten while it was asked."""
    has_lost_words = isinstance(row.request, BangRequest) and not row.request.prompt
    return said_nothing(submission) if row.showing.is_forgotten or has_lost_words else submission


async def forget_heirs(tasks: TaskStore, task: Task) -> None:
    """Take a forgotten task's words out of the new textures and splits that were made from it, and from those.

    They are named after the model that they show. Harmless to repeat.
    """
    level = [task.id]
    while level:
        remakes = [
            child
            for child in await tasks.children(level, limit=MOST_HEIRS)
            if isinstance(child.request, TextureRequest | BangRequest | ConvertRequest)
        ]
        for child in remakes:
            await attempt(tasks, child.id, _unnamed)
        level = [child.id for child in remakes]


def _unnamed(row: Task) -> Task:
    bare = replace(row, request=without_subject(row.request))
    bare = replace(bare, submission=bare.submission and heard(bare, bare.submission))
    return row if bare == row else bare.revise()
