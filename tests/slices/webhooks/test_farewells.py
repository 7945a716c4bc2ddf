"""Where nobody is served any more, wishes that buyers be erased still arrive: proven as ever, and for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hub_hookspecs import OrderState

from hub.channels.service.farewells import reseal_farewells
from hub.channels.store import farewells
from hub.channels.tables import connection, farewell
from hub.kernel.ids import new_id
from hub.kernel.sealing import parse_ring
from hub.runtime import CARETAKERS
from tests.callers import SETTINGS
from tests.plugins.bell import Bell
from tests.slices.webhooks.street import Street
from tests.slices.webhooks.test_erasing import SARI, known, messages, orders, reads

WISH = ("erase_buyer", "o-1", "7")
NEW_RING = "newer:" + "B" * 43 + "="


def closes(street: Street, shop: str = "7") -> None:
    path = f"/v1/merchants/{street.merchant}/accounts/{street.accounts[shop]}/close"
    answer = street.client.post(path, headers={"Idempotency-Key": new_id()})
    assert answer.status_code == 200, answer.text


def kept(street: Street) -> int:
    with street.database.reading() as db:
        return int(db.execute(sa.select(sa.func.count()).select_from(farewell)).scalar_one())


@pytest.fixture(autouse=True)
def sold(street: Street, bell: Bell) -> None:
    """An order of Sari's has come in, and has ended."""
    orders(bell, "o-1", OrderState.DELIVERED)
    reads(street, bell, "o-1")


@pytest.mark.parametrize("wish", ["o-1", "7"])
def test_after_its_last_account_is_closed_an_address_takes_wishes_to_erase_and_nothing_else(
    street: Street, bell: Bell, wish: str
) -> None:
    closes(street)

    order = street.delivers(bell.rings(("order", "o-1", "7")))
    forged = street.delivers(bell.rings(WISH, secret="another"))
    untouched = known(street)
    taken = street.delivers(bell.rings(("erase_buyer", wish, "7")))
    street.works()

    assert [each.status_code for each in (order, forged, taken)] == [404, 404, 200]
    assert (untouched, known(street), messages(street)) == ({"o-1": SARI.name}, {"o-1": ""}, 0)


def test_a_disabled_plugin_does_not_keep_a_wish_out(street: Street, bell: Bell) -> None:
    street.switches(street.merchant, enabled=False)

    answers = [street.delivers(bell.rings(hint)).status_code for hint in (("order", "o-1", "7"), WISH)]
    street.works()

    assert answers == [403, 200]
    assert (known(street), street.refused()) == ({"o-1": ""}, {"plugin_disabled": 1})


def test_the_former_address_goes_on_where_the_shop_is_connected_again(street: Street, bell: Bell) -> None:
    former = bell.rings(WISH)
    closes(street)
    street.joins("7")

    answer = street.delivers(former)
    street.works()

    assert (answer.status_code, known(street)) == (200, {"o-1": ""})
    assert bell.rings(WISH).url != former.url


def test_what_proves_it_is_kept_sealed_for_a_while_and_not_longer(street: Street, bell: Bell) -> None:
    secret = bell.registered["app-1"][1]
    closes(street)
    with street.database.reading() as db:
        (row,) = db.execute(sa.select(farewell)).mappings().all()
        assert db.execute(sa.select(connection)).all() == []

    street.passes(farewells.KEEP + timedelta(minutes=1))
    late = street.delivers(bell.rings(WISH))
    with street.database.writing() as db:
        CARETAKERS["purge_farewells"](db)

    assert not any(secret in str(value) for value in row.values())
    assert (late.status_code, kept(street), known(street)) == (404, 0, {"o-1": SARI.name})


def test_it_is_sealed_anew_under_a_new_key(street: Street, bell: Bell) -> None:
    closes(street)
    both = parse_ring(f"{NEW_RING},{SETTINGS.key_ring}")

    with street.database.writing() as db:
        counts = [reseal_farewells(db, both) for _ in range(2)]
    with street.database.reading() as db:
        sealed = db.execute(sa.select(farewell.c.sealed)).scalar_one()

    assert counts == [1, 0]
    assert sealed.startswith("v1.newer.")


def test_as_long_as_others_go_on_with_the_address_nothing_is_set_aside(street: Street, bell: Bell) -> None:
    street.joins("8")

    closes(street)

    assert kept(street) == 0
    assert street.delivers(bell.rings(WISH)).status_code == 200
