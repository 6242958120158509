"""Copies the viewer from `node_modules` into this package, and compresses it: `python -m adapters.web.build_assets`.

The versions are those of `package-lock.json`; `npm ci` checks what arrives against its hashes. The files are part of
every wheel built afterwards, but not of the repository. Without them the pages turn pictures instead of the model.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ASSETS = Path(__file__).with_name("assets")

# What the page loads: the viewer, and the decoders it asks for when a model is compressed. Those for KTX2 textures (585
# kB) are left out: Rodin makes none.
CARRIED: Mapping[str, str] = {
    "model-viewer.min.js": "@google/model-viewer/dist/model-viewer.min.js",
    "draco/draco_decoder.wasm": "three/examples/jsm/libs/draco/gltf/draco_decoder.wasm",
    "draco/draco_wasm_wrapper.js": "three/examples/jsm/libs/draco/gltf/draco_wasm_wrapper.js",
    "meshopt_decoder.js": "meshoptimizer/meshopt_decoder.cjs",  # the build that is a classic script, not a module
}
LICENCES: Mapping[str, str] = {
    "licences/model-viewer.txt": "@google/model-viewer/LICENSE",
    "licences/three.txt": "three/LICENSE",
    "licences/gainmap-js.txt": "@monogrid/gainmap-js/LICENSE",
    "licences/lit.txt": "lit/LICENSE",
    "licences/meshoptimizer.txt": "meshoptimizer/LICENSE.md",
}

_BROTLI = (
    "const z=require('zlib'),f=require('fs');for(const p of process.argv.slice(1))"
    "f.writeFileSync(p+'.br',z.brotliCompressSync(f.readFileSync(p),{params:{[z.constants.BROTLI_PARAM_LGWIN]:22}}))"
)
_BROTLI_LIMIT_S = 120


def build(modules: Path, target: Path = ASSETS) -> Path:
    """Put the viewer into `target`, whole or not at all, in place of what was there; returns the folder.

    Raises:
        FileNotFoundError: a file is not under `modules`; `npm ci` has not run, or the packages have changed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".assets-") as folder:
        fresh = Path(folder) / "fresh"
        for name, source in {**CARRIED, **LICENCES}.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(modules / source, fresh / name)
        _compress([fresh / name for name in CARRIED])
        if target.exists():
            target.rename(Path(folder) / "old")
        fresh.rename(target)
    return target


def _compress(paths: list[Path]) -> None:
    for path in paths:
        packed = gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
        path.with_name(path.name + ".gz").write_bytes(packed)
    node = shutil.which("node")
    if node:  # a fifth smaller than gzip; Node.js has the encoder, the standard library has not
        subprocess.run([node, "-e", _BROTLI, *map(str, paths)], check=True, timeout=_BROTLI_LIMIT_S)  # noqa: S603 - ours


def main() -> int:
    """Build the assets as the command line says; 0 when they are there, 1 when npm has not brought the packages."""
    parser = argparse.ArgumentParser(prog="python -m adapters.web.build_assets", description=__doc__)
    parser.add_argument("--modules", type=Path, default=Path("node_modules"), help="where npm put the packages")
    parser.add_argument("--target", type=Path, default=ASSETS, help="where the web part looks for them")
    chosen = parser.parse_args()
    try:
        build(chosen.modules, chosen.target)
    except FileNotFoundError as error:
        sys.stderr.write(f"The viewer was not built: {error.filename} is not there. Run `npm ci` first.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
