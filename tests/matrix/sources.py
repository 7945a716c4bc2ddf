"""What the sources say becomes of an order, as a table: no rule of the hub is asked.

The rows are those of the requirements: who supplies which papers (F-27…F-31, K-11, contradiction 6), which country
Fastock MY serves (F-13, F-24, F-26), what it must know of (F-34…F-36), what a sale must be linked to (F-57), and in
which state it is sent (F-54…F-56, F-68…F-71).
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

PDF, AWB = "label", "awb"
OWN, FASTOCK = "own shelf", "Fastock"
BY_CHANNEL = "sent by its channel"
PUSHED, NEVER, FAILED = "pushed", "never pushed", "push failed"

SUPPLIES = {
    "pasar_my": {PDF, AWB}, "tokopedia": {PDF, AWB}, "jd_like": {PDF, AWB}, "pos": {PDF}, "shopify": set[str](),
    "woo_like": set[str](),
}  # fmt: skip
WORDS = {  # what a channel says of a paper that it does not supply
    ("shopify", PDF): "no shipping label", ("shopify", AWB): "no shipping label",
    ("woo_like", PDF): "no shipping label", ("woo_like", AWB): "no AWB", ("pos", AWB): "no courier's AWB",
}  # fmt: skip
NEEDED = {PDF: "no_label", AWB: "no_awb"}  # by Fastock, and what is said where it is lacking
SERVED, HOUSE = "MY", "MYKL01-CONS88"
COUNTRIES = (SERVED, "ID")
PAPERS: tuple[frozenset[str], ...] = (frozenset(), frozenset({AWB}), frozenset({PDF}), frozenset({AWB, PDF}))
PLACED = (PUSHED, NEVER)

HOLDS = ("ready", "cancel_requested", "unknown")  # better held than sold twice
LEFT = ("shipped", "delivered")
QUIET = ("unpaid", "cancelled", "returned", BY_CHANNEL)
SAID = {"unknown": "unknown_state", "returned": "returned", "cancel_requested": "cancel_requested"}  # whatever it sells

ELSEWHERE = "choose another warehouse"
REMEDIES = {
    "country": ELSEWHERE, "no_label": ELSEWHERE, "no_awb": ELSEWHERE, "unlinked": "link the listing",
    "not_placed": "add the products to that warehouse", "returned": "count what came back",
    "unknown_state": "look at the order on its channel", "cancel_requested": "agree or refuse",
}  # fmt: skip


class Case(NamedTuple):
    """An order: of which channel's store in which country, to be sent from where, and all that is true of it."""

    channel: str
    country: str
    warehouse: str
    placed: str
    papers: frozenset[str]
    linked: bool
    state: str


class Becomes(NamedTuple):
    """What becomes of it: why it is flagged, where what it sold lies, what its outbound waits for, and whether it went.

    `waits` is None where there is no outbound.
    """

    flags: dict[str, str]  # words of the reason, by code
    lies: str = ""
    waits: frozenset[str] | None = None
    reaches: bool = False


def cases() -> list[Case]:
    states = (*HOLDS, *LEFT, *QUIET)
    return [
        Case(*each)
        for each in itertools.product(SUPPLIES, COUNTRIES, (OWN, FASTOCK), PLACED, PAPERS, (True, False), states)
    ]  # fmt: skip


def becomes(case: Case) -> Becomes:
    said = {SAID[case.state]: ""} if case.state in SAID else {}
    if case.state in QUIET:
        return Becomes(said)
    if not case.linked:
        return Becomes({**said, "unlinked": "is not linked"})
    if case.state in LEFT:
        return Becomes(said, OWN)  # it left from wherever, and not from Fastock, which would have said so
    if case.warehouse == OWN:
        return Becomes(said, OWN)
    against = _against(case)
    waits = against.keys() | ({SAID.get(case.state, case.state)} - {"ready"})
    if case.state == "ready":
        held = case.papers & SUPPLIES[case.channel] - ({PDF} if against else set())  # no label of what cannot be sent
        waits |= {code for paper, code in NEEDED.items() if paper not in held}
    return Becomes({**said, **against}, FASTOCK, frozenset(waits), not waits)


def _against(case: Case) -> dict[str, str]:
    """What Fastock cannot do with it, whatever state it is in."""
    lacks = {code: WORDS[case.channel, paper] for paper, code in NEEDED.items() if paper not in SUPPLIES[case.channel]}
    abroad = (
        {} if case.country == SERVED else {"country": f"sells in {case.country}, and MYKL01-CONS88 serves {SERVED}"}
    )
    return lacks | abroad | ({} if case.placed == PUSHED else {"not_placed": "does not know"})
