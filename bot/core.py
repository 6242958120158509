"""The parts that loops and platforms share in one process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.bell import Bell
from bot.controls import Controls
from bot.conversions import Converter
from bot.exhibit import Library, Links
from bot.history import History
from bot.intake import CoreIntake
from bot.keydesk import KeyDesk
from bot.keys import Keyring, KeyStore
from bot.keywarden import Warden
from bot.news import NewsStore
from bot.outbox import AnswerStore, SendLog
from bot.ports import Clock, FileStore, Generator, TaskStore, Worker
from bot.settings import Settings
from bot.showcase import Showcase
from bot.view import Viewer
from bot.watch import BalanceWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Strongbox:
    """Where a platform's own SDK keeps other people's secrets in our database: its two engines, and the seals.

    The engines are SQLAlchemy's and opaque here. `unseal` returns None for what does not open any more.
    """

    reader: Any
    writer: Any
    seal: Callable[[str], str]
    unseal: Callable[[str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """Everything that was put together around one database."""

    settings: Settings
    tasks: TaskStore
    files: FileStore
    generator: Generator
    keys: KeyStore
    keyring: Keyring
    key_desk: KeyDesk
    warden: Warden
    intake: CoreIntake
    viewer: Viewer
    links: Links
    library: Library
    showcase: Showcase
    converter: Converter
    sends: SendLog
    answers: AnswerStore
    history: History
    clock: Clock
    bell: Bell
    worker: Worker
    ping: Callable[[], Awaitable[None]]
    controls: Controls
    watch: BalanceWatch
    news: NewsStore
    strongbox: Strongbox | None = None  # only with SECRET_KEY from the environment

    async def key_stops(self) -> dict[str, bool]:
        """Say of each Rodin key, by its id, whether it is stopped; may raise StorageError."""
        return {state.id: state.stopped is not None for state in await self.keys.states()}
