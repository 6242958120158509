"""An update as a Slack message. Pure; whatever people wrote is plain text here, cut to fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapters.slack import blocks, limits, words
from adapters.slack.blocks import Json
from adapters.slack.buttons import choice_buttons
from adapters.slack.drafts import Draft, Mark
from bot import words_chat, words_privacy
from bot.chat import FreshLink, FreshLinks, Version
from bot.cutting import joined, plain, size_of
from bot.gauge import bar_lines, standing
from bot.labels import is_web_link, web_links
from bot.model import ModelFile
from bot.parcel import Enclosure, Parcel, Room, pack, remarks, still_of, turntable_of
from bot.trees import branches
from bot.update import Update

STATUS, RESULT = "status", "result"
"""What our messages about a task are."""

PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".gif")
"""What an image block takes. Source: docs.slack.dev, Image block."""

LONGEST_LIST_TITLE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a message may show. `still` is the file id of the picture in Slack, `notes` are
    sentences to add, `asked_by` the words that name the asker where the thread is not under their own message."""

    still: str = ""
    notes: tuple[str, ...] = ()
    asked_by: str = ""


def status_draft(update: Update, stage: Stage) -> Draft:
    """Return the message that is revised while a task runs, and says shortly in the end how it went."""
    is_over = update.ending and not update.is_muted
    lines = update.lines[:1] if is_over else update.lines
    shown = [
        blocks.header(_title(update)),
        blocks.paragraph([update.headline, *bar_lines(update)]),
        blocks.footnote([*lines, *stage.notes]),
        blocks.footnote([f"Task {update.task_id}{'' if update.owner.is_forgotten else stage.asked_by}"]),
        *([blocks.footnote([update.notice])] if update.notice else ()),
    ]
    if not is_over and (row := choice_buttons(update)):
        shown.append(blocks.buttons(row))
    said = limits.escaped(f"{_title(update)}: {update.headline}", limits.TEXT)
    return Draft(text=said, blocks=tuple(shown), mark=Mark(task=update.task_id, kind=STATUS))


def result_draft(update: Update, stage: Stage) -> Draft:
    """Return the message that says how a task ended. Its person is notified."""
    parcel = parcel_of(update)
    has_link = is_web_link(update.download_url, longest=limits.LINK)
    lines = update.lines[: len(update.lines) - len(update.files)]
    ping = "" if update.owner.is_forgotten else f"{words.mention(update.owner.user_id)} "
    headline = limits.escaped(update.headline, limits.TEXT - size_of(ping))
    shown = [blocks.marked_paragraph(f"{ping}{headline}")]
    if stage.still:
        shown.append(blocks.picture(stage.still, words_chat.still_alt(update.title)))
    shown.append(blocks.paragraph([*lines, *remarks(parcel, has_link=has_link), *stage.notes]))
    shown.append(blocks.footnote([f"Task {update.task_id}: {_title(update)}"]))
    if row := [*_links(update), *choice_buttons(update)]:
        shown.append(blocks.buttons(row))
    return Draft(text=f"{ping}{headline}", blocks=tuple(shown), mark=Mark(task=update.task_id, kind=RESULT))


def answer_draft(update: Update) -> Draft:
    """Return everything about a task for one person's eyes, as for `show`; nobody is notified."""
    shown = [
        blocks.header(_title(update)),
        blocks.paragraph([update.headline, *bar_lines(update), *update.lines]),
        blocks.footnote([f"Task {update.task_id}"]),
    ]
    if row := [*_links(update), *choice_buttons(update)]:
        shown.append(blocks.buttons(row))
    return Draft(text=limits.escaped(f"{_title(update)}: {update.headline}", limits.TEXT), blocks=tuple(shown))


def list_draft(updates: Sequence[Update], *, is_narrowed: bool = False) -> Draft:
    """Return tasks, a line each. `is_narrowed`: somebody wanted to see certain ones only."""
    if not updates:
        return _nothing(is_narrowed=is_narrowed)
    rows = [row_of(update) for update in updates]
    said = joined((limits.escaped(row, limits.TEXT) for row in rows), limits.TEXT)
    return Draft(text=said, blocks=(blocks.paragraph(rows),))


def tree_draft(families: Sequence[Version], *, is_narrowed: bool = False) -> Draft:
    """Return trees of versions, a line for each: what was made from a version stands below it."""
    if not families:
        return _nothing(is_narrowed=is_narrowed)
    rows = [f"{one.stem}{_branch(one.version)}" for family in families for one in branches(family)]
    said = joined((limits.escaped(row, limits.TEXT) for row in rows), limits.TEXT)
    return Draft(text=said, blocks=(blocks.preformatted(rows),))


def sentence_draft(*sentences: str) -> Draft:
    """Return plain sentences."""
    said = "\n".join(sentence for sentence in sentences if sentence)
    return Draft(text=limits.escaped(said, limits.TEXT), blocks=(blocks.paragraph(said.split("\n")),))


def told_draft(said: str, url: str) -> Draft:
    """Return a plain sentence, and a link to the thread where it goes on."""
    way = words.follow_it(limits.escaped(url, limits.LINK))
    text = limits.escaped(said, limits.TEXT - size_of(way) - 1)
    return Draft(text=f"{text} {way}", blocks=(blocks.paragraph([said]), blocks.marked_paragraph(way)))


def links_draft(links: FreshLinks) -> Draft:
    """Return short-lived links, as many as find room. For one person's eyes."""
    shown: list[Json] = [blocks.paragraph([links.sentence])]
    for link in links.links:
        row = _link_row(link)
        if row is None:
            continue
        if len(shown) >= limits.MESSAGE_BLOCKS - 1 or limits.weight([*shown, row]) > limits.MESSAGE - 500:
            break
        shown.append(row)
    if (missing := len(links.links) - len(shown) + 1) > 0:
        shown.append(blocks.paragraph([words_chat.more_links(missing)]))
    return Draft(text=limits.escaped(links.sentence, limits.TEXT), blocks=tuple(shown))


def row_of(update: Update) -> str:
    """Return a task in one line of a list."""
    return f"{update.task_id}  {plain(_title(update), LONGEST_LIST_TITLE)}: {standing(update)}"


def _branch(version: Version) -> str:
    """Return the first version by its title, every other one by what sets it apart."""
    if not version.difference:
        return row_of(version.update)
    called = plain(" ".join(version.difference.split()), LONGEST_LIST_TITLE)
    return f"{version.update.task_id}  {called}: {standing(version.update)}"


def _nothing(*, is_narrowed: bool) -> Draft:
    return sentence_draft(words_privacy.nothing_found() if is_narrowed else words_chat.nothing_yet(words.HOW_TO_START))


def still_enclosure(update: Update) -> Enclosure | None:
    """Return the picture that stands for a model: our own, else Rodin's."""
    still = still_of(update.files, endings=PICTURE_ENDINGS)
    return None if still is None else Enclosure(name=still.name, file=still, alt=words_chat.still_alt(update.title))


def turntable_enclosure(update: Update) -> Enclosure | None:
    """Return the moving picture that Slack plays."""
    file = turntable_of(update.files, ending=".gif")
    return None if file is None else Enclosure(name=file.name, file=file, alt=words_chat.turntable_alt(update.title))


def parcel_of(update: Update) -> Parcel:
    """Choose which model files go into the thread."""
    room = Room(each_bytes=limits.FILE_BYTES, total_bytes=limits.PARCEL_BYTES, count=limits.PARCEL_FILES)
    return pack(update.files, room)


def enclosures_of(files: Iterable[ModelFile]) -> tuple[Enclosure, ...]:
    """Return files as they go into the thread."""
    return tuple(Enclosure(name=file.name, file=file, alt=words_chat.file_alt(file.name)) for file in files)


def _title(update: Update) -> str:
    return plain(" ".join(update.title.split()), limits.HEADER) or update.task_id


def _links(update: Update) -> list[Json]:
    return [blocks.web_link(link) for link in web_links(update, longest=limits.LINK)]


def _link_row(link: FreshLink) -> Json | None:
    """Return a link in a paragraph of its own; None for an address that is none, or too long for one."""
    name = limits.escaped(link.name, 200).replace("|", " ")
    row = f"<{limits.escaped(link.url, 10_000).replace('|', '%7C')}|{name}>"
    if not is_web_link(link.url, longest=limits.SECTION) or size_of(row) > limits.SECTION:
        return None
    return blocks.marked_paragraph(row)
