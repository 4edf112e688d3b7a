"""A product that somebody else has changed meanwhile: what of it, and how both may be kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from frontline.kernel.seen import Facts
from frontline.kernel.text import Words
from frontline.shop.catalog.messages import ProductDraft, PutProducts
from frontline.shop.catalog.seen import CELLS, SKU, draft_facts, draft_of, product_facts, values_of
from frontline.shop.catalog.views import desk
from frontline.store.database import Transaction
from frontline.web.edits import Edited, Parts, Teller, edit, plain, unmarked
from frontline.web.pages import DeskVisit
from frontline.web.typed import written

LABELS: Mapping[str, Words] = {
    "title": Words("商品名称", "Title"),
    "body_html": Words("商品详情", "Description"),
    "vendor": Words("品牌或供应商", "Brand or vendor"),
    "category_id": Words("分类", "Category"),
    "tags": Words("标签", "Tags"),
    "on_sale": Words("上架销售", "On sale"),
    "freight_id": Words("运费模板", "Freight template"),
    "options": Words("规格项", "Options"),
    "pictures": Words("商品图片", "Pictures"),
}


async def put(visit: DeskVisit, form: Edited, wish_id: UUID, draft: ProductDraft) -> Any:
    """The outcome of a PutProducts, or a Clash."""
    mine = draft_facts(draft)

    def wish(facts: Facts) -> PutProducts:
        wanted = draft if facts is mine else draft_of(facts, draft, visit.shop_id)
        return PutProducts(id=wish_id, products=(wanted,), staff_id=visit.known.staff_id)

    async def look(transaction: Transaction) -> tuple[Facts, Teller]:
        found = await desk.editing(transaction, draft.id)
        now = product_facts(None if found is None else found.product)
        return now, _Telling(visit, found)

    return await edit(visit, form, draft.id, mine, wish=wish, look=look)


class _Telling:
    def __init__(self, visit: DeskVisit, found: desk.Editing | None) -> None:
        self._visit = visit
        self._names: dict[UUID | None, str] = {}
        if found is not None:
            self._names = {one.id: " / ".join(one.path) for one in found.categories}
            self._names |= {one.id: one.name for one in found.templates}

    def __call__(self, name: str, facts: Facts) -> tuple[Words, str | Parts]:
        value = facts[name]
        if not name.startswith(SKU):
            return LABELS[name], self._text(name, value)
        of = " ".join(values_of(name))
        label = Words(f"规格“{of}”", f"Variant {of}") if of else Words("售价等", "Price and so on")
        return label, self._cells(dict(zip(CELLS, value, strict=True)))

    def _text(self, name: str, value: Any) -> str:
        t = self._visit.t
        match name:
            case "body_html":
                return unmarked(value)
            case "category_id":
                return self._names.get(value, "") if value else t("不分类", "None")
            case "freight_id":
                return self._names.get(value, "") if value else t("包邮", "Free of carriage")
            case "tags":
                return ", ".join(value)
            case "options":
                return _options(*value)
            case "pictures":
                said = " · ".join(one.alt for one in value if one.alt)
                many = t(f"{len(value)} 张", f"{len(value)}")
                return f"{many}（{said}）" if said else many
        return plain(self._visit, value)

    def _cells(self, cells: Mapping[str, Any]) -> Parts:
        t, currency = self._visit.t, self._visit.shop.currency
        return {
            t("售价", "price"): written(cells["price"], currency),
            t("划线价", "before"): written(cells["compare_at"], currency),
            t("成本", "cost"): written(cells["cost"], currency),
            t("重量（克）", "weight (g)"): str(cells["weight_g"] or ""),
            t("货号", "code"): cells["code"],
            t("每人限购", "per customer"): str(cells["per_member_max"] or ""),
        }


def _options(names: tuple[str, ...], order: tuple[tuple[str, ...], ...]) -> str:
    columns = zip(*order, strict=True) if names else ()
    return "；".join(
        f"{name}：{', '.join(dict.fromkeys(values))}"
        for name, values in zip(names, columns, strict=False)
    )
