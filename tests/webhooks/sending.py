"""Sends letters from many threads, as channels do: what is turned away for a while is sent again after that."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

from tests.webhooks.mail import Letter

_AWAY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
TRIES = 200  # far more than a channel would


@dataclass
class Answers:
    """How each letter was answered in the end, how long that took, and how often the hub asked for patience."""

    given: list[tuple[Letter, int]] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    turned_away: int = 0


def send(letters: Sequence[Letter], doors: Sequence[str], *, senders: int) -> Answers:
    """Send them in this order to the processes of the hub in turn, `senders` at once."""
    answers = Answers()
    limits = httpx.Limits(max_connections=senders, max_keepalive_connections=senders, keepalive_expiry=1.0)  # see world
    with httpx.Client(timeout=30, limits=limits) as client, ThreadPoolExecutor(senders) as pool:
        statuses = pool.map(lambda letter, door: _post(client, letter, door, answers), letters, itertools.cycle(doors))
        answers.given += zip(letters, statuses, strict=True)
    return answers


def _post(client: httpx.Client, letter: Letter, door: str, answers: Answers) -> int:
    request = letter.request
    url = door + request.url.raw_path.decode()
    headers = {name: value for name, value in request.headers.items() if name != "host"}
    for _ in range(TRIES):
        began = time.perf_counter()
        answer = client.post(url, content=request.content, headers=headers)
        answers.milliseconds.append((time.perf_counter() - began) * 1_000)
        if answer.status_code not in _AWAY:
            break
        answers.turned_away += 1
        time.sleep(float(answer.headers["Retry-After"]))
    return answer.status_code
