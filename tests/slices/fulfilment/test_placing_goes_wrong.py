"""What goes wrong while a warehouse of a 3PL is told: nothing twice, nothing lost, and nobody tells a closed one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from hub_hookspecs import (
    ActionRequired,
    ChannelError,
    Product,
    RateLimited,
    Rejected,
    Temporary,
    UnknownOutcome,
    Waiting,
)

from hub.fulfilment.jobs import placing as placing_jobs
from hub.fulfilment.jobs.placing import Reminder
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.errors import Refused
from hub.stock.rules.placing import Status
from hub.stock.service.placing import PUSH_PRODUCT
from tests.plugins.silo import Silo
from tests.slices.fulfilment.keeper import Keeper, a_keeper


@pytest.fixture
def keeper(database: Database) -> Iterator[Keeper]:
    with a_keeper(database) as keeper:
        yield keeper


@pytest.fixture
def silo(keeper: Keeper) -> Silo:
    return keeper.silo


def once(error: Exception) -> Callable[[Product], None]:
    """Something that goes wrong the first time."""
    left = [error]

    def go_wrong(product: Product) -> None:
        if left:
            raise left.pop()

    return go_wrong


def test_what_the_warehouse_refuses_has_failed_with_its_reason_and_is_told_again_by_hand(
    keeper: Keeper, silo: Silo
) -> None:
    silo.before = once(Rejected("the barcode is taken"))
    keeper.places("TEE", "CAP")
    keeper.works()
    first = min(("TEE", "CAP"), key=lambda sku: keeper.goods.named[sku])

    refused = keeper.placement(first)
    keeper.later()
    assert (refused.status, refused.reason, refused.is_there) == (Status.FAILED, "the barcode is taken", False)
    assert len(silo.told) == 2, "what was refused is not tried again by itself"

    keeper.places(first)
    assert (keeper.placement(first).status, keeper.placement(first).reason) == (Status.NOT_PUSHED, "")
    keeper.works()
    assert keeper.placement(first).status is Status.PUSHED
    assert keeper.named_at_silo() == ["CAP", "TEE"]


def test_a_product_that_was_never_taken_may_be_called_otherwise(keeper: Keeper, silo: Silo) -> None:
    silo.before = once(Rejected("what a name"))
    keeper.places("TEE")
    keeper.works()

    keeper.changes("TEE", sku="TEE-NEW")
    keeper.places("TEE")
    keeper.works()

    assert keeper.named_at_silo() == ["TEE-NEW"]


@pytest.mark.parametrize("error", [Temporary("busy"), RateLimited("slowly", retry_after=timedelta(seconds=9))])
def test_what_cannot_be_taken_now_is_told_again_later_by_itself(
    keeper: Keeper, silo: Silo, error: ChannelError
) -> None:
    silo.before = once(error)
    keeper.places("TEE")
    keeper.tells()

    waits = keeper.placement("TEE")
    keeper.later()

    assert (waits.status, waits.due, waits.reason) == (Status.NOT_PUSHED, True, str(error))
    assert (keeper.placement("TEE").status, keeper.placement("TEE").reason) == (Status.PUSHED, "")


def test_revoked_keys_stop_the_account_and_fail_no_product(keeper: Keeper, silo: Silo) -> None:
    silo.before = once(ActionRequired("the keys were revoked"))
    keeper.places("TEE", "CAP")
    keeper.works()
    keeper.later()

    assert keeper.account("silo").state == "needs_action"
    assert {keeper.placement(sku).status for sku in ("TEE", "CAP")} == {Status.NOT_PUSHED}
    assert len(silo.told) == 1


def test_a_plugin_that_breaks_fails_one_product_and_the_others_are_told(keeper: Keeper, silo: Silo) -> None:
    silo.before = once(KeyError("ref"))
    keeper.places("TEE", "CAP", "MUG")
    keeper.works()

    standing = sorted(
        (keeper.placement(sku).status, keeper.placement(sku).reason[-35:]) for sku in ("TEE", "CAP", "MUG")
    )
    assert [status for status, _ in standing] == [Status.FAILED, Status.PUSHED, Status.PUSHED]
    assert standing[0][1].endswith("it may be known there all the same")
    assert [job.state for job in keeper.jobs() if job.kind == PUSH_PRODUCT.name] == ["done", "failed"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_call_without_an_answer_is_asked_for_before_it_is_made_again(keeper: Keeper, silo: Silo, when: str) -> None:
    setattr(silo, when, once(UnknownOutcome("no answer")))
    keeper.places("TEE")
    keeper.tells()
    doubt = keeper.placement("TEE")

    keeper.later()
    keeper.later()

    assert (doubt.status, doubt.is_there) == (Status.UNKNOWN, False)
    assert keeper.placement("TEE").status is Status.PUSHED
    assert [told.sku for told in silo.asked] == ["TEE"] * len(silo.asked)
    assert keeper.calls() == ["TEE"] * (2 if when == "before" else 1)
    assert keeper.placement("TEE").ref == "I1"


def test_an_update_without_an_answer_is_sent_again(keeper: Keeper, silo: Silo) -> None:
    keeper.places("TEE")
    keeper.works()
    silo.before = once(UnknownOutcome("no answer"))

    keeper.changes("TEE", name="Kaos baru")
    keeper.works()
    doubt = keeper.placement("TEE")
    keeper.later()

    assert (doubt.status, doubt.is_there) == (Status.UNKNOWN, True), "documents may name it all the while"
    assert silo.known["KL1", "TEE"].name == "Kaos baru"
    assert keeper.placement("TEE").status is Status.PUSHED


def test_what_nobody_sees_yet_is_waited_for(keeper: Keeper, silo: Silo) -> None:
    silo.before = once(UnknownOutcome("no answer"))
    keeper.places("TEE")
    keeper.tells()
    keeper.later(timedelta(seconds=60))

    assert (len(silo.told), len(silo.asked)) == (1, 1), "not before two minutes have passed"
    assert keeper.placement("TEE").status is Status.UNKNOWN
    keeper.later()
    assert (len(silo.told), keeper.placement("TEE").status) == (2, Status.PUSHED)


@pytest.mark.parametrize("blindness", [Rejected("nobody can be asked"), KeyError("ref")])
def test_an_outcome_that_nobody_can_tell_fails_and_says_so(keeper: Keeper, silo: Silo, blindness: Exception) -> None:
    silo.after = once(UnknownOutcome("no answer"))

    def is_blind(product: Product) -> None:
        raise blindness

    silo.on_ask = is_blind
    keeper.places("TEE", "CAP")
    keeper.works()
    keeper.later()

    failed = [keeper.placement(sku) for sku in ("TEE", "CAP") if keeper.placement(sku).status is Status.FAILED]
    assert len(failed) == 1
    assert "cannot be asked" in failed[0].reason
    assert failed[0].reason.endswith("it may be known there all the same")
    assert len(silo.told) == 2


def test_a_warehouse_that_takes_its_time_is_asked_on_from_where_it_stood(keeper: Keeper, silo: Silo) -> None:
    silo.waits = [Waiting(after=timedelta(minutes=1), state=f"step-{n}") for n in range(2)]
    keeper.places("TEE")
    for _ in range(4):
        keeper.later()

    assert [resume for _, resume in silo.told] == ["", "step-0", "step-1"]
    assert (keeper.placement("TEE").status, silo.asked) == (Status.PUSHED, [])


def test_a_warehouse_that_never_finishes_is_given_up_after_a_day(keeper: Keeper, silo: Silo) -> None:
    silo.waits = [Waiting(after=timedelta(hours=20), state=f"step-{n}") for n in range(9)]
    keeper.places("TEE")
    for _ in range(4):
        keeper.later(timedelta(hours=21))

    assert keeper.placement("TEE").status is Status.FAILED
    assert "has not finished within a day" in keeper.placement("TEE").reason


def test_a_disabled_plugin_is_told_nothing_until_it_is_enabled(keeper: Keeper, silo: Silo) -> None:
    keeper.switches("silo", enabled=False)
    keeper.places("TEE")
    keeper.later()
    assert silo.told == []

    keeper.switches("silo", enabled=True)
    keeper.later()

    assert keeper.calls() == ["TEE"]


def test_a_closed_account_is_told_nothing_whoever_was_about_to(keeper: Keeper, silo: Silo) -> None:
    keeper.places("TEE")
    runner = jobs.Runner(keeper.work)
    claimed = runner.claim(PUSH_PRODUCT.lane)
    assert claimed is not None
    with pytest.raises(Refused) as open_work:
        keeper.closes()
    with keeper.database.writing() as db:  # as if the claim had been made while the account was closed
        jobs.cancel(db, claimed.id)
    ended = runner.run(claimed)

    keeper.closes()
    with pytest.raises(Refused) as refused:
        keeper.places("CAP")
    keeper.later()

    assert (open_work.value.code, ended, refused.value.code) == ("work_open", "cancelled", "warehouse_archived")
    assert silo.told == []


def test_a_push_that_began_before_the_account_was_closed_finds_its_warehouse_archived(
    keeper: Keeper, silo: Silo
) -> None:
    keeper.places("TEE")
    opened = keeper.desk.open_outlet(keeper.accounts["silo"])
    keeper.closes()
    with keeper.database.writing() as db:
        house = keeper.goods.named["KL1"]
        jobs.enqueue(db, PUSH_PRODUCT, key=house, merchant_id=keeper.goods.merchant, account_id=keeper.accounts["silo"])
    desk = type(keeper.desk)(
        database=keeper.database, ring=keeper.desk.ring, open_outlet=lambda account_id: opened,
        may_go_on=keeper.desk.may_go_on, declared=keeper.desk.declared,
    )  # fmt: skip

    work = jobs.Runtime(database=keeper.database, handlers=placing_jobs.handlers(desk))
    jobs.Runner(work).run_lane(PUSH_PRODUCT.lane)

    assert (silo.told, keeper.placement("TEE").status) == ([], Status.FAILED)
    assert "the warehouse is archived" in keeper.placement("TEE").reason


def test_what_has_lost_its_job_is_asked_for_again(keeper: Keeper, silo: Silo) -> None:
    keeper.places("TEE")
    (job,) = [job for job in keeper.jobs() if job.kind == PUSH_PRODUCT.name]
    with keeper.database.writing() as db:
        jobs.cancel(db, job.id)
    reminder = Reminder()

    with keeper.database.writing() as db:
        looked = [reminder(db), reminder(db)]
    keeper.works()

    assert (looked, keeper.calls()) == ([1, 0], ["TEE"])


def test_nobody_is_asked_again_while_a_job_is_there(keeper: Keeper) -> None:
    keeper.places("TEE")
    with keeper.database.writing() as db:
        Reminder()(db)
    assert len([job for job in keeper.jobs() if job.kind == PUSH_PRODUCT.name]) == 1
