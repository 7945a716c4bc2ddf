"""What machines ask of a process: is it alive, is it ready, its metrics, its description."""

from __future__ import annotations

import msgspec
import redis
import sqlalchemy as sa
import structlog
from litestar import MediaType, Response, Router, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.exceptions import RedisError

from hub.kernel.api import measures
from hub.kernel.api.policy import open_to_all
from hub.kernel.db import Database
from hub.settings import Settings

log = structlog.get_logger(__name__)
_PATIENCE = 1.0  # seconds for the broker to answer


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the process runs."""

    status: str


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether what the process needs is there: each part is `ok`, or says what it is instead."""

    status: str
    parts: dict[str, str]


@get("/healthz", opt=open_to_all(), operation_id="healthz", sync_to_thread=False)
def healthz() -> Health:
    """Say that the process runs."""
    return Health(status="ok")


@get("/readyz", opt=open_to_all(), operation_id="readyz", sync_to_thread=True)
def readyz(
    database: NamedDependency[Database], settings: NamedDependency[Settings], state: State
) -> Response[Readiness]:
    """Say whether database and broker answer, and the jobs of this process are looked after; 503 where not."""
    parts = {"database": _database(database)} | ({"broker": _broker(settings)} if settings.redis_url else {})
    if state["is_well"] is not None:
        parts["jobs"] = "ok" if state["is_well"]() else "the sweep has ended"
    ready = all(part == "ok" for part in parts.values())
    answer = Readiness(status="ok" if ready else "away", parts=parts)
    return Response(answer, status_code=200 if ready else 503, headers={} if ready else {"Retry-After": "2"})


@get("/metrics", opt=open_to_all(), include_in_schema=False, sync_to_thread=True)
def metrics(database: NamedDependency[Database], state: State) -> Response[bytes]:
    """Show the metrics of this process in Prometheus' format, and what stands in the database for all of them."""
    measures.take(database, state["measures"])
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST}, media_type=MediaType.TEXT)


@get("/openapi.json", opt=open_to_all(), include_in_schema=False, sync_to_thread=False)
def openapi(state: State) -> Response[bytes]:
    """Describe the API."""
    return Response(state["described"].document, media_type=MediaType.JSON)


def _database(database: Database) -> str:
    try:
        with database.reading() as db:
            db.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError:
        log.warning("database away", exc_info=True)
        return "away"
    return "ok"


def _broker(settings: Settings) -> str:
    try:
        with redis.Redis.from_url(
            settings.redis_url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE
        ) as broker:
            broker.ping()
    except RedisError:
        log.warning("broker away", exc_info=True)
        return "away"
    return "ok"


router = Router("/", route_handlers=[healthz, readyz, metrics, openapi], tags=["operations"])
