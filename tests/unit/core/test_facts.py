"""Facts of a mesh in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.facts import face_warning, fact_line, fact_table, proportions
from tests.factories import a_request
from tests.fakes.previewer import OWL_FACTS


def test_a_mesh_in_one_line() -> None:
    assert fact_line(OWL_FACTS) == (
        "150,000 triangles, 80,000 vertices, proportions 0.5 x 1 x 0.25, 1 material, "
        "textures 2 of 1024 x 1024 pixels, closed surface"
    )


def test_what_is_not_there_or_not_known_is_not_told() -> None:
    bare = replace(OWL_FACTS, materials=0, textures=(), is_watertight=None)

    assert [name for name, _ in fact_table(bare)] == ["Faces", "Vertices", "Proportions"]


def test_quads_parts_and_open_edges_have_their_words() -> None:
    odd = replace(OWL_FACTS, quads=9_000, triangles=18_500, parts=3, is_watertight=False, materials=2)

    told = dict(fact_table(odd))

    assert told["Faces"] == "9,000 quads (18,500 triangles)"
    assert told["Parts"] == "3 parts"
    assert told["Surface"] == "surface with open edges"
    assert told["Materials"] == "2 materials"


def test_one_of_a_kind_is_told_as_one() -> None:
    assert dict(fact_table(replace(OWL_FACTS, triangles=1)))["Faces"] == "1 triangle"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((2.0, 4.0, 1.0), "0.5 x 1 x 0.25"),
        ((1.0, 1.0, 1.0), "1 x 1 x 1"),
        ((10.0, 0.0, 10.0), "1 x 0 x 1"),
        ((1e-9, 5e-10, 1e-9), "1 x 0.5 x 1"),
        ((0.0, 0.0, 0.0), "a single point"),
    ],
)
def test_proportions_are_told_by_the_longest_side(size: tuple[float, float, float], words: str) -> None:
    assert proportions(size) == words


@pytest.mark.parametrize(
    ("wanted", "mode", "triangles", "quads", "is_warned"),
    [
        (150_000, "Raw", 150_000, 0, False),
        (150_000, "Raw", 101_000, 0, False),
        (150_000, "Raw", 99_000, 0, True),
        (150_000, "Raw", 1_000_000, 0, True),
        (18_000, "Quad", 36_000, 18_000, False),
        (18_000, "Quad", 36_000, 0, False),  # a format that knows triangles only
        (18_000, "Quad", 200_000, 100_000, True),
        (18_000, "Quad", 18_002, 2, False),  # hardly any quads, and as many faces as wanted
        (None, "Raw", 10, 0, False),
        (150_000, "Raw", 0, 0, False),
    ],
)
def test_a_count_that_is_far_off_is_worth_a_word(
    wanted: int | None, mode: str, triangles: int, quads: int, is_warned: bool
) -> None:
    request = a_request(quality_override=wanted, mesh_mode=mode)

    warning = face_warning(replace(OWL_FACTS, triangles=triangles, quads=quads), request)

    assert bool(warning) is is_warned


def test_the_warning_names_both_numbers() -> None:
    warning = face_warning(replace(OWL_FACTS, triangles=900_000), a_request(quality_override=150_000))

    assert warning == "You asked for 150,000 faces and Rodin made 900,000; it does not guarantee the number."
