"""Splitting a model into a wanted number of separate, named, closed parts."""

from collections.abc import Sequence

import numpy as np

from .arrays import Flags, Floats
from .grids import extent
from .pieces import Piece

Named = list[tuple[str, Piece]]


def grouped(pieces: Sequence[Piece], count: int) -> Named:
    """Give every piece the name of its part, so that there are exactly `count` parts.

    Parts follow what people would call them; too many are joined with their neighbours, too few are
    split, by pieces first, then by cutting the largest piece across its spine.
    """
    if count == 1:
        return [("model", piece) for piece in pieces]
    groups: dict[str, list[Piece]] = {}
    for piece in pieces:
        groups.setdefault(piece.part, []).append(piece)
    while len(groups) > count:
        _join_smallest(groups)
    while len(groups) < count:
        _split_largest(groups)
    return [(name, piece) for name, members in groups.items() for piece in members]


def _size(pieces: Sequence[Piece]) -> float:
    return sum(girth * length for girth, length in map(extent, pieces))


def _middle(pieces: Sequence[Piece]) -> Floats:
    middle: Floats = np.mean([piece.spine.points[:, :3].mean(axis=0) for piece in pieces], axis=0)
    return middle


def _join_smallest(groups: dict[str, list[Piece]]) -> None:
    small = min(groups, key=lambda name: _size(groups[name]))
    members = groups.pop(small)
    here = _middle(members)
    nearest = min(groups, key=lambda name: float(np.linalg.norm(_middle(groups[name]) - here)))
    groups[nearest] += members


def _split_largest(groups: dict[str, list[Piece]]) -> None:
    large = max(groups, key=lambda name: _size(groups[name]))
    members = groups[large]
    name = next(f"{large}_{number}" for number in range(2, 99) if f"{large}_{number}" not in groups)
    if len(members) > 1:
        half = len(members) // 2
        groups[large], groups[name] = members[:half], members[half:]
        return
    groups[large], groups[name] = [members[0].sliced(0.0, 0.5)], [members[0].sliced(0.5, 1.0)]


def strips(cells: Flags, count: int) -> list[Flags]:
    """Cut a grid's cells into `count` bands of about equal area across the longer side.

    Fewer bands come back when there are not enough rows or columns of cells.
    """
    tall = cells.any(axis=1).sum() > cells.any(axis=0).sum()
    lines = cells if tall else cells.T
    covered = np.cumsum(lines.sum(axis=1))
    band = np.minimum((covered - 1) * count // max(int(covered[-1]), 1), count - 1)
    bands = [np.where((band == number)[:, None], lines, False) for number in range(count)]
    return [piece if tall else piece.T for piece in bands if piece.any()]
