"""The gate: what a person does alone is counted, what was approved is used up, the rest waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from frontline.company.authority.book.things import (
    COUNTED,
    Absence,
    Allowance,
    AllowanceKey,
    Clerk,
    How,
    Limit,
    LimitKey,
    Powers,
    Through,
    Use,
    Waiting,
    WaitingKey,
    Warrant,
)
from frontline.company.authority.messages import AbsenceId
from frontline.kernel.authority import ActionHeld, Ask, Held
from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.ids import following
from frontline.kernel.words import Command, Moment, Notes, StaffId, digest_of, wish_of

OPENING_MAX = timedelta(hours=1)
"""So long what was held counts as waiting before its proposal is opened; if that never comes (too
late, or the applicant was made an owner meanwhile), it may be asked for anew."""

_NAMELESS = UUID(int=0)
_encode = msgspec.json.Encoder().encode


def proposal_id_of(command_id: UUID) -> UUID:
    """Of the proposal that a command becomes when it is held."""
    return following(command_id, "proposal")


def executing_id(proposal_id: UUID) -> UUID:
    """Under which the command is handed in again, once the proposal is approved."""
    return following(proposal_id, "do")


def executing(command: Command[Any], proposal_id: UUID) -> Command[Any]:
    """The command as it is handed in again: all of it the same but the id."""
    return msgspec.structs.replace(command, id=executing_id(proposal_id))


def asked_for(ask: Ask, command: Command[Any]) -> int:
    """What somebody wants, whichever time they say so: all of the command but its id.

    The amount and the subject belong to it, for they may follow from what the command is about; a
    subject that the command itself would make has no id yet.
    """
    made = ask.subject_id == command.id
    nameless = msgspec.structs.replace(command, id=_NAMELESS)
    return digest_of((ask.action, ask.amount, None if made else ask.subject_id, nameless))


@dataclass(slots=True)
class AuthorityBook(Book):
    """Keeps `frontline.kernel.authority.Authority`."""

    clerks: Page[StaffId, Clerk]
    absences: Page[AbsenceId, Absence]
    limits: Page[LimitKey, Limit]
    allowances: Page[AllowanceKey, Allowance]
    warrants: Page[UUID, Warrant]
    uses: list[Use]
    waiting: Page[WaitingKey, Waiting] = field(default_factory=lambda: Page({}))

    @property
    def powers(self) -> Powers:
        return Powers(self.clerks, self.absences, self.limits, self.allowances)

    def held(self, ask: Ask, command: Command[Any], moment: Moment, notes: Notes) -> Held | None:
        through = self._right(ask, command, moment.now)
        if through is not None:
            self._use(ask, command.id, through, moment.now)
            return None
        limit = self.powers.limit(ask.by, ask.action, moment.now)
        key = ask.by, asked_for(ask, command)
        before = self.waiting.get(key)
        if before is not None and before.proposal_id is not None and before.waits(moment.now):
            return Held(before.proposal_id, ask.action, ask.amount, limit, again=True)
        proposal_id = proposal_id_of(command.id)
        self.waiting[key] = Waiting(proposal_id, moment.now + OPENING_MAX)
        notes.announce(
            ActionHeld(
                proposal_id=proposal_id,
                action=ask.action,
                amount=ask.amount,
                limit=limit,
                by=ask.by,
                subject_id=ask.subject_id,
                command=_encode((type(command).__name__, command)).decode(),
            )
        )
        return Held(proposal_id, ask.action, ask.amount, limit)

    def opened(self, proposal_id: UUID, deadline: datetime) -> None:
        """Until then nobody who asks for the same again is heard anew."""
        self._wait(proposal_id, Waiting(proposal_id, deadline))

    def closed(self, proposal_id: UUID) -> None:
        """Whoever asks for the same from now on makes a proposal of their own."""
        self._wait(proposal_id, Waiting(None, None))

    def may_decide(self, by: StaffId, warrant: Warrant, now: datetime) -> bool:
        """Whether this person may say yes to it.

        It is no more than they may do alone, and they did not ask for it themselves.
        """
        return by != warrant.staff_id and self._deciding(by, warrant, now) is not None

    def approve(self, by: StaffId, warrant: Warrant, decision_id: UUID, now: datetime) -> None:
        """Write the warrant, and count what is approved against the allowance of who approves.

        `decision_id` is that of the command that says yes. Ask `may_decide` first.
        """
        assert by != warrant.staff_id
        assert self.warrants.get(warrant.id) is None
        through = self._deciding(by, warrant, now)
        assert through is not None
        self.warrants[warrant.id] = warrant
        how = How.DECIDED if through.how in COUNTED else through.how
        ask = Ask(warrant.action, warrant.amount_max, by, warrant.proposal_id)
        self._use(ask, decision_id, Through(how, through.whose_id), now)

    def check(self) -> None:
        for used in self.allowances.rows().values():
            assert 0 <= used.day_used <= used.month_used
        for id_, (before, after) in self.warrants.altered().items():
            assert before.used_by is None, f"{id_} is used twice"
            assert msgspec.structs.replace(after, used_by=None, used_at=None) == before
        waiting = [one.proposal_id for one in self.waiting.rows().values() if one.proposal_id]
        assert len(waiting) == len(set(waiting)), "one proposal for two wishes"
        for use in self.uses:
            assert use.how is How.OWNER or use.how is How.APPROVED or use.amount is not None

    # -- How ------------------------------------------------------------------------------

    def _wait(self, proposal_id: UUID, waiting: Waiting) -> None:
        for key, one in self.waiting.rows().items():
            if one.proposal_id == proposal_id:
                self.waiting[key] = waiting

    def _right(self, ask: Ask, command: Command[Any], now: datetime) -> Through | None:
        """By what right it may be done.

        An approval is used up before an allowance, and a cap only where that does not suffice.
        """
        if self.clerks.get(ask.by) is None:
            return None  # Whoever has left may not even do what was approved.
        exact = self.warrants.get(command.id)
        if exact is not None and exact.wish == wish_of(command) and _fits(exact, ask, now):
            return self._used_up(exact, How.APPROVED, command, now)
        through = self.powers.may(ask.by, ask.action, ask.amount, now)
        if through is not None:
            return through
        caps = [
            one
            for one in self.warrants.rows().values()
            if one.wish is None
            and one.subject_id in {None, ask.subject_id}
            and _fits(one, ask, now)
        ]
        if not caps:
            return None
        smallest = min(caps, key=lambda one: (one.amount_max, one.expires_at, one.id))
        return self._used_up(smallest, How.WITHIN_CAP, command, now)

    def _used_up(self, warrant: Warrant, how: How, command: Command[Any], now: datetime) -> Through:
        self.warrants[warrant.id] = msgspec.structs.replace(
            warrant, used_by=command.id, used_at=now
        )
        return Through(how, warrant.staff_id)

    def _deciding(self, by: StaffId, warrant: Warrant, now: datetime) -> Through | None:
        return self.powers.may(by, warrant.action, warrant.amount_max, now)

    def _use(self, ask: Ask, command_id: UUID, through: Through, now: datetime) -> None:
        used = self.powers.used(through.whose_id, ask.action, now)
        if through.how in COUNTED:
            assert ask.amount is not None
            used = used.plus(ask.amount)
            self.allowances[through.whose_id, ask.action] = used
        self.uses.append(
            Use(
                id=command_id,
                by_id=ask.by,
                whose_id=through.whose_id,
                how=through.how,
                action=ask.action,
                amount=ask.amount,
                subject_id=ask.subject_id,
                at=now,
                day=used.day,
            )
        )


WarrantBook = AuthorityBook
"""The same, for those who say yes."""


def _fits(warrant: Warrant, ask: Ask, now: datetime) -> bool:
    return (
        warrant.good(now)
        and warrant.staff_id == ask.by
        and warrant.action is ask.action
        and warrant.covers(ask.amount)
    )


@dataclass(frozen=True, slots=True)
class WarrantKeys(Keys[AuthorityBook]):
    """To approve with: who may be about to say yes.

    Not together with `AuthorityKeys`: a batch that approves is not the one that executes.
    """

    deciders: Iterable[StaffId]
    proposal_ids: Iterable[UUID] = ()  # That may be about to be opened or closed.
