"""The audits of after-sale find nothing where all is well, and every lie that is told them."""

from __future__ import annotations

from uuid import uuid4

from shop.aftersale.buying import STAFF, Bank, bought, ship
from shopping import SHOP, House, add_sku, house, run

from frontline.audit.run import audited
from frontline.engine.engine import new_id
from frontline.kernel.words import MemberId
from frontline.shop.aftersale.audit import AUDITS
from frontline.shop.aftersale.messages import (
    ApproveRefund,
    AskRefund,
    Kind,
    RefuseRefund,
    WithdrawRefund,
)

LIES = {
    "cases counted": "UPDATE aftersale_count SET asked = asked + 1 WHERE asked = 1",
    "units asked once": "UPDATE order_line SET returned = 2 WHERE quantity = 3",
    "cases paid back": "UPDATE refund SET amount = amount - 1",
    "case moves": "UPDATE aftersale_step SET state = 'received' WHERE state = 'refunding'",
    "case history": "DELETE FROM aftersale_step WHERE state = 'refused'",
}


TABLES = ("aftersale_count", "order_line", "refund", "aftersale_step")


async def broken(at: House) -> dict[str, int]:
    found = await audited(at.opened.database, SHOP, at.clock[0])
    findings = [one for one in found if one.name in AUDITS]
    assert all(finding.checked for finding in findings)
    return {finding.name: finding.violations for finding in findings if finding.violations}


async def live(at: House) -> None:
    """A case of every sort."""
    me, sku_id = MemberId(uuid4()), await add_sku(at.sql)
    order_id = await bought(at, [(sku_id, 3), (sku_id, 2)], me)
    await ship(at, order_id)

    async def ask(kind: Kind, *lines: tuple[int, int]) -> AskRefund:
        wish = AskRefund(id=new_id(), order_id=order_id, member_id=me, kind=kind, lines=lines)
        assert not hasattr(await at.submit(wish), "refusal")
        return wish

    one = await ask(Kind.REFUND_ONLY, (1, 1))
    await at.submit(ApproveRefund(id=new_id(), case_id=one.id, staff_id=STAFF))
    two = await ask(Kind.RETURN_REFUND, (1, 1), (2, 1))
    await at.submit(RefuseRefund(id=new_id(), case_id=two.id, staff_id=STAFF, answer="不"))
    three = await ask(Kind.RETURN_REFUND)
    await at.submit(WithdrawRefund(id=new_id(), case_id=three.id, member_id=me))
    four = await ask(Kind.RETURN_REFUND, (2, 2))
    await at.submit(ApproveRefund(id=new_id(), case_id=four.id, staff_id=STAFF))
    order_id = await bought(at, [(sku_id, 1)], me)
    await ask(Kind.REFUND_ONLY)
    await at.turn()


def test_lies_are_found(database: str) -> None:
    async def story() -> None:
        async with house(database, services=Bank().services()) as at:
            await live(at)
            assert await broken(at) == {}
            for table in TABLES:
                await at.sql.execute(f"CREATE TABLE true_{table} AS SELECT * FROM {table}")
            for name, lie in LIES.items():
                await at.sql.execute(lie)
                assert name in await broken(at), name
                for table in TABLES:
                    await at.sql.execute(
                        f"TRUNCATE {table}; INSERT INTO {table} OVERRIDING SYSTEM VALUE"
                        f" SELECT * FROM true_{table}"
                    )
                assert await broken(at) == {}

    run(story())
