"""The people on Slack."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from adapters.slack.address import event_of_interaction, event_of_message
from tests.e2e.torture.books import MAKING, Asked
from tests.e2e.torture.crowd import BUTTONS, Impatient, Noted, mark_of, options_of, owned, pick, words_of
from tests.e2e.torture.on_discord import PROMISE
from tests.e2e.torture.plan import Act, Deed
from tests.e2e.torture.world import World
from tests.emulators.slack import Answer, Member, MemberCannot, upload
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OnSlack:
    """Ann and Bob in the channel #general and its threads."""

    world: World
    picture: bytes

    async def do(self, deed: Deed, note: Callable[[Noted], None]) -> None:
        """Do one thing."""
        member = self.world.slack_people[deed.who]
        try:
            if deed.act is Act.REPEAT:
                await self.world.slack.repeat(pick(deed, self.world.slack.deliveries))
            elif deed.act in {Act.PICTURE, Act.MENTION, Act.FOLLOW}:
                await self._write(deed, member, note)
            elif deed.act in {Act.WISH, Act.LOOK}:
                line = f"{words_of(deed)} {options_of(deed)}" if deed.act is Act.WISH else "list"
                note(_noted(deed, member, await member.command(self.world.slack_general, f"/rodin {line}")))
            else:
                await self._press(deed, member, note)
        except MemberCannot as error:
            raise Impatient from error

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
        )

    async def _press(self, deed: Deed, member: Member, note: Callable[[Noted], None]) -> None:
        """Press a button under a task."""
        tasks = owned(self.world, "slack", member.id, deed.act)
        acts = (Act.CANCEL, Act.DELETE) if deed.act is Act.STRANGE else (deed.act,)
        wanted = tuple(BUTTONS[act] for act in acts)
        found = []
        for record, task, _ in messages_about_tasks(self.world):
            if task in tasks:
                seen = see_message(self.world.team, record)
                found += [(seen, task, label) for label in seen.buttons if label.startswith(wanted)]
        seen, task, label = pick(deed, found)
        note(_noted(deed, member, await member.click(seen, label), target=task))


def _noted(deed: Deed, member: Member, answer: Answer, *, target: str = "") -> Noted:
    def read() -> Asked:
        mine = [seen.text for seen in answer.ephemerals if answer.cause and seen.record.cause == answer.cause]
        words = "\n".join(mine)
        return Asked(
            number=deed.number,
            act=deed.act,
            platform=deed.platform,
            user=member.id,
            mark=mark_of(deed) if deed.act is Act.WISH else "",
            event=event_of_interaction(answer.cause),
            target=target,
            told=tuple(PROMISE.findall(words)) if deed.act in MAKING else (),
            words=words,
            is_taken=answer.acknowledged,
        )

    return Noted(deed=deed, read=read)


def _is_of(payload: object, posted: MessageRecord) -> bool:
    event = payload.get("event", {}) if isinstance(payload, dict) else {}
    return bool(event.get("ts") == posted.ts)
