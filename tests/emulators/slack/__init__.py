"""A stand-in for Slack over real HTTP and WebSocket, living in the test's process.

A bot speaks to it with slack-bolt as to Slack itself: Web API, Socket Mode, signed HTTP, files, OAuth. The test
has members as its hands and reads what they see. What is emulated stands in this package's README.md.

Usage:

    async with slack_stand_in(manifest) as slack:           # the bot's own manifest; a sample without
        team = slack.workspace("Makers")                    # the app is in it; `installed=False` for OAuth
        general = team.channel("general")                   # `private=`, `bot_in=`; .archived .read_only .connect
        ann = team.member("Ann", admin=False)
        bot = start("rodin-bot run", slack.socket_environment(team))
        await slack.connected()

        answer = await ann.command(general, "/rodin a brass teapot --preset print")
        assert answer.ack_s < 1                             # .acknowledged, .complaint, .ephemerals, .text, .view
        [root] = await slack.until(lambda: slack.messages(general))
        assert "teapot" in root.text                        # .buttons .images .files .edits .pings .metadata
        result = (await slack.until(lambda: slack.messages(general, thread=root)))[-1]
        await ann.click(result, "Again")                    # by words or action id

Doing: `command`, `write` (`<@bot>` mentions; `files=[upload(png, "pot.png")]`, `thread=root`), `dm`, `shortcut(name,
message)`, `click`, `choose`, `submit(view, {"Prompt": "…"}, files=[…])`, `close`, `open_home`, `post_link`,
`install(url)`, `uninstall`. Each returns when the bot has acknowledged, or has failed to; `asyncio.create_task` it to
look in between. What a person cannot do in Slack raises `MemberCannot`. People type text, Slack escapes it;
`verbatim=True` sends markup as it is, for the worst case. A subscribed event without a listener is never acknowledged
by Bolt over Socket Mode: it is sent twice, three seconds each (`slack.outbox.patience_s`), before `write` returns.

Seeing: `slack.messages(channel, thread=…)`, `ann.ephemerals`, `ann.view`, `ann.home`, `slack.status(channel, root)`,
`slack.transcript()`, and `await slack.until(lambda: …, timeout_s=…)`, which looks after every change.

The manifest decides which commands and shortcuts exist, which events are sent, and which scopes a token has;
`team.scopes` may be changed at any time.

HTTP: start the bot with `slack.http_environment(team)` (or without a team, for OAuth), then
`await slack.deliver_over_http("http://127.0.0.1:PORT/slack/events")`; `verify_url()`, `post_forged(delivery,
secret="wrong")`, `post_forged(delivery, age_s=600)`. For OAuth the page to send people to is `/oauth/v2/authorize` at
the address of `/api/`; `page = await ann.install("http://127.0.0.1:PORT/slack/install")` goes through it.

User groups: `team.group("makers", ann, ben)`; `ann.person.admin` and `.owner` may be changed at any time.

Trouble: `slack.fail("chat.update", team=…, status=429, retry_after_s=2, times=3)`, `error="is_archived"`, `status=500`;
`hold = slack.hold("chat.postMessage", when="before")`, `await hold.arrived()`, kill the bot there, `hold.drop()` or
`hold.release()`. `response_url`, `upload_url` and `file_download` can fail and be held like methods.
`slack.disconnect_socket("refresh_requested")`, `slack.cut_sockets()`, `slack.repeat(slack.deliveries[-1])`,
`await slack.advance(seconds)`; unacknowledged events come again after a reconnection, when the clock is turned, and by
`retry_events()`. Commands and clicks never do: the member is told that they failed.

Requests: `slack.requests` and `slack.calls("chat.update", team=team)`, each with `method`, `arguments`, `error`;
`limits.violations(call)` judges one. An unknown method, argument or address is a complaint, and complaints fail the
test when the stand-in closes; `slack.forgive("words")` takes out those that a test provoked.
"""

from tests.emulators.slack.answers import Answer
from tests.emulators.slack.errors import MemberCannot
from tests.emulators.slack.eyes import SeenMessage, SeenView
from tests.emulators.slack.forms import Upload, upload
from tests.emulators.slack.limits import violations
from tests.emulators.slack.manifest import SAMPLE_MANIFEST
from tests.emulators.slack.members import Member
from tests.emulators.slack.records import Call, Channel
from tests.emulators.slack.stand_in import Slack, Team, slack_stand_in

__all__ = [
    "SAMPLE_MANIFEST",
    "Answer",
    "Call",
    "Channel",
    "Member",
    "MemberCannot",
    "SeenMessage",
    "SeenView",
    "Slack",
    "Team",
    "Upload",
    "slack_stand_in",
    "upload",
    "violations",
]
