"""What a job shows of the orders it read: what became of them, and which its channel or the hub refused, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import Any, NamedTuple

from hub.orders.jobs.asking import Answers
from hub.orders.service.take_in import Taken

NAMED = 20  # orders that the channel refused by their refs, or the hub as they were told, of all that are counted
_LONGEST = 200  # characters of a ref, and of a reason


class Told(NamedTuple):
    """What a call to the channel came to; `answers`: where it was asked by refs."""

    taken: Taken
    answers: Answers = Answers([])


def added(progress: Any, told: Told) -> dict[str, Any]:  # Any: what a job shows, in JSON
    """What the job shows, with what this came to: counts, and under `refusals` reasons by ref."""
    before = dict(progress or {})
    named: Mapping[str, str] = before.pop("refusals", {})
    reasons = {**told.answers.refused, **told.taken.refused}
    refused = {ref[:_LONGEST]: reason[:_LONGEST] for ref, reason in reasons.items()}
    counts = dict(Counter(before) + _counted(told))
    first = dict(islice({**named, **refused}.items(), NAMED))
    return counts | ({"refusals": first} if first else {})


def _counted(told: Told) -> Counter[str]:
    taken = told.taken
    new = sum(each.stored.order.version == 1 for each in taken.settled)
    return Counter(
        new=new, changed=len(taken.settled) - new, unchanged=taken.unchanged, passed_by=taken.passed_by,
        absent=told.answers.absent, refused=len(told.answers.refused) + len(taken.refused),
    )  # fmt: skip
