"""Keeping freight templates, and saying which product goes under which."""

from __future__ import annotations

from collections.abc import Sequence

from frontline.kernel.load import Load
from frontline.kernel.seen import ChangedSince, changed_since
from frontline.kernel.words import Decision, Moment, Notes
from frontline.shop.freight.book import Template, TemplateBook, TemplateKeys
from frontline.shop.freight.messages import (
    AttachFreight,
    FreightAttached,
    FreightPut,
    FreightRemoved,
    Outcome,
    PutFreight,
    Rate,
    Refusal,
    Refused,
    RemoveFreight,
    Request,
)
from frontline.shop.freight.seen import template_facts
from frontline.shop.region.book import known


async def gather(batch: Sequence[Request], load: Load) -> TemplateBook:
    return await load(
        TemplateKeys(
            template_ids={one.template_id for one in batch if one.template_id is not None},
            names={one.name for one in batch if isinstance(one, PutFreight)},
            product_ids={
                product_id
                for one in batch
                if isinstance(one, AttachFreight)
                for product_id in one.product_ids
            },
        )
    )


def decide(book: TemplateBook, batch: Sequence[Request], _moment: Moment) -> Decision[Outcome]:
    notes = Notes()
    return Decision(tuple(_answer(book, command, notes) for command in batch), notes)


def _answer(book: TemplateBook, command: Request, notes: Notes) -> Outcome:
    if command.template_id is not None and book.get(command.template_id) is None:
        return Refused(Refusal.FREIGHT_UNKNOWN)
    match command:
        case PutFreight():
            return _put(book, command, notes)
        case RemoveFreight():
            if book.used(command.template_id):
                return Refused(Refusal.FREIGHT_IN_USE)
            book.remove(command.template_id)
            return FreightRemoved(command.template_id)
        case AttachFreight():
            if any(book.products.get(id_) is None for id_ in command.product_ids):
                return Refused(Refusal.PRODUCT_UNKNOWN)
            for product_id in command.product_ids:
                book.attach(product_id, command.template_id)
            return FreightAttached(command.template_id)


def _put(
    book: TemplateBook, command: PutFreight, notes: Notes
) -> FreightPut | Refused | ChangedSince:
    template_id = command.id if command.template_id is None else command.template_id
    facts = template_facts(book.get(template_id))
    if (changed := changed_since(command.seen, facts)) is not None:
        return changed
    namesake = book.named(command.name)
    if namesake is not None and namesake.id != template_id:
        return Refused(Refusal.FREIGHT_NAME_TAKEN)
    for code in command.regions:
        if not known(code):
            return Refused(Refusal.FREIGHT_REGION_UNKNOWN, code)
    if not all(_valid(rate) for rate in (command.elsewhere, *command.regions.values())):
        return Refused(Refusal.FREIGHT_RATE_INVALID)
    book.put(
        Template(
            template_id, command.measure, command.elsewhere, dict(command.regions), command.name
        )
    )
    notes.edited(template_id, command.staff_id)
    return FreightPut(template_id)


def _valid(rate: Rate | None) -> bool:
    return rate is None or (
        min(rate.first, rate.more) >= 1
        and min(rate.first_fee, rate.more_fee) >= 0
        and (rate.free_from is None or rate.free_from >= 0)
    )
