"""The drawing process: reads one order, obeys it under limits, writes one answer.

    python -m adapters.preview.child FOLDER

FOLDER holds `order.json` and gets `answer.json`: {"done": …}, or {"problem": sentence} when the model is at fault.
Anything else, a crash included, is for the parent to put into words.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

_CPU_GRACE_S = 5
ORDER, ANSWER = "order.json", "answer.json"
STILL, WEBP, GIF, STRIP, SMALLER = "still.png", "turntable.webp", "turntable.gif", "frames.webp", "smaller.glb"
"""What the files are called that an order makes."""


def main(folder: Path) -> int:
    """Obey the order in `folder`; 0 when there is an answer."""
    order = json.loads((folder / ORDER).read_text("utf-8"))
    _limit(order["limits"])
    answer = _answer(order, folder)
    (folder / ANSWER).write_text(json.dumps(answer), "utf-8")
    return 0


def _limit(limits: dict[str, int]) -> None:
    """Bound memory, processor time and file sizes, and step behind other work. Not everywhere possible."""
    try:
        import resource  # noqa: PLC0415 - absent on Windows
    except ImportError:
        return
    os.nice(limits["nice"])
    for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_CORE"):
        which, wanted = getattr(resource, name), limits[name]
        hard = resource.getrlimit(which)[1]
        wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        # Processor time ends with SIGXCPU, which tells the parent what happened, a while before SIGKILL.
        grace = _CPU_GRACE_S if name == "RLIMIT_CPU" and hard == resource.RLIM_INFINITY else 0
        try:
            resource.setrlimit(which, (wanted, wanted + grace))
        except (OSError, ValueError):  # macOS refuses RLIMIT_AS; the other limits and the clock still hold
            print(f"{name} cannot be set", file=sys.stderr)  # noqa: T201 - this process's log


def _answer(order: dict[str, Any], folder: Path) -> dict[str, object]:
    # Imported only now: the limits hold for the libraries too.
    from PIL import Image  # noqa: PLC0415

    from adapters.preview.orders import ORDERS, Job  # noqa: PLC0415
    from adapters.preview.solid import Unreadable  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = None  # sizes are checked by adapters.preview.pictures, before anything is decoded
    try:
        job = Job(
            model=Path(order["model"]),
            folder=folder,
            limit_bytes=order["limit_bytes"],
            spread=order["spread"],
            file_format=order["file_format"],
        )
        return {"done": ORDERS[order["what"]](job)}
    except Unreadable as error:
        return {"problem": str(error)}
    except MemoryError:
        return {"problem": "The model needs more memory than may be used for it here."}
    except (FileNotFoundError, PermissionError, IsADirectoryError):
        return {"problem": "The model file cannot be read: it is not there, or not for us."}
    except OSError as error:
        return {"problem": f"The model could not be worked on here ({error.strerror or type(error).__name__})."}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
