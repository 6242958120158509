"""An update as a Discord message. Pure; whatever people wrote is escaped and cut here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, count
from urllib.parse import quote

import discord

from adapters.discord import limits, words
from adapters.discord.drafts import ChoiceButton, Draft, LinkButton, Stage
from bot import words_chat, words_policy
from bot.chat import FreshLink, FreshLinks, Version
from bot.cutting import joined, plain, size_of
from bot.gauge import bar_lines, standing
from bot.labels import is_web_link, web_links
from bot.model import TaskState
from bot.parcel import Enclosure, Parcel, Room, pack, remarks, still_of, turntable_of
from bot.policy import Grant, ServerSettings
from bot.update import Update

ROOT, STATUS, RESULT = "root", "progress", "result"
"""What our messages about a task are, as their last line says."""

COLOURS = {
    TaskState.READY: discord.Colour.green(),
    TaskState.FAILED: discord.Colour.red(),
    TaskState.UNCLEAR: discord.Colour.gold(),
    TaskState.CANCELLED: discord.Colour.light_grey(),
}
UNDER_WAY = discord.Colour.blurple()

TURNTABLE_NAME = "turntable.webp"
PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif")

LONGEST_LIST_TITLE = 80
DEEPEST = 8
STEP = "\u2003"
"""How far a version of a tree stands in for each one above it: a wide space, since Discord cuts off ordinary ones."""

MOST_MENTIONED = 3
"""How many roles, and people, a right names in one line, so that the other rights find room in the embed, too."""

LONGEST_LINE = 1000
"""More than any of the core's sentences has; one that has more must not push the others out."""

OUR_NAMES = ("still.", "turntable.")
"""How names begin that only our own pictures may have in a message."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def thread_name(update: Update) -> str:
    """Return what a task's thread is called."""
    return plain(" ".join(update.title.split()), limits.THREAD_NAME) or update.task_id


def root_draft(update: Update, *, user: int | None) -> Draft:
    """Return the message in the channel that the thread hangs on; `user` is who asked, None for nobody any more."""
    mark = words.mark(update.task_id, ROOT)
    asked = "" if user is None else f", {words.asked_by(user)}"
    return Draft(mark=mark, content=f"**{_title(update)}**{asked}\n-# {mark}")


def status_draft(update: Update, stage: Stage) -> Draft:
    """Return the message that is revised while a task runs, and says shortly in the end how it went."""
    mark = words.mark(update.task_id, STATUS)
    draft = Draft(mark=mark, buttons=_choices(update) if not update.ending or update.is_muted else ())
    lines = update.lines[:1] if update.ending and not update.is_muted else update.lines
    rows = _escaped(update.headline, *bar_lines(update), *lines)
    notice = [limits.linked(update.notice, LONGEST_LINE)] if update.notice else []
    return _filled(draft, update, [*rows, *notice, *_escaped(*stage.notes)], stage=stage)


def result_draft(update: Update, stage: Stage) -> Draft:
    """Return the message that says how a task ended and hands over what was made. Its person is notified."""
    enclosures, notes = _handed_over(update, stage)
    draft = Draft(
        mark=words.mark(update.task_id, RESULT),
        buttons=(*_links(update), *_choices(update)),
        enclosures=enclosures,
        pings=None if update.owner.is_forgotten else int(update.owner.user_id),
    )
    lines = update.lines[: len(update.lines) - len(update.files)] if enclosures else update.lines
    return _filled(draft, update, _escaped(update.headline, *lines, *notes, *stage.notes), stage=stage)


def answer_draft(update: Update, stage: Stage) -> Draft:
    """Return everything about a task for one person's eyes, as for `show`; nobody is notified."""
    if not update.ending:
        return status_draft(update, stage)
    return without_ping(result_draft(update, stage))


def without_ping(draft: Draft) -> Draft:
    """Return the message for somebody who is looking at it already."""
    if draft.pings is None:
        return draft
    return replace(draft, pings=None, content=draft.content.removeprefix(f"<@{draft.pings}>").strip())


def list_draft(updates: Sequence[Update]) -> Draft:
    """Return a person's tasks, a line each."""
    if not updates:
        return sentence_draft(words_chat.nothing_yet(words.HOW_TO_START))
    rows = [_row(update) for update in updates]
    return Draft(embed=discord.Embed(description=joined(rows, limits.EMBED_DESCRIPTION), colour=UNDER_WAY))


def tree_draft(families: Sequence[Version]) -> Draft:
    """Return trees of versions, a line for each: what was made from a version stands below it."""
    if not families:
        return sentence_draft(words_chat.nothing_yet(words.HOW_TO_START))
    rows = [row for family in families for row in _branches(family)]
    return Draft(embed=discord.Embed(description=joined(rows, limits.EMBED_DESCRIPTION), colour=UNDER_WAY))


def sentence_draft(*sentences: str, markup: str = "") -> Draft:
    """Return plain sentences as an answer; `markup` of our own (a channel's mention) follows as it is."""
    room = limits.CONTENT - size_of(markup) - 1
    said = limits.escaped("\n".join(sentence for sentence in sentences if sentence), room)
    return Draft(content=f"{said}\n{markup}".strip() if markup else said)


def notice_draft(sentence: str, key: str) -> Draft:
    """Return news for the operator; its last line is how it is found again after a crash."""
    mark = words.notice_mark(key)
    return Draft(mark=mark, content=f"{limits.escaped(sentence, limits.CONTENT - size_of(mark) - 4)}\n-# {mark}")


def settings_draft(settings: ServerSettings) -> Draft:
    """Return how a server is set up: who may do what, with whose key, and what people have been told."""
    rows = [f"`{one.right}` {limits.escaped(one.sentence, 200)}: {_whom(one.grant)}" for one in settings.rights]
    description = joined([*_escaped(settings.key, settings.notice), "", *rows], limits.EMBED_DESCRIPTION)
    return Draft(embed=discord.Embed(description=description, colour=UNDER_WAY))


def privacy_draft(text: str) -> Draft:
    """Return the core's words about privacy: headings, and below each its points as lines that begin with a dash."""
    rows = [_privacy_row(line) for line in text.splitlines()]
    return Draft(embed=discord.Embed(description=joined(rows, limits.EMBED_DESCRIPTION), colour=UNDER_WAY))


def _privacy_row(line: str) -> str:
    if not line:
        return ""
    dash = "- "
    if line.startswith(dash):
        return f"{dash}{limits.linked(line.removeprefix(dash), LONGEST_LINE)}"
    return f"**{limits.escaped(line, LONGEST_LINE)}**"


def links_draft(links: FreshLinks) -> Draft:
    """Return short-lived links, as many as find room. For one person's eyes."""
    said = limits.escaped(links.sentence, limits.CONTENT)
    rows = [row for link in links.links if (row := _link_row(link))]
    room = limits.EMBED_DESCRIPTION - size_of(said) - 200
    kept: list[str] = []
    for row in rows:
        if sum(map(size_of, kept)) + len(kept) + size_of(row) <= room:
            kept.append(row)
    more = (words_chat.more_links(len(links.links) - len(kept)),) if len(kept) < len(links.links) else ()
    return Draft(embed=discord.Embed(description="\n".join((said, *kept, *more)), colour=UNDER_WAY))


def _escaped(*lines: str) -> list[str]:
    return [limits.escaped(line, LONGEST_LINE) for line in lines]


def _filled(draft: Draft, update: Update, rows: Sequence[str], *, stage: Stage) -> Draft:
    """Put lines of markup into a frame, or into bare text where frames are not allowed."""
    ping = f"<@{draft.pings}>" if draft.pings is not None else ""
    embed, content = None, ping
    if stage.has_embeds:
        embed = _embed(draft, update, rows)
    else:
        head = " ".join(part for part in (ping, f"**{_title(update)}**") if part)
        foot = f"-# {draft.mark}"
        room = limits.CONTENT - size_of(head) - size_of(foot) - 2
        content = "\n".join((head, joined(rows, room), foot))
    return replace(draft, content=content, embed=embed)


def _embed(draft: Draft, update: Update, lines: Sequence[str]) -> discord.Embed:
    embed = discord.Embed(
        title=_title(update),
        description=joined(lines, limits.EMBED_DESCRIPTION),
        colour=COLOURS.get(update.state, UNDER_WAY),
    )
    still = next((one.name for one in draft.enclosures if one.name.startswith("still.")), None)
    if still is None:
        return embed.set_footer(text=draft.mark)
    if any(one.name == TURNTABLE_NAME for one in draft.enclosures):
        embed.set_thumbnail(url=f"attachment://{still}")  # the model turns above; twice as large it would only be long
    else:
        embed.set_image(url=f"attachment://{still}")
    return embed.set_footer(text=draft.mark)


def _title(update: Update) -> str:
    return limits.escaped(" ".join(update.title.split()), limits.EMBED_TITLE) or update.task_id


def _choices(update: Update) -> tuple[ChoiceButton, ...]:
    return tuple(
        ChoiceButton(choice=choice, task_id=update.task_id, cost=update.cost_of(choice)) for choice in update.choices
    )


def _links(update: Update) -> tuple[LinkButton, ...]:
    return tuple(LinkButton(label=link.label, url=link.url) for link in web_links(update, longest=limits.LINK))


def _handed_over(update: Update, stage: Stage) -> tuple[tuple[Enclosure, ...], tuple[str, ...]]:
    """Choose what is attached, and say what is not."""
    if not stage.has_files:
        return (), ()
    shown = tuple(one for one in _pictures(update) if one.file.size_bytes <= stage.limit_bytes)
    taken = sum(one.file.size_bytes for one in shown)
    room = Room(
        each_bytes=stage.limit_bytes,
        total_bytes=limits.REQUEST_BYTES - limits.FRAMING_BYTES - taken,
        count=limits.ATTACHMENTS - 2,  # the turntable may join later
    )
    parcel = pack(update.files, room)
    return (*shown, *_packed(parcel)), remarks(parcel, has_link=is_web_link(update.download_url, longest=limits.LINK))


def _pictures(update: Update) -> Iterable[Enclosure]:
    still = still_of(update.files, endings=PICTURE_ENDINGS)
    if still is not None:
        ending = still.name.lower().rpartition(".")[2]
        yield Enclosure(name=f"still.{ending}", file=still, alt=_alt(words_chat.still_alt(update.title)))
    turning = turntable_of(update.files, ending=".webp")
    if turning is not None:
        yield Enclosure(name=TURNTABLE_NAME, file=turning, alt=_alt(words_chat.turntable_alt(update.title)))


def _packed(parcel: Parcel) -> Iterable[Enclosure]:
    taken: set[str] = set()
    for file in parcel.files:
        name = attached_name(file.name, taken)
        taken.add(name)
        yield Enclosure(name=name, file=file, alt=_alt(words_chat.file_alt(file.name)))


def attached_name(name: str, taken: Collection[str]) -> str:
    """Return a file's name as Discord keeps it: it changes other characters itself, and then we would not know it."""
    safe = _UNSAFE.sub("_", name) or "file"
    if safe.startswith(OUR_NAMES):
        safe = f"model-{safe}"
    stem, dot, ending = safe.rpartition(".")
    numbered = (f"{stem or ending}-{number}{dot if stem else ''}{ending if stem else ''}" for number in count(2))
    return next(one for one in chain((safe,), numbered) if one not in taken)


def _alt(described: str) -> str:
    return plain(described, limits.ALT_TEXT)


def _row(update: Update, called: str = "") -> str:
    """Return a task in one line, by its title or by what sets it apart."""
    title = limits.escaped(" ".join((called or update.title).split()), LONGEST_LIST_TITLE)
    return f"`{update.task_id}` {title}: {standing(update)}"


def _branches(version: Version, depth: int = 0) -> Iterator[str]:
    """Give a version and all that came of it, each a step further in; a long line of them stops at the last step."""
    stem = f"{STEP * (min(depth, DEEPEST) - 1)}└ " if depth else ""
    yield f"{stem}{_row(version.update, version.difference)}"
    for child in version.children:
        yield from _branches(child, depth + 1)


def _whom(grant: Grant) -> str:
    """Say to whom a right is given, in Discord's own mentions; in an embed they notify nobody."""
    roles, people = sorted(grant.roles)[:MOST_MENTIONED], sorted(grant.people)[:MOST_MENTIONED]
    named = replace(grant, roles=frozenset(roles), people=frozenset(people))
    said = words_policy.to_whom(named, role="<@&{}>".format, person="<@{}>".format)
    left = len(grant.roles) + len(grant.people) - len(roles) - len(people)
    return f"{said}, {words.and_more(left)}" if left else said


def _link_row(link: FreshLink) -> str:
    if not is_web_link(link.url, longest=limits.EMBED_DESCRIPTION):
        return ""
    address = quote(link.url, safe="%/:=&?~#+!$,;'@-._")
    return f"[{limits.escaped(link.name, 200)}](<{address}>)"
