"""Imports, listings and jobs from the command line."""

from __future__ import annotations

from typing import Any

import pytest

from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.jobs import JobKind
from tests.cli.conftest import Hub

Account = dict[str, Any]  # Any: JSON


@pytest.fixture
def imported(hub: Hub, connected: Account, worker: None) -> str:
    """A merchant whose shop has been imported."""
    assert hub("import", "start", connected["id"], "--wait").code == 0
    return str(connected["merchant_id"])


def _waiting(hub: Hub, merchant: str, sku_class: str) -> list[str]:
    listed = hub("listing", "list", "-m", merchant, "--class", sku_class, "--json").document
    return [each["id"] for each in listed["items"]]


def test_a_listing_is_ignored_restored_and_confirmed_by_id(hub: Hub, imported: str) -> None:
    listing = _waiting(hub, imported, "unmatched")[0]

    ignored = hub("listing", "ignore", listing, "-m", imported, "--json").document
    refused = hub("listing", "confirm", listing, "-m", imported, "--json")
    hub("listing", "restore", listing, "-m", imported)
    confirmed = hub("listing", "confirm", listing, "-m", imported, "--json")

    assert ignored["state"] == "ignored"
    assert (refused.code, refused.document["items"][0]["code"]) == (1, "ignored")
    assert (confirmed.code, confirmed.document["items"][0]["outcome"]) == (0, "linked")
    product = confirmed.document["items"][0]["product_id"]
    assert hub("product", "show", product, "-m", imported, "--json").document["source_listing_id"] == listing


def test_a_class_that_needs_mending_at_the_marketplace_is_not_confirmed(hub: Hub, imported: str) -> None:
    ended = hub("listing", "confirm", "-m", imported, "--all", "--class", "duplicate")

    assert ended.code == 1
    assert "correct the SKUs at the marketplace" in ended.err


def test_a_blank_search_does_not_confirm_everything(hub: Hub, imported: str) -> None:
    ended = hub("listing", "confirm", "-m", imported, "--all", "-q", " ")

    assert ended.code == 1
    assert "say how a SKU or a name begins" in ended.err


def test_all_of_an_account_that_the_merchant_does_not_have_is_refused(hub: Hub, imported: str) -> None:
    ended = hub("listing", "confirm", "-m", imported, "--all", "--account", "nope")

    assert ended.code == 1
    assert "name one of the merchant's accounts" in ended.err


def test_an_import_that_waits_is_cancelled_and_resumed(hub: Hub, connected: Account) -> None:
    started = hub("import", "start", connected["id"], "--json").document

    cancelled = hub("import", "cancel", started["id"], "--json").document
    resumed = hub("import", "resume", started["id"], "--json").document
    listed = hub("import", "list", "-m", connected["merchant_id"], "--json").document["items"]

    assert (started["state"], cancelled["state"], resumed["state"]) == ("ready", "cancelled", "ready")
    assert [each["id"] for each in listed] == [resumed["id"], started["id"]]


def test_watching_an_import_that_ended_badly_is_refused_with_the_reason(hub: Hub, connected: Account) -> None:
    started = hub("import", "start", connected["id"], "--json").document
    hub("import", "cancel", started["id"])

    watched = hub("import", "watch", started["id"])

    assert watched.code == 1
    assert "it ended as cancelled" in watched.err


def test_a_job_is_listed_cancelled_and_retried(hub: Hub, connected: Account) -> None:
    job = hub("import", "start", connected["id"], "--json").document["id"]

    too_early = hub("job", "retry", job)
    hub("job", "cancel", job)
    retried = hub("job", "retry", job, "--json").document
    ready = hub("job", "list", "-m", connected["merchant_id"], "--state", "ready", "--json").document["items"]

    assert too_early.code == 1
    assert "hub job cancel" in too_early.err
    assert [each["id"] for each in ready if each["kind"] == retried["kind"]] == [retried["id"]]


def test_an_import_of_a_paused_account_is_not_retried_and_it_is_said_what_to_do(hub: Hub, connected: Account) -> None:
    job = hub("import", "start", connected["id"], "--json").document["id"]
    hub("job", "cancel", job)
    hub("account", "pause", connected["id"])

    refused = hub("job", "retry", job)

    assert refused.code == 1
    assert "the account is paused: resume it first" in refused.err


def test_a_job_whose_outcome_is_unknown_is_concluded_by_who_has_looked(
    hub: Hub, merchant: str, database: Database
) -> None:
    kind = JobKind("tests.push", can_be_unknown=True)
    with database.writing() as db:
        ticket = jobs.enqueue(db, kind, merchant_id=merchant)
    with database.writing() as db:
        db.connection.exec_driver_sql("UPDATE job SET state = 'unknown', unknown = TRUE")

    concluded = hub("job", "conclude", ticket.job_id, "--message", "the parcel is there", "--json").document
    told = hub("event", "list", "-m", merchant, "--kind", "job.concluded", "--json").document["items"]

    assert (concluded["state"], concluded["error"]["message"]) == ("failed", "the parcel is there")
    assert [each["actor"]["kind"] for each in told] == ["cli"]


def test_a_listing_is_linked_by_hand_and_each_step_is_undone(hub: Hub, imported: str) -> None:
    first, second = _waiting(hub, imported, "unmatched")[:2]
    hub("listing", "confirm", first, "-m", imported)
    (product,) = hub("product", "list", "-m", imported, "--json").document["items"]

    linked = hub("listing", "link", second, "-m", imported, "--product", product["id"], "--json").document
    unlinked = hub("listing", "unlink", second, "-m", imported, "--json").document
    undone = hub("event", "undo", unlinked["decision"], "-m", imported, "--json").document
    refused = hub("event", "undo", unlinked["decision"], "-m", imported)
    hub("event", "undo", linked["decision"], "-m", imported)

    assert (linked["state"], unlinked["state"]) == ("linked", "pending")
    assert undone["kind"] == "listing.undone"
    assert (refused.code, undone["id"] in refused.err) == (1, True)
    assert hub("listing", "suggestions", second, "-m", imported).code == 0
    assert hub("listing", "suggested", "-m", imported, "--json").document["items"] == []
    assert hub("listing", "list", "-m", imported, "--sku-changed", "--json").document["items"] == []


def test_what_undo_asks_for_is_shown_wherever_a_person_would_look(hub: Hub, imported: str) -> None:
    listing = _waiting(hub, imported, "unmatched")[0]
    hub("listing", "confirm", listing, "-m", imported)

    shown = hub("listing", "show", listing, "-m", imported, "--json").document
    step = shown["decision"]
    event = hub("event", "show", step, "-m", imported, "--json").document

    assert shown["state"] == "linked"
    assert (event["kind"], event["subject"]["id"]) == ("listing.confirmed", listing)
    linked = hub("listing", "list", "-m", imported, "--state", "linked")
    for listed in (linked, hub("event", "list", "-m", imported)):
        assert step in listed.out
    assert "no such event" in hub("event", "show", listing, "-m", imported).err
    assert "no such listing" in hub("listing", "show", step, "-m", imported).err


@pytest.mark.usefixtures("worker")
def test_products_are_merged_and_a_bulk_step_is_undone(hub: Hub, imported: str) -> None:
    confirmed = hub("listing", "confirm", "-m", imported, "--all", "--class", "unmatched", "--wait", "--json").document
    one, other = hub("product", "list", "-m", imported, "--limit", "2", "--json").document["items"]

    merged = hub("product", "merge", one["id"], "-m", imported, "--into", other["id"], "--json").document
    hub("event", "undo", merged["id"], "-m", imported)
    undone = hub("event", "undo", confirmed["outcome"]["event_id"], "-m", imported, "--wait", "--json").document

    assert merged["after"] == {"into": other["id"], "listings": 1}
    assert undone["outcome"]["undone"] == confirmed["outcome"]["linked"]
    assert "changed_since" not in undone["outcome"]  # the merge was undone: every listing stands by its confirmation
    assert hub("listing", "list", "-m", imported, "--state", "linked", "--json").document["items"] == []
