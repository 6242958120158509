"""What a typed line means: a wish costs money, a command does not."""

from __future__ import annotations

import pytest

from adapters.slack.commands import Command, Verb, parse_command
from adapters.slack.wire import plain_words
from bot.errors import UserMistake
from bot.update import Choice


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("", Command(verb=Verb.FORM)),
        ("   ", Command(verb=Verb.FORM)),
        ("new", Command(verb=Verb.FORM)),
        ("generate", Command(verb=Verb.FORM)),
        ("generate list", Command(verb=Verb.GENERATE, rest="list")),
        ("new shoes", Command(verb=Verb.GENERATE, rest="new shoes")),
        ("a brass owl --tier high", Command(verb=Verb.GENERATE, rest="a brass owl --tier high")),
        ("LIST", Command(verb=Verb.LIST)),
        ("list of owls", Command(verb=Verb.GENERATE, rest="list of owls")),
        ("list --tree --failed", Command(verb=Verb.LIST, more="--tree --failed")),
        ("list everybody", Command(verb=Verb.LIST, more="everybody")),
        ("list —words “green moss”", Command(verb=Verb.LIST, more="—words “green moss”")),
        ("list words of wisdom", Command(verb=Verb.GENERATE, rest="list words of wisdom")),
        ("status abc2345", Command(verb=Verb.STATUS, word="abc2345", rest="status abc2345")),
        ("better abc2345", Command(verb=Verb.BETTER, word="abc2345", rest="better abc2345")),
        ("better call home", Command(verb=Verb.GENERATE, rest="better call home")),
        ("links abc2345", Command(verb=Verb.LINKS, word="abc2345", rest="links abc2345")),
        (
            "format abc2345 fbx",
            Command(verb=Verb.FORMAT, word="abc2345", more="fbx", rest="format abc2345 fbx"),
        ),
        (
            "variation abc2345 in red --tier high",
            Command(
                verb=Verb.VARIATION,
                word="abc2345",
                more="in red --tier high",
                rest="variation abc2345 in red --tier high",
            ),
        ),
        ("variation on a theme", Command(verb=Verb.GENERATE, rest="variation on a theme")),
        (
            "split ABC2345 4 wheels apart",
            Command(verb=Verb.SPLIT, word="ABC2345", more="4 wheels apart", rest="split ABC2345 4 wheels apart"),
        ),
        ("split 2 logs", Command(verb=Verb.GENERATE, rest="split 2 logs")),
        (
            "delete abc2345 --forget",
            Command(verb=Verb.DELETE, word="abc2345", more="--forget", rest="delete abc2345 --forget"),
        ),
        ("delete the clouds", Command(verb=Verb.GENERATE, rest="delete the clouds")),
        ("settings", Command(verb=Verb.SETTINGS)),
        ("settings keys are here", Command(verb=Verb.SETTINGS)),
        ("settings\nkey abc", Command(verb=Verb.SETTINGS)),
        ("privacy", Command(verb=Verb.PRIVACY)),
        ("export", Command(verb=Verb.EXPORT)),
        ("export crate", Command(verb=Verb.GENERATE, rest="export crate")),
        ("forget me", Command(verb=Verb.FORGET, word="me")),
        ("forget me not flower", Command(verb=Verb.GENERATE, rest="forget me not flower")),
        ("show jumping horse", Command(verb=Verb.GENERATE, rest="show jumping horse")),
        ("help", Command(verb=Verb.HELP)),
        ("help generate", Command(verb=Verb.HELP, word="generate")),
        ("help desk", Command(verb=Verb.GENERATE, rest="help desk")),
        ("?", Command(verb=Verb.HELP)),
    ],
)
def test_a_line_is_a_command_only_when_nothing_else_can_be_meant(line: str, command: Command) -> None:
    assert parse_command(line) == command


@pytest.mark.parametrize(
    ("line", "form"),
    [
        ("variation abc2345", Choice.VARIATION),
        ("retexture abc2345", Choice.RETEXTURE),
        ("format abc2345", Choice.FORMAT),
        ("format abc2345 stl", None),
        ("split abc2345", None),
        ("show abc2345", None),
    ],
)
def test_a_command_that_says_only_about_which_task_opens_the_form(line: str, form: Choice | None) -> None:
    assert parse_command(line).form is form


@pytest.mark.parametrize("mistyped", ["abc234", "abc23456", "abc234l"])
def test_a_mistyped_id_does_not_become_a_model_that_costs_money(mistyped: str) -> None:
    assert parse_command(f"variation {mistyped} in red").verb is Verb.VARIATION


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("list --sideways", "list knows --channel"),
        ("list --words", "Which words"),
        ("delete abc2345 --forgot", "delete knows only --forget"),
        ("delete abc2345 now", "delete knows only --forget"),
        ("cancel abc2345 please", "nothing else"),
        ("again abc2345 in red", "/rodin generate again abc2345 in red"),
        ("forget abc2345", "/rodin delete abc2345 --forget"),
    ],
)
def test_an_option_that_nobody_understands_is_refused(line: str, said: str) -> None:
    with pytest.raises(UserMistake, match=said):
        parse_command(line)


@pytest.mark.parametrize(
    "verb",
    [
        *("status", "show", "cancel", "again", "better", "resend", "links", "delete"),
        *("variation", "format", "retexture", "split"),
    ],
)
def test_a_command_about_a_task_asks_which(verb: str) -> None:
    with pytest.raises(UserMistake, match=f"/rodin {verb}"):
        parse_command(verb)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<@U1> a pot", "a pot"),
        ("<@U1|rodin> a pot", "a pot"),
        ("for <@U2|bob> and <@U3>", "for @bob and @U3"),
        ("see <http://x.example|the pot>", "see the pot"),
        ("<https://x.example/a?b=1&amp;c=2>", "https://x.example/a?b=1&c=2"),
        ("in <#C1|general>", "in #general"),
        ("<!channel> <!subteam^S1|@makers>", "@channel @makers"),
        ("&lt;!channel&gt; &amp;amp;", "<!channel> &amp;"),
    ],
)
def test_slacks_markup_is_read_back_into_what_was_typed(text: str, words: str) -> None:
    assert plain_words(text, bots=("U1",)) == words
