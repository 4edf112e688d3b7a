"""Recording how far visitors come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from frontline.kernel.load import Load
from frontline.kernel.words import Decision, Moment, Notes
from frontline.shop.funnel.book import (
    WHOLE_SHOP,
    FunnelBook,
    FunnelKeys,
    Mark,
    VisitorBook,
    VisitorKeys,
)
from frontline.shop.funnel.messages import NameVisitor, Outcome, Recorded, RecordStep, Request, Step


@dataclass(frozen=True, slots=True)
class Desk:
    visitors: VisitorBook
    funnel: FunnelBook


async def gather(batch: Sequence[Request], load: Load) -> Desk:
    members = {one.member_id for one in batch if one.member_id is not None}
    visitors = await load(VisitorKeys(members))
    may_be = {member_id: {visitors.visitor_of(member_id)} for member_id in members}
    for one in batch:
        if one.member_id is not None and one.visitor is not None:
            may_be[one.member_id].add(one.visitor)
    marks: set[Mark] = set()
    for one in batch:
        if isinstance(one, RecordStep):
            member = set() if one.member_id is None else may_be[one.member_id]
            for visitor in member if one.visitor is None else {one.visitor}:
                marks |= {_opening(one, visitor), *_marks(one, visitor)}
    return Desk(visitors, await load(FunnelKeys(marks)))


def decide(desk: Desk, batch: Sequence[Request], _moment: Moment) -> Decision[Outcome]:
    for one in batch:
        _record(desk, one)
    return Decision((Recorded(),) * len(batch), Notes())


def _record(desk: Desk, command: Request) -> None:
    if command.member_id is not None and command.visitor is not None:
        desk.visitors.name(command.member_id, command.visitor)
    if isinstance(command, NameVisitor):
        return
    visitor = command.visitor
    if visitor is None:
        assert command.member_id is not None, "a step of nobody"
        visitor = desk.visitors.visitor_of(command.member_id)
    came_by_share = desk.funnel.marks.get(_opening(command, visitor))
    for mark in _marks(command, visitor):
        desk.funnel.record(mark, shared=command.shared or bool(came_by_share))


def _opening(command: RecordStep, visitor: UUID) -> Mark:
    return Mark(command.day, Step.OPEN, WHOLE_SHOP, visitor)


def _marks(command: RecordStep, visitor: UUID) -> Iterator[Mark]:
    """Of the whole shop, and of each product; opening the shop is no product's."""
    yield Mark(command.day, command.step, WHOLE_SHOP, visitor)
    if command.step is not Step.OPEN:
        for product_id in command.product_ids:
            yield Mark(command.day, command.step, product_id, visitor)
