"""Real models from words and pictures, for the simulator to hand out: no account, no GPU, no network."""

from .cutout import UnreadablePicture
from .maker import build
from .spec import ModelSpec, file_names, fingerprint

__all__ = ["ModelSpec", "UnreadablePicture", "build", "file_names", "fingerprint"]
