"""What the warehouse tells by itself, as hints: what it names is read again, and nothing moves by its word."""

import hashlib

from hub_hookspecs import Delivery, Hint, HintKind, WebhookRequest

from hub_fastock_my.port import WarehousePort


def delivery(port: WarehousePort, request: WebhookRequest) -> Delivery:
    """Take a callback. A repeat has the same body, whatever the time it was signed at; another body is other news."""
    told = port.read_callback(request)
    hints = [Hint(kind=HintKind.TASK, ref=code) for code in told.documents]
    hints += [Hint(kind=HintKind.STOCK, ref=number) for number in told.warehouses]
    about = request.query.get("method", "").encode()
    return Delivery(
        key=hashlib.sha256(about + b"\n" + request.body).hexdigest(),
        hints=tuple(hints),
        reply_body=told.reply,
        reply_type=told.reply_type,
    )
