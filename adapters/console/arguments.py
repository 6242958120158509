"""A wish as command-line words: `"a brass teapot" --image pot.jpg --faces 60k`.

The flags are made from the catalogue. Values stay as typed: the catalogue judges them, in words.
"""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
from pathlib import Path

from bot.catalog import OPTIONS, Option, OptionKind
from bot.chat import Wish
from bot.errors import UserMistake

LARGEST_PICTURE_BYTES = 32 * 1024 * 1024
"""The core refuses a larger picture; reading one byte more is enough to let it say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedWish:
    """A wish whose pictures are still paths."""

    prompt: str
    images: tuple[Path, ...]
    options: dict[str, str]
    keeps_pictures: bool = False

    async def read(self) -> Wish:
        """Read the pictures.

        Raises:
            UserMistake: a path leads to no readable file.
        """
        pictures = [await asyncio.to_thread(_read_picture, path) for path in self.images]
        return Wish(
            prompt=self.prompt, pictures=tuple(pictures), options=self.options, keeps_pictures=self.keeps_pictures
        )


def add_wish_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser everything a wish can hold."""
    parser.add_argument("prompt", nargs="*", metavar="PROMPT", help="what to make, in words")
    parser.add_argument(
        "--image",
        action="append",
        default=[],
        type=Path,
        metavar="PATH",
        help="a picture to make it from; up to five, the first one leads",
    )
    group = parser.add_argument_group("what is asked of Rodin")
    for option in OPTIONS:
        _add_option(group, option)


def typed_wish(values: argparse.Namespace) -> TypedWish:
    """Return the wish that a parser with `add_wish_arguments` has read."""
    chosen = {option.name: getattr(values, f"wish_{option.name}") for option in OPTIONS}
    return TypedWish(
        prompt=" ".join(values.prompt),
        images=tuple(values.image),
        options={name: value for name, value in chosen.items() if value is not None},
    )


def _add_option(group: argparse._ArgumentGroup, option: Option) -> None:
    flags = [f"--{name}" for name in (option.name, *option.also_named)]
    help_text = f"{option.summary} (such as {option.example})".replace("%", "%%")
    dest, metavar = f"wish_{option.name}", option.name.upper()
    if option.kind is OptionKind.SWITCH:
        group.add_argument(*flags, dest=dest, nargs="?", const="yes", metavar="yes|no", help=help_text)
    else:
        group.add_argument(*flags, dest=dest, metavar=metavar, help=help_text)


def _read_picture(path: Path) -> bytes:
    try:
        with path.expanduser().open("rb") as file:
            return file.read(LARGEST_PICTURE_BYTES + 1)
    except FileNotFoundError as error:
        raise UserMistake(f'There is no file "{path}". Nothing was sent.') from error
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        raise UserMistake(f'"{path}" cannot be read: {reason}. Nothing was sent.') from error
