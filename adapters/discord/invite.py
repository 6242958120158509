"""Which rights the bot needs on Discord and why, and the link that asks for exactly these."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from urllib.parse import urlencode

import discord

INVITE = "https://discord.com/oauth2/authorize"
SCOPES = ("bot", "applications.commands")


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One right: `name` is discord.py's, `title` the one that Discord shows, `why` ends in no full stop."""

    name: str
    title: str
    why: str


RIGHTS = (
    Right(name="view_channel", title="View Channels", why="to see the channel in which it is asked"),
    Right(name="send_messages", title="Send Messages", why="to post the message that a thread hangs on"),
    Right(name="create_public_threads", title="Create Public Threads", why="to give each model a thread of its own"),
    Right(
        name="send_messages_in_threads",
        title="Send Messages in Threads",
        why="to show progress and the finished model there",
    ),
    Right(name="embed_links", title="Embed Links", why="to show the bar and the picture in a frame, not as bare text"),
    Right(name="attach_files", title="Attach Files", why="to hand over the picture and the model as files"),
    Right(
        name="read_message_history",
        title="Read Message History",
        why="to find its own messages again after a crash instead of posting them twice",
    ),
)
"""Everything the bot asks for; nothing else."""

TITLES = {right.name: right.title for right in RIGHTS}


def permissions() -> discord.Permissions:
    """Return the rights as one number."""
    return discord.Permissions(**dict.fromkeys(TITLES, True))


def invite_link(application_id: int | str) -> str:
    """Return the address at which an administrator lets the bot into a server."""
    query = {
        "client_id": str(application_id),
        "scope": " ".join(SCOPES),
        "permissions": str(permissions().value),
        "integration_type": "0",
    }
    return f"{INVITE}?{urlencode(query)}"


def application_id_of(token: str) -> int | None:
    """Read the application's id out of a bot token, whose first part is that number; None when it is none."""
    head = token.strip().removeprefix("Bot ").partition(".")[0]
    try:
        return int(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)).decode("ascii"))
    except (binascii.Error, ValueError):
        return None


def manifest_text(application_id: int | str | None) -> str:
    """Return what `rodin-bot manifest discord` prints: the invite link, and every right with its reason."""
    known = application_id is not None
    width = max(len(right.title) for right in RIGHTS)
    lines = [
        "Let the bot into a server with this link (you need the right Manage Server there):",
        "",
        f"  {invite_link(application_id if application_id is not None else 'APPLICATION_ID')}",
        "",
    ]
    if not known:
        lines += [
            "Put your application's id in place of APPLICATION_ID; it stands on the page General Information of",
            "https://discord.com/developers/applications. With DISCORD_TOKEN set it is filled in here.",
            "",
        ]
    lines += ["It asks for these rights and no others:", ""]
    lines += [f"  {right.title:<{width}}  {right.why}" for right in RIGHTS]
    lines += [
        "",
        "No privileged intent is needed: leave all three switches on the page Bot off. To let people use the bot in",
        "servers that it is not in, allow the installation context User Install on the page Installation.",
    ]
    return "\n".join(lines) + "\n"
