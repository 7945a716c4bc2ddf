"""`Idempotency-Key`: the first answer is kept for seven days and given again, byte for byte."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.kernel.db import Database, Transaction, metadata, now
from hub.kernel.errors import HubError
from hub.kernel.ids import new_id
from hub.kernel.sealing import KeyRing, rotate, seal, unseal
from hub.kernel.types import MICROSECOND, Instant, Key

KEPT = timedelta(days=7)
LEASE = timedelta(minutes=2)  # longer than any request runs; after a crash, how long its key is blocked
LONGEST = 255
_SWEPT = 500  # expired answers that a caretaker takes away at once

answer = sa.Table(
    "answer",
    metadata,
    sa.Column("scope", Key, primary_key=True),
    sa.Column("request", Key, nullable=False),
    sa.Column("token", Key, nullable=False),
    sa.Column("lease_until", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
    sa.Column("sealed", sa.Text),
)


class Kept(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """An answer as it was sent."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """The right to give the first answer under a key, until the lease ends."""

    scope: str
    token: str


class KeyReused(HubError):
    """The same key came with another request."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            "this Idempotency-Key was used with another request; use a new key for a new request",
            code="idempotency_key_reused",
        )


class StillRunning(HubError):
    """The first request under this key has not been answered yet."""

    retryable = True
    retry_after = timedelta(seconds=1)

    def __init__(self) -> None:
        super().__init__("the first request with this Idempotency-Key is still running", code="idempotency_running")


class ClaimLost(HubError):
    """Another request took this key over, so this one undoes what it did."""

    retryable = True

    def __init__(self) -> None:
        super().__init__("this request took too long and another one has taken its key", code="idempotency_lost")


class Answers:
    """The answers kept, sealed under the hub's key ring."""

    def __init__(self, database: Database, ring: KeyRing) -> None:
        self._database = database
        self._ring = ring

    def claim(self, scope: str, request: str) -> Claim | Kept:
        """Claim `scope` for the request with this digest, or find how it was answered."""
        mine = Claim(scope=scope, token=new_id())
        with self._database.writing() as db:
            if _inserted(db, mine, request):
                return mine
            found = db.execute(sa.select(answer).where(answer.c.scope == scope).with_for_update()).one()
            if found.request != request:
                raise KeyReused
            if found.sealed is not None:
                return msgspec.msgpack.decode(unseal(self._ring, found.sealed, _bound(scope)), type=Kept)
            if not _taken_over(db, mine):
                raise StillRunning
            return mine

    def keep(self, db: Transaction, claim: Claim, kept: Kept) -> None:
        """Keep the answer in the transaction of its effect, so that there is never one without the other."""
        sealed = seal(self._ring, msgspec.msgpack.encode(kept), _bound(claim.scope))
        if db.execute(_keep, {**_mine(claim), "kept": sealed}).rowcount == 0:
            raise ClaimLost

    def keep_late(self, claim: Claim, kept: Kept) -> None:
        """Keep an answer that had no transaction of its own, such as a refusal."""
        with self._database.writing() as db, suppress(ClaimLost):  # whoever took it over answers for it
            self.keep(db, claim, kept)

    def release(self, claim: Claim) -> None:
        """Give the key back unless an answer was kept after all; the next request under it runs anew."""
        with self._database.writing() as db:
            db.execute(_release, _mine(claim))


def reseal_answers(db: Transaction, ring: KeyRing, *, limit: int = 500) -> int:
    """Reseal up to `limit` kept answers under the newest key; commit and call again until it answers 0."""
    return rotate(db, answer.c.sealed, ring=ring, associated=lambda row: _bound(row["scope"]), limit=limit)


def purge_answers(db: Transaction) -> int:
    """Delete some answers that are past their time; 0 where none is left."""
    past = sa.select(answer.c.scope).where(answer.c.expires_at <= now()).order_by(answer.c.expires_at).limit(_SWEPT)
    some = past.with_for_update(skip_locked=True)
    return db.execute(sa.delete(answer).where(answer.c.scope.in_(some))).rowcount


def scope_of(key_id: str, method: str, path: str, key: str) -> str:
    return _digest(key_id, method, path, key)


def request_of(query: str, body: bytes) -> str:
    return _digest(query, hashlib.sha256(body).hexdigest())


def _bound(scope: str) -> str:
    return f"answer|{scope}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _inserted(db: Transaction, claim: Claim, request: str) -> bool:
    """Whether the key is ours: nobody had it, or what was answered under it is past its time."""
    row = {"scope": claim.scope, "request": request, "token": claim.token}
    return db.execute(_insert[db.dialect], row).first() is not None


def _taken_over(db: Transaction, claim: Claim) -> bool:
    lapsed = (answer.c.scope == claim.scope, answer.c.sealed.is_(None), answer.c.lease_until <= now())
    taken = sa.update(answer).where(*lapsed).values(token=claim.token, lease_until=_in(LEASE))
    return db.execute(taken).rowcount == 1


def _in(span: timedelta) -> sa.ColumnElement[int]:
    return now() + sa.literal(span // MICROSECOND, sa.BigInteger)


def _mine(claim: Claim) -> dict[str, str]:
    return {"of_scope": claim.scope, "of_token": claim.token}


def _adding(insert: Any) -> Any:  # Any: the two dialects' inserts share no type
    row = {name: sa.bindparam(name, type_=Key) for name in ("scope", "request", "token")}
    added = insert(answer).values(row | {"lease_until": _in(LEASE), "expires_at": _in(KEPT), "sealed": None})
    anew = {name: added.excluded[name] for name in ("request", "token", "lease_until", "expires_at", "sealed")}
    added = added.on_conflict_do_update(index_elements=["scope"], set_=anew, where=answer.c.expires_at <= now())
    return added.returning(answer.c.scope)


# Sent with every POST, so they are built once.
_insert = {"postgresql": _adding(postgresql.insert), "sqlite": _adding(sqlite.insert)}
_claimed = (
    answer.c.scope == sa.bindparam("of_scope"), answer.c.token == sa.bindparam("of_token"), answer.c.sealed.is_(None),
)  # fmt: skip
_keep = sa.update(answer).where(*_claimed).values(sealed=sa.bindparam("kept", type_=sa.Text))
_release = sa.delete(answer).where(*_claimed)
