"""The methods about the app itself: who it is, how it connects, how it is installed and removed.

Source: docs.slack.dev, authentication/installing-with-oauth; reference/methods.
"""

from __future__ import annotations

from tests.emulators.slack.api import Context, method
from tests.emulators.slack.errors import Refused
from tests.emulators.slack.records import Json


@method("auth.test", caller="any")
async def auth_test(context: Context) -> Json:
    world = context.world
    if context.token == world.app_token:
        return {"app_name": world.settings.name, "app_id": world.app_id}
    team = context.team
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": team.bot.name,
        "team_id": team.id,
        "user_id": team.bot.id,
        "bot_id": team.bot_id,
        "is_enterprise_install": False,
    }


@method("auth.revoke", "test")
async def auth_revoke(context: Context) -> Json:
    if not context.flag("test"):
        context.outbox.remove_app(context.team)
    return {"revoked": not context.flag("test")}


@method("apps.uninstall", "client_id client_secret")
async def uninstall(context: Context) -> Json:
    world = context.world
    if (context.text("client_id"), context.text("client_secret")) != (world.client_id, world.client_secret):
        raise Refused("client_id_token_mismatch")
    context.outbox.remove_app(context.team)
    return {}


@method("apps.connections.open", caller="app")
async def open_connection(context: Context) -> Json:
    return {"url": context.outbox.socket.invite(context.world)}


@method("oauth.v2.access", "code redirect_uri client_id client_secret grant_type refresh_token", caller="client")
async def access(context: Context) -> Json:
    world = context.world
    name, secret = context.text("client_id"), context.text("client_secret")
    if context.client is not None:
        name, secret = context.client
    if name != world.client_id:
        raise Refused("invalid_client_id")
    if secret != world.client_secret:
        raise Refused("bad_client_secret")
    grant = context.outbox.oauth.redeem(world, context.text("code"), context.text("redirect_uri"))
    team = grant.person_team
    token = team.install()
    team.scopes = list(grant.scopes)
    world.changed()
    return {
        "access_token": token,
        "token_type": "bot",
        "scope": ",".join(grant.scopes),
        "bot_user_id": team.bot.id,
        "app_id": world.app_id,
        "team": {"id": team.id, "name": team.name},
        "enterprise": None,
        "authed_user": {"id": grant.person.id},
        "is_enterprise_install": False,
    }
