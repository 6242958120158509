"""Rodin's API routes behind their authorisation: submissions, status, listing, balance."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from aiohttp import web

from adapters.rodin.simulator import answers, life, progress
from adapters.rodin.simulator.faults import READ_SENTENCES
from adapters.rodin.simulator.fields import require_text
from adapters.rodin.simulator.forms import read_object
from adapters.rodin.simulator.listing import Listed, is_model, list_files
from adapters.rodin.simulator.refusals import ArrayNotJson, Refused, invalid
from adapters.rodin.simulator.stage import Stage
from adapters.rodin.simulator.state import plain_number
from adapters.rodin.simulator.submissions import Submissions
from adapters.rodin.simulator.tasks import Task

ROOT: Final = "/api/v2"
_PAGE: Final = re.compile(r"0*[1-9][0-9]{0,8}", re.ASCII)

Answer = Callable[[web.Request, str], Awaitable[web.StreamResponse]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Api:
    """The routes under /api/v2. `files_port` is where the file host listens."""

    def __init__(self, stage: Stage, *, files_port: int) -> None:
        self._stage = stage
        self._files_port = files_port
        self._submissions = Submissions(stage)

    def routes(self) -> list[web.RouteDef]:
        """Everything that Rodin's v2 API is known to answer."""
        return [
            *(web.post(f"{ROOT}/{route}", self._submission(route)) for route in self._submissions.by_route),
            web.post(f"{ROOT}/status", self._read("status", self._status)),
            web.post(f"{ROOT}/download", self._read("download", self._download)),
            web.get(f"{ROOT}/check_balance", self._read("balance", self._balance)),
        ]

    def _submission(self, route: str) -> Handler:
        async def answer(request: web.Request, key: str) -> web.StreamResponse:
            return await self._submissions.submit(request, key=key, route=route)

        return self._guarded(answer)

    def _read(self, prefix: str, answer: Answer) -> Handler:
        """A route that may be asked again and again, with the faults that reads can have."""

        async def answer_or_fault(request: web.Request, key: str) -> web.StreamResponse:
            fault = self._stage.dice.first_of(f"{prefix}_{name}" for name in READ_SENTENCES)
            kind = fault.removeprefix(f"{prefix}_") if fault else ""
            if kind and kind != "garbled":
                return await answers.broken(self._stage, request, kind)
            whole = await answer(request, key)
            return answers.cut_off(whole) if kind and isinstance(whole, web.Response) else whole

        return self._guarded(answer_or_fault)

    def _guarded(self, answer: Answer) -> Handler:
        """Let only keys through, and turn refusals into answers that the ledger remembers."""

        async def handler(request: web.Request) -> web.StreamResponse:
            key = ""
            try:
                key = self._key(request)
                return await answer(request, key)
            except Refused as refused:
                self._stage.state.note_refusal(refused, route=request.path, key=key)
                return answers.refusal(refused)
            except ArrayNotJson as error:
                fault = Refused("SyntaxError", str(error), status=HTTPStatus.INTERNAL_SERVER_ERROR)
                self._stage.state.note_refusal(fault, route=request.path, key=key)
                return answers.server_error(str(error))

        return handler

    def _key(self, request: web.Request) -> str:
        scheme, _, key = request.headers.get("Authorization", "").strip().partition(" ")
        key = key.strip()
        allowed = self._stage.options.keys
        if scheme.lower() != "bearer" or not key or (allowed is not None and key not in allowed):
            raise answers.UNAUTHORIZED
        if self._stage.state.account(key).is_revoked or self._stage.dice.strikes("unauthorized"):
            raise answers.UNAUTHORIZED
        return key

    async def _status(self, request: web.Request, key: str) -> web.StreamResponse:
        """Source: docs.hyper3d.ai, Check Status."""
        subscription_key = require_text(await read_object(request), "subscription_key")
        task = self._stage.state.by_subscription(subscription_key, key=key)
        jobs = [job.as_json() for job in progress.statuses(self._stage, task)]
        if self._stage.dice.strikes("empty_jobs"):
            return answers.good(self._stage, {"jobs": []})
        if self._stage.dice.strikes("status_jobs_as_object"):
            return answers.good(self._stage, {"jobs": {str(job["uuid"]): job for job in jobs}})
        return answers.good(self._stage, {"jobs": jobs})

    async def _download(self, request: web.Request, key: str) -> web.StreamResponse:
        """Source: docs.hyper3d.ai, Download Results."""
        task_uuid = require_text(await read_object(request), "task_uuid")
        task = self._stage.state.by_uuid(task_uuid, key=key)
        entries = self._entries(task)
        dead = self._gives_dead_links(task, entries)
        base = f"http://{_host(request)}:{self._files_port}"
        listed = [{"name": entry.name, "url": base + self._link(task, entry, dead=dead)} for entry in entries]
        return answers.good(self._stage, {"list": listed})

    def _entries(self, task: Task) -> tuple[Listed, ...]:
        state = self._stage.state
        statuses = progress.statuses(self._stage, task)
        built = self._stage.workshop.built(task.order.spec)
        if built is None:  # still packaging
            return ()
        names = [path.name for path in built.files]
        entries = list_files(names, statuses, faults=task.faults, earlier=state.listings[task.uuid])
        state.listings[task.uuid] += life.is_over(statuses)
        return entries

    def _gives_dead_links(self, task: Task, entries: tuple[Listed, ...]) -> bool:
        if not any(is_model(entry.file_name) for entry in entries):
            return False
        self._stage.state.model_listings[task.uuid] += 1
        return "expired_links" in task.faults and self._stage.state.model_listings[task.uuid] == 1

    def _link(self, task: Task, entry: Listed, *, dead: bool) -> str:
        ttl_s = self._stage.options.link_ttl_s
        at = self._stage.clock.now() - timedelta(seconds=ttl_s + 1 if dead else 0)
        path = f"/{task.pack_id}/pack/{task.order.spec.file_format}/{entry.file_name}"
        return self._stage.signer.sign(path, shown_name=entry.name.rpartition("/")[2], at=at, ttl_s=ttl_s)

    async def _balance(self, request: web.Request, key: str) -> web.StreamResponse:
        """Source: docs.hyper3d.ai, Check Balance; `usage_page` from client code."""
        account = self._stage.state.account(key)
        body: dict[str, object] = {"balance": plain_number(account.balance)}
        page = request.query.get("usage_page")
        if page is not None:
            if not _PAGE.fullmatch(page):
                raise invalid("usage_page", "must be a whole number from 1 on")
            body["usage"] = [charge.as_json() for charge in account.page(int(page))]
        return answers.good(self._stage, body)


def _host(request: web.Request) -> str:
    """The host by which the client found the API, so that it can find the files as well."""
    try:
        host = request.url.host or ""
    except ValueError:  # a Host header that is none
        host = ""
    return f"[{host}]" if ":" in host else host or "127.0.0.1"
