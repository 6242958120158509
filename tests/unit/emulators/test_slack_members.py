"""Members: what they type and click, as slack-bolt receives it."""

import asyncio

import pytest

from tests.emulators.slack import MemberCannot, upload
from tests.emulators.slack.sample_bot import bolt_app, client_of, over_socket
from tests.unit.emulators.block_kit import option, plain

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


@pytest.fixture
def app(slack, team):
    return bolt_app(slack, team)


async def test_a_message_shortcut_brings_the_message_and_its_files(slack, ann, general, app):
    got = []

    @app.shortcut("make_model")
    async def make(ack, shortcut, respond):
        got.append(shortcut)
        await ack()
        await respond("from that picture")

    @app.event("message")
    async def message():
        """Leave it."""

    @app.event("file_shared")
    async def shared():
        """Leave it."""

    async with over_socket(slack, app):
        written = await ann.write(general, "my pot", files=[upload(PNG, "pot.png")])
        answer = await ann.shortcut("Make 3D model", written.message)
        await slack.until(lambda: answer.ephemerals)

    assert got[0]["type"] == "message_action"
    assert [file["name"] for file in got[0]["message"]["files"]] == ["pot.png"]
    assert answer.text == "from that picture"


async def test_a_shortcut_of_another_name_is_not_in_the_menu(ann, general):
    written = await ann.write(general, "my pot")

    with pytest.raises(MemberCannot, match="no shortcut 'Make tea'"):
        await ann.shortcut("Make tea", written.message)


async def test_clicks_reach_the_bot_with_message_and_value_and_can_replace_it(slack, team, ann, general, app):
    actions = [{"type": "button", "text": plain("Cancel"), "action_id": "cancel", "value": "t1"}]
    got = []

    @app.action("cancel")
    async def cancel(ack, body, respond):
        await ack()
        got.append((body["actions"][0]["value"], body["message"]["ts"], body["container"]["channel_id"]))
        await respond("cancelled", replace_original=True)

    async with over_socket(slack, app):
        posted = await client_of(slack, team).chat_postMessage(
            channel=general.id, text="0 %", blocks=[{"type": "actions", "elements": actions}]
        )
        [seen] = slack.messages(general)
        await ann.click(seen, "Cancel")
        await slack.until(lambda: slack.messages(general)[0].text == "cancelled")

    assert got == [("t1", posted["ts"], general.id)]
    assert ann.ephemerals == ()


async def test_a_button_on_a_private_answer_works_without_the_message(slack, ann, general, app):
    button = {"type": "button", "text": plain("Fresh links"), "action_id": "links"}
    got = []

    @app.command("/rodin")
    async def rodin(ack, respond):
        await ack()
        await respond("here", blocks=[{"type": "actions", "elements": [button]}])

    @app.action("links")
    async def links(ack, body, respond):
        await ack()
        got.append("message" in body)
        await respond(delete_original=True)

    async with over_socket(slack, app):
        answer = await ann.command(general, "/rodin list")
        [private] = await slack.until(lambda: answer.ephemerals)
        await ann.click(private, "links")
        await slack.until(lambda: not ann.ephemerals)

    assert got == [False]


async def test_a_response_url_takes_five_posts_within_half_an_hour(slack, ann, general, app):
    statuses = []

    @app.command("/rodin")
    async def rodin(ack, respond, command):
        await ack()
        if command["text"] == "late":
            await slack.advance(1_801)
        statuses.append([(await respond(str(number))).status_code for number in range(6)])

    async with over_socket(slack, app):
        answer = await ann.command(general, "/rodin list")
        await slack.until(lambda: statuses)
        await ann.command(general, "/rodin late")
        await slack.until(lambda: len(statuses) == 2)

    assert statuses == [[200] * 5 + [404], [404] * 6]
    assert answer.response_url_uses == 5


async def test_an_answer_in_the_channel_is_seen_by_everybody(slack, ann, general, app):
    @app.command("/rodin")
    async def rodin(ack):
        await ack("for all", response_type="in_channel")

    async with over_socket(slack, app):
        await ann.command(general, "/rodin help")

    assert [message.text for message in slack.messages(general)] == ["for all"]


async def test_a_menu_is_chosen_from(slack, team, ann, general, app):
    menu = {"type": "static_select", "action_id": "format", "options": [option("STL", "stl"), option("GLB", "glb")]}
    got = []

    @app.action("format")
    async def chosen(ack, action):
        got.append(action["selected_option"]["value"])
        await ack()

    async with over_socket(slack, app):
        await client_of(slack, team).chat_postMessage(
            channel=general.id, text="x", blocks=[{"type": "actions", "elements": [menu]}]
        )
        await ann.choose(slack.messages(general)[0], "format", "STL")

    assert got == ["stl"]


async def test_direct_messages_are_events_without_a_mention(slack, ann, app):
    got = []

    @app.event("message")
    async def message(event):
        got.append((event["channel_type"], event["text"]))

    async with over_socket(slack, app):
        answer = await ann.dm("a teapot & <!channel>")

    assert got == [("im", "a teapot &amp; &lt;!channel&gt;")]
    assert [delivery.event_type for delivery in answer.deliveries] == ["message"]


async def test_what_is_typed_is_escaped_and_verbatim_markup_is_not(slack, team, ann, general):
    typed = await ann.write(general, "<!channel> @here <@U1> & http://x.example")
    worst = await ann.write(general, "<!channel> <@U123>", verbatim=True)

    assert typed.posted.text == "&lt;!channel&gt; <!here> &lt;@U1&gt; &amp; <http://x.example>"
    assert typed.message.text == "<!channel> @here <@U1> & http://x.example"
    assert worst.message.pings == ("channel", "U123")


async def test_a_mention_in_a_thread_says_which_thread(slack, ann, general, app):
    got = []

    @app.event("app_mention")
    async def mention(event, say):
        got.append(event["thread_ts"])
        await say("on it", thread_ts=event["thread_ts"])

    @app.event("message")
    async def message():
        """Leave it."""

    async with over_socket(slack, app):
        root = (await ann.write(general, "my pot")).message
        await ann.write(general, "<@bot> make it red", thread=root)
        await slack.until(lambda: len(slack.messages(general, thread=root)) == 2)

    assert got == [root.ts]
    assert slack.messages(general, thread=root)[-1].text == "on it"


async def test_links_of_the_apps_domain_are_told_and_unfurled(slack, team, ann, general, app):
    unfurled = asyncio.Event()

    @app.event("link_shared")
    async def shared(event, client):
        block = {"type": "section", "text": {"type": "mrkdwn", "text": "a pot"}}
        address = event["links"][0]["url"]
        await client.chat_unfurl(
            unfurl_id=event["unfurl_id"], source=event["source"], unfurls={address: {"blocks": [block]}}
        )
        unfurled.set()

    @app.event("message")
    async def message():
        """Leave it."""

    async with over_socket(slack, app):
        other = await ann.post_link(general, "https://elsewhere.example/t/1")
        answer = await ann.post_link(general, "https://models.example/t/1")
        await asyncio.wait_for(unfurled.wait(), 5)

    assert [delivery.event_type for delivery in other.deliveries] == ["message"]
    assert answer.message.unfurls == ("a pot",)


async def test_the_app_home_shows_what_was_published_and_its_buttons_work(slack, ann, app):
    clicked = []

    @app.event("app_home_opened")
    async def opened(event, client):
        button = {"type": "button", "text": plain("New model"), "action_id": "new"}
        blocks = [{"type": "header", "text": plain("Your models")}, {"type": "actions", "elements": [button]}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.action("new")
    async def new(ack, body):
        clicked.append(body["view"]["type"])
        await ack()

    async with over_socket(slack, app):
        await ann.open_home()
        home = await slack.until(lambda: ann.home)
        await ann.click(home, "New model")

    assert (home.text, home.buttons) == ("Your models", ("New model",))
    assert clicked == ["home"]


async def test_words_in_the_acknowledgement_of_a_click_are_a_complaint(slack, team, ann, general, app):
    button = {"type": "button", "text": plain("Cancel"), "action_id": "cancel"}

    @app.action("cancel")
    async def cancel(ack):
        await ack("cancelled")

    async with over_socket(slack, app):
        await client_of(slack, team).chat_postMessage(
            channel=general.id, text="0 %", blocks=[{"type": "actions", "elements": [button]}]
        )
        await ann.click(slack.messages(general)[0], "Cancel")

    assert slack.forgive("Slack ignores what the acknowledgement of a block_actions says")


async def test_what_a_member_does_not_see_they_cannot_click(slack, team, ann, general):
    client = client_of(slack, team)
    button = {"type": "button", "text": plain("Cancel"), "action_id": "cancel"}
    posted = await client.chat_postMessage(
        channel=general.id, text="0 %", blocks=[{"type": "actions", "elements": [button]}]
    )
    [seen] = slack.messages(general)
    await client.chat_delete(channel=general.id, ts=posted["ts"])

    with pytest.raises(MemberCannot, match="not there"):
        await ann.click(seen, "Cancel")
    with pytest.raises(MemberCannot, match="no button 'Again'"):
        await ann.click(seen, "Again")


async def test_a_mention_of_a_group_names_it_and_its_people_can_be_asked_for(slack, team, general, ann, app):
    makers = team.group("makers", ann)
    texts = []

    @app.event("message")
    async def heard(event):
        texts.append(event["text"])

    async with over_socket(slack, app):
        await ann.write(general, "hello @makers")
    bare = await client_of(slack, team).usergroups_list()
    full = await client_of(slack, team).usergroups_list(include_users=True)

    assert texts == [f"hello <!subteam^{makers.id}|@makers>"]
    assert "users" not in bare["usergroups"][0]
    assert (full["usergroups"][0]["handle"], full["usergroups"][0]["users"]) == ("makers", [ann.id])
