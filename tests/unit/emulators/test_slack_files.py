"""Files: the three steps of an upload, what comes later, downloads, and files of Slack Connect channels."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from tests.emulators.slack import upload
from tests.emulators.slack.sample_bot import bolt_app, client_of, over_socket

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


@pytest.fixture
def client(slack, team):
    return client_of(slack, team)


async def download(address, token):
    async with (
        aiohttp.ClientSession() as session,
        session.get(address, headers={"Authorization": f"Bearer {token}"}) as reply,
    ):
        return reply.status, reply.content_type, await reply.read()


async def test_an_uploaded_file_appears_in_its_thread_a_little_later(slack, general, client):
    root = await client.chat_postMessage(channel=general.id, text="root")
    await slack.process_files(hold=True)

    done = await client.files_upload_v2(
        file=PNG, filename="still.png", title="Still", alt_txt="a pot", channel=general.id, thread_ts=root["ts"]
    )
    early = slack.messages(general, thread=root["ts"])
    await slack.process_files(hold=False)
    [seen] = await slack.until(lambda: slack.messages(general, thread=root["ts"]))

    assert early == []
    assert done["file"]["mimetype"] == ""
    assert [(file.name, file.title, file.alt_text, file.content) for file in seen.files] == [
        ("still.png", "Still", "a pot", PNG)
    ]
    shares = (await client.files_info(file=done["file"]["id"]))["file"]["shares"]["public"][general.id]
    assert [(share["ts"], share["thread_ts"]) for share in shares] == [(seen.ts, root["ts"])]


async def test_sharing_is_told_as_an_event_which_bolt_keeps_from_the_bot_as_its_own_doing(slack, team, general, client):
    heard = []
    app = bolt_app(slack, team)

    @app.event("file_shared")
    async def shared(event):
        heard.append(event)

    async with over_socket(slack, app):
        done = await client.files_upload_v2(file=PNG, filename="a.png", channel=general.id)
        told = await slack.until(
            lambda: [d for d in slack.deliveries if d.event_type == "file_shared" and d.acknowledged]
        )

    assert told[0].payload["event"]["file_id"] == done["file"]["id"]
    assert told[0].payload["event"]["channel_id"] == general.id
    assert heard == []


async def test_a_picture_block_takes_a_file_only_once_slack_has_processed_it(slack, general, client):
    await slack.process_files(hold=True)
    done = await client.files_upload_v2(file=PNG, filename="a.png")
    block = {"type": "image", "slack_file": {"id": done["file"]["id"]}, "alt_text": "a pot"}

    with pytest.raises(SlackApiError, match="invalid slack file"):
        await client.chat_postMessage(channel=general.id, text="still", blocks=[block])
    await slack.process_files(hold=False)
    await slack.until(lambda: next(iter(slack.world.teams.values())).files[done["file"]["id"]].processed)
    await client.chat_postMessage(channel=general.id, text="still", blocks=[block])

    [seen] = slack.messages(general)
    assert [(image.alt_text, image.content) for image in seen.images] == [("a pot", PNG)]


async def test_a_picture_address_on_this_machine_must_answer_with_a_picture(slack, general, client):
    block = {"type": "image", "image_url": f"{slack.world.base_url}/oauth/v2/authorize", "alt_text": "a pot"}

    with pytest.raises(SlackApiError, match="downloading image failed"):
        await client.chat_postMessage(channel=general.id, text="still", blocks=[block])


@pytest.mark.parametrize("files", [[{"id": "F404"}], [{"title": "no id"}]])
async def test_completing_what_was_not_uploaded_is_refused(client, files):
    with pytest.raises(SlackApiError, match=r"file_not_found|invalid_arguments"):
        await client.files_completeUploadExternal(files=files)


async def test_bytes_of_another_length_are_refused_and_complete_nothing(client):
    place = await client.files_getUploadURLExternal(filename="a.png", length=3)

    async with aiohttp.ClientSession() as session, session.post(place["upload_url"], data=b"four") as reply:
        status = reply.status

    assert status == 400
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_completeUploadExternal(files=[{"id": place["file_id"]}])


async def test_a_persons_file_comes_with_the_event_and_its_bytes_want_the_token(slack, team, general):
    events = []
    app = bolt_app(slack, team)

    @app.event("app_mention")
    async def mention(event):
        events.append(event)

    @app.event("message")
    async def message():
        """Leave it."""

    @app.event("file_shared")
    async def shared():
        """Leave it."""

    async with over_socket(slack, app):
        await team.member("Ann").write(general, "<@bot> make this", files=[upload(PNG, "pot.png")])

    [file] = events[0]["files"]
    assert file["mimetype"] == "image/png"
    assert await download(file["url_private"], team.bot_token) == (200, "image/png", PNG)
    assert (await download(file["url_private"], "xoxb-wrong"))[:2] == (200, "text/html")
    team.scopes.remove("files:read")
    assert (await download(file["url_private"], team.bot_token))[:2] == (200, "text/html")


async def test_another_workspaces_token_downloads_nothing(slack, team, general):
    other = slack.workspace("Printers")
    answer = await team.member("Ann").write(general, "look", files=[upload(PNG, "pot.png")])
    address = f"{slack.world.base_url}/files-pri/{team.id}-{answer.message.files[0].id}/pot.png"

    assert (await download(address, other.bot_token))[1] == "text/html"


async def test_a_file_in_a_slack_connect_channel_must_be_looked_up(slack, team, general, client):
    general.connect = True
    answer = await team.member("Ann").write(general, "<@bot> this", files=[upload(PNG, "pot.png")])

    [hidden] = answer.deliveries[0].payload["event"]["files"]
    full = (await client.files_info(file=hidden["id"]))["file"]

    assert hidden["file_access"] == "check_file_info"
    assert "url_private" not in hidden
    assert full["url_private"].startswith(slack.world.base_url)


async def test_a_deleted_file_is_gone_from_the_message_and_the_server(slack, team, general, client):
    done = await client.files_upload_v2(file=PNG, filename="a.png", channel=general.id, initial_comment="look")
    await slack.until(lambda: slack.messages(general))

    await client.files_delete(file=done["file"]["id"])

    assert slack.messages(general)[0].files == ()
    assert (await download(done["file"]["url_private"], team.bot_token))[0] == 404
    with pytest.raises(SlackApiError, match="file_deleted"):
        await client.files_info(file=done["file"]["id"])


async def test_uploading_where_the_bot_is_not_is_refused(team, client):
    club = team.channel("club", bot_in=False)

    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.files_upload_v2(file=PNG, filename="a.png", channel=club.id)
