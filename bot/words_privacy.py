"""Every sentence about what is kept of people, who sees it, and how it is forgotten; as in `bot.text`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot import text
from bot.model import Task
from bot.reading import join_words
from bot.requests import VENDOR_KEEPS
from bot.words_versions import NOTHING_SENT

VENDOR_SENTENCE = (
    f"Hyper3D keeps what is sent to its API, and what it makes of it, for {VENDOR_KEEPS.days} days; it says that it "
    "does not train on it, publish it or share it. The bot cannot have it removed there earlier."
)
"""Source: docs.hyper3d.ai, Data Retention Policy, in force since 2026-08-03."""


_SENT = (
    "Your words and pictures go to Hyper3D Rodin, which makes the model. Pictures are drawn anew first, so that no "
    "place, camera or name inside them is passed on. Your name and account are not sent."
)
_KEPT = (
    "Your words, the options that you chose, the id of your account on the chat platform, and where you asked, so that "
    "the bot can answer you, also after a restart."
)
_AMOUNTS = "What each model cost and when, for the person who pays. That stays."
_THREADS = (
    "Whoever can read the thread where you asked, and people of the same server or workspace who look up what stands "
    "in its threads. What you ask for in private, only you."
)
_LINKS = "Whoever has the link to the page of a model. It cannot be guessed, and search engines are told to stay away."
_OPERATOR = "The person who runs the bot, who has its database and files."
_EXPORT = "export gives you what is kept of you, as an archive."
_DELETE = (
    "delete, with a task's id, removes its files and makes its links void. With --forget your words and pictures go as "
    "well; other versions keep their copies, and the answer names them."
)
_FORGET_ME = (
    "forget me does that for everything you have asked for, and removes who you were; only amounts and times stay. It "
    "cannot be undone."
)
_QUESTIONS = "Ask the person who runs the bot in your server or workspace. Rodin's own terms are Hyper3D's."

MOST_NAMED = 20
"""Versions that are named in one answer; of more the next answers tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One heading of the privacy page, and what stands below it: a paragraph each."""

    heading: str
    paragraphs: tuple[str, ...]


def sections(keep_days: int) -> tuple[Section, ...]:
    """Return what the bot does with what people give it, for the command and the web page alike."""
    return (
        Section(heading="What is sent away", paragraphs=(_SENT, VENDOR_SENTENCE)),
        Section(heading="What is kept here", paragraphs=(_KEPT, _files_kept(keep_days), _AMOUNTS)),
        Section(heading="Who can see it", paragraphs=(_THREADS, _LINKS, _OPERATOR)),
        Section(heading="What you can do", paragraphs=(_EXPORT, _DELETE, _FORGET_ME)),
        Section(heading="Questions", paragraphs=(_QUESTIONS,)),
    )


def privacy(keep_days: int) -> str:
    """Say all of that in plain text."""
    return "\n\n".join(
        "\n".join((section.heading, *(f"- {paragraph}" for paragraph in section.paragraphs)))
        for section in sections(keep_days)
    )


# Forgetting.


def forgotten(task: Task, left: str) -> str:
    """Say that one task is forgotten; `left` says what other versions hold."""
    said = (
        f"Task {task.id} is forgotten: its files, words and pictures are gone here, and its links are void.",
        left,
        f"What it cost stays in the books. {VENDOR_SENTENCE}",
    )
    return " ".join(filter(None, said))


def held_by(task_ids: Sequence[str]) -> str:
    """Say which other versions hold what a forgotten one held, and how they are forgotten; nothing of none."""
    if not task_ids:
        return ""
    if len(task_ids) == 1:
        return (
            f"Version {task_ids[0]} still holds its words, its pictures or the model itself. To forget that too, use "
            f"delete {task_ids[0]} --forget."
        )
    others = len(task_ids) - MOST_NAMED
    named = [*task_ids[:MOST_NAMED], *([f"{others} more"] if others > 0 else [])]
    return (
        f"These versions still hold its words, its pictures or the model itself: {join_words(named, 'and')}. To forget "
        f"them too, use delete with --forget for each of them, such as delete {task_ids[0]} --forget."
    )


def hidden_versions() -> str:
    """Say to an admin, whether there are any or not, that some versions are not theirs to know of."""
    return "Versions that only the person who asked can see are not touched, and are theirs to forget."


def versions_unknown(task: Task) -> str:
    """Say that nobody could look which versions hold the same."""
    return (
        "Whether other versions still hold its words or pictures could not be looked up now: "
        f"show {task.id} lists its versions."
    )


def not_over_to_forget(task: Task) -> str:
    """Say why a task that runs is not forgotten yet."""
    return f"Task {task.id} is still under way. Call it off, or wait until it has ended; then it can be forgotten."


def forgotten_before(task: Task) -> str:
    """Say that there is nothing left to forget or delete."""
    return f"Task {task.id} is forgotten already. Nothing was changed."


def nothing_to_go_on_from(task: Task) -> str:
    """Say why nothing can be made of a forgotten task."""
    return f"Task {task.id} is forgotten, so nothing can be made of it. {NOTHING_SENT}"


def person_forgotten(tasks: int, *, running: int, spent_today: Decimal) -> str:
    """Say what was forgotten of a person, and what remains."""
    if not tasks:
        return "Nothing is kept of you here, so there was nothing to forget."
    models = "1 model" if tasks == 1 else f"{tasks} models"
    said = [
        f"You are forgotten: {models} of yours, with words, pictures, files and links, and that you asked for them.",
        "The bot's own messages about them say so instead, as soon as their platform lets it change them.",
    ]
    if running:
        what = "One of them is" if running == 1 else f"{running} of them are"
        said.append(f"{what} being made at Rodin, which cannot be stopped: it is charged, and nothing of it is kept.")
    said.append("What remains: what each one cost and when, in the books, under a code in the place of your account.")
    if spent_today:
        said.append(f"The {text.as_credits(spent_today)} of today go on counting for today's limits.")
    said.append("What you wrote yourself in the chat is not the bot's to remove, nor a block or right that names you.")
    said.append(VENDOR_SENTENCE)
    return " ".join(said)


# Lists.


def no_channel() -> str:
    """Say that there is no channel whose tasks could be listed."""
    return "There is no channel here whose models could be listed. Leave that out to see your own."


def whole_server() -> str:
    """Say who may list what everybody in a server has asked for."""
    return "Only admins can list what the whole server has asked for. The list of this channel shows everybody's in it."


def nothing_found() -> str:
    """Say that a list with filters is empty."""
    return "Nothing fits. Leave a filter out to see more."


def _files_kept(days: int) -> str:
    how_long = "1 day" if days == 1 else f"{days} days"
    return (
        f"Your pictures, the finished model, its textures and its previews, for {how_long} after it was made; then "
        "they are removed by themselves."
    )
