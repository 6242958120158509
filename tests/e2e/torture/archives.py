"""What was exported, opened and looked through."""

from __future__ import annotations

import io
import json
import zipfile

from tests.e2e.torture.books import Archive


def is_archive(name: str) -> bool:
    """Whether a file is what the bot exports."""
    return name.startswith("rodin-bot-data-") and name.endswith(".zip")


def read_archive(name: str, content: bytes, platform: str, user: str) -> Archive:
    """Return which tasks an archive holds that somebody was handed, or what is wrong with it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            broken = opened.testzip()
            described = json.loads(opened.read("tasks.json"))
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        return Archive(platform=platform, user=user, name=name, problem=repr(error))
    problem = "" if broken is None else f"{broken} cannot be read"
    if (described["platform"], described["account"]) != (platform, user):
        problem = f"it is the one of {described['platform']} {described['account']}"
    tasks = tuple(task["id"] for task in described["tasks"])
    return Archive(platform=platform, user=user, name=name, tasks=tasks, problem=problem)
