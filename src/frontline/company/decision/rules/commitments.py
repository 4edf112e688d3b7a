"""To bind the company: a command like any other that asks whether its giver may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontline.company.decision.book import Commitment, CommitmentBook, CommitmentKeys
from frontline.company.decision.messages import (
    COMMITTED,
    Commit,
    CommitOutcome,
    Committed,
    Refusal,
    Refused,
)
from frontline.kernel.authority import Ask, Authority, AuthorityKeys
from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes


@dataclass(frozen=True, slots=True)
class CommitDesk:
    commitments: CommitmentBook
    authority: Authority


async def gather_commitments(batch: Sequence[Commit], load: Load) -> CommitDesk:
    commitments = await load(CommitmentKeys())
    authority = await load(AuthorityKeys([(one.id, one.staff_id) for one in batch]))
    return CommitDesk(commitments, authority)


def commit(desk: CommitDesk, batch: Sequence[Commit], moment: Moment) -> Decision[CommitOutcome]:
    notes = Notes()
    return Decision(tuple(_commit(desk, one, moment, notes) for one in batch), notes)


def _commit(desk: CommitDesk, command: Commit, moment: Moment, notes: Notes) -> CommitOutcome:
    if command.action not in COMMITTED or command.amount <= 0 or not command.what:
        return Refused(Refusal.COMMITMENT_INVALID)
    ask = Ask(command.action, command.amount, command.staff_id, command.id)
    if (held := desk.authority.held(ask, command, moment, notes)) is not None:
        return held
    desk.commitments.commit(
        Commitment(
            id=command.id,
            action=command.action,
            amount=command.amount,
            what=command.what,
            staff_id=command.staff_id,
            at=moment.now,
        )
    )
    return Committed(command.id)
