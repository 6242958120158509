"""A bot in another process, killed in mid-flight and started again."""

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BOT = """
import asyncio, os
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

# Without `process_before_response` Bolt acknowledges an event before anybody has looked at it.
app = AsyncApp(
    client=AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
    process_before_response=True,
)

@app.event("app_mention")
async def mention(event, say):
    await say("on it", thread_ts=event["ts"])

async def main():
    await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start_async()

asyncio.run(main())
"""


@asynccontextmanager
async def running(environment):
    """Run the bot until the block ends; then, if it still lives, kill it."""
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-c", BOT, env={**os.environ, **environment}, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield bot
    finally:
        if bot.returncode is None:
            bot.send_signal(signal.SIGKILL)
        await bot.wait()


@pytest.mark.parametrize(("when", "posted"), [("before", 1), ("after", 2)])
async def test_a_bot_killed_at_a_held_call_gets_the_event_again_when_it_is_back(slack, when, posted):
    team = slack.workspace("Makers")
    general, ann = team.channel("general"), team.member("Ann")
    team.scopes.remove("channels:history")  # no `message` events beside the mention
    hold = slack.hold("chat.postMessage", when=when)

    async with running(slack.socket_environment(team)) as bot:
        await slack.connected()
        writing = asyncio.create_task(ann.write(general, "<@bot> a teapot"))
        await hold.arrived()
        bot.send_signal(signal.SIGKILL)
        await bot.wait()
        hold.drop()
        answer = await writing
    async with running(slack.socket_environment(team)):
        await slack.until(lambda: answer.acknowledged)

    [root] = slack.messages(general)
    assert [reply.text for reply in slack.messages(general, thread=root)] == ["on it"] * posted
    assert answer.deliveries[0].outcomes[0].failure == "connection_failed"
