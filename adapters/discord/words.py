"""Sentences that only Discord needs, one function each: plain text, nothing escaped yet unless said otherwise."""

from __future__ import annotations

from adapters.discord.invite import TITLES
from bot.text import size

PLATFORM = "Discord"

HOW_TO_START = "Use /rodin generate to make a model from words or pictures."

RIGHT_SENTENCES = {
    "send_messages": "so this is shown to you alone",
    "send_messages_in_threads": "so messages go where they can",
    "create_public_threads": "so there is no thread and messages come right here",
    "embed_links": "so messages are bare text",
    "attach_files": "so pictures and models come as links, not as files",
    "view_channel": "so it cannot post here",
}


def follow_it(link: str) -> str:
    """Say where a task is told; `link` is Discord's own mention of a channel."""
    return f"Follow it in {link}."


def right_missing(name: str) -> str:
    """Name a right that the bot lacks and what follows from that."""
    outcome = RIGHT_SENTENCES.get(name, "so something is missing")
    return (
        f"The bot lacks the right {TITLES.get(name, name)} here, {outcome}. "
        "Somebody who manages this server can grant it."
    )


def private_note() -> str:
    """Say how a private task is told."""
    return (
        "Only you see this. Discord lets it change for 15 minutes; a result that comes later is sent to you as a "
        "direct message, and /rodin show has it too."
    )


def asked_by(user: int) -> str:
    """Say who asked, in markup that pings nobody when mentions are switched off."""
    return f"asked by <@{user}>"


def mark(task_id: str, kind: str) -> str:
    """Return the last line of one of our messages, by which we find it again after a crash."""
    return f"Task {task_id}" if kind == "root" else f"Task {task_id} · {kind}"


def notice_mark(key: str) -> str:
    """Return the last line of news for the operator."""
    return f"Notice {key}"


def picture_gone(number: int) -> str:
    """Say that Discord does not give out an attachment any more."""
    return (
        f"Discord does not give out picture {number} any more: its link has expired or the picture was deleted. "
        "Upload it again. Nothing was sent or charged."
    )


def not_ours() -> str:
    """Say to somebody who mentions the bot in a place without a model how to begin."""
    return f"There is no model of mine in this conversation to go on from. {HOW_TO_START}"


def too_late() -> str:
    """Say that a command was not taken because Discord had the bot wait too long."""
    return "Discord did not take the bot's first answer in time, so nothing was asked. Try again."


def help_elsewhere() -> str:
    """Say what works besides commands."""
    return (
        "On a message with pictures: Apps, then Make 3D model. In a model's thread: mention the bot with words or a "
        "picture for the next version. In a direct message to the bot: just write what you want."
    )


def export_too_large(size_bytes: int) -> str:
    """Say that Discord does not take a file of this size here."""
    return (
        f"What is kept about you is {size(size_bytes)}, more than Discord takes in one file here. Ask the people who "
        "run this bot to send it to you."
    )


def and_more(count: int) -> str:
    """Say that a line names only some of the roles and people."""
    return f"and {count} more"
