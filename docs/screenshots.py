"""Draws the pictures in `docs/images` that show Discord anew: `make screenshots`. Needs Chromium.

The bot's real client talks to a simulated Discord (simcord), a simulated Rodin makes the model and our own previewer
draws it; what the messages in the thread hold then is laid out as Discord's client does. Nothing in them is written
for the picture but what the people say.
"""

from __future__ import annotations

import asyncio
import base64
import io
import logging
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import discord
import pytest
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape
from PIL import Image, ImageChops
from simcord import ChannelHandle, MemberActor

from adapters.preview.previewer import ChildPreviewer
from adapters.rodin.simulator.models import ModelSpec, build
from bot.model import JobState
from bot.text import size
from tests.edge.discord.simcord_scene import Scene, a_scene

log = logging.getLogger("screenshots")

HERE = Path(__file__).parent
PROMPT = "a bronze robot with glowing eyes"
SERVER_MORNING_S = 9 * 3600 + 41 * 60
MODEL = ModelSpec(prompt=PROMPT, seed=11, faces=60_000, texture_px=1024)

WIDTH_PX, MOST_HEIGHT_PX, SCALE = 760, 1800, 1.5
NOTHING = (255, 0, 255)
"""What the page shows around the window: cut away."""

COLOURS = 256
DRAWS_WITHIN_S = 60.0
TURNED = 0.85
"""How far round the turntable stands, which a picture cannot show moving."""

HUES = {"Mira": "#c2447c", "Theo": "#3a8f6b"}
BOT_HUE = "#4752c4"
MARKUP = re.compile(r"\\(?P<plain>.)|\*\*(?P<bold>.+?)\*\*|<@!?(?P<user>\d+)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """An embed, its words as HTML; its picture below them, or small beside them."""

    title: Markup
    said: Markup
    foot: str
    colour: str
    picture: str | None
    is_small: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One message as the template lays it out. Pictures are data URLs; `follows` leaves out who wrote it."""

    author: str
    is_bot: bool
    hue: str
    at: str
    content: Markup
    edited: bool
    follows: bool
    mentions_viewer: bool
    pictures: Sequence[str]
    files: Sequence[tuple[str, str]]
    frame: Frame | None
    buttons: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """A scene with somebody who watches a channel of it."""

    scene: Scene
    channel: ChannelHandle
    mira: MemberActor

    @property
    def thread(self) -> ChannelHandle:
        """The only thread of the channel."""
        [thread] = self.channel.threads
        return thread

    async def wait(self, seconds: float) -> None:
        """Let time go by, for Discord and for the bot."""
        await self.scene.env.advance_time(seconds)
        self.scene.house.clock.turn(seconds=seconds)

    async def messages(self) -> list[Shown]:
        """Everything in the thread as Mira sees it, the message it hangs on first."""
        [root] = self.scene.seen(self.channel)
        there = [root, *self.scene.seen(self.thread)]
        before = [None, *there]
        return [await self._shown(one, earlier) for one, earlier in zip(there, before, strict=False)]

    async def _shown(self, message: discord.Message, earlier: discord.Message | None) -> Shown:
        embed = next(iter(message.embeds), None)
        framed = (embed.image.url or embed.thumbnail.url or "") if embed else ""
        pictures = {one.filename: await _data_url(one) for one in message.attachments if _is_picture(one)}
        still = next((one for one in pictures if framed.endswith(f"/{one}")), None)
        name = message.author.display_name
        return Shown(
            author=name,
            is_bot=message.author.bot,
            hue=BOT_HUE if message.author.bot else HUES[name],
            at=f"Today at {message.created_at:%H:%M}",
            content=self._html(message.content),
            edited=message.edited_at is not None,
            follows=earlier is not None and earlier.author.id == message.author.id,
            mentions_viewer=self.mira.id in self.scene.pinged_by(message),
            pictures=[url for file, url in pictures.items() if file != still],
            files=[(one.filename, size(one.size)) for one in message.attachments if not _is_picture(one)],
            frame=self._frame(embed, pictures.get(still or "")) if embed else None,
            buttons=list(_buttons(message)),
        )

    def _frame(self, embed: discord.Embed, picture: str | None) -> Frame:
        return Frame(
            title=self._html(embed.title or ""),
            said=self._html(embed.description or ""),
            foot=embed.footer.text or "",
            colour=str(embed.colour),
            picture=picture,
            is_small=embed.image.url is None,
        )

    def _html(self, said: str) -> Markup:
        return Markup("<br>").join(self._line(line) for line in said.split("\n"))

    def _line(self, line: str) -> Markup:
        if line.startswith("-# "):
            return Markup('<span class="small">{}</span>').format(self._line(line.removeprefix("-# ")))
        made, at = Markup(), 0
        for found in MARKUP.finditer(line):
            made += escape(line[at : found.start()]) + self._piece(found)
            at = found.end()
        return made + escape(line[at:])

    def _piece(self, found: re.Match[str]) -> Markup:
        if found["user"]:
            name = self.scene.env.backend.get_user(int(found["user"])).name
            return Markup('<span class="mention">@{}</span>').format(name)
        return Markup("<b>{}</b>").format(self._line(found["bold"])) if found["bold"] else escape(found["plain"])


async def _data_url(one: discord.Attachment) -> str:
    """Return a picture for the page; one that moves as it stands somewhere on its way."""
    with Image.open(io.BytesIO(await one.read())) as picture:
        picture.seek(int(getattr(picture, "n_frames", 1) * TURNED))
        still = io.BytesIO()
        picture.convert("RGB").save(still, "PNG")
    return f"data:image/png;base64,{base64.b64encode(still.getvalue()).decode()}"


def _is_picture(one: discord.Attachment) -> bool:
    return (one.content_type or "").startswith("image/")


def _buttons(message: discord.Message) -> Iterator[tuple[str, str]]:
    for row in message.components:
        for one in row.children if isinstance(row, discord.ActionRow) else ():
            if isinstance(one, discord.Button):
                yield one.label or "", one.style.name


async def play(studio: Studio, folder: Path) -> None:
    """Ask for a model and photograph the thread on the way and at the end."""
    scene, rodin = studio.scene, studio.scene.house.rodin
    model = await asyncio.to_thread(build, MODEL, folder)
    rodin.contents.update({path.name: path.read_bytes() for path in model})
    await scene.env.advance_time(SERVER_MORNING_S)
    await studio.mira.slash(studio.channel, "rodin generate", prompt=PROMPT, seed=11)
    await scene.tell(after_s=0)
    await scene.house.send()
    rodin.put(JobState.DONE, JobState.GENERATING, JobState.WAITING)
    await studio.wait(50)
    await scene.house.poll(after_s=0)
    await scene.tell(after_s=0)
    await photograph(studio, HERE / "images" / "discord-progress.png")
    rodin.finish(*(path.name for path in model if path.suffix in {".glb", ".webp"}))
    await studio.wait(50)
    await scene.house.poll(after_s=0)
    await scene.house.collect()
    await scene.tell(after_s=0)
    await scene.house.curate()
    await scene.tell(after_s=5)
    await studio.wait(120)
    theo = scene.server.add_member(scene.env.create_user("Theo"))
    await theo.send(studio.thread, "that one goes straight into the workshop level")
    await photograph(studio, HERE / "images" / "discord-thread.png")


async def photograph(studio: Studio, target: Path) -> None:
    """Lay the thread out and write the picture of it."""
    page = Environment(loader=FileSystemLoader(HERE), autoescape=True).get_template("screenshots.html.j2")
    font = files("simcord") / "preview" / "static" / "fonts" / "noto-sans-latin-v2.015.ttf"
    html = page.render(
        messages=await studio.messages(),
        thread=studio.thread.name,
        channel=studio.channel.name,
        width=WIDTH_PX,
        font=Path(str(font)).as_uri(),
    )
    with tempfile.TemporaryDirectory() as folder:
        source, shot = Path(folder) / "thread.html", Path(folder) / "thread.png"
        source.write_text(html, encoding="utf-8")
        await _shoot(source, shot)
        await asyncio.to_thread(_cut_out, shot, target)


def _cut_out(shot: Path, target: Path) -> None:
    """Keep the window of a shot, in as many colours as it needs."""
    with Image.open(shot) as whole:
        picture = whole.convert("RGB")
    around = Image.new("RGB", picture.size, NOTHING)
    window = picture.crop(ImageChops.difference(picture, around).getbbox())
    window.quantize(COLOURS, dither=Image.Dither.FLOYDSTEINBERG).save(target, optimize=True)
    log.info("%s: %d x %d pixels, %s", target.name, *window.size, size(target.stat().st_size))


async def _shoot(source: Path, target: Path) -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise SystemExit("Chromium is not here: install it (on Debian: apt-get install chromium), then try again.")
    process = await asyncio.create_subprocess_exec(
        chromium,
        *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
        f"--force-device-scale-factor={SCALE}",
        f"--window-size={WIDTH_PX},{MOST_HEIGHT_PX}",
        f"--screenshot={target}",
        source.as_uri(),
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(DRAWS_WITHIN_S):
        _, said = await process.communicate()
    if process.returncode:
        raise SystemExit(f"Chromium drew nothing: {said.decode(errors='replace')[-500:]}")


async def main() -> None:
    """Draw every picture."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        places = [Path(name) / part for part in ("scene", "model")]
        for place in places:
            place.mkdir()
        async with a_scene(places[0], patch, previewer=ChildPreviewer()) as scene:
            mira = scene.server.add_member(scene.env.create_user("Mira"))
            channel = scene.server.create_text_channel("props")
            await play(Studio(scene=scene, channel=channel, mira=mira), places[1])


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    log.setLevel(logging.INFO)
    asyncio.run(main())
