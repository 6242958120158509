"""The Discord stand-in's messages and threads, driven by the real discord.py: what stands and what is refused."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from tests.emulators.discord import DiscordStandIn, discord_stand_in, upload, violations
from tests.emulators.discord.model import Channel
from tests.unit.emulators.discord_visitor import Visitor, discord, ui, visiting


def png() -> bytes:
    made = BytesIO()
    Image.new("RGB", (4, 3)).save(made, "PNG")
    return made.getvalue()


def place(visitor: Visitor, channel: Channel) -> discord.PartialMessageable:
    return visitor.get_partial_messageable(channel.id, guild_id=channel.guild.id if channel.guild else None)


def general_of(stand: DiscordStandIn) -> Channel:
    return stand.guild("Makers").text_channel("general")


async def test_a_nonce_sent_twice_gives_the_first_message_until_it_is_forgotten(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        channel = place(visitor, general_of(stand))

        first = await channel.send("done", nonce="abc")
        again = await channel.send("done", nonce="abc")
        stand.advance(600)
        late = await channel.send("done", nonce="abc")

        assert again.id == first.id
        assert late.id != first.id
        assert len(stand.messages(general_of(stand))) == 2


async def test_a_thread_takes_its_messages_id_and_is_made_once(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        root = await place(visitor, general_of(stand)).send("a pot")
        thread = await root.create_thread(name="a pot")
        await thread.send("in progress")
        with pytest.raises(discord.HTTPException) as refused:
            await root.create_thread(name="a pot")

        [made] = stand.threads(general_of(stand))
        assert thread.id == root.id
        assert [each.text for each in stand.messages(made)] == ["in progress"]
        assert refused.value.code == 160004


async def test_posting_opens_an_archived_thread_and_editing_there_is_refused(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        root = await place(visitor, general_of(stand)).send("a pot")
        thread = await root.create_thread(name="a pot")
        message = await thread.send("one")
        [made] = stand.threads(general_of(stand))

        stand.guild("Makers").archive(made)
        with pytest.raises(discord.HTTPException) as refused:
            await message.edit(content="two")
        await thread.send("three")

        assert refused.value.code == 50083
        assert not made.archived


async def test_a_forum_post_begins_with_a_message_of_its_own_id(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        forum = stand.guild("Makers").forum("models")
        await stand.until(lambda: visitor.get_channel(forum.id))

        made = await visitor.get_channel(forum.id).create_thread(name="a pot", content="here it is")

        [post] = stand.threads(forum)
        assert [each.text for each in stand.messages(post)] == ["here it is"]
        assert made.message.id == made.thread.id


async def test_files_are_kept_added_and_removed_by_an_edit(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        files = [discord.File(BytesIO(png()), "a.png", description="a still"), discord.File(BytesIO(b"b"), "b.bin")]
        sent = await place(visitor, general_of(stand)).send(files=files)
        new = discord.File(BytesIO(b"c"), "c.bin")
        await sent.edit(attachments=[sent.attachments[0], new])

        [message] = stand.messages(general_of(stand))
        assert message.files == ("a.png", "c.bin")
        assert message.file("a.png").description == "a still"
        assert message.file("a.png").size_px == (4, 3)
        assert message.edits[0].files == ("a.png", "b.bin")
        assert await sent.attachments[0].read() == png()


async def test_an_attachments_address_dies_after_a_day_and_when_told_to(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        sent = await place(visitor, general_of(stand)).send(file=discord.File(BytesIO(b"x"), "x.bin"))
        stand.advance(25 * 3600)
        with pytest.raises(discord.NotFound):
            await sent.attachments[0].read()
        fresh = await sent.channel.fetch_message(sent.id)
        assert await fresh.attachments[0].read() == b"x"

        stand.expire_attachment(stand.messages(general_of(stand))[0].file("x.bin"))
        with pytest.raises(discord.NotFound):
            await fresh.attachments[0].read()


async def test_a_layout_shows_its_texts_pictures_and_buttons(monkeypatch):
    class Card(ui.LayoutView):
        box = ui.Container(ui.TextDisplay("# A pot"), ui.MediaGallery(discord.MediaGalleryItem("attachment://a.png")))
        row = ui.ActionRow(ui.Button(label="View in 3D", url="https://example.org/t/1"))

    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        file = discord.File(BytesIO(png()), "a.png")
        sent = await place(visitor, general_of(stand)).send(view=Card(), file=file)
        with pytest.raises(discord.HTTPException) as refused:
            await visitor.http.request(
                discord.http.Route("PATCH", f"/channels/{sent.channel.id}/messages/{sent.id}"),
                json={"content": "words"},
            )

        [message] = stand.messages(general_of(stand))
        assert message.text == "# A pot"
        assert message.links == {"View in 3D": "https://example.org/t/1"}
        assert refused.value.code == 50035


async def test_only_those_whom_allowed_mentions_names_are_notified(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        server = stand.guild("Makers")
        ann, ben = server.member("Ann"), server.member("Ben")
        server.give(ben, server.role("Bosses"))
        words = f"@everyone {ann.mention} {ben.mention} {server.role('Bosses').mention}"
        channel = place(visitor, general_of(stand))

        await channel.send(words, allowed_mentions=discord.AllowedMentions.none())
        await channel.send(words, allowed_mentions=discord.AllowedMentions(users=[discord.Object(ann.id)], roles=False))
        await channel.send(words)

        assert [each.pings for each in stand.messages(general_of(stand))] == [(), ("Ann",), ("Ann", "Ben", "@Bosses")]
        assert len(ann.notifications) == 2


@pytest.mark.parametrize(
    ("denied", "code"),
    [("view_channel", 50001), ("send_messages", 50013), ("attach_files", 50013)],
)
async def test_a_missing_right_is_refused_with_its_code(monkeypatch, denied, code):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        stand.guild("Makers").deny(general_of(stand), stand.bot, denied)

        with pytest.raises(discord.Forbidden) as refused:
            await place(visitor, general_of(stand)).send("x", file=discord.File(BytesIO(b"x"), "x.bin"))

        assert refused.value.code == code
        assert not stand.messages(general_of(stand))


async def test_without_the_right_to_embed_links_embeds_are_left_out_silently(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        stand.guild("Makers").deny(general_of(stand), None, "embed_links")

        await place(visitor, general_of(stand)).send("words", embed=discord.Embed(title="facts"))

        assert [each.text for each in stand.messages(general_of(stand))] == ["words"]


async def test_threads_need_their_own_rights(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        server, channel = stand.guild("Makers"), general_of(stand)
        root = await place(visitor, channel).send("a pot")
        server.deny(channel, stand.bot, "create_public_threads")
        with pytest.raises(discord.Forbidden):
            await root.create_thread(name="a pot")
        server.allow(channel, stand.bot, "create_public_threads")
        thread = await root.create_thread(name="a pot")
        server.deny(channel, stand.bot, "send_messages")
        await thread.send("still allowed in threads")
        server.deny(channel, stand.bot, "send_messages_in_threads")
        with pytest.raises(discord.Forbidden):
            await thread.send("not any more")

        server.delete(stand.threads(channel)[0])
        with pytest.raises(discord.NotFound) as gone:
            await thread.send("gone")
        assert gone.value.code == 10003


async def test_a_person_who_takes_no_messages_is_not_written_to(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        ann, stranger = stand.guild("Makers").member("Ann"), stand.person("Zed")
        user = await visitor.fetch_user(ann.id)
        await user.send("hello")
        ann.block_messages()

        with pytest.raises(discord.Forbidden) as refused:
            await user.send("again")
        with pytest.raises(discord.Forbidden):
            await (await visitor.fetch_user(stranger.id)).send("hello")

        assert refused.value.code == 50007
        assert [each.text for each in stand.direct_messages(ann)] == ["hello"]


async def test_a_file_is_refused_above_the_servers_limit_which_boosts_raise(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        channel, big = place(visitor, general_of(stand)), b"x" * (10 * 1024 * 1024 + 1)

        with pytest.raises(discord.HTTPException) as refused:
            await channel.send(file=discord.File(BytesIO(big), "big.bin"))
        stand.guild("Makers").boost(2)
        await channel.send(file=discord.File(BytesIO(big), "big.bin"))

        assert (refused.value.status, refused.value.code) == (413, 40005)
        assert "larger than" in violations(stand.requests_to("POST", "/channels/{channel_id}/messages")[0])[0]


async def test_history_is_read_in_pages_from_the_newest(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        channel = place(visitor, general_of(stand))
        sent = [await channel.send(str(number)) for number in range(5)]

        newest = [each.content async for each in channel.history(limit=2)]
        older = [each.content async for each in channel.history(before=sent[3], limit=10)]
        newer = [each.content async for each in channel.history(after=sent[2])]

        assert newest == ["4", "3"]
        assert older == ["2", "1", "0"]
        assert newer == ["3", "4"]


async def test_a_person_cannot_do_what_their_client_would_not_let_them(monkeypatch):
    async with discord_stand_in() as stand:
        server = stand.guild("Makers")
        ann, channel = server.member("Ann"), server.text_channel("general")
        posted = await ann.write(channel, "mine", files=[upload(b"x", "x.bin")])
        server.deny(channel, ann, "send_messages")

        with pytest.raises(AssertionError, match="cannot write there"):
            await ann.write(channel, "more")
        with pytest.raises(AssertionError, match="no button"):
            await ann.click(posted, "Again")
