"""Every sentence a person reads, one function each: platform-neutral plain text.

Adapters add markup and escape what came from people (`update.title` is a person's own words).
Say what happened, whether credits were spent, then what to do.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from bot.catalog import describe, notes
from bot.facts import face_warning, fact_line
from bot.looks import Removal
from bot.model import (
    Ask,
    BangRequest,
    Charge,
    ConvertRequest,
    Failure,
    FailureKind,
    FileRole,
    Hold,
    JobState,
    ModelFile,
    RefusalReason,
    Request,
    Task,
    TaskState,
    Usage,
)
from bot.verdicts import FAILURES, OPERATORS_BUSINESS, REMOVALS, refused

TITLE_CHARACTERS = 60

LONGEST_ID = 20
"""Characters that are repeated of what somebody typed for an id."""


def title(request: Ask) -> str:
    """Name a request in a few words: its prompt, cut, or what it was made from."""
    if isinstance(request, ConvertRequest):
        return f"{request.subject or 'a model'}, as {request.geometry_file_format}"
    if not isinstance(request, Request):
        return f"{request.subject or 'a model'}, {'in parts' if isinstance(request, BangRequest) else 'new texture'}"
    words = " ".join(request.prompt.split())
    if not words and not request.pictures:
        return "a forgotten model"
    if not words:
        return "a picture" if len(request.pictures) == 1 else f"{len(request.pictures)} pictures"
    return shortened(words)


def shortened(words: str) -> str:
    """Cut words to the length of a title, on one line."""
    line = " ".join(words.split())
    return line if len(line) <= TITLE_CHARACTERS else line[: TITLE_CHARACTERS - 1].rstrip() + "…"


def as_credits(amount: Decimal) -> str:
    """Write an amount of Rodin's credits: "0.5 credits", "1 credit"."""
    number = f"{amount.normalize():f}"
    return f"{number} credit" if number == "1" else f"{number} credits"


def duration(length: timedelta) -> str:
    """Write a length of time as people say it: "40 s", "2 min", "2 h 5 min"."""
    seconds = max(0, round(length.total_seconds()))
    if seconds < 90:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def size(count: int) -> str:
    """Write a file size: "870 B", "12 kB", "9.4 MB"."""
    if count < 1000:
        return f"{count} B"
    if count < 999_500:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1_000_000:.1f} MB"


def asked(request: Ask, price: Decimal) -> str:
    """Say what was asked for and what it costs: the first line under every task."""
    said = describe(request)
    if isinstance(request, ConvertRequest):
        return f"{said[0].upper()}{said[1:]}. Free: nothing goes to Rodin."
    return f"{said}. Price: {as_credits(price)}."


def remarks(request: Ask) -> tuple[str, ...]:
    """Say what is no mistake but worth knowing about a request."""
    return notes(request)


# How a running task stands.


def waiting(place: int, wait: timedelta, hold: Hold | None) -> str:
    """Say that a task has not been sent yet, and why."""
    if hold is Hold.BUSY:
        return "Rodin takes no new tasks right now. Yours waits and goes on by itself; nothing was charged."
    if hold is Hold.FULL:
        return f"Rodin runs as many tasks as it allows. Yours waits its turn: number {max(place, 1)} in line."
    if place <= 1:
        return "Next in line."
    return f"Waiting: number {place} in line, about {duration(wait)} until it starts."


def submitting() -> str:
    """Say that the request is on its way."""
    return "Handing it to Rodin."


def settling() -> str:
    """Say that Rodin's answer was lost and what is done about it."""
    return "Rodin's answer was lost. Its records are read to see whether it took the request; nothing is sent twice."


def muted() -> str:
    """Remind a person who asks about a task that it was called off after it was sent."""
    return "You called this off after it was sent: the result is kept, and you are not notified."


def running(task: Task) -> str:
    """Say how far Rodin is."""
    if task.submission is not None and task.submission.subscription_key is None:
        return (
            "Rodin has it, but what progress is asked with was lost, so there is none to show until the model is there."
        )
    ahead = max((job.queue_length or 0 for job in task.jobs if job.state is JobState.WAITING), default=0)
    done = sum(job.state is JobState.DONE for job in task.jobs)
    if task.state is TaskState.SUBMITTED:
        return f"Rodin has it; {ahead} ahead in its queue." if ahead else "Rodin has it and will begin soon."
    return f"Rodin is modelling: {done} of {len(task.jobs)} steps done." if task.jobs else "Rodin is modelling."


def collecting() -> str:
    """Say that the model is made and on its way to us."""
    return "Rodin is done. Fetching the files."


def converting() -> str:
    """Say that a model is being made into another format."""
    return "Converting it here. This is free and takes seconds."


def times(elapsed: timedelta, expected: timedelta) -> str:
    """Say how long it has taken and how long such tasks take."""
    return f"{duration(elapsed)} so far; such a model takes about {duration(expected)}."


# How it ended.


def ready(task: Task) -> str:
    """Say that the model is there."""
    took = (task.ended_at or task.changed_at) - (task.submitted_at or task.created_at)
    return f"Your model is ready, after {duration(took)}."


def cancelled() -> str:
    """Say that a task was called off in time."""
    return "Called off before it was sent. Nothing was charged."


def file_line(file: ModelFile) -> str:
    """Name one file, its size and what it is."""
    what = {
        FileRole.MODEL: "the model",
        FileRole.TEXTURE: "texture",
        FileRole.PREVIEW: "preview of the bare geometry",
        FileRole.RENDER: "rendered picture",
        FileRole.STILL: "picture",
        FileRole.TURNTABLE: "the model turning",
        FileRole.FRAMES: "the model turning, frame by frame",
        FileRole.REDUCED: "a smaller copy of the model",
        FileRole.BUNDLE: "the model and all that belongs to it",
    }.get(file.role)
    return f"{file.name} ({size(file.size_bytes)}{f', {what}' if what else ''})"


def showing_lines(task: Task) -> tuple[str, ...]:
    """Say what is known of a finished model and what is odd about it."""
    facts = task.showing.facts
    return (*((f"{fact_line(facts)}.",) if facts else ()), *oddities(task))


def oddities(task: Task) -> tuple[str, ...]:
    """Say what is odd about a finished model: a face count far from what was asked, a picture that lacks something."""
    facts = task.showing.facts
    warning = face_warning(facts, task.request) if facts else ""
    return tuple(line for line in (warning, *task.showing.lost, task.showing.problem) if line)


def removal(why: Removal) -> str:
    """Say what became of the files of a finished model."""
    return REMOVALS[why]


def files_missing() -> str:
    """Say that a finished model cannot be found where it was stored."""
    return "Files of this model are missing from where the bot keeps them. Tell the person who runs the bot."


def deleted(task: Task) -> str:
    """Say that the files of a task are gone."""
    return f"The files of task {task.id} are deleted, and its links are void."


def not_to_delete(task: Task) -> str:
    """Say why there is nothing to delete."""
    return f"Task {task.id} has no files to delete."


def spent(task: Task) -> str:
    """Say what an ended task cost."""
    if task.submission is None:
        return "Nothing was charged."
    if task.submission.consumed is None:
        return f"Rodin did not say what it charged; the price is {as_credits(task.price)}."
    return f"Charged: {as_credits(task.submission.consumed)}."


def cost(task: Task) -> str:
    """Say what a task costs or has cost, wherever it stands."""
    if task.failure is not None:
        return charge(task, task.failure)
    return spent(task) if task.has_ended else f"Price: {as_credits(task.price)}."


def failure(task: Task) -> tuple[str, ...]:
    """Say why there is no model, whether it cost anything, and what to do next, in that order."""
    failed = task.failure
    if failed is None:
        return (
            "Something in the bot broke on this task, so it was ended.",
            spent(task),
            "Tell the person who runs the bot; the log says more. You can have it sent again.",
        )
    if failed.kind is FailureKind.REFUSED:
        reason = failed.reason or RefusalReason.UNKNOWN
        said = f" It said: {failed.code}." if reason is RefusalReason.UNKNOWN and failed.code else ""
        what, then = refused(reason, is_own=task.key_id is not None)
        return (what + said, charge(task, failed), then)
    what, then = FAILURES[failed.kind]
    what = f"{what} {failed.detail}".strip()
    return (what, charge(task, failed), then)


def charge(task: Task, failed: Failure) -> str:
    """Say whether a failed task cost anything."""
    if failed.kind is FailureKind.LOST_ANSWER:
        return lost_answer_charge(task, failed)
    if failed.charged is Charge.NO:
        return "Nothing was charged."
    if failed.charged is Charge.MAYBE:
        return f"It may have cost {as_credits(task.price)}."
    return spent(task)


def lost_answer_charge(task: Task, failed: Failure) -> str:
    """Say what the usage records tell about a request whose answer was lost."""
    if task.submission is not None:
        return f"The answer came in the end: Rodin took it. {spent(task)}"
    if failed.charge_seen is None:
        return f"Rodin's usage records could not be read, so it may have cost {as_credits(task.price)}."
    if failed.charge_seen:
        return (
            f"Rodin's records show a new charge that fits, so it may have been taken and cost {as_credits(task.price)}."
        )
    return "Rodin's records show no new charge that fits, so it was probably not taken and cost nothing."


# Answers to commands.


def accepted(task: Task) -> str:
    """Say that a wish is written down."""
    parent = f" (from {task.parent_id})" if task.parent_id else ""
    return f"Task {task.id}{parent}: {asked(task.request, task.price)}"


def too_late_to_cancel(task: Task) -> str:
    """Say what calling off means once Rodin has a task."""
    if task.state is TaskState.SUBMITTING:
        return (
            f"Task {task.id} is on its way to Rodin and cannot be called back. If Rodin takes it, it is charged "
            f"({as_credits(task.price)}) and the result is kept for when you ask; you will not be notified."
        )
    return (
        f"Rodin has task {task.id} already and cannot be stopped, so it is charged ({as_credits(task.price)}). "
        "The result is kept for when you ask; you will not be notified."
    )


def already_over(task: Task) -> str:
    """Say that there is nothing left to call off."""
    return f"Task {task.id} is over already ({task.state}). Nothing was changed."


def no_such_task(task_id: str) -> str:
    """Say that a task id leads nowhere, or to somebody else's task, which is nobody else's business."""
    shown = " ".join("".join(filter(str.isprintable, task_id)).split())
    shown = shown if len(shown) <= LONGEST_ID else shown[: LONGEST_ID - 1] + "…"
    return f'You have no task "{shown}". Ask for the list to see yours.'


def not_to_resend(task: Task) -> str:
    """Say why a task is not sent again."""
    return f"Task {task.id} is {task.state}; only one that failed or stayed unclear can be sent again."


def pictures_gone() -> str:
    """Say why a task with pictures is not sent again."""
    return "The pictures of that task are gone. Ask again with the pictures; nothing was sent or charged."


def not_yours() -> str:
    """Say that only the person who asked may do this."""
    return "Only the person who asked for this model can do that. You can ask for one of your own."


def no_links_yet(task: Task) -> str:
    """Say that a task without a model has no files to link to."""
    return f"Task {task.id} has no files: it is {task.state}."


def no_links_any_more() -> str:
    """Say that the files of a task can be had nowhere any more."""
    return "The files of this model are gone: they are kept only for a while, here and at Rodin."


def links_unreachable() -> str:
    """Say that nobody hands out links just now."""
    return "Rodin cannot be reached just now, and only it can hand these files out. Try again in a minute."


def lasting_links() -> str:
    """Say how long links to our own pages live."""
    return "These links work as long as the bot keeps the files. Whoever has one can use it."


def short_lived_links(lives: timedelta) -> str:
    """Say how long borrowed links live."""
    return f"These links die in about {duration(lives)}. Whoever has one can use it until then."


def used(usage: Usage) -> str:
    """Say what a person has used."""
    today = f"today {_tasks(usage.tasks_today)} for {as_credits(usage.credits_today)}"
    return f"You have asked for {_tasks(usage.tasks)} for {as_credits(usage.credits)}; {today} (UTC)."


def balance(amount: Decimal) -> str:
    """Say what the wallet holds."""
    return f"The bot's Rodin account holds {as_credits(amount)}."


def balance_unknown() -> str:
    """Say that the wallet could not be asked."""
    return "Rodin did not say how many credits are left. Try again in a minute."


def rodin_away() -> str:
    """Say that Rodin does not answer at all."""
    return "Rodin does not answer, so nobody can say how many credits are left. Try again in a minute."


def balance_refused(reason: RefusalReason, *, is_own: bool = False) -> str:
    """Say why Rodin does not tell the balance; `is_own` says that it is that of a server's own key."""
    if reason in OPERATORS_BUSINESS:
        said, then = refused(reason, is_own=is_own)
        return f"{said} {then.partition(';')[0]}."
    return balance_unknown()


def budget_spent(price: Decimal, left: Decimal, *, limit: Decimal, opens_in: timedelta, whose: str) -> str:
    """Say that a wish does not fit into the credits set aside for a day. `whose` is "your" or "this server's"."""
    daily = f"{whose} {as_credits(limit)}"
    if price > limit:
        return f"This costs {as_credits(price)}, more than {daily} for a whole day. Choose less; nothing was charged."
    return (
        f"This costs {as_credits(price)}, and {as_credits(left)} of {daily} for today can still be spent. "
        f"The next day begins at 00:00 UTC, in {duration(opens_in)}. Nothing was charged."
    )


def trouble() -> str:
    """Say that something of ours broke while a command was taken."""
    return "Something went wrong on our side and was logged. Look at your list before you try again."


def _tasks(count: int) -> str:
    return "1 model" if count == 1 else f"{count} models"
