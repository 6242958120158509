"""Sentences that only Slack needs, one function each: plain text, nothing escaped yet."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model import ModelFile
from bot.remakes import REMAKE_CREDITS
from bot.text import as_credits, size

HOW_TO_START = "Type /rodin and what you want, or /rodin alone for a form."

NOTES = {
    "moved": "The bot cannot post where you asked, so it writes here. To change that: /invite it there.",
}
"""What a status message may have to explain, by the name that the address keeps."""


def not_in_channel() -> str:
    """Say that the bot has to be let into a channel first."""
    return (
        "The bot is not in this channel, so it could not show you the model. Type /invite @ and its name here, then "
        "ask again. Nothing was sent or charged."
    )


def unseen_place() -> str:
    """Say that a conversation is closed to the bot."""
    return (
        "The bot is not part of this conversation, so it could not show you the model. Ask in a direct message to it, "
        "or in a channel to which somebody has invited it. Nothing was sent or charged."
    )


def archived() -> str:
    """Say that a channel takes no messages any more."""
    return "This channel is archived, so nothing can be posted here. Ask in another one; nothing was sent or charged."


def asked_by(name: str) -> str:
    """Say who asked, by name: a mention would notify them of what they have just done."""
    return f", asked by {name}" if name else ""


def mention(user: str) -> str:
    """Return Slack's own mention of a person, which notifies them."""
    return f"<@{user}>"


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


def files_of(task_id: str) -> str:
    """Say what the files in a message are; by these words we find the message again after a crash."""
    return f"Files of task {task_id}"


def turntable_of(task_id: str) -> str:
    """Say what the moving picture in a message is; by these words we find the message again after a crash."""
    return f"Task {task_id}, turning"


def too_many_pictures(count: int) -> str:
    """Say that a message holds more pictures than Rodin takes."""
    return f"That message holds {count} pictures; the first 5 are used."


def no_pictures() -> str:
    """Say that a message holds nothing to make a model from."""
    return f"That message holds no picture. {HOW_TO_START}"


def picture_too_large(number: int, size_bytes: int, limit_bytes: int) -> str:
    """Say that a picture is too large to be read at all."""
    return (
        f"Picture {number} is {size(size_bytes)}; the limit is {size(limit_bytes)}. "
        "Send a smaller one or crop it. Nothing was sent or charged."
    )


def picture_gone(number: int) -> str:
    """Say that Slack does not give a picture out."""
    return (
        f"Slack does not give the bot picture {number}: it was deleted, or lies where the bot is not invited. "
        "Upload it again, here. Nothing was sent or charged."
    )


def picture_hidden(number: int) -> str:
    """Say that the app lacks the right to read files."""
    return (
        f"Slack does not let the bot read picture {number}: the app was installed without the right files:read. "
        "Somebody who manages the app can reinstall it. Nothing was sent or charged."
    )


def picture_unreadable(number: int) -> str:
    """Say that a picture could not be fetched for now."""
    return f"Picture {number} could not be fetched from Slack. Try again in a minute. Nothing was sent or charged."


def not_ours() -> str:
    """Say to somebody who mentions the bot in a place without a model, and without a wish, how to begin."""
    return f"Say what you want a model of, in words or with a picture. {HOW_TO_START}"


def nothing_yet() -> str:
    """Say that a person's list is empty."""
    return f"You have asked for nothing yet. {HOW_TO_START}"


def more_links(count: int) -> str:
    """Say that some links found no room."""
    return f"{count} more find no room here; the model's page lists every file."


def which_task(verb: str) -> str:
    """Ask for the task's id."""
    return f"Which task? Type /rodin {verb} and its id; /rodin list shows yours."


def perhaps_a_prompt(words: str) -> str:
    """Say how words that begin like a command become a wish."""
    return f"To make a model of these words, type /rodin generate {words}"


def no_longer() -> str:
    """Say that a button is from another version of the bot."""
    return "This is from another version of the bot and does nothing any more. Use /rodin show with the task's id."


def form_too_late() -> str:
    """Say that Slack did not let a form open in time."""
    return "Slack did not open the form in time. Try again, or type /rodin and what you want."


def about_variation() -> str:
    """Say above the form of a variation what it does."""
    return "What you leave empty stays as it was; the seed is new. The answer says what it costs."


def about_format() -> str:
    """Say above the form of another format what it does."""
    return "Rodin makes the model anew in that format, with the same seed, at a price. The answer says how much."


def about_remake() -> str:
    """Say above the forms of a new texture and of a split what they cost."""
    return f"This costs {as_credits(REMAKE_CREDITS)}."


def help_intro() -> str:
    """Say what the bot does, above the list of commands."""
    return "Words or pictures become 3D models, made by Rodin. All answers about your tasks are for your eyes only."


def help_elsewhere() -> str:
    """Say what works besides commands."""
    return (
        "On a message with pictures: More actions, then Make 3D model. In a channel: mention the bot with words or a "
        "picture. In a model's thread: mention it for the next version. In a direct message: just write what you want."
    )


def home_intro() -> str:
    """Greet somebody who opens the app's page."""
    return "Words or pictures become 3D models, made by Rodin. Your newest tasks are below."


def installed(team: str) -> str:
    """Say that the app is in a workspace now."""
    return f"Rodin Bot is installed in {team}. Invite it to a channel and type /rodin there."


def not_installed(reason: str) -> str:
    """Say that the app was not installed, in the words of the failure that Slack or Bolt names."""
    return INSTALL_FAILURES.get(reason, "Slack did not let the app in. Start again at /slack/install.")


INSTALL_FAILURES = {
    "access_denied": "You chose not to install the app. Nothing was changed.",
    "invalid_browser": "This is another browser than the one that began. Start again at /slack/install.",
    "invalid_state": "This took too long, or was done already. Start again at /slack/install.",
    "invalid_code": "Slack did not accept the installation. Start again at /slack/install.",
    "missing_code": "Slack sent nothing to finish the installation with. Start again at /slack/install.",
    "storage_error": "The installation could not be kept. Tell the person who runs the bot, and start again.",
}
