"""A chat platform that writes down what people would see."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.chat import Capabilities, Intake
from bot.model import Address
from bot.update import Update


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One thing that was shown or said, and where."""

    address: Address
    update: Update
    key: str


@dataclass(slots=True, kw_only=True)
class RecordingPlatform:
    """Keeps every telling. The same key twice does no harm: it is told once, as the port promises.

    `errors` are raised by the next calls, in order (None lets one pass); `during` runs in the middle of a call. The
    first showing in a channel opens a thread, whose address is returned from then on.
    """

    name: str = "console"
    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(longest_text=2000, largest_upload_bytes=10**7, edit_spacing_s=2.0)
    )
    shown: list[Seen] = field(default_factory=list)
    said: list[Seen] = field(default_factory=list)
    amended: list[Seen] = field(default_factory=list)
    notified: list[tuple[str, str]] = field(default_factory=list)
    errors: deque[Exception | None] = field(default_factory=deque)
    during: Callable[[], Awaitable[object]] | None = None
    threads: int = 0
    _keys: dict[str, Address] = field(default_factory=dict)

    async def start(self, intake: Intake) -> None:
        """Nothing to connect."""

    async def stop(self) -> None:
        """Nothing to disconnect."""

    async def watch(self) -> None:
        """Nothing that could end."""

    async def ping(self) -> None:
        """Always there."""

    async def show(self, address: Address, update: Update, *, key: str) -> Address:
        return await self._tell(self.shown, address, update, key=key)

    async def say(self, address: Address, update: Update, *, key: str) -> Address:
        return await self._tell(self.said, address, update, key=key)

    async def amend(self, address: Address, update: Update, *, key: str) -> Address:
        return await self._tell(self.amended, address, update, key=key)

    async def notify(self, channel: str, sentence: str, *, key: str) -> None:
        if self.errors and (error := self.errors.popleft()) is not None:
            raise error
        if key not in self._keys:
            self._keys[key] = Address(platform=self.name, value=channel)
            self.notified.append((channel, sentence))

    async def _tell(self, book: list[Seen], address: Address, update: Update, *, key: str) -> Address:
        if self.during is not None:
            await self.during()
        if self.errors and (error := self.errors.popleft()) is not None:
            raise error
        if key in self._keys:
            return self._keys[key]
        if address.value.startswith("channel"):
            self.threads += 1
            address = Address(platform=self.name, value=f"thread-{self.threads}")
        self._keys[key] = address
        book.append(Seen(address=address, update=update, key=key))
        return address
