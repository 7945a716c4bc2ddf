"""Too many webhooks at once: some are sent away for a moment, and nobody else notices."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
from hub_hookspecs import WebhookRequest

from hub.webhooks.api import lines
from tests.plugins.bell import Bell, Ring
from tests.servers import Pause
from tests.slices.webhooks.street import Street

FLOOD = lines.MOST + 40  # at once, to one address
PATIENCE = 10.0  # seconds; far more than anything here takes


class Gate:
    """Deliveries of one app are not done with before it is opened."""

    def __init__(self) -> None:
        self._open, self._inside = threading.Event(), threading.Semaphore(0)

    def holds(self, request: WebhookRequest) -> None:
        if "x-flood" in request.headers:
            self._inside.release()
            assert self._open.wait(PATIENCE)

    def is_full(self) -> None:
        """Wait until as many are held as one address may have in threads."""
        for _ in range(lines.OF_ONE_AT_ONCE):
            assert self._inside.acquire(timeout=PATIENCE)

    def opens(self) -> None:
        self._open.set()


@contextmanager
def flood(street: Street, bell: Bell, gate: Gate) -> Iterator[list[httpx.Response]]:
    """So many deliveries to the first app's address at once that they do not fit; answered when the block has ended."""
    bell.on_parse = gate.holds
    rings = [bell.rings(("order", f"flood-{n}", "7")) for n in range(FLOOD)]
    street.delivers(rings[0])  # the address is known

    def send(ring: Ring) -> httpx.Response:
        return street.delivers(ring, headers={"X-Flood": "1"})

    answers: list[httpx.Response] = []
    with ThreadPoolExecutor(FLOOD) as pool:
        coming = [pool.submit(send, ring) for ring in rings[1:]]
        try:
            gate.is_full()
            are_done(coming, FLOOD - 1 - lines.OF_ONE_MOST)
            yield answers
        finally:
            gate.opens()
        answers += [each.result() for each in coming]


def are_done(coming: Sequence[Future[httpx.Response]], count: int) -> None:
    """Wait until all that do not fit have been sent away."""
    pause = Pause(PATIENCE)
    while sum(each.done() for each in coming) < count:
        pause.briefly()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held here is held by the test, on a machine that may be busy."""
    monkeypatch.setattr(lines, "PATIENCE", PATIENCE)


def test_who_does_not_fit_is_told_when_to_come_again_and_what_was_taken_is_not_lost(street: Street, bell: Bell) -> None:
    with flood(street, bell, Gate()) as answers:
        pass
    street.works()

    statuses = Counter(each.status_code for each in answers)
    assert statuses.keys() == {200, 503}
    assert statuses[200] == lines.OF_ONE_MOST
    assert {(each.json()["code"], each.headers["Retry-After"]) for each in answers if each.status_code == 503} == {
        ("busy", "2")
    }
    assert len(street.told()) == statuses[200] + 1
    assert {outcome for _, _, outcome in street.told()} == {"reading"}


def test_a_flood_at_one_address_starves_neither_another_nor_the_api(street: Street, bell: Bell) -> None:
    street.joins("8", app="app-2")
    gate = Gate()

    with flood(street, bell, gate):
        beside = [street.delivers(bell.rings(("order", f"o-{n}", "8"), app="app-2")) for n in range(3)]
        api = street.client.get(f"/v1/merchants/{street.merchant}/webhooks")

    assert [each.status_code for each in beside] == [200] * 3
    assert api.status_code == 200


def test_what_was_sent_away_is_taken_when_it_comes_again(street: Street, bell: Bell) -> None:
    with flood(street, bell, Gate()):
        late = street.delivers(bell.rings(("order", "o-1", "7"), name="again"))
    taken = street.delivers(bell.rings(("order", "o-1", "7"), name="again"))
    street.works()

    assert (late.status_code, taken.status_code) == (503, 200)
    assert bell.read.count(("7", "o-1")) == 1


def test_guesses_together_take_no_more_than_one_address(street: Street, bell: Bell) -> None:
    with flood(street, bell, Gate()):
        guesses = [street.delivers(bell.rings(), path=f"/webhooks/bell/{n:043d}") for n in range(5)]

    assert {each.status_code for each in guesses} == {404}
