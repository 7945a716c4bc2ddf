"""Maps the places of an account to warehouses: all of them at once, and what is shared is said openly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.channels import store
from hub.channels.rules import places as rules
from hub.channels.rules.places import IMPLIED, Mapped
from hub.channels.service.hearing import retell
from hub.channels.service.places import names_of
from hub.channels.service.standing import open_account
from hub.channels.service.telling import tell
from hub.channels.service.warehouses import default_of, fault_of, one_at_a_time
from hub.channels.store.accounts import AccountRow
from hub.channels.store.warehouses import Warehouse
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid, Refused
from hub.kernel.events import Actor

TOLD = 20  # places that an error names


def locked(db: Transaction, merchant_id: str, account_id: str) -> AccountRow:
    """The open account, with its mapping and the merchant's warehouses kept from others until the transaction ends."""
    one_at_a_time(db, merchant_id)
    return open_account(db, merchant_id, account_id, for_change=True)


def map_places(db: Transaction, account: AccountRow, mapping: Sequence[Mapped], *, actor: Actor) -> None:
    """Put this mapping in the place of the account's; nothing is written or recorded where they are equal.

    `account` was read by `locked`. A shared warehouse is shown at the first of its places in the order given. A place
    that is gone gives way where it would share with one that is there.
    """
    if store.warehouses.of_accounts(db, [account.id]):
        message = f"the places of {account.name} are warehouses themselves: map the places of accounts that sell"
        raise Refused(message, code="third_party_account")
    kept = store.places.mapped_places(db, (account.id,))[account.id]
    mapping = rules.lasting(rules.present(account.places), mapping)
    old = [each.mapped for each in kept]
    new = [
        Mapped(place_ref=each.place_ref, warehouses=tuple(sorted(each.warehouses)), shared=each.shared)
        for each in mapping
        if each.warehouses
    ]
    names = {each.ref: each.name for each in kept} | names_of(account)
    known = store.warehouses.named(db, account.merchant_id, {one for each in new for one in each.warehouses})
    errors = [*_unknown(mapping, names, known), *_silent(mapping, names, known)]
    if errors:
        raise Invalid(f"{len(errors)} field(s) of the mapping need to change", errors=tuple(errors))
    if new == old:
        return
    store.places.replace_mapping(db, account.id, new, names)
    retell(db, account.merchant_id, account.id)
    tell(db, "account.places_mapped", account, actor=actor, before={"places": _told(old)}, after={"places": _told(new)})


def map_place(
    db: Transaction, account: AccountRow, place_ref: str, warehouses: Sequence[str], *, shared: bool, actor: Actor
) -> None:
    """Map one place, the others stay as they are; without `warehouses` it is mapped no more."""
    kept = [each.mapped for each in store.places.mapped_places(db, (account.id,))[account.id]]
    wanted = Mapped(place_ref=place_ref, warehouses=tuple(warehouses), shared=shared)
    stands = next((n for n, each in enumerate(kept) if each.place_ref == place_ref), len(kept))
    map_places(db, account, [*kept[:stands], wanted, *kept[stands + 1 :]], actor=actor)


def map_implied(db: Transaction, account: AccountRow) -> None:
    """Put the default warehouse behind a new account that has no places; those of any other wait for a person."""
    stock = default_of(db, account.merchant_id)
    if not account.places:
        store.places.replace_mapping(db, account.id, [Mapped(place_ref=IMPLIED, warehouses=(stock.id,))], {IMPLIED: ""})


def _unknown(mapping: Sequence[Mapped], names: Mapping[str, str], known: Mapping[str, Warehouse]) -> list[FieldError]:
    """What is named and is not there, or is named twice."""
    errors, seen = [], set[str]()
    there = ", ".join(repr(ref) for ref in list(names)[:TOLD])
    for n, each in enumerate(mapping):
        if each.place_ref not in names:
            message = f"the account has no such place; it has {there}"
            errors.append(FieldError(field=f"places[{n}].ref", message=message))
        if each.place_ref in seen:
            errors.append(FieldError(field=f"places[{n}].ref", message="is named twice; give each place once"))
        seen.add(each.place_ref)
        errors += _unusable(n, each, known)
    return errors


def _unusable(n: int, each: Mapped, known: Mapping[str, Warehouse]) -> list[FieldError]:
    faults = [(m, fault_of(one, known.get(one))) for m, one in enumerate(each.warehouses)]
    faults += [(m, "is named twice") for m, one in enumerate(each.warehouses) if one in each.warehouses[:m]]
    return [FieldError(field=f"places[{n}].warehouses[{m}]", message=fault) for m, fault in faults if fault]


def _silent(mapping: Sequence[Mapped], names: Mapping[str, str], known: Mapping[str, Warehouse]) -> list[FieldError]:
    """Sharing that nobody has said openly, which most often is a slip."""
    return [
        FieldError(field=f"places[{each.at}].shared", message=_why(each, mapping, names, known))
        for each in rules.silent(mapping)
    ]


def _why(
    silent: rules.Silent, mapping: Sequence[Mapped], names: Mapping[str, str], known: Mapping[str, Warehouse]
) -> str:
    if silent.also is None:
        return "several warehouses stand behind this place, their stock is added up: say shared: true, or keep one"
    both = {one for each in mapping if each.place_ref == silent.also for one in each.warehouses}
    named = [known[one].name for one in mapping[silent.at].warehouses if one in both and one in known]
    place = "the account as a whole" if silent.also == IMPLIED else repr(names.get(silent.also) or silent.also)
    return (
        f"{', '.join(named)} stands behind {place} too and would be shown at only one of them: "
        "say shared: true, or choose another warehouse"
    )


def _told(mapping: Sequence[Mapped]) -> dict[str, object]:
    return {each.place_ref: {"warehouses": each.warehouses, "shared": each.shared} for each in mapping}
