"""A channel like JD.ID: what is inactive or sold out is imported as well; a declaration alone says so."""

from __future__ import annotations

from dataclasses import replace

from hub_hookspecs import Channel, hookimpl
from hub_hookspecs.admission import implementations
from hub_tokopedia import plugin as tokopedia


@hookimpl
def describe_channel() -> Channel:
    channel = tokopedia.describe_channel()
    return replace(channel, name="jd_like", title="JD-like", imports_inactive=True, imports_sold_out=True)


globals().update({name: hook for name, hook in implementations(tokopedia).items() if name != "describe_channel"})
