"""Slack as the core sees it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.slack import limits
from adapters.slack.address import PLATFORM
from adapters.slack.affairs import Affairs
from adapters.slack.answering import Answerer
from adapters.slack.delivery import Delivery
from adapters.slack.desk import Desk
from adapters.slack.installations import KeptInstallations, SealedInstallationStore, Seals, state_store
from adapters.slack.lines import Lines, LinesOptions, client_for
from adapters.slack.manifest import ManifestOptions, has_pages
from adapters.slack.notices import Notices
from adapters.slack.people import People
from adapters.slack.pictures import FileReader
from adapters.slack.placing import Placing
from adapters.slack.posting import Poster
from adapters.slack.reception import Reception, bolt_app
from adapters.slack.routes import OAuthSupplies, Route, Routes, oauth_flow
from adapters.slack.sockets import Patience, Sockets, WrongToken
from adapters.slack.trouble import Refused, Why, translated
from adapters.slack.unfurls import PreviewOf, Unfurler
from adapters.slack.uploads import Uploader
from bot.chat import Capabilities, Intake
from bot.errors import BadSettings, PlatformError
from bot.model import Address
from bot.outbox import SendLog
from bot.ports import Clock, FileStore
from bot.update import Update

__all__ = ["InstallationSupplies", "SlackOptions", "SlackPlatform", "SlackSupplies"]

log = logging.getLogger(__name__)

REFUSED_BOT = (
    "Slack does not accept SLACK_BOT_TOKEN. Copy the Bot User OAuth Token from the page OAuth & Permissions of your "
    "app at https://api.slack.com/apps into .env."
)
INCOMPLETE = (
    "Slack is not set up completely: set SLACK_BOT_TOKEN and SLACK_APP_TOKEN (Socket Mode), or SLACK_BOT_TOKEN and "
    "SLACK_SIGNING_SECRET (HTTP), or SLACK_SIGNING_SECRET, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET (HTTP, many "
    "workspaces). rodin-bot manifest slack prints the manifest of the app."
)
UNSEALED = (
    "SECRET_KEY is not set. With SLACK_CLIENT_ID the tokens of other people's workspaces are kept, encrypted by it. "
    "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackOptions:
    """How to reach Slack, and how it reaches us: a socket with `app_token`, HTTP with `signing_secret`."""

    api_url: str = "https://slack.com/api/"
    bot_token: str | None = field(default=None, repr=False)
    app_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    public_url: str | None = None
    patience: Patience = field(default_factory=Patience)

    @property
    def is_distributed(self) -> bool:
        """Whether many workspaces can let the app in."""
        return bool(self.client_id and self.client_secret and self.signing_secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationSupplies:
    """Where the installations of many workspaces are kept.

    Two engines on one database: a form waits for a read, so `reader` must not wait for a writer's turn.
    """

    reader: AsyncEngine
    writer: AsyncEngine
    seals: Seals


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSupplies:
    """What the core lends us. `preview_of` tells what a link to our pages leads to."""

    files: FileStore
    sends: SendLog
    clock: Clock
    installations: InstallationSupplies | None = None
    preview_of: PreviewOf | None = None


class SlackPlatform:
    """The `Platform` port over Socket Mode, HTTP, or both."""

    name = PLATFORM
    capabilities = Capabilities(longest_text=limits.MESSAGE, largest_upload_bytes=limits.FILE_BYTES, edit_spacing_s=3.0)

    def __init__(self, options: SlackOptions, supplies: SlackSupplies) -> None:
        """Put the parts together; nothing is connected yet.

        Raises:
            BadSettings: what is set is not enough, or not safe.
        """
        _check(options, supplies)
        self._options = options
        self._supplies = supplies
        store = _store(options, supplies)
        installations = None if store is None else KeptInstallations(store)
        home_token = None if options.is_distributed else options.bot_token
        self._lines = Lines(LinesOptions(api_url=options.api_url, home_token=home_token), installations)
        self._app = bolt_app(api_url=options.api_url, signing_secret=options.signing_secret)
        poster = Poster(lines=self._lines, sends=supplies.sends, clock=supplies.clock)
        self._answerer = Answerer(poster=poster)
        self._notices = Notices(poster=poster, is_distributed=options.is_distributed)
        self._delivery = Delivery(poster=poster, uploader=Uploader(files=supplies.files, poster=poster))
        self._routes = Routes(app=self._app, flow=self._flow(store), is_open=lambda: self._reception is not None)
        self._reception: Reception | None = None
        self._sockets: Sockets | None = None
        self._stopped = asyncio.Event()

    def routes(self) -> tuple[Route, ...]:
        """Return the HTTP routes for the web part; none without a signing secret."""
        return self._routes.definitions() if self._options.signing_secret else ()

    async def start(self, intake: Intake) -> None:
        """Connect and begin to take commands. Where Slack cannot be reached, it is tried on in the background.

        Raises:
            WrongToken: Slack does not accept a token.
        """
        await self._lines.open()
        try:
            await self._check_token()
            self._reception = self._received_by(intake)
            self._reception.listen(self._app)
            await self._connect()
        except BaseException:
            await self.stop()
            raise
        log.info("slack started socket=%s http=%s", self._sockets is not None, self._options.signing_secret is not None)

    async def watch(self) -> None:
        """Wait until `stop`. Needs `start` before.

        Raises:
            WrongToken: Slack does not accept the app token any more.
        """
        if self._sockets is not None:
            await self._sockets.watch()
        else:
            await self._stopped.wait()

    async def stop(self) -> None:
        """Take nothing more, let work in hand end, and disconnect. Harmless when nothing runs."""
        if self._sockets is not None:
            await self._sockets.stop()
        if self._reception is not None:
            await self._reception.finish(within_s=self._options.patience.finishes)
        self._sockets = self._reception = None
        self._stopped.set()
        await self._lines.close()

    async def ping(self) -> None:
        """Return when people can be heard and told.

        Raises:
            PlatformError: what is missing.
        """
        if self._reception is None:
            raise PlatformError("Slack has not been started")
        if self._sockets is not None and not self._sockets.is_connected:
            raise PlatformError("the connection to Slack is not there")

    async def show(self, address: Address, update: Update, *, key: str) -> Address:
        """Show how a task stands. `key` differs with each revision; ours last for the whole life of a message."""
        return await self._delivery.show(address, update)

    async def say(self, address: Address, update: Update, *, key: str) -> Address:
        """Say how a task ended, so that its person notices."""
        return await self._delivery.say(address, update)

    async def amend(self, address: Address, update: Update, *, key: str) -> Address:
        """Let what was said about the end say what has changed since; nobody is notified."""
        return await self._delivery.amend(address, update)

    async def notify(self, channel: str, sentence: str, *, key: str) -> None:
        """Post a sentence to `CHANNEL` or `TEAM/CHANNEL`, once for each key.

        Raises:
            PlatformBusy: come back later. AddressGone: nothing can be posted there, and why.
        """
        await self._notices.tell(channel, sentence, key=key)

    async def _check_token(self) -> None:
        """Try the token of the one workspace; what cannot be tried now is found out later.

        Raises:
            WrongToken: Slack does not accept it.
        """
        if self._options.is_distributed:
            return
        client = client_for(self._options.bot_token, api_url=self._options.api_url, session=self._lines.session)
        try:
            with translated():
                await client.auth_test()
        except Refused as error:
            if error.why is Why.TOKEN:
                raise WrongToken(REFUSED_BOT) from error
            log.warning("slack does not answer as expected, going on reason=%s", error)
        except PlatformError as error:
            log.warning("slack cannot be reached, trying on reason=%s", error)

    async def _connect(self) -> None:
        if self._options.app_token:
            self._sockets = Sockets(
                self._app,
                app_token=self._options.app_token,
                api_url=self._options.api_url,
                patience=self._options.patience,
            )
            await self._sockets.start()

    def _received_by(self, intake: Intake) -> Reception:
        preview_of = self._supplies.preview_of
        people = People(lines=self._lines, clock=self._supplies.clock)
        return Reception(
            desk=Desk(
                intake=intake,
                lines=self._lines,
                reader=FileReader(lines=self._lines, api_url=self._options.api_url),
                placing=Placing(lines=self._lines, clock=self._supplies.clock),
                people=people,
                affairs=Affairs(intake=intake, people=people, uploader=self._delivery.uploader),
            ),
            answerer=self._answerer,
            unfurler=None if preview_of is None else Unfurler(lines=self._lines, preview_of=preview_of),
        )

    def _flow(self, store: SealedInstallationStore | None) -> AsyncOAuthFlow | None:
        o, installations = self._options, self._supplies.installations
        if store is None or installations is None or not (o.client_id and o.client_secret):
            return None
        supplies = OAuthSupplies(
            client_id=o.client_id,
            client_secret=o.client_secret,
            api_url=o.api_url,
            public_url=o.public_url,
            has_links=has_pages(ManifestOptions(public_url=o.public_url)),
            installations=store,
            states=state_store(installations.writer),
        )
        return oauth_flow(supplies, self._lines)


def _check(options: SlackOptions, supplies: SlackSupplies) -> None:
    """Refuse settings that cannot work.

    Raises:
        BadSettings: saying which to set.
    """
    has_way_in = options.signing_secret or options.app_token
    if not (options.is_distributed or (options.bot_token and has_way_in)):
        raise BadSettings(INCOMPLETE)
    if options.is_distributed and supplies.installations is None:
        raise BadSettings(UNSEALED)


def _store(options: SlackOptions, supplies: SlackSupplies) -> SealedInstallationStore | None:
    if supplies.installations is None or not options.is_distributed or options.client_id is None:
        return None
    kept = supplies.installations
    return SealedInstallationStore(
        client_id=options.client_id, reader=kept.reader, writer=kept.writer, seals=kept.seals
    )
