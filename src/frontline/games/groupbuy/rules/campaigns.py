"""Making campaigns: from draft to published, and from live to closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

import msgspec

from frontline.games.groupbuy.book import Campaign, GroupbuyBook, GroupbuyKeys, Item
from frontline.games.groupbuy.messages import (
    ApproveCampaign,
    CampaignId,
    CampaignMoved,
    CampaignOutcome,
    CampaignRequest,
    CampaignSaved,
    CampaignStays,
    ChangeCampaign,
    CheckCampaign,
    CloseCampaign,
    CreateCampaign,
    EndCampaign,
    PauseCampaign,
    PublishCampaign,
    Refusal,
    Refused,
    ResumeCampaign,
    StartCampaign,
)
from frontline.games.groupbuy.seen import campaign_facts
from frontline.games.groupbuy.states import (
    CAMPAIGN_TRANSITIONS,
    RUNNING,
    UNPUBLISHED,
    CampaignState,
)
from frontline.games.groupbuy.terms import ItemTerms, Terms
from frontline.kernel.authority import Action, Ask, Authority, AuthorityKeys, Held
from frontline.kernel.ids import following
from frontline.kernel.load import Load
from frontline.kernel.seen import changed_since
from frontline.kernel.words import Decision, Fen, Moment, Notes, SkuId
from frontline.shop.catalog.book import CatalogBook, CatalogKeys
from frontline.shop.stock.book import StockBook, StockKeys

Spending = ApproveCampaign | ChangeCampaign | PublishCampaign


@dataclass(frozen=True, slots=True)
class Desk:
    authority: Authority
    groupbuy: GroupbuyBook
    catalog: CatalogBook
    stock: StockBook


async def gather(batch: Sequence[CampaignRequest], load: Load) -> Desk:
    campaign_ids = {one.campaign_id for one in batch if not isinstance(one, CreateCampaign)}
    spending = [one for one in batch if isinstance(one, Spending)]
    authority = await load(AuthorityKeys([(one.id, one.staff_id) for one in spending]))
    groupbuy = await load(GroupbuyKeys(campaign_ids=campaign_ids))
    written = {
        item.sku_id
        for one in batch
        if isinstance(one, CreateCampaign | ChangeCampaign)
        for item in one.items
    }
    sku_ids = written | {sku_id for _, sku_id in groupbuy.items.before}
    return Desk(
        authority, groupbuy, await load(CatalogKeys(sku_ids)), await load(StockKeys(sku_ids))
    )


def decide(
    desk: Desk, batch: Sequence[CampaignRequest], moment: Moment
) -> Decision[CampaignOutcome]:
    notes = Notes()
    outcomes = tuple(_answer(desk, command, moment, notes) for command in batch)
    return Decision(outcomes, notes)


def _answer(desk: Desk, command: CampaignRequest, moment: Moment, notes: Notes) -> CampaignOutcome:
    if isinstance(command, CreateCampaign):
        return _create(desk, command)
    campaign = desk.groupbuy.campaigns.get(command.campaign_id)
    if isinstance(command, StartCampaign | EndCampaign):
        return _follow(desk, command.campaign_id, campaign, moment)
    if campaign is None:
        return Refused(Refusal.CAMPAIGN_UNKNOWN)
    match command:
        case ChangeCampaign():
            return _change(desk, campaign, command, moment, notes)
        case CheckCampaign():
            return _check(desk, campaign, moment)
        case PublishCampaign():
            return _publish(desk, campaign, command, moment, notes)
        case ApproveCampaign():
            return _approve(desk, campaign, command, moment, notes)
        case PauseCampaign() | ResumeCampaign() | CloseCampaign():
            return _move(desk, campaign, command, moment)
        case _:
            assert_never(command)


# -- Terms --------------------------------------------------------------------------------


def _create(desk: Desk, command: CreateCampaign) -> CampaignOutcome:
    if (refused := _unsound(command.terms, command.items)) is not None:
        return refused
    campaign = Campaign(id=CampaignId(command.id), state=CampaignState.DRAFT, terms=command.terms)
    desk.groupbuy.campaigns[campaign.id] = campaign
    _write_items(desk, campaign.id, command.items)
    return CampaignSaved(campaign.id, campaign.state)


def _change(
    desk: Desk, campaign: Campaign, command: ChangeCampaign, moment: Moment, notes: Notes
) -> CampaignOutcome:
    items = desk.groupbuy.items_of(campaign.id)
    facts = campaign_facts(campaign.terms, [it for it in items.items() if it[1].offered])
    if (changed := changed_since(command.seen, facts)) is not None:
        return changed
    outcome = _rewrite(desk, campaign, command, moment, notes)
    if isinstance(outcome, CampaignSaved):
        notes.edited(campaign.id, command.staff_id)
    return outcome


def _rewrite(
    desk: Desk, campaign: Campaign, command: ChangeCampaign, moment: Moment, notes: Notes
) -> CampaignOutcome:
    if (refused := _unsound(command.terms, command.items)) is not None:
        return refused
    state = campaign.state_at(moment.now)
    if state in RUNNING:
        return _adjust(desk, campaign, command, moment, notes)
    if state not in UNPUBLISHED:
        return Refused(Refusal.WRONG_STATE)
    # Whatever was checked and approved was something else.
    draft = Campaign(id=campaign.id, state=CampaignState.DRAFT, terms=command.terms)
    assert state is draft.state or draft.state in CAMPAIGN_TRANSITIONS[state]
    desk.groupbuy.campaigns[campaign.id] = draft
    _write_items(desk, campaign.id, command.items)
    return CampaignSaved(draft.id, draft.state)


def _adjust(
    desk: Desk, campaign: Campaign, command: ChangeCampaign, moment: Moment, notes: Notes
) -> CampaignOutcome:
    """Of a published campaign: nothing that a shopper has relied on."""
    old, new = campaign.terms, command.terms
    free = ("name", "cover", "share_title", "ends_at", "budget_cap")
    same = msgspec.structs.replace(new, **{field: getattr(old, field) for field in free})
    items = {id_: one for id_, one in desk.groupbuy.items_of(campaign.id).items() if one.offered}
    prices = {one.sku_id: (one.price, one.leader_price) for one in command.items}
    if same != old or prices != {id_: (one.price, one.leader_price) for id_, one in items.items()}:
        return Refused(Refusal.TERMS_FIXED)
    for one in command.items:
        if one.quota < items[one.sku_id].taken:
            return Refused(Refusal.QUOTA_BELOW_TAKEN, sku_id=one.sku_id)
    changed = {
        one.sku_id: msgspec.structs.replace(items[one.sku_id], quota=one.quota)
        for one in command.items
    }
    worst_case = _fits(desk, new, changed, moment)
    if isinstance(worst_case, Refused):
        return worst_case
    if (held := _held(desk, campaign, worst_case, command, moment, notes)) is not None:
        return held
    desk.groupbuy.campaigns[campaign.id] = msgspec.structs.replace(
        campaign, terms=new, worst_case=worst_case
    )
    for sku_id, item in changed.items():
        desk.groupbuy.items[campaign.id, sku_id] = item
    if new.ends_at != old.ends_at:
        ending = EndCampaign(id=following(command.id, "end"), campaign_id=campaign.id)
        notes.wake(new.ends_at, ending)
    return CampaignSaved(campaign.id, campaign.state)


def _unsound(terms: Terms, items: Sequence[ItemTerms]) -> Refused | None:
    """What contradicts itself, whatever catalogue and stock say."""
    if terms.starts_at >= terms.ends_at:
        return Refused(Refusal.TIMES_WRONG)
    ladder = [terms.order_min, terms.order_max]
    if terms.member_max is not None:
        ladder.append(terms.member_max)
    if ladder != sorted(ladder):
        return Refused(Refusal.QUANTITIES_WRONG)
    if not items:
        return Refused(Refusal.NOTHING_OFFERED)
    if len({item.sku_id for item in items}) < len(items):
        return Refused(Refusal.SKU_TWICE)
    for item in items:
        if item.leader_price is not None and item.leader_price > item.price:
            return Refused(Refusal.LEADER_PAYS_MORE, sku_id=item.sku_id)
    return None


def _write_items(desk: Desk, campaign_id: CampaignId, items: Sequence[ItemTerms]) -> None:
    """Those that are no longer named are struck out; nothing of a draft was ever taken."""
    for sku_id, item in desk.groupbuy.items_of(campaign_id).items():
        desk.groupbuy.items[campaign_id, sku_id] = msgspec.structs.replace(item, offered=False)
    for position, one in enumerate(items):
        desk.groupbuy.items[campaign_id, one.sku_id] = Item(
            position=position, price=one.price, leader_price=one.leader_price, quota=one.quota
        )


# -- Checked, published, and by the clock -------------------------------------------------


def _fits(desk: Desk, terms: Terms, items: dict[SkuId, Item], moment: Moment) -> Fen | Refused:
    """Held against catalogue, stock and budget: what it may cost at most.

    At worst every unit of every quota goes at the lowest price; the cost is what is let off the
    catalogue's price. (Coupons used on top are counted where they are given.)
    """
    if moment.now >= terms.ends_at:
        return Refused(Refusal.TIMES_WRONG)
    worst_case = 0
    for sku_id, item in items.items():
        sku = desk.catalog.get(sku_id)
        if sku is None or not sku.on_sale:
            refusal = Refusal.SKU_UNKNOWN if sku is None else Refusal.OFF_SALE
            return Refused(refusal, sku_id=sku_id)
        if not 0 < item.lowest <= item.price < sku.price:
            return Refused(Refusal.PRICE_NOT_LOWER, sku_id=sku_id)
        if item.quota - item.taken > desk.stock.free(sku_id):
            return Refused(Refusal.QUOTA_OVER_STOCK, sku_id=sku_id)
        worst_case += item.quota * (sku.price - item.lowest)
    if terms.budget_cap is not None and worst_case > terms.budget_cap:
        return Refused(Refusal.OVER_BUDGET, total=Fen(worst_case))
    return Fen(worst_case)


def _fitting(desk: Desk, campaign: Campaign, moment: Moment) -> Campaign | Refused:
    items = {id_: one for id_, one in desk.groupbuy.items_of(campaign.id).items() if one.offered}
    worst_case = _fits(desk, campaign.terms, items, moment)
    if isinstance(worst_case, Refused):
        return worst_case
    return msgspec.structs.replace(campaign, worst_case=worst_case)


def _check(desk: Desk, campaign: Campaign, moment: Moment) -> CampaignOutcome:
    if campaign.state is not CampaignState.DRAFT:
        return Refused(Refusal.WRONG_STATE)
    checked = _fitting(desk, campaign, moment)
    if isinstance(checked, Refused):
        return checked
    return _to(desk, checked, CampaignState.CHECKED, moment)


def _publish(
    desk: Desk, campaign: Campaign, command: PublishCampaign, moment: Moment, notes: Notes
) -> CampaignOutcome:
    if campaign.state is not CampaignState.APPROVED:
        return Refused(Refusal.WRONG_STATE)
    checked = _fitting(desk, campaign, moment)
    if isinstance(checked, Refused):
        return checked
    if (held := _held(desk, campaign, checked.worst_case, command, moment, notes)) is not None:
        return held
    starts_at, ends_at = campaign.terms.starts_at, campaign.terms.ends_at
    if moment.now < starts_at:
        starting = StartCampaign(id=following(command.id, "start"), campaign_id=campaign.id)
        notes.wake(starts_at, starting)
    notes.wake(ends_at, EndCampaign(id=following(command.id, "end"), campaign_id=campaign.id))
    _to(desk, checked, CampaignState.PREVIEW, moment)
    return _now(desk, campaign.id, moment)


def _approve(
    desk: Desk, campaign: Campaign, command: ApproveCampaign, moment: Moment, notes: Notes
) -> CampaignOutcome:
    if CampaignState.APPROVED not in CAMPAIGN_TRANSITIONS[campaign.state_at(moment.now)]:
        return Refused(Refusal.WRONG_STATE)
    ask = Ask(Action.CAMPAIGN, campaign.worst_case, command.staff_id, campaign.id)
    if (held := desk.authority.held(ask, command, moment, notes)) is not None:
        return held
    signed = msgspec.structs.replace(campaign, approved_by=command.staff_id)
    return _to(desk, signed, CampaignState.APPROVED, moment)


def _held(  # noqa: PLR0913, PLR0917 - it stands between all of them
    desk: Desk,
    campaign: Campaign,
    worst_case: Fen | None,
    command: Spending,
    moment: Moment,
    notes: Notes,
) -> Held | None:
    """What was approved may not come to cost more, unless by who may spend all of it."""
    if worst_case is not None and worst_case <= (campaign.worst_case or 0):
        return None
    ask = Ask(Action.CAMPAIGN, worst_case, command.staff_id, campaign.id)
    return desk.authority.held(ask, command, moment, notes)


def _move(
    desk: Desk,
    campaign: Campaign,
    command: PauseCampaign | ResumeCampaign | CloseCampaign,
    moment: Moment,
) -> CampaignOutcome:
    match command:
        case PauseCampaign():
            return _to(desk, campaign, CampaignState.PAUSED, moment)
        case ResumeCampaign():
            if campaign.state_at(moment.now) is not CampaignState.PAUSED:
                return Refused(Refusal.WRONG_STATE)  # What is in preview waits for its start.
            return _to(desk, campaign, CampaignState.LIVE, moment)
        case CloseCampaign():
            return _to(desk, campaign, CampaignState.CLOSED, moment)


def _to(desk: Desk, campaign: Campaign, state: CampaignState, moment: Moment) -> CampaignOutcome:
    """Move on from where the clock has brought it."""
    if state not in CAMPAIGN_TRANSITIONS[campaign.state_at(moment.now)]:
        return Refused(Refusal.WRONG_STATE)
    desk.groupbuy.campaigns[campaign.id] = msgspec.structs.replace(campaign, state=state)
    return CampaignMoved(campaign.id, state, campaign.worst_case)


def _now(desk: Desk, campaign_id: CampaignId, moment: Moment) -> CampaignMoved:
    """Write down what the clock says."""
    campaign = desk.groupbuy.campaigns[campaign_id]
    state = campaign.state_at(moment.now)
    desk.groupbuy.campaigns[campaign_id] = msgspec.structs.replace(campaign, state=state)
    return CampaignMoved(campaign_id, state, campaign.worst_case)


def _follow(
    desk: Desk, campaign_id: CampaignId, campaign: Campaign | None, moment: Moment
) -> CampaignOutcome:
    if campaign is None or campaign.state is campaign.state_at(moment.now):
        return CampaignStays(campaign_id)
    return _now(desk, campaign_id, moment)
