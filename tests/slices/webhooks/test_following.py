"""Hints at listings have them read again: soon, and however many come, seldom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.catalog.service import imports
from tests.plugins.bell import Bell
from tests.slices.webhooks.street import Street

MOMENT = timedelta(seconds=1)
APP = "goods-app"


@pytest.fixture(autouse=True)
def shop(street: Street, bell: Bell) -> None:
    """Its listings have been imported, and long ago."""
    street.joins("5", plugin="goods", app=APP)
    assert bell.walked == []
    imports_all(street)
    assert bell.walked == ["5"]
    waits(street, imports.REST)
    bell.walked.clear()


def changes(street: Street, bell: Bell, count: int = 1, kind: str = "item") -> None:
    """Let the channel say that so many listings have changed."""
    street.delivers(bell.rings(*((kind, f"i-{n}", "5") for n in range(count)), app=APP))
    street.works()


def imports_all(street: Street, shop: str = "5") -> None:
    """A person asks for the shop's listings."""
    path = f"/v1/merchants/{street.merchant}/accounts/{street.accounts[shop]}/imports"
    assert street.client.post(path).is_success
    street.works()


def waits(street: Street, span: timedelta) -> None:
    street.passes(span)
    street.works()


@pytest.mark.parametrize("kind", ["item", "stock"])
def test_what_changed_is_read_soon_and_says_so(street: Street, bell: Bell, kind: str) -> None:
    changes(street, bell, kind=kind)
    at_once = list(bell.walked)

    waits(street, imports.SOON + MOMENT)

    assert (at_once, bell.walked) == ([], ["5"])
    assert street.told() == [(kind, "i-0", "listing")]


def test_two_thousand_hints_are_one_import_and_a_storm_one_an_hour(street: Street, bell: Bell) -> None:
    changes(street, bell, 2_000)
    waits(street, imports.SOON + MOMENT)
    after_the_burst = len(bell.walked)

    for _ in range(12):
        changes(street, bell, 50)
        waits(street, timedelta(minutes=10))

    assert after_the_burst == 1
    assert len(bell.walked) == 1 + 2, "in two hours"
    assert {outcome for _, _, outcome in street.told()} == {"listing"}


def test_a_person_waits_for_no_rest(street: Street, bell: Bell) -> None:
    changes(street, bell)
    waits(street, imports.SOON + MOMENT)
    changes(street, bell)

    imports_all(street)

    assert bell.walked == ["5", "5"]
    assert set(street.jobs("catalog.import_items")) == {"done"}


@pytest.mark.parametrize("kind", ["item", "stock"])
def test_no_hint_begins_what_a_person_did_not_want_yet(street: Street, bell: Bell, kind: str) -> None:
    """The account was connected without an import: what is listed there comes in when somebody asks for it."""
    street.joins("6", plugin="goods", app=APP)

    street.delivers(bell.rings((kind, "i-1", "6"), (kind, "i-2", "5"), app=APP))
    street.works()
    waits(street, imports.REST + MOMENT)
    before, noted = list(bell.walked), street.outcomes()
    imports_all(street, "6")
    street.delivers(bell.rings((kind, "i-3", "6"), app=APP))
    street.works()
    waits(street, imports.REST + MOMENT)

    assert before == ["5"]
    reason = "its listings are not read: they were never imported: begin with an import"
    assert noted == [("i-1", "noted", reason), ("i-2", "listing", "")]
    assert bell.walked == ["5", "6", "6"]


def test_a_hint_that_comes_while_the_first_import_waits_is_served_by_it(street: Street, bell: Bell) -> None:
    street.joins("6", plugin="goods", app=APP)
    street.client.post(f"/v1/merchants/{street.merchant}/accounts/{street.accounts['6']}/imports")

    street.delivers(bell.rings(("item", "i-1", "6"), app=APP))
    street.works()

    assert street.told() == [("item", "i-1", "listing")]
    assert bell.walked[0] == "6"
