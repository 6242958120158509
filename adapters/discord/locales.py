"""Descriptions of commands and options in the languages of Discord's clients.

What people type (command and option names, values) stays the same in every language, since help and messages name
it; the message menu's entry, which nobody types, is translated. Discord shows English where a language is missing.
"""

from __future__ import annotations

from collections.abc import Mapping

from discord import Locale, app_commands

from adapters.discord.locales_commands import COMMANDS
from adapters.discord.locales_options import OPTIONS

LOCALES = (Locale.german, Locale.french, Locale.spain_spanish, Locale.japanese, Locale.brazil_portuguese)
"""In the order of the tables' columns. Every text has all of them; a test holds that."""

TRANSLATIONS: Mapping[str, Mapping[Locale, str]] = {
    text: dict(zip(LOCALES, row, strict=True)) for text, row in {**COMMANDS, **OPTIONS}.items()
}
"""Every text of a command's definition, by its English."""


class TableTranslator(app_commands.Translator):
    """Looks texts up in the table. Names stay English, save those that nobody types."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return a text in a language, or None for English."""
        return TRANSLATIONS.get(string.message, {}).get(locale)
