"""`hub warehouse`: where a merchant's goods lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli import opening, paging, placing, showing, syncing
from hub.cli.options import Cursor, Json, Limit, Merchant

if TYPE_CHECKING:
    from hub.channels.store.warehouses import Warehouse

app = typer.Typer(rich_markup_mode=None)
app.command()(placing.place)
app.command()(placing.products)
app.command()(syncing.sync)
app.command()(syncing.syncs)
app.command("sync-lines")(syncing.sync_lines)
app.command("sync-approve")(syncing.sync_approve)
app.command("sync-decline")(syncing.sync_decline)
app.command("sync-daily")(syncing.sync_daily)

WarehouseId = Annotated[str, typer.Argument(metavar="WAREHOUSE", help="The warehouse, by id.")]
Name = Annotated[str | None, typer.Option(help="What people call it.")]
Code = Annotated[str | None, typer.Option(help="The merchant's own reference.")]
Country = Annotated[str | None, typer.Option(help="Two letters of ISO 3166-1, such as ID.")]
Timezone = Annotated[str | None, typer.Option(help="An IANA name, such as Asia/Jakarta.")]
Contact = Annotated[str | None, typer.Option(help="Who answers there.")]
Phone = Annotated[str | None, typer.Option(help="Under which number.")]
Lines = Annotated[list[str] | None, typer.Option("--line", help="A line of the address; may be repeated.")]
District = Annotated[str | None, typer.Option(help="Part of the address.")]
City = Annotated[str | None, typer.Option(help="Part of the address.")]
State = Annotated[str | None, typer.Option(help="Part of the address: the state or province.")]
Postcode = Annotated[str | None, typer.Option(help="Part of the address.")]
COLUMNS = (
    ("id", "id"), ("name", "name"), ("code", "code"), ("country", "country"), ("zone", "timezone"),
    ("default", "is_default"), ("archived", "archived_at"),
)  # fmt: skip


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    merchant: Merchant,
    country: Annotated[str, typer.Option(help="Two letters of ISO 3166-1, such as ID.")],
    code: Code = None,
    timezone: Timezone = None,
    contact: Contact = None,
    phone: Phone = None,
    lines: Lines = None,
    district: District = None,
    city: City = None,
    state: State = None,
    postcode: Postcode = None,
    as_json: Json = False,
) -> None:
    """Add a warehouse of the merchant's own."""
    from hub.channels.schemas.warehouses import NewWarehouse, details_given
    from hub.channels.service import warehouses
    from hub.cli.given import checked
    from hub.kernel.events import CLI
    from hub.merchants import service as merchants

    address = _address(contact, phone, lines, district, city, state, postcode)
    given = {"name": name, "country": country, "code": code, "timezone": timezone, "address": address or None}
    wanted = checked(NewWarehouse, given)
    with opening.writing() as db:
        merchants.merchant(db, merchant)
        made = warehouses.create(db, merchant, details_given(wanted), actor=CLI)
    showing.show(made, as_json=as_json)


@app.command("list")
def list_(merchant: Merchant, limit: Limit = 50, cursor: Cursor = None, as_json: Json = False) -> None:
    """List a merchant's warehouses, archived ones too, the oldest first."""
    from hub.channels import store
    from hub.channels.service import warehouses
    from hub.merchants import service as merchants

    after = paging.after(cursor)
    with opening.writing() as db:
        merchants.merchant(db, merchant)
        warehouses.default_of(db, merchant)
        rows = store.warehouses.warehouses_of(db, merchant, after_id=after, limit=limit)
    paging.show_rows(rows, COLUMNS, limit=limit, as_json=as_json)


@app.command()
def show(warehouse: WarehouseId, merchant: Merchant, as_json: Json = False) -> None:
    """Show a warehouse."""
    from hub.channels.service import warehouses

    with opening.reading() as db:
        found = warehouses.warehouse(db, merchant, warehouse)
    showing.show(found, as_json=as_json)


@app.command()
def change(
    warehouse: WarehouseId,
    merchant: Merchant,
    name: Name = None,
    country: Country = None,
    code: Code = None,
    timezone: Timezone = None,
    contact: Contact = None,
    phone: Phone = None,
    lines: Lines = None,
    district: District = None,
    city: City = None,
    state: State = None,
    postcode: Postcode = None,
    default: Annotated[bool, typer.Option("--default", help="Make it the merchant's default.")] = False,
    as_json: Json = False,
) -> None:
    """Change what a warehouse says of itself; what is not given stays."""
    from hub.channels.schemas.warehouses import WarehouseChange, details_changed
    from hub.channels.service import warehouses
    from hub.cli.given import checked
    from hub.kernel.events import CLI

    address = _address(contact, phone, lines, district, city, state, postcode)
    with opening.writing() as db:
        warehouses.one_at_a_time(db, merchant)
        old = warehouses.warehouse(db, merchant, warehouse)
        given = {"name": name, "country": country, "code": code, "timezone": timezone}
        wanted = checked(WarehouseChange, given | {"address": _laid_over(old, address) if address else None})
        new = warehouses.change(db, old, details_changed(old, wanted), is_default=default or None, actor=CLI)
    showing.show(new, as_json=as_json)


@app.command()
def archive(warehouse: WarehouseId, merchant: Merchant, as_json: Json = False) -> None:
    """Take a warehouse out of use for good; refused while it is the default or an account uses it."""
    from hub.channels.service import warehouses
    from hub.kernel.events import CLI

    with opening.writing() as db:
        new = warehouses.archive(db, merchant, warehouse, actor=CLI)
    showing.show(new, as_json=as_json)


def _address(
    contact: str | None,
    phone: str | None,
    lines: list[str] | None,
    district: str | None,
    city: str | None,
    state: str | None,
    postcode: str | None,
) -> dict[str, object]:
    """The parts of an address that were given."""
    parts = {
        "name": contact, "phone": phone, "lines": lines, "district": district, "city": city, "state": state,
        "postcode": postcode,
    }  # fmt: skip
    return {name: value for name, value in parts.items() if value is not None}


def _laid_over(old: Warehouse, address: dict[str, object]) -> dict[str, Any]:  # Any: texts and lines
    import msgspec

    return msgspec.structs.asdict(old.address) | {"country": ""} | address
