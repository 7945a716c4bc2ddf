"""Idempotency keys: for a day Shopify answers a key that it knows from memory, and takes it for nothing else."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from hub_shopify.sandbox.answers import Json, user_error

_REMEMBERED = timedelta(hours=24)


class _Known(NamedTuple):
    asked: Json
    answer: Json
    at: datetime


class Keys:
    """What was done under which key."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def once(self, key: str, asked: Json, now: datetime, act: Callable[[], Any]) -> Any:  # Any: a mutation's payload
        """Act, or tell what became of it the first time."""
        known = self._known.get(key)
        if known is None or now - known.at > _REMEMBERED:
            answer = act()
            self._known[key] = _Known(asked, answer, now)
            return answer
        if known.asked != asked:
            return _refusal(known.answer, "The same idempotency key cannot be used with different parameters.")
        if known.answer["userErrors"]:
            message = "A previous request with this idempotency key failed. Retry with a new idempotency key."
            return _refusal(known.answer, message, "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED")
        return known.answer


def _refusal(answer: Json, message: str, code: str = "IDEMPOTENCY_KEY_PARAMETER_MISMATCH") -> Json:
    return {**dict.fromkeys(answer), "userErrors": [user_error(None, message, code)]}
