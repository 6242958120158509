"""An update as a Slack message. Pure; whatever people wrote is plain text here, cut to fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from adapters.slack import blocks, limits, words
from adapters.slack.blocks import Json
from adapters.slack.buttons import LINK_PREFIX, choice_buttons
from adapters.slack.drafts import Draft, Enclosure, Mark
from bot.chat import FreshLink, FreshLinks
from bot.model import FileRole, ModelFile
from bot.parcel import Parcel, Room, pack
from bot.update import Bar, Update

STATUS, RESULT = "status", "result"
"""What our messages about a task are."""

BAR_CELLS = 12
MOST_SHOWN = 0.99
"""A bar is never full before the model is there."""

STILLS = (FileRole.STILL, FileRole.RENDER, FileRole.PREVIEW)
"""What stands in the result, the best first."""

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
    bar = (render_bar(update.bar),) if update.bar is not None and not update.ending else ()
    shown = [
        blocks.header(_title(update)),
        blocks.paragraph([update.headline, *bar]),
        blocks.footnote([*lines, *stage.notes]),
        blocks.footnote([f"Task {update.task_id}{stage.asked_by}"]),
    ]
    if not is_over and (row := choice_buttons(update)):
        shown.append(blocks.buttons(row))
    said = limits.escaped(f"{_title(update)}: {update.headline}", limits.TEXT)
    return Draft(text=said, blocks=tuple(shown), mark=Mark(task=update.task_id, kind=STATUS))


def result_draft(update: Update, stage: Stage) -> Draft:
    """Return the message that says how a task ended. Its person is notified."""
    parcel = parcel_of(update)
    lines = update.lines[: len(update.lines) - len(update.files)]
    ping = words.mention(update.owner.user_id)
    headline = limits.escaped(update.headline, limits.TEXT - limits.size_of(ping) - 1)
    shown = [blocks.marked_paragraph(f"{ping} {headline}")]
    if stage.still:
        shown.append(blocks.picture(stage.still, words.still_alt(update.title)))
    shown.append(blocks.paragraph([*lines, *_parcel_remarks(parcel, update), *stage.notes]))
    shown.append(blocks.footnote([f"Task {update.task_id}: {_title(update)}"]))
    if row := [*_links(update), *choice_buttons(update)]:
        shown.append(blocks.buttons(row))
    return Draft(text=f"{ping} {headline}", blocks=tuple(shown), mark=Mark(task=update.task_id, kind=RESULT))


def answer_draft(update: Update) -> Draft:
    """Return everything about a task for one person's eyes, as for `show`; nobody is notified."""
    bar = (render_bar(update.bar),) if update.bar is not None and not update.ending else ()
    shown = [
        blocks.header(_title(update)),
        blocks.paragraph([update.headline, *bar, *update.lines]),
        blocks.footnote([f"Task {update.task_id}"]),
    ]
    if row := [*_links(update), *choice_buttons(update)]:
        shown.append(blocks.buttons(row))
    return Draft(text=limits.escaped(f"{_title(update)}: {update.headline}", limits.TEXT), blocks=tuple(shown))


def list_draft(updates: Sequence[Update]) -> Draft:
    """Return a person's tasks, a line each."""
    if not updates:
        return sentence_draft(words.nothing_yet())
    rows = [row_of(update) for update in updates]
    said = limits.joined((limits.escaped(row, limits.TEXT) for row in rows), limits.TEXT)
    return Draft(text=said, blocks=(blocks.paragraph(rows),))


def sentence_draft(*sentences: str) -> Draft:
    """Return plain sentences."""
    said = "\n".join(sentence for sentence in sentences if sentence)
    return Draft(text=limits.escaped(said, limits.TEXT), blocks=(blocks.paragraph(said.split("\n")),))


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
        shown.append(blocks.paragraph([words.more_links(missing)]))
    return Draft(text=limits.escaped(links.sentence, limits.TEXT), blocks=tuple(shown))


def row_of(update: Update) -> str:
    """Return a task in one line of a list."""
    percent = f", {min(update.bar.fraction, MOST_SHOWN):.0%}" if update.bar and not update.ending else ""
    return f"{update.task_id}  {limits.plain(_title(update), LONGEST_LIST_TITLE)}: {update.state}{percent}"


def render_bar(bar: Bar) -> str:
    """Return a bar and its percentage; never full, since a finished task has none."""
    fraction = min(max(bar.fraction, 0.0), MOST_SHOWN)
    full = int(fraction * BAR_CELLS)
    return f"{'▰' * full}{'▱' * (BAR_CELLS - full)} {fraction:.0%}"


def still_of(update: Update) -> Enclosure | None:
    """Return the picture that stands for a model: our own, else Rodin's."""
    found = (file for role in STILLS for file in update.files if file.role is role)
    still = next((file for file in found if file.name.lower().endswith(PICTURE_ENDINGS)), None)
    return None if still is None else Enclosure(name=still.name, file=still, alt=words.still_alt(update.title))


def turntable_of(update: Update) -> Enclosure | None:
    """Return the moving picture that Slack plays."""
    for file in update.files:
        if file.role is FileRole.TURNTABLE and file.name.lower().endswith(".gif"):
            return Enclosure(name=file.name, file=file, alt=words.turntable_alt(update.title))
    return None


def parcel_of(update: Update) -> Parcel:
    """Choose which model files go into the thread."""
    room = Room(each_bytes=limits.FILE_BYTES, total_bytes=limits.PARCEL_BYTES, count=limits.PARCEL_FILES)
    return pack(update.files, room)


def enclosures_of(files: Iterable[ModelFile]) -> tuple[Enclosure, ...]:
    """Return files as they go into the thread."""
    return tuple(Enclosure(name=file.name, file=file, alt=words.file_alt(file.name)) for file in files)


def is_web_link(url: str | None) -> bool:
    """Whether an address may stand behind a button."""
    return bool(url) and len(url or "") <= limits.LINK and urlsplit(url or "").scheme in {"http", "https"}


def _title(update: Update) -> str:
    return limits.plain(" ".join(update.title.split()), limits.HEADER) or update.task_id


def _links(update: Update) -> list[Json]:
    wanted = (("View in 3D", "view", update.viewer_url), ("Download", "download", update.download_url))
    return [
        blocks.link_button(label, action=f"{LINK_PREFIX}{name}", url=url)
        for label, name, url in wanted
        if url and is_web_link(url)
    ]


def _parcel_remarks(parcel: Parcel, update: Update) -> tuple[str, ...]:
    said = (words.reduced(),) if parcel.is_reduced else ()
    if not parcel.left_out:
        return said
    return (*said, words.left_out(parcel.left_out, has_link=is_web_link(update.download_url)))


def _link_row(link: FreshLink) -> Json | None:
    """Return a link in a paragraph of its own; None for an address that is none, or too long for one."""
    name = limits.escaped(link.name, 200).replace("|", " ")
    row = f"<{limits.escaped(link.url, 10_000).replace('|', '%7C')}|{name}>"
    if urlsplit(link.url).scheme not in {"http", "https"} or limits.size_of(row) > limits.SECTION:
        return None
    return blocks.marked_paragraph(row)
