"""HTTP to Rodin's API: one exchange, with everything that can go wrong on the way told apart.

What counts is whether the request can have reached Rodin. While a connection is being made it cannot; once there
is one, it can. Every call opens a connection of its own: one that was kept open may have been closed by the other
side just as a submission is written to it, and then nobody could tell whether it was read.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from adapters.rodin.answers import Answer
from adapters.rodin.options import RodinOptions
from adapters.rodin.session import WithSession
from bot.errors import VendorDown, VendorUnclear
from bot.ports import Clock

log = logging.getLogger(__name__)

LONGEST_ANSWER_BYTES = 4 * 1024**2
"""Rodin's answers have a few kilobytes; more than this is cut off and so becomes unreadable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request. `lost` is the error to raise when it may have been read but no answer came back.

    `secrets` are words besides the API key that must not turn up in an error.
    """

    method: str
    path: str
    timeout_s: float
    lost: type[VendorDown | VendorUnclear]
    json: Mapping[str, str] | None = None
    params: Mapping[str, str] | None = None
    form: aiohttp.FormData | None = None
    secrets: tuple[str, ...] = ()


class Transport(WithSession):
    """The connection to the API; an async context manager."""

    def __init__(self, options: RodinOptions, clock: Clock) -> None:
        super().__init__()
        self._options = options
        self._clock = clock

    def _new_session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept": "application/json", "User-Agent": self._options.user_agent},
        )

    def with_options(self, options: RodinOptions) -> Transport:
        """Return one that asks with other options, over the open session of this one, which ends it too."""
        other = Transport(options, self._clock)
        other._session = self.session
        return other

    async def send(self, call: Call) -> Answer:
        """Make one request and return the answer, whatever its status. Never repeats, never follows a redirect.

        Raises:
            VendorDown: no connection came about, so nothing was sent.
            The call's `lost`: the connection broke or the time ran out before the head of an answer was there.
        """
        try:
            return await self._exchange(call)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise VendorDown(f"no connection for {call.path}: {error}") from error
        except aiohttp.ClientResponseError as error:
            # Without its cause: this one carries the request's headers, and so the key.
            raise call.lost(f"{call.path}: no HTTP in the answer ({type(error).__name__})") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise call.lost(f"{call.path}: no answer ({type(error).__name__})") from error

    async def _exchange(self, call: Call) -> Answer:
        connect_s = self._options.connect_timeout_s
        async with self.session.request(
            call.method,
            self._options.root / call.path,
            json=call.json,
            params=call.params,
            data=call.form,
            headers={"Authorization": f"Bearer {self._options.key}"},
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=call.timeout_s, connect=connect_s, sock_connect=connect_s),
        ) as response:
            body = await _body(response)
            log.debug("rodin answered path=%s status=%d bytes=%d", call.path, response.status, len(body))
            return Answer(
                status=response.status,
                body=body,
                retry_after=response.headers.get("Retry-After"),
                at=self._clock.now(),
                secrets=(self._options.key, *call.secrets),
            )


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """Return what can be had of the body. The status still says something when the rest is lost."""
    body = bytearray()
    try:
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > LONGEST_ANSWER_BYTES:
                log.warning("answer too long status=%d", response.status)
                response.close()
                break
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("answer cut off status=%d bytes=%d error=%s", response.status, len(body), type(error).__name__)
    return bytes(body[:LONGEST_ANSWER_BYTES])
