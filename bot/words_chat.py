"""Sentences that chats need beyond `bot.text`, one function each: plain text, the same on every platform.

What differs from platform to platform comes as a parameter: its name, and the sentence that says how to begin there.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.model import ModelFile
from bot.remakes import REMAKE_CREDITS
from bot.rules import MOST_PICTURES
from bot.text import as_credits, size


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


def too_many_pictures(count: int) -> str:
    """Say that a message holds more pictures than Rodin takes."""
    return f"That message holds {count} pictures; the first {MOST_PICTURES} are used."


def no_pictures(how_to_start: str) -> str:
    """Say that a message holds nothing to make a model from."""
    return f"That message holds no picture. {how_to_start}"


def picture_too_large(number: int, size_bytes: int, limit_bytes: int) -> str:
    """Say that a picture is too large to be read at all."""
    return (
        f"Picture {number} is {size(size_bytes)}; the limit is {size(limit_bytes)}. "
        "Send a smaller one or crop it. Nothing was sent or charged."
    )


def picture_unreadable(number: int, platform: str) -> str:
    """Say that a picture could not be fetched for now; `platform` is its name, such as "Discord"."""
    return f"Picture {number} could not be fetched from {platform}. Try again in a minute. Nothing was sent or charged."


def nothing_yet(how_to_start: str) -> str:
    """Say that a person's list is empty."""
    return f"You have asked for nothing yet. {how_to_start}"


def more_links(count: int) -> str:
    """Say that some links found no room."""
    return f"{count} more find no room here; the model's page lists every file."


def too_many_at_once() -> str:
    """Say that a crowd is asking, and that this was not even begun."""
    return (
        "More people are asking just now than I can answer, so this was not taken. Ask again in a minute. "
        "Nothing was sent or charged."
    )


def too_many_of_yours(most: int) -> str:
    """Say that one person asks faster than they are answered."""
    return (
        f"{most} things that you have asked are still being worked on, so this was not taken. "
        "Ask again when they are answered. Nothing was sent or charged."
    )


def no_longer() -> str:
    """Say that a button or form is from another version of the bot."""
    return "This is from another version of the bot and does nothing any more. Use /rodin show with the task's id."


def about_variation() -> str:
    """Say above the form of a variation what it does."""
    return "What you leave empty stays as it was; the seed is new. The answer says what it costs."


def about_format() -> str:
    """Say above the form of another format what it does."""
    return (
        "Where that is faithful, the model is converted here, for free. Otherwise Rodin makes it anew with the same "
        "seed, at a price. The answer says which."
    )


def about_remake() -> str:
    """Say above the forms of a new texture and of a split what they cost."""
    return f"This costs {as_credits(REMAKE_CREDITS)}."


def help_intro() -> str:
    """Say what the bot does, above the list of commands."""
    return "Words or pictures become 3D models, made by Rodin. All answers about your tasks are for your eyes only."


def exported() -> str:
    """Say what the file is that comes along."""
    return "Here is everything that is kept about you. Begin with README.txt in it. This file is for your eyes only."


def forget_me_first() -> str:
    """Ask a person once more before everything of theirs is removed."""
    return (
        "This removes everything that is kept about you: your models with their links and pictures, and the words and "
        "pictures they were made from. What is under way is called off. It cannot be undone. Use export first if you "
        "want to keep a copy."
    )


def forget_me_label() -> str:
    """Return what stands on the button that does it."""
    return "Forget me, for good"


KEY_TITLE, KEY_LABEL = "A Rodin key of your own", "Rodin API key"
"""What stands on the form for a key, and above its only field."""


def about_key() -> str:
    """Say above that field what the key is for."""
    return "Models that are asked for here will be made with this key and charged to its account."


def key_hint() -> str:
    """Say below the field's name what becomes of what is typed."""
    return "It is checked with Rodin, kept encrypted and never shown again."
