"""The verbs of `hub account` about its places: what stands behind them, and where opening stock is booked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli import opening, showing
from hub.cli.options import Account, Json

if TYPE_CHECKING:
    from hub.channels.store.accounts import AccountRow
    from hub.kernel.db import Transaction

AtPlace = Annotated[
    str | None,
    typer.Option("--place", metavar="REF", help="The place, by its ref; may be left out where there is only one."),
]
COLUMNS = (
    ("ref", "ref"), ("name", "name"), ("country", "country"), ("warehouses", "stands"), ("gone", "gone"),
    ("note", "note"),
)  # fmt: skip


def places(account: Account, as_json: Json = False) -> None:
    """List an account's places: the warehouses behind each, or why no stock is pushed there."""
    with opening.reading() as db:
        _show(db, found(db, account), as_json=as_json)


def map_(
    account: Account,
    warehouses: Annotated[list[str], typer.Argument(metavar="WAREHOUSE...", help="What stands behind it, by id.")],
    place: AtPlace = None,
    shared: Annotated[
        bool, typer.Option("--shared", help="Several warehouses are added up, or one stands behind several places.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Map a place of an account to the warehouses whose stock it shows."""
    _map(account, place, warehouses, shared=shared, as_json=as_json)


def unmap(account: Account, place: AtPlace = None, as_json: Json = False) -> None:
    """Map a place to no warehouse: no stock is pushed there any more."""
    _map(account, place, [], shared=False, as_json=as_json)


def opening_warehouse(
    account: Account,
    warehouse: Annotated[str, typer.Argument(metavar="WAREHOUSE", help="default, none, or a warehouse by id.")],
    as_json: Json = False,
) -> None:
    """Say where the stock of an account's first confirmed listings is booked."""
    from hub.channels.schemas.places import OpeningWarehouse
    from hub.channels.service import places as service
    from hub.cli.given import checked
    from hub.kernel.events import CLI

    wanted = checked(OpeningWarehouse, {"warehouse": warehouse})
    row = _changed(account, lambda db, row: service.choose_opening(db, row, wanted.warehouse, actor=CLI))
    showing.show({"id": row.id, "opening_warehouse": row.opening_warehouse}, as_json=as_json)


def _map(account: str, place: str | None, warehouses: list[str], *, shared: bool, as_json: bool) -> None:
    from hub.channels.service import mapping
    from hub.kernel.events import CLI

    def mapped(db: Transaction, row: AccountRow) -> AccountRow:
        ref = _the_place(row) if place is None else place
        mapping.map_place(db, row, ref, warehouses, shared=shared, actor=CLI)
        _show(db, row, as_json=as_json)
        return row

    _changed(account, mapped)


def _changed(account: str, change: Callable[[Transaction, AccountRow], AccountRow]) -> AccountRow:
    from hub.channels.service import mapping

    with opening.writing() as db:
        row = found(db, account)
        return change(db, mapping.locked(db, row.merchant_id, row.id))


def found(db: Transaction, account: str) -> AccountRow:
    """The account of whichever merchant."""
    from hub.channels import store
    from hub.kernel.errors import NotFound

    row = store.accounts.account_of(db, account)
    if row is None:
        raise NotFound("account")
    return row


def _the_place(row: AccountRow) -> str:
    from hub.channels.rules.places import present

    refs = present(row.places)
    if len(refs) > 1:
        raise typer.BadParameter(f"say which place: --place {', --place '.join(refs)}")
    return refs[0]


def _show(db: Transaction, row: AccountRow, *, as_json: bool) -> None:
    from hub.channels.schemas import showing as views

    view = views.places(db, row)
    if as_json:
        showing.document(view)
        return
    import msgspec

    named = [
        msgspec.structs.asdict(each) | {"stands": tuple(one.name for one in each.warehouses)} for each in view.items
    ]
    showing.show_page(named, COLUMNS, as_json=False)
