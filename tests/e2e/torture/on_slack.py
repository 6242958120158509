"""The people on Slack."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from adapters.slack.address import event_of_interaction, event_of_message
from tests.e2e.torture.archives import is_archive, read_archive
from tests.e2e.torture.books import MAKING, Archive, Asked
from tests.e2e.torture.crowd import BUTTONS, FORM_BUTTONS, Impatient, Noted, mark_of, options_of, owned, pick, words_of
from tests.e2e.torture.errands import errand_of, finished, is_left_open, is_typed, look_of, mark_in
from tests.e2e.torture.on_discord import OPENS_WITHIN_S, PROMISE
from tests.e2e.torture.plan import Act, Deed
from tests.e2e.torture.world import World
from tests.emulators.slack import Answer, Member, MemberCannot, SeenMessage, SeenView, upload
from tests.emulators.slack.eyes import see_message
from tests.emulators.slack.records import MessageRecord

FILES = re.compile(r"^Files of task (\w{7})$")
TURNING = re.compile(r"^Task (\w{7}), turning$")
"""What the messages say that files come with; Slack lets such messages have no metadata."""

OF_A_TASK = re.compile(r"\btask \w{7}\b", re.IGNORECASE)


def messages_about_tasks(world: World) -> Iterator[tuple[MessageRecord, str, str]]:
    """Yield every message of the bot about a task that everybody there sees: with the task and what it is of it."""
    for message in list(world.team.recorded):
        if not message.author.is_bot or message.only_for is not None or message.tombstone:
            continue
        payload = (message.metadata or {}).get("event_payload", {})
        if payload.get("task"):
            yield message, str(payload["task"]), str(payload["kind"])
        elif (found := FILES.match(message.text)) is not None:
            yield message, found[1], "files"
        elif (found := TURNING.match(message.text)) is not None:
            yield message, found[1], "turntable"


def archives(world: World) -> Iterator[Archive]:
    """Yield what people were handed of their own data."""
    for member in world.slack_people:
        for message in filter(lambda one: one.channel is member.im, world.team.recorded):
            for file in filter(lambda one: is_archive(one.name), see_message(world.team, message).files):
                yield read_archive(file.name, file.content, "slack", member.id)


def promises(world: World) -> tuple[str, ...]:
    """Return the tasks that were promised to people where only they see it."""
    whispered = (see_message(world.team, one).text for one in world.team.recorded if one.only_for is not None)
    return tuple(task for text in whispered for task in PROMISE.findall(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class OnSlack:
    """Ann and Bob in the channel #general and its threads.

    `left` are forms that were opened and not sent in yet: of which deed and person, and about which task. `clicked` are
    the threads in which somebody has pressed a button: what they are answered there may be about that.
    """

    world: World
    picture: bytes
    left: dict[tuple[Act, int], tuple[SeenView, str]] = field(default_factory=dict)
    clicked: set[tuple[str, str]] = field(default_factory=set)

    async def do(self, deed: Deed, note: Callable[[Noted], None]) -> None:
        """Do one thing."""
        member = self.world.slack_people[deed.who]
        try:
            if deed.act is Act.REPEAT:
                await self.world.slack.repeat(pick(deed, self.world.slack.deliveries))
            elif deed.act in {Act.PICTURE, Act.MENTION, Act.FOLLOW}:
                await self._write(deed, member, note)
            elif deed.act in {Act.WISH, Act.LOOK}:
                looks = look_of(self.world, "slack", member.id, deed)
                line = f"{words_of(deed)} {options_of(deed)}" if deed.act is Act.WISH else looks
                note(_noted(deed, member, await self._command(member, line)))
            elif is_typed(deed):
                errand, task = errand_of(deed), finished(self.world, "slack", member.id, deed)
                answer = await self._command(member, f"{errand.command} {task} {errand.line}")
                note(_noted(deed, member, answer, target=task))
            elif deed.act is Act.FORM or deed.act in FORM_BUTTONS:
                await self._fill_in(deed, member, note)
            else:
                await self._press(deed, member, note)
        except MemberCannot as error:
            raise Impatient from error

    async def _command(self, member: Member, line: str) -> Answer:
        return await member.command(self.world.slack_general, f"/rodin {line}")

    async def _fill_in(self, deed: Deed, member: Member, note: Callable[[Noted], None]) -> None:
        """Send in a form: one that has been lying open, mostly since an earlier life, else one that opens now."""
        form, task = self.left.pop((deed.act, deed.who), (None, ""))
        if form is None:
            form, task = await self._opened(deed, member)
            if is_left_open(deed):
                self.left[deed.act, deed.who] = form, task
                return
        errand = errand_of(deed)
        files = [upload(self.picture, "thing.png")] if errand.takes_picture else []
        answer = await member.submit(form, errand.fields, files=files)
        note(_noted(deed, member, answer, target=task, handle=f"view {form.record.id}"))

    async def _opened(self, deed: Deed, member: Member) -> tuple[SeenView, str]:
        """Open a form, and say about which task it is.

        Raises:
            Impatient: it did not open.
        """
        task = ""
        if deed.act is Act.FORM:
            answer = await self._command(member, "new")
        else:
            seen, task, label = self._button(deed, member)
            answer = await member.click(seen, label)
        try:
            form = await self.world.slack.world.until(lambda: answer.view, timeout_s=OPENS_WITHIN_S)
        except TimeoutError as error:
            raise Impatient from error
        assert form is not None
        return form, task

    async def _write(self, deed: Deed, member: Member, note: Callable[[Noted], None]) -> None:
        """Mention the bot in the channel, or in a thread where a model lives."""
        thread = None
        if deed.act is Act.FOLLOW:
            results = [m.thread_ts or m.ts for m, _, kind in messages_about_tasks(self.world) if kind == "result"]
            thread = pick(deed, results)
        files = [upload(self.picture, "thing.png")] if deed.act is Act.PICTURE else []
        words = f"<@bot> {words_of(deed)} {options_of(deed)}"
        # Slack takes it whoever listens, and repeats it: it has to be noted before anybody answers.
        before = len(self.world.team.recorded)
        user = member.id

        def read() -> Asked:
            posted = next(m for m in self.world.team.recorded[before:] if mark_of(deed) in m.text and m.client_msg_id)
            return self._read_written(deed, user, posted)

        note(Noted(deed=deed, read=read))
        await member.write(self.world.slack_general, words, files=files, thread=thread)

    def _read_written(self, deed: Deed, user: str, posted: MessageRecord) -> Asked:
        team = self.world.team
        event = event_of_message(team.id, posted.channel.id, posted.ts)
        sent = [
            one
            for one in self.world.slack.deliveries
            if one.event_type == "app_mention" and _is_of(one.payload, posted)
        ]
        root = posted.thread_ts or posted.ts
        private = [m for m in team.recorded if m.only_for == user and m.thread_ts == root and m.cause is None]
        return Asked(
            number=deed.number,
            act=deed.act,
            platform=deed.platform,
            user=user,
            mark=mark_of(deed),
            event=event,
            # What is said of a task answers a click in the same thread; a wish is only refused there.
            words="\n".join(
                text for text in (see_message(team, m).text for m in private) if not OF_A_TASK.search(text)
            ),
            is_taken=any(one.acknowledged for one in sent),
            is_overheard=(user, root) in self.clicked,
        )

    async def _press(self, deed: Deed, member: Member, note: Callable[[Noted], None]) -> None:
        """Press a button under a task."""
        seen, task, label = self._button(deed, member)
        note(_noted(deed, member, await member.click(seen, label), target=task))

    def _button(self, deed: Deed, member: Member) -> tuple[SeenMessage, str, str]:
        """Choose a button and the task that it is under."""
        tasks = owned(self.world, "slack", member.id, deed.act)
        acts = (Act.CANCEL, Act.DELETE) if deed.act is Act.STRANGE else (deed.act,)
        wanted = tuple(BUTTONS[act] for act in acts)
        found: list[tuple[SeenMessage, str, str]] = []
        for record, task, _ in messages_about_tasks(self.world):
            if task in tasks:
                seen = see_message(self.world.team, record)
                found += [(seen, task, label) for label in seen.buttons if label.startswith(wanted)]
        seen, task, label = pick(deed, found)
        self.clicked.add((member.id, seen.thread_ts or seen.ts))
        return seen, task, label


def _noted(deed: Deed, member: Member, answer: Answer, *, target: str = "", handle: str = "") -> Noted:
    """Note what was done; `handle` is what Slack gives it only once, where that is not its trigger."""

    def read() -> Asked:
        mine = [seen.text for seen in answer.ephemerals if answer.cause and seen.record.cause == answer.cause]
        words = "\n".join(mine)
        return Asked(
            number=deed.number,
            act=deed.act,
            platform=deed.platform,
            user=member.id,
            mark=mark_in(deed),
            event=event_of_interaction(handle or answer.cause),
            target=target,
            told=tuple(PROMISE.findall(words)) if deed.act in MAKING else (),
            words=words,
            is_taken=answer.acknowledged,
            in_public=tuple(
                m.text for m in answer.team.recorded if answer.cause and m.cause == answer.cause and m.only_for is None
            ),
        )

    return Noted(deed=deed, read=read)


def _is_of(payload: object, posted: MessageRecord) -> bool:
    event = payload.get("event", {}) if isinstance(payload, dict) else {}
    return bool(event.get("ts") == posted.ts)
