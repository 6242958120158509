"""The chat on a real terminal: `rodin-bot demo` with a person at the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.keyboard import QUICK, Keyboard


@pytest.mark.slow
def test_a_whole_evening_at_the_terminal(person: Keyboard, tmp_path: Path) -> None:
    person.see("a brass teapot")
    person.see(r"out/\S+\.glb")
    person.see("rodin>")

    person.type("genrate a cat")
    person.see("Did you mean generate")
    person.type("list")
    person.see("ready")
    person.type(f"generate a red lantern {QUICK}")
    first = person.see(r"Task (\w{7}):").group(1)
    person.type(f"generate a blue boat {QUICK}")
    second = person.see(r"Task (\w{7}):").group(1)
    for _ in (first, second):
        person.see("Your model is ready")
    person.type(f"status {second}")
    person.see("Charged: 0.5 credits")
    person.type(f"cancel {first}")
    person.see("is over already")
    person.type("usage")
    person.see("3 models for 1.5 credits")
    person.type("balance")
    person.see("holds 206.5 credits")
    person.type("help")
    person.see("leave; so does Ctrl-D")
    person.type(f"generate {'x' * 1025}")
    person.see("Shorten it by 1")
    person.type("quit")

    assert person.leave() == 0
    assert "Traceback" not in person.words
    assert "WARNING" not in person.words
    assert len(list((tmp_path / "out").glob("*/*.glb"))) == 3
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.slow
def test_calling_off_says_what_it_means(tmp_path: Path) -> None:
    person = Keyboard(tmp_path, "demo", "--speed", "20")
    try:
        person.see("rodin>")
        person.type(f"generate a slow bell {QUICK}")
        task_id = person.see(r"Task (\w{7}):").group(1)
        while "Rodin" not in person.ask(f"status {task_id}", r"Next in line|Handing it|Rodin (has it|is modelling)"):
            pass
        person.type(f"cancel {task_id}")
        person.see("cannot be stopped")
        person.see("rodin>")
        person.press("d")

        assert person.leave() == 0
        assert "Traceback" not in person.words
    finally:
        person.close()


@pytest.mark.slow
@pytest.mark.parametrize("key", ["d", "c"], ids=["ctrl-d", "ctrl-c"])
def test_leaving_by_a_key_is_clean(key: str, person: Keyboard, tmp_path: Path) -> None:
    person.see("rodin>")

    person.press(key)

    assert person.leave() == 0
    assert "Traceback" not in person.words
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.slow
def test_ctrl_c_while_the_sample_is_made_is_clean(tmp_path: Path) -> None:
    person = Keyboard(tmp_path, "demo", "--speed", "1")
    try:
        person.see("Rodin has it")

        person.press("c")

        assert person.leave() == 130
        assert "Stopped." in person.words
        assert "Traceback" not in person.words
        assert list((tmp_path / "scratch").iterdir()) == []
    finally:
        person.close()
