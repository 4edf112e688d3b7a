"""Proposals in stories: opened, reviewed, asked about, decided, withdrawn, lapsed, executed."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from scenery import UNKNOWN, uid
from sqlalchemy import text

from frontline.company.authority.book import Clerk, Limit, Policy
from frontline.company.authority.messages import OnDeadline, ReviewKind
from frontline.company.decision.book import (
    Commitment,
    CommitmentBook,
    CommitmentKeys,
    DecisionBook,
    DecisionKeys,
    Step,
)
from frontline.company.decision.feature import COMMITTING, DECIDING
from frontline.company.decision.messages import (
    AcceptCondition,
    Answer,
    AnswerQuestion,
    AnswerReview,
    AskQuestion,
    Commit,
    DecideProposal,
    Finding,
    OpenProposal,
    PreAnswer,
    ProposalId,
    RecordExecution,
    State,
    TendProposal,
    WithdrawProposal,
)
from frontline.company.decision.rows import loading
from frontline.kernel.authority import Action, AuthorityKeys
from frontline.kernel.book import Page
from frontline.kernel.text import Words
from frontline.kernel.words import Command, Fen, StaffId
from frontline.store.database import Transaction
from frontline.testing.memory import Content, World
from frontline.testing.story import Part

ZONE = "Asia/Shanghai"
OWNER, ASKER, LEAD, WARE, BOOKS, DEPUTY = (StaffId(uid(31, n)) for n in range(6))
DEPARTMENT = uid(32, 0)
ASKING, LEADING, STORING, COUNTING = POSITIONS = [uid(33, n) for n in range(4)]
CLERKS = {
    OWNER: Clerk(owner=True, timezone=ZONE),
    ASKER: Clerk(owner=False, position_id=ASKING, timezone=ZONE),
    LEAD: Clerk(owner=False, position_id=LEADING, timezone=ZONE),
    WARE: Clerk(owner=False, position_id=STORING, timezone=ZONE),
    BOOKS: Clerk(owner=False, position_id=COUNTING, deputy_id=DEPUTY, timezone=ZONE),
    DEPUTY: Clerk(owner=False, timezone=ZONE),
}
LIMITS = {
    (LEADING, Action.DISCOUNT): Limit(100_000),
    (LEADING, Action.AD_SPEND): Limit(5_000, 8_000, None),
    (ASKING, Action.AD_SPEND): Limit(1_000, None, 3_000),
    (COUNTING, Action.CAMPAIGN): Limit(50_000),
}
POLICIES = {
    Action.CAMPAIGN: Policy(
        reviews=(ReviewKind.DISCOUNT, ReviewKind.STOCK, ReviewKind.FINANCE), reserve_hours=2
    ),
    Action.DISCOUNT: Policy(
        reviews=(ReviewKind.FINANCE, ReviewKind.LAW),
        parallel=False,
        on_deadline=OnDeadline.REFUSE,
    ),
    Action.REFUND: Policy(delegated=False, reviews=()),
}
REVIEWERS = {
    ReviewKind.DISCOUNT: LEADING,
    ReviewKind.STOCK: STORING,
    ReviewKind.FINANCE: COUNTING,
}
ACTIONS = [Action.CAMPAIGN, Action.DISCOUNT, Action.REFUND, Action.AD_SPEND]


def _lay(_: Random) -> World:
    """Nothing was ever proposed."""
    decision = DecisionBook(Page({}), Page({}), Page({}), Page({}), Page({}))
    return World(
        {DecisionKeys: decision, CommitmentKeys: CommitmentBook(Page({}))},
        {"DecisionBook.steps": ()},
    )


def conserved(_: Content, after: Content) -> None:
    """No yes but of somebody else; no warrant without one; nothing executed without a warrant."""
    proposals = after["DecisionBook.proposals"]
    for (staff_id, _wish), waiting in after["AuthorityBook.waiting"].items():
        if (open_ := proposals.get(waiting.proposal_id)) is not None:
            assert (open_.state, open_.by_id) == (State.OPEN, staff_id)
            assert waiting.until == open_.deadline
    warrants = after["AuthorityBook.warrants"].values()
    for one in proposals.values():
        if one.state in {State.APPROVED, State.APPROVED_BUT}:
            assert one.decided_by not in {None, one.by_id}
    for warrant in warrants:
        proposal = proposals[warrant.proposal_id]
        assert proposal.state in {State.APPROVED, State.APPROVED_BUT}
        assert warrant.staff_id == proposal.by_id
        assert warrant.amount_max == (proposal.amount if proposal.cap is None else proposal.cap)
    exact = {one.proposal_id for one in warrants if one.wish is not None}
    for one in proposals.values():
        meant = one.state is State.APPROVED or one.accepted_at is not None
        assert (one.id in exact) == meant, one
        assert meant or one.executed == "no"
    numbers = [step.number for step in after["DecisionBook.steps"]]
    assert numbers == list(range(1, len(numbers) + 1))


# -- Wishes -------------------------------------------------------------------------------


def wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any] | None:
    book = world.book(DecisionKeys)
    proposals = list(book.proposals.rows().values())
    some = [one for one in proposals if one.state is State.OPEN] or proposals
    if not some or chance.random() < 0.2:
        return _open(chance, world, now, id_)
    one = chance.choice(some if chance.random() < 0.8 else proposals)
    clerks = world.book(AuthorityKeys).clerks.rows()
    people, owners = [*clerks], [id_ for id_, clerk in clerks.items() if clerk.owner]
    likely = [wait.staff_id for wait in book.open_waits(one.id)] or people
    by = chance.choice(likely if chance.random() < 0.7 else [*people, StaffId(UNKNOWN)])
    proposal_id = one.id if chance.random() < 0.97 else ProposalId(uid(9, 9))
    answer = chance.choice([*Answer, Answer.YES])
    reason = "" if answer is Answer.YES or chance.random() < 0.1 else "太贵了"
    questions = [it for it in book.questions.rows().values() if it.proposal_id == one.id]
    match chance.choice(["review"] * 5 + ["decide"] * 3 + ["tend"] * 5
                        + ["ask", "reply", "reply", "withdraw", "accept", "accept", "record", "record"]):  # fmt: skip
        case "review":
            kind = chance.choice([it.kind for it in book.reviews_of(one.id)] or [*ReviewKind])
            return AnswerReview(
                id=id_, proposal_id=proposal_id, kind=kind, staff_id=by, answer=answer,
                reason=reason,
            )  # fmt: skip
        case "decide":
            cap = chance.choice([None, None, 10, 10**9]) if answer is Answer.BUT else None
            who = chance.choice([*owners, by])
            return DecideProposal(
                id=id_, proposal_id=proposal_id, staff_id=who, answer=answer, reason=reason, cap=cap
            )
        case "tend":
            return TendProposal(id=id_, proposal_id=proposal_id)
        case "ask":
            return AskQuestion(id=id_, proposal_id=proposal_id, staff_id=by, text="为什么？")
        case "reply":
            question = chance.choice([it.id for it in questions] or [uid(9, 8)])
            who = chance.choice([one.by_id, one.by_id, by])
            return AnswerQuestion(
                id=id_, proposal_id=proposal_id, question_id=question, staff_id=who,
                text=chance.choice(["因为", "因为", ""]),
            )  # fmt: skip
        case "withdraw":
            return WithdrawProposal(
                id=id_, proposal_id=proposal_id, staff_id=chance.choice([one.by_id, by])
            )
        case "accept":
            waiting = [it for it in proposals if it.state is State.APPROVED_BUT] or [one]
            it = chance.choice(waiting)
            return AcceptCondition(
                id=id_, proposal_id=it.id, staff_id=chance.choice([it.by_id, it.by_id, by])
            )
        case _:
            done = [it for it in proposals if it.state in {State.APPROVED, State.APPROVED_BUT}]
            it = chance.choice(done or [one])
            return RecordExecution(id=id_, proposal_id=it.id, done=chance.random() < 0.7)


def _open(chance: Random, world: World, now: datetime, id_: UUID) -> OpenProposal:
    """Of what was held a while ago, or of what nobody remembers."""
    by = chance.choice([*world.book(AuthorityKeys).clerks.rows()])
    known = world.book(DecisionKeys).proposals
    held = [
        (one.proposal_id, staff_id)
        for (staff_id, _), one in world.book(AuthorityKeys).waiting.rows().items()
        if one.proposal_id is not None and known.get(ProposalId(one.proposal_id)) is None
    ]
    if held and not id_.int & 0xFFFF:  # The first of its batch: each is opened once.
        id_, by = chance.choice(held)
    return OpenProposal(
        id=id_,
        action=chance.choice(ACTIONS),
        amount=chance.choice([None, 900, 4_000, 60_000, 200_000]),
        limit=None,
        by=by,
        subject_id=chance.choice([id_, uid(34, 1)]),
        command='["Commit",{}]',
        wish=chance.getrandbits(60),
        title="报名",
        evidence="去年同期",
        window_id=chance.choice([None, uid(34, 1)]),
        deadline=chance.choice([None, None, now + timedelta(hours=26), now]),
        worth=chance.choice([None, Fen(130_000)]),
        worth_how=Words("估计", "reckoned"),
        findings=(Finding(ReviewKind.FINANCE, PreAnswer.YES, (Words("够", "enough"),)),),
    )


def commit(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any] | None:
    return Commit(
        id=id_,
        staff_id=chance.choice([*world.book(AuthorityKeys).clerks.rows(), StaffId(UNKNOWN)]),
        action=chance.choice([Action.AD_SPEND, Action.AD_SPEND, Action.PURCHASE, Action.REFUND]),
        amount=chance.choice([0, 500, 900, 4_000, 20_000]),
        what=chance.choice(["投放", "投放", ""]),
    )


# -- Rows -----------------------------------------------------------------------------------

_PROPOSALS = text("SELECT id FROM proposal WHERE shop_id = :shop_id")
_STEPS = text("""
    SELECT number, proposal_id, at, deed, staff_id, state, said, seal, hash FROM decision_step
    WHERE shop_id = :shop_id ORDER BY number
""")
_COMMITMENTS = text("""
    SELECT id, action, amount, what, staff_id, at FROM commitment WHERE shop_id = :shop_id
""")


async def _read(transaction: Transaction) -> Content:
    ids = [row.id for row in await transaction.read(_PROPOSALS)]
    book = await loading.load(transaction, DecisionKeys(ids))
    steps = await transaction.read(_STEPS)
    commitments = await transaction.read(_COMMITMENTS)
    return {
        "DecisionBook.proposals": book.proposals.rows(),
        "DecisionBook.reviews": book.reviews.rows(),
        "DecisionBook.questions": book.questions.rows(),
        "DecisionBook.waits": book.waits.rows(),
        "DecisionBook.head": book.head.rows(),
        "DecisionBook.steps": tuple(
            Step(**{**row._asdict(), "state": State(row.state)}) for row in steps
        ),
        "CommitmentBook.commitments": {
            row.id: Commitment(**{**row._asdict(), "action": Action(row.action)})
            for row in commitments
        },
    }


PART = Part(
    name="decision",
    lay=_lay,
    wishes=((DECIDING, wish), (COMMITTING, commit)),
    conserved=conserved,
    read=_read,
    weight=2,
    breaks={
        "decision chain": "UPDATE decision_step SET said = said || '.' WHERE number = 1",
        "proposals sealed": "UPDATE proposal SET command = '[1]'",
        "approved by others": "UPDATE proposal SET decided_by = by_id WHERE state LIKE 'approved%'",
        "executed after approval": "UPDATE proposal SET executed = 'done', wish = wish + 1",
        "proposals in time": "UPDATE proposal SET deadline = '2000-01-01', state = 'open'",
        "asked once": "UPDATE authority_waiting SET until = until + interval '1 minute'",
        "waits ended": "UPDATE proposal_wait SET until = since - interval '1 second'",
    },
)
