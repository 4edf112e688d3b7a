"""Owner journey 4: she takes the advisor's delegation, sets a substitute, asks who can say yes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from desks import Desk

from frontline.company.decision.messages import Answer, Commit, DecideProposal, ProposalId
from frontline.engine.engine import new_id
from frontline.kernel.authority import Action, Held
from frontline.kernel.words import StaffId

TIMES, YUAN = 6, 300


def test_she_delegates_and_asks_who_can_say_yes(every_desk: Desk) -> None:
    desk, town, t = every_desk, every_desk.town, every_desk.t
    owner_id = StaffId(desk.sign_in("owner"))
    mark = uuid4().hex[:5]
    buyer, stand_in = _colleagues(desk, mark)
    _always_approved(desk, buyer, owner_id)

    desk.open("/desk/decisions/advice")
    advice = desk.page.locator("section").filter(has_text=f"投放{mark}")
    advice.get_by_role("button", name=t("采纳", "Adopt"), exact=True).click()
    desk.tap(t("确定", "Yes"))
    desk.see(t("已授权", "Delegated"))
    kept = (
        "SELECT alone_max FROM authority_limit AS l JOIN authority_person AS p"
        " ON p.shop_id = l.shop_id AND p.position_id = l.position_id"
        " WHERE p.staff_id = $1 AND l.action = 'ad_spend'"
    )
    assert town.rows(kept, buyer) == [{"alone_max": YUAN * 100}]
    desk.open("/desk/authority")
    desk.see(f"投放{mark}")
    desk.settle()
    assert not desk.wide()
    assert not desk.barriers()

    now = datetime.now(UTC)
    desk.open("/desk/authority/absences")
    desk.fill(t("谁不在", "Who"), f"采办{mark}")
    desk.fill(t("从", "From"), f"{now - timedelta(days=1):%Y-%m-%dT%H:%M}")
    desk.fill(t("到", "Until"), f"{now + timedelta(days=2):%Y-%m-%dT%H:%M}")
    desk.page.locator("select[name=substitute_id]").select_option(label=f"替班{mark}")
    desk.settle()
    assert not desk.wide()
    assert not desk.barriers()
    desk.tap(t("登记", "Save"))
    desk.see(t("已保存", "Saved"))
    away = "SELECT substitute_id FROM authority_absence WHERE staff_id = $1"
    assert town.rows(away, buyer) == [{"substitute_id": stand_in}]

    desk.open("/desk/authority/who?action=ad_spend")
    desk.fill(t("数额", "Amount"), str(YUAN))
    desk.tap(t("查谁能批准", "Who can say yes?"))
    desk.see(f"替班{mark}")
    desk.see(t(f"代理 采办{mark}", f"for 采办{mark}"))
    desk.settle()
    assert not desk.wide()
    assert not desk.barriers()
    # And so it is: the substitute spends as much alone, and no fen more.
    assert not isinstance(_spend(desk, stand_in, YUAN * 100), Held)
    assert isinstance(_spend(desk, stand_in, YUAN * 100 + 1), Held)


def _colleagues(desk: Desk, mark: str) -> tuple[StaffId, StaffId]:
    """Somebody with a position that may nothing yet, and somebody without any."""
    town, buyer, stand_in = desk.town, StaffId(uuid4()), StaffId(uuid4())
    for id_, name in ((buyer, f"采办{mark}"), (stand_in, f"替班{mark}")):
        town.rows(
            "INSERT INTO staff (shop_id, id, name, password_hash, role, active)"
            " VALUES ($1, $2, $3, '-', 'staff', true)", town.shop_id, id_, name,
        )  # fmt: skip
    department_id, position_id = uuid4(), uuid4()
    town.rows(
        "INSERT INTO authority_department VALUES ($1, $2, $3, 'marketing')",
        town.shop_id, department_id, f"市场{mark}",
    )  # fmt: skip
    town.rows(
        "INSERT INTO authority_position VALUES ($1, $2, $3, $4)",
        town.shop_id, position_id, department_id, f"投放{mark}",
    )  # fmt: skip
    town.rows("INSERT INTO authority_person VALUES ($1, $2, $3)", town.shop_id, buyer, position_id)
    return buyer, stand_in


def _spend(desk: Desk, by: StaffId, amount: int) -> object:
    wish = Commit(
        id=new_id(), staff_id=by, action=Action.AD_SPEND, amount=amount, what="信息流投放"
    )
    return desk.town.ask(desk.town.opened.engine.submit(desk.town.shop_id, wish))


def _always_approved(desk: Desk, buyer: StaffId, owner_id: StaffId) -> None:
    """So often asked for, so often a yes."""
    town = desk.town
    for _ in range(TIMES):
        held = _spend(desk, buyer, YUAN * 100)
        assert isinstance(held, Held)
        asked = "SELECT state FROM proposal WHERE id = $1"
        town.until(lambda id_=held.proposal_id: town.rows(asked, id_) != [])
        yes = DecideProposal(
            id=new_id(), proposal_id=ProposalId(held.proposal_id), staff_id=owner_id,
            answer=Answer.YES,
        )  # fmt: skip
        town.ask(town.opened.engine.submit(town.shop_id, yes))
