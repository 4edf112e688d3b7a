"""A shop where group-buys are played through the doors, and a wallet that pays for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from shopping import NINE, House, add_sku, house

from frontline.engine.engine import new_id
from frontline.kernel.words import Fen
from frontline.shop.payment.providers import Providers
from frontline.web.session import Role
from frontline.wechat.provider import (
    CloseOutcome,
    PaymentState,
    PaymentStatus,
    PayParameters,
    Prepay,
    RefundRequest,
    RefundState,
    RefundStatus,
)

GAMES, STAFF_GAMES = "/api/games/groupbuy", "/api/staff/games/groupbuy"


@dataclass
class Wallet:
    """A payment provider: what is paid in it, it says when asked; what is refunded, at once."""

    clock: list[Any]
    prepared: dict[str, Prepay] = field(default_factory=dict)
    paid: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    refunds: dict[str, RefundRequest] = field(default_factory=dict)

    async def prepare(self, prepay: Prepay) -> PayParameters:
        self.prepared[prepay.out_trade_no] = prepay
        return PayParameters(prepay_id="wx")

    async def query(self, out_trade_no: str) -> PaymentStatus:
        prepay = self.prepared[out_trade_no]
        state = PaymentState.PAID if out_trade_no in self.paid else PaymentState.UNPAID
        return PaymentStatus(
            out_trade_no=out_trade_no, state=state, mchid="m", amount=prepay.amount,
            currency="CNY", payer=prepay.payer, transaction_id=f"t-{out_trade_no}",
            paid_at=self.clock[0],
        )  # fmt: skip

    async def close(self, out_trade_no: str) -> CloseOutcome:
        self.closed.add(out_trade_no)
        return CloseOutcome.CLOSED

    async def refund(self, request: RefundRequest) -> RefundStatus:
        self.refunds[request.out_refund_no] = request
        return RefundStatus(
            out_refund_no=request.out_refund_no, state=RefundState.REFUNDED, mchid="m"
        )

    def refunded(self) -> Counter[str]:
        """Fen that went back, by the payment's number; each refund number counts once."""
        total: Counter[str] = Counter()
        for one in self.refunds.values():
            total[one.out_trade_no] += one.amount
        return total


@dataclass
class Player:
    id: UUID
    token: str


@dataclass
class Table:
    at: House
    wallet: Wallet
    staff: str
    boss: str

    async def member(self, name: str) -> Player:
        said = (await self.at.post("/api/login/wechat", code=name)).json()
        await self.at.sql.execute(
            "UPDATE member SET nickname = $1 WHERE id = $2", name, UUID(said["member_id"])
        )
        return Player(UUID(said["member_id"]), said["token"])

    async def manage(self, verb: str, campaign_id: str, token: str = "") -> Any:
        answer = await self.at.post(
            f"{STAFF_GAMES}/campaigns/{verb}", token or self.boss,
            id=str(new_id()), campaign_id=campaign_id,
        )  # fmt: skip
        return answer.json()

    async def create(self, items: Any, **terms: Any) -> Any:
        answer = await self.at.post(
            f"{STAFF_GAMES}/campaigns/create", self.staff,
            id=str(new_id()), terms=terms_form(**terms), items=items,
        )  # fmt: skip
        return answer.json()

    async def campaign(self, *items: dict[str, Any], **terms: Any) -> str:
        """Published."""
        campaign_id: str = (await self.create(items, **terms))["campaign_id"]
        for verb in ("check", "approve", "publish"):
            said = await self.manage(verb, campaign_id)
            assert "refusal" not in said, (verb, said)
        return campaign_id

    async def open(self, who: Player, campaign_id: str, sku_id: UUID, **told: Any) -> Any:
        form = {"id": str(new_id()), "campaign_id": campaign_id, "sku_id": str(sku_id), **told}
        return (await self.at.post(f"{GAMES}/teams/open", who.token, **form)).json()

    async def join(self, who: Player, team_id: str, sku_id: UUID, **told: Any) -> Any:
        form = {"id": str(new_id()), "team_id": team_id, "sku_id": str(sku_id), **told}
        return (await self.at.post(f"{GAMES}/teams/join", who.token, **form)).json()

    async def begin(self, who: Player, order_id: str) -> Any:
        """The payment sheet is open."""
        answer = await self.at.post(
            "/api/orders/pay", who.token, id=str(new_id()), order_id=order_id, channel="jsapi"
        )
        return answer.json()

    async def finish(self, who: Player, order_id: str) -> None:
        """The money comes, and the shop is told three times."""
        self.wallet.paid.add(UUID(order_id).hex)
        for _ in range(3):
            await self.at.post("/api/orders/paid", who.token, order_id=order_id)

    async def pay(self, who: Player, seated: Any) -> str:
        assert "order_id" in seated, seated
        order_id: str = seated["order_id"]
        begun = await self.begin(who, order_id)
        assert "refusal" not in begun, begun
        await self.finish(who, order_id)
        return order_id

    async def started(self, who: Player, campaign_id: str, sku_id: UUID, **told: Any) -> str:
        """A team whose leader has paid."""
        seated = await self.open(who, campaign_id, sku_id, **told)
        await self.pay(who, seated)
        team_id: str = seated["team_id"]
        return team_id

    async def joined(self, who: Player, team_id: str, sku_id: UUID, **told: Any) -> str:
        """The order of a seat that is paid for."""
        return await self.pay(who, await self.join(who, team_id, sku_id, **told))

    async def team(self, team_id: str, who: Player | None = None) -> Any:
        answer = await self.at.get(f"{GAMES}/team", who.token if who else "", team_id=team_id)
        return answer.json()

    async def order(self, order_id: str) -> str:
        return await self.at.sql.fetchval(
            "SELECT state FROM shop_order WHERE id = $1", UUID(order_id)
        )

    async def stock(self, sku_id: UUID) -> tuple[int, int, int]:
        """On hand, reserved, sold."""
        row = await self.at.sql.fetchrow(
            "SELECT on_hand, reserved, sold FROM stock WHERE sku_id = $1", sku_id
        )
        return tuple(row)

    def later(self, **by: float) -> None:
        self.at.later(**by)

    async def turn(self) -> None:
        await self.at.turn()

    async def sku(self, **told: Any) -> UUID:
        return await add_sku(self.at.sql, **told)


def item(sku_id: UUID, price: int, quota: int = 10, **told: Any) -> dict[str, Any]:
    return {"sku_id": str(sku_id), "price": price, "quota": quota, **told}


def terms_form(**told: Any) -> dict[str, Any]:
    return {
        "name": "三人团",
        "rule_text": "三人成团；24 小时内未满员，已付款全额退回。",
        "share_title": "还差两人，一起拼！",
        "starts_at": NINE.isoformat(),
        "ends_at": (NINE + timedelta(days=3)).isoformat(),
        "size": 3,
        "life_hours": 24,
        "pay_minutes": 15,
        **told,
    }


@asynccontextmanager
async def table(url: str) -> AsyncIterator[Table]:
    clock: list[Any] = []
    wallet = Wallet(clock)
    providers = Providers(lambda _: wallet)  # type: ignore[arg-type,return-value]
    async with house(url, services={Providers: providers}) as at:
        wallet.clock = at.clock
        staff, boss = await at.token(Role.STAFF), await at.token(Role.OWNER, uuid4())
        yield Table(at, wallet, staff, boss)
        assert at.halvings() == 0
