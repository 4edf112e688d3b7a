"""What people of the company do through the year: ask, review, decide, promise; or forget to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from frontline.company.authority.book import SeenAuthorityBook, executing
from frontline.company.decision.messages import (
    Answer,
    AnswerQuestion,
    AnswerReview,
    AskQuestion,
    Commit,
    DecideProposal,
    Finding,
    OpenProposal,
    Part,
    PersonAsked,
    PreAnswer,
    ProposalApproved,
    ProposalId,
    RecordExecution,
    WithdrawProposal,
)
from frontline.company.window.messages import Facts, SignUp
from frontline.demo.year.around import request, window
from frontline.demo.year.stage import Stage
from frontline.demo.year.trade import new_id, often
from frontline.kernel.authority import Action, ActionHeld
from frontline.kernel.text import Words
from frontline.kernel.words import Command, Event, Fen, StaffId, wish_of
from frontline.shop.coupon.messages import CreateCoupon, Kind, Scope

YEAR = timedelta(days=362)
LONGEST = timedelta(days=4)  # A proposal that is older has been decided, or has lapsed.
WINDOWS, REQUESTS = 130, 420  # To 5,000 proposals.
_HOUR = timedelta(hours=1)

_ADS = ("抖音直播间投流", "小红书种草合作", "朋友圈广告", "社区团长推广", "视频号信息流")
_BUYS = ("发酵黄油", "低筋面粉", "铁盒包材", "冰袋与泡沫箱", "可可粉", "礼盒丝带", "烤箱维修")
_HIRES = ("周末打包临时工", "客服晚班", "烘焙师助理")
_COUPONS = ("老客回归券", "差评安抚券", "会员日券", "新品尝鲜券")
_WHY_NOT = ("毛利不够，先算清楚", "这个月预算已超", "库存备不出来", "时间太赶，下次提前报")
_ON = ("减半先试一周", "只做老客", "封顶后可以做", "要带上复盘数据")
_ASKS = ("上次同类投放的回本是多少？", "不做会怎样？", "库存够吗？")
_TOLD = ("上次 1:2.3，这次只投老客。", "会错过平台位置，下一次在两个月后。", "现货够，另备 200。")


@dataclass(frozen=True, slots=True)
class Deeds:
    decided: int
    open: int
    now: datetime


class Acting:
    stage: Stage

    def __init__(
        self,
        random: Random,
        seen: SeenAuthorityBook,
        owner: StaffId,
        staff: list[StaffId],
        deeds: Deeds,
    ) -> None:
        self.random = random
        self.seen = seen
        self.owner = owner
        self.staff = staff
        self.deeds = deeds
        self._left_open: set[UUID] = set()
        self._given: dict[UUID, Command[Any]] = {}
        self._by: dict[UUID, StaffId] = {}
        self.windows: dict[UUID, Facts] = {}
        # Of this month the books know already who has used what: the owner decides.
        self._owner_only_from = deeds.now.replace(day=1, hour=0, minute=0) - timedelta(days=1)
        self._hearing: dict[type[Event], Callable[[datetime, Any], None]] = {
            ActionHeld: self._held,
            PersonAsked: self._asked,
            ProposalApproved: self._approved,
        }

    def hear(self, now: datetime, event: Event) -> None:
        if (react := self._hearing.get(type(event))) is not None:
            react(now, event)

    def begin(self) -> None:
        """Everything that somebody begins by themselves."""
        deeds, random = self.deeds, self.random
        first = deeds.now - YEAR
        share = deeds.decided / 5_000
        windows, requests = max(6, int(WINDOWS * share)), max(12, int(REQUESTS * share))
        for _ in range(windows):
            window(self, first + random.random() * (YEAR + timedelta(days=6)))
        for _ in range(requests):
            request(self, self.in_hours(first + random.random() * YEAR))
        for _ in range(deeds.decided - windows):
            self._ask(self.in_hours(first + random.random() * (YEAR - LONGEST)))
        for _ in range(deeds.open):
            command = self._ask(deeds.now - _HOUR * random.uniform(0.5, 17))
            self._left_open.add(command.id)

    # -- Asking for what is beyond one's limit ----------------------------------------------

    def _ask(self, at: datetime) -> Command[Any]:
        random = self.random
        by = random.choice(self.staff)
        id_ = self.id(at)
        how = random.random()
        command: Command[Any]
        if how < 0.14:  # noqa: PLR2004
            command = self._coupon(id_, by, at)
        else:
            action, whats, low, high = (
                (Action.AD_SPEND, _ADS, 80_000, 900_000)
                if how < 0.6  # noqa: PLR2004
                else (Action.PURCHASE, _BUYS, 120_000, 2_500_000)
                if how < 0.95  # noqa: PLR2004
                else (Action.HIRE, _HIRES, 1, 3)
            )
            amount = int(low * (high / low) ** random.random())
            if action is not Action.HIRE:
                amount = self.beyond(by, action, at, amount // 10_000 * 10_000 + 10_000)
            worth = Fen(amount // 200 * 100) if often(random, 0.4) else None
            evidence = "见附件测算，历史回本 1:2 以上。"
            command = Commit(
                id=id_,
                staff_id=by,
                action=action,
                amount=amount,
                what=random.choice(whats),
                evidence=evidence,
                worth=worth if action is not Action.HIRE else None,
            )
        self.stage.at(at, command)
        return command

    def _coupon(self, id_: UUID, by: StaffId, at: datetime) -> CreateCoupon:
        value = self.random.choice((500, 1_000, 1_500, 2_000))
        count = self.beyond(by, Action.DISCOUNT, at, self.random.randrange(300, 1_200) * value)
        return CreateCoupon(
            id=id_,
            name=self.random.choice(_COUPONS),
            kind=Kind.AMOUNT,
            value=value,
            cap=None,
            threshold=Fen(value * 8),
            scope=Scope.ALL,
            scope_ids=(),
            issued_max=count // value + 1,
            per_member_max=1,
            claim_from=at,
            claim_until=at + timedelta(days=6),
            usable_from=at,
            usable_until=at + timedelta(days=9),
            staff_id=by,
        )

    def beyond(self, by: StaffId, action: Action, at: datetime, amount: int) -> int:
        limit = self.seen.powers.limit(by, action, at)
        return amount if limit is None else max(amount, limit + 10_000)

    def _held(self, now: datetime, event: ActionHeld) -> None:
        """It becomes a proposal, as the reaction to it would make one."""
        command = self._command(event)
        proposal_id = event.proposal_id
        if command.id in self._left_open:
            self._left_open.add(proposal_id)
        again = executing(command, proposal_id)
        self._given[proposal_id], self._by[proposal_id] = again, event.by
        policy = self.seen.policy(event.action)
        wish = OpenProposal(
            id=proposal_id,
            action=event.action,
            amount=event.amount,
            limit=event.limit,
            by=event.by,
            subject_id=event.subject_id,
            command=event.command,
            wish=wish_of(again),
            title=getattr(command, "what", "") or getattr(command, "name", ""),
            evidence=getattr(command, "evidence", "") or getattr(command, "note", ""),
            findings=tuple(self._finding(kind) for kind in policy.reviews),
        )
        if isinstance(command, SignUp):
            facts = self.windows[command.window_id]
            how = f"窗口的预计毛利：{facts.margin_how}"
            wish = msgspec.structs.replace(
                wish,
                title=f"报名 {facts.platform}《{facts.title}》",
                window_id=command.window_id,
                deadline=facts.closes_at,
                worth=facts.expected_margin,
                worth_how=Words(how, f"Expected margin of the window: {facts.margin_how}"),
            )
        elif isinstance(command, Commit) and command.worth is not None:
            told = Words("申请人估计", "As the applicant reckons")
            wish = msgspec.structs.replace(wish, worth=command.worth, worth_how=told)
        self.stage.at(now, wish)
        if proposal_id not in self._left_open and often(self.random, 0.03):
            self.stage.at(
                now + _HOUR * self.random.uniform(1, 8),
                WithdrawProposal(
                    id=self.id(now), proposal_id=ProposalId(proposal_id), staff_id=event.by
                ),
            )

    def _command(self, event: ActionHeld) -> Command[Any]:
        name, raw = msgspec.json.decode(event.command, type=tuple[str, msgspec.Raw])
        kinds = {one.__name__: one for one in (Commit, CreateCoupon, SignUp)}
        command: Command[Any] = msgspec.json.decode(raw, type=kinds[name])
        return command

    def _finding(self, kind: Any) -> Finding:
        percent = self.random.randrange(8, 60)
        answer = PreAnswer.YES if percent > 20 else PreAnswer.NO  # noqa: PLR2004
        fact = Words(f"预计毛利率 {percent}%，底线 20%", f"Margin {percent}%, floor 20%")
        return Finding(kind=kind, pre_answer=answer, facts=(fact,))

    # -- Answering --------------------------------------------------------------------------

    def _asked(self, now: datetime, event: PersonAsked) -> None:
        random, waits = self.random, event.proposal_id in self._left_open
        if event.part is Part.REVIEW:
            if often(random, 0.45 if waits else 0.9) and event.kind is not None:
                answer, reason = self._answer()
                wish: Command[Any] = AnswerReview(
                    id=self.id(now),
                    proposal_id=event.proposal_id,
                    kind=event.kind,
                    staff_id=event.to,
                    answer=Answer.YES if answer is Answer.BUT else answer,
                    reason="" if answer is Answer.BUT else reason,
                )
                self.stage.at(now + _HOUR * random.lognormvariate(0.9, 0.9), wish)
        elif event.part is Part.ANSWER and event.question_id is not None:
            told = AnswerQuestion(
                id=self.id(now),
                proposal_id=event.proposal_id,
                question_id=event.question_id,
                staff_id=event.to,
                text=random.choice(_TOLD),
            )
            self.stage.at(now + _HOUR * random.lognormvariate(0.2, 0.8), told)
        elif not waits:
            self._to_decide(now, event)

    def _to_decide(self, now: datetime, event: PersonAsked) -> None:
        random = self.random
        who = self.owner if now >= self._owner_only_from else event.to
        if often(random, 0.06):  # Nobody finds the time.
            return
        if often(random, 0.1):
            asks = AskQuestion(
                id=self.id(now),
                proposal_id=event.proposal_id,
                staff_id=who,
                text=random.choice(_ASKS),
            )
            self.stage.at(now + _HOUR / 4, asks)
        answer, reason = self._answer()
        amount = _amount(self._given[event.proposal_id])
        cap = max(1, amount // 2) if answer is Answer.BUT and amount else None
        wish = DecideProposal(
            id=self.id(now),
            proposal_id=event.proposal_id,
            staff_id=who,
            answer=answer,
            reason=reason,
            cap=cap,
        )
        self.stage.at(now + _HOUR * random.lognormvariate(1.2, 1.0), wish)

    def _answer(self) -> tuple[Answer, str]:
        random = self.random
        if often(random, 0.8):
            return Answer.YES, ""
        if often(random, 0.5):
            return Answer.NO, random.choice(_WHY_NOT)
        return Answer.BUT, random.choice(_ON)

    def _approved(self, now: datetime, event: ProposalApproved) -> None:
        self.stage.at(now, self._given[event.proposal_id])
        recorded = RecordExecution(id=self.id(now), proposal_id=event.proposal_id, done=True)
        self.stage.at(now, recorded)

    # -- What is known of them ------------------------------------------------------------------

    def place(self, who: StaffId) -> Any:
        clerk = self.seen.clerks.get(who)
        position = self.seen.positions.get(clerk.position_id) if clerk else None  # type: ignore[arg-type]
        return None if position is None else position.department_id

    def in_hours(self, at: datetime) -> datetime:
        """On that day, while people work."""
        seconds = self.random.randrange(9 * 3_600)
        return at.replace(hour=1, minute=0, second=0, microsecond=0) + timedelta(seconds=seconds)

    def id(self, at: datetime) -> UUID:
        return UUID(int=new_id(int(at.timestamp()), self.random.getrandbits(84)))


def _amount(command: Command[Any]) -> int | None:
    match command:
        case Commit():
            return command.amount
        case SignUp():
            return command.cost
        case CreateCoupon():
            return command.value * (command.issued_max or 0)
    return None
