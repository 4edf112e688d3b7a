"""Making a campaign: its terms, what it offers, and what that may cost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from frontline.games.groupbuy.messages import (
    TEXTS,
    CampaignId,
    CampaignSaved,
    ChangeCampaign,
    CreateCampaign,
    Refusal,
    Refused,
)
from frontline.games.groupbuy.pages import clash, items
from frontline.games.groupbuy.pages.items import Row, Typed, Wrong
from frontline.games.groupbuy.seen import campaign_facts, items_of, sku_of, skus_in, terms_of
from frontline.games.groupbuy.states import RUNNING
from frontline.games.groupbuy.terms import (
    SIZE_MAX,
    Audience,
    Count,
    ItemTerms,
    Line,
    OnExpiry,
    Terms,
)
from frontline.games.groupbuy.views import desk as views
from frontline.games.groupbuy.views.items import ShownItem
from frontline.kernel.ids import following
from frontline.kernel.seen import Facts, seen_of
from frontline.kernel.text import Words
from frontline.kernel.words import Fen, SkuId
from frontline.shop.catalog.views import desk
from frontline.shop.picture import uploading
from frontline.shop.picture.uploading import PicturePut
from frontline.store.database import Transaction
from frontline.web.edits import Teller, edit
from frontline.web.pages import (
    Amount,
    Answer,
    DeskVisit,
    Done,
    Invalid,
    Nothing,
    Page,
    Upload,
    View,
    action,
    page,
)

RULES = Words(
    "1. 付款后开团，邀请好友参团；人数达到即成团，商家开始发货。\n"
    "2. 有效期内未成团，已付款项全额原路退回。\n"
    "3. 活动名额有限，以付款先后为准。\n"
    "4. 成团后如需退换，按店铺退换货说明处理。",
    "1. Pay to open a team, then invite friends; once it is full we ship.\n"
    "2. If it is not full in time, everybody gets all the money back.\n"
    "3. Places are limited; they go to those who pay first.\n"
    "4. Returns as told on our page of returns.",
)
"""Offered for a new one."""

# -- Looked at --------------------------------------------------------------------------------


async def _new(visit: DeskVisit, _form: Nothing) -> Answer:
    """An empty one, with what is usual."""
    now = visit.opened.now()
    usual = Terms(
        name="",
        rule_text=RULES.in_(visit.language),
        share_title="",
        starts_at=now,
        ends_at=now + timedelta(days=7),
        size=2,
        life_hours=24,
        order_max=5,
    )
    return _view(Words("新建拼团", "New group-buy"), usual, [], {"campaign": None})


class EditForm(msgspec.Struct, frozen=True):
    id: UUID


async def _edit(visit: DeskVisit, form: EditForm) -> Answer:
    """One that is there, to be changed: little of it once it is published."""
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        found = await views.looked(transaction, form.id, now)
    if found is None:
        return None
    campaign = found.counted.campaign
    published = campaign.state_at(now) in RUNNING
    title = Words(f"修改：{campaign.terms.name}", f"Change {campaign.terms.name}")
    rows = items.of_items(found.items, visit.shop.currency)
    return _view(
        title,
        campaign.terms,
        rows,
        {
            "campaign": campaign,
            "seen": seen_of(campaign_facts(campaign.terms, _keyed(found.items))),
            "published": published,
            "worst": items.worst_case(rows, visit.shop.currency),
        },
    )


def _view(title: Words, terms: Terms, rows: list[Row], more: dict[str, Any]) -> View:
    values = {"terms": terms, "rows": rows, "published": False, "worst": None, "seen": "", **more}
    return View("groupbuy/form.html", title, values)


# -- Put together in place --------------------------------------------------------------------


class LookForm(msgspec.Struct, frozen=True):
    q: Annotated[str, Meta(max_length=100)] = ""


async def _skus(visit: DeskVisit, form: LookForm) -> Answer:
    """SKUs that the words may mean, to be added."""
    found: tuple[desk.FoundSku, ...] = ()
    if form.q:
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            found = await desk.skus(transaction, form.q)
    values = {"found": found, "looked": bool(form.q)}
    return View("groupbuy/skus.html", Words("商品", "Products"), values, bare=True)


class ItemsForm(Typed, frozen=True, kw_only=True):
    do: str = ""  # `add <sku>`, `drop <sku>`; else only counted anew.


async def _items(visit: DeskVisit, form: ItemsForm) -> Answer:
    """The rows with one more or one fewer, and what all may cost."""
    verb, _, named = form.do.partition(" ")
    meant = _uuid(named)
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        wanted = {*form.sku_id, *([meant] if meant else [])}
        known = await desk.skus_by_id(transaction, wanted)
    rows = items.of_form(form, known)
    if verb == "drop":
        rows = [row for row in rows if row.sku_id != meant]
    elif verb == "add" and meant in known and all(row.sku_id != meant for row in rows):
        rows.append(items.new(known[SkuId(meant)]))
    values = {"rows": rows, "worst": items.worst_case(rows, visit.shop.currency)}
    return View("groupbuy/items.html", Words("活动商品", "Products"), values, bare=True)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


# -- Saved ------------------------------------------------------------------------------------

_Hours = Annotated[int, Meta(ge=1, le=720)]


class SaveForm(Typed, frozen=True, kw_only=True):
    id: UUID
    campaign_id: UUID | None = None
    name: Line
    cover: Annotated[str, Meta(max_length=500)] = ""
    cover_file: Upload | None = None
    share_title: Annotated[str, Meta(max_length=64)] = ""
    rule_text: Annotated[str, Meta(min_length=1, max_length=5_000)]
    starts_at: datetime
    ends_at: datetime
    preview_hours: Annotated[int, Meta(ge=0, le=720)] = 0
    audience: Audience = Audience.ALL
    size: Annotated[int, Meta(ge=2, le=SIZE_MAX)]
    life_hours: _Hours
    pay_minutes: Annotated[int, Meta(ge=5, le=120)] = 15
    order_min: Count = 1
    order_max: Count = 1
    member_max: Count | None = None
    leads_max: Count | None = None
    joins_max: Count | None = None
    coupons: bool = False
    on_expiry: OnExpiry = OnExpiry.REFUND
    budget_cap: Annotated[Amount, Meta(ge=0, le=10**13)] | None = None


async def _save(visit: DeskVisit, form: SaveForm) -> Answer:
    """A draft, or a campaign changed: a cap or quota raised beyond one's authority waits."""
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        known = await desk.skus_by_id(transaction, form.sku_id)
    rows = items.of_form(form, known)
    try:
        offered = items.terms_of(rows, visit.shop.currency)
    except Wrong as wrong:
        return Invalid({"items": wrong.words})
    cover = form.cover
    if form.cover_file is not None and form.cover_file.content:
        id_ = following(form.id, "cover")
        put = await uploading.put(visit, id_, form.cover_file.content)
        if not isinstance(put, PicturePut):
            return put
        cover = put.src
    outcome = await _submitted(visit, form, _terms(form, cover), offered)
    match outcome:
        case CampaignSaved(campaign_id):
            said = Words("拼团活动已保存", "The group-buy is saved")
            return Done(said, go=f"/desk/groupbuy/show?id={campaign_id}")
        case Refused():
            names = {row.sku_id: row.name for row in rows}
            return Invalid({_FIELDS.get(outcome.refusal, "items"): told(outcome, names)})
        case _:
            return outcome


async def _submitted(
    visit: DeskVisit, form: SaveForm, terms: Terms, offered: tuple[ItemTerms, ...]
) -> Any:
    """The outcome, or a Clash."""
    staff_id, campaign_id = visit.known.staff_id, form.campaign_id
    if campaign_id is None:
        new = CreateCampaign(id=form.id, terms=terms, items=offered, staff_id=staff_id)
        return await visit.opened.engine.submit(visit.shop_id, new)

    def wish(facts: Facts) -> ChangeCampaign:
        return ChangeCampaign(
            id=form.id,
            campaign_id=CampaignId(campaign_id),
            terms=terms_of(facts),
            items=offered if facts is mine else items_of(facts),
            staff_id=staff_id,
            seen=form.basis,
        )

    async def look(transaction: Transaction) -> tuple[Facts, Teller]:
        found = await views.looked(transaction, campaign_id, visit.opened.now())
        if found is None:
            return {}, clash.teller(visit, {})
        there = campaign_facts(found.counted.campaign.terms, _keyed(found.items))
        named = await desk.skus_by_id(transaction, map(sku_of, skus_in({**mine, **there})))
        return there, clash.teller(visit, named)

    mine = campaign_facts(terms, _keyed(offered))
    return await edit(visit, form, campaign_id, mine, wish=wish, look=look)


def _keyed(items: Iterable[ShownItem | ItemTerms]) -> list[tuple[SkuId, ShownItem | ItemTerms]]:
    return [(one.sku_id, one) for one in items]


def _terms(form: SaveForm, cover: str) -> Terms:
    same = {
        name: getattr(form, name)
        for name in Terms.__struct_fields__
        if name not in {"cover", "share_title", "budget_cap"}
    }
    cap = None if form.budget_cap is None else Fen(int(form.budget_cap))
    return Terms(**same, cover=cover, share_title=form.share_title or form.name, budget_cap=cap)


_FIELDS = {
    Refusal.TIMES_WRONG: "ends_at",
    Refusal.QUANTITIES_WRONG: "order_max",
    Refusal.OVER_BUDGET: "budget_cap",
    Refusal.TERMS_FIXED: "",
    Refusal.WRONG_STATE: "",
    Refusal.CAMPAIGN_UNKNOWN: "",
}


def told(refused: Refused, names: dict[SkuId, str]) -> Words:
    """With the SKU it is about, if it is one."""
    text = TEXTS[refused.refusal]
    name = names.get(refused.sku_id) if refused.sku_id is not None else None
    if name is None:
        return Words(text.zh, text.en)
    return Words(f"“{name}”：{text.zh}", f"{name}: {text.en}")


PAGES: tuple[Page, ...] = (
    page("/desk/groupbuy/new", Nothing, _new),
    page("/desk/groupbuy/edit", EditForm, _edit),
    page("/desk/groupbuy/skus", LookForm, _skus),
    action("/desk/groupbuy/items", ItemsForm, _items),
    action("/desk/groupbuy/save", SaveForm, _save),
)
