"""The people on Slack."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.load.commands import Command, Kind, Seen
from tests.emulators.slack import Answer, Channel, Member, SeenMessage, Slack, Team
from tests.emulators.slack.eyes import see_message

RESULT = "result"
"""The kind that stands in the metadata of the message that shows a finished model."""

AGAIN, VARIATION = "Again", "Variation"
SMALL = "--tier Gen-2.5-Low --faces 500"
FORM_WITHIN_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One interaction. `beside` is whether words that answer it stand in the thread: nothing says what they answer."""

    kind: Kind
    makes: bool
    member: Member
    answer: Answer
    beside: bool = False


@dataclass(slots=True, kw_only=True)
class OnSlack:
    """Some people in one channel. `tasks` are the ids of each one's running tasks, by person."""

    slack: Slack
    team: Team
    channel: Channel
    people: Sequence[Member]
    tasks: dict[str, list[str]] = field(default_factory=dict)
    is_bare: bool = False
    name: str = "slack"
    results: list[tuple[Member, SeenMessage]] = field(default_factory=list)
    _done: list[Done] = field(default_factory=list)
    _filling_in: set[str] = field(default_factory=set)
    _before: int = 0

    async def ask(self, number: int) -> None:
        """Ask for a small model."""
        await self._type(Kind.GENERATE, self.people[number % len(self.people)], f"{_words(number)} {SMALL}")

    async def do(self, kind: Kind, number: int) -> None:
        """Do one thing; return when it is acknowledged, or has not been."""
        member = self.people[number // 2 % len(self.people)]
        mine = self.tasks[member.id]
        match kind:
            case Kind.GENERATE:
                await self.ask(number // 2)
            case Kind.STATUS:
                await self._type(kind, member, f"status {mine[number % len(mine)]}")
            case Kind.LIST | Kind.SUGGEST:
                await self._type(Kind.LIST, member, "list")
            case Kind.USAGE:
                await self._type(kind, member, "usage")
            case Kind.BUTTON:
                owner, result = self.results[number % len(self.results)]
                await self._press(kind, owner, result, AGAIN)
            case Kind.FORM:
                await self._variation(number)

    async def _type(self, kind: Kind, member: Member, line: str) -> None:
        answer = await member.command(self.channel, f"/rodin {line}")
        self._done.append(Done(kind=kind, makes=kind is Kind.GENERATE, member=member, answer=answer))

    async def _press(self, kind: Kind, member: Member, result: SeenMessage, words: str) -> Answer:
        answer = await member.click(result, next(label for label in result.buttons if label.startswith(words)))
        self._done.append(Done(kind=kind, makes=kind is Kind.BUTTON, member=member, answer=answer, beside=True))
        return answer

    async def _variation(self, number: int) -> None:
        """Open the form and send it in; nobody has two forms open, so somebody else presses a button meanwhile."""
        free = [one for one in self.results if one[0].id not in self._filling_in]
        if not free:
            await self.do(Kind.BUTTON, number)
            return
        owner, result = free[number % len(free)]
        self._filling_in.add(owner.id)
        try:
            opened = await self._press(Kind.FORM, owner, result, VARIATION)
            if not self.is_bare:
                await self._fill_in(owner, opened, number)
        finally:
            self._filling_in.discard(owner.id)

    async def _fill_in(self, owner: Member, opened: Answer, number: int) -> None:
        try:
            view = await self.slack.world.until(lambda: opened.view, timeout_s=FORM_WITHIN_S)
        except TimeoutError:  # words said why, if anything did
            return
        if view is not None:
            answer = await owner.submit(view, {"What should it be now?": _words(number)})
            self._done.append(Done(kind=Kind.FORM, makes=True, member=owner, answer=answer, beside=True))

    def forget(self) -> None:
        """Begin to count anew."""
        self._done.clear()
        self._before = len(self.team.recorded)

    def commands(self) -> list[Command]:
        """Return what has been done, ready to be looked at.

        An answer in the thread does not say which click it answers, so those of one person are dealt out in order: one
        that is missing, or one too many, is found all the same.
        """
        by_cause: dict[str, list[str]] = defaultdict(list)
        beside: dict[str, list[str]] = defaultdict(list)
        for message in self.team.recorded[self._before :]:
            if message.only_for is not None:
                answered = by_cause[message.cause] if message.cause else beside[message.only_for]
                answered.append(see_message(self.team, message).text)
        calls = self.slack.calls("views.open")
        opened = {call.arguments.get("trigger_id") for call in calls if (call.answer or {}).get("ok")}
        unsaid = [one for one in self._done if one.beside and one.answer.cause not in opened]
        left = Counter(one.member.id for one in unsaid)
        for one in unsaid:
            mine, left[one.member.id] = beside[one.member.id], left[one.member.id] - 1
            count = 1 if left[one.member.id] else len(mine)
            by_cause[one.answer.cause], beside[one.member.id] = mine[:count], mine[count:]
        return [self._command(one, by_cause[one.answer.cause], opened) for one in self._done]

    def _command(self, one: Done, said: Sequence[str], opened: set[str | None]) -> Command:
        def look() -> Seen:
            count = len(said) + (one.answer.cause in opened)
            took_s = one.answer.ack_s if one.answer.acknowledged else None
            return Seen(acknowledged_after_s=took_s, answers=count, said="\n".join(said))

        return Command(platform=self.name, kind=one.kind, makes=one.makes, look=look)

    def find_results(self) -> int:
        """Look for finished models whose buttons can be pressed; return how many there are."""
        by_id = {member.id: member for member in self.people}
        found = []
        for record in list(self.team.recorded):
            payload = (record.metadata or {}).get("event_payload", {})
            if record.only_for is None and payload.get("kind") == RESULT:
                found.append(see_message(self.team, record))
        named = {member.name: member for member in by_id.values()}
        self.results = [(named[name], seen) for seen in found for name in seen.pings if name in named]
        return len(self.results)


def _words(number: int) -> str:
    return f"a lantern, number {number}"
