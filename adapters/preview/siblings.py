"""Files that belong to a model and lie beside it; nothing else is ever opened."""

from __future__ import annotations

import stat
from pathlib import Path

from adapters.preview.solid import Unreadable


def sibling(model: Path, name: str) -> Path | None:
    """A plain file in the model's folder, or None when there is none of that name.

    Raises:
        Unreadable: the name leads out of the folder, or to something that is no plain file.
    """
    if not name or len(name) > 200 or name.startswith(".") or any(mark in name for mark in "/\\:\0"):
        raise Unreadable(f"The model names a file outside its own folder: {name[:80]!r}.")
    path = model.with_name(name)
    try:
        kind = path.lstat().st_mode
    except OSError:
        return None
    if not stat.S_ISREG(kind):
        raise Unreadable(f"The model names something that is no plain file: {name[:80]!r}.")
    return path
