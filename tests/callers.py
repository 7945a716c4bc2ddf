"""The API in process, and keys to call it with."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from litestar import Litestar
from litestar.testing import TestClient
from msgspec.structs import replace

from hub.app import attach, build
from hub.kernel.api.doors import PER_KEY
from hub.kernel.api.limits import Rate
from hub.kernel.api.policy import Access
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.merchants import service
from hub.runtime import Runtime, assemble
from hub.settings import Settings

_idle: list[Litestar] = []  # apps of this process that no hub uses just now
SETTINGS = Settings(key_ring=f"tests:{b64encode(bytes(range(32))).decode()}", allow_loopback_channels=True)


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


@contextmanager
def the_app(
    runtime: Runtime, *, per_key: Rate = PER_KEY, is_well: Callable[[], bool] | None = None
) -> Iterator[Litestar]:
    """The API of this hub, built once and lent to one hub after the other; who adds a route keeps the app."""
    app = _idle.pop() if _idle else build()
    routes = len(app.routes)
    attach(app, runtime, per_key=per_key, is_well=is_well)
    yield app
    if len(app.routes) == routes:
        _idle.append(app)


@contextmanager
def an_app(
    database: Database,
    *,
    per_key: Rate = PER_KEY,
    passed: timedelta = timedelta(0),
    is_well: Callable[[], bool] | None = None,
) -> Iterator[Litestar]:
    """The whole API over the same database, through a pool of its own, `passed` from now."""
    url = database.engine.url.render_as_string(hide_password=False)
    runtime = assemble(replace(SETTINGS, database_url=url, clock_offset=passed.total_seconds()))
    try:
        with the_app(runtime, per_key=per_key, is_well=is_well) as app:
            yield app
    finally:
        runtime.close()
