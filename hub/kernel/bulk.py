"""Many rows in one statement: `unnest` on PostgreSQL, the driver's own executemany on SQLite."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from hub.kernel.db import Transaction

StorageRow = tuple[Any, ...]  # Any: values as the database stores them (instants in microseconds, JSON as text)


class Texts(sa.types.TypeDecorator[Collection[str]]):
    """A list of texts as one parameter."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:  # Any: array or text
        return dialect.type_descriptor(postgresql.ARRAY(sa.Text) if dialect.name == "postgresql" else sa.Text())

    def process_bind_param(self, value: Collection[str] | None, dialect: sa.Dialect) -> Any:  # Any: as above
        given = list(value or ())
        return given if dialect.name == "postgresql" else msgspec.json.encode(given).decode()


class _Each(FunctionElement[str]):
    """The texts of a `Texts` parameter as rows with one column, `value`."""

    type = sa.Text()
    inherit_cache = True


@compiles(_Each, "sqlite")
def _each_sqlite(element: _Each, compiler: sa.sql.compiler.SQLCompiler, **kw: Any) -> str:  # Any: SQLAlchemy's
    return f"json_each({compiler.process(element.clauses, **kw)})"


@compiles(_Each, "postgresql")
def _each_postgresql(element: _Each, compiler: sa.sql.compiler.SQLCompiler, **kw: Any) -> str:  # Any: SQLAlchemy's
    return f"(SELECT unnest({compiler.process(element.clauses, **kw)}) AS value)"


def given(name: str) -> sa.TableValuedAlias:
    """A list of texts, given as the parameter `name`, to select from: `select(given("refs").c.value)`."""
    return _Each(sa.bindparam(name, type_=Texts())).table_valued(sa.column("value", sa.Text), name=name)


class _Among(FunctionElement[bool]):
    """Whether a column has one of the texts of a `Texts` parameter.

    Not typed as a boolean: for SQLite that would be written as `… = 1`, which no index serves.
    """

    type: sa.types.TypeEngine[bool] = sa.types.NullType()  # type: ignore[assignment]  # see above
    inherit_cache = True


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: sa.sql.compiler.SQLCompiler, **kw: Any) -> str:  # Any: SQLAlchemy's
    column, texts = (compiler.process(each, **kw) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"


@compiles(_Among, "postgresql")
def _among_postgresql(element: _Among, compiler: sa.sql.compiler.SQLCompiler, **kw: Any) -> str:  # Any: see above
    # Not a join with unnest: on a table without statistics that reads all that the index's first column finds.
    column, texts = (compiler.process(each, **kw) for each in element.clauses)
    return f"{column} = ANY ({texts})"


def among(column: sa.ColumnElement[str], name: str) -> sa.ColumnElement[bool]:
    """Whether `column` has one of the texts given as the parameter `name`."""
    return _Among(column, sa.bindparam(name, type_=Texts()))


class Rows(sa.types.TypeDecorator[Sequence[StorageRow]]):
    """Rows as one parameter: a JSON array of arrays, of values as the database stores them."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[StorageRow] | None, dialect: sa.Dialect) -> str:
        return msgspec.json.encode(value or ()).decode()


class _EachRow(FunctionElement[Any]):  # Any: a JSON array, of which only `_Cell` knows
    """The rows of a `Rows` parameter, with one column, `value`."""

    type = sa.types.NullType()
    inherit_cache = True


@compiles(_EachRow, "sqlite")
def _each_row_sqlite(element: _EachRow, compiler: sa.sql.compiler.SQLCompiler, **kw: Any) -> str:  # Any: SQLAlchemy's
    return f"json_each({compiler.process(element.clauses, **kw)})"


@compiles(_EachRow, "postgresql")
def _each_row_postgresql(element: _EachRow, compiler: sa.sql.compiler.SQLCompiler, **kw: Any) -> str:  # Any: see above
    given = compiler.process(element.clauses, **kw)
    return f"(SELECT json_array_elements(CAST({given} AS json)) AS value)"


class _Cell(FunctionElement[str]):
    """One value of such a row, by its place, as text."""

    type = sa.Text()
    inherit_cache = True


@compiles(_Cell, "sqlite")
def _cell_sqlite(element: _Cell, compiler: sa.sql.compiler.SQLCompiler, **kw: Any) -> str:  # Any: SQLAlchemy's
    value, place = (compiler.process(each, **kw) for each in element.clauses)
    return f"json_extract({value}, '$[{place}]')"


@compiles(_Cell, "postgresql")
def _cell_postgresql(element: _Cell, compiler: sa.sql.compiler.SQLCompiler, **kw: Any) -> str:  # Any: SQLAlchemy's
    value, place = (compiler.process(each, **kw) for each in element.clauses)
    return f"({value} ->> {place})"


def rows(name: str, **columns: sa.types.TypeEngine[Any]) -> sa.Subquery:  # Any: the columns differ in type
    """Rows given as the parameter `name`, to select or update from; each is a tuple of its `columns`."""
    each = _EachRow(sa.bindparam(name, type_=Rows())).table_valued(sa.column("value"), name=f"{name}_each")
    cells = [
        sa.cast(_Cell(each.c.value, sa.literal_column(str(place))), kind).label(column)
        for place, (column, kind) in enumerate(columns.items())
    ]
    return sa.select(*cells).subquery(name)


def upsert(
    db: Transaction, table: sa.Table, columns: tuple[str, ...], rows: Sequence[StorageRow],
    *, conflict: tuple[str, ...], update: tuple[str, ...] = (), add: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """Insert the rows; where `conflict` exists already, overwrite the `update` and raise the `add` columns."""
    statement = _upserting(db.dialect, table, columns, conflict, update, add)
    _many(db, statement, list(zip(*rows, strict=True)) if db.dialect == "postgresql" else rows)


def update(db: Transaction, table: sa.Table, key: str, columns: tuple[str, ...], rows: Sequence[StorageRow]) -> None:
    """Set `columns` of the rows found by `key`; each row is (key, *values)."""
    if db.dialect == "postgresql":
        given = (key, *columns)
        changes = ", ".join(f'"{name}" = given."{name}"' for name in columns)
        source = f"unnest({_arrays(table, given)}) AS given({_names(given)})"
        statement = f'UPDATE "{table.name}" SET {changes} FROM {source} WHERE "{table.name}"."{key}" = given."{key}"'
        _many(db, statement, list(zip(*rows, strict=True)))
    else:
        changes = ", ".join(f'"{name}" = ?' for name in columns)
        _many(db, f'UPDATE "{table.name}" SET {changes} WHERE "{key}" = ?', [(*row[1:], row[0]) for row in rows])


def _many(db: Transaction, statement: str, parameters: Sequence[StorageRow]) -> None:
    if not parameters:
        return
    if db.dialect == "postgresql":
        # A whole column per parameter: one statement, one plan, whatever the number of rows.
        db.connection.exec_driver_sql(statement, tuple(list(column) for column in parameters))
    else:
        db.connection.exec_driver_sql(statement, list(parameters))


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


@cache
def _upserting(
    dialect: str, table: sa.Table, columns: tuple[str, ...], conflict: tuple[str, ...], update: tuple[str, ...],
    add: tuple[str, ...],
) -> str:  # fmt: skip
    changes = [f'"{name}" = excluded."{name}"' for name in update]
    changes += [f'"{name}" = "{table.name}"."{name}" + excluded."{name}"' for name in add]
    rule = f"ON CONFLICT ({_names(conflict)}) DO " + (f"UPDATE SET {', '.join(changes)}" if changes else "NOTHING")
    head = f'INSERT INTO "{table.name}" ({_names(columns)})'
    if dialect == "postgresql":
        return f"{head} SELECT * FROM unnest({_arrays(table, columns)}) {rule}"
    return f"{head} VALUES ({', '.join('?' * len(columns))}) {rule}"


@cache
def _arrays(table: sa.Table, columns: tuple[str, ...]) -> str:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy leaves it untyped
    kinds = [table.c[name].type.dialect_impl(dialect).compile(dialect).partition(" COLLATE")[0] for name in columns]
    return ", ".join(f"%b::{kind}[]" for kind in kinds)
