"""Going from one model to the next at the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.console.commands import Verb, help_lines, parse_line
from adapters.console.session import Session
from bot.errors import UserMistake
from bot.model import Request, Task
from tests.unit.console.terminal import Terminal, obeyed, ready


async def newest(terminal: Terminal, session: Session) -> Task:
    return await terminal.house.tasks.load(session.asked[-1][0])


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("better {id}", "Gen-2.5-High"),
        ("format {id} fbx", "Gen-2.5-Medium, fbx"),
        ("convert {id} FBX", "Gen-2.5-Medium, fbx"),
        ("retexture {id} green moss", "New texture, glb, PBR"),
        ("split {id}", "Split into parts with strength 5"),
        ("split {id} 9", "Split into parts with strength 9"),
        ("split {id} 9 wheels apart", "strength 9, glb, PBR, as told: wheels apart"),
        ("split {id} the 2 wheels --strength 3", "strength 3, glb, PBR, as told: the 2 wheels"),
        ("/rodin split {id} --format obj", "strength 5, obj"),
        ("variation {id} a red owl --faces 30k", "30,000 triangles"),
        ("vary {id} --tier low", "Gen-2.5-Low"),
    ],
)
async def test_every_next_version_says_what_it_is_and_costs(
    terminal: Terminal, session: Session, line: str, says: str
) -> None:
    old = await ready(terminal)

    (said,) = await obeyed(terminal, session, line.format(id=old.id))

    task = await newest(terminal, session)
    assert said.startswith(f"Task {task.id} (from {old.id}): ")
    assert says in said
    assert said.endswith("Price: 0.5 credits.")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("better", "Which task? Type better and its id"),
        ("split", "Which task? Type split and its id"),
        ("better nothing", "You have no task"),
        ("betters {id}", "Did you mean better?"),
        ("retextur {id} moss", "Did you mean retexture?"),
        ("variaton {id} red", "Did you mean variation?"),
        ("split {id} 13", "Strength must be between 2 and 12; 13 is too high"),
        ("split {id} --strength", "Strength must be a whole number"),
        ("split {id} --strenght 4", 'There is no option "strenght"'),
        ("split {id} --image pot.jpg", "There is no file"),
        ("format {id}", "Which format? Type it behind the id."),
        ("delete {id} --forgt", "delete knows only --forget"),
        ("format {id} glb", "is in glb already"),
        ("retexture {id}", "Say in words or with a picture"),
        ("variation {id}", "Say what shall be different"),
        ("variation {id} --add", "wants the path of a picture"),
        ("list trees", "list knows --channel, --failed"),
    ],
)
async def test_what_cannot_be_done_is_said_and_nothing_is_asked_for(
    terminal: Terminal, session: Session, line: str, says: str
) -> None:
    old = await ready(terminal)

    said = " ".join(await obeyed(terminal, session, line.format(id=old.id)))

    assert says in said
    assert session.asked == []


async def test_pictures_are_exchanged_or_added(terminal: Terminal, session: Session, tmp_path: Path) -> None:
    old = await ready(terminal)
    (tmp_path / "one.png").write_bytes(b"one")
    (tmp_path / "two.png").write_bytes(b"two")
    await session.obey(f"variation {old.id} --image {tmp_path}/one.png")
    first = await newest(terminal, session)

    await session.obey(f"variation {first.id} --add {tmp_path}/two.png")
    added = await newest(terminal, session)
    await session.obey(f"variation {first.id} a dog --image {tmp_path}/two.png")
    exchanged = await newest(terminal, session)

    held = terminal.house.files.held
    assert [held[picture.key] for picture in added.request.pictures] == [b"one", b"two"]
    assert [held[picture.key] for picture in exchanged.request.pictures] == [b"two"]
    assert isinstance(exchanged.request, Request)
    assert exchanged.request.prompt == "a dog"


async def a_family(terminal: Terminal, session: Session) -> tuple[str, str, str, str]:
    old = await ready(terminal)
    made = []
    for line in ("better {0}", "variation {1} a red owl", "split {0} 3"):
        await terminal.house.clock.sleep(1)
        await session.obey(line.format(old.id, *(made or [""])))
        made.append(session.asked[-1][0])
    return old.id, made[0], made[1], made[2]


async def test_a_tree_shows_every_version_and_what_sets_it_apart(terminal: Terminal, session: Session) -> None:
    first, better, red, split = await a_family(terminal, session)
    await terminal.house.clock.sleep(1)
    lone = (await terminal.house.ask("a boat")).id

    assert await obeyed(terminal, session, "list --tree") == [
        f"… {lone}  a boat  accepted",
        f"✔ {first}  a brass owl  ready",
        f"├─ … {better}  Gen-2.5-High  accepted",
        f"│  └─ … {red}  “a red owl”  accepted",
        f"└─ … {split}  in parts, strength 3  accepted",
    ]


async def test_a_version_is_shown_among_its_kin(terminal: Terminal, session: Session) -> None:
    first, better, red, _ = await a_family(terminal, session)

    said = await obeyed(terminal, session, f"show {red}")

    assert said[0] == f"… {red}  a red owl  accepted"
    assert f"│  └─ … {red}  “a red owl”  accepted  ← this one" in said
    assert sum("← this one" in line for line in said) == 1
    assert [line for line in said if first in line or better in line]


async def test_a_version_alone_is_shown_without_a_tree(terminal: Terminal, session: Session) -> None:
    old = await ready(terminal)

    said = await obeyed(terminal, session, f"show {old.id}")

    assert said[0] == f"✔ {old.id}  a brass owl  ready"
    assert not [line for line in said if "← this one" in line]


def test_help_tells_more_about_each_command() -> None:
    listed = "\n".join(help_lines())

    for verb in Verb:
        assert f"  {verb}" in listed
        if verb is not Verb.GENERATE:
            assert help_lines(verb)[0].startswith(str(verb))
    assert "--strength" in "\n".join(help_lines("split"))
    assert "fbx" in "\n".join(help_lines("FORMAT"))
    with pytest.raises(UserMistake, match="Did you mean split"):
        help_lines("splt")


def test_a_wish_about_a_task_is_read_like_one_for_a_new_model() -> None:
    command = parse_line('variation ab2c3de "a red owl" --faces 30k --hd')

    assert command is not None
    assert command.wish is not None
    assert (command.word, command.wish.prompt, command.wish.options) == (
        "ab2c3de",
        "a red owl",
        {"faces": "30k", "hd": "yes"},
    )
