"""All settings, read once from the environment and `.env` into a frozen object.

The names are a contract: never renamed, never given another meaning. Every problem is reported together, by name.
"""

from __future__ import annotations

import ipaddress
import re
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.catalog import FORMATS, TIERS
from bot.errors import BadSettings
from bot.looks import Previews
from bot.news import OperatorChannel
from bot.schedule import Pace

KEY_HELP = (
    "RODIN_API_KEY is not set. Make a key in the Hyper3D dashboard (https://hyper3d.ai/workspace/api-dashboard; "
    "the API needs a Business plan) and put it into .env. To try the bot without any account: rodin-bot demo"
)

POLL_FLOOR_S = 5.0
"""Rodin asks for no closer look than this (docs.hyper3d.ai, quick start); a simulator on loopback does not mind."""


LEAST_SECRET_CHARACTERS = 16

LONGEST_WAIT_S = 3600.0
LONGEST_DEADLINE_S = 7 * 86_400.0
"""Rodin keeps results for seven days (docs.hyper3d.ai, data retention policy)."""


def _blank_is_absent(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _split(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _channel(value: Any) -> Any:
    """Read `discord:CHANNEL_ID` and the like."""
    if not isinstance(value, str):
        return value
    found = _CHANNEL.fullmatch(value.strip())
    if found is None:
        raise ValueError(
            "must be discord:CHANNEL_ID, slack:CHANNEL_ID or slack:TEAM_ID/CHANNEL_ID, with ids and not names: "
            "discord:1234567890, slack:C0123ABCD"
        )
    return OperatorChannel(platform=found["platform"], channel=found["channel"])


_CHANNEL = re.compile(
    r"(?P<platform>discord(?=:\d)|slack(?=:[A-Z])):(?P<channel>\d{5,25}|(?:[TE]\w+/)?[CGD]\w+)", re.ASCII
)
"""Slack's ids begin with a letter that says what they are about: T a workspace, C a channel, G a private one."""


def _server_ids(value: Any) -> Any:
    words = _split(value)
    if isinstance(words, tuple) and not all(str(word).isdecimal() for word in words):
        raise ValueError("must be ids of Discord servers: numbers, with commas between")
    return words


Secret = Annotated[SecretStr | None, BeforeValidator(_blank_is_absent)]
Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Credits = Annotated[Annotated[Decimal, Field(ge=0)] | None, BeforeValidator(_blank_is_absent)]
Text = Annotated[str | None, BeforeValidator(_blank_is_absent)]


class Settings(BaseSettings):
    """What the operator chose. Field names are the variables' names in lower case; secrets never print."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    rodin_api_key: Secret = None
    rodin_api_url: str = "https://api.hyper3d.com/api/v2"
    rodin_max_parallel: int = Field(default=3, ge=1, le=1000)
    rodin_key_exclusive: bool = False
    discord_token: Secret = None
    discord_api_url: str = "https://discord.com/api/v10"
    discord_guild_ids: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_server_ids)] = ()
    slack_bot_token: Secret = None
    slack_app_token: Secret = None
    slack_signing_secret: Secret = None
    slack_client_id: Text = None
    slack_client_secret: Secret = None
    slack_api_url: str = "https://slack.com/api/"
    database_url: str = "sqlite+aiosqlite:///data/rodin-bot.db"
    files_url: str = "data/files"
    public_url: Text = None
    host: Text = None
    port: int | None = Field(default=None, ge=1, le=65535)
    secret_key: Secret = None
    keep_files_days: int = Field(default=30, ge=1, le=36_500)
    user_daily_credits: Credits = None
    server_daily_credits: Credits = None
    admin_ids: Words = ()
    default_tier: str = "Gen-2.5-Medium"
    default_format: str = "glb"
    poll_min_s: float = Field(default=5.0, gt=0, le=LONGEST_WAIT_S)
    poll_max_s: float = Field(default=30.0, gt=0, le=LONGEST_WAIT_S)
    poll_deadline_s: float = Field(default=1200.0, gt=0, le=LONGEST_DEADLINE_S)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    channel_daily_credits: Credits = None
    total_daily_credits: Credits = None
    user_max_waiting: int = Field(default=20, ge=1)
    max_waiting: int = Field(default=500, ge=1)
    presets_file: Text = None
    low_balance_credits: Decimal = Field(default=Decimal(10), ge=0)
    previews: Previews = Previews.TURNTABLE
    operator_channel: Annotated[
        OperatorChannel | None, NoDecode, BeforeValidator(_channel), BeforeValidator(_blank_is_absent)
    ] = None

    @field_validator("log_level", "log_format", "previews", mode="before")
    @classmethod
    def _any_case(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("port", mode="before")
    @classmethod
    def _blank_port(cls, value: Any) -> Any:
        return _blank_is_absent(value)

    @field_validator("rodin_api_url")
    @classmethod
    def _safe_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme == "https" and parts.hostname:
            return value.rstrip("/")
        if parts.scheme == "http" and is_loopback(parts.hostname):
            return value.rstrip("/")
        raise ValueError("must be an https:// address (http:// only on this machine), since it carries the API key")

    @field_validator("public_url")
    @classmethod
    def _reachable_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value.strip())
        is_more = parts.query or parts.fragment or parts.username
        if parts.scheme in {"http", "https"} and parts.hostname and not is_more:
            return value.strip().rstrip("/")
        raise ValueError("must be the address where browsers reach the web pages, like https://rodin.example.org")

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value().strip()) < LEAST_SECRET_CHARACTERS:
            raise ValueError(
                f"must have at least {LEAST_SECRET_CHARACTERS} characters, since it signs links. "
                "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
            )
        return value

    @field_validator("default_tier")
    @classmethod
    def _known_tier(cls, value: str) -> str:
        if value not in TIERS:
            raise ValueError(f"is not a tier of Rodin. Choose one of {', '.join(TIERS)}")
        return value

    @field_validator("default_format")
    @classmethod
    def _known_format(cls, value: str) -> str:
        if value not in FORMATS:
            raise ValueError(f"is not a format of Rodin. Choose one of {', '.join(FORMATS)}")
        return value

    @field_validator("poll_min_s")
    @classmethod
    def _not_too_close(cls, value: float, info: ValidationInfo) -> float:
        url = info.data.get("rodin_api_url")  # absent when it was refused itself
        if value < POLL_FLOOR_S and url is not None and not is_loopback(urlsplit(url).hostname):
            raise ValueError(f"must be at least {POLL_FLOOR_S:g}: Rodin asks clients not to poll closer")
        return value

    @field_validator("poll_max_s")
    @classmethod
    def _not_below_least(cls, value: float, info: ValidationInfo) -> float:
        if value < info.data.get("poll_min_s", 0.0):
            raise ValueError("must not be smaller than POLL_MIN_S")
        return value

    @property
    def tells_where_words_go(self) -> bool:
        """Whether the first task of a server says that words and pictures go to Hyper3D."""
        return True

    @property
    def pace(self) -> Pace:
        """Return the waiting rules. Shorter ones than Rodin asks for scale the other waits with them."""
        speed = max(1.0, POLL_FLOOR_S / self.poll_min_s)
        scaled = Pace().at_speed(speed)
        return Pace(
            min_s=self.poll_min_s,
            max_s=self.poll_max_s,
            deadline_s=self.poll_deadline_s,
            full_s=scaled.full_s,
            render_s=scaled.render_s,
            settle_s=scaled.settle_s,
            speed=speed,
        )

    @property
    def web_host(self) -> str:
        """Return where the web part listens: everywhere when a host platform sets PORT, else only here."""
        return self.host or ("127.0.0.1" if self.port is None else "0.0.0.0")  # noqa: S104 - what hosts expect

    @property
    def web_port(self) -> int:
        """Return the web part's port."""
        return self.port or 8080

    def secrets(self) -> tuple[str, ...]:
        """Return every secret value that is set, for the log's redaction."""
        values = (getattr(self, name) for name in type(self).model_fields)
        found = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
        if password := _password(self.database_url):
            found += [password, unquote(password)]
        return tuple(dict.fromkeys(found))


def is_loopback(host: str | None) -> bool:
    """Say whether a host name or address means this machine."""
    if host is None:
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _password(url: str) -> str | None:
    """Return the password in an address; None where the address is none, which `storage` says better."""
    try:
        return urlsplit(url).password
    except ValueError:
        return None


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; `overrides` by field name win over the environment.

    Raises:
        BadSettings: naming every variable that cannot be used, and never its value where it is a secret.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise BadSettings(*(_problem(dict(one)) for one in error.errors(include_url=False))) from None


def require_key(settings: Settings) -> str:
    """Return the API key.

    Raises:
        BadSettings: there is none; says where to get one and that the demo needs none.
    """
    if settings.rodin_api_key is None:
        raise BadSettings(KEY_HELP)
    return settings.rodin_api_key.get_secret_value()


def _problem(error: dict[str, Any]) -> str:
    name = ".".join(str(part) for part in error["loc"]).upper()
    message = str(error["msg"]).removeprefix("Value error, ").replace("Input should be", "must be")
    return f"{name} {_lower_first(message)}." if name else f"{message}."


def _lower_first(words: str) -> str:
    return words[:1].lower() + words[1:]
