"""How an event is told to people: plain words, how much it matters, and what to open next."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Facts = Mapping[str, Any]  # Any: what the event's slice chose to keep


class Level(enum.StrEnum):
    """How much a notice matters: good to know, look at it when you can, or something did not work."""

    INFO = "info"
    WARNING = "warning"
    FAILURE = "failure"


class Words(NamedTuple):
    """A notice as it is shown. `file` is the kind and the digest of what can be downloaded."""

    level: Level
    title: str
    text: str
    file: tuple[str, str] | None = None


def words(kind: str, facts: Facts) -> Words | None:
    """Put an event into words; None where people need not be told."""
    compose = _COMPOSERS.get(kind)
    return compose(facts) if compose else None


def _account_needs_action(facts: Facts) -> Words:
    title = f"{facts['plugin']}: {facts['name']} needs you"
    return Words(Level.WARNING, title, f"{facts['reason']}. Nothing is done on this account until it is resumed.")


def _workbook_ready(facts: Facts) -> Words:
    text = (
        f"Download the workbook, complete its {_counted(facts['products'], 'row')} and upload it to this cross-listing."
        f" It is kept for {facts['days']} days."
    )
    lines, level = [text], Level.INFO
    if short := facts.get("left_out_of", 0):
        level = Level.WARNING
        lines.append(f"Of {_counted(short, 'product')} something had to be left out: fill it in as far as you need it.")
        lines += facts["left_out"]
    if apart := facts.get("differing_of", 0):
        lines.append(
            f"Of {_counted(apart, 'product')} the listing has something of its own, and keeps it unless you change it"
            " in the workbook; a SKU of its own only changes at the marketplace."
        )
        lines += facts["differing"]
    return Words(level, f"Workbook for {facts['account']} is ready", "\n".join(lines), _file(facts))


def _workbook_failed(facts: Facts) -> Words:
    return Words(Level.FAILURE, f"No workbook could be made for {facts['account']}", f"{facts['reason']}")


def _workbook_refused(facts: Facts) -> Words:
    text = f"{facts['reason']}. Nothing was sent to the channel; upload the workbook again once it is corrected."
    return Words(Level.FAILURE, f"The workbook for {facts['account']} cannot be used", text)


def _finished(facts: Facts) -> Words:
    outcomes: Mapping[str, int] = facts["outcomes"]
    listed, all_rows = outcomes.get("done", 0), sum(outcomes.values())
    level = Level.INFO if listed == all_rows else Level.WARNING if listed else Level.FAILURE
    lines = [f"{row['sku']}: {row['told']}" for row in facts["rows"]]
    if len(lines) < all_rows:
        lines.append(f"The result workbook has all {all_rows} rows.")
    return Words(
        level, f"{facts['account']}: {listed} of {_counted(all_rows, 'row')} listed", "\n".join(lines), _file(facts)
    )


def _stocktake_ready(facts: Facts) -> Words:
    text = (
        f"Download the workbook, fill in what was counted of its {_counted(facts['rows'], 'row')} and upload it to "
        f"this stocktake. What is sold meanwhile is taken off by itself. It is kept for {facts['days']} days."
    )
    return Words(Level.INFO, "Workbook of the stocktake is ready", text, _file(facts))


def _stocktake_failed(facts: Facts) -> Words:
    return Words(Level.FAILURE, "No workbook could be made for the stocktake", f"{facts['reason']}")


def _stocktake_refused(facts: Facts) -> Words:
    text = f"{facts['reason']}. Nothing was booked; upload the workbook again once it is corrected."
    return Words(Level.FAILURE, "The workbook of the stocktake cannot be used", text)


def _stocktake_booked(facts: Facts) -> Words:
    outcomes: Mapping[str, int] = facts["outcomes"]
    refused, all_rows = outcomes.get("refused", 0), sum(outcomes.values())
    level = Level.INFO if not refused else Level.WARNING if refused < all_rows else Level.FAILURE
    lines = [f"{row['sku']}: {row['told']}" for row in facts["rows"]]
    lines.append(f"The result workbook has all {_counted(all_rows, 'row')}.")
    title = f"Stocktake: {outcomes.get('booked', 0)} booked, {outcomes.get('same', 0)} as they were, {refused} refused"
    return Words(level, title, "\n".join(lines), _file(facts))


def _ended(facts: Facts) -> Words:
    return Words(Level.FAILURE, f"The cross-listing to {facts['account']} has ended", f"{facts['reason']}.")


def _stock_behind(facts: Facts) -> Words:
    shop, count = f"{facts['plugin']} ({facts['name']})", _behind(facts)
    title = f"{shop} refuses {count}" if facts["alarm"] == "refused" else f"{shop} is behind with {count}"
    text = (
        f"It may be showing other figures than are offered since {_clock(facts['since'])}, because {facts['reason']}. "
        f"What to do: {facts['remedy']}. The list of figures that are behind names each of them."
    )
    return Words(Level.FAILURE if facts["alarm"] == "late" else Level.WARNING, title, text)


def _stock_caught_up(facts: Facts) -> Words:
    """The figures were told and taken, or are not to be told by themselves any more: by now nobody has to look."""
    what = "has nothing left that it refuses" if facts["alarm"] == "refused" else "is behind with nothing any more"
    text = (
        f"It had been behind with {_behind(facts)} since {_clock(facts['since'])}. What waits for an approval, or is "
        "not told any more, does not count; the list of figures that are behind names what is left."
    )
    return Words(Level.INFO, f"{facts['plugin']} ({facts['name']}) {what}", text)


def _behind(facts: Facts) -> str:
    return _counted(facts["listings"], "figure") + (" or more" if facts["more"] else "")


def _clock(instant: str) -> str:
    return f"{instant[:16].replace('T', ' ')} UTC"


def _file(facts: Facts) -> tuple[str, str]:
    return facts["file"]["kind"], facts["file"]["digest"]


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _inbound_differs(facts: Facts) -> Words:
    lines = [_difference(each) for each in facts["differences"]]
    return Words(Level.WARNING, f"Inbound {facts['code']}: something else came than was announced", "\n".join(lines))


def _difference(one: Facts) -> str:
    planned, good, damaged = one["planned"], one["good"], one["damaged"]
    came = f"{good} came good and {damaged} damaged, of {planned} announced"
    told = {
        "unplanned": f"{good} came good and {damaged} damaged that nobody announced: they are not in the stock",
        "short": f"{came}, and no more will come",
        "over": f"{came}: all of them are in the stock",
        "fallen": f"the warehouse now says that {came}; what it had told before stays until its stock is synchronised",
        "source": f"{good} more came than lay free where they come from: correct the stock there",
    }[one["kind"]]
    why = f" ({one['note']})" if one["note"] else ""
    return f"{one['sku']}: {told}{why}."


def _sync_waits(facts: Facts) -> Words:
    ways = "approve it (hub warehouse sync-approve), decline it (sync-decline), or synchronise again"
    text = f"{facts['reason']}. Look at its SKUs, then {ways}."
    return Words(Level.WARNING, f"The stock sync of {facts['warehouse']} waits for you", text)


def _sync_failed(facts: Facts) -> Words:
    return Words(Level.FAILURE, f"{facts['warehouse']} was not synchronised", f"{facts['reason']}")


def _reconciled(facts: Facts) -> Words:
    told = ", ".join(f"{count} {_DIFFERING[kind]}" for kind, count in facts["counts"].items() if count)
    text = f"{told[:1].upper()}{told[1:]}. Each is listed with what to do: hub account findings {facts['account_id']}."
    return Words(Level.WARNING, f"{facts['account']} and the hub differ", text)


_DIFFERING = {
    "unknown_there": "document(s) that it had taken and does not know",
    "unknown_here": "document(s) that it told of and the hub does not know",
    "frozen": "SKU(s) of which it keeps stock for documents that are none of the hub's",
    "shipped_there": "outbound(s) of which it had sent more than the hub knew",
    "stock": "SKU(s) of which it has another quantity",
}


def _order_refused(facts: Facts) -> Words:
    shop = f"{facts['plugin']} ({facts['name']})"
    text = f"{facts['reason']}. Of this it holds no stock here: look at it on the channel, and see to it by hand."
    return Words(Level.FAILURE, f"{shop}: order {facts['number'] or facts['ref']} cannot be taken in", text)


def _outbound_late(facts: Facts) -> Words:
    text = "Its channel punishes late shipment: see what it waits for (hub outbound show), or call the warehouse."
    return Words(Level.WARNING, f"Outbound {facts['code']} may leave too late", text)


def _outbound_crossed(facts: Facts) -> Words:
    text = "Have the parcel intercepted or expect it back, and look at other orders that were promised these goods."
    return Words(Level.FAILURE, f"Outbound {facts['code']} left although it was cancelled", text)


_COMPOSERS: Mapping[str, Callable[[Facts], Words]] = {
    "account.needs_action": _account_needs_action,
    "crosslisting.workbook_ready": _workbook_ready,
    "crosslisting.workbook_failed": _workbook_failed,
    "crosslisting.workbook_refused": _workbook_refused,
    "crosslisting.finished": _finished,
    "crosslisting.ended": _ended,
    "stocktake.workbook_ready": _stocktake_ready,
    "stocktake.workbook_failed": _stocktake_failed,
    "stocktake.workbook_refused": _stocktake_refused,
    "stocktake.booked": _stocktake_booked,
    "stock.behind": _stock_behind,
    "inbound.differs": _inbound_differs,
    "order.refused": _order_refused,
    "outbound.late": _outbound_late,
    "outbound.crossed": _outbound_crossed,
    "stock.caught_up": _stock_caught_up,
    "account.reconciled": _reconciled,
    "warehouse.sync_waits": _sync_waits,
    "warehouse.sync_failed": _sync_failed,
}
