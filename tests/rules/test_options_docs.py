"""The document about options says what the catalogue says."""

from pathlib import Path

from bot.catalog import OPTIONS, PRESETS, TIERS
from bot.manual import render_options

DOCUMENT = Path(__file__).parents[2] / "docs" / "options.md"


def test_the_document_is_what_the_catalogue_writes():
    assert DOCUMENT.read_text(encoding="utf-8") == render_options(), "run: python -m bot.catalog > docs/options.md"


def test_the_document_names_every_option_preset_and_tier():
    text = DOCUMENT.read_text(encoding="utf-8")

    assert all(f"| `{name}`" in text for name in (*TIERS, *PRESETS, *(option.name for option in OPTIONS)))
