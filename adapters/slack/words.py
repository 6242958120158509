"""Sentences that only Slack needs, one function each: plain text, nothing escaped yet."""

from __future__ import annotations

PLATFORM = "Slack"

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


def follow_it(url: str) -> str:
    """Return Slack's own link to the thread where a next version is told."""
    return f"<{url}|Follow it in the thread of the version before>"


def beside_the_other() -> str:
    """Say where a next version is told, when there is no link to it."""
    return "Follow it in the thread of the version before."


def told_alone() -> str:
    """Say that a next version is told to nobody else, and why."""
    return (
        "You can follow it in a direct message from the bot: not everybody who reads here may see the version before, "
        "or the bot cannot post in its thread."
    )


def asked_by(name: str) -> str:
    """Say who asked, by name: a mention would notify them of what they have just done."""
    return f", asked by {name}" if name else ""


def mention(user: str) -> str:
    """Return Slack's own mention of a person, which notifies them."""
    return f"<@{user}>"


def files_of(task_id: str) -> str:
    """Say what the files in a message are; by these words we find the message again after a crash."""
    return f"Files of task {task_id}"


def turntable_of(task_id: str) -> str:
    """Say what the moving picture in a message is; by these words we find the message again after a crash."""
    return f"Task {task_id}, turning"


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


def not_ours() -> str:
    """Say to somebody who mentions the bot in a place without a model, and without a wish, how to begin."""
    return f"Say what you want a model of, in words or with a picture. {HOW_TO_START}"


def which_task(verb: str) -> str:
    """Ask for the task's id."""
    return f"Which task? Type /rodin {verb} and its id; /rodin list shows yours."


def only_an_id(verb: str, line: str) -> str:
    """Say that a command takes nothing besides the task's id."""
    return f"After /rodin {verb} comes the task's id and nothing else. Nothing was done. {perhaps_a_prompt(line)}"


def forget_one(task_id: str) -> str:
    """Say how a single task is forgotten, to somebody who would else forget everything or ask for a model."""
    return (
        f"To forget one task, type /rodin delete {task_id} --forget; to forget everything of yours, /rodin forget me."
    )


def perhaps_a_prompt(words: str) -> str:
    """Say how words that begin like a command become a wish."""
    return f"To make a model of these words, type /rodin generate {words}"


def form_too_late() -> str:
    """Say that Slack did not let a form open in time."""
    return "Slack did not open the form in time. Try again, or type /rodin and what you want."


def help_elsewhere() -> str:
    """Say what works besides commands."""
    return (
        "On a message with pictures: More actions, then Make 3D model. In a channel: mention the bot with words or a "
        "picture. In a model's thread: mention it for the next version. In a direct message: just write what you want."
    )


SETTINGS_TITLE, RIGHTS_TITLE = "Settings of this workspace", "Who may do what"


def other_rights() -> str:
    """Say what holds for the tiers and presets that are not listed."""
    return "All other tiers and presets: everyone"


def settings_by_words() -> str:
    """Say how settings are changed by typing."""
    return (
        "By typing: /rodin settings allow RIGHT and @people, @groups, everyone or admins; /rodin settings reset RIGHT; "
        "/rodin settings key; /rodin settings key remove."
    )


def remove_key_question() -> str:
    """Ask once more before the workspace's key is forgotten."""
    return "Models that are asked for here are then made with the key of whoever runs the bot, if they let you."


def key_not_typed() -> str:
    """Say to somebody who typed a key where it does not belong what to do about it."""
    return (
        "A key does not belong into a command or a message: Slack has seen it, and so has everybody who reads along. "
        "It was not kept here. Revoke it at Rodin, make a new one, and type that into the form that "
        "/rodin settings key opens."
    )


def nobody_named() -> str:
    """Ask whom a right is to be given to."""
    return "Nobody is named. Pick people or groups, or choose Admins only. Nothing was changed."


def allow_whom() -> str:
    """Ask for the people behind a right."""
    return (
        "Allow whom? Type /rodin settings allow, the right, and @people, @groups, everyone or admins; or /rodin "
        "settings allow alone for a form. Nothing was changed."
    )


def unknown_person(word: str) -> str:
    """Say that a word names nobody whom Slack knows."""
    return (
        f'"{word}" is nobody that Slack has marked as a person or a group. Pick them from the list that opens after @, '
        "or use the form: /rodin settings allow. Nothing was changed."
    )


def exported_directly() -> str:
    """Say where the file with everything about a person is."""
    return "Your data is in a direct message from the bot to you."


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
