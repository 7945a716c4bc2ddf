"""A channel like WooCommerce: it sells, and gives no label of what it sold; a declaration alone says so."""

from __future__ import annotations

from dataclasses import replace

from hub_hookspecs import Capability, Channel, Paper, hookimpl
from hub_hookspecs.admission import implementations
from hub_pasar_my import plugin as pasar_my

NO_LABEL = "no shipping label: WooCommerce prints none; its shops buy labels from whom they like"
LACKS = {
    Capability.CREATE_LABEL: NO_LABEL,
    Capability.CONFIRM_SHIPMENT: "WooCommerce knows no parcels; the shop's owner completes the order there",
}


@hookimpl
def describe_channel() -> Channel:
    channel = pasar_my.describe_channel()
    return replace(
        channel,
        name="woo_like",
        title="WooCommerce-like",
        offers=channel.offers - LACKS.keys(),
        lacks={**channel.lacks, **LACKS},
        supplies=frozenset(),
        lacks_papers={Paper.LABEL_PDF: NO_LABEL, Paper.AWB: "no AWB: WooCommerce hands parcels to no courier"},
    )


OWN = {"describe_channel", *LACKS}
globals().update({name: hook for name, hook in implementations(pasar_my).items() if name not in OWN})
