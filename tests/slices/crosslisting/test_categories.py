"""A channel's tree: fetched whole or not at all, searched, mapped, kept fresh, and gone with its account."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hub_hookspecs import Category, Rejected, Temporary

from hub.crosslisting import rules
from hub.crosslisting.jobs import fetching
from hub.crosslisting.service import categories as service
from hub.crosslisting.store import categories, mappings
from hub.crosslisting.tables import category, category_mapping
from hub.kernel import jobs
from hub.kernel.errors import Invalid, Refused
from hub.kernel.events import CLI
from hub.kernel.jobs.settle import LONGEST_WAIT
from hub.kernel.jobs.tables import schedule
from tests.dying import dying_at
from tests.plugins.stall import TREE, Stall
from tests.slices.crosslisting.conftest import LOST, Market


def refreshed(market: Market) -> None:
    with market.database.writing() as db:
        service.refresh(market.runtime.channels, db, market.merchant_id, market.accounts["stall"], actor=CLI)
    market.works()


def shown(market: Market, **asked: object) -> list[str]:
    wanted = {"q": None, "parent": None, "leaf": None, "limit": 100, "after": -1} | asked
    with market.database.reading() as db:
        found = categories.search(db, market.accounts["stall"], **wanted)  # type: ignore[arg-type]  # as each test says
    return [each.ref for each in found]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param({}, ["1", "11", "12", "2", "21"], id="all, in the channel's order"),
        pytest.param({"q": "KAOS"}, ["11"], id="whatever the case"),
        pytest.param({"q": "pakaian ke"}, ["12"], id="words anywhere in the path"),
        pytest.param({"q": "%"}, [], id="a sign of SQL is a sign"),
        pytest.param({"parent": ""}, ["1", "2"], id="the roots"),
        pytest.param({"parent": "1"}, ["11", "12"], id="right below"),
        pytest.param({"leaf": True, "limit": 1, "after": 1}, ["12"], id="leaves, page by page"),
    ],
)
def test_categories_are_found(market: Market, asked: dict[str, object], found: list[str]) -> None:
    refreshed(market)

    assert shown(market, **asked) == found


def test_a_new_tree_replaces_the_old_one_at_once_and_a_broken_one_never(market: Market, stall: Stall) -> None:
    refreshed(market)
    stall.categories = (Category(ref="9", name="Baru"), *(Category(ref=f"x{n}", name="X") for n in range(600)))
    stall.refusal = Rejected("not now")
    refreshed(market)
    assert shown(market) == [each.ref for each in TREE]

    stall.refusal = None
    refreshed(market)

    assert (len(shown(market, limit=1_000)), shown(market, q="kaos")) == (601, [])
    assert _editions(market) == 1


def test_a_fetch_that_dies_at_any_statement_leaves_a_whole_tree(market: Market, stall: Stall) -> None:
    refreshed(market)
    survived, statements = False, 0

    while not survived:
        stall.categories = tuple(Category(ref=f"{statements}-{n}", name="X") for n in range(3))
        with dying_at(market.database, statements) as life:
            refreshed(market)
        survived, statements = not life.over, statements + 3
        assert len(shown(market)) in (3, len(TREE))
        market.passes(LOST)
        market.settles()

    refreshed(market)
    assert (len(shown(market)), _editions(market)) == (3, 1)


def test_of_two_fetches_at_once_none_shows_a_part(market: Market) -> None:
    account_id, placed = market.accounts["stall"], list(rules.placed(TREE))
    with market.database.writing() as db:
        categories.add(db, account_id, "slow", placed[:2])
        categories.add(db, account_id, "quick", placed)
        assert categories.publish(db, account_id, "quick", len(placed))
        categories.add(db, account_id, "slow", placed[2:])

        assert not categories.publish(db, account_id, "slow", len(placed))

    assert shown(market) == [each.ref for each in TREE]


def test_a_tree_is_fetched_anew_every_day(market: Market, stall: Stall) -> None:
    refreshed(market)
    stall.categories = (Category(ref="9", name="Baru"),)

    market.passes(timedelta(days=1))
    market.works()

    assert shown(market) == ["9"]


def test_a_channel_that_is_away_keeps_the_tree_and_is_asked_again(market: Market, stall: Stall) -> None:
    refreshed(market)
    stall.refusal = Temporary("down")
    refreshed(market)
    assert shown(market) == [each.ref for each in TREE]

    stall.refusal, stall.categories = None, TREE[:1]
    market.settles()

    assert shown(market) == ["1"]


@pytest.mark.parametrize(
    ("refusal", "state"),
    [
        pytest.param(Temporary("cut off"), "dead", id="each time"),
        pytest.param(Rejected("no"), "failed", id="for good"),
        pytest.param(KeyError("id"), "failed", id="by a fault of the plugin"),
    ],
)
def test_a_channel_that_breaks_off_leaves_nothing_and_is_not_asked_for_ever(
    market: Market, stall: Stall, refusal: Exception, state: str
) -> None:
    refreshed(market)
    stall.refusal, stall.categories = refusal, tuple(Category(ref=str(n), name=f"X {n}") for n in range(1_000))

    refreshed(market)
    for _ in range(11):
        market.passes(LONGEST_WAIT)
        market.works()

    (job, _) = market.jobs("crosslisting.fetch_categories")
    assert job.state == state
    assert (_editions(market), shown(market)) == (1, [each.ref for each in TREE])


def test_what_a_fetch_had_written_that_died_is_gone_when_the_next_one_breaks_off(market: Market, stall: Stall) -> None:
    refreshed(market)
    with market.database.writing() as db:
        categories.add(db, market.accounts["stall"], "left over", list(rules.placed(TREE)))
    stall.refusal = Rejected("no")

    refreshed(market)

    assert _editions(market) == 1


def test_a_tree_that_is_too_large_is_told_and_leaves_nothing(
    market: Market, stall: Stall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MOST", 700)
    refreshed(market)
    stall.categories = tuple(Category(ref=str(n), name=f"X {n}") for n in range(1_000))

    refreshed(market)

    (job, _) = market.jobs("crosslisting.fetch_categories")
    assert (job.state, job.error and job.error.code, _editions(market)) == ("failed", "too_many_categories", 1)


def test_a_fetch_that_a_person_stops_leaves_nothing(market: Market, stall: Stall) -> None:
    refreshed(market)
    stall.categories = tuple(Category(ref=str(n), name=f"X {n}") for n in range(1_000))
    with market.database.writing() as db:
        service.ask(db, market.merchant_id, market.accounts["stall"])
    running = jobs.claim_next(market.database, "bulk")
    assert running is not None
    with market.database.writing() as db:
        jobs.cancel(db, running.id)

    state = jobs.Runner(market.runtime.work).run(running)

    assert (state, _editions(market), shown(market)) == ("cancelled", 1, [each.ref for each in TREE])


def test_only_a_category_that_takes_products_can_be_mapped(market: Market) -> None:
    refreshed(market)

    for ref, why in (("1", "categories below it"), ("404", "no such category")):
        with pytest.raises(Invalid) as refused:
            _maps(market, ref)
        assert why in refused.value.errors[0].message


@pytest.mark.parametrize(("ref", "why"), [("1", "categories below it"), ("404", "no such category")])
def test_only_a_category_that_takes_products_can_be_chosen_for_a_cross_listing(
    market: Market, ref: str, why: str
) -> None:
    refreshed(market)

    with pytest.raises(Invalid) as refused:
        market.begins(*market.makes("TEE-M"), plugin="stall", category_ref=ref)

    (error,) = refused.value.errors
    assert (error.field, why in error.message) == ("category_ref", True)


def test_a_channel_without_categories_takes_none(market: Market) -> None:
    with pytest.raises(Invalid, match="Counter has no categories") as refused:
        market.begins(*market.makes("TEE-M"), category_ref="11")

    assert [error.field for error in refused.value.errors] == ["category_ref"]


@pytest.mark.parametrize(("ref", "state"), [("11", "ready"), ("1", "failed"), ("404", "failed")])
def test_a_category_that_was_chosen_before_the_first_tree_had_come_is_looked_for_when_it_has(
    market: Market, ref: str, state: str
) -> None:
    run_id = market.begins(*market.makes("TEE-M"), plugin="stall", category_ref=ref)

    market.settles()

    run, notice = market.run(run_id), market.notices()[0]
    assert run.state == state
    assert (f"no category “{ref}”" in notice.text) == (state == "failed")


def test_the_same_words_again_move_the_mapping(market: Market) -> None:
    refreshed(market)
    first = _maps(market, "11")

    second = _maps(market, "12", value=" KAOS polos")

    assert (first.id, second.category_ref) == (second.id, "12")
    with market.database.writing() as db:
        service.remove_mapping(db, market.merchant_id, market.accounts["stall"], first.id, actor=CLI)
        assert mappings.listing(db, market.accounts["stall"], limit=10) == []


def test_a_channel_without_categories_says_so(market: Market) -> None:
    channels, account_id = market.runtime.channels, market.accounts["counter"]

    with market.database.reading() as db, pytest.raises(Refused, match="a stall has none"):
        service.account_with_categories(channels, db, market.merchant_id, account_id)


def test_a_closed_account_leaves_no_tree_no_mapping_and_no_schedule(market: Market) -> None:
    refreshed(market)
    _maps(market, "11")

    with market.database.writing() as db:
        service.forget(db, market.accounts["stall"])

    with market.database.reading() as db:
        counted = [
            db.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (category, category_mapping, schedule)
        ]
    assert counted == [0, 0, 0]


@pytest.mark.parametrize(
    ("traits", "category_ref"),
    [
        pytest.param({"Jenis": "Kaos"}, "11", id="an attribute"),
        pytest.param({"jenis ": "KAOS "}, "11", id="however it is written"),
        pytest.param({"Jenis": "Kaos", "category": "1759"}, "12", id="the own category speaks first"),
        pytest.param({"Jenis": "Topi", "Bahan": "Katun"}, "13", id="the first that is mapped"),
        pytest.param({"Jenis": "Topi"}, "", id="nothing is mapped"),
    ],
)
def test_a_product_goes_where_its_traits_are_mapped_to(traits: dict[str, str], category_ref: str) -> None:
    known = {("jenis", "kaos"): "11", ("category", "1759"): "12", ("bahan", "katun"): "13"}

    assert rules.mapped(traits, known) == category_ref


def _maps(market: Market, category_ref: str, *, value: str = "Kaos Polos") -> mappings.Mapping:
    with market.database.writing() as db:
        return service.put_mapping(
            db, market.merchant_id, market.accounts["stall"], field="jenis", value=value,
            category_ref=category_ref, actor=CLI,
        )  # fmt: skip


def _editions(market: Market) -> int:
    with market.database.reading() as db:
        return int(db.execute(sa.select(sa.func.count(category.c.edition.distinct()))).scalar_one())
