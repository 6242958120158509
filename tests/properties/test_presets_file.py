"""Whatever stands in PRESETS_FILE: presets that Rodin takes, or sentences that name the line."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import OPTIONS, resolve
from bot.errors import BadSettings
from bot.presetfile import load_presets, parse_presets
from bot.presets import OURS
from tests.properties.outcomes import result_or
from tests.properties.profile import tried
from tests.properties.words import WORDS

NAMES = st.sampled_from([preset.name for preset in OURS] + ["statue", "Statue", "hero 2"]) | WORDS
KEYS = st.sampled_from([option.name for option in OPTIONS] + ["summary", "offers", "TAPose"]) | WORDS
PLAIN = st.one_of(
    st.sampled_from([str(word) for option in OPTIONS for word in (*option.choices, option.example)]),
    st.booleans(),
    st.integers(),
    st.floats(),
    WORDS,
)
VALUES = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(KEYS, PLAIN, max_size=2)
TABLES = st.dictionaries(NAMES, st.dictionaries(KEYS, VALUES, max_size=5) | VALUES, max_size=4)


@tried(60)
@given(tables=TABLES)
def test_tables_become_presets_or_sentences(tables: dict[str, Any]) -> None:
    presets, troubles = parse_presets(tables)

    assert all(trouble.sentence for trouble in troubles)
    if not troubles:
        for preset in presets:
            assert preset.summary.isprintable()
            typed = {name: value for name, value in preset.values.items() if not isinstance(value, tuple)}
            assert resolve("an owl", typed, pictures=1, seed=0).tier == preset.values["tier"]


@tried(40)
@given(body=st.binary(max_size=80) | st.lists(st.sampled_from(FRAGMENTS := [
    b"[statue]", b"\n", b'tier = "high"', b"faces = ", b"300k", b'"', b"'''", b"=", b"[", b"]", b"#", b"\xff",
    b'summary = "bare"', b"offers = [", b"\t", b"1979-05-27", b"inf", b"{a=1}", b"a.b.c = 1",
]), max_size=14).map(b"".join))  # fmt: skip
def test_any_bytes_are_presets_or_settings_that_cannot_be_used(body: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "presets.toml"
        path.write_bytes(body)
        presets, mistake = result_or(BadSettings, lambda: load_presets(path))

    if mistake is None:
        assert {preset.name for preset in OURS} <= {preset.name for preset in presets}
    else:
        assert all(problem.startswith("PRESETS_FILE") for problem in mistake.problems)


@tried(20)
@given(body=st.binary(max_size=40))
def test_a_file_with_presets_of_ours_changed_by_noise_never_loses_one(body: bytes) -> None:
    with TemporaryDirectory() as folder, suppress(BadSettings):
        path = Path(folder) / "presets.toml"
        path.write_bytes(b"# " + body)
        assert load_presets(path)[: len(OURS)] == tuple(OURS)
