"""Routes that Rodin does not have: the ledger for tests and curious people, and switches to pull while it runs.

They need no key and answer only to this machine.
"""

import ipaddress
import json
import uuid
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Final

from aiohttp import web

from adapters.rodin.simulator import progress
from adapters.rodin.simulator.forms import read_object
from adapters.rodin.simulator.refusals import Refused
from adapters.rodin.simulator.stage import Stage
from adapters.rodin.simulator.state import Charge, plain_number
from adapters.rodin.simulator.tasks import Task
from adapters.rodin.simulator.workshop import BuildState

ROOT: Final = "/simulator"
#: Of a key, the ledger shows its end.
SHOWN_KEY_CHARS: Final = 4


class Backstage:
    """The routes under /simulator."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def routes(self) -> list[web.RouteDef]:
        """Ledger, faults, foreign usage, keys."""
        return [
            web.get(f"{ROOT}/ledger", self._ledger),
            web.post(f"{ROOT}/faults", self._faults),
            web.post(f"{ROOT}/usage", self._usage),
            web.post(f"{ROOT}/keys", self._keys),
        ]

    async def _ledger(self, request: web.Request) -> web.Response:
        _only_here(request)
        return web.json_response(ledger(self._stage), dumps=_dumps)

    async def _faults(self, request: web.Request) -> web.Response:
        _only_here(request)
        try:
            self._stage.dice.replace(str((await read_object(request)).get("faults", "")))
        except (ValueError, Refused) as error:
            return _wrong(str(error))
        return web.json_response({"faults": list(self._stage.dice.struck)})

    async def _usage(self, request: web.Request) -> web.Response:
        _only_here(request)
        try:
            body = await read_object(request)
            key = self._usage_key(body)
            charge = self._charge(body)
        except (ValueError, Refused) as error:
            return _wrong(str(error))
        account = self._stage.state.account(key)
        account.debit(charge)
        return web.json_response({**charge.as_json(), "balance": plain_number(account.balance)})

    async def _keys(self, request: web.Request) -> web.Response:
        _only_here(request)
        try:
            body = await read_object(request)
            account = self._stage.state.account(_named_key(body))
            balance = _amount(body.get("balance", account.balance), "balance")
        except (ValueError, Refused) as error:
            return _wrong(str(error))
        account.balance = balance
        account.is_revoked = body.get("revoked", account.is_revoked) is True
        return web.json_response({"balance": plain_number(account.balance), "revoked": account.is_revoked})

    def _usage_key(self, body: Mapping[str, object]) -> str:
        accounts = self._stage.state.accounts
        key = str(body.get("key") or next(iter(accounts), ""))
        if not key:
            raise ValueError('no key was used yet; name one: {"key": …, "item": …, "amount": …}')
        return key

    def _charge(self, body: Mapping[str, object]) -> Charge:
        amount = _amount(body.get("amount", "0.5"), "amount")
        item = str(body.get("item") or "Rodin Gen-2.5-Medium")
        return Charge(task_uuid=str(uuid.uuid4()), at=self._stage.clock.now(), item=item, amount=amount)


def _named_key(body: Mapping[str, object]) -> str:
    key = body.get("key")
    if not isinstance(key, str) or not key:
        raise ValueError('name a key: {"key": …, "balance": …, "revoked": …}')
    return key


def _amount(value: object, name: str) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"{name} must be a number of credits") from error
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{name} must be a number of credits, 0 or more")
    return amount


def ledger(stage: Stage) -> Mapping[str, object]:
    """What the simulator knows, as JSON values. `balance` is that of the first key seen; all are under `accounts`."""
    state = stage.state
    first = next(iter(state.accounts.values()), None)
    return {
        "balance": plain_number(stage.options.balance if first is None else first.balance),
        "accounts": [
            {
                "key": _shown(key),
                "balance": plain_number(account.balance),
                "running": state.running(key),
                "charges": len(account.charges),
            }
            for key, account in state.accounts.items()
        ],
        "tasks": [_task_json(stage, task) for task in state.tasks.values()],
        "refusals": [
            {
                "route": refusal.route,
                "key": _shown(refusal.key),
                "status": int(refusal.status),
                "code": refusal.code,
                "message": refusal.message,
                "seconds": _seconds_since_start(stage, refusal.at.timestamp()),
            }
            for refusal in state.refusals
        ],
        "requests": dict(state.requests),
        "unknown_fields": dict(state.unknown_fields),
        "ignored_fields": dict(state.ignored_fields),
        "authorization_leaks": state.authorization_leaks,
        "faults": dict(stage.dice.struck),
        "models_made": stage.workshop.made,
    }


def _task_json(stage: Stage, task: Task) -> Mapping[str, object]:
    spec = task.order.spec
    ready = stage.workshop.state(spec) is BuildState.READY
    built = stage.workshop.built(spec) if ready else None
    return {
        "uuid": task.uuid,
        "key": _shown(task.key),
        "route": task.order.route,
        "prompt": spec.prompt,
        "tier": task.order.tier,
        "amount": plain_number(task.order.price),
        "seconds": _seconds_since_start(stage, task.taken_at.timestamp()),
        "state": progress.word(stage, task),
        "pictures": task.order.picture_count,
        "seed": spec.seed,
        "faces": spec.faces,
        "format": spec.file_format,
        "mesh_mode": spec.mesh_mode,
        "material": spec.material,
        "parts": spec.parts,
        "faults": sorted(task.faults),
        "files": [path.name for path in built.files] if built else [],
    }


def _seconds_since_start(stage: Stage, timestamp: float) -> float:
    return round(timestamp - stage.state.began_at.timestamp(), 3)


def _shown(key: str) -> str:
    return key[-SHOWN_KEY_CHARS:]


def _only_here(request: web.Request) -> None:
    if not is_loopback(request.remote):
        raise web.HTTPForbidden(text="This page answers only to the machine that the simulator runs on.")


def is_loopback(remote: str | None) -> bool:
    """Whether a peer's address is this machine's own, IPv4 mapped into IPv6 included."""
    try:
        address = ipaddress.ip_address(remote or "")
    except ValueError:  # no address, as on a Unix socket
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _wrong(sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=HTTPStatus.BAD_REQUEST)


def _dumps(body: object) -> str:
    return json.dumps(body, indent=2, ensure_ascii=False)
