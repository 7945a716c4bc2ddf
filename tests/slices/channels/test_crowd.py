"""Many people at once: whatever they do to the same shops, nothing dead-locks and the gates agree with the accounts."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import pytest
import sqlalchemy as sa
from hub_hookspecs import ActionRequired

from hub.channels.rules import State
from hub.channels.service import amending, closing, gates, mapping, standing, switching, warehouses
from hub.channels.service.doors import open_door
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow, accounts_of
from hub.channels.tables import account, connection, token
from hub.kernel import gate
from hub.kernel.errors import HubError
from hub.kernel.events import CLI
from tests.slices.channels.conftest import authorise, together
from tests.slices.channels.shops import ANOTHER_SECRET, SECRET, Bazaar

SHOPS = ("1", "2", "3")
Deed = Callable[[Channels, AccountRow], object]


def pause(channels: Channels, mine: AccountRow) -> None:
    with channels.database.writing() as db:
        standing.pause(db, mine.merchant_id, mine.id, actor=CLI)


def resume(channels: Channels, mine: AccountRow) -> None:
    checked = standing.ask_channel(channels, mine.merchant_id, mine.id, actor=CLI)
    with channels.database.writing() as db:
        standing.note_check(db, checked, actor=CLI, resumes=True)


def require_action(channels: Channels, mine: AccountRow) -> None:
    with channels.database.writing() as db:
        standing.require_action(db, mine.id, reason="consent ended", actor=CLI)


def rotate(channels: Channels, mine: AccountRow) -> None:
    app, secret = random.choice([("app-1", SECRET), ("app-2", ANOTHER_SECRET)])
    change = amending.prove_change(channels, mine, {"app": app, "app_secret": secret})
    with channels.database.writing() as db:
        amending.amend(channels, db, change, actor=CLI)


def renew(channels: Channels, mine: AccountRow) -> None:
    door = open_door(channels, mine.id)
    door.open()
    door.renew()


def close(channels: Channels, mine: AccountRow) -> None:
    closing.prepare_closing(channels, mine.merchant_id, mine.id, actor=CLI)
    with channels.database.writing() as db:
        closing.close(channels, db, mine.merchant_id, mine.id, actor=CLI)


def switch(channels: Channels, mine: AccountRow) -> None:
    for enabled in (False, True):
        with channels.database.writing() as db:
            switching.turn(channels, db, mine.merchant_id, mine.plugin, enabled=enabled, actor=CLI)


def remap(channels: Channels, mine: AccountRow) -> None:
    with channels.database.writing() as db:
        row = mapping.locked(db, mine.merchant_id, mine.id)
        stock = warehouses.default_of(db, mine.merchant_id)
        mapping.map_place(db, row, "W1", random.choice([[], [stock.id]]), shared=False, actor=CLI)


DEEDS: tuple[Deed, ...] = (pause, resume, resume, require_action, rotate, rotate, renew, renew, close, switch, remap)


def somebody(channels: Channels, merchant: str, seed: int) -> None:
    """Do twelve things in an order of their own; a clear no is an answer, anything else ends the test."""
    chance = random.Random(seed)
    for _ in range(12):
        try:
            with channels.database.reading() as db:
                mine = [each for each in accounts_of(db, merchant, limit=100) if each.state is not State.CLOSED]
            if len(mine) < 2 or chance.random() < 0.2:
                authorise(channels, merchant, shop=chance.choice(SHOPS))
            else:
                chance.choice(DEEDS)(channels, chance.choice(mine))
        except (HubError, ActionRequired):
            continue


@pytest.mark.parametrize("seed", [1, 2])
def test_a_crowd_at_the_same_shops_leaves_gates_tokens_and_accounts_in_agreement(
    channels: Channels, bazaar: Bazaar, merchant: str, rival: str, seed: int
) -> None:
    bazaar.secrets["app-2"] = ANOTHER_SECRET

    together([partial(somebody, channels, each, seed * 10 + n) for n, each in enumerate((merchant, rival) * 2)])

    with channels.database.reading() as db:
        kept = db.execute(sa.select(account)).all()
        used = {row.credentials for row in kept if row.state != State.CLOSED}
        assert {*db.execute(sa.select(token.c.credentials)).scalars()} == used
        assert {*db.execute(sa.select(connection.c.credentials)).scalars()} == used
        for row in kept:
            scopes = {*db.execute(sa.select(gate.member.c.scope).where(gate.member.c.account_id == row.id)).scalars()}
            own = gates.account_scope(row.id)
            assert (own in scopes) == (row.state != State.CLOSED)
            if row.state != State.CLOSED:
                assert gates.credentials_scope(row.credentials) in scopes
                assert gate.is_open(db, own) == (row.state == State.ACTIVE)
