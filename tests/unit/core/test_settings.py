"""What operators may set, and what they hear when it cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.errors import BadSettings
from bot.news import OperatorChannel
from bot.settings import KEY_HELP, Settings, is_loopback, load_settings, require_key


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No variable is set and no `.env` is near."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return


def problems_with(**overrides: Any) -> tuple[str, ...]:
    with pytest.raises(BadSettings) as refused:
        load_settings(**overrides)
    return refused.value.problems


def test_without_anything_the_defaults_hold_and_only_the_key_is_missing() -> None:
    settings = load_settings()

    with pytest.raises(BadSettings) as refused:
        require_key(settings)
    assert refused.value.problems == (KEY_HELP,)
    assert "rodin-bot demo" in KEY_HELP
    assert (settings.rodin_max_parallel, settings.default_tier, settings.log_level) == (3, "Gen-2.5-Medium", "info")


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RODIN_API_KEY=from-file\nLOG_LEVEL=debug\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("RODIN_API_KEY", "from-environment")

    settings = load_settings()

    assert require_key(settings) == "from-environment"
    assert settings.log_level == "debug"


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), "")

    assert load_settings() == load_settings()
    assert load_settings().rodin_max_parallel == 3
    assert load_settings().rodin_api_key is None


def test_every_problem_is_reported_together_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "RODIN_MAX_PARALLEL": "0",
        "RODIN_API_URL": "http://rodin.example.com",
        "LOG_FORMAT": "xml",
        "DEFAULT_TIER": "Gen-9",
        "DEFAULT_FORMAT": "dwg",
        "POLL_MIN_S": "40",
        "PORT": "70000",
        "USER_DAILY_CREDITS": "-1",
        "RODIN_KEY_EXCLUSIVE": "perhaps",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)

    problems = problems_with()

    # POLL_MIN_S alone is fine; it is POLL_MAX_S that is smaller.
    assert {problem.split()[0] for problem in problems} == {*wrong.keys() - {"POLL_MIN_S"}, "POLL_MAX_S"}
    assert all(problem.endswith(".") for problem in problems)


def test_a_problem_is_a_sentence_with_what_would_be_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "xml")

    assert problems_with() == ("LOG_FORMAT must be 'text' or 'json'.",)


def test_a_problem_never_repeats_a_secret() -> None:
    for name in ("rodin_api_key", "discord_token", "secret_key"):
        assert not [problem for problem in problems_with(**{name: ["hush-hush"]}) if "hush" in problem]


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("https://api.hyper3d.com/api/v2", True),
        ("http://127.0.0.1:8700/api/v2", True),
        ("http://[::1]:8700/api/v2", True),
        ("http://localhost:1/api/v2", True),
        ("http://api.hyper3d.com/api/v2", False),
        ("http://127.0.0.1.example.com/api/v2", False),
        ("ftp://127.0.0.1/", False),
        ("api.hyper3d.com", False),
        ("https://", False),
    ],
)
def test_the_key_travels_over_https_or_stays_on_this_machine(url: str, is_taken: bool) -> None:
    if is_taken:
        assert load_settings(rodin_api_url=f"{url}/").rodin_api_url == url
    else:
        assert problems_with(rodin_api_url=url)[0].startswith("RODIN_API_URL must be an https:// address")


def test_rodin_is_polled_no_closer_than_it_asks_and_a_simulator_as_close_as_one_likes() -> None:
    assert problems_with(poll_min_s=1.0) == ("POLL_MIN_S must be at least 5: Rodin asks clients not to poll closer.",)

    quick = load_settings(poll_min_s=0.1, poll_max_s=0.6, rodin_api_url="http://127.0.0.1:1/api/v2").pace

    assert (quick.min_s, quick.max_s, quick.speed) == (0.1, 0.6, 50)
    assert quick.full_s < 1


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "0", "-5", "1e99"])
@pytest.mark.parametrize("name", ["poll_min_s", "poll_max_s", "poll_deadline_s"])
def test_waits_are_numbers_that_end(name: str, value: str) -> None:
    assert any(problem.startswith(name.upper()) for problem in problems_with(**{name: value}))


@pytest.mark.parametrize("value", ["nan", "inf", "many"])
def test_budgets_are_amounts(value: str) -> None:
    assert problems_with(user_daily_credits=value)


def test_lists_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_IDS", " 12, U34 ,,")

    assert load_settings().admin_ids == ("12", "U34")


@pytest.mark.parametrize(
    ("value", "platform", "channel"),
    [
        ("discord:1234567890123456789", "discord", "1234567890123456789"),
        (" slack:C0123ABCD ", "slack", "C0123ABCD"),
        ("slack:G0123ABCD", "slack", "G0123ABCD"),
        ("slack:T0ABC/C0123ABCD", "slack", "T0ABC/C0123ABCD"),
    ],
)
def test_the_operators_channel_is_named_by_its_id(
    monkeypatch: pytest.MonkeyPatch, value: str, platform: str, channel: str
) -> None:
    monkeypatch.setenv("OPERATOR_CHANNEL", value)

    assert load_settings().operator_channel == OperatorChannel(platform=platform, channel=channel)


@pytest.mark.parametrize(
    "value",
    [
        "general",
        "discord:general",
        "discord:#general",
        "discord:C0123ABCD",
        "slack:1234567890",
        "slack:#general",
        "slack:T0ABC/",
        "irc:1234567890",
        "discord:1234567890 slack:C0123ABCD",
        "discord:١٢٣٤٥٦",
    ],
)
def test_what_is_no_channels_id_is_refused_with_what_one_looks_like(value: str) -> None:
    (problem,) = problems_with(operator_channel=value)

    assert problem.startswith(
        "OPERATOR_CHANNEL must be discord:CHANNEL_ID, slack:CHANNEL_ID or slack:TEAM_ID/CHANNEL_ID"
    )


@pytest.mark.parametrize("value", ["", "  "])
def test_without_an_operators_channel_nobody_is_told(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("OPERATOR_CHANNEL", value)

    assert load_settings().operator_channel is None


def test_budgets_are_unlimited_unless_set() -> None:
    assert load_settings().user_daily_credits is None
    assert load_settings(user_daily_credits="2.5").user_daily_credits == Decimal("2.5")
    assert load_settings(user_daily_credits=" ").user_daily_credits is None


def test_the_web_part_listens_everywhere_only_where_a_host_sets_the_port() -> None:
    here, hosted, chosen = load_settings(), load_settings(port=5000), load_settings(port=5000, host="10.0.0.1")

    assert (here.web_host, here.web_port) == ("127.0.0.1", 8080)
    assert (hosted.web_host, hosted.web_port) == ("0.0.0.0", 5000)
    assert chosen.web_host == "10.0.0.1"


def test_settings_never_print_a_secret_and_name_all_of_them_for_redaction() -> None:
    settings = load_settings(
        rodin_api_key="rodin-secret",
        discord_token="discord-secret",
        database_url="postgresql://bot:data%2Fbase-secret@db/bot",
    )

    assert "secret" not in repr(settings).replace("data%2Fbase-secret", "").replace("secret_key", "").replace(
        "signing_secret", ""
    ).replace("client_secret", "")
    assert set(settings.secrets()) == {"rodin-secret", "discord-secret", "data%2Fbase-secret", "data/base-secret"}


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("localhost.example.com", False),
        ("", False),
        (None, False),
    ],
)
def test_this_machine_is_recognised(host: str | None, is_here: bool) -> None:
    assert is_loopback(host) is is_here


@pytest.mark.parametrize("key", ["short", "               x", "fifteen-letters"])
def test_a_key_that_signs_links_is_long_enough(key: str) -> None:
    (problem,) = problems_with(secret_key=key)

    assert problem.startswith("SECRET_KEY must have at least 16 characters, since it signs links. Make one: python3")
    assert key not in problem.replace("python3", "")


def test_a_long_key_is_taken_as_it_is() -> None:
    key = load_settings(secret_key="0123456789abcdef").secret_key

    assert key is not None
    assert key.get_secret_value() == "0123456789abcdef"


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://rodin.example.org", "https://rodin.example.org"),
        (" https://rodin.example.org/bot/ ", "https://rodin.example.org/bot"),
        ("http://192.168.1.7:8080", "http://192.168.1.7:8080"),
        ("rodin.example.org", None),
        ("ftp://rodin.example.org", None),
        ("https://", None),
        ("https://me:secret@rodin.example.org", None),
        ("https://rodin.example.org/?a=b", None),
        ("https://rodin.example.org/#top", None),
    ],
)
def test_people_reach_the_pages_over_an_address_of_the_web(url: str, taken: str | None) -> None:
    if taken is not None:
        assert load_settings(public_url=url).public_url == taken
    else:
        assert problems_with(public_url=url)[0].startswith("PUBLIC_URL must be the address where browsers reach")


@pytest.mark.parametrize("days", [0, -1, 10**9])
def test_files_are_kept_for_days_that_can_be_counted(days: int) -> None:
    assert problems_with(keep_files_days=days)[0].startswith("KEEP_FILES_DAYS must be")
