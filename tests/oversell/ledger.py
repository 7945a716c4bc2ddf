"""The database's own diary of every unit that moved or was promised, in the order in which it happened.

Triggers keep it, so that nothing of the hub can leave anything out: whoever moves or promises holds the level's row
until the commit, and so the diary of a level has the order of the transactions, in the middle of the run too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa

from hub.kernel.db import Database

Place = tuple[str, str]  # warehouse_id, product_id

_COLUMNS = "warehouse_id, product_id, moved, promised"
_MOVED = f"INSERT INTO ledger ({_COLUMNS}) VALUES (new.warehouse_id, new.product_id, new.quantity, 0)"  # noqa: S608 - ours
_PROMISED = (
    f"INSERT INTO ledger ({_COLUMNS}) SELECT new.warehouse_id, new.product_id, 0, new.quantity WHERE new.state = 'open'"
)
_CHANGED = (
    f"INSERT INTO ledger ({_COLUMNS}) SELECT new.warehouse_id, new.product_id, 0,"
    " (CASE WHEN new.state = 'open' THEN new.quantity ELSE 0 END)"
    " - (CASE WHEN old.state = 'open' THEN old.quantity ELSE 0 END)"
)
_KEPT = (
    ("ledger_moved", "INSERT ON movement", _MOVED),
    ("ledger_promised", "INSERT ON reservation", _PROMISED),
    ("ledger_changed", "UPDATE ON reservation", _CHANGED),
)


def keep(database: Database) -> None:
    """Keep a diary from now on; call it before anything has moved."""
    serial = "INTEGER PRIMARY KEY AUTOINCREMENT" if database.embedded else "bigserial PRIMARY KEY"
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            f"CREATE TABLE ledger (seq {serial}, warehouse_id text, product_id text, moved bigint, promised bigint)"
        )
        for name, when, what in _KEPT:
            if database.embedded:
                connection.exec_driver_sql(f"CREATE TRIGGER {name} AFTER {when} BEGIN {what}; END")
                continue
            body = f"BEGIN {what}; RETURN NULL; END"
            connection.exec_driver_sql(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
            connection.exec_driver_sql(f"CREATE TRIGGER {name} AFTER {when} FOR EACH ROW EXECUTE FUNCTION {name}()")


def oversold(database: Database) -> tuple[int, int]:
    """How many entries there are, and the most units that were ever promised beyond what lay in a warehouse."""
    entries, most = 0, 0
    there, promised = Counter[Place](), Counter[Place]()
    for place, moved, more in _entries(database):
        entries += 1
        there[place] += moved
        promised[place] += more
        most = max(most, promised[place] - there[place])
    return entries, most


def _entries(database: Database) -> Iterator[tuple[Place, int, int]]:
    query = sa.text(f"SELECT {_COLUMNS} FROM ledger ORDER BY seq")  # noqa: S608 - ours
    with database.reading() as db:
        for row in db.connection.execution_options(yield_per=10_000).execute(query):
            yield (row.warehouse_id, row.product_id), row.moved, row.promised
