"""Routes of accounts: authorise, look, change, check, pause, resume, close."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from hub.channels import store
from hub.channels.schemas import Account, AccountChange, ConnectedAccount, NewAccount, showing
from hub.channels.service import amending, authorising, closing, standing
from hub.channels.service.proving import Wish, prove
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.kernel.api.etags import etag_of, require_match
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit
from hub.kernel.db import Database
from hub.kernel.errors import FieldError, Invalid
from hub.kernel.paging import Page, after_id, page

Abandons = Annotated[
    int | None,
    QueryParameter(
        name="abandon_open_orders", ge=0, le=2**31 - 1,
        description="How many open orders, all of them, are left to people: nobody will hear of them any more.",
    ),
]  # fmt: skip


@get(
    "/merchants/{merchant_id:str}/accounts",
    opt=allow(Access.READ),
    operation_id="list_accounts",
    sync_to_thread=True,
)
def list_accounts(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Account]:
    """List a merchant's accounts, closed ones too, the oldest first."""
    with database.reading() as db:
        rows = store.accounts.accounts_of(db, merchant_id, after_id=after_id(cursor), limit=limit)
        views = showing.accounts(channels, db, rows)
    return page(request.url, views, limit=limit, key=lambda view: (view.id,), view=lambda view: view)


@post(
    "/merchants/{merchant_id:str}/accounts",
    opt=allow(Access.WRITE),
    operation_id="authorise_account",
    sync_to_thread=True,
)
def authorise_account(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    data: JSONBody[NewAccount],
) -> Response[ConnectedAccount]:
    """Check an account with its channel, keep it, and begin its first import."""
    wish = Wish(
        merchant_id=merchant_id,
        plugin=data.plugin,
        settings=data.settings,
        preconditions_confirmed=data.preconditions_confirmed,
    )
    with _settings_named():
        proof = prove(channels, wish)
    with database.writing() as db:
        made = authorising.bind(channels, db, proof, actor=request.actor, starts_import=data.starts_import)
        db.flush()  # the job's id is known once it is written
        import_id = made.first_import.job_id if made.first_import else None
        shown = showing.account(channels, db, made.account)
        view = ConnectedAccount(account=shown, import_id=import_id, advice=made.advice)
        headers = {"Location": f"/v1/merchants/{merchant_id}/accounts/{proof.account_id}", "ETag": _etag(made.account)}
        return request.answer(db, view, headers=headers)


@get(
    "/merchants/{merchant_id:str}/accounts/{account_id:str}",
    opt=allow(Access.READ),
    operation_id="get_account",
    sync_to_thread=True,
)
def get_account(
    database: NamedDependency[Database], channels: NamedDependency[Channels], merchant_id: Id, account_id: Id
) -> Response[Account]:
    """Show an account with those of its settings that are not secret."""
    with database.reading() as db:
        row = standing.account(db, merchant_id, account_id)
        view = showing.account(channels, db, row)
    return Response(view, headers={"ETag": _etag(row)})


@patch(
    "/merchants/{merchant_id:str}/accounts/{account_id:str}",
    opt=allow(Access.WRITE, matches=True),
    operation_id="change_account",
    sync_to_thread=True,
)
def change_account(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    account_id: Id,
    data: JSONBody[AccountChange],
) -> Response[Account]:
    """Re-authorise an account in place: its new settings are checked with the channel first."""
    with database.reading() as db:
        row = standing.open_account(db, merchant_id, account_id)
    require_match(request, _tag(row))
    with _settings_named():
        change = amending.prove_change(channels, row, data.settings)
    with database.writing() as db:
        row = amending.amend(channels, db, change, actor=request.actor)
        view = showing.account(channels, db, row)
    return Response(view, headers={"ETag": _etag(row)})


@post(
    "/merchants/{merchant_id:str}/accounts/{account_id:str}/check",
    opt=allow(Access.WRITE),
    operation_id="check_account",
    status_code=200,
    sync_to_thread=True,
)
def check_account(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    account_id: Id,
) -> Response[Account]:
    """Ask the channel whether the account works, and bring its places and limits up to date.

    Where it works, an account that needed action is active again; one that a person paused stays paused.
    """
    return _checked(request, database, channels, merchant_id, account_id, resumes=False)


@post(
    "/merchants/{merchant_id:str}/accounts/{account_id:str}/pause",
    opt=allow(Access.WRITE),
    operation_id="pause_account",
    status_code=200,
    sync_to_thread=True,
)
def pause_account(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    account_id: Id,
) -> Response[Account]:
    """Let nothing of the account begin until it is resumed."""
    with database.writing() as db:
        row = standing.pause(db, merchant_id, account_id, actor=request.actor)
        return request.answer(db, showing.account(channels, db, row), status=200)


@post(
    "/merchants/{merchant_id:str}/accounts/{account_id:str}/resume",
    opt=allow(Access.WRITE),
    operation_id="resume_account",
    status_code=200,
    sync_to_thread=True,
)
def resume_account(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    account_id: Id,
) -> Response[Account]:
    """Check a paused account with its channel and let it work again."""
    return _checked(request, database, channels, merchant_id, account_id, resumes=True)


@post(
    "/merchants/{merchant_id:str}/accounts/{account_id:str}/close",
    opt=allow(Access.ADMIN),
    operation_id="close_account",
    status_code=200,
    sync_to_thread=True,
)
def close_account(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    account_id: Id,
    abandons: Abandons = None,
) -> Response[Account]:
    """Close an account for good and forget its settings; refused while work on it is open.

    Open orders of a channel that is gone are left to people by `abandon_open_orders`: they keep their stock until each
    is sent or cancelled by hand.
    """
    closing.prepare_closing(channels, merchant_id, account_id, actor=request.actor, abandons=abandons)
    with database.writing() as db:
        row = closing.close(channels, db, merchant_id, account_id, actor=request.actor, abandons=abandons)
        return request.answer(db, showing.account(channels, db, row), status=200)


def _checked(
    request: ApiRequest, database: Database, channels: Channels, merchant_id: str, account_id: str, *, resumes: bool
) -> Response[Account]:
    checked = standing.ask_channel(channels, merchant_id, account_id, actor=request.actor)
    with database.writing() as db:
        row = standing.note_check(db, checked, actor=request.actor, resumes=resumes)
        return request.answer(db, showing.account(channels, db, row), status=200)


@contextmanager
def _settings_named() -> Iterator[None]:
    """Name a wrong setting by its place in the body."""
    try:
        yield
    except Invalid as error:
        if error.code != "invalid_settings":
            raise
        placed = tuple(
            FieldError(field=f"settings.{each.field}".rstrip("."), message=each.message) for each in error.errors
        )
        raise Invalid(str(error), code=error.code, errors=placed) from error


def _tag(row: AccountRow) -> object:
    """What makes two readings of an account the same."""
    return row.id, row.version, row.state, row.reason


def _etag(row: AccountRow) -> str:
    return etag_of(_tag(row))


ROUTES = [
    list_accounts,
    authorise_account,
    get_account,
    change_account,
    check_account,
    pause_account,
    resume_account,
    close_account,
]
