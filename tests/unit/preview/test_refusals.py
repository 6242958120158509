"""What cannot be read is refused with the reason, before it costs anything."""

import pytest
from PIL import Image

from adapters.preview.formats import read_model
from adapters.preview.solid import Unreadable
from tests.unit.preview.hostile import CASES, laid_out


@pytest.fixture(autouse=True)
def _sizes_are_ours_to_check(monkeypatch):
    """As the drawing process does; see adapters.preview.child."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_is_refused_with_its_reason(name, tmp_path):
    path, word = laid_out(tmp_path, name)

    with pytest.raises(Unreadable) as refused:
        read_model(path, texture_px=64)

    sentence = str(refused.value)
    assert word in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 300
    assert "etc/passwd" not in sentence or "names" in sentence
