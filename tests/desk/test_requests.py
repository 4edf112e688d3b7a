"""Journey 11: a request to a department is asked, promised, kept; or its time passes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

from desks import Desk
from town import Town

from frontline.web.session import Role


def _department(town: Town, name: str, staff_id: UUID) -> UUID:
    department_id, position_id = uuid4(), uuid4()
    town.rows(
        "INSERT INTO authority_department VALUES ($1, $2, $3, 'warehouse')",
        town.shop_id, department_id, name,
    )  # fmt: skip
    town.rows(
        "INSERT INTO authority_position VALUES ($1, $2, $3, '主管')",
        town.shop_id, position_id, department_id,
    )  # fmt: skip
    town.rows(
        "INSERT INTO authority_person VALUES ($1, $2, $3)", town.shop_id, staff_id, position_id
    )
    return department_id


def _typed(desk: Desk, hours: float) -> str:
    """A moment from now, as the field for it takes it: the shop's time."""
    at = desk.town.opened.now() + timedelta(hours=hours + 8)
    return f"{at:%Y-%m-%dT%H:%M}"


def _ask(asker: Desk, department: str, what: str) -> None:
    t = asker.t
    asker.open("/desk/requests")
    asker.tap(t("提请求", "Ask"))
    asker.fill(t("请哪个部门", "Which department"), department)
    asker.fill(t("办什么事", "What is wanted"), what)
    asker.fill(t("希望在什么时候前", "Wanted by"), _typed(asker, 24))
    assert not asker.barriers()
    asker.tap(t("提出请求", "Ask"))
    asker.see(t("待答复", "Unanswered"))


def test_asked_promised_and_kept(every_desk: Desk, desks_of: Callable[..., Desk]) -> None:
    asker, town, t, mark = every_desk, every_desk.town, every_desk.t, uuid4().hex[:6]
    width = asker.page.viewport_size["width"]
    worker = desks_of(town, width=width, language=asker.language)
    asker_id = asker.sign_in("staff", name=f"小店 {mark}")
    worker_id = worker.sign_in("staff", name=f"老仓 {mark}")
    _department(town, f"仓储 {mark}", worker_id)
    what = f"双十二备 300 盒 {mark}"
    _ask(asker, f"仓储 {mark}", what)

    told = "SELECT id FROM notice WHERE to_id = $1"
    town.until(lambda: town.rows(told, worker_id))
    worker.open("/desk/notices")
    assert not worker.wide()
    assert not worker.barriers()
    worker.tap(what)
    worker.see(what)
    worker.fill(t("几时办好", "Done by"), _typed(worker, 5))
    worker.tap(t("承诺", "Promise"))
    worker.see(t("重新承诺", "Promise anew"))
    worker.settle()
    assert not worker.wide()
    assert not worker.barriers()
    worker.fill(t("办得怎么样", "What was done"), "已入库")
    worker.tap(t("记为办好", "Mark as done"))
    worker.see(t("已办好", "Kept"))

    asker.open("/desk/requests")
    asker.see(what)
    assert not asker.wide()
    assert not asker.barriers()
    asker.tap(what)
    asker.see("已入库")
    row = town.row(
        "SELECT id, state, asked_by, promiser, promises, breaks FROM department_request"
        " WHERE what = $1",
        what,
    )
    request_id = row.pop("id")
    assert row == {
        "state": "kept", "asked_by": asker_id, "promiser": worker_id, "promises": 1, "breaks": 0,
    }  # fmt: skip
    steps = town.rows(
        "SELECT state, staff_id FROM department_request_step WHERE request_id = $1 ORDER BY number",
        request_id,
    )
    assert [tuple(one.values()) for one in map(dict, steps)] == [
        ("asked", asker_id), ("promised", worker_id), ("kept", worker_id),
    ]  # fmt: skip


def test_a_promise_is_broken_by_time(own_town: Town, desks_of: Callable[..., Desk]) -> None:
    asker, worker = desks_of(own_town, width=390), desks_of(own_town, width=390)
    asker_id, worker_id = asker.sign_in("staff"), worker.sign_in("staff")
    _department(own_town, "仓储测试", worker_id)
    _ask(asker, "仓储测试", "备 300 盒")
    worker.open("/desk/requests")
    worker.tap("备 300 盒")
    worker.fill("几时办好", _typed(worker, 5))
    worker.tap("承诺")
    worker.see("已承诺")
    own_town.later(hours=5.1)
    state = "SELECT state FROM department_request WHERE what = '备 300 盒'"
    own_town.until(lambda: own_town.row(state)["state"] == "broken")
    told = "SELECT id FROM notice WHERE to_id = $1 AND title_zh LIKE '%已过期'"
    own_town.until(lambda: own_town.rows(told, asker_id))
    asker.be(asker_id, Role.STAFF)
    asker.open("/desk/requests")
    asker.see("已失约")
    asker.see("近 30 天失约")
    owner = desks_of(own_town, width=390)
    owner.sign_in("owner")
    owner.open("/desk")
    owner.see("备 300 盒")
