"""Places of an account mapped to warehouses: said openly where shared, kept when they go, never guessed."""

from __future__ import annotations

from typing import Any

import pytest
from hub_hookspecs import Place

from hub.channels import store
from hub.channels.service import places
from hub.channels.service.wiring import Channels
from hub.channels.tables import place_map
from hub.kernel.db import Database
from tests.slices.channels.conftest import Client, account_url, connect, count, events_of, together
from tests.slices.channels.shops import Bazaar

Json = dict[str, Any]  # Any: answers of the API
NORTH, SOUTH = "gid://shopify/Location/1", "gid://shopify/Location/2"
UNMAPPED = "not mapped: stock is not pushed there"


@pytest.fixture
def account(client: Client, bazaar: Bazaar, merchant: str) -> str:
    """The address of an account with two places, whose refs have slashes."""
    bazaar.places = (Place(ref=NORTH, name="Toko Utara", country="ID"), Place(ref=SOUTH, name="Toko Selatan"))
    return account_url(client, merchant)


@pytest.fixture
def jakarta(client: Client, merchant: str) -> str:
    return a_warehouse(client, merchant, "Gudang Jakarta")


@pytest.fixture
def bandung(client: Client, merchant: str) -> str:
    return a_warehouse(client, merchant, "Gudang Bandung")


def a_warehouse(client: Client, merchant: str, name: str) -> str:
    answer = client.post(f"/v1/merchants/{merchant}/warehouses", json={"name": name, "country": "ID"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def default_of(client: Client, merchant: str) -> str:
    rows = client.get(f"/v1/merchants/{merchant}/warehouses").json()["items"]
    return next(str(each["id"]) for each in rows if each["is_default"])


def put(client: Client, account: str, *mapping: Json, **headers: str) -> Any:  # Any: an answer
    return client.put(f"{account}/places", json={"places": mapping}, headers=headers)


def to(ref: str, *warehouses: str, **more: bool) -> Json:
    return {"ref": ref, "warehouses": warehouses, **more}


def shown(client: Client, account: str) -> dict[str, tuple[list[str], str]]:
    """By place: the names of its warehouses, and the note."""
    rows = client.get(f"{account}/places").json()["items"]
    assert rows == client.get(account).json()["places"]
    return {each["ref"]: ([one["name"] for one in each["warehouses"]], each["note"]) for each in rows}


def behind(channels: Channels, account: str) -> dict[str, tuple[str, ...]]:
    """What the stock of each place is made of, as who pushes stock asks for it."""
    with channels.database.reading() as db:
        row = store.accounts.expect(db, account.rpartition("/")[2])
        return dict(places.behind(db, row))


def test_the_places_of_a_new_account_are_not_mapped_and_say_so(
    client: Client, channels: Channels, account: str
) -> None:
    assert shown(client, account) == {NORTH: ([], UNMAPPED), SOUTH: ([], UNMAPPED)}
    assert behind(channels, account) == {}


def test_an_account_without_places_shows_the_default_warehouse_as_a_whole(
    client: Client, channels: Channels, bazaar: Bazaar, merchant: str, bandung: str
) -> None:
    bazaar.places = ()
    account = account_url(client, merchant)

    new = (shown(client, account), behind(channels, account))
    put(client, account, to("", bandung))

    assert new == ({"": (["Main warehouse"], "")}, {"": (default_of(client, merchant),)})
    assert behind(channels, account) == {"": (bandung,)}


def test_places_are_mapped_all_at_once_and_once_more_changes_nothing(
    client: Client, channels: Channels, database: Database, merchant: str, account: str, jakarta: str, bandung: str
) -> None:
    first = put(client, account, to(SOUTH, jakarta), to(NORTH, bandung))
    again = put(client, account, to(SOUTH, jakarta), to(NORTH, bandung))

    assert shown(client, account) == {SOUTH: (["Gudang Jakarta"], ""), NORTH: (["Gudang Bandung"], "")}
    assert behind(channels, account) == {SOUTH: (jakarta,), NORTH: (bandung,)}
    assert (first.json(), first.headers["etag"]) == (again.json(), again.headers["etag"])
    assert events_of(database, merchant).count("account.places_mapped") == 1
    told = client.get(f"/v1/merchants/{merchant}/events?kind=account.places_mapped").json()["items"][0]
    assert told["before"] == {"places": {}}
    assert told["after"]["places"][SOUTH] == {"warehouses": [jakarta], "shared": False}


def test_a_place_that_is_left_out_is_mapped_no_more(
    client: Client, channels: Channels, account: str, jakarta: str, bandung: str
) -> None:
    put(client, account, to(NORTH, jakarta), to(SOUTH, bandung))

    put(client, account, to(SOUTH, bandung), to(NORTH))

    assert behind(channels, account) == {SOUTH: (bandung,)}
    assert shown(client, account)[NORTH] == ([], UNMAPPED)


def test_a_second_mapping_is_refused_until_it_is_said_openly(
    client: Client, channels: Channels, account: str, jakarta: str, bandung: str
) -> None:
    slips = [
        put(client, account, to(NORTH, jakarta), to(SOUTH, jakarta)),
        put(client, account, to(NORTH, jakarta, bandung)),
    ]
    meant = put(client, account, to(NORTH, jakarta, bandung, shared=True), to(SOUTH, jakarta))

    errors = [each.json()["errors"] for each in slips]
    assert [each.status_code for each in slips] == [422, 422]
    assert [[error["field"] for error in each] for each in errors] == [["places[1].shared"], ["places[0].shared"]]
    assert "Gudang Jakarta stands behind 'Toko Utara' too" in errors[0][0]["message"]
    assert all("say shared: true" in each[0]["message"] for each in errors)
    assert meant.status_code == 200
    assert behind(channels, account) == {NORTH: tuple(sorted((jakarta, bandung))), SOUTH: ()}
    note = "shown at a place further up, so counted 0 here: Gudang Jakarta"
    assert shown(client, account)[SOUTH] == (["Gudang Jakarta"], note)


def test_two_accounts_show_one_warehouse_without_a_word(
    client: Client, merchant: str, account: str, jakarta: str
) -> None:
    other = str(connect(client, merchant, shop="8").headers["location"])

    answers = [put(client, each, to(NORTH, jakarta)).status_code for each in (account, other)]

    assert answers == [200, 200]


def test_what_a_mapping_names_must_be_there(
    client: Client, database: Database, merchant: str, rival: str, account: str, jakarta: str
) -> None:
    theirs, gone = a_warehouse(client, rival, "Gudang Lain"), a_warehouse(client, merchant, "Gudang Lama")
    client.post(f"/v1/merchants/{merchant}/warehouses/{gone}/archive")

    answers = [
        put(client, account, to("W9", jakarta)),
        put(client, account, to("", jakarta)),
        put(client, account, to(NORTH, jakarta), to(NORTH, jakarta, shared=True)),
        put(client, account, to(NORTH, jakarta, jakarta, shared=True)),
        put(client, account, to(NORTH, theirs)),
        put(client, account, to(NORTH, gone)),
        put(client, account, to(NORTH, "not-an-id")),
    ]

    assert {each.status_code for each in answers} == {422}
    assert [each.json()["errors"][0]["field"] for each in answers] == [
        "places[0].ref",
        "places[0].ref",
        "places[1].ref",
        "places[0].warehouses[1]",
        "places[0].warehouses[0]",
        "places[0].warehouses[0]",
        "places[0].warehouses[0]",
    ]
    assert f"it has '{NORTH}', '{SOUTH}'" in answers[0].json()["errors"][0]["message"]
    assert "is archived" in answers[5].json()["errors"][0]["message"]
    assert count(database, place_map) == [0]


def test_a_place_that_goes_keeps_its_mapping_and_one_that_comes_waits_for_one(
    client: Client, channels: Channels, bazaar: Bazaar, merchant: str, account: str, jakarta: str
) -> None:
    put(client, account, to(SOUTH, jakarta))
    bazaar.places = (Place(ref=NORTH, name="Toko Utara"), Place(ref="W3", name="Toko Timur"))
    client.post(f"{account}/check")

    gone = (shown(client, account), behind(channels, account))
    bazaar.places = (Place(ref=SOUTH, name="Toko Selatan"),)
    client.post(f"{account}/check")

    assert gone[0][SOUTH] == (["Gudang Jakarta"], "gone: the last check no longer found it, so nothing is pushed there")
    assert (gone[0]["W3"], gone[1]) == (([], UNMAPPED), {})
    assert behind(channels, account) == {SOUTH: (jakarta,)}
    back, went = client.get(f"/v1/merchants/{merchant}/events?kind=account.places_changed").json()["items"]
    assert went["after"]["appeared"] == [{"ref": "W3", "name": "Toko Timur", "mapped": False}]
    assert went["after"]["gone"] == [{"ref": SOUTH, "name": "Toko Selatan", "mapped": True}]
    assert back["after"]["appeared"] == [{"ref": SOUTH, "name": "Toko Selatan", "mapped": True}]


def test_the_first_places_of_an_account_end_what_stood_for_it_as_a_whole(
    client: Client, channels: Channels, bazaar: Bazaar, merchant: str
) -> None:
    bazaar.places = ()
    account = account_url(client, merchant)
    bazaar.places = (Place(ref="W1", name="Jakarta"),)

    client.post(f"{account}/check")

    assert behind(channels, account) == {}
    assert [note for _, note in shown(client, account).values()] == [
        "gone: the last check no longer found it, so nothing is pushed there",
        UNMAPPED,
    ]


def test_a_place_that_is_gone_is_in_nobodys_way(
    client: Client, channels: Channels, bazaar: Bazaar, merchant: str, jakarta: str
) -> None:
    bazaar.places = ()
    account = account_url(client, merchant)
    put(client, account, to("", jakarta))
    bazaar.places = (Place(ref=NORTH, name="Toko Utara"), Place(ref=SOUTH, name="Toko Selatan"))
    client.post(f"{account}/check")

    slip = put(client, account, to("", jakarta), to(NORTH, jakarta), to(SOUTH, jakarta))
    mapped = put(client, account, to("", jakarta), to(NORTH, jakarta))

    assert (mapped.status_code, behind(channels, account)) == (200, {NORTH: (jakarta,)})
    assert [error["field"] for error in slip.json()["errors"]] == ["places[2].shared"]


def test_what_only_gone_places_share_is_told_by_their_names(
    client: Client, bazaar: Bazaar, merchant: str, jakarta: str
) -> None:
    bazaar.places = ()
    account = account_url(client, merchant)
    for ref in (NORTH, SOUTH):
        bazaar.places = (Place(ref=ref, name=ref),)
        client.post(f"{account}/check")
        assert put(client, account, to("", jakarta), to(NORTH, jakarta, shared=True)).status_code == 200

    slip = put(client, account, to("", jakarta), to(NORTH, jakarta))

    assert "stands behind the account as a whole too" in slip.json()["errors"][0]["message"]


def test_a_warehouse_that_only_gone_places_show_is_archived(
    client: Client, channels: Channels, bazaar: Bazaar, merchant: str, account: str, jakarta: str, bandung: str
) -> None:
    put(client, account, to(SOUTH, jakarta), to(NORTH, bandung))
    bazaar.places = (Place(ref=NORTH, name="Toko Utara"),)
    client.post(f"{account}/check")

    used, free = (client.post(f"/v1/merchants/{merchant}/warehouses/{one}/archive") for one in (bandung, jakarta))
    bazaar.places = (*bazaar.places, Place(ref=SOUTH, name="Toko Selatan"))
    client.post(f"{account}/check")

    assert (used.json()["code"], free.status_code) == ("warehouse_used", 200)
    assert behind(channels, account) == {NORTH: (bandung,)}
    assert shown(client, account)[SOUTH] == ([], UNMAPPED)


def test_a_mapping_is_decided_on_the_places_that_were_read(
    client: Client, bazaar: Bazaar, account: str, jakarta: str
) -> None:
    read = client.get(f"{account}/places").headers["etag"]
    bazaar.places = (*bazaar.places, Place(ref="W3", name="Toko Timur"))
    client.post(f"{account}/check")

    late = put(client, account, to(NORTH, jakarta), **{"If-Match": read})
    now = put(client, account, to(NORTH, jakarta), **{"If-Match": client.get(f"{account}/places").headers["etag"]})

    assert (late.status_code, late.json()["code"]) == (412, "changed_since")
    assert now.status_code == 200


def test_a_warehouse_is_either_mapped_or_archived_whoever_is_quicker(
    client: Client, merchant: str, account: str
) -> None:
    made = [a_warehouse(client, merchant, f"Gudang {n}") for n in range(3)]
    for one in made:
        answers = together(
            [
                lambda one=one: put(client, account, to(NORTH, one)).status_code,  # type: ignore[misc]  # mypy cannot type a lambda with a default
                lambda one=one: client.post(f"/v1/merchants/{merchant}/warehouses/{one}/archive").status_code,  # type: ignore[misc]  # as above
            ]
        )

        stands = client.get(f"/v1/merchants/{merchant}/warehouses/{one}").json()
        mapped = [
            each["id"] for place in client.get(f"{account}/places").json()["items"] for each in place["warehouses"]
        ]
        assert answers in ([200, 409], [422, 200])
        assert (one in mapped) == (stands["archived_at"] is None)


def test_closing_an_account_takes_its_mapping_along(
    client: Client, database: Database, account: str, jakarta: str
) -> None:
    put(client, account, to(NORTH, jakarta))

    client.post(f"{account}/close")

    assert count(database, place_map) == [0]
    assert put(client, account, to(NORTH, jakarta)).json()["code"] == "account_closed"
    assert shown(client, account)[NORTH] == ([], UNMAPPED)


def test_opening_stock_goes_to_the_default_to_a_chosen_warehouse_or_nowhere(
    client: Client, channels: Channels, merchant: str, account: str, jakarta: str
) -> None:
    def opens() -> str | None:
        with channels.database.writing() as db:
            return places.opening_warehouse(db, store.accounts.expect(db, account.rpartition("/")[2]))

    found = [(client.get(account).json()["opening_warehouse"], opens())]
    for choice in (jakarta, "none", "none", "default"):
        answer = client.put(f"{account}/opening-warehouse", json={"warehouse": choice})
        found.append((answer.json()["opening_warehouse"], opens()))

    main = default_of(client, merchant)
    assert found == [("default", main), (jakarta, jakarta), ("none", None), ("none", None), ("default", main)]
    chosen = events_of(channels.database, merchant).count("account.opening_warehouse_chosen")
    assert chosen == 3


def test_an_opening_warehouse_that_is_not_there_is_a_wrong_field(client: Client, account: str) -> None:
    choices = ["", "main", "01890000-0000-7000-8000-000000000000", None]

    answers = [client.put(f"{account}/opening-warehouse", json={"warehouse": choice}) for choice in choices]

    assert {each.status_code for each in answers} == {422}
    assert {error["field"] for each in answers for error in each.json()["errors"]} == {"warehouse"}
