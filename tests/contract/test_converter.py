"""What every Converter keeps to: whole files or none, one sentence where it cannot be done, and calm over bad files."""

import sys
from pathlib import Path

import pytest

from adapters.preview.converter import CONVERTING, ChildConverter
from adapters.preview.process import Limits
from bot.conversions import Converter
from bot.errors import NotConverted
from tests.fakes.converter import ScriptedConverter
from tests.unit.preview.hostile import laid_out
from tests.unit.preview.samples import Glb, ball, box, names, png, textured_ball, written


@pytest.fixture(params=[ChildConverter, ScriptedConverter], ids=["child", "scripted"])
def any_converter(request) -> Converter:
    return request.param()


@pytest.fixture
def source(tmp_path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


async def test_the_model_comes_first_and_everything_lies_in_the_folder(any_converter, source, results):
    model = written(source, textured_ball(png()).bytes(), "base.glb")

    made = await any_converter.convert(model, results, file_format="obj")

    assert made.files[0] == results / "base.obj"
    assert made.bundle == results / "base.zip"
    assert {path.name for path in (*made.files, made.bundle)} == names(results)
    assert names(source) == {"base.glb"}


async def test_a_model_that_is_one_file_has_no_zip(any_converter, source, results):
    model = written(source, box().bytes(), "base.glb")

    made = await any_converter.convert(model, results, file_format="stl")

    assert (made.files, made.bundle) == ((results / "base.stl",), None)


async def test_the_same_order_twice_gives_the_same_files(any_converter, source, results):
    model = written(source, textured_ball(png()).bytes(), "base.glb")
    once = await any_converter.convert(model, results, file_format="obj")
    first = {path.name: path.read_bytes() for path in once.files}

    again = await any_converter.convert(model, results, file_format="obj")

    assert {path.name: path.read_bytes() for path in again.files} == first


async def test_a_model_that_is_not_there_is_refused_in_a_sentence(any_converter, source, results):
    with pytest.raises(NotConverted) as refused:
        await any_converter.convert(source / "none.glb", results, file_format="obj")

    assert str(refused.value).endswith(".")
    assert names(results) == set()


@pytest.mark.parametrize("name", ["a truncated glb", "JSON nested too deeply", "a texture of thirty thousand pixels"])
async def test_a_hostile_model_leaves_nothing_behind(source, results, name):
    path, word = laid_out(source, name)

    with pytest.raises(NotConverted, match=word):
        await ChildConverter().convert(path, results, file_format="stl")

    assert names(results) == set()


async def test_what_takes_too_long_is_ended(source, results):
    model = written(source, box().bytes(), "base.glb")

    with pytest.raises(NotConverted, match="took too long before the model was converted"):
        await ChildConverter(Limits(seconds=0.01)).convert(model, results, file_format="stl")

    assert names(results) == set()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to these limits")
async def test_what_needs_too_much_disk_is_ended(source, results):
    points, _, faces = ball(rings=200, segments=200)
    model = written(source, Glb().attribute("POSITION", points).indices(faces).bytes(), "base.glb")

    with pytest.raises(NotConverted, match="too large"):
        await ChildConverter(Limits(file_bytes=100_000)).convert(model, results, file_format="obj")

    assert names(results) == set()


@pytest.mark.slow
async def test_half_a_million_triangles_with_large_textures_are_converted_within_the_limits(source, results):
    points, uvs, faces = ball(rings=500, segments=500)
    glb = Glb().attribute("POSITION", points).attribute("NORMAL", points).attribute("TEXCOORD_0", uvs).indices(faces)
    base = glb.texture(png(4096, 4096))
    glb.material(pbrMetallicRoughness={"baseColorTexture": base, "metallicRoughnessTexture": base})
    model = written(source, glb.bytes(), "base.glb")

    made = await ChildConverter(CONVERTING).convert(model, results, file_format="obj")

    assert len(made.files) == 5
    assert made.lost == ()
