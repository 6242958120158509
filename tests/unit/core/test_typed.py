"""What stands behind a command's name: a task, filters of a list, the strength of a split."""

from __future__ import annotations

import pytest

from bot.catalog import split_command
from bot.chat import Filter
from bot.errors import UserMistake
from bot.typed import AboutTask, Listing, about_task, read_forget, read_listing, split_wish, typed_options


@pytest.mark.parametrize(
    ("line", "about"),
    [
        ("", AboutTask(task_id="")),
        ("abc2345", AboutTask(task_id="abc2345")),
        ("  abc2345   in red  ", AboutTask(task_id="abc2345", rest="in red")),
    ],
)
def test_a_line_says_which_task_and_then_what_about_it(line: str, about: AboutTask) -> None:
    assert about_task(line) == about


@pytest.mark.parametrize(
    ("line", "words", "options"),
    [
        ("", "", {}),
        ("7", "", {"strength": "7"}),
        ("7 wheels apart --uhd", "wheels apart", {"strength": "7", "uhd": "yes"}),
        ("wheels apart", "wheels apart", {}),
        ("4 wheels --strength 9", "4 wheels", {"strength": "9"}),
        ("4wheels", "4wheels", {}),
    ],
)
def test_a_bare_number_in_front_of_a_split_is_its_strength(line: str, words: str, options: dict[str, str]) -> None:
    assert split_command(split_wish(line)) == (words, options)


@pytest.mark.parametrize(
    ("line", "listing"),
    [
        ("", Listing()),
        ("--tree", Listing(is_tree=True)),
        ("tree FAILED", Listing(only=Filter(failed=True), is_tree=True)),
        ('--words "green moss" --channel', Listing(only=Filter(words="green moss", channel=True))),
        ("--words green moss --everybody", Listing(only=Filter(words="green moss", everybody=True))),
        ("\u2014words \u201cgrün 100%\u201d", Listing(only=Filter(words="grün 100%"))),
        ("--words='a_b'", Listing(only=Filter(words="a_b"))),
    ],
)
def test_filters_are_read_with_dashes_of_any_length_and_quotes_of_any_kind(line: str, listing: Listing) -> None:
    assert read_listing(line) == listing


@pytest.mark.parametrize("line", ["of owls", "--sideways", "--words", "--words --tree", "--failed 3"])
def test_a_filter_that_nobody_understands_is_refused_in_words(line: str) -> None:
    with pytest.raises(UserMistake, match="--words"):
        read_listing(line)


def test_forgetting_is_one_word_or_nothing() -> None:
    assert not read_forget("")
    assert read_forget("--forget")
    assert read_forget("\u2014FORGET")
    with pytest.raises(UserMistake, match='not "it all"'):
        read_forget("it all")


def test_options_are_written_as_they_are_read() -> None:
    options = {"tier": "Gen-2.5-High", "hd": "yes", "bbox": "100x320x100", "labels": "front, back"}

    assert split_command(typed_options(options)) == ("", options)
