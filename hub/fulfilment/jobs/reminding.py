"""Has channels told of what they still have to hear: the job that was to tell them was cancelled, or broke off."""

from __future__ import annotations

from hub.fulfilment.service import confirming, wishes
from hub.fulfilment.service.confirming import CONFIRM_SHIPMENT
from hub.fulfilment.service.wishes import ANSWER_CANCELLATION
from hub.fulfilment.store import answers, parcels
from hub.kernel import jobs
from hub.kernel.db import Transaction

LOT = 500  # parcels, or answers, looked at in one transaction


class Reminder:
    """Looks at all parcels that are due, lot by lot, and asks again for those that no job is left for."""

    def __init__(self) -> None:
        self._after = ("", "")

    def __call__(self, db: Transaction) -> int:
        """Look at some more; gives how many, 0 after the last."""
        found = parcels.some_due(db, CONFIRM_SHIPMENT, after=self._after, limit=LOT)
        self._after = (found[-1].account_id, found[-1].id) if found else ("", "")  # before anything can fail
        for one in found:
            if one.job_id is None:
                confirming.ask(db, one)
        return len(found)


class AnswerReminder:
    """The same for answers to buyers who ask to cancel; those that wait for a warehouse go on by its word."""

    def __init__(self) -> None:
        self._after = ("", "")

    def __call__(self, db: Transaction) -> int:
        """Look at some more; gives how many, 0 after the last."""
        found = answers.undone(db, after=self._after, limit=LOT)
        self._after = (found[-1].account_id, found[-1].id) if found else ("", "")  # before anything can fail
        for account_id in sorted({one.account_id for one in found}):
            mine = [one for one in found if one.account_id == account_id]
            busy = jobs.unfinished(db, ANSWER_CANCELLATION, [one.id for one in mine], account_id=account_id)
            for one in mine:
                if one.id not in busy:
                    wishes.do(db, one)
        return len(found)
