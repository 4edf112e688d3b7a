"""Rows on their way into tables: lines of COPY's text form, gathered by table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta

from frontline.demo.year.seasons import DAY_S

NULL = r"\N"

COLUMNS = {
    "member": "id, openid, phone, nickname, locale, joined_at",
    "address": "id, member_id, name, phone, region_code, region, detail",
    "share_code": "id, visitor, member_id, kind, target, channel, made_at",
    "share_touch": "visitor, code_id, member_id, first_at, last_at",
    "share_bind": "member_id, visitor, at, sharer_id, code_id, joined_at, sharer_joined_at",
    "shop_order": "id, member_id, state, reason, total, freight, freight_refunded, claim_id,"
    " because_kind, because_id, ship_to, note, placed_at, pay_until",
    "order_line": "order_id, number, sku_id, title, quantity, price, paid, limited, shipped,"
    " returned",
    "coupon_claim": "id, coupon_id, member_id, state, order_id, claimed_at, off",
    "groupbuy_team": "id, campaign_id, state, size, taken, opened_at, expires_at",
    "groupbuy_seat": "order_id, team_id, member_id, sku_id, quantity, leads, number, state,"
    " pay_until, paid_at",
    "aftersale": "id, order_id, member_id, kind, state, units, amount, freight, reason, note,"
    " answer, carrier, tracking, asked_at, overdue",
    "aftersale_count": "order_id, number, quantity, open, refunded, asked",
    "aftersale_step": "case_id, state, at, who, actor_id",
    "review": "id, order_id, line_number, member_id, product_id, sku_id, variant, rating, text,"
    " pictures, anonymous, at, added, added_at, reply, replied_at, hidden",
    "review_step": "review_id, deed, said, staff_id, at",
    "order_step": "order_id, state, at, who, actor_id",
    "order_parcel": "id, order_id, carrier, tracking, contents, at",
    "payment": "order_id, state, asked, currency, channel, refunded, confirmed, refunds,"
    " transaction_id, payer, paid_at, asked_at",
    "refund": "id, order_id, out_trade_no, payment_total, amount, state, reason, asked_at, done_at",
    "ledger_transfer": "id, at, debit, credit, amount, cause_id",
    "stock_movement": "sku_id, at, kind, quantity, cause_id, reason, actor_id",
    "recommend_counted": "order_id, standing",
    "timer": "id, due_at, commands",
    "outbox": "at, next_at, done, attempts, events",
}
"""By table, in an order in which what is pointed at comes first. `shop_id` leads each row."""


@dataclass(slots=True)
class Sheets:
    """Lines of a day. Those of movements that come later have their second beside them."""

    member: list[str] = field(default_factory=list)
    address: list[str] = field(default_factory=list)
    share_code: list[str] = field(default_factory=list)
    share_touch: list[str] = field(default_factory=list)
    share_bind: list[str] = field(default_factory=list)
    shop_order: list[str] = field(default_factory=list)
    order_line: list[str] = field(default_factory=list)
    coupon_claim: list[str] = field(default_factory=list)
    groupbuy_team: list[str] = field(default_factory=list)
    groupbuy_seat: list[str] = field(default_factory=list)
    aftersale: list[str] = field(default_factory=list)
    aftersale_count: list[str] = field(default_factory=list)
    aftersale_step: list[str] = field(default_factory=list)
    review: list[str] = field(default_factory=list)
    review_step: list[str] = field(default_factory=list)
    order_step: list[str] = field(default_factory=list)
    order_parcel: list[str] = field(default_factory=list)
    payment: list[str] = field(default_factory=list)
    refund: list[str] = field(default_factory=list)
    ledger_transfer: list[str] = field(default_factory=list)
    stock_movement: list[str] = field(default_factory=list)
    recommend_counted: list[str] = field(default_factory=list)
    timer: list[str] = field(default_factory=list)
    outbox: list[str] = field(default_factory=list)

    def encoded(self, shop_id: int) -> dict[str, tuple[int, bytes]]:
        """By table: how many rows, and their bytes."""
        found: dict[str, tuple[int, bytes]] = {}
        for one in fields(self):
            if lines := getattr(self, one.name):
                joined = f"\n{shop_id}\t".join(lines)
                found[one.name] = len(lines), f"{shop_id}\t{joined}\n".encode()
        return found


@dataclass(slots=True)
class Sums:
    """What a day adds to rows that sum up many others. SKUs are named by their place."""

    reserved: Counter[int] = field(default_factory=Counter)
    sold: Counter[int] = field(default_factory=Counter)
    restocked: list[tuple[int, int, int, str]] = field(default_factory=list)
    """Second, SKU, units, and the line of the movement."""
    accounts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By account and side, `debited` or `credited`."""
    issued: Counter[int] = field(default_factory=Counter)
    taken: Counter[tuple[int, str]] = field(default_factory=Counter)
    """Coupons by their place and the member's id."""
    items: Counter[tuple[int, int]] = field(default_factory=Counter)
    """Units by campaign and SKU."""
    players: dict[tuple[int, str], list[int]] = field(default_factory=dict)
    """By campaign and member: units, led, joined, and the team that is not finished, or 0."""
    stars: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Reviews that are not hidden, by product and rating."""
    bought: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Units of orders that count, by UTC day and product."""
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    """Of the funnel: how many placed an order, how many paid."""

    def transfer(self, debit: str, credit: str, amount: int) -> None:
        self.accounts[debit, "debited"] += amount
        self.accounts[credit, "credited"] += amount


_CLOCK = tuple(
    f" {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}+00" for second in range(DAY_S)
)


class Stamps(dict[int, str]):
    """UNIX days by their number, written as in ISO 8601."""

    def __missing__(self, day: int) -> str:
        self[day] = written = (date(1970, 1, 1) + timedelta(days=day)).isoformat()
        return written


_DATES = Stamps()


def stamp(second: int) -> str:
    """A second of UNIX time as PostgreSQL reads it."""
    return _DATES[second // DAY_S] + _CLOCK[second % DAY_S]


def utc_day(second: int) -> str:
    return _DATES[second // DAY_S]


def aware(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
