"""Slack for `run` and `check`, out of the settings and the core. Imported where Slack is set up: its SDK is large."""

from __future__ import annotations

from adapters.slack.installations import Seals
from adapters.slack.platform import InstallationSupplies, SlackOptions, SlackPlatform, SlackSupplies
from adapters.slack.unfurls import Preview, PreviewOf
from adapters.web.links import SignedLinks
from bot.core import Core
from bot.settings import Settings


def slack_platform(core: Core) -> SlackPlatform:
    """Return the platform, which is not connected yet."""
    supplies = SlackSupplies(
        files=core.files,
        sends=core.sends,
        clock=core.clock,
        installations=slack_installations(core),
        preview_of=slack_previews(core),
    )
    return SlackPlatform(slack_options(core.settings), supplies)


def slack_options(settings: Settings) -> SlackOptions:
    """Return how to reach Slack. What is missing, the platform says."""
    secrets = (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    bot_token, app_token, signing_secret = (one.get_secret_value() if one else None for one in secrets)
    return SlackOptions(
        api_url=settings.slack_api_url,
        bot_token=bot_token,
        app_token=app_token,
        signing_secret=signing_secret,
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value() if settings.slack_client_secret else None,
        public_url=settings.public_url,
    )


def slack_installations(core: Core) -> InstallationSupplies | None:
    """Return where the tokens of many workspaces are kept; None without SECRET_KEY in the environment."""
    box = core.strongbox
    if box is None:
        return None
    return InstallationSupplies(reader=box.reader, writer=box.writer, seals=Seals(seal=box.seal, unseal=box.unseal))


def slack_previews(core: Core) -> PreviewOf | None:
    """Return what links to our pages unfold to in Slack; None without PUBLIC_URL, where nobody can follow them."""
    links, pages = core.links, f"{core.settings.public_url}/t/"
    if core.settings.public_url is None or not isinstance(links, SignedLinks):
        return None

    async def preview_of(url: str) -> Preview | None:
        claim = links.read(url.removeprefix(pages)) if url.startswith(pages) else None
        exhibit = await core.library.exhibit(claim.task_id) if claim is not None else None
        if claim is None or exhibit is None or exhibit.is_deleted or exhibit.generation != claim.generation:
            return None
        picture = links.file_url(claim.task_id, claim.generation, exhibit.poster) if exhibit.poster else None
        return Preview(title=exhibit.title, lines=exhibit.lines, picture_url=picture)

    return preview_of
