"""The Bazaar behind its plugin, two merchants who may use it, and the services over each database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from hub.channels.host import load_hosts
from hub.channels.service import switching
from hub.channels.service.authorising import Authorised, bind
from hub.channels.service.proving import Wish, prove
from hub.channels.service.wiring import Channels
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.http import ChannelHttp
from hub.kernel.sealing import parse_ring
from tests.callers import a_merchant
from tests.slices.channels.shops import SECRET, Bazaar, a_plugin

RING = "old:" + "A" * 43 + "="


@pytest.fixture
def bazaar() -> Bazaar:
    return Bazaar()


@pytest.fixture
def channels(database: Database, bazaar: Bazaar) -> Iterator[Channels]:
    http = ChannelHttp(database)
    yield Channels(
        database=database,
        hosts=load_hosts({"bazaar": a_plugin(bazaar), "broken": a_plugin(bazaar, "misnamed")}),
        ring=parse_ring(RING),
        http=http,
        public_url="https://hub.example",
    )
    http.close()


@pytest.fixture
def merchant(channels: Channels) -> str:
    return a_merchant_with(channels, "bazaar")


@pytest.fixture
def rival(channels: Channels) -> str:
    return a_merchant_with(channels, "bazaar", name="Toko Sebelah")


def a_merchant_with(channels: Channels, plugin: str, name: str = "Toko Batik Ayu") -> str:
    merchant = a_merchant(channels.database, name)
    with channels.database.writing() as db:
        switching.turn(channels, db, merchant, plugin, enabled=True, actor=CLI)
    return merchant


def settings(**changes: Any) -> dict[str, Any]:  # Any: whatever a person types in
    return {"app": "app-1", "app_secret": SECRET, "shop": "7", **changes}


def authorise(channels: Channels, merchant: str, **changes: Any) -> Authorised:  # Any: see settings
    """Connect a shop of the Bazaar as the API and the CLI do."""
    wish = Wish(merchant_id=merchant, plugin="bazaar", settings=settings(**changes), preconditions_confirmed=True)
    proof = prove(channels, wish)
    with channels.database.writing() as db:
        return bind(channels, db, proof, actor=CLI)


__all__ = ["a_merchant_with", "authorise", "replace", "settings"]
