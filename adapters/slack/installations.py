"""The workspaces that have let the app in, in our own database: slack_sdk's stores, with every token sealed.

The tables come from our migrations; slack_sdk only reads and writes them.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass

from slack_bolt.error import BoltError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.slack.lines import quiet_logger
from bot.errors import DatabaseBusy

log = logging.getLogger(__name__)

STATE_LIVES_S = 600
"""How long somebody may take from the first page of an installation to the last."""

SEALED = ("bot_token", "bot_refresh_token", "user_token", "user_refresh_token", "incoming_webhook_url")
"""Every field of an installation that lets somebody act in the workspace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seals:
    """Seals a secret before the database gets it, and opens it again; None when it does not open any more."""

    seal: Callable[[str], str]
    unseal: Callable[[str], str | None]


class SealedInstallationStore(AsyncSQLAlchemyInstallationStore):
    """Keeps installations as slack_sdk does, and no token in the clear."""

    def __init__(self, *, client_id: str, reader: AsyncEngine, writer: AsyncEngine, seals: Seals) -> None:
        super().__init__(client_id=client_id, engine=reader, logger=quiet_logger())
        self._writing = AsyncSQLAlchemyInstallationStore(client_id=client_id, engine=writer, logger=quiet_logger())
        self._seals = seals

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation, and its bot; the newest one of a workspace counts.

        Raises:
            BoltError: the database does not take it; Bolt shows that as a page of its own.
        """
        sealed = copy(installation)  # the one at hand is still shown to whoever installs
        for name in SEALED:
            value = getattr(installation, name)
            setattr(sealed, name, None if value is None else self._seals.seal(value))
        try:
            await self._writing.async_save(sealed)
        except (SQLAlchemyError, OSError) as error:
            log.warning("installation not kept error=%s", type(error).__name__)
            raise BoltError("the installation could not be kept") from error

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """Return a workspace's bot with its token, or None; None too when the token does not open any more."""
        found = await super().async_find_bot(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        token = None if found is None else self._seals.unseal(found.bot_token)
        if found is None or token is None:
            return None
        found.bot_token = token
        return found

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget the bots of a workspace."""
        await self._writing.async_delete_bot(enterprise_id=enterprise_id, team_id=team_id)

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Forget who installed the app in a workspace; all of them, or one."""
        await self._writing.async_delete_installation(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)


class KeptInstallations:
    """`adapters.slack.lines.Installations` over the store: a token per workspace, else per organisation."""

    def __init__(self, store: SealedInstallationStore) -> None:
        self._store = store

    async def token(self, *, team: str, enterprise: str) -> str | None:
        """Return the bot's token for a workspace, or None where the app is not installed."""
        async with _translated():
            found = await self._store.async_find_bot(enterprise_id=enterprise or None, team_id=team)
            if found is None and enterprise:
                found = await self._store.async_find_bot(
                    enterprise_id=enterprise, team_id=None, is_enterprise_install=True
                )
        return None if found is None else found.bot_token

    async def forget(self, *, team: str, enterprise: str) -> None:
        """Forget a workspace and its tokens."""
        async with _translated():
            await self._store.async_delete_all(enterprise_id=enterprise or None, team_id=team)


def state_store(engine: AsyncEngine) -> AsyncSQLAlchemyOAuthStateStore:
    """Return what keeps the one-time states of installations under way."""
    return AsyncSQLAlchemyOAuthStateStore(expiration_seconds=STATE_LIVES_S, engine=engine, logger=quiet_logger())


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise DatabaseBusy(f"installations not reached: {type(error).__name__}") from error
