"""A label whose order's buyer is erased, at whatever moment, ends in words and leaves nothing of the buyer."""

from __future__ import annotations

import pytest
from hub_hookspecs import UnknownOutcome, Waiting

from hub.fulfilment.service import forgetting
from hub.fulfilment.service.labelling import CREATE_LABEL
from hub.kernel.errors import Refused
from hub.kernel.events import CLI
from hub.orders.service import erasing
from tests.slices.fulfilment.test_labels import LABEL, kept
from tests.slices.fulfilment.yard import LATER, Yard

WHY = "the order's buyer was erased, and no label of it is kept"


def erases(yard: Yard, order: str) -> None:
    with yard.database.writing() as db:
        erasing.forget(db, [(order, yard.goods.merchant)], actor=CLI)
        forgetting.forget_labels(db, [order])


def test_before_it_is_made_it_is_not_made(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.asks(order)
    erases(yard, order)

    yard.works()

    assert (yard.depot.asked, yard.ended(LABEL)) == ([], [("failed", WHY)])


def test_while_it_is_made_it_is_not_kept_and_its_number_is_told(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.depot.after = lambda: erases(yard, order)
    yard.asks(order)

    yard.works()

    assert yard.ended(LABEL) == [("failed", f"{WHY}; the one that was being made has the AWB DEPOT-1")]
    assert kept(yard) == (1, 0, 0)


@pytest.mark.parametrize("ended", ["unknown", "waiting"])
def test_a_call_that_was_to_be_made_again_is_made_no_more(yard: Yard, ended: str) -> None:
    order = yard.sells("1", 3)

    def lose() -> None:
        raise UnknownOutcome("no answer came")

    if ended == "unknown":
        yard.depot.after = lose
    else:
        yard.depot.waits = [Waiting(after=LATER / 4, state="booked")]
    yard.asks(order)
    yard.tries(CREATE_LABEL)
    before = yard.ended(LABEL)
    erases(yard, order)
    yard.passes(LATER)
    yard.works()

    assert [state for state, _ in before] == [ended]
    assert (yard.ended(LABEL), len(yard.depot.asked)) == ([("failed", WHY)], 1)


def test_afterwards_nobody_gets_one(yard: Yard) -> None:
    order = yard.sells("1", 3)
    erases(yard, order)

    with pytest.raises(Refused) as refused:
        yard.asks(order)

    assert refused.value.code == "buyer_erased"
