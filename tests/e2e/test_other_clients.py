"""Rodin clients that this project did not write, at the simulator's door: none of them notices."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.e2e.harness import PATIENCE_S, Rodin, empty_environment, eventually, simulator
from tests.e2e.photographs import web_picture

FACES = {"tier": "Gen-2.5-Low", "quality_override": "2000", "geometry_file_format": "glb"}


class Script:
    """A plain script with `requests`, as the documentation has it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = requests.Session()
        self._http.headers["Authorization"] = "Bearer somebody-elses-key"

    def post(self, path: str, **what: object) -> dict[str, object]:
        """Post something and return the answer."""
        answer = self._http.post(f"{self._url}/{path}", timeout=PATIENCE_S, **what)  # type: ignore[arg-type]
        answer.raise_for_status()
        found: dict[str, object] = answer.json()
        assert not found.get("error"), found
        return found

    def finish(self, task: dict[str, object]) -> dict[str, bytes]:
        """Poll a submission to its end; return its files by name."""
        jobs = task["jobs"]
        assert isinstance(jobs, dict)
        eventually(lambda: self._is_done(jobs["subscription_key"]), "every job done")
        listed = eventually(lambda: self._listed(task["uuid"]), "the model in the list")
        return {entry["name"]: self._fetch(entry["url"]) for entry in listed}

    def _is_done(self, subscription_key: str) -> bool:
        jobs = self.post("status", json={"subscription_key": subscription_key})["jobs"]
        assert isinstance(jobs, list)
        return bool(jobs) and all(job["status"] == "Done" for job in jobs)

    def _listed(self, uuid: object) -> list[dict[str, str]]:
        listed = self.post("download", json={"task_uuid": uuid})["list"]
        assert isinstance(listed, list)
        return listed if any(entry["name"].endswith(".glb") for entry in listed) else []

    def _fetch(self, url: str) -> bytes:
        answer = requests.get(url, timeout=PATIENCE_S)
        answer.raise_for_status()
        return answer.content

    def close(self) -> None:
        """Close its connections."""
        self._http.close()


def model_in(files: dict[str, bytes]) -> bytes:
    """Return the one binary glTF among the files."""
    (model,) = (data for name, data in files.items() if name.endswith(".glb"))
    return model


@pytest.fixture
def script(rodin: Rodin):
    found = Script(rodin.url)
    yield found
    found.close()


def test_a_script_makes_a_model_from_words_in_multipart(script: Script) -> None:
    fields = {"prompt": "a brass teapot", **FACES}

    task = script.post("rodin", files={name: (None, text) for name, text in fields.items()})

    assert model_in(script.finish(task)).startswith(b"glTF")


def test_a_script_makes_a_model_from_words_in_a_url_encoded_form(script: Script) -> None:
    task = script.post("rodin", data={"prompt": "a brass teapot", **FACES})

    assert model_in(script.finish(task)).startswith(b"glTF")


def test_a_script_makes_a_model_from_a_picture(script: Script, pictures: Path) -> None:
    picture = web_picture(pictures / "thing.webp")

    task = script.post("rodin", data=FACES, files={"images": ("thing.webp", picture.read_bytes(), "image/webp")})

    files = script.finish(task)
    assert model_in(files).startswith(b"glTF")
    assert files["preview.webp"][8:12] == b"WEBP"


# The public MCP server's tools are plain coroutines; only the address of Rodin has to be changed.
WITH_MCP_SERVER = """
import asyncio, json, re, sys
import rodin_gen2_server as server

async def main(url, words, pictures, folder):
    server.RODIN_API_BASE_URL = url
    if pictures:
        said = await server.generate_3d_image_to_3d(pictures, prompt=words, quality_override=2000)
    else:
        said = await server.generate_3d_text_to_3d(words, quality_override=2000)
    uuid, key = re.search(r"UUID[^:]*: (\\S+)", said).group(1), re.search(r"Subscription Key: (\\S+)", said).group(1)
    for _ in range(400):
        status = await server.check_task_status(key)
        if "generating" not in status.lower() and "waiting" not in status.lower():
            break
        await asyncio.sleep(0.05)
    for _ in range(400):
        loaded = await server.download_result(uuid, folder)
        if ".glb" in loaded:
            break
        await asyncio.sleep(0.05)
    print(json.dumps([said, status, loaded]))

asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[4:], sys.argv[3]))
"""


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a Python that has the public client rodin-gen2-mcp 0.3.6 (MIT, Igor Nazarov), where it can be had."""
    folder = tmp_path_factory.mktemp("stranger") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=PATIENCE_S)
    python = folder / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # It asks for any mcp, but was written for the first one.
    wanted = [*install, "rodin-gen2-mcp==0.3.6", "mcp<2"]
    try:
        subprocess.run(wanted, check=True, timeout=240, capture_output=True, text=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"rodin-gen2-mcp cannot be installed here: {str(error.stderr)[-200:]}")
    return python


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("kind", ["words", "picture"])
def test_a_public_client_from_pypi_makes_a_model(kind: str, stranger: Path, tmp_path: Path, pictures: Path) -> None:
    given = [str(web_picture(pictures / "thing.webp"))] if kind == "picture" else []
    with simulator(tmp_path / "rodin", speed=50) as rodin:
        ran = subprocess.run(
            [str(stranger), "-c", WITH_MCP_SERVER, rodin.url, "a brass teapot", str(tmp_path / "out"), *given],
            env=empty_environment(tmp_path, RODIN_API_KEY="a-strangers-key"),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        ledger = rodin.ledger()

    assert ran.returncode == 0, ran.stderr
    said, status, loaded = json.loads(ran.stdout.splitlines()[-1])
    assert "a brass teapot" in ledger["tasks"][0]["prompt"]
    assert ledger["tasks"][0]["pictures"] == len(given)
    assert ledger["authorization_leaks"] == 0
    assert "UUID" in said
    assert "Done" in status
    assert ".glb" in loaded
    (model,) = (tmp_path / "out").glob("*.glb")
    assert model.read_bytes().startswith(b"glTF")
