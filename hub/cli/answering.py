"""`hub order answer-cancellation`: a buyer who asks to cancel is answered."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli import opening
from hub.cli.options import Json, Merchant
from hub.cli.outbound import show_cancellation

OrderId = Annotated[str, typer.Argument(metavar="ORDER", help="The order, by id.")]


def answer_cancellation(
    order: OrderId,
    merchant: Merchant,
    agree: Annotated[bool, typer.Option("--agree/--refuse", help="Whether the order is to be cancelled.")],
    why: Annotated[str | None, typer.Option(help="Why, as its channel is told it; a refusal needs one.")] = None,
    goods_left: Annotated[bool, typer.Option("--goods-left", help="Agree although a parcel has left.")] = False,
    as_json: Json = False,
) -> None:
    """Agree to a buyer's wish to cancel, or refuse it; its channel is told by a job, as `order-cancellation` shows."""
    from hub.cli.given import checked
    from hub.fulfilment.schemas.answers import CancellationAnswer
    from hub.fulfilment.service import answering, calling_off
    from hub.kernel.events import CLI
    from hub.orders.service import manual

    said = checked(CancellationAnswer, {"accept": agree, "reason": why, "goods_left": goods_left}).wanted()
    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.writing() as db:
        stored = manual.find(db, merchant, order, for_change=True)
        seen = calling_off.foresee(db, runtime.channels, stored, actor=CLI)
        answering.answer(db, runtime.channels, seen, said, actor=CLI)
        now = manual.find(db, merchant, order, for_change=True)
        found = calling_off.foresee(db, runtime.channels, now, actor=CLI)
    show_cancellation(found, as_json=as_json)
