"""Speaks to the hub's API as the platform team does; an answer that the story does not expect ends it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

import httpx

Json = dict[str, Any]  # Any: answers of the API
T = TypeVar("T")
POLL_SECONDS = 0.1
PATIENCE = 60.0  # seconds for one step, far more than any takes
IDLE_SECONDS = 0.5  # after so long in which nothing came about and nothing ran, something waits for its time
LAPSE = timedelta(seconds=10)  # which is then let pass: less than any lease, so that nobody's work is taken away


class DemoFailed(Exception):
    """The hub answered something else than the story expects, or a step did not come about in its time."""


class Outside(Protocol):
    """What goes on while the platform team waits."""

    def brings_post(self) -> None: ...

    def passes(self, time: timedelta) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Team:
    """The platform team of one merchant."""

    api: httpx.Client
    merchant_id: str
    outside: Outside

    def get(self, path: str) -> Json:
        return call(self.api, "GET", self._at(path))

    def post(self, path: str, body: Mapping[str, object] | None = None) -> Json:
        return call(self.api, "POST", self._at(path), body)

    def put(self, path: str, body: Mapping[str, object]) -> Json:
        return call(self.api, "PUT", self._at(path), body)

    def patch(self, path: str, body: Mapping[str, object]) -> Json:
        return call(self.api, "PATCH", self._at(path), body)

    def all(self, path: str) -> list[Json]:
        """Every row of a list, page by page."""
        rows: list[Json] = []
        following: str | None = self._at(f"{path}{'&' if '?' in path else '?'}limit=200")
        while following:
            page = call(self.api, "GET", following)
            rows, following = rows + page["items"], page["next"]
        return rows

    def refused(self, path: str, body: Mapping[str, object]) -> Json:
        """Ask for what the hub has to refuse; gives how it does."""
        answer = self.api.post(self._at(path), json=body)
        if answer.status_code != HTTPStatus.CONFLICT:
            raise DemoFailed(f"POST {path} was to be refused, and came to {answer.status_code} {answer.text}")
        return _document(answer)

    def download(self, path: str) -> bytes:
        """Path as the API gave it, or below the merchant."""
        answer = self.api.get(path if path.startswith("/v1/") else self._at(path))
        return _expected(answer).content

    def upload(self, path: str, content: bytes, media_type: str) -> Json:
        answer = self.api.post(self._at(path), content=content, headers={"Content-Type": media_type})
        return _document(_expected(answer))

    def until(self, step: str, look: Callable[[], T | None], *, moves: Callable[[], object] = lambda: None) -> T:
        """Look until there is something to be seen; nothing within `PATIENCE` of what last `moves` ends the story."""
        stood, since = moves(), time.monotonic()
        idle = since
        while not (found := look()):
            self.outside.brings_post()
            now = time.monotonic()
            if (stands := moves()) != stood:
                stood, since = stands, now
            if now - since > PATIENCE:
                stopped = f"; it stopped at {stood}" if stood is not None else ""
                raise DemoFailed(f"within {PATIENCE:.0f} s it did not come about that {step}{stopped}")
            if now - idle > IDLE_SECONDS:
                idle = now
                self._let_time_pass()
            time.sleep(POLL_SECONDS)
        return found

    def _let_time_pass(self) -> None:
        """Wait less than the hub does, such as for a channel whose orders show half a minute late."""
        if not self.get("/jobs?state=running")["items"]:
            self.outside.passes(LAPSE)

    def done(self, job: Json, step: str) -> None:
        """Wait until a job has ended well."""
        path = f"/jobs/{job['id']}"
        self.until(step, lambda: self.get(path)["finished_at"], moves=lambda: self.get(path)["progress"])
        ended = self.get(path)
        if ended["state"] != "done":
            raise DemoFailed(f"the job by which {step} ended as {ended['state']}: {ended['error']}")

    def _at(self, path: str) -> str:
        return f"/v1/merchants/{self.merchant_id}{path}"


def call(api: httpx.Client, method: str, path: str, body: Mapping[str, object] | None = None) -> Json:
    return _document(_expected(api.request(method, path, json=body)))


def _expected(answer: httpx.Response) -> httpx.Response:
    if answer.is_error:
        raise DemoFailed(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}")
    return answer


def _document(answer: httpx.Response) -> Json:
    found: Json = answer.json()
    return found
