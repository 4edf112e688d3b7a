"""Journey 10: a sign-up comes by a platform's calendar, is looked over, and goes for a decision."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from desks import Desk

from frontline.kernel.ids import named


def _calendar(mark: str, closes_at: datetime) -> bytes:
    begins = closes_at - timedelta(days=2)
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//platform//x",
        "BEGIN:VEVENT", f"UID:{mark}@platform", f"SUMMARY:双十二主会场 {mark}",
        f"DTSTART:{begins:%Y%m%dT%H%M%SZ}", f"DTEND:{closes_at:%Y%m%dT%H%M%SZ}",
        "DESCRIPTION:满 199 包邮", "END:VEVENT",
        "BEGIN:VEVENT", f"UID:{mark}-weekly", f"SUMMARY:每周直播 {mark}",
        f"DTSTART:{closes_at:%Y%m%dT%H%M%SZ}", "RRULE:FREQ=WEEKLY", "END:VEVENT",
        "END:VCALENDAR", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()


def test_a_calendar_leads_to_a_proposal(every_desk: Desk) -> None:
    desk, town, t, mark = every_desk, every_desk.town, every_desk.t, uuid4().hex[:6]
    staff_id = desk.sign_in("staff")
    closes_at = (datetime.now(UTC) + timedelta(hours=26)).replace(second=0, microsecond=0)
    title = f"双十二主会场 {mark}"

    desk.open("/desk/windows/import")
    desk.fill(t("平台", "Platform"), "抖音")
    name = t("日历文件（.ics）", "Calendar (.ics)")
    desk.upload(name, "sign-ups.ics", _calendar(mark, closes_at), "text/calendar")
    desk.tap(t("读出来看看", "Read it"))
    desk.see(title)
    desk.see(t("新增", "new"))
    desk.see(
        t("周期重复的日程不导入，请把每一期单独录入", "It recurs: enter each occurrence by itself")
    )
    assert not desk.wide()
    assert not desk.barriers()
    desk.tap(t("导入勾选的", "Import those chosen"))
    desk.see(t("新增 1 个", "1 new"))
    desk.see(t("还有 25 小时", "25 h"))
    assert not desk.wide()
    assert not desk.barriers()

    desk.tap(title)
    desk.see("满 199 包邮")
    desk.tap(t("修改", "Change"))
    desk.fill(t("预期毛利", "Expected margin"), "36000")
    desk.fill(t("怎么估算的", "How it was reckoned"), "1,200 单 × 30 元")
    assert not desk.barriers()
    desk.tap(t("保存", "Save"))
    desk.see("¥36,000.00")
    assert not desk.wide()
    assert not desk.barriers()
    desk.fill(t("最多花费", "Costs at most"), "8000")
    desk.fill(t("让利", "Discount"), "12.5")
    desk.fill(t("备货", "Stock"), "300")
    desk.tap(t("报名", "Sign up"))
    desk.see(
        t("超出您的审批权限，已提交审批", "Beyond what you may decide alone: sent for a decision")
    )

    window_id = named("window", f"{mark}@platform")
    window = town.row(
        "SELECT state, title, closes_at, put_by FROM signup_window WHERE id = $1", window_id
    )
    assert window == {
        "state": "open", "title": title, "closes_at": closes_at, "put_by": staff_id,
    }  # fmt: skip
    (proposal,) = town.until(
        lambda: town.rows(
            "SELECT deadline, worth, amount, state FROM proposal WHERE window_id = $1", window_id
        )
    )
    assert dict(proposal) == {
        "deadline": closes_at, "worth": 3_600_000, "amount": 800_000, "state": "open",
    }  # fmt: skip
    desk.open("/desk/windows")
    desk.see(t("审批中，去看看", "Being decided"))
    desk.open("/desk/windows/calendar")
    desk.see(t("月截止的报名", "Sign-ups that close in"))
    assert not desk.wide()
    assert not desk.barriers()
