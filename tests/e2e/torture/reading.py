"""Reads the books of all sides once everything has come to rest."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.e2e.torture import on_discord, on_slack
from tests.e2e.torture.archives import read_archive
from tests.e2e.torture.books import BY_ROUTE, ENDS, Archive, Asked, Attached, Books, Charge, Entry, Named, Post, Row
from tests.e2e.torture.crowd import Noted
from tests.e2e.torture.on_console import SPEAKER
from tests.e2e.torture.plan import Act
from tests.e2e.torture.world import World
from tests.emulators import discord, slack

COLUMNS = (
    "id, state, revision, told, ended_revision, platform, user_id, request, tier, price_mc, vendor_uuid, event, "
    "parent_id, muted, showing, address, work_until_ms, tell_until_ms"
)

STATED = r"(?!\w{7}  .*  (?:ready|failed|unclear|cancelled)(?:  ← this one)?\n)"
"""No line of a list, nor of what `status` and `show` say: those name the state."""

PRINTED = re.compile(
    rf"^(?:[✔✘?] {STATED}(?=\w{{7}}  .*\n  \S)|- {STATED}(?=\w{{7}}  .*\n  Called off))(\w{{7}})  ", re.MULTILINE
)
"""How the terminal begins an ending. Afterwards + and - say what has changed."""

HALF = re.compile(r"#\d+$")
"""How a file in the store ends that is not whole yet."""

HTTP_OK = 200


async def read_books(world: World, noted: list[Noted], *, ledger: str) -> Books:
    """Read everything; `ledger` is what `rodin-bot ledger --csv` printed."""
    rows = read_rows(world.database)
    posts = (*_discord_posts(world), *_slack_posts(world))
    stored, litter = await asyncio.to_thread(read_store, world.store)
    left = [str(path.relative_to(world.folder)) for path in world.scratch.iterdir()]
    taken = await asyncio.to_thread(world.rodin.taken)
    taken_home, exported = await asyncio.to_thread(read_folder, world.home / "out")
    return Books(
        asked=(*(one.read() for one in noted), _printed_promises(world), _whispered_promises(world)),
        rows=rows,
        charges=tuple(_charge(one) for one in taken),
        entries=read_ledger(ledger),
        posts=posts,
        stored=stored,
        litter=(*litter, *left),
        taken_home=taken_home,
        archives=(*exported, *on_discord.archives(world), *on_slack.archives(world)),
        endings=_printed_endings(world),
        integrity=integrity_of(world.database),
        remarks=tuple(_remarks(world)),
    )


def read_rows(database: Path) -> tuple[Row, ...]:
    """Read the table of tasks with their files, oldest first."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
        connection.row_factory = sqlite3.Row
        named: dict[str, list[Named]] = {}
        for one in connection.execute("SELECT task_id, key, role, size_bytes, sha256 FROM files ORDER BY position"):
            file = Named(key=one["key"], role=one["role"], size_bytes=one["size_bytes"], sha256=one["sha256"])
            named.setdefault(one["task_id"], []).append(file)
        found = connection.execute(f"SELECT {COLUMNS} FROM tasks ORDER BY created_ms, id")
        return tuple(_row(one, tuple(named.get(one["id"], ()))) for one in found)


def _row(one: sqlite3.Row, files: tuple[Named, ...]) -> Row:
    request, showing = json.loads(one["request"]), json.loads(one["showing"])
    return Row(
        id=one["id"],
        state=one["state"],
        revision=one["revision"],
        told=one["told"],
        ended_revision=one["ended_revision"],
        platform=one["platform"],
        user=one["user_id"],
        prompt=request.get("prompt", ""),
        said=request.get("instruction", "") if "strength" in request else request.get("prompt", ""),
        product=one["tier"],
        file_format=request["geometry_file_format"],
        asset=request.get("asset_id") or "",
        price=Decimal(one["price_mc"]) / 1000,
        uuid=one["vendor_uuid"],
        event=one["event"],
        parent=one["parent_id"],
        muted=bool(one["muted"]),
        removal=showing.get("removal"),
        is_leased=one["work_until_ms"] is not None or one["tell_until_ms"] is not None,
        has_thread=one["platform"] == "discord" and "kind=thread" in one["address"],
        pictures=tuple(picture["key"] for picture in request.get("pictures", ())),
        files=files,
    )


def _charge(one: Mapping[str, Any]) -> Charge:
    return Charge(
        uuid=one["uuid"],
        prompt=one["prompt"],
        amount=Decimal(one["amount"]),
        product=BY_ROUTE.get(one["route"]) or one["tier"],
        file_format=one["format"],
    )


def is_at_rest(database: Path) -> bool:
    """Whether every task of a chat has ended, its thread has seen everything, and nothing is to be done about it."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
        connection.row_factory = sqlite3.Row
        found = connection.execute("SELECT platform, state, told, revision, showing, next_ms FROM tasks")
        return all(_rests(one) for one in found)


def _rests(one: sqlite3.Row) -> bool:
    if one["state"] not in ENDS or one["next_ms"] <= time.time() * 1000:
        return False
    known = json.loads(one["showing"])
    is_pictured = one["state"] != "ready" or known.get("is_pictured") or known.get("removal") is not None
    return bool(is_pictured) and (one["platform"] == "console" or one["told"] >= one["revision"])


def integrity_of(database: Path) -> str:
    """Ask SQLite whether its file is sound."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
        problems = [*connection.execute("PRAGMA integrity_check"), *connection.execute("PRAGMA foreign_key_check")]
        return "; ".join(str(one[0]) for one in problems)


def read_store(store: Path) -> tuple[dict[str, str], list[str]]:
    """Return the digest of every whole file by its key, and what is not whole."""
    stored, litter = {}, []
    for path in sorted(one for one in store.rglob("*") if one.is_file()):
        key = str(path.relative_to(store))
        if HALF.search(path.name) or path.name.startswith("."):
            litter.append(key)
        else:
            stored[key] = _digest(path.read_bytes())
    return stored, litter


def read_folder(folder: Path) -> tuple[dict[str, str], tuple[Archive, ...]]:
    """Return the digests of a person's files at the terminal, and what they have exported.

    A file that is being written has a name with a dot in front, as everywhere.
    """
    found = sorted(one for one in folder.rglob("*") if one.is_file() and not one.name.startswith("."))
    archives = [one for one in found if one.suffix == ".zip" and one.parent == folder]
    models = {str(one.relative_to(folder)): _digest(one.read_bytes()) for one in found if one not in archives}
    return models, tuple(read_archive(one.name, one.read_bytes(), "console", SPEAKER) for one in archives)


def read_ledger(printed: str) -> tuple[Entry, ...]:
    """Read what the command line has exported."""
    return tuple(
        Entry(
            task=one["task"],
            uuid=one["rodin_uuid"],
            price=Decimal(one["price"]),
            consumed=Decimal(one["consumed"]) if one["consumed"] else None,
            charge=one["charge"],
        )
        for one in csv.DictReader(io.StringIO(printed))
    )


def links_of(posts: tuple[Post, ...]) -> set[str]:
    """Return every download link that stands in a thread."""
    return {post.link for post in posts if post.link}


async def follow_links(world: World) -> dict[str, str]:
    """Fetch what every download link gives, while a bot serves the pages: the digest, or what went wrong."""
    given: dict[str, str] = {}
    for link in sorted(links_of((*_discord_posts(world), *_slack_posts(world)))):
        async with world.wire.session.get(link) as answer:
            body = await answer.read()
            given[link] = _digest(body) if answer.status == HTTP_OK else f"HTTP {answer.status}"
    return given


def _discord_posts(world: World) -> Iterator[Post]:
    for message, task, kind in on_discord.messages_about_tasks(world):
        yield Post(
            platform="discord",
            task=task,
            kind=kind,
            place=str(message.channel.id),
            text=message.text,
            attached=tuple(Attached(name=one.filename, sha256=_digest(one.content)) for one in message.attachments),
            link=message.links.get("Download", ""),
        )


def _slack_posts(world: World) -> Iterator[Post]:
    for message, task, kind in on_slack.messages_about_tasks(world):
        seen = slack.eyes.see_message(world.team, message)
        pictures = [image.content for image in seen.images if image.content]
        files = [*((one.name, one.content) for one in seen.files), *(("picture", content) for content in pictures)]
        yield Post(
            platform="slack",
            task=task,
            kind=kind,
            place=f"{message.channel.id}:{message.thread_ts or message.ts}",
            text=seen.text,
            attached=tuple(Attached(name=name, sha256=_digest(content)) for name, content in files),
            link=next((one.url for one in seen.elements if one.text == "Download"), ""),
        )


def _printed(world: World) -> str:
    return "\n".join(path.read_text("utf-8", "replace") for path in sorted(world.logs.glob("*console*.out")))


def _printed_promises(world: World) -> Asked:
    """What the terminal has promised in all its lives; nobody can tell which line answers which."""
    promised = tuple(on_discord.PROMISE.findall(_printed(world)))
    return Asked(number=-1, act=Act.LOOK, platform="console", user=SPEAKER, told=promised, is_taken=False)


def _whispered_promises(world: World) -> Asked:
    """What people on Slack were promised in answers that do not say to what; nobody can tell which deed is meant."""
    return Asked(number=-2, act=Act.LOOK, platform="slack", user="", told=on_slack.promises(world), is_taken=False)


def _printed_endings(world: World) -> Counter[str]:
    return Counter(PRINTED.findall(_printed(world)))


def _remarks(world: World) -> Iterator[str]:
    yield from world.remarks
    yield from (f"Discord does not know: {one}" for one in world.discord.complaints)
    yield from (f"Slack complains: {one}" for one in world.slack.complaints)
    for request in world.discord.requests:
        yield from (f"beyond Discord's limits: {request}: {rule}" for rule in discord.violations(request))
    for call in world.slack.requests:
        yield from (f"beyond Slack's limits: {call.method}: {rule}" for rule in slack.violations(call))
    yield from _log_remarks(world)


def _log_remarks(world: World) -> Iterator[str]:
    """What no log may hold: something that broke unforeseen, or a secret."""
    for path in sorted(world.logs.iterdir()):
        said = path.read_text("utf-8", "replace")
        if (error := what_broke(said)) is not None:
            yield f"{path.name}: something broke: {error[:160]}"
        if any(secret in said for secret in world.secrets):
            yield f"{path.name}: a secret was logged"


def what_broke(said: str) -> str | None:
    """Return the error with which the last traceback of a log ends, or None without any."""
    if "Traceback (most recent call last)" not in said:
        return None
    # The log indents what follows its first line.
    errors = re.findall(r"^ *(\w[\w.]*(?:Error|Exception|Busy|Group|Iteration)\b.*)$", said, re.MULTILINE)
    return str(errors[-1]) if errors else "no error named"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
