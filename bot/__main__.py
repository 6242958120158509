"""The command line: `rodin-bot run | demo | console | check | manifest | simulator`, and what operators switch.

What a command needs is imported when it runs: reading the words and refusing wrong ones takes no second.
"""

# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.console.address import DEFAULT_SPEAKER
from adapters.console.arguments import TypedWish, add_wish_arguments, typed_wish
from adapters.rodin.simulator.faults import FAULTS, parse_faults
from bot.errors import BadSettings, BotError, OperatorMistake
from bot.office_commands import add_office_commands
from bot.terminal import EXIT_INTERRUPTED, EXIT_REFUSED, Terminal, is_watched

if TYPE_CHECKING:
    from adapters.rodin.simulator.options import SimulatorOptions


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    values = _parser().parse_args(arguments)
    # Until the event loop listens for it, SIGTERM unwinds as Ctrl-C does, so that nothing is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code: int = values.run(values)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except OperatorMistake as error:
        print(error, file=sys.stderr)  # noqa: T201 - the command line speaks here
        return EXIT_REFUSED
    except BotError as error:
        print(f"Stopped: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rodin-bot", description="Text and pictures to 3D models with Hyper3D Rodin.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=version("rodin-bot"))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_run(commands.add_parser("run", help="run the bot", allow_abbrev=False))
    _add_demo(commands.add_parser("demo", help="make a model with no account and no key", allow_abbrev=False))
    _add_console(commands.add_parser("console", help="talk to Rodin in this terminal", allow_abbrev=False))
    commands.add_parser("check", help="try everything that is set up", allow_abbrev=False).set_defaults(run=_check)
    _add_manifest(commands.add_parser("manifest", help="what a chat platform wants to know", allow_abbrev=False))
    _add_simulator(commands.add_parser("simulator", help="run Rodin's stand-in alone", allow_abbrev=False))
    add_office_commands(commands)
    return parser


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", choices=("all", "gateway", "worker", "web"), default="all")
    parser.set_defaults(run=_run)


def _add_demo(parser: argparse.ArgumentParser) -> None:
    add_wish_arguments(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the files go (default: a folder in out/)")
    parser.add_argument("--speed", type=_speed, default=10.0, metavar="X", help="the simulator's time, 10 by default")
    parser.add_argument("--faults", type=_faults, default="", metavar="NAME[:RATE],…", help="what shall go wrong")
    _add_serve(parser)
    parser.add_argument("--chat", action="store_true", help="go on as a chat afterwards, on a terminal")
    parser.set_defaults(run=_demo)


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--serve", action="store_true", help="keep the page of a single model until Ctrl-C")


def _add_console(parser: argparse.ArgumentParser) -> None:
    add_wish_arguments(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the files go (default: a folder in out/)")
    parser.add_argument("--as", dest="speaker", default=DEFAULT_SPEAKER, metavar="NAME", help="who is speaking")
    _add_serve(parser)
    parser.set_defaults(run=_console)


def _add_manifest(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "platform",
        choices=("discord", "slack"),
        help="Discord: the invite link; Slack: the app's manifest; both with why each right is in it",
    )
    parser.set_defaults(run=_manifest)


def _add_simulator(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="this machine only, by default")
    parser.add_argument("--port", type=int, default=0, metavar="P", help="0, the default, takes a free one")
    parser.add_argument("--speed", type=_speed, default=1.0, metavar="X", help="how fast its time runs")
    parser.add_argument(
        "--faults", type=_faults, default="", metavar="NAME[:RATE],…", help=f"what shall go wrong: {', '.join(FAULTS)}"
    )
    parser.add_argument("--parallel", type=int, default=3, metavar="N", help="tasks at once per key")
    parser.add_argument("--balance", type=_amount, default=Decimal(208), metavar="CREDITS", help="each key's wallet")
    parser.add_argument("--link-ttl", type=int, default=600, metavar="S", help="how long file links live")
    parser.add_argument("--old-codes", action="store_true", help="spell error codes as before 2026")
    parser.add_argument("--error-on-success", choices=("absent", "null", "ok"), default="absent")
    parser.set_defaults(run=_simulator)


def _run(values: argparse.Namespace) -> int:
    from bot.log import set_up
    from bot.roles import Role, run
    from bot.settings import load_settings, require_key

    settings = load_settings()
    require_key(settings)
    set_up(level=settings.log_level, style=settings.log_format, secrets=settings.secrets())
    asyncio.run(run(settings, Role(values.role)))
    return 0


def _demo(values: argparse.Namespace) -> int:
    from bot.demo import DemoPlan, demo

    wish = _wish_or_none(values)
    plan = DemoPlan(
        wish=wish,
        terminal=_terminal(values),
        goes_on=values.chat or wish is None,
        speed=values.speed,
        faults=values.faults,
    )
    return asyncio.run(demo(plan))


def _console(values: argparse.Namespace) -> int:
    from bot.demo import console
    from bot.log import set_up
    from bot.settings import load_settings

    settings = load_settings()
    # Somebody talks here; what a log notes about good days would only stand between the lines.
    level = settings.log_level if "log_level" in settings.model_fields_set else "warning"
    set_up(level=level, style=settings.log_format, secrets=settings.secrets())
    return asyncio.run(console(settings, _wish_or_none(values), _terminal(values, speaker=values.speaker)))


def _check(_values: argparse.Namespace) -> int:
    from adapters.console.findings import print_findings
    from bot.doctor import examine
    from bot.log import set_up
    from bot.settings import load_settings

    settings = load_settings()
    set_up(level="error", style=settings.log_format, secrets=settings.secrets())
    findings = asyncio.run(examine(settings))
    print_findings(findings)
    return 0 if all(finding.is_good for finding in findings) else 1


def _manifest(values: argparse.Namespace) -> int:
    from adapters.discord.invite import application_id_of, manifest_text
    from adapters.slack.manifest import ManifestOptions, manifest_yaml
    from bot.settings import load_settings

    settings = load_settings()
    if values.platform == "slack":
        options = ManifestOptions(
            public_url=settings.public_url,
            uses_http=settings.slack_signing_secret is not None and settings.slack_app_token is None,
            is_distributed=settings.slack_client_id is not None,
        )
        print(manifest_yaml(options), end="")  # noqa: T201 - the command line speaks here
        return 0
    token = settings.discord_token
    application_id = None if token is None else application_id_of(token.get_secret_value())
    print(manifest_text(application_id))  # noqa: T201 - the command line speaks here
    return 0


def _simulator(values: argparse.Namespace) -> int:
    from adapters.rodin.simulator.server import serve

    options = _simulator_options(values)
    try:
        asyncio.run(serve(options))
    except OSError as error:
        place = f"{options.host}:{options.port}"
        raise BadSettings(f"The simulator cannot listen on {place}: {error.strerror or error}.") from error
    return 0


def _simulator_options(values: argparse.Namespace) -> SimulatorOptions:
    from adapters.rodin.simulator.options import SimulatorOptions

    try:
        return SimulatorOptions(
            host=values.host,
            port=values.port,
            speed=values.speed,
            faults=values.faults,
            parallel=values.parallel,
            balance=values.balance,
            link_ttl_s=values.link_ttl,
            old_codes=values.old_codes,
            error_on_success=values.error_on_success,
        )
    except ValueError as error:
        raise BadSettings(f"The simulator cannot run like this: {error}.") from error


def _wish_or_none(values: argparse.Namespace) -> TypedWish | None:
    """Return what was asked for; None when neither words nor a picture nor an option was given."""
    wish = typed_wish(values)
    is_asked = values.prompt or wish.images or wish.options
    return wish if is_asked else None


def _terminal(values: argparse.Namespace, *, speaker: str = DEFAULT_SPEAKER) -> Terminal:
    out: Path | None = values.out
    return Terminal(
        out=out or Path("out"),
        is_flat=out is not None,
        speaker=speaker,
        is_interactive=is_watched(),
        serves=values.serve,
    )


def _speed(value: str) -> float:
    try:
        speed = float(value)
    except ValueError:
        speed = -1.0
    if not 0.1 <= speed <= 1000:
        raise argparse.ArgumentTypeError("must be a number between 0.1 and 1000")
    return speed


def _amount(value: str) -> Decimal:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        amount = Decimal(-1)
    if not 0 <= amount <= 10**9:
        raise argparse.ArgumentTypeError("must be a number of credits")
    return amount


def _faults(value: str) -> str:
    try:
        parse_faults(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return value


if __name__ == "__main__":
    sys.exit(main())
