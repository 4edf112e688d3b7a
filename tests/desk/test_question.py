"""Owner's journey: she asks inside the proposal, gets the answer, and refuses with a reason."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from desks import Desk
from playwright.sync_api import expect


def test_she_asks_gets_the_answer_and_refuses(
    every_desk: Desk, desks_of: Callable[..., Desk]
) -> None:
    owner, town = every_desk, every_desk.town
    mark = uuid4().hex[:6]
    title = f"信息流投放 {mark}"
    width = 390 if owner.page.viewport_size["width"] < 700 else 1280
    staff = desks_of(town, width=width, language=owner.language)
    staff.sign_in("staff", name=f"小店 {mark}")
    owner.sign_in("owner", name=f"老板 {mark}")
    t = owner.t

    # Beyond what the applicant may do alone: it waits as a proposal.
    staff.open("/desk/decisions/new")
    staff.fill(t("用途", "What for"), title)
    staff.fill(t("数额", "Amount"), "8000")
    staff.fill(t("依据", "Evidence"), "去年每单 12 元")
    staff.tap(t("提交", "Send"))
    staff.see(
        t("超出您的审批权限，已提交审批", "Beyond what you may decide alone: sent for a decision")
    )
    (proposal,) = town.until(
        lambda: town.rows("SELECT id, state FROM proposal WHERE title = $1", title)
    )
    show = f"/desk/decisions/show?id={proposal['id']}"

    # The owner sees it on the list, opens it and asks.
    owner.open("/desk/decisions")
    owner.tap(t("进行中", "Open"))
    owner.tap(title)
    owner.see("去年每单 12 元")
    owner.see("¥8,000.00")
    found = owner.barriers()
    assert not found, "\n".join(found)
    owner.fill(t("问申请人", "Ask the applicant"), "一单能赚多少？")
    owner.tap(t("提问", "Ask"))
    owner.see(t("等申请人回答", "Waiting for the applicant"))

    staff.open(show)
    staff.see("一单能赚多少？")
    staff.fill(t("回答", "Answer"), "10 元")
    staff.tap(t("提交回答", "Send the answer"))
    staff.see(t("已回答", "Answered"))

    # She reads it, and says no; without a reason it is not taken.
    owner.open(show)
    owner.see("10 元")
    owner.tap(t("不同意或有条件", "No, or yes but"))
    owner.tap(t("不同意", "No"))
    owner.see(t("请写明理由，申请人会看到", "Say why; the applicant reads it"))
    owner.fill(t("理由或条件", "Reason or condition"), "赚的不够投放的")
    owner.tap(t("不同意", "No"))
    owner.see(t("未同意", "Refused"))
    assert not owner.wide()
    staff.open(show)
    staff.see("赚的不够投放的")

    row = town.row("SELECT state, reason, decided_by FROM proposal WHERE id = $1", proposal["id"])
    assert (row["state"], row["reason"]) == ("refused", "赚的不够投放的")
    assert row["decided_by"] == owner.staff_id
    question = town.row(
        "SELECT text, answer, asked_by FROM proposal_question WHERE proposal_id = $1",
        proposal["id"],
    )
    assert question == {
        "text": "一单能赚多少？", "answer": "10 元", "asked_by": owner.staff_id
    }  # fmt: skip
    spent = town.rows("SELECT id FROM commitment WHERE what = $1", title)
    assert spent == []
    expect(owner.page.get_by_role("heading", level=1)).to_have_text(title)
