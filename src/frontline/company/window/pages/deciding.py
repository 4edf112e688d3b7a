"""One window: what is known of it, signing up, skipping; entering and changing it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec.structs import asdict

from frontline.company.decision import views as decisions
from frontline.company.window import views
from frontline.company.window.messages import (
    Facts,
    PutWindow,
    Refused,
    ReopenWindow,
    SignUp,
    SkipWindow,
    State,
    WindowId,
)
from frontline.company.window.pages import words
from frontline.kernel.seen import Facts as Seen
from frontline.kernel.seen import seen_of
from frontline.kernel.text import Words
from frontline.kernel.words import Fen
from frontline.store.database import Transaction
from frontline.web.edits import Clash, Edited, Teller, labelled
from frontline.web.edits import edit as changed
from frontline.web.pages import (
    About,
    Amount,
    DeskVisit,
    Done,
    Invalid,
    Rate,
    Undo,
    View,
    action,
    page,
)
from frontline.web.typed import written

MONEY_MAX = 10**13
Line = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=200)]
Said = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=500)]
Address = Annotated[str, msgspec.Meta(pattern="^(https?://.*)?$", max_length=500)]
Money = Annotated[Amount, msgspec.Meta(ge=0, le=MONEY_MAX)]
Count = Annotated[int, msgspec.Meta(ge=0, le=10**9)]


class ShowForm(msgspec.Struct, frozen=True):
    id: UUID


async def show(visit: DeskVisit, form: ShowForm) -> View | None:
    now = visit.opened.now()
    async with visit.opened.database.transaction(visit.shop_id) as transaction:
        whole = await views.one(transaction, form.id)
        if whole is None:
            return None
        proposals = await decisions.for_window(transaction, form.id)
    window = whole.window
    values = {
        "window": window,
        "facts": window.facts,
        "steps": [
            (one.name, _step(visit, one.step.deed, one.step.said), one.step.at)
            for one in whole.steps
        ],
        "proposals": proposals,
        "waits": any(one.state == "open" for one in proposals),
        "badge": words.STATES[window.state],
        "left": words.left(window.facts.closes_at, now),
        "colour": words.urgency(window.facts.closes_at, now),
        "open": window.state is State.OPEN and now < window.facts.closes_at,
        "skipped": window.state is State.SKIPPED and now < window.facts.closes_at,
    }
    title = Words(window.facts.title, window.facts.title)
    return View("window/show.html", title, values, about=About(ids=(form.id,)))


def _step(visit: DeskVisit, deed: str, said: str) -> str:
    what = words.DEEDS[deed].in_(visit.language)
    return visit.t(f"{what}：{said}", f"{what}: {said}") if said else what


# -- Entering ---------------------------------------------------------------------------------


class EditForm(msgspec.Struct, frozen=True):
    id: UUID | None = None  # None: a new one.


async def edit(visit: DeskVisit, form: EditForm) -> View | None:
    facts: Facts | None = None
    if form.id is not None:
        async with visit.opened.database.transaction(visit.shop_id) as transaction:
            whole = await views.one(transaction, form.id)
        if whole is None:
            return None
        facts = whole.window.facts
    seen = seen_of({} if facts is None else asdict(facts))
    title = (
        Words("录入报名窗口", "Enter a sign-up window")
        if form.id is None
        else Words("修改报名窗口", "Change the sign-up window")
    )
    return View("window/edit.html", title, {"window_id": form.id, "facts": facts, "seen": seen})


class PutForm(Edited, frozen=True, kw_only=True):
    id: UUID
    platform: Annotated[str, msgspec.Meta(pattern=r"\S", max_length=50)]
    title: Line
    closes_at: datetime
    opens_at: datetime | None = None
    conditions: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    places: Annotated[int, msgspec.Meta(ge=1, le=10**6)] | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    expected_margin: Annotated[Amount, msgspec.Meta(ge=-MONEY_MAX, le=MONEY_MAX)] | None = None
    margin_how: Annotated[str, msgspec.Meta(max_length=500)] = ""
    url: Address = ""
    window_id: UUID | None = None


async def put(visit: DeskVisit, form: PutForm) -> Any:
    if form.expected_margin is not None and not form.margin_how:
        how = Words("请写明预期毛利是怎么估算的", "Say how the expected margin was reckoned")
        return Invalid({"margin_how": how})
    margin = None if form.expected_margin is None else Fen(int(form.expected_margin))
    told = {name: getattr(form, name) for name in Facts.__struct_fields__}
    mine = {**told, "expected_margin": margin}
    window_id = form.window_id or form.id

    def wish(facts: Seen) -> PutWindow:
        return PutWindow(
            id=form.id,
            staff_id=visit.known.staff_id,
            facts=Facts(**facts),
            window_id=None if form.window_id is None else WindowId(form.window_id),
            seen=form.basis,
        )

    async def look(transaction: Transaction) -> tuple[Seen, Teller]:
        whole = await views.one(transaction, window_id)
        said = {"expected_margin": lambda value: written(value, visit.shop.currency)}
        return {} if whole is None else asdict(whole.window.facts), labelled(visit, _LABELS, said)

    outcome = await changed(visit, form, window_id, mine, wish=wish, look=look)
    if isinstance(outcome, Refused | Clash):
        return outcome
    return Done(Words("已保存", "Saved"), go=f"/desk/windows/show?id={window_id}")


_LABELS = {
    "platform": Words("平台", "Platform"),
    "title": Words("活动名称", "Campaign"),
    "closes_at": Words("报名截止", "Closes"),
    "opens_at": Words("报名开始", "Opens"),
    "conditions": Words("报名条件", "Conditions"),
    "places": Words("名额", "Places"),
    "starts_on": Words("活动开始", "Campaign begins"),
    "ends_on": Words("活动结束", "Campaign ends"),
    "expected_margin": Words("预期毛利", "Expected margin"),
    "margin_how": Words("怎么估算的", "How it was reckoned"),
    "url": Words("报名页地址", "Address of the platform's page"),
}


# -- Deciding ---------------------------------------------------------------------------------


class SignUpForm(msgspec.Struct, frozen=True):
    id: UUID
    window_id: UUID
    discount: Annotated[Rate, msgspec.Meta(ge=0, le=10_000)] = Rate(0)
    stock_units: Count = 0
    cost: Money = Amount(0)
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""


async def sign_up(visit: DeskVisit, form: SignUpForm) -> Any:
    """Within one's authority it is done at once; else it becomes a proposal."""
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        SignUp(
            id=form.id,
            window_id=WindowId(form.window_id),
            staff_id=visit.known.staff_id,
            discount_bp=int(form.discount),
            stock_units=form.stock_units,
            cost=Fen(int(form.cost)),
            note=form.note,
        ),
    )
    if getattr(outcome, "refusal", None) is not None or hasattr(outcome, "proposal_id"):
        return outcome
    said = Words("已决定报名，请到平台完成填报", "Decided: now enter it at the platform")
    return Done(said, go=f"/desk/windows/show?id={form.window_id}")


class SkipForm(msgspec.Struct, frozen=True):
    id: UUID
    window_id: UUID
    reason: Said


async def skip(visit: DeskVisit, form: SkipForm) -> Any:
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        SkipWindow(
            id=form.id,
            window_id=WindowId(form.window_id),
            staff_id=visit.known.staff_id,
            reason=form.reason,
        ),
    )
    if isinstance(outcome, Refused):
        return outcome
    undo = Undo("/desk/windows/reopen", {"window_id": str(form.window_id)})
    return Done(
        Words("已放弃这次报名", "Skipped"), go=f"/desk/windows/show?id={form.window_id}", undo=undo
    )


class ReopenForm(msgspec.Struct, frozen=True):
    id: UUID
    window_id: UUID


async def reopen(visit: DeskVisit, form: ReopenForm) -> Any:
    outcome = await visit.opened.engine.submit(
        visit.shop_id,
        ReopenWindow(id=form.id, window_id=WindowId(form.window_id), staff_id=visit.known.staff_id),
    )
    if isinstance(outcome, Refused):
        return outcome
    go = f"/desk/windows/show?id={form.window_id}"
    return Done(Words("已恢复", "Taken up again"), go=go)


PAGES = (
    page("/desk/windows/show", ShowForm, show),
    page("/desk/windows/edit", EditForm, edit),
    action("/desk/windows/put", PutForm, put),
    action("/desk/windows/signup", SignUpForm, sign_up),
    action("/desk/windows/skip", SkipForm, skip),
    action("/desk/windows/reopen", ReopenForm, reopen),
)
