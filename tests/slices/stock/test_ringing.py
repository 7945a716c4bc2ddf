"""What ends an alarm when nobody will tell the figure again, and how many figures are behind, as Prometheus is told."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hub_hookspecs import Place

from hub.kernel.db import Database
from hub.stock.jobs import retry_refused
from hub.stock.service import alarming, retrying
from hub.stock.store import stale
from tests.plugins.kiosk import Kiosk
from tests.slices.channels.conftest import Client, an_api
from tests.slices.stock.fair import Fair, a_fair
from tests.slices.stock.test_freshness import LATER, behind, looks, pauses, resumes
from tests.slices.stock.test_retrying import checks


@pytest.fixture
def fair(database: Database) -> Iterator[Fair]:
    with a_fair(database, north=Kiosk()) as fair:
        fair.offers("north", TEE=10, CAP=5)
        yield fair


@pytest.fixture
def client(fair: Fair) -> Iterator[Client]:
    with an_api(fair.channels) as client:
        yield client


def refuses(fair: Fair) -> None:
    """A figure is refused for so long that it rings."""
    fair.kiosks["north"].refused["TEE"] = "no such product"
    fair.goods.adjusts("TEE", 1)
    fair.works()
    fair.passes(LATER)


def test_what_was_refused_where_nothing_is_offered_any_more_rings_no_more(client: Client, fair: Fair) -> None:
    """Its place was unmapped: nobody will tell it again, so nothing would ever end the alarm."""
    refuses(fair)
    raised = looks(fair)

    fair.maps("north", "")
    fair.works()
    ended = looks(fair)
    with fair.database.writing() as db:
        asked, found = retry_refused(db), retrying.some_again(db, fair.accounts["north"], stale.START,
                                                              cause="test", limit=10)  # fmt: skip

    assert ([raised["raised"], ended["ended"]], behind(client, fair)) == ([1, 1], [])
    assert (asked, found) == (0, [])


def test_what_is_mapped_again_is_told_again_and_rings_anew_where_it_is_refused(client: Client, fair: Fair) -> None:
    refuses(fair)
    fair.maps("north", "")
    fair.works()

    fair.maps("north", "", "main")
    fair.works()
    told = [one["why"] for one in behind(client, fair)]
    fair.passes(LATER)

    assert (told, looks(fair)["raised"]) == (["refused"], 1)


def test_a_place_that_is_gone_refuses_nothing_once_that_was_seen(client: Client, fair: Fair) -> None:
    """It stays mapped, in case that it comes back."""
    north = fair.kiosks["north"]
    north.places = (Place(ref="a", name="A"), Place(ref="b", name="B"))
    checks(fair)
    fair.maps("north", "a", "main")
    fair.maps("north", "b", "main", shared=True)
    refuses(fair)
    before = {one["place_ref"] for one in behind(client, fair)}

    north.places = north.places[:1]
    checks(fair)
    fair.works()

    assert (before, {one["place_ref"] for one in behind(client, fair)}) == ({"a", "b"}, {"a"})


def measured(client: Client) -> dict[str, float]:
    """What a process that has never looked by itself tells Prometheus."""
    alarming.BEHIND.clear()
    found = re.findall(r'^hub_stock_listings_behind\{kind="(\w+)"\} (\S+)$', client.get("/metrics").text, re.M)
    return {kind: float(count) for kind, count in found}


def test_every_process_tells_prometheus_what_was_found_last(client: Client, fair: Fair) -> None:
    """The worker that goes the round is asked by nobody: in production it serves no metrics."""
    pauses(fair)
    fair.goods.adjusts("TEE", 1)
    fair.passes(LATER)
    before = measured(client)
    looks(fair)
    one = measured(client)
    fair.goods.adjusts("CAP", 1)
    fair.passes(LATER)
    looks(fair)
    two = measured(client)
    resumes(fair)
    fair.works()
    looks(fair)

    assert [each["late"] for each in (before, one, two, measured(client))] == [0, 1, 2, 0]
    assert two["refused"] == 0
