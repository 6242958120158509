"""Whether a place on disk looks as if it lasts, so that the bot can warn at its start when it does not."""

from __future__ import annotations

import os
from pathlib import Path

_PASSING = {"overlay": "a container's own layer", "aufs": "a container's own layer", "tmpfs": "memory"}
"""File systems that go with the container or the machine. Source: Docker docs, Storage drivers; tmpfs(5)."""

_HOSTS = {"DYNO": "Heroku"}
"""Hosts whose disks are wiped at every start, by a variable that they set. Source: Heroku dev center, Dynos:
ephemeral filesystem."""

MOUNTS = Path("/proc/self/mountinfo")


def passing_place(path: Path, *, mounts: Path = MOUNTS) -> str | None:
    """Say why what lies at a path will not last, or None when nothing speaks against it. Blocks briefly."""
    host = next((name for variable, name in _HOSTS.items() if os.environ.get(variable)), None)
    if host is not None:
        return f"{host} wipes its disk at every start"
    kind = _PASSING.get(_file_system(path, mounts) or "")
    return f"{path} lies in {kind} and goes with it" if kind else None


def _file_system(path: Path, mounts: Path) -> str | None:
    """Return the type of the file system that holds a path; None where the system does not tell.

    A line of mountinfo: id, parent, device, root, mount point, options, …, "-", type, source, more. Source: proc(5).
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    held: list[tuple[int, str]] = []
    for line in lines:
        before, dash, after = line.partition(" - ")
        fields = before.split()
        if dash and len(fields) > 4:
            point = Path(fields[4].replace("\\040", " "))
            if path.absolute().is_relative_to(point):
                held.append((len(point.parts), after.split()[0]))
    # Of two at one place the later one hides the other.
    return max(reversed(held), key=lambda one: one[0])[1] if held else None
