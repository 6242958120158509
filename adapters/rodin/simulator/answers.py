"""HTTP answers: the envelope of good ones, the shape of refusals, and the broken ones that faults ask for."""

import asyncio
import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import Final

from aiohttp import web

from adapters.rodin.simulator.refusals import Refused
from adapters.rodin.simulator.stage import Stage

UNAUTHORIZED: Final = Refused("UNAUTHORIZED", "Active API key is required.", status=HTTPStatus.UNAUTHORIZED)

#: What a 429 asks the client to wait, at speed 1. Our choice; the body of a 429 is not documented either.
RETRY_AFTER_S: Final = 10
#: How often a held answer looks whether its client is still there.
_LOOK_S: Final = 1.0

_SUFFIX: Final = re.compile(r"_(500|502|before_accept|after_accept)$")

_BAD_GATEWAY: Final = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


def good(stage: Stage, body: Mapping[str, object]) -> web.Response:
    """A success, with `error` absent, null or "OK" as the options say."""
    shapes: Mapping[str, Mapping[str, object]] = {"absent": {}, "null": {"error": None}, "ok": {"error": "OK"}}
    whole = {**shapes[stage.options.error_on_success], **body}
    return web.json_response(whole, status=stage.options.success_status, dumps=_compact)


def refusal(refused: Refused) -> web.Response:
    """A refusal: most come with the status of a success."""
    body = {"error": refused.code, "message": refused.message}
    return web.json_response(body, status=refused.status, dumps=_compact)


def server_error(text: str = "Internal Server Error") -> web.Response:
    """HTTP 500 with plain text."""
    return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR, text=text)


def cut_off(whole: web.Response) -> web.Response:
    """The same answer, cut in the middle of its JSON."""
    body = whole.body if isinstance(whole.body, bytes) else b""
    return web.Response(status=whole.status, body=body[: len(body) * 2 // 3], content_type="application/json")


def broken_kind(fault: str) -> str:
    """What kind of broken answer the fault of a submission asks for: its name without the suffix."""
    return _SUFFIX.sub("", fault)


async def broken(stage: Stage, request: web.Request, kind: str) -> web.Response:
    """The answer, or the silence, that a fault asks for; `kind` as `broken_kind` gives it."""
    if kind == "timeout":
        await _hold(stage, request)
        return _hang_up(request)
    if kind == "drop":
        return _hang_up(request)
    return BROKEN_ANSWERS[kind](stage)


def _rate_limit_seconds(stage: Stage) -> web.Response:
    wait_s = math.ceil(RETRY_AFTER_S / stage.options.speed)
    return _rate_limited(str(wait_s))


def _rate_limit_date(stage: Stage) -> web.Response:
    wait_s = math.ceil(RETRY_AFTER_S / stage.options.speed)
    # HTTP dates hold whole seconds; one is added so that rounding down never asks for less.
    until = stage.clock.now().replace(microsecond=0) + timedelta(seconds=wait_s + 1)
    return _rate_limited(format_datetime(until, usegmt=True))


def _rate_limited(retry_after: str) -> web.Response:
    return web.Response(
        status=HTTPStatus.TOO_MANY_REQUESTS, text="Too Many Requests", headers={"Retry-After": retry_after}
    )


def _bad_gateway(_stage: Stage) -> web.Response:
    return web.Response(status=HTTPStatus.BAD_GATEWAY, text=_BAD_GATEWAY, content_type="text/html")


#: Answers of faults by kind; `timeout` and `drop` have none.
BROKEN_ANSWERS: Final[Mapping[str, Callable[[Stage], web.Response]]] = {
    "rate_limit_seconds": _rate_limit_seconds,
    "rate_limit_date": _rate_limit_date,
    "server_error": lambda _stage: server_error(),
    "bad_gateway": _bad_gateway,
    "syntax_error": lambda _stage: server_error("SyntaxError: Unexpected token '?', \"?\" is not valid JSON"),
}


def _compact(body: object) -> str:
    """JSON as JavaScript writes it: no spaces, letters as they are."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


async def _hold(stage: Stage, request: web.Request) -> None:
    """Say nothing until the client has left or the simulator stops."""
    while not stage.stopping.is_set() and request.transport is not None and not request.transport.is_closing():
        try:
            async with asyncio.timeout(_LOOK_S):
                await stage.stopping.wait()
        except TimeoutError:
            continue


def _hang_up(request: web.Request) -> web.Response:
    """Close the connection; the response is never written, as there is nobody to write it to."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
