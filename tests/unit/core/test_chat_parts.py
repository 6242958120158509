"""What every chat shows of a task: how far it is, its buttons, what is handed over; and work that ends in words."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot import text
from bot.answering import worked
from bot.attachments import gathered
from bot.errors import PlatformBusy, UserMistake
from bot.gauge import bar_lines, render_bar, standing
from bot.labels import LABELS, Way, is_web_link, label_of, web_links
from bot.model import FileRole, Owner, TaskState
from bot.parcel import Parcel, remarks, still_of, turntable_of
from bot.questions import FORMS, Filled
from bot.update import Bar, Choice, Update
from tests.factories import a_file

PICTURES = (".png", ".jpg")


def an_update(
    *, fraction: float | None = None, ending: bool = False, view: str | None = None, download: str | None = None
) -> Update:
    return Update(
        task_id="ab2c3de",
        revision=3,
        state=TaskState.READY if ending else TaskState.GENERATING,
        owner=Owner(platform="chat", user_id="42"),
        title="a brass owl",
        headline="Rodin is modelling.",
        bar=None if fraction is None else Bar(fraction=fraction, elapsed_s=1, expected_s=2),
        ending=ending,
        viewer_url=view,
        download_url=download,
    )


@pytest.mark.parametrize(
    ("fraction", "percent"), [(-1.0, "0%"), (0.0, "0%"), (0.994, "99%"), (1.0, "99%"), (7.0, "99%")]
)
def test_a_bar_is_never_full(fraction: float, percent: str):
    shown = render_bar(Bar(fraction=fraction, elapsed_s=0, expected_s=1))

    assert shown.endswith(f" {percent}")
    assert "▱" in shown


def test_only_a_running_task_has_a_bar_and_a_percentage():
    assert bar_lines(an_update(fraction=0.5)) == ("▰▰▰▰▰▰▱▱▱▱▱▱ 50%",)
    assert standing(an_update(fraction=0.5)) == "generating, 50%"
    assert standing(an_update(fraction=1.0)) == "generating, 99%"
    assert standing(an_update()) == "generating"
    assert bar_lines(an_update(fraction=1.0, ending=True)) == bar_lines(an_update()) == ()
    assert standing(an_update(fraction=1.0, ending=True)) == "ready"


def test_every_choice_has_a_label_and_dots_say_that_a_form_follows():
    assert set(LABELS) == set(Choice)
    assert {choice for choice, label in LABELS.items() if label.words.endswith("…")} == {
        choice for choice in Choice if choice.wants_words
    }
    assert set(FORMS) == {choice for choice in Choice if choice.wants_words}


def test_a_price_stands_on_a_button_whose_click_spends_it_and_where_it_finds_room():
    assert label_of(Choice.AGAIN, "0.5 credits", longest=22) == "Again · 0.5 credits"
    assert label_of(Choice.AGAIN, "0.5 credits", longest=18) == "Again"
    assert label_of(Choice.AGAIN, "", longest=22) == "Again"
    assert label_of(Choice.SPLIT, "0.5 credits", longest=75) == "Split into parts…"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x/y", "//x.example", "", None, "https://x/" + "a" * 91])
def test_only_short_web_addresses_get_a_button(url: str | None):
    assert not is_web_link(url, longest=100)
    assert web_links(an_update(view=url, download=url), longest=100) == ()


def test_the_page_comes_before_the_file():
    links = web_links(an_update(view="https://x.example/view", download="http://x.example/file"), longest=100)

    assert [(link.way, link.label) for link in links] == [(Way.VIEW, "View in 3D"), (Way.DOWNLOAD, "Download")]


def test_the_best_picture_that_the_platform_shows_stands_for_a_model():
    ours, rodins = a_file("still.webp", role=FileRole.STILL), a_file("Render.JPG", role=FileRole.RENDER)
    model = a_file("a.glb", role=FileRole.MODEL)

    assert still_of((model, rodins, ours), endings=(*PICTURES, ".webp")) is ours
    assert still_of((model, rodins, ours), endings=PICTURES) is rodins
    assert still_of((model, ours), endings=PICTURES) is None


def test_the_turntable_is_the_one_that_the_platform_plays():
    gif, webp = (a_file(name, role=FileRole.TURNTABLE) for name in ("turning.gif", "turning.webp"))

    assert turntable_of((webp, gif), ending=".gif") is gif
    assert turntable_of((webp, gif), ending=".webp") is webp
    assert turntable_of((webp,), ending=".gif") is None


def test_what_is_not_handed_over_is_named_with_where_to_get_it():
    smaller, whole = a_file("small.glb", role=FileRole.REDUCED), a_file("whole.glb", role=FileRole.MODEL)
    reduced = Parcel(files=(smaller,), left_out=(whole,), is_reduced=True)

    linked, bare = remarks(reduced, has_link=True), remarks(reduced, has_link=False)

    assert linked[0] == bare[0] == "Attached is a smaller copy of the model that fits here."
    assert "whole.glb" in linked[1]
    assert linked[1].endswith("take it with Download.")
    assert bare[1].endswith("use Fresh links to get it.")
    assert remarks(Parcel(files=(whole,), left_out=()), has_link=True) == ()


async def test_work_answers_for_itself():
    async def work() -> str:
        return "done"

    async def silent() -> None:
        return None

    assert await worked(work, said=str.upper) == "done"
    assert await worked(silent, said=str.upper) is None


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (UserMistake("say what you want"), "SAY WHAT YOU WANT"),
        (PlatformBusy("the platform is busy"), text.trouble().upper()),
        (RuntimeError("a secret of ours"), text.trouble().upper()),
    ],
)
async def test_work_that_cannot_be_done_answers_in_words(error: Exception, sentence: str):
    async def work() -> str:
        raise error

    assert await worked(work, said=str.upper) == sentence


async def test_a_picture_is_read_whole():
    async def pieces() -> AsyncIterator[bytes]:
        yield b"ab"
        yield b"c"

    assert await gathered(pieces(), number=1, largest_bytes=3) == b"abc"


async def test_a_picture_that_grows_past_the_limit_is_read_no_further():
    read = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"ab"

    with pytest.raises(UserMistake, match="Picture 2 is"):
        await gathered(pieces(), number=2, largest_bytes=5)

    assert read == 3


def test_a_form_makes_a_wish_of_what_was_typed_and_picked():
    filled = Filled(prompt="an owl", typed="of brass --seed 7 --tier high", options={"tier": "low"})

    wish = filled.wish([b"picture"])

    assert (wish.prompt, wish.pictures) == ("an owl of brass", (b"picture",))
    assert wish.options == {"seed": "7", "tier": "low"}
    assert not wish.keeps_pictures
