"""How decisions are written at the desk: amounts in their unit, spans of time, states."""

from __future__ import annotations

from datetime import timedelta

from frontline.company.decision.messages import Answer, Executed, PreAnswer, State
from frontline.kernel.authority import Action, Unit
from frontline.kernel.text import Words
from frontline.kernel.words import Fen
from frontline.web.listing import Badge
from frontline.web.shell import money

UNBOUND = Words("不限", "unbound")

STATES = {
    State.OPEN: Badge(Words("等待中", "Waiting"), "orange"),
    State.APPROVED: Badge(Words("已同意", "Approved"), "green"),
    State.APPROVED_BUT: Badge(Words("有条件同意", "Yes, but"), "teal"),
    State.REFUSED: Badge(Words("未同意", "Refused"), "red"),
    State.LAPSED: Badge(Words("到期作废", "Lapsed"), "red"),
    State.WITHDRAWN: Badge(Words("已撤回", "Withdrawn"), "secondary"),
}
EXECUTED = {
    Executed.NO: Badge(Words("未执行", "Not done"), "secondary"),
    Executed.DONE: Badge(Words("已执行", "Done"), "green"),
    Executed.FAILED: Badge(Words("执行失败", "Failed"), "red"),
}
PRE_ANSWERS = {
    PreAnswer.YES: Badge(Words("系统预判：可以", "Facts say yes"), "green"),
    PreAnswer.NO: Badge(Words("系统预判：不行", "Facts say no"), "red"),
    PreAnswer.UNSURE: Badge(Words("系统预判：缺数据", "Facts are missing"), "secondary"),
}
ANSWERS = {
    Answer.YES: Badge(Words("同意", "Yes"), "green"),
    Answer.NO: Badge(Words("不同意", "No"), "red"),
    Answer.BUT: Badge(Words("有条件同意", "Yes, but"), "teal"),
}
_HOUR = timedelta(hours=1)


def amount(action: Action, value: int | None, currency: str) -> Words:
    """An amount in its action's unit."""
    if value is None:
        return UNBOUND
    match action.unit:
        case Unit.MONEY:
            said = money(Fen(value), currency)
            return Words(said, said)
        case Unit.BASIS_POINTS:
            said = f"{value / 100:g}%"
            return Words(said, said)
        case Unit.UNITS:
            return Words(f"{value:,} 件", f"{value:,} {'unit' if value == 1 else 'units'}")
        case Unit.PEOPLE:
            return Words(f"{value:,} 人", f"{value:,} {'person' if value == 1 else 'people'}")


def span(length: timedelta) -> Words:
    """Hours, with one decimal; below one, minutes."""
    if length < _HOUR:
        minutes = round(length / timedelta(minutes=1))
        return Words(f"{minutes} 分钟", f"{minutes} min")
    hours = round(length / _HOUR, 1)
    return Words(f"{hours:,g} 小时", f"{hours:,g} h")


def per_hour(cost: int | None, currency: str) -> Words | None:
    """What each hour of waiting costs."""
    if cost is None:
        return None
    said = money(Fen(cost), currency)
    return Words(f"每等一小时约损失 {said}", f"Each hour of waiting costs about {said}")
