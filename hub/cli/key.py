"""`hub key`: API keys, and the ring that seals secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer

from hub.cli import opening, paging, showing
from hub.cli.options import Cursor, Json, Limit, OfMerchant

if TYPE_CHECKING:
    from hub.merchants.store import ApiKey

app = typer.Typer(rich_markup_mode=None)

Level = Literal["read", "write", "admin"]
COLUMNS = (
    ("id", "id"), ("name", "name"), ("key", "public_id"), ("access", "access"), ("merchants", "merchants"),
    ("since", "created_at"), ("expires", "expires_at"), ("revoked", "revoked_at"), ("last used", "last_used_at"),
)  # fmt: skip


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for, such as erp.")],
    merchant: Annotated[
        list[str] | None, typer.Option("--merchant", "-m", metavar="ID", help="Whom it serves.")
    ] = None,
    all_merchants: Annotated[bool, typer.Option("--all-merchants", help="A platform key: it serves all.")] = False,
    access: Annotated[Level, typer.Option(help="What it may do.")] = "read",
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="When it expires; never by default.")] = None,
    as_json: Json = False,
) -> None:
    """Make an API key. Its secret is shown this once."""
    from datetime import timedelta

    from hub.cli.given import checked
    from hub.kernel.events import CLI
    from hub.merchants import service
    from hub.merchants.schemas import KeyWithSecret, NewPlatformKey

    if bool(merchant) == all_merchants:
        raise typer.BadParameter("name the merchants with --merchant, or give --all-merchants")
    wanted = checked(
        NewPlatformKey, {"name": name, "merchants": merchant or None, "access": access}, keep_none=("merchants",)
    )
    settings = opening.settings()
    with opening.opened_database(settings) as database, database.writing() as db:
        made, secret = service.create_key(
            db,
            wanted.name,
            environment=settings.environment,
            merchants=wanted.merchants,
            access=wanted.access,
            expires_at=database.clock.now() + timedelta(days=days) if days else None,
            actor=CLI,
        )
    whole = KeyWithSecret(key=made, secret=secret)
    showing.show(whole if as_json else {"key": _readable(made), "secret": secret}, as_json=as_json)
    showing.say("Keep the secret now: it is not shown again.", as_json=as_json)


@app.command("list")
def list_(merchant: OfMerchant = None, limit: Limit = 50, cursor: Cursor = None, as_json: Json = False) -> None:
    """List API keys, without their secrets."""
    from hub.merchants import store

    with opening.reading() as db:
        rows = store.keys_reaching(db, merchant, after=paging.after(cursor), limit=limit + 1)
    view: Callable[[ApiKey], object] = (lambda row: row) if as_json else _readable
    paging.show_rows(rows, COLUMNS, limit=limit, as_json=as_json, view=view)


@app.command()
def revoke(key_id: Annotated[str, typer.Argument(metavar="ID")], as_json: Json = False) -> None:
    """End an API key at once."""
    from hub.kernel.events import CLI
    from hub.merchants import service

    with opening.writing() as db:
        ended = service.revoke_key(db, service.key(db, key_id, merchant_id=None), by=None, actor=CLI)
    showing.show(ended if as_json else _readable(ended), as_json=as_json)


@app.command("rotate-ring")
def rotate_ring(
    forget_old: Annotated[
        bool, typer.Option("--forget-old", help="Take the old keys out of the ring file; older backups need them.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Seal every stored secret under the newest key of the ring.

    The embedded form makes that key itself, while `hub serve` is stopped. With HUB_KEY_RING: put a new key first in
    it, restart every process, then run this; afterwards the old keys may go.
    """
    from hub.cli import rotating

    showing.show(rotating.rotate(opening.settings(), forget_old=forget_old), as_json=as_json)


def _readable(key: ApiKey) -> dict[str, object]:
    """A key as people read it: a platform key says that it serves all, where JSON has null."""
    return msgspec.structs.asdict(key) | {"merchants": key.merchants or "all"}
