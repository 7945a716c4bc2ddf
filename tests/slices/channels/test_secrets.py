"""Secrets: sealed at rest, moved to a new key in pieces, and never shown, told or logged."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hub_hookspecs import ActionRequired

from hub.channels.schemas import showing
from hub.channels.service import amending, connections, resealing
from hub.channels.service.doors import open_door
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.channels.tables import account, connection, token
from hub.kernel import sealing
from hub.kernel.db import Database, metadata
from hub.kernel.events import CLI
from hub.kernel.sealing import Unsealable, parse_ring
from tests.slices.channels.conftest import RING, authorise, run_jobs
from tests.slices.channels.shops import ANOTHER_SECRET, Bazaar

NEW_RING = "new:" + "B" * 43 + "="
CANARY = re.compile(r"canary-\w+")


@pytest.fixture
def shop(channels: Channels, merchant: str) -> AccountRow:
    return authorise(channels, merchant)


def dump(database: Database) -> str:
    """Everything that is in the database, as text."""
    with database.reading() as db:
        return "\n".join(str(row) for table in metadata.sorted_tables for row in db.execute(sa.select(table)))


def test_no_secret_is_in_the_database_the_log_an_answer_or_a_repr(
    channels: Channels,
    bazaar: Bazaar,
    shop: AccountRow,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    bazaar.secrets["app-1"] = ANOTHER_SECRET
    change = amending.prove_change(channels, shop, {"app_secret": ANOTHER_SECRET})
    with channels.database.writing() as db:
        row = amending.amend(channels, db, change, actor=CLI)
        view = showing.account(channels, db, row)
    with pytest.raises(ActionRequired):
        amending.prove_change(channels, row, {"app_secret": "canary-wrong-0"})
    run_jobs(channels)
    door = open_door(channels, shop.id)
    opened = door.open()

    printed = capsys.readouterr()
    shown = [dump(channels.database), view, change, door, opened, channels, caplog.text]
    for text in map(str, [*shown, printed.out, printed.err]):
        assert CANARY.findall(text) == []
        assert bazaar.generated[-1] not in text
    assert CANARY.findall(opened.settings.app_secret), "the control: there is a secret to be found"


def test_settings_moved_to_another_account_cannot_be_opened(channels: Channels, shop: AccountRow) -> None:
    other = authorise(channels, shop.merchant_id, shop="8")

    with channels.database.writing() as db:
        db.execute(sa.update(account).where(account.c.id == other.id).values(settings=shop.settings))

    with pytest.raises(Unsealable):
        open_door(channels, other.id)


def under(database: Database, key: str) -> list[int]:
    """How many sealed values are under this key, per table."""
    columns = (account.c.settings, token.c.sealed, connection.c.sealed)
    with database.reading() as db:
        return [
            db.execute(sa.select(sa.func.count()).where(column.like(f"v1.{key}.%"))).scalar_one() for column in columns
        ]


def test_everything_moves_to_the_newest_key_and_the_old_one_can_go(
    database: Database, channels: Channels, bazaar: Bazaar, shop: AccountRow
) -> None:
    for number in range(3):
        bazaar.secrets[f"app-{number + 2}"] = ANOTHER_SECRET
        app = f"app-{number + 2}"
        authorise(channels, shop.merchant_id, shop=f"1{number}", app=app, app_secret=ANOTHER_SECRET)

    counts = resealing.reseal(database, parse_ring(f"{NEW_RING},{RING}"), limit=2)

    assert counts == {"account settings": 4, "tokens": 4, "connections": 4}
    assert under(database, "old") == [0, 0, 0]
    only_new = replace(channels, ring=parse_ring(NEW_RING))
    assert open_door(only_new, shop.id).open().token == "canary-token-app-1-1"


def test_a_rotation_that_was_cut_off_goes_on_and_nothing_fails_in_between(
    database: Database, channels: Channels, shop: AccountRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    authorise(channels, shop.merchant_id, shop="8")
    both = replace(channels, ring=parse_ring(f"{NEW_RING},{RING}"))
    calls = iter(range(10))

    def cut_off(*arguments: Any, **more: Any) -> int:  # Any: what rotate takes
        if next(calls) == 1:
            raise KeyboardInterrupt
        return sealing.rotate(*arguments, **more)

    monkeypatch.setattr(resealing, "rotate", cut_off)
    with pytest.raises(KeyboardInterrupt):
        resealing.reseal(database, both.ring, limit=1)
    assert under(database, "new") == [1, 0, 0]
    assert open_door(both, shop.id).open().token == "canary-token-app-1-2"
    monkeypatch.undo()

    assert resealing.reseal(database, both.ring, limit=1) == {"account settings": 1, "tokens": 1, "connections": 1}


def test_a_second_rotation_finds_nothing_to_do(database: Database, shop: AccountRow) -> None:
    ring = parse_ring(f"{NEW_RING},{RING}")
    resealing.reseal(database, ring)

    assert resealing.reseal(database, ring) == {"account settings": 0, "tokens": 0, "connections": 0}


def test_what_the_host_makes_up_is_a_key_pair_or_a_long_random_text() -> None:
    made = connections.invented({"signing_key": "rsa-2048", "webhook_secret": "secret"})

    key = load_pem_private_key(made.generated["signing_key"].encode(), password=None)
    assert isinstance(key, RSAPrivateKey)
    assert key.key_size == 2048
    assert len(made.generated["webhook_secret"]) >= 43
    assert made.token not in repr(made)
