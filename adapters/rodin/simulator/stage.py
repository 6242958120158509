"""What all routes of one simulator share."""

import asyncio
from dataclasses import dataclass

from adapters.rodin.simulator.clock import Clock
from adapters.rodin.simulator.faults import FaultDice
from adapters.rodin.simulator.links import LinkSigner
from adapters.rodin.simulator.options import SimulatorOptions
from adapters.rodin.simulator.state import State
from adapters.rodin.simulator.workshop import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Settings, time, memory, dice, models and link signing of one simulator, and the bell that ends it."""

    options: SimulatorOptions
    clock: Clock
    state: State
    dice: FaultDice
    workshop: Workshop
    signer: LinkSigner
    stopping: asyncio.Event

    async def pause(self, seconds: float) -> None:
        """Wait on the simulator's clock, or until it is being stopped."""
        waits = (asyncio.ensure_future(self.clock.sleep(seconds)), asyncio.ensure_future(self.stopping.wait()))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
