"""The chain verifies; whatever is changed behind its back is found."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import asyncpg
import pytest
from company.decision.firm import firm
from databases import connect
from shopping import SHOP, House, house, run

from frontline.audit.run import audited
from frontline.company.decision.audit import AUDITS
from frontline.company.decision.messages import Answer, Commit, DecideProposal, ProposalId
from frontline.kernel.authority import Action, Held


async def _decided(at: House) -> None:
    """Two proposals by hand, one approved and done, one refused."""
    of = await firm(at)
    for answer, reason in ((Answer.YES, ""), (Answer.NO, "太贵\n下次再说")):
        wish = Commit(
            id=uuid4(),
            staff_id=of.shop,
            action=Action.AD_SPEND,
            amount=80_000,
            what="投放",
            evidence="去年：\n每单 12 元",
        )
        held = await at.submit(wish)
        assert isinstance(held, Held)
        await at.turn()
        at.later(minutes=7, microseconds=123)
        await at.submit(
            DecideProposal(
                id=uuid4(),
                proposal_id=ProposalId(held.proposal_id),
                staff_id=of.owner,
                answer=answer,
                reason=reason,
            )
        )
        await at.turn()


async def _broken(at: House) -> set[str]:
    found = await audited(at.opened.database, SHOP, at.clock[0])
    return {one.name for one in found if one.violations and one.name in AUDITS}


FORGERIES = {
    "decision_step SET said = 'no 太便宜' WHERE deed = 'decided' AND said LIKE 'no%'": {
        "decision chain"
    },
    "decision_step SET at = at - interval '1 microsecond' WHERE number = 3": {"decision chain"},
    "decision_step SET staff_id = (SELECT id FROM staff WHERE name = '财叔') WHERE deed = 'decided'": {
        "decision chain", "approved by others",
    },
    "decision_head SET number = number - 1": {"decision chain"},
    "proposal SET amount = 1 WHERE state = 'refused'": {"proposals sealed"},
    "proposal SET command = replace(command, '80000', '80001') WHERE state = 'refused'": {
        "proposals sealed"
    },
    "proposal SET state = 'lapsed', decided_by = NULL WHERE state = 'refused'": {
        "proposals sealed"
    },
    "proposal SET decided_by = (SELECT id FROM staff WHERE name = '财叔') WHERE state = 'approved'": {
        "approved by others"
    },
    "authority_warrant SET amount_max = 900000": {"approved by others"},
    "authority_warrant SET wish = wish + 1": {"executed after approval"},
    "proposal_wait SET until = NULL, ended = NULL": {"waits ended"},
}  # fmt: skip


def test_a_changed_row_is_found(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            await _decided(at)
            assert await _broken(at) == set()
            steps = await at.sql.fetchval("SELECT count(*) FROM decision_step")
            assert steps > 6
            for forgery, expected in FORGERIES.items():
                tables = [forgery.split()[0]]
                kept = await at.sql.fetch(f"SELECT * FROM {tables[0]}")
                told = await at.sql.execute(f"UPDATE {forgery}")
                assert told != "UPDATE 0", forgery
                assert await _broken(at) >= expected, forgery
                await at.sql.execute(f"DELETE FROM {tables[0]}")
                for row in kept:
                    names = ", ".join(f"${n}" for n in range(1, len(row) + 1))
                    await at.sql.execute(f"INSERT INTO {tables[0]} VALUES ({names})", *row)
                assert await _broken(at) == set(), forgery
            await at.sql.execute("DELETE FROM decision_step WHERE number = 4")
            assert await _broken(at) >= {"decision chain"}

    run(story())


def test_an_open_proposal_past_its_deadline_is_found(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            wish = Commit(id=uuid4(), staff_id=of.shop, action=Action.HIRE, amount=1, what="客服")
            await at.submit(wish)
            await at.turn()
            assert await _broken(at) == set()
            at.later(days=3)
            assert await _broken(at) == {"proposals in time"}
            await at.turn()
            assert await _broken(at) == set()

    run(story())


def test_the_application_can_neither_change_nor_delete_steps(database: str) -> None:
    async def story() -> None:
        sql = await connect(database)
        try:
            await sql.execute("SET app.shop_id = '1'")
            for forbidden in (
                "UPDATE decision_step SET said = ''",
                "DELETE FROM decision_step",
                "DELETE FROM proposal",
                "UPDATE commitment SET amount = 1",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await sql.execute(forbidden)
        finally:
            await sql.close()

    asyncio.run(story())
