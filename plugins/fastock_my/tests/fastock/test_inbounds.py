"""Goods are announced, come in parts or otherwise than planned, and are read back as totals."""

import msgspec
import pytest
from hub_fastock_my import plugin
from hub_hookspecs import Absent, CancelOutcome, DocumentState, InboundLine, Money, Rejected, TaskKind, TaskLine

from .steps import KL, Stand, inbound, ringgit, task

IN = TaskKind.INBOUND


def test_an_announcement_is_there_once_however_often_it_is_sent(stand: Stand) -> None:
    first = plugin.push_inbound(stand.account, inbound())
    again = plugin.push_inbound(stand.account, inbound())

    (known,) = stand.sandbox.inbounds().values()
    assert first == again
    assert known.ref == first.ref
    (line,) = known.wish.lines
    assert (line.code, line.quantity, str(line.price)) == ("TEE-M", 10, "12.345")


def test_the_same_code_for_something_else_is_refused(stand: Stand) -> None:
    plugin.push_inbound(stand.account, inbound())

    with pytest.raises(Rejected, match="duplicate-different"):
        plugin.push_inbound(stand.account, inbound(quantity=11))


def test_a_return_is_announced_as_one(stand: Stand) -> None:
    plugin.push_inbound(stand.account, inbound(kind="return"))

    assert stand.sandbox.inbounds()["IB-1"].wish.is_return


@pytest.mark.parametrize(
    ("wrong", "cure"),
    [
        pytest.param({"lines": ()}, "has no lines", id="no lines"),
        pytest.param({"key": "K" * 51}, "51 characters; Fastock takes 50", id="a long code"),
        pytest.param({"key": " "}, "code is empty", id="no code"),
        pytest.param({"kind": "transfer"}, "purchases and returns", id="another kind"),
        pytest.param({"place_ref": "MYPG09"}, "none of this account's warehouses", id="a foreign warehouse"),
    ],
)
def test_what_cannot_be_is_refused_before_it_is_sent(stand: Stand, wrong: dict[str, object], cure: str) -> None:
    with pytest.raises(Rejected, match=cure):
        plugin.push_inbound(stand.account, msgspec.structs.replace(inbound(), **wrong))

    assert stand.wire.requests == []


@pytest.mark.parametrize(
    ("line", "cure"),
    [
        pytest.param({"quantity": 0}, "'TEE-M' has no quantity", id="no quantity"),
        pytest.param({"unit_cost": None}, "'TEE-M' has no cost", id="no cost"),
        pytest.param({"unit_cost": ringgit("-1")}, "0 or more", id="a cost below zero"),
        pytest.param({"unit_cost": Money(amount=ringgit("9").amount, currency="IDR")}, "9 IDR.*MYR", id="rupiah"),
    ],
)
def test_a_line_needs_quantity_and_cost(stand: Stand, line: dict[str, object], cure: str) -> None:
    wrong = msgspec.structs.replace(InboundLine(sku="TEE-M", quantity=1, unit_cost=ringgit("1")), **line)

    with pytest.raises(Rejected, match=cure):
        plugin.push_inbound(stand.account, inbound(lines=(wrong,)))


def test_a_cost_of_nothing_is_a_cost(stand: Stand) -> None:
    free = InboundLine(sku="TEE-M", quantity=1, unit_cost=ringgit("0"))

    plugin.push_inbound(stand.account, inbound(lines=(free,)))

    assert "IB-1" in stand.sandbox.inbounds()


def test_an_item_that_was_never_pushed_is_refused_by_name(stand: Stand) -> None:
    with pytest.raises(Rejected, match=r"the item KAIN-1 is not known in MYKL01 \(item-not-found\)"):
        plugin.push_inbound(stand.account, inbound(sku="KAIN-1"))


def test_nothing_has_come_at_first(stand: Stand) -> None:
    receipt = plugin.push_inbound(stand.account, inbound())

    state = stand.state("IB-1", IN)
    assert (state.state, state.progress, state.cancellable) == (DocumentState.PENDING, "new", True)
    assert (state.ref, state.closed) == (receipt.ref, False)
    assert state.lines == (TaskLine(sku="TEE-M", planned=10),)


def test_parts_add_up_and_damaged_goods_are_told_apart(stand: Stand) -> None:
    plugin.push_inbound(stand.account, inbound())
    stand.sandbox.receive("IB-1", {"TEE-M": 4}, final=False)
    part = stand.state("IB-1", IN)
    stand.sandbox.receive("IB-1", {"TEE-M": 5}, {"TEE-M": 1}, note="torn")
    whole = stand.state("IB-1", IN)

    assert (part.state, part.progress, part.closed) == (DocumentState.PART_COMPLETE, "part_received", False)
    assert part.lines == (TaskLine(sku="TEE-M", planned=10, good=4),)
    assert (whole.state, whole.progress, whole.closed) == (DocumentState.COMPLETE, "received", True)
    assert whole.lines == (TaskLine(sku="TEE-M", planned=10, good=9, damaged=1, note="torn"),)
    assert whole.at is not None


@pytest.mark.parametrize(
    ("came", "state"),
    [
        pytest.param(9, DocumentState.PART_COMPLETE, id="short"),
        pytest.param(12, DocumentState.COMPLETE, id="over"),
        pytest.param(0, DocumentState.INVALID, id="nothing"),
    ],
)
def test_received_is_not_planned(stand: Stand, came: int, state: DocumentState) -> None:
    plugin.push_inbound(stand.account, inbound())
    stand.sandbox.receive("IB-1", {"TEE-M": came} if came else {})

    found = stand.state("IB-1", IN)
    assert (found.state, found.closed) == (state, True)
    assert sum(line.good for line in found.lines) == came


def test_goods_that_nobody_planned_are_told(stand: Stand) -> None:
    stand.sandbox.stock("CAP-1", good=0)
    plugin.push_inbound(stand.account, inbound())
    stand.sandbox.receive("IB-1", {"TEE-M": 10, "CAP-1": 2})

    found = {line.sku: line for line in stand.state("IB-1", IN).lines}
    assert found["CAP-1"] == TaskLine(sku="CAP-1", planned=0, good=2)


def test_two_lines_of_one_sku_are_planned_together(stand: Stand) -> None:
    twice = (InboundLine(sku="TEE-M", quantity=3, unit_cost=ringgit("1")),) * 2
    plugin.push_inbound(stand.account, inbound(lines=twice))

    assert stand.state("IB-1", IN).lines == (TaskLine(sku="TEE-M", planned=6),)


@pytest.mark.parametrize("lines", [100, 101, 250])
def test_an_announcement_may_be_long(stand: Stand, lines: int) -> None:
    for number in range(lines):
        stand.sandbox.stock(f"SKU-{number}", good=0)
    wanted = tuple(InboundLine(sku=f"SKU-{n}", quantity=n + 1, unit_cost=ringgit("1")) for n in range(lines))
    plugin.push_inbound(stand.account, inbound(lines=wanted))

    assert {line.sku: line.planned for line in stand.state("IB-1", IN).lines} == {
        f"SKU-{n}": n + 1 for n in range(lines)
    }


def test_an_announcement_can_be_cancelled_until_all_has_come(stand: Stand) -> None:
    plugin.push_inbound(stand.account, inbound())
    done = plugin.cancel_outbound(stand.account, task("IB-1", IN), "ordered twice")
    cancelled = stand.state("IB-1", IN)
    plugin.push_inbound(stand.account, inbound("IB-2"))
    stand.sandbox.receive("IB-2")
    late = plugin.cancel_outbound(stand.account, task("IB-2", IN), "ordered twice")

    assert (done.outcome, late.outcome) == (CancelOutcome.CANCELLED, CancelOutcome.TOO_LATE)
    assert (cancelled.state, cancelled.problem, cancelled.cancel) == (
        DocumentState.INVALID,
        "",
        CancelOutcome.CANCELLED,
    )


def test_an_announcement_that_never_arrived_is_absent(stand: Stand) -> None:
    assert stand.read(task("IB-9", IN)) == [Absent(key="IB-9")]


def test_an_announcement_is_looked_for_in_its_own_warehouse(stand: Stand) -> None:
    plugin.push_inbound(stand.account, inbound())

    assert stand.read(task("IB-1", IN, place_ref="MYJB02")) == [Absent(key="IB-1")]
    assert stand.sandbox.inbounds()["IB-1"].wish.warehouse == KL
