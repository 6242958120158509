"""How the gateway packs what it sends. Source: Discord docs, Gateway, Transport Compression.

discord.py asks for zstd-stream where a zstd library is installed, else for zlib-stream.
"""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

Compress = Callable[[bytes], bytes]


def _zlib() -> Compress:
    packer = zlib.compressobj()
    return lambda data: packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)


def _zstandard(module: Any) -> Compress:
    packer = module.ZstdCompressor().compressobj()
    return lambda data: bytes(packer.compress(data) + packer.flush(module.COMPRESSOBJ_FLUSH_BLOCK))


def _zstd(module: Any) -> Compress:
    packer = module.ZstdCompressor()
    return lambda data: bytes(packer.compress(data, mode=packer.FLUSH_BLOCK))


def _streams() -> Mapping[str, Callable[[], Compress]]:
    found: dict[str, Callable[[], Compress]] = {"zlib-stream": _zlib}
    for name, pack in (("compression.zstd", _zstd), ("backports.zstd", _zstd), ("zstandard", _zstandard)):
        with suppress(ImportError):
            module = importlib.import_module(name)
            found.setdefault("zstd-stream", partial(pack, module))
    return found


STREAMS = _streams()
