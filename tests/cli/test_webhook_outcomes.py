"""What may be asked for on the command line is all that can become of a hint."""

from __future__ import annotations

from typing import get_args

from hub.cli import webhook
from hub.webhooks.rules import Outcome


def test_every_outcome_may_be_asked_for() -> None:
    assert set(get_args(webhook.Outcome)) == {each.value for each in Outcome}
