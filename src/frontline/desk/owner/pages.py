"""/desk: for owners their screen, for everybody else what waits for them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from frontline.desk.owner import frozen, money, stuck
from frontline.desk.owner.board import cards
from frontline.desk.owner.start import start
from frontline.engine.feature import Feature
from frontline.kernel.text import Words
from frontline.web.door import Who
from frontline.web.pages import DeskVisit, Group, Menu, Nothing, Page, Tile, View, page
from frontline.web.session import EVERYWHERE, Role


class PlaceForm(msgspec.Struct, frozen=True):
    place: int


def pages_with(features: Iterable[Feature]) -> tuple[Page, ...]:
    """The start page and its pieces, with the tiles of these features."""
    tiles: tuple[Tile, ...] = (
        *money.TILES,
        *frozen.TILES,
        *stuck.TILES,
        *(tile for feature in features for tile in feature.tiles),
    )

    async def home(visit: DeskVisit, _: Nothing) -> View:
        if visit.known.role is not Role.OWNER:
            return await start(visit)
        found = await cards(visit, tiles)
        values = {"cards": found, "day": visit.shop.day(visit.opened.now())}
        return View("owner/board.html", Words("老板工作台", "Owner's screen"), values)

    async def one(visit: DeskVisit, form: PlaceForm) -> View | None:
        found = await cards(visit, tiles, form.place)
        if not found:
            return None
        return View("owner/card.html", found[0].place.title, {"card": found[0]}, bare=True)

    label = Words("首页", "Start")
    return (
        page(
            "/desk",
            Nothing,
            home,
            area=EVERYWHERE,
            menu=Menu(group=Group.FRONT, label=label, icon="home", place=0),
        ),
        page("/desk/board/place", PlaceForm, one, who=Who.OWNER, area=EVERYWHERE),
    )
