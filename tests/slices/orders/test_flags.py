"""Why orders wait for a person."""

from __future__ import annotations

from hub_hookspecs import OrderState

from hub.orders.rules.flags import CLEARS, NAMED, Code, Flagged, Lacking, flags
from hub.orders.rules.lines import Standing

TEE = Flagged("TEE", "11", Standing.RESERVED)


def test_an_order_with_all_it_wants_waits_for_nobody() -> None:
    assert flags(OrderState.READY, "ready", [TEE]) == []


def test_a_line_that_nobody_linked_is_named_with_its_listing() -> None:
    (flag,) = flags(OrderState.READY, "ready", [TEE, Flagged("CAP", "12", Standing.UNLINKED)])

    assert (flag.code, flag.reason) == (Code.UNLINKED, "CAP (listing 12) is not linked")
    assert "link the listing" in flag.remedy


def test_what_is_short_is_named_with_what_is_wanted_and_what_is_there() -> None:
    lines = [
        Flagged("CAP", "12", Standing.SHORT, (Lacking("CAP", 5, 3),)),
        Flagged("MUG", "13", Standing.SHORT, (Lacking("MUG", 1, None),)),
    ]

    (flag,) = flags(OrderState.READY, "ready", lines)

    assert flag.reason == "CAP: 5 wanted, 3 available; MUG: 1 wanted, no stock is known of it yet"


def test_a_long_list_and_a_long_name_are_cut() -> None:
    lines = [Flagged(f"S{n}" * 200, str(n), Standing.UNLINKED) for n in range(NAMED + 2)]

    (flag,) = flags(OrderState.READY, "ready", lines)

    assert flag.reason.endswith("; and 2 more")
    assert len(flag.reason) < 1_000


def test_an_unknown_word_and_a_return_are_for_people() -> None:
    found = [flags(state, "ON_HOLD_7", [TEE]) for state in (OrderState.UNKNOWN, OrderState.RETURNED)]

    assert [[flag.code for flag in each] for each in found] == [[Code.UNKNOWN_STATE], [Code.RETURNED]]
    assert "'ON_HOLD_7'" in found[0][0].reason


def test_what_is_cancelled_after_it_has_left_is_for_people() -> None:
    left = Flagged("TEE", "11", Standing.SHIPPED, left=3, wanted=3)
    here = Flagged("CAP", "12", Standing.RESERVED, wanted=1)

    told = [
        flags(OrderState.CANCELLED, "x", [left._replace(wanted=0), here]),
        flags(OrderState.SHIPPED, "x", [left._replace(wanted=1)]),
        flags(OrderState.CANCEL_REQUESTED, "x", [left, here]),
    ]

    assert [[(flag.code, flag.reason) for flag in each] for each in told] == [
        [(Code.CANCELLED_LATE, "cancelled after it had left: 3 of TEE")],
        [(Code.CANCELLED_LATE, "cancelled after it had left: 2 of TEE")],
        [(Code.CANCELLED_LATE, "its buyer asks to cancel it, and it has left")],
    ]
    assert flags(OrderState.DELIVERED, "x", [left]) == []


def test_an_order_waits_for_an_answer_for_as_long_as_its_buyer_asks_to_cancel_it() -> None:
    (flag,) = flags(OrderState.CANCEL_REQUESTED, "x", [TEE])

    assert (flag.code, flag.reason, CLEARS[flag.code]) == (
        Code.CANCEL_REQUESTED, "its buyer asks to cancel it", "answer",
    )  # fmt: skip
    assert "agree or refuse" in flag.remedy


def test_of_every_flag_it_is_known_what_clears_it() -> None:
    assert CLEARS.keys() == set(Code)
