"""What discord.py raises, in our words: translated completely, in one place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import aiohttp
import discord

from bot.errors import PlatformBusy, PlatformError

REST_S = 15.0
"""How long a thread rests when Discord does not say how long; a page of 5xx lasts seconds to minutes."""


class Why(StrEnum):
    """Why Discord surely did not do something."""

    GONE = "gone"  # the channel, thread, message, server or person is not there for us any more
    MESSAGE_GONE = "message_gone"  # only that message is
    ARCHIVED = "archived"  # the thread rests: a new message wakes it, an edit does not
    RIGHT = "right"  # a right is missing
    NO_THREAD = "no_thread"  # no thread can be made here, whatever rights we have
    HAS_THREAD = "has_thread"  # the message has its thread already
    TOO_LARGE = "too_large"
    ANSWERED = "answered"  # somebody else has acknowledged the interaction
    OTHER = "other"


class Refused(PlatformError):
    """Discord understood and surely did not do it: `why`."""

    def __init__(self, why: Why, what: str) -> None:
        super().__init__(f"Discord refused: {what}")
        self.why = why


CODES = {
    10003: Why.GONE,  # unknown channel
    10004: Why.GONE,  # unknown server
    10008: Why.MESSAGE_GONE,
    10013: Why.GONE,  # unknown user
    10015: Why.GONE,  # unknown webhook: an interaction token that is not valid any more
    10062: Why.GONE,  # unknown interaction
    40005: Why.TOO_LARGE,
    40060: Why.ANSWERED,
    50001: Why.GONE,  # no access: kicked, or the channel was hidden
    50007: Why.GONE,  # this person takes no direct messages from us
    50013: Why.RIGHT,
    50024: Why.NO_THREAD,  # not on this type of channel
    50027: Why.GONE,  # invalid webhook token
    50068: Why.NO_THREAD,  # not on this type of message
    50083: Why.ARCHIVED,
    50278: Why.GONE,  # no server in common with this person
    160002: Why.NO_THREAD,
    160004: Why.HAS_THREAD,
    160005: Why.GONE,  # the thread is locked
    160006: Why.NO_THREAD,  # as many threads are open as a server may have
    160007: Why.NO_THREAD,
}
"""Source: Discord developer docs, Opcodes and Status Codes, JSON error codes."""

LATER = frozenset({20016, 20028, 30046, 130000})
"""Slow mode, too many writes to a channel, too many edits of an old message, overload: said with a 4xx or 5xx."""

STATUSES = {403: Why.RIGHT, 404: Why.GONE, 413: Why.TOO_LARGE}
"""Where the code says nothing."""

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)
"""What discord.py 2.7 lets out when an answer was cut off or has another shape: it reads them without looking."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn whatever discord.py raises into our errors.

    Raises:
        Refused: it surely was not done. PlatformBusy: later; `Unsent` when it surely was not done either.
        PlatformError: nobody can tell, since the answer cannot be read.
    """
    try:
        yield
    except discord.RateLimited as error:
        raise Unsent("rate limit", retry_after_s=error.retry_after) from error
    except discord.HTTPException as error:
        raise _of_answer(error) from error
    except aiohttp.ClientConnectorError as error:
        raise Unsent("cannot be reached", retry_after_s=REST_S) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise PlatformBusy(f"the answer was lost: {type(error).__name__}", retry_after_s=REST_S) from error
    except discord.DiscordException as error:
        raise Refused(Why.OTHER, f"{type(error).__name__}: {error}") from error
    except RuntimeError as error:  # aiohttp has no other word for a session that is closed, as when the bot is stopping
        raise PlatformBusy("the connection was closed", retry_after_s=REST_S) from error
    except UNREADABLE as error:
        raise PlatformError(f"Discord's answer is not readable: {type(error).__name__}: {error}"[:300]) from error


class Unsent(PlatformBusy):
    """Come back later; Discord surely did not do it."""


def _of_answer(error: discord.HTTPException) -> PlatformError:
    what = f"status {error.status}, code {error.code}: {error.text[:200]}"
    if error.status == 429 or error.code in LATER:
        return Unsent(f"rate limit, {what}", retry_after_s=REST_S)
    if error.status >= 500:
        return PlatformBusy(what, retry_after_s=REST_S)
    return Refused(CODES.get(error.code) or STATUSES.get(error.status, Why.OTHER), what)
