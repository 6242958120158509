"""A design made ready: pieces laid out in one texture, sampled as finely as asked."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .arrays import Floats, Pixels
from .atlas import laid_out
from .grids import Counts, Grid, grid_of, plan
from .mesh import Frame, Mesh, mesh_of
from .paint import Patch, Textures, bake, paint
from .pieces import Piece
from .words import Design

LONGEST = 1.9
