"""The chain of decisions verifies, and what stands in the rows is what the chain tells."""

from __future__ import annotations

from sqlalchemy import text

from frontline.store.audit import Audits

_STEPS = text("SELECT count(*) AS n FROM decision_step WHERE shop_id = :shop_id")
_PROPOSALS = text("SELECT count(*) AS n FROM proposal WHERE shop_id = :shop_id")
_OPEN = text("SELECT count(*) AS n FROM proposal WHERE shop_id = :shop_id AND state = 'open'")

# Each step is hashed with the one before it, as `book.link` does; the head is the last of them.
_CHAIN = text("""
    WITH steps AS (
        SELECT number, hash, proposal_id, at, deed, staff_id, state, seal, said,
               lag(number, 1, CAST(0 AS bigint)) OVER w AS number_before,
               lag(hash, 1, CAST('' AS bytea)) OVER w AS before
        FROM decision_step WHERE shop_id = :shop_id WINDOW w AS (ORDER BY number)),
    last AS (SELECT max(number) AS number FROM decision_step WHERE shop_id = :shop_id)
    SELECT CAST(number AS text) AS id FROM steps
    WHERE number <> number_before + 1 OR hash <> sha256(convert_to(concat_ws(E'\\n',
        encode(before, 'hex'), CAST(number AS text), CAST(proposal_id AS text),
        CAST(CAST(extract(epoch FROM at) * 1000000 AS bigint) AS text), deed,
        coalesce(CAST(staff_id AS text), ''), state, seal, said), 'UTF8'))
    UNION ALL
    SELECT 'head' FROM last
    LEFT JOIN decision_head AS h ON h.shop_id = :shop_id
    LEFT JOIN decision_step AS s ON s.shop_id = :shop_id AND s.number = last.number
    WHERE h.number IS DISTINCT FROM last.number OR h.hash IS DISTINCT FROM s.hash
""")
# What is proposed is what was proposed; where it stands is where its last step left it.
_SEALED = text("""
    SELECT CAST(p.id AS text) AS id
    FROM proposal AS p
    LEFT JOIN LATERAL (
        SELECT seal, state, deed FROM decision_step AS s
        WHERE s.shop_id = p.shop_id AND s.proposal_id = p.id
        ORDER BY number DESC LIMIT 1) AS s ON true
    WHERE p.shop_id = :shop_id AND (s.state IS DISTINCT FROM p.state
        OR s.seal IS DISTINCT FROM encode(sha256(convert_to(concat_ws(E'\\n', p.action,
            coalesce(CAST(p.amount AS text), ''), CAST(p.by_id AS text),
            CAST(p.subject_id AS text), CAST(p.wish AS text), p.command), 'UTF8')), 'hex'))
    UNION ALL
    SELECT CAST(s.proposal_id AS text) FROM decision_step AS s
    LEFT JOIN proposal AS p ON p.shop_id = s.shop_id AND p.id = s.proposal_id
    WHERE s.shop_id = :shop_id AND s.deed = 'opened' AND p.id IS NULL
""")
_APPROVED = text("""
    SELECT count(*) AS n FROM proposal WHERE shop_id = :shop_id AND state LIKE 'approved%'
""")
# Every yes is a step of somebody who is not the applicant; every warrant is of such a yes.
_BY_OTHERS = text("""
    SELECT CAST(p.id AS text) AS id FROM proposal AS p
    WHERE p.shop_id = :shop_id AND p.state LIKE 'approved%' AND NOT EXISTS (
        SELECT FROM decision_step AS s
        WHERE s.shop_id = p.shop_id AND s.proposal_id = p.id AND s.deed = 'decided'
          AND s.staff_id = p.decided_by AND s.staff_id <> p.by_id)
    UNION ALL
    SELECT CAST(w.id AS text) FROM authority_warrant AS w
    LEFT JOIN proposal AS p ON p.shop_id = w.shop_id AND p.id = w.proposal_id
    WHERE w.shop_id = :shop_id AND (p.state IS NULL OR p.state NOT LIKE 'approved%'
        OR w.staff_id <> p.by_id
        OR w.amount_max IS DISTINCT FROM coalesce(p.cap, p.amount))
""")
_EXECUTED = text("""
    SELECT CAST(p.id AS text) AS id FROM proposal AS p
    WHERE p.shop_id = :shop_id AND p.executed = 'done' AND NOT EXISTS (
        SELECT FROM authority_warrant AS w
        WHERE w.shop_id = p.shop_id AND w.proposal_id = p.id AND w.wish = p.wish)
""")
_OVERDUE = text("""
    SELECT CAST(id AS text) AS id FROM proposal
    WHERE shop_id = :shop_id AND state = 'open' AND deadline < CAST(:now AS timestamptz)
""")
_WAITS = text("SELECT count(*) AS n FROM proposal_wait WHERE shop_id = :shop_id")
_WAITED = text("""
    SELECT CAST(w.id AS text) AS id FROM proposal_wait AS w
    JOIN proposal AS p ON p.shop_id = w.shop_id AND p.id = w.proposal_id
    WHERE w.shop_id = :shop_id AND ((w.until IS NULL AND p.state <> 'open')
        OR w.until < w.since OR w.until > p.decided_at)
""")
_ASKED_FOR = text("SELECT count(*) AS n FROM authority_waiting WHERE shop_id = :shop_id")
_ASKED_IN_VAIN = text("""
    SELECT CAST(w.proposal_id AS text) AS id FROM authority_waiting AS w
    JOIN proposal AS p ON p.shop_id = w.shop_id AND p.id = w.proposal_id
    WHERE w.shop_id = :shop_id
      AND (p.state <> 'open' OR p.by_id <> w.staff_id OR p.deadline <> w.until)
""")

AUDITS: Audits = {
    "decision chain": (
        "I14: every step of a decision is chained to the one before it",
        _STEPS,
        _CHAIN,
    ),
    "proposals sealed": (
        "I14: a proposal is what was proposed, and stands where its last step left it",
        _PROPOSALS,
        _SEALED,
    ),
    "approved by others": (
        "I14: no applicant approved their own proposal; no warrant without an approval",
        _APPROVED,
        _BY_OTHERS,
    ),
    "executed after approval": (
        "I14: what was executed had a warrant for exactly that",
        _APPROVED,
        _EXECUTED,
    ),
    "proposals in time": ("I13: no proposal is open past its deadline", _OPEN, _OVERDUE),
    "asked once": (
        "I14: whoever asks for the same again is told of a proposal that is open, and theirs",
        _ASKED_FOR,
        _ASKED_IN_VAIN,
    ),
    "waits ended": ("I13: nobody waits for anybody in a closed proposal", _WAITS, _WAITED),
}
