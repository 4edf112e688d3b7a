"""Stories of people who try to get past the gate, and a judge who keeps books of its own.

Somebody takes goods out of sale, hands in again what was held (as it was, with another amount, as
somebody else, twice, too late), says yes to what is not theirs to decide, while an owner edits the
matrix. The judge knows the facts (who has which position, which limits, who is away) and what was
done before, and says of every deed whether it was allowed, and of all that was held whether it
had to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import scenery
import shop.stock.story as stock
from company.authority import story as authority
from company.authority.story import CHIEF, CLERK, LEADER, OWNER, SELLER, ZONE
from scenery import PLAIN, UNKNOWN

from frontline.company.authority.book import (
    How,
    Limit,
    MatrixKeys,
    Use,
    Warrant,
    WarrantBook,
    WarrantKeys,
    executing,
    proposal_id_of,
)
from frontline.company.authority.feature import EDITING
from frontline.company.authority.messages import EndAbsence, PutAbsence, PutPerson, SetLimit
from frontline.engine.feature import CommandSet
from frontline.house import assembled
from frontline.kernel.authority import Action, ActionHeld, Held
from frontline.kernel.load import Load
from frontline.kernel.words import Command, Decision, Moment, NoEffect, Notes, StaffId, wish_of
from frontline.shop.stock.feature import ADJUSTING
from frontline.shop.stock.messages import AdjustStock, StockAdjusted
from frontline.testing.memory import World
from frontline.testing.story import BEGIN, Cast, Chapter, Story, id_of

GONE = StaffId(UNKNOWN)  # Works here no longer.
PEOPLE = [CLERK, CLERK, CLERK, CHIEF, OWNER, GONE]
LIMITS = {Action.STOCK_CLAIM: Limit(4, 9, 40)}

# -- Saying yes, without the rest of a proposal ---------------------------------------------


class Approved(msgspec.Struct, frozen=True, tag=True):
    pass


class NotYours(NoEffect, frozen=True, tag=True):
    pass


class SayYes(Command[Approved | NotYours], frozen=True, tag=True):
    by: StaffId
    warrant: Warrant


async def _gather(batch: Sequence[SayYes], load: Load) -> WarrantBook:
    proposal_ids = {one.warrant.proposal_id for one in batch}
    return await load(WarrantKeys({one.by for one in batch}, proposal_ids))


def _decide(book: WarrantBook, batch: Sequence[SayYes], moment: Moment) -> Decision[Any]:
    return Decision(tuple(_say_yes(book, one, moment.now) for one in batch), Notes())


def _say_yes(book: WarrantBook, one: SayYes, now: datetime) -> Approved | NotYours:
    if not book.may_decide(one.by, one.warrant, now):
        return NotYours()
    book.approve(one.by, one.warrant, one.id, now)
    book.closed(one.warrant.proposal_id)
    return Approved()


SAYING_YES: CommandSet[SayYes, WarrantBook] = CommandSet(
    name="saying yes",
    commands=(SayYes,),
    outcome=Approved | NotYours,
    gather=_gather,
    decide=_decide,
)

CAST = Cast(assembled().library, (scenery.PART, stock.PART, authority.PART))


# -- The judge ------------------------------------------------------------------------------


@dataclass
class Judge:
    done: list[Use] = field(default_factory=list)  # What counts against allowances.
    warrants: dict[UUID, Warrant] = field(default_factory=dict)
    spent: set[UUID] = field(default_factory=set)
    held: list[Any] = field(default_factory=list)
    waiting: dict[Any, Any] = field(default_factory=dict)  # By who asked for how much.
    outcomes: set[str] = field(default_factory=set)

    def judge(self, chapter: Chapter) -> None:
        world, now = chapter.before, chapter.moment.now
        before = len(world.logs["AuthorityBook.uses"])
        uses = {one.id: one for one in chapter.after.logs["AuthorityBook.uses"][before:]}
        for command, outcome in zip(chapter.batch, chapter.decision.outcomes, strict=True):
            use = uses.pop(command.id, None)
            match command:
                case AdjustStock() if command.change < 0:
                    self._of_stock(world, command, outcome, use, now)
                case SayYes():
                    self._of_yes(world, command, outcome, use, now)
                case _:
                    assert use is None
        assert not uses, "something was allowed that nobody did"
        told = [one for one in chapter.decision.notes.events if isinstance(one, ActionHeld)]
        assert [one.proposal_id for one in told] == [
            one.proposal_id
            for one in chapter.decision.outcomes
            if isinstance(one, Held) and not one.again
        ]

    def _of_stock(
        self, world: World, command: AdjustStock, outcome: Any, use: Use | None, now: datetime
    ) -> None:
        by, amount = command.staff_id, -command.change
        if isinstance(outcome, StockAdjusted):
            assert use is not None, "done, and not counted"
            assert (use.by_id, use.amount) == (by, amount)
            self._allowed(world, command, use, amount, now)
        else:
            assert use is None, "counted, and not done"
        if isinstance(outcome, Held):
            assert not self._could(world, by, amount, now), "held, though it was within limits"
            assert self._warrant(command, amount, now) is None, "held, though it was approved"
            assert not self._caps(by, amount, now)
            self._one_proposal(command, outcome, now)
            self.held.append(command)
        again = " again" if isinstance(outcome, Held) and outcome.again else ""
        how = "" if use is None else f" {use.how}"
        self.outcomes.add(f"{type(outcome).__name__}{how}{again}")

    def _one_proposal(self, command: AdjustStock, outcome: Held, now: datetime) -> None:
        """The same wish of the same person waits once: until somebody says yes, or for an hour."""
        proposal_id, until = self.waiting.get((command.staff_id, command.change), (None, now))
        assert outcome.again == (now < until)
        if outcome.again:
            assert outcome.proposal_id == proposal_id
        else:
            assert outcome.proposal_id == proposal_id_of(command.id)
            until = now + timedelta(hours=1)
            self.waiting[command.staff_id, command.change] = outcome.proposal_id, until

    def _allowed(
        self, world: World, command: AdjustStock, use: Use, amount: int, now: datetime
    ) -> None:
        clerks = world.book(MatrixKeys).clerks
        assert clerks.get(command.staff_id) is not None
        match use.how:
            case How.OWNER:
                assert clerks[command.staff_id].owner
            case How.APPROVED:
                warrant = self._warrant(command, amount, now)
                assert warrant is not None
                self.spent.add(warrant.id)
            case How.WITHIN_CAP:
                caps = self._caps(command.staff_id, amount, now)
                assert caps
                self.spent.add(min(caps, key=lambda one: (one.amount_max, one.expires_at)).id)
            case How.LIMIT | How.SUBSTITUTE:
                assert use.whose_id in self._rights(world, command.staff_id, now)
                self._count(world, use, now)
            case How.DECIDED:
                raise AssertionError(use)

    def _of_yes(
        self, world: World, command: SayYes, outcome: Any, use: Use | None, now: datetime
    ) -> None:
        amount, by = command.warrant.amount_max, command.by
        self.outcomes.add(type(outcome).__name__)
        if isinstance(outcome, NotYours):
            assert use is None
            assert by == command.warrant.staff_id or not self._could(world, by, amount, now)
            return
        assert use is not None
        assert by != command.warrant.staff_id
        self.warrants[command.warrant.id] = command.warrant
        closed = command.warrant.proposal_id
        self.waiting = {key: one for key, one in self.waiting.items() if one[0] != closed}
        if not world.book(MatrixKeys).clerks[by].owner:
            assert use.how is How.DECIDED
            assert use.whose_id in self._rights(world, by, now)
            self._count(world, use, now)

    def _count(self, world: World, use: Use, now: datetime) -> None:
        assert use.amount is not None
        assert self._within(world, use.whose_id, use.amount, now)
        self.done.append(use)

    def _could(self, world: World, by: StaffId, amount: int | None, now: datetime) -> bool:
        clerk = world.book(MatrixKeys).clerks.get(by)
        if clerk is None:
            return False
        rights = self._rights(world, by, now)
        return clerk.owner or (
            amount is not None and any(self._within(world, one, amount, now) for one in rights)
        )

    def _rights(self, world: World, by: StaffId, now: datetime) -> list[StaffId]:
        """Their own, and those of whoever is away and named them, unless they are away as well."""
        book = world.book(MatrixKeys)
        away = {one.staff_id for one in book.absences.rows().values() if one.covers(now)}
        named = [
            one.staff_id
            for one in book.absences.rows().values()
            if one.substitute_id == by and one.covers(now) and not book.clerks[one.staff_id].owner
        ]
        return [by] if by in away else [by, *named]

    def _within(self, world: World, whose: StaffId, amount: int, now: datetime) -> bool:
        book = world.book(MatrixKeys)
        limit = book.limits.get((book.clerks[whose].position_id, Action.STOCK_CLAIM))
        if limit is None or amount > limit.alone_max:
            return False
        today = now.astimezone(ZoneInfo(ZONE)).date()
        mine = [(_local(one.at), one.amount or 0) for one in self.done if one.whose_id == whose]
        day = sum(used for at, used in mine if at == today)
        month = sum(used for at, used in mine if (at.year, at.month) == (today.year, today.month))
        by_day = limit.day_max is None or day + amount <= limit.day_max
        return by_day and (limit.month_max is None or month + amount <= limit.month_max)

    def _warrant(self, command: AdjustStock, amount: int, now: datetime) -> Warrant | None:
        warrant = self.warrants.get(command.id)
        good = (
            warrant is not None
            and warrant.id not in self.spent
            and warrant.wish == wish_of(command)
            and warrant.staff_id == command.staff_id != GONE
            and now < warrant.expires_at
            and (warrant.amount_max is None or amount <= warrant.amount_max)
        )
        return warrant if good else None

    def _caps(self, by: StaffId, amount: int, now: datetime) -> list[Warrant]:
        return [
            one
            for one in self.warrants.values()
            if one.wish is None
            and one.id not in self.spent
            and one.staff_id == by != GONE
            and now < one.expires_at
            and one.amount_max is not None
            and amount <= one.amount_max
        ]


def _local(at: datetime) -> Any:
    return at.astimezone(ZoneInfo(ZONE)).date()


# -- The thief --------------------------------------------------------------------------------


def attempt(chance: Random, judge: Judge, now: datetime, id_: UUID) -> Command[Any]:
    """What somebody tries next, knowing all that was held so far."""
    if not judge.held or chance.random() < 0.4:
        amount = chance.choice((1, 2, 3, 4, 4, 5, 9, 12, 40))
        return _take(id_, amount, chance.choice(PEOPLE))
    held = chance.choice(judge.held[-4:])
    proposal_id = proposal_id_of(held.id)
    again = executing(held, proposal_id)
    match chance.randrange(8):
        case 0 | 1 | 2:
            return _yes(chance, id_, held, again, now)
        case 3 | 4:
            return again
        case 5:
            less = 1 if held.change < -1 else -1
            return msgspec.structs.replace(again, change=held.change + chance.choice((-1, less)))
        case 6:
            return msgspec.structs.replace(again, staff_id=chance.choice(PEOPLE))
        case _:
            return msgspec.structs.replace(again, id=id_)  # The same, under an id of its own.


def _take(id_: UUID, amount: int, by: StaffId) -> AdjustStock:
    return AdjustStock(id=id_, sku_id=PLAIN, change=-amount, reason="报损", staff_id=by)


def _yes(chance: Random, id_: UUID, held: Any, again: Any, now: datetime) -> SayYes:
    cap = chance.random() < 0.25
    expires_at = now + chance.choice((timedelta(minutes=1), timedelta(hours=9), timedelta(days=9)))
    warrant = Warrant(
        id=id_ if cap else again.id,
        proposal_id=proposal_id_of(held.id),
        wish=None if cap else wish_of(again),
        action=Action.STOCK_CLAIM,
        amount_max=chance.choice((1, -held.change)) if cap else -held.change,
        staff_id=held.staff_id,
        expires_at=expires_at,
    )
    return SayYes(
        id=id_, by=chance.choice([OWNER, OWNER, CHIEF, CHIEF, CLERK, GONE]), warrant=warrant
    )


def edit(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    """The owner changes who may what."""
    absences = [*world.book(MatrixKeys).absences.rows()]
    match chance.randrange(6):
        case 0:
            person = chance.choice((CLERK, CHIEF))
            position_id = chance.choice((SELLER, LEADER, None))
            return PutPerson(
                id=id_, person_id=person, position_id=position_id, deputy_id=None, staff_id=OWNER
            )
        case 1 if absences:
            return EndAbsence(id=id_, absence_id=chance.choice(absences), staff_id=OWNER)
        case 2:
            limit = chance.choice((Limit(4, 9, 40), Limit(2, 5), Limit(0), Limit(40, 60)))
            return SetLimit(
                id=id_,
                position_id=chance.choice((SELLER, LEADER)),
                action=Action.STOCK_CLAIM,
                alone_max=limit.alone_max,
                day_max=limit.day_max,
                month_max=limit.month_max,
                staff_id=OWNER,
            )
        case _:
            person = chance.choice((CLERK, CHIEF, OWNER))
            behind = chance.choice([one for one in (CLERK, CHIEF, OWNER) if one != person])
            return PutAbsence(
                id=id_,
                person_id=person,
                starts_at=now - timedelta(minutes=1),
                ends_at=now + chance.choice((timedelta(hours=6), timedelta(days=9))),
                substitute_id=behind,
                staff_id=OWNER,
            )


_PAUSES = [timedelta(seconds=1)] * 6 + [timedelta(minutes=2), timedelta(hours=5), timedelta(days=2)]


def told(chance: Random, chapters: int = 25) -> tuple[Story, Judge]:
    """A story that the judge has heard to its end."""
    simulator, judge = CAST.simulator, Judge()
    start = (
        scenery.PART.lay(chance)
        | stock.world({PLAIN: 10_000})
        | authority.world(LIMITS, warrants=())
    )
    world, now, heard = start, BEGIN, []
    for number in range(chapters):
        now += chance.choice(_PAUSES)
        kind = chance.choice(("take", "take", "edit"))
        size = chance.randint(1, 4)
        ids = [id_of(number, place) for place in range(size)]
        if kind == "edit":
            batch: list[Command[Any]] = [edit(chance, world, now, ids[0])]
        else:
            drawn = [attempt(chance, judge, now, id_) for id_ in ids]
            yes = isinstance(drawn[0], SayYes)
            batch = [one for one in drawn if isinstance(one, SayYes) is yes]
        fresh = {one.id: one for one in batch if one.id not in _answered(heard)}
        if yes_ids := {one.warrant.id for one in fresh.values() if isinstance(one, SayYes)}:
            fresh = _once(fresh, yes_ids - judge.warrants.keys())
        batch = list(fresh.values())
        if not batch:
            continue
        command_set = next(
            one for one in (ADJUSTING, EDITING, SAYING_YES) if type(batch[0]) in one.commands
        )
        moment = Moment(now, number)
        decision, after = simulator.run(command_set, world, batch, moment)
        chapter = Chapter(command_set, tuple(batch), moment, world, decision, after)
        _one_by_one(judge, chapter)
        heard.append(chapter)
        world = after
    return Story(start, tuple(heard)), judge


def _one_by_one(judge: Judge, chapter: Chapter) -> None:
    """Judged as if they had come one after another, which is what a batch means."""
    world = chapter.before
    for command, outcome in zip(chapter.batch, chapter.decision.outcomes, strict=True):
        decision, after = CAST.simulator.run(chapter.command_set, world, [command], chapter.moment)
        assert decision.outcomes == (outcome,)
        single = Chapter(chapter.command_set, (command,), chapter.moment, world, decision, after)
        judge.judge(single)
        world = after
    assert world.content() == chapter.after.content()


def _answered(heard: list[Chapter]) -> set[UUID]:
    """Ids that had an effect: the engine answers them as before, and asks no rule."""
    return {
        command.id
        for chapter in heard
        for command, outcome in zip(chapter.batch, chapter.decision.outcomes, strict=True)
        if not isinstance(outcome, NoEffect)
    }


def _once(fresh: dict[UUID, Any], new: set[UUID]) -> dict[UUID, Any]:
    """One yes for each proposal: that is what the proposal's own state is for."""
    kept: dict[UUID, Any] = {}
    for id_, one in fresh.items():
        if one.warrant.id in new:
            new = new - {one.warrant.id}
            kept[id_] = one
    return kept
