"""Options as people type them: what is understood, what is suggested, and that nothing else ever happens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalog import OPTIONS, OPTIONS_BY_NAME, TIERS, find_option, read_option, resolve, split_command
from bot.errors import BadRequest
from bot.model import Request
from bot.reading import shown


def read(name: str, value: object) -> object:
    return read_option(OPTIONS_BY_NAME[name], value)


def refusal(name: str, value: object) -> str:
    with pytest.raises(BadRequest) as caught:
        read(name, value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("typed", "tier"),
    [
        ("medium", "Gen-2.5-Medium"),
        ("HIGH", "Gen-2.5-High"),
        ("gen 2.5 high", "Gen-2.5-High"),
        ("Gen2.5-ExtremeHigh", "Gen-2.5-Extreme-High"),
        ("extreme_low", "Gen-2.5-Extreme-Low"),
        ("2.5 low", "Gen-2.5-Low"),
        ("gen2", "Gen-2"),
        ("2", "Gen-2"),
        (2, "Gen-2"),
        ("gen-2.5", "Gen-2.5-Medium"),
        (2.5, "Gen-2.5-Medium"),
        (" sketch ", "Sketch"),
        ("Gen-2.5-Minimum", "Gen-2.5-Minimum"),
    ],
)
def test_tiers_are_found_however_they_are_written(typed, tier):
    assert read("tier", typed) == tier


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_choice_and_every_example_is_read(option):
    assert all(read_option(option, choice.upper()) in (choice, (choice,)) for choice in option.choices)
    assert read_option(option, option.example) is not None


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("500k", 500_000),
        ("500 K", 500_000),
        ("1.5M", 1_500_000),
        ("1,5k", 1_500),
        ("1_000_000", 1_000_000),
        ("1,000,000", 1_000_000),
        ("60.000", 60_000),
        ("60 000", 60_000),
        ("1'000'000", 1_000_000),
        ("+5000", 5_000),
        ("5000.0", 5_000),
        ("\uff15\uff10\uff10\uff10", 5_000),
        ("60\u00a0000", 60_000),
        (5_000.0, 5_000),
        (5_000, 5_000),
    ],
)
def test_numbers_are_read_as_people_write_them(typed, number):
    assert read("faces", typed) == number


@pytest.mark.parametrize(
    "typed", ["lots", "", "k", ".", "1.5", "1,2,3", "1e5", "--5", "9" * 50, True, float("nan"), float("inf"), 1e300]
)
def test_what_is_no_whole_number_is_refused(typed):
    assert refusal("faces", typed).startswith("Faces must be a whole number, such as 60k;")


@pytest.mark.parametrize(("typed", "number"), [("0.125", 0.125), ("1,5", 1.5), (".5", 0.5), ("3", 3.0), (2, 2.0)])
def test_fractions_are_read_where_they_make_sense(typed, number):
    assert read("detail", typed) == number


def test_a_number_below_zero_is_no_detail_level():
    assert refusal("detail", "-1") == "Detail must be 0 or more; -1 is too low."


@pytest.mark.parametrize("typed", ["yes", "On", "TRUE", "y", "1", 1, True])
def test_ways_to_say_yes(typed):
    assert read("hd", typed) is True


@pytest.mark.parametrize("typed", ["no", "Off", "FALSE", "n", "0", 0, False])
def test_ways_to_say_no(typed):
    assert read("hd", typed) is False


def test_what_is_neither_yes_nor_no_is_refused():
    assert refusal("hd", "perhaps") == 'HD is yes or no, not "perhaps".'


@pytest.mark.parametrize("typed", ["t", "A pose", "T-Pose", "t/a"])
def test_a_pose_may_be_named_though_rodin_picks_it(typed):
    assert read("pose", typed) is True


@pytest.mark.parametrize(
    "typed", ["100x320x50", "100, 320, 50", "[100,320,50]", "100 \u00d7 320 \u00d7 50", "100:320:50"]
)
def test_boxes_are_read_however_they_are_written(typed):
    assert read("bbox", typed) == (100, 320, 50)


@pytest.mark.parametrize(("typed", "words"), [("1x2", "has 2"), ("1x2x3x4", "has 4"), ("axbxc", "whole number")])
def test_boxes_that_are_none_are_refused(typed, words):
    assert words in refusal("bbox", typed)


@pytest.mark.parametrize(
    "typed", ["F,BL,?", "f bl ?", '["F","BL","?"]', "front, back left, unknown", "front;back-left;?"]
)
def test_labels_are_read_as_letters_or_words(typed):
    assert read("labels", typed) == ("F", "BL", "?")


def test_a_label_that_is_none_is_refused():
    assert refusal("labels", "front;leftish").startswith('There is no picture label "leftish". Did you mean L?')


@pytest.mark.parametrize(
    ("name", "typed", "nearest"),
    [
        ("format", "gbl", "glb"),
        ("tier", "hihg", "Gen-2.5-High"),
        ("material", "shadd", "Shaded"),
        ("preset", "gmae", "game"),
    ],
)
def test_the_nearest_right_value_is_suggested(name, typed, nearest):
    assert f'"{typed}". Did you mean {nearest}? Choose ' in refusal(name, typed)


def test_the_nearest_right_option_is_suggested():
    with pytest.raises(BadRequest, match=r'There is no option "formt"\. Did you mean format\?'):
        find_option("formt")


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Tier", "tier"), ("--faces", "faces"), ("TAPose", "pose"), ("quality_override", "faces"), ("4k", "uhd")],
)
def test_options_are_found_by_rodins_names_too(typed, name):
    assert find_option(typed).name == name


def test_rarely_offered_values_are_not_in_menus():
    assert "Gen-2.5-Minimum" in TIERS
    assert "Gen-2.5-Minimum" not in OPTIONS_BY_NAME["tier"].choices
    assert "Hybrid" not in OPTIONS_BY_NAME["material"].choices


def test_a_persons_own_words_are_repeated_short_and_on_one_line():
    assert shown("a\n\u202eb\0c" + "x" * 100) == "a b c" + "x" * 34 + "\u2026"
    assert "\n" not in refusal("tier", "x\n" * 50)


def test_a_value_without_end_is_refused_unread():
    assert "too long" in refusal("labels", "F," * 5000)


# Typed lines


@pytest.mark.parametrize(
    ("line", "prompt", "options"),
    [
        ("a red chair", "a red chair", {}),
        ("a chair --tier high --faces 50k --hd", "a chair", {"tier": "high", "faces": "50k", "hd": "yes"}),
        ("--tier=high a chair", "a chair", {"tier": "high"}),
        ("a chair --hd on a table", "a chair on a table", {"hd": "yes"}),
        ("a chair --hd off on a table", "a chair on a table", {"hd": "off"}),
        ("a chair --hd no", "a chair", {"hd": "no"}),
        ("a chair --pose a --tier low", "a chair", {"pose": "a", "tier": "low"}),
        ("--pose a robot", "a robot", {"pose": "yes"}),
        ('x --bbox "100 320 100" y', "x y", {"bbox": "100 320 100"}),
        ("x --labels \u201cF B\u201d", "x", {"labels": "F B"}),
        ("a knight \u2014tier high", "a knight", {"tier": "high"}),
        ("a knight \u2014 tall \u2014proud", "a knight \u2014 tall \u2014proud", {}),
        ("well--known thing", "well--known thing", {}),
        ("it's a dragon's \"lair\"", "it's a dragon's \"lair\"", {}),
        ("x --colour red", "x", {"colour": "red"}),
        ("x --faces", "x", {"faces": "nothing"}),
        ("x --faces --hd", "x", {"faces": "nothing", "hd": "yes"}),
        ("x --hd= y", "x y", {"hd": "nothing"}),
        ("  two\n lines --hd ", "two lines", {"hd": "yes"}),
    ],
)
def test_a_typed_line_is_split_into_prompt_and_options(line, prompt, options):
    assert split_command(line) == (prompt, options)


def test_an_option_without_its_value_is_refused_in_words():
    prompt, options = split_command("a chair --faces")

    with pytest.raises(BadRequest, match='"nothing" is not one'):
        resolve(prompt, options, pictures=0, seed=1)


# Anything at all

VALUES = st.one_of(
    st.text(max_size=300),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.sampled_from([choice for option in OPTIONS for choice in (*option.choices, *option.also, option.example)]),
)
NAMES = st.one_of(st.sampled_from([option.name for option in OPTIONS]), st.text(max_size=20))


@settings(deadline=None)
@given(prompt=st.text(max_size=60), options=st.dictionaries(NAMES, VALUES, max_size=6), pictures=st.integers(0, 6))
def test_whatever_is_asked_gives_a_request_or_sentences(prompt, options, pictures):
    try:
        request = resolve(prompt, options, pictures=pictures, seed=5)
    except BadRequest as mistake:
        problems = mistake.problems
    else:
        problems = ("a request.",)
        assert isinstance(request, Request)
        assert request.tier in TIERS

    assert problems
    assert all(sentence[-1] in ".?" and len(sentence) < 500 for sentence in problems)


@settings(deadline=None)
@given(line=st.text(alphabet=st.sampled_from('ab -="\u2014\n hdtierfaces5k'), max_size=60))
def test_whatever_is_typed_is_split(line):
    prompt, options = split_command(line)

    assert "  " not in prompt
    assert all(options.values()) or '""' in line


@settings(deadline=None)
@given(name=st.sampled_from([option.name for option in OPTIONS]), value=VALUES)
def test_what_was_read_reads_the_same_again(name, value):
    option = OPTIONS_BY_NAME[name]
    try:
        first = read_option(option, value)
    except BadRequest:
        return

    again = ",".join(map(str, first)) if isinstance(first, tuple) else first
    assert first == () or read_option(option, again) == first
