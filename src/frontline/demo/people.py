"""Customers of the demo shop: what they bought, how it came, and what they said of it.

All goes through the commands that shoppers and staff give, under a clock that is told: weeks ago.
"""

from __future__ import annotations

import asyncio
import os
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from importlib.resources import files
from typing import Any, TypeVar
from uuid import UUID

from frontline.demo.pictures import FOLDER, SMALL, names
from frontline.engine.engine import Engine
from frontline.kernel.ids import uuid7
from frontline.kernel.words import Command, Fen, MemberId, OrderId, ShopId, SkuId, StaffId
from frontline.shop.catalog.messages import ProductDraft
from frontline.shop.member.messages import ChangeProfile, LogIn, PutAddress
from frontline.shop.order.messages import PlaceOrder, ReceiveOrder, ShipOrder, Wanted
from frontline.shop.payment.book import out_trade_no
from frontline.shop.payment.messages import Settle, StartPayment
from frontline.shop.picture.messages import Hash, KeepPicture, PictureId
from frontline.shop.review.messages import AddToReview, ReplyToReview, ReviewId, WriteReview
from frontline.wechat.provider import Channel

CARRIER = "顺丰速运"
SIDE = 800  # Pixels of a picture of a product.

OutcomeT = TypeVar("OutcomeT")


@dataclass(slots=True)
class Demo:
    """The shop while it is filled."""

    engine: Engine
    shop_id: ShopId
    clock: list[datetime]
    """What its engine takes for now."""
    staff_id: StaffId
    products: dict[str, ProductDraft]
    people: list[tuple[MemberId, UUID]]
    """Members and their addresses."""

    def id(self) -> UUID:
        return uuid7(int(self.clock[0].timestamp() * 1000), os.urandom(10))

    async def do(self, command: Command[OutcomeT]) -> OutcomeT:
        """Raises RuntimeError if it is refused: what is written down here is to be right."""
        outcome = await self.engine.submit(self.shop_id, command)
        if hasattr(outcome, "refusal"):
            raise RuntimeError(f"{command} {outcome}")
        return outcome

    async def do_all(self, commands: Iterable[Command[OutcomeT]]) -> list[OutcomeT]:
        return await asyncio.gather(*map(self.do, commands))

    def sku(self, handle: str, variant: int = 1) -> SkuId:
        return self.products[handle].variants[variant - 1].id


def _written() -> dict[str, Any]:
    here = files("frontline.demo").joinpath("reviews.toml")
    return tomllib.loads(here.read_text(encoding="utf-8"))


async def come_in(demo: Demo) -> None:
    """Members with a name and an address."""
    people = _written()["people"]
    joined = await demo.do_all(
        LogIn(id=demo.id(), openid=f"demo-{place}", locale="zh") for place in range(len(people))
    )
    ids = [one.member_id for one in joined]
    await demo.do_all(
        ChangeProfile(id=demo.id(), member_id=id_, nickname=row[0])
        for id_, row in zip(ids, people, strict=True)
    )
    addresses = [
        PutAddress(
            id=demo.id(),
            member_id=id_,
            address_id=None,
            name=name,
            phone=phone,
            region_code=region_code,
            region="",
            detail=detail,
            preferred=True,
        )
        for id_, (_, name, phone, region_code, detail) in zip(ids, people, strict=True)
    ]
    await demo.do_all(addresses)
    demo.people = [(put.member_id, put.id) for put in addresses]


async def buy_and_tell(demo: Demo, today: datetime) -> None:
    """Round after round: ordered, paid, sent, received, reviewed, answered."""
    for round_ in _written()["round"]:
        reviews = round_["reviews"]
        demo.clock[0] = today - timedelta(days=round_["days"])
        orders = [(_order(demo, one), demo.people[one["by"]][0]) for one in reviews]
        await pay_all(demo, [order for order, _ in orders])
        demo.clock[0] += timedelta(hours=6)
        await demo.do_all(
            ShipOrder(
                id=demo.id(),
                order_id=OrderId(order.id),
                staff_id=demo.staff_id,
                carrier=CARRIER,
                tracking=f"SF{order.id.int % 10**13:013}",
            )
            for order, _ in orders
        )
        demo.clock[0] += timedelta(days=2)
        await demo.do_all(
            ReceiveOrder(id=demo.id(), order_id=OrderId(order.id), member_id=member_id)
            for order, member_id in orders
        )
        demo.clock[0] += timedelta(days=1)
        await _tell(demo, reviews, [(OrderId(order.id), member) for order, member in orders])


def _order(demo: Demo, one: dict[str, Any]) -> PlaceOrder:
    member_id, address_id = demo.people[one["by"]]
    sku_id = demo.sku(one["goods"], one.get("variant", 1))
    return PlaceOrder(
        id=demo.id(),
        member_id=member_id,
        wanted=(Wanted(sku_id, 1 + (one["by"] + one["stars"]) % 3),),
        address_id=address_id,
    )


async def pay_all(demo: Demo, commands: Sequence[Any]) -> None:
    """Place these orders (or take these seats), and let the money come."""
    placed = await demo.do_all(commands)
    await demo.do_all(
        StartPayment(
            id=demo.id(),
            order_id=one.order_id,
            member_id=command.member_id,
            channel=Channel.JSAPI,
            currency="CNY",
        )
        for one, command in zip(placed, commands, strict=True)
    )
    await demo.do_all(_money(demo, one.order_id, one.total) for one in placed)


def _money(demo: Demo, order_id: OrderId, total: Fen) -> Settle:
    return Settle(
        id=demo.id(),
        out_trade_no=out_trade_no(order_id),
        transaction_id=f"demo{order_id.hex[-24:]}",
        amount=total,
        currency="CNY",
        payer=None,
        paid_at=demo.clock[0],
    )


async def _tell(
    demo: Demo, reviews: list[dict[str, Any]], orders: list[tuple[OrderId, MemberId]]
) -> None:
    written = await asyncio.gather(
        *(_write(demo, one, *order) for one, order in zip(reviews, orders, strict=True))
    )
    demo.clock[0] += timedelta(hours=20)
    await demo.do_all(
        ReplyToReview(id=demo.id(), review_id=id_, staff_id=demo.staff_id, text=one["reply"])
        for one, id_ in zip(reviews, written, strict=True)
        if "reply" in one
    )
    await demo.do_all(
        AddToReview(id=demo.id(), review_id=id_, member_id=member_id, text=one["added"])
        for one, id_, (_, member_id) in zip(reviews, written, orders, strict=True)
        if "added" in one
    )


async def _write(
    demo: Demo, one: dict[str, Any], order_id: OrderId, member_id: MemberId
) -> ReviewId:
    pictures = [_picture(demo, name, member_id) for name in one.get("pictures", ())]
    await demo.do_all(pictures)
    review = WriteReview(
        id=demo.id(),
        member_id=member_id,
        order_id=order_id,
        line_number=1,
        rating=one["stars"],
        text=one["text"],
        pictures=tuple(PictureId(picture.id) for picture in pictures),
        anonymous=one.get("anonymous", False),
    )
    await demo.do(review)
    return ReviewId(review.id)


def _picture(demo: Demo, name: str, member_id: MemberId) -> KeepPicture:
    """As if uploaded; it is ours, and need not be made anew."""
    stem = names()[name]
    large = (FOLDER / f"{stem}.webp").read_bytes()
    small = (FOLDER / f"{stem}{SMALL}.webp").read_bytes()
    return KeepPicture(
        id=demo.id(),
        actor_id=member_id,
        by_staff=False,
        hash=Hash(blake2b(large + small, digest_size=16).hexdigest()),
        width=SIDE,
        height=SIDE,
        large=large,
        middle=large,
        small=small,
    )
