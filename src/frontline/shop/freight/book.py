"""Freight: what carriage costs, by where it goes and how much there is of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import msgspec

from frontline.kernel.book import Book, Keys, Page
from frontline.kernel.words import ProductId
from frontline.shop.freight.messages import Measure, Rate


class Template(msgspec.Struct, frozen=True):
    id: UUID
    measure: Measure
    elsewhere: Rate | None  # None: nothing is sent to regions that are not named.
    regions: Mapping[str, Rate | None] = {}
    """By region code, the longest prefix wins: 44 a province, 4403 a city, 440305 a district.
    None: not sent there."""
    name: str = ""  # For staff.

    def rate_to(self, region_code: str) -> Rate | None:
        for length in (6, 4, 2):
            if (code := region_code[:length]) in self.regions:
                return self.regions[code]
        return self.elsewhere


# -- As a sale sees it ----------------------------------------------------------------------


@dataclass(slots=True)
class FreightBook(Book):
    templates: Page[UUID, Template]  # Read only.

    def check(self) -> None:
        assert not self.templates.added()
        assert not self.templates.altered()


@dataclass(frozen=True, slots=True)
class FreightKeys(Keys[FreightBook]):
    template_ids: Iterable[UUID]


# -- As staff change it ---------------------------------------------------------------------


class Filed(msgspec.Struct, frozen=True):
    """A template in its file. One that is removed stays for the rest of the batch."""

    template: Template
    removed: bool = False


class Attached(msgspec.Struct, frozen=True):
    """Under which template a product is sent; None: carriage is free."""

    product_id: ProductId
    template_id: UUID | None


@dataclass(slots=True)
class TemplateBook(Book):
    """Whoever attaches a template or removes it has it locked, so its uses may be counted."""

    filed: Page[UUID, Filed]
    products: Page[ProductId, Attached]
    uses: Page[UUID, int]  # Products by template, of the templates locked; not written back.

    def get(self, template_id: UUID) -> Template | None:
        filed = self.filed.get(template_id)
        return None if filed is None or filed.removed else filed.template

    def named(self, name: str) -> Template | None:
        return next(
            (
                filed.template
                for filed in self.filed.rows().values()
                if filed.template.name == name and not filed.removed
            ),
            None,
        )

    def put(self, template: Template) -> None:
        self.filed[template.id] = Filed(template)

    def used(self, template_id: UUID) -> bool:
        return (self.uses.get(template_id) or 0) > 0

    def remove(self, template_id: UUID) -> None:
        assert not self.used(template_id)
        self.filed[template_id] = Filed(self.filed[template_id].template, removed=True)

    def attach(self, product_id: ProductId, template_id: UUID | None) -> None:
        before = self.products[product_id].template_id
        self._use(before, -1)
        self._use(template_id, +1)
        self.products[product_id] = Attached(product_id, template_id)

    def check(self) -> None:
        names = [filed.template.name for filed in self.filed.rows().values() if not filed.removed]
        assert len(names) == len(set(names))
        for _, attached in self.products.altered().values():
            template_id = attached.template_id
            assert template_id is None or self.get(template_id) is not None

    def _use(self, template_id: UUID | None, more: int) -> None:
        if template_id is not None and self.filed.get(template_id) is not None:
            self.uses[template_id] = (self.uses.get(template_id) or 0) + more


@dataclass(frozen=True, slots=True)
class TemplateKeys(Keys[TemplateBook]):
    template_ids: Iterable[UUID] = ()
    names: Iterable[str] = ()
    product_ids: Iterable[ProductId] = ()
