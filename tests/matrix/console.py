"""A person at a terminal, in front of a machine."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.console.address import owner_of
from adapters.console.delivery import Delivery
from adapters.console.platform import ConsolePlatform
from adapters.console.screens import LineScreen, Paper
from adapters.console.session import Session
from bot.model import Task
from tests.matrix.exercise import Seen
from tests.matrix.faults import Fault
from tests.matrix.machine import Machine, Place, a_machine
from tests.unit.simulator.stand import picture

BELL = "generate a bell --faces 500 --tier Gen-2.5-Low"
NEEDS_A_MODEL = frozenset({"rodin texture", "rodin bang", "files delete", "s3 delete"})
USES_IT_UP = frozenset({"files delete", "s3 delete"})


@dataclass(kw_only=True)
class Desk:
    """A terminal: what is typed, what is printed."""

    machine: Machine
    session: Session
    paper: io.StringIO
    photo: Path
    model_id: str = ""
    model_for: str = ""

    @property
    def printed(self) -> str:
        """Everything on the paper so far."""
        return self.paper.getvalue()

    async def tasks(self) -> Sequence[Task]:
        """The newest task."""
        return await self.machine.core.tasks.tasks_of(owner_of("you"), limit=1)

    async def prepare(self, row: str) -> None:
        """Have a model made for what goes on from one, unless one is left; lose a submission for what looks for it."""
        if row in NEEDS_A_MODEL and (row in USES_IT_UP or self.model_for != row):
            await self.session.obey(BELL)
            self.model_id, self.model_for = (await self.machine.settle(self.tasks)).id, row
        if row == "rodin usage":
            self.machine.trouble.plan("rodin submit", Fault.RESET, times=1)

    async def provoke(self, row: str) -> Seen:
        """Type what leads to a call, and wait until what came of it is over."""
        lines = {
            "rodin texture": f"retexture {self.model_id} rust --image {self.photo}",
            "rodin bang": f"split {self.model_id}",
            "rodin balance": "balance",
            "files load": f"{BELL} --image {self.photo}",
            "files delete": f"delete {self.model_id}",
            "s3 keep": f"{BELL} --image {self.photo}",
            "s3 load": f"{BELL} --image {self.photo}",
            "s3 delete": f"delete {self.model_id}",
        }
        before = len(self.printed)
        await self.session.obey(lines.get(row, BELL))
        if re.search(r"^Task \w+", self.printed[before:], re.MULTILINE) is None:
            return Seen(words=self.printed[before:], task=None, tellings={})
        task = await self.machine.settle(self.tasks)
        endings = re.findall(rf"^[✔✘?-] {task.id}  .*\n  ", self.printed, re.MULTILINE)
        return Seen(words=self.printed[before:], task=task, tellings={"ending": len(endings)})


@asynccontextmanager
async def a_desk(
    folder: Path, *, is_exclusive: bool = False, bucket: Place | None = None, database_url: str | None = None
) -> AsyncIterator[Desk]:
    """Sit somebody down. With `is_exclusive` the operator has said that nobody else uses the key."""
    async with a_machine(folder, is_exclusive=is_exclusive, bucket=bucket, database_url=database_url) as machine:
        paper = Paper()
        printed = io.StringIO()
        paper.file, paper.width = printed, 10_000
        delivery = Delivery(files=machine.core.files, folder=folder / "out")
        platform = ConsolePlatform(LineScreen(paper), delivery)
        machine.man({platform.name: platform})
        photo = folder / "photo.png"
        photo.write_bytes(picture(256, 256))
        session = Session(intake=machine.core.intake, platform=platform, speaker="you")
        yield Desk(machine=machine, session=session, paper=printed, photo=photo)
