"""Everything that the core can be asked, asked by all who must not; made from the port, so nothing is left out."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

import pytest

from bot.chat import Filter, Intake, Wish
from bot.errors import NotAllowed, NotFound, NotYours, PlatformBusy, UserMistake
from bot.keys import Server
from bot.model import Address, Owner, Task, TaskState
from bot.policy import ADMINS_ONLY, ASK, EVERYONE
from tests.factories import a_file, a_picture, a_request, a_task, an_owner
from tests.fakes.standing import SaidStanding
from tests.unit.core.house import House

WORDS = "a lantern of which nobody else may read"
FILE = "lantern.glb"
KEY = "vsk-key-of-the-desk"

ADA = an_owner("ada", standing=SaidStanding())
DESK = Server(platform="console", server_id="desk")
ADMIN = an_owner("olga", standing=SaidStanding(admin=True))

PRIVATE = Address(platform="console", value="for-ada-alone")
SHARED = Address(platform="console", value="thread-1", place="thread-1")
ELSEWHERE = Address(platform="console", value="thread-2", place="thread-2")

STRANGERS: Mapping[str, Owner] = {
    "member of this server": an_owner("ben", standing=SaidStanding(held=frozenset({"artists"}))),
    "nobody vouches for them": an_owner("ben"),
    "the platform does not answer": an_owner("ben", standing=SaidStanding(error=PlatformBusy("not now"))),
    "member of another server": an_owner("ben", server_id="cellar", standing=SaidStanding()),
    "admin of another server": an_owner("eve", server_id="cellar", standing=SaidStanding(admin=True)),
    "outside any server": an_owner("ben", server_id=None, channel_id="direct"),
    "namesake on another platform": replace(ADA, platform="discord"),
    "somebody whose id begins alike": an_owner("ada2", standing=SaidStanding()),
}

FELLOWS = frozenset(
    {"member of this server", "nobody vouches for them", "the platform does not answer"}
    | {"somebody whose id begins alike"}
)
"""Who is in Ada's server, and so may look at what stands in its threads."""

Call = Callable[[Intake, Owner, str], Awaitable[object]]

CALLS: Mapping[str, Call] = {
    "generate": lambda core, who, _: core.generate(Wish(prompt="a boat"), who, ELSEWHERE),
    "follow": lambda core, who, _: core.follow(Wish(prompt="in red"), who, SHARED),
    "variation": lambda core, who, task: core.variation(task, Wish(prompt="in red"), who, ELSEWHERE),
    "better": lambda core, who, task: core.better(task, who, ELSEWHERE),
    "other_format": lambda core, who, task: core.other_format(task, "fbx", who, ELSEWHERE),
    "formats_of": lambda core, who, task: core.formats_of(task, who),
    "retexture": lambda core, who, task: core.retexture(task, Wish(prompt="moss"), who, ELSEWHERE),
    "split": lambda core, who, task: core.split(task, Wish(), who, ELSEWHERE),
    "address_of": lambda core, who, task: core.address_of(task, who),
    "draft_of": lambda core, who, task: core.draft_of(task, who),
    "family": lambda core, who, task: core.family(task, who),
    "again": lambda core, who, task: core.again(task, who, ELSEWHERE),
    "resend": lambda core, who, task: core.resend(task, who, ELSEWHERE),
    "status": lambda core, who, task: core.status(task, who),
    "tasks": lambda core, who, _: core.tasks(who, only=Filter(words="lantern", everybody=True)),
    "suggestions": lambda core, who, _: core.suggestions(who, "lantern"),
    "cancel": lambda core, who, task: core.cancel(task, who),
    "delete": lambda core, who, task: core.delete(task, who, forget=True),
    "export": lambda core, who, _: core.export(who),
    "forget_me": lambda core, who, _: core.forget_me(who),
    "privacy": lambda core, who, _: core.privacy(who),
    "fresh_links": lambda core, who, task: core.fresh_links(task, who),
    "check_admin": lambda core, who, _: core.check_admin(who),
    "set_key": lambda core, who, _: core.set_key(who, "vsk-key-of-a-stranger"),
    "remove_key": lambda core, who, _: core.remove_key(who),
    "settings": lambda core, who, _: core.settings(who),
    "allow": lambda core, who, _: core.allow(who, "tier:extreme-high", EVERYONE),
    "reset_right": lambda core, who, _: core.reset_right(who, "tier:extreme-high"),
    "usage": lambda core, who, _: core.usage(who),
    "balance": lambda core, who, _: core.balance(who),
}

ABOUT_TASK = frozenset(
    name
    for name, method in inspect.getmembers(Intake, inspect.isfunction)
    if not name.startswith("_") and "task_id" in inspect.signature(method).parameters
)
"""What is asked about one task by its id, as the port itself says."""

TO_LOOK_AT = frozenset({"status", "family"})
"""What people of a server may ask about each other's tasks in its threads: they see them there anyhow."""

FOR_ADMINS = frozenset({"check_admin", "set_key", "remove_key", "settings", "allow", "reset_right", "balance"})
OF_ONES_OWN = frozenset({"generate", "tasks", "suggestions", "export", "forget_me", "privacy", "usage"})
IN_A_THREAD = frozenset({"follow"})

STATES = (TaskState.READY, TaskState.FAILED, TaskState.ACCEPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A server with a key and a rule of its own, in which Ada has asked for a model."""

    house: House
    task: Task

    async def state(self) -> tuple[object, ...]:
        """Everything that no stranger may change."""
        world = self.house.world
        files = {key: data for key, data in self.house.files.held.items() if self.task.id in key}
        rules = {server: dict(held) for server, held in world.rights.held.items() if server == DESK}
        return (
            await self.house.now(self.task),
            files,
            rules,
            await world.keys.key_of(DESK),
            list(self.house.rodin.ledger),
        )


async def a_desk(state: TaskState = TaskState.READY, *, address: Address = PRIVATE) -> Desk:
    house = House()
    await house.intake.set_key(ADMIN, KEY)
    await house.intake.allow(ADMIN, "tier:extreme-high", ADMINS_ONLY)
    picture = a_picture(key="spool/lantern/1.png")
    request = a_request(prompt=WORDS, pictures=(picture,))
    task = a_task(owner=replace(ADA, standing=None), state=state, address=address, request=request)
    task = replace(task, files=(a_file(FILE, key=f"results/{task.id}/{FILE}"),) if task.files else ())
    await house.tasks.add(task)
    house.files.held |= {f"results/{task.id}/{FILE}": b"the lantern", picture.key: b"the picture"}
    return Desk(house=house, task=await house.now(task))


async def outcome(desk: Desk, name: str, who: Owner) -> tuple[str, UserMistake | None]:
    """Return all that a stranger reads of the answer, and the refusal if it was one."""
    try:
        return repr(await CALLS[name](desk.house.intake, who, desk.task.id)), None
    except UserMistake as refusal:
        return str(refusal), refusal


everybody = pytest.mark.parametrize("stranger", STRANGERS)


def test_every_question_of_the_port_is_in_one_of_the_tables() -> None:
    asked = {name for name, _ in inspect.getmembers(Intake, inspect.isfunction) if not name.startswith("_")}

    assert set(CALLS) == asked
    kinds = (ABOUT_TASK, FOR_ADMINS, OF_ONES_OWN, IN_A_THREAD)
    assert sorted(name for kind in kinds for name in kind) == sorted(asked)


@everybody
@pytest.mark.parametrize("name", sorted(ABOUT_TASK))
@pytest.mark.parametrize("state", STATES)
async def test_a_strangers_question_about_a_task_is_answered_as_if_there_were_none(
    state: TaskState, name: str, stranger: str
) -> None:
    desk = await a_desk(state)
    before = await desk.state()

    said, refusal = await outcome(desk, name, STRANGERS[stranger])
    with pytest.raises(NotFound) as of_none:
        await CALLS[name](desk.house.intake, STRANGERS[stranger], "zzzzzzz")

    assert type(refusal) is NotFound
    assert said.replace(desk.task.id, "") == str(of_none.value).replace("zzzzzzz", "")
    assert await desk.state() == before


@everybody
@pytest.mark.parametrize("name", sorted(ABOUT_TASK - TO_LOOK_AT))
@pytest.mark.parametrize("state", STATES)
async def test_what_stands_in_a_thread_is_still_its_askers_alone(state: TaskState, name: str, stranger: str) -> None:
    desk = await a_desk(state, address=SHARED)
    before = await desk.state()

    said, refusal = await outcome(desk, name, STRANGERS[stranger])

    unsure = stranger == "the platform does not answer" and name in {"cancel", "delete"}
    expected = NotAllowed if unsure else NotYours if stranger in FELLOWS else NotFound
    assert type(refusal) is expected
    assert WORDS not in said
    assert FILE not in said
    assert await desk.state() == before


@everybody
@pytest.mark.parametrize("name", sorted(TO_LOOK_AT))
async def test_who_may_only_look_is_offered_nothing_to_do(name: str, stranger: str) -> None:
    desk = await a_desk(address=SHARED)

    said, refusal = await outcome(desk, name, STRANGERS[stranger])

    if stranger in FELLOWS:
        assert refusal is None
        assert "choices=()" in said
    else:
        assert type(refusal) is NotFound
        assert WORDS not in said


@everybody
async def test_whoever_goes_on_in_a_thread_does_so_as_themselves_and_changes_nothing_that_was_there(
    stranger: str,
) -> None:
    desk = await a_desk(address=SHARED)
    before, who = await desk.state(), STRANGERS[stranger]

    await CALLS["follow"](desk.house.intake, who, desk.task.id)

    assert await desk.state() == before
    [made] = await desk.house.tasks.tasks_of(who, limit=9)
    assert (made.owner.user_id, made.parent_id, made.price) == (who.user_id, desk.task.id, desk.task.price)


@everybody
async def test_what_is_told_to_one_person_alone_is_no_thread_to_go_on_in(stranger: str) -> None:
    desk = await a_desk()
    before = await desk.state()

    said, refusal = await outcome(desk, "follow", STRANGERS[stranger])

    assert type(refusal) is NotFound
    assert WORDS not in said
    assert await desk.state() == before


@everybody
@pytest.mark.parametrize("name", sorted(FOR_ADMINS))
async def test_what_is_for_admins_is_done_for_nobody_else_and_in_no_other_server(name: str, stranger: str) -> None:
    desk = await a_desk()
    before = await desk.state()

    said, refusal = await outcome(desk, name, STRANGERS[stranger])

    is_admin_there = stranger == "admin of another server"
    assert isinstance(refusal, NotAllowed) is not is_admin_there
    assert KEY not in said
    assert await desk.state() == before


@everybody
@pytest.mark.parametrize("name", sorted(OF_ONES_OWN))
async def test_what_is_about_oneself_shows_and_changes_nothing_of_anybody_else(name: str, stranger: str) -> None:
    desk = await a_desk()
    before = await desk.state()

    said, _ = await outcome(desk, name, STRANGERS[stranger])

    assert desk.task.id not in said
    assert WORDS not in said
    assert await desk.state() == before


async def test_whose_it_is_may_do_what_strangers_may_not() -> None:
    for name in sorted(ABOUT_TASK - {"resend", "cancel"}):
        desk = await a_desk(address=SHARED)

        _, refusal = await outcome(desk, name, ADA)

        assert not isinstance(refusal, NotFound | NotYours | NotAllowed), name


async def test_a_rule_of_one_server_says_nothing_in_another() -> None:
    desk = await a_desk()
    await desk.house.intake.allow(ADMIN, "ask", ADMINS_ONLY)

    closed, refusal = await outcome(desk, "generate", STRANGERS["member of this server"])
    _, accepted = await outcome(desk, "generate", STRANGERS["member of another server"])

    assert type(refusal) is NotAllowed
    assert str(ASK) in closed or "ask" in closed
    assert accepted is None
