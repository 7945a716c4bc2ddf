"""Sends an order from a 3PL's warehouse; shows why it could not send others, what is too late, and a night there."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

from pypdf import PdfReader

from hub.demo.calls import DemoFailed, Json
from hub.demo.records import Against, Changed, CounterSale, Flagged, Night, Paper, Sent, TooLate
from hub.demo.warehousing import SKU, Business

BOUGHT = 2  # by the buyer whose order the 3PL sends
LOST = 3  # what the 3PL does not find any more when it counts
SOON = timedelta(seconds=2)
POINTS = 72 / 25.4  # in a millimetre
BUYER = {"name": "Sari Dewi", "phone": "+62 812 0000 1111", "lines": ["Jl. Melati 5"], "city": "Bandung"}


def foreseen(business: Business) -> dict[str, list[Json]]:
    """What stands against sending from the 3PL, by account: known before anything is sold."""
    return {account: _against(business, account) for account in business.stalls}


def send(business: Business, account: str) -> Sent:
    """A buyer orders; label and AWB come, the 3PL has the order, packs it, and lets it leave."""
    team, stall = business.team, business.stalls[account]
    order = _taken_in(business, account, stall.hands.buy(stall.listing, BOUGHT))
    outbound = team.until(f"the 3PL has order {order['number']}", lambda: _pushed(business, order))
    business.depot.hands.ship(outbound["code"])
    left = team.until(f"order {order['number']} has left", lambda: _in_state(business, order, "shipped"))
    told = team.until("its channel knows that", lambda: _told(business, order))
    return Sent(
        channel=stall.actor.title, order=order["number"], units=BOUGHT, outbound=outbound["code"],
        courier=left["courier"], awb=left["awb"], state=left["state"], told=told,
        label=_paper(team.download(f"/outbounds/{outbound['id']}/label")),
    )  # fmt: skip


def flag(business: Business, account: str) -> Flagged:
    """A buyer orders what nobody may send: the order says why, and what to do."""
    stall = business.stalls[account]
    order = _taken_in(business, account, stall.hands.buy(stall.listing, 1))
    flags = business.team.until(
        f"order {order['number']} is flagged", lambda: business.team.get(f"/orders/{order['id']}")["flags"] or None
    )
    why = [Against(code=each["code"], reason=each["reason"], remedy=each["remedy"]) for each in flags]
    return Flagged(channel=stall.actor.title, order=order["number"], why=why)


def sell_at_the_counter(business: Business) -> CounterSale:
    """An order comes by WhatsApp; the hub draws its label."""
    team = business.team
    line = {"quantity": 1, "product_id": business.product["id"]}
    wish = {"account_id": business.counter.account["id"], "source": "WhatsApp", "recipient": BUYER, "lines": [line]}
    order = team.post("/orders", wish)
    if order["flags"]:
        raise DemoFailed(f"the order at the counter waits: {order['flags'][0]['reason']}")
    label = team.post(f"/orders/{order['id']}/label")
    if label["job_id"]:
        team.done({"id": label["job_id"]}, "the label is drawn")
    paper = _paper(team.download(label["url"]))
    return CounterSale(channel=business.counter.title, order=order["number"], label=paper)


def cancel_too_late(business: Business, sent: Sent) -> TooLate:
    """Ask first what cancelling an order that has left would come to, then ask for it."""
    (outbound,) = [each for each in business.team.all("/outbounds") if each["code"] == sent.outbound]
    cancellation = f"/orders/{outbound['order_id']}/cancellation"
    (told,) = business.team.get(cancellation)["items"]
    refusal = business.team.refused(cancellation, {"reason": "the buyer regrets it"})
    return TooLate(order=sent.order, verdict=told["verdict"], words=told["words"], refusal=refusal["detail"])


def pass_the_night(business: Business) -> Night:
    """The 3PL counts and finds fewer; at 02:00 by its clocks the hub asks what lies there, and goes by that."""
    team, house = business.team, business.house
    (level,) = [each for each in team.all(f"/warehouses/{house['id']}/stock") if each["sku"] == SKU]
    business.depot.hands.stock(SKU, level["on_hand"] - LOST)
    daily = team.put(f"/warehouses/{house['id']}/daily-sync", {"enabled": True})
    team.until("nothing runs any more before the night", lambda: not team.get("/jobs?state=running")["items"] or None)
    business.stage.becomes(datetime.fromisoformat(daily["next_at"]) + SOON)
    sync = team.until("the nightly sync has ended", lambda: _nightly(business))
    lines = team.all(f"/warehouses/{house['id']}/syncs/{sync['id']}/lines")
    return Night(
        at=datetime.fromisoformat(daily["next_at"]), timezone=daily["timezone"], cause=sync["cause"],
        state=sync["state"], counts=sync["counts"],
        lines=[
            Changed(sku=each["sku"], before=each["before"], after=each["after"], outcome=each["outcome"])
            for each in lines
        ],
    )  # fmt: skip


def _against(business: Business, account: str) -> list[Json]:
    stall = business.stalls[account]
    line = {"listing_ref": stall.listing, "sku": SKU}
    (routed,) = business.team.post("/routing/preview", {"account_id": account, "lines": [line]})["lines"]
    (house,) = [each for each in routed["candidates"] if each["warehouse_id"] == business.house["id"]]
    verdicts: list[Json] = house["verdicts"]
    return verdicts


def _taken_in(business: Business, account: str, ref: str) -> Json:
    """The order that the channel calls so, once the hub has it."""

    def found() -> Json | None:
        there = business.team.get(f"/orders?account_id={account}")["items"]
        return next((each for each in there if each["ref"] == ref), None)

    return business.team.until(f"the hub has heard of order {ref}", found)


def _pushed(business: Business, order: Json) -> Json | None:
    for outbound in business.team.get(f"/outbounds?order_id={order['id']}")["items"]:
        if outbound["push_status"] == "failed":
            raise DemoFailed(f"the 3PL refused {outbound['code']}: {outbound['reason']}")
        if outbound["push_status"] == "pushed":
            found: Json = outbound
            return found
    return None


def _in_state(business: Business, order: Json, state: str) -> Json | None:
    now = business.team.get(f"/orders/{order['id']}")
    return now if now["state"] == state else None


def _told(business: Business, order: Json) -> bool | None:
    (parcel,) = business.team.get(f"/orders/{order['id']}/parcels")["items"]
    if parcel["confirmation"] == "failed":
        raise DemoFailed(f"the channel refused to hear of the parcel: {parcel['reason']}")
    return parcel["confirmation"] == "confirmed" or None


def _nightly(business: Business) -> Json | None:
    records = business.team.get(f"/warehouses/{business.house['id']}/syncs")["items"]
    return next((each for each in records if each["cause"] == "daily" and each["finished_at"]), None)


def _paper(content: bytes) -> Paper:
    pages = PdfReader(io.BytesIO(content)).pages
    box = pages[0].mediabox
    width, height = round(float(box.width) / POINTS), round(float(box.height) / POINTS)
    return Paper(size_bytes=len(content), pages=len(pages), width_mm=width, height_mm=height)
