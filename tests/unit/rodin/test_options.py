"""The client's options: what they refuse, and what they never show."""

from __future__ import annotations

import pytest

from adapters.rodin.options import RodinOptions

URL = "https://api.hyper3d.com/api/v2"


def test_the_key_is_not_shown() -> None:
    assert "sk-very-secret" not in repr(RodinOptions(url=URL, key="sk-very-secret"))


def test_a_slash_at_the_end_of_the_root_changes_nothing() -> None:
    assert RodinOptions(url=f"{URL}/", key="k").root == RodinOptions(url=URL, key="k").root


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.hyper3d.com",
        "ftp://api.hyper3d.com",
        "https://",
        "https://user@host/",
        "https://:pw@host/",
        "https://host/?key=1",
        "https://host/#x",
        "https://a..b/",
        "https://host:99999/",
        "https://" + "a" * 64 + ".com",
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        RodinOptions(url=url, key="k")


@pytest.mark.parametrize("key", ["", " ", "a b", "a\n", "schlüssel", "a\x00"])
def test_a_key_that_cannot_stand_in_a_header_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ValueError, match="one word of plain ASCII"):
        RodinOptions(url=URL, key=key)


@pytest.mark.parametrize(
    "limit", ["connect_timeout_s", "submit_timeout_s", "read_deadline_s", "balance_deadline_s", "max_files"]
)
def test_a_limit_of_nothing_is_refused(limit: str) -> None:
    with pytest.raises(ValueError, match="positive"):
        RodinOptions(url=URL, key="k", **{limit: 0})


@pytest.mark.parametrize(("url", "expected"), [("http://127.0.0.1:8080/api/v2", True), (URL, False)])
def test_only_an_api_on_this_machine_is_local(url: str, expected: bool) -> None:
    assert RodinOptions(url=url, key="k").is_local is expected
