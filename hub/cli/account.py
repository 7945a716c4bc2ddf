"""`hub account`: merchants' accounts on channels."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli import opening, paging, places, reconciling, showing
from hub.cli.given import Set, SetFile, SettingsFile, settings_given
from hub.cli.options import LARGEST, Account, Cursor, Json, Limit, Merchant, Yes, require_yes

if TYPE_CHECKING:
    from hub.channels.store.accounts import AccountRow
    from hub.runtime import Runtime

app = typer.Typer(rich_markup_mode=None)
app.command()(places.places)
app.command("map")(places.map_)
app.command()(places.unmap)
app.command("opening-warehouse")(places.opening_warehouse)
app.command()(reconciling.reconcile)
app.command()(reconciling.reconciliations)
app.command()(reconciling.findings)

COLUMNS = (
    ("id", "id"), ("plugin", "plugin"), ("name", "name"), ("country", "country"), ("state", "state"),
    ("reason", "reason"), ("checked", "checked_at"),
)  # fmt: skip
EXCHANGES = (
    ("at", "at"), ("method", "method"), ("url", "url"), ("status", "status"), ("ms", "milliseconds"),
    ("bytes", "received"), ("error", "error"), ("answer", "answer"),
)  # fmt: skip


@app.command()
def connect(
    plugin: Annotated[
        str, typer.Argument(metavar="PLUGIN", help="The channel's plugin; `hub plugin show` tells its settings.")
    ],
    merchant: Merchant,
    pairs: Set = None,
    files: SetFile = None,
    source: SettingsFile = None,
    confirmed: Annotated[bool, typer.Option("--confirm-preconditions", help="The plugin's checklist is done.")] = False,
    starts_import: Annotated[bool, typer.Option("--import/--no-import", help="Begin the first import.")] = True,
    as_json: Json = False,
) -> None:
    """Check an account with its channel, keep it, and begin its first import.

    Required settings that are missing are asked for where a person sits at a terminal.
    """
    from hub.cli.connecting import connected

    given = settings_given(pairs, files, source)
    with opening.opened_runtime(opening.settings()) as runtime:
        made = connected(
            runtime, merchant=merchant, plugin=plugin, given=given, confirmed=confirmed, starts_import=starts_import
        )
    if as_json:
        showing.document(made)
        return
    showing.show(made.account, as_json=False)
    for each in made.advice:
        showing.say(each)
    if made.import_id:
        showing.say(f"Its first import has been asked for: hub import watch {made.import_id}")


@app.command("list")
def list_(merchant: Merchant, limit: Limit = 50, cursor: Cursor = None, as_json: Json = False) -> None:
    """List a merchant's accounts, closed ones too, the oldest first."""
    from hub.channels import store
    from hub.channels.schemas import showing as views
    from hub.merchants import service as merchants

    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.reading() as db:
        merchants.merchant(db, merchant)
        rows = store.accounts.accounts_of(db, merchant, after_id=paging.after(cursor), limit=limit)
        view = views.accounts(runtime.channels, db, rows)
    paging.show_rows(view, COLUMNS, limit=limit, as_json=as_json)


@app.command()
def show(account: Account, as_json: Json = False) -> None:
    """Show an account with those of its settings that are not secret."""
    _look_at(account, lambda runtime, row: row, as_json=as_json)


@app.command()
def check(account: Account, as_json: Json = False) -> None:
    """Ask the channel whether the account works, and bring its places and limits up to date."""
    _look_at(account, _checked, as_json=as_json)


@app.command()
def pause(
    account: Account,
    reason: Annotated[str, typer.Option(help="Why, for whoever looks next.")] = "",
    as_json: Json = False,
) -> None:
    """Let nothing of the account begin until it is resumed; what runs ends at its next page."""
    from hub.channels.service import standing
    from hub.kernel.events import CLI

    def paused(runtime: Runtime, row: AccountRow) -> AccountRow:
        with runtime.database.writing() as db:
            return standing.pause(db, row.merchant_id, row.id, actor=CLI, reason=reason)

    _look_at(account, paused, as_json=as_json)


@app.command()
def resume(account: Account, as_json: Json = False) -> None:
    """Check a paused account with its channel, and let it work again."""
    _look_at(account, lambda runtime, row: _checked(runtime, row, resumes=True), as_json=as_json)


@app.command()
def close(
    account: Account,
    abandons: Annotated[
        int | None,
        typer.Option(
            "--abandon-open-orders", min=0, max=LARGEST, metavar="HOW-MANY",
            help="Open orders of a channel that is gone stay, with their stock, until people send or cancel each.",
        ),
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Close an account for good and forget its settings; refused while work on it is open."""
    from hub.channels.service import closing
    from hub.kernel.events import CLI

    def closed(runtime: Runtime, row: AccountRow) -> AccountRow:
        closing.prepare_closing(runtime.channels, row.merchant_id, row.id, actor=CLI, abandons=abandons)
        with runtime.database.writing() as db:
            return closing.close(runtime.channels, db, row.merchant_id, row.id, actor=CLI, abandons=abandons)

    require_yes("A closed account comes back only by being connected anew.", given=yes)
    _look_at(account, closed, as_json=as_json)


@app.command()
def settings(
    account: Account,
    pairs: Set = None,
    files: SetFile = None,
    source: SettingsFile = None,
    unset: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Back to its default.")] = None,
    as_json: Json = False,
) -> None:
    """Change settings in place, once the channel has accepted them; what is not given stays. Without any: show them."""
    from hub.channels.service import amending
    from hub.kernel.events import CLI

    given = settings_given(pairs, files, source) | dict.fromkeys(unset or ())

    def amended(runtime: Runtime, row: AccountRow) -> AccountRow:
        change = amending.prove_change(runtime.channels, row, given, strict=False)
        with runtime.database.writing() as db:
            return amending.amend(runtime.channels, db, change, actor=CLI)

    _look_at(account, amended if given else lambda runtime, row: row, as_json=as_json)


@app.command()
def callback(account: Account, as_json: Json = False) -> None:
    """Tell where the channel is to call us back, for channels that only a person can tell."""
    from hub.channels.schemas import CallbackAddress
    from hub.channels.service import addresses

    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.reading() as db:
        row = places.found(db, account)
        url = addresses.address_of(runtime.channels, db, row.merchant_id, row.id)
    showing.show(CallbackAddress(url=url), as_json=as_json)


@app.command()
def exchanges(account: Account, as_json: Json = False) -> None:
    """List an account's last requests to its channel and what was answered, redacted; the newest first."""
    from hub.kernel.http import recent

    with opening.reading() as db:
        rows = recent(db, places.found(db, account).id)
    showing.show_page(rows, EXCHANGES, as_json=as_json)


def _checked(runtime: Runtime, row: AccountRow, *, resumes: bool = False) -> AccountRow:
    from hub.channels.service import standing
    from hub.kernel.events import CLI

    found = standing.ask_channel(runtime.channels, row.merchant_id, row.id, actor=CLI)
    with runtime.database.writing() as db:
        return standing.note_check(db, found, actor=CLI, resumes=resumes)


def _look_at(account_id: str, act: Callable[[Runtime, AccountRow], AccountRow], *, as_json: bool) -> None:
    """Find the account, do what is asked, and show it as it stands then."""
    from hub.channels.schemas import showing as views

    with opening.opened_runtime(opening.settings()) as runtime:
        with runtime.database.reading() as db:
            row = places.found(db, account_id)
        row = act(runtime, row)
        with runtime.database.reading() as db:
            view = views.account(runtime.channels, db, row)
    showing.show(view, as_json=as_json)
