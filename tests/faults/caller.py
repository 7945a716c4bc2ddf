"""Calls the API all through a fault, reading and writing, and holds it to its word afterwards."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import NamedTuple

import httpx

from tests.servers import Pause
from tests.world import Hub, Json, Merchant

ROUND = 0.2  # seconds between two rounds of calls


class Answer(NamedTuple):
    """What one call got."""

    asked: str
    status: int
    retry_after: bool

    @property
    def honest(self) -> bool:
        """Done, or refused for now with a word on when to return."""
        return self.status in range(200, 300) or (self.status == HTTPStatus.SERVICE_UNAVAILABLE and self.retry_after)


class Caller:
    """The platform team at work: looks at listings, makes merchants, and imports a small shop again and again."""

    def __init__(self, hub: Hub, merchant: Merchant, account: Json, *, grace: float) -> None:
        self.hub, self.merchant, self.account = hub, merchant, account
        self.grace = grace  # seconds that accepted work may take once everything is back
        self.answers: list[Answer] = []
        self.made: list[str] = []
        self.begun: dict[str, None] = {}  # imports accepted, in their order
        self._stop = threading.Event()

    @contextmanager
    def calling(self) -> Iterator[Caller]:
        thread = threading.Thread(target=self._go, name="caller", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()

    def figures(self) -> dict[str, object]:
        statuses = Counter(answer.status for answer in self.answers)
        told = ", ".join(f"{status} × {times}" for status, times in sorted(statuses.items()))
        return {"answers of the API": told, "small imports accepted": len(self.begun)}

    def violations(self) -> list[str]:
        return [*dishonest(self.answers), *self._forgotten()]

    def _forgotten(self) -> list[str]:
        """Name what was accepted and is not there, or never came to its end."""
        missing = [id_ for id_ in self.made if self.hub.api.get(f"/v1/merchants/{id_}").status_code != HTTPStatus.OK]
        pause, undone = Pause(self.grace), list(self.begun)
        try:
            while undone := [id_ for id_ in undone if not self._is_done(id_)]:
                pause.briefly(0.1)
        except TimeoutError:
            return [f"lost: {len(undone)} of {len(self.begun)} accepted imports were never done"]
        return [f"lost: {len(missing)} of {len(self.made)} accepted merchants"] if missing else []

    def _is_done(self, import_id: str) -> bool:
        return bool(self.merchant.call("GET", f"/imports/{import_id}")["state"] == "done")

    def _go(self) -> None:
        while not self._stop.wait(ROUND):
            self.call()

    def call(self) -> None:
        """Do one round: read something, make something, and ask for work."""
        self._call("GET", f"/v1/merchants/{self.merchant.id}/listings?limit=1", "look at listings")
        if made := self._call("POST", "/v1/merchants", "make a merchant", {"name": "Toko Sementara"}):
            self.made.append(made["id"])
        path = f"/v1/merchants/{self.merchant.id}/accounts/{self.account['id']}/imports"
        if begun := self._call("POST", path, "import"):
            self.begun[begun["id"]] = None

    def _call(self, method: str, path: str, asked: str, body: Json | None = None) -> Json | None:
        try:
            answer = self.hub.api.request(method, path, json=body)
        except httpx.TransportError:
            self.answers.append(Answer(asked, 0, retry_after=False))
            return None
        self.answers.append(Answer(asked, answer.status_code, "retry-after" in answer.headers))
        found: Json | None = answer.json() if answer.is_success else None
        return found


def dishonest(answers: list[Answer]) -> list[str]:
    wrong = Counter((answer.asked, answer.status) for answer in answers if not answer.honest)
    return [f"dishonest: {times} × {status or 'no answer'} to “{asked}”" for (asked, status), times in wrong.items()]
