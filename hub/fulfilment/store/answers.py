"""What people said to buyers who ask to cancel, and what came of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from hub.channels.store.rows import read
from hub.fulfilment.rules.answering import State
from hub.fulfilment.tables import cancel_answer
from hub.kernel.db import Transaction, now
from hub.kernel.ids import new_id
from hub.kernel.types import Key
from hub.orders.store.orders import OrderRow

_A = cancel_answer.c


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to a buyer's wish; `words` say what it waits for, or why nothing came of it."""

    id: str
    merchant_id: str
    account_id: str
    order_id: str
    accept: bool
    goods_left: bool
    reason: str
    state: State
    words: str
    asked_at: datetime | None
    settled_at: datetime | None
    created_at: datetime


class Wanted(NamedTuple):
    """What a person says; `goods_left`: they agree although goods have left."""

    accept: bool
    reason: str
    goods_left: bool = False


_is_open = sa.text("state IN ('waiting', 'due', 'asking', 'unknown')")  # as the partial indexes say it
_columns = [_A[name] for name in Answer.__struct_fields__]


def find(db: Transaction, answer_id: str) -> Answer | None:
    row = db.execute(sa.select(*_columns).where(_A.id == answer_id)).mappings().first()
    return None if row is None else read(row, Answer)


def last(db: Transaction, order_id: str) -> Answer | None:
    """The last one about an order."""
    mine = sa.select(*_columns).where(_A.order_id == order_id).order_by(_A.id.desc()).limit(1)
    row = db.execute(mine).mappings().first()
    return None if row is None else read(row, Answer)


def add(db: Transaction, order: OrderRow, wanted: Wanted) -> Answer:
    """Keep what a person said; the order is locked, and none about it is open."""
    values = {
        "id": new_id(), "merchant_id": order.merchant_id, "account_id": order.account_id, "order_id": order.id,
        "state": State.DUE.value, "words": "", "created_at": now(), **wanted._asdict(),
    }  # fmt: skip
    return read(db.execute(sa.insert(cancel_answer).values(values).returning(*_columns)).mappings().one(), Answer)


def turn(db: Transaction, answer_id: str, was: Collection[State], **values: Any) -> Answer | None:
    """Change it where it is still so; None: somebody was quicker."""  # Any: columns of an answer
    mine = (_A.id == answer_id, _A.state.in_([each.value for each in was]))
    changed = sa.update(cancel_answer).where(*mine).values(values).returning(*_columns)
    row = db.execute(changed).mappings().first()
    return None if row is None else read(row, Answer)


def give_up(db: Transaction, account_id: str, words: str) -> None:
    """Note of all answers that an account's channel still had to be told why it will not be."""
    given_up = {"state": State.REFUSED.value, "words": words, "settled_at": now()}
    db.execute(sa.update(cancel_answer).where(_A.account_id == account_id, _is_open).values(given_up))


class Undone(NamedTuple):
    """An answer that a job is to be under way for."""

    merchant_id: str
    account_id: str
    id: str


_behind = sa.tuple_(sa.bindparam("after_account", type_=Key), sa.bindparam("after_id", type_=Key))
_undone = (
    sa.select(_A.merchant_id, _A.account_id, _A.id)
    .where(_is_open, _A.state != State.WAITING.value, sa.tuple_(_A.account_id, _A.id) > _behind)
    .order_by(_A.account_id, _A.id)
    .limit(sa.bindparam("limit"))
)


def undone(db: Transaction, *, after: tuple[str, str], limit: int) -> list[Undone]:
    """Some of those behind this account and id, in that order."""
    values = {"after_account": after[0], "after_id": after[1], "limit": limit}
    return [Undone._make(row) for row in db.execute(_undone, values)]
