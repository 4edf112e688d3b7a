"""What the people of the demo shop have done, and what waits to be decided.

Written down in `company.toml`; given as the commands that they would give, at their times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from frontline.company.authority.messages import PutAbsence, ReviewKind
from frontline.company.contact.messages import How, LogContact
from frontline.company.decision.messages import (
    Answer,
    AnswerQuestion,
    AnswerReview,
    AskQuestion,
    Commit,
    DecideProposal,
    ProposalId,
)
from frontline.company.digest.messages import SetDigest
from frontline.company.plan.messages import GivePlan, Kind, PlanId, PutPlan, Resources, Targets
from frontline.company.request.messages import (
    AskDepartment,
    KeepRequest,
    PromiseRequest,
    RequestId,
)
from frontline.company.request.messages import DepartmentId as Asked
from frontline.company.window.messages import Facts, PutWindow, SignUp, WindowId
from frontline.demo.company import ZONE, written
from frontline.demo.goods import fen
from frontline.demo.people import Demo
from frontline.demo.story import Deed
from frontline.kernel.authority import Action, Held, Unit
from frontline.kernel.words import Command, StaffId
from frontline.shop.coupon.messages import CreateCoupon, Scope
from frontline.shop.coupon.messages import Kind as CouponKind
from frontline.shop.stock.messages import AdjustStock

DIGEST_HOUR = 8
_DAY = timedelta(days=1)
_DECIDED_HOUR = 10  # When what was decided long ago had been asked for.


@dataclass(frozen=True, slots=True)
class Company:
    """Deeds of the people, told against the day of today."""

    demo: Demo
    staff: Mapping[str, StaffId]
    departments: Mapping[str, UUID]
    today: datetime

    def deeds(self) -> Iterator[Deed]:
        yield from self._decided()
        yield from self._around()
        yield from self._sign_ups()
        yield from self._spends()
        yield from self._goods()
        yield from self._requests()

    def _ago(self, hours: float) -> datetime:
        return self.today - timedelta(hours=hours)

    async def _held(self, command: Command[Any]) -> ProposalId:
        outcome = await self.demo.do(command)
        assert isinstance(outcome, Held), outcome
        return ProposalId(outcome.proposal_id)

    def _decided(self) -> Iterator[Deed]:
        """Weeks of asking for the same: what the advisor learns from."""
        for one in written()["decided"]:
            for what, days, amount, hours in one["rows"]:
                asked_at = datetime.combine(
                    (self.today - days * _DAY).astimezone(ZONE).date(), time(_DECIDED_HOUR), ZONE
                )
                known: dict[str, Any] = {}
                yield Deed(asked_at, partial(self._want, one, what, amount, known))
                yield Deed(asked_at + timedelta(hours=hours), partial(self._agree, known))

    async def _want(self, one: Any, what: str, amount: str, known: dict[str, Any]) -> None:
        known["id"] = await self._held(
            Commit(
                id=self.demo.id(),
                staff_id=self.staff[one["by"]],
                action=Action(one["action"]),
                amount=fen(amount),
                what=what,
            )
        )

    async def _agree(self, known: dict[str, Any]) -> None:
        await self.demo.do(
            DecideProposal(
                id=self.demo.id(),
                proposal_id=known["id"],
                staff_id=self.demo.staff_id,
                answer=Answer.YES,
            )
        )

    def _around(self) -> Iterator[Deed]:
        """Who is away, what is planned, who spoke with whom, and the digest."""
        demo, absence = self.demo, written()["absence"]

        async def away() -> None:
            await demo.do(
                PutAbsence(
                    id=demo.id(),
                    person_id=self.staff[absence["who"]],
                    starts_at=self.today - absence["days_before"] * _DAY,
                    ends_at=self.today + absence["days_after"] * _DAY,
                    substitute_id=self.staff[absence["substitute"]],
                    staff_id=demo.staff_id,
                )
            )

        async def digest() -> None:
            await demo.do(
                SetDigest(
                    id=demo.id(),
                    staff_id=demo.staff_id,
                    hour=DIGEST_HOUR,
                    timezone=ZONE.key,
                )
            )

        yield Deed(self._ago(40), away)
        yield Deed(self._ago(1), digest)
        yield Deed(self.today - 9 * _DAY, self._plan)
        for one in written()["contact"]:
            yield Deed(self._ago(one["hours_ago"]), partial(self._contact, one))

    async def _plan(self) -> None:
        demo, one = self.demo, written()["plan"]
        first = self.today.astimezone(ZONE).date().replace(day=1)
        after = (first + 31 * _DAY).replace(day=1)
        needs = Resources(
            budget=fen(one["budget"]),
            stock_units=one["stock_units"],
            people=one["people"],
            authority=one["authority"],
        )
        put = PutPlan(
            id=demo.id(),
            staff_id=self.staff["周岚"],
            name=one["name"],
            kind=Kind.CAMPAIGN,
            first=first,
            last=after - _DAY,
            starts_at=datetime.combine(first, time.min, ZONE),
            ends_at=datetime.combine(after, time.min, ZONE),
            targets=Targets(
                revenue=fen(one["revenue"]),
                orders=one["orders"],
                new_customers=one["new_customers"],
            ),
            needs=needs,
        )
        await demo.do(put)
        plan_id = PlanId(put.id)
        await demo.do(GivePlan(id=demo.id(), plan_id=plan_id, staff_id=demo.staff_id, given=needs))

    async def _contact(self, one: Any) -> None:
        await self.demo.do(
            LogContact(
                id=self.demo.id(),
                staff_id=self.staff[one["by"]],
                how=How(one["how"]),
                said=one["said"],
            )
        )

    def _sign_ups(self) -> Iterator[Deed]:
        """Windows of platforms; for one of them the sign-up is under review."""
        demo, one = self.demo, written()["sign_up"]
        known: dict[str, Any] = {}

        async def put_windows() -> None:
            known["windows"] = [await self._window(each) for each in written()["window"]]

        async def sign_up() -> None:
            known["id"] = await self._held(
                SignUp(
                    id=demo.id(),
                    window_id=known["windows"][one["window"]],
                    staff_id=self.staff[one["by"]],
                    discount_bp=one["discount_bp"],
                    stock_units=one["stock_units"],
                    cost=fen(one["cost"]),
                    note=one["note"],
                )
            )

        yield Deed(self._ago(30), put_windows)
        yield Deed(self._ago(one["hours_ago"]), sign_up)
        for kind, name, after, reason in one["reviewed"]:
            at = self._ago(one["hours_ago"] - after)
            yield Deed(at, partial(self._review, known, kind, name, reason))

    async def _window(self, one: Any) -> WindowId:
        closes_at = self.today + timedelta(hours=one["closes_in_hours"])
        put = PutWindow(
            id=self.demo.id(),
            staff_id=self.staff["周岚"],
            facts=Facts(
                platform=one["platform"],
                title=one["title"],
                closes_at=closes_at.replace(minute=0, second=0, microsecond=0),
                conditions=one["conditions"],
                places=one["places"],
                expected_margin=fen(one["margin"]),
                margin_how=one["margin_how"],
            ),
        )
        await self.demo.do(put)
        return WindowId(put.id)

    def _spends(self) -> Iterator[Deed]:
        for one in written()["spend"]:
            known: dict[str, Any] = {}
            asked_at = self._ago(one["hours_ago"])
            yield Deed(asked_at, partial(self._spend, one, known))
            for kind, name, after, reason in one["reviewed"]:
                at = asked_at + timedelta(hours=after)
                yield Deed(at, partial(self._review, known, kind, name, reason))
            if "question" in one:
                yield Deed(
                    asked_at + timedelta(hours=1),
                    partial(self._question, one, known),
                )
            if "answer" in one:
                yield Deed(
                    asked_at + timedelta(hours=2),
                    partial(self._reply, one, known),
                )

    async def _spend(self, one: Any, known: dict[str, Any]) -> None:
        action = Action(one["action"])
        known["id"] = await self._held(
            Commit(
                id=self.demo.id(),
                staff_id=self.staff[one["by"]],
                action=action,
                amount=fen(one["amount"]) if action.unit is Unit.MONEY else one["people"],
                what=one["what"],
                evidence=one["evidence"],
                deadline=self.today + timedelta(hours=one["deadline_in_hours"]),
                worth=fen(one["worth"]),
            )
        )

    async def _review(self, known: dict[str, Any], kind: str, name: str, reason: str) -> None:
        await self.demo.do(
            AnswerReview(
                id=self.demo.id(),
                proposal_id=known["id"],
                kind=ReviewKind(kind),
                staff_id=self.staff[name],
                answer=Answer.YES,
                reason=reason,
            )
        )

    async def _question(self, one: Any, known: dict[str, Any]) -> None:
        question = AskQuestion(
            id=self.demo.id(),
            proposal_id=known["id"],
            staff_id=self.demo.staff_id,
            text=one["question"],
        )
        await self.demo.do(question)
        known["question"] = question.id

    async def _reply(self, one: Any, known: dict[str, Any]) -> None:
        await self.demo.do(
            AnswerQuestion(
                id=self.demo.id(),
                proposal_id=known["id"],
                question_id=known["question"],
                staff_id=self.staff[one["by"]],
                text=one["answer"],
            )
        )

    def _goods(self) -> Iterator[Deed]:
        """A coupon and a claim on stock, both beyond what who wants them may do alone."""
        coupon, stock = written()["coupon"], written()["stock"]

        async def give() -> None:
            now = self.demo.clock[0]
            await self._held(
                CreateCoupon(
                    id=self.demo.id(),
                    name=coupon["name"],
                    kind=CouponKind.AMOUNT,
                    value=fen(coupon["value"]),
                    cap=None,
                    threshold=fen(coupon["threshold"]),
                    scope=Scope.ALL,
                    scope_ids=(),
                    issued_max=coupon["issued_max"],
                    per_member_max=1,
                    claim_from=now,
                    claim_until=now + 30 * _DAY,
                    usable_from=now,
                    usable_until=now + 45 * _DAY,
                    staff_id=self.staff[coupon["by"]],
                )
            )

        async def claim() -> None:
            await self._held(
                AdjustStock(
                    id=self.demo.id(),
                    sku_id=self.demo.sku(stock["handle"]),
                    change=-stock["units"],
                    reason=stock["reason"],
                    staff_id=self.staff[stock["by"]],
                )
            )

        yield Deed(self._ago(coupon["hours_ago"]), give)
        yield Deed(self._ago(stock["hours_ago"]), claim)

    def _requests(self) -> Iterator[Deed]:
        for one in written()["request"]:
            known: dict[str, Any] = {}
            asked_at = self._ago(one["asked_hours_ago"])
            yield Deed(asked_at, partial(self._ask, one, known))
            if "promised_by" in one:
                promised_at = asked_at + timedelta(hours=one["promised_after_hours"])
                yield Deed(promised_at, partial(self._promise, one, known))
            if "kept_hours_ago" in one:
                yield Deed(
                    self._ago(one["kept_hours_ago"]),
                    partial(self._keep, one, known),
                )

    def _due(self, one: Any) -> datetime:
        if "due_in_hours" in one:
            return self.today + timedelta(hours=one["due_in_hours"])
        return self._ago(one["due_hours_ago"])

    async def _ask(self, one: Any, known: dict[str, Any]) -> None:
        ask = AskDepartment(
            id=self.demo.id(),
            staff_id=self.staff[one["by"]],
            department_id=Asked(self.departments[one["department"]]),
            what=one["what"],
            wanted_by=self._due(one),
        )
        await self.demo.do(ask)
        known["id"] = RequestId(ask.id)

    async def _promise(self, one: Any, known: dict[str, Any]) -> None:
        await self.demo.do(
            PromiseRequest(
                id=self.demo.id(),
                request_id=known["id"],
                staff_id=self.staff[one["promised_by"]],
                by=self._due(one),
            )
        )

    async def _keep(self, one: Any, known: dict[str, Any]) -> None:
        await self.demo.do(
            KeepRequest(
                id=self.demo.id(),
                request_id=known["id"],
                staff_id=self.staff[one["promised_by"]],
            )
        )
