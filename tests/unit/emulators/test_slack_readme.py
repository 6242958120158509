"""The table of what is emulated is that of the code."""

import re
from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient

from tests.emulators.slack import server
from tests.emulators.slack.api import METHODS

README = Path(server.__file__).with_name("README.md")


def test_the_table_of_methods_is_that_of_the_code():
    rows = re.findall(r"^\| `([\w.]+)` \| ([^|]*) \| ([^|]*) \|", README.read_text(encoding="utf-8"), re.MULTILINE)

    written = {name: (scopes.strip(), wanted.strip()) for name, scopes, wanted in rows}

    assert written == {
        name: (" ".join(known.scopes) or known.caller.replace("bot", "-"), " ".join(known.needed) or "-")
        for name, known in METHODS.items()
    }


def test_every_method_is_one_that_slack_sdk_knows():
    assert [name for name in METHODS if not hasattr(AsyncWebClient, name.replace(".", "_"))] == []
