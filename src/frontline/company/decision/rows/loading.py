"""From rows to the book of decisions: the proposals are locked, and with them what is theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import text

from frontline.company.authority.messages import OnDeadline, ReviewKind
from frontline.company.decision.book import (
    DecisionBook,
    DecisionKeys,
    Ended,
    Head,
    Proposal,
    Question,
    Review,
    Wait,
)
from frontline.company.decision.messages import Answer, Executed, Part, PreAnswer, State
from frontline.kernel.authority import Action
from frontline.kernel.book import Page
from frontline.kernel.text import Words
from frontline.store.database import Transaction

_COLUMNS = """
    SELECT id, action, amount, allowed, by_id, position_id, subject_id, command, wish, title,
           evidence, window_id, asked_at, deadline, owner_at, reviews_by, parallel, on_deadline,
           worth, worth_how, state, decider_id, decider_asked_at, decider_reminded,
           owner_asked_at, owner_reminded, decided_at, decided_by, reason, cap, accepted_at,
           executed, outcome, questions
    FROM proposal WHERE shop_id = :shop_id AND id = ANY(CAST(:ids AS uuid[]))
    ORDER BY id
"""
_LOOK = text(_COLUMNS)
_LOCK = text(f"{_COLUMNS} FOR NO KEY UPDATE")
# The lock of the proposal guards them.
_REVIEWS = text("""
    SELECT proposal_id, kind, place, reviewer_id, substitute_id, asked_at, due_at, reminded,
           substituted, pre_answer, facts, answer, reason, answered_by, answered_at
    FROM proposal_review
    WHERE shop_id = :shop_id AND proposal_id = ANY(CAST(:ids AS uuid[]))
    ORDER BY proposal_id, place
""")
_QUESTIONS = text("""
    SELECT id, proposal_id, asked_by, asked_at, text, answer, answered_at
    FROM proposal_question
    WHERE shop_id = :shop_id AND proposal_id = ANY(CAST(:ids AS uuid[]))
""")
_WAITS = text("""
    SELECT id, proposal_id, staff_id, part, kind, action, since, due_at, until, ended
    FROM proposal_wait
    WHERE shop_id = :shop_id AND proposal_id = ANY(CAST(:ids AS uuid[]))
    ORDER BY since, id
""")
# After the proposals, always: whoever adds to the chain waits here.
_HEAD = text("""
    SELECT name, number, hash FROM decision_head
    WHERE shop_id = :shop_id AND name = 'head' FOR NO KEY UPDATE
""")

facts = msgspec.json.Decoder(tuple[Words, ...]).decode
_words = msgspec.json.Decoder(Words).decode


async def load(transaction: Transaction, keys: DecisionKeys) -> DecisionBook:
    ids = list(keys.proposal_ids)
    proposals = await transaction.rows(_LOCK, ids=ids)
    head = await transaction.read(_HEAD) if ids else ()
    return await _book(transaction, proposals, head)


async def look(transaction: Transaction, keys: DecisionKeys) -> DecisionBook:
    """The same to look at: nothing is locked, and the chain is left out."""
    return await _book(transaction, await transaction.rows(_LOOK, ids=keys.proposal_ids), ())


async def _book(
    transaction: Transaction, proposals: Sequence[Any], head: Sequence[Any]
) -> DecisionBook:
    found = [row.id for row in proposals]
    reviews = await transaction.rows(_REVIEWS, ids=found)
    questions = await transaction.rows(_QUESTIONS, ids=found)
    waits = await transaction.rows(_WAITS, ids=found)
    return DecisionBook(
        Page({row.id: _proposal(row._asdict()) for row in proposals}),
        Page({(one.proposal_id, one.kind): one for one in map(_review, reviews)}),
        Page({row.id: Question(**row._asdict()) for row in questions}),
        Page({row.id: _wait(row._asdict()) for row in waits}),
        Page({row.name: Head(row.number, row.hash) for row in head}),
    )


def _proposal(row: Mapping[str, Any]) -> Proposal:
    return Proposal(
        **{
            **row,
            "action": Action(row["action"]),
            "on_deadline": OnDeadline(row["on_deadline"]),
            "worth_how": _words(row["worth_how"]),
            "state": State(row["state"]),
            "executed": Executed(row["executed"]),
        }
    )


def _review(row: Any) -> Review:
    return Review(
        **{
            **row._asdict(),
            "kind": ReviewKind(row.kind),
            "pre_answer": PreAnswer(row.pre_answer),
            "facts": facts(row.facts),
            "answer": None if row.answer is None else Answer(row.answer),
        }
    )


def _wait(row: Mapping[str, Any]) -> Wait:
    return Wait(
        **{
            **row,
            "part": Part(row["part"]),
            "kind": None if row["kind"] is None else ReviewKind(row["kind"]),
            "action": Action(row["action"]),
            "ended": None if row["ended"] is None else Ended(row["ended"]),
        }
    )
