"""The application, for granian: `granian --interface asgi frontline.app:app`."""

from __future__ import annotations

import asyncio
import gc
import importlib
import importlib.util
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from litestar import Litestar, Response, get
from litestar.datastructures import State
from litestar.types import ASGIApp

from frontline.company.notice import settings as notice_settings
from frontline.company.notice.carriers import Notifiers
from frontline.desk.desk import Desk
from frontline.engine.engine import Engine, clock
from frontline.engine.feature import Outside
from frontline.engine.relay import Relay
from frontline.engine.timers import give_due
from frontline.house import House, assembled
from frontline.kernel.words import ShopId
from frontline.shop.member.codes import CodeSender, DemoCodes, LoggedCodes
from frontline.shop.payment.providers import Providers
from frontline.shop.search import counting as searches
from frontline.start import start
from frontline.store.database import Database, Fault
from frontline.storefront import place, storefront
from frontline.web.door import Front, Opened
from frontline.web.openapi import document
from frontline.web.session import Sessions
from frontline.web.shell import static
from frontline.web.shops import Shops
from frontline.wechat import settings as wechat_settings
from frontline.wechat.miniprogram import MiniProgram
from frontline.wechat.sheet import Sheet

CONNECTIONS_MAX = 8
TICK_S = 0.25  # How late a timer may be noticed.
GARBAGE_MIN = 50_000  # Objects, before it is worth looking for those that hold each other.

_log = logging.getLogger(__name__)

Services = Mapping[type, Any]


class Clockwork:
    """What happens without anybody asking: timers come due, events are handed on."""

    def __init__(self, opened: Opened, house: House) -> None:
        self._opened = opened
        self._wake = asyncio.Event()
        opened.engine.on_events = self._wake.set
        outside = Outside(opened.engine, opened.database, opened.now, opened.services)
        self._relay = Relay(outside, house.reactions, house.gathered, on_room=self._wake.set)

    async def turn(self) -> int:
        """Do what is due now, in every shop, to its end; how much that was."""
        done = 0
        for shop_id in await self._opened.shops.all():
            done += await self._relay.run_once(shop_id)
            done += await self._come_due(shop_id)
        return done

    async def run(self) -> None:
        """For ever. Timers do not wait for events, nor one event for what another waits for."""
        try:
            await asyncio.gather(
                self._keep_on(self._relay.begin, self._wake),
                self._keep_on(self._come_due, asyncio.Event()),
            )
        finally:
            await self._relay.stop()

    async def _come_due(self, shop_id: ShopId) -> int:
        return await give_due(
            self._opened.database, self._opened.engine, shop_id, self._opened.now()
        )

    async def _keep_on(self, act: Callable[[ShopId], Awaitable[int]], wake: asyncio.Event) -> None:
        while True:
            wake.clear()
            done = 0
            try:
                for shop_id in await self._opened.shops.all():
                    done += await act(shop_id)
            except Fault as fault:
                _log.warning("the clockwork waits: %r", fault)
            except Exception:  # noqa: BLE001 - the clock goes on, whatever one tick met
                _log.exception("a bug in the clockwork")
            if not done:
                with suppress(TimeoutError):
                    await asyncio.wait_for(wake.wait(), TICK_S)


def open_house(
    database_url: str,
    services: Services,
    *,
    now: Callable[[], datetime] = clock,
    connections_max: int = CONNECTIONS_MAX,
) -> Opened:
    """Everything that doors need. Nothing is connected until it is asked for."""
    house = assembled()
    database = Database(database_url, connections_max=connections_max)
    engine = Engine(
        database,
        house.library,
        house.command_sets,
        reacting=house.reacting,
        now=now,
    )
    return Opened(
        engine=engine,
        database=database,
        sessions=Sessions(database, now),
        shops=Shops(database),
        replies=house.replies,
        services=services,
        now=now,
    )


@get("/livez", include_in_schema=False)
async def livez() -> str:
    return "ok"


@get("/readyz", include_in_schema=False)
async def readyz(state: State) -> Response[str]:
    """Ready is: the database answers."""
    try:
        await state.opened.database.shared("SELECT 1")
    except Fault:
        return Response("the database does not answer", status_code=503)
    return Response("ok")


@get("/schema", include_in_schema=False)
async def schema() -> dict[str, Any]:
    """The OpenAPI document of the JSON doors."""
    return document(assembled().doors)


def application(open_it: Callable[[], Opened], *, clockwork: bool = True) -> ASGIApp:
    """The whole as one ASGI application; it opens on start-up and closes on shutdown."""
    house = assembled()

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        opened: Opened = open_it()
        app.state.opened = opened
        _settle()
        task = asyncio.create_task(Clockwork(opened, house).run()) if clockwork else None
        yield
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await desk.close()
        await searches.tell(opened.engine)
        await opened.database.close()

    routes = [route for feature in house.features for route in feature.routes]
    behind = Litestar(
        [livez, readyz, schema, start, static, storefront(place()), *routes, *_demo()],
        lifespan=[lifespan],
        openapi_config=None,
        logging_config=None,
    )

    def opened() -> Opened:
        found: Opened = behind.state.opened
        return found

    desk = Desk(house.features, house.pages, behind, opened)
    return Front(house.doors, desk, opened)


def _demo() -> tuple[Any, ...]:
    """Routes of the demo's pictures. The demo stands on us, and may be left out."""
    if importlib.util.find_spec("frontline.demo") is None:
        return ()
    routes: tuple[Any, ...] = importlib.import_module("frontline.demo.pictures").ROUTES
    return routes


def _settle() -> None:
    """What is loaded by now stays: leave it out of every search for garbage.

    Requests leave next to no cycles behind, and looking for some after every 700 objects took a
    fifth of an order's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_MIN)


def wechat_services(
    merchant_file: Path,
    public_url: str,
    *,
    now: Callable[[], datetime] = clock,
    demo: bool = False,
) -> Services:
    """WeChat's servers, or the simulator of them: what `merchant_file` says.

    In a demo, where nothing is sold for real, the codes that prove a phone are shown.
    """
    settings = wechat_settings.load(merchant_file)
    sheet = settings.sheet()

    def provider(shop_id: ShopId) -> Any:
        return settings.provider(f"{public_url}/wechat/notice/{shop_id}", clock=now)

    return {
        Providers: Providers(provider),
        MiniProgram: settings.miniprogram(clock=now),
        CodeSender: DemoCodes() if demo and settings.simulated else LoggedCodes(),
        **({} if sheet is None else {Sheet: sheet}),
    }


def _from_environment() -> Opened:
    public_url = os.environ["FRONTLINE_URL"]
    services = wechat_services(
        Path(os.environ["FRONTLINE_WECHAT"]),
        public_url,
        demo=os.environ.get("FRONTLINE_DEMO") == "1",
    )
    return open_house(os.environ["DATABASE_URL"], {**services, **_notifiers(services, public_url)})


def _notifiers(services: Services, public_url: str) -> Services:
    """The ways by which notices leave the desk; without `FRONTLINE_NOTICE` they stay there."""
    told = os.environ.get("FRONTLINE_NOTICE")
    if not told:
        return {}
    return {Notifiers: notice_settings.load(Path(told), public_url, services[MiniProgram])}


app = application(_from_environment)
