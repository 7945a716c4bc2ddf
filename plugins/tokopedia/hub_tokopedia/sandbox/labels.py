"""Draws the page that is stuck on a parcel, with what a browser would fetch and run around it."""

import html

from hub_tokopedia.sandbox.order_wire import buyer_of, invoice
from hub_tokopedia.sandbox.sales import Order

_ELSEWHERE = "https://ecs7.tokopedia.net/img/logo.png"


def awb_of(number: int) -> str:
    """What a courier who was called makes of an order."""
    return f"TKP{number % 10**10:010d}"


def page(order: Order) -> str:
    """One order's label; the name and the address of its buyer stand there in clear."""
    buyer = buyer_of(order.number)
    goods = "".join(
        f"<tr><td>{html.escape(line.unit.name)}</td><td>{line.quantity - line.rejected}</td></tr>"
        for line in order.lines
    )
    return f"""<!DOCTYPE html><html><head><title>Shipping label</title>
<script src="https://ecs7.tokopedia.net/js/jquery.js"></script><style>td {{ border: 1px solid #000 }}</style></head>
<body onload="window.print()"><img src="{_ELSEWHERE}"><h3>{invoice(order)}</h3>
<p>Kode Booking: <b>B{order.number}</b></p>
<p>No. Resi: <b>{order.awb or "-"}</b></p>
<p>Kepada: {buyer.name}<br>{buyer.street}, {buyer.district}, {buyer.city}, {buyer.province} {buyer.postcode}<br>
{buyer.phone}</p><table>{goods}</table></body></html>"""
