"""Group-buy: what may be asked, what is answered, what is announced."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from frontline.games.groupbuy.states import CampaignState, TeamState
from frontline.games.groupbuy.terms import ItemTerms, Terms
from frontline.kernel.authority import Held
from frontline.kernel.seen import ChangedSince
from frontline.kernel.text import Text, Texts
from frontline.kernel.words import Command, Event, Fen, MemberId, NoEffect, OrderId, SkuId, StaffId
from frontline.shop.checkout.messages import Checkout, Language
from frontline.shop.order.messages import TEXTS as ORDER_TEXTS
from frontline.shop.order.messages import Refusal as OrderRefusal

CampaignId = NewType("CampaignId", UUID)
TeamId = NewType("TeamId", UUID)

# -- Answered -------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why not. The value is public: the storefront shows a text for each."""

    CAMPAIGN_UNKNOWN = "campaign_unknown"
    CAMPAIGN_NOT_STARTED = "campaign_not_started"
    CAMPAIGN_PAUSED = "campaign_paused"
    CAMPAIGN_ENDED = "campaign_ended"
    TEAM_UNKNOWN = "team_unknown"
    TEAM_PENDING = "team_pending"
    TEAM_CLOSED = "team_closed"
    TEAM_FULL = "team_full"
    ALREADY_SEATED = "already_seated"
    ALREADY_IN_TEAM = "already_in_team"
    NOT_OFFERED = "not_offered"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    QUOTA_GONE = "quota_gone"
    LEADS_USED_UP = "leads_used_up"
    JOINS_USED_UP = "joins_used_up"
    NOT_NEW = "not_new"
    NEWNESS_UNPROVEN = "newness_unproven"
    NEWCOMER_ELSEWHERE = "newcomer_elsewhere"
    COUPON_NOT_ALLOWED = "coupon_not_allowed"
    TEAM_OR_CAMPAIGN = "team_or_campaign"
    # Of the order that a seat is.
    SKU_UNKNOWN = "sku_unknown"
    OFF_SALE = "off_sale"
    SOLD_OUT = "sold_out"
    LIMIT_REACHED = "limit_reached"
    ADDRESS_NEEDED = "address_needed"
    ADDRESS_UNKNOWN = "address_unknown"
    NOT_SENT_THERE = "not_sent_there"
    PRICE_CHANGED = "price_changed"
    TOO_MUCH_MONEY = "too_much_money"
    NOTHING_TO_PAY = "nothing_to_pay"
    COUPON_UNKNOWN = "coupon_unknown"
    COUPON_USED = "coupon_used"
    COUPON_EXPIRED = "coupon_expired"
    COUPON_NOT_YET = "coupon_not_yet"
    COUPON_OUT_OF_SCOPE = "coupon_out_of_scope"
    COUPON_BELOW_THRESHOLD = "coupon_below_threshold"
    # Of a campaign as staff make it.
    WRONG_STATE = "wrong_state"
    TERMS_FIXED = "terms_fixed"
    TIMES_WRONG = "times_wrong"
    QUANTITIES_WRONG = "quantities_wrong"
    NOTHING_OFFERED = "nothing_offered"
    SKU_TWICE = "sku_twice"
    PRICE_NOT_LOWER = "price_not_lower"
    LEADER_PAYS_MORE = "leader_pays_more"
    QUOTA_OVER_STOCK = "quota_over_stock"
    QUOTA_BELOW_TAKEN = "quota_below_taken"
    OVER_BUDGET = "over_budget"


_OWN_TEXTS: Texts = {
    Refusal.CAMPAIGN_UNKNOWN: Text("活动不存在或已下线", "There is no such campaign", 404),
    Refusal.CAMPAIGN_NOT_STARTED: Text(
        "活动还没开始，请到开始时间再来", "It has not begun; come back at its start"
    ),
    Refusal.CAMPAIGN_PAUSED: Text(
        "活动暂停中，请稍后再来", "It is paused; please come back in a while"
    ),
    Refusal.CAMPAIGN_ENDED: Text("活动已结束，看看其他活动吧", "It is over; look at the others"),
    Refusal.TEAM_UNKNOWN: Text(
        "这个团不存在，请让好友重新分享", "There is no such team; ask for the link again", 404
    ),
    Refusal.TEAM_PENDING: Text(
        "团长还没付款，付款后才能参团", "Its leader has not paid yet; join after that"
    ),
    Refusal.TEAM_CLOSED: Text(
        "这个团已结束，您可以自己开一个团", "This team is over; you may open your own"
    ),
    Refusal.TEAM_FULL: Text(
        "这个团已满员，您可以自己开一个团", "This team is full; you may open your own"
    ),
    Refusal.ALREADY_SEATED: Text(
        "您已在这个团里，请到我的拼团查看", "You are in this team already; see your teams"
    ),
    Refusal.ALREADY_IN_TEAM: Text(
        "您还有一个团在进行中，拼成后再来",
        "You are in a team that is not finished yet",
    ),
    Refusal.NOT_OFFERED: Text("这款商品不在活动中，请换一款", "It is not in it; choose another"),
    Refusal.TOO_FEW: Text("低于每单起购数量，请增加数量", "Too few for one order; take more", 400),
    Refusal.TOO_MANY: Text("超过每单限购数量，请减少数量", "Too many at once; take fewer", 400),
    Refusal.QUOTA_GONE: Text(
        "团购名额不足，请减少数量或换一款", "Not enough left at this price; take fewer, or another"
    ),
    Refusal.LEADS_USED_UP: Text(
        "您的开团次数已用完，可以参加好友的团", "You may open no more teams; join another's"
    ),
    Refusal.JOINS_USED_UP: Text(
        "您的参团次数已用完，可以自己开团", "You may join no more teams; open your own"
    ),
    Refusal.NOT_NEW: Text(
        "这个团只限没在本店付过款的新朋友，您可以自己开团带新朋友",
        "Only those who never paid here may join; you may open a team yourself",
    ),
    Refusal.NEWNESS_UNPROVEN: Text(
        "请用微信登录后参团，以确认您是新朋友", "Sign in through WeChat to join as a new customer"
    ),
    Refusal.NEWCOMER_ELSEWHERE: Text(
        "您已用新朋友名额参加了另一个团", "You have joined another team as a new customer"
    ),
    Refusal.COUPON_NOT_ALLOWED: Text(
        "本活动不能使用优惠券，请去掉后再下单", "No coupon may be used here; order without it"
    ),
    Refusal.TEAM_OR_CAMPAIGN: Text("请选择开团或参团", "Name either a team or a campaign", 400),
    Refusal.WRONG_STATE: Text(
        "活动当前状态不能这样操作，请刷新查看", "The campaign's state does not allow it; reload"
    ),
    Refusal.TERMS_FIXED: Text(
        "活动发布后只能修改名称、封面、分享标题、结束时间、预算和名额，其他请新建活动",
        "Of a published campaign only name, cover, share title, end, budget and quotas change",
    ),
    Refusal.TIMES_WRONG: Text(
        "结束时间要晚于开始时间和现在", "It must end after its start and after now", 400
    ),
    Refusal.QUANTITIES_WRONG: Text(
        "每单起购、每单限购、每人限购应从小到大",
        "An order's least, an order's most and a customer's most must not fall",
        400,
    ),
    Refusal.NOTHING_OFFERED: Text("请至少选择一款商品", "Choose one SKU at least", 400),
    Refusal.SKU_TWICE: Text("同一款商品只能填一次", "The same SKU is there twice", 400),
    Refusal.PRICE_NOT_LOWER: Text(
        "团购价应大于零并低于原价", "A group price is more than nothing and below the catalogue's"
    ),
    Refusal.LEADER_PAYS_MORE: Text(
        "团长价不能高于团购价", "The leader's price must not be above the group price", 400
    ),
    Refusal.QUOTA_OVER_STOCK: Text(
        "名额超过可售库存，请减少名额或补货", "The quota is above what is in stock"
    ),
    Refusal.QUOTA_BELOW_TAKEN: Text(
        "名额不能少于已被占用的数量", "The quota is below what is taken already"
    ),
    Refusal.OVER_BUDGET: Text(
        "最坏情况下的让利超过预算，请减少名额或提高预算",
        "At worst it costs more than the budget; lower the quotas or raise the budget",
    ),
}
TEXTS: Texts = {
    **{
        refusal: ORDER_TEXTS[OrderRefusal(refusal.value)]
        for refusal in Refusal
        if refusal not in _OWN_TEXTS
    },
    **_OWN_TEXTS,
}


class Refused(NoEffect, frozen=True, tag=True):
    refusal: Refusal
    total: Fen | None = None  # What it would cost, if only that is in the way.
    sku_id: SkuId | None = None  # Which one, if it is one.
    team_id: TeamId | None = None  # In which the member has a seat already.


class Seated(msgspec.Struct, frozen=True, tag=True):
    """A seat is held until `pay_until`; paying for `order_id` makes it the member's."""

    team_id: TeamId
    order_id: OrderId
    number: int  # From 1.
    total: Fen
    pay_until: datetime


class TeamEnded(msgspec.Struct, frozen=True, tag=True):
    team_id: TeamId
    state: TeamState  # Expired or short.
    refunds: int


class TeamStays(NoEffect, frozen=True, tag=True):
    """Nothing to expire: the team was complete, gone already, or has time left."""

    team_id: TeamId


class CampaignSaved(msgspec.Struct, frozen=True, tag=True):
    campaign_id: CampaignId
    state: CampaignState


class CampaignMoved(msgspec.Struct, frozen=True, tag=True):
    campaign_id: CampaignId
    state: CampaignState
    worst_case: Fen | None  # What it may cost at most; None: not checked.


class CampaignStays(NoEffect, frozen=True, tag=True):
    """It was not time, or somebody was faster."""

    campaign_id: CampaignId


SeatOutcome = Seated | Refused
QuoteOutcome = Checkout | Refused
ExpiryOutcome = TeamEnded | TeamStays
Ungoverned = CampaignSaved | CampaignMoved | CampaignStays | Refused
"""Of commands that ask nobody's authority."""
CampaignOutcome = Ungoverned | ChangedSince | Held

# -- Asked: to play -------------------------------------------------------------------


class TakeSeat(Command[SeatOutcome], frozen=True, kw_only=True):
    """The order of the seat takes the command's id."""

    member_id: MemberId
    sku_id: SkuId
    quantity: int = 1
    address_id: UUID | None = None
    claim_id: UUID | None = None  # The coupon to use.
    note: str = ""
    expected_total: Fen | None = None  # What the shopper was shown; another price is refused.


class OpenTeam(TakeSeat, frozen=True, tag=True):
    """Start a team and take its first seat. The team takes the command's id as well."""

    campaign_id: CampaignId


class JoinTeam(TakeSeat, frozen=True, tag=True):
    team_id: TeamId


class ExpireTeam(Command[ExpiryOutcome], frozen=True, tag=True):
    team_id: TeamId


SeatRequest = OpenTeam | JoinTeam


class QuoteSeat(Command[QuoteOutcome], frozen=True, tag=True):
    """Choose address and coupon for a seat, and tell what it costs then; nothing is held."""

    member_id: MemberId
    team_id: TeamId | None  # To join; or
    campaign_id: CampaignId | None  # to open a team in.
    sku_id: SkuId
    quantity: int
    address_id: UUID | None = None  # None: the one to offer.
    claim_id: UUID | None = None  # None: the best, where coupons are allowed.
    no_coupon: bool = False
    language: Language = Language.ZH


# -- Asked: by staff ------------------------------------------------------------------


class CreateCampaign(Command[CampaignSaved | Refused], frozen=True, tag=True):
    """A draft, which takes the command's id."""

    terms: Terms
    items: tuple[ItemTerms, ...]
    staff_id: StaffId


class ChangeCampaign(Command[CampaignSaved | Refused | ChangedSince | Held], frozen=True, tag=True):
    """All terms anew: an unpublished one is a draft again, a published one changes little."""

    campaign_id: CampaignId
    terms: Terms
    items: tuple[ItemTerms, ...]
    staff_id: StaffId
    seen: str = ""  # `kernel.seen`; "": whatever it is now.


class CheckCampaign(Command[CampaignMoved | Refused], frozen=True, tag=True):
    """Hold the draft against catalogue, stock and budget."""

    campaign_id: CampaignId
    staff_id: StaffId


class ApproveCampaign(Command[CampaignMoved | Refused | Held], frozen=True, tag=True):
    """Of what was checked, by who may spend so much."""

    campaign_id: CampaignId
    staff_id: StaffId


class PublishCampaign(Command[CampaignMoved | Refused | Held], frozen=True, tag=True):
    """Into preview, or live when its start has come. It is checked once more."""

    campaign_id: CampaignId
    staff_id: StaffId


class PauseCampaign(Command[CampaignMoved | Refused], frozen=True, tag=True):
    campaign_id: CampaignId
    staff_id: StaffId


class ResumeCampaign(Command[CampaignMoved | Refused], frozen=True, tag=True):
    campaign_id: CampaignId
    staff_id: StaffId


class CloseCampaign(Command[CampaignMoved | Refused], frozen=True, tag=True):
    """For ever. Teams that are open live out their time."""

    campaign_id: CampaignId
    staff_id: StaffId


class StartCampaign(Command[CampaignMoved | CampaignStays], frozen=True, tag=True):
    campaign_id: CampaignId


class EndCampaign(Command[CampaignMoved | CampaignStays], frozen=True, tag=True):
    campaign_id: CampaignId


CampaignRequest = (
    CreateCampaign
    | ChangeCampaign
    | CheckCampaign
    | ApproveCampaign
    | PublishCampaign
    | PauseCampaign
    | ResumeCampaign
    | CloseCampaign
    | StartCampaign
    | EndCampaign
)

# -- Announced ------------------------------------------------------------------------


class TeamOpened(Event, frozen=True, tag=True):
    """Its leader has paid: it may be shared."""

    team_id: TeamId
    campaign_id: CampaignId
    member_id: MemberId
    expires_at: datetime


class SeatTaken(Event, frozen=True, tag=True):
    """A member has paid for a seat, the leader too."""

    team_id: TeamId
    campaign_id: CampaignId
    member_id: MemberId
    order_id: OrderId


class TeamCompleted(Event, frozen=True, tag=True):
    """The orders of the team are to be shipped."""

    team_id: TeamId
    campaign_id: CampaignId
    order_ids: tuple[OrderId, ...]
    short: bool  # It was not full; the shop sends all the same.


class TeamExpired(Event, frozen=True, tag=True):
    """It was not full in time: these orders are refunded."""

    team_id: TeamId
    campaign_id: CampaignId
    order_ids: tuple[OrderId, ...]
