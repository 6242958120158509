"""The stand-in as a test holds it: what it is made of, its eyes and its hands for trouble."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from tests.emulators.discord import messages, shapes
from tests.emulators.discord.commands import Registry
from tests.emulators.discord.gateway import Gateway
from tests.emulators.discord.interactions import give_up_late_ones
from tests.emulators.discord.model import Attachment, Channel, Json, Kind, Message, Upload, User
from tests.emulators.discord.people import Person
from tests.emulators.discord.places import Server
from tests.emulators.discord.requests import Request
from tests.emulators.discord.server import Server as HttpServer
from tests.emulators.discord.transcript import transcript
from tests.emulators.discord.trouble import Failure, Hold, Trouble, When, fits
from tests.emulators.discord.world import World
from tests.secrecy import note

T = TypeVar("T")
BOT_NAME = "Rodin Bot"


class DiscordStandIn:
    """A small Discord on a loopback port. `complaints` must be empty when the test ends."""

    def __init__(self, *, bot_name: str = BOT_NAME) -> None:
        self.world = World(app_name=bot_name)
        self.world.gateway = Gateway(self.world)
        self.world.commands = Registry(self.world)
        self._trouble = Trouble()
        self._server = HttpServer(self.world, self._trouble)

    async def start(self) -> None:
        """Begin to listen."""
        await self._server.start()

    async def stop(self) -> None:
        """Cut all connections and stop listening."""
        await self._server.stop()

    # Addresses and facts.

    @property
    def token(self) -> str:
        """The bot's token, for DISCORD_TOKEN."""
        return self.world.token

    @property
    def api_url(self) -> str:
        """For DISCORD_API_URL."""
        return f"{self.world.origin}/api/v10"

    @property
    def cdn_url(self) -> str:
        """Where attachments lie, for `discord.asset.Asset.BASE`."""
        return f"{self.world.origin}/cdn"

    @property
    def gateway_url(self) -> str:
        """The gateway's WebSocket address."""
        return self.world.gateway.url

    @property
    def bot(self) -> User:
        """The bot's account; its id is the application's too."""
        return self.world.bot

    @property
    def complaints(self) -> list[str]:
        """What the bot asked that no Discord would have understood; any of it fails the test at its end."""
        return self.world.complaints

    @property
    def requests(self) -> list[Request]:
        """Every REST request, in order of arrival."""
        return self.world.requests

    @property
    def unmet(self) -> list[str]:
        """Failures and holds that no request has met yet."""
        return self._trouble.unmet()

    @property
    def gateway_log(self) -> list[str]:
        """Identifies, resumes and closures, in order."""
        return self.world.gateway.log

    def commands(self, server: Server | None = None) -> list[Json]:
        """The registered commands, global or of a server."""
        return self.world.commands.listed(server.id if server else None)

    @property
    def command_writes(self) -> int:
        """How often commands were registered."""
        return self.world.commands.writes

    # Furnishing.

    def guild(
        self,
        name: str,
        *,
        bot: bool = True,
        bot_rights: Sequence[str] = (),
        premium_tier: int = 0,
        locale: str = "en-US",
    ) -> Server:
        """The server of that name, made at first use; with `bot=False` the bot is not in it.

        The bot may do what everyone may, and `bot_rights` ("manage_threads"). `premium_tier` is the boost tier, 0 to 3.
        """
        for known in self.world.guilds.values():
            if known.name == name:
                return Server(self.world, known)
        made = Server(self.world, self.world.add_guild(name, premium_tier=premium_tier, locale=locale))
        if bot:
            made.invite_bot(*bot_rights)
        return made

    def person(self, name: str, *, locale: str = "en-US") -> Person:
        """Somebody who shares no server with the bot (yet)."""
        return Person(self.world, self.world.add_user(name, locale=locale))

    def grant_message_content(self) -> None:
        """Grant the privileged Message Content intent, as the developer portal does."""
        self.world.message_content_granted = True

    # Eyes.

    def messages(self, channel: Channel) -> list[Message]:
        """What everybody there sees, oldest first. `person.sees(channel)` adds what only they see."""
        return sorted((each for each in channel.messages.values() if not each.ephemeral), key=lambda each: each.id)

    def threads(self, channel: Channel) -> list[Channel]:
        """The threads or posts of a channel, oldest first."""
        found = [each for each in self.world.channels.values() if each.parent is channel and not each.deleted]
        return sorted(found, key=lambda each: each.id)

    def thread_of(self, message: Message) -> Channel | None:
        """The thread that hangs on a message."""
        return message.thread if message.thread and not message.thread.deleted else None

    @property
    def typing(self) -> list[Channel]:
        """Where the bot was seen typing, in order."""
        return self.world.typing

    def transcript(self) -> str:
        """Everything there is to read, for a failing test's report."""
        return transcript(self.world)

    async def until(self, asked: Callable[[], T], *, timeout_s: float = 10.0) -> T:
        """Wait until the answer is truthy, looking again at each change here; return it.

        Raises:
            AssertionError: it did not become true in time; the transcript is in its message.
        """
        try:
            return await self.world.until(asked, timeout_s=timeout_s)
        except TimeoutError as error:
            raise AssertionError(f"not within {timeout_s} s\n{self.transcript()}") from error

    async def connected(self, *, shards: int = 1, timeout_s: float = 20.0) -> None:
        """Wait until that many shards listen."""
        await self.until(lambda: len(self.world.gateway.connected) >= shards, timeout_s=timeout_s)

    async def disconnected(self, *, timeout_s: float = 20.0) -> None:
        """Wait until nobody listens, as after a kill."""
        await self.until(lambda: not self.world.gateway.connected, timeout_s=timeout_s)

    # Hands for trouble.

    def advance(self, seconds: float) -> None:
        """Turn Discord's clock ahead: tokens and links die, nonces are forgotten, the three seconds pass."""
        self.world.clock.advance(seconds)
        give_up_late_ones(self.world)
        self.world.changed()

    def fail(
        self,
        method: str,
        pattern: str,
        *,
        status: int,
        times: int = 1,
        code: int = 0,
        message: str = "",
        retry_after_s: float | None = None,
        is_global: bool = False,
        is_taken: bool = False,
    ) -> None:
        """Answer the next `times` fitting requests with this status; 429 with Discord's headers and `retry_after_s`.

        With `is_taken` they have their effect all the same, as when a gateway in between says that it got no answer.
        """
        failure = Failure(method=method, pattern=pattern, status=status, times=times, code=code, message=message)
        failure.retry_after_s, failure.is_global, failure.is_taken = retry_after_s, is_global, is_taken
        self._trouble.failures.append(failure)

    def hold(self, method: str, pattern: str, when: When = "before") -> Hold:
        """Hold the next fitting request before or after its effect. `await` it, then `.drop()` or `.release()` it."""
        made = Hold(self.world, method, pattern, when)
        self._trouble.holds.append(made)
        return made

    def drop_gateway(self, *, resumable: bool = True) -> None:
        """Cut the gateway's connections; without `resumable` RESUME is answered with an invalid session."""
        self.world.gateway.drop(resumable=resumable)

    def ask_to_reconnect(self) -> None:
        """Send op 7."""
        self.world.gateway.ask_to_reconnect()

    def invalidate_session(self, *, resumable: bool = False) -> None:
        """Send op 9."""
        self.world.gateway.invalidate(resumable=resumable)

    def expire_attachment(self, attachment: Attachment) -> None:
        """Make a file's addresses answer 404."""
        attachment.expired = True

    def url_of(self, attachment: Attachment) -> str:
        """A freshly signed address of a file."""
        return shapes.attachment_url(self.world, attachment)

    def delete_message(self, message: Message) -> None:
        """Let a moderator delete a message."""
        messages.delete(self.world, message)

    def requests_to(self, method: str, pattern: str) -> list[Request]:
        """The requests that fit, by the same patterns as `fail` and `hold`."""
        return [each for each in self.requests if fits(each, method, pattern)]

    def direct_messages(self, person: Person) -> list[Message]:
        """What stands in somebody's direct channel with the bot."""
        found = [each for each in self.world.channels.values() if each.kind is Kind.DM]
        return [
            each
            for channel in found
            if set(channel.recipients) == {person.user, self.bot}
            for each in self.messages(channel)
        ]


@asynccontextmanager
async def discord_stand_in(folder: Path | None = None, *, bot_name: str = BOT_NAME) -> AsyncIterator[DiscordStandIn]:
    """Run a stand-in; with a folder, the transcript of a failing test is left there as `discord.txt`.

    Raises:
        AssertionError: at the end, when the bot asked something that Discord does not know, or a failure or hold was
            asked for that no request ever met.
    """
    made = DiscordStandIn(bot_name=bot_name)
    await made.start()
    try:
        yield made
    except BaseException:
        if folder is not None:
            (folder / "discord.txt").write_text(made.transcript())
        raise
    finally:
        await made.stop()
        note("\n".join(_told(made)), "what the bot told Discord")
    assert not made.unmet, f"never met by any request: {made.unmet}"
    assert not made.complaints, "\n".join(["Discord does not know:", *made.complaints])


def _told(stand: DiscordStandIn) -> Iterator[str]:
    """Yield all that people could ever read, earlier wordings too, and the bodies of the bot's requests."""
    for channel in stand.world.channels.values():
        for message in channel.messages.values():
            yield from (snapshot.text for snapshot in message.edits)
            yield message.text
    for request in stand.requests:
        yield str(request.body)


def upload(content: bytes, filename: str, *, description: str | None = None) -> Upload:
    """A file ready to be sent."""
    return Upload(content=content, filename=filename, description=description)
