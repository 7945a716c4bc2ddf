"""Takes in merchants, makes and ends keys, and says who a key is."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
import structlog
from msgspec.structs import replace

from hub.kernel import events, jobs
from hub.kernel.api.policy import Access, Caller, Forbidden, Unauthorised
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import FieldError, Invalid, NotFound, Refused
from hub.kernel.events import Actor, Subject
from hub.kernel.ids import new_id
from hub.kernel.jobs import JobKind
from hub.merchants import rules, store
from hub.merchants.rules import EVERYTHING, Feature, Several
from hub.merchants.store import ApiKey, Merchant

log = structlog.get_logger(__name__)

ALL = "*"
# The slice of orders handles both.
RECHECK_UNPAID = JobKind("orders.recheck_unpaid", lane="default")
RECHECK_ROUTING = JobKind("orders.recheck_routing", lane="urgent")


def create_merchant(
    db: Transaction, name: str, *, actor: Actor, features: tuple[Feature, ...] = EVERYTHING
) -> Merchant:
    made = store.add_merchant(db, merchant_id=new_id(), name=name, features=_sorted(features))
    events.record(
        db,
        "merchant.created",
        merchant_id=made.id,
        subject=Subject(kind="merchant", id=made.id),
        actor=actor,
        after=_told(made),
    )
    return made


def merchant(db: Transaction, merchant_id: str, *, for_change: bool = False) -> Merchant:
    found = store.find_merchant(db, merchant_id, for_change=for_change)
    if found is None:
        raise NotFound("merchant")
    return found


def change_merchant(
    db: Transaction,
    old: Merchant,
    *,
    actor: Actor,
    by: Caller | None = None,
    name: str | None = None,
    features: tuple[Feature, ...] | None = None,
    reserve_unpaid: bool | None = None,
    several_warehouses: Several | None = None,
) -> Merchant:
    """Change what is given; nothing is written or recorded where nothing differs.

    Unpaid orders that there are hold stock from then on, or let go of it, as the merchant wants it now.
    """
    if features is not None and by is not None and by.merchants is not None:
        raise Forbidden("the plan is changed with a platform key: one that reaches every merchant")
    wanted = replace(
        old,
        name=old.name if name is None else name,
        features=old.features if features is None else _sorted(features),
        reserve_unpaid=old.reserve_unpaid if reserve_unpaid is None else reserve_unpaid,
        several_warehouses=old.several_warehouses if several_warehouses is None else several_warehouses,
    )
    if wanted == old:
        return old
    new = store.change_merchant(db, wanted)
    if new.reserve_unpaid != old.reserve_unpaid:
        jobs.enqueue(db, RECHECK_UNPAID, key=old.id, merchant_id=old.id)
    if (new.features, new.several_warehouses) != (old.features, old.several_warehouses):
        judge_again(db, old.id)
    events.record(
        db,
        "merchant.changed",
        merchant_id=old.id,
        subject=Subject(kind="merchant", id=old.id),
        actor=actor,
        before=_told(old),
        after=_told(new),
    )
    return new


def judge_again(db: Transaction, merchant_id: str) -> None:
    """What decides where the merchant's orders are sent from has changed: have them looked at again."""
    jobs.enqueue(db, RECHECK_ROUTING, key=merchant_id, merchant_id=merchant_id)


def create_key(
    db: Transaction,
    name: str,
    *,
    environment: str,
    merchants: tuple[str, ...] | None,
    access: Access,
    actor: Actor,
    expires_at: datetime | None = None,
    chance: Callable[[int], bytes] = secrets.token_bytes,
) -> tuple[ApiKey, str]:
    """Make a key and its secret text, which is told once. `merchants` None: a platform key."""
    reach = _reach(db, merchants)
    store.end_expired(db, reach, name)
    free = set(range(1, rules.LIVE_AT_ONCE + 1)) - store.slots_taken(db, reach, name)
    if not free:
        raise _no_third(name)
    public_id, text = rules.write_key(environment, chance=chance(8 + rules.SECRET_BYTES))
    values = {
        "id": new_id(),
        "public_id": public_id,
        "digest": rules.digest(text),
        "reach": reach,
        "name": name,
        "slot": min(free),
        "access": access,
        "expires_at": expires_at,
    }
    try:
        made = store.add_key(db, values, () if merchants is None else tuple(sorted(set(merchants))))
    except sa.exc.IntegrityError as error:  # another caller took the last place at the same time
        raise _no_third(name) from error
    _record_key(db, "key.created", made, actor=actor, before=None)
    return made, text


def key(db: Transaction, key_id: str, *, merchant_id: str | None) -> ApiKey:
    """Find a key; under a merchant only among those made for it."""
    found = store.find_key(db, key_id)
    if found is None or (merchant_id is not None and merchant_id not in (found.merchants or ())):
        raise NotFound("key")
    return found


def revoke_key(db: Transaction, ending: ApiKey, *, by: Caller | None, actor: Actor) -> ApiKey:
    """End a key at once; ending it again changes nothing."""
    if by is not None and not all(by.reaches(each) for each in ending.merchants or ()):
        raise Refused("this key also serves other merchants; ask the platform to end it", code="key_shared")
    ended = store.revoke_key(db, ending.id)
    if ended is None:
        return ending
    _record_key(db, "key.revoked", ended, actor=actor, before={"revoked_at": None})
    return ended


class Admission:
    """Says who a key is, before any route has a transaction: takes the database and opens short ones of its own.

    The minute of its last use is noted once a minute, not once a request.
    """

    def __init__(self, database: Database, environment: str) -> None:
        self._database = database
        self._environment = environment
        self._noted: dict[str, int] = {}

    def __call__(self, text: str, merchant_id: str | None) -> Caller:
        public_id = rules.public_id(text, self._environment)
        if public_id is None:
            raise Unauthorised
        with self._database.reading() as db:
            found = store.key_to_admit(db, public_id, merchant_id)
        if not hmac.compare_digest(found.digest if found else rules.digest(""), rules.digest(text)) or not found:
            raise Unauthorised
        reach = None if found.reach == ALL else frozenset(found.reach.split(","))
        if merchant_id is not None and not found.known:
            raise NotFound("merchant")
        self._note(found.id)
        return Caller(key_id=found.id, access=Access(found.access), merchants=reach)

    def _note(self, key_id: str) -> None:
        minute = int(time.monotonic() // 60)
        if self._noted.get(key_id) == minute:
            return
        self._noted[key_id] = minute
        try:
            with self._database.writing() as db:
                store.note_use(db, key_id)
        except sa.exc.OperationalError:  # a busy database must not refuse a valid key for the sake of a remark
            log.warning("last use not noted", key=key_id, exc_info=True)


def _reach(db: Transaction, merchants: tuple[str, ...] | None) -> str:
    if merchants is None:
        return ALL
    missing = set(merchants) - store.merchants_among(db, merchants)
    if missing:
        message = f"no such merchant: {', '.join(sorted(missing))}"
        raise Invalid(message, errors=(FieldError(field="merchants", message=message),))
    return ",".join(sorted(set(merchants)))


def _no_third(name: str) -> Refused:
    return Refused(f"two keys named {name!r} are alive; revoke one before making the next", code="two_live_keys")


def _record_key(db: Transaction, kind: str, subject: ApiKey, *, actor: Actor, before: dict[str, object] | None) -> None:
    told = {"name": subject.name, "access": subject.access, "merchants": subject.merchants}
    after = told | {"public_id": subject.public_id, "expires_at": subject.expires_at, "revoked_at": subject.revoked_at}
    for merchant_id in subject.merchants or (None,):
        events.record(
            db,
            kind,
            merchant_id=merchant_id,
            subject=Subject(kind="key", id=subject.id),
            actor=actor,
            before=before,
            after=after,
        )


def _told(subject: Merchant) -> dict[str, object]:
    named = ("name", "features", "reserve_unpaid", "several_warehouses")
    return {name: getattr(subject, name) for name in named}


def _sorted(features: tuple[Feature, ...]) -> tuple[Feature, ...]:
    return tuple(each for each in Feature if each in features)
