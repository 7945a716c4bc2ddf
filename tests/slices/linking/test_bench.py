"""The bench of linking runs, so that it measures when somebody asks it to."""

from __future__ import annotations

import pytest

from bench import linking


def test_the_bench_measures_every_job_and_every_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "GROWTH", 1_000.0)  # whether it is met is the bench's to say, on a quiet machine
    monkeypatch.setattr(linking, "CONFIRMED", (100, 200))
    monkeypatch.setattr(linking, "LISTED", (200, 400))

    lines = list(linking.run(400, kinds=["sqlite"]))

    asked = ("confirm all", "undo it all", *linking.QUESTIONS)
    told = {what: sum(line.startswith(f"{what} sqlite") for line in lines) for what in asked}
    assert told == dict.fromkeys(asked, 2)
    assert all("(meets" in line for line in lines), lines
