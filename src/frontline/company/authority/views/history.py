"""The history of the matrix, in words. No locks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from frontline.company.authority.messages import (
    ACTION_WORDS,
    DEPARTMENT_WORDS,
    REVIEW_WORDS,
    DepartmentKind,
    ReviewKind,
)
from frontline.company.authority.views.company import Company, read
from frontline.company.authority.views.findings import amount_words
from frontline.kernel.authority import Action
from frontline.kernel.text import Words
from frontline.store.database import Transaction

_CHANGES = text("""
    SELECT c.id, c.at, c.kind, c.subject, c.before, c.after, s.name AS who
    FROM authority_change AS c
    JOIN staff AS s ON s.shop_id = c.shop_id AND s.id = c.staff_id
    WHERE c.shop_id = :shop_id AND (CAST(:before AS bigint) IS NULL OR c.id < :before)
    ORDER BY c.id DESC LIMIT CAST(:limit AS int)
""")

_NOTHING = Words("无", "nothing")
_EMPTY = Words("—", "—")


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    at: datetime
    who: str
    what: Words
    before: Words
    after: Words


class Edits(msgspec.Struct, frozen=True):
    edits: tuple[Edit, ...]  # The newest first.
    next_before: int | None  # Where the next page begins; None: there is none.


async def history(transaction: Transaction, *, before: int | None = None, limit: int = 50) -> Edits:
    rows = await transaction.read(_CHANGES, before=before, limit=limit + 1)
    company = await read(transaction)
    edits = tuple(_edit(company, row) for row in rows[:limit])
    return Edits(edits, edits[-1].id if len(rows) > limit else None)


def _edit(company: Company, row: Any) -> Edit:
    return Edit(
        id=row.id,
        at=row.at,
        who=row.who,
        what=_what(company, row.kind, row.subject),
        before=_told(company, row.kind, row.subject, row.before),
        after=_told(company, row.kind, row.subject, row.after),
    )


def _what(company: Company, kind: str, subject: str) -> Words:
    first, _, second = subject.partition(" ")
    match kind:
        case "PutDepartment":
            return Words("部门", "Department")
        case "PutPosition":
            return Words("岗位", "Position")
        case "PutPerson":
            name = _name(company, first)
            return Words(f"{name} 的岗位", f"The position of {name}")
        case "PutAbsence" | "EndAbsence":
            name = _name(company, first)
            return Words(f"{name} 的请假", f"The absence of {name}")
        case "SetLimit":
            action = ACTION_WORDS[Action(second)]
            place = _position(company, first)
            return Words(f"{place} · {action.zh}额度", f"{place}: limit of {action.en.lower()}")
        case "SetPolicy":
            action = ACTION_WORDS[Action(first)]
            return Words(f"{action.zh}审批流程", f"Approval of {action.en.lower()}")
        case _:
            review = REVIEW_WORDS[ReviewKind(first)]
            return Words(f"{review.zh}负责岗位", f"Who does the {review.en.lower()}")


def _told(company: Company, kind: str, subject: str, encoded: str) -> Words:
    if not encoded:
        return _EMPTY
    tell = _TELLERS[kind]
    return tell(company, subject, msgspec.json.decode(encoded))


def _department(_: Company, _subject: str, row: Any) -> Words:
    kind = DEPARTMENT_WORDS[DepartmentKind(row["kind"])]
    return Words(f"{row['name']}（{kind.zh}）", f"{row['name']} ({kind.en})")


def _place(company: Company, _subject: str, row: Any) -> Words:
    told = f"{_in(company, row['department_id'])}·{row['name']}"
    return Words(told, told)


def _person(company: Company, _subject: str, row: Any) -> Words:
    position = _position(company, row.get("position_id"))
    deputy = _name(company, row.get("deputy_id"))
    return Words(
        (position or "没有岗位") + (f"，代理人 {deputy}" if deputy else ""),
        (position or "no position") + (f", substitute {deputy}" if deputy else ""),
    )


def _absence(company: Company, _subject: str, row: Any) -> Words:
    first, last = (_minute(company, row[name]) for name in ("starts_at", "ends_at"))
    behind = _name(company, row["substitute_id"])
    return Words(
        f"{first} 至 {last}" + (f"，代理人 {behind}" if behind else ""),
        f"{first} to {last}" + (f", substitute {behind}" if behind else ""),
    )


def _minute(company: Company, at: str) -> str:
    """In the shop's time."""
    return f"{datetime.fromisoformat(at).astimezone(company.zone):%Y-%m-%d %H:%M}"


def _limit(_: Company, subject: str, row: Any) -> Words:
    unit = Action(subject.partition(" ")[2]).unit
    if not row["alone_max"]:
        return _NOTHING
    once = amount_words(row["alone_max"], unit)
    zh, en = [f"单次 {once.zh}"], [f"{once.en} at once"]
    for name, day_zh, day_en in (("day_max", "每日", "a day"), ("month_max", "每月", "a month")):
        if row[name] is not None:
            most = amount_words(row[name], unit)
            zh.append(f"{day_zh} {most.zh}")
            en.append(f"{most.en} {day_en}")
    return Words("，".join(zh), ", ".join(en))


def _policy(company: Company, subject: str, row: Any) -> Words:
    reviews = [REVIEW_WORDS[ReviewKind(kind)] for kind in row["reviews"]]
    decider = _position(company, row["decider_id"]) if row["delegated"] else ""
    zh = ["、".join(one.zh for one in reviews) or "不审核"]
    en = [", ".join(one.en.lower() for one in reviews) or "no review"]
    if len(reviews) > 1:
        zh.append("同时进行" if row["parallel"] else "依次进行")
        en.append("in parallel" if row["parallel"] else "one after another")
    zh.append(
        f"{decider}决定" if decider else "店主决定" if not row["delegated"] else "有额度者决定"
    )
    en.append(
        f"{decider} decides" if decider
        else "the owner decides" if not row["delegated"] else "who may decides"
    )  # fmt: skip
    if row["owner_above"] is not None:
        bound = amount_words(row["owner_above"], Action(subject).unit)
        zh.append(f"{bound.zh}以上店主决定")
        en.append(f"above {bound.en} the owner")
    return Words("，".join(zh), ", ".join(en))


def _reviewer(company: Company, _subject: str, row: Any) -> Words:
    name = _position(company, row)
    return Words(name, name)


_TELLERS: Mapping[str, Callable[[Company, str, Any], Words]] = {
    "PutDepartment": _department,
    "PutPosition": _place,
    "PutPerson": _person,
    "PutAbsence": _absence,
    "EndAbsence": _absence,
    "SetLimit": _limit,
    "SetPolicy": _policy,
    "SetReviewer": _reviewer,
}


def _id(said: str | None) -> Any:
    return None if said is None else UUID(said)


def _name(company: Company, said: str | None) -> str:
    return company.name(_id(said))


def _position(company: Company, said: str | None) -> str:
    return company.position(_id(said))


def _in(company: Company, said: str) -> str:
    found = company.book.departments.get(_id(said))
    return "" if found is None else found.name
