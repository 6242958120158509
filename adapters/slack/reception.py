"""Hears Slack through slack-bolt. Every listener acknowledges before anything else; the work follows in tasks."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack import forms, settings, words
from adapters.slack.affairs import FORGET_ME
from adapters.slack.answering import Answerer, Work
from adapters.slack.asked import Asked
from adapters.slack.blocks import LINK_PREFIX, Json
from adapters.slack.buttons import ACTS, PREFIX, choice_of
from adapters.slack.commands import Verb, parse_command
from adapters.slack.desk import Desk
from adapters.slack.drafts import Draft
from adapters.slack.forms import Opened, Submitted, read_form
from adapters.slack.home import NEW_MODEL
from adapters.slack.lines import client_for, quiet_logger
from adapters.slack.manifest import MAKE_MODEL
from adapters.slack.render import sentence_draft
from adapters.slack.trouble import Refused
from adapters.slack.unfurls import Unfurler
from adapters.slack.wire import (
    Asking,
    asking_of_command,
    asking_of_event,
    asking_of_interaction,
    bots_of,
    is_written_by_person,
    plain_words,
    written_of,
)
from bot import words_chat
from bot.errors import PlatformError, StorageError, UserMistake

log = logging.getLogger(__name__)

Ack = Callable[..., Awaitable[Any]]

MakeView = Callable[[], Awaitable[Json]]
"""Makes the form that is to be opened, from what can be known in a moment."""

TakeView = Callable[[Asking, Json], Awaitable[Draft | None]]
"""Takes a form of the settings as it was sent in."""


class Anybody(AsyncAuthorize):
    """Lets every verified request through at once. Whose token is needed is looked up after the acknowledgement."""

    def __init__(self) -> None:
        """Make one; it knows nothing."""

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult:
        """Return what Bolt wants to know, out of the request itself."""
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """Turns what Slack sends into work for the desk."""

    desk: Desk
    answerer: Answerer
    unfurler: Unfurler | None
    _work: set[asyncio.Task[None]] = field(default_factory=set)

    def listen(self, app: AsyncApp) -> None:
        """Register for everything that the manifest subscribes to."""
        app.command(re.compile("^/"))(self._command)
        app.view(forms.CALLBACK)(self._submitted)
        app.shortcut(MAKE_MODEL)(self._make_model)
        app.shortcut(NEW_MODEL)(self._new_model)
        app.action(NEW_MODEL)(self._new_model)
        app.view(settings.KEY_FORM)(self._key_sent)
        app.view(settings.RIGHT_FORM)(self._right_sent)
        app.action(re.compile(f"^{settings.PREFIX}"))(self._settings_clicked)
        app.action(FORGET_ME)(self._forget_me)
        app.action(re.compile(f"^{PREFIX}"))(self._clicked)
        app.action(re.compile(f"^{LINK_PREFIX}"))(self._followed_link)
        app.event("app_mention")(self._mentioned)
        app.event("message")(self._written)
        app.event("app_home_opened")(self._home_opened)
        app.event("link_shared")(self._link_shared)
        app.event("app_uninstalled")(self._uninstalled)
        app.event("tokens_revoked")(self._revoked)

    async def finish(self, *, within_s: float) -> None:
        """Let work in hand end, for a while."""
        if not self._work:
            return
        _, late = await asyncio.wait(self._work, timeout=within_s)
        for task in late:
            log.warning("stopped with work in hand work=%s", task.get_name())
            task.cancel()

    async def _command(self, ack: Ack, body: Json) -> None:
        await ack()
        asking = asking_of_command(body)
        line = str(body.get("text") or "")
        if (form := self._form_of(asking, line)) is not None:
            self._start("form", self._open(asking, form))
        else:
            self._start("command", self.answerer.answer(asking, lambda: self.desk.command(asking, line)))

    async def _submitted(self, ack: Ack, body: Json) -> None:
        await ack()
        form, heard = read_form(body["view"]), asking_of_interaction(body)
        asking = replace(heard, channel=form.opened.channel, thread=form.opened.thread)
        self._start("form", self.answerer.answer(asking, lambda: self._sent_in(asking, form)))

    async def _sent_in(self, asking: Asking, form: Submitted) -> Draft | None:
        """Do what a form was opened for."""
        if not form.opened.choice:
            return await self.desk.submitted(asking, form.asked)
        choice = choice_of(form.opened.choice)
        if choice is None:
            return sentence_draft(words_chat.no_longer())
        return await ACTS[choice](self.desk, asking, form.opened.task, form.asked)

    async def _make_model(self, ack: Ack, body: Json) -> None:
        await ack()
        asking, message = asking_of_interaction(body), written_of(body.get("message") or {})
        self._start("shortcut", self.answerer.answer(asking, lambda: self.desk.from_message(asking, message)))

    async def _new_model(self, ack: Ack, body: Json) -> None:
        await ack()
        asking = asking_of_interaction(body)
        self._start("form", self._open(asking, lambda: self.desk.form(asking, Opened())))

    async def _clicked(self, ack: Ack, body: Json, action: Json) -> None:
        await ack()
        asking, task_id = asking_of_interaction(body), str(action.get("value") or "")
        choice = choice_of(str(action.get("action_id") or ""))
        if choice is not None and choice.wants_words:
            thread = asking.thread or asking.message
            opened = Opened(channel=asking.channel, thread=thread, choice=choice, task=task_id)
            self._start("form", self._open(asking, lambda: self.desk.form(asking, opened)))
            return

        async def work() -> Draft | None:
            if choice is None:
                return sentence_draft(words_chat.no_longer())
            return await ACTS[choice](self.desk, asking, task_id, Asked())

        self._start("click", self._clicked_through(asking, work))

    async def _settings_clicked(self, ack: Ack, body: Json, action: Json) -> None:
        await ack()
        asking, affairs = asking_of_interaction(body), self.desk.affairs
        name = str(action.get("action_id") or "").removeprefix(settings.PREFIX)
        if name in {settings.Act.KEY, settings.Act.RIGHT}:
            self._start("form", self._open(asking, lambda: affairs.form(asking, settings.Act(name))))
            return

        async def work() -> Draft | None:
            if name == settings.Act.REMOVE_KEY:
                return await affairs.remove_key(asking)
            return sentence_draft(words_chat.no_longer())

        self._start("click", self.answerer.answer(asking, work))

    async def _key_sent(self, ack: Ack, body: Json) -> None:
        await self._settings_sent(ack, body, self.desk.affairs.key_sent)

    async def _right_sent(self, ack: Ack, body: Json) -> None:
        await self._settings_sent(ack, body, self.desk.affairs.right_sent)

    async def _settings_sent(self, ack: Ack, body: Json, take: TakeView) -> None:
        await ack()
        view = body["view"]
        asking = replace(asking_of_interaction(body), channel=settings.opened_in(view))
        self._start("form", self.answerer.answer(asking, lambda: take(asking, view)))

    async def _forget_me(self, ack: Ack, body: Json) -> None:
        await ack()
        asking = asking_of_interaction(body)
        self._start("click", self.answerer.answer(asking, lambda: self.desk.affairs.forget_me(asking)))

    async def _followed_link(self, ack: Ack) -> None:
        await ack()

    async def _mentioned(self, ack: Ack, body: Json, event: Json) -> None:
        await ack()
        self._hear(body, event)

    async def _written(self, ack: Ack, body: Json, event: Json) -> None:
        await ack()
        if event.get("channel_type") == "im":
            self._hear(body, event)

    async def _home_opened(self, ack: Ack, body: Json, event: Json) -> None:
        await ack()
        if event.get("tab", "home") == "home":
            self._start("home", self._guarded("home", self.desk.home(asking_of_event(body))))

    async def _link_shared(self, ack: Ack, body: Json, event: Json) -> None:
        await ack()
        if self.unfurler is not None:
            self._start("unfurl", self._guarded("unfurl", self.unfurler.unfurl(asking_of_event(body), event)))

    async def _uninstalled(self, ack: Ack, body: Json) -> None:
        await ack()
        self._forget(asking_of_event(body))

    async def _revoked(self, ack: Ack, body: Json, event: Json) -> None:
        await ack()
        if (event.get("tokens") or {}).get("bot"):
            self._forget(asking_of_event(body))

    def _hear(self, body: Json, event: Json) -> None:
        """Take what somebody wrote to the bot."""
        if not is_written_by_person(event):
            return
        asking, message = asking_of_event(body), written_of(event, bots=bots_of(body))
        self._start("message", self.answerer.answer(asking, lambda: self.desk.said(asking, message)))

    def _forget(self, asking: Asking) -> None:
        forgetting = self.desk.lines.forget(team=asking.team, enterprise=asking.enterprise)
        log.info("app removed team=%s", asking.team)
        self._start("forget", self._guarded("forget", forgetting))

    async def _clicked_through(self, asking: Asking, work: Work) -> None:
        await self.answerer.answer(asking, work)
        if not asking.channel:  # clicked on the app's own page
            await self._guarded("home", self.desk.home(asking))

    def _form_of(self, asking: Asking, line: str) -> MakeView | None:
        """Return the form that a command wants; None where it says everything itself, or nothing that is understood."""
        try:
            command = parse_command(plain_words(line))
        except UserMistake:
            return None
        if command.verb is Verb.SETTINGS:
            act = self.desk.affairs.wanted_form(line)
            return None if act is None else lambda: self.desk.affairs.form(asking, act)
        if command.verb is Verb.FORM:
            return lambda: self.desk.form(asking, Opened(channel=asking.channel))
        choice = command.form
        opened = Opened(channel=asking.channel, choice=choice or "", task=command.word)
        return None if choice is None else lambda: self.desk.form(asking, opened)

    async def _open(self, asking: Asking, make: MakeView) -> None:
        """Open a form. Slack lets us only for three seconds, so little else is done before."""

        async def work() -> Draft | None:
            view = await make()

            async def send(client: AsyncWebClient) -> AsyncSlackResponse:
                return await client.views_open(trigger_id=asking.trigger, view=view)

            try:
                await self.desk.lines.call(asking.team, "views.open", send, enterprise=asking.enterprise)
            except Refused as error:
                log.warning("form not opened reason=%s", error)
                raise UserMistake(words.form_too_late()) from error
            return None

        await self.answerer.answer(asking, work)

    async def _guarded(self, what: str, work: Awaitable[None]) -> None:
        """Do what nobody waits for an answer to; nothing is raised."""
        try:
            await work
        except (PlatformError, StorageError) as error:
            log.warning("not done what=%s error=%r", what, error)
        except Exception:
            log.exception("broke what=%s", what)

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Begin work that outlives the listener; it is kept until it ends, else it could be collected half done."""
        task = asyncio.create_task(work, name=f"slack-{name}")
        self._work.add(task)
        task.add_done_callback(self._work.discard)


def bolt_app(*, api_url: str, signing_secret: str | None) -> AsyncApp:
    """Return Bolt's app without listeners: verifies signatures, routes, and holds no token.

    Own events are told apart by the listeners, from the payload alone.
    """
    return AsyncApp(
        name="rodin-bot",
        logger=quiet_logger(),
        client=client_for(None, api_url=api_url),
        signing_secret=signing_secret or "",
        authorize=Anybody(),
        request_verification_enabled=signing_secret is not None,
        ignoring_self_events_enabled=False,
    )
