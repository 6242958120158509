"""Messages: slack_sdk's client posts, changes and reads, and a member sees the truth."""

import pytest
from slack_sdk.errors import SlackApiError

from tests.emulators.slack import MemberCannot, slack_stand_in
from tests.emulators.slack.sample_bot import client_of

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*half* done & dusted"}}
BUTTONS = {
    "type": "actions",
    "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Cancel"}, "action_id": "cancel"}],
}


@pytest.fixture
def client(slack, team):
    return client_of(slack, team)


async def test_a_member_reads_the_blocks_and_the_phone_shows_the_text(slack, general, client):
    await client.chat_postMessage(channel=general.id, text="50 %", blocks=[SECTION, BUTTONS])

    [seen] = slack.messages(general)
    assert (seen.text, seen.notification, seen.buttons) == ("*half* done & dusted", "50 %", ("Cancel",))


async def test_an_update_without_blocks_removes_the_blocks_and_marks_the_message_as_edited(slack, general, client):
    posted = await client.chat_postMessage(channel=general.id, text="50 %", blocks=[SECTION, BUTTONS])

    await client.chat_update(channel=general.id, ts=posted["ts"], text="done")

    [seen] = slack.messages(general)
    assert (seen.text, seen.buttons, seen.edited) == ("done", (), True)
    assert seen.edits == ("*half* done & dusted",)


async def test_an_update_with_blocks_is_not_marked(slack, general, client):
    posted = await client.chat_postMessage(channel=general.id, text="0 %")

    await client.chat_update(channel=general.id, ts=posted["ts"], text="50 %", blocks=[SECTION])

    assert slack.messages(general)[0].edited is False


@pytest.mark.parametrize(
    ("text", "pings"),
    [
        ("<!channel> <!here|here> <@{ann}>", ("channel", "here", "Ann")),
        ("&lt;!channel&gt; &lt;@{ann}&gt; @channel @ann", ()),
        ("<@U123> <!subteam^S1|@smiths>", ("U123", "subteam")),
    ],
)
async def test_pings_are_those_that_slack_would_send(slack, team, general, client, text, pings):
    ann = team.member("Ann")

    await client.chat_postMessage(channel=general.id, text=text.format(ann=ann.id))

    assert slack.messages(general)[0].pings == pings


async def test_blocks_ping_too_and_plain_text_in_them_does_not(slack, team, general, client):
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "<!channel>"}},
        {"type": "section", "text": {"type": "plain_text", "text": "<!here>"}},
    ]

    await client.chat_postMessage(channel=general.id, text="hello", blocks=blocks)

    assert slack.messages(general)[0].pings == ("channel",)


async def test_linked_names_ping(slack, team, general, client):
    team.member("Ann")

    await client.chat_postMessage(channel=general.id, text="@ann @channel @nobody", link_names=True)

    assert slack.messages(general)[0].pings == ("Ann", "channel")


async def test_an_edit_pings_nobody(slack, general, client):
    posted = await client.chat_postMessage(channel=general.id, text="hello")

    await client.chat_update(channel=general.id, ts=posted["ts"], text="<!channel>")

    assert slack.messages(general)[0].pings == ()


async def test_replies_stand_in_their_thread_and_a_broadcast_in_the_channel_too(slack, general, client):
    root = await client.chat_postMessage(channel=general.id, text="root")
    await client.chat_postMessage(channel=general.id, thread_ts=root["ts"], text="reply")
    await client.chat_postMessage(channel=general.id, thread_ts=root["ts"], text="loud", reply_broadcast=True)

    assert [m.text for m in slack.messages(general)] == ["root", "loud"]
    assert [m.text for m in slack.messages(general, thread=root["ts"])] == ["reply", "loud"]
    assert slack.messages(general)[0].reply_count == 2


async def test_metadata_is_read_back_only_when_asked_for(general, client):
    mark = {"event_type": "rodin_task", "event_payload": {"task": "t1", "revision": 3}}
    root = await client.chat_postMessage(channel=general.id, text="root", metadata=mark)

    plain = await client.conversations_replies(channel=general.id, ts=root["ts"])
    full = await client.conversations_replies(channel=general.id, ts=root["ts"], include_all_metadata=True)

    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == mark


async def test_an_update_keeps_metadata_that_it_does_not_name_and_an_empty_one_removes_it(slack, general, client):
    mark = {"event_type": "rodin_task", "event_payload": {"task": "t1"}}
    root = await client.chat_postMessage(channel=general.id, text="root", metadata=mark)

    await client.chat_update(channel=general.id, ts=root["ts"], text="still")
    kept = slack.messages(general)[0].metadata
    await client.chat_update(channel=general.id, ts=root["ts"], text="still", metadata={})

    assert kept == mark
    assert slack.messages(general)[0].metadata is None


async def test_history_comes_newest_first_in_pages(general, client):
    for number in range(5):
        await client.chat_postMessage(channel=general.id, text=str(number))

    first = await client.conversations_history(channel=general.id, limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_history(channel=general.id, limit=3, cursor=cursor)

    assert [m["text"] for m in first["messages"]] == ["4", "3", "2"]
    assert first["has_more"] is True
    assert [m["text"] for m in second["messages"]] == ["1", "0"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"oldest": "noon"}, "invalid_ts_oldest"),
        ({"cursor": "next:x"}, "invalid_cursor"),
        ({"limit": "x"}, "invalid_arg"),
    ],
)
async def test_history_refuses_what_it_cannot_read(general, client, arguments, error):
    await client.chat_postMessage(channel=general.id, text="x")

    with pytest.raises(SlackApiError, match=error):
        await client.conversations_history(channel=general.id, **arguments)


async def test_history_has_an_oldest_and_a_latest_moment(general, client):
    stamps = [(await client.chat_postMessage(channel=general.id, text=str(number)))["ts"] for number in range(4)]
    span = {"channel": general.id, "oldest": stamps[0], "latest": stamps[3]}

    between = await client.conversations_history(**span)
    inclusive = await client.conversations_history(**span, inclusive=True)

    assert [m["text"] for m in between["messages"]] == ["2", "1"]
    assert [m["text"] for m in inclusive["messages"]] == ["3", "2", "1", "0"]


async def test_deleting_a_root_with_replies_leaves_a_stone(slack, general, client):
    root = await client.chat_postMessage(channel=general.id, text="root")
    await client.chat_postMessage(channel=general.id, thread_ts=root["ts"], text="reply")

    await client.chat_delete(channel=general.id, ts=root["ts"])

    assert slack.messages(general)[0].deleted
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_update(channel=general.id, ts=root["ts"], text="back")


async def test_an_ephemeral_message_is_seen_by_one_and_cannot_be_updated(slack, team, general, client):
    ann, bob = team.member("Ann"), team.member("Bob")

    sent = await client.chat_postEphemeral(channel=general.id, user=ann.id, text="psst")

    assert [m.text for m in ann.ephemerals] == ["psst"]
    assert bob.ephemerals == ()
    assert slack.messages(general) == []
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_update(channel=general.id, ts=sent["message_ts"], text="louder")


async def test_a_persons_id_stands_for_their_direct_messages(slack, team, client):
    ann = team.member("Ann")

    await client.chat_postMessage(channel=ann.id, text="hello")

    assert [m.text for m in slack.messages(ann.im)] == ["hello"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"archived": True}, "is_archived"),
        ({"read_only": True}, "restricted_action"),
        ({"thread_only": True}, "restricted_action_thread_only_channel"),
        ({"present": set()}, "not_in_channel"),
    ],
)
async def test_where_the_bot_may_not_post_it_is_told_why(general, client, change, error):
    for name, value in change.items():
        setattr(general, name, value)

    with pytest.raises(SlackApiError, match=f"'{error}'"):
        await client.chat_postMessage(channel=general.id, text="hello")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C404"}, "channel_not_found"),
        ({"thread_ts": "1.2"}, "thread_not_found"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": ""}, "no_text"),
        ({"metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"metadata": {"event_type": "x", "event_payload": {"a": "x" * 20_000}}}, "metadata_too_large"),
        ({"username": "Somebody"}, "missing_scope"),
    ],
)
async def test_a_wrong_post_is_refused(general, client, arguments, error):
    with pytest.raises(SlackApiError, match=f"'{error}'"):
        await client.api_call("chat.postMessage", json={"channel": general.id, "text": "hello", **arguments})


async def test_a_reply_to_a_reply_is_refused(general, client):
    root = await client.chat_postMessage(channel=general.id, text="root")
    reply = await client.chat_postMessage(channel=general.id, thread_ts=root["ts"], text="reply")

    with pytest.raises(SlackApiError, match="cannot_reply_to_message"):
        await client.chat_postMessage(channel=general.id, thread_ts=reply["ts"], text="deeper")


async def test_an_update_is_refused_for_others_words_and_for_long_ones(team, general, client):
    written = await team.member("Ann").write(general, "mine")
    own = await client.chat_postMessage(channel=general.id, text="bot's")

    with pytest.raises(SlackApiError, match="cant_update_message"):
        await client.chat_update(channel=general.id, ts=written.message.ts, text="x")
    with pytest.raises(SlackApiError, match="msg_too_long"):
        await client.chat_update(channel=general.id, ts=own["ts"], text="x" * 4_001)


async def test_a_private_channel_without_the_bot_does_not_exist_for_it(team, client):
    secret = team.channel("secret", private=True, bot_in=False)

    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.chat_postMessage(channel=secret.id, text="hello")


async def test_direct_messages_are_opened_with_people_only(team, client):
    ann = team.member("Ann")

    opened = await client.conversations_open(users=ann.id)

    assert opened["channel"]["id"] == ann.im.id
    with pytest.raises(SlackApiError, match="cannot_dm_bot"):
        await client.conversations_open(users=team.bot.id)
    with pytest.raises(SlackApiError, match="user_not_found"):
        await client.conversations_open(users="U404")


async def test_joining_lets_the_bot_in(team, client):
    club = team.channel("club", bot_in=False)

    await client.conversations_join(channel=club.id)

    assert (await client.conversations_info(channel=club.id))["channel"]["is_member"] is True


async def test_a_missing_scope_says_what_is_needed_and_what_is_there(team, general, client):
    team.scopes = ["chat:write"]

    with pytest.raises(SlackApiError) as refused:
        await client.conversations_history(channel=general.id)

    assert refused.value.response["error"] == "missing_scope"
    assert (refused.value.response["needed"], refused.value.response["provided"]) == ("channels:history", "chat:write")


async def test_the_scopes_of_a_token_stand_in_the_headers(team, client):
    team.scopes = ["chat:write", "commands"]

    answer = await client.auth_test()

    assert answer.headers["X-OAuth-Scopes"] == "chat:write,commands"
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == (team.id, team.bot.id, team.bot_id)


async def test_tokens_are_checked(slack, team):
    with pytest.raises(SlackApiError, match="invalid_auth"):
        await client_of(slack, team, token="xoxb-wrong").auth_test()
    team.revoke()
    with pytest.raises(SlackApiError, match="token_revoked"):
        await client_of(slack, team).auth_test()


async def test_an_unknown_method_or_argument_is_refused_and_fails_the_test_at_its_end(client, slack, general):
    with pytest.raises(SlackApiError, match="unknown_method"):
        await client.api_call("chat.shout")
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.chat_postMessage(channel=general.id, text="x", volume=11)

    assert slack.forgive("unknown method chat.shout")
    assert slack.forgive("chat.postMessage does not know volume")


async def shout(slack):
    team = slack.workspace("Makers")
    with pytest.raises(SlackApiError):
        await client_of(slack, team).api_call("chat.shout")


async def test_complaints_fail_the_test_when_the_stand_in_closes():
    with pytest.raises(AssertionError, match=r"unknown method chat\.shout"):
        await use_stand_in(shout)


async def test_a_failing_test_keeps_its_own_reason():
    async def fail(slack):
        await shout(slack)
        raise LookupError("the test's own")

    with pytest.raises(LookupError, match="the test's own"):
        await use_stand_in(fail)


async def use_stand_in(use):
    async with slack_stand_in() as slack:
        await use(slack)


async def test_a_permalink_leads_to_the_message(general, client):
    posted = await client.chat_postMessage(channel=general.id, text="x")

    link = await client.chat_getPermalink(channel=general.id, message_ts=posted["ts"])

    assert link["permalink"].endswith(f"/archives/{general.id}/p{posted['ts'].replace('.', '')}")


async def test_a_member_cannot_write_where_they_are_not(team):
    secret = team.channel("secret", private=True)

    with pytest.raises(MemberCannot, match="Ann is not in secret"):
        await team.member("Ann").write(secret, "hello")


async def test_an_assistant_status_goes_after_two_minutes_and_with_the_next_message(slack, general, client):
    root = await client.chat_postMessage(channel=general.id, text="root")
    await client.assistant_threads_setStatus(channel_id=general.id, thread_ts=root["ts"], status="is sculpting…")
    shown = slack.status(general, root["ts"])
    await slack.advance(121)
    gone = slack.status(general, root["ts"])

    assert (shown, gone) == ("is sculpting…", "")


async def test_a_reaction_can_be_given_once_and_taken_back(slack, general, client):
    root = await client.chat_postMessage(channel=general.id, text="root")
    await client.reactions_add(channel=general.id, timestamp=root["ts"], name="eyes")
    with pytest.raises(SlackApiError, match="already_reacted"):
        await client.reactions_add(channel=general.id, timestamp=root["ts"], name="eyes")
    shown = slack.messages(general)[0].reactions
    await client.reactions_remove(channel=general.id, timestamp=root["ts"], name="eyes")

    assert (shown, slack.messages(general)[0].reactions) == (("eyes",), ())


async def test_people_bots_and_workspaces_can_be_looked_up(team, general, client):
    ann = team.member("Ann", admin=True, locale="de-DE")

    user = (await client.users_info(user=ann.id, include_locale=True))["user"]
    people = (await client.conversations_members(channel=general.id))["members"]
    rooms = (await client.users_conversations(types="public_channel"))["channels"]

    assert (user["is_admin"], user["locale"]) == (True, "de-DE")
    assert ann.id in people
    assert [room["name"] for room in rooms] == ["general"]
    assert (await client.team_info())["team"]["name"] == "Makers"
    assert (await client.bots_info(bot=team.bot_id))["bot"]["user_id"] == team.bot.id
