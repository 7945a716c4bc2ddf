"""Routes of cross-listings: begin, look, hand in the workbook, stop."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from hub.channels.service.wiring import Channels
from hub.crosslisting.rules import RowState
from hub.crosslisting.schemas import Crosslisting, CrosslistingRow, NewCrosslisting, shown, shown_row
from hub.crosslisting.service import asking
from hub.crosslisting.store import rows, runs
from hub.crosslisting.store.runs import Run
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, Words
from hub.kernel.api.uploads import takes
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import FieldError, Invalid, NotFound
from hub.kernel.paging import Page, after_id, page, position
from hub.kernel.sealing import KeyRing
from hub.kernel.workbooks import MEDIA_TYPE, Limits

ONE = "/crosslistings/{crosslisting_id:str}"
LARGEST = Limits().file
OfState = Annotated[RowState | None, QueryParameter(name="state", description="Only rows in this state.")]


@post(
    "/crosslistings", opt=allow(Access.WRITE), operation_id="begin_crosslisting", status_code=202, sync_to_thread=True
)
def begin_crosslisting(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    data: JSONBody[NewCrosslisting],
) -> Response[Crosslisting]:
    """Choose products and the account that is to list them; a notice tells when the workbook is there."""
    chosen = data.chosen()
    with database.writing() as db:
        try:
            run = asking.start(channels, db, merchant_id, data.account_id, chosen, actor=request.actor)
        except NotFound as error:
            field = FieldError(field="account_id", message=str(error))
            raise Invalid("the account does not exist", errors=(field,)) from error
        return _answered(request, db, run)


@get("/crosslistings", opt=allow(Access.READ), operation_id="list_crosslistings", sync_to_thread=True)
def list_crosslistings(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    account_id: Words = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Crosslisting]:
    """List a merchant's cross-listings, the newest first."""
    before = after_id(cursor)
    with database.reading() as db:
        found = runs.listing(db, merchant_id, limit=limit + 1, before=before, account_id=account_id)
        outcomes = asking.outcomes(db, found)
    return page(
        request.url, found, limit=limit, key=lambda run: (run.id,), view=lambda run: shown(run, outcomes[run.id])
    )


@get(ONE, opt=allow(Access.READ), operation_id="get_crosslisting", sync_to_thread=True)
def get_crosslisting(database: NamedDependency[Database], merchant_id: Id, crosslisting_id: Id) -> Crosslisting:
    """Show a cross-listing and how its rows stand."""
    with database.reading() as db:
        run = asking.run_of(db, merchant_id, crosslisting_id)
        return shown(run, asking.outcomes(db, [run])[run.id])


@get(f"{ONE}/rows", opt=allow(Access.READ), operation_id="list_crosslisting_rows", sync_to_thread=True)
def list_crosslisting_rows(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    crosslisting_id: Id,
    row_state: OfState = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[CrosslistingRow]:
    """List the rows of the last upload, what is wrong with their cells, and what became of them."""
    found = position(cursor, int)
    after = int(found[0]) if found else 0
    with database.reading() as db:
        run = asking.run_of(db, merchant_id, crosslisting_id)
        states = [row_state] if row_state else ()
        listed = rows.listing(db, run.id, limit=limit + 1, after=after, states=states)
    return page(request.url, listed, limit=limit, key=lambda row: (row.number,), view=shown_row)


@post(
    f"{ONE}/workbook",
    opt=allow(Access.WRITE) | takes(MEDIA_TYPE),
    operation_id="upload_crosslisting_workbook",
    status_code=202,
    request_max_body_size=LARGEST,
    sync_to_thread=True,
)
def upload_crosslisting_workbook(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    ring: NamedDependency[KeyRing],
    merchant_id: Id,
    crosslisting_id: Id,
    body: bytes,
) -> Response[Crosslisting]:
    """Hand in the filled workbook: its rows are checked, and those with nothing wrong are listed."""
    with database.writing() as db:
        run = asking.hand_in(channels, ring, db, merchant_id, crosslisting_id, body, actor=request.actor)
        return _answered(request, db, run)


@post(
    f"{ONE}/cancel", opt=allow(Access.WRITE), operation_id="cancel_crosslisting", status_code=202, sync_to_thread=True
)
def cancel_crosslisting(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, crosslisting_id: Id
) -> Response[Crosslisting]:
    """Stop a cross-listing: what was not sent yet is taken back, what is with the channel is seen through."""
    with database.writing() as db:
        run = asking.cancel(db, merchant_id, crosslisting_id, actor=request.actor)
        return _answered(request, db, run)


def _answered(request: ApiRequest, db: Transaction, run: Run) -> Response[Crosslisting]:
    location = f"/v1/merchants/{run.merchant_id}/crosslistings/{run.id}"
    return request.answer(
        db, shown(run, asking.outcomes(db, [run])[run.id]), status=202, headers={"Location": location}
    )


ROUTES = [
    begin_crosslisting,
    list_crosslistings,
    get_crosslisting,
    list_crosslisting_rows,
    upload_crosslisting_workbook,
    cancel_crosslisting,
]
