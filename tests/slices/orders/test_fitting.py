"""Orders that cannot be kept as they are told: they are left out and named, and the others of their shop come in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hub_hookspecs import Address
from msgspec.structs import replace

from hub.kernel import events
from hub.kernel.db import Database
from hub.kernel.sealing import parse_ring
from hub.notices.rules import words
from hub.orders.rules.fitting import LONGEST
from hub.orders.service import buyers
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
        counter.order("long", replace(line("TEE"), listing_ref="x" * (LONGEST + 1))),
        replace(counter.order("unset", line("TEE")), updated_at=never, ship_by=never),
        counter.order("good", line("TEE")),
    )

    bazaar.imports()

    assert bazaar.imported()[-1] == {
        "new": 2, "refused": 4, "refusals": {
            "early": "placed_at is 0001-01-01T00:00:00+00:00, which cannot be when it was placed",
            "late": "placed_at is 9999-12-31T23:59:59.999999+00:00, which cannot be when it was placed",
            "twice": "it names the line 'TEE' twice",
            "long": f"lines[0].listing_ref is longer than {LONGEST} characters",
        },
    }  # fmt: skip
    assert counter.stock("TEE") == Standing(10, 2, 0)


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
