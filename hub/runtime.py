"""What a running hub is made of; the entry points assemble it once and hand its parts on by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from hub.catalog import jobs as catalog_jobs
from hub.catalog.jobs import Importer, Shop
from hub.catalog.service import imports
from hub.channels import jobs as channels_jobs
from hub.channels.host import Hosts, load_hosts
from hub.channels.service import doors, switching, troubles
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.channels.store.farewells import purge_farewells
from hub.crosslisting import jobs as crosslisting_jobs
from hub.crosslisting.service import categories, giving_up
from hub.crosslisting.service.shop import Desk, Outlet
from hub.fulfilment import jobs as fulfilment_jobs
from hub.fulfilment.service import confirming, documents, reconciling, wishes
from hub.fulfilment.store.reconciling import purge_reconciliations
from hub.fulfilment.store.strangers import purge_strangers
from hub.fulfilment.store.syncs import purge_syncs
from hub.kernel import jobs
from hub.kernel.api.answers import purge_answers
from hub.kernel.clock import Clock
from hub.kernel.db import Database, Transaction
from hub.kernel.files import purge_files
from hub.kernel.http import ChannelHttp, purge_exchanges, purge_rates
from hub.kernel.jobs import Handlers, RetryChecks, Ticket
from hub.kernel.sealing import KeyRing, open_ring
from hub.linking import jobs as linking_jobs
from hub.notices import jobs as notices_jobs
from hub.notices.store import purge_notices
from hub.orders import jobs as orders_jobs
from hub.orders.service import parting, polling, reading
from hub.orders.service.desk import Desk as OrdersDesk
from hub.orders.service.polling import Polling
from hub.orders.store.erasures import purge_erased
from hub.settings import Settings
from hub.stock import jobs as stock_jobs
from hub.stock.service import pushing, syncing
from hub.stock.service.desk import Desk as StockDesk
from hub.stock.service.desk import Outlet as StockOutlet
from hub.stock.store.agreements import purge_agreements
from hub.stock.store.pushes import purge_pushes
from hub.webhooks import jobs as webhooks_jobs
from hub.webhooks.store.deliveries import purge_webhooks
from hub.webhooks.store.refusals import purge_refusals

CARETAKERS = {
    "purge_answers": purge_answers,
    "purge_exchanges": purge_exchanges, "purge_files": purge_files, "purge_rates": purge_rates,
    "purge_webhooks": purge_webhooks, "purge_refusals": purge_refusals, "purge_notices": purge_notices,
    "purge_erased": purge_erased, "purge_farewells": purge_farewells,
    "purge_pushes": purge_pushes, "purge_agreements": purge_agreements, "wake_forgotten": stock_jobs.wake_forgotten,
    "keep_alarm": stock_jobs.keep_looking, "retry_refused": stock_jobs.retry_refused,
    "purge_stocktakes": stock_jobs.purge_stocktakes, "purge_reconciliations": purge_reconciliations,
    "purge_strangers": purge_strangers, "purge_syncs": purge_syncs,
}  # fmt: skip

RETRY_CHECKS: RetryChecks = {imports.IMPORT_ITEMS.name: imports.may_retry}


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """Each field can be asked for by name in a route handler."""

    settings: Settings
    database: Database
    ring: KeyRing
    channels: Channels
    retry_checks: RetryChecks = field(default_factory=lambda: RETRY_CHECKS)

    @property
    def handlers(self) -> Handlers:
        """Who does what happens later: every kind of job that any slice leaves."""
        importer = Importer(
            database=self.database,
            open_shop=partial(_open_shop, self.channels),
            may_go_on=switching.still_allowed,
            figures_seen=syncing.page_seen,
        )
        desk = Desk(database=self.database, ring=self.ring, open_shop=partial(_open_outlet, self.channels))
        return {
            **channels_jobs.handlers(self.channels),
            **catalog_jobs.handlers(importer),
            **stock_jobs.handlers(self.stock),
            **stock_jobs.file_handlers(self.database, self.ring),
            **linking_jobs.handlers(self.database),
            **crosslisting_jobs.handlers(desk),
            **orders_jobs.handlers(self.orders),
            **webhooks_jobs.handlers(self.channels),
            **fulfilment_jobs.handlers(self.orders, self.channels, sync_share=self.settings.sync_share),
            **notices_jobs.handlers(self.database),
        }

    @property
    def orders(self) -> OrdersDesk:
        return OrdersDesk(
            database=self.database,
            ring=self.ring,
            open_outlet=partial(_open_stock, self.channels),
            may_go_on=switching.still_allowed,
            declared=self.channels.hosts.declared,
        )

    @property
    def stock(self) -> StockDesk:
        return StockDesk(
            database=self.database,
            open_outlet=partial(_open_stock, self.channels),
            orders=orders_jobs.for_telling(self.orders),
            alarm_after=timedelta(minutes=self.settings.stock_alarm),
        )

    @property
    def work(self) -> jobs.Runtime:
        """What a worker needs of it."""
        return jobs.Runtime(
            database=self.database,
            handlers=self.handlers,
            troubles=partial(troubles.troubles, self.channels),
            caretakers={
                **CARETAKERS,
                "end_crosslistings": giving_up.Caretaker(),
                "remind_of_parcels": fulfilment_jobs.Reminder(),
                "remind_of_answers": fulfilment_jobs.AnswerReminder(),
                "remind_of_placements": fulfilment_jobs.PlacingReminder(),
                "chase_outbounds": fulfilment_jobs.Chaser(),
                "chase_inbounds": fulfilment_jobs.Announcer(),
                "read_tasks": fulfilment_jobs.Rounds(),
                "warn_of_outbounds": fulfilment_jobs.warn,
                "keep_reconciling": fulfilment_jobs.Daily(),
                "keep_hearing": stock_jobs.hearing_kept(self.channels.hosts),
                "keep_polling": Polling(self.channels.hosts, self.settings.order_poll).go_round,
            },
        )

    def close(self) -> None:
        self.channels.http.close()
        self.database.dispose()


def assemble(settings: Settings, hosts: Hosts | None = None) -> Runtime:
    """Open everything that the settings name, with the installed plugins or exactly `hosts`; nothing runs yet."""
    database = Database(
        settings.url,
        clock=Clock(settings.clock_shift),
        pool_size=settings.threads,
        longest_pause=settings.job_lease,
    )
    ring = open_ring(settings)
    hosts = hosts or load_hosts()
    channels = Channels(
        database=database,
        hosts=hosts,
        ring=ring,
        http=ChannelHttp(database, allow_loopback=settings.allow_loopback_channels),
        public_url=settings.public_url or f"http://{settings.host}:{settings.port}",
        after_authorise=_first_import,
        when_ready=Polling(hosts, settings.order_poll).begin,
        open_work=parting.open_work,
        open_documents=documents.still_open,
        before_close=_let_go,
    )
    return Runtime(settings=settings, database=database, ring=ring, channels=channels)


def assemble_work(settings: Settings) -> jobs.Runtime:
    return assemble(settings).work


def _first_import(db: Transaction, account: AccountRow) -> Ticket | None:
    return imports.enqueue(db, account.merchant_id, account.id)


def _let_go(db: Transaction, account: AccountRow) -> None:
    imports.retire(db, account.merchant_id, account.id)
    categories.forget(db, account.id)
    confirming.let_go(db, account.id)
    wishes.let_go(db, account.id)
    reconciling.forget(db, account.id)
    documents.forget(db, account.id)
    giving_up.close_account(db, account)
    pushing.forget(db, account.id)
    polling.forget(db, account.id)
    reading.forget(db, account.id)


def _open_shop(channels: Channels, account_id: str) -> Shop:
    door = doors.open_door(channels, account_id)
    return Shop(merchant_id=door.bare.merchant_id, host=door.host, door=door)


def _open_stock(channels: Channels, account_id: str) -> StockOutlet:
    door = doors.open_door(channels, account_id)
    return StockOutlet(host=door.host, door=door, is_disabled=door.is_disabled)


def _open_outlet(channels: Channels, account_id: str) -> Outlet:
    door = doors.open_door(channels, account_id)
    return Outlet(merchant_id=door.bare.merchant_id, host=door.host, door=door, is_disabled=door.is_disabled)
