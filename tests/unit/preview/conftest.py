import pytest

from adapters.preview.studio import context


@pytest.fixture(scope="session")
def gl():
    """Skip what draws where nothing can be drawn."""
    try:
        context().release()
    except Exception as error:  # noqa: BLE001 - drivers fail in many ways
        pytest.skip(f"no OpenGL here ({error}); apt-get install libegl1 libgl1-mesa-dri libopengl0")
