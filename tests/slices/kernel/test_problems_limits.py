"""A caller's pace: so many at once, so many in the long run."""

from __future__ import annotations

from hub.kernel.api.limits import Buckets, Rate


class Watch:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_a_burst_is_allowed_and_then_the_steady_pace() -> None:
    watch = Watch()
    buckets = Buckets(Rate(per_second=2, burst=3), clock=watch)

    waits = [buckets.take("a").wait for _ in range(5)]
    watch.seconds += 0.5

    assert waits == [0, 0, 0, 0.5, 0.5]
    assert buckets.take("a").wait == 0


def test_one_caller_does_not_spend_anothers_allowance() -> None:
    buckets = Buckets(Rate(per_second=1, burst=1), clock=Watch())

    assert [buckets.take(name).wait for name in "ab"] == [0, 0]


def test_the_headers_say_what_is_left_and_when_it_is_full_again() -> None:
    buckets = Buckets(Rate(per_second=2, burst=10), clock=Watch())

    assert buckets.take("a").headers == {"RateLimit-Policy": '"key";q=10;w=5', "RateLimit": '"key";r=9;t=1'}


def test_memory_stays_bounded_however_many_callers_come() -> None:
    buckets = Buckets(Rate(per_second=1, burst=1), clock=Watch())

    for number in range(10_050):
        buckets.take(str(number))

    assert len(buckets._levels) == 10_000
