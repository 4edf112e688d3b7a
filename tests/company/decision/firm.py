"""A small company at the desk: an owner, whoever asks, whoever reviews, and their policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from shopping import SHOP, AtDesk, House

from frontline.company.authority.messages import (
    Arranged,
    DepartmentId,
    DepartmentKind,
    PositionId,
    PutDepartment,
    PutPerson,
    PutPosition,
    ReviewKind,
    SetLimit,
    SetPolicy,
    SetReviewer,
    Unchanged,
)
from frontline.company.authority.messages import OnDeadline
from frontline.company.window.messages import Facts, PutWindow, SignUp, WindowId, WindowPut
from frontline.kernel.authority import Action, Held
from frontline.kernel.words import Command, Fen, StaffId
from frontline.web.session import Role

REVIEWS = (ReviewKind.DISCOUNT, ReviewKind.STOCK, ReviewKind.FINANCE)
MARGIN = 1_300_000  # 13,000 yuan: 500 an hour over 26 hours.


@dataclass
class Firm:
    """Staff by what they do."""

    at: House
    owner: StaffId
    shop: StaffId  # Runs the shop, and asks.
    lead: StaffId  # Of e-commerce: reviews discounts.
    ware: StaffId  # Warehouse: reviews stock.
    books: StaffId  # Finance: reviews money.
    deputy: StaffId  # Stands behind finance.
    lead_position: PositionId
    shop_position: PositionId

    async def do(self, command: Command[Any]) -> Any:
        return await self.at.submit(command)

    async def window(self, hours: float = 26, margin: int | None = MARGIN) -> WindowId:
        facts = Facts(
            platform="抖音",
            title="超级品牌日",
            closes_at=self.at.clock[0] + timedelta(hours=hours),
            expected_margin=None if margin is None else Fen(margin),
            margin_how="去年同期 1,300 单 × 每单毛利 10 元",
        )
        put = await self.do(PutWindow(id=uuid4(), staff_id=self.shop, facts=facts))
        assert isinstance(put, WindowPut)
        return put.window_id

    async def sign_up(self, window_id: WindowId, cost: int = 500_000, units: int = 80) -> UUID:
        """The proposal that it becomes."""
        wish = SignUp(
            id=uuid4(),
            window_id=window_id,
            staff_id=self.shop,
            discount_bp=2000,
            stock_units=units,
            cost=Fen(cost),
            note="去年同期卖了 1,300 单",
        )
        held = await self.do(wish)
        assert isinstance(held, Held), held
        await self.at.turn()
        return held.proposal_id

    async def policy(
        self,
        *,
        action: Action = Action.CAMPAIGN,
        reviews: tuple[ReviewKind, ...] = REVIEWS,
        parallel: bool = True,
        decider_id: PositionId | None = None,
        reserve_hours: int = 4,
        delegated: bool = True,
    ) -> None:
        done = await self.do(
            SetPolicy(
                id=uuid4(),
                action=action,
                reviews=reviews,
                parallel=parallel,
                delegated=delegated,
                decider_id=decider_id,
                owner_above=None,
                on_deadline=OnDeadline.LAPSE,
                reserve_hours=reserve_hours,
                answer_hours=48,
                staff_id=self.owner,
            )
        )
        assert isinstance(done, Arranged | Unchanged), done

    async def limit(self, position_id: PositionId, action: Action, alone_max: int) -> None:
        await self.do(
            SetLimit(
                id=uuid4(),
                position_id=position_id,
                action=action,
                alone_max=alone_max,
                day_max=None,
                month_max=None,
                staff_id=self.owner,
            )
        )


async def at_desk(
    at: House, staff_id: UUID, role: Role = Role.STAFF, language: str = "zh"
) -> AtDesk:
    """The desk of somebody who works here already."""
    token = await at.opened.sessions.open(SHOP, staff_id, role)
    return AtDesk(at.http, token, staff_id, language)


async def hired(at: House, name: str, role: str = "staff") -> StaffId:
    id_ = uuid4()
    await at.sql.execute(
        "INSERT INTO staff (shop_id, id, name, password_hash, role, active)"
        " VALUES (1, $1, $2, '', $3, true)",
        id_, name, role,
    )  # fmt: skip
    return StaffId(id_)


async def firm(at: House, *, delegated: bool = True) -> Firm:
    """`delegated`: finance has a deputy."""
    names = {"owner": "老板", "shop": "小店", "lead": "阿电", "ware": "老仓", "books": "财叔",
             "deputy": "小会"}  # fmt: skip
    staff = {
        key: await hired(at, name, "owner" if key == "owner" else "staff")
        for key, name in names.items()
    }
    places: dict[str, PositionId] = {}
    for key, kind in (
        ("shop", DepartmentKind.ECOMMERCE),
        ("lead", DepartmentKind.ECOMMERCE),
        ("ware", DepartmentKind.WAREHOUSE),
        ("books", DepartmentKind.FINANCE),
    ):
        department = PutDepartment(
            id=uuid4(), department_id=None, name=f"{key}部", kind=kind, staff_id=staff["owner"]
        )
        made = await at.submit(department)
        assert isinstance(made, Arranged), made
        position = PutPosition(
            id=uuid4(),
            position_id=None,
            department_id=DepartmentId(made.id),
            name=f"{key}岗",
            staff_id=staff["owner"],
        )
        places[key] = PositionId((await at.submit(position)).id)
        put = PutPerson(
            id=uuid4(),
            person_id=staff[key],
            position_id=places[key],
            deputy_id=staff["deputy"] if delegated and key == "books" else None,
            staff_id=staff["owner"],
        )
        assert isinstance(await at.submit(put), Arranged)
    for kind, key in (
        (ReviewKind.DISCOUNT, "lead"),
        (ReviewKind.STOCK, "ware"),
        (ReviewKind.FINANCE, "books"),
    ):
        reviewer = SetReviewer(
            id=uuid4(), kind=kind, position_id=places[key], staff_id=staff["owner"]
        )
        assert isinstance(await at.submit(reviewer), Arranged)
    return Firm(at=at, **staff, lead_position=places["lead"], shop_position=places["shop"])
