"""What people and operators read about limits, pauses and blocks, one function each: platform-neutral plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.limits import Scope
from bot.text import as_credits

if TYPE_CHECKING:
    from bot.controls import Block, BlockKind, Pause
    from bot.ledger import Total

WHOSE: Mapping[Scope, str] = {
    Scope.PERSON: "your",
    Scope.CHANNEL: "this channel's",
    Scope.SERVER: "this server's",
    Scope.EVERYBODY: "the bot's",
}
"""Whose credits they are, in front of an amount: "your 3 credits"."""


def queue_full(scope: Scope, limit: int) -> str:
    """Say that no more tasks may wait: one person's, or everybody's."""
    tasks = _tasks(limit)
    if scope is Scope.PERSON:
        return (
            f"You have {tasks} waiting, as many as one person may have. Ask again when one of them has been sent, or "
            "cancel one. Nothing was charged."
        )
    return (
        f"There {'is' if limit == 1 else 'are'} {tasks} waiting, as many as the bot keeps. "
        "Ask again in a few minutes, when some of them have been sent. Nothing was charged."
    )


def paused(word: str) -> str:
    """Say to somebody who waits that the operator has stopped sending; `word` is the operator's own, or empty."""
    said = f" They say: {word}" if word else ""
    return (
        "The person who runs the bot has paused it. Yours waits and goes on by itself afterwards; nothing was charged."
        f"{said}"
    )


def blocked_person() -> str:
    """Say that the operator takes nothing from this person."""
    return "The person who runs this bot has blocked you from asking for models. Nothing was sent or charged."


def blocked_server() -> str:
    """Say that the operator takes nothing from this server or workspace."""
    return "The person who runs this bot has blocked this server from asking for models. Nothing was sent or charged."


def blocked_word(word: str) -> str:
    """Say that the operator does not want a word in prompts."""
    return f'The person who runs this bot does not allow "{word}". Say it without; nothing was sent or charged.'


def balance_low(amount: str) -> str:
    """Warn the operator that the wallet runs low; `amount` is written out."""
    return f"The bot's Rodin account holds only {amount}. Add credits in the Hyper3D dashboard before it is empty."


def balance_empty(amount: str) -> str:
    """Tell the operator that the wallet pays for nothing any more; `amount` is written out."""
    return (
        f"The bot's Rodin account holds {amount}, too little for any model. Rodin will refuse what people ask for "
        "until you add credits in the Hyper3D dashboard."
    )


def balance_recovered(amount: str) -> str:
    """Tell the operator that there are enough credits again; `amount` is written out."""
    return f"The bot's Rodin account holds {amount} again."


# What the operator reads at the command line.


def is_paused(waiting: int) -> str:
    """Say that nothing is sent any more."""
    return (
        f"Paused: nothing is sent to Rodin until `rodin-bot resume`. {_tasks_wait(waiting)} "
        "What Rodin has already goes on and is delivered."
    )


def was_not_paused() -> str:
    """Say that there was nothing to resume."""
    return "The bot was not paused. Nothing was changed."


def is_resumed(waiting: int) -> str:
    """Say that tasks are sent again."""
    return f"Resumed: tasks are sent to Rodin again. {_tasks_wait(waiting)}"


def is_blocked(kind: BlockKind, value: str, *, is_new: bool, called_off: int) -> str:
    """Say that something is blocked, and what was called off for it."""
    said = f"Blocked: {kind} {value}." if is_new else f"The {kind} {value} was blocked already."
    if called_off:
        said += f" {_tasks(called_off)} of it waited and {'was' if called_off == 1 else 'were'} called off for free."
    return said


def is_unblocked(kind: BlockKind, value: str, *, was_blocked: bool) -> str:
    """Say that something is allowed again."""
    if was_blocked:
        return f"Allowed again: {kind} {value}."
    return f"The {kind} {value} was not blocked. `rodin-bot blocks` lists what is."


def blocked_list(blocks: Sequence[Block], pause: Pause | None) -> str:
    """List what is blocked, and say whether the bot is paused; one line for each."""
    lines = [f"{block.kind} {block.value}  since {_day(block.since)}" for block in blocks] or ["Nothing is blocked."]
    if pause is not None:
        word = f": {pause.word}" if pause.word else ""
        lines.append(f"The bot is paused since {_day(pause.since)}{word}")
    return "\n".join(lines)


def ledger_total(sums: Total) -> str:
    """Say what was charged in all, and what may have been."""
    said = f"{_tasks(sums.tasks)} charged: {as_credits(sums.credits)}."
    if sums.doubtful_tasks:
        doubtful = f"{as_credits(sums.doubtful_credits)} for {_tasks(sums.doubtful_tasks)}"
        said += f" Perhaps another {doubtful} whose answer was lost; Rodin's usage records tell."
    return f"{said} Add --csv for each of them."


def no_database(where: str) -> str:
    """Say that the command has found no bot."""
    return (
        f"There is no database yet ({where}). Run this where the bot runs, with its .env, or set DATABASE_URL as there."
    )


def _tasks_wait(count: int) -> str:
    if not count:
        return "No task waits."
    return f"{_tasks(count)} {'waits' if count == 1 else 'wait'}, and whoever asked is told."


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count:,} tasks"


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
