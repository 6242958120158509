"""Two servers with keys of their own on one bot, against a real Rodin simulator and a real database."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import open_core, serve, web_part
from bot.chat import Wish
from bot.core import Core
from bot.demo import demo_settings
from bot.errors import KeyStopped, UserMistake
from bot.ledger import Span, write_csv
from bot.log import set_up
from bot.looks import Previews
from bot.model import ENDS, Hold, Task, TaskState
from storage.database import open_database
from storage.ledger import SqlLedger
from tests.e2e.harness import PATIENCE_S, Rodin
from tests.factories import an_address, an_owner
from tests.fakes.platform import RecordingPlatform
from tests.logs import root_logger_kept

pytestmark = pytest.mark.slow

EAST, WEST = "rodin-key-RECOGNISABLE-east-11", "rodin-key-RECOGNISABLE-west-22"
TELLTALE = "RECOGNISABLE"
SMALL: dict[str, str | int | float | bool] = {"tier": "Gen-2.5-Low", "faces": 500}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One bot that runs, with a chat that remembers everything, and the Rodin that it talks to."""

    core: Core
    rodin: Rodin
    folder: Path
    chat: RecordingPlatform = field(default_factory=RecordingPlatform)
    answers: list[str] = field(default_factory=list)

    async def ask(self, server: str, prompt: str, **options: str) -> Task:
        owner, address = an_owner("ada", server_id=server), an_address("channel-1")
        return await self.core.intake.generate(Wish(prompt=prompt, options={**SMALL, **options}), owner, address)

    async def set_key(self, server: str, key: str) -> None:
        self.answers.append(await self.core.intake.set_key(an_owner("root", server_id=server), key))

    async def change(self, key: str, **changes: object) -> None:
        """Change a key's wallet at Rodin, or revoke it."""
        url = f"{self.rodin.origin}/simulator/keys"
        answer = await asyncio.to_thread(self.rodin.http.post, url, json={"key": key, **changes}, timeout=PATIENCE_S)
        answer.raise_for_status()

    async def until(self, what: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not await what():
                await asyncio.sleep(0.02)

    async def ended(self, *tasks: Task) -> list[TaskState]:
        async def over() -> bool:
            return all([(await self.core.tasks.load(task.id)).is_ending_told for task in tasks])

        await self.until(over)
        return [(await self.core.tasks.load(task.id)).state for task in tasks]

    def said_of(self, task: Task) -> str:
        seen = (*self.chat.shown, *self.chat.said, *self.chat.amended)
        return "\n".join(one.update.headline for one in seen if one.update.task_id == task.id)


@asynccontextmanager
async def a_scene(rodin: Rodin, folder: Path) -> AsyncIterator[Scene]:
    folder.mkdir(exist_ok=True)
    chosen = {
        "secret_key": SecretStr("a secret key of this test alone"),
        "admin_ids": ("root",),
        "previews": Previews.NONE,
    }
    settings = demo_settings(rodin.url, folder, speed=200).model_copy(update=chosen)
    stopping = asyncio.Event()
    async with open_core(settings) as core:
        scene = Scene(core=core, rodin=rodin, folder=folder)
        served = asyncio.create_task(serve(core, {"console": scene.chat}, stopping))
        try:
            yield scene
        finally:
            stopping.set()
            await served


@pytest.fixture
def quiet() -> Iterator[io.StringIO]:
    """Log everything at debug level, as the bot sets it up, into a text; leave the root logger as it was found."""
    stream = io.StringIO()
    with root_logger_kept():
        set_up(level="debug", style="text", secrets=(), stream=stream)
        yield stream


async def test_of_two_keys_one_exhausted_only_its_people_wait_and_go_on_when_it_is_filled(
    rodin: Rodin, tmp_path: Path
) -> None:
    async with a_scene(rodin, tmp_path) as scene:
        await scene.set_key("east", EAST)
        await scene.set_key("west", WEST)
        await scene.core.controls.pause(now=scene.core.clock.now())
        eastern = [await scene.ask("east", f"owl {number}") for number in range(3)]
        western = [await scene.ask("west", f"fox {number}") for number in range(3)]
        outside = await scene.ask("north", "hare")
        await scene.change(EAST, balance=0)
        await scene.core.controls.resume()

        assert await scene.ended(*western, outside) == [TaskState.READY] * 4

        async def is_stopped() -> bool:
            return (await scene.core.keys.state(eastern[0].key_id)).stopped is not None

        await scene.until(is_stopped)
        with pytest.raises(KeyStopped, match="This server's own Rodin key has too few credits left"):
            await scene.ask("east", "one more owl")
        rows = [await scene.core.tasks.load(task.id) for task in eastern]
        waiting = [row for row in rows if row.state not in ENDS]
        assert {(row.state, row.hold) for row in waiting} <= {(TaskState.ACCEPTED, Hold.KEY)}

        await scene.change(EAST, balance=50)
        await scene.core.keys.resume(eastern[0].key_id)
        scene.core.bell.ring()
        states = await scene.ended(*eastern)

        assert states.count(TaskState.READY) == len(waiting)
        for row in waiting:
            assert "Your task waits and nothing was charged" in scene.said_of(row)
        charged = {one["key"]: one["charges"] for one in rodin.ledger()["accounts"]}
        assert (charged[EAST[-4:]], charged[WEST[-4:]]) == (len(waiting), 3)


async def test_a_key_is_nowhere_to_be_read_whatever_becomes_of_its_tasks(
    rodin: Rodin, tmp_path: Path, quiet: io.StringIO
) -> None:
    async with a_scene(rodin, tmp_path / "bot") as scene:
        await scene.change(f"{EAST}-wrong", revoked=True)
        with pytest.raises(UserMistake) as refused:
            await scene.set_key("east", f"{EAST}-wrong")
        await scene.set_key("east", EAST)
        done = await scene.ask("east", "an owl")
        assert await scene.ended(done) == [TaskState.READY]
        rodin.break_with("drop_after_accept:x1")
        lost = await scene.ask("east", "a lost owl")
        await scene.ended(lost)
        rodin.break_with("")
        await scene.change(EAST, revoked=True)
        failed = await scene.ask("east", "a refused owl")
        assert await scene.ended(failed) == [TaskState.FAILED]
        ada = an_owner("ada", server_id="east")
        root = an_owner("root", server_id="east")
        told = [*scene.answers, str(refused.value), await scene.core.intake.balance(root)]
        told += [str(await scene.core.intake.settings(root)), str(await scene.core.intake.status(done.id, ada))]
        exported = await scene.core.intake.export(ada)
        async with web_part(scene.core, host="127.0.0.1", port=0, is_local=True) as web:
            pages = [
                (await asyncio.to_thread(rodin.http.get, f"{web.url}{path}", timeout=PATIENCE_S)).text
                for path in ("/metrics", "/privacy", "/readyz")
            ]
        on_disk = {path: path.read_bytes() for path in scene.folder.rglob("*") if path.is_file()}
        seen = repr((scene.chat.shown, scene.chat.said, scene.chat.amended, scene.core, scene.core.key_desk))
        assert any(path.name.endswith("-wal") for path in on_disk)

    ledger = io.StringIO()
    async with open_database(f"sqlite:///{scene.folder / 'demo.db'}") as database:
        await write_csv(SqlLedger(database).entries(Span()), ledger)
    places = {
        "answers": "\n".join(told).encode(),
        "messages": seen.encode(),
        "log": quiet.getvalue().encode(),
        "export": exported.data,
        "pages": "\n".join(pages).encode(),
        "ledger": ledger.getvalue().encode(),
        "simulator": f"{rodin.process.output}{rodin.process.errors}".encode(),
        **{str(path): data for path, data in on_disk.items()},
    }
    assert "task refused" in quiet.getvalue()  # the log was there to be searched
    assert str(done.key_id) in ledger.getvalue()
    assert [name for name, data in places.items() if TELLTALE.encode() in data] == []


async def test_a_price_that_one_key_pays_is_not_on_another_ones_records(rodin: Rodin, tmp_path: Path) -> None:
    before = {one["key"]: one["balance"] for one in rodin.ledger()["accounts"]}
    async with a_scene(rodin, tmp_path) as scene:
        await scene.set_key("south", "a-key-of-the-south-9s9s")
        await scene.ended(await scene.ask("south", "an owl"))

    after = {one["key"]: one["balance"] for one in rodin.ledger()["accounts"]}
    assert after.pop("9s9s") == Decimal("207.5")
    assert {key: after[key] for key in before} == before
