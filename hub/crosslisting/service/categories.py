"""The categories of an account's channel: fetched by a job, kept, searched, and what merchants map to them."""

from __future__ import annotations

import zlib

from hub_hookspecs import Capability

from hub.channels.service import standing
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.crosslisting.store import categories, mappings
from hub.crosslisting.store.mappings import Mapping
from hub.kernel import events, jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid, NotFound, Refused
from hub.kernel.events import Actor, Subject
from hub.kernel.jobs import JobKind, Ticket

FETCH = JobKind("crosslisting.fetch_categories", lane="bulk")


def account_with_categories(channels: Channels, db: Transaction, merchant_id: str, account_id: str) -> AccountRow:
    """The account, or a clear no where its channel has no categories."""
    account = standing.account(db, merchant_id, account_id)
    host = channels.host(account.plugin)
    if reason := host.lacking(Capability.LIST_CATEGORIES):
        raise Refused(f"{host.channel.title} has no categories: {reason}", code="not_supported")
    return account


def require_tree(db: Transaction, account_id: str) -> None:
    if categories.tree_of(db, account_id) is None:
        raise Refused(
            "the categories of this account have not been fetched yet: refresh them and wait for the job",
            code="categories_not_fetched",
        )


def require_choice(channels: Channels, db: Transaction, account: AccountRow, category_ref: str) -> None:
    """Refuse a category that no product can go to, as far as is known: the first tree may not have come yet."""
    host = channels.host(account.plugin)
    if reason := host.lacking(Capability.LIST_CATEGORIES):
        error = FieldError(field="category_ref", message=f"leave it out: {reason}")
        raise Invalid(f"{host.channel.title} has no categories", errors=(error,))
    if categories.tree_of(db, account.id) is not None:
        _require_leaf(db, account.id, category_ref)


def _require_leaf(db: Transaction, account_id: str, category_ref: str) -> None:
    found = categories.of_refs(db, account_id, [category_ref]).get(category_ref)
    if found is None or not found.leaf:
        below = f"“{found.path}” has categories below it: choose one of those" if found else ""
        error = FieldError(field="category_ref", message=below or "no such category on this channel")
        raise Invalid("this category takes no products", errors=(error,))


def refresh(channels: Channels, db: Transaction, merchant_id: str, account_id: str, *, actor: Actor) -> Ticket:
    """Have the tree fetched now, beside the daily refresh that the first one begins."""
    account = account_with_categories(channels, db, merchant_id, account_id)
    if account.state != "active":
        raise Refused(f"the account is {account.state.replace('_', ' ')}: resume it first", code="account_not_active")
    subject = Subject(kind="account", id=account_id)
    events.record(db, "categories.refresh_requested", merchant_id=merchant_id, subject=subject, actor=actor)
    return ask(db, merchant_id, account_id)


def ask(db: Transaction, merchant_id: str, account_id: str) -> Ticket:
    return jobs.enqueue(db, FETCH, merchant_id=merchant_id, account_id=account_id)


def keep_fresh(db: Transaction, merchant_id: str, account_id: str) -> None:
    """Have the tree fetched daily, each account's at a minute of its own."""
    minute = zlib.crc32(account_id.encode()) % (4 * 60)
    rule = f"{minute % 60} {minute // 60} * * *"
    jobs.every(db, FETCH, rule=rule, account_id=account_id, merchant_id=merchant_id, zone="Asia/Jakarta")


def forget(db: Transaction, account_id: str) -> None:
    """Drop everything of an account that is being closed."""
    jobs.stop(db, FETCH, account_id=account_id)
    categories.forget(db, account_id)


def put_mapping(
    db: Transaction, merchant_id: str, account_id: str, *, field: str, value: str, category_ref: str, actor: Actor
) -> Mapping:
    """Keep where products whose `field` has this `value` belong; the category must take listings."""
    require_tree(db, account_id)
    _require_leaf(db, account_id, category_ref)
    kept = mappings.put(db, merchant_id, account_id, field=field, value=value, category_ref=category_ref)
    if mappings.count(db, account_id) > mappings.MOST:
        raise Refused(f"an account has at most {mappings.MOST:,} mappings: remove some first", code="too_many_mappings")
    _note(db, "mapped", merchant_id, account_id, actor, kept)
    return kept


def remove_mapping(db: Transaction, merchant_id: str, account_id: str, mapping_id: str, *, actor: Actor) -> Mapping:
    gone = mappings.remove(db, account_id, mapping_id)
    if gone is None:
        raise NotFound("category mapping")
    _note(db, "unmapped", merchant_id, account_id, actor, gone)
    return gone


def _note(db: Transaction, kind: str, merchant_id: str, account_id: str, actor: Actor, one: Mapping) -> None:
    said = {"field": one.field, "value": one.value, "category_ref": one.category_ref}
    before, after = (said, None) if kind == "unmapped" else (None, said)
    subject = Subject(kind="account", id=account_id)
    events.record(
        db, f"category.{kind}", merchant_id=merchant_id, subject=subject, actor=actor, before=before, after=after
    )  # fmt: skip
