"""Shipping rules as people set them up: from which warehouses a merchant's orders are sent, and in which order.

All changes of one merchant's rules pass one at a time; each has its orders looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import asdict

from hub.channels import store as channels
from hub.channels.rules import State
from hub.channels.rules.warehouses import COUNTRIES
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid, NotFound, Refused
from hub.kernel.events import Actor, Subject
from hub.merchants.service import judge_again
from hub.orders.rules.routing import ANY
from hub.orders.store import shipping_rules
from hub.orders.store.shipping_rules import RuleData, RuleRow

MOST = 100  # rules of one merchant


def rules(db: Transaction, merchant_id: str) -> list[RuleRow]:
    """The merchant's rules, the first first."""
    return shipping_rules.of_merchant(db, merchant_id)


def rule(db: Transaction, merchant_id: str, rule_id: str, *, for_change: bool = False) -> RuleRow:
    """A rule of the merchant; `for_change` keeps all of them from others until the transaction ends."""
    if for_change:
        _one_at_a_time(db, merchant_id)
    found = next((row for row in rules(db, merchant_id) if row.id == rule_id), None)
    if found is None:
        raise NotFound("shipping rule")
    return found


def create(
    db: Transaction, merchant_id: str, data: RuleData, *, position: int | None = None, actor: Actor
) -> RuleRow:  # fmt: skip
    """Add a rule at this place among the merchant's, counted from 0; None: behind all of them."""
    _one_at_a_time(db, merchant_id)
    there = rules(db, merchant_id)
    if len(there) >= MOST:
        raise Refused(f"a merchant has at most {MOST} shipping rules; put several into one", code="too_many_rules")
    require_valid(db, merchant_id, data)
    made = shipping_rules.add(db, merchant_id, data, position=len(there))
    if position is not None and position < len(there):
        made = _placed(db, there, made, position)
    _tell(db, "shipping_rule.created", made, actor=actor)
    judge_again(db, merchant_id)
    return made


def change(db: Transaction, old: RuleRow, data: RuleData, *, position: int | None = None, actor: Actor) -> RuleRow:
    """Let a rule say this, or stand there; nothing is written or recorded where nothing differs.

    `old` was read for change.
    """
    new = old
    if data != data_of(old):
        require_valid(db, old.merchant_id, data)
        new = shipping_rules.change(db, old.id, data)
    there = [row for row in rules(db, old.merchant_id) if row.id != old.id]
    if position is not None and min(position, len(there)) != old.position:
        new = _placed(db, there, new, position)
    if new != old:
        _tell(db, "shipping_rule.changed", new, actor=actor, before=old)
        judge_again(db, old.merchant_id)
    return new


def remove(db: Transaction, old: RuleRow, *, actor: Actor) -> None:
    """Take a rule away, which was read for change; what is held by it stays held, and is judged anew."""
    shipping_rules.remove(db, old.id)
    shipping_rules.place(db, [row.id for row in rules(db, old.merchant_id)])
    _tell(db, "shipping_rule.removed", None, actor=actor, before=old)
    judge_again(db, old.merchant_id)


def data_of(row: RuleRow) -> RuleData:
    return RuleData(**{name: getattr(row, name) for name in RuleData.__struct_fields__})


def require_valid(db: Transaction, merchant_id: str, data: RuleData, *, at: str = "") -> None:
    """Refuse a rule that names what there is not, each by its field; `at` stands before the fields."""
    errors = tuple(
        FieldError(field=f"{at}{field}", message=message)
        for field, message in (*_countries(data), *_skus(data), *_named(db, merchant_id, data))
    )
    if errors:
        raise Invalid(f"{len(errors)} field(s) of the shipping rule need to change", errors=errors)


def _countries(data: RuleData) -> Iterator[tuple[str, str]]:
    for n, each in enumerate(data.countries):
        if each not in COUNTRIES:
            yield f"countries[{n}]", f"{each!r} is no country of ISO 3166-1; write two capital letters such as ID or MY"


def _skus(data: RuleData) -> Iterator[tuple[str, str]]:
    for n, each in enumerate(data.skus):
        if ANY in each[:-1]:
            yield f"skus[{n}]", f"{each!r}: a {ANY} stands only at the end, for all that begin so"


def _named(db: Transaction, merchant_id: str, data: RuleData) -> Iterator[tuple[str, str]]:
    houses = channels.warehouses.named(db, merchant_id, data.warehouse_ids)
    for n, each in enumerate(data.warehouse_ids):
        house = houses.get(each)
        if house is None:
            yield f"warehouse_ids[{n}]", "is no warehouse of this merchant; list the warehouses to find it"
        elif house.archived_at is not None:
            yield f"warehouse_ids[{n}]", f"{house.name} is archived; choose another one"
    accounts = channels.accounts.named(db, merchant_id, data.account_ids)
    for n, each in enumerate(data.account_ids):
        account = accounts.get(each)
        if account is None:
            yield f"account_ids[{n}]", "is no account of this merchant; list the accounts to find it"
        elif account.state is State.CLOSED:
            yield f"account_ids[{n}]", f"{account.name} is closed; choose another one"


def _one_at_a_time(db: Transaction, merchant_id: str) -> None:
    db.serialise(f"shipping_rules:{merchant_id}")


def _placed(db: Transaction, others: Sequence[RuleRow], one: RuleRow, position: int) -> RuleRow:
    ids = [row.id for row in others]
    ids.insert(position, one.id)
    shipping_rules.place(db, ids)
    return next(row for row in rules(db, one.merchant_id) if row.id == one.id)


def _tell(db: Transaction, kind: str, new: RuleRow | None, *, actor: Actor, before: RuleRow | None = None) -> None:
    one = new or before
    if one is not None:
        events.record(
            db, kind, merchant_id=one.merchant_id, subject=Subject(kind="shipping_rule", id=one.id), actor=actor,
            before=_told(before) if before else None, after=_told(new) if new else None,
        )  # fmt: skip


def _told(row: RuleRow) -> dict[str, object]:
    return asdict(data_of(row)) | {"position": row.position}
