"""What can be done about a task next, in the order in which it is offered, and what it costs. Pure."""

from __future__ import annotations

from decimal import Decimal

from bot.catalog import TIERS, price
from bot.conversions import can_convert
from bot.model import BangRequest, ConvertRequest, FailureKind, Request, Task, TaskState
from bot.reasking import better_request
from bot.remakes import REMAKE_CREDITS
from bot.update import Choice

HAVE_PARTS_GONE = frozenset({FailureKind.PICTURES_LOST, FailureKind.MODEL_LOST})
"""Failures after which the same request cannot be sent again: something that it needs is gone."""


def choices_of(task: Task) -> tuple[Choice, ...]:
    """Return what a person can do about a task as it stands now."""
    if task.showing.is_forgotten:
        return ()
    if not task.has_ended:
        return () if task.muted else (Choice.CANCEL,)
    if task.state is TaskState.READY:
        return _with_model(task) if task.files else _without_files(task)
    if task.state is TaskState.CANCELLED:
        return _without_files(task)
    if task.failure is not None and task.failure.kind is FailureKind.NOT_CONVERTED:
        return (Choice.FORMAT,)
    is_whole = task.failure is None or task.failure.kind not in HAVE_PARTS_GONE
    return (Choice.RESEND,) if is_whole and task.showing.removal is None else ()


def costs_of(task: Task, choices: tuple[Choice, ...]) -> tuple[tuple[Choice, Decimal], ...]:
    """Return what each of these choices costs, of those that cost something."""
    priced = ((choice, _cost(task, choice)) for choice in choices)
    return tuple((choice, amount) for choice, amount in priced if amount is not None)


def _with_model(task: Task) -> tuple[Choice, ...]:
    """Return what a finished model offers; what begins with the words it was made from only where there are some."""
    request = task.request
    offered = [Choice.AGAIN] if not isinstance(request, BangRequest | ConvertRequest) else []
    if isinstance(request, Request):
        offered += _from_the_words(request)
    if Choice.FORMAT not in offered and (not isinstance(request, Request) or can_convert(task)):
        offered.append(Choice.FORMAT)
    offered.append(Choice.RETEXTURE)
    if not isinstance(request, BangRequest):
        offered.append(Choice.SPLIT)
    return (*offered, Choice.LINKS, Choice.DELETE)


def _without_files(task: Task) -> tuple[Choice, ...]:
    """Return what is left where all files are gone: whatever needs none."""
    request = task.request
    if not isinstance(request, Request) or request.pictures:
        return ()
    return (Choice.AGAIN, *_from_the_words(request))


def _from_the_words(request: Request) -> list[Choice]:
    offered = [Choice.VARIATION]
    if better_request(request) is not None:
        offered.append(Choice.BETTER)
    if len(TIERS[request.tier].formats) > 1:
        offered.append(Choice.FORMAT)
    return offered


def _cost(task: Task, choice: Choice) -> Decimal | None:
    match choice:
        case Choice.FORMAT if can_convert(task) or isinstance(task.request, ConvertRequest):
            return None  # it depends on the format; some are free
        case Choice.AGAIN | Choice.RESEND | Choice.VARIATION | Choice.FORMAT:
            return price(task.request)
        case Choice.RETEXTURE | Choice.SPLIT:
            return REMAKE_CREDITS
        case Choice.BETTER if isinstance(task.request, Request):
            better = better_request(task.request)
            return None if better is None else price(better)
    return None
