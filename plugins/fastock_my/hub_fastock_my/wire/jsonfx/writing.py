"""What is told in the JSON dialect, within the lengths that its reference names."""

from decimal import Decimal

from hub_hookspecs import Rejected

from hub_fastock_my.port import Contact, InboundOrder, Item, OutboundOrder, Reason
from hub_fastock_my.settings import FastockSettings
from hub_fastock_my.wire.jsonfx import shapes
from hub_fastock_my.wire.moments import written
from hub_fastock_my.wire.numbers import plain, scaled

_LONGEST = {"SKU": 512, "order number": 128, "courier": 100, "AWB": 64, "label's address": 1000}


def item(told: Item, settings: FastockSettings) -> shapes.ItemBody:
    if told.size_mm is None or told.weight_g is None:
        raise Rejected("this service of Fastock's wants size and weight: give the product both", code="size")
    length, width, height = (scaled(each, 10) for each in told.size_mm)
    return shapes.ItemBody(
        item_sku=_within("SKU", told.code),
        item_name=told.name,
        item_source=settings.customer_code,
        warehouse_code=told.warehouse,
        consignor_code=settings.consignor,
        barcode=told.barcode,
        length=length,
        width=width,
        height=height,
        weight=told.weight_g,
        variant=told.variant,
        retail_price=_amount(told.price),
    )


def inbound(told: InboundOrder, settings: FastockSettings) -> shapes.InboundBody:
    lines = (
        shapes.InboundLine(
            line_no=line.number, item_sku=line.code, request_quantity=line.quantity, unit_cost=_amount(line.price)
        )
        for line in told.lines
    )
    return shapes.InboundBody(
        inbound_no=told.code,
        inbound_source=settings.customer_code,
        warehouse_code=told.warehouse,
        consignor_code=settings.consignor,
        sku_details=tuple(lines),
        refund_flag=told.reason is Reason.RETURN,
        expected_time=written(told.expected_at) if told.expected_at else "",
    )


def outbound(told: OutboundOrder, settings: FastockSettings) -> shapes.OutboundBody:
    lines = (
        shapes.OutboundLine(
            line_no=line.number, item_sku=line.code, request_quantity=line.quantity, price=_amount(line.price)
        )
        for line in told.lines
    )
    return shapes.OutboundBody(
        outbound_no=told.code,
        outbound_source=settings.customer_code,
        warehouse_code=told.warehouse,
        consignor_code=settings.consignor,
        channel_order_no=_within("order number", told.order_number),
        logistic_name=_within("courier", told.courier or "OTHER"),
        tracking_number=_within("AWB", told.awb),
        face_sheet_pdf_path=_within("label's address", told.label.url),
        face_sheet_sha256=told.label.sha256,
        order_details=tuple(lines),
        recipient=_person(told.recipient),
        create_time=written(told.created_at),
        place_time=written(told.placed_at),
        sender=_person(told.sender) if told.sender else None,
        platform=told.channel,
        shop=told.shop,
    )


def _person(of: Contact) -> shapes.Person:
    return shapes.Person(
        name=of.name,
        phone=of.phone,
        state=of.state,
        city=of.city,
        address=of.street,
        postcode=of.postcode,
        country=of.country,
    )


def _within(what: str, text: str) -> str:
    if len(text) > _LONGEST[what]:
        raise Rejected(f"the {what} has {len(text)} characters; Fastock takes {_LONGEST[what]}", code="too-long")
    return text


def _amount(amount: Decimal | None) -> str:
    return "" if amount is None else plain(amount)
