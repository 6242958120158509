import os
import subprocess
import sys
from dataclasses import replace

import pytest

from adapters.rodin.simulator.models import ModelSpec, file_names, fingerprint

from .making import encoded, logo, made, spec


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({}, ("base_basic_pbr.glb", "preview.webp")),
        ({"material": "Shaded"}, ("base_basic_shaded.glb", "preview.webp")),
        ({"material": "All"}, ("base_basic_pbr.glb", "base_basic_shaded.glb", "preview.webp")),
        ({"material": "Hybrid"}, ("base_basic_pbr.glb", "base_basic_shaded.glb", "preview.webp")),
        ({"material": "None", "file_format": "fbx"}, ("base.fbx", "preview.webp")),
        ({"preview_render": True}, ("base_basic_pbr.glb", "preview.webp", "render.jpg")),
        ({"high_poly": True, "file_format": "usdz"}, ("base_basic_pbr.usdz", "base_high.usdz", "preview.webp")),
        ({"file_format": "stl", "material": "All"}, ("base_basic_pbr.stl", "base_basic_shaded.stl", "preview.webp")),
        (
            {"file_format": "obj"},
            (
                "base_basic_pbr.obj",
                "base_basic_pbr.mtl",
                "texture_diffuse.png",
                "texture_metallic.png",
                "texture_normal.png",
                "texture_roughness.png",
                "preview.webp",
            ),
        ),
        ({"file_format": "obj", "material": "None"}, ("base.obj", "base.mtl", "preview.webp")),
    ],
)
def test_file_names_follow_rodins_own(fields, names):
    assert file_names(spec(**fields)) == names


@pytest.mark.parametrize("file_format", ["glb", "usdz", "fbx", "obj", "stl"])
@pytest.mark.parametrize("material", ["All", "None"])
def test_build_writes_exactly_the_announced_files(tmp_path, file_format, material):
    fields = {"file_format": file_format, "material": material, "high_poly": True, "preview_render": True, "faces": 500}

    files = made(tmp_path, **fields)

    assert tuple(files) == file_names(spec(**fields))
    (folder,) = tmp_path.iterdir()
    assert {path.name for path in folder.iterdir()} == set(files)
    assert all(path.stat().st_size > 0 for path in files.values())


def test_the_same_spec_gives_the_same_bytes_in_another_process(tmp_path):
    fields = {"prompt": "eine grüne Lokomotive", "preview_render": True, "file_format": "usdz", "parts": 3}
    files = made(tmp_path, **fields)
    other = tmp_path / "other"
    other.mkdir()
    program = (
        "import sys; from pathlib import Path; from adapters.rodin.simulator.models import ModelSpec, build;"
        f"build({spec(**fields)!r}, Path(sys.argv[1]))"
    )

    subprocess.run(
        [sys.executable, "-c", program, str(other)], check=True, timeout=60, env=os.environ | {"PYTHONHASHSEED": "4711"}
    )

    assert {name: path.read_bytes() for name, path in files.items()} == {
        path.name: path.read_bytes() for path in other.iterdir()
    }


@pytest.mark.parametrize("prompt", ["a brass teapot", "a castle", "words nobody knows: flumm"])
def test_another_seed_gives_another_shape(tmp_path, prompt):
    one, two = (made(tmp_path, prompt=prompt, seed=seed, file_format="stl") for seed in (1, 2))

    assert one["base_basic_pbr.stl"].read_bytes() != two["base_basic_pbr.stl"].read_bytes()
    assert one["preview.webp"].read_bytes() != two["preview.webp"].read_bytes()


def test_every_field_changes_the_fingerprint():
    plain = spec()
    changes = {
        "prompt": "a cup",
        "seed": 8,
        "faces": 2001,
        "mesh_mode": "Quad",
        "file_format": "obj",
        "material": "All",
        "texture_px": 128,
        "pictures": (b"x",),
        "keep_alpha": True,
        "bbox": (1, 2, 3),
        "preview_render": True,
        "parts": 2,
        "high_poly": True,
    }

    prints = {fingerprint(plain), *(fingerprint(replace(plain, **{name: value})) for name, value in changes.items())}

    assert set(changes) == set(ModelSpec.__slots__)
    assert len(prints) == len(changes) + 1
    assert fingerprint(spec()) == fingerprint(plain)
    assert all(len(text) == 64 for text in prints)


def test_pictures_are_told_apart_by_where_one_ends():
    picture = encoded(logo())

    assert fingerprint(spec(pictures=(b"ab", b"c"))) != fingerprint(spec(pictures=(b"a", b"bc")))
    assert fingerprint(spec(pictures=(picture,))) != fingerprint(spec(pictures=(picture, picture)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"seed": -1},
        {"seed": 65_536},
        {"faces": 0},
        {"faces": 2_000_001},
        {"mesh_mode": "quad"},
        {"file_format": "gltf"},
        {"material": "pbr"},
        {"texture_px": 8},
        {"parts": 0},
        {"parts": 13},
        {"bbox": (1, 0, 1)},
    ],
)
def test_a_value_out_of_range_is_named_in_the_refusal(wrong):
    (name,) = wrong

    with pytest.raises(ValueError, match=name):
        spec(**wrong)
