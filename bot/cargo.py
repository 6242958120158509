"""What goes to Rodin with a request: pictures, and the model that is worked on. Fetched before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.errors import NoSuchFile, VendorRefused
from bot.model import (
    Ask,
    AskOfRodin,
    BangRequest,
    ConvertRequest,
    RefusalReason,
    Request,
    Submission,
    Task,
    TextureRequest,
)
from bot.ports import FileStore, Generator
from bot.scratch import scratch_folder


class ModelLost(NoSuchFile):
    """Our copy of the model that was to be worked on is gone; the operator, or whoever deleted it, knows why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cargo:
    """The files of one submission. `model` is a local file; None where Rodin needs none."""

    pictures: tuple[bytes, ...]
    model: Path | None = None


def as_sent(ask: Ask, *, now: datetime) -> AskOfRodin:
    """Return a request as it leaves now: a split by Rodin's own copy of the model while there is one, else by ours.

    Raises:
        TypeError: it is a conversion, which never leaves.
    """
    if isinstance(ask, ConvertRequest):
        raise TypeError("a conversion is not sent to Rodin")
    if not isinstance(ask, BangRequest):
        return ask
    return ask.by_asset() if ask.has_asset(now) else ask.by_upload()


def kept(task: Task, ask: Ask) -> Ask:
    """Return what a task remembers of its request once it leaves as `ask`: a split by Rodin's copy knows ours too."""
    return task.request if isinstance(ask, BangRequest) and ask.asset_id is not None else ask


async def load_cargo(ask: AskOfRodin, files: FileStore, stack: AsyncExitStack) -> Cargo:
    """Bring what a request takes along out of the file store; a model lies in a scratch folder until `stack` ends.

    Raises:
        ModelLost: our copy of the model is gone. NoSuchFile: a picture is.
        StorageError: the file store or the disk does not answer; it may be repeated.
    """
    if isinstance(ask, BangRequest) and ask.asset_id is not None:
        return Cargo(pictures=())  # Rodin ignores them
    pictures = [await files.load(picture.key) for picture in ask.pictures]
    if isinstance(ask, Request):
        return Cargo(pictures=tuple(pictures))
    if not ask.model_key:
        raise ModelLost("there is no copy of the model that could be sent")
    model = await stack.enter_async_context(scratch_folder()) / "model"
    try:
        await files.fetch(ask.model_key, model)
    except NoSuchFile as error:
        raise ModelLost(f"the model to work on is gone: {error}") from error
    return Cargo(pictures=tuple(pictures), model=model)


async def send(generator: Generator, ask: AskOfRodin, cargo: Cargo) -> Submission:
    """Ask Rodin for it. **Costs money**; raises like `Generator.submit`.

    Raises:
        ValueError: the cargo is not that of the request; nothing was sent.
    """
    if isinstance(ask, Request):
        return await generator.submit(ask, cargo.pictures)
    picture = _only(cargo.pictures)
    if isinstance(ask, BangRequest):
        return await generator.submit_bang(ask, cargo.model, picture)
    if cargo.model is None or picture is None:
        raise ValueError("a new texture takes a model and a picture")
    return await generator.submit_texture(ask, cargo.model, picture)


def other_way(ask: Ask, error: VendorRefused) -> BangRequest | None:
    """Return how a refused split may be asked for once more: with our copy, where Rodin did not take its own.

    Nothing was started or charged. Old documents allow only Gen-2 tasks as the source of a split, and Rodin may
    have removed the model early. None where that was not the matter, or our copy cannot be sent.
    """
    if not isinstance(ask, BangRequest) or ask.asset_id is None or not ask.model_key or ask.model_name is None:
        return None
    is_about_source = error.reason in {RefusalReason.NO_SUCH_TASK, RefusalReason.REQUEST}
    return ask.by_upload() if is_about_source and can_upload(ask) else None


def can_upload(ask: BangRequest) -> bool:
    """Say whether Rodin takes a model of our own for this split: with textures or an instruction it wants a picture.

    Source: docs.hyper3d.ai, BANG.
    """
    return bool(ask.pictures) or (ask.material == "None" and not ask.instruction)


def model_of_ours(ask: Ask) -> str:
    """Return the key of the model that a request works on; empty for one that makes a model."""
    if isinstance(ask, ConvertRequest):
        return ask.model.key
    return ask.model_key if isinstance(ask, TextureRequest | BangRequest) else ""


def _only(pictures: Sequence[bytes]) -> bytes | None:
    return pictures[0] if pictures else None
