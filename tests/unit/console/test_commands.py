"""Lines typed at the terminal, and what is understood of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.console.arguments import TypedWish
from adapters.console.commands import parse_line
from bot.errors import UserMistake


def wish(line: str) -> TypedWish:
    command = parse_line(line)
    assert command is not None
    assert command.wish is not None
    return command.wish


@pytest.mark.parametrize(
    "words",
    [
        "--image",
        "a teapot --image",
        "--image=",
        '--image ""',
        "--image --faces 500",
        "a teapot --image= --hd",
        "--image pot.jpg --image",
        '--image "pot of mine.jpg',
    ],
)
def test_a_picture_without_a_path_is_asked_for_its_path(words: str) -> None:
    with pytest.raises(UserMistake, match=r"--image wants the path of a picture.*Nothing was sent"):
        parse_line(f"generate {words}")


@pytest.mark.parametrize(
    ("words", "paths"),
    [
        ("--image pot.jpg", ["pot.jpg"]),
        ("--image=pot.jpg --image 'the lid.png'", ["pot.jpg", "the lid.png"]),
        ('a teapot --image "it\'s mine.jpg" of brass', ["it's mine.jpg"]),
        ("--image -pot.jpg", ["-pot.jpg"]),
        ('--image "--pot.jpg"', ["--pot.jpg"]),
    ],
)
def test_pictures_are_named_by_their_paths(words: str, paths: list[str]) -> None:
    assert [str(path) for path in wish(f"generate {words}").images] == paths


def test_what_stands_around_a_picture_is_the_prompt_and_the_options() -> None:
    found = wish("generate a brass --image pot.jpg teapot --faces 500")

    assert (found.prompt, found.images, found.options) == ("a brass teapot", (Path("pot.jpg"),), {"faces": "500"})
