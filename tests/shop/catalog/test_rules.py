"""What becomes of a product when another is put in its place, and where categories may stand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from company.authority.story import owners

from frontline.kernel.book import Page
from frontline.kernel.words import Fen, Moment, ProductId, ShopId, StaffId
from frontline.shop.catalog.book import CategoryBook, Product, ProductBook
from frontline.shop.catalog.messages import (
    AddCategory,
    CategoryPut,
    ChangeCategory,
    NothingPut,
    NothingSwitched,
    Picture,
    ProductDraft,
    ProductsPut,
    PutProducts,
    Refusal,
    Refused,
    SalesSwitched,
    SwitchSale,
    VariantDraft,
    product_id_of,
    sku_id_of,
)
from frontline.shop.catalog.rules import CATEGORIES_MAX, Desk, decide
from frontline.shop.freight.book import FreightBook
from frontline.shop.stock.book import StockBook

SHOP = ShopId(1)
STAFF = StaffId(UUID(int=9))
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ONE = datetime(2026, 1, 1, 13, tzinfo=UTC)


def desk() -> Desk:
    return Desk(
        FreightBook(Page({})),
        owners(STAFF),
        StockBook(Page({})),
        ProductBook(Page({})),
        CategoryBook(Page({})),
    )


def do(at: Desk, command: Any, now: datetime = NOON) -> Any:
    (outcome,) = decide(at, [command], Moment(now, 0)).outcomes
    for book in (at.stock, at.products, at.categories):
        book.check()
    return outcome


def variant(*values: str, price: int = 100, **said: Any) -> VariantDraft:
    return VariantDraft(
        id=sku_id_of(SHOP, "quilt", values), option_values=values, price=Fen(price), **said
    )


def put(*variants: VariantDraft, **said: Any) -> PutProducts:
    draft = ProductDraft(
        id=product_id_of(SHOP, "quilt"),
        handle="quilt",
        **{
            "title": "羽绒被",
            "option_names": ("颜色",) if variants and variants[0].option_values else (),
            "variants": variants or (variant(),),
            **said,
        },
    )
    return PutProducts(id=uuid4(), products=(draft,), staff_id=STAFF)


def quilt(at: Desk) -> Product:
    return at.products.products[product_id_of(SHOP, "quilt")]


def test_what_is_not_said_stays_as_it_is() -> None:
    at = desk()
    first = put(
        variant(code="A-1", cost=Fen(60), extra={"Variant Tax Code": "x"}),
        vendor="小满", tags=("新",), extra={"SEO Title": "a"}, on_sale=False,
        pictures=(Picture("https://a.test/1.png"),), body_html="<p onclick=x>好</p>",
    )  # fmt: skip
    assert do(at, first) == ProductsPut(1, 1, 0)
    assert do(at, put(variant(price=120)), ONE) == ProductsPut(1, 1, 0)
    now = quilt(at)
    (only,) = now.variants
    assert (only.price, only.code, only.cost) == (120, "A-1", 60)
    assert only.extra == {"Variant Tax Code": "x"}
    assert (now.vendor, now.tags, now.extra, now.on_sale) == (
        "小满",
        ("新",),
        {"SEO Title": "a"},
        False,
    )
    assert now.body_html == "<p>好</p>"
    assert (now.created_at, now.updated_at) == (NOON, ONE)
    assert do(at, put(variant(price=120)), ONE) == NothingPut(1)


def test_a_variant_that_is_left_out_is_removed_and_comes_back_as_itself() -> None:
    at = desk()
    do(at, put(variant("红"), variant("蓝", price=90)))
    do(at, put(variant("红")))
    assert [one.option_values for one in quilt(at).live] == [("红",)]
    assert quilt(at).price_min == 100
    do(at, put(variant("蓝"), variant("红")))
    assert [one.option_values for one in quilt(at).live] == [("蓝",), ("红",)]
    assert quilt(at).live[0].id == sku_id_of(SHOP, "quilt", ("蓝",))


def test_an_incomplete_draft_removes_nothing() -> None:
    at = desk()
    do(at, put(variant("红"), variant("蓝")))
    do(at, put(variant("绿"), complete=False))
    assert [one.option_values[0] for one in quilt(at).live] == ["绿", "红", "蓝"]


def test_new_options_leave_no_variant_of_the_old() -> None:
    at = desk()
    do(at, put(variant("红")))
    do(at, put(variant(), option_names=(), complete=False))
    assert [one.option_values for one in quilt(at).live] == [()]


def test_only_a_new_variant_opens_with_stock() -> None:
    at = desk()
    do(at, put(variant("红", stock=7)))
    do(at, put(variant("红", stock=9), variant("蓝", stock=2)))
    assert [level.on_hand for level in at.stock.levels.rows().values()] == [7, 2]
    assert [(one.quantity, one.reason) for one in at.stock.movements] == [
        (7, "opening"),
        (2, "opening"),
    ]


def test_paths_of_categories_are_made_once() -> None:
    at = desk()
    do(at, put(category_path=("居家", "被枕")))
    assert do(at, put(category_path=("居家", "被枕"))) == NothingPut(1)
    assert [one.name for one in at.categories.categories.rows().values()] == ["居家", "被枕"]
    do(at, put(category_path=()))
    assert quilt(at).category_id is None


@pytest.mark.parametrize(
    ("said", "refusal", "field", "place"),
    [
        ({"title": ""}, Refusal.TEXT_MISSING, "title", None),
        ({"title": " a"}, Refusal.TEXT_UNTRIMMED, "title", None),
        ({"vendor": "a\x1fb"}, Refusal.TEXT_UNPRINTABLE, "vendor", None),
        ({"title": "a\ud800"}, Refusal.TEXT_UNPRINTABLE, "title", None),
        ({"tags": ("a,b",)}, Refusal.TEXT_DIVIDED, "tags", None),
        ({"category_path": ("a>b",)}, Refusal.TEXT_DIVIDED, "category_path", None),
        ({"category_id": UUID(int=1)}, Refusal.CATEGORY_UNKNOWN, "category_id", None),
        ({"freight_id": UUID(int=1)}, Refusal.FREIGHT_UNKNOWN, "freight_id", None),
        ({"option_names": ("a", "b", "c", "d")}, Refusal.TOO_MANY_OPTIONS, "option_names", None),
        ({"pictures": (Picture("data:x"),)}, Refusal.PICTURE_ADDRESS, "pictures", None),
        ({"variants": (variant(price=-1),)}, Refusal.NUMBER_OUT_OF_RANGE, "price", 0),
        ({"variants": (variant(per_member_max=0),)}, Refusal.NUMBER_OUT_OF_RANGE, "per_member_max", 0),
        ({"variants": ()}, Refusal.NO_VARIANTS, "variants", None),
        ({"variants": (variant(), variant())}, Refusal.VARIANT_TWICE, "option_values", 1),
        ({"variants": tuple(variant(str(n)) for n in range(2001)), "option_names": ("n",)},
         Refusal.TOO_MANY_VARIANTS, "variants", None),
        ({"pictures": tuple(Picture(f"http://a.test/{n}") for n in range(251))},
         Refusal.TOO_MANY_PICTURES, "pictures", None),
    ],
)  # fmt: skip
def test_what_may_not_be_is_refused_whole(
    said: dict[str, Any], refusal: Refusal, field: str, place: int | None
) -> None:
    at = desk()
    good, bad = put(), put(**said)
    both = PutProducts(id=uuid4(), products=(*good.products, *bad.products), staff_id=STAFF)
    assert do(at, both) == Refused(refusal, "quilt", field, place)
    assert not at.products.products.rows()


def test_sale_is_switched_for_all_or_none() -> None:
    at = desk()
    do(at, put(on_sale=False, extra={"Status": "draft"}))
    known, unknown = product_id_of(SHOP, "quilt"), ProductId(UUID(int=1))

    def switch(*ids: ProductId, on_sale: bool) -> Any:
        wish = SwitchSale(id=uuid4(), product_ids=ids, on_sale=on_sale, staff_id=STAFF)
        return do(at, wish, ONE)

    assert switch(known, unknown, on_sale=True) == Refused(Refusal.PRODUCT_UNKNOWN)
    assert not quilt(at).on_sale
    assert switch(known, on_sale=True) == SalesSwitched((known,))
    assert quilt(at).extra == {}  # A file that said draft no longer says why.
    assert switch(known, on_sale=True) == NothingSwitched()


# -- Categories ---------------------------------------------------------------------------


def add(at: Desk, name: str, parent_id: UUID | None = None) -> Any:
    return do(
        at, AddCategory(id=uuid4(), name=name, parent_id=parent_id, position=0, staff_id=STAFF)
    )


def change(at: Desk, category_id: UUID, name: str, parent_id: UUID | None = None) -> Any:
    wish = ChangeCategory(
        id=uuid4(),
        category_id=category_id,
        name=name,
        parent_id=parent_id,
        position=0,
        staff_id=STAFF,
    )
    return do(at, wish)


def chain(at: Desk, names: str) -> list[UUID]:
    ids: list[UUID] = []
    for name in names:
        outcome = add(at, name, ids[-1] if ids else None)
        assert isinstance(outcome, CategoryPut)
        ids.append(outcome.category_id)
    return ids


def test_a_category_cannot_be_moved_into_itself() -> None:
    at = desk()
    a, b, c = chain(at, "abc")
    assert change(at, a, "a", c) == Refused(Refusal.CATEGORY_IN_ITSELF)
    assert change(at, a, "a", a) == Refused(Refusal.CATEGORY_IN_ITSELF)
    assert change(at, c, "c", a) == CategoryPut(c)
    assert change(at, b, "b") == CategoryPut(b)


def test_sisters_have_different_names() -> None:
    at = desk()
    a, b = chain(at, "ab")
    assert add(at, "b", a) == Refused(Refusal.CATEGORY_TWICE)
    assert change(at, b, "a") == Refused(Refusal.CATEGORY_TWICE)
    assert change(at, a, "a") == CategoryPut(a)
    assert change(at, b, "c", a) == CategoryPut(b)


def test_categories_go_five_deep_also_by_moving() -> None:
    at = desk()
    ids = chain(at, "abcde")
    assert add(at, "f", ids[-1]) == Refused(Refusal.CATEGORY_TOO_DEEP)
    top = chain(at, "xy")
    assert change(at, ids[1], "b", top[1]) == Refused(Refusal.CATEGORY_TOO_DEEP)
    assert change(at, ids[1], "b", top[0]) == CategoryPut(ids[1])


def test_unknown_and_nameless_categories_are_refused() -> None:
    at = desk()
    assert add(at, "a", UUID(int=1)) == Refused(Refusal.CATEGORY_UNKNOWN)
    assert change(at, UUID(int=1), "a") == Refused(Refusal.CATEGORY_UNKNOWN)
    assert add(at, "") == Refused(Refusal.TEXT_MISSING, field="name")
    assert add(at, "a>b") == Refused(Refusal.TEXT_DIVIDED, field="name")


def test_there_is_an_end_to_categories(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CATEGORIES_MAX == 2000
    monkeypatch.setattr("frontline.shop.catalog.rules.CATEGORIES_MAX", 3)
    at = desk()
    chain(at, "abc")
    assert add(at, "d") == Refused(Refusal.TOO_MANY_CATEGORIES)
    assert isinstance(do(at, put(category_path=("a", "b"))), ProductsPut)
    assert do(at, put(category_path=("a", "x"))) == Refused(Refusal.TOO_MANY_CATEGORIES)
