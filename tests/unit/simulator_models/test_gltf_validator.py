import json
import shutil
import subprocess
from pathlib import Path

import pytest

from adapters.rodin.simulator.models.vocabulary import SHAPES

from .making import apple_on_white, encoded, logo, made, scene

ROOT = Path(__file__).parents[3]
pytestmark = [
    pytest.mark.node,
    pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed"),
    pytest.mark.skipif(
        not (ROOT / "node_modules" / "gltf-validator").is_dir(), reason="gltf-validator is not installed: run `npm ci`"
    ),
]
PICTURES = {"photo": scene(), "apple": apple_on_white(), "logo": logo()}


def verdicts(paths):
    program = ROOT / "tests" / "tools" / "validate_gltf.cjs"
    run = subprocess.run(
        ["node", str(program), *map(str, paths)], cwd=ROOT, capture_output=True, check=True, timeout=90
    )
    return json.loads(run.stdout)


def complaints(paths):
    return {
        path: report["messages"] for path, report in verdicts(paths).items() if report["errors"] or report["warnings"]
    }


@pytest.mark.parametrize("group", range(4))
def test_every_shape_is_valid_gltf(tmp_path, group):
    names = [shape.words[0] for shape in SHAPES][group::4]

    files = [made(tmp_path, prompt=name, seed=group, faces=1500)["base_basic_pbr.glb"] for name in names]

    assert complaints(files) == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "fields",
    [
        {"material": "All"},
        {"material": "None"},
        {"mesh_mode": "Quad"},
        {"faces": 500},
        {"faces": 300_000},
        {"high_poly": True, "faces": 50_000},
        {"parts": 12},
        {"parts": 4, "prompt": "an apple"},
        {"bbox": (10, 300, 40)},
        {"bbox": (500, 1, 500)},
        {"prompt": 'quotes " and \\ and \ud83e\udd16', "parts": 3},
        {"texture_px": 16},
    ],
    ids=str,
)
def test_every_option_gives_valid_gltf(tmp_path, fields):
    files = [path for path in made(tmp_path, **fields).values() if path.suffix == ".glb"]

    assert complaints(files) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize(
    "fields", [{}, {"faces": 500}, {"parts": 5}, {"material": "Shaded"}, {"bbox": (3, 1, 2)}], ids=str
)
def test_every_picture_gives_valid_gltf(tmp_path, name, fields):
    files = made(tmp_path, pictures=(encoded(PICTURES[name]), encoded(logo())), **fields)

    assert complaints([path for path in files.values() if path.suffix == ".glb"]) == {}


def test_the_validator_is_asked_for_real(tmp_path):
    path = made(tmp_path)["base_basic_pbr.glb"]
    path.write_bytes(path.read_bytes().replace(b'"VEC3"', b'"VEC2"', 1))

    assert verdicts([path])[str(path)]["errors"] > 0
