"""Introduces everybody to everybody: the one place that knows all the parts.

`open_core` builds the parts around the database, `serve` runs the loops and the chat platforms until told to stop.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from adapters.preview.converter import ChildConverter
from adapters.preview.previewer import ChildPreviewer
from adapters.rodin.client import RodinClient, RodinOptions
from adapters.web.health import Probe
from adapters.web.links import SignedLinks
from adapters.web.server import Route, Supplies, WebOptions, WebPart
from bot import words_policy
from bot.bell import Bell
from bot.chat import Platform
from bot.clock import SystemClock
from bot.core import Core, Strongbox
from bot.crews import CURATOR, crews_of
from bot.errors import OperatorMistake
from bot.frontdesk import FrontDesk
from bot.history import History
from bot.janitor import Janitor
from bot.keydesk import KeyDesk
from bot.keyring import OpenKeyring
from bot.keywarden import Warden, WardenParts
from bot.library import TaskLibrary
from bot.log import hide
from bot.news import Crier, CrierParts
from bot.permits import Permits
from bot.ports import FileStore, TaskStore, Worker
from bot.presetfile import put_up_presets
from bot.pseudonyms import Pseudonyms
from bot.scratch import sweep_scratch
from bot.settings import Settings, is_loopback, require_key
from bot.showcase import Showcase
from bot.sweeper import sweep_spool
from bot.view import Viewer
from bot.watch import BalanceWatch, WatchParts
from storage.answers import SqlAnswerStore
from storage.controls import SqlControls
from storage.database import Database, open_database
from storage.files import ObjectFileStore
from storage.keys import SqlKeyStore
from storage.lasting import passing_place
from storage.locks import WorkerLock
from storage.marks import SqlMarks
from storage.news import SqlNews
from storage.rights import SqlRights
from storage.secret import load_secret
from storage.sends import SqlSendLog
from storage.tasks import SqlTaskStore
from storage.vault import Purpose, Vault

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
"""How long a dead process's rows wait for another one; shorter renews more often. SQLite's are cleared at start."""


SECRET_FILE = "secret.key"  # noqa: S105 - the name of a file

STOP_WITHIN_S = 8.0
"""A clean stop promises ten seconds; the rest is for closing sessions and the database."""


class PortTaken(OperatorMistake):
    """The web part cannot listen where it should."""


@asynccontextmanager
async def open_core(settings: Settings, *, works: bool = True, warns_of_places: bool = False) -> AsyncIterator[Core]:
    """Open the database, the file store and Rodin, and put the core together around them.

    With `warns_of_places` it says when database or files lie where they will not last. A process that `works` takes
    over what a dead one left, if no other one works on this database.

    Raises:
        BadSettings, DatabaseTooNew, DatabaseUnusable: the operator has to change something first.
    """
    key = require_key(settings)
    await asyncio.to_thread(put_up_presets, settings.presets_file)
    clock, bell = SystemClock(), Bell()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.database_url))
        tasks, files = SqlTaskStore(database), ObjectFileStore(settings.files_url)
        controls = SqlControls(database)
        generator = await stack.enter_async_context(RodinClient(rodin_options(settings, key), clock))
        history = History(tasks=tasks, pace=settings.pace)
        secret = secret_of(settings, database)
        vault = Vault(secret)
        kept = None if settings.secret_key is None else vault  # for other people's secrets
        keys = SqlKeyStore(database, kept)
        keyring = OpenKeyring(operator=generator, with_key=generator.with_key, keys=keys, hide=hide)
        permits = Permits(rights=SqlRights(database), admin_ids=frozenset(settings.admin_ids))
        key_desk = KeyDesk(
            keys=keys,
            keyring=keyring,
            tasks=tasks,
            files=files,
            clock=clock,
            bell=bell,
            permits=permits,
            operators_key=key,
        )
        watch = BalanceWatch(
            WatchParts(generator=generator, marks=SqlMarks(database), clock=clock, low=settings.low_balance_credits)
        )
        links = SignedLinks(secret, public_url=settings.public_url)
        viewer = Viewer(
            tasks=tasks,
            controls=controls,
            keys=keys,
            history=history,
            clock=clock,
            parallel=settings.rodin_max_parallel,
            links=links,
            notice=first_notice(settings),
        )
        log.info("places database=%s files=%s", database.where, files.where)
        if warns_of_places:
            await asyncio.to_thread(_warn_of_places, database, files)
        if works and stack.enter_context(WorkerLock(database)).acquired:
            await _take_over(tasks, files)
        yield Core(
            settings=settings,
            tasks=tasks,
            files=files,
            generator=generator,
            intake=FrontDesk(
                settings=settings,
                tasks=tasks,
                files=files,
                key_desk=key_desk,
                viewer=viewer,
                controls=controls,
                permits=permits,
                pseudonyms=Pseudonyms(secret),
                clock=clock,
                bell=bell,
            ).intake(),
            viewer=viewer,
            links=links,
            library=TaskLibrary(tasks=tasks),
            showcase=Showcase(ChildPreviewer(), files, makes=settings.previews),
            converter=ChildConverter(),
            sends=SqlSendLog(database),
            answers=SqlAnswerStore(database, vault),
            history=history,
            clock=clock,
            bell=bell,
            ping=database.ping,
            controls=controls,
            watch=watch,
            news=SqlNews(database),
            keys=keys,
            keyring=keyring,
            key_desk=key_desk,
            warden=Warden(WardenParts(keys=keys, keyring=keyring, marks=SqlMarks(database), clock=clock, bell=bell)),
            worker=Worker(name=f"{os.getpid()}-{secrets.token_hex(4)}", lease=LEASE),
            strongbox=None if kept is None else strongbox_of(database, kept),
        )


def first_notice(settings: Settings) -> str:
    """Return what the first task of a server says of where words and pictures go; empty where they go nowhere."""
    if not settings.tells_where_words_go:
        return ""
    page = f"{settings.public_url}/privacy" if settings.public_url else None
    return words_policy.first_notice(settings.keep_files_days, page=page)


def strongbox_of(database: Database, vault: Vault) -> Strongbox:
    """Return where installations are kept, sealed."""
    return Strongbox(
        reader=database.reader,
        writer=database.writer,
        seal=partial(vault.seal, purpose=Purpose.INSTALLATIONS),
        unseal=partial(vault.unseal, purpose=Purpose.INSTALLATIONS),
    )


def secret_of(settings: Settings, database: Database) -> str:
    """Return the key that signs links: the operator's, else one made once and kept beside the database."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    folder = database.path.parent if database.path else Path("data")
    if database.path is None:
        log.warning("SECRET_KEY is not set: links hold only for processes that share the file %s", folder / SECRET_FILE)
    return load_secret(folder / SECRET_FILE)


def rodin_options(settings: Settings, key: str) -> RodinOptions:
    """Return how long to wait for Rodin; less for a simulator whose time runs faster, but enough for a busy machine."""
    calm, speed = RodinOptions(url=settings.rodin_api_url, key=key), settings.pace.speed
    return replace(
        calm,
        submit_timeout_s=max(calm.submit_timeout_s / speed, 20.0),
        read_timeout_s=max(calm.read_timeout_s / speed, 10.0),
        read_deadline_s=max(calm.read_deadline_s / speed, 20.0),
        file_stall_s=max(calm.file_stall_s / speed, 10.0),
    )


async def serve(
    core: Core,
    platforms: Mapping[str, Platform],
    stopping: asyncio.Event,
    *,
    works: bool = True,
    watches: bool = False,
) -> None:
    """Run the loops and the platforms until `stopping` is set, then stop within ten seconds.

    A process that does not work only tells: other processes send, poll and fetch. One that `watches` warns the
    operator of a low balance.

    Raises:
        ExceptionGroup: a loop or a platform died; everything else was stopped with it.
    """
    async with asyncio.TaskGroup() as group:
        crews = crews_of(core, platforms, works=works)
        runs = [group.create_task(crew.run(stopping), name=name) for name, crew in crews.items()]
        janitor = Janitor(sends=core.sends, answers=core.answers, clock=core.clock)
        runs.append(group.create_task(janitor.run(stopping), name="janitor"))
        if works:
            runs.append(group.create_task(core.warden.run(stopping), name="key-warden"))
        if (crier := _crier(core, platforms)) is not None:
            runs.append(group.create_task(crier.run(stopping), name="crier"))
        if watches:
            runs.append(group.create_task(core.watch.run(stopping), name="balance-watch"))
        checking = [group.create_task(check_previewer(core), name="check-previewer")] if works else []
        for platform in platforms.values():
            await platform.start(core.intake)
            group.create_task(platform.watch(), name=f"watch-{platform.name}")
        log.info("running platforms=%s", ",".join(platforms) or "none")
        await _until_stopped(stopping, runs)
        stopping.set()
        core.bell.ring()
        for run in runs:
            if run.get_name() == CURATOR:  # what it makes can be made again; nobody waits for it
                run.cancel()
        for check in checking:
            check.cancel()
        for platform in platforms.values():
            await platform.stop()
        _, late = await asyncio.wait(runs, timeout=STOP_WITHIN_S)
        for run in late:
            log.warning("stopped with work in hand loop=%s", run.get_name())
            run.cancel()
    log.info("stopped")


def _crier(core: Core, platforms: Mapping[str, Platform]) -> Crier | None:
    """Return what brings news to the operator's channel; None where this process does not hold that chat."""
    where = core.settings.operator_channel
    if where is None or where.platform not in platforms:
        return None
    platform = platforms[where.platform]
    return Crier(CrierParts(store=core.news, platform=platform, channel=where.channel, clock=core.clock))


async def check_previewer(core: Core) -> None:
    """Say once, at the start, when models cannot be drawn here; Rodin's own pictures stand in then."""
    try:
        problem = await core.showcase.check()
    except Exception:
        log.exception("previewer not checked")
        return
    if problem is not None:
        log.warning("no pictures of our own: %s", problem)


@asynccontextmanager
async def web_part(
    core: Core,
    *,
    host: str,
    port: int,
    is_local: bool = False,
    probes: Mapping[str, Probe] | None = None,
    routes: Sequence[Route] = (),
) -> AsyncIterator[WebPart]:
    """Serve the pages of finished tasks, and the routes of chat platforms.

    Where all people sit at this machine (`is_local`) links lead to it, unless PUBLIC_URL says otherwise. The people of
    a chat do not: without PUBLIC_URL they get files and no links.
    """
    links = core.links
    if not isinstance(links, SignedLinks):
        raise TypeError("the web part reads links that it has signed itself")
    options = WebOptions(
        host=host, port=port, public_url=core.settings.public_url, keep_files_days=core.settings.keep_files_days
    )
    web = WebPart(
        options,
        Supplies(
            library=core.library,
            files=core.files,
            links=links,
            probes={"database": core.ping, **(probes or {})},
            balance=core.watch.balance,
            key_stops=core.key_stops,
            routes=routes,
        ),
    )
    try:
        await web.start()
    except OSError as error:
        reason = error.strerror or error
        raise PortTaken(f"The web pages cannot be served on {host}:{port}: {reason}. Set HOST and PORT.") from error
    if links.public_url is None and is_local and is_loopback(host):
        links.public_url = web.url
    try:
        yield web
    finally:
        await web.stop()


@asynccontextmanager
async def asked_to_stop() -> AsyncIterator[asyncio.Task[bool]]:
    """Give a task that ends when the process gets SIGINT or SIGTERM."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.set)
    waiting = asyncio.create_task(asked.wait(), name="interrupted")
    try:
        yield waiting
    finally:
        waiting.cancel()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def _until_stopped(stopping: asyncio.Event, runs: Sequence[asyncio.Task[None]]) -> None:
    """Return when told to stop, or when a loop has died, which the group then reports."""
    told = asyncio.create_task(stopping.wait(), name="stopping")
    try:
        await asyncio.wait([told, *runs], return_when=asyncio.FIRST_COMPLETED)
    finally:
        told.cancel()


def _warn_of_places(database: Database, files: ObjectFileStore) -> None:
    """Say at the start when what people made will be gone with the container or at the next start."""
    for name, path in (("DATABASE_URL", database.path), ("FILES_URL", files.folder)):
        why = path and passing_place(path)
        if why:
            log.warning("place will not last setting=%s why=%s; mount a volume there, or set it elsewhere", name, why)


async def _take_over(tasks: TaskStore, files: FileStore) -> None:
    """Nobody else works on this database: give back what a dead process held, and clear its litter."""
    freed = await tasks.clear_leases()
    if freed:
        log.info("took over from a dead process leases=%d", freed)
    await sweep_spool(tasks, files)
    await asyncio.to_thread(sweep_scratch)
