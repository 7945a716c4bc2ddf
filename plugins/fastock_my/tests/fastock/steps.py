"""Steps that the tests share: an account at a sandbox, and documents as the hub makes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import msgspec
from hub_fastock_my import plugin
from hub_fastock_my.sandbox import FastockSandbox
from hub_fastock_my.settings import FastockSettings
from hub_hookspecs import (
    Absent,
    Account,
    Address,
    Inbound,
    InboundLine,
    LabelFile,
    Money,
    Outbound,
    Parcel,
    ParcelLine,
    Product,
    TaskKind,
    TaskRef,
    TaskState,
)
from hub_hookspecs.testing import Sandbox, transport
from hub_hookspecs.testing.faults import Faulty

KL = "MYKL01"
PLACED = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
PDF = b"%PDF-1.4 a label"
HOME = Address(
    name="Aisyah binti Omar",
    phone="+60 12 345 6789",
    lines=("12, Jalan Ampang", "Blok B"),
    city="Kuala Lumpur",
    state="Wilayah Persekutuan",
    postcode="50450",
    country="MY",
)


@dataclass(frozen=True, kw_only=True)
class Stand:
    """An account, what its requests meet, and the sandbox behind it."""

    account: Account[FastockSettings]
    wire: Faulty
    sandbox: FastockSandbox

    def read(self, *tasks: TaskRef) -> list[TaskState | Absent]:
        return list(plugin.read_tasks(self.account, tasks))

    def state(self, key: str, kind: TaskKind = TaskKind.OUTBOUND) -> TaskState:
        """The document as it is now; it must be there."""
        (found,) = self.read(task(key, kind))
        assert isinstance(found, TaskState)
        return found


@contextmanager
def connected(sandbox: FastockSandbox, **settings: str) -> Iterator[Stand]:
    wire = Faulty(sandbox)
    with reaching(wire, {**sandbox.settings(), **settings}) as account:
        yield Stand(account=account, wire=wire, sandbox=sandbox)


@contextmanager
def reaching(sandbox: Sandbox, form: dict[str, str]) -> Iterator[Account[FastockSettings]]:
    settings = msgspec.convert(form, FastockSettings)
    with httpx.Client(transport=transport(sandbox)) as http:
        yield Account(id="account-1", merchant_id="merchant-1", settings=settings, token="", http=http)


def ringgit(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="MYR")


def product(sku: str = "TEE-M", **given: object) -> Product:
    tee = Product(
        key=f"key-{sku}", sku=sku, name="Tee & <Kain>", place_ref=KL, weight_g=185, size_mm=(300, 205, 31),
        barcode="9551234567890", price=ringgit("49.90"),
    )  # fmt: skip
    return msgspec.structs.replace(tee, **given)


def inbound(key: str = "IB-1", quantity: int = 10, sku: str = "TEE-M", item_ref: str = "", **given: object) -> Inbound:
    lines = (InboundLine(sku=sku, quantity=quantity, unit_cost=ringgit("12.345"), item_ref=item_ref),)
    return msgspec.structs.replace(Inbound(key=key, place_ref=KL, lines=lines), **given)


def label(content: bytes = PDF) -> LabelFile:
    digest = hashlib.sha256(content).hexdigest()
    return LabelFile(content=content, sha256=digest, url=f"https://hub.example/labels/{digest}")


def parcel(quantity: int = 2, sku: str = "TEE-M", awb: str = "MY0001", item_ref: str = "", **given: object) -> Parcel:
    lines = (ParcelLine(sku=sku, quantity=quantity, unit_price=ringgit("49.90"), item_ref=item_ref),)
    return msgspec.structs.replace(
        Parcel(key="P-1", lines=lines, courier="J&T Express", awb=awb, label=label()), **given
    )


def outbound(
    key: str = "OB-1", quantity: int = 2, awb: str = "MY0001", item_ref: str = "", **given: object
) -> Outbound:
    order = Outbound(
        key=key, place_ref=KL, order_number="260105-001", placed_at=PLACED, created_at=PLACED, recipient=HOME,
        parcels=(parcel(quantity, awb=awb, item_ref=item_ref),), channel="pasar_my", shop="Kedai Ayu",
    )  # fmt: skip
    return msgspec.structs.replace(order, **given)


def task(key: str, kind: TaskKind = TaskKind.OUTBOUND, ref: str = "", place_ref: str = KL) -> TaskRef:
    return TaskRef(kind=kind, key=key, place_ref=place_ref, ref=ref)
