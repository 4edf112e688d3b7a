"""The door to the regions, for the storefront's picker."""

from __future__ import annotations

from functools import cache

import msgspec

from frontline.shop.region.book import Region, tree
from frontline.web.door import Visit, Who, get


class RegionsForm(msgspec.Struct, frozen=True):
    pass


@cache
def _encoded() -> bytes:
    return msgspec.json.encode(tree())


async def _regions(_visit: Visit, _form: RegionsForm) -> bytes:
    """All provinces of China with their cities and districts, and the codes of each."""
    return _encoded()


DOORS = (get("/api/regions", RegionsForm, _regions, tuple[Region, ...], who=Who.ANYONE),)
