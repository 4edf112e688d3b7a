"""What windows are called at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from frontline.company.window.messages import State
from frontline.kernel.text import Words
from frontline.web.listing import Badge

STATES: Mapping[str, Badge] = {
    State.OPEN: Badge(Words("待定", "Undecided"), "orange"),
    State.SIGNED_UP: Badge(Words("已报名", "Signed up"), "green"),
    State.MISSED: Badge(Words("已错过", "Missed"), "red"),
    State.SKIPPED: Badge(Words("已放弃", "Skipped"), "secondary"),
}
DEEDS = {
    "put": Words("录入或修改", "Entered or changed"),
    "import": Words("从日历导入", "Taken from a calendar"),
    "sign_up": Words("决定报名", "Signed up"),
    "skip": Words("放弃", "Skipped"),
    "reopen": Words("恢复", "Taken up again"),
    "miss": Words("截止时还没有决定，错过了", "It closed undecided: missed"),
}
SOON = timedelta(hours=24)


def left(closes_at: datetime, now: datetime) -> Words:
    """How much time there is."""
    time = closes_at - now
    if time <= timedelta(0):
        return Words("已截止", "closed")
    hours, minutes = divmod(int(time.total_seconds()) // 60, 60)
    if hours >= 48:  # noqa: PLR2004 - two days
        return Words(f"还有 {hours // 24} 天", f"{hours // 24} days left")
    if hours:
        return Words(f"还有 {hours} 小时 {minutes} 分", f"{hours} h {minutes} min left")
    return Words(f"还有 {minutes} 分钟", f"{minutes} min left")


def urgency(closes_at: datetime, now: datetime) -> str:
    """A colour of Tabler."""
    if closes_at <= now:
        return "secondary"
    return "red" if closes_at - now <= SOON else "blue"
