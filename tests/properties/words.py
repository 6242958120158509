"""Words that hurt: what people, files and other people's servers may send where text is expected."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

SHARP = (
    "@everyone",
    "@here",
    "<@1234>",
    "<!channel>",
    "<https://evil.example|click>",
    "](https://evil.example)",
    "[x](javascript:alert(1))",
    "https://evil.example",
    "discord.gg/abc",
    "```",
    "**",
    "-# ",
    "\n# ",
    "> ",
    "\x1b[2J",
    "\x1b]8;;http://evil.example\x07",
    "\x00",
    "\r\n",
    "\u2028",
    "\u202e",
    "\ud83d",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f1e9\U0001f1ea",
    "\U0001f44d\U0001f3fd",
    "e\u0301",
    "&amp;",
    "<script>",
    '"',
    "'",
    "--",
    "\u2014",
    "..",
    "/",
    "\\",
    "%00",
    "=1+1",
    "\u2002",
)
"""Pieces that mean something to somebody."""

PIECES = st.sampled_from(SHARP) | st.text(max_size=6) | st.text(alphabet="ab ", max_size=6)

WORDS = st.lists(PIECES, max_size=12).map("".join)
"""Anything at all, surrogate halves and control characters included."""

LONG_WORDS = (
    st.tuples(PIECES, st.integers(1, 4000)).map(lambda part: (part[0] or "a") * part[1]).map(lambda w: w[:9000])
)
"""The same piece over and over, up to many times every limit."""

STORABLE = WORDS.map(lambda words: words.replace("\x00", "").encode(errors="replace").decode())
"""What every database takes: no NUL, no half of a surrogate pair."""

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS


def json_values(keys: st.SearchStrategy[str] = WORDS) -> st.SearchStrategy[Any]:
    """Return anything that JSON can say, with objects that have these keys."""
    return st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5),
        max_leaves=12,
    )


def as_json(value: Any) -> bytes:
    """Write a value as another program would: halves of surrogate pairs as escapes."""
    return json.dumps(value).encode()
