"""After-sale: what is asked back, and what becomes of it, up to now."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Self
from uuid import UUID

from frontline.demo.year.sheets import stamp
from frontline.demo.year.trade import new_id, often
from frontline.kernel.ids import following
from frontline.shop.aftersale.messages import CaseId, Kind, MarkCaseOverdue, Reason, State
from frontline.shop.aftersale.rules import ANSWER_WITHIN

if TYPE_CHECKING:
    from frontline.demo.year.lives import Teller
    from frontline.demo.year.orders import Order, Refund

_ANSWER_S = int(ANSWER_WITHIN.total_seconds())
_HOUR_S = 3_600
_DAY_S = 86_400
_REASONS = (
    *(Reason.DAMAGED,) * 9,
    *(Reason.NOT_AS_DESCRIBED,) * 4,
    *(Reason.MISSING,) * 3,
    *(Reason.WRONG_ITEM,) * 2,
    *(Reason.TOO_LATE,) * 3,
    *(Reason.OTHER,) * 3,
)
_NOTES = {
    Reason.CANCELLED: ("拍错了，想换个口味", "地址填错了，重新下单", "临时不需要了", ""),
    Reason.DAMAGED: ("到手碎了好几块", "盒子压瘪了", "封口漏气，已经受潮", "蛋卷基本都碎了"),
    Reason.NOT_AS_DESCRIBED: ("比图片小一圈", "太甜了，和说明不一样", "颜色和图片差很多"),
    Reason.MISSING: ("少了一盒", "赠品没有放", "只收到一半"),
    Reason.WRONG_ITEM: ("口味发错了", "规格发错，要的是大盒"),
    Reason.TOO_LATE: ("说好 48 小时发货，等了五天", "生日都过了才到"),
    Reason.OTHER: ("不想要了", "家里人已经买过", ""),
}
_REFUSALS = ("商品已拆封食用，不支持退货，已补发优惠券", "照片中未见破损，请补充照片后再申请")


@dataclass(slots=True)
class Case:
    id: int
    kind: Kind
    reason: Reason
    note: str
    units: list[tuple[int, int]]  # Line number and units.
    asked_s: int
    amount: int
    freight: int
    closed_s: int = 0  # When it holds nothing any more; later than now if that has not come.
    state: State = State.ASKED
    answer: str = ""
    carrier: str = ""
    tracking: str = ""
    overdue: bool = False
    steps: list[tuple[int, State, str, str]] = field(default_factory=list)

    @classmethod
    def before_sending(cls, order: Order, asked_s: int, random: Random) -> Self:
        """All of it, as nothing was sent."""
        units = [(line.number, line.quantity) for line in order.lines]
        return cls._asked(
            order, asked_s, random, Kind.REFUND_ONLY, Reason.CANCELLED, units, order.freight
        )

    @classmethod
    def after_receipt(cls, order: Order, asked_s: int, random: Random) -> Self:
        returns = often(random, 0.55)
        if returns and often(random, 0.4):
            units = [(line.number, line.quantity) for line in order.lines]
        else:
            line = order.lines[random.randrange(len(order.lines))]
            units = [(line.number, random.randint(1, line.quantity))]
        kind = Kind.RETURN_REFUND if returns else Kind.REFUND_ONLY
        reason = _REASONS[random.randrange(len(_REASONS))]
        return cls._asked(order, asked_s, random, kind, reason, units, 0)

    @classmethod
    def _asked(  # noqa: PLR0913, PLR0917 - a case has this many sides
        cls,
        order: Order,
        asked_s: int,
        random: Random,
        kind: Kind,
        reason: Reason,
        units: list[tuple[int, int]],
        freight: int,
    ) -> Self:
        lines = {line.number: line for line in order.lines}
        goods = sum(lines[n].paid * count // lines[n].quantity for n, count in units)
        notes = _NOTES[reason]
        return cls(
            id=new_id(asked_s, random.getrandbits(84)),
            kind=kind,
            reason=reason,
            note=notes[random.randrange(len(notes))],
            units=units,
            asked_s=asked_s,
            amount=goods + freight,
            freight=freight,
        )

    def move(self, second: int, state: State, who: str, actor: str) -> None:
        self.steps.append((second, state, who, actor))
        self.state = state

    def write(self, teller: Teller, order: Order) -> None:
        """Its rows; once all is told."""
        sheets, hex_ = teller.sheets, f"{self.id:032x}"
        units = ",".join(f"[{number},{count}]" for number, count in self.units)
        sheets.aftersale.append(
            f"{hex_}\t{order.hex}\t{order.buyer}\t{self.kind}\t{self.state}\t[{units}]\t"
            f"{self.amount}\t{self.freight}\t{self.reason}\t{self.note}\t{self.answer}\t"
            f"{self.carrier}\t{self.tracking}\t{stamp(self.asked_s)}\t"
            f"{'t' if self.overdue else 'f'}"
        )
        for second, state, who, actor in self.steps:
            sheets.aftersale_step.append(f"{hex_}\t{state}\t{stamp(second)}\t{who}\t{actor}")
        quantities = {line.number: line.quantity for line in order.lines}
        is_open = self.state in {State.ASKED, State.APPROVED, State.SENT_BACK}
        back = self.state in {State.REFUNDING, State.REFUNDED}
        for number, count in self.units:
            sheets.aftersale_count.append(
                f"{order.hex}\t{number}\t{quantities[number]}\t{count if is_open else 0}\t"
                f"{count if back else 0}\t1"
            )


def tell(teller: Teller, order: Order, case: Case) -> Refund | None:
    """Ask, answer, and pay back; the refund if it has come to that."""
    random, now_s = teller.random, teller.now_s
    order.case = case
    wait_h = random.uniform(49, 90) if often(random, 0.05) else random.uniform(1, 40)
    answer_s = case.asked_s + int(wait_h * _HOUR_S)
    case.closed_s = answer_s
    case.overdue = min(answer_s, now_s) > case.asked_s + _ANSWER_S
    if answer_s > now_s:
        if not case.overdue:
            id_ = UUID(int=case.id)
            wish = MarkCaseOverdue(id=following(id_, "overdue"), case_id=CaseId(id_))
            teller.wake(case.asked_s + _ANSWER_S, wish)
        return None
    if often(random, 0.06):
        case.answer = _REFUSALS[random.randrange(len(_REFUSALS))]
        case.move(answer_s, State.REFUSED, "staff", teller.staff())
        return None
    if often(random, 0.05):
        case.move(answer_s, State.WITHDRAWN, "buyer", order.buyer)
        return None
    if case.kind is Kind.RETURN_REFUND:
        return _sent_back(teller, order, case, answer_s)
    actor = teller.staff()
    case.move(answer_s, State.APPROVED, "staff", actor)
    return _paid_back(teller, order, case, answer_s, actor, restock=not order.parcels)


def _sent_back(teller: Teller, order: Order, case: Case, answer_s: int) -> Refund | None:
    random, now_s = teller.random, teller.now_s
    case.move(answer_s, State.APPROVED, "staff", teller.staff())
    sent_s = answer_s + random.randrange(6 * _HOUR_S, 3 * _DAY_S)
    came_s = sent_s + random.randrange(_DAY_S, 4 * _DAY_S)
    case.closed_s = came_s
    if sent_s > now_s:
        return None
    case.carrier, case.tracking = "顺丰速运", f"SF{case.id % 10**13:013}"
    case.move(sent_s, State.SENT_BACK, "buyer", order.buyer)
    if came_s > now_s:
        return None
    actor = teller.staff()
    case.move(came_s, State.RECEIVED, "staff", actor)
    return _paid_back(teller, order, case, came_s, actor, restock=often(random, 0.7))


def _paid_back(  # noqa: PLR0913 - money goes back with all its papers
    teller: Teller, order: Order, case: Case, at_s: int, actor: str, *, restock: bool
) -> Refund:
    case.closed_s = at_s
    case.move(at_s, State.REFUNDING, "staff", actor)
    lines = {line.number: line for line in order.lines}
    for number, count in case.units:
        line = lines[number]
        line.returned = count
        if restock:
            teller.restock(line.goods, count, f"{case.id:032x}", at_s)
    order.freight_refunded = case.freight
    if all(line.returned == line.quantity for line in order.lines):
        order.steps.append((at_s, "refunding", "staff", actor))
        order.state = "refunding"
    return case.id, at_s, case.reason.value, case.amount
