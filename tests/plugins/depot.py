"""A kiosk that wants to hear of parcels and makes labels; each call may go wrong, before its effect or after."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from types import ModuleType

from hub_hookspecs import (
    Account,
    Capability,
    Channel,
    Kind,
    Label,
    Paper,
    Receipt,
    Rejected,
    Shipment,
    Waiting,
    hookimpl,
)
from pypdf import PdfWriter

from tests.plugins import kiosk
from tests.plugins.kiosk import Kiosk, KioskSettings


class Depot(Kiosk):
    """The channel behind the plugin. By the key of a parcel it knows what it has taken, and takes nothing twice."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Shipment] = []
        self.parcels: dict[str, Shipment] = {}
        self.asked: list[tuple[Shipment, str]] = []  # with what was given back of an earlier answer
        self.labels: dict[str, bytes] = {}
        self.waits: list[Waiting] = []  # what it answers first
        self.gives = "application/pdf"
        self.wants_awb = False
        self.draws_with: Callable[[str], bytes] = drawn
        self.before: Callable[[], None] = lambda: None  # its effect
        self.after: Callable[[], None] = lambda: None
        self._lock = threading.Lock()

    def takes(self, shipment: Shipment) -> Receipt:
        with self._lock:
            self.heard.append(shipment)
        self.before()
        if self.wants_awb and not shipment.awb:
            raise Rejected("the depot wants an AWB", code="awb")
        with self._lock:
            self.parcels.setdefault(shipment.key, shipment)
        self.after()
        return Receipt(ref=f"R-{shipment.order_ref}")

    def draws(self, shipment: Shipment, resume: str) -> Label | Waiting:
        with self._lock:
            self.asked.append((shipment, resume))
        self.before()
        if self.waits:
            return self.waits.pop(0)
        with self._lock:
            title = f"no. {len(self.labels)} for {shipment.recipient.name}"
            self.labels.setdefault(shipment.key, self.draws_with(title))
        self.after()
        return Label(content=self.labels[shipment.key], media_type=self.gives, awb="DEPOT-1", courier="Depot")


def drawn(title: str) -> bytes:
    """A label that says nothing but its title."""
    writer, file = PdfWriter(), io.BytesIO()
    writer.add_blank_page(298, 420)
    writer.add_metadata({"/Title": title})
    writer.write(file)
    return file.getvalue()


def a_plugin(depot: Depot, name: str) -> ModuleType:
    """A plugin module for this depot."""
    module = kiosk.a_plugin(depot, name)
    offers = frozenset({Capability.PUSH_STOCK, Capability.CONFIRM_SHIPMENT, Capability.CREATE_LABEL})

    @hookimpl
    def describe_channel() -> Channel:
        return Channel(
            name=name, title="Depot", kind=Kind.MARKETPLACE, settings=KioskSettings, offers=offers,
            lacks={each: "the depot only sends" for each in Capability if each not in offers},
            supplies=frozenset(Paper), offline="it stands in this process",
        )  # fmt: skip

    @hookimpl
    def confirm_shipment(account: Account[KioskSettings], shipment: Shipment) -> Receipt:
        return depot.takes(shipment)

    @hookimpl
    def create_label(account: Account[KioskSettings], shipment: Shipment, resume: str) -> Label | Waiting:
        return depot.draws(shipment, resume)

    for hook in (describe_channel, confirm_shipment, create_label):
        setattr(module, hook.__name__, hook)
    return module
