"""Brings files into Slack: each once, into a thread or only to be shown by a message.

Slack takes a file in three steps (an address, the bytes, the sharing) and looks at it afterwards; until then no
message can show it. Source: docs.slack.dev, Working with files.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack import limits
from adapters.slack.posting import Poster, Target
from adapters.slack.trouble import REST_S, Refused, Unsent, Why
from bot.cutting import plain
from bot.errors import PlatformBusy
from bot.outbox import Outgoing, post_once
from bot.parcel import Enclosure, fetched
from bot.ports import FileStore
from bot.scratch import scratch_folder

log = logging.getLogger(__name__)

BRING_WITHIN_S = 200.0
"""How long all files of one message may take. The core gives one telling five minutes."""

LOOKS_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Pauses before each look whether Slack has processed a picture: a second or two is usual."""

Json = dict[str, Any]


class _NeverShared(Unsent):
    """There is nothing to be found, and nothing is to be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploader:
    """Uploads files out of the file store."""

    files: FileStore
    poster: Poster

    async def show(self, target: Target, one: Enclosure, *, key: str) -> str:
        """Bring a picture into Slack without sharing it, and return its id once messages can show it; else "".

        Whatever hinders it: a result without its picture beats none. Raises AddressGone, StorageError.
        """

        async def send() -> str:
            brought = await self._brought(target, (one,))
            if brought:
                await self._complete(target, brought)
            return " ".join(brought)

        try:
            file_id = await self._once(key, send)
            return file_id if file_id and await self._is_ready(target, file_id) else ""
        except (Refused, PlatformBusy) as error:
            log.warning("picture not uploaded name=%s reason=%s", one.name, error)
            return ""

    async def share(self, target: Target, enclosures: Sequence[Enclosure], *, words: str, key: str) -> tuple[str, ...]:
        """Post files into a thread as one message that says `words`, once; return their ids.

        Raises:
            Refused, PlatformBusy, StorageError.
        """

        async def send() -> str:
            brought = await self._brought(target, enclosures)
            if brought:
                await self._complete(target, brought, words=words)
            return " ".join(brought)

        async def find() -> str | None:
            return await self._found(target, words)

        return tuple((await self._once(key, send, find)).split())

    async def shared(self, target: Target, *, words: str, key: str) -> tuple[str, ...]:
        """Return the ids of what was shared under a key, also by a process that died before it could note them.

        Raises:
            PlatformBusy: nobody can look now. AddressGone, StorageError.
        """

        async def send() -> str:
            raise _NeverShared("nothing was shared", retry_after_s=REST_S)

        async def find() -> str | None:
            try:
                return await self._look_for(target, words)
            except Refused as error:
                log.warning("history not readable, files may stay reason=%s", error)
                return None

        try:
            return tuple((await self._once(key, send, find)).split())
        except _NeverShared:
            return ()

    async def give(self, target: Target, name: str, data: bytes, *, words: str) -> None:
        """Post a file that lies in no store, with words beside it. Asked twice, it is there twice.

        Raises:
            Refused, PlatformBusy.
        """

        async def ask(client: AsyncWebClient) -> AsyncSlackResponse:
            return await client.files_getUploadURLExternal(filename=name, length=len(data))

        place = await self._call(target, "files.getUploadURLExternal", ask)
        await self._put(str(place["upload_url"]), data)
        await self._complete(target, {str(place["file_id"]): name}, words=words)

    async def remove(self, target: Target, file_id: str) -> None:
        """Delete a file of ours from Slack; harmless when it is gone already.

        Raises:
            PlatformBusy, AddressGone.
        """

        async def send(client: AsyncWebClient) -> AsyncSlackResponse:
            return await client.files_delete(file=file_id)

        try:
            await self._call(target, "files.delete", send)
        except Refused as error:
            log.info("file not deleted file=%s reason=%s", file_id, error)

    async def _once(self, key: str, send: Any, find: Any = None) -> str:
        async def nowhere() -> str | None:
            return None

        outgoing = Outgoing(key=key, send=send, find=find or nowhere, unsent=(Refused, Unsent))
        return (await post_once(self.poster.sends, outgoing, now=self.poster.clock.now())).message

    async def _brought(self, target: Target, enclosures: Sequence[Enclosure]) -> dict[str, str]:
        """Bring the bytes to Slack, and return each file's name by its id there.

        Nothing of it can be seen yet, so whatever fails here surely was not shared.
        """
        try:
            async with asyncio.timeout(BRING_WITHIN_S), scratch_folder() as folder:
                found = [await self._bring(target, one, folder / str(n)) for n, one in enumerate(enclosures)]
        except PlatformBusy as error:
            raise Unsent(f"upload failed: {error}", retry_after_s=error.retry_after_s or REST_S) from error
        except TimeoutError as error:
            raise Unsent("upload takes too long", retry_after_s=REST_S) from error
        return {file_id: one.name for file_id, one in zip(found, enclosures, strict=True) if file_id}

    async def _bring(self, target: Target, one: Enclosure, path: Path) -> str:
        """Upload one file and return its id; "" for one that the store has lost."""
        if not await fetched(self.files, one, path):
            return ""
        length = (await asyncio.to_thread(path.stat)).st_size

        async def ask(client: AsyncWebClient) -> AsyncSlackResponse:
            alt = plain(one.alt, limits.UPLOAD_ALT_TEXT)
            return await client.files_getUploadURLExternal(filename=one.name, length=length, alt_txt=alt)

        place = await self._call(target, "files.getUploadURLExternal", ask)
        with await asyncio.to_thread(path.open, "rb") as file:
            await self._put(str(place["upload_url"]), file)
        return str(place["file_id"])

    async def _put(self, url: str, data: BinaryIO | bytes) -> None:
        """Send the bytes. The address is a capability: it needs no token and gets none."""
        lines, timeout = self.poster.lines, aiohttp.ClientTimeout(total=BRING_WITHIN_S)
        if not lines.leads_to(url):
            raise Unsent("upload address lies elsewhere", retry_after_s=REST_S)
        try:
            async with lines.session.post(url, data=data, timeout=timeout, allow_redirects=False) as response:
                if response.status != 200:
                    raise Unsent(f"upload answered with status {response.status}", retry_after_s=REST_S)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unsent(f"upload broke: {type(error).__name__}", retry_after_s=REST_S) from error

    async def _complete(self, target: Target, brought: Mapping[str, str], *, words: str = "") -> None:
        """Finish an upload of files, named by their ids: with words it appears in the thread."""
        entries: list[dict[str, str | None]] = [{"id": file_id, "title": name} for file_id, name in brought.items()]
        place: Json = {}
        if words:
            place = {"channel_id": target.channel, "thread_ts": target.thread or None, "initial_comment": words}

        async def send(client: AsyncWebClient) -> AsyncSlackResponse:
            return await client.files_completeUploadExternal(files=entries, **place)

        await self._call(target, "files.completeUploadExternal", send)

    async def _is_ready(self, target: Target, file_id: str) -> bool:
        """Wait a while until Slack has looked at a picture; before that a message that shows it is refused."""

        async def look(client: AsyncWebClient) -> AsyncSlackResponse:
            return await client.files_info(file=file_id)

        for pause_s in LOOKS_S:
            await self.poster.clock.sleep(pause_s)
            try:
                answer = await self._call(target, "files.info", look)
            except Refused as error:
                # A file that is deleted is never ready; without the right to look nobody knows, so it is tried.
                log.info("picture not seen file=%s reason=%s", file_id, error)
                return error.why is Why.SCOPE
            if (answer.get("file") or {}).get("mimetype"):
                return True
        log.info("picture not ready in time file=%s", file_id)
        return False

    async def _found(self, target: Target, words: str) -> str | None:
        """Look for what was shared with these words; None also where nobody can look: then it is shared again."""
        try:
            return await self._look_for(target, words)
        except (Refused, PlatformBusy) as error:
            log.info("history not readable, sharing again reason=%s", error)
            return None

    async def _look_for(self, target: Target, words: str) -> str | None:
        """Look for the message with these words and our files in our own thread: files carry no metadata.

        Raises:
            Refused, PlatformBusy, AddressGone.
        """
        for one in await self.poster.messages(target):
            if one.get("text") == words and one.get("bot_id") and one.get("files"):
                return " ".join(str(file["id"]) for file in one["files"])
        return None

    async def _call(self, target: Target, method: str, send: Any) -> Json:
        return await self.poster.lines.call(target.team, method, send, enterprise=target.enterprise)
