"""Every revision goes up and down on both databases, and ends where the tables say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import hub.runtime  # noqa: F401 - knows every table: the schema that they describe is whole, whatever else runs
from hub.kernel import migrating
from hub.kernel.db import Database, metadata
from tests.conftest import fresh

Schema = dict[str, Any]  # Any: what the inspector tells


@pytest.fixture(params=["sqlite", "postgresql"])
def two_empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    with ExitStack() as stack:
        urls = [f"sqlite:///{tmp_path / name}.sqlite3" for name in ("migrated", "described")]
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            urls = [stack.enter_context(fresh(server)) for _ in urls]
        migrated, described = (Database(url) for url in urls)
        stack.callback(migrated.dispose)
        stack.callback(described.dispose)
        yield migrated, described


def schema(database: Database) -> Schema:
    """Everything that the database knows of its tables, by table and name."""
    with database.reading() as db:
        inspector = sa.inspect(db.connection)
        tables = set(inspector.get_table_names()) - {"alembic_version"}
        return {
            table: {
                "columns": [{**column, "type": str(column["type"])} for column in inspector.get_columns(table)],
                "primary key": inspector.get_pk_constraint(table)["constrained_columns"],
                "foreign keys": by_name(inspector.get_foreign_keys(table)),
                "unique": by_name(inspector.get_unique_constraints(table)),
                "checks": by_name(inspector.get_check_constraints(table)),
                "indexes": {index["name"]: plain(index) for index in inspector.get_indexes(table)},
            }
            for table in tables
        }


def by_name(constraints: Any) -> dict[str, str]:  # Any: the inspector's lists of typed dictionaries
    return {constraint["name"]: str(constraint) for constraint in constraints}


def plain(index: Any) -> dict[str, Any]:  # Any: the inspector's typed dictionary
    """The index with its condition as text: clauses are only equal to themselves."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": options}


def triggers(connection: sa.Connection) -> list[str]:
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    return sorted(connection.execute(sa.text(catalogue[connection.dialect.name])).scalars())


def test_the_migrated_schema_is_the_one_that_the_tables_describe(two_empty: tuple[Database, Database]) -> None:
    migrated, described = two_empty
    migrating.upgrade(migrated)

    metadata.create_all(described.engine)

    assert schema(migrated) == schema(described)


def test_the_migrated_schema_seals_events_and_movements(two_empty: tuple[Database, Database]) -> None:
    migrated, _ = two_empty

    migrating.upgrade(migrated)

    with migrated.reading() as db:
        sealed = {name.rpartition("_no_")[0] for name in triggers(db.connection)}
        assert (sealed, len(triggers(db.connection))) == ({"event", "movement"}, 4)


def test_a_schema_with_one_index_less_is_told_apart(two_empty: tuple[Database, Database]) -> None:
    migrated, described = two_empty
    migrating.upgrade(migrated)
    metadata.create_all(described.engine)

    with described.writing() as db:
        db.execute(sa.text("DROP INDEX ix_listing_sku"))

    assert schema(migrated) != schema(described)


def test_each_revision_goes_down_again_and_leaves_nothing(two_empty: tuple[Database, Database]) -> None:
    database, _ = two_empty
    migrating.upgrade(database)

    migrating.downgrade(database, "base")

    assert schema(database) == {}
    migrating.upgrade(database)
    assert migrating.current(database) == migrating.newest()
