"""What cannot be asked, through the real command line: a sentence, an exit code, and nothing sent, kept or charged."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import House, Rodin, Running, house
from tests.e2e.photographs import scene


@pytest.fixture(scope="module")
def home(rodin: Rodin, tmp_path_factory: pytest.TempPathFactory) -> House:
    return house(tmp_path_factory.mktemp("bot"), rodin.url)


def text_called_png(path: Path) -> None:
    path.with_suffix(".png").write_text("This is a letter, not a picture.\n" * 9)


def truncated_jpeg(path: Path) -> None:
    whole = path.with_suffix(".jpg")
    scene().save(whole, quality=90)
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])


def decompression_bomb(path: Path) -> None:
    """Write 400 megapixels in a few kilobytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(2_501) * 20_000, 9)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    path.with_suffix(".png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def six_pictures(path: Path) -> None:
    for number in range(6):
        scene(600, 600).save(path.with_name(f"{number}.png"))


def small_picture(path: Path) -> None:
    scene(100, 100).save(path.with_suffix(".png"))


PICTURES: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
    "text called .png": (text_called_png, ("text file", "cannot be used", "JPEG")),
    "truncated JPEG": (truncated_jpeg, ("cut off JPEG", "save it anew")),
    "decompression bomb": (decompression_bomb, ("too large", "64 megapixels", "crop")),
    "six pictures": (six_pictures, ("at most 5 pictures", "Leave 1 out")),
    "100 x 100 pixels": (small_picture, ("100 x 100 pixels", "at least 256", "larger one")),
}

WORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "empty prompt": (("",), ("nothing to make a model of", "add a picture")),
    "1025 characters": (("x" * 1025,), ("1,025 characters", "at most 1,024", "Shorten")),
    "unknown tier": (("a bell", "--tier", "Gen-9"), ('no tier "Gen-9"', "Gen-2.5-Medium")),
    "usdz with Sketch": (("a bell", "--tier", "Sketch", "--format", "usdz"), ("Sketch only makes glb", "another tier")),
    "too few faces": (("a bell", "--faces", "100"), ("500 to 1,000,000", "100 is too few")),
    "seed 70000": (("a bell", "--seed", "70000"), ("between 0 and 65,535", "too high")),
    "unknown format": (("a bell", "--format", "ply"), ('no format "ply"', "glb, fbx, obj, stl or usdz")),
}


def assert_nothing_happened(home: House, rodin: Rodin) -> None:
    ledger = rodin.ledger()
    assert ledger["tasks"] == []
    assert ledger["balance"] == 208
    assert "POST /api/v2/rodin" not in ledger["requests"]
    assert home.rows() == []
    assert home.spooled() == []


@pytest.mark.parametrize("case", WORDS)
def test_words_that_cannot_be_asked_are_refused_in_a_sentence(case: str, home: House, rodin: Rodin) -> None:
    arguments, said = WORDS[case]

    ran = home.ask_once(*arguments)

    assert [words for words in said if words not in ran.words] == [], ran.words
    assert ran.code == 2
    assert ran.errors == ""
    assert_nothing_happened(home, rodin)


@pytest.mark.slow
@pytest.mark.parametrize("case", PICTURES)
def test_pictures_that_cannot_be_used_are_refused_in_a_sentence(
    case: str, home: House, rodin: Rodin, pictures: Path
) -> None:
    make, said = PICTURES[case]
    make(pictures / "picture")

    ran = home.ask_once(*(word for path in sorted(pictures.iterdir()) for word in ("--image", str(path))))

    assert [words for words in said if words not in ran.words] == [], ran.words
    assert ran.code == 2
    assert ran.errors == ""
    assert_nothing_happened(home, rodin)


def test_everything_that_is_wrong_is_said_at_once(home: House, rodin: Rodin) -> None:
    ran = home.ask_once("a bell", "--faces", "10", "--seed", "99999", "--format", "ply")

    assert all(words in ran.words for words in ('"ply"', "99999 is too high", "10 is too few"))
    assert ran.code == 2
    assert_nothing_happened(home, rodin)


@pytest.fixture(scope="module")
def chat(home: House) -> Iterator[Running]:
    """Give a bot that listens, as in a chat."""
    with home.console() as bot:
        yield bot


CHAT = {
    "generate": "nothing to make a model of",
    "generate a bell --wings": 'no option "wings"',
    "generate a bell --faces": "(?i)faces must be a whole number",
    "generate a bell --image nowhere.png": 'no file "nowhere.png"',
    "generate a bell --image .": "cannot be read: is a directory",
    "generate a bell --faces 3m": "500 to 1,000,000 triangles; 3,000,000 is too many",
    "generate a bell --seed=-1": "between 0 and 65,535; -1 is too low",
    "genrate a bell": 'no command "genrate". Did you mean generate',
    "teapot": 'no command "teapot".*generate',
    "status": "Which task",
    "status zzzzzzz": 'You have no task "zzzzzzz"',
    "cancel zzzzzzz": 'You have no task "zzzzzzz"',
    "resend zzzzzzz": 'You have no task "zzzzzzz"',
    "as": "Who",
}


@pytest.mark.parametrize("line", CHAT)
def test_a_line_that_cannot_be_obeyed_is_answered_and_the_chat_goes_on(
    line: str, chat: Running, home: House, rodin: Rodin
) -> None:
    before = len(chat.output)

    chat.say(line, "list")

    chat.hear(CHAT[line], after=before)
    chat.hear("asked for nothing yet", after=before)
    assert_nothing_happened(home, rodin)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"RODIN_API_KEY": ""}, ("RODIN_API_KEY is not set", "rodin-bot demo")),
        ({"RODIN_API_URL": "http://rodin.example/api/v2"}, ("RODIN_API_URL must be an https:// address",)),
        ({"DATABASE_URL": "oracle://db"}, ("DATABASE_URL",)),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_settings_that_cannot_be_used_are_named_with_exit_code_2(
    settings: dict[str, str], said: tuple[str, ...], home: House
) -> None:
    ran = home.ask_once("a bell", **settings)

    assert [words for words in said if words not in ran.words] == [], ran.words
    assert ran.code == 2
    assert "Traceback" not in ran.errors


@pytest.mark.slow
def test_words_need_no_quotation_marks(rodin: Rodin, tmp_path: Path) -> None:
    ran = house(tmp_path / "bot", rodin.url).ask_once("a", "brass", "bell", "--faces", "2000")

    assert ran.code == 0
    assert rodin.prompts()[-1] == "a brass bell"
