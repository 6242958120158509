"""What the simulator's tests stand on: a clock that is turned by hand, models made in no time, and a small client."""

import asyncio
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image

from adapters.rodin.simulator.maker import BuildFailed
from adapters.rodin.simulator.models import ModelSpec
from adapters.rodin.simulator.server import Simulator

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = "a-key-of-a-test-1234"
WEEK_S = 7 * 24 * 3600

SERVE = """
import asyncio
from adapters.rodin.simulator.options import SimulatorOptions
from adapters.rodin.simulator.server import serve
asyncio.run(serve(SimulatorOptions(speed=1000)))
"""
"""A simulator as a process of its own, in Python; on ports of the system's choice."""


class TurnedClock:
    """Time that stands still until a test turns it."""

    def __init__(self) -> None:
        self._now = NOON
        self._sleepers: list[tuple[datetime, asyncio.Event]] = []
        self.somebody_sleeps = asyncio.Event()

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        awake = asyncio.Event()
        self._sleepers.append((self._now + timedelta(seconds=seconds), awake))
        self.somebody_sleeps.set()
        await awake.wait()

    def turn(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        for due, awake in self._sleepers:
            if due <= self._now:
                awake.set()
        self._sleepers = [(due, awake) for due, awake in self._sleepers if due > self._now]


class TinyMaker:
    """Writes small files at once; can be held back or told to fail."""

    def __init__(self) -> None:
        self.built: list[ModelSpec] = []
        self.fails = False
        self.may_go = asyncio.Event()
        self.may_go.set()

    def fingerprint(self, spec: ModelSpec) -> str:
        return hashlib.sha256(repr(spec).encode()).hexdigest()

    async def build(self, spec: ModelSpec, folder: Path) -> tuple[Path, ...]:
        await self.may_go.wait()
        if self.fails:
            raise BuildFailed("told to")
        self.built.append(spec)
        names = [f"base_basic_pbr.{spec.file_format}", "preview.webp", *(["render.jpg"] if spec.preview_render else [])]
        for name in names:
            (folder / name).write_bytes(name.encode() * 1_000)
        return tuple(folder / name for name in names)

    async def close(self) -> None:
        self.may_go.set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    json: Any


@dataclass(slots=True, kw_only=True)
class Stand:
    """A running simulator with everything a test turns and looks at."""

    simulator: Simulator
    session: aiohttp.ClientSession
    clock: TurnedClock
    maker: TinyMaker
    key: str = KEY
    meets_unknown_routes: bool = False
    timeout: aiohttp.ClientTimeout = field(default_factory=lambda: aiohttp.ClientTimeout(total=20))

    async def call(self, method: str, url: str, **how: Any) -> Answer:
        async with self.session.request(method, url, timeout=self.timeout, **how) as response:
            body = await response.read()
            is_json = response.content_type == "application/json"
            try:
                found = await response.json() if is_json else None
            except ValueError:
                found = None
            return Answer(status=response.status, headers=response.headers, body=body, json=found)

    def auth(self, key: str | None = None) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {key or self.key}"}

    async def api(self, route: str, *, key: str | None = None, **how: Any) -> Answer:
        return await self.call("POST", f"{self.simulator.url}/{route}", headers=self.auth(key), **how)

    async def submit(self, *, key: str | None = None, **fields: Any) -> Answer:
        """POST /rodin with these fields; lists become repeated parts, bytes become pictures."""
        return await self.api(
            "rodin", key=key, data=form(**{"prompt": "a brass teapot", "tier": "Gen-2.5-Low", **fields})
        )

    async def accepted(self, **fields: Any) -> Any:
        answer = await self.submit(**fields)
        assert "uuid" in answer.json, answer.body
        return answer.json

    async def statuses(self, task: Any) -> list[str]:
        answer = await self.api("status", json={"subscription_key": task["jobs"]["subscription_key"]})
        return [job["status"] for job in answer.json["jobs"]]

    async def listing(self, task: Any) -> dict[str, str]:
        await self.models_made()
        answer = await self.api("download", json={"task_uuid": task["uuid"]})
        return {entry["name"]: entry["url"] for entry in answer.json["list"]}

    async def finished(self, **fields: Any) -> Any:
        """A task whose jobs have ended."""
        task = await self.accepted(**fields)
        self.clock.turn(300)
        await self.models_made()
        return task

    async def models_made(self) -> None:
        for task in list(self.simulator.state.tasks.values()):
            await asyncio.gather(self.simulator.stage.workshop.wait(task.order.spec), return_exceptions=True)

    async def ledger(self) -> Any:
        return (await self.call("GET", f"{self.simulator.origin}/simulator/ledger")).json

    async def balance(self, *, key: str | None = None, query: str = "") -> Any:
        return (await self.call("GET", f"{self.simulator.url}/check_balance{query}", headers=self.auth(key))).json

    async def set_key(self, key: str, **changes: Any) -> Answer:
        return await self.call("POST", f"{self.simulator.origin}/simulator/keys", json={"key": key, **changes})

    async def set_faults(self, faults: str) -> Answer:
        return await self.call("POST", f"{self.simulator.origin}/simulator/faults", json={"faults": faults})


def form(**fields: Any) -> aiohttp.FormData:
    """A multipart form; bytes become file parts, lists repeated parts, None leaves a field out."""
    made = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, bytes):
                made.add_field(name, io.BytesIO(one), filename=f"{name}.png", content_type="image/png")
            elif isinstance(one, tuple):
                made.add_field(name, io.BytesIO(one[1]), filename=one[0])
            elif one is not None:
                made.add_field(name, str(one))
    return made


def picture(width: int = 96, height: int = 96, *, kind: str = "PNG", mode: str = "RGB", frames: int = 1) -> bytes:
    """A picture with something on it: a gradient."""
    gradient = Image.linear_gradient("L").resize((width, height)).convert(mode)
    target = io.BytesIO()
    gradient.save(target, kind, **({"save_all": True} if frames > 1 else {}))
    return target.getvalue()


def flat_picture(colour: tuple[int, ...] = (200, 30, 30), size: tuple[int, int] = (96, 96)) -> bytes:
    target = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour).save(target, "PNG")
    return target.getvalue()


def obj_model() -> bytes:
    return b"v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 2 3 4\nf 1 4 3\n"
