"""Approvals: they stand with what is due, and whatever changes the figure takes them back; see `marking`."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from hub.kernel.bulk import rows
from hub.kernel.db import Transaction
from hub.kernel.types import Key
from hub.stock.store.due import Outlet
from hub.stock.tables import due_push

_D = due_push.c
_mine = _D.account_id == sa.bindparam("account")
_given = rows("outlets", account_id=Key, listing_id=Key, place_ref=Key)
_unapprove = (
    sa.update(due_push)
    .where(sa.tuple_(_D.account_id, _D.listing_id, _D.place_ref).in_(sa.select(*_given.c)))
    .values(approved=None)
)


def unapprove(db: Transaction, account_id: str, outlets: Collection[Outlet]) -> None:
    """Take approvals of these back; their rows are locked."""
    if outlets:
        db.execute(_unapprove, {"outlets": [(account_id, *outlet) for outlet in sorted(outlets)]})


_figures = rows("figures", account_id=Key, listing_id=Key, place_ref=Key, figure=sa.BigInteger())
_approve = (
    sa.update(due_push)
    .where(*(_D[name] == _figures.c[name] for name in ("account_id", "listing_id", "place_ref")))
    .values(approved=_figures.c.figure)
)


def approve(db: Transaction, account_id: str, figure_of: Mapping[Outlet, int]) -> None:
    """Let just these figures be told; their rows are locked, and their turns were compared."""
    if figure_of:
        given = [(account_id, *outlet, figure) for outlet, figure in sorted(figure_of.items())]
        db.execute(_approve, {"figures": given})


def unapprove_all(db: Transaction, account_id: str) -> None:
    all_ = sa.update(due_push).where(_mine, _D.approved.is_not(None)).values(approved=None)
    db.execute(all_, {"account": account_id})
