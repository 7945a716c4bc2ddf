"""Why a channel may be showing another figure than what is offered, and what to do about it."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import NamedTuple


class Alarm(enum.StrEnum):
    """What rings: figures that are due too long, or figures that the channel has refused."""

    LATE = "late"
    REFUSED = "refused"


class Why(enum.StrEnum):
    """What keeps a figure from its channel."""

    PAUSED = "account_paused"
    NEEDS_ACTION = "needs_action"
    REFUSED = "refused"
    APPROVAL = "awaits_approval"
    RATE_LIMITED = "rate_limited"
    FAILING = "failing"
    ORDERS = "awaits_orders"
    ANSWER = "awaits_answer"
    WORKER = "awaits_worker"


class Standing(NamedTuple):
    """How the account of a figure stands: its state in a word and why, and what its last try met."""

    state: str
    reason: str = ""
    limited_until: datetime | None = None  # in the future
    failure: str = ""
    approved_only: bool = False


class Lag(NamedTuple):
    """What is known of the figure itself; without any of it, only its account is spoken of."""

    refused: str | None = None  # what the channel said
    approved: bool = False
    reads_orders: bool = False  # what the channel showed is to be explained by orders first
    asked: bool = False  # a call is out


class Explanation(NamedTuple):
    """A code for machines, a reason and a cure for people."""

    why: Why
    text: str
    remedy: str


def explained(account: Standing, lag: Lag) -> Explanation:
    """The first that holds: what stops all of the account before what stops one figure."""
    return _of_account(account, lag) or _of_figure(lag) or _QUEUED


def _of_account(account: Standing, lag: Lag) -> Explanation | None:
    because = f": {account.reason}" if account.reason else ""
    if account.state == "paused":
        return Explanation(Why.PAUSED, f"the account is paused{because}", "resume the account")
    if account.state == "needs_action":
        return Explanation(
            Why.NEEDS_ACTION, f"the account needs a person{because}",
            "correct its settings or authorise it again, then check it",
        )  # fmt: skip
    if lag.refused is not None:
        return None
    if account.approved_only and not lag.approved:
        return Explanation(
            Why.APPROVAL, "the account is told only what a person approves",
            "make a plan of the account and approve it, or let it be told by itself",
        )  # fmt: skip
    if account.limited_until is not None:
        until = account.limited_until.strftime("%H:%M:%SZ")
        return Explanation(
            Why.RATE_LIMITED, f"the channel takes no more calls before {until}", "it goes on by itself then"
        )  # fmt: skip
    if account.failure:
        return Explanation(
            Why.FAILING, f"the last try failed: {account.failure}",
            "it is tried again by itself; see the account's jobs if it does not end",
        )  # fmt: skip
    return None


def _of_figure(lag: Lag) -> Explanation | None:
    if lag.refused is not None:
        return Explanation(
            Why.REFUSED, f"the channel refused the figure: {lag.refused or 'it gave no reason'}",
            "correct the listing at the marketplace and have it told again, or unlink it; by itself it is told again"
            " when its stock changes, when an import sees that it shows another figure, and once a day",
        )  # fmt: skip
    if lag.reads_orders:
        return Explanation(
            Why.ORDERS, "the channel showed another figure, which its orders have to explain first",
            "see that its orders are imported",
        )  # fmt: skip
    if lag.asked:
        return Explanation(
            Why.ANSWER, "the channel was told and has not answered", "it is told again by itself within minutes"
        )  # fmt: skip
    return None


_QUEUED = Explanation(Why.WORKER, "its figures wait for their turn", "see that workers run, and how many jobs wait")
