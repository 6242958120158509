"""Tries whether people's browsers reach the web part, for `rodin-bot check`."""

from __future__ import annotations

import aiohttp

from bot.checkup import Finding

WHAT = "PUBLIC_URL"
PATIENCE_S = 10.0


async def check_public_url(url: str | None) -> tuple[Finding, ...]:
    """Ask the public address for a sign of life, from this machine, which may see it otherwise than a browser."""
    if url is None:
        advice = "Set it to where browsers reach the web part, and results get lasting links and a page."
        return (
            Finding(
                what=WHAT,
                is_good=True,
                found="not set: files are attached, links come from Rodin and die",
                advice=advice,
            ),
        )
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_S)) as session,
            session.get(f"{url}/healthz", allow_redirects=False) as answer,
        ):
            is_ours = answer.status == 200 and "alive" in await answer.text()
    except (TimeoutError, aiohttp.ClientError, UnicodeDecodeError) as error:
        found = f"{url} does not answer ({type(error).__name__})"
        return (_bad(found, "Start the bot (rodin-bot run), or look at the proxy and the name."),)
    if is_ours:
        return (Finding(what=WHAT, is_good=True, found=f"{url} is this bot's web part"),)
    return (_bad(f"{url}/healthz answers {answer.status}, not as this bot does", "Let the proxy lead to HOST:PORT."),)


def _bad(found: str, advice: str) -> Finding:
    return Finding(what=WHAT, is_good=False, found=found, advice=advice)
