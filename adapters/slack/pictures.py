"""Reads the pictures that people share. The workspace's token goes to Slack's own hosts and nowhere else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack import words
from adapters.slack.hosts import is_slacks
from adapters.slack.lines import Line, Lines
from adapters.slack.trouble import Refused, Why
from adapters.slack.wire import Asking, SharedFile, shared_file
from bot import words_chat
from bot.attachments import (
    LARGEST_BYTES,
    NOT_GIVEN_OUT,
    PIECE_BYTES,
    READ_WITHIN_S,
    PictureRoom,
    check_size,
    gathered,
)
from bot.errors import PlatformBusy, UserMistake

log = logging.getLogger(__name__)

PATIENCE = aiohttp.ClientTimeout(total=READ_WITHIN_S)
MOST_REDIRECTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReader:
    """Fetches shared files. What they are, the core judges by their bytes."""

    lines: Lines
    api_url: str
    largest_bytes: int = LARGEST_BYTES
    room: PictureRoom = field(default_factory=PictureRoom)

    async def read(self, asking: Asking, files: Sequence[SharedFile]) -> tuple[bytes, ...]:
        """Return the bytes of each file, in order.

        Raises:
            UserMistake: one is too large, or Slack does not give it out; says which. Or too many come at once.
            AddressGone, PlatformBusy: the workspace cannot be reached.
        """
        if not files:
            return ()
        await self.room.enter(sum(min(one.size_bytes or self.largest_bytes, self.largest_bytes) for one in files))
        line = await self.lines.of(asking.team, enterprise=asking.enterprise)
        reads = (self._read_one(line, one, number) for number, one in enumerate(files, start=1))
        return tuple(await asyncio.gather(*reads))

    async def _read_one(self, line: Line, one: SharedFile, number: int) -> bytes:
        if one.is_hidden or not one.url:
            one = await self._looked_up(line, one, number)
        check_size(number, one.size_bytes, largest_bytes=self.largest_bytes)
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                return await self._fetched(line, one.url, number)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("picture not fetched error=%s", type(error).__name__)
            raise UserMistake(words_chat.picture_unreadable(number, words.PLATFORM)) from error

    async def _looked_up(self, line: Line, one: SharedFile, number: int) -> SharedFile:
        """Ask for a file of which the event showed only the id, as in Slack Connect."""

        async def look(client: AsyncWebClient) -> AsyncSlackResponse:
            return await client.files_info(file=one.id)

        try:
            answer = await line.call("files.info", look)
        except Refused as error:
            log.info("file not seen file=%s reason=%s", one.id, error)
            said = words.picture_hidden if error.why is Why.SCOPE else words.picture_gone
            raise UserMistake(said(number)) from error
        except PlatformBusy as error:
            log.info("file not seen file=%s reason=%s", one.id, error)
            raise UserMistake(words_chat.picture_unreadable(number, words.PLATFORM)) from error
        return shared_file(answer.get("file") or {})

    async def _fetched(self, line: Line, url: str, number: int) -> bytes:
        for _ in range(MOST_REDIRECTS + 1):
            if not is_slacks(url, api_url=self.api_url):
                log.warning("file lies elsewhere")
                raise UserMistake(words.picture_gone(number))
            headers = {"Authorization": f"Bearer {line.token}"}
            asked = self.lines.session.get(url, headers=headers, allow_redirects=False, timeout=PATIENCE)
            async with asked as response:
                if response.status in {301, 302, 303, 307, 308}:
                    url = urljoin(url, response.headers.get("Location", ""))
                    continue
                return await self._body(response, number)
        raise UserMistake(words_chat.picture_unreadable(number, words.PLATFORM))

    async def _body(self, response: aiohttp.ClientResponse, number: int) -> bytes:
        """Read while it stays below the limit, whatever size was announced."""
        if response.status in NOT_GIVEN_OUT:
            raise UserMistake(words.picture_gone(number))
        if response.status != 200:
            log.warning("picture not fetched status=%d", response.status)
            raise UserMistake(words_chat.picture_unreadable(number, words.PLATFORM))
        if response.content_type == "text/html":  # the page to sign in on, with status 200
            raise UserMistake(words.picture_hidden(number))
        pieces = response.content.iter_chunked(PIECE_BYTES)
        return await gathered(pieces, number=number, largest_bytes=self.largest_bytes)


def pictures_among(files: Sequence[SharedFile]) -> list[SharedFile]:
    """Return those that may be pictures: whatever is surely something else is left out."""
    return [one for one in files if one.may_be_picture]
