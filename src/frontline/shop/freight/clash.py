"""A freight template that somebody else has changed meanwhile: how it is told."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from frontline.kernel.seen import Facts
from frontline.kernel.text import Words
from frontline.shop.freight import views
from frontline.shop.freight.messages import Measure, PutFreight, Rate
from frontline.shop.freight.seen import REGION, regions_of, template_facts
from frontline.shop.region.book import NAMES
from frontline.store.database import Transaction
from frontline.web.edits import Edited, Parts, Teller, edit, labelled
from frontline.web.pages import DeskVisit
from frontline.web.typed import written


async def put(visit: DeskVisit, form: Edited, template: PutFreight) -> Any:
    """The outcome of it, or a Clash."""

    def wish(facts: Facts) -> PutFreight:
        same = {name: facts[name] for name in ("name", "measure", "elsewhere")}
        return replace(template, **same, regions=regions_of(facts))

    async def look(transaction: Transaction) -> tuple[Facts, Teller]:
        return template_facts(await views.template(transaction, template_id)), tell

    def rate(value: Rate | None) -> str:
        return _rate_told(visit, value)

    def measure(value: Measure) -> str:
        return MEASURES[value].in_(visit.language)

    told = labelled(visit, _LABELS, {"elsewhere": rate, "measure": measure})

    def tell(name: str, facts: Facts) -> tuple[Words, str | Parts]:
        if not name.startswith(REGION):
            return told(name, facts)
        region = NAMES[name.removeprefix(REGION).ljust(6, "0")]
        return Words(region, region), rate(facts[name])

    template_id = template.template_id or template.id
    mine = template_facts(template)
    return await edit(visit, form, template_id, mine, wish=wish, look=look)


_LABELS = {
    "name": Words("模板名称", "Name"),
    "measure": Words("计费方式", "Measured by"),
    "elsewhere": Words("其他地区", "All other regions"),
}
MEASURES = {
    Measure.PIECE: Words("按件数", "By pieces"),
    Measure.WEIGHT: Words("按重量", "By weight"),
}


def _rate_told(visit: DeskVisit, rate: Rate | None) -> str:
    if rate is None:
        return visit.t("不配送", "Not sent there")
    currency = visit.shop.currency
    first, more = written(rate.first_fee, currency), written(rate.more_fee, currency)
    said = visit.t(
        f"首 {rate.first} 收 {first}，续 {rate.more} 收 {more}",
        f"first {rate.first}: {first}, each {rate.more} more: {more}",
    )
    if rate.free_from is None:
        return said
    free = written(rate.free_from, currency)
    return visit.t(f"{said}，满 {free} 包邮", f"{said}, free from {free}")
