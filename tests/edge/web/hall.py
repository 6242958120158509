"""A running web part with a task to show, and what tests ask of it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from adapters.web.links import SignedLinks
from adapters.web.server import Supplies, WebOptions, WebPart
from adapters.web.shelf import STATIC, Shelf
from bot.exhibit import Exhibit, ShownFile
from bot.model import FileRole
from bot.ports import FileStore
from storage.files import ObjectFileStore
from tests.factories import NOON
from tests.fakes.library import FakeLibrary
from tests.secrecy import learn, note

KEY = "a key that only this test knows"
PUBLIC = "https://models.example"
TASK = "du9xkna"
MODEL = bytes(range(256)) * 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """The web part, what stands behind it, and a client in front of it."""

    web: WebPart
    library: FakeLibrary
    files: FileStore
    links: SignedLinks
    session: aiohttp.ClientSession

    def path(self, name: str | None = None, *, task: str = TASK, generation: int = 0) -> str:
        token = self.links.token(task, generation)
        return f"/t/{token}" if name is None else f"/t/{token}/{name}"

    async def get(self, path: str, *, method: str = "GET", **headers: str) -> Answer:
        """Ask for a path exactly as it is written; header names with `_` for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = URL(self.web.url + path, encoded=True)
        async with self.session.request(method, url, headers=named, allow_redirects=False) as response:
            answer = Answer(status=response.status, headers=response.headers, body=await response.read())
        note(f"{dict(answer.headers)}\n{answer.body.decode('latin-1')}", "what the web part answers")
        return answer

    async def add_file(self, name: str, data: bytes, *, role: FileRole = FileRole.MODEL, task: str = TASK) -> ShownFile:
        """Put a file into the store and onto a task's list."""
        file = await stored(self.files, name, data, role=role)
        self.library.change(task, files=(*self.library.exhibits[task].files, file))
        return file


async def stored(files: FileStore, name: str, data: bytes, *, role: FileRole = FileRole.MODEL) -> ShownFile:
    sha256 = hashlib.sha256(data).hexdigest()
    key = f"results/{sha256[:8]}/{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    await files.save_bytes(key, data)
    return ShownFile(name=name, role=role, size_bytes=len(data), sha256=sha256, key=key)


def an_exhibit(**changes: Any) -> Exhibit:
    """Return what is shown of an ordinary task, without files."""
    exhibit = Exhibit(
        task_id=TASK,
        generation=0,
        title="a brass teapot",
        prompt="a brass teapot",
        created_at=NOON,
        lines=("Gen-2.5-Medium, glb, 60,000 triangles, PBR, seed 59156.",),
        facts=(("Triangles", "60,000"), ("Watertight", "yes")),
    )
    return replace(exhibit, **changes)


@asynccontextmanager
async def open_hall(folder: Path, *, options: WebOptions | None = None, **supplies: Any) -> AsyncIterator[Hall]:
    """Start a web part that shows one task with one model, without the viewer's assets unless they are handed in."""
    files = supplies.pop("files", None) or ObjectFileStore(str(folder / "files"))
    model = await stored(files, "base_basic_pbr.glb", MODEL)
    library = supplies.pop("library", None) or FakeLibrary(an_exhibit(files=(model,), model=model.name))
    learn(KEY)
    links = SignedLinks(KEY, public_url=PUBLIC)
    supplies.setdefault("shelf", Shelf(STATIC))
    web = WebPart(
        options or WebOptions(port=0, public_url=PUBLIC),
        Supplies(library=library, files=files, links=links, **supplies),
    )
    await web.start()
    try:
        # No brotli or gzip asked for by itself, and no cookies kept: what a test sends is what it says.
        timeout = aiohttp.ClientTimeout(total=30)
        async with aiohttp.ClientSession(
            skip_auto_headers=("Accept-Encoding",), auto_decompress=False, timeout=timeout
        ) as session:
            yield Hall(web=web, library=library, files=files, links=links, session=session)
    finally:
        await web.stop()
