"""The people on Discord."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.load.commands import ACK_WITHIN_S, MAKING, Command, Kind, Seen
from tests.emulators.discord import Answer, Channel, DiscordStandIn, Message, Person
from tests.emulators.discord.interactions import Said

ANSWERING = ("PATCH /webhooks/{application_id}/{token}/messages/@original", "POST /webhooks/{application_id}/{token}")
RESULT = "· result"
"""How the last line of the message ends that shows a finished model."""

AGAIN, VARIATION = "Again", "Variation"
SMALL = {"tier": "Gen-2.5-Low", "faces": "500"}


@dataclass(slots=True, kw_only=True)
class OnDiscord:
    """Some people in one channel. `tasks` are the ids of each one's running tasks, by person."""

    discord: DiscordStandIn
    channel: Channel
    people: Sequence[Person]
    tasks: dict[str, list[str]] = field(default_factory=dict)
    is_bare: bool = False
    name: str = "discord"
    results: list[tuple[Person, Message]] = field(default_factory=list)
    _done: list[tuple[Kind, bool, Answer]] = field(default_factory=list)
    _asked_before: int = 0

    async def ask(self, number: int) -> None:
        """Ask for a small model."""
        person = self.people[number % len(self.people)]
        self._note(Kind.GENERATE, await person.command(self.channel, "rodin generate", prompt=_words(number), **SMALL))

    async def do(self, kind: Kind, number: int) -> None:
        """Do one thing; who opens a form sends it in once it is there."""
        person = self.people[number // 2 % len(self.people)]
        mine = self.tasks[str(person.id)]
        task = mine[number % len(mine)]
        match kind:
            case Kind.GENERATE:
                await self.ask(number // 2)
            case Kind.STATUS:
                self._note(kind, await person.command(self.channel, "rodin status", task=task))
            case Kind.LIST | Kind.USAGE:
                self._note(kind, await person.command(self.channel, f"rodin {kind}"))
            case Kind.SUGGEST:
                self._note(kind, await person.autocomplete(self.channel, "rodin status", "task", task[:2]))
            case Kind.BUTTON:
                owner, result = self.results[number % len(self.results)]
                self._note(kind, await owner.click(result, _labelled(result, AGAIN)))
            case Kind.FORM:
                await self._variation(number)

    async def _variation(self, number: int) -> None:
        owner, result = self.results[number % len(self.results)]
        opened = await owner.click(result, _labelled(result, VARIATION))
        self._note(Kind.FORM, opened, makes=False)
        await opened.until(lambda answer: answer.failed or answer.interaction.said is not None)
        if opened.modal is not None:
            self._note(Kind.FORM, await owner.submit(opened.modal, {"What should it be now?": _words(number)}))

    def _note(self, kind: Kind, answer: Answer, *, makes: bool | None = None) -> None:
        asks = kind in MAKING if makes is None else makes
        self._done.append((kind, asks, answer))

    def forget(self) -> None:
        """Begin to count anew."""
        self._done.clear()
        self._asked_before = len(self.discord.requests)

    def commands(self) -> list[Command]:
        """Return what has been done, ready to be looked at."""
        answers = Counter(
            request.token
            for request in self.discord.requests[self._asked_before :]
            if f"{request.method} {request.route}" in ANSWERING and request.status == 200
        )
        return [self._command(*one, answers) for one in self._done]

    def _command(self, kind: Kind, makes: bool, answer: Answer, answers: Counter[str | None]) -> Command:
        return Command(platform=self.name, kind=kind, makes=makes, look=lambda: _seen(answer, answers))

    def find_results(self) -> int:
        """Look for finished models whose buttons can be pressed; return how many there are."""
        by_name = {person.name: person for person in self.people}
        threads = self.discord.threads(self.channel)
        shown = [message for thread in threads for message in self.discord.messages(thread) if RESULT in message.text]
        self.results = [(by_name[name], message) for message in shown for name in message.pings if name in by_name]
        return len(self.results)


def _seen(answer: Answer, answers: Counter[str | None]) -> Seen:
    interaction = answer.interaction
    took_s = interaction.acked_after_s if interaction.said is not None else None
    count = answers[interaction.token] + (interaction.said in {Said.MODAL, Said.CHOICES})
    original = interaction.original
    return Seen(
        acknowledged_after_s=took_s if took_s is not None and took_s < ACK_WITHIN_S else None,
        answers=count,
        said=original.text if original is not None else "",
    )


def _labelled(message: Message, words: str) -> str:
    return next(label for label in message.buttons if label.startswith(words))


def _words(number: int) -> str:
    return f"a lantern, number {number}"
