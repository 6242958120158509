"""The document about money says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from bot.ledger import COLUMNS
from bot.model import Charge
from bot.presetfile import MOST_PRESETS, NOT_IN_PRESETS, load_presets
from bot.presets import PRESETS
from bot.settings import Settings

TEXT = (Path(__file__).parents[2] / "docs" / "money.md").read_text()


def test_the_example_of_a_presets_file_can_be_used(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert example is not None
    path = tmp_path / "presets.toml"
    path.write_text(example.group(1))

    presets = {preset.name: preset for preset in load_presets(path)}

    assert presets["statue"].values["faces"] == 300_000
    assert presets["hero"].values == {**PRESETS["hero"].values, "format": "fbx"}


def test_it_names_every_column_and_every_charge_of_the_ledger() -> None:
    assert all(f"`{name}`" in TEXT for name, _ in COLUMNS)
    assert all(f"`{charge}`" in TEXT for charge in Charge)


def test_it_names_every_setting_about_credits_and_queues_with_its_default() -> None:
    about = [name for name in Settings.model_fields if name.endswith(("_credits", "_waiting"))]

    assert all(f"`{name.upper()}`" in TEXT for name in (*about, "presets_file"))
    for name in ("user_max_waiting", "max_waiting"):
        (row,) = re.findall(rf"^\| `{name.upper()}` \|.*$", TEXT, re.MULTILINE)
        assert row.endswith(f"| {Settings.model_fields[name].default} |")


def test_it_says_what_no_preset_holds_and_how_many_there_may_be() -> None:
    assert all(f"`{name}`" in TEXT for name in NOT_IN_PRESETS)
    assert f"there may be {MOST_PRESETS}." in TEXT
