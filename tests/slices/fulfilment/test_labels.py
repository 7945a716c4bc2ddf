"""Labels: made once for what stands in an order, and printed again from the very bytes."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from hub_hookspecs import Address, OrderState, UnknownOutcome, Waiting
from msgspec.structs import replace
from pypdf import PdfReader

from hub.fulfilment.service.labelling import CREATE_LABEL, KEPT, reseal_labels
from hub.fulfilment.tables import label, parcel
from hub.kernel import files, jobs
from hub.kernel.errors import HubError, NotFound, Refused
from hub.kernel.sealing import KeyRing, parse_ring
from tests.plugins import depot
from tests.slices.fulfilment.yard import HOUSE, LATER, SARI, Yard
from tests.slices.orders.counter import line
from tests.slices.stock.fair import RING

LABEL = "fulfilment.create_label"
MOVED = replace(SARI, lines=("Jl. Kenanga 12",))


def edited(yard: Yard, *, recipient: Address = SARI, units: int = 3, note: str = "") -> None:
    """Order 1 is another one now, as its channel, or a person, has it."""
    yard.counter.tells(replace(yard.counter.order("1", line("TEE", units)), recipient=recipient, note=note))


def refusal(yard: Yard, order: str) -> str:
    """Why the label is not printed."""
    with pytest.raises(HubError) as refused:
        yard.prints(order)
    return refused.value.code


def kept(yard: Yard) -> tuple[int, int, int]:
    """How many parcels, labels and files there are."""
    with yard.database.reading() as db:
        counts = [sa.select(sa.func.count()).select_from(each) for each in (parcel, label, files.table)]
        first, second, third = (db.execute(each).scalar_one() for each in counts)
        return first, second, third


def test_a_label_is_made_from_the_order_and_printed_as_it_was_made(yard: Yard) -> None:
    order = yard.sells("1", 3)

    asked = yard.asks(order)
    yard.works()

    ((shipment, resume),) = yard.depot.asked
    file, printed = yard.prints(order), yard.asks(order)
    assert asked.ticket is not None
    assert (shipment.key, shipment.order_ref, shipment.order_number, resume) == (asked.label.id, "1", "#1", "")
    assert (shipment.recipient, shipment.sender.name) == (SARI, "Kios north")
    assert (shipment.sender.lines, shipment.sender.city) == (HOUSE.lines, HOUSE.city)
    assert [(each.sku, each.quantity) for each in shipment.lines] == [("TEE", 3)]
    assert file.content == yard.depot.labels[asked.label.id]
    assert (file.media_type, file.digest, printed.ticket) == ("application/pdf", printed.label.digest, None)
    assert (yard.parcel(order).awb, kept(yard)) == ("DEPOT-1", (1, 1, 1))


def test_of_many_who_ask_at_once_all_get_the_one_label(yard: Yard) -> None:
    order = yard.sells("1", 3)
    barrier = Barrier(4)

    def ask(_: int) -> str:
        barrier.wait(10)
        return yard.asks(order).label.id

    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(ask, range(4)))
    yard.works()

    assert len(ids) == len(yard.depot.asked) == 1
    assert kept(yard) == (1, 1, 1)


def test_an_order_that_changed_has_no_label_until_a_new_one_is_made(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.asks(order)
    yard.works()
    first = yard.prints(order)

    edited(yard, recipient=MOVED)
    void = refusal(yard, order)
    yard.asks(order)
    not_yet = refusal(yard, order)
    yard.works()
    second = yard.prints(order)
    edited(yard)

    assert (void, not_yet) == ("label_void", "label_not_made")
    assert first.content != second.content
    assert [shipment.recipient for shipment, _ in yard.depot.asked] == [SARI, MOVED]
    assert yard.prints(order).content == first.content
    assert yard.asks(order).ticket is None


@pytest.mark.parametrize(("units", "code"), [(4, "label_void"), (3, "")])
def test_only_what_stands_on_it_voids_a_label(yard: Yard, units: int, code: str) -> None:
    order = yard.sells("1", 3)
    yard.asks(order)
    yard.works()

    edited(yard, units=units, note="ring twice")

    assert (refusal(yard, order) if code else yard.prints(order).name[:5]) == (code or "label")


def test_a_label_stays_what_it_is_when_its_parcel_has_left_and_the_warehouse_has_moved(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.asks(order)
    yard.works()
    first = yard.prints(order)

    yard.ships(order, courier="JNE", awb="JNE-1")
    yard.stands_at(replace(HOUSE, city="Bogor"))
    yard.works()

    assert yard.prints(order).content == first.content
    assert (yard.asks(order).ticket, len(yard.depot.asked)) == (None, 1)


def test_a_label_that_is_made_after_its_parcel_left_changes_nothing_of_what_it_left_by(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.asks(order)

    def leaves() -> None:
        yard.ships(order, courier="JNE", awb="JNE-1")

    yard.depot.before = leaves
    yard.works()

    assert (yard.parcel(order).courier, yard.parcel(order).awb) == ("JNE", "JNE-1")
    assert yard.order(order).order.awb == "JNE-1"


def test_what_has_left_is_printed_again_with_the_awb_that_it_left_with(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.asks(order)
    yard.works()
    first = yard.prints(order)
    yard.counter.tells(replace(yard.counter.order("1", line("TEE", 3)), recipient=SARI, awb="JNE-9"))
    void = refusal(yard, order)
    yard.asks(order)
    yard.works()
    second = yard.prints(order)

    yard.ships(order)
    yard.works()

    assert (void, first.content != second.content) == ("label_void", True)
    assert yard.prints(order).content == second.content
    assert (yard.asks(order).ticket, len(yard.depot.asked)) == (None, 2)


def test_what_is_asked_for_and_changes_before_it_is_made_is_not_made(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.asks(order)
    edited(yard, recipient=MOVED)

    yard.works()

    assert yard.depot.asked == []
    assert yard.last(LABEL).outcome == {"note": "the order has changed since; ask for its label again"}


@pytest.mark.parametrize(
    ("recipient", "house", "fields"),
    [
        pytest.param(Address(name="Ibu Sari"), HOUSE, ["recipient.lines", "recipient.city"], id="nowhere"),
        pytest.param(replace(SARI, name=" "), HOUSE, ["recipient.name"], id="nobody"),
        pytest.param(SARI, Address(), [".address.lines", ".address.city"], id="from nowhere"),
    ],
)
def test_what_a_parcel_cannot_do_without_is_named_with_its_cure(
    yard: Yard, recipient: Address, house: Address, fields: list[str]
) -> None:
    order = yard.sells("1", 3)
    edited(yard, recipient=recipient)
    yard.stands_at(house)

    with pytest.raises(Refused) as refused:
        yard.asks(order)

    assert refused.value.code == "address_incomplete"
    found = [each.field for each in refused.value.errors]
    assert [name.endswith(wanted) for name, wanted in zip(found, fields, strict=True)] == [True] * len(fields)
    assert {each.message.rpartition(": ")[2] for each in refused.value.errors} <= {
        "edit the order", "give the warehouse 'Main warehouse' its address",
    }  # fmt: skip
    assert kept(yard) == (0, 0, 0)


def test_what_looks_like_a_pdf_and_is_none_is_no_label(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.depot.draws_with = lambda title: depot.drawn(title)[:300]

    yard.asks(order)
    yard.works()

    says = "the plugin gave a PDF that cannot be printed: it cannot be read: it is broken, or cut off"
    assert yard.ended(LABEL) == [("failed", says)]
    assert refusal(yard, order) == "label_not_made"
    assert kept(yard)[2] == 0


def test_a_page_is_printed_once_and_kept_as_a_pdf(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.depot.gives = "text/html"
    yard.depot.draws_with = lambda title: f"<h1>{title}</h1><script>x()</script>".encode()
    yard.asks(order)
    yard.works()

    once, again = (yard.prints(order) for _ in range(2))

    assert (once.media_type, once.content) == ("application/pdf", again.content)
    assert "Sari" in PdfReader(io.BytesIO(once.content)).pages[0].extract_text()


def test_a_page_that_cannot_be_printed_fails_the_label_in_words(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.depot.gives = "text/html"
    yard.depot.draws_with = lambda _: b" "
    yard.asks(order)
    yard.works()

    assert yard.ended(LABEL) == [("failed", "the plugin gave a page that cannot be printed: the page is empty")]
    assert refusal(yard, order) == "label_not_made"


def test_a_sender_that_was_wrong_is_right_in_the_next_try(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.depot.gives = "image/png"
    yard.asks(order)
    yard.works()
    failed = yard.ended(LABEL)
    yard.depot.gives = "application/pdf"
    yard.stands_at(replace(HOUSE, city="Bogor"))

    yard.asks(order)
    yard.works()

    assert failed == [("failed", "the plugin gave 'image/png', and no PDF that could be kept")]
    assert [shipment.sender.city for shipment, _ in yard.depot.asked] == ["Jakarta", "Bogor"]
    assert len({shipment.key for shipment, _ in yard.depot.asked}) == 1
    assert yard.prints(order).media_type == "application/pdf"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_call_without_an_answer_is_made_again_as_it_was(yard: Yard, when: str) -> None:
    order = yard.sells("1", 3)
    losses = [1]

    def lose() -> None:
        if losses:
            losses.pop()
            raise UnknownOutcome("no answer came")

    setattr(yard.depot, when, lose)
    yard.asks(order)
    yard.tries(CREATE_LABEL)
    unsure = yard.ended(LABEL)
    yard.stands_at(replace(HOUSE, city="Bogor"))
    yard.asks(order)  # whoever asks meanwhile changes nothing of what was asked
    yard.passes(LATER)
    yard.works()

    assert unsure == [("unknown", "no answer came")]
    assert yard.depot.asked[0] == yard.depot.asked[1]
    assert (len(yard.depot.asked), len(yard.depot.labels), kept(yard)) == (2, 1, (1, 1, 1))
    assert {state for state, _ in yard.ended(LABEL)} == {"done"}


def test_a_channel_that_needs_time_is_asked_again_from_where_it_stood(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.depot.waits = [Waiting(after=timedelta(seconds=5), state=state) for state in ("booked", "paid")]
    yard.asks(order)
    for _ in range(3):
        yard.works()
        yard.passes(timedelta(minutes=1))

    assert [resume for _, resume in yard.depot.asked] == ["", "booked", "paid"]
    assert yard.prints(order).content


def test_a_channel_that_needs_more_than_a_day_is_given_up(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.depot.waits = [Waiting(after=timedelta(hours=20), state="booked")] * 3
    yard.asks(order)
    for _ in range(3):
        yard.works()
        yard.passes(timedelta(hours=21))

    ((state, reason),) = yard.ended(LABEL)
    assert (state, "within a day" in reason, refusal(yard, order)) == ("failed", True, "label_not_made")


def test_a_channel_without_labels_says_why(yard: Yard) -> None:
    yard.offers("south", TEE=100)
    order = yard.sells("1", 3, kiosk="south")

    with pytest.raises(Refused, match="Kiosk cannot create a label: the kiosk only sells") as refused:
        yard.asks(order)

    assert refused.value.code == "not_supported"


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.UNPAID, OrderState.CANCEL_REQUESTED])
def test_an_order_that_is_not_to_be_sent_needs_no_label(yard: Yard, state: OrderState) -> None:
    order = yard.sells("1", 3, state=state)

    with pytest.raises(Refused) as refused:
        yard.asks(order)

    assert refused.value.code == "order_not_ready"


def test_an_order_that_was_never_labelled_has_none_to_print(yard: Yard) -> None:
    with pytest.raises(NotFound):
        yard.prints(yard.sells("1", 3))


def test_a_label_past_its_time_is_gone_and_not_made_otherwise(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.asks(order)
    yard.works()

    yard.passes(KEPT + timedelta(days=1))

    assert refusal(yard, order) == "label_gone"
    assert yard.asks(order).ticket is None


def test_what_is_still_to_be_asked_is_sealed_and_sealed_anew_under_a_new_key(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.asks(order)
    ring = parse_ring(RING)
    newer = KeyRing({"newer": bytes(range(32)), **ring.keys})

    with yard.database.writing() as db:
        sealed = db.execute(sa.select(label.c.shipment)).scalar_one()
        counts = [reseal_labels(db, newer), reseal_labels(db, newer)]
        anew = db.execute(sa.select(label.c.shipment)).scalar_one()

    assert (SARI.name in sealed, counts, anew.startswith("v1.newer.")) == (False, [1, 0], True)


def test_a_job_that_is_asked_for_again_by_hand_goes_on(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.depot.gives = "image/png"
    yard.asks(order)
    yard.works()
    yard.depot.gives = "application/pdf"

    with yard.database.writing() as db:
        jobs.retry(db, yard.last(LABEL).id, {})
    yard.works()

    assert yard.prints(order).content == next(iter(yard.depot.labels.values()))
