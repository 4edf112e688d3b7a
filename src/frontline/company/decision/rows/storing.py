"""From the book of decisions to rows."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import text

from frontline.company.decision.book import DecisionBook, Proposal, Review
from frontline.store.database import Transaction

_ADD = text("""
    INSERT INTO proposal (shop_id, id, action, amount, allowed, by_id, position_id, subject_id,
        command, wish, title, evidence, window_id, asked_at, deadline, owner_at, reviews_by,
        parallel, on_deadline, worth, worth_how, state, decider_id, decider_asked_at,
        decider_reminded, owner_asked_at, owner_reminded, decided_at, decided_by, reason, cap,
        accepted_at, executed, outcome, questions)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:actions AS text[]), CAST(:amounts AS bigint[]),
        CAST(:allowed AS bigint[]), CAST(:by_ids AS uuid[]), CAST(:position_ids AS uuid[]),
        CAST(:subject_ids AS uuid[]), CAST(:commands AS text[]), CAST(:wishes AS bigint[]),
        CAST(:titles AS text[]), CAST(:evidences AS text[]), CAST(:window_ids AS uuid[]),
        CAST(:asked_at AS timestamptz[]), CAST(:deadlines AS timestamptz[]),
        CAST(:owner_at AS timestamptz[]), CAST(:reviews_by AS timestamptz[]),
        CAST(:parallel AS boolean[]), CAST(:on_deadline AS text[]), CAST(:worths AS bigint[]),
        CAST(:worth_how AS text[]), CAST(:states AS text[]), CAST(:decider_ids AS uuid[]),
        CAST(:decider_asked_at AS timestamptz[]), CAST(:decider_reminded AS boolean[]),
        CAST(:owner_asked_at AS timestamptz[]), CAST(:owner_reminded AS boolean[]),
        CAST(:decided_at AS timestamptz[]), CAST(:decided_by AS uuid[]),
        CAST(:reasons AS text[]), CAST(:caps AS bigint[]), CAST(:accepted_at AS timestamptz[]),
        CAST(:executed AS text[]), CAST(:outcomes AS text[]), CAST(:questions AS int[]))
""")
_MOVE = text("""
    UPDATE proposal AS p
    SET state = m.state, decider_asked_at = m.decider_asked_at,
        decider_reminded = m.decider_reminded, owner_asked_at = m.owner_asked_at,
        owner_reminded = m.owner_reminded, decided_at = m.decided_at, decided_by = m.decided_by,
        reason = m.reason, cap = m.cap, accepted_at = m.accepted_at, executed = m.executed,
        outcome = m.outcome, questions = m.questions
    FROM unnest(CAST(:ids AS uuid[]), CAST(:old AS text[]), CAST(:old_executed AS text[]),
        CAST(:states AS text[]), CAST(:decider_asked_at AS timestamptz[]),
        CAST(:decider_reminded AS boolean[]), CAST(:owner_asked_at AS timestamptz[]),
        CAST(:owner_reminded AS boolean[]), CAST(:decided_at AS timestamptz[]),
        CAST(:decided_by AS uuid[]), CAST(:reasons AS text[]), CAST(:caps AS bigint[]),
        CAST(:accepted_at AS timestamptz[]), CAST(:executed AS text[]),
        CAST(:outcomes AS text[]), CAST(:questions AS int[]))
        AS m (id, old, old_executed, state, decider_asked_at, decider_reminded, owner_asked_at,
              owner_reminded, decided_at, decided_by, reason, cap, accepted_at, executed,
              outcome, questions)
    WHERE p.shop_id = :shop_id AND p.id = m.id AND p.state = m.old
      AND p.executed = m.old_executed
""")
_ADD_REVIEWS = text("""
    INSERT INTO proposal_review (shop_id, proposal_id, kind, place, reviewer_id, substitute_id,
        asked_at, due_at, reminded, substituted, pre_answer, facts, answer, reason, answered_by,
        answered_at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:proposal_ids AS uuid[]), CAST(:kinds AS text[]),
        CAST(:places AS smallint[]), CAST(:reviewer_ids AS uuid[]),
        CAST(:substitute_ids AS uuid[]), CAST(:asked_at AS timestamptz[]),
        CAST(:due_at AS timestamptz[]), CAST(:reminded AS boolean[]),
        CAST(:substituted AS boolean[]), CAST(:pre_answers AS text[]), CAST(:facts AS text[]),
        CAST(:answers AS text[]), CAST(:reasons AS text[]), CAST(:answered_by AS uuid[]),
        CAST(:answered_at AS timestamptz[]))
""")
_MOVE_REVIEWS = text("""
    UPDATE proposal_review AS r
    SET asked_at = m.asked_at, due_at = m.due_at, reminded = m.reminded,
        substituted = m.substituted, answer = m.answer, reason = m.reason,
        answered_by = m.answered_by, answered_at = m.answered_at
    FROM unnest(CAST(:proposal_ids AS uuid[]), CAST(:kinds AS text[]),
        CAST(:asked_at AS timestamptz[]), CAST(:due_at AS timestamptz[]),
        CAST(:reminded AS boolean[]), CAST(:substituted AS boolean[]),
        CAST(:answers AS text[]), CAST(:reasons AS text[]), CAST(:answered_by AS uuid[]),
        CAST(:answered_at AS timestamptz[]))
        AS m (proposal_id, kind, asked_at, due_at, reminded, substituted, answer, reason,
              answered_by, answered_at)
    WHERE r.shop_id = :shop_id AND r.proposal_id = m.proposal_id AND r.kind = m.kind
      AND r.answer IS NULL
""")
_ADD_QUESTIONS = text("""
    INSERT INTO proposal_question (shop_id, id, proposal_id, asked_by, asked_at, text, answer,
                                   answered_at)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:proposal_ids AS uuid[]), CAST(:asked_by AS uuid[]),
                CAST(:asked_at AS timestamptz[]), CAST(:texts AS text[]),
                CAST(:answers AS text[]), CAST(:answered_at AS timestamptz[]))
""")
_MOVE_QUESTIONS = text("""
    UPDATE proposal_question AS q SET answer = m.answer, answered_at = m.answered_at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:answers AS text[]),
                CAST(:answered_at AS timestamptz[])) AS m (id, answer, answered_at)
    WHERE q.shop_id = :shop_id AND q.id = m.id AND q.answered_at IS NULL
""")
_ADD_WAITS = text("""
    INSERT INTO proposal_wait (shop_id, id, proposal_id, staff_id, part, kind, action, since,
                               due_at, until, ended)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:ids AS uuid[]), CAST(:proposal_ids AS uuid[]), CAST(:staff_ids AS uuid[]),
                CAST(:parts AS text[]), CAST(:kinds AS text[]), CAST(:actions AS text[]),
                CAST(:since AS timestamptz[]), CAST(:due_at AS timestamptz[]),
                CAST(:until AS timestamptz[]), CAST(:ended AS text[]))
""")
_END_WAITS = text("""
    UPDATE proposal_wait AS w SET until = m.until, ended = m.ended
    FROM unnest(CAST(:ids AS uuid[]), CAST(:until AS timestamptz[]), CAST(:ended AS text[]))
         AS m (id, until, ended)
    WHERE w.shop_id = :shop_id AND w.id = m.id AND w.until IS NULL
""")
# A plain insert on purpose: of two that both find no chain, one must fail and run again.
_ADD_HEAD = text("""
    INSERT INTO decision_head (shop_id, name, number, hash)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:names AS text[]), CAST(:numbers AS bigint[]), CAST(:hashes AS bytea[]))
""")
_MOVE_HEAD = text("""
    UPDATE decision_head AS h SET number = m.number, hash = m.hash
    FROM unnest(CAST(:names AS text[]), CAST(:old AS bigint[]), CAST(:numbers AS bigint[]),
                CAST(:hashes AS bytea[])) AS m (name, old, number, hash)
    WHERE h.shop_id = :shop_id AND h.name = m.name AND h.number = m.old
""")
_ADD_STEPS = text("""
    INSERT INTO decision_step (shop_id, number, proposal_id, at, deed, staff_id, state, said,
                               seal, hash)
    SELECT CAST(:shop_id AS bigint), *
    FROM unnest(CAST(:numbers AS bigint[]), CAST(:proposal_ids AS uuid[]),
                CAST(:at AS timestamptz[]), CAST(:deeds AS text[]), CAST(:staff_ids AS uuid[]),
                CAST(:states AS text[]), CAST(:said AS text[]), CAST(:seals AS text[]),
                CAST(:hashes AS bytea[]))
""")

_encode = msgspec.json.Encoder().encode


async def store(transaction: Transaction, book: DecisionBook) -> None:
    _add(transaction, list(book.proposals.added().values()))
    _move(transaction, list(book.proposals.altered().values()))
    _add_reviews(transaction, list(book.reviews.added().values()))
    _move_reviews(transaction, [new for _, new in book.reviews.altered().values()])
    _store_questions(transaction, book)
    _store_waits(transaction, book)
    _store_chain(transaction, book)


def _add(transaction: Transaction, added: Sequence[Proposal]) -> None:
    transaction.write_later(
        _ADD,
        ids=[one.id for one in added],
        actions=[one.action for one in added],
        amounts=[one.amount for one in added],
        allowed=[one.allowed for one in added],
        by_ids=[one.by_id for one in added],
        position_ids=[one.position_id for one in added],
        subject_ids=[one.subject_id for one in added],
        commands=[one.command for one in added],
        wishes=[one.wish for one in added],
        titles=[one.title for one in added],
        evidences=[one.evidence for one in added],
        window_ids=[one.window_id for one in added],
        asked_at=[one.asked_at for one in added],
        deadlines=[one.deadline for one in added],
        owner_at=[one.owner_at for one in added],
        reviews_by=[one.reviews_by for one in added],
        parallel=[one.parallel for one in added],
        on_deadline=[one.on_deadline for one in added],
        worths=[one.worth for one in added],
        worth_how=[_encode(one.worth_how).decode() for one in added],
        states=[one.state for one in added],
        decider_ids=[one.decider_id for one in added],
        decider_asked_at=[one.decider_asked_at for one in added],
        decider_reminded=[one.decider_reminded for one in added],
        owner_asked_at=[one.owner_asked_at for one in added],
        owner_reminded=[one.owner_reminded for one in added],
        decided_at=[one.decided_at for one in added],
        decided_by=[one.decided_by for one in added],
        reasons=[one.reason for one in added],
        caps=[one.cap for one in added],
        accepted_at=[one.accepted_at for one in added],
        executed=[one.executed for one in added],
        outcomes=[one.outcome for one in added],
        questions=[one.questions for one in added],
    )


def _move(transaction: Transaction, moved: Sequence[tuple[Proposal, Proposal]]) -> None:
    transaction.write_later(
        _MOVE,
        ids=[new.id for _, new in moved],
        old=[old.state for old, _ in moved],
        old_executed=[old.executed for old, _ in moved],
        states=[new.state for _, new in moved],
        decider_asked_at=[new.decider_asked_at for _, new in moved],
        decider_reminded=[new.decider_reminded for _, new in moved],
        owner_asked_at=[new.owner_asked_at for _, new in moved],
        owner_reminded=[new.owner_reminded for _, new in moved],
        decided_at=[new.decided_at for _, new in moved],
        decided_by=[new.decided_by for _, new in moved],
        reasons=[new.reason for _, new in moved],
        caps=[new.cap for _, new in moved],
        accepted_at=[new.accepted_at for _, new in moved],
        executed=[new.executed for _, new in moved],
        outcomes=[new.outcome for _, new in moved],
        questions=[new.questions for _, new in moved],
    )


def _add_reviews(transaction: Transaction, added: Sequence[Review]) -> None:
    transaction.write_later(
        _ADD_REVIEWS,
        proposal_ids=[one.proposal_id for one in added],
        kinds=[one.kind for one in added],
        places=[one.place for one in added],
        reviewer_ids=[one.reviewer_id for one in added],
        substitute_ids=[one.substitute_id for one in added],
        asked_at=[one.asked_at for one in added],
        due_at=[one.due_at for one in added],
        reminded=[one.reminded for one in added],
        substituted=[one.substituted for one in added],
        pre_answers=[one.pre_answer for one in added],
        facts=[_encode(one.facts).decode() for one in added],
        answers=[one.answer for one in added],
        reasons=[one.reason for one in added],
        answered_by=[one.answered_by for one in added],
        answered_at=[one.answered_at for one in added],
    )


def _move_reviews(transaction: Transaction, moved: Sequence[Review]) -> None:
    transaction.write_later(
        _MOVE_REVIEWS,
        proposal_ids=[one.proposal_id for one in moved],
        kinds=[one.kind for one in moved],
        asked_at=[one.asked_at for one in moved],
        due_at=[one.due_at for one in moved],
        reminded=[one.reminded for one in moved],
        substituted=[one.substituted for one in moved],
        answers=[one.answer for one in moved],
        reasons=[one.reason for one in moved],
        answered_by=[one.answered_by for one in moved],
        answered_at=[one.answered_at for one in moved],
    )


def _store_questions(transaction: Transaction, book: DecisionBook) -> None:
    added = list(book.questions.added().values())
    transaction.write_later(
        _ADD_QUESTIONS,
        ids=[one.id for one in added],
        proposal_ids=[one.proposal_id for one in added],
        asked_by=[one.asked_by for one in added],
        asked_at=[one.asked_at for one in added],
        texts=[one.text for one in added],
        answers=[one.answer for one in added],
        answered_at=[one.answered_at for one in added],
    )
    moved = [new for _, new in book.questions.altered().values()]
    transaction.write_later(
        _MOVE_QUESTIONS,
        ids=[one.id for one in moved],
        answers=[one.answer for one in moved],
        answered_at=[one.answered_at for one in moved],
    )


def _store_waits(transaction: Transaction, book: DecisionBook) -> None:
    added = list(book.waits.added().values())
    transaction.write_later(
        _ADD_WAITS,
        ids=[one.id for one in added],
        proposal_ids=[one.proposal_id for one in added],
        staff_ids=[one.staff_id for one in added],
        parts=[one.part for one in added],
        kinds=[one.kind for one in added],
        actions=[one.action for one in added],
        since=[one.since for one in added],
        due_at=[one.due_at for one in added],
        until=[one.until for one in added],
        ended=[one.ended for one in added],
    )
    ended = [new for _, new in book.waits.altered().values()]
    transaction.write_later(
        _END_WAITS,
        ids=[one.id for one in ended],
        until=[one.until for one in ended],
        ended=[one.ended for one in ended],
    )


def _store_chain(transaction: Transaction, book: DecisionBook) -> None:
    added = book.head.added()
    transaction.write_later(
        _ADD_HEAD,
        names=list(added),
        numbers=[one.number for one in added.values()],
        hashes=[one.hash for one in added.values()],
    )
    moved = book.head.altered()
    transaction.write_later(
        _MOVE_HEAD,
        names=list(moved),
        old=[old.number for old, _ in moved.values()],
        numbers=[new.number for _, new in moved.values()],
        hashes=[new.hash for _, new in moved.values()],
    )
    transaction.write_later(
        _ADD_STEPS,
        numbers=[step.number for step in book.steps],
        proposal_ids=[step.proposal_id for step in book.steps],
        at=[step.at for step in book.steps],
        deeds=[step.deed for step in book.steps],
        staff_ids=[step.staff_id for step in book.steps],
        states=[step.state for step in book.steps],
        said=[step.said for step in book.steps],
        seals=[step.seal for step in book.steps],
        hashes=[step.hash for step in book.steps],
    )
