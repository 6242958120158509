"""What a typed line means: a wish costs money, a command does not."""

from __future__ import annotations

import pytest

from adapters.slack.commands import Command, Verb, parse_command
from adapters.slack.wire import plain_words
from bot.errors import UserMistake


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
        ("status abc2345", Command(verb=Verb.STATUS, word="abc2345", rest="status abc2345")),
        ("show jumping horse", Command(verb=Verb.GENERATE, rest="show jumping horse")),
        ("help", Command(verb=Verb.HELP)),
        ("help generate", Command(verb=Verb.HELP, word="generate")),
        ("help desk", Command(verb=Verb.GENERATE, rest="help desk")),
        ("?", Command(verb=Verb.HELP)),
    ],
)
def test_a_line_is_a_command_only_when_nothing_else_can_be_meant(line: str, command: Command) -> None:
    assert parse_command(line) == command


@pytest.mark.parametrize("verb", ["status", "show", "cancel", "again", "resend", "delete"])
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
