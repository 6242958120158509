"""Laying out all pieces of a model in one square texture."""

from collections.abc import Sequence

from .mesh import Frame

# Space kept free around each piece, as a share of the texture's edge, so that mip levels do not mix colours.
GUTTER = 1.5 / 512
# Small pieces get more than their share of the texture: knobs and eyes are looked at, too.
_EVENING = 0.65


def laid_out(areas: Sequence[float]) -> list[Frame]:
    """One frame for each area, together filling the square, gutters taken off."""
    weights = [max(area, 1e-6) ** _EVENING for area in areas]
    frames: dict[int, Frame] = {}
    order = sorted(range(len(areas)), key=lambda index: (-weights[index], index))
    _split(order, weights, Frame(), frames)
    return [_inset(frames[index]) for index in range(len(areas))]


def _split(order: Sequence[int], weights: Sequence[float], whole: Frame, frames: dict[int, Frame]) -> None:
    """Halve the pieces by weight and the frame across its longer side until each piece has its own."""
    if len(order) == 1:
        frames[order[0]] = whole
        return
    total, taken, cut = sum(weights[index] for index in order), 0.0, 0
    while cut < len(order) - 1 and (cut == 0 or taken + weights[order[cut]] / 2 < total / 2):
        taken += weights[order[cut]]
        cut += 1
    share = taken / total
    first, second = _halves(whole, share)
    _split(order[:cut], weights, first, frames)
    _split(order[cut:], weights, second, frames)


def _halves(whole: Frame, share: float) -> tuple[Frame, Frame]:
    left, top, width, height = whole.left, whole.top, whole.width, whole.height
    if width >= height:
        near = width * share
        return (
            Frame(left=left, top=top, width=near, height=height),
            Frame(left=left + near, top=top, width=width - near, height=height),
        )
    near = height * share
    return (
        Frame(left=left, top=top, width=width, height=near),
        Frame(left=left, top=top + near, width=width, height=height - near),
    )


def _inset(frame: Frame) -> Frame:
    margin = min(GUTTER, frame.width / 4, frame.height / 4)
    return Frame(
        left=frame.left + margin,
        top=frame.top + margin,
        width=frame.width - 2 * margin,
        height=frame.height - 2 * margin,
    )
