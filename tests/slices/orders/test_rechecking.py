"""What orders wait for comes to them by itself: a link, or stock; those that were placed first get first."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hub_hookspecs import OrderState

from hub.catalog.service import bundles, packs
from hub.catalog.store.bundles import Component
from hub.kernel.events import CLI, event
from hub.linking.service import deciding, merging, relinking
from hub.orders.store import waiting
from hub.stock.rules.levels import Reason, Standing
from hub.stock.service import levels
from hub.stock.service.levels import Said
from hub.stock.service.rechecking import APART, RECHECK
from tests.slices.orders.counter import CANCELLED, MINUTE, SHIPPED, Counter, line
from tests.slices.stock.goods import statements


@pytest.fixture(autouse=True)
def stocked(counter: Counter) -> None:
    counter.fair.offers("north", TEE=10, CAP=4)


def unlinks(counter: Counter, sku: str) -> None:
    fair = counter.fair
    with fair.database.writing() as db:
        deciding.unlink(db, fair.goods.merchant, fair.listing("north", sku), actor=CLI)


def links(counter: Counter, sku: str, to: str) -> None:
    fair = counter.fair
    with fair.database.writing() as db:
        relinking.link(db, fair.goods.merchant, fair.listing("north", sku), fair.goods.named[to], actor=CLI)


def rechecked(counter: Counter) -> list[str]:
    """The keys of the jobs, without what they name, the oldest first."""
    return list(reversed([job.key.partition(":")[0] for job in counter.fair.jobs() if job.kind == RECHECK.name]))


def noted(counter: Counter, kind: str = "order.rechecked") -> int:
    with counter.fair.database.reading() as db:
        query = sa.select(sa.func.count()).select_from(event).where(event.c.kind == kind)
        return int(db.execute(query).scalar_one())


def test_an_order_of_a_listing_that_nobody_linked_holds_its_goods_once_it_is_linked(counter: Counter) -> None:
    counter.fair.lists("north", MUG=3)
    counter.tells(counter.order("1", line("MUG", 2), line("TEE")))
    before = counter.waits("1")

    counter.fair.confirms("north", "MUG")
    counter.fair.works()

    assert before.keys() == {"unlinked"}
    assert (counter.stands("1"), counter.waits("1")) == ({"MUG": "reserved", "TEE": "reserved"}, {})
    assert (counter.stock("MUG"), counter.stock("TEE")) == (Standing(3, 2, 0), Standing(10, 1, 0))
    assert (counter.has("1").order.version, noted(counter)) == (2, 1)
    assert counter.fair.due() == [("north", "MUG")]  # until an import of orders has explained what it shows


def test_an_order_told_before_its_listing_was_known_is_found_by_its_name_there(counter: Counter) -> None:
    counter.tells(counter.order("1", line("MUG")))

    counter.fair.lists("north", MUG=3)
    counter.fair.confirms("north", "MUG")
    counter.fair.works()

    assert (counter.stands("1"), counter.flagged()) == ({"MUG": "reserved"}, 0)
    assert counter.has("1").lines[0].listing_id == counter.fair.listing("north", "MUG")


def test_an_unlinked_order_from_before_the_opening_is_in_it_and_moves_nothing(counter: Counter) -> None:
    counter.tells(
        counter.order("before", line("MUG", 2), placed_at=counter.now() - timedelta(hours=1)),
        counter.order("after", line("MUG")),
    )

    counter.fair.lists("north", MUG=3)
    counter.fair.confirms("north", "MUG")
    counter.fair.works()

    assert (counter.stands("before"), counter.stands("after")) == ({"MUG": "covered"}, {"MUG": "reserved"})
    assert (counter.stock("MUG"), counter.flagged()) == (Standing(3, 1, 0), 0)


def test_an_order_that_left_before_it_was_linked_takes_its_goods_then(counter: Counter) -> None:
    counter.fair.lists("north", MUG=3)
    counter.tells(counter.order("1", line("MUG", 2), state=SHIPPED))

    counter.fair.confirms("north", "MUG")
    counter.fair.works()

    assert (counter.stands("1"), counter.flagged()) == ({"MUG": "shipped"}, 0)
    assert counter.stock("MUG") == Standing(1, 0, 0)


def test_a_linked_order_waits_for_stock_where_there_is_none_and_says_so(counter: Counter) -> None:
    counter.fair.lists("north", MUG=None)
    counter.tells(counter.order("1", line("MUG")))

    counter.fair.confirms("north", "MUG")
    counter.fair.works()
    waited = counter.waits("1")
    counter.fair.goods.adjusts("MUG", 1)
    counter.fair.works()

    assert waited == {"short": "MUG: 1 wanted, no stock is known of it yet"}
    assert (counter.stands("1"), counter.flagged()) == ({"MUG": "reserved"}, 0)


def test_stock_that_comes_goes_to_those_that_were_placed_first(counter: Counter) -> None:
    counter.fair.joins("south")
    counter.fair.lists("south", CAP=4)
    counter.fair.confirms("south", "CAP")
    hour = counter.now() + timedelta(hours=1)
    counter.tells(counter.order("all", line("CAP", 4)))
    counter.tells(counter.order("late", line("CAP"), placed_at=hour + 2 * MINUTE))
    counter.tells(counter.order("first", line("CAP", 2), placed_at=hour), kiosk="south")
    counter.tells(counter.order("second", line("CAP"), placed_at=hour + MINUTE))

    counter.fair.goods.adjusts("CAP", 3)
    counter.fair.works()

    stands = [counter.stands("first", "south"), counter.stands("second"), counter.stands("late")]
    assert stands == [{"CAP": "reserved"}, {"CAP": "reserved"}, {"CAP": "short"}]
    assert counter.stock("CAP") == Standing(7, 7, 0)
    assert list(counter.waits("late")) == ["short"]


def test_what_is_transferred_to_where_an_order_takes_from_serves_it(counter: Counter) -> None:
    counter.tells(counter.order("1", line("CAP", 6)))
    goods = counter.fair.goods
    goods.builds("Gudang")
    goods.adjusts("CAP", 5, at="Gudang")
    counter.fair.works()
    waited = counter.stands("1")

    with goods.database.writing() as db:
        levels.transfer(
            db, goods.merchant, goods.named["Gudang"], goods.named["main"], [levels.Line(goods.named["CAP"], 2)],
            Said(Reason.OTHER), actor=CLI,
        )  # fmt: skip
    counter.fair.works()

    assert (waited, counter.stands("1")) == ({"CAP": "short"}, {"CAP": "reserved"})
    assert counter.stock("CAP") == Standing(6, 6, 0)


def test_an_order_that_may_be_in_the_opening_is_not_tried_before_there_is_stock(counter: Counter) -> None:
    fair = counter.fair
    near, long_before = counter.now() - MINUTE, counter.now() - timedelta(hours=1)
    counter.tells(counter.order("near", line("CAP", 9), placed_at=near))
    counter.tells(counter.order("after", line("CAP", 9)))

    def concerned() -> list[str]:
        with fair.database.reading() as db:
            found = waiting.concerned(
                db, fair.goods.merchant, "product", fair.goods.named["CAP"], after=(long_before, ""), limit=10
            )
        return [one.order_id for one in found]

    before = concerned()
    fair.goods.adjusts("CAP", 5)

    assert (counter.stands("near"), before) == ({"CAP": "short"}, [])
    assert concerned() == [counter.has("near").order.id, counter.has("after").order.id]


def test_a_line_gets_all_or_nothing_and_a_smaller_one_after_it_gets_what_is_there(counter: Counter) -> None:
    hour = counter.now() + timedelta(hours=1)
    counter.tells(counter.order("all", line("CAP", 4)))
    counter.tells(counter.order("big", line("CAP", 3), placed_at=hour))
    counter.tells(counter.order("small", line("CAP", 2), placed_at=hour + MINUTE))

    counter.fair.goods.adjusts("CAP", 2)
    counter.fair.works()

    assert (counter.stands("big"), counter.stands("small")) == ({"CAP": "short"}, {"CAP": "reserved"})


def test_what_a_cancelled_order_frees_serves_the_next(counter: Counter) -> None:
    counter.tells(counter.order("1", line("CAP", 4)))
    counter.tells(counter.order("2", line("CAP", 2)))

    counter.tells(counter.order("1", line("CAP", 4), state=CANCELLED))
    counter.fair.works()

    assert (counter.stands("2"), counter.flagged()) == ({"CAP": "reserved"}, 0)
    assert counter.stock("CAP") == Standing(4, 2, 0)


def test_a_part_that_comes_serves_the_bundle_that_waits_for_it(counter: Counter) -> None:
    counter.fair.goods.sells("SET", TEE=1, CAP=2)
    counter.fair.goods.sells("BOX", SET=2)
    counter.fair.lists("north", BOX=1)
    counter.fair.confirms("north", "BOX")
    counter.tells(counter.order("1", line("BOX", 2)))
    before = counter.waits("1")

    counter.fair.goods.adjusts("CAP", 4)
    counter.fair.works()

    assert before == {"short": "CAP: 8 wanted, 4 available"}
    assert (counter.stands("1"), counter.flagged()) == ({"BOX": "reserved"}, 0)
    assert (counter.stock("TEE"), counter.stock("CAP")) == (Standing(10, 4, 0), Standing(8, 8, 0))


def test_another_bundle_or_pack_serves_who_waits_and_changes_nothing_that_is_held(counter: Counter) -> None:
    counter.fair.goods.sells("SET", TEE=1, CAP=3)
    counter.fair.lists("north", SET=1)
    counter.fair.confirms("north", "SET")
    counter.fair.goods.adjusts("CAP", -2)
    counter.fair.lists("north", 6, CAP=4)
    counter.tells(counter.order("held", line("TEE", 2)), counter.order("set", line("SET")))
    counter.tells(counter.order("six", line("CAP")))
    waited = [counter.waits(ref) for ref in ("set", "six")]
    fair = counter.fair
    cap, tee = fair.listing("north", "CAP"), fair.listing("north", "TEE")

    with fair.database.writing() as db:
        packs.set_pack(db, fair.goods.merchant, cap, 1, actor=CLI)
        packs.set_pack(db, fair.goods.merchant, tee, 5, actor=CLI)
        parts = [Component(product_id=fair.goods.named["CAP"], quantity=1)]
        bundles.set_components(db, fair.goods.merchant, fair.goods.named["SET"], parts)
    fair.works()

    assert [list(each) for each in waited] == [["short"], ["short"]]
    assert counter.flagged() == 0
    assert (counter.stock("TEE"), counter.stock("CAP")) == (Standing(10, 2, 0), Standing(2, 2, 0))


def test_another_warehouse_behind_the_channel_serves_who_waits(counter: Counter) -> None:
    counter.fair.goods.builds("Gudang")
    counter.fair.goods.adjusts("CAP", 9, at="Gudang")
    counter.tells(counter.order("1", line("CAP", 5)))

    counter.fair.maps("north", "", "main", "Gudang", shared=True)
    counter.fair.works()

    assert (counter.stands("1"), counter.flagged()) == ({"CAP": "reserved"}, 0)
    assert counter.stock("CAP", at="Gudang") == Standing(9, 5, 0)


def test_an_order_follows_its_listing_to_another_product_once_all_of_that_is_there(counter: Counter) -> None:
    counter.tells(counter.order("1", line("CAP", 2)), counter.order("2", line("CAP", 2)))
    counter.fair.goods.sells("TOPI")
    counter.fair.goods.adjusts("TOPI", 2)

    links(counter, "CAP", "TOPI")
    counter.fair.works()
    stood = (counter.stock("CAP"), counter.stock("TOPI"), counter.waits("1"), counter.waits("2"))
    counter.fair.goods.adjusts("TOPI", 2)
    counter.fair.works()

    assert stood == (Standing(4, 2, 0), Standing(2, 2, 0), {}, {"short": "TOPI: 2 wanted, 0 available"})
    assert (counter.stock("CAP"), counter.stock("TOPI"), counter.flagged()) == (
        Standing(4, 0, 0), Standing(4, 4, 0), 0,
    )  # fmt: skip
    assert {one.product_id for ref in ("1", "2") for one in counter.has(ref).lines} == {
        counter.fair.goods.named["TOPI"]
    }
    counter.tells(counter.order("1", line("CAP", 2), state=SHIPPED))
    assert counter.stock("TOPI") == Standing(2, 2, 0)


def test_an_order_whose_listing_goes_into_a_bundle_of_what_it_holds_needs_it_once(counter: Counter) -> None:
    counter.tells(counter.order("1", line("CAP", 3)))
    counter.fair.goods.sells("SET", CAP=1)

    links(counter, "CAP", "SET")
    counter.fair.works()

    assert (counter.stock("CAP"), counter.flagged()) == (Standing(4, 3, 0), 0)
    assert counter.has("1").lines[0].product_id == counter.fair.goods.named["SET"]


def test_a_merge_takes_what_is_held_along(counter: Counter) -> None:
    counter.tells(counter.order("1", line("CAP", 2)))
    fair = counter.fair

    with fair.database.writing() as db:
        merging.merge(db, fair.goods.merchant, fair.goods.named["CAP"], fair.goods.named["TEE"], actor=CLI)
    fair.works()

    assert (counter.stock("CAP"), counter.stock("TEE")) == (Standing(4, 0, 0), Standing(10, 2, 0))


def test_an_order_whose_listing_is_linked_to_nothing_any_more_keeps_what_it_holds(counter: Counter) -> None:
    counter.tells(counter.order("held", line("CAP", 2)))
    counter.tells(counter.order("short", line("CAP", 5)))

    unlinks(counter, "CAP")
    counter.fair.works()

    assert (counter.stands("held"), counter.stock("CAP")) == ({"CAP": "reserved"}, Standing(4, 2, 0))
    assert list(counter.waits("short")) == ["unlinked"]
    counter.tells(counter.order("held", line("CAP", 1, cancelled=1)))
    assert counter.stock("CAP") == Standing(4, 1, 0)


def test_what_has_left_is_not_taken_back_by_another_link(counter: Counter) -> None:
    counter.tells(counter.order("1", line("CAP", 2), state=SHIPPED))

    links(counter, "CAP", "TEE")
    counter.fair.works()

    assert (counter.stock("CAP"), counter.stock("TEE")) == (Standing(2, 0, 0), Standing(10, 0, 0))


def test_many_that_are_linked_at_once_are_one_job_for_the_merchant(counter: Counter) -> None:
    skus = [f"S{n}" for n in range(APART + 1)]
    counter.fair.lists("north", **dict.fromkeys(skus, 2))
    counter.fair.works()
    counter.tells(*(counter.order(sku, line(sku)) for sku in skus))
    counter.tells(counter.order("held", line("CAP", 2)))
    done = len(rechecked(counter))

    counter.fair.confirms("north", *skus)
    counter.fair.works()

    assert (rechecked(counter)[done:], counter.flagged()) == (["merchant"], 0)
    assert counter.stock("S0") == Standing(2, 1, 0)


def test_where_nothing_waits_a_recheck_asks_once_and_changes_nothing(counter: Counter) -> None:
    counter.tells(*(counter.order(f"{n}", line("TEE")) for n in range(5)))
    counter.fair.works()
    counter.fair.goods.adjusts("TEE", 1)

    with statements(counter.fair.database) as asked:
        counter.fair.works()

    assert sum("waits_for" in one for one in asked) == 1
    assert not any("sales_order" in one and "SELECT DISTINCT" not in one for one in asked)
    assert (noted(counter), counter.has("1").order.version) == (0, 1)


def test_an_order_that_still_waits_is_left_as_it_is(counter: Counter) -> None:
    counter.tells(counter.order("1", line("CAP", 9)))
    links(counter, "CAP", "TEE")
    links(counter, "CAP", "CAP")

    counter.fair.works()

    assert (counter.has("1").order.version, noted(counter)) == (1, 0)
    assert counter.waits("1") == {"short": "CAP: 9 wanted, 4 available"}


def test_a_state_that_nobody_knows_waits_for_the_channels_next_word(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE"), state=OrderState.UNKNOWN, raw_state="ON_HOLD_7"))
    counter.fair.goods.adjusts("TEE", 1)
    counter.fair.works()
    waited = list(counter.waits("1"))

    counter.tells(counter.order("1", line("TEE")))

    assert (waited, counter.waits("1")) == (["unknown_state"], {})


def test_unpaid_orders_that_there_are_hold_stock_once_the_merchant_says_so_and_let_go_again(counter: Counter) -> None:
    counter.tells(*(counter.order(f"{n}", line("CAP", 2), state=OrderState.UNPAID) for n in range(3)))
    counter.tells(counter.order("paid", line("TEE", 2)))
    version = counter.has("paid").order.version

    counter.fair.holds_unpaid()
    counter.fair.works()
    held = (counter.stock("CAP"), [counter.stands(f"{n}")["CAP"] for n in range(3)], list(counter.waits("2")))
    counter.fair.holds_unpaid(False)
    counter.fair.works()

    assert held == (Standing(4, 4, 0), ["reserved", "reserved", "short"], ["short"])
    assert (counter.stock("CAP"), counter.flagged()) == (Standing(4, 0, 0), 0)
    assert (counter.stock("TEE"), counter.has("paid").order.version) == (Standing(10, 2, 0), version)


def test_what_an_unpaid_order_counts_off_at_its_channel_is_offered_again_there_unless_it_holds_stock(
    counter: Counter,
) -> None:
    kiosk = counter.fair.kiosks["north"]
    kiosk.sells("CAP", 3)
    counter.tells(counter.order("1", line("CAP", 3), state=OrderState.UNPAID))
    counter.fair.works()
    offered = kiosk.shown["CAP", ""]

    counter.fair.holds_unpaid()
    counter.fair.works()

    assert (offered, kiosk.shown["CAP", ""]) == (4, 1)
