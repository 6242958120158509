"""Where a life ends: waiting for the named point, and killing just there."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal, Protocol

from tests.e2e.torture.crowd import Crowd, Impatient
from tests.e2e.torture.lives import Life
from tests.e2e.torture.plan import Act, Deed, Moment, Point, Where
from tests.e2e.torture.world import World

UNNOTED_S = 0.15
"""How long the bot may work with an answer that it cannot write down."""

BUSY_S = 0.8
"""How long a life goes on before it is asked to stop."""

LOOK_EVERY_S = 0.02


class Caught(Protocol):
    """A request in the hands of a stand-in or of the wire."""

    def release(self) -> None:
        """Let it go on, and later ones pass."""

    def drop(self) -> None:
        """Cut its connection, and let later ones pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What a point needs: the world, the people, and the lives that are to end."""

    world: World
    crowd: Crowd
    lives: Sequence[Life]
    deeds: Sequence[Deed]

    async def kill(self) -> None:
        """End every process of this life at once."""
        for life in self.lives:
            life.signal(signal.SIGKILL)
        for life in self.lives:
            await life.kill()


async def die_at(point: Point, ending: Ending) -> None:
    """Wait for a point and kill there. Cancelled before, nothing stays held."""
    await WAYS[point.where](point, ending)


async def _by_the_clock(point: Point, ending: Ending) -> None:
    await asyncio.sleep(point.after_s)
    await ending.kill()


async def _at_a_request(point: Point, ending: Ending) -> None:
    async with _held(point, ending.world) as caught:
        if point.moment is not Moment.UNNOTED:
            await ending.kill()
            return
        async with _locked(ending.world):
            caught.release()
            await asyncio.sleep(UNNOTED_S)
            await ending.kill()


async def _while_drawing(point: Point, ending: Ending) -> None:
    while not ending.world.is_drawing():
        await asyncio.sleep(LOOK_EVERY_S)
    await asyncio.sleep(point.after_s)
    await ending.kill()


async def _while_converting(point: Point, ending: Ending) -> None:
    while not ending.world.is_converting():
        await asyncio.sleep(LOOK_EVERY_S)
    await asyncio.sleep(point.after_s)
    await ending.kill()


async def _while_deleting(point: Point, ending: Ending) -> None:
    """Let people press Delete while the row cannot be written: no file may be gone before it says so."""
    async with _locked(ending.world):
        for deed in _deletions(ending.deeds):
            try:
                await asyncio.wait_for(ending.crowd.people[deed.platform].do(deed, ending.crowd.noted.append), 0.5)
            except (Impatient, TimeoutError):
                continue
        await asyncio.sleep(point.after_s)
        await ending.kill()


async def _while_stopping(point: Point, ending: Ending) -> None:
    await asyncio.sleep(BUSY_S)
    for life in ending.lives:
        life.signal(signal.SIGTERM)
    await asyncio.sleep(point.after_s)
    await ending.kill()


WAYS: dict[Where, Callable[[Point, Ending], Awaitable[None]]] = {
    Where.CLOCK: _by_the_clock,
    Where.DISCORD: _at_a_request,
    Where.SLACK: _at_a_request,
    Where.RODIN: _at_a_request,
    Where.DRAWING: _while_drawing,
    Where.CONVERTING: _while_converting,
    Where.DELETING: _while_deleting,
    Where.STOPPING: _while_stopping,
}


@asynccontextmanager
async def _held(point: Point, world: World) -> AsyncIterator[Caught]:
    """Give the request that was meant, in hand; in the end its connection is cut."""
    for nth in range(1, point.nth + 1):
        caught, arrived = _hold(point, world)
        try:
            await arrived()
        except BaseException:
            caught.release()
            raise
        if nth < point.nth:
            caught.release()
    try:
        yield caught
    finally:
        caught.drop()


def _hold(point: Point, world: World) -> tuple[Caught, Callable[[], Awaitable[object]]]:
    """Hold the next request of a kind. Whoever waits here has a time of their own."""
    when: Literal["before", "after"] = "before" if point.moment is Moment.BEFORE else "after"
    if point.where is Where.RODIN:
        on_wire = world.wire.hold(point.kind, "half" if point.moment is Moment.HALF else when)
        return on_wire, on_wire.arrived
    if point.where is Where.SLACK:
        on_slack = world.slack.hold(point.kind, when=when)
        return on_slack, lambda: on_slack.arrived(timeout_s=60.0)
    method, _, route = point.kind.partition(" ")
    on_discord = world.discord.hold(method, route, when)
    return on_discord, lambda: on_discord.arrived(timeout_s=60.0)


@asynccontextmanager
async def _locked(world: World) -> AsyncIterator[None]:
    """Keep the bot from writing to its database, without holding up the people."""
    lock = world.locked()
    await asyncio.to_thread(lock.__enter__)
    try:
        yield
    finally:
        await asyncio.to_thread(lock.__exit__, None, None, None)


def _deletions(deeds: Sequence[Deed]) -> list[Deed]:
    """Turn every deed of a life into a press on Delete; their numbers make no new words."""
    return [
        Deed(number=deed.number, at_s=0.0, platform=platform, who=deed.who, act=Act.DELETE, pick=deed.pick)
        for deed in deeds
        for platform in ("discord", "slack")
    ]
