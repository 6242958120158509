"""A simulator on ports of the system's choice, with time that stands still."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from adapters.rodin.simulator.options import SimulatorOptions
from adapters.rodin.simulator.server import Simulator
from tests.unit.simulator.stand import Stand, TinyMaker, TurnedClock

OpenStand = Callable[..., Awaitable[Stand]]


@pytest.fixture
async def open_stand() -> AsyncIterator[OpenStand]:
    async with AsyncExitStack() as exits:

        async def open_one(**options: Any) -> Stand:
            clock, maker = TurnedClock(), TinyMaker()
            simulator = Simulator(SimulatorOptions(**{"seed": 7, **options}), clock=clock, maker=maker)
            # The session is opened first, so that it closes last: a held answer ends when the simulator does.
            session = await exits.enter_async_context(aiohttp.ClientSession())
            await exits.enter_async_context(simulator)
            return Stand(simulator=simulator, session=session, clock=clock, maker=maker)

        yield open_one


@pytest.fixture
async def stand(open_stand: OpenStand) -> Stand:
    return await open_stand()
