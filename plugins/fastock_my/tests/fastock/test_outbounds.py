"""Parcels are asked for with both papers, go through the warehouse step by step, and leave."""

import msgspec
import pytest
from hub_fastock_my import plugin
from hub_fastock_my.sandbox.documents import STEPS
from hub_hookspecs import Absent, Address, DocumentState, LabelFile, NotSupported, Rejected, TaskLine

from .steps import HOME, Stand, label, outbound, parcel, ringgit, task

NO_LABEL = "no shipping label as PDF.*get it from the channel"
NO_AWB = "no AWB.*arrange the shipment at the channel"


def test_a_parcel_is_asked_for_with_its_papers(stand: Stand) -> None:
    receipt = plugin.push_outbound(stand.account, outbound())

    known = stand.sandbox.outbounds()["OB-1"]
    assert known.ref == receipt.ref
    assert (known.wish.awb, known.wish.courier, known.wish.label) == ("MY0001", "J&T Express", label().sha256)
    assert known.wish.recipient[:5] == (
        "Aisyah binti Omar", "+60 12 345 6789", "Wilayah Persekutuan", "Kuala Lumpur", "12, Jalan Ampang, Blok B",
    )  # fmt: skip
    assert known.wish.order_number == "260105-001"


def test_the_same_parcel_twice_is_one(stand: Stand) -> None:
    receipts = {plugin.push_outbound(stand.account, outbound()).ref for _ in range(3)}

    assert len(receipts) == len(stand.sandbox.outbounds()) == 1


def test_the_same_code_for_something_else_is_refused(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound())

    with pytest.raises(Rejected, match="duplicate-different"):
        plugin.push_outbound(stand.account, outbound(quantity=1))


@pytest.mark.parametrize(
    ("wrong", "cure"),
    [
        pytest.param({"label": None}, NO_LABEL, id="no label"),
        pytest.param({"label": LabelFile(content=b"", sha256="", url="")}, NO_LABEL, id="an empty label"),
        pytest.param({"label": label(b"<html>")}, "the label is no PDF", id="HTML"),
        pytest.param({"awb": ""}, NO_AWB, id="no AWB"),
        pytest.param({"awb": "  "}, NO_AWB, id="a blank AWB"),
        pytest.param({"lines": ()}, "has no lines", id="no lines"),
    ],
)
def test_a_parcel_without_its_papers_is_refused(stand: Stand, wrong: dict[str, object], cure: str) -> None:
    unfit = msgspec.structs.replace(parcel(), **wrong)

    with pytest.raises(Rejected, match=cure):
        plugin.push_outbound(stand.account, outbound(parcels=(unfit,)))

    assert stand.wire.requests == []


@pytest.mark.parametrize("number", [0, 2])
def test_one_document_is_one_parcel(stand: Stand, number: int) -> None:
    with pytest.raises(Rejected, match=f"has {number} parcels"):
        plugin.push_outbound(stand.account, outbound(parcels=(parcel(),) * number))


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        pytest.param({"name": ""}, "no name", id="name"),
        pytest.param({"phone": " "}, "no phone", id="phone"),
        pytest.param({"state": "", "city": ""}, "no state, no city", id="state and city"),
        pytest.param({"lines": ()}, "no street", id="street"),
    ],
)
def test_an_address_is_whole(stand: Stand, missing: dict[str, str], named: str) -> None:
    unfit: Address = msgspec.structs.replace(HOME, **missing)

    with pytest.raises(Rejected, match=f"the recipient has {named}; complete the address"):
        plugin.push_outbound(stand.account, outbound(recipient=unfit))


def test_a_parcel_abroad_is_not_supported(stand: Stand) -> None:
    abroad: Address = msgspec.structs.replace(HOME, country="SG")

    with pytest.raises(NotSupported, match=r"sends within Malaysia only.*'SG'"):
        plugin.push_outbound(stand.account, outbound(recipient=abroad))


def test_what_is_not_there_is_not_promised(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound(quantity=9))

    with pytest.raises(Rejected, match="stock-insufficient"):
        plugin.push_outbound(stand.account, outbound("OB-2", quantity=2, awb="MY0002"))


def test_an_awb_travels_on_one_parcel(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound())

    with pytest.raises(Rejected, match="awb-duplicate"):
        plugin.push_outbound(stand.account, outbound("OB-2"))


def test_another_price_under_a_known_code_is_another_content(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound())
    (line,) = parcel().lines
    dearer = parcel(lines=(msgspec.structs.replace(line, unit_price=ringgit("59.90")),))

    with pytest.raises(Rejected, match="duplicate-different"):
        plugin.push_outbound(stand.account, outbound(parcels=(dearer,)))


def test_the_awb_of_what_was_refused_there_may_travel_on_another_parcel(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound())
    stand.sandbox.end("OB-1", "REJECT")

    assert plugin.push_outbound(stand.account, outbound("OB-2")).ref == "OUT00000002"


def test_a_code_may_have_fifty_characters(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound("K" * 50))

    with pytest.raises(Rejected, match="51 characters"):
        plugin.push_outbound(stand.account, outbound("K" * 51, awb="MY0002"))


def test_each_step_is_told_in_the_warehouses_word(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound())
    words = []
    for _ in STEPS[:-1]:
        state = stand.state("OB-1")
        words.append((state.state, state.progress, state.cancellable))
        stand.sandbox.advance("OB-1")

    pending = DocumentState.PENDING
    assert words == [
        (pending, "new", True), (pending, "accepted", True), (pending, "printed", None), (pending, "picking", None),
        (pending, "checked", None), (pending, "packed", None), (pending, "ready", None),
    ]  # fmt: skip


def test_a_parcel_that_left_is_complete(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound())
    stand.sandbox.ship("OB-1")

    state = stand.state("OB-1")
    assert (state.state, state.progress, state.closed) == (DocumentState.COMPLETE, "shipped", True)
    assert state.lines == (TaskLine(sku="TEE-M", planned=2, shipped=2),)
    assert (state.awb, state.courier, state.cancellable) == ("MY0001", "J&T Express", False)
    assert state.at is not None
    assert state.at == stand.sandbox.clock().replace(microsecond=0)


def test_a_parcel_may_leave_in_parts(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound(quantity=3))
    stand.sandbox.ship("OB-1", {"TEE-M": 1}, final=False)
    part = stand.state("OB-1")
    stand.sandbox.ship("OB-1", {"TEE-M": 1})
    short = stand.state("OB-1")

    assert (part.state, part.closed, part.lines[0].shipped) == (DocumentState.PART_COMPLETE, False, 1)
    assert (short.state, short.closed, short.lines[0].shipped) == (DocumentState.PART_COMPLETE, True, 2)


@pytest.mark.parametrize(
    ("word", "state", "problem"),
    [
        pytest.param(
            "EXCEPTION", DocumentState.PENDING, "Fastock has a problem with this document: no box", id="exception"
        ),
        pytest.param("REJECT", DocumentState.INVALID, "Fastock refused this document: no box", id="reject"),
        pytest.param("CLOSED", DocumentState.INVALID, "", id="closed"),
        pytest.param("POSTPONED", DocumentState.PENDING, "", id="a word that nobody knows"),
    ],
)
def test_what_goes_wrong_there_is_told(stand: Stand, word: str, state: DocumentState, problem: str) -> None:
    plugin.push_outbound(stand.account, outbound())
    stand.sandbox.say("OB-1", word, "no box")

    found = stand.state("OB-1")
    assert (found.state, found.problem) == (state, problem)


def test_a_word_that_nobody_knows_is_kept_as_it_came(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound())
    stand.sandbox.say("OB-1", "POSTPONED")

    assert stand.state("OB-1").progress.upper() == "POSTPONED"


def test_a_parcel_that_comes_back_was_shipped(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound())
    stand.sandbox.ship("OB-1")
    stand.sandbox.say("OB-1", "REFUSE")

    found = stand.state("OB-1")
    assert (found.state, found.lines[0].shipped) == (DocumentState.COMPLETE, 2)
    assert "the buyer refused the parcel" in found.problem


def test_a_document_that_was_closed_after_a_part_left_is_partly_invalid(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound(quantity=3))
    stand.sandbox.ship("OB-1", {"TEE-M": 1}, final=False)
    stand.sandbox.end("OB-1", "CLOSED")

    assert stand.state("OB-1").state is DocumentState.PART_INVALID


def test_every_document_asked_for_is_answered_once(stand: Stand) -> None:
    for number in range(3):
        plugin.push_outbound(stand.account, outbound(f"OB-{number}", awb=f"MY{number}"))

    found = stand.read(*(task(key) for key in ("OB-0", "OB-9", "OB-2", "OB-1")))
    assert [each.key for each in found] == ["OB-0", "OB-9", "OB-2", "OB-1"]
    assert found[1] == Absent(key="OB-9")
