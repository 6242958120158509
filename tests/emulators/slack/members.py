"""The hands of a test: people who type, click, fill in forms, and remove the app."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.emulators.slack import payloads
from tests.emulators.slack.answers import Answer
from tests.emulators.slack.delivery import COMMANDS, Delivery
from tests.emulators.slack.errors import MemberCannot, Refused
from tests.emulators.slack.eyes import SeenElement, SeenMessage, SeenView, see_message, see_view
from tests.emulators.slack.forms import Form, Upload, add_file, option_in
from tests.emulators.slack.installing import Page, go_through_install
from tests.emulators.slack.records import Channel, Json, MessageRecord, Person, ViewRecord
from tests.emulators.slack.responses import issue_response_url, respond
from tests.emulators.slack.submissions import settle_submission
from tests.emulators.slack.text import escape, links_in, rich_text, typed

if TYPE_CHECKING:
    from tests.emulators.slack.outbox import Outbox
    from tests.emulators.slack.workspace import Workspace

FAILURES = {"http_timeout": "operation_timeout"}  # what a person is told; anything else is `dispatch_failed`
TROUBLE = "We had some trouble connecting. Try again?"


class Member:
    """Somebody in a workspace, at their keyboard. Each doing returns once the bot has acknowledged it, or has not."""

    def __init__(self, team: Workspace, outbox: Outbox, person: Person) -> None:
        self.team = team
        self.person = person
        self.id = person.id
        self.name = person.name
        self._outbox = outbox
        self._world = outbox.world

    @property
    def view(self) -> SeenView | None:
        """The modal on their screen; the top one."""
        stack = self._world.modals.get(self.id, [])
        return see_view(self.team, stack[-1]) if stack else None

    @property
    def home(self) -> SeenView | None:
        """What the app has put on their App Home."""
        view = self._world.homes.get(self.id)
        return see_view(self.team, view) if view is not None else None

    @property
    def ephemerals(self) -> tuple[SeenMessage, ...]:
        """What only they have been told, oldest first."""
        return tuple(see_message(self.team, m) for m in self.team.recorded if m.only_for == self.id)

    @property
    def im(self) -> Channel:
        """Their direct messages with the bot."""
        return self.team.im(self.person)

    async def command(
        self, channel: Channel, line: str, *, thread: SeenMessage | None = None, verbatim: bool = False
    ) -> Answer:
        """Type a slash command, such as `/rodin a teapot`. `verbatim` sends its text without Slack's escaping."""
        name, _, text = line.partition(" ")
        if thread is not None:
            raise MemberCannot(f"{name} is not supported in threads")
        known = next((one for one in self._world.settings.commands if one.command == name), None)
        if known is None or not self.team.installed or "commands" not in self.team.scopes:
            raise MemberCannot(f"{name} is not a valid command")
        self._check_present(channel)
        escaped = self._typed(text) if known.should_escape else escape(text)
        words = (name, text.strip() if verbatim else escaped.strip())
        trigger = self._world.issue_trigger(self.person)
        payload = payloads.command(self._world, self.team, self.person, channel, words=words) | {
            "trigger_id": trigger.id,
            "response_url": issue_response_url(self._world, self.person, channel, cause=trigger.id),
        }
        return await self._interact(payloads.command_delivery(self.team, payload), trigger.id, failed=f"{name} failed")

    async def _interact(self, delivery: Delivery, cause: str, *, failed: str) -> Answer:
        answer = self._answer(delivery, cause=cause)
        outcome = await self._outbox.send(delivery)
        if not outcome.acknowledged:
            error = FAILURES.get(outcome.failure or "", "dispatch_failed")
            answer.complaint = f'{failed} with the error "{error}"'
        elif outcome.payload and delivery.kind == COMMANDS:
            await self._said_with_ack(cause, outcome.payload)
        elif outcome.payload:
            self._world.complain(f"Slack ignores what the acknowledgement of a {delivery.event_type} says")
        return answer

    async def _said_with_ack(self, cause: str, payload: Json) -> None:
        place = next((place for place in self._world.response_urls.values() if place.cause == cause), None)
        if place is None:
            return
        try:
            await respond(self._world, self._outbox, place, payload)
        except Refused as refusal:
            self._world.complain(f"an acknowledgement said something Slack refuses: {refusal.answer()}")

    def _answer(self, *deliveries: Delivery, cause: str = "", posted: MessageRecord | None = None) -> Answer:
        return Answer(
            world=self._world,
            team=self.team,
            person=self.person,
            deliveries=deliveries,
            cause=cause,
            posted=posted,
            started_ts=self._world.new_ts(),
        )

    def _check_present(self, channel: Channel) -> None:
        if self.id not in channel.present:
            raise MemberCannot(f"{self.name} is not in {channel.name}")
        if channel.archived:
            raise MemberCannot(f"{channel.name} is archived")

    def _typed(self, text: str) -> str:
        names = {person.name.lower(): person.id for person in self.team.people.values()}
        handles = {person.handle: person.id for person in self.team.people.values()}
        groups = {group.handle: f"!subteam^{group.id}" for group in self.team.groups.values()}
        return typed(text, {**groups, **names, **handles, "bot": self.team.bot.id})

    async def write(
        self,
        channel: Channel,
        text: str,
        *,
        files: Sequence[Upload] = (),
        thread: SeenMessage | str | None = None,
        verbatim: bool = False,
    ) -> Answer:
        """Write a message; `<@bot>` or `@name` mentions, `verbatim` takes the text as Slack's own markup."""
        self._check_present(channel)
        markup = text if verbatim else self._typed(text)
        records = [add_file(self._world, self.team, self.person, one) for one in files]
        message = MessageRecord(
            ts=self._world.new_ts(),
            channel=channel,
            author=self.person,
            text=markup,
            blocks=[rich_text(markup)] if markup else [],
            files=records,
            thread_ts=self._root(channel, thread),
            client_msg_id=self._world.new_id("M"),
        )
        for record in records:
            record.shares.append(message)
            record.hidden = channel.connect
        self.team.add(message)
        deliveries = self._events_of(message)
        answer = self._answer(*deliveries, posted=message)
        await asyncio.gather(*(self._outbox.send_event(delivery) for delivery in deliveries))
        return answer

    def _root(self, channel: Channel, thread: SeenMessage | str | None) -> str | None:
        if thread is None:
            return None
        ts = thread if isinstance(thread, str) else thread.thread_ts or thread.ts
        if self.team.find(channel, ts) is None:
            raise MemberCannot("there is no such thread")
        return ts

    def _events_of(self, message: MessageRecord) -> list[Delivery]:
        world, team, channel, outbox = self._world, self.team, message.channel, self._outbox
        found: list[Delivery | None] = []
        shared = channel.connect
        if team.bot.id in channel.present:
            name = payloads.SUBSCRIPTIONS[channel.kind]
            found.append(outbox.event(team, name, payloads.message_event(world, message), shared=shared))
            if f"<@{team.bot.id}" in message.text and channel.kind != "im":
                found.append(outbox.event(team, "app_mention", payloads.mention_event(world, message), shared=shared))
            found += [outbox.event(team, "file_shared", payloads.file_shared_event(f, message)) for f in message.files]
        links = [link for link in links_in(message.text) if self._is_ours(link)]
        if links:
            found.append(outbox.event(team, "link_shared", payloads.link_shared_event(team, message, links)))
        return [delivery for delivery in found if delivery is not None]

    def _is_ours(self, link: str) -> bool:
        host = urlsplit(link).hostname or ""
        return any(host == domain or host.endswith(f".{domain}") for domain in self._world.settings.unfurl_domains)

    async def dm(self, text: str, *, files: Sequence[Upload] = (), thread: SeenMessage | None = None) -> Answer:
        """Write to the bot alone."""
        if not self._world.settings.messages_tab:
            raise MemberCannot("sending messages to this app has been turned off")
        return await self.write(self.im, text, files=files, thread=thread)

    async def post_link(self, channel: Channel, url: str) -> Answer:
        """Write nothing but an address."""
        return await self.write(channel, url)

    async def shortcut(self, name: str, message: SeenMessage | None = None) -> Answer:
        """Choose a shortcut: of a message from its menu, or a global one."""
        kind = "global" if message is None else "message"
        known = next((one for one in self._world.settings.shortcuts if one.name == name and one.kind == kind), None)
        if known is None or not self.team.installed:
            raise MemberCannot(f"there is no shortcut {name!r} here")
        trigger = self._world.issue_trigger(self.person)
        fields: Json = {"callback_id": known.callback_id, "trigger_id": trigger.id, "action_ts": self._world.new_ts()}
        if message is not None:
            place = payloads.message_place(self._world, message.record)
            url = issue_response_url(
                self._world, self.person, message.channel, cause=trigger.id, original=message.record
            )
            fields |= {
                "message": place["message"],
                "channel": place["channel"],
                "message_ts": message.ts,
                "response_url": url,
            }
        delivery = payloads.interaction(
            self._world, self.team, self.person, "shortcut" if message is None else "message_action", **fields
        )
        return await self._interact(delivery, trigger.id, failed=f"{name} failed")

    async def click(self, where: SeenMessage | SeenView, what: str) -> Answer:
        """Click a button by its words, action id or value; a confirmation is confirmed."""
        buttons = [element for element in where.elements if element.kind in ("button", "icon_button")]
        button = next((one for one in buttons if what in (one.text, one.action_id)), None)
        if button is None:
            raise MemberCannot(f"there is no button {what!r}, only {[one.text for one in buttons]}")
        action = (
            {"text": button.raw.get("text"), "value": button.value}
            if button.value
            else {"text": button.raw.get("text")}
        )
        return await self._act(where, button, action)

    async def choose(self, where: SeenMessage | SeenView, what: str, option: str) -> Answer:
        """Choose an option of a menu, known by its placeholder or action id."""
        menus = [element for element in where.elements if element.options]
        menu = next((one for one in menus if what in (one.text, one.action_id)), None)
        if menu is None:
            raise MemberCannot(f"there is no menu {what!r}, only {[one.action_id for one in menus]}")
        return await self._act(where, menu, {"selected_option": option_in(menu.raw, option)})

    async def _act(self, where: SeenMessage | SeenView, element: SeenElement, action: Json) -> Answer:
        trigger = self._world.issue_trigger(self.person)
        if isinstance(where, SeenMessage):
            place = self._message_place(where.record, trigger.id)
        else:
            place = payloads.view_place(self._world, self._open(where))
        facts = {
            "action_id": element.action_id,
            "block_id": element.block_id,
            "type": element.kind,
            "action_ts": self._world.new_ts(),
        }
        delivery = payloads.interaction(
            self._world,
            self.team,
            self.person,
            "block_actions",
            trigger_id=trigger.id,
            actions=[{**facts, **action}],
            **place,
        )
        return await self._interact(delivery, trigger.id, failed="the button failed")

    def _message_place(self, message: MessageRecord, cause: str) -> Json:
        if message not in self.team.recorded or message.only_for not in (None, self.id):
            raise MemberCannot("that message is not there for them")
        url = issue_response_url(self._world, self.person, message.channel, cause=cause, original=message)
        return payloads.message_place(self._world, message) | {"response_url": url}

    def _open(self, seen: SeenView) -> ViewRecord:
        shown = [*self._world.modals.get(self.id, []), self._world.homes.get(self.id)]
        if seen.record not in shown:
            raise MemberCannot("that view is not open any more")
        return seen.record

    async def submit(
        self, view: SeenView, values: Mapping[str, Any] | None = None, *, files: Sequence[Upload] = ()
    ) -> Answer:
        """Fill in a form by label, block id or action id, and send it; `files` go into its file field."""
        record = self._open(view)
        record.state = Form(self._world, self.team, record).fill(values or {}, files)
        trigger = self._world.issue_trigger(self.person)
        body = payloads.view_place(self._world, record)["view"]
        delivery = payloads.interaction(
            self._world, self.team, self.person, "view_submission", trigger_id=trigger.id, view=body, response_urls=[]
        )
        answer = self._answer(delivery, cause=trigger.id)
        outcome = await self._outbox.send(delivery)
        if outcome.acknowledged:
            settle_submission(self._world, record, outcome.payload, answer)
        else:
            answer.complaint = TROUBLE
        return answer

    async def close(self, view: SeenView) -> Answer:
        """Close a modal; the bot hears of it only if it asked to."""
        record = self._open(view)
        self._world.modals[self.id].remove(record)
        self._world.changed()
        if not record.body.get("notify_on_close"):
            return self._answer()
        body = payloads.view_place(self._world, record)["view"]
        delivery = payloads.interaction(self._world, self.team, self.person, "view_closed", view=body, is_cleared=False)
        return await self._interact(delivery, "", failed="closing failed")

    async def open_home(self, *, tab: str = "home") -> Answer:
        """Open the app's own page: its `home` or its `messages` tab."""
        inner = payloads.home_opened_event(self._world, self.person, self.im, tab=tab)
        delivery = self._outbox.event(self.team, "app_home_opened", inner)
        if delivery is None:
            return self._answer()
        answer = self._answer(delivery)
        await self._outbox.send_event(delivery)
        return answer

    async def install(self, url: str, *, allow: bool = True) -> Page:
        """Open the app's install address in a browser, agree (or cancel), and return the page that ends it."""
        return await go_through_install(url, self._world, self.person, allow=allow)

    def uninstall(self) -> None:
        """Remove the app from the workspace."""
        self._outbox.remove_app(self.team)
