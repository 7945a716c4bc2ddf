"""The API with something in it, and whoever sends it what it should refuse."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
import structlog

from hub.catalog.service import products, variants
from hub.catalog.store.products import ProductData
from hub.channels.service import warehouses
from hub.kernel import jobs, logs
from hub.kernel.api.limits import Rate
from hub.kernel.api.policy import Access
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.jobs import JobKind
from hub.merchants import service
from tests.bad_input.asking import Asker
from tests.callers import SETTINGS, a_key, an_app, calling

UNMETERED = Rate(per_second=1e6, burst=10**6)
KIND = JobKind("tests.nothing")


@pytest.fixture(autouse=True)
def log() -> Iterator[io.StringIO]:
    """The log of the run, as production writes it."""
    stream = io.StringIO()
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    logs.configure(stream=stream, json=True)
    yield stream
    structlog.reset_defaults()
    logging.basicConfig(handlers=handlers, level=level, force=True)


@pytest.fixture
def asker(database: Database) -> Iterator[Asker]:
    with _asking(database) as asker:
        yield asker


@pytest.fixture
def askers(sqlite_url: str, postgres_url: str) -> Iterator[list[Asker]]:
    """One over each database: for who makes up what to ask, which costs more than asking it."""
    databases = [Database(url) for url in (sqlite_url, postgres_url)]
    with ExitStack() as stack:
        yield [stack.enter_context(_asking(database)) for database in databases]
    for database in databases:
        database.dispose()


@contextmanager
def _asking(database: Database) -> Iterator[Asker]:
    ids = _something(database)
    with an_app(database, per_key=UNMETERED) as app, calling(app, a_key(database)) as client:
        yield Asker(client, database, ids)


def _something(database: Database) -> dict[str, str]:
    """A merchant with a key, a job, a warehouse and a product, so that paths lead to real things."""
    with database.writing() as db:
        merchant = service.create_merchant(db, "Toko Batik Ayu", actor=CLI)
        key, _ = service.create_key(
            db,
            "erp",
            environment=SETTINGS.environment,
            merchants=(merchant.id,),
            access=Access.READ,
            actor=CLI,
        )
        ticket = jobs.enqueue(db, KIND, key="k", merchant_id=merchant.id)
        db.flush()
        stock = warehouses.default_of(db, merchant.id)
        parent = variants.create_parent(db, merchant.id, "Kaos", actor=CLI)
        data = ProductData(sku="KPS-1", name="Kaos", parent_id=parent.id, image_urls=("https://toko.example/1.jpg",))
        product = products.create(db, merchant.id, data, actor=CLI).product
        return {
            "product_id": product.id,
            "parent_id": parent.id,
            "merchant_id": merchant.id,
            "key_id": key.id,
            "job_id": ticket.job_id,
            "warehouse_id": stock.id,
        }
