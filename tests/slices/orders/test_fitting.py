"""Orders that cannot be kept as they are told: they are left out and named, and the others of their shop come in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hub_hookspecs import Address
from msgspec.structs import replace

from hub.kernel import events
from hub.kernel.db import Database
from hub.kernel.sealing import parse_ring
from hub.notices.rules import words
from hub.orders.rules.fitting import LONGEST
from hub.orders.service import buyers
from hub.orders.tables import sales_order
from hub.stock.rules.levels import Standing
from tests.plugins.booth import Booth
from tests.slices.orders.bazaar import Bazaar, a_bazaar
from tests.slices.orders.counter import CANCELLED, Counter, line
from tests.slices.stock.fair import RING

NUL, SHOWN = "Sari\0", "Sari\ufffd"


@pytest.fixture
def booth() -> Booth:
    return Booth(compare_and_set=False)


@pytest.fixture
def bazaar(database: Database, booth: Booth) -> Iterator[Bazaar]:
    with a_bazaar(database, booth) as bazaar:
        yield bazaar


@pytest.fixture
def counter(bazaar: Bazaar) -> Counter:
    return Counter(bazaar)


def test_orders_that_cannot_be_kept_are_named_and_the_others_come_in(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    never = datetime(1, 1, 1, tzinfo=UTC)
    booth.tells(
        counter.order("early", line("TEE"), placed_at=never),
        counter.order("late", line("TEE"), placed_at=datetime.max.replace(tzinfo=UTC)),
        counter.order("twice", line("TEE"), line("TEE")),
        counter.order("owing", line("TEE", -1)),
        counter.order("vast", line("TEE", 2**70)),
        counter.order("given up", line("TEE", cancelled=2**31)),
        counter.order("ours", line("TEE"), line("TEE", ref="TEE (added 1)")),
        counter.order("long", replace(line("TEE"), listing_ref="x" * (LONGEST + 1))),
        replace(counter.order("unset", line("TEE")), updated_at=never, ship_by=never),
        counter.order("good", line("TEE")),
    )

    bazaar.imports()

    assert bazaar.imported()[-1] == {
        "new": 2, "refused": 8, "refusals": {
            "early": "placed_at is 0001-01-01T00:00:00+00:00, which cannot be when it was placed",
            "late": "placed_at is 9999-12-31T23:59:59.999999+00:00, which cannot be when it was placed",
            "twice": "it names the line 'TEE' twice",
            "owing": "lines[0].quantity is -1, which is not between 0 and 2147483647",
            "vast": "lines[0].quantity is 9223372036854775807, which is not between 0 and 2147483647",
            "given up": "lines[0].cancelled is 2147483648, which is not between 0 and 2147483647",
            "ours": "it names a line 'TEE (added 1)', as only the hub names what was added to one",
            "long": f"lines[0].listing_ref is longer than {LONGEST} characters",
        },
    }  # fmt: skip
    assert counter.stock("TEE") == Standing(10, 2, 0)


def test_an_order_of_wrong_figures_keeps_no_other_from_being_read_again(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    good = counter.order("good", line("TEE"))
    booth.now = {"owing": counter.order("owing", replace(line("TEE", -1), name=NUL)), "good": good}
    bazaar.hints("owing", "good")

    bazaar.works()

    assert (bazaar.hinted(), counter.stock("TEE")) == ([], Standing(10, 1, 0))


@pytest.mark.parametrize("ahead", [timedelta(days=2), timedelta(days=30_000)])
def test_an_order_that_says_it_changed_in_the_future_hears_of_what_comes(counter: Counter, ahead: timedelta) -> None:
    """Else its cancellation would be older news, and its stock be held for good."""
    counter.tells(counter.order("1", line("TEE"), updated_at=counter.now() + ahead))
    held = counter.stock("TEE")

    counter.tells(counter.order("1", line("TEE"), state=CANCELLED))

    assert (held, counter.stock("TEE")) == (Standing(10, 1, 0), Standing(10, 0, 0))


def test_one_that_was_kept_so_hears_of_it_too(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE")))
    with counter.fair.database.writing() as db:
        db.execute(sa.update(sales_order).values(updated_at=datetime(2099, 1, 1, tzinfo=UTC)))

    counter.tells(counter.order("1", line("TEE"), state=CANCELLED))

    assert counter.stock("TEE") == Standing(10, 0, 0)


def test_people_are_told_once_of_an_order_that_cannot_be_kept(bazaar: Bazaar, booth: Booth, counter: Counter) -> None:
    order = counter.order("1", line("TEE"), line("TEE"))
    booth.tells(order)
    bazaar.imports()
    booth.tells(order)

    bazaar.imports()

    with bazaar.database.reading() as db:
        (told,) = events.undispatched(db, bazaar.goods.merchant, limit=10)
    notice = words(told.kind, told.after or {})
    assert notice is not None
    assert notice.title == "north (Booth north): order #1 cannot be taken in"
    assert notice.text.startswith("it names the line 'TEE' twice. ")


def test_an_order_that_cannot_be_kept_any_more_stays_as_it_was_until_it_is_told_well(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.tells(counter.order("1", line("TEE")))
    bazaar.imports()
    booth.tells(counter.order("1", line("TEE", 2), line("TEE", 2)))
    bazaar.imports()
    kept = counter.stock("TEE")

    booth.tells(counter.order("1", line("TEE"), state=CANCELLED))
    bazaar.imports()

    assert (kept, counter.stock("TEE")) == (Standing(10, 1, 0), Standing(10, 0, 0))


def test_a_nul_in_an_order_is_marked_and_keeps_nothing_from_coming_in(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    named = replace(line("TEE"), name=NUL, ref=NUL)
    told = replace(counter.order(NUL, named), recipient=Address(name=NUL, lines=(NUL, "Jl. Mawar")), note=NUL)
    booth.tells(told, counter.order("good", line("TEE")))

    bazaar.imports()

    kept = counter.has(SHOWN)
    buyer = buyers.opened(parse_ring(RING), kept.order.id, kept.order.buyer)
    assert (kept.lines[0].name, kept.lines[0].ref) == (SHOWN, SHOWN)
    assert (buyer.recipient.name, buyer.recipient.lines, buyer.note) == (SHOWN, (SHOWN, "Jl. Mawar"), SHOWN)
    assert counter.stock("TEE") == Standing(10, 2, 0)
