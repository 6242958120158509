"""An operator's presets: added, changed, and everything wrong with them named with its line and key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.catalog import OPTIONS_BY_NAME, price, resolve
from bot.errors import BadRequest, BadSettings
from bot.manual import render_options
from bot.presetfile import LARGEST_FILE_BYTES, load_presets, put_up_presets
from bot.presets import OURS, PRESETS, Preset

STATUE = """\
[statue]
summary = "For museum casts: dense and bare"
tier = "high"
format = "STL"
faces = "300k"
offers = ["bbox", "Symmetric"]
"""


@pytest.fixture(autouse=True)
def ours_again() -> Iterator[None]:
    """Leave the shelf as it was."""
    yield
    PRESETS.put_up(OURS)


def loaded(folder: Path, text: str) -> dict[str, Preset]:
    path = folder / "presets.toml"
    path.write_bytes(text.encode())
    return {preset.name: preset for preset in load_presets(path)}


def problems(folder: Path, text: str) -> list[str]:
    """Return what is wrong with a file, without the part that names it."""
    with pytest.raises(BadSettings) as caught:
        loaded(folder, text)
    beginning = f"PRESETS_FILE {folder / 'presets.toml'}: "
    assert all(problem.startswith(beginning) for problem in caught.value.problems)
    return [problem.removeprefix(beginning) for problem in caught.value.problems]


def test_a_new_preset_stands_behind_ours_with_everything_that_it_needs(tmp_path: Path) -> None:
    presets = loaded(tmp_path, STATUE)

    assert list(presets) == [*(preset.name for preset in OURS), "statue"]
    assert presets["statue"] == Preset(
        name="statue",
        summary="For museum casts: dense and bare",
        values={"tier": "Gen-2.5-High", "format": "stl", "material": "None", "mesh": "Raw", "faces": 300_000},
        offers=("bbox", "symmetry"),
    )


def test_a_preset_that_names_only_its_tier_depends_on_no_default(tmp_path: Path) -> None:
    preset = loaded(tmp_path, '[plain]\nsummary = "Plain"\ntier = "Gen-2"\n')["plain"]

    assert preset.values == {
        "tier": "Gen-2",
        "format": "glb",
        "material": "PBR",
        "mesh": "Quad",
        "faces": OPTION_FACES,
    }


OPTION_FACES = resolve("x", {"tier": "Gen-2"}, pictures=0, seed=1).quality_override


def test_of_one_of_ours_only_what_is_named_changes(tmp_path: Path) -> None:
    hero, before = loaded(tmp_path, '[hero]\nformat = "fbx"\n')["hero"], PRESETS["hero"]

    assert hero.values == {**before.values, "format": "fbx"}
    assert (hero.summary, hero.offers) == (before.summary, before.offers)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ('[hero]\ntier = "sketch"\n', {"tier": "Sketch", "format": "glb", "material": "PBR"}),
        ('[game]\nmesh = "raw"\nfaces = 20000\n', {"mesh": "Raw", "faces": 20_000, "delight": True}),
        ('[game]\nmaterial = "none"\n', {"material": "None"}),
        ('[game]\nformat = "stl"\nmesh = "raw"\n', {"material": "None", "format": "stl", "mesh": "Raw"}),
    ],
)
def test_what_loses_its_sense_through_a_change_is_left_out(
    tmp_path: Path, change: str, expected: dict[str, object]
) -> None:
    preset = loaded(tmp_path, change)[change[1:5]]

    assert expected.items() <= preset.values.items()
    if preset.values["material"] == "None":
        assert not {"texture", "delight"} & preset.values.keys()
    PRESETS.put_up([preset])
    request = resolve("x", {"preset": preset.name}, pictures=0, seed=1)
    for option, value in preset.values.items():
        assert getattr(request, OPTIONS_BY_NAME[option].field) == value


def test_every_preset_of_ours_would_pass_as_an_operators_own(tmp_path: Path) -> None:
    def written(value: object) -> str:
        return str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')

    lines = []
    for preset in OURS:
        lines += [f"[my-{preset.name}]", f'summary = "{preset.summary}"']
        lines += [f"{name} = {written(value)}" for name, value in preset.values.items()]

    presets = loaded(tmp_path, "\n".join(lines))

    for preset in OURS:
        assert presets[f"my-{preset.name}"].values == preset.values


def test_what_was_put_up_is_chosen_shown_and_priced_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "presets.toml"
    path.write_text(STATUE)

    put_up_presets(str(path))

    request = resolve("a lion", {"preset": "Statue"}, pictures=0, seed=1)
    assert (request.preset, request.geometry_file_format, request.quality_override) == ("statue", "stl", 300_000)
    assert price(request) == 0.5
    assert "statue" in OPTIONS_BY_NAME["preset"].choices
    assert "| `statue` | For museum casts: dense and bare |" in render_options()
    with pytest.raises(BadRequest, match="Did you mean statue"):
        resolve("a lion", {"preset": "statu"}, pictures=0, seed=1)


def test_without_a_file_there_are_ours_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "presets.toml").write_text(STATUE)
    put_up_presets(str(tmp_path / "presets.toml"))

    put_up_presets(None)

    assert tuple(PRESETS.values()) == OURS


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    assert "statue" in loaded(tmp_path, "\ufeff" + STATUE.replace("\n", "\r\n"))


def test_every_mistake_is_named_with_its_line_and_key(tmp_path: Path) -> None:
    text = """\
# Ours, and three of our own.
[hero]
format = "fbx"
colour = "red"

[statue]
summary = "For museum casts"
tier = "high"
faces = "a lot"
offers = [
  "bbox",
  "wings",
]
hd = "perhaps"

[Print]
summary = "x"
tier = "medium"

[nothing]
[cast]
summary = "Casts"
tier = "gen-2"
texture = "high"
faces = 5
"""

    assert problems(tmp_path, text) == [
        'line 4, hero.colour: There is no option "colour". There are ' + ALL_OPTIONS + ".",
        'line 9, statue.faces: Faces must be a whole number, such as 60k; "a lot" is not one.',
        'line 10, statue.offers: There is no option "wings". There are ' + ALL_OPTIONS + ".",
        'line 14, statue.hd: HD is yes or no, not "perhaps".',
        'line 16, Print: "Print" reads the same as the preset print when it is typed. Choose another name.',
        "line 20, nothing: It has no summary. Say in a few words what it is for.",
        "line 20, nothing: It has no tier. Choose one of " + ALL_TIERS + ".",
        f"line 24, cast.texture: The option texture has no effect with Gen-2. {INSTEAD}",
        f"line 25, cast.faces: Gen-2 makes 1,000 to 200,000 quads; 5 is too few. {IN_RANGE}",
    ]


INSTEAD = "Leave it out or choose another tier, such as Gen-2.5-Low."
IN_RANGE = "Choose a number in that range, such as 1,000."
ALL_OPTIONS = ", ".join(list(OPTIONS_BY_NAME)[:-1]) + f" and {list(OPTIONS_BY_NAME)[-1]}"
ALL_TIERS = ", ".join(list(OPTIONS_BY_NAME["tier"].choices)) + " or " + OPTIONS_BY_NAME["tier"].rare[-1]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('preset = "hero"', "line 4, mine.preset: A preset cannot hold another one."),
        ("seed = 5", "line 4, mine.seed: A preset has no seed, else everybody would get the same model."),
        ('labels = "F"', "line 4, mine.labels: Labels are about the pictures of one request."),
        ('quality = "low"', "line 4, mine.quality: A preset says how many faces in numbers; write faces instead."),
        ('tier = "huge"', r'line 4, mine.tier: There is no tier "huge".*'),
        (
            "polys = 900\nfaces = 901",
            "line 5, mine.faces: The option faces is given twice, as polys too. Give it once.",
        ),
        ("[mine.faces]", "line 4, mine.faces: faces takes one value, such as 60k."),
        ("faces = 2026-01-01", "line 4, mine.faces: faces takes one value, such as 60k."),
        ("detail = inf", r"line 4, mine.detail: Detail must be a number, such as 1.5; \"inf\" is not one."),
        ('offers = "format"', r'line 4, mine.offers: Offers are names of options in a list, such as \["format"\].'),
        ('micro = "yes"', r"line 4, mine.micro: The option micro has no effect with Gen-2.5-Medium.*"),
        ('mode = "creative"\ntexture = """\nhi"""', r'line 5, mine.texture: There is no texture mode "hi".*'),
    ],
)
def test_what_cannot_be_is_named_where_it_stands(tmp_path: Path, line: str, sentence: str) -> None:
    tier = "" if line.startswith("tier") else 'tier = "medium"'
    found = problems(tmp_path, f'[mine]\nsummary = "Mine"\n{tier}\n{line}\n')

    assert len(found) == 1
    assert re.fullmatch(sentence, found[0]), found


@pytest.mark.parametrize(
    ("summary", "sentence"),
    [
        ('""', "line 2, mine.summary: A summary is a few words on one line."),
        ('"two\\nlines"', "line 2, mine.summary: A summary is a few words on one line."),
        ("5", "line 2, mine.summary: A summary is a few words on one line."),
        (f'"{"x" * 101}"', "line 2, mine.summary: A summary has at most 100 characters; this has 101."),
    ],
)
def test_a_summary_fits_into_a_menu(tmp_path: Path, summary: str, sentence: str) -> None:
    assert problems(tmp_path, f'[mine]\nsummary = {summary}\ntier = "medium"\n') == [sentence]


@pytest.mark.parametrize("name", ["My Preset", "-x", "x" * 33, "größe", ""])
def test_a_name_can_be_typed(tmp_path: Path, name: str) -> None:
    found = problems(tmp_path, f'["{name}"]\nsummary = "Mine"\ntier = "medium"\n')

    assert len(found) == 1
    assert "is no name for a preset" in found[0]
    assert found[0].startswith("line 1, ")


def test_two_names_that_read_the_same_are_one_too_many(tmp_path: Path) -> None:
    body = '\nsummary = "Mine"\ntier = "medium"\n'

    assert problems(tmp_path, f"[low-poly]{body}[lowpoly]{body}") == [
        'line 4, lowpoly: "lowpoly" reads the same as the preset low-poly when it is typed. Choose another name.'
    ]


def test_a_value_outside_of_any_preset_is_named(tmp_path: Path) -> None:
    assert problems(tmp_path, 'tier = "medium"\n' + STATUE) == [
        'line 1, tier: "tier" stands outside of any preset. Begin one above it: [my-preset].'
    ]


def test_more_presets_than_a_menu_shows_are_too_many(tmp_path: Path) -> None:
    text = "".join(f'[p{n}]\nsummary = "Mine"\ntier = "medium"\n' for n in range(20))

    assert problems(tmp_path, text) == ["With ours there are 26 presets; menus show at most 25. Leave some out."]


def test_a_file_that_is_no_toml_is_named_with_the_line(tmp_path: Path) -> None:
    (twice,) = problems(tmp_path, STATUE + STATUE)
    (broken,) = problems(tmp_path, "[statue]\ntier = high\n")

    assert "is no TOML" in twice
    assert "(at line 7, column" in twice
    assert "(at line 2, column" in broken


def test_a_file_in_another_encoding_is_named_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "presets.toml").write_bytes(b'[mine]\nsummary = "gr\xfcn"\n')

    with pytest.raises(BadSettings, match="line 2: is not written in UTF-8; save it as UTF-8 text"):
        load_presets(tmp_path / "presets.toml")


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadSettings, match=r"PRESETS_FILE .*: cannot be read: "):
        load_presets(tmp_path / name)


def test_a_file_that_is_too_large_is_something_else(tmp_path: Path) -> None:
    assert problems(tmp_path, "#" * (LARGEST_FILE_BYTES + 1)) == [
        "has more than 100,000 bytes, so it is something else."
    ]


def test_a_long_file_with_a_mistake_is_told_about_at_once(tmp_path: Path) -> None:
    text = '[mine]\nsummary = "Mine"\ntier = "medium"\n' + "# a remark\n" * 8_000 + "colour = 1\n"

    (found,) = problems(tmp_path, text)

    assert found.startswith("line 8004, mine.colour: ")
