"""What a channel can and cannot do, as data that people and forms read."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from hub_hookspecs import Capability, Kind, Paper, Rate

from hub.channels.host.facade import Host


class CapabilitySheet(msgspec.Struct, frozen=True, kw_only=True):
    """A plugin's declaration without its code; every gap has its reason."""

    name: str
    title: str
    kind: Kind
    distribution: str
    version: str
    offers: tuple[Capability, ...]
    lacks: Mapping[Capability, str]
    supplies: tuple[Paper, ...]
    lacks_papers: Mapping[Paper, str]
    needs: tuple[Paper, ...]
    countries: tuple[str, ...]
    rate: Rate | None
    stock_batch: int
    compare_and_set: bool
    imports_inactive: bool
    imports_sold_out: bool
    inbound_needs_cost: bool
    one_parcel_per_outbound: bool
    cancel_until: str
    preconditions: tuple[str, ...]
    advice: tuple[str, ...]
    offline: str  # why it talks to no network; "" where it does


def capability_sheet(host: Host) -> CapabilitySheet:
    """Lay the declaration out in the order in which a merchant meets the capabilities."""
    channel = host.channel
    return CapabilitySheet(
        name=channel.name,
        title=channel.title,
        kind=channel.kind,
        distribution=host.distribution,
        version=host.version,
        offers=tuple(capability for capability in Capability if capability in channel.offers),
        lacks={capability: channel.lacks[capability] for capability in Capability if capability in channel.lacks},
        supplies=tuple(paper for paper in Paper if paper in channel.supplies),
        lacks_papers={paper: channel.lacks_papers[paper] for paper in Paper if paper in channel.lacks_papers},
        needs=tuple(paper for paper in Paper if paper in channel.needs),
        countries=tuple(sorted(channel.countries)),
        rate=channel.rate,
        stock_batch=channel.stock_batch,
        compare_and_set=channel.compare_and_set,
        imports_inactive=channel.imports_inactive,
        imports_sold_out=channel.imports_sold_out,
        inbound_needs_cost=channel.inbound_needs_cost,
        one_parcel_per_outbound=channel.one_parcel_per_outbound,
        cancel_until=channel.cancel_until,
        preconditions=channel.preconditions,
        advice=channel.advice,
        offline=channel.offline,
    )
