"""A wharf whose buyers ask to cancel, and what people and workers do about that."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from hub_hookspecs import Order, OrderState, UnknownOutcome
from litestar import Litestar
from litestar.testing import TestClient

from hub.fulfilment.jobs import AnswerReminder
from hub.kernel import jobs
from hub.kernel.events import event as event_table
from hub.kernel.jobs import Handlers
from hub.kernel.sealing import parse_ring
from hub.orders import jobs as order_jobs
from hub.runtime import Runtime
from tests.callers import SETTINGS
from tests.plugins.mart import Mart
from tests.slices.dropping import LOST
from tests.slices.fulfilment.wharf import Stall, Wharf
from tests.slices.fulfilment.yard import LATER
from tests.slices.orders.till import Json
from tests.slices.stock.fair import RING

ASKED, CANCELLED, READY = OrderState.CANCEL_REQUESTED, OrderState.CANCELLED, OrderState.READY


class Shop(Stall, Mart):
    """A stall whose buyers ask to cancel."""


class Quarter(Wharf):
    """A wharf whose channel is told what is said to buyers, and is read again by its orders' refs."""

    @property
    def shop(self) -> Shop:
        assert isinstance(self.stall, Shop)
        return self.stall

    @property
    def handlers(self) -> Handlers:
        runtime = Runtime(settings=SETTINGS, database=self.database, ring=parse_ring(RING), channels=self.channels)
        return {**super().handlers, **order_jobs.handlers(runtime.orders)}

    def sale(self, ref: str, units: int = 1, *, state: OrderState = READY, **values: object) -> Order:
        self.shop.now[ref] = super().sale(ref, units, state=state, **values)
        return self.shop.now[ref]

    def wished(self, ref: str = "1", units: int = 2) -> str:
        """An order that the granary has, and whose buyer then asks to cancel it; gives its id."""
        self.tells(ref, units)
        self.works()
        return self.tells(ref, units, state=ASKED)

    def states(self, order: str) -> tuple[str, str]:
        """Of the order, and of the last answer about it."""
        with self.database.reading() as db:
            answer = db.execute(_last, {"order": order}).scalar()
        return self.order(order).order.state.value, str(answer or "")

    def noted(self, order: str) -> list[str]:
        """What the order's history says of answers, the first first."""
        mine = sa.select(event_table.c.kind).where(event_table.c.subject_id == order).order_by(event_table.c.id)
        with self.database.reading() as db:
            return [kind for kind in db.execute(mine).scalars() if kind.startswith("order.cancel_answer")]

    def heals(self) -> None:
        """Another process takes up what the dead one held, and goes on as long as something is unsure."""
        reminder = AnswerReminder()
        for _ in range(4):
            self.passes(LOST)
            jobs.sweep(self.database)
            self.works()
            with self.database.writing() as db:
                left = reminder(db)
                reminder(db)
            self.works()
            if not left and not self.unfinished():
                return
            self.passes(LATER)


_last = sa.text("SELECT state FROM cancel_answer WHERE order_id = :order ORDER BY id DESC LIMIT 1")


def foreseen(client: TestClient[Litestar], order: str) -> Json:
    answer = client.get(f"/orders/{order}/cancellation")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def says(
    client: TestClient[Litestar], order: str, accept: bool, reason: str = "", *, status: int = 202, seen: str = "",
    **more: bool,
) -> Json:  # fmt: skip
    body = {"accept": accept, "reason": reason, **more}
    headers = {"If-Match": seen} if seen else {}
    answer = client.post(f"/orders/{order}/cancellation/answer", json=body, headers=headers)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


def loses(times: int = 1) -> Callable[[], None]:
    """So many answers."""
    left = [times]

    def lose() -> None:
        if left[0]:
            left[0] -= 1
            raise UnknownOutcome("no answer came")

    return lose
