"""Clears out of the file store what no task needs any more.

The pictures of a request stay as long as its results: another seed, another version and a second try need them.
"""

from __future__ import annotations

import logging

from bot.errors import NoSuchTask, StorageError
from bot.model import Task, TaskState
from bot.ports import FileStore, TaskStore

log = logging.getLogger(__name__)


def folder_of(task_id: str) -> str:
    """Return where a task's results lie in the file store."""
    return f"tasks/{task_id}"


async def clear_all(files: FileStore, task_id: str) -> None:
    """Remove a task's results and the pictures that it was asked with.

    Raises:
        FileStoreBusy: something may be left; repeat it.
    """
    await files.remove(folder_of(task_id))
    await files.remove(f"spool/{task_id}")


async def clear_spool(files: FileStore, task_id: str) -> None:
    """Remove a task's pictures. Trouble is only logged: the next sweep takes what stays."""
    try:
        await files.remove(f"spool/{task_id}")
    except StorageError as error:
        log.warning("spool not cleared task=%s error=%s", task_id, error)


async def sweep_results(files: FileStore, task: Task) -> int:
    """Remove what a killed process stored for a task and the next one did not make again; return how many files.

    Only for whoever holds the task's lease, after its row was written: files are stored before the row names them.

    Raises:
        FileStoreBusy: something may be left; repeat it.
    """
    unnamed = sorted(set(await files.keys(folder_of(task.id))) - {file.key for file in task.files})
    for key in unnamed:
        await files.remove_file(key)
    if unnamed:
        log.info("unnamed files swept task=%s files=%d", task.id, len(unnamed))
    return len(unnamed)


async def sweep_spool(tasks: TaskStore, files: FileStore) -> int:
    """Remove what a killed process left in the spool; return of how many tasks.

    Only for a process that knows that no other one takes wishes: pictures are stored before their row. Trouble is
    logged and ends the sweep; nothing depends on it.
    """
    swept = 0
    try:
        for task_id in sorted({key.split("/")[1] for key in await files.keys("spool")}):
            if not await _may_need_pictures(tasks, task_id):
                await files.remove(f"spool/{task_id}")
                swept += 1
    except StorageError as error:
        log.warning("spool not swept to the end error=%s", error)
    if swept:
        log.info("spool swept tasks=%d", swept)
    return swept


async def _may_need_pictures(tasks: TaskStore, task_id: str) -> bool:
    try:
        task = await tasks.load(task_id)
    except NoSuchTask:
        return False
    return task.state is not TaskState.CANCELLED and task.showing.removal is None
