"""Checks of shipping labels: a document of the kind that it says it is, and the same one each time it is asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub_hookspecs.channel import Capability
from hub_hookspecs.records import PATIENCE, Address, Label, Order, OrderState, ParcelLine, Shipment, Waiting
from hub_hookspecs.testing.contract.stand import AnyAccount, Stand, malformed

SHORTEST = timedelta(seconds=1)  # that the hub waits
MOST_ANSWERS = 1_000  # of Waiting, so that the suite ends
BEGINNINGS = {"application/pdf": (b"%pdf-",), "text/html": (b"<!doctype html", b"<html")}
HOME = Address(name="Budi", phone="+62 812 3456 7890", lines=("Jl. Mawar 7",), city="Bandung", country="ID")
LINE = ParcelLine(sku="CONTRACT-1", quantity=1)


class LabelChecks(Stand):
    # -- what a plugin may override

    def new_shipment(self, account: AnyAccount) -> Shipment:
        """Give a parcel that needs a label: of an order that is ready, where the channel has orders of its own."""
        order = self._ready_order(account)
        if order is None:
            return Shipment(
                key="contract-1", order_ref="1", order_number="CONTRACT-1", sender=HOME, recipient=HOME, lines=(LINE,)
            )
        lines = (ParcelLine(sku=each.sku, quantity=each.quantity, order_line_ref=each.ref) for each in order.lines)
        return Shipment(
            key="contract-1",
            order_ref=order.ref,
            order_number=order.number,
            sender=HOME,
            recipient=order.recipient,
            lines=tuple(lines),
        )

    # -- the checks

    def test_a_label_is_of_the_kind_that_it_says(self) -> None:
        self.needs(Capability.CREATE_LABEL)
        with self.account() as (account, _):
            label = self._label(account, self.new_shipment(account))

        if why := malformed(label, Label):
            pytest.fail(f"create_label: {why}", pytrace=False)
        if label.media_type not in BEGINNINGS:
            pytest.fail(f"create_label answered {label.media_type}; the hub takes {sorted(BEGINNINGS)}", pytrace=False)
        if not label.content.lstrip()[:20].lower().startswith(BEGINNINGS[label.media_type]):
            pytest.fail(f"the label says {label.media_type} and begins {label.content[:20]!r}", pytrace=False)

    def test_a_parcel_has_the_same_label_however_often_it_is_asked_for(self) -> None:
        self.needs(Capability.CREATE_LABEL)
        with self.account() as (account, _):
            shipment = self.new_shipment(account)
            first, second = (self._label(account, shipment) for _ in range(2))

        if first != second:
            pytest.fail("create_label gave two labels for one key; look what is arranged first", pytrace=False)

    # -- how

    def _label(self, account: AnyAccount, shipment: Shipment) -> Label:
        """Ask to the end, as the hub does: with `resume` where the channel takes its time, which passes at once."""
        resume, waited = "", timedelta()
        for _ in range(MOST_ANSWERS):
            answer = self.call("create_label", account=account, shipment=shipment, resume=resume)
            if isinstance(answer, Label):
                return answer
            if not isinstance(answer, Waiting):
                pytest.fail(f"create_label answered {type(answer).__name__}, not Label or Waiting", pytrace=False)
            if waited >= PATIENCE:
                break
            resume, pause = answer.state, min(max(answer.after, SHORTEST), PATIENCE)
            waited += pause
            self.pass_time(pause)
        pytest.fail(f"create_label still waited after {waited}; the hub gives up after {PATIENCE}", pytrace=False)

    def _ready_order(self, account: AnyAccount) -> Order | None:
        if Capability.IMPORT_ORDERS not in self.channel.offers:
            return None
        pages = self.call("import_orders", account=account, cursor="")
        return next((order for page in pages for order in page.records if order.state is OrderState.READY), None)
