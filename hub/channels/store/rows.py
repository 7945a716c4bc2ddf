"""Reads a row as the struct it stands for."""

from __future__ import annotations

from typing import TypeVar

import msgspec
import sqlalchemy as sa

T = TypeVar("T")


def read(row: sa.RowMapping, kind: type[T]) -> T:
    # SQLAlchemy's column names are a subclass of str, which msgspec takes for something else.
    return msgspec.convert({str(name): value for name, value in row.items()}, kind)
