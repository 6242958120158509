"""The Discord stand-in: who is offered which command where, and who sees which answer, through the real discord.py."""

from __future__ import annotations

import pytest

from tests.emulators.discord import Impossible, discord_stand_in
from tests.unit.emulators.discord_visitor import Visitor, app_commands, discord, ui, visiting


def where_command(visitor: Visitor) -> None:
    @visitor.tree.command(name="where", description="Where am I")
    async def where(interaction: discord.Interaction) -> None:
        context = interaction.context
        names = [name for name in ("guild", "dm_channel", "private_channel") if getattr(context, name)]
        await interaction.response.send_message(f"{names} {interaction.filesize_limit} {interaction.locale}")


async def test_a_command_says_where_it_was_used(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        server = stand.guild("Makers", premium_tier=2)
        ann, ben = server.member("Ann", locale="de"), server.member("Ben")
        ann.install()
        where_command(visitor)
        await visitor.tree.sync()

        places = [server.text_channel("general"), ann.direct, ann.direct_with(ben)]
        told = [(await (await ann.command(each, "where")).acknowledged()).text for each in places]

        assert told == ["['guild'] 52428800 de", "['dm_channel'] 10485760 de", "['private_channel'] 10485760 de"]


async def test_a_command_needs_the_app_here_or_in_ones_own_account(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        lobby = stand.guild("Elsewhere", bot=False).text_channel("lobby")
        zed = stand.guild("Elsewhere").member("Zed")
        where_command(visitor)
        await visitor.tree.sync()

        with pytest.raises(Impossible, match="installed neither here nor for them"):
            await zed.command(lobby, "where")
        zed.install()
        answer = await (await zed.command(lobby, "where")).acknowledged()

        assert answer.text.startswith("['guild']")
        assert not answer.ephemeral


async def test_where_external_apps_are_not_allowed_answers_are_private(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        server = stand.guild("Elsewhere", bot=False)
        server.everyone_may_not("use_external_apps")
        zed = server.member("Zed")
        zed.install()
        where_command(visitor)
        await visitor.tree.sync()

        answer = await (await zed.command(server.text_channel("lobby"), "where")).acknowledged()

        assert answer.ephemeral


async def test_a_command_for_managers_is_offered_to_them_only(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        server = stand.guild("Makers")
        general = server.text_channel("general")

        @visitor.tree.command(name="balance", description="Credits")
        @app_commands.default_permissions(manage_guild=True)
        async def balance(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("12", ephemeral=True)

        await visitor.tree.sync()
        told = await (await server.member("Boss", admin=True).command(general, "balance")).acknowledged()

        assert told.text == "12"
        with pytest.raises(Impossible, match="default permissions"):
            await server.member("Ann").command(general, "balance")


async def test_commands_of_one_server_are_not_offered_in_another(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        here, there = stand.guild("Makers"), stand.guild("Others")
        ann = here.member("Ann")
        there.member("Ann")
        where_command(visitor)
        visitor.tree.copy_global_to(guild=discord.Object(here.id))
        await visitor.tree.sync(guild=discord.Object(here.id))

        await (await ann.command(here.text_channel("general"), "where")).acknowledged()

        assert [each["name"] for each in stand.commands(here)] == ["where"]
        with pytest.raises(Impossible, match="finds no command"):
            await ann.command(there.text_channel("general"), "where")


async def test_a_private_answer_is_seen_by_its_asker_alone(monkeypatch):
    class Card(ui.View):
        @ui.select(
            options=[discord.SelectOption(label="Quick", value="q"), discord.SelectOption(label="Fine", value="f")]
        )
        async def pick(self, interaction: discord.Interaction, chosen: ui.Select[ui.View]) -> None:
            await interaction.response.defer()
            await interaction.edit_original_response(content=f"picked {chosen.values[0]}", view=None)

    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        server = stand.guild("Makers")
        general, ann, ben = server.text_channel("general"), server.member("Ann"), server.member("Ben")

        @visitor.tree.command(name="ask", description="Ask")
        async def ask(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("which?", view=Card(), ephemeral=True)

        await visitor.tree.sync()
        answer = await (await ann.command(general, "ask")).acknowledged()
        with pytest.raises(Impossible, match="Ben does not see"):
            await ben.choose(answer.message, "Quick")
        await ann.choose(answer.message, "Fine")
        await answer.shows("picked f")

        assert ann.sees(general) == [answer.message]
        assert ben.sees(general) == stand.messages(general) == []
        ann.dismiss(answer.message)
        assert ann.sees(general) == []


async def test_the_first_follow_up_takes_the_place_of_the_loading_message(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        server = stand.guild("Makers")
        general = server.text_channel("general")

        @visitor.tree.command(name="wait", description="Wait")
        async def wait(interaction: discord.Interaction) -> None:
            await interaction.response.defer(ephemeral=True)
            await interaction.followup.send("first", ephemeral=False)
            await interaction.followup.send("second", ephemeral=False)

        await visitor.tree.sync()
        answer = await server.member("Ann").command(general, "wait")
        second = await answer.shows("second")

        assert answer.text == "first"
        assert answer.ephemeral
        assert not second.ephemeral


async def test_a_channel_where_commands_are_not_allowed_offers_none(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        server = stand.guild("Makers")
        general, ann = server.text_channel("general"), server.member("Ann")
        server.deny(general, ann, "use_application_commands")
        where_command(visitor)
        await visitor.tree.sync()

        with pytest.raises(Impossible, match="may not use commands"):
            await ann.command(general, "where")


async def test_translations_come_only_when_asked_for(monkeypatch):
    class German(app_commands.Translator):
        async def translate(self, string, locale, context):
            return "wo" if locale is discord.Locale.german and string.message == "where" else None

    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        where_command(visitor)
        await visitor.tree.set_translator(German())
        await visitor.tree.sync()
        path = f"/applications/{stand.bot.id}/commands"

        plain = await visitor.http.request(discord.http.Route("GET", path))
        full = await visitor.http.request(discord.http.Route("GET", path), params={"with_localizations": "true"})

        assert "name_localizations" not in plain[0]
        assert full[0]["name_localizations"] == {"de": "wo"}


async def test_the_bot_lists_its_servers_and_their_open_threads(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        server = stand.guild("Makers", bot_rights=("manage_threads",))
        stand.guild("Elsewhere", bot=False)
        root = await visitor.get_partial_messageable(server.text_channel("general").id, guild_id=server.id).send(
            "a pot"
        )
        thread = await root.create_thread(name="a pot")

        mine = await visitor.http.request(discord.http.Route("GET", "/users/@me/guilds"))
        active = await visitor.http.get_active_threads(server.id)

        assert [each["name"] for each in mine] == ["Makers"]
        assert discord.Permissions(int(mine[0]["permissions"])).manage_threads
        assert [int(each["id"]) for each in active["threads"]] == [thread.id]


async def test_nobody_uses_a_command_where_they_are_not(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        general = stand.guild("Makers").text_channel("general")
        ann, zed = stand.guild("Makers").member("Ann"), stand.person("Zed")
        where_command(visitor)
        await visitor.tree.sync()

        with pytest.raises(Impossible, match="not there"):
            await zed.command(general, "where")
        with pytest.raises(Impossible, match="not there"):
            await zed.command(ann.direct, "where")


async def test_two_processes_on_one_shard_both_hear_of_it(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as one, visiting(stand, monkeypatch) as other:
        await stand.guild("Makers").member("Ann").dm("hello")
        await stand.until(lambda: one.heard and other.heard)

        assert one.heard == other.heard == ["Ann: 'hello' 0"]
