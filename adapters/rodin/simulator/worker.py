"""The process that makes models: reads one JSON line per model on standard input, answers each with one JSON line.

Ends when its standard input does, so it never outlives the simulator that started it.
"""

import base64
import json
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from adapters.rodin.simulator.models import ModelSpec, build

#: Long enough for a traceback, short enough for one line of the parent's reader.
LONGEST_ERROR = 8_000


def spec_from_json(found: Mapping[str, Any]) -> ModelSpec:
    """The spec that the parent wrote."""
    pictures = tuple(base64.b64decode(picture) for picture in found["pictures"])
    return ModelSpec(**{**found, "pictures": pictures, "bbox": tuple(found["bbox"]) if found["bbox"] else None})


def answer_line(line: bytes) -> str:
    """Build what one line asks for; the answer names the files, or holds the traceback."""
    try:
        question = json.loads(line)
        paths = build(spec_from_json(question["spec"]), Path(question["folder"]))
        return json.dumps({"files": [path.name for path in paths]})
    except Exception:  # noqa: BLE001 - top of the worker's loop: the traceback goes to the parent, which logs it
        return json.dumps({"error": traceback.format_exc()[-LONGEST_ERROR:]})


def _own_output() -> TextIO:
    """Keep the pipe to the parent for answers; whatever else prints goes to standard error."""
    pipe = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return pipe


def main() -> None:
    """Work until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal group; the parent stops us
    if hasattr(os, "nice"):
        os.nice(5)  # answering comes before building
    with _own_output() as pipe:
        for line in sys.stdin.buffer:
            pipe.write(answer_line(line) + "\n")
            pipe.flush()


if __name__ == "__main__":
    main()
