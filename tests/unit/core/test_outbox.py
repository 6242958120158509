"""A message is posted once, whatever happens in between."""

from __future__ import annotations

import pytest

from bot.errors import PlatformBusy, PlatformError
from bot.outbox import Outgoing, Posted, post_once
from tests.factories import NOON
from tests.fakes.outbox import MemorySendLog


class Channel:
    """Where messages go. `after` is raised once a message is there, `before` in its place; `is_readable` lets find."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.before: Exception | None = None
        self.after: Exception | None = None
        self.is_readable = True

    async def send(self) -> str:
        if self.before is not None:
            raise self.before
        self.messages.append(f"m{len(self.messages) + 1}")
        if self.after is not None:
            raise self.after
        return self.messages[-1]

    async def find(self) -> str | None:
        return self.messages[0] if self.is_readable and self.messages else None

    def outgoing(self) -> Outgoing:
        return Outgoing(key="k", send=self.send, find=self.find, unsent=(PlatformBusy,))


async def test_what_was_posted_is_not_posted_again() -> None:
    sends, channel = MemorySendLog(), Channel()

    first = await post_once(sends, channel.outgoing(), now=NOON)
    second = await post_once(sends, channel.outgoing(), now=NOON)

    assert (first, second) == (Posted(message="m1", is_new=True), Posted(message="m1", is_new=False))
    assert channel.messages == ["m1"]


async def test_what_may_have_been_posted_is_looked_for_first() -> None:
    sends, channel = MemorySendLog(), Channel()
    channel.after = PlatformError("the answer was lost")
    with pytest.raises(PlatformError):
        await post_once(sends, channel.outgoing(), now=NOON)
    channel.after = None

    found = await post_once(sends, channel.outgoing(), now=NOON)

    assert found == Posted(message="m1", is_new=False)
    assert (await sends.begin("k", now=NOON)).message == "m1"


async def test_where_nobody_can_look_telling_twice_beats_not_telling() -> None:
    sends, channel = MemorySendLog(), Channel()
    channel.after, channel.is_readable = PlatformError("the answer was lost"), False
    with pytest.raises(PlatformError):
        await post_once(sends, channel.outgoing(), now=NOON)
    channel.after = None

    await post_once(sends, channel.outgoing(), now=NOON)

    assert channel.messages == ["m1", "m2"]


async def test_what_was_surely_not_posted_leaves_no_doubt() -> None:
    sends, channel = MemorySendLog(), Channel()
    channel.before = PlatformBusy("429")

    with pytest.raises(PlatformBusy):
        await post_once(sends, channel.outgoing(), now=NOON)

    assert not (await sends.begin("k", now=NOON)).is_repeat


async def test_a_refused_repeat_keeps_the_doubt_of_the_first_try() -> None:
    sends, channel = MemorySendLog(), Channel()
    await sends.begin("k", now=NOON)
    channel.before = PlatformBusy("429")

    with pytest.raises(PlatformBusy):
        await post_once(sends, channel.outgoing(), now=NOON)

    assert (await sends.begin("k", now=NOON)).is_repeat
