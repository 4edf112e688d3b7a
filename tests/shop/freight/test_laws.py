"""The laws of the house, for freight templates. How they are stored, the doors' tests tell."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from laws_of import prove
from scenery import PRODUCTS, UNKNOWN, some

from frontline.house import assembled
from frontline.kernel.book import Page
from frontline.kernel.seen import seen_of
from frontline.kernel.words import Command, Fen, ProductId
from frontline.shop.freight.book import Attached, TemplateBook, TemplateKeys
from frontline.shop.freight.feature import STAFFING
from frontline.shop.freight.messages import (
    AttachFreight,
    Measure,
    PutFreight,
    Rate,
    Refusal,
    RemoveFreight,
)
from frontline.shop.freight.seen import template_facts
from frontline.testing.memory import Content, World
from frontline.testing.story import Cast, Part


def _lay(_: Random) -> World:
    products = {id_: Attached(id_, None) for id_ in PRODUCTS}
    return World({TemplateKeys: TemplateBook(Page({}), Page(products), Page({}))})


def _wish(chance: Random, world: World, now: datetime, id_: UUID) -> Command[Any]:
    book = world.book(TemplateKeys)
    there = [id_ for id_, filed in book.filed.rows().items() if not filed.removed]
    template_id = some(chance, there, [*book.filed.rows(), UNKNOWN])
    kind = chance.randrange(4)
    if kind == 0:
        return RemoveFreight(id=id_, template_id=template_id)
    if kind == 1:
        products = some(chance, PRODUCTS, [ProductId(UNKNOWN)])
        return AttachFreight(
            id=id_,
            template_id=some(chance, [template_id], [None]),
            product_ids=(products, chance.choice(PRODUCTS)),
        )
    rate = Rate(chance.choice((1, 1, 1, 0)), Fen(100), 1, Fen(chance.choice((50, 50, 50, -1))))
    changed = some(chance, [None], [template_id])
    facts = template_facts(None if changed is None else book.get(changed))
    return PutFreight(
        id=id_,
        template_id=changed,
        seen=chance.choice(["", "", seen_of(facts), seen_of({"name": "once"})]),
        name=chance.choice("abcdefgh"),
        measure=chance.choice([*Measure]),
        elsewhere=chance.choice((None, rate)),
        regions=some(chance, [{}, {"44": rate, "440305": None}], [{"440300": rate}]),
    )


def conserved(_: Content, after: Content) -> None:
    """Uses are the products under a template, and no product is under one that is gone."""
    filed = after["TemplateBook.filed"]
    uses = Counter(
        one.template_id for one in after["TemplateBook.products"].values() if one.template_id
    )
    assert not any(filed[template_id].removed for template_id in uses)
    counted = {id_: count for id_, count in after["TemplateBook.uses"].items() if count}
    assert counted == uses
    names = [one.template.name for one in filed.values() if not one.removed]
    assert len(names) == len(set(names))


CAST = Cast(
    assembled().library,
    (Part(name="freight", lay=_lay, wishes=((STAFFING, _wish),), conserved=conserved),),
)


def test_laws() -> None:
    prove(CAST, Refusal)
