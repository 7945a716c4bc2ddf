"""What is told to a Qimen warehouse, as elements: all that any of its copies calls mandatory, and what helps."""

import base64
from decimal import Decimal

from hub_fastock_my.port import Contact, InboundOrder, Item, Line, OutboundOrder
from hub_fastock_my.wire.moments import written
from hub_fastock_my.wire.numbers import plain, scaled
from hub_fastock_my.wire.qimen import words
from hub_fastock_my.wire.xml import Tree


def item(told: Item, owner: str) -> Tree:
    sizes = [plain(scaled(each, 10)) for each in told.size_mm or ()] or ["", "", ""]
    return [
        ("actionType", "update" if told.is_known else "add"),
        ("warehouseCode", told.warehouse),
        ("ownerCode", owner),
        (
            "item",
            [
                ("itemCode", told.code),
                ("itemId", told.item_id),
                ("itemName", told.name),
                ("barCode", told.barcode),
                ("skuProperty", told.variant),
                *zip(("length", "width", "height"), sizes, strict=True),
                ("grossWeight", "" if told.weight_g is None else plain(scaled(told.weight_g, 1000))),
                ("itemType", words.NORMAL_ITEM),
                ("retailPrice", "" if told.price is None else plain(told.price)),
            ],
        ),
    ]


def inbound(told: InboundOrder, owner: str) -> Tree:
    order: Tree = [
        ("entryOrderCode", told.code),
        ("ownerCode", owner),
        ("warehouseCode", told.warehouse),
        ("orderType", words.COMES_IN[told.reason]),
        ("expectStartTime", written(told.expected_at) if told.expected_at else ""),
    ]
    lines = [("orderLine", [*_line(line, owner), ("purchasePrice", _amount(line.price))]) for line in told.lines]
    return [("entryOrder", order), ("orderLines", lines)]


def outbound(told: OutboundOrder, owner: str) -> Tree:
    order: Tree = [
        ("deliveryOrderCode", told.code),
        ("orderType", words.GOES_OUT),
        ("warehouseCode", told.warehouse),
        ("sourcePlatformCode", told.channel or words.OTHER_PLATFORM),
        ("createTime", written(told.created_at)),
        ("placeOrderTime", written(told.placed_at)),
        ("operateTime", written(told.created_at)),  # not the time of sending: a repeat says the same
        ("shopNick", told.shop or owner),
        ("logisticsCode", told.courier or words.OTHER_COURIER),
        ("logisticsName", told.courier),
        ("expressCode", told.awb),
        ("senderInfo", _contact(told.sender) if told.sender else []),
        ("receiverInfo", _contact(told.recipient)),
        ("extendProps", _label(told)),
    ]
    lines = [("orderLine", [*_line(line, owner), *_sold(line, told)]) for line in told.lines]
    return [("deliveryOrder", order), ("orderLines", lines)]


def _line(line: Line, owner: str) -> Tree:
    return [
        ("orderLineNo", str(line.number)),
        ("ownerCode", owner),
        ("itemCode", line.code),
        ("itemId", line.item_id),
        ("planQty", str(line.quantity)),
    ]


def _sold(line: Line, told: OutboundOrder) -> Tree:
    """`actualPrice` is mandatory in some copies; 0 is what it is for parts of a bundle, and where nobody told it."""
    return [("sourceOrderCode", told.order_number), ("actualPrice", _amount(line.price) or "0")]


def _label(told: OutboundOrder) -> Tree:
    """The standard has no label as PDF. This extension is named as ours: the bytes themselves, which never expire."""
    return [("labelPdfBase64", base64.b64encode(told.label.content).decode()), ("labelSha256", told.label.sha256)]


def _contact(of: Contact) -> Tree:
    return [
        ("name", of.name),
        ("zipCode", of.postcode),
        ("mobile", of.phone),
        ("countryCode", of.country),
        ("province", of.state),
        ("city", of.city),
        ("detailAddress", of.street),
    ]


def _amount(amount: Decimal | None) -> str:
    return "" if amount is None else plain(amount)
