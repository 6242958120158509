"""A model in another format at the terminal: at once, for free, and the very same model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh

from tests.e2e.keyboard import QUICK, Keyboard


def mesh(path: Path) -> trimesh.Trimesh:
    return trimesh.load(path, force="mesh", process=False)


@pytest.mark.slow
def test_a_glb_becomes_an_obj_and_an_stl_for_free_and_an_fbx_for_rodins_price(person: Keyboard, tmp_path: Path) -> None:
    person.see("rodin>")
    person.type(f"generate a red lantern {QUICK}")
    model = person.see(r"Task (\w{7}):").group(1)
    person.see("Your model is ready")
    person.type("balance")
    left = person.see(r"holds ([0-9.]+) credits").group(1)

    for file_format in ("obj", "stl"):
        person.type(f"format {model} {file_format}")
        person.see("Free: nothing goes to Rodin")
        person.see("Your model is ready")
    person.type("balance")
    assert person.see(r"holds ([0-9.]+) credits").group(1) == left
    person.type(f"format {model} fbx")
    person.see("Price: 0.5 credits")
    person.see("Your model is ready")
    person.type(f"show {model}")
    person.see("converted to obj")
    person.type("quit")

    assert person.leave() == 0
    assert "Traceback" not in person.words
    (glb,) = (path for path in tmp_path.glob("out/*lantern*/*.glb"))
    for copy in (path for ending in ("obj", "stl") for path in tmp_path.glob(f"out/*lantern*/*.{ending}")):
        assert len(mesh(copy).faces) == len(mesh(glb).faces)
        assert np.allclose(mesh(copy).bounds, mesh(glb).bounds, rtol=1e-6)
    assert len(list(tmp_path.glob("out/*lantern*/*.zip"))) == 1
    assert len(list(tmp_path.glob("out/*lantern*/*.fbx"))) == 1
