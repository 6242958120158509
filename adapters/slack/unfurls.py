"""Shows previews of our own pages where people paste links to them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack import blocks, limits
from adapters.slack.blocks import Json
from adapters.slack.lines import Lines
from adapters.slack.wire import Asking
from bot.cutting import plain
from bot.errors import PlatformError, StorageError
from bot.labels import Way, WebLink, is_web_link

log = logging.getLogger(__name__)

MOST_LINKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a link to one of our pages leads to. `picture_url` must be reachable for Slack."""

    title: str
    lines: tuple[str, ...] = ()
    picture_url: str | None = None


PreviewOf = Callable[[str], Awaitable[Preview | None]]
"""Takes an address; None when it is none of our links, or nothing is there to be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfurler:
    """Answers `link_shared` with a preview."""

    lines: Lines
    preview_of: PreviewOf

    async def unfurl(self, asking: Asking, event: Mapping[str, object]) -> None:
        """Show previews of the links in a message. A link that cannot be shown stays a bare link."""
        shared = event.get("links")
        links = [str(one["url"]) for one in shared if "url" in one] if isinstance(shared, list) else []
        try:
            found = {url: preview for url in links[:MOST_LINKS] if (preview := await self.preview_of(url)) is not None}
            if found:
                await self._show(asking, event, {url: _shown(url, preview) for url, preview in found.items()})
        except (PlatformError, StorageError) as error:
            log.info("link not unfurled reason=%s", error)

    async def _show(self, asking: Asking, event: Mapping[str, object], unfurls: dict[str, Json]) -> None:
        async def send(client: AsyncWebClient) -> AsyncSlackResponse:
            # The id covers messages that are still being composed, where channel and timestamp mean nothing.
            if event.get("unfurl_id") and event.get("source"):
                return await client.chat_unfurl(
                    unfurls=unfurls, unfurl_id=str(event["unfurl_id"]), source=str(event["source"])
                )
            return await client.chat_unfurl(
                unfurls=unfurls, channel=asking.channel, ts=str(event.get("message_ts") or "")
            )

        await self.lines.call(asking.team, "chat.unfurl", send, enterprise=asking.enterprise)


def _shown(url: str, preview: Preview) -> Json:
    shown = [blocks.paragraph([preview.title, *preview.lines])]
    if preview.picture_url and is_web_link(preview.picture_url, longest=limits.LINK):
        alt = plain(preview.title, limits.ALT_TEXT) or "3D model"
        shown.append({"type": "image", "image_url": preview.picture_url, "alt_text": alt})
    if is_web_link(url, longest=limits.LINK):
        shown.append(blocks.buttons([blocks.web_link(WebLink(way=Way.VIEW, url=url))]))
    return {"blocks": shown}
