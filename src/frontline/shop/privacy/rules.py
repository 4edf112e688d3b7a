"""Forgetting a member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes
from frontline.shop.privacy.book import AffairsBook, AffairsKeys, ErasureBook, ErasureKeys
from frontline.shop.privacy.messages import Erased, EraseMember, Outcome, Refusal, Refused


@dataclass(frozen=True, slots=True)
class Desk:
    erasure: ErasureBook
    affairs: AffairsBook


async def gather(batch: Sequence[EraseMember], load: Load) -> Desk:
    member_ids = {command.member_id for command in batch}
    erasure = await load(ErasureKeys(member_ids))  # First: it holds the members' rows.
    return Desk(erasure, await load(AffairsKeys(member_ids)))


def decide(desk: Desk, batch: Sequence[EraseMember], moment: Moment) -> Decision[Outcome]:
    return Decision(tuple(_erase(desk, command, moment.now) for command in batch), Notes())


def _erase(desk: Desk, command: EraseMember, now: datetime) -> Outcome:
    affairs = desk.affairs.affairs.get(command.member_id)
    if affairs is None or desk.erasure.erasures.get(command.member_id) is not None:
        return Refused(Refusal.MEMBER_UNKNOWN)
    if affairs.orders:
        return Refused(Refusal.ORDERS_OPEN, affairs.orders)
    if affairs.refunds:
        return Refused(Refusal.REFUNDS_OPEN, affairs.refunds)
    desk.erasure.erasures[command.member_id] = now
    return Erased(now)
