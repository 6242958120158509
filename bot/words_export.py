"""What stands in the README of an archive of a person's own data."""

from __future__ import annotations


def readme(tasks: int, *, is_cut: bool, limit: str) -> str:
    """Say what the archive holds, what it leaves out, and how to get that; `is_cut` when older tasks found no room."""
    models = "1 model" if tasks == 1 else f"{tasks} models"
    older = ["Only the newest are listed; ask the person who runs the bot for older ones.", ""] if is_cut else []
    return "\n".join(
        [
            "Your data",
            "=========",
            "",
            f"This is what Rodin Bot keeps of you on this platform: {models} that you asked for.",
            "",
            *older,
            "tasks.json   every one of them, newest first: your words, the options, times (UTC), how it stands, what",
            "             it costs, and a list of its files with their sizes and SHA-256",
            "pictures/    the pictures that you gave, as they were sent (drawn anew, without what cameras write into",
            "             them)",
            "models/      what was made of them",
            "",
            f"The archive holds {limit} at most, so that it fits through a chat. What found no room has no",
            '"in_archive" in tasks.json. Where there is a "link" it leads to the file; whoever has it can use it.',
            "Else ask the bot for links to the files of that task, by its id.",
            "",
            "Not in here: keys and ids by which Rodin knows the task, which are the operator's secrets, the numbers of",
            "the messages that the bot wrote in the chat, and anything of other people.",
            "",
        ]
    )
