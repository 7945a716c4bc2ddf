"""Shares the threads of a process out: bulk work never takes them all, and no wake-up of a full lane is forgotten."""

from __future__ import annotations

import threading
from collections.abc import Callable

import sqlalchemy as sa
import structlog

log = structlog.get_logger(__name__)
BULK_LEAVES = 4  # one thread in so many is kept for more urgent lanes
DEFAULT_LEAVES = 8


class Lanes:
    """What a wake-up does: run its lane in this thread, as far as the lane may take threads."""

    def __init__(self, run_lane: Callable[[str], int], threads: int) -> None:
        self._run_lane = run_lane
        self._lock = threading.Lock()
        self._busy = {"urgent": 0, "default": 0, "bulk": 0}
        self._missed: set[str] = set()
        self._most_bulk = max(1, threads - threads // BULK_LEAVES)
        self._most_slow = max(1, threads - threads // DEFAULT_LEAVES)

    def wake(self, lane: str) -> None:
        """Run the lane until nothing is due; where its threads are taken, one of those looks again for us."""
        again = True
        while again and self._enter(lane):
            answered = False
            try:
                self._run_lane(lane)
                answered = True
            except sa.exc.SQLAlchemyError:
                # The sweep wakes the lane again as soon as the database answers.
                log.warning("lane left for now, the database does not answer", lane=lane, exc_info=True)
            finally:
                again = self._leave(lane) and answered

    def _enter(self, lane: str) -> bool:
        with self._lock:
            if not self._has_room(lane):
                self._missed.add(lane)
                return False
            self._busy[lane] += 1
            return True

    def _leave(self, lane: str) -> bool:
        """Answer whether somebody was turned away meanwhile, so that the lane must be looked at again."""
        with self._lock:
            self._busy[lane] -= 1
            missed = lane in self._missed
            self._missed.discard(lane)
            return missed

    def _has_room(self, lane: str) -> bool:
        slow = self._busy["bulk"] + self._busy["default"]
        if lane == "bulk":
            return self._busy["bulk"] < self._most_bulk and slow < self._most_slow
        return lane == "urgent" or slow < self._most_slow
