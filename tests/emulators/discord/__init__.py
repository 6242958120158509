"""A Discord for tests: REST, gateway and CDN over real HTTP and WebSocket, with hands for people and for trouble.

Usage, with the bot in a process of its own::

    async with discord_stand_in(tmp_path) as discord:
        guild = discord.guild("Makers")                       # the bot is in it; bot=False for one where it is not
        general = guild.text_channel("general")               # also forum(), voice_channel()
        ann = guild.member("Ann")                             # admin=True, locale="de"
        env = {"DISCORD_TOKEN": discord.token, "DISCORD_API_URL": discord.api_url, ...}
        ...start the process...
        await discord.connected()
        await discord.until(lambda: discord.commands())       # registered commands; commands(guild) for one server

        answer = await ann.command(general, "rodin generate", prompt="a pot", image1=upload(png, "pot.png"))
        await answer.acknowledged()                           # answer.ack_after_s, .deferred, .ephemeral
        await answer.shows("Queued")                          # or .message .text .followups .modal .choices .failed

        [thread] = discord.threads(general)
        done = await discord.until(lambda: [m for m in discord.messages(thread) if "ready" in m.text])
        done[0].text, .buttons, .links, .files, .file("pot.glb").content, .pings, .edits, .embeds, .components

What people do (`people.Person`): `command`, `autocomplete(channel, "rodin show", "task", "ab")`, `menu("Make 3D model",
message)`, `click(message, "Cancel")`, `choose(message, "Quick")`, `submit(answer.modal, {"Prompt": "...", "Pictures":
[upload(...)]})`, `write(thread, f"{discord.bot.mention} make it red", files=[...], reply_to=...)`, `dm("...")`, `edit`,
`dismiss`, `sees(channel)`, `notifications`, `install()` (user-installed), `block_messages()`, `direct`,
`direct_with(other)`. What a client would not let them do raises `Impossible`.

What a server's keeper does (`places.Server`): `deny(channel, discord.bot, "attach_files")`, `allow`, `role`, `give`,
`everyone_may_not`, `kick_bot`, `invite_bot`, `delete(channel)`, `archive(thread, locked=True)`, `boost(2)`.

Trouble: `discord.fail("PATCH", "/channels/*/messages/*", status=429, retry_after_s=0.2, times=3)`;
`held = discord.hold("POST", "/channels/*/messages", when="after")`, `request = await held`, kill the bot,
`held.drop()`; `drop_gateway(resumable=False)`, `ask_to_reconnect()`, `invalidate_session()`, `advance(seconds)`,
`expire_attachment(message.file("a.png"))`, `delete_message(message)`.

A pattern is a route's template or a regular expression for the whole path, in which a `*` by itself stands for one
part. A failure or hold that no request ever met fails the test at its end.

What was asked: `discord.requests` (method, route, path, body, files, status), `requests_to(method, pattern)`,
`limits.violations(request)`, `discord.gateway_log`. Unknown routes, fields and parameters end up in
`discord.complaints`, and then the test fails at its end.

For a client in the test itself: `discord.http.Route.BASE` and `discord.asset.Asset.BASE` are class attributes
(`api_url`, `cdn_url`), and after an invalid session discord.py 2.7 goes to `DiscordWebSocket.DEFAULT_GATEWAY`
(`gateway_url`), five seconds later unless `before_identify_hook` is overridden.

README.md lists what is emulated; a test compares it with the routes.
"""

from tests.emulators.discord.answers import NO_RESPONSE, Answer, Modal
from tests.emulators.discord.commands import Impossible
from tests.emulators.discord.limits import violations
from tests.emulators.discord.model import Attachment, Channel, Message, Upload
from tests.emulators.discord.people import Person
from tests.emulators.discord.places import Server
from tests.emulators.discord.requests import Request
from tests.emulators.discord.stand import DiscordStandIn, discord_stand_in, upload
from tests.emulators.discord.trouble import Hold
from tests.emulators.discord.world import TOKEN

__all__ = [
    "NO_RESPONSE",
    "TOKEN",
    "Answer",
    "Attachment",
    "Channel",
    "DiscordStandIn",
    "Hold",
    "Impossible",
    "Message",
    "Modal",
    "Person",
    "Request",
    "Server",
    "Upload",
    "discord_stand_in",
    "upload",
    "violations",
]
