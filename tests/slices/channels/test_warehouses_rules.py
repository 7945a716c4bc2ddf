"""Rules of warehouses and of the places that they stand behind."""

from __future__ import annotations

import pytest
from hub_hookspecs import Address, Place

from hub.channels.rules.places import Mapped, Silent, behind, lasting, present, silent
from hub.channels.rules.warehouses import COUNTRIES, Details, faults, name_key


def a(place_ref: str, *warehouses: str, shared: bool = False) -> Mapped:
    return Mapped(place_ref=place_ref, warehouses=warehouses, shared=shared)


@pytest.mark.parametrize(
    ("now", "mapping", "shows"),
    [
        pytest.param({""}, [a("", "main")], {"": ("main",)}, id="an account without places"),
        pytest.param({"P1", "P2"}, [a("P1", "W1")], {"P1": ("W1",)}, id="an unmapped place is not told anything"),
        pytest.param({"P1"}, [a("P1", "W1", "W2")], {"P1": ("W1", "W2")}, id="two warehouses are added up"),
        pytest.param(
            {"P1", "P2"}, [a("P1", "W1"), a("P2", "W1")], {"P1": ("W1",), "P2": ()}, id="a shared one is shown once"
        ),
        pytest.param(
            {"P1", "P2"},
            [a("P2", "W1", "W2"), a("P1", "W2", "W3")],
            {"P2": ("W1", "W2"), "P1": ("W3",)},
            id="at the first in the order of the mapping",
        ),
        pytest.param(
            {"P2"}, [a("P1", "W1"), a("P2", "W1")], {"P2": ("W1",)}, id="the next one shows it when the first is gone"
        ),
        pytest.param({"P1"}, [a("", "main")], {}, id="what stood for the whole account ends with its first place"),
        pytest.param({"P1"}, [], {}, id="nothing is mapped"),
    ],
)
def test_which_warehouses_a_place_shows(
    now: set[str], mapping: list[Mapped], shows: dict[str, tuple[str, ...]]
) -> None:
    assert behind(now, mapping) == shows


@pytest.mark.parametrize(
    ("mapping", "lasts"),
    [
        pytest.param([a("gone", "W1"), a("P1", "W2")], {"gone", "P1"}, id="nothing is shared"),
        pytest.param([a("gone", "W1"), a("P1", "W1")], {"P1"}, id="shared in silence"),
        pytest.param([a("gone", "W1", shared=True), a("P1", "W1")], {"gone", "P1"}, id="said of the gone one"),
        pytest.param([a("gone", "W1"), a("P1", "W1", shared=True)], {"gone", "P1"}, id="said of the other"),
        pytest.param([a("gone", "W1"), a("also gone", "W1")], {"gone", "also gone"}, id="only among gone ones"),
        pytest.param([a("P1", "W1"), a("P2", "W1")], {"P1", "P2"}, id="only among those that are there"),
    ],
)
def test_a_place_that_is_gone_gives_way_to_one_that_is_there(mapping: list[Mapped], lasts: set[str]) -> None:
    left = lasting({"P1", "P2"}, mapping)

    assert [each.place_ref for each in left] == [each.place_ref for each in mapping]
    assert {each.place_ref for each in left if each.warehouses} == lasts


def test_an_account_that_names_no_places_is_a_place_itself() -> None:
    assert present([]) == ("",)
    assert present([Place(ref="gid://shopify/Location/1", name="Toko")]) == ("gid://shopify/Location/1",)


@pytest.mark.parametrize(
    ("mapping", "slips"),
    [
        pytest.param([a("P1", "W1"), a("P2", "W2")], [], id="nothing is shared"),
        pytest.param([a("P1", "W1", "W2")], [Silent(at=0)], id="two warehouses behind one place"),
        pytest.param([a("P1", "W1", "W2", shared=True)], [], id="said openly"),
        pytest.param([a("P1", "W1"), a("P2", "W1")], [Silent(at=1, also="P1")], id="one warehouse behind two places"),
        pytest.param([a("P1", "W1"), a("P2", "W1", shared=True)], [], id="said of the second"),
        pytest.param([a("P1", "W1", shared=True), a("P2", "W1")], [], id="said of the first"),
        pytest.param(
            [a("P1", "W1"), a("P2", "W1", shared=True), a("P3", "W1")],
            [Silent(at=2, also="P1")],
            id="a third one that says nothing",
        ),
        pytest.param([a("P1", "W1", shared=True)], [], id="said for later"),
    ],
)
def test_what_is_shared_must_be_said_openly(mapping: list[Mapped], slips: list[Silent]) -> None:
    assert silent(mapping) == slips


@pytest.mark.parametrize(
    ("details", "wrong"),
    [
        pytest.param(Details(name="Main warehouse"), [], id="nothing is told yet"),
        pytest.param(Details(name="Jakarta", country="ID", timezone="Asia/Jakarta"), [], id="whole"),
        pytest.param(Details(name="Jakarta", country="XX"), ["country"], id="no such country"),
        pytest.param(Details(name="Jakarta", timezone="Asia/Jakata"), ["timezone"], id="a mistyped zone"),
        pytest.param(Details(name="Jakarta", timezone="../../etc/passwd"), ["timezone"], id="a path is no zone"),
        pytest.param(
            Details(name="Jakarta", country="ID", address=Address(country="MY")),
            ["address.country"],
            id="two countries",
        ),
    ],
)
def test_a_warehouse_stands_in_a_country_and_a_time_zone_that_exist(details: Details, wrong: list[str]) -> None:
    assert [field for field, _ in faults(details)] == wrong


def test_the_list_of_countries_is_whole() -> None:
    assert len(COUNTRIES) == 249
    assert {"ID", "MY", "SG", "AQ", "ZW"} < COUNTRIES


@pytest.mark.parametrize("other", ["gudang  jakarta ", "GUDANG JAKARTA", "Gudang\u00a0Jakarta"])
def test_names_that_a_person_could_not_tell_apart_are_one(other: str) -> None:
    assert name_key(other) == name_key("Gudang Jakarta") != name_key("Gudang Bandung")


def test_a_name_that_grows_when_it_is_folded_still_fits_an_index() -> None:
    assert len(name_key("\ufdfa" * 200)) == 200
