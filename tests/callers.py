"""The API in process, and keys to call it with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from litestar import Litestar
from litestar.testing import TestClient

from hub.app import create_app
from hub.kernel.api.policy import Access
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.sealing import KeyRing
from hub.merchants import service
from hub.runtime import Runtime
from hub.settings import Settings

SETTINGS = Settings()
RING = KeyRing({"tests": bytes(range(32))})


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def a_key(
    database: Database,
    *,
    merchants: tuple[str, ...] | None = None,
    access: Access = Access.ADMIN,
    name: str = "tests",
) -> str:
    """Make a key; without `merchants` it is a platform key."""
    with database.writing() as db:
        _, text = service.create_key(
            db, name, environment=SETTINGS.environment, merchants=merchants, access=access, actor=CLI
        )
    return text


def a_merchant(database: Database, name: str = "Toko Batik Ayu") -> str:
    with database.writing() as db:
        return service.create_merchant(db, name, actor=CLI).id


@contextmanager
def calling(app: Litestar, key: str = "") -> Iterator[TestClient[Litestar]]:
    """Call `app` as the holder of `key`; what it cannot handle is an answer 500, as in production."""
    with TestClient(app, raise_server_exceptions=False) as client:
        client.headers.update(bearer(key) if key else {})
        yield client


def an_app(database: Database) -> Litestar:
    return create_app(Runtime(settings=SETTINGS, database=database, ring=RING))
