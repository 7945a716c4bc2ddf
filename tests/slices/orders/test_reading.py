"""Hints: orders that a channel says have changed are read again, each once, and none is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hub_hookspecs import Rejected, Temporary

from hub.channels.rules import State
from hub.channels.store import accounts
from hub.kernel.db import Database
from hub.orders.jobs.asking import AT_ONCE
from hub.orders.service.reading import READ_ORDERS
from hub.stock.rules.levels import Standing
from tests.plugins.booth import Booth
from tests.slices.dropping import works_twice
from tests.slices.orders.bazaar import Bazaar, a_bazaar
from tests.slices.orders.counter import CANCELLED, Counter, line


@pytest.fixture
def booth() -> Booth:
    return Booth()


@pytest.fixture
def bazaar(database: Database, booth: Booth) -> Iterator[Bazaar]:
    with a_bazaar(database, booth) as bazaar:
        yield bazaar


@pytest.fixture
def counter(bazaar: Bazaar) -> Counter:
    return Counter(bazaar)


def readings(bazaar: Bazaar) -> list[tuple[str, object]]:
    """How the reads ended, the oldest first."""
    return [(job.state, job.outcome) for job in reversed(bazaar.jobs()) if job.kind == READ_ORDERS.name]


def test_an_order_that_nobody_knows_yet_is_read_and_holds_stock(bazaar: Bazaar, booth: Booth, counter: Counter) -> None:
    booth.now["1"] = counter.order("1", line("TEE", 3))

    bazaar.hints("1")
    bazaar.works()

    assert (counter.stock("TEE"), counter.expected("TEE"), bazaar.hinted()) == (Standing(10, 3, 0), 7, [])
    assert readings(bazaar) == [("done", {"new": 1})]


def test_a_hint_moves_nothing_by_itself(bazaar: Bazaar, booth: Booth, counter: Counter) -> None:
    booth.tells(counter.order("1", line("TEE", 3)))
    bazaar.imports()
    written = len(booth.calls)

    for _ in range(3):
        bazaar.hints("1", "gone")
        bazaar.works()

    assert counter.stock("TEE") == Standing(10, 3, 0)
    assert readings(bazaar) == [("done", {"unchanged": 1, "absent": 1})] * 3
    assert len(booth.calls) == written


def test_many_hints_are_read_in_a_few_calls_by_one_job(bazaar: Bazaar, booth: Booth) -> None:
    refs = [f"{n:04}" for n in range(2_000)]

    for start in range(0, 2_000, 500):
        bazaar.hints(*refs[start : start + 500], refs[0])
    bazaar.works()

    assert booth.read == refs
    assert (booth.looks, len(readings(bazaar)), bazaar.hinted()) == (2_000 // AT_ONCE, 1, [])


def test_a_hint_that_comes_while_its_order_is_read_has_it_read_again(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.tells(counter.order("1", line("TEE", 3)))

    def cancel_once() -> None:
        booth.before_look = lambda: None
        booth.late["1"] = counter.order("1", line("TEE", 3), state=CANCELLED)  # told from the next look on
        bazaar.hints("1")

    booth.before_look = cancel_once
    bazaar.hints("1")
    bazaar.works()

    assert booth.read == ["1", "1"]
    assert (counter.stands("1"), bazaar.hinted()) == ({"TEE": "released"}, [])


def test_a_ref_that_the_channel_refuses_keeps_no_other_from_being_read(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    for n in range(8):
        booth.now[f"{n}"] = counter.order(f"{n}", line("TEE"))

    def refuse() -> None:
        if "5" in booth.read[-booth.looked_at :]:
            raise Rejected("5 is no order of this booth")

    booth.before_look = refuse
    bazaar.hints(*booth.now)
    bazaar.works()

    assert readings(bazaar) == [("done", {"new": 7, "refused": 1, "refusals": {"5": "5 is no order of this booth"}})]
    assert (counter.stock("TEE"), bazaar.hinted()) == (Standing(10, 7, 0), [])


def test_hints_whose_job_gave_up_are_followed_after_the_next_import(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.now["1"] = counter.order("1", line("TEE", 3))

    def fail() -> None:
        raise Temporary("the booth does not answer")

    booth.before_look = fail
    bazaar.hints("1")
    for _ in range(READ_ORDERS.max_attempts):
        bazaar.works()
        bazaar.passes(timedelta(hours=1))
    given_up = (readings(bazaar), bazaar.hinted())
    booth.before_look = lambda: None
    bazaar.imports()

    assert given_up == ([("dead", None)], ["1"])
    assert (counter.stock("TEE"), bazaar.hinted()) == (Standing(10, 3, 0), [])


def test_a_hint_without_a_name_has_the_feed_read(bazaar: Bazaar, booth: Booth, counter: Counter) -> None:
    booth.tells(counter.order("1", line("TEE", 3)))

    bazaar.hints()
    bazaar.works()

    assert (booth.asked, booth.read) == ([""], [])
    assert counter.stock("TEE") == Standing(10, 3, 0)


def test_the_hints_of_an_account_that_is_switched_off_wait_for_it(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.now["1"] = counter.order("1", line("TEE", 3))
    bazaar.switches("north", enabled=False)
    bazaar.hints("1")
    bazaar.works()
    waiting = (booth.read[:], bazaar.hinted())

    bazaar.switches("north", enabled=True)
    bazaar.works()

    assert (waiting, booth.read, bazaar.hinted()) == (([], ["1"]), ["1"], [])


def test_nobody_asks_for_the_orders_of_a_closed_account(bazaar: Bazaar, booth: Booth) -> None:
    bazaar.hints("1")
    with bazaar.database.writing() as db:
        accounts.change(db, bazaar.accounts["north"], state=State.CLOSED)

    asked = (bazaar.hints("2"), bazaar.hints())
    bazaar.works()

    assert (asked, booth.read, bazaar.hinted()) == ((None, None), [], [])
    assert [state for state, _ in readings(bazaar)] == ["failed"]


def test_a_worker_that_dies_before_it_settles_has_read_everything_once(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.now |= {ref: counter.order(ref, line("TEE")) for ref in ("1", "2")}
    bazaar.hints("1", "2")

    kinds = works_twice(bazaar.work, bazaar.unfinished)

    assert kinds >= {READ_ORDERS.name}
    assert {(job.state, job.error) for job in bazaar.jobs()} == {("done", None)}
    assert (booth.read, counter.stock("TEE")) == (["1", "2"], Standing(10, 2, 0))
