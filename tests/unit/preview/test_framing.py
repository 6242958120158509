"""The camera sees the whole model, from every side, whatever its shape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.preview.camera import framed
from adapters.preview.shapes import is_sheet, made_ready
from adapters.preview.solid import Surface, Unreadable
from tests.unit.preview.samples import BOX, BOX_FACES, ball

_FRAMES = 36
_lengths = st.floats(-9, 9).map(lambda power: 10.0**power)


def surface(points) -> Surface:
    return Surface(points=np.asarray(points, dtype=np.float32), corners=BOX_FACES.astype(np.uint32))


def seen(surfaces) -> np.ndarray:
    """All vertices in all frames, as shares of half the frame: (frames, n, 2)."""
    framing = framed(surfaces, steps=_FRAMES)
    points = np.concatenate([one.points for one in surfaces])
    corners = np.column_stack([points, np.ones(len(points))])
    clips = np.array([corners @ framing.view(number).matrix.astype(float).T for number in range(_FRAMES)])
    assert (clips[..., 3] > 0).all()
    assert (np.abs(clips[..., 2]) <= clips[..., 3]).all()
    return clips[..., :2] / clips[..., 3:]


@settings(max_examples=60, deadline=None)
@given(size=st.tuples(_lengths, _lengths, _lengths), away=st.floats(-1, 1))
def test_every_vertex_is_inside_every_frame_with_room_to_spare(size, away):
    ready = made_ready((surface(BOX * size + np.array(size) * away),))

    places = seen(ready)

    assert np.abs(places).max() < 0.9


def test_the_model_is_as_large_as_the_frame_allows():
    points, _, faces = ball()
    ready = made_ready((Surface(points=points.astype(np.float32), corners=faces.astype(np.uint32)),))

    places = seen(ready)

    assert places.max() > 0.75
    assert places.min() < -0.7


def test_flat_things_are_seen_from_above():
    flat = framed(made_ready((surface(BOX * (1, 0.001, 1)),)), steps=_FRAMES)
    tall = framed(made_ready((surface(BOX * (1, 3, 1)),)), steps=_FRAMES)

    assert flat.elevation > 2 * tall.elevation


def test_vertices_that_no_triangle_uses_do_not_count():
    lonely = np.vstack([BOX, [[500.0, 0, 0]]])

    (ready,) = made_ready((surface(lonely),))

    assert np.ptp(ready.points, axis=0) == pytest.approx([3**-0.5] * 3, rel=1e-5)


def test_a_model_without_size_is_refused():
    with pytest.raises(Unreadable, match="no size"):
        made_ready((surface(np.ones((8, 3))),))


def test_only_what_lies_in_one_plane_is_a_sheet():
    assert is_sheet(made_ready((surface(BOX * (1, 1, 1e-6)),)))
    assert not is_sheet(made_ready((surface(BOX * (1, 1, 0.01)),)))
