"""What stands against sending an order from a warehouse is decided from what is declared, and from nothing else."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hub_hookspecs import OrderState, Paper

from hub.orders.rules.flags import CLEARS, Code
from hub.orders.rules.routing import (
    Case,
    Chain,
    Otherwise,
    Ranked,
    Rule,
    Sale,
    Shop,
    Station,
    Verdict,
    chain,
    held_back,
    judge,
    matches,
    ranked,
    several,
    unsent,
)

BOTH = frozenset(Paper)
NO_LABEL, NO_AWB = "no shipping label: the till sells none", "no AWB: the till has no courier"
BARN = Station("barn", "Barn", "MY", third_party=True, needs=BOTH, serves=frozenset({"MY"}))
SHOP = Shop("Kedai", "MY", supplies=BOTH, lacks={Paper.LABEL_PDF: NO_LABEL, Paper.AWB: NO_AWB})
FITS = Case(named=True)

# Each false yields its own reason: how the facts differ from those that fit, and what is said then.
FALSE: dict[Code, tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]] = {  # Any: fields of the three structs
    Code.PLAN: ({}, {}, {"plan": "the plan does not contain it"}, "the plan does not contain it"),
    Code.NO_RULE: ({}, {}, {"named": False}, "no shipping rule sends it from Barn"),
    Code.COUNTRY: ({}, {"country": "ID"}, {}, "Kedai sells in ID, and Barn serves MY"),
    Code.NO_LABEL: ({}, {"without": Paper.LABEL_PDF}, {}, NO_LABEL),
    Code.NO_AWB: ({}, {"without": Paper.AWB}, {}, NO_AWB),
    Code.UNAVAILABLE: ({"shut": "its account is paused"}, {}, {}, "Barn: its account is paused"),
    Code.NOT_PLACED: ({}, {}, {"unplaced": ("TEE (it was not pushed there yet)",)},
                      "Barn does not know TEE (it was not pushed there yet)"),
}  # fmt: skip


@pytest.mark.row("F-31")
@pytest.mark.parametrize("holds", list(product([True, False], repeat=len(FALSE))))
def test_only_all_true_is_sent_and_each_false_has_its_own_reason(holds: tuple[bool, ...]) -> None:
    station, shop, case = BARN, SHOP, FITS
    wrong = [code for code, holds_ in zip(FALSE, holds, strict=True) if not holds_]
    for code in wrong:
        at_station, at_shop, at_case, _ = FALSE[code]
        shop = shop._replace(supplies=shop.supplies - {at_shop.get("without")})
        shop = shop._replace(**{name: value for name, value in at_shop.items() if name != "without"})
        station, case = station._replace(**at_station), case._replace(**at_case)

    verdicts = judge(station, shop, case)

    assert [each.code for each in verdicts] == wrong
    assert [each.reason for each in verdicts] == [FALSE[code][3] for code in wrong]
    assert all(each.remedy for each in verdicts)


def test_the_own_shelf_sends_whatever_no_rule_keeps_from_it() -> None:
    own, poor = Station("main", "Main", "ID"), Shop("Kasir")

    assert judge(own, poor, Case(named=False)) == ()
    assert judge(own, poor, Case(named=True, stopped_by="barns")) == ()
    (verdict,) = judge(own, poor, Case(named=False, stopped_by="barns"))
    assert (verdict.code, "'barns'" in verdict.reason) == (Code.NO_RULE, True)


@pytest.mark.parametrize(
    ("station", "country", "passes"),
    [
        pytest.param(BARN._replace(serves=frozenset()), "ID", True, id="it serves any country"),
        pytest.param(BARN._replace(serves=frozenset()), "", True, id="any, and nobody knows which"),
        pytest.param(BARN, "", False, id="nobody knows which"),
        pytest.param(BARN._replace(serves=frozenset({"MY", "SG"})), "SG", False, id="the one of the warehouse counts"),
        pytest.param(BARN._replace(serves=frozenset({"MY", "SG"}), country=""), "SG", True, id="or all it serves"),
    ],
)
def test_a_warehouse_serves_stores_of_its_own_country(station: Station, country: str, passes: bool) -> None:
    assert (judge(station, SHOP._replace(country=country), FITS) == ()) == passes


def a_rule(name: str = "r", **fields: Any) -> Rule:  # Any: fields of a rule
    given: dict[str, Any] = {"account_ids": (), "countries": (), "skus": (), "warehouse_ids": (name.upper(),)}
    given |= {"otherwise": Otherwise.NEXT}
    return Rule(id=name, name=name, **(given | fields))


SALE = Sale("north", "MY", ("TEE-M", "SET-1"))


@pytest.mark.parametrize(
    ("fields", "does"),
    [
        pytest.param({}, True, id="any"),
        pytest.param({"account_ids": ("north", "south")}, True, id="its account"),
        pytest.param({"account_ids": ("south",)}, False, id="another account"),
        pytest.param({"countries": ("MY",)}, True, id="its country"),
        pytest.param({"countries": ("ID", "SG")}, False, id="another country"),
        pytest.param({"skus": ("TEE-M",)}, True, id="as it is listed"),
        pytest.param({"skus": ("SET-*",)}, True, id="as it is called here, by its beginning"),
        pytest.param({"skus": ("TEE",)}, False, id="not all of it"),
        pytest.param({"skus": ("*",)}, True, id="every SKU"),
        pytest.param({"countries": ("MY",), "skus": ("CAP*",)}, False, id="one of two does not match"),
    ],
)
def test_a_rule_is_for_lines_that_match_all_that_it_says(fields: dict[str, Any], does: bool) -> None:
    assert matches(a_rule(**fields), SALE) == does


def test_rules_name_warehouses_in_their_order_until_one_says_stop() -> None:
    rules = [
        a_rule("a"), a_rule("b", countries=("ID",)), a_rule("c", warehouse_ids=("C", "A"), otherwise=Otherwise.STOP),
        a_rule("d"),
    ]  # fmt: skip

    assert chain(rules, SALE) == Chain(("A", "C"), "c")
    assert chain(rules[:1], SALE) == Chain(("A",))
    assert chain([], SALE) == Chain()


def test_what_may_send_comes_before_what_may_not_each_in_its_order() -> None:
    against = Verdict(Code.COUNTRY, "abroad", "choose another")

    found = ranked(Chain(("A", "B")), ("C", "B", "GONE"), {"A": (against,), "B": (), "C": ()})

    assert found == Ranked(("B", "C"), ("A",))


def test_lines_in_several_warehouses_are_said_to_be() -> None:
    assert several(["Main", "Main"]) == ()
    (verdict,) = several(["Main", "Barn", "Main"])
    assert (verdict.code, verdict.reason) == (Code.SEVERAL, "its lines lie in 2 warehouses: Barn, Main")


def test_an_order_waits_once_for_each_kind_of_reason() -> None:
    verdicts = [Verdict(Code.NO_AWB, "one", "cure"), Verdict(Code.COUNTRY, "abroad", "move"),
                Verdict(Code.NO_AWB, "two", "cure"), Verdict(Code.NO_AWB, "one", "cure")]  # fmt: skip

    assert [(each.code, each.reason) for each in unsent(verdicts)] == [
        (Code.NO_AWB, "one; two"), (Code.COUNTRY, "abroad"),
    ]  # fmt: skip
    assert {CLEARS[each.code] for each in unsent(verdicts)} == {"routing"}


@pytest.mark.row("F-55")
def test_of_an_order_that_has_left_or_is_not_ready_nothing_is_sent() -> None:
    assert [state for state in OrderState if not held_back(state, sent_by_channel=False)] == [OrderState.READY]
    assert held_back(OrderState.READY, sent_by_channel=True)
