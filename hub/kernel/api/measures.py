"""Gauges whose value stands in the database: every process that is scraped tells the same, whoever works it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa
import structlog
from prometheus_client import Gauge

from hub.kernel.db import Database, Transaction

log = structlog.get_logger(__name__)


class Measure(NamedTuple):
    """A gauge with one label, and what reads its values, by that label: one look at few rows, since anybody may ask."""

    gauge: Gauge
    read: Callable[[Transaction], Mapping[str, float]]


def take(database: Database, measures: Sequence[Measure]) -> None:
    """Let the gauges say what stands there now, and nothing where the database does not answer."""
    try:
        with database.reading() as db:
            found = [(one.gauge, one.read(db)) for one in measures]
    except sa.exc.SQLAlchemyError:
        log.warning("measures not read: the database is away", exc_info=True)
        found = [(one.gauge, {}) for one in measures]
    for gauge, values in found:
        gauge.clear()
        for label, value in values.items():
            gauge.labels(label).set(value)
