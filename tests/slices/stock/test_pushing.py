"""What is due is told: as a level, once, and again whenever nobody knows what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from dramatiq.middleware import Interrupt
from hub_hookspecs import Capability, Place, RateLimited, Rejected, StockTarget, Temporary

from hub.catalog.service.packs import set_pack
from hub.channels.service.hearing import retell
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.linking.service import deciding
from hub.stock import jobs as stock_jobs
from hub.stock.rules.telling import LATE
from hub.stock.service import pushing
from hub.stock.service.touching import ask
from hub.stock.store import marking
from hub.stock.store.due import Marked
from tests.plugins.kiosk import Kiosk
from tests.slices.stock.fair import Fair, a_fair


class Died(Interrupt):
    """The process ends in the middle of a call."""


def gives_no_answer(target: StockTarget) -> None:
    raise Temporary("no answer", code="no_answer")


@pytest.fixture
def fair(database: Database) -> Iterator[Fair]:
    with a_fair(database, north=Kiosk(), south=Kiosk()) as fair:
        yield fair


def test_a_change_reaches_every_kiosk_and_nothing_is_said_twice(fair: Fair) -> None:
    fair.offers("north", TEE=7)
    fair.offers("south", TEE=2)

    fair.goods.adjusts("TEE", -3)
    fair.goods.adjusts("TEE", 1)
    fair.works()
    fair.works()

    assert (fair.kiosks["north"].told, fair.kiosks["south"].told) == ([("TEE", 5)], [("TEE", 7), ("TEE", 5)])
    assert fair.due() == []


def test_what_the_kiosk_shows_already_is_not_sent(fair: Fair) -> None:
    fair.offers("north", TEE=7)

    fair.goods.adjusts("TEE", -3)
    fair.goods.adjusts("TEE", 3)
    fair.works()

    assert fair.kiosks["north"].told == []


def test_one_bad_sku_costs_no_other_its_level(fair: Fair) -> None:
    fair.offers("north", A=1, B=2, C=3)
    fair.kiosks["north"].refused["B"] = "the product was deleted"

    fair.goods.adjusts_all([("A", 1), ("B", 1), ("C", 1)])
    fair.works()

    assert [fair.kiosks["north"].shown[sku, ""] for sku in "ABC"] == [2, 2, 4]
    assert fair.log("north", "B") == [("refused", 3, "the product was deleted")]
    assert fair.due() == []


def test_a_call_that_is_refused_as_a_whole_is_cut_until_the_culprit_is_alone(fair: Fair) -> None:
    kiosk = fair.kiosks["north"]
    fair.offers("north", **{f"S{n}": 1 for n in range(8)})

    def refuse() -> None:
        if any(target.listing_ref == "S5" for target in kiosk.calls[-1]):
            raise Rejected("a field is wrong", code="400")

    kiosk.before_call = refuse
    fair.goods.adjusts_all([(f"S{n}", 1) for n in range(8)])
    fair.works()

    assert [kiosk.shown[f"S{n}", ""] for n in range(8)] == [2, 2, 2, 2, 2, 1, 2, 2]
    assert fair.log("north", "S5")[-1] == ("refused", 2, "a field is wrong")
    assert fair.due() == []


def test_a_call_without_an_answer_is_told_again_when_whatever_was_sent_has_landed(fair: Fair) -> None:
    kiosk = fair.kiosks["north"]
    fair.offers("north", A=1, B=2)

    def breaks(target: StockTarget) -> None:
        if len(kiosk.calls) == 1 and target == kiosk.calls[0][1]:
            raise Temporary("no answer", code="no_answer")

    kiosk.before_answer = breaks
    fair.goods.adjusts_all([("A", 1), ("B", 1)])
    fair.works()
    fair.passes(timedelta(seconds=90))
    fair.works()
    waiting, calls = fair.due(), len(kiosk.calls)
    fair.passes(timedelta(minutes=20))
    fair.works()

    assert (waiting, calls) == ([("north", kiosk.calls[0][1].listing_ref)], 1)
    assert len(kiosk.calls) == 2
    assert [one[0] for one in fair.log("north", kiosk.calls[0][1].listing_ref)] == ["lost", "confirmed"]
    assert fair.due() == []


def test_what_is_due_anew_waits_for_a_call_of_before_too(fair: Fair) -> None:
    kiosk = fair.kiosks["north"]
    fair.offers("north", TEE=7)
    kiosk.before_answer = gives_no_answer
    fair.goods.adjusts("TEE", 1)
    fair.works()

    kiosk.before_answer = lambda target: None
    with fair.database.writing() as db:
        pushing.forget(db, fair.accounts["north"])
        retell(db, fair.goods.merchant, fair.accounts["north"])
    fair.passes(timedelta(seconds=90))
    fair.works()
    meanwhile = len(kiosk.calls)
    fair.passes(timedelta(minutes=20))
    fair.works()

    assert (meanwhile, len(kiosk.calls), fair.due()) == (1, 2, [])


def test_a_late_effect_is_waited_for_from_the_end_of_a_call_that_took_long(fair: Fair) -> None:
    kiosk = fair.kiosks["north"]
    fair.offers("north", TEE=7)

    def takes_long(target: StockTarget) -> None:
        fair.passes(timedelta(seconds=110))
        gives_no_answer(target)

    kiosk.before_answer = takes_long
    fair.goods.adjusts("TEE", 1)
    fair.works()
    kiosk.before_answer = lambda target: None
    fair.passes(timedelta(seconds=110))
    fair.works()
    meanwhile = len(kiosk.calls)
    fair.passes(timedelta(minutes=20))
    fair.works()

    assert (meanwhile, len(kiosk.calls), fair.due()) == (1, 2, [])


def test_who_dies_in_a_long_call_leaves_word_that_it_was_still_out(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> None:
    kiosk = fair.kiosks["north"]
    fair.offers("north", A=1, B=2)
    monkeypatch.setattr(stock_jobs.telling, "SETTLED_AT_ONCE", 1)
    monkeypatch.setattr(stock_jobs.telling, "OUT_AGAIN", 0.0)
    answers = count()

    def dies_at_the_second(target: StockTarget) -> None:
        fair.passes(timedelta(seconds=110))
        if next(answers):
            kiosk.before_answer = lambda target: None
            raise Died

    kiosk.before_answer = dies_at_the_second
    fair.goods.adjusts_all([("A", 1), ("B", 1)])
    fair.works()
    with fair.database.writing() as db:
        ask(db, fair.goods.merchant, fair.accounts["north"])
    fair.works()
    meanwhile = len(kiosk.calls)
    fair.passes(timedelta(minutes=20))
    fair.works()

    assert (meanwhile, len(kiosk.calls), fair.due()) == (1, 2, [])


def test_an_answer_does_not_end_the_wait_for_what_another_worker_may_have_told(fair: Fair) -> None:
    kiosk = fair.kiosks["north"]
    fair.offers("north", TEE=7)
    outlet = (fair.listing("north", "TEE"), "")

    def is_doubted(target: StockTarget) -> None:
        kiosk.before_answer = lambda target: None
        of = Marked(fair.goods.merchant, fair.accounts["north"])
        with fair.database.writing() as db:
            at = pushing.moment(db) + LATE + timedelta(seconds=1)
            marking.mark_again(db, of, [outlet], cause="lease_lost", at=at)

    kiosk.before_answer = is_doubted
    fair.goods.adjusts("TEE", 1)
    fair.works()
    meanwhile = len(kiosk.calls), fair.due()
    fair.passes(timedelta(minutes=20))
    fair.works()

    assert meanwhile == (1, [("north", "TEE")])
    assert fair.due() == []


def test_a_change_during_a_call_is_told_after_it(fair: Fair) -> None:
    kiosk = fair.kiosks["north"]
    fair.offers("north", TEE=7)

    def changes(target: StockTarget) -> None:
        kiosk.before_answer = lambda target: None
        fair.goods.adjusts("TEE", -1)

    kiosk.before_answer = changes
    fair.goods.adjusts("TEE", 3)
    fair.works()

    assert kiosk.told == [("TEE", 10), ("TEE", 9)]


def test_a_pause_that_the_channel_asks_for_costs_nobody_his_turn(fair: Fair) -> None:
    kiosk = fair.kiosks["north"]
    fair.offers("north", TEE=7)

    def limits() -> None:
        kiosk.before_call = lambda: None
        raise RateLimited("slowly", retry_after=timedelta(seconds=5))

    kiosk.before_call = limits
    fair.goods.adjusts("TEE", 1)
    fair.works()
    fair.passes(timedelta(seconds=30))
    fair.works()

    assert kiosk.told == [("TEE", 8), ("TEE", 8)]
    assert kiosk.shown["TEE", ""] == 8


def test_another_pack_is_another_figure(fair: Fair) -> None:
    fair.offers("north", TEE=7)

    with fair.database.writing() as db:
        set_pack(db, fair.goods.merchant, fair.listing("north", "TEE"), 3, actor=CLI)
    fair.works()

    assert fair.kiosks["north"].told == [("TEE", 2)]


def test_a_bundle_is_as_many_as_its_scarcest_component_makes_and_moves_with_it(fair: Fair) -> None:
    fair.offers("north", TEE=7, CAP=9)
    fair.goods.sells("SET", TEE=2, CAP=1)
    fair.offers("south", SET=50)

    fair.goods.adjusts("TEE", -2)
    fair.works()

    assert fair.kiosks["south"].told == [("SET", 3), ("SET", 2)]
    assert fair.goods.moved("SET") == []


def test_a_place_that_is_not_mapped_is_told_nothing(database: Database) -> None:
    kiosk = Kiosk()
    kiosk.places = (Place(ref="N", name="Utara"), Place(ref="S", name="Selatan"))
    with a_fair(database, north=kiosk) as fair:
        fair.offers("north", TEE=7)
        unmapped = kiosk.told
        fair.maps("north", "N", "main")
        fair.works()
        fair.maps("north", "S", "main", shared=True)
        fair.works()
        fair.maps("north", "N")
        fair.works()

    told = [(each.place_ref, each.quantity) for call in kiosk.calls for each in call]
    assert unmapped == []
    assert told == [("N", 7), ("S", 0), ("S", 7)]


def test_an_account_that_lacks_it_or_is_switched_off_is_told_nothing_and_later_everything(fair: Fair) -> None:
    fair.offers("north", TEE=7)
    fair.switches("north", enabled=False)
    fair.goods.adjusts("TEE", -1)
    fair.works()
    meanwhile = (fair.kiosks["north"].told, fair.account("north").tells_stock)

    fair.switches("north", enabled=True)
    fair.works()

    assert meanwhile == ([], False)
    assert fair.kiosks["north"].told == [("TEE", 6)]


def test_a_missing_scope_is_heard_of_at_the_check(database: Database) -> None:
    kiosk = Kiosk()
    kiosk.lacks = {Capability.PUSH_STOCK: "the token may not write stock"}
    with a_fair(database, north=kiosk) as fair:
        fair.offers("north", TEE=7)
        fair.goods.adjusts("TEE", 1)
        fair.works()

        assert (kiosk.calls, fair.account("north").tells_stock, fair.due()) == ([], False, [])


def test_an_unlinked_listing_is_told_nothing_more(fair: Fair) -> None:
    fair.offers("north", TEE=7)
    fair.goods.adjusts("TEE", -1)
    with fair.database.writing() as db:
        deciding.unlink(db, fair.goods.merchant, fair.listing("north", "TEE"), actor=CLI)

    fair.works()

    assert (fair.kiosks["north"].calls, fair.due()) == ([], [])


def test_a_sale_that_no_order_has_told_of_is_never_written_over(database: Database) -> None:
    kiosk = Kiosk(compare_and_set=True)
    with a_fair(database, north=kiosk) as fair:
        fair.offers("north", TEE=7)
        kiosk.sells("TEE")
        fair.goods.adjusts("TEE", 3)
        fair.works()
        stale = fair.log("north", "TEE")[0]
        fair.passes(timedelta(seconds=10))
        fair.works()

        assert stale[0] == "stale"
        assert [target.expected for call in kiosk.calls for target in call] == [7, 6]
        assert kiosk.shown["TEE", ""] == 10


def test_more_figures_than_a_call_takes_go_out_in_several(database: Database) -> None:
    kiosk = Kiosk(stock_batch=3)
    with a_fair(database, north=kiosk) as fair:
        fair.offers("north", **{f"S{n}": 1 for n in range(7)})
        fair.goods.adjusts_all([(f"S{n}", 1) for n in range(7)])
        fair.works()

        assert sorted(len(call) for call in kiosk.calls) == [1, 3, 3]
