"""Tokens: what is stored for a set of credentials, and whose turn it is to renew it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.channels.store.rows import read
from hub.channels.tables import token
from hub.kernel.db import Transaction, now
from hub.kernel.jobs.tables import moment_after


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why the last renewal failed, and whether a person must act."""

    message: str
    code: str
    needs_action: bool


class TokenRow(msgspec.Struct, frozen=True, kw_only=True):
    """The sealed token of one set of credentials, and its renewal; `asked_at` is when this was read."""

    credentials: str
    sealed: str
    obtained_at: datetime | None
    expires_at: datetime | None
    renew_at: datetime | None
    holder: str
    held_until: datetime | None
    problem: Failure | None
    asked_at: datetime

    @property
    def is_resting(self) -> bool:
        """Whether the last renewal failed so lately that nobody should ask again."""
        return self.problem is not None and self.held_until is not None and self.asked_at < self.held_until


_of = sa.select(token, now().label("asked_at")).where(token.c.credentials == sa.bindparam("of"))


def token_of(db: Transaction, credentials: str) -> TokenRow | None:
    row = db.execute(_of, {"of": credentials}).mappings().first()
    return None if row is None else read(row, TokenRow)


def ensured(db: Transaction, credentials: str) -> TokenRow:
    """The row, made empty where there is none."""
    insert = postgresql.insert(token) if db.dialect == "postgresql" else sqlite.insert(token)
    made = insert.values(credentials=credentials, sealed="", holder="").on_conflict_do_nothing()
    db.execute(made)
    return read(db.execute(_of, {"of": credentials}).mappings().one(), TokenRow)


def take_turn(db: Transaction, read: TokenRow, *, holder: str, lease: timedelta) -> bool:
    """Let `holder` renew until the lease ends; False while somebody else has the turn, or had it since `read`."""
    free = sa.or_(token.c.held_until.is_(None), token.c.held_until <= now())
    taken = sa.update(token).where(token.c.credentials == read.credentials, token.c.sealed == read.sealed, free)
    values = {"holder": holder, "held_until": moment_after(), "problem": None}
    return db.execute(taken.values(values), {"wait": lease}).rowcount == 1


def end_turn(db: Transaction, credentials: str, *, holder: str, rest: timedelta, problem: Failure) -> bool:
    """Give the turn back without a token: nobody asks again before `rest` is over."""
    mine = sa.update(token).where(token.c.credentials == credentials, token.c.holder == holder)
    values = {"holder": "", "held_until": moment_after(), "problem": problem}
    return db.execute(mine.values(values), {"wait": rest}).rowcount == 1


def put(db: Transaction, credentials: str, values: Mapping[str, object], *, holder: str) -> bool:
    """Store what the holder of the turn got; False where its turn is over."""
    mine = sa.update(token).where(token.c.credentials == credentials, token.c.holder == holder)
    return db.execute(mine.values(holder="", held_until=None, problem=None, **values)).rowcount == 1


def put_proven(db: Transaction, credentials: str, values: Mapping[str, object]) -> None:
    """Store what a person's settings have just given; whoever renews meanwhile has lost the turn."""
    row = {"credentials": credentials, "holder": "", "held_until": None, "problem": None, **values}
    insert = postgresql.insert(token) if db.dialect == "postgresql" else sqlite.insert(token)
    changed = {name: value for name, value in row.items() if name != "credentials"}
    db.execute(insert.values(row).on_conflict_do_update(index_elements=["credentials"], set_=changed))


def forget(db: Transaction, credentials: str) -> None:
    db.execute(sa.delete(token).where(token.c.credentials == credentials))
