"""The owner's screen put together: tiles of all features, each of which may fail alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from frontline.desk.owner.places import PLACES, Place
from frontline.web.pages import DeskVisit, Tile, View

AT_ONCE_MAX = 3
"""Tiles read at once, each on a connection: others want some too."""
TILE_S_MAX = 2.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Card:
    place: Place
    views: Sequence[View]
    failed: bool  # Some of it could not be read.


async def cards(visit: DeskVisit, tiles: Iterable[Tile], only: int | None = None) -> Sequence[Card]:
    """One card for every place, or for `only` this one."""
    places = [place for place in PLACES if only in {None, place.number}]
    numbers = {place.number for place in places}
    those = [tile for tile in tiles if tile.place in numbers]
    room = asyncio.Semaphore(AT_ONCE_MAX)
    found = await asyncio.gather(*(_read(tile, visit, room) for tile in those))
    answers = list(zip(those, found, strict=True))
    return [
        Card(
            place,
            [it for tile, it in answers if tile.place == place.number and isinstance(it, View)],
            any(tile.place == place.number and it is False for tile, it in answers),
        )
        for place in places
    ]


async def _read(tile: Tile, visit: DeskVisit, room: asyncio.Semaphore) -> View | bool | None:
    """What the tile says; False: it could not be read."""
    async with room:
        try:
            async with asyncio.timeout(TILE_S_MAX):
                return await tile.act(visit)
        except Exception:  # noqa: BLE001 - one tile is no reason to show nothing
            _log.exception("no tile at %d", tile.place)
            return False
