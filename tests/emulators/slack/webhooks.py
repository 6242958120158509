"""HTTP delivery: requests to the bot, signed as Slack signs them.

Source: docs.slack.dev, authentication/verifying-requests-from-slack; apis/events-api (retries).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp

from tests.emulators.slack.delivery import COMMANDS, EVENTS, Delivery, Outcome, Retry, elapsed_s
from tests.emulators.slack.records import Json

if TYPE_CHECKING:
    from tests.emulators.slack.world import World

REPLY_S = 30.0  # for forged requests, which nobody hurries


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """How to sign; a forger has another secret, or an old timestamp."""

    secret: str
    age_s: float = 0.0

    def headers(self, body: str) -> dict[str, str]:
        """Return the headers that Slack sends with a body."""
        timestamp = str(int(time.time() - self.age_s))
        digest = hmac.new(self.secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpReply:
    """What the bot answered."""

    status: int
    text: str
    media_type: str
    no_retry: bool = False


def body_of(delivery: Delivery) -> tuple[str, str]:
    """Return the body and content type of a delivery."""
    if delivery.kind == EVENTS:
        return json.dumps(delivery.payload), "application/json"
    form = delivery.payload if delivery.kind == COMMANDS else {"payload": json.dumps(delivery.payload)}
    return urlencode(form), "application/x-www-form-urlencoded"


class WebhookTransport:
    """Posts to the bot's address."""

    def __init__(self, world: World, url: str) -> None:
        self.url = url
        self._world = world
        self._session = aiohttp.ClientSession()

    async def post(
        self,
        body: str,
        media_type: str,
        signature: Signature,
        *,
        retry: Retry | None = None,
        patience_s: float = REPLY_S,
    ) -> HttpReply:
        """Send one request and return the answer, whatever it is."""
        headers = {"Content-Type": media_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        headers |= signature.headers(body)
        if retry is not None and retry.number:
            headers |= {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
        timeout = aiohttp.ClientTimeout(total=patience_s)
        async with self._session.post(self.url, data=body, headers=headers, timeout=timeout) as reply:
            no_retry = reply.headers.get("X-Slack-No-Retry") == "1"
            return HttpReply(
                status=reply.status, text=await reply.text(), media_type=reply.content_type, no_retry=no_retry
            )

    async def carry(self, delivery: Delivery, retry: Retry, *, patience_s: float) -> Outcome:
        """Post one payload; any 2xx acknowledges it."""
        start = asyncio.get_running_loop().time()
        body, media_type = body_of(delivery)
        signature = Signature(secret=self._world.signing_secret)
        try:
            reply = await self.post(body, media_type, signature, retry=retry, patience_s=patience_s)
        except TimeoutError:
            return Outcome(acknowledged=False, seconds=elapsed_s(start), failure="http_timeout")
        except aiohttp.ClientError:
            return Outcome(acknowledged=False, seconds=elapsed_s(start), failure="connection_failed")
        fine = 200 <= reply.status < 300
        return Outcome(
            acknowledged=fine,
            seconds=elapsed_s(start),
            payload=_payload(reply) if fine and delivery.kind != EVENTS else None,
            failure=None if fine else "http_error",
            no_retry=reply.no_retry,
        )

    async def close(self) -> None:
        """Close the client."""
        await self._session.close()


def _payload(reply: HttpReply) -> Json | None:
    if not reply.text.strip():
        return None
    if reply.media_type == "application/json":
        parsed: Json = json.loads(reply.text)
        return parsed
    return {"text": reply.text}
