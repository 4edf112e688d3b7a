"""Pre-answers: yes, no or unsure, always with the numbers; nothing is guessed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
from company.decision.firm import firm
from shopping import NINE, SHOP, House, add_sku, house, run

from frontline.company.authority.messages import ReviewKind
from frontline.company.decision.messages import (
    Answer,
    Commit,
    DecideProposal,
    Finding,
    PreAnswer,
    ProposalId,
)
from frontline.company.decision.views.facts import findings
from frontline.company.window.messages import SignUp, WindowId
from frontline.kernel.authority import Action, Held
from frontline.kernel.words import Fen, ProductId, SkuId, StaffId
from frontline.shop.catalog.messages import ProductDraft, PutProducts, VariantDraft
from frontline.shop.coupon.messages import CreateCoupon, Kind, Scope
from frontline.shop.stock.messages import AdjustStock

WHO = StaffId(uuid4())


async def _found(at: House, kind: ReviewKind, command: Any, amount: int | None = None) -> Finding:
    async with at.opened.database.transaction(SHOP) as t:
        action = getattr(command, "action", Action.CAMPAIGN)
        (one,) = await findings(t, [kind], action, amount, command, at.clock[0])
    assert one.facts, "an answer without its facts"
    return one


def _said(found: Finding) -> str:
    return " ".join(fact.zh for fact in found.facts)


def _sign_up(discount_bp: int = 2000, units: int = 10) -> SignUp:
    return SignUp(
        id=uuid4(),
        window_id=WindowId(uuid4()),
        staff_id=WHO,
        discount_bp=discount_bp,
        stock_units=units,
        cost=Fen(100),
    )


def _coupon(**told: Any) -> CreateCoupon:
    fields: dict[str, Any] = {
        "id": uuid4(),
        "name": "满减",
        "kind": Kind.AMOUNT,
        "value": 2_000,
        "cap": None,
        "threshold": Fen(10_000),
        "scope": Scope.ALL,
        "scope_ids": (),
        "issued_max": 100,
        "per_member_max": 1,
        "claim_from": NINE,
        "claim_until": NINE + timedelta(days=1),
        "usable_from": NINE,
        "usable_until": NINE + timedelta(days=2),
        **told,
    }
    known = {one.name for one in msgspec.structs.fields(CreateCoupon)}
    if "staff_id" in known:
        fields["staff_id"] = WHO
    return CreateCoupon(**fields)


def test_margins(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            kind = ReviewKind.DISCOUNT
            none = await _found(at, kind, _sign_up())
            assert none.pre_answer is PreAnswer.UNSURE  # Nothing is on sale.
            cheap = await add_sku(at.sql, price=5_000, title="蛋卷")
            dear = await add_sku(at.sql, price=20_000, title="礼盒")
            await add_sku(at.sql, price=1, title="下架的", on_sale=False)
            missing = await _found(at, kind, _sign_up())
            assert missing.pre_answer is PreAnswer.UNSURE
            assert "2 个规格没有成本价" in _said(missing)
            await at.sql.execute("UPDATE sku SET cost = 4000 WHERE id = $1", cheap)
            await at.sql.execute("UPDATE sku SET cost = 9000 WHERE id = $1", dear)
            even = await _found(at, kind, _sign_up(2_000))
            assert even.pre_answer is PreAnswer.YES
            assert "「蛋卷」，每件 ¥0.00" in _said(even)
            loss = await _found(at, kind, _sign_up(2_002))
            assert loss.pre_answer is PreAnswer.NO
            assert "其中 1 个亏本" in _said(loss)
            # A coupon: 20 off 100 is a fifth; 21 off 100 is more than the cheap one bears.
            assert (await _found(at, kind, _coupon())).pre_answer is PreAnswer.YES
            assert (await _found(at, kind, _coupon(value=2_100))).pre_answer is PreAnswer.NO
            product_id = await at.sql.fetchval("SELECT product_id FROM sku WHERE id = $1", dear)
            of_one = _coupon(value=2_100, scope=Scope.PRODUCTS, scope_ids=(product_id,))
            assert (await _found(at, kind, of_one)).pre_answer is PreAnswer.YES
            bare = _coupon(threshold=Fen(0))
            assert (await _found(at, kind, bare)).pre_answer is PreAnswer.UNSURE
            # New prices: the cost that is stored counts, unless the draft brings its own.
            for price, cost, expected in (
                (4_000, None, PreAnswer.YES),
                (3_999, None, PreAnswer.NO),
                (3_999, 3_000, PreAnswer.YES),
            ):
                draft = _put(cheap, price, **({} if cost is None else {"cost": Fen(cost)}))
                assert (await _found(at, kind, draft)).pre_answer is expected
            assert (await _found(at, kind, _commit())).pre_answer is PreAnswer.UNSURE

    run(story())


def _put(sku_id: UUID, price: int, **more: Any) -> PutProducts:
    variant = VariantDraft(id=SkuId(sku_id), option_values=(), price=Fen(price), **more)
    product = ProductDraft(
        id=ProductId(uuid4()), handle="x", title="蛋卷", option_names=(), variants=(variant,)
    )
    return PutProducts(id=uuid4(), products=(product,), staff_id=WHO)


def _commit() -> Commit:
    return Commit(id=uuid4(), staff_id=WHO, action=Action.AD_SPEND, amount=80_000, what="投放")


def test_stock_and_law(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            sku_id = await add_sku(at.sql, price=5_000, on_hand=100)
            await at.sql.execute("UPDATE stock SET reserved = 30")
            kind = ReviewKind.STOCK
            enough = await _found(at, kind, _sign_up(units=70))
            assert enough.pre_answer is PreAnswer.YES
            assert "合计可用库存 70 件" in _said(enough)
            assert (await _found(at, kind, _sign_up(units=71))).pre_answer is PreAnswer.NO
            for change, expected in ((-70, PreAnswer.YES), (-71, PreAnswer.NO)):
                wish = AdjustStock(
                    id=uuid4(), sku_id=SkuId(sku_id), change=change, reason="", staff_id=WHO
                )
                assert (await _found(at, kind, wish)).pre_answer is expected
            assert (await _found(at, kind, _commit())).pre_answer is PreAnswer.UNSURE

            law = ReviewKind.LAW
            for compare_at, expected in (
                (None, PreAnswer.YES),
                (Fen(5_000), PreAnswer.NO),
                (Fen(5_001), PreAnswer.UNSURE),  # Whether it was ever real, a person must see.
            ):
                put = _put(sku_id, 5_000, compare_at=compare_at)
                assert (await _found(at, law, put)).pre_answer is expected
            assert (await _found(at, law, _sign_up())).pre_answer is PreAnswer.UNSURE
            assert (await _found(at, law, _sign_up(10_001))).pre_answer is PreAnswer.NO
            await at.sql.execute("UPDATE sku SET compare_at = price")
            assert (await _found(at, law, _sign_up())).pre_answer is PreAnswer.NO
            half = _coupon(kind=Kind.PERCENT, value=10_001, threshold=Fen(0))
            assert (await _found(at, law, half)).pre_answer is PreAnswer.NO

    run(story())


def test_what_an_owner_approved_is_spent_once(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            await at.sql.execute(
                "INSERT INTO company_plan VALUES (1, $1, '双 12', 'campaign', $2, $3, $4, $5,"
                " 1000000, NULL, NULL, '{}', '{\"budget\": 100000}', $6, $4, 'given', 'null', '',"
                " false)",
                uuid4(), NINE.date(), NINE.date() + timedelta(days=9), NINE - timedelta(hours=1),
                NINE + timedelta(days=9), of.owner,
            )  # fmt: skip
            wish = Commit(
                id=uuid4(), staff_id=of.shop, action=Action.AD_SPEND, amount=30_000, what="投放"
            )
            held = await at.submit(wish)
            assert isinstance(held, Held), held
            await at.turn()
            yes = DecideProposal(
                id=uuid4(), proposal_id=ProposalId(held.proposal_id), staff_id=of.owner,
                answer=Answer.YES,
            )  # fmt: skip
            await at.submit(yes)
            await at.turn()
            assert await at.sql.fetchval("SELECT count(*) FROM commitment") == 1
            fits = await _found(at, ReviewKind.FINANCE, _commit(), 70_000)
            assert "已承诺 ¥300.00，还剩 ¥700.00" in _said(fits)
            assert fits.pre_answer is PreAnswer.YES

    run(story())


def test_what_is_left_of_the_budget(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            of = await firm(at)
            kind = ReviewKind.FINANCE
            none = await _found(at, kind, _commit(), 80_000)
            assert none.pre_answer is PreAnswer.UNSURE
            assert "没有正在执行的计划" in _said(none)
            await at.sql.execute(
                "INSERT INTO company_plan VALUES (1, $1, '双 12', 'campaign', $2, $3, $4, $5,"
                " 1000000, NULL, NULL, '{}', '{\"budget\": 100000}', $6, $4, 'given', 'null', '',"
                " false)",
                uuid4(), NINE.date(), NINE.date() + timedelta(days=9), NINE - timedelta(hours=1),
                NINE + timedelta(days=9), of.owner,
            )  # fmt: skip
            fits = await _found(at, kind, _commit(), 100_000)
            assert fits.pre_answer is PreAnswer.YES
            spent = Commit(
                id=uuid4(), staff_id=of.owner, action=Action.AD_SPEND, amount=30_000, what="投放"
            )
            await at.submit(spent)
            assert (await _found(at, kind, _commit(), 70_000)).pre_answer is PreAnswer.YES
            over = await _found(at, kind, _commit(), 70_001)
            assert over.pre_answer is PreAnswer.NO
            assert "已承诺 ¥300.00，还剩 ¥700.00；本次最多 ¥700.01" in _said(over)
            at.later(days=10)
            assert (await _found(at, kind, _commit(), 1)).pre_answer is PreAnswer.UNSURE

    run(story())
