"""Sentences that only Discord needs, one function each: plain text, nothing escaped yet unless said otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.discord.invite import TITLES
from bot.model import ModelFile
from bot.remakes import REMAKE_CREDITS
from bot.text import as_credits, size

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


def left_out(files: Sequence[ModelFile], *, has_link: bool) -> str:
    """Say which files are too large to attach."""
    names = ", ".join(f"{file.name} ({size(file.size_bytes)})" for file in files)
    where = "take it with Download" if has_link else "use Fresh links to get it"
    return f"Too large to attach here: {names}; {where}."


def reduced() -> str:
    """Say that the attached model is a smaller copy."""
    return "Attached is a smaller copy of the model that fits here."


def still_alt(title: str) -> str:
    """Describe a still for people who do not see it."""
    return f"Picture of the 3D model: {title}"


def turntable_alt(title: str) -> str:
    """Describe a turntable for people who do not see it."""
    return f"The 3D model turning once: {title}"


def file_alt(name: str) -> str:
    """Describe an attached model file."""
    return f"The 3D model as a file: {name}"


def mark(task_id: str, kind: str) -> str:
    """Return the last line of one of our messages, by which we find it again after a crash."""
    return f"Task {task_id}" if kind == "root" else f"Task {task_id} · {kind}"


def too_many_pictures(count: int) -> str:
    """Say that a message holds more pictures than Rodin takes."""
    return f"That message holds {count} pictures; the first 5 are used."


def no_pictures() -> str:
    """Say that a message holds nothing to make a model from."""
    return f"That message holds no picture. {HOW_TO_START}"


def picture_too_large(number: int, size_bytes: int, limit_bytes: int) -> str:
    """Say that an attachment is too large to be read at all."""
    return (
        f"Picture {number} is {size(size_bytes)}; the limit is {size(limit_bytes)}. "
        "Send a smaller one or crop it. Nothing was sent or charged."
    )


def picture_gone(number: int) -> str:
    """Say that Discord does not give out an attachment any more."""
    return (
        f"Discord does not give out picture {number} any more: its link has expired or the picture was deleted. "
        "Upload it again. Nothing was sent or charged."
    )


def picture_unreadable(number: int) -> str:
    """Say that an attachment could not be fetched for now."""
    return f"Picture {number} could not be fetched from Discord. Try again in a minute. Nothing was sent or charged."


def not_ours() -> str:
    """Say to somebody who mentions the bot in a place without a model how to begin."""
    return f"There is no model of mine in this conversation to go on from. {HOW_TO_START}"


def about_variation() -> str:
    """Say above the form of a variation what it does."""
    return "What you leave empty stays as it was; the seed is new. The answer says what it costs."


def about_format() -> str:
    """Say above the form of another format what it does."""
    return "Rodin makes the model anew in that format, with the same seed, at a price. The answer says how much."


def about_remake() -> str:
    """Say above the forms of a new texture and of a split what they cost."""
    return f"This costs {as_credits(REMAKE_CREDITS)}."


def too_late() -> str:
    """Say that a command was not taken because Discord had the bot wait too long."""
    return "Discord did not take the bot's first answer in time, so nothing was asked. Try again."


def nothing_yet() -> str:
    """Say that a person's list is empty."""
    return f"You have asked for nothing yet. {HOW_TO_START}"


def more_links(count: int) -> str:
    """Say that some links found no room."""
    return f"{count} more find no room here; the model's page lists every file."


def no_longer() -> str:
    """Say that a button or form is from another version of the bot."""
    return "This is from another version of the bot and does nothing any more. Use /rodin show with the task's id."


def help_intro() -> str:
    """Say what the bot does, above the list of commands."""
    return "Words or pictures become 3D models, made by Rodin. All answers about your tasks are for your eyes only."


def help_elsewhere() -> str:
    """Say what works besides commands."""
    return (
        "On a message with pictures: Apps, then Make 3D model. In a model's thread: mention the bot with words or a "
        "picture for the next version. In a direct message to the bot: just write what you want."
    )
