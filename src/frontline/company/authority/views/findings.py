"""What is wrong with the matrix, as the machine sees it: gaps, and people in each other's way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

import msgspec

from frontline.company.authority.book import SeenAuthorityBook
from frontline.company.authority.messages import ACTION_WORDS, REVIEW_WORDS, PositionId
from frontline.company.authority.views.company import LONG_AGO, Company, read
from frontline.kernel.authority import Action, Unit
from frontline.kernel.money import BASIS_POINTS
from frontline.kernel.text import Words
from frontline.kernel.words import StaffId
from frontline.store.database import Transaction


class FindingKind(StrEnum):
    # Gaps.
    ABOVE_NOBODY = "above_nobody"  # Above some amount only owners may.
    ONLY_OWNERS = "only_owners"
    NOBODY_HERE = "nobody_here"  # Nobody below the owner may, for all who might are away.
    POSITION_EMPTY = "position_empty"
    REVIEW_UNASSIGNED = "review_unassigned"
    NO_SUBSTITUTE = "no_substitute"
    SUBSTITUTE_AWAY = "substitute_away"
    SUBSTITUTE_CIRCLE = "substitute_circle"
    # Overlaps.
    SEVERAL_DECIDE = "several_decide"
    DECIDER_REVIEWS = "decider_reviews"


class Finding(msgspec.Struct, frozen=True):
    kind: FindingKind
    words: Words
    action: Action | None = None
    position_id: PositionId | None = None
    staff_id: StaffId | None = None


def amount_words(amount: int, unit: Unit) -> Words:
    """An amount as people say it; money in the shop's currency, without its sign."""
    match unit:
        case Unit.MONEY:
            yuan = f"{amount // 100:,}" + (f".{amount % 100:02}" if amount % 100 else "")
            return Words(f"{yuan} 元", yuan)
        case Unit.BASIS_POINTS:
            percent = f"{amount * 100 / BASIS_POINTS:g}%"
            return Words(percent, percent)
        case Unit.UNITS:
            return Words(f"{amount:,} 件", f"{amount:,} units")
        case Unit.PEOPLE:
            return Words(f"{amount:,} 人", f"{amount:,} people")


async def gaps(transaction: Transaction, at: datetime = LONG_AGO) -> list[Finding]:
    """Where nobody, or nobody but an owner, can say yes."""
    return list(gaps_of(await read(transaction), at))


async def overlaps(transaction: Transaction, at: datetime = LONG_AGO) -> list[Finding]:
    """Where several may decide the same, or whoever decides also reviews."""
    return list(overlaps_of(await read(transaction), at))


def gaps_of(company: Company, at: datetime) -> Iterator[Finding]:
    for action in Action:
        yield from _of_action(company, action, at)
    yield from _of_places(company)
    yield from _of_absences(company, at)


def _of_action(company: Company, action: Action, at: datetime) -> Iterator[Finding]:
    name, book = ACTION_WORDS[action], company.book
    holders = _holders(company, action)
    highest = max((limit for limit, _ in holders), default=0)
    if not highest:
        words = Words(
            f"{name.zh}：除店主外无人可批准",
            f"{name.en}: nobody but the owner may approve any",
        )
        yield Finding(FindingKind.ONLY_OWNERS, words, action)
        return
    bound = amount_words(highest, action.unit)
    words = Words(
        f"{name.zh}：店主以下无人可批准 {bound.zh}以上",
        f"{name.en}: nobody below the owner may approve more than {bound.en}",
    )
    yield Finding(FindingKind.ABOVE_NOBODY, words, action)
    decide = [one for one in book.deciders(action, 1, at) if not book.clerks[one.staff_id].owner]
    if not decide:
        words = Words(
            f"{name.zh}：有额度的人现在都不在或额度已用完，只能找店主",
            f"{name.en}: all who may are away or have used it up; only the owner is left",
        )
        yield Finding(FindingKind.NOBODY_HERE, words, action)


def _holders(company: Company, action: Action) -> list[tuple[int, PositionId]]:
    """Positions that somebody has and that may something of this kind alone."""
    taken = {clerk.position_id for clerk in company.book.clerks.rows().values() if not clerk.owner}
    return [
        (limit.alone_max, position_id)
        for (position_id, of), limit in company.book.limits.rows().items()
        if of is action and limit.alone_max and position_id in taken
    ]


def _of_places(company: Company) -> Iterator[Finding]:
    book = company.book
    taken = {clerk.position_id for clerk in book.clerks.rows().values()}
    for position_id, place in book.positions.rows().items():
        if position_id not in taken:
            department = book.departments[place.department_id].name
            words = Words(
                f"岗位空缺：{department}·{place.name} 还没有人",
                f"{department}, {place.name}: nobody has this position",
            )
            yield Finding(FindingKind.POSITION_EMPTY, words, position_id=position_id)
    needed = {kind for policy in book.policies.rows().values() for kind in policy.reviews}
    for kind in sorted(needed):
        reviewing = book.reviewers.get(kind)
        if reviewing is None or reviewing not in taken:
            name = REVIEW_WORDS[kind]
            words = Words(f"{name.zh}：还没有人负责", f"{name.en}: nobody is responsible for it")
            yield Finding(FindingKind.REVIEW_UNASSIGNED, words, position_id=reviewing)


def _of_absences(company: Company, at: datetime) -> Iterator[Finding]:
    powers = company.book.powers
    for staff_id, clerk in sorted(company.book.clerks.rows().items()):
        away = powers.away(staff_id, at)
        if away is None:
            continue
        name, behind = company.name(staff_id), away.substitute_id
        if behind is None or company.book.clerks.get(behind) is None:
            if not clerk.owner and clerk.position_id is not None:
                words = Words(
                    f"{name} 不在，没有指定代理人", f"{name} is away and has no substitute"
                )
                yield Finding(FindingKind.NO_SUBSTITUTE, words, staff_id=staff_id)
            continue
        theirs = powers.away(behind, at)
        if theirs is None:
            continue
        other = company.name(behind)
        circle = theirs.substitute_id == staff_id
        words = (
            Words(
                f"{name} 和 {other} 互为代理，两人都不在",
                f"{name} and {other} stand in for each other, and both are away",
            )
            if circle
            else Words(
                f"{name} 不在，代理人 {other} 也不在",
                f"{name} is away, and so is the substitute, {other}",
            )
        )
        kind = FindingKind.SUBSTITUTE_CIRCLE if circle else FindingKind.SUBSTITUTE_AWAY
        yield Finding(kind, words, staff_id=staff_id)


def overlaps_of(company: Company, at: datetime) -> Iterator[Finding]:
    for action in Action:
        yield from _several(company, action)
        yield from _both(company, action, at)


def _several(company: Company, action: Action) -> Iterator[Finding]:
    """Two positions with the same limit: nobody knows whose it is, and each has an allowance."""
    by_limit: defaultdict[int, list[str]] = defaultdict(list)
    for limit, position_id in _holders(company, action):
        by_limit[limit].append(_place(company, position_id))
    name = ACTION_WORDS[action]
    for limit, places in sorted(by_limit.items()):
        if len(places) > 1:
            bound, those = amount_words(limit, action.unit), sorted(places)
            words = Words(
                f"{name.zh} {bound.zh}以内：{'、'.join(those)} 都可以单独决定",
                f"{name.en} up to {bound.en}: {', '.join(those)} may each decide alone",
            )
            yield Finding(FindingKind.SEVERAL_DECIDE, words, action)


def _both(company: Company, action: Action, at: datetime) -> Iterator[Finding]:
    """Whoever is asked first to decide also gives one of the reviews."""
    book = company.book
    policy = book.policy(action)
    decider_id = policy.decider_id
    for kind in policy.reviews:
        reviewer = book.reviews(kind, at).staff_id
        clerk = None if reviewer is None else book.clerks[reviewer]
        if clerk is None or reviewer is None or decider_id is None:
            continue
        if clerk.position_id == decider_id and _alone(book, decider_id):
            words = Words(
                f"{ACTION_WORDS[action].zh}：{company.name(reviewer)} 既做{REVIEW_WORDS[kind].zh}"
                "又做决定",
                f"{ACTION_WORDS[action].en}: {company.name(reviewer)} both decides and gives the "
                f"{REVIEW_WORDS[kind].en.lower()}",
            )
            yield Finding(FindingKind.DECIDER_REVIEWS, words, action, staff_id=reviewer)


def _alone(book: SeenAuthorityBook, position_id: PositionId) -> bool:
    """One person has it."""
    return sum(one.position_id == position_id for one in book.clerks.rows().values()) == 1


def _place(company: Company, position_id: PositionId) -> str:
    place = company.book.positions[position_id]
    return f"{company.book.departments[place.department_id].name}·{place.name}"
