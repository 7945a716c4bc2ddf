"""Makes the `httpx.Client` that an account's hooks are given."""

from __future__ import annotations

import logging
import time
import weakref
from collections.abc import Iterable
from typing import Any

import httpx

from hub.kernel.db import Database
from hub.kernel.http.bodies import ENCODINGS, Body
from hub.kernel.http.conversation import current
from hub.kernel.http.egress import EgressGuard
from hub.kernel.http.exchanges import Recorder, Talk
from hub.kernel.http.network import Allowance, SharedConnections
from hub.kernel.http.pace import Limit, Pace
from hub.kernel.http.redaction import Redactor

DEADLINE = 20.0  # seconds, from the first byte sent to the last received
LARGEST = 10_000_000  # bytes of an answer, decompressed


class ChannelHttp:
    """One per process: every account's client shares its connections and its buckets."""

    def __init__(
        self,
        database: Database,
        *,
        allow_loopback: bool = False,
        deadline: float = DEADLINE,
        largest: int = LARGEST,
        guard: EgressGuard | None = None,
    ) -> None:
        self.guard = guard or EgressGuard(allow_loopback=allow_loopback)
        self._database = database
        self._deadline = deadline
        self._largest = largest
        self._pace = Pace(database)
        self._connections = SharedConnections(self.guard)
        for library in ("httpx", "httpcore"):  # they log addresses and headers with every secret in them
            logging.getLogger(library).setLevel(logging.WARNING)

    def client(self, *, account_id: str, limit: Limit | None = None, secrets: Iterable[str] = ()) -> httpx.Client:
        """Open a client for one account; `secrets` are the values that no record may show."""
        line = _Line(
            self._connections,
            guard=self.guard,
            pace=self._pace,
            limit=limit,
            recorder=Recorder(self._database, account_id, Redactor(secrets)),
            deadline=self._deadline,
            largest=self._largest,
        )
        return _ChannelClient(
            transport=_ChannelTransport(line),
            trust_env=False,
            timeout=self._deadline,
            headers={"accept-encoding": ENCODINGS},
        )

    def close(self) -> None:
        self._connections.close()


class _ChannelClient(httpx.Client):
    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:  # Any: httpx's own options, passed on
        """Send and follow no redirect, whatever the plugin asks for: it could carry credentials elsewhere."""
        return super().send(request, **{**options, "follow_redirects": False})


class _Line:
    """All that stands behind one account's client."""

    def __init__(
        self,
        connections: SharedConnections,
        *,
        guard: EgressGuard,
        pace: Pace,
        limit: Limit | None,
        recorder: Recorder,
        deadline: float,
        largest: int,
    ) -> None:
        self._connections = connections
        self._guard = guard
        self._pace = pace
        self._limit = limit
        self._recorder = recorder
        self._deadline = deadline
        self._largest = largest

    def talk(self, request: httpx.Request) -> httpx.Response:
        allowance = self._allow(request)
        talk = Talk(request)
        if talk.trace:
            request.headers.setdefault("traceparent", talk.trace.header)
        try:
            with allowance:
                response = self._connections.handle_request(request)
            talk.status = response.status_code
            response.stream = Body(
                response, request=request, allowance=allowance, largest=self._largest, ended=talk.ended
            )
        except BaseException as error:
            talk.failed_by(error)
            raise
        finally:
            self._recorder.keep(talk)
        return response

    def record(self) -> None:
        self._recorder.write()

    def _allow(self, request: httpx.Request) -> Allowance:
        """Wait for the rate, then say how long the request may take and where it may go."""
        conversation = current()
        started = time.monotonic()
        ends = min(started + self._deadline, conversation.ends) if conversation else started + self._deadline
        loopback_only = self._guard.admit(request.url)
        if self._limit:
            self._pace.wait(self._limit, request, left=ends - started)
        left = max(ends - time.monotonic(), 0.001)
        asked = request.extensions.get("timeout", {})
        pool = min(left, asked.get("pool") or left)
        request.extensions = {
            **request.extensions,
            "timeout": dict.fromkeys(("connect", "read", "write"), left) | {"pool": pool},
        }
        return Allowance(ends=ends, loopback_only=loopback_only, conversation=conversation)


_lines: dict[int, _Line] = {}  # by transport, so that no plugin holds a thread that leads to the database


class _ChannelTransport(httpx.BaseTransport):
    """What a plugin holds: nothing but a number."""

    def __init__(self, line: _Line) -> None:
        self._number = id(line)
        _lines[self._number] = line
        weakref.finalize(self, _lines.pop, self._number)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return _lines[self._number].talk(request)

    def close(self) -> None:
        _lines[self._number].record()  # the connections are everyone's and stay
