"""What the forms of the shop's own words replace: `kernel.seen` keeps it from being lost.

Names are those of the fields; both languages of a text are facts of their own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from frontline.kernel.ids import named
from frontline.kernel.seen import Facts as Seen
from frontline.shop.page.messages import TITLES, Facts, Said, Slug

THE_SHOP = named("page", "the shop")


def page_id(slug: Slug) -> UUID:
    return named("page", f"page {slug}")


def place_id(place: int) -> UUID:
    return named("page", f"banner {place}")


class Banner(Protocol):
    """However it was read."""

    @property
    def title(self) -> Said: ...
    @property
    def picture(self) -> str: ...
    @property
    def link(self) -> str: ...
    @property
    def shown_from(self) -> datetime | None: ...
    @property
    def shown_until(self) -> datetime | None: ...


class Written(Protocol):
    @property
    def title(self) -> Said: ...
    @property
    def html(self) -> Said: ...


def shop_facts(facts: Facts) -> Seen:
    return _flat({name: getattr(facts, name) for name in Facts.__struct_fields__})


def page_facts(slug: Slug, page: Written | None) -> Seen:
    title, html = (TITLES[slug], Said()) if page is None else (page.title, page.html)
    return _flat({"title": title, "html": html})


def banner_facts(banner: Banner | None) -> Seen:
    if banner is None:
        return {}
    names = ("title", "picture", "link", "shown_from", "shown_until")
    return _flat({name: getattr(banner, name) for name in names})


def _flat(facts: dict[str, Any]) -> Seen:
    flat: dict[str, Any] = {}
    for name, value in facts.items():
        said = {f"{name}_zh": value.zh, f"{name}_en": value.en} if isinstance(value, Said) else None
        flat |= said or {name: value}
    return flat


def said_of(seen: Seen, name: str) -> Said:
    return Said(seen[f"{name}_zh"], seen[f"{name}_en"])


def facts_of(seen: Seen) -> Facts:
    """The facts of the shop that were made flat."""
    flat: dict[str, Any] = {name: seen[name] for name in Facts.__struct_fields__ if name in seen}
    flat |= {name: said_of(seen, name) for name in Facts.__struct_fields__ if name not in seen}
    return Facts(**flat)
