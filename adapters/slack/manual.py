"""What can be typed after `/rodin`, as an answer. Pure."""

from __future__ import annotations

from adapters.slack import blocks, limits, words
from adapters.slack.commands import HELP
from adapters.slack.drafts import Draft
from bot import words_chat
from bot.catalog import OPTIONS, PRESETS


def help_draft(topic: str = "") -> Draft:
    """Return what can be asked, or with a topic what can be chosen for a model."""
    return _options() if topic else _commands()


def _commands() -> Draft:
    rows = [f"{f'/rodin {usage}'.rstrip()}: {what}" for usage, what in HELP.items()]
    shown = (
        blocks.paragraph([words_chat.help_intro()]),
        blocks.paragraph(rows),
        blocks.paragraph([words.help_elsewhere()]),
    )
    return Draft(text=limits.escaped(words_chat.help_intro(), limits.TEXT), blocks=shown)


def _options() -> Draft:
    presets = [f"--preset {name}: {preset.summary}" for name, preset in PRESETS.items()]
    options = [f"--{option.name} {option.example}: {option.summary}" for option in OPTIONS if option.name != "preset"]
    middle = len(options) // 2
    shown = tuple(blocks.paragraph(rows) for rows in (presets, options[:middle], options[middle:]))
    return Draft(text=limits.escaped("Options after /rodin", limits.TEXT), blocks=shown)
