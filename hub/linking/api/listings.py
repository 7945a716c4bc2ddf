"""Routes by which a person decides about listings."""

from __future__ import annotations

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import JSONBody

from hub.catalog.schemas import Listing, listing_view
from hub.catalog.store import pages
from hub.kernel.api.job_routes import JobView, left
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Id
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import NotFound, Refused
from hub.linking.schemas import Answers, Confirmation, Target
from hub.linking.service import deciding, relinking
from hub.linking.service.selecting import confirm_all, require_account

ONE = "/merchants/{merchant_id:str}/listings/{listing_id:str}"


@post(f"{ONE}/confirm", opt=allow(Access.WRITE), operation_id="confirm_listing", status_code=200, sync_to_thread=True)
def confirm_listing(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, listing_id: Id
) -> Response[Listing]:
    """Link a listing to the product of its SKU, which is made from it where there is none."""
    with database.writing() as db:
        answer = deciding.confirm(db, merchant_id, [listing_id], actor=request.actor)[0]
        if answer.code == deciding.ABSENT.code:
            raise NotFound("listing")
        if answer.outcome != "linked":
            raise Refused(f"{answer.reason}: {answer.remedy}", code=answer.code)
        return _shown(request, db, merchant_id, listing_id)


@post(f"{ONE}/ignore", opt=allow(Access.WRITE), operation_id="ignore_listing", status_code=200, sync_to_thread=True)
def ignore_listing(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, listing_id: Id
) -> Response[Listing]:
    """Take a listing out of what waits; it is kept."""
    with database.writing() as db:
        deciding.ignore(db, merchant_id, listing_id, actor=request.actor)
        return _shown(request, db, merchant_id, listing_id)


@post(f"{ONE}/restore", opt=allow(Access.WRITE), operation_id="restore_listing", status_code=200, sync_to_thread=True)
def restore_listing(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, listing_id: Id
) -> Response[Listing]:
    """Put an ignored listing back among what waits."""
    with database.writing() as db:
        deciding.restore(db, merchant_id, listing_id, actor=request.actor)
        return _shown(request, db, merchant_id, listing_id)


@post(f"{ONE}/unlink", opt=allow(Access.WRITE), operation_id="unlink_listing", status_code=200, sync_to_thread=True)
def unlink_listing(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, listing_id: Id
) -> Response[Listing]:
    """Take a listing off its product: it waits again, in the class that it has by now."""
    with database.writing() as db:
        deciding.unlink(db, merchant_id, listing_id, actor=request.actor)
        return _shown(request, db, merchant_id, listing_id)


@post(f"{ONE}/link", opt=allow(Access.WRITE), operation_id="link_listing", status_code=200, sync_to_thread=True)
def link_listing(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, listing_id: Id, data: JSONBody[Target]
) -> Response[Listing]:
    """Link a listing to a product by hand, whatever the codes say, or move it there from another."""
    with database.writing() as db:
        relinking.link(db, merchant_id, listing_id, data.product_id, actor=request.actor)
        return _shown(request, db, merchant_id, listing_id)


@post(
    "/merchants/{merchant_id:str}/listings/confirm",
    opt=allow(Access.WRITE),
    operation_id="confirm_listings",
    status_code=200,
    responses={202: ResponseSpec(JobView, generate_examples=False)},
    sync_to_thread=True,
)
def confirm_listings(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, data: JSONBody[Confirmation]
) -> Response[Answers] | Response[JobView]:
    """Confirm many: by ids, with an answer for each (200), or by a filter, as a job (202)."""
    data.check()
    with database.writing() as db:
        if data.ids is not None:
            answers = deciding.confirm(db, merchant_id, data.ids, actor=request.actor)
            return request.answer(db, Answers(items=answers), status=200)
        wanted = data.wanted()
        require_account(db, merchant_id, wanted)
        ticket = confirm_all(db, merchant_id, wanted, actor=request.actor)
        job, where = left(db, merchant_id, ticket)
        return request.answer(db, job, status=202, headers=where)


def _shown(request: ApiRequest, db: Transaction, merchant_id: str, listing_id: str) -> Response[Listing]:
    row = pages.listing_of(db, merchant_id, listing_id)
    if row is None:
        raise NotFound("listing")
    return request.answer(db, listing_view(row), status=200)


ROUTES = [confirm_listing, ignore_listing, restore_listing, unlink_listing, link_listing, confirm_listings]
