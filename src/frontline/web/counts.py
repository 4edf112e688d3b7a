"""What the engine of this process has done since it began, for benchmarks and alarms."""

from __future__ import annotations

import msgspec

from frontline.web.door import Visit, Who, get
from frontline.web.session import EVERYWHERE


class CountsForm(msgspec.Struct, frozen=True):
    """Asks for all of the shop's."""


class Counted(msgspec.Struct, frozen=True):
    """Of one command set."""

    name: str
    batches: int
    commands: int
    halvings: int  # An alarm: a batch failed, and running it again did not help.


async def _counts(visit: Visit, _form: CountsForm) -> list[Counted]:
    """How commands were combined, in this process."""
    return [
        Counted(name, one.counts.batches, one.counts.commands, one.counts.halvings)
        for (shop_id, name), one in visit.opened.engine.combiners.items()
        if shop_id == visit.shop_id
    ]


DOORS = (
    get(
        "/api/staff/engine/counts",
        CountsForm,
        _counts,
        list[Counted],
        who=Who.STAFF,
        area=EVERYWHERE,
    ),
)
