"""Checks of a warehouse's documents: each arrives once, is read as totals, and is stopped once however often asked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

import httpx
import msgspec
import pytest

from hub_hookspecs.channel import AccountCheck, Capability
from hub_hookspecs.errors import Rejected, UnknownOutcome
from hub_hookspecs.records import (
    Absent,
    Address,
    Cancellation,
    CancelOutcome,
    Inbound,
    InboundLine,
    LabelFile,
    Listing,
    Money,
    Outbound,
    Parcel,
    ParcelLine,
    Product,
    Receipt,
    TaskKind,
    TaskRef,
    TaskState,
)
from hub_hookspecs.testing.contract.publishing import BROKEN_ANSWER, Publishing
from hub_hookspecs.testing.contract.pushing import LOST, SAID_CLEARLY
from hub_hookspecs.testing.contract.stand import AnyAccount, malformed
from hub_hookspecs.testing.faults import Faulty, Plan
from hub_hookspecs.testing.sandbox import Sandbox

Document = Inbound | Outbound
PLANNED, WANTED = 10, 2  # units announced, and units sent out of them
LABEL = b"%PDF-1.4 a label of the contract suite"
STOPPED = frozenset({CancelOutcome.CANCELLED, CancelOutcome.PENDING})


class Goods(NamedTuple):
    """A product as the warehouse knows it."""

    product: Product
    listing: Listing
    place_ref: str


class DocumentChecks(Publishing):
    # -- what a plugin may override

    def arrive(self, sandbox: Sandbox, key: str, units: int) -> None:
        """Let so many good units of an inbound's one line come in at the sandbox; more may follow."""
        pytest.fail("override `arrive`: let the people of the sandbox take in units of an inbound", pytrace=False)

    def new_inbound(self, goods: Goods, key: str) -> Inbound:
        cost = Money(amount=Decimal(12), currency=self.currency)
        line = InboundLine(sku=goods.product.sku, quantity=PLANNED, unit_cost=cost, item_ref=goods.listing.ref)
        return Inbound(key=key, place_ref=goods.place_ref, lines=(line,))

    def new_outbound(self, goods: Goods, key: str) -> Outbound:
        """Give one parcel with both papers, to somebody in a country that the channel serves."""
        digest = hashlib.sha256(LABEL).hexdigest()
        label = LabelFile(content=LABEL, sha256=digest, url=f"https://hub.test/labels/{digest}")
        line = ParcelLine(sku=goods.product.sku, quantity=WANTED, item_ref=goods.listing.ref)
        parcel = Parcel(key=f"{key}-1", lines=(line,), courier="Courier", awb=f"AWB-{key}", label=label)
        home = Address(
            name="Budi", phone="+62 812 3456 7890", lines=("Jl. Mawar 7",), city="Bandung", state="Jawa Barat",
            postcode="40172", country=min(self.channel.countries, default="ID"),
        )  # fmt: skip
        return Outbound(
            key=key, place_ref=goods.place_ref, order_number="CONTRACT-1", placed_at=self.now(), created_at=self.now(),
            recipient=home, parcels=(parcel,),
        )  # fmt: skip

    def other_content(self, document: Document) -> Document:
        """Give a document of the same key that asks for something else: a unit less."""
        if isinstance(document, Inbound):
            fewer = tuple(msgspec.structs.replace(line, quantity=line.quantity - 1) for line in document.lines)
            return msgspec.structs.replace(document, lines=fewer)
        (parcel,) = document.parcels
        less = tuple(msgspec.structs.replace(line, quantity=line.quantity - 1) for line in parcel.lines)
        return msgspec.structs.replace(document, parcels=(msgspec.structs.replace(parcel, lines=less),))

    # -- the checks

    def test_a_document_that_is_sent_twice_is_one(self) -> None:
        with self._warehouse() as (account, _, documents):
            for document in documents:
                receipts = {self._send(account, document) for _ in range(2)}
                if len(receipts) > 1:
                    pytest.fail(f"{hook_of(document)} took one key for two documents: {receipts}", pytrace=False)

    def test_a_key_that_is_known_for_something_else_is_refused(self) -> None:
        with self._warehouse() as (account, _, documents):
            for document in documents:
                self._send(account, document)
                error = self._trouble_with(account, self.other_content(document))
                if not isinstance(error, Rejected):
                    pytest.fail(f"{hook_of(document)} was given a known key with another quantity and raised "
                                f"{error!r}; raise Rejected: the first one stays as it is", pytrace=False)  # fmt: skip

    def test_a_document_whose_answer_was_lost_arrives_once(self) -> None:
        for what, fault in LOST.items():
            with self._warehouse() as (account, wire, documents):
                for document in documents:
                    wire.inject(fault, Plan())
                    error = self._trouble_with(account, document)
                    found = self._states(account, [document])[0]
                    if isinstance(found, TaskState) and error is not None and not _leaves_it_open(error):
                        pytest.fail(f"{hook_of(document)} met {what}, the document arrived, and it raised {error!r}; "
                                    "raise UnknownOutcome", pytrace=False)  # fmt: skip
                    self._send(account, document)

    def test_every_document_asked_for_is_answered_once(self) -> None:
        with self._warehouse() as (account, _, documents):
            for document in documents:
                self._send(account, document)
            unknown = [msgspec.structs.replace(document, key=f"{document.key}-none") for document in documents]
            answers = self._states(account, [*documents, *unknown])

        told = sorted((answer.key, isinstance(answer, Absent)) for answer in answers)
        wanted = sorted([*((each.key, False) for each in documents), *((each.key, True) for each in unknown)])
        if told != wanted:
            pytest.fail(f"read_tasks must answer (key, is absent) {wanted} and answered {told}", pytrace=False)

    def test_every_document_is_read_well_formed(self) -> None:
        with self._warehouse() as (account, wire, documents):
            for document in documents:
                self._send(account, document)
                if isinstance(document, Inbound):
                    self.arrive(wire.sandbox, document.key, 1)
            answers = self._states(account, documents)

        for answer in answers:
            if why := malformed(answer, TaskState | Absent):
                pytest.fail(f"read_tasks: {why}", pytrace=False)

    def test_quantities_are_read_as_totals(self) -> None:
        with self._warehouse() as (account, wire, documents):
            for document in documents:
                if isinstance(document, Inbound):
                    self._send(account, document)
                    read = [self._came(account, wire, document, units) for units in (2, 3, 0)]
                    if read != [2, 5, 5]:
                        pytest.fail(f"2 units came, then 3, then none; read_tasks told {read} instead of the totals "
                                    "[2, 5, 5]", pytrace=False)  # fmt: skip

    def test_cancelling_twice_is_cancelling_once(self) -> None:
        self.needs(Capability.CANCEL_OUTBOUND)
        with self._warehouse() as (account, _, documents):
            for document in documents:
                if isinstance(document, Outbound):
                    self._send(account, document)
                    outcomes = [self._cancel(account, document) for _ in range(2)]
                    if outcomes[0] != outcomes[1] or outcomes[0] not in STOPPED:
                        pytest.fail(f"an outbound that nobody has begun was cancelled twice: {outcomes}; it must stop, "
                                    "and stay stopped", pytrace=False)  # fmt: skip

    # -- how

    @contextmanager
    def _warehouse(self) -> Iterator[tuple[AnyAccount, Faulty, list[Document]]]:
        """A warehouse that knows a product and has some of it, and a document of each kind it takes, not sent yet."""
        self.needs(Capability.PUSH_INBOUND)
        with self.pushing() as (account, wire):
            product = self.new_product(account)
            listing = self.publish(account, product)
            places = self.ask("check_account", AccountCheck, account=account).places
            goods = Goods(product, listing, product.place_ref or (places[0].ref if places else ""))
            documents: list[Document] = [self.new_inbound(goods, "contract-in")]
            if Capability.PUSH_OUTBOUND in self.channel.offers:
                self._send(account, self.new_inbound(goods, "contract-stock"))
                self.arrive(wire.sandbox, "contract-stock", PLANNED)
                documents.append(self.new_outbound(goods, "contract-out"))
            yield account, wire, documents

    @contextmanager
    def _sent(self) -> Iterator[tuple[AnyAccount, Faulty, list[Document]]]:
        """The same, and it has taken the documents."""
        with self._warehouse() as (account, wire, documents):
            self.needs_network()
            for document in documents:
                self._send(account, document)
            yield account, wire, documents

    def _send(self, account: AnyAccount, document: Document) -> Receipt:
        return self.ask(hook_of(document), Receipt, account=account, inbound=document, outbound=document)

    def _trouble_with(self, account: AnyAccount, document: Document) -> Exception | None:
        try:
            self._send(account, document)
        except Exception as error:  # noqa: BLE001 - whatever a stranger's plugin raises is the verdict
            return error
        return None

    def _states(self, account: AnyAccount, documents: Sequence[Document]) -> list[TaskState | Absent]:
        return list(self.call("read_tasks", account=account, tasks=[_task(document) for document in documents]))

    def _came(self, account: AnyAccount, wire: Faulty, inbound: Inbound, units: int) -> int:
        """Let units come, and give how many the warehouse says have come."""
        if units:
            self.arrive(wire.sandbox, inbound.key, units)
        self.pass_time(timedelta(seconds=1))
        return sum(line.good for each in self._states(account, [inbound]) if isinstance(each, TaskState)
                   for line in each.lines)  # fmt: skip

    def _cancel(self, account: AnyAccount, outbound: Outbound) -> CancelOutcome | Exception:
        try:
            return self._stop(account, outbound).outcome
        except Exception as error:  # noqa: BLE001 - as above
            return error

    def _stop(self, account: AnyAccount, outbound: Outbound) -> Cancellation:
        return self.ask("cancel_outbound", Cancellation, account=account, task=_task(outbound), reason="no more")


def hook_of(document: Document) -> str:
    return "push_inbound" if isinstance(document, Inbound) else "push_outbound"


def _task(document: Document) -> TaskRef:
    kind = TaskKind.INBOUND if isinstance(document, Inbound) else TaskKind.OUTBOUND
    return TaskRef(kind=kind, key=document.key, place_ref=document.place_ref)


def _leaves_it_open(error: Exception) -> bool:
    """Whether the hub will look before it sends again; what httpx raises after sending says so by itself."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code not in SAID_CLEARLY
    return isinstance(error, (UnknownOutcome, httpx.TransportError, *BROKEN_ANSWER))
