"""The two ways of `hub listing confirm`: by id, answered one by one, and all that fit, by a job."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from hub.cli import opening, showing, waiting
from hub.cli.given import checked
from hub.cli.listing import ANSWERS
from hub.kernel import jobs
from hub.kernel.api.job_routes import shown
from hub.kernel.errors import NotFound
from hub.kernel.events import CLI
from hub.linking.schemas import Confirmation, Selection
from hub.linking.service import deciding
from hub.linking.service.selecting import confirm_all, require_account
from hub.merchants import service as merchants


def by_id(merchant: str, listings: Sequence[str], *, as_json: bool) -> None:
    """Confirm each of these, and say what became of it; exit 1 where one was refused."""
    wanted = checked(Confirmation, {"ids": listings})
    with opening.writing() as db:
        merchants.merchant(db, merchant)
        answers = deciding.confirm(db, merchant, wanted.ids or (), actor=CLI)
    showing.show_page(answers, ANSWERS, as_json=as_json)
    if any(answer.outcome != "linked" for answer in answers):
        raise typer.Exit(1)


def by_filter(
    merchant: str, *, sku_class: str | None, account: str | None, q: str | None, wait: bool, as_json: bool
) -> None:
    """Ask for everything that fits to be confirmed, and with `wait` stay until it is."""
    chosen = checked(Selection, {"class": sku_class, "account_id": account, "q": q})
    confirmation = Confirmation(filter=chosen)
    confirmation.check()
    wanted = confirmation.wanted()
    with opening.writing() as db:
        merchants.merchant(db, merchant)
        require_account(db, merchant, wanted)
        ticket = confirm_all(db, merchant, wanted, actor=CLI)
    if wait:
        ended = waiting.until_ended(ticket.job_id, quiet=as_json)
        showing.show(shown(ended), as_json=as_json)
        waiting.require_done(ended)
        return
    with opening.reading() as db:
        job = jobs.find(db, ticket.job_id)
    if job is None:
        raise NotFound("job")
    showing.show(shown(job), as_json=as_json)
