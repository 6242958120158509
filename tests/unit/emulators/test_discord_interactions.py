"""The Discord stand-in, driven by the real discord.py: commands, forms, buttons and what people see of the answers."""

from __future__ import annotations

from io import BytesIO

import pytest

from tests.emulators.discord import Impossible, discord_stand_in, upload, violations
from tests.unit.emulators.discord_visitor import CountButton, Visitor, app_commands, discord, ui, visiting


def say_command(visitor: Visitor) -> None:
    @visitor.tree.command(name="say", description="Say it")
    @app_commands.choices(tone=[app_commands.Choice(name="Loud", value="loud")])
    async def say(
        interaction: discord.Interaction,
        words: app_commands.Range[str, 1, 20],
        picture: discord.Attachment | None = None,
        tone: str = "plain",
    ) -> None:
        await interaction.response.defer(ephemeral=True)
        size = len(await picture.read()) if picture else 0
        await interaction.edit_original_response(content=f"{words} {tone} {size}")
        await interaction.followup.send(
            "and more", file=discord.File(BytesIO(b"note"), "note.txt", description="a note")
        )


async def test_a_slash_command_is_deferred_edited_and_followed_up(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        general = stand.guild("Makers").text_channel("general")
        ann = stand.guild("Makers").member("Ann")
        say_command(visitor)
        await visitor.tree.sync()

        answer = await ann.command(general, "say", words="hello", picture=upload(b"12345", "p.png"), tone="Loud")
        await answer.acknowledged()
        more = await answer.shows("and more")

        assert answer.deferred
        assert answer.ephemeral
        assert answer.text == "hello loud 5"
        assert more.file("note.txt").content == b"note"
        assert more.file("note.txt").description == "a note"
        assert stand.messages(general) == [more]
        assert [each.is_callback for each in stand.requests if each.token] == [True, False, False]
        assert not [each for request in stand.requests for each in violations(request)]


async def test_a_command_that_was_not_registered_cannot_be_used(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        general = stand.guild("Makers").text_channel("general")
        ann = stand.guild("Makers").member("Ann")
        say_command(visitor)

        with pytest.raises(Impossible, match="finds no command 'say'"):
            await ann.command(general, "say", words="hello")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"words": ""},
        {"words": "x" * 21},
        {"words": "a", "tone": "soft"},
        {"words": "a", "colour": "red"},
        {"words": 5},
    ],
)
async def test_a_client_does_not_send_options_that_do_not_fit(monkeypatch, options):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        general = stand.guild("Makers").text_channel("general")
        ann = stand.guild("Makers").member("Ann")
        say_command(visitor)
        await visitor.tree.sync()

        with pytest.raises(Impossible):
            await ann.command(general, "say", **options)


async def test_a_form_with_every_kind_of_input_comes_back_filled(monkeypatch):
    class Form(ui.Modal, title="New 3D"):
        prompt = ui.Label(text="Prompt", component=ui.TextInput(max_length=50))
        pictures = ui.Label(text="Pictures", component=ui.FileUpload(min_values=0, max_values=5, required=False))
        tier = ui.Label(
            text="Tier", component=ui.RadioGroup(options=[discord.RadioGroupOption(label="Quick", value="q")])
        )
        preset = ui.Label(text="Preset", component=ui.Select(options=[discord.SelectOption(label="Toy", value="toy")]))
        private = ui.Label(text="Private", component=ui.Checkbox())

        async def on_submit(self, interaction: discord.Interaction) -> None:
            read = [await each.read() for each in self.pictures.component.values]
            values = [part.component.value for part in (self.prompt, self.tier, self.private)]
            await interaction.response.send_message(f"{values} {self.preset.component.values} {read}")

    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        general = stand.guild("Makers").text_channel("general")
        ann = stand.guild("Makers").member("Ann")

        @visitor.tree.command(name="new", description="A form")
        async def new(interaction: discord.Interaction) -> None:
            await interaction.response.send_modal(Form())

        await visitor.tree.sync()
        opened = await ann.command(general, "new")
        await opened.acknowledged()
        given = {
            "Prompt": "a pot",
            "Pictures": [upload(b"abc", "a.png")],
            "Tier": "Quick",
            "Preset": "Toy",
            "Private": True,
        }
        sent = await ann.submit(opened.modal, given)
        await sent.acknowledged()

        assert opened.modal.title == "New 3D"
        assert sent.text == "['a pot', 'q', True] ['toy'] [b'abc']"
        with pytest.raises(Impossible, match="takes 1 to 50"):
            await ann.submit(opened.modal, {"Tier": "Quick", "Preset": "Toy"})


async def test_a_button_works_in_a_process_that_never_sent_it(monkeypatch):
    async with discord_stand_in() as stand:
        general = stand.guild("Makers").text_channel("general")
        ann = stand.guild("Makers").member("Ann")
        async with visiting(stand, monkeypatch) as first:
            view = ui.View(timeout=None)
            view.add_item(CountButton(1))
            await first.get_channel(general.id).send("counting", view=view)
        [message] = stand.messages(general)

        async with visiting(stand, monkeypatch) as second:
            second.add_dynamic_items(CountButton)
            answer = await ann.click(message, "Count 1")
            await answer.acknowledged()

        assert message.text == "counted 2"
        assert message.buttons == ("Count 2",)
        assert [each.text for each in message.edits] == ["counting"]


async def test_a_message_menu_brings_the_files_without_the_content_intent(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        general = stand.guild("Makers").text_channel("general")
        ann = stand.guild("Makers").member("Ann")

        @visitor.tree.context_menu(name="Make 3D model")
        async def make(interaction: discord.Interaction, message: discord.Message) -> None:
            found = [await each.read() for each in message.attachments]
            await interaction.response.send_message(f"{message.content} {found}", ephemeral=True)

        await visitor.tree.sync()
        posted = await ann.write(general, "my drawing", files=[upload(b"bytes", "d.png")])
        answer = await (await ann.menu("Make 3D model", posted)).acknowledged()

        assert answer.text == "my drawing [b'bytes']"


async def test_autocomplete_offers_choices_for_what_was_typed(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        general = stand.guild("Makers").text_channel("general")
        ann = stand.guild("Makers").member("Ann")
        rodin = app_commands.Group(name="rodin", description="Models")

        @rodin.command(name="show", description="Show one")
        async def show(interaction: discord.Interaction, task: str) -> None:
            await interaction.response.send_message(task)

        @show.autocomplete("task")
        async def suggest(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=f"{current}-{number}", value=str(number)) for number in range(3)]

        visitor.tree.add_command(rodin)
        await visitor.tree.sync()
        answer = await ann.autocomplete(general, "rodin show", "task", "ab")
        await answer.acknowledged()
        shown = await (await ann.command(general, "rodin show", task="2")).acknowledged()

        assert [each["name"] for each in answer.choices] == ["ab-0", "ab-1", "ab-2"]
        assert shown.text == "2"


async def test_nobody_there_means_that_the_application_did_not_respond(monkeypatch):
    async with discord_stand_in() as stand:
        general = stand.guild("Makers").text_channel("general")
        ann = stand.guild("Makers").member("Ann")
        async with visiting(stand, monkeypatch) as visitor:
            say_command(visitor)
            await visitor.tree.sync()

        answer = await ann.command(general, "say", words="hello")
        stand.advance(3)

        assert answer.failed
        assert answer.text == "The application did not respond"


async def test_a_late_acknowledgement_and_a_second_one_are_refused(monkeypatch):
    codes = []
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        general = stand.guild("Makers").text_channel("general")
        ann = stand.guild("Makers").member("Ann")

        @visitor.tree.command(name="slow", description="Late")
        async def slow(interaction: discord.Interaction, late: bool) -> None:
            if late:
                stand.advance(3)
            else:
                await visitor.http.request(
                    discord.http.Route("POST", f"/interactions/{interaction.id}/{interaction.token}/callback"),
                    json={"type": 5},
                )
            try:
                await interaction.response.defer()
            except discord.HTTPException as refused:
                codes.append((refused.status, refused.code))

        await visitor.tree.sync()
        late = await ann.command(general, "slow", late=True)
        await stand.until(lambda: len(codes) == 1)
        await ann.command(general, "slow", late=False)
        await stand.until(lambda: len(codes) == 2)

        assert late.failed
        assert codes == [(404, 10062), (400, 40060)]


async def test_an_interaction_token_dies_after_fifteen_minutes(monkeypatch):
    kept = []
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        general = stand.guild("Makers").text_channel("general")
        ann = stand.guild("Makers").member("Ann")

        @visitor.tree.command(name="keep", description="Keep")
        async def keep(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("kept")
            kept.append(interaction)

        await visitor.tree.sync()
        await (await ann.command(general, "keep")).acknowledged()
        await stand.until(lambda: kept)
        stand.advance(15 * 60)
        with pytest.raises(discord.HTTPException) as refused:
            await kept[0].edit_original_response(content="late")

        assert (refused.value.status, refused.value.code) == (401, 50027)


async def test_someone_who_installed_the_app_gets_at_most_five_followups(monkeypatch):
    codes, seen = [], []
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        elsewhere = stand.guild("Elsewhere", bot=False)
        zed = elsewhere.member("Zed")
        zed.install()

        @visitor.tree.command(name="many", description="Many")
        async def many(interaction: discord.Interaction) -> None:
            seen.append((interaction.is_guild_integration(), interaction.is_user_integration()))
            await interaction.response.send_message("0")
            try:
                for number in range(1, 7):
                    await interaction.followup.send(str(number))
            except discord.HTTPException as refused:
                codes.append((refused.status, refused.code))
            with pytest.raises(discord.Forbidden):
                await visitor.get_partial_messageable(interaction.channel.id).send("by token")

        await visitor.tree.sync()
        answer = await zed.command(elsewhere.text_channel("lobby"), "many")
        await answer.shows("5")
        await stand.until(lambda: codes)

        assert seen == [(False, True)]
        assert [each.text for each in answer.messages] == ["0", "1", "2", "3", "4", "5"]
        assert codes == [(400, 40094)]
